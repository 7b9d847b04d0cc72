//! The section `[array]`: keys of devices, which another crate knows, or raw integers.

use crate::array::Converter;
use crate::fx::Rounding;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The devices that hold the weights: their keys are in the reference of devices; or raw integers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ArraySection {
    /// The content of the array as integers, as the plain form of a core has it, in place of `synapse.image` and of every other key of `[array]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<RawArray>,
    /// Every other key: those of the devices.
    #[serde(flatten)]
    pub devices: serde_json::Map<String, serde_json::Value>,
}

/// The content of the array as integers: `weights` or `analogue`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawArray {
    /// First cycle of each epoch but the first, above 0 and rising.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(range(min = 1, max = 9_223_372_036_854_775_807_u64)))]
    pub epoch_starts: Vec<u64>,
    /// With event read: the weights of each epoch, a row for each word line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<Vec<Vec<Vec<i64>>>>,
    /// With analogue read: how it is read, the converters and the cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analogue: Option<RawAnalogue>,
}

/// An array with analogue read as integers; every key is needed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAnalogue {
    /// Word lines of a block.
    pub rows_per_read: u32,
    /// Cycles the currents settle.
    pub settle_cycles: u32,
    /// Kind of converter.
    pub converter: Converter,
    /// Bit lines that share a converter.
    pub columns_per_converter: u32,
    /// Width of a converter's code in bits.
    pub adc_bits: u32,
    /// Rounding of the converters, `floor` or `half_up`.
    pub adc_rounding: Rounding,
    /// Width of a current code in bits.
    pub code_bits: u32,
    /// Devices of a cell, 1 or 2.
    pub devices_per_cell: u32,
    /// Left shift from one slice to the next, in bits.
    pub slice_bits: u32,
    /// Width of a variance code in bits; 0: no read noise.
    pub variance_bits: u32,
    /// Fraction bits of the variance codes.
    pub variance_shift: u32,
    /// Seed of the read noise: low and high word.
    pub noise_seed: [u32; 2],
    /// The converters of each slice.
    pub converters: Vec<RawConverter>,
    /// The cells of each epoch, slice by slice.
    pub epochs: Vec<Vec<RawSlice>>,
}

/// The converters of a slice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawConverter {
    /// Code taken off for each active word line.
    pub zero_code: i32,
    /// Right shift, in bits.
    pub shift: u32,
    /// Offset of each bit line.
    pub offsets: Vec<i32>,
    /// Multiplier of each bit line.
    pub multipliers: Vec<i32>,
}

/// The codes of a slice, word line by word line; an empty list where there are none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSlice {
    /// Devices that add.
    pub plus: Vec<u16>,
    /// Devices that subtract.
    pub minus: Vec<u16>,
    /// Variances.
    pub variance: Vec<u16>,
}
