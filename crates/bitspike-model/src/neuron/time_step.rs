//! Time step: leak, integration of current and bias, fire check.

use super::synapse::settle;
use super::{Fired, NeuronState, Parameters, Randoms, Rules, StepWord, Update, fire, is_held, reduce};
use bitspike_spec::Order;
use bitspike_spec::fx::Word;

/// Advances one neuron by one time step.
///
/// ```text
/// refractory != 0:       refractory - 1, v kept
/// leak_integrate_fire:   x = reduce(v),                  x = fit(x + i_syn + bias),  (v, n) = fire(x)
/// integrate_leak_fire:   x = fit(v + i_syn + bias),      x = reduce(x),              (v, n) = fire(x)
/// integrate_fire_leak:   x = fit(v + i_syn + bias),      (x, n) = fire(x),           v = n > 0 ? x : reduce(x)
/// i_syn = reduce(i_syn)  always, after it was integrated
/// ```
#[inline(always)]
pub fn time_step<W: StepWord>(
    state: &NeuronState<W>,
    parameters: &Parameters<W>,
    randoms: &Randoms<W>,
    rules: &Rules,
) -> Update<W> {
    let fired = membrane(state, parameters, &randoms.leak, rules);
    let update = settle(state, fired, parameters, rules);
    let counted = count_down(state, update, rules);
    decay(counted, parameters, &randoms.decay, rules)
}

/// The membrane of a neuron that is not held.
#[inline(always)]
fn membrane<W: StepWord>(state: &NeuronState<W>, p: &Parameters<W>, random: &W, rules: &Rules) -> Fired<W> {
    let leak = |x: &W| reduce(x, &p.leak, &rules.semantics.leak, random, &rules.v);
    let integrate = |x: &W| rules.v.fit(&x.add(&state.i_syn).add(&p.bias));
    match rules.semantics.order {
        Order::LeakIntegrateFire => fire_after(integrate, leak, &state.v, p, rules),
        Order::IntegrateLeakFire => fire_after(leak, integrate, &state.v, p, rules),
        Order::IntegrateFireLeak => {
            let (x, outside) = integrate(&state.v);
            leak_if_silent(fire(&x, p, rules), &outside, leak)
        }
    }
}

/// `fire(second(first(v)))`.
#[inline(always)]
fn fire_after<W: StepWord>(
    second: impl Fn(&W) -> (W, W::Bit),
    first: impl Fn(&W) -> (W, W::Bit),
    v: &W,
    p: &Parameters<W>,
    rules: &Rules,
) -> Fired<W> {
    let (x, outside_first) = first(v);
    let (x, outside_second) = second(&x);
    let fired = fire(&x, p, rules);
    let outside = W::bit_or(&outside_first, &outside_second);
    Fired { overflow: W::bit_or(&outside, &fired.overflow), ..fired }
}

#[inline(always)]
fn leak_if_silent<W: Word>(fired: Fired<W>, outside: &W::Bit, leak: impl Fn(&W) -> (W, W::Bit)) -> Fired<W> {
    let silent = fired.spikes.equals(&W::constant(0));
    let (leaked, leak_outside) = leak(&fired.v);
    let in_leak = W::bit_and(&silent, &leak_outside);
    Fired {
        v: W::select(&silent, &leaked, &fired.v),
        overflow: W::bit_or(&W::bit_or(outside, &fired.overflow), &in_leak),
        spikes: fired.spikes,
    }
}

#[inline(always)]
fn count_down<W: Word>(state: &NeuronState<W>, update: Update<W>, rules: &Rules) -> Update<W> {
    if !rules.has_refractory {
        return update;
    }
    let held = is_held(rules, &state.refractory);
    let less = state.refractory.sub(&W::constant(1));
    let refractory = W::select(&held, &less, &update.state.refractory);
    Update { state: NeuronState { refractory, ..update.state }, ..update }
}

#[inline(always)]
fn decay<W: Word>(update: Update<W>, parameters: &Parameters<W>, random: &W, rules: &Rules) -> Update<W> {
    if !rules.has_i_syn {
        return update;
    }
    let rule = &rules.semantics.decay;
    let (i_syn, i_syn_overflow) = reduce(&update.state.i_syn, &parameters.i_syn_decay, rule, random, &rules.i_syn);
    Update { state: NeuronState { i_syn, ..update.state }, i_syn_overflow, ..update }
}
