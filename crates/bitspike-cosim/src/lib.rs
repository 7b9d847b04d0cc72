//! RTL co-simulation: builds, lock-step, waveforms, comparison.
//!
//! [`toolchain`] finds Verilator, [`rtl`] holds the Verilog, [`build`] turns one structure of it into a cached program, which runs in
//! this process ([`lockstep`]) or beside it ([`testbench`]). Either way gives the same stream of probe records, for [`compare`].

pub mod build;
pub mod compare;
pub mod lockstep;
pub mod rtl;
pub mod testbench;
pub mod toolchain;
pub mod waveform;
