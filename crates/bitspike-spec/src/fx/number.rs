//! Arithmetic between formats known at run time.

use super::wide::Wide;
use super::{FxError, Overflow, QFormat, Rounding, Word, fit, round_shift};

/// A raw integer with its format: the real number `raw * 2^-frac`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FxNumber {
    raw: i128,
    format: QFormat,
}

impl FxNumber {
    /// A number of the format.
    ///
    /// # Errors
    /// [`FxError::RawOutOfRange`] when `raw` is not in `[min_raw, max_raw]` of the format.
    pub const fn new(raw: i128, format: QFormat) -> Result<Self, FxError> {
        if !format.contains(raw) {
            return Err(FxError::RawOutOfRange { raw, format });
        }
        Ok(Self { raw, format })
    }

    /// The raw integer.
    #[inline]
    #[must_use]
    pub const fn raw(self) -> i128 {
        self.raw
    }

    /// The format.
    #[inline]
    #[must_use]
    pub const fn format(self) -> QFormat {
        self.format
    }

    /// The real value, rounded as [`QFormat::to_real`] does.
    #[inline]
    #[must_use]
    pub const fn to_real(self) -> f64 {
        self.format.to_real(self.raw)
    }

    fn bits(self) -> u32 {
        u32::from(self.format.bits())
    }

    fn frac(self) -> u32 {
        u32::from(self.format.frac())
    }

    /// The raw integer at `frac` fraction bits, no fewer than the format's, in a carrier.
    fn aligned<C: Carrier>(self, frac: u32) -> C {
        C::from(self.raw).shift_left(&C::from(i128::from(frac - self.frac())))
    }
}

/// Where a result goes: its format, and what happens to bits beyond either end of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// Format of the result.
    pub format: QFormat,
    /// Rule for the bits below its least significant one.
    pub rounding: Rounding,
    /// Rule for values outside its range.
    pub overflow: Overflow,
}

/// The product of two numbers as a raw integer of the target, and whether it was outside the range.
///
/// ```text
/// (raw, outside) = fit(round(a.raw * b.raw * 2^(target.frac - a.frac - b.frac)))
/// ```
///
/// The product has full width, up to 128 bits and 63 more when the target has more fraction bits: one rounding, one
/// overflow, no other loss. `random` is read by [`Rounding::Stochastic`] only, see [`round_shift`].
///
/// # Example
/// ```
/// use bitspike_spec::fx::{FxNumber, Overflow, QFormat, Rounding, Target, multiply};
///
/// let weight = FxNumber::new(-3, QFormat::new(4, 2, true)?)?; // -0.75
/// let gain = FxNumber::new(200, QFormat::new(8, 6, false)?)?; // 3.125
/// let target =
///     Target { format: QFormat::new(8, 4, true)?, rounding: Rounding::Floor, overflow: Overflow::Saturate };
/// assert_eq!(multiply(weight, gain, target, 0), (-38, false)); // -2.34375 * 16 = -37.5
/// # Ok::<(), bitspike_spec::fx::FxError>(())
/// ```
#[must_use]
pub fn multiply(a: FxNumber, b: FxNumber, target: Target, random: i128) -> (i128, bool) {
    let exact = Exact { bits: a.bits() + b.bits(), frac: a.frac() + b.frac() };
    if exact.fits_i128(target) {
        rescale(a.raw * b.raw, exact.frac, target, random)
    } else {
        rescale(Wide::from(a.raw).mul(&b.raw.into()), exact.frac, target, random)
    }
}

/// The sum of two numbers as a raw integer of the target, and whether it was outside the range.
///
/// ```text
/// (raw, outside) = fit(round((a.raw * 2^-a.frac + b.raw * 2^-b.frac) * 2^target.frac))
/// ```
///
/// Exact before the one rounding. `random` is read by [`Rounding::Stochastic`] only, see [`round_shift`].
#[must_use]
pub fn add(a: FxNumber, b: FxNumber, target: Target, random: i128) -> (i128, bool) {
    let exact = Exact::of_sum(a, b);
    if exact.fits_i128(target) {
        rescale(a.aligned::<i128>(exact.frac).add(&b.aligned(exact.frac)), exact.frac, target, random)
    } else {
        rescale(a.aligned::<Wide>(exact.frac).add(&b.aligned(exact.frac)), exact.frac, target, random)
    }
}

/// The difference `a - b` as a raw integer of the target, and whether it was outside the range.
///
/// ```text
/// (raw, outside) = fit(round((a.raw * 2^-a.frac - b.raw * 2^-b.frac) * 2^target.frac))
/// ```
///
/// Exact before the one rounding. `random` is read by [`Rounding::Stochastic`] only, see [`round_shift`].
#[must_use]
pub fn subtract(a: FxNumber, b: FxNumber, target: Target, random: i128) -> (i128, bool) {
    let exact = Exact::of_sum(a, b);
    if exact.fits_i128(target) {
        rescale(a.aligned::<i128>(exact.frac).sub(&b.aligned(exact.frac)), exact.frac, target, random)
    } else {
        rescale(a.aligned::<Wide>(exact.frac).sub(&b.aligned(exact.frac)), exact.frac, target, random)
    }
}

/// A number as a raw integer of the target, and whether it was outside the range.
///
/// ```text
/// (raw, outside) = fit(round(number.raw * 2^(target.frac - number.frac)))
/// ```
///
/// `random` is read by [`Rounding::Stochastic`] only, see [`round_shift`].
#[must_use]
pub fn convert(number: FxNumber, target: Target, random: i128) -> (i128, bool) {
    rescale(number.raw, number.frac(), target, random)
}

/// A carrier of exact results: at most 2^127 for `i128`, at most 2^254 for [`Wide`].
trait Carrier: Word<Bit = bool> + From<i128> {
    /// The value, known to be in the range of a format.
    fn to_raw(&self) -> i128;
}

impl Carrier for i128 {
    fn to_raw(&self) -> i128 {
        *self
    }
}

impl Carrier for Wide {
    fn to_raw(&self) -> i128 {
        self.low_i128()
    }
}

/// The shape of an exact result: `|raw| < 2^bits`, at `frac` fraction bits.
struct Exact {
    bits: u32,
    frac: u32,
}

impl Exact {
    fn of_sum(a: FxNumber, b: FxNumber) -> Self {
        let frac = a.frac().max(b.frac());
        let aligned_bits = |x: FxNumber| x.bits() + frac - x.frac();
        Self { bits: aligned_bits(a).max(aligned_bits(b)) + 1, frac }
    }

    /// Whether [`rescale`] has room in an `i128`: bits shifted in on the right, or one bit for the rounding bias.
    fn fits_i128(&self, target: Target) -> bool {
        let shifted_in = u32::from(target.format.frac()).saturating_sub(self.frac);
        self.bits + shifted_in.max(1) <= 127
    }
}

/// Moves an exact result from `frac` fraction bits to the target's and brings it into range.
fn rescale<C: Carrier>(x: C, frac: u32, target: Target, random: i128) -> (i128, bool) {
    let shift = |by: u32| C::from(i128::from(by));
    let target_frac = u32::from(target.format.frac());
    let scaled = if target_frac >= frac {
        x.shift_left(&shift(target_frac - frac))
    } else {
        round_shift(&x, &shift(frac - target_frac), target.rounding, &random.into())
    };
    let (fitted, outside) = fit(&scaled, target.format, target.overflow);
    (fitted.to_raw(), outside)
}
