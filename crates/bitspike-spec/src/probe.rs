//! The probe schema: which signals model and RTL must agree on in every cycle, and where each sits in a record.
//!
//! Contract: `docs/src/contract/probe.md`.

use crate::structure::{Structure, index_bits};

/// What the bits of a probe signal stand for, so that a report can show neurons and real values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignalKind {
    /// An unsigned number.
    Unsigned,
    /// Signed fields of this many bits, the same number for each lane, lane 0 lowest, in the format of `v`.
    SignedLanes(u32),
    /// One unsigned field of this many bits for each lane, lane 0 lowest.
    UnsignedLanes(u32),
}

/// One probe signal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signal {
    /// Name in the probe scope.
    pub name: &'static str,
    /// Width in bits.
    pub width: u32,
    /// What the bits stand for.
    pub kind: SignalKind,
    /// First 32-bit word of the signal in a packed record.
    pub offset: usize,
}

impl Signal {
    /// 32-bit words the signal takes in a packed record.
    #[must_use]
    pub fn words(&self) -> usize {
        self.width.div_ceil(32) as usize
    }
}

/// All probe signals of a structure, in the order of a record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProbeSchema {
    signals: Vec<Signal>,
    words: usize,
}

impl ProbeSchema {
    /// The schema of a structure.
    #[must_use]
    pub fn new(structure: &Structure) -> Self {
        let mut words = 0;
        let signals = columns(structure)
            .into_iter()
            .filter(|&(_, width, _)| width > 0)
            .map(|(name, width, kind)| {
                let signal = Signal { name, width, kind, offset: words };
                words += signal.words();
                signal
            })
            .collect();
        ProbeSchema { signals, words }
    }

    /// The signals, in order.
    #[must_use]
    pub fn signals(&self) -> &[Signal] {
        &self.signals
    }

    /// 32-bit words of a packed record.
    #[must_use]
    pub fn words(&self) -> usize {
        self.words
    }

    /// The signal of this name, if the structure has it.
    #[must_use]
    pub fn signal(&self, name: &str) -> Option<&Signal> {
        self.signals.iter().find(|signal| signal.name == name)
    }
}

type Column = (&'static str, u32, SignalKind);

fn columns(s: &Structure) -> Vec<Column> {
    use SignalKind::{SignedLanes, Unsigned, UnsignedLanes};
    let counter = |name| (name, 32, Unsigned);
    let i_syn_counter = if s.i_syn_bits == 0 { 0 } else { 32 };
    let u_counter = if s.u_bits() == 0 { 0 } else { 32 };
    let input_bits = if s.synapse.is_buffered() { s.lanes * s.synapse.polarities() * s.i_syn_bits } else { 0 };
    let columns = [
        ("control_state", 2, Unsigned),
        ("queue_count", index_bits(s.queue_depth + 1), Unsigned),
        ("event_kind", 2, Unsigned),
        ("event_payload", s.payload_bits(), Unsigned),
        ("issue_valid", 1, Unsigned),
        ("issue_group", s.group_bits(), Unsigned),
        ("write_valid", 1, Unsigned),
        ("write_group", s.group_bits(), Unsigned),
        ("write_mask", s.lanes, UnsignedLanes(1)),
        ("write_v", s.lanes * s.v_bits, SignedLanes(s.v_bits)),
        ("write_u", s.lanes * s.u_bits(), SignedLanes(s.u_bits())),
        ("write_i_syn", s.lanes * s.accumulators() * s.i_syn_bits, SignedLanes(s.i_syn_bits)),
        ("write_input", input_bits, SignedLanes(s.i_syn_bits)),
        ("write_slot", s.synapse.delay_bits(), Unsigned),
        ("write_refractory", s.lanes * s.refractory_bits, UnsignedLanes(s.refractory_bits)),
        ("write_spikes", s.lanes * s.spike_bits(), UnsignedLanes(s.spike_bits())),
        ("spike_queue_count", index_bits(s.spike_queue_depth + 1), Unsigned),
        ("aer_in_ack", 1, Unsigned),
        ("aer_in_accept", 1, Unsigned),
        ("aer_out_req", 1, Unsigned),
        ("aer_out_accept", 1, Unsigned),
        ("aer_out_address", s.neuron_bits(), Unsigned),
        counter("events_dropped"),
        counter("loop_back_dropped"),
        counter("v_overflows"),
        counter("spikes"),
        counter("stall_cycles"),
        counter("time_steps"),
        ("u_overflows", u_counter, Unsigned),
        ("i_syn_overflows", i_syn_counter, Unsigned),
    ];
    columns.into_iter().chain(array_columns(s)).collect()
}

/// The signals of the synapse array: `docs/src/contract/array.md`.
fn array_columns(s: &Structure) -> Vec<Column> {
    use SignalKind::{SignedLanes, Unsigned, UnsignedLanes};
    let epoch = ("epoch", if s.array.epochs == 1 { 0 } else { index_bits(s.array.epochs) }, Unsigned);
    let Some(read) = s.array.analogue() else { return vec![epoch] };
    let codes = s.lanes * read.slices * read.adc_bits;
    vec![
        ("read_state", 3, Unsigned),
        ("read_block", read.block_bits(s.word_lines), Unsigned),
        ("read_phase", index_bits(read.columns_per_converter), Unsigned),
        ("adc_trial", codes, UnsignedLanes(read.adc_bits)),
        ("adc_code", codes, SignedLanes(read.adc_bits)),
        ("word_lines_merged", 32, Unsigned),
        ("conversions_at_limit", 32, Unsigned),
        ("reads", 32, Unsigned),
        epoch,
    ]
}

/// Counters of a run, as the register bus shows them, but 64 bits wide; the hardware's are these modulo `2^32`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Counters {
    /// Events taken in at the door.
    pub events_accepted: u64,
    /// Events accepted and lost because the queue was full.
    pub events_dropped: u64,
    /// Looped-back copies of spikes lost because the queue was full.
    pub loop_back_dropped: u64,
    /// Weights applied.
    pub synaptic_ops: u64,
    /// Updates in which `v` saturated or wrapped.
    pub v_overflows: u64,
    /// Updates in which `u` saturated or wrapped.
    #[serde(default)]
    pub u_overflows: u64,
    /// Updates in which a synaptic current saturated or wrapped.
    pub i_syn_overflows: u64,
    /// Spikes that left the serialiser.
    pub spikes: u64,
    /// Cycles in which issue waited for the spike queue.
    pub stall_cycles: u64,
    /// Time steps of all neurons completed.
    pub time_steps: u64,
    /// Most entries the event queue ever held.
    pub queue_high_water: u64,
    /// Word-line events that found their word line marked already (analogue read): one of the two is lost.
    #[serde(default)]
    pub word_lines_merged: u64,
    /// Conversions that gave the lowest or the highest code.
    #[serde(default)]
    pub conversions_at_limit: u64,
    /// Blocks of word lines read; each converts every bit line of every slice once.
    #[serde(default)]
    pub reads: u64,
}

impl Counters {
    /// Name and value of every counter, in the order of the register map (`0x20` on).
    #[must_use]
    pub fn named(&self) -> [(&'static str, u64); 14] {
        [
            ("events_accepted", self.events_accepted),
            ("events_dropped", self.events_dropped),
            ("loop_back_dropped", self.loop_back_dropped),
            ("synaptic_ops", self.synaptic_ops),
            ("v_overflows", self.v_overflows),
            ("i_syn_overflows", self.i_syn_overflows),
            ("spikes", self.spikes),
            ("stall_cycles", self.stall_cycles),
            ("time_steps", self.time_steps),
            ("queue_high_water", self.queue_high_water),
            ("u_overflows", self.u_overflows),
            ("word_lines_merged", self.word_lines_merged),
            ("conversions_at_limit", self.conversions_at_limit),
            ("reads", self.reads),
        ]
    }
}
