//! Number formats known at run time.

use std::fmt;

use super::{FxError, Overflow, Rounding, fit, round_shift};

/// A binary fixed-point format: how many bits, how many of them behind the point, signed (two's complement) or not.
///
/// ```text
/// real = raw * 2^-frac
/// signed    raw in [-2^(bits-1), 2^(bits-1) - 1]
/// unsigned  raw in [0, 2^bits - 1]
/// ```
///
/// Displayed as `s` or `u`, the bits before the point (without the sign bit), a point and `frac`: 16 bits signed with
/// 14 fraction bits is `s1.14`, 8 bits unsigned with 8 fraction bits is `u0.8`. A signed format with `frac = bits`
/// has its sign bit behind the point and is shown as, for instance, `s-1.8`.
///
/// # Example
/// ```
/// use bitspike_spec::fx::{Overflow, QFormat, Rounding};
///
/// let format = QFormat::new(16, 14, true)?;
/// assert_eq!(format.to_string(), "s1.14");
/// assert_eq!(format.from_real(-0.5, Rounding::HalfEven, Overflow::Saturate)?, (-8192, false));
/// assert_eq!(format.to_real(24576), 1.5);
/// # Ok::<(), bitspike_spec::fx::FxError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QFormat {
    bits: u8,
    frac: u8,
    signed: bool,
}

impl QFormat {
    /// The narrowest format.
    pub const MIN_BITS: u8 = 2;
    /// The widest format.
    pub const MAX_BITS: u8 = 64;
    /// The most fraction bits of any format.
    pub const MAX_FRAC: u8 = 63;

    /// A format of `bits` bits, `frac` of them behind the point.
    ///
    /// # Errors
    /// [`FxError::Bits`] when `bits` is not in `[2, 64]`, [`FxError::Frac`] when `frac` is not in
    /// `[0, min(bits, 63)]`.
    pub const fn new(bits: u8, frac: u8, signed: bool) -> Result<Self, FxError> {
        if bits < Self::MIN_BITS || bits > Self::MAX_BITS {
            return Err(FxError::Bits { bits });
        }
        let max = if bits < Self::MAX_FRAC { bits } else { Self::MAX_FRAC };
        if frac > max {
            return Err(FxError::Frac { bits, frac, max });
        }
        Ok(Self { bits, frac, signed })
    }

    /// Width in bits, 2 to 64, with the sign bit.
    #[inline]
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.bits
    }

    /// Fraction bits, 0 to `min(bits, 63)`.
    #[inline]
    #[must_use]
    pub const fn frac(self) -> u8 {
        self.frac
    }

    /// Whether raw integers are two's complement.
    #[inline]
    #[must_use]
    pub const fn is_signed(self) -> bool {
        self.signed
    }

    /// The least raw integer: `-2^(bits-1)`, or 0 unsigned.
    #[inline]
    #[must_use]
    pub const fn min_raw(self) -> i128 {
        if self.signed { -(1 << (self.bits - 1)) } else { 0 }
    }

    /// The greatest raw integer: `2^(bits-1) - 1`, or `2^bits - 1` unsigned.
    #[inline]
    #[must_use]
    pub const fn max_raw(self) -> i128 {
        (1 << (self.bits - self.signed as u8)) - 1
    }

    /// Whether the format holds a raw integer.
    #[inline]
    #[must_use]
    pub const fn contains(self, raw: i128) -> bool {
        self.min_raw() <= raw && raw <= self.max_raw()
    }

    /// The distance of neighbouring values, `2^-frac`, exactly.
    #[inline]
    #[must_use]
    pub const fn lsb(self) -> f64 {
        1.0 / (1_u64 << self.frac) as f64
    }

    /// The real value of a raw integer, `raw * 2^-frac`.
    ///
    /// Exact for `|raw| <= 2^53`, else the nearest `f64`, ties to even. `raw` need not be in range.
    #[inline]
    #[must_use]
    pub const fn to_real(self, raw: i128) -> f64 {
        raw as f64 * self.lsb()
    }

    /// The raw integer of a real constant, and whether it was outside the range.
    ///
    /// ```text
    /// raw = fit(round(value * 2^frac))
    /// ```
    ///
    /// Exact: the product is never rounded before the rule is applied. [`Overflow::Wrap`] keeps the low bits of the
    /// integer part, however large it is.
    ///
    /// # Errors
    /// [`FxError::NotFinite`] when `value` is infinite or not a number; [`FxError::StochasticConstant`] when
    /// `rounding` is [`Rounding::Stochastic`], for which a constant has no random word.
    pub fn from_real(self, value: f64, rounding: Rounding, overflow: Overflow) -> Result<(i128, bool), FxError> {
        if !value.is_finite() {
            return Err(FxError::NotFinite { value, format: self });
        }
        if rounding == Rounding::Stochastic {
            return Err(FxError::StochasticConstant);
        }
        let (mantissa, exponent) = decode(value);
        let scaled = scale(mantissa, exponent + i32::from(self.frac), rounding);
        Ok(fit(&scaled, self, overflow))
    }
}

/// The integers with `value = mantissa * 2^exponent` and `|mantissa| < 2^53` of a finite number.
fn decode(value: f64) -> (i128, i32) {
    let bits = value.to_bits();
    let biased_exponent = ((bits >> 52) & 0x7ff) as i32;
    let fraction = i128::from(bits & ((1 << 52) - 1));
    let magnitude = if biased_exponent == 0 { fraction } else { fraction | (1 << 52) };
    let mantissa = if value.is_sign_negative() { -magnitude } else { magnitude };
    (mantissa, biased_exponent.max(1) - 1075)
}

/// `mantissa * 2^exponent`, rounded, and for `exponent > 70` reduced to a value that fits the same way.
///
/// A mantissa is under 2^53. From `2^70` on, all 64 low bits are zero and the value is outside every format;
/// below `2^-60` every nonzero value is nearer to zero than a half. So the exponent may stop at these ends.
fn scale(mantissa: i128, exponent: i32, rounding: Rounding) -> i128 {
    let exponent = i128::from(exponent.clamp(-60, 70));
    if exponent >= 0 { mantissa << exponent } else { round_shift(&mantissa, &-exponent, rounding, &0) }
}

impl fmt::Display for QFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.signed { 's' } else { 'u' };
        let before_point = i16::from(self.bits) - i16::from(self.signed) - i16::from(self.frac);
        write!(f, "{sign}{before_point}.{}", self.frac)
    }
}
