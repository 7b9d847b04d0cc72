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
    /// A spike on this word line.
    WordLine(u32),
    /// A time step for every neuron.
    TimeStep,
    /// `weight` (signed, `weight_bits`) injected into `neuron`.
    Inject {
        /// The neuron.
        neuron: u32,
        /// The weight.
        weight: i16,
    },
    /// A time step for this neuron.
    TimeStepOne(u32),
}

impl AerEvent {
    /// The kind.
    #[must_use]
    pub const fn kind(self) -> EventKind {
        match self {
            AerEvent::WordLine(_) => EventKind::WordLine,
            AerEvent::TimeStep => EventKind::TimeStep,
            AerEvent::Inject { .. } => EventKind::Inject,
            AerEvent::TimeStepOne(_) => EventKind::TimeStepOne,
        }
    }

    /// The payload: word line, 0, `{weight, neuron}` or neuron.
    #[must_use]
    pub fn payload(self, structure: &Structure) -> u32 {
        match self {
            AerEvent::WordLine(index) | AerEvent::TimeStepOne(index) => index,
            AerEvent::TimeStep => 0,
            AerEvent::Inject { neuron, weight } => {
                let mask = (1_u32 << structure.weight_bits) - 1;
                ((i32::from(weight).cast_unsigned() & mask) << structure.neuron_bits()) | neuron
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
        let neuron_limit = i64::from(structure.neurons) - 1;
        match self {
            AerEvent::WordLine(w) => CoreError::check_range(
                &format!("{key}.word_line"),
                i64::from(w),
                0,
                i64::from(structure.word_lines) - 1,
            ),
            AerEvent::TimeStep => Ok(()),
            AerEvent::TimeStepOne(n) => CoreError::check_range(&format!("{key}.neuron"), i64::from(n), 0, neuron_limit),
            AerEvent::Inject { neuron, weight } => {
                CoreError::check_range(&format!("{key}.neuron"), i64::from(neuron), 0, neuron_limit)?;
                let (low, high) = signed_range(structure.weight_bits);
                CoreError::check_range(&format!("{key}.weight"), i64::from(weight), low, high)
            }
        }
    }
}
