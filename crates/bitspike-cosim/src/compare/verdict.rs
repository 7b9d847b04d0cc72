//! What a comparison ends with.

use crate::waveform::{OwnedRecord, RawValue, RecordLayout};

/// The end of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Every compared bit is the same on both sides.
    Agreement(Agreement),
    /// The sides part.
    Divergence(Box<Divergence>),
}

/// What was compared, all of it equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Pairs of records compared; at least 1.
    pub records: u64,
    /// Signals compared in each record.
    pub signals: usize,
    /// Signals left out because an option says so.
    pub ignored: Vec<String>,
    /// Pairs in which some bit of either side was x or z.
    pub records_with_unknown: u64,
    /// Cycle of the first pair on the left.
    pub first_cycle: u64,
    /// Cycle of the last pair on the left.
    pub last_cycle: u64,
}

/// How the sides part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DivergenceKind {
    /// A signal has different values.
    Values,
    /// The left side has no more records, the right side has.
    LeftEnded,
    /// The right side has no more records, the left side has.
    RightEnded,
    /// The records have different cycle numbers: one side skipped a cycle.
    Cycles,
}

/// One signal whose values differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalDifference {
    /// Position in the layout.
    pub index: usize,
    /// Name of the signal.
    pub name: String,
    /// Bits on the left.
    pub left: RawValue,
    /// Bits on the right.
    pub right: RawValue,
}

/// One pair of records around the divergence; a side that has ended is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowRow {
    /// The left record.
    pub left: Option<OwnedRecord>,
    /// The right record.
    pub right: Option<OwnedRecord>,
}

/// Where and how the sides part.
#[derive(Debug, Clone, PartialEq)]
pub struct Divergence {
    /// How they part.
    pub kind: DivergenceKind,
    /// Pairs compared and equal before it.
    pub records_before: u64,
    /// Cycle of the left record; if that side ended, of its last record.
    pub left_cycle: u64,
    /// Cycle of the right record; if that side ended, of its last record.
    pub right_cycle: u64,
    /// Time of the left record in its own unit; if that side ended, of its last record.
    pub left_time: u64,
    /// Time of the right record in its own unit; if that side ended, of its last record.
    pub right_time: u64,
    /// Signals that differ, in record order; empty unless `kind` is [`DivergenceKind::Values`].
    pub differences: Vec<SignalDifference>,
    /// The pairs around it, in order.
    pub window: Vec<WindowRow>,
    /// Position of the diverging pair in `window`.
    pub at: usize,
    /// The signals of each record.
    pub layout: RecordLayout,
    /// Signals left out because an option says so.
    pub ignored: Vec<String>,
}

impl Divergence {
    /// The first differing signal, if values differ.
    pub fn first(&self) -> Option<&SignalDifference> {
        self.differences.first()
    }
}
