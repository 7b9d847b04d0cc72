//! Division by a power of two under a rounding rule.

use super::Word;

/// What a division by `2^by` does with the bits shifted out.
///
/// Every rule is one biased floor, `floor((x + bias) / 2^by)`, which is how the RTL computes it: an adder before an
/// arithmetic shift. With `ulp = 2^by`:
///
/// ```text
/// floor        bias = 0
/// toward_zero  bias = x < 0 ? ulp - 1 : 0
/// half_up      bias = ulp/2
/// half_even    bias = ulp/2 - 1 + (floor(x/ulp) mod 2)
/// stochastic   bias = random mod ulp
/// ```
///
/// With `by = 0` there is nothing to round: `bias = 0` under every rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Towards minus infinity, as the arithmetic shift `>>>` does.
    Floor,
    /// Towards zero: drops the fraction of the magnitude.
    TowardZero,
    /// To nearest, ties towards plus infinity.
    HalfUp,
    /// To nearest, ties to the even result.
    HalfEven,
    /// Up with a probability equal to the fraction, by a random word of the hardware's own generator.
    Stochastic,
}

impl Rounding {
    /// Every rule, in the order of [`Rounding::code`].
    pub const ALL: [Self; 5] = [Self::Floor, Self::TowardZero, Self::HalfUp, Self::HalfEven, Self::Stochastic];

    /// The number of the rule in the RTL parameters, 0 to 4.
    #[inline]
    #[must_use]
    pub const fn code(self) -> u32 {
        match self {
            Self::Floor => 0,
            Self::TowardZero => 1,
            Self::HalfUp => 2,
            Self::HalfEven => 3,
            Self::Stochastic => 4,
        }
    }

    /// The name of the rule in `core.toml`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::TowardZero => "toward_zero",
            Self::HalfUp => "half_up",
            Self::HalfEven => "half_even",
            Self::Stochastic => "stochastic",
        }
    }
}

/// Divides by a power of two and rounds.
///
/// ```text
/// y = floor((x + bias) / 2^by)      bias: see Rounding
/// ```
///
/// `by = 0` returns `x`. `random` is read by [`Rounding::Stochastic`] only, which takes its low `by` bits: with fewer
/// random bits than `by` the result rounds up too rarely. Any other rule accepts any `random`, such as zero.
///
/// The carrier must hold `x + bias`, and `by` must be less than its bits.
///
/// # Panics
/// In debug builds, when it does not (see [`Word`]).
///
/// # Example
/// ```
/// use bitspike_spec::fx::{Rounding, round_shift};
///
/// let halves = |rounding| [-3, -1, 1, 3].map(|x: i32| round_shift(&x, &1, rounding, &0));
/// assert_eq!(halves(Rounding::Floor), [-2, -1, 0, 1]);
/// assert_eq!(halves(Rounding::TowardZero), [-1, 0, 0, 1]);
/// assert_eq!(halves(Rounding::HalfUp), [-1, 0, 1, 2]);
/// assert_eq!(halves(Rounding::HalfEven), [-2, 0, 0, 2]);
/// assert_eq!(round_shift(&5, &2, Rounding::Stochastic, &3), 2);
/// ```
#[inline(always)]
#[must_use]
pub fn round_shift<W: Word>(x: &W, by: &W, rounding: Rounding, random: &W) -> W {
    let one = W::constant(1);
    let minus_one = W::constant(-1);
    let mask = minus_one.sub(&minus_one.shift_left(by)); // 2^by - 1, without 2^by
    let half_mask = mask.shift_right_floor(&one);
    let biased = match rounding {
        Rounding::Floor => x.clone(),
        Rounding::TowardZero => {
            let zero = W::constant(0);
            x.add(&W::select(&x.less_than(&zero), &mask, &zero))
        }
        Rounding::HalfUp => x.add(&mask.sub(&half_mask)),
        Rounding::HalfEven => {
            let odd = x.shift_right_floor(by).and(&mask.and(&one));
            x.add(&half_mask).add(&odd)
        }
        Rounding::Stochastic => x.add(&random.and(&mask)),
    };
    biased.shift_right_floor(by)
}
