//! Fire check and reset.

use super::{Parameters, Rules, StepWord, bit};
use bitspike_spec::fx::Word;
use bitspike_spec::{Compare, Reset};

/// What a fire check yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fired<W: Word> {
    /// Membrane potential after the resets.
    pub v: W,
    /// Spikes fired, 0 to `max_spikes`, whether they leave the neuron or not.
    pub spikes: W,
    /// Whether a reset that was used was out of range.
    pub overflow: W::Bit,
}

/// Compares the membrane potential with the threshold and resets it, up to `max_spikes` times.
///
/// ```text
/// repeat max_spikes times:
///   compare(x, threshold)?  n = n + 1, x = reset(x)    else stop
/// reset: 0, v_reset, or fit(x - threshold)
/// ```
///
/// `x` is in the range of `v`; the comparison is signed, with one bit more.
#[inline(always)]
pub fn fire<W: StepWord>(x: &W, parameters: &Parameters<W>, rules: &Rules) -> Fired<W> {
    let first = Fired { v: x.clone(), spikes: W::constant(0), overflow: bit::<W>(false) };
    let (mut alive, mut fired) = fire_once(&bit::<W>(true), &first, parameters, rules);
    for _ in 1..rules.semantics.max_spikes {
        if W::is_never(&alive) {
            break;
        }
        (alive, fired) = fire_once(&alive, &fired, parameters, rules);
    }
    fired
}

#[inline(always)]
fn fire_once<W: Word>(alive: &W::Bit, so_far: &Fired<W>, p: &Parameters<W>, rules: &Rules) -> (W::Bit, Fired<W>) {
    let fires = W::bit_and(alive, &compares(&so_far.v, &p.threshold, rules.semantics.compare));
    let (after, outside) = reset(&so_far.v, p, rules);
    let fired = Fired {
        v: W::select(&fires, &after, &so_far.v),
        spikes: so_far.spikes.add(&W::from_bit(&fires)),
        overflow: W::bit_or(&so_far.overflow, &W::bit_and(&fires, &outside)),
    };
    (fires, fired)
}

#[inline(always)]
pub(super) fn compares<W: Word>(x: &W, threshold: &W, compare: Compare) -> W::Bit {
    match compare {
        Compare::Ge => W::bit_not(&x.less_than(threshold)),
        Compare::Gt => threshold.less_than(x),
        Compare::Eq => x.equals(threshold),
    }
}

#[inline(always)]
fn reset<W: Word>(x: &W, p: &Parameters<W>, rules: &Rules) -> (W, W::Bit) {
    match rules.semantics.reset {
        Reset::Zero => (W::constant(0), bit::<W>(false)),
        Reset::Value => (p.v_reset.clone(), bit::<W>(false)),
        Reset::Subtract => rules.v.fit(&x.sub(&p.threshold)),
    }
}
