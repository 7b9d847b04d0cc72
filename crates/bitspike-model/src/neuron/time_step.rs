//! Time step: currents in, neuron model, decay of the currents.

use super::synapse::settle;
use super::{
    Fired, IzhikevichParameters, IzhikevichRules, IzhikevichState, NeuronState, Parameters, Random, Rules, StepWord,
    SynapseParameters, Synaptic, Update, bit, decay, fire, is_held, reduce, summed_current, take_in,
};
use bitspike_spec::Order;
use bitspike_spec::fx::Word;

/// The neuron model of one neuron, with what only that model has.
#[derive(Clone, Copy, Debug)]
pub enum ModelUnit<'a, W> {
    /// Leaky integrate-and-fire.
    Lif,
    /// Izhikevich.
    Izhikevich(&'a IzhikevichRules, &'a IzhikevichParameters<W>),
}

/// Rules and parameters of one neuron and its synapses.
#[derive(Clone, Copy)]
pub struct Unit<'a, W: Word> {
    /// The rules.
    pub rules: &'a Rules,
    /// Parameters of the neuron.
    pub parameters: &'a Parameters<W>,
    /// Parameters of its synapses.
    pub synapse: &'a SynapseParameters<W>,
    /// The neuron model.
    pub model: ModelUnit<'a, W>,
}

/// Advances one neuron by one time step.
///
/// ```text
/// weights that waited are taken in;   current = their sum;   drive = current + bias
/// lif, refractory != 0:       refractory - 1, v kept
///      leak_integrate_fire:   x = reduce(v),              x = fit(x + drive),  (v, n) = fire(x)
///      integrate_leak_fire:   x = fit(v + drive),         x = reduce(x),       (v, n) = fire(x)
///      integrate_fire_leak:   x = fit(v + drive),         (x, n) = fire(x),    v = n > 0 ? x : reduce(x)
/// izhikevich:                 see [`IzhikevichRules::step`]
/// i_syn[k] = reduce(i_syn[k])  always, after it was integrated
/// ```
#[inline(always)]
pub fn time_step<W: StepWord>(
    state: &NeuronState<W>,
    mut synaptic: Synaptic<W>,
    unit: &Unit<W>,
    random: &Random<W>,
) -> Update<W> {
    let Unit { rules, parameters, synapse, .. } = *unit;
    let taking_in = take_in(&mut synaptic, synapse, random, rules);
    let current = summed_current(synaptic.i_syn, random, rules);
    let drive = current.add(&parameters.bias);
    let update = match unit.model {
        ModelUnit::Lif => lif(state, &drive, parameters, (rules, random)),
        ModelUnit::Izhikevich(model, constants) => {
            izhikevich(model.step(&state.into(), &drive, constants, random), parameters)
        }
    };
    let decaying = decay(synaptic.i_syn, synapse, random, rules);
    Update { i_syn_overflow: W::bit_or(&taking_in, &decaying), current, ..update }
}

#[inline(always)]
fn lif<W: StepWord>(
    state: &NeuronState<W>,
    drive: &W,
    p: &Parameters<W>,
    (rules, random): (&Rules, &Random<W>),
) -> Update<W> {
    let fired = membrane(&state.v, drive, p, (rules, &random.leak()));
    let update = settle(state, fired, p, rules);
    count_down(state, update, rules)
}

#[inline(always)]
fn izhikevich<W: Word>(step: super::IzhikevichStep<W>, parameters: &Parameters<W>) -> Update<W> {
    let zero = W::constant(0);
    Update {
        state: NeuronState { v: step.state.v, u: step.state.u, refractory: zero.clone() },
        emitted: W::from_bit(&W::bit_and(&step.spike, &parameters.output_enable)),
        v_overflow: step.v_overflow,
        u_overflow: step.u_overflow,
        i_syn_overflow: bit::<W>(false),
        current: zero,
    }
}

impl<W: Clone> From<&NeuronState<W>> for IzhikevichState<W> {
    #[inline(always)]
    fn from(state: &NeuronState<W>) -> Self {
        IzhikevichState { v: state.v.clone(), u: state.u.clone() }
    }
}

/// The membrane of a neuron that is not held.
#[inline(always)]
fn membrane<W: StepWord>(v: &W, drive: &W, p: &Parameters<W>, (rules, random): (&Rules, &W)) -> Fired<W> {
    match rules.semantics.order {
        Order::LeakIntegrateFire => {
            let (x, in_leak) = leak(v, p, random, rules);
            let (x, in_sum) = rules.v.fit(&x.add(drive));
            fire_after(&x, &in_leak, &in_sum, p, rules)
        }
        Order::IntegrateLeakFire => {
            let (x, in_sum) = rules.v.fit(&v.add(drive));
            let (x, in_leak) = leak(&x, p, random, rules);
            fire_after(&x, &in_leak, &in_sum, p, rules)
        }
        Order::IntegrateFireLeak => {
            let (x, in_sum) = rules.v.fit(&v.add(drive));
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
