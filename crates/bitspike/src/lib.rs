//! The bitspike library behind the command line.
//!
//! [`run`] simulates the model and records it, [`cosim`] compares model and RTL, [`accuracy`] compares the layers from continuous time to RTL, [`fuzz`] does so on random cases,
//! [`results`] writes files and pictures, [`metrics`] turns a run into figures, [`synth`] a core into gates, [`mod@array`] programs and measures an RRAM array, [`devices`] says what its devices cost a core, [`patterns`] draws the firing patterns of Izhikevich 2004, [`sweep`] does all of it for many cores.

pub mod accuracy;
pub mod array;
pub mod cli;
pub mod control;
pub mod cosim;
pub mod devices;
pub mod digits;
pub mod error;
pub mod fuzz;
pub mod metrics;
pub mod patterns;
pub mod results;
pub mod run;
pub mod sweep;
pub mod synth;

pub use error::Error;
