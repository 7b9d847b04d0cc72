//! Comparison of two record streams or two waveform files, in constant memory.
//!
//! The result is an [`Agreement`], which says what was compared, or a [`Divergence`], which says where and how the sides part, with the
//! records around it. Values are bits here; their meaning is the caller's.

mod files;
mod pairs;
mod report;
mod streams;
mod verdict;
pub mod views;

pub use files::{ScopePair, WaveformComparison, WaveformOptions, compare_waveforms};
pub use streams::{CompareOptions, Pairing, UnknownRule, compare_streams};
pub use verdict::{Agreement, Divergence, DivergenceKind, SignalDifference, Verdict, WindowRow};
