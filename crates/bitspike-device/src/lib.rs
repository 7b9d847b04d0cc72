//! RRAM device physics: weights to conductances to integer images.
//!
//! Everything physical ends here, before a run starts, in a [`CrossbarImage`] of integer cell codes. Today the device
//! is ideal: [`program`] only quantises. Spread, drift, IR drop and the ADC are added as one file each.

mod quantise;

pub use bitspike_spec::CrossbarImage;
pub use quantise::{DeviceError, Programmed, WeightMatrix, program};
