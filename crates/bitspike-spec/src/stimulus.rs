//! What is driven into a core: events, a receiver's ready pattern, resets. Both sides of a comparison see the same pins.
//!
//! Contract: `docs/src/contract/schedule.md`, section Environment.

mod environment;
pub mod file;
pub mod generate;
mod images;
mod sections;
mod source;
mod write;

pub use environment::{InPins, OutPins, Receiver, Sender};
pub use file::{Label, LoadedStimulus, read_stimulus};
pub use sections::{CycleEvent, ImageCode, ReceiverSection, SourceConfig, StepEvent, StimulusConfig};

use crate::error::CoreError;
use crate::event::AerEvent;
use crate::structure::Structure;
use bitvec::prelude::{BitVec, Lsb0, bitvec};

/// An event and the first cycle in which the sender may offer it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimedEvent {
    /// First cycle in which the event may be offered.
    pub not_before: u64,
    /// The event.
    pub event: AerEvent,
}

/// Everything the environment does to a core in one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stimulus {
    /// Events of one repetition, in the order the sender offers them.
    pub events: Vec<TimedEvent>,
    /// How often the list is played, at least 1.
    pub repeat: u64,
    /// Cycles added to `not_before` with each repetition.
    pub period: u64,
    /// Ready pattern of the receiver, repeated for ever; at least one bit is 1.
    pub ready: BitVec,
    /// Cycles before which the core is reset, strictly rising, none 0.
    pub resets: Vec<u64>,
    /// Cycles to run; `None`: until everything is drained, and 8 more.
    pub cycles: Option<u64>,
}

impl Default for Stimulus {
    fn default() -> Self {
        Stimulus { events: Vec::new(), repeat: 1, period: 0, ready: bitvec![1], resets: Vec::new(), cycles: None }
    }
}

impl Stimulus {
    /// A stimulus of these events as fast as the core takes them, with a receiver that is always ready.
    #[must_use]
    pub fn dense(events: impl IntoIterator<Item = AerEvent>) -> Self {
        let events = events.into_iter().map(|event| TimedEvent { not_before: 0, event }).collect();
        Stimulus { events, ..Stimulus::default() }
    }

    /// Number of events over all repetitions.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.events.len() as u64 * self.repeat
    }

    /// Whether there is no event.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Event `index` over all repetitions, with `not_before` moved by its repetition.
    #[must_use]
    pub fn event(&self, index: u64) -> Option<TimedEvent> {
        if index >= self.len() {
            return None;
        }
        let count = self.events.len() as u64;
        let TimedEvent { not_before, event } = self.events[(index % count) as usize];
        Some(TimedEvent { not_before: not_before + index / count * self.period, event })
    }

    /// Checks every event against the core, and the pattern, resets and repeat count.
    ///
    /// # Errors
    /// The first offending key and the range allowed.
    pub fn check(&self, structure: &Structure) -> Result<(), CoreError> {
        for (index, timed) in self.events.iter().enumerate() {
            timed.event.check(structure, &format!("events[{index}]"))?;
        }
        if self.repeat == 0 {
            return Err(CoreError::conflict("repeat", "is 0, must be at least 1".to_owned()));
        }
        if !self.ready.any() {
            return Err(CoreError::conflict("ready", "has no 1, so no spike could ever leave".to_owned()));
        }
        if self.resets.first() == Some(&0) || !self.resets.is_sorted_by(|a, b| a < b) {
            return Err(CoreError::conflict("resets", "must be cycles above 0 in strictly rising order".to_owned()));
        }
        Ok(())
    }
}
