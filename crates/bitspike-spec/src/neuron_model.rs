//! The neuron model of a core and the structure of an Izhikevich neuron.
//!
//! Contract: `docs/src/contract/arithmetic.md`, section Time step.

use crate::coded::coded_enum;
use crate::fx::{Overflow, Rounding};

coded_enum! {
    /// Which of `v` and `u` the recovery sees.
    UpdateOrder {
        /// `u` is computed from the new `v`, as in the published script.
        Sequential = 0 => "sequential",
        /// `u` is computed from the old `v`.
        Simultaneous = 1 => "simultaneous",
    }
}

coded_enum! {
    /// Equation of the recovery.
    Recovery {
        /// `u' = a (b (v - v_zero) - u)`.
        Standard = 0 => "standard",
        /// `u' = a b (v - v_zero)`, without decay (the pattern accommodation).
        Accommodation = 1 => "accommodation",
    }
}

/// How the products of an Izhikevich step are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Products {
    /// `(k2 v + k1) v + k0` with multipliers.
    Multiplier {
        /// Multipliers of a lane, 1 to 7, or 0: one for every product.
        multipliers: u32,
    },
    /// A square by chords and constants of few signed digits: no multiplier.
    ShiftAdd {
        /// Segments of each octave of the square are `2^segment_bits`; 1 to 4.
        segment_bits: u32,
        /// Most signed powers of two of a constant, 1 to 4.
        digits: u32,
    },
}

/// How the derivative of `v` is multiplied by the time step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeScale {
    /// By `2^-shift` ms, shift 0 to 15.
    Shift(u32),
    /// By the constant `dt`.
    Constant,
}

/// Choices and widths of an Izhikevich neuron.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Izhikevich {
    /// How products are made.
    pub products: Products,
    /// Which `v` the recovery sees.
    pub update: UpdateOrder,
    /// Equation of the recovery.
    pub recovery: Recovery,
    /// Width of `u`, two's complement, 4 to 32.
    pub u_bits: u32,
    /// Overflow of `u`.
    pub u_overflow: Overflow,
    /// Rounding of products.
    pub rounding: Rounding,
    /// Scaling by the time step.
    pub time_scale: TimeScale,
    /// Steps of `v` in one time step, 1 or 2.
    pub substeps: u32,
    /// Width of constants, two's complement, 4 to 32.
    pub constant_bits: u32,
    /// Fraction bits of constants, 1 to 31.
    pub constant_frac: u32,
}

/// Neuron model of a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NeuronModel {
    /// Leaky integrate-and-fire; its choices are in `Semantics`.
    Lif,
    /// Izhikevich.
    Izhikevich(Izhikevich),
}

impl Izhikevich {
    /// Cycles of S1 of a time step: `ceil(products / multipliers)`, or 1.
    #[must_use]
    pub const fn step_cycles(&self) -> u32 {
        match self.products {
            Products::Multiplier { multipliers } if multipliers > 0 => {
                let scaled = matches!(self.time_scale, TimeScale::Constant) as u32;
                (self.substeps * (2 + scaled) + 2).div_ceil(multipliers)
            }
            Products::Multiplier { .. } | Products::ShiftAdd { .. } => 1,
        }
    }

    /// The packed `Model` parameter of the RTL.
    #[must_use]
    pub fn pack(&self) -> u32 {
        let (form, segments, digits, multipliers) = match self.products {
            Products::Multiplier { multipliers } => (0, 0, 0, multipliers),
            Products::ShiftAdd { segment_bits, digits } => (1, segment_bits - 1, digits, 0),
        };
        let (dt_form, dt_shift) = match self.time_scale {
            TimeScale::Shift(shift) => (0, shift),
            TimeScale::Constant => (1, 0),
        };
        1 | form << 2
            | self.update.code() << 3
            | self.recovery.code() << 4
            | self.u_overflow.code() << 5
            | self.rounding.code() << 6
            | dt_form << 9
            | dt_shift << 10
            | (self.substeps - 1) << 14
            | segments << 15
            | digits << 17
            | multipliers << 20
    }
}

impl NeuronModel {
    /// Width of `u`, 0 where there is none.
    #[must_use]
    pub const fn u_bits(&self) -> u32 {
        match self {
            NeuronModel::Lif => 0,
            NeuronModel::Izhikevich(izhikevich) => izhikevich.u_bits,
        }
    }

    /// Cycles of S1 of a time step.
    #[must_use]
    pub const fn step_cycles(&self) -> u32 {
        match self {
            NeuronModel::Lif => 1,
            NeuronModel::Izhikevich(izhikevich) => izhikevich.step_cycles(),
        }
    }

    /// The packed `Model` parameter of the RTL.
    #[must_use]
    pub fn pack(&self) -> u32 {
        match self {
            NeuronModel::Lif => 0,
            NeuronModel::Izhikevich(izhikevich) => izhikevich.pack(),
        }
    }

    /// The packed `ModelWidths` parameter of the RTL, for states of `frac` fraction bits.
    #[must_use]
    pub const fn pack_widths(&self, frac: u32) -> u32 {
        match self {
            NeuronModel::Lif => 0,
            NeuronModel::Izhikevich(i) => i.u_bits | i.constant_bits << 8 | i.constant_frac << 16 | frac << 24,
        }
    }
}
