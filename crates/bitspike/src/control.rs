//! What accompanies long work: Ctrl-C and progress.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the user wants to stop. Clones share the answer.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Asks the work to stop.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the work is to stop.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Is told how far work has come.
pub trait Progress {
    /// A new phase of the work has begun.
    fn phase(&self, name: &str);

    /// `done` of `total` cycles of the phase are done; the total may be unknown.
    fn cycles(&self, done: u64, total: Option<u64>);

    /// `done` of `total` points of a sweep are done.
    fn points(&self, _done: u64, _total: u64) {}

    /// `done` of `total` time steps of the phase are done.
    fn steps(&self, _done: u64, _total: u64) {}
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn phase(&self, _name: &str) {}

    fn cycles(&self, _done: u64, _total: Option<u64>) {}
}

/// Ctrl-C and progress of one piece of work.
#[derive(Clone, Copy)]
pub struct Control<'a> {
    /// Asked every few thousand cycles.
    pub interrupt: &'a Interrupt,
    /// Told every few thousand cycles.
    pub progress: &'a dyn Progress,
}

/// Cycles between two questions to the control.
const STRIDE: u64 = 8192;

impl Control<'_> {
    /// To be called in every cycle: tells the progress, and whether to go on.
    #[inline]
    #[must_use]
    pub fn goes_on(&self, cycle: u64, total: Option<u64>) -> bool {
        if !cycle.is_multiple_of(STRIDE) {
            return true;
        }
        self.progress.cycles(cycle, total);
        !self.interrupt.is_set()
    }
}
