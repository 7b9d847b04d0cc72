//! The carrier of products too wide for `i128`.

use super::Word;

/// A two's complement integer of 256 bits: `high * 2^128 + low`.
///
/// Results are exact while they are in `[-2^254, 2^254)`; shift amounts are in `[0, 255]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wide {
    pub(super) high: i128,
    pub(super) low: u128,
}

impl From<i128> for Wide {
    fn from(value: i128) -> Self {
        Self { high: value >> 127, low: value as u128 }
    }
}

impl Wide {
    /// The low 128 bits as a signed integer: the value itself where an `i128` holds it.
    pub(super) fn low_i128(self) -> i128 {
        self.low as i128
    }
}

/// The 256-bit product of two 128-bit integers, `(high, low)`, by halves of 64 bits.
fn widening_mul(a: u128, b: u128) -> (u128, u128) {
    const HALF: u128 = u64::MAX as u128;
    let (a_high, a_low, b_high, b_low) = (a >> 64, a & HALF, b >> 64, b & HALF);
    let low = a_low * b_low;
    let middle = a_high * b_low + (low >> 64);
    let carry = a_low * b_high + (middle & HALF);
    let high = a_high * b_high + (middle >> 64) + (carry >> 64);
    (high, (carry << 64) | (low & HALF))
}

impl Word for Wide {
    type Bit = bool;

    fn constant(value: i64) -> Self {
        i128::from(value).into()
    }
    fn add(&self, other: &Self) -> Self {
        let (low, carry) = self.low.overflowing_add(other.low);
        Self { high: self.high + other.high + i128::from(carry), low }
    }
    fn sub(&self, other: &Self) -> Self {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        Self { high: self.high - other.high - i128::from(borrow), low }
    }
    fn mul(&self, other: &Self) -> Self {
        let (carry, low) = widening_mul(self.low, other.low);
        let crossed =
            (self.high.wrapping_mul(other.low as i128)).wrapping_add(other.high.wrapping_mul(self.low as i128));
        Self { high: crossed.wrapping_add(carry as i128), low }
    }
    fn neg(&self) -> Self {
        Self::constant(0).sub(self)
    }
    fn shift_left(&self, by: &Self) -> Self {
        match by.low {
            0 => *self,
            by @ 1..128 => Self { high: (self.high << by) | (self.low >> (128 - by)) as i128, low: self.low << by },
            by => Self { high: (self.low << (by - 128)) as i128, low: 0 },
        }
    }
    fn shift_right_floor(&self, by: &Self) -> Self {
        match by.low {
            0 => *self,
            by @ 1..128 => Self { high: self.high >> by, low: (self.low >> by) | ((self.high as u128) << (128 - by)) },
            by => (self.high >> (by - 128)).into(),
        }
    }
    fn and(&self, other: &Self) -> Self {
        Self { high: self.high & other.high, low: self.low & other.low }
    }
    fn less_than(&self, other: &Self) -> bool {
        (self.high, self.low) < (other.high, other.low)
    }
    fn equals(&self, other: &Self) -> bool {
        self == other
    }
    fn select(bit: &bool, yes: &Self, no: &Self) -> Self {
        if *bit { *yes } else { *no }
    }
    fn bit_and(a: &bool, b: &bool) -> bool {
        *a & *b
    }
    fn bit_or(a: &bool, b: &bool) -> bool {
        *a | *b
    }
    fn bit_not(a: &bool) -> bool {
        !*a
    }
    fn from_bit(bit: &bool) -> Self {
        Self::constant(i64::from(*bit))
    }
}

#[cfg(test)]
mod tests;
