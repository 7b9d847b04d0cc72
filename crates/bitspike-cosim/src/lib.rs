//! RTL co-simulation: builds, lock-step, waveforms, comparison.
