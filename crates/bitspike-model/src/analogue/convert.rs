//! The converters of a slice.

use super::sums::BLOCK;
use crate::cast::{Lane, low_half};
use bitspike_spec::Adc;
use bitspike_spec::fx::Rounding;

/// The converters of all bit lines of a slice, padded to whole blocks.
///
/// ```text
/// code = clamp((sum * multiplier + bias) >> shift),   bias = offset * multiplier + rounding term
/// ```
#[derive(Clone, Debug)]
pub(super) struct Converters {
    multipliers: Vec<i32>,
    biases: Vec<i64>,
    shift: u32,
    low: i64,
    high: i64,
    /// Left shift of a code on its way into the word.
    slice_shift: u32,
}

/// Sums, what is taken off each, and where codes and words go.
#[derive(Debug)]
pub(super) struct Conversion<'a> {
    pub(super) sums: &'a [i32],
    pub(super) taken: i64,
    pub(super) codes: &'a mut [i16],
    pub(super) words: &'a mut [i32],
}

/// Largest number that can be taken off a sum of at most 2^25 in 32 bits.
const MOST_TAKEN: i64 = 1 << 30;

impl Converters {
    pub(super) fn new(adc: &Adc, slice_shift: u32) -> Self {
        let half = if adc.rounding == Rounding::HalfUp { (1_i64 << adc.shift) >> 1 } else { 0 };
        let bias = |(&offset, &multiplier): (&i32, &i32)| i64::from(offset) * i64::from(multiplier) + half;
        let mut multipliers = adc.multipliers.clone();
        let mut biases: Vec<i64> = adc.offsets.iter().zip(&multipliers).map(bias).collect();
        let padded = multipliers.len().next_multiple_of(BLOCK);
        multipliers.resize(padded, 1);
        biases.resize(padded, 0);
        let Adc { shift, low, high, .. } = *adc;
        Converters { multipliers, biases, shift, low: low.into(), high: high.into(), slice_shift }
    }

    /// Converts every sum and adds its code to its word.
    #[inline(always)]
    pub(super) fn convert(&self, conversion: Conversion) {
        if conversion.taken.abs() <= MOST_TAKEN {
            let taken = low_half(conversion.taken);
            self.convert_with(conversion, |sum| i64::from(sum - taken));
        } else {
            let taken = conversion.taken;
            self.convert_with(conversion, |sum| i64::from(sum) - taken);
        }
    }

    #[inline(always)]
    fn convert_with(&self, conversion: Conversion, rest: impl Fn(i32) -> i64) {
        let Conversion { sums, codes, words, .. } = conversion;
        let constants = self.multipliers.iter().zip(&self.biases);
        let lines = sums.iter().zip(constants).zip(codes.iter_mut().zip(words));
        for ((&sum, (&multiplier, &bias)), (code, word)) in lines {
            let x = rest(sum) * i64::from(multiplier) + bias;
            let clamped = (x >> self.shift).max(self.low).min(self.high);
            *code = i16::store(clamped);
            *word += low_half(clamped) << self.slice_shift;
        }
    }

    /// How many codes are the lowest or the highest.
    pub(super) fn at_limit(&self, codes: &[i16]) -> u32 {
        let (low, high) = (i16::store(self.low), i16::store(self.high));
        codes.iter().map(|&code| u32::from((code == low) | (code == high))).sum()
    }
}
