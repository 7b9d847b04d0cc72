//! Synaptic operation on the membrane: one weight applied to one neuron.

use super::{Fired, NeuronState, Parameters, Rules, StepWord, Update, bit, fire, is_held};
use bitspike_spec::FireCheck;
use bitspike_spec::fx::Word;

/// Applies one weight to the membrane of one neuron; weights that go to a current are [`receive`](super::receive)d.
///
/// ```text
/// input = weight * 2^weight_shift
/// refractory != 0: nothing;   else x = fit(v + input), and per_operation: (v, n) = fire(x)
/// ```
///
/// `weight` is signed, `weight_bits` wide.
#[inline(always)]
pub fn synaptic_operation<W: StepWord>(
    state: &NeuronState<W>,
    weight: &W,
    parameters: &Parameters<W>,
    rules: &Rules,
) -> Update<W> {
    let input = weight.shift_left(&W::constant(i64::from(rules.weight_shift)));
    let (x, outside) = rules.v.fit(&state.v.add(&input));
    let fired = match rules.semantics.fire_check {
        FireCheck::PerOperation => fire(&x, parameters, rules),
        FireCheck::PerTimeStep => Fired { v: x, spikes: W::constant(0), overflow: bit::<W>(false) },
    };
    let outside = W::bit_or(&outside, &fired.overflow);
    settle(state, Fired { overflow: outside, ..fired }, parameters, rules)
}

/// The update of an active neuron after its fire check; a held neuron keeps its state.
#[inline(always)]
pub(super) fn settle<W: Word>(
    state: &NeuronState<W>,
    fired: Fired<W>,
    parameters: &Parameters<W>,
    rules: &Rules,
) -> Update<W> {
    let zero = W::constant(0);
    let held = is_held(rules, &state.refractory);
    let spikes = W::select(&held, &zero, &fired.spikes);
    let has_fired = W::bit_not(&spikes.equals(&zero));
    let refractory = if rules.has_refractory {
        W::select(&has_fired, &parameters.refractory_steps, &state.refractory)
    } else {
        zero.clone()
    };
    Update {
        state: NeuronState { v: W::select(&held, &state.v, &fired.v), u: state.u.clone(), refractory },
        emitted: W::select(&parameters.output_enable, &spikes, &zero),
        v_overflow: W::bit_and(&fired.overflow, &W::bit_not(&held)),
        u_overflow: bit::<W>(false),
        i_syn_overflow: bit::<W>(false),
        current: zero,
    }
}
