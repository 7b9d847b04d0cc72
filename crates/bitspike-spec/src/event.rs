//! Address events: what travels on the AER input and through the event queue.
//!
//! Contract: `docs/src/contract/schedule.md`, section Events.

use crate::coded::coded_enum;
use crate::error::CoreError;
use crate::structure::{Structure, signed_range};

coded_enum! {
    /// Kind of an address event.
    EventKind {
        /// A spike on a word line: one weight for every neuron.
        WordLine = 0 => "word_line",
        /// A time step for every neuron.
        TimeStep = 1 => "time_step",
        /// A current injected into one neuron.
        Inject = 2 => "inject",
        /// A time step for one neuron.
        TimeStepOne = 3 => "time_step_one",
    }
}

impl EventKind {
    /// Whether the event is a time step (of all neurons or of one).
    #[must_use]
    pub const fn is_time_step(self) -> bool {
        matches!(self, EventKind::TimeStep | EventKind::TimeStepOne)
    }

    /// Whether the event touches one neuron only.
    #[must_use]
    pub const fn is_single(self) -> bool {
        matches!(self, EventKind::Inject | EventKind::TimeStepOne)
    }
}

/// One address event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AerEvent {
    /// A spike on a word line, whose weights act `delay` time steps after the next.
    WordLine {
        /// The word line.
        word_line: u32,
        /// Delay in time steps, 0 to `delay_slots - 1`.
        delay: u32,
    },
    /// A time step for every neuron.
    TimeStep,
    /// `weight` (signed, `weight_bits`) injected into `neuron`, acting `delay` time steps after the next.
    Inject {
        /// The neuron.
        neuron: u32,
        /// The weight.
        weight: i16,
        /// Delay in time steps, 0 to `delay_slots - 1`.
        delay: u32,
    },
    /// A time step for this neuron.
    TimeStepOne(u32),
}

impl AerEvent {
    /// A spike on this word line that acts in the next time step.
    #[must_use]
    pub const fn word_line(word_line: u32) -> Self {
        AerEvent::WordLine { word_line, delay: 0 }
    }

    /// A weight injected into this neuron that acts in the next time step.
    #[must_use]
    pub const fn inject(neuron: u32, weight: i16) -> Self {
        AerEvent::Inject { neuron, weight, delay: 0 }
    }

    /// The kind.
    #[must_use]
    pub const fn kind(self) -> EventKind {
        match self {
            AerEvent::WordLine { .. } => EventKind::WordLine,
            AerEvent::TimeStep => EventKind::TimeStep,
            AerEvent::Inject { .. } => EventKind::Inject,
            AerEvent::TimeStepOne(_) => EventKind::TimeStepOne,
        }
    }

    /// The payload: `{delay, word line}`, 0, `{delay, weight, neuron}` or neuron.
    #[must_use]
    pub fn payload(self, structure: &Structure) -> u32 {
        let delayed = |delay: u32, body: u32| delay.checked_shl(structure.body_bits()).unwrap_or(0) | body;
        match self {
            AerEvent::WordLine { word_line, delay } => delayed(delay, word_line),
            AerEvent::TimeStepOne(neuron) => neuron,
            AerEvent::TimeStep => 0,
            AerEvent::Inject { neuron, weight, delay } => {
                let mask = (1_u32 << structure.weight_bits) - 1;
                delayed(delay, ((i32::from(weight).cast_unsigned() & mask) << structure.neuron_bits()) | neuron)
            }
        }
    }

    /// The AER input word `{kind, payload}`, `2 + payload_bits` bits.
    #[must_use]
    pub fn word(self, structure: &Structure) -> u32 {
        self.kind().code() << structure.payload_bits() | self.payload(structure)
    }

    /// Checks that word line, neuron and weight exist in the core; `key` names the event in the error.
    ///
    /// # Errors
    /// [`CoreError::OutOfRange`] with the range the core allows.
    pub fn check(self, structure: &Structure, key: &str) -> Result<(), CoreError> {
        let below = |name: &str, index: u32, count: u32| {
            CoreError::check_range(&format!("{key}.{name}"), i64::from(index), 0, i64::from(count) - 1)
        };
        match self {
            AerEvent::WordLine { word_line, delay } => {
                below("word_line", word_line, structure.word_lines)?;
                below("delay", delay, structure.synapse.delay_slots)
            }
            AerEvent::TimeStep => Ok(()),
            AerEvent::TimeStepOne(neuron) => below("neuron", neuron, structure.neurons),
            AerEvent::Inject { neuron, weight, delay } => {
                below("neuron", neuron, structure.neurons)?;
                below("delay", delay, structure.synapse.delay_slots)?;
                let (low, high) = signed_range(structure.weight_bits);
                CoreError::check_range(&format!("{key}.weight"), i64::from(weight), low, high)
            }
        }
    }
}
