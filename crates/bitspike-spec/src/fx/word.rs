//! The abstract integer word.

/// An integer that step functions compute with: exact for machine types, an expression for a symbolic one.
///
/// Step functions use nothing but these operations, so they never branch on a value: a choice is [`Word::select`].
/// Machine types (`i32`, `i64`, `i128`) are *carriers*: the caller chooses one wide enough for every intermediate
/// result. A result that leaves the carrier is a bug, not an arithmetic rule: debug builds panic, release builds
/// wrap. The overflow rule of the hardware is [`fit`](super::fit).
///
/// # Panics
/// In debug builds, when a result does not fit the carrier or a shift amount is not in `[0, carrier bits - 1]`.
///
/// # Example
/// ```
/// use bitspike_spec::fx::Word;
///
/// fn absolute<W: Word>(x: &W) -> W {
///     W::select(&x.less_than(&W::constant(0)), &x.neg(), x)
/// }
/// assert_eq!(absolute(&-5_i32), 5);
/// assert_eq!(absolute(&7_i64), 7);
/// ```
pub trait Word: Clone {
    /// A truth value: `bool` for machine types.
    type Bit: Clone;

    /// The word of a known value.
    fn constant(value: i64) -> Self;
    /// `self + other`
    fn add(&self, other: &Self) -> Self;
    /// `self - other`
    fn sub(&self, other: &Self) -> Self;
    /// `self * other`
    fn mul(&self, other: &Self) -> Self;
    /// `-self`
    fn neg(&self) -> Self;
    /// `self * 2^by`, `by >= 0`
    fn shift_left(&self, by: &Self) -> Self;
    /// `floor(self / 2^by)`, `by >= 0`: the arithmetic shift `>>>` of the RTL.
    fn shift_right_floor(&self, by: &Self) -> Self;
    /// Bitwise and of the two's complement representations, sign extended without end.
    fn and(&self, other: &Self) -> Self;
    /// `self < other`, signed
    fn less_than(&self, other: &Self) -> Self::Bit;
    /// `self == other`
    fn equals(&self, other: &Self) -> Self::Bit;
    /// `yes` where `bit` is true, else `no`.
    fn select(bit: &Self::Bit, yes: &Self, no: &Self) -> Self;
    /// Logical and.
    fn bit_and(a: &Self::Bit, b: &Self::Bit) -> Self::Bit;
    /// Logical or.
    fn bit_or(a: &Self::Bit, b: &Self::Bit) -> Self::Bit;
    /// Logical not.
    fn bit_not(a: &Self::Bit) -> Self::Bit;
    /// 1 where `bit` is true, else 0.
    fn from_bit(bit: &Self::Bit) -> Self;
}

macro_rules! machine_word {
    ($($int:ty),*) => {$(
        impl Word for $int {
            type Bit = bool;

            #[inline(always)]
            fn constant(value: i64) -> Self {
                debug_assert!(Self::try_from(value).is_ok(), "constant {value} does not fit the carrier");
                value as Self
            }
            #[inline(always)]
            fn add(&self, other: &Self) -> Self {
                *self + *other
            }
            #[inline(always)]
            fn sub(&self, other: &Self) -> Self {
                *self - *other
            }
            #[inline(always)]
            fn mul(&self, other: &Self) -> Self {
                *self * *other
            }
            #[inline(always)]
            fn neg(&self) -> Self {
                -*self
            }
            #[inline(always)]
            fn shift_left(&self, by: &Self) -> Self {
                debug_assert_eq!((*self << *by) >> *by, *self, "{self} << {by} does not fit the carrier");
                *self << *by
            }
            #[inline(always)]
            fn shift_right_floor(&self, by: &Self) -> Self {
                *self >> *by
            }
            #[inline(always)]
            fn and(&self, other: &Self) -> Self {
                *self & *other
            }
            #[inline(always)]
            fn less_than(&self, other: &Self) -> bool {
                *self < *other
            }
            #[inline(always)]
            fn equals(&self, other: &Self) -> bool {
                *self == *other
            }
            #[inline(always)]
            fn select(bit: &bool, yes: &Self, no: &Self) -> Self {
                if *bit { *yes } else { *no }
            }
            #[inline(always)]
            fn bit_and(a: &bool, b: &bool) -> bool {
                *a & *b
            }
            #[inline(always)]
            fn bit_or(a: &bool, b: &bool) -> bool {
                *a | *b
            }
            #[inline(always)]
            fn bit_not(a: &bool) -> bool {
                !*a
            }
            #[inline(always)]
            fn from_bit(bit: &bool) -> Self {
                Self::from(*bit)
            }
        }
    )*};
}

machine_word!(i32, i64, i128);
