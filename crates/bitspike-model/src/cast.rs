//! The only conversions between integer widths that can lose bits, each with the reason why it does not.

#![allow(clippy::as_conversions)]

const _: () = assert!(usize::BITS >= 32, "an index of 32 bits fits a usize");

/// A hardware index as a slice index.
#[inline(always)]
pub(crate) const fn index(value: u32) -> usize {
    value as usize
}

/// A count of at most `u32::MAX` things as a hardware number.
#[inline(always)]
pub(crate) fn count(value: usize) -> u32 {
    debug_assert!(u32::try_from(value).is_ok());
    value as u32
}

/// The low 32 bits, as a register of 32 bits holds them.
#[inline(always)]
pub(crate) const fn low_word(value: u64) -> u32 {
    value as u32
}

/// The low 32 bits of a signed number, itself where it has no more.
#[inline(always)]
pub(crate) const fn low_half(value: i64) -> i32 {
    value as i32
}

/// The low `bits` bits of the two's complement representation.
#[inline(always)]
pub(crate) const fn low_bits(value: i64, bits: u32) -> u64 {
    (value as u64) & ((1 << bits) - 1)
}

/// The signed number in the low `bits` bits.
#[inline(always)]
pub(crate) const fn sign_extend(value: u32, bits: u32) -> i32 {
    (value << (32 - bits)) as i32 >> (32 - bits)
}

/// The refractory counter as stored: it has at most 16 bits.
#[inline(always)]
pub(crate) const fn refractory_bits(value: i64) -> u16 {
    debug_assert!(value >= 0 && value <= 0xFFFF);
    value as u16
}

/// A spike count, at most 31.
#[inline(always)]
pub(crate) const fn spike_count(value: i64) -> u32 {
    debug_assert!(value >= 0 && value <= 31);
    value as u32
}

/// An integer that stores neuron states.
pub(crate) trait Lane: Copy + Default + PartialEq + Into<i64> + Send + Sync + 'static {
    /// The state as stored; it is in range because it was fitted to a width the lane holds.
    fn store(value: i64) -> Self;
    /// The state as a word.
    fn word(self) -> i32;
    /// The low bits of a word; its number, where the lane holds that.
    fn low(word: i32) -> Self;
}

macro_rules! lane {
    ($($int:ty),*) => {$(
        impl Lane for $int {
            #[inline(always)]
            fn store(value: i64) -> Self {
                debug_assert!(Self::try_from(value).is_ok(), "{value} does not fit its lane");
                value as Self
            }
            #[inline(always)]
            fn word(self) -> i32 {
                self.into()
            }
            #[inline(always)]
            fn low(word: i32) -> Self {
                word as Self
            }
        }
    )*};
}

lane!(i16, i32);
