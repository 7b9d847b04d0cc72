//! Keys of the Izhikevich neuron: `[neuron.izhikevich]` and `[values.izhikevich]`.

use super::PerNeuron;
use crate::coded::coded_enum;
use crate::fx::{Overflow, Rounding};
use crate::neuron_model::{Recovery, UpdateOrder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

coded_enum! {
    /// How products are made.
    ProductForm {
        /// With multipliers: `(k2 v + k1) v + k0`.
        Multiplier = 0 => "multiplier",
        /// With shifts and adds: a square by chords, constants of few signed powers of two.
        ShiftAdd = 1 => "shift_add",
    }
}

coded_enum! {
    /// How the derivative of `v` is multiplied by the time step.
    ScaleForm {
        /// By `2^-dt_shift` ms.
        Shift = 0 => "shift",
        /// By the constant `values.izhikevich.dt`.
        Constant = 1 => "constant",
    }
}

/// Choices and widths of the Izhikevich neuron.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IzhikevichSection {
    /// How products are made.
    pub form: ProductForm,
    /// Multipliers of a lane, with `multiplier`: 1 to 7 shared by the products of a time step, which then takes several cycles; 0: one for every product.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 7))]
    pub multipliers: Option<u32>,
    /// With `shift_add`: each octave of the square has `2^segment_bits` chords. Absent: 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 4))]
    pub segment_bits: Option<u32>,
    /// With `shift_add`: most signed powers of two of a constant. Absent: 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 4))]
    pub digits: Option<u32>,
    /// Which membrane potential the recovery sees.
    pub update: UpdateOrder,
    /// Equation of the recovery.
    pub recovery: Recovery,
    /// Format of the recovery, with the fraction bits of `v`.
    pub u: USection,
    /// Format of the constants `k2`, `a`, `b`, `dt`.
    pub constant: ConstantSection,
    /// Rounding of products.
    pub rounding: Rounding,
    /// How the derivative of `v` is multiplied by the time step.
    pub dt_form: ScaleForm,
    /// With `dt_form = "shift"`: a step of `v` is `2^-dt_shift` ms. Absent: 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 15))]
    pub dt_shift: Option<u32>,
    /// Steps of `v` in one time step; 2 only with `update = "sequential"`.
    #[schemars(range(min = 1, max = 2))]
    pub substeps: u32,
}

impl Default for IzhikevichSection {
    fn default() -> Self {
        IzhikevichSection {
            form: ProductForm::Multiplier,
            multipliers: None,
            segment_bits: None,
            digits: None,
            update: UpdateOrder::Sequential,
            recovery: Recovery::Standard,
            u: USection::default(),
            constant: ConstantSection::default(),
            rounding: Rounding::Floor,
            dt_form: ScaleForm::Shift,
            dt_shift: None,
            substeps: 1,
        }
    }
}

/// Format of the recovery, two's complement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct USection {
    /// Width in bits.
    #[schemars(range(min = 4, max = 32))]
    pub bits: u32,
    /// What happens to a value outside the width.
    pub overflow: Overflow,
}

impl Default for USection {
    fn default() -> Self {
        USection { bits: 18, overflow: Overflow::Saturate }
    }
}

/// Format of the constants, two's complement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConstantSection {
    /// Width in bits.
    #[schemars(range(min = 4, max = 32))]
    pub bits: u32,
    /// Fraction bits.
    #[schemars(range(min = 1, max = 31))]
    pub frac: u32,
}

impl Default for ConstantSection {
    fn default() -> Self {
        ConstantSection { bits: 18, frac: 16 }
    }
}

/// Parameters of the Izhikevich neuron: numbers in the paper's units (mV and ms), or `{ raw = n }`, the integers of the hardware.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IzhikevichValues {
    /// Rate of the recovery, per ms. Needed. Raw: times the time step, a constant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub a: Option<Quantity>,
    /// Slope of the recovery. Needed. Raw: a constant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b: Option<Quantity>,
    /// Membrane potential after a spike, mV, in place of `values.v_reset`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub c: Option<Quantity>,
    /// Added to the recovery at a spike, mV. Needed. Raw: signed `neuron.izhikevich.u.bits` bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub d: Option<Quantity>,
    /// Coefficient of `v^2`, per mV and ms. Raw: a constant.
    pub k2: SharedQuantity,
    /// Coefficient of `v`, per ms. Raw: `neuron.v.frac` fraction bits; with `shift_add` the vertex of the parabola.
    pub k1: SharedQuantity,
    /// Constant term, mV per ms. Raw: `neuron.v.frac` fraction bits; with `shift_add` the value at the vertex.
    pub k0: SharedQuantity,
    /// Membrane potential at which the recovery has its zero, mV. Raw: `neuron.v.frac` fraction bits.
    pub v_zero: SharedQuantity,
    /// With `dt_form = "constant"`: a step of `v`, ms. Absent: `core.dt` divided by the substeps. Raw: a constant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dt: Option<SharedQuantity>,
}

impl Default for IzhikevichValues {
    fn default() -> Self {
        IzhikevichValues {
            a: None,
            b: None,
            c: None,
            d: None,
            k2: SharedQuantity::Real(0.04),
            k1: SharedQuantity::Real(5.0),
            k0: SharedQuantity::Real(140.0),
            v_zero: SharedQuantity::Real(0.0),
            dt: None,
        }
    }
}

/// Number in the paper's units or raw integer, shared or one for each neuron.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Quantity {
    /// In the paper's units.
    Real(PerNeuron<f64>),
    /// Raw integer.
    Raw(Raw<PerNeuron<i64>>),
}

/// Number in the paper's units or raw integer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SharedQuantity {
    /// In the paper's units.
    Real(f64),
    /// Raw integer.
    Raw(Raw<i64>),
}

/// Raw integer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Raw<T> {
    /// The integer as the hardware holds it.
    pub raw: T,
}
