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
    match rules.semantics.order {
        Order::LeakIntegrateFire => {
            let (x, in_leak) = leak(&state.v, p, random, rules);
            let (x, in_sum) = integrate(&x, state, p, rules);
            fire_after(&x, &in_leak, &in_sum, p, rules)
        }
        Order::IntegrateLeakFire => {
            let (x, in_sum) = integrate(&state.v, state, p, rules);
            let (x, in_leak) = leak(&x, p, random, rules);
            fire_after(&x, &in_leak, &in_sum, p, rules)
        }
        Order::IntegrateFireLeak => {
            let (x, in_sum) = integrate(&state.v, state, p, rules);
            let fired = fire(&x, p, rules);
            let leaked = leak(&fired.v, p, random, rules);
            leak_if_silent(fired, &leaked, &in_sum)
        }
    }
}

#[inline(always)]
fn leak<W: Word>(x: &W, p: &Parameters<W>, random: &W, rules: &Rules) -> (W, W::Bit) {
    reduce(x, &p.leak, &rules.semantics.leak, random, &rules.v)
}

#[inline(always)]
fn integrate<W: Word>(x: &W, state: &NeuronState<W>, p: &Parameters<W>, rules: &Rules) -> (W, W::Bit) {
    rules.v.fit(&x.add(&state.i_syn).add(&p.bias))
}

#[inline(always)]
fn fire_after<W: StepWord>(x: &W, in_leak: &W::Bit, in_sum: &W::Bit, p: &Parameters<W>, rules: &Rules) -> Fired<W> {
    let fired = fire(x, p, rules);
    let outside = W::bit_or(in_leak, in_sum);
    Fired { overflow: W::bit_or(&outside, &fired.overflow), ..fired }
}

#[inline(always)]
fn leak_if_silent<W: Word>(fired: Fired<W>, leaked: &(W, W::Bit), in_sum: &W::Bit) -> Fired<W> {
    let silent = fired.spikes.equals(&W::constant(0));
    let in_leak = W::bit_and(&silent, &leaked.1);
    Fired {
        v: W::select(&silent, &leaked.0, &fired.v),
        overflow: W::bit_or(&W::bit_or(in_sum, &fired.overflow), &in_leak),
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
