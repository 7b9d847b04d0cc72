//! Throughput of the waveform readers and writers.
fn main() {}
