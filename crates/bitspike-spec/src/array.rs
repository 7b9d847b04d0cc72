//! The synapse array as physics hands it over: current codes, variance codes and converter constants, all integers.

use crate::core::CrossbarImage;
use crate::error::CoreError;
use crate::fx::{Rounding, round_shift};
use serde::{Deserialize, Serialize};

/// The cells of one bit slice, each list word line major, `word_lines * bit_lines` long or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SliceImage {
    /// Left shift of the slice's converter code before the slices are added, bits.
    pub shift: u32,
    /// Current codes of the devices that add, unsigned, in units of one current LSB.
    pub plus: Vec<u16>,
    /// Current codes of the devices that subtract; empty when each cell is a single device.
    pub minus: Vec<u16>,
    /// Codes of the read-noise variance of a cell (both devices together); empty without read noise.
    pub variance: Vec<u16>,
    /// Code taken off the sum for each active word line: the zero of a single-device cell.
    pub zero_code: i32,
}

/// The integer image of an array during one epoch of drift.
///
/// ```text
/// acc[j]      = sum over active word lines i of x[i] * (plus[i][j] - minus[i][j] - zero_code)         per slice
/// variance[j] = sum over active word lines i of x[i]^2 * variance[i][j]
/// ```
///
/// One code is one current LSB (`i_lsb` of the manifest); one unit of variance is `2^-variance_shift` of a squared
/// current LSB. `acc` fits in `code_bits + input bits + ceil(log2(word_lines)) + 1` bits, two's complement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ArrayImage {
    word_lines: u32,
    bit_lines: u32,
    code_bits: u32,
    variance_shift: u32,
    slices: Vec<SliceImage>,
}

/// Shape and widths of an [`ArrayImage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ArrayShape {
    /// Number of word lines (rows).
    pub word_lines: u32,
    /// Number of bit lines (columns).
    pub bit_lines: u32,
    /// Width of a current code in bits, unsigned, 6 to 12.
    pub code_bits: u32,
    /// Fraction bits of the variance codes, even.
    pub variance_shift: u32,
}

impl ArrayImage {
    /// An image from its slices.
    ///
    /// # Errors
    /// [`CoreError`] when `code_bits` is not 6 to 12, `variance_shift` is odd or above 40, a list has the wrong length
    /// or a code is wider than `code_bits`.
    pub fn new(shape: ArrayShape, slices: Vec<SliceImage>) -> Result<Self, CoreError> {
        CoreError::check_range("array.code_bits", i64::from(shape.code_bits), 6, 12)?;
        CoreError::check_range("array.variance_shift", i64::from(shape.variance_shift), 0, 40)?;
        if shape.variance_shift % 2 == 1 {
            return Err(CoreError::conflict("array.variance_shift", "must be even".to_owned()));
        }
        for slice in &slices {
            check_slice(&shape, slice)?;
        }
        let ArrayShape { word_lines, bit_lines, code_bits, variance_shift } = shape;
        Ok(ArrayImage { word_lines, bit_lines, code_bits, variance_shift, slices })
    }

    /// Number of word lines (rows).
    #[must_use]
    pub fn word_lines(&self) -> u32 {
        self.word_lines
    }

    /// Number of bit lines (columns).
    #[must_use]
    pub fn bit_lines(&self) -> u32 {
        self.bit_lines
    }

    /// Width of a current code in bits.
    #[must_use]
    pub fn code_bits(&self) -> u32 {
        self.code_bits
    }

    /// Fraction bits of the variance codes.
    #[must_use]
    pub fn variance_shift(&self) -> u32 {
        self.variance_shift
    }

    /// The bit slices, least significant first.
    #[must_use]
    pub fn slices(&self) -> &[SliceImage] {
        &self.slices
    }

    /// What an event read adds: the signed sum of all slices for each cell.
    ///
    /// ```text
    /// code[i][j] = sum over slices of (plus[i][j] - minus[i][j] - zero_code) * 2^shift
    /// ```
    ///
    /// # Errors
    /// [`CoreError::OutOfRange`] for a cell that does not fit in 16 bits.
    pub fn event_image(&self) -> Result<CrossbarImage, CoreError> {
        let mut sums = vec![0_i64; self.word_lines as usize * self.bit_lines as usize];
        for slice in &self.slices {
            for (index, sum) in sums.iter_mut().enumerate() {
                *sum += slice.difference(index) << slice.shift;
            }
        }
        let limit = |sum: &i64| -> Result<i16, CoreError> {
            CoreError::check_range("synapse.image", *sum, i64::from(i16::MIN), i64::from(i16::MAX))?;
            Ok(*sum as i16)
        };
        let codes = sums.iter().map(limit).collect::<Result<Vec<i16>, CoreError>>()?;
        CrossbarImage::new(self.word_lines, self.bit_lines, codes)
    }
}

impl SliceImage {
    /// The signed code of one cell, `plus - minus - zero_code`.
    ///
    /// # Panics
    /// If the cell is not in the slice.
    #[must_use]
    pub fn difference(&self, cell: usize) -> i64 {
        let minus = self.minus.get(cell).copied().unwrap_or(0);
        i64::from(self.plus[cell]) - i64::from(minus) - i64::from(self.zero_code)
    }
}

fn check_slice(shape: &ArrayShape, slice: &SliceImage) -> Result<(), CoreError> {
    let cells = shape.word_lines as usize * shape.bit_lines as usize;
    let lists = [("plus", &slice.plus, false), ("minus", &slice.minus, true), ("variance", &slice.variance, true)];
    for (name, list, may_be_empty) in lists {
        if list.len() != cells && !(may_be_empty && list.is_empty()) {
            let problem = format!("has {} codes, must have {cells}", list.len());
            return Err(CoreError::conflict(&format!("array.{name}"), problem));
        }
    }
    let high = (1 << shape.code_bits) - 1;
    for &code in slice.plus.iter().chain(&slice.minus) {
        CoreError::check_range("array.plus or array.minus", i64::from(code), 0, high)?;
    }
    Ok(())
}

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

    const SHAPE: ArrayShape = ArrayShape { word_lines: 1, bit_lines: 2, code_bits: 6, variance_shift: 8 };

    fn slice(plus: [u16; 2], minus: [u16; 2], shift: u32) -> SliceImage {
        SliceImage { shift, plus: plus.to_vec(), minus: minus.to_vec(), variance: Vec::new(), zero_code: 0 }
    }

    #[test]
    fn an_event_reads_the_sum_of_the_slices() {
        let slices = vec![slice([3, 0], [0, 5], 0), slice([1, 2], [0, 0], 3)];
        let image = ArrayImage::new(SHAPE, slices).expect("valid").event_image().expect("fits");
        assert_eq!(image.codes(), [3 + 8, -5 + 16]);
        let single = SliceImage { plus: vec![9, 4], zero_code: 8, ..SliceImage::default() };
        let image = ArrayImage::new(SHAPE, vec![single]).expect("valid").event_image().expect("fits");
        assert_eq!(image.codes(), [1, -4]);
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let error =
            |shape: ArrayShape, s: SliceImage| ArrayImage::new(shape, vec![s]).expect_err("refused").to_string();
        let good = slice([1, 2], [3, 4], 0);
        assert_eq!(error(ArrayShape { code_bits: 5, ..SHAPE }, good.clone()), "array.code_bits is 5, must be 6 to 12");
        let odd = ArrayShape { variance_shift: 3, ..SHAPE };
        assert_eq!(error(odd, good.clone()), "array.variance_shift must be even");
        let far = ArrayShape { variance_shift: 42, ..SHAPE };
        assert_eq!(error(far, good), "array.variance_shift is 42, must be 0 to 40");
        assert_eq!(error(SHAPE, slice([64, 0], [0, 0], 0)), "array.plus or array.minus is 64, must be 0 to 63");
        let short = SliceImage { plus: vec![1], ..SliceImage::default() };
        assert_eq!(error(SHAPE, short), "array.plus has 1 codes, must have 2");
        let wide = ArrayImage::new(SHAPE, vec![slice([63, 0], [0, 0], 10)]).expect("valid").event_image();
        assert_eq!(wide.expect_err("refused").to_string(), "synapse.image is 64512, must be -32768 to 32767");
    }

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
