//! Step functions of a neuron: pure, over an abstract integer word (contract C10).
//!
//! Contract: `docs/src/contract/arithmetic.md`. Each function takes a state, an input and parameters as words, and the
//! rules as plain values; knobs are matched outside the word and no function branches on a word. With `i64` they
//! simulate; a symbolic word turns the same source into a reference circuit. Every intermediate result of a checked
//! core fits an `i64`. Currents are updated in place, one neuron's accumulators at a time.

mod current;
mod fire;
mod izhikevich;
mod random;
mod reduce;
mod square;
mod synapse;
mod time_step;

pub use current::{SynapseParameters, Synaptic, decay, receive, summed_current, take_in};
pub use fire::{Fired, fire};
pub use izhikevich::{IzhikevichParameters, IzhikevichRules, IzhikevichState, IzhikevichStep, IzhikevichWidths};
pub use random::Random;
pub use reduce::reduce;
pub use square::square_by_chords;
pub use synapse::synaptic_operation;
pub use time_step::{ModelUnit, Unit, time_step};

use bitspike_spec::fx::{Overflow, QFormat, Word, fit};
use bitspike_spec::{NeuronParameters, Semantics, Structure, Synapse};

/// Most accumulators of a neuron.
pub const MOST_ACCUMULATORS: usize = 8;

/// Most polarities, and words of one slot of the input memory, of a neuron.
pub const MOST_POLARITIES: usize = 2;

/// A [`Word`] that step functions run on.
pub trait StepWord: Word {
    /// Whether a bit is false in every case, so that what it guards need not be computed.
    ///
    /// A symbolic word keeps the default and gets the full circuit.
    #[must_use]
    fn is_never(bit: &Self::Bit) -> bool {
        let _ = bit;
        false
    }
}

macro_rules! machine_step_word {
    ($($int:ty),*) => {$(
        impl StepWord for $int {
            #[inline(always)]
            fn is_never(bit: &bool) -> bool {
                !*bit
            }
        }
    )*};
}

machine_step_word!(i32, i64, i128);

/// Range and overflow rule of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateRule {
    /// Range.
    pub format: QFormat,
    /// What happens outside it.
    pub overflow: Overflow,
}

impl StateRule {
    /// A signed state of so many bits, 2 to 64; fewer stand for an absent state.
    ///
    /// # Panics
    /// When `bits` is above 64.
    #[must_use]
    pub fn new(bits: u32, overflow: Overflow) -> Self {
        let bits = u8::try_from(bits.max(u32::from(QFormat::MIN_BITS))).expect("a width is at most 64");
        let format = QFormat::new(bits, 0, true).expect("a width is at most 64");
        StateRule { format, overflow }
    }

    /// [`fit`] to this state: the value, and whether it was outside.
    #[inline(always)]
    pub fn fit<W: Word>(&self, x: &W) -> (W, W::Bit) {
        fit(x, self.format, self.overflow)
    }
}

/// What the step functions need to know of a structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The knobs.
    pub semantics: Semantics,
    /// Left shift of a weight.
    pub weight_shift: u32,
    /// Membrane potential.
    pub v: StateRule,
    /// Synaptic current; of no meaning when there is none.
    pub i_syn: StateRule,
    /// Filter, polarities, slots; of no meaning when there is no synaptic current.
    pub synapse: Synapse,
    /// Accumulators of the synaptic current, 0 when there is none.
    pub accumulators: u32,
    /// Whether there is a refractory counter.
    pub has_refractory: bool,
}

impl Rules {
    /// The rules of a checked structure.
    ///
    /// # Panics
    /// When a width of the structure is above 64, which no checked structure has.
    #[must_use]
    pub fn new(structure: &Structure) -> Self {
        let semantics = structure.semantics;
        Rules {
            semantics,
            weight_shift: structure.weight_shift,
            v: StateRule::new(structure.v_bits, semantics.v_overflow),
            i_syn: StateRule::new(structure.i_syn_bits, semantics.i_syn_overflow),
            synapse: structure.synapse,
            accumulators: structure.accumulators(),
            has_refractory: structure.refractory_bits != 0,
        }
    }
}

/// State of one neuron, without its currents. What a core does not have is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NeuronState<W> {
    /// Membrane potential, signed.
    pub v: W,
    /// Membrane recovery, signed.
    pub u: W,
    /// Time steps left in which `v` is held.
    pub refractory: W,
}

/// Parameters of one neuron as words, with those the core shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters<W: Word> {
    /// Fires when `v` compares with it, signed.
    pub threshold: W,
    /// Amount of the membrane leak, unsigned.
    pub leak: W,
    /// Membrane potential after a spike with `reset = value`, signed.
    pub v_reset: W,
    /// Added to the current in every time step, signed.
    pub bias: W,
    /// Whether spikes leave the neuron.
    pub output_enable: W::Bit,
    /// Time steps in which `v` is held after a spike; shared by all neurons.
    pub refractory_steps: W,
}

impl<W: Word<Bit = bool>> Parameters<W> {
    /// The words of checked values.
    #[must_use]
    pub fn new(neuron: &NeuronParameters, refractory_steps: u32) -> Self {
        Parameters {
            threshold: W::constant(neuron.threshold),
            leak: W::constant(neuron.leak),
            v_reset: W::constant(neuron.v_reset),
            bias: W::constant(neuron.bias),
            output_enable: neuron.output_enable,
            refractory_steps: W::constant(i64::from(refractory_steps)),
        }
    }
}

/// What one update of a neuron yields, besides its currents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Update<W: Word> {
    /// The new state.
    pub state: NeuronState<W>,
    /// Spikes that leave the neuron, 0 to `max_spikes`.
    pub emitted: W,
    /// Whether any fit of `v` that was used was out of range.
    pub v_overflow: W::Bit,
    /// Whether any fit of `u` that was used was out of range.
    pub u_overflow: W::Bit,
    /// Whether any fit of a synaptic current that was used was out of range.
    pub i_syn_overflow: W::Bit,
    /// The current that was integrated, without the bias; 0 in a synaptic operation.
    pub current: W,
}

/// The bit of a known truth value.
#[inline(always)]
fn bit<W: Word>(value: bool) -> W::Bit {
    W::constant(i64::from(value)).equals(&W::constant(1))
}

/// Whether the refractory counter runs; false without looking where there is none.
#[inline(always)]
fn is_held<W: Word>(rules: &Rules, refractory: &W) -> W::Bit {
    if rules.has_refractory { W::bit_not(&refractory.equals(&W::constant(0))) } else { bit::<W>(false) }
}
