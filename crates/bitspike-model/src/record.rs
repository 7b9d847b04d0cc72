//! The packed probe record of a cycle.
//!
//! Contract: `docs/src/contract/probe.md`; the layout is that of `bitspike_spec::ProbeSchema`.

use crate::cast::{Lane, count, index, low_bits, low_word};
use crate::machine::{Control, Machine, Mask, ReadState, Reader, Stage, Wires};
use bitspike_spec::{AnalogueRead, ProbeSchema, Structure};

/// Writes a record from its first word on.
struct Writer<'a> {
    words: &'a mut [u32],
    at: usize,
}

impl Writer<'_> {
    /// A signal of at most 32 bits.
    #[inline(always)]
    fn word(&mut self, value: u32) {
        self.words[self.at] = value;
        self.at += 1;
    }

    #[inline(always)]
    fn bit(&mut self, value: bool) {
        self.word(u32::from(value));
    }

    /// Fields of `bits` bits, the first one lowest.
    #[inline(always)]
    fn lanes(&mut self, bits: u32, fields: impl Iterator<Item = i64>) {
        if bits == 0 {
            return;
        }
        let (mut gathered, mut held) = (0_u64, 0);
        for field in fields {
            gathered |= low_bits(field, bits) << held;
            held += bits;
            if held >= 32 {
                self.word(low_word(gathered));
                gathered >>= 32;
                held -= 32;
            }
        }
        if held > 0 {
            self.word(low_word(gathered));
        }
    }

    /// Currents that are stored row by row, of all lanes each; written lane by lane.
    #[inline(always)]
    fn words_of_lanes<L: Lane>(&mut self, s: &Structure, words: &[L]) {
        let lanes = index(s.lanes);
        if words.is_empty() {
            return;
        }
        if words.len() == lanes {
            return self.lanes(s.i_syn_bits, words.iter().map(|&word| word.into()));
        }
        let of_lane = |lane: usize| words[lane..].iter().step_by(lanes).map(|&word| word.into());
        self.lanes(s.i_syn_bits, (0..lanes).flat_map(of_lane));
    }

    /// The delay slot, where there is more than one.
    #[inline(always)]
    fn slot(&mut self, s: &Structure, slot: u32) {
        if s.synapse.delay_slots > 1 {
            self.word(slot);
        }
    }

    fn zeros(&mut self, words: usize) {
        self.words[self.at..self.at + words].fill(0);
        self.at += words;
    }
}

/// Makes records of one structure.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    structure: Structure,
    write_words: usize,
    words: Vec<u32>,
}

impl Recorder {
    pub(crate) fn new(structure: &Structure) -> Self {
        let schema = ProbeSchema::new(structure);
        let write_words = schema
            .signals()
            .iter()
            .filter(|signal| signal.name.starts_with("write_") && signal.name != "write_valid")
            .map(bitspike_spec::Signal::words)
            .sum();
        Recorder { structure: *structure, write_words, words: vec![0; schema.words()] }
    }

    /// The record made last.
    pub(crate) fn words(&self) -> &[u32] {
        &self.words
    }

    /// Makes the record of the cycle these registers and wires are in.
    #[inline]
    pub(crate) fn record<L: Lane>(&mut self, machine: &Machine<L>, wires: &Wires) {
        let mut writer = Writer { words: &mut self.words, at: 0 };
        control(&mut writer, machine, wires);
        match machine.control {
            Control::Init(group) => init_write(&mut writer, &self.structure, machine, group),
            Control::Idle | Control::Run { .. } if machine.s2.valid => {
                pipeline_write(&mut writer, &self.structure, &machine.s2);
            }
            Control::Idle | Control::Run { .. } => writer.zeros(1 + self.write_words),
        }
        handshakes(&mut writer, machine, wires);
        counters(&mut writer, &self.structure, machine);
        array(&mut writer, &self.structure, (machine, wires));
        debug_assert_eq!(writer.at, writer.words.len(), "the record fills the schema");
    }
}

#[inline(always)]
fn control<L: Lane>(writer: &mut Writer, machine: &Machine<L>, wires: &Wires) {
    let (code, event) = match machine.control {
        Control::Init(_) => (0, None),
        Control::Idle => (1, None),
        Control::Run { event, .. } => (2 + u32::from(wires.stall), Some(event)),
    };
    writer.word(code);
    writer.word(count(machine.queue.len()));
    writer.word(event.map_or(0, |event| event.kind.code()));
    writer.word(event.map_or(0, |event| event.payload));
    writer.bit(wires.issue.is_some());
    writer.word(wires.issue.unwrap_or(0));
}

fn init_write<L: Lane>(writer: &mut Writer, s: &Structure, machine: &Machine<L>, slot: u32) {
    let lanes = || 0..s.lanes;
    let values = machine.fixed.core.values();
    writer.bit(true);
    writer.word(slot % s.groups());
    writer.lanes(1, lanes().map(|_| 1));
    writer.lanes(s.v_bits, lanes().map(|_| values.v_init));
    writer.lanes(s.u_bits(), lanes().map(|_| values.u_init));
    let zeros = |fields: u32| std::iter::repeat_n(0, index(fields));
    writer.lanes(s.i_syn_bits, zeros(s.accumulators() * s.lanes));
    writer.lanes(s.i_syn_bits, zeros(count(machine.s2.input.len())));
    writer.slot(s, slot / s.groups());
    for bits in [s.refractory_bits, s.spike_bits()] {
        writer.lanes(bits, zeros(s.lanes));
    }
}

#[inline(always)]
fn pipeline_write<L: Lane>(writer: &mut Writer, s: &Structure, stage: &Stage<L>) {
    writer.bit(true);
    writer.word(stage.group);
    mask(writer, s.lanes, stage.mask);
    writer.lanes(s.v_bits, stage.state.v.iter().map(|&v| v.into()));
    writer.lanes(s.u_bits(), stage.state.u.iter().map(|&u| u.into()));
    writer.words_of_lanes(s, &stage.state.i_syn);
    writer.words_of_lanes(s, &stage.input);
    writer.slot(s, stage.slot);
    writer.lanes(s.refractory_bits, stage.state.refractory.iter().map(|&refractory| refractory.into()));
    if stage.any_spike {
        writer.lanes(s.spike_bits(), stage.spikes.iter().map(|&spikes| spikes.into()));
    } else {
        writer.zeros(index((s.lanes * s.spike_bits()).div_ceil(32)));
    }
}

#[inline(always)]
fn mask(writer: &mut Writer, lanes: u32, mask: Mask) {
    for first in (0..lanes).step_by(32) {
        let width = (lanes - first).min(32);
        writer.word(match mask {
            Mask::All => u32::MAX >> (32 - width),
            Mask::One(lane) if lane / 32 == first / 32 => 1 << (lane % 32),
            Mask::One(_) => 0,
        });
    }
}

#[inline(always)]
fn handshakes<L: Lane>(writer: &mut Writer, machine: &Machine<L>, wires: &Wires) {
    writer.word(machine.output.queue_count());
    writer.bit(wires.in_ack);
    writer.bit(wires.accept);
    writer.bit(machine.output.request(machine.handshake()));
    writer.bit(wires.output.accept);
    writer.word(wires.output.address);
}

#[inline(always)]
fn counters<L: Lane>(writer: &mut Writer, s: &Structure, machine: &Machine<L>) {
    let c = &machine.counters;
    let shown = [c.events_dropped, c.loop_back_dropped, c.v_overflows, c.spikes, c.stall_cycles, c.time_steps];
    for counter in shown {
        writer.word(low_word(counter));
    }
    if s.u_bits() != 0 {
        writer.word(low_word(c.u_overflows));
    }
    if s.i_syn_bits != 0 {
        writer.word(low_word(c.i_syn_overflows));
    }
}

/// The signals of the synapse array.
#[inline(always)]
fn array<L: Lane>(writer: &mut Writer, s: &Structure, (machine, wires): (&Machine<L>, &Wires)) {
    if let (Some(reader), Some(read)) = (&machine.reader, s.array.analogue()) {
        reading(writer, (reader, &read), wires);
        let c = &machine.counters;
        for counter in [c.word_lines_merged, c.conversions_at_limit, c.reads] {
            writer.word(low_word(counter));
        }
    }
    if s.array.epochs > 1 {
        writer.word(machine.epoch);
    }
}

fn reading(writer: &mut Writer, (reader, read): (&Reader, &AnalogueRead), wires: &Wires) {
    writer.word(reader.state.code());
    writer.word(reader.shown_block());
    writer.word(reader.shown_phase());
    let words = reader.shown_words();
    if reader.state == ReadState::Convert {
        writer.lanes(read.adc_bits, reader.trials());
    } else {
        writer.zeros(words);
    }
    match wires.issue {
        Some(group) if reader.state == ReadState::Issue => writer.lanes(read.adc_bits, reader.codes(group)),
        Some(_) | None => writer.zeros(words),
    }
}
