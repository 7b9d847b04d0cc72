//! Random words of stochastic rounding.

use bitspike_spec::fx::{Rounding, Word};

/// The 32-bit word that a lane's generator shows while its neuron is updated; any value where nothing rounds stochastically.
///
/// ```text
/// part(j) = (word rotated right by j)[15:0]
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Random<W>(pub W);

impl<W: Word> Random<W> {
    /// 16 bits of the word for one rounding, unsigned, `j` from 0 to 31.
    #[inline(always)]
    #[must_use]
    pub fn part(&self, j: u32) -> W {
        let bits = |from: u32, count: u32| {
            self.0.shift_right_floor(&W::constant(from.into())).and(&W::constant((1 << count) - 1))
        };
        if j <= 16 {
            return bits(j, 16);
        }
        bits(j, 32 - j).add(&bits(0, j - 16).shift_left(&W::constant((32 - j).into())))
    }

    /// Part of the membrane leak.
    #[inline(always)]
    pub(super) fn leak(&self) -> W {
        self.part(0)
    }

    /// Part of the decay of accumulator `k`.
    #[inline(always)]
    pub(super) fn decay(&self, k: u32) -> W {
        self.part(16 + 2 * k)
    }

    /// Part of gain `g` of polarity `q`.
    #[inline(always)]
    pub(super) fn gain(&self, q: u32, g: u32) -> W {
        self.part(4 + 4 * q + 2 * g)
    }

    /// Part of the shift of the summed current.
    #[inline(always)]
    pub(super) fn shift(&self) -> W {
        self.part(12)
    }

    /// Part of product `n` of an Izhikevich step.
    #[inline(always)]
    pub(super) fn product(&self, n: u32) -> W {
        self.part(2 * n)
    }
}

/// `x / 2^by`, rounded; `random` has 16 bits.
///
/// ```text
/// stochastic, by > 16:  (x + random * 2^(by - 16)) >> by          else as bitspike_spec::fx::round_shift
/// ```
#[inline(always)]
pub(super) fn round_shift<W: Word>(x: &W, by: &W, rounding: Rounding, random: &W) -> W {
    match rounding {
        Rounding::Stochastic => {
            let (zero, beyond) = (W::constant(0), by.sub(&W::constant(16)));
            let beyond = W::select(&beyond.less_than(&zero), &zero, &beyond);
            bitspike_spec::fx::round_shift(x, by, rounding, &random.shift_left(&beyond))
        }
        Rounding::Floor | Rounding::TowardZero | Rounding::HalfUp | Rounding::HalfEven => {
            bitspike_spec::fx::round_shift(x, by, rounding, random)
        }
    }
}
