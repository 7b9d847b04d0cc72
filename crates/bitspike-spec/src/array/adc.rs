//! The constants of an array's converters.

use crate::error::CoreError;
use crate::fx::{Rounding, round_shift};
use serde::{Deserialize, Serialize};

/// The converters of an array: one integer transfer function for each bit line.
///
/// ```text
/// code = clamp(((acc + offset[j]) * multiplier[j] + R * 2^(shift-1)) >> shift, low, high)
/// ```
///
/// `>>` is the arithmetic shift; `R` is 1 for `half_up` and 0 for `floor` (ramp and oscillator counters).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Adc {
    /// Right shift, bits, 0 to 40.
    pub shift: u32,
    /// `floor` or `half_up`.
    pub rounding: Rounding,
    /// Smallest code.
    pub low: i32,
    /// Largest code.
    pub high: i32,
    /// Offset of each bit line in units of the sum.
    pub offsets: Vec<i32>,
    /// Multiplier of each bit line, 1 to 2^20.
    pub multipliers: Vec<i32>,
}

impl Adc {
    /// Checks the constants.
    ///
    /// # Errors
    /// [`CoreError`] when `shift` is not 0 to 40, `rounding` neither `floor` nor `half_up`, `low` above `high`, the two
    /// lists differ in length or a multiplier is not 1 to 2^20.
    pub fn check(&self) -> Result<(), CoreError> {
        CoreError::check_range("array.adc.shift", i64::from(self.shift), 0, 40)?;
        CoreError::check_range("array.adc.low", i64::from(self.low), i64::from(i32::MIN), i64::from(self.high))?;
        let known = match self.rounding {
            Rounding::Floor | Rounding::HalfUp => true,
            Rounding::TowardZero | Rounding::HalfEven | Rounding::Stochastic => false,
        };
        if !known {
            return Err(CoreError::conflict("array.adc.rounding", "must be floor or half_up".to_owned()));
        }
        if self.offsets.len() != self.multipliers.len() {
            let problem = format!("has {} entries, must have {}", self.offsets.len(), self.multipliers.len());
            return Err(CoreError::conflict("array.adc.offsets", problem));
        }
        let check = |&m: &i32| CoreError::check_range("array.adc.multipliers", i64::from(m), 1, 1 << 20);
        self.multipliers.iter().try_for_each(check)
    }

    /// The code of one sum on one bit line.
    ///
    /// # Panics
    /// If the bit line has no converter.
    ///
    /// # Example
    /// ```
    /// use bitspike_spec::Adc;
    /// use bitspike_spec::fx::Rounding;
    ///
    /// let adc = Adc { shift: 2, rounding: Rounding::HalfUp, low: -8, high: 7, offsets: vec![0], multipliers: vec![1] };
    /// assert_eq!([-7, -6, 5, 6, 100].map(|acc| adc.convert(0, acc)), [-2, -1, 1, 2, 7]);
    /// ```
    #[inline]
    #[must_use]
    pub fn convert(&self, bit_line: usize, acc: i64) -> i32 {
        let product = (acc + i64::from(self.offsets[bit_line])) * i64::from(self.multipliers[bit_line]);
        let shifted = round_shift(&product, &i64::from(self.shift), self.rounding, &0);
        shifted.clamp(i64::from(self.low), i64::from(self.high)) as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adc(rounding: Rounding) -> Adc {
        Adc { shift: 3, rounding, low: -4, high: 3, offsets: vec![0, 5], multipliers: vec![3, 2] }
    }

    /// Against the definition with real numbers, over every sum that matters.
    #[test]
    fn converts_as_the_formula_says() {
        for rounding in [Rounding::Floor, Rounding::HalfUp] {
            let half = if rounding == Rounding::HalfUp { 0.5 } else { 0.0 };
            for acc in -40_i32..40 {
                for (column, (offset, gain)) in [(0.0, 3.0), (5.0, 2.0)].into_iter().enumerate() {
                    let exact = ((f64::from(acc) + offset) * gain / 8.0 + half).floor().clamp(-4.0, 3.0);
                    assert_eq!(f64::from(adc(rounding).convert(column, i64::from(acc))), exact, "{rounding:?} {acc}");
                }
            }
        }
        let whole = Adc { shift: 0, ..adc(Rounding::HalfUp) };
        assert_eq!(whole.convert(0, 1), 3);
    }

    #[test]
    fn refuses_constants_out_of_range() {
        let good = adc(Rounding::Floor);
        assert_eq!(good.check(), Ok(()));
        let error = |adc: Adc| adc.check().expect_err("refused").to_string();
        assert_eq!(error(Adc { shift: 41, ..good.clone() }), "array.adc.shift is 41, must be 0 to 40");
        assert_eq!(error(Adc { low: 9, ..good.clone() }), "array.adc.low is 9, must be -2147483648 to 3");
        assert_eq!(error(adc(Rounding::HalfEven)), "array.adc.rounding must be floor or half_up");
        assert_eq!(error(Adc { offsets: vec![], ..good.clone() }), "array.adc.offsets has 0 entries, must have 2");
        let zero = Adc { multipliers: vec![1, 0], ..good };
        assert_eq!(error(zero), "array.adc.multipliers is 0, must be 1 to 1048576");
    }
}
