//! RRAM device physics: weights to conductances to integer images.
//!
//! Everything physical ends here, before a run starts: [`program`] takes float weights, a configuration and a seed, and
//! gives an [`ArrayImage`](bitspike_spec::ArrayImage) of integer codes for each epoch of drift, and the constants of the
//! converters. [`quantise`] is the array without a device. The effects are in [`effects`], one file each, the wires in
//! [`ir_drop`]. The same seed gives the same bytes on every machine, with any number of threads.

pub mod adc;
pub mod characterise;
pub mod config;
pub mod core;
pub mod device;
pub mod effects;
pub mod files;
pub mod ir_drop;
pub mod mapping;
pub mod mvm;
pub mod presets;
pub mod sigma;

mod error;
mod image;
mod program;
mod quantise;
#[cfg(test)]
mod statistics;
mod weights;

pub use bitspike_spec::CrossbarImage;
pub use characterise::{Characteristics, characterise};
pub use config::ArrayConfig;
pub use core::DeviceProgrammer;
pub use error::DeviceError;
pub use image::{EpochImage, ProgrammedArray, program, program_with_threads};
pub use program::{Devices, Plane};
pub use quantise::{Quantised, quantise};
pub use weights::{MAX_LINES, WeightMatrix};
