//! Bringing a value into the range of a format, and counting how often that changed it.

use super::{QFormat, Word};

/// What happens to a value outside the range of its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Overflow {
    /// Keeps the low bits: the value modulo `2^bits`.
    Wrap,
    /// Goes to the nearer end of the range.
    Saturate,
}

impl Overflow {
    /// Every rule, in the order of [`Overflow::code`].
    pub const ALL: [Self; 2] = [Self::Wrap, Self::Saturate];

    /// The number of the rule in the RTL parameters, 0 or 1.
    #[must_use]
    pub const fn code(self) -> u32 {
        match self {
            Self::Wrap => 0,
            Self::Saturate => 1,
        }
    }

    /// The name of the rule in `core.toml`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wrap => "wrap",
            Self::Saturate => "saturate",
        }
    }
}

/// Brings a raw integer into the range of a format and reports whether it was outside.
///
/// ```text
/// outside  = x < min_raw || x > max_raw
/// wrap     y = the number in [min_raw, max_raw] with y = x (mod 2^bits)
/// saturate y = min(max(x, min_raw), max_raw)
/// ```
///
/// The fraction bits play no part. The carrier must hold `min_raw` and `max_raw`.
///
/// # Panics
/// In debug builds, when the carrier does not hold them (see [`Word`]).
///
/// # Example
/// ```
/// use bitspike_spec::fx::{Overflow, QFormat, fit};
///
/// let format = QFormat::new(8, 0, true)?;
/// assert_eq!(fit(&130_i32, format, Overflow::Saturate), (127, true));
/// assert_eq!(fit(&130_i32, format, Overflow::Wrap), (-126, true));
/// assert_eq!(fit(&-128_i32, format, Overflow::Wrap), (-128, false));
/// # Ok::<(), bitspike_spec::fx::FxError>(())
/// ```
#[inline(always)]
#[must_use]
pub fn fit<W: Word>(x: &W, format: QFormat, overflow: Overflow) -> (W, W::Bit) {
    let (min, max) = bounds::<W>(format);
    let (below, above) = (x.less_than(&min), max.less_than(x));
    let fitted = match overflow {
        Overflow::Saturate => W::select(&below, &min, &W::select(&above, &max, x)),
        Overflow::Wrap => wrap(x, format, &min, &max),
    };
    (fitted, W::bit_or(&below, &above))
}

/// The low bits of `x`, the top one weighing `min`: negative in a signed format, nothing in an unsigned one.
#[inline(always)]
fn wrap<W: Word>(x: &W, format: QFormat, min: &W, max: &W) -> W {
    let sign_position = W::constant(i64::from(format.bits()) - 1);
    let sign = x.shift_right_floor(&sign_position).and(&W::constant(1));
    x.and(max).add(&sign.neg().and(min))
}

/// The ends of the range. The greatest value is odd and made of its half, since `2^64 - 1` is no `i64`.
///
/// Without a branch or an `i128`, so that the compiler moves both out of loops over slices.
#[inline(always)]
fn bounds<W: Word>(format: QFormat) -> (W, W) {
    let signed = u8::from(format.is_signed());
    let max = u64::MAX >> (64 - format.bits() + signed);
    let min = !max as i64 & -i64::from(signed);
    let half = W::constant((max >> 1) as i64);
    (W::constant(min), half.add(&half).add(&W::constant(1)))
}

/// How often results left their format, by what was done with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct OverflowCounts {
    /// Results moved to an end of the range.
    pub saturated: u64,
    /// Results reduced modulo `2^bits`.
    pub wrapped: u64,
}

impl OverflowCounts {
    /// Counts a result of [`fit`] (or of any function that returns the same pair) and hands on its value.
    ///
    /// ```
    /// use bitspike_spec::fx::{Overflow, OverflowCounts, QFormat, fit};
    ///
    /// let mut counts = OverflowCounts::default();
    /// let format = QFormat::new(4, 0, false)?;
    /// let v = counts.count(Overflow::Saturate, fit(&99_i32, format, Overflow::Saturate));
    /// assert_eq!((v, counts.saturated, counts.wrapped), (15, 1, 0));
    /// # Ok::<(), bitspike_spec::fx::FxError>(())
    /// ```
    #[inline(always)]
    pub fn count<T>(&mut self, overflow: Overflow, (value, outside): (T, bool)) -> T {
        match overflow {
            Overflow::Wrap => self.wrapped += u64::from(outside),
            Overflow::Saturate => self.saturated += u64::from(outside),
        }
        value
    }
}
