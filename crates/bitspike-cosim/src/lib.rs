//! RTL co-simulation: builds, lock-step, waveforms, comparison.

pub mod compare;
pub mod waveform;
