//! Options that say how the Izhikevich unit is built.

use std::path::PathBuf;

use bitspike_spec::fx::Rounding;
use bitspike_spec::{Products, UpdateOrder};

use crate::error::Error;
use crate::patterns::unit::UnitChoice;

/// Form and order of the unit, and where results go.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct UnitArgs {
    /// How products are made
    #[arg(long, value_enum, default_value_t = FormArg::Multiplier)]
    form: FormArg,
    /// Segments of an octave of the square, as a power of two; with shift_add only [default: 3]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4))]
    segment_bits: Option<u32>,
    /// Most signed powers of two of a constant; with shift_add only [default: 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4))]
    digits: Option<u32>,
    /// Which v the recovery sees: the new one, as in the paper, or the old one; the float reference does the same
    #[arg(long, value_enum, default_value_t = OrderArg::Sequential)]
    order: OrderArg,
    /// Seed of stochastic rounding
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) seed: u32,
    /// Folder of the results; made if missing, files in it are replaced
    #[arg(long, short, value_name = "DIR", default_value = "out")]
    pub(super) out: PathBuf,
    /// Print the result as JSON on standard output
    #[arg(long)]
    pub(super) json: bool,
}

/// A form.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[value(rename_all = "snake_case")]
enum FormArg {
    /// With multipliers
    Multiplier,
    /// With shifts and adds: a square by chords, constants of few digits
    ShiftAdd,
}

/// An order.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[value(rename_all = "snake_case")]
enum OrderArg {
    Sequential,
    Simultaneous,
}

/// A rounding.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[value(rename_all = "snake_case")]
pub(super) enum RoundingArg {
    Floor,
    TowardZero,
    HalfUp,
    HalfEven,
    Stochastic,
}

impl RoundingArg {
    pub(super) fn rounding(self) -> Rounding {
        match self {
            RoundingArg::Floor => Rounding::Floor,
            RoundingArg::TowardZero => Rounding::TowardZero,
            RoundingArg::HalfUp => Rounding::HalfUp,
            RoundingArg::HalfEven => Rounding::HalfEven,
            RoundingArg::Stochastic => Rounding::Stochastic,
        }
    }
}

impl UnitArgs {
    /// The form that is asked for.
    pub(super) fn products(&self) -> Result<Products, Error> {
        match self.form {
            FormArg::ShiftAdd => Ok(Products::ShiftAdd {
                segment_bits: self.segment_bits.unwrap_or(3),
                digits: self.digits.unwrap_or(4),
            }),
            FormArg::Multiplier => {
                let given = [("--segment-bits", self.segment_bits), ("--digits", self.digits)];
                match given.into_iter().find_map(|(option, value)| Some((option, value?))) {
                    None => Ok(UnitChoice::default().products),
                    Some((option, value)) => {
                        let problem = format!("is {value}, has no meaning without --form shift_add");
                        Err(Error::Option { option, problem })
                    }
                }
            }
        }
    }

    pub(super) fn update(&self) -> UpdateOrder {
        match self.order {
            OrderArg::Sequential => UpdateOrder::Sequential,
            OrderArg::Simultaneous => UpdateOrder::Simultaneous,
        }
    }
}
