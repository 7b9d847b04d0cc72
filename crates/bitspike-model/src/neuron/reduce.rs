//! Leak and decay: a state moves towards zero.

use super::random::round_shift;
use super::{StateRule, bit};
use bitspike_spec::fx::{Rounding, Word};
use bitspike_spec::{Clamp, Reduce, ReduceForm};

/// Moves a state towards zero, and reports whether the result had to be fitted.
///
/// ```text
/// none      x
/// subtract  fit(x - amount), or with clamp = zero: x >= 0 ? max(x - amount, 0) : min(x + amount, 0)
/// shift     x - d,  d = round(x / 2^amount);    clamp = min_one: d = sign(x) where d = 0
/// multiply  y = round(x * amount / 2^bits);     clamp = min_one: y = x - sign(x) where y = x and amount != 2^bits
/// clear     0
/// ```
///
/// `x` is in the range of `state`, `amount` in `[0, rule.amount_limit()]`; `random` is read by stochastic rounding only.
/// Only `subtract` without clamp can leave the range. Hardware: `docs/src/contract/arithmetic.md`, Leak and decay.
#[inline(always)]
pub fn reduce<W: Word>(x: &W, amount: &W, rule: &Reduce, random: &W, state: &StateRule) -> (W, W::Bit) {
    match rule.form {
        ReduceForm::None => (x.clone(), bit::<W>(false)),
        ReduceForm::Subtract => subtract(x, amount, rule.clamp, state),
        ReduceForm::Shift => (shift(x, amount, rule.rounding, rule.clamp, random), bit::<W>(false)),
        ReduceForm::Multiply => (multiply(x, amount, rule, random), bit::<W>(false)),
        ReduceForm::Clear => (W::constant(0), bit::<W>(false)),
    }
}

#[inline(always)]
fn subtract<W: Word>(x: &W, amount: &W, clamp: Clamp, state: &StateRule) -> (W, W::Bit) {
    match clamp {
        Clamp::Zero => (towards_zero(x, amount), bit::<W>(false)),
        Clamp::None | Clamp::MinOne => state.fit(&x.sub(amount)),
    }
}

#[inline(always)]
fn towards_zero<W: Word>(x: &W, amount: &W) -> W {
    let zero = W::constant(0);
    let (down, up) = (x.sub(amount), x.add(amount));
    let from_above = W::select(&down.less_than(&zero), &zero, &down);
    let from_below = W::select(&zero.less_than(&up), &zero, &up);
    W::select(&x.less_than(&zero), &from_below, &from_above)
}

#[inline(always)]
fn shift<W: Word>(x: &W, amount: &W, rounding: Rounding, clamp: Clamp, random: &W) -> W {
    let d = round_shift(x, amount, rounding, random);
    match clamp {
        Clamp::MinOne => x.sub(&W::select(&d.equals(&W::constant(0)), &sign(x), &d)),
        Clamp::None | Clamp::Zero => x.sub(&d),
    }
}

#[inline(always)]
fn multiply<W: Word>(x: &W, amount: &W, rule: &Reduce, random: &W) -> W {
    let y = round_shift(&x.mul(amount), &W::constant(i64::from(rule.bits)), rule.rounding, random);
    match rule.clamp {
        Clamp::MinOne => {
            let keeps = amount.equals(&W::constant(1 << rule.bits));
            let sticks = W::bit_and(&y.equals(x), &W::bit_not(&keeps));
            W::select(&sticks, &x.sub(&sign(x)), &y)
        }
        Clamp::None | Clamp::Zero => y,
    }
}

/// -1, 0 or 1.
#[inline(always)]
fn sign<W: Word>(x: &W) -> W {
    let zero = W::constant(0);
    let positive = W::from_bit(&zero.less_than(x));
    positive.sub(&W::from_bit(&x.less_than(&zero)))
}
