//! The synapse array: how it is read, and what it holds, all integers.
//!
//! Contract: `docs/src/contract/array.md`.

mod adc;
mod image;
mod read;
mod values;

pub use adc::Adc;
pub use image::{ArrayImage, ArrayShape, SliceImage};
pub use read::{AnalogueRead, ArrayRead, ArrayStructure, Converter};
pub use values::{AnalogueArray, SynapseArray};
