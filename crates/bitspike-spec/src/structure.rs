//! The structure of a core: counts, widths and choices that become Verilog parameters (contract C3).

mod check;
mod widths;

use crate::array::{ArrayRead, ArrayStructure};
use crate::coded::coded_enum;
use crate::event::EventKind;
use crate::fx::{QFormat, Rounding};
use crate::neuron_model::{Izhikevich, NeuronModel};
use crate::semantics::{Reduce, ReduceForm, Semantics};
use crate::synapse::Synapse;

coded_enum! {
    /// What a time-step event does when it meets queued events.
    TimeStepPolicy {
        /// It waits its turn in the queue.
        InOrder = 0 => "in_order",
        /// It overtakes the queue (tinyODIN).
        Bypass = 1 => "bypass",
        /// It waits at the door until the core is drained, loop-back included.
        Barrier = 2 => "barrier",
    }
}

coded_enum! {
    /// What happens to an event that meets a full queue at the door.
    FullPolicy {
        /// The door does not acknowledge until there is room.
        Stall = 0 => "stall",
        /// The event is accepted, lost and counted.
        Drop = 1 => "drop",
    }
}

coded_enum! {
    /// Handshake of both address-event ports.
    Handshake {
        /// Valid and ready, one clock domain.
        Synchronous = 0 => "synchronous",
        /// Four-phase request and acknowledge through two flip-flops.
        FourPhase = 1 => "four_phase",
    }
}

coded_enum! {
    /// When the door takes events in.
    Door {
        /// At any time, while the core works.
        Overlapped = 0 => "overlapped",
        /// Only between two events, when the core does nothing (tinyODIN).
        BetweenEvents = 1 => "between_events",
    }
}

/// How the core is scheduled: cycle costs, policies, handshakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Schedule {
    /// Cycles per group, 1 to 15.
    pub initiation_interval: u32,
    /// Policy of time-step events.
    pub time_step: TimeStepPolicy,
    /// Policy of a full event queue.
    pub full_policy: FullPolicy,
    /// Handshake of the address-event ports.
    pub handshake: Handshake,
    /// Whether emitted spikes come back as word-line events.
    pub loop_back: bool,
    /// Whether neuron parameters are stored per neuron or shared.
    pub per_neuron: bool,
    /// When the door takes events in; `between_events` needs `four_phase` and `stall`.
    pub door: Door,
}

impl Schedule {
    /// The packed `Schedule` parameter of the RTL (bit fields in `docs/src/contract/arithmetic.md`).
    #[must_use]
    pub fn pack(&self) -> u32 {
        self.initiation_interval
            | self.time_step.code() << 4
            | self.full_policy.code() << 6
            | self.handshake.code() << 7
            | u32::from(self.loop_back) << 8
            | u32::from(self.per_neuron) << 9
            | self.door.code() << 10
    }
}

/// Counts, widths and choices of a core. Two cores of equal structure share one Verilated build.
///
/// The keys named in errors are those of `core.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Structure {
    /// Neurons (bit lines), 1 to 4096, a multiple of `lanes`.
    pub neurons: u32,
    /// Word lines, 1 to 4096.
    pub word_lines: u32,
    /// Neurons updated per cycle, a power of two, 1 to 1024.
    pub lanes: u32,
    /// Weight width, two's complement, 2 to 16.
    pub weight_bits: u32,
    /// Left shift of a weight on its way into the state, 0 to 15.
    pub weight_shift: u32,
    /// Membrane potential width, two's complement, 4 to 32.
    pub v_bits: u32,
    /// Synaptic current width, two's complement, 4 to 32, or 0 if there is none.
    pub i_syn_bits: u32,
    /// Fraction bits of `v`, `u` and `i_syn`: one LSB is `2^-frac`. For `lif` it names values in reports and changes no arithmetic.
    pub frac: u32,
    /// Neuron model.
    pub model: NeuronModel,
    /// Filter, polarities and delay slots of the synapse.
    pub synapse: Synapse,
    /// Bias width, two's complement, 2 to `v_bits`, or 0 if there is none.
    pub bias_bits: u32,
    /// Refractory counter width, unsigned, 1 to 16, or 0 if there is none.
    pub refractory_bits: u32,
    /// Entries of the event queue, 2 to 65536.
    pub queue_depth: u32,
    /// Entries of the spike queue, 4 to 65536.
    pub spike_queue_depth: u32,
    /// What an update means.
    pub semantics: Semantics,
    /// How the core is scheduled.
    pub schedule: Schedule,
    /// Epochs of the synapse array, and how it is read.
    pub array: ArrayStructure,
}

/// `max(1, ceil(log2 x))`: bits of an index below `x`.
#[must_use]
pub const fn index_bits(x: u32) -> u32 {
    if x <= 2 { 1 } else { 32 - (x - 1).leading_zeros() }
}

impl Structure {
    /// Groups of neurons, `neurons / lanes`.
    #[must_use]
    pub const fn groups(&self) -> u32 {
        self.neurons / self.lanes
    }

    /// Bits of a neuron address.
    #[must_use]
    pub const fn neuron_bits(&self) -> u32 {
        index_bits(self.neurons)
    }

    /// Bits of a word-line address.
    #[must_use]
    pub const fn word_line_bits(&self) -> u32 {
        index_bits(self.word_lines)
    }

    /// Bits of a group index.
    #[must_use]
    pub const fn group_bits(&self) -> u32 {
        index_bits(self.groups())
    }

    /// Bits of an event's payload: `delay_bits + body_bits`.
    #[must_use]
    pub const fn payload_bits(&self) -> u32 {
        self.synapse.delay_bits() + self.body_bits()
    }

    /// Bits of a payload below the delay: `max(word_line_bits, neuron_bits + weight_bits)`.
    #[must_use]
    pub const fn body_bits(&self) -> u32 {
        let inject = self.neuron_bits() + self.weight_bits;
        if self.word_line_bits() > inject { self.word_line_bits() } else { inject }
    }

    /// Bits of a spike count, `index_bits(max_spikes + 1)`.
    #[must_use]
    pub const fn spike_bits(&self) -> u32 {
        index_bits(self.semantics.max_spikes + 1)
    }

    /// Bits of a threshold: one more than `v`, so that a neuron can be kept from firing, but no more than the register bus has.
    #[must_use]
    pub const fn threshold_bits(&self) -> u32 {
        if self.v_bits < 32 { self.v_bits + 1 } else { 32 }
    }

    /// Accumulators `A` of the synaptic current of a neuron, 0 where there is none.
    #[must_use]
    pub const fn accumulators(&self) -> u32 {
        if self.i_syn_bits == 0 { 0 } else { self.synapse.polarities() * self.synapse.filters() }
    }

    /// Width of `u`, 0 where there is none.
    #[must_use]
    pub const fn u_bits(&self) -> u32 {
        self.model.u_bits()
    }

    /// Choices and widths of the Izhikevich neuron, if the core has that model.
    #[must_use]
    pub const fn izhikevich(&self) -> Option<Izhikevich> {
        match self.model {
            NeuronModel::Lif => None,
            NeuronModel::Izhikevich(izhikevich) => Some(izhikevich),
        }
    }

    /// Width of `k1`, `k0` and `v_zero` (`izhikevich`): two bits more than `v`, but no more than the register bus has.
    #[must_use]
    pub const fn k_bits(&self) -> u32 {
        if self.v_bits < 30 { self.v_bits + 2 } else { 32 }
    }

    /// Cycles of `INIT`: `groups`, times the delay slots where inputs are buffered.
    #[must_use]
    pub const fn init_cycles(&self) -> u32 {
        self.groups() * self.synapse.delay_slots
    }

    /// Groups an event of this kind touches; with analogue read a time step besides reads the array.
    #[must_use]
    pub const fn groups_of(&self, kind: EventKind) -> u32 {
        if kind.is_single() {
            1
        } else if self.only_marks(kind) {
            0
        } else {
            self.groups()
        }
    }

    /// Whether an event only marks its word line for the next analogue read.
    #[must_use]
    pub const fn only_marks(&self, kind: EventKind) -> bool {
        matches!((self.array.read, kind), (ArrayRead::Analogue(_), EventKind::WordLine))
    }

    /// Cycles that a group of an event spends in stage S1: `k_e` of the contract.
    #[must_use]
    pub const fn s1_cycles(&self, kind: EventKind) -> u32 {
        if kind.is_time_step() { self.model.step_cycles() } else { 1 }
    }

    /// Cycles between two groups of an event: `max(initiation_interval, s1_cycles)`.
    #[must_use]
    pub const fn interval(&self, kind: EventKind) -> u32 {
        let (interval, cycles) = (self.schedule.initiation_interval, self.s1_cycles(kind));
        if interval < cycles { cycles } else { interval }
    }

    /// Slots (cycles) of an event: `max(s1_cycles + 2, interval * groups)`; 1 of one that only marks its word line. The
    /// analogue read of a time step comes before its slots.
    #[must_use]
    pub const fn slots(&self, kind: EventKind) -> u32 {
        if self.only_marks(kind) {
            return 1;
        }
        let (least, slots) = (self.s1_cycles(kind) + 2, self.interval(kind) * self.groups_of(kind));
        if slots < least { least } else { slots }
    }

    /// Format of the membrane potential.
    ///
    /// # Panics
    /// Never for a checked structure.
    #[must_use]
    pub fn v_format(&self) -> QFormat {
        QFormat::new(self.v_bits as u8, self.frac as u8, true).expect("the structure was checked")
    }

    /// Smallest and largest weight, `[-2^(weight_bits-1), 2^(weight_bits-1) - 1]`.
    #[must_use]
    pub const fn weight_range(&self) -> (i64, i64) {
        signed_range(self.weight_bits)
    }

    /// Name and value of every Verilog parameter of `bitspike_core`, in the order of its declaration.
    #[must_use]
    pub fn parameters(&self) -> [(&'static str, u32); 20] {
        [
            ("Neurons", self.neurons),
            ("WordLines", self.word_lines),
            ("Lanes", self.lanes),
            ("WeightBits", self.weight_bits),
            ("WeightShift", self.weight_shift),
            ("VBits", self.v_bits),
            ("ISynBits", self.i_syn_bits),
            ("LeakBits", self.semantics.leak.bits),
            ("DecayBits", self.semantics.decay.bits),
            ("BiasBits", self.bias_bits),
            ("RefractoryBits", self.refractory_bits),
            ("QueueDepth", self.queue_depth),
            ("SpikeQueueDepth", self.spike_queue_depth),
            ("Semantics", self.semantics.pack()),
            ("Schedule", self.schedule.pack()),
            ("Model", self.model.pack()),
            ("ModelWidths", self.model.pack_widths(self.frac)),
            ("Synapse", self.synapse.pack()),
            ("Array", self.array.pack()),
            ("ArrayWidths", self.array.pack_widths()),
        ]
    }
}

/// Smallest and largest value of a two's complement number of `bits` bits.
#[must_use]
pub const fn signed_range(bits: u32) -> (i64, i64) {
    (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
}

impl Reduce {
    /// Largest amount this reduction accepts: stochastic rounding has 16 random bits, so a shift is at most 16 there.
    #[must_use]
    pub fn amount_limit(&self) -> i64 {
        let few_random_bits = self.form == ReduceForm::Shift && self.rounding == Rounding::Stochastic;
        if few_random_bits { 16 } else { self.max_amount() }
    }
}
