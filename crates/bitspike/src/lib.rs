//! The bitspike library behind the command line.
//!
//! [`run`] simulates the model and records it, [`cosim`] compares model and RTL, [`fuzz`] does so on random cases, [`results`] writes files and pictures, [`metrics`] turns a
//! run into figures, [`patterns`] asks how many bits the Izhikevich unit needs.

pub mod cli;
pub mod control;
pub mod cosim;
pub mod digits;
pub mod error;
pub mod fuzz;
pub mod metrics;
pub mod patterns;
pub mod results;
pub mod run;

pub use error::Error;
