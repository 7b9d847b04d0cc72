//! The cells of an array as physics hands them over: current codes and variance codes, all integers.

use crate::core::CrossbarImage;
use crate::error::CoreError;

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
}
