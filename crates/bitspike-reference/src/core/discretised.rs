//! A time step in the hardware's order of operations, without its rounding and without its widths.
//!
//! Written from `docs/src/contract/arithmetic.md`, section Time step: `round(x, k)` is `x / 2^k`, `fit(x, B)` is `x`.

use bitspike_spec::{Compare, Izhikevich, Order, Recovery, Reset, UpdateOrder};

use super::parameters::{RealNeuron, SharedIzhikevich};
use super::state::State;

/// Advances neuron `n` by one time step and says how often it fired.
pub(super) fn time_step(state: &mut State<'_>, n: usize) -> u32 {
    state.take_inputs(n);
    let spikes = match state.izhikevich {
        Some((model, shared)) => izhikevich(state, n, &model, &shared),
        None => lif(state, n),
    };
    state.decay(n);
    spikes
}

fn lif(state: &mut State<'_>, n: usize) -> u32 {
    if state.held[n] > 0 {
        state.held[n] -= 1;
        return 0;
    }
    let neuron = state.parameters.neuron(n);
    let drive = state.current(n) + neuron.bias;
    match state.structure.semantics.order {
        Order::LeakIntegrateFire => {
            state.set_v(n, neuron.leak.apply(state.v[n]));
            state.set_v(n, state.v[n] + drive);
            fire(state, n)
        }
        Order::IntegrateLeakFire => {
            state.set_v(n, state.v[n] + drive);
            state.set_v(n, neuron.leak.apply(state.v[n]));
            fire(state, n)
        }
        Order::IntegrateFireLeak => {
            state.set_v(n, state.v[n] + drive);
            let spikes = fire(state, n);
            if spikes == 0 {
                state.set_v(n, neuron.leak.apply(state.v[n]));
            }
            spikes
        }
    }
}

/// Compares and resets, up to `max_spikes` times; the spikes fired.
pub(super) fn fire(state: &mut State<'_>, n: usize) -> u32 {
    let neuron = state.parameters.neuron(n);
    let mut spikes = 0;
    while spikes < state.structure.semantics.max_spikes && compares(state, n, neuron) {
        spikes += 1;
        state.set_v(n, after_reset(state, n, neuron));
    }
    if spikes > 0 {
        state.held[n] = state.refractory_steps;
    }
    spikes
}

/// Whether the membrane potential of neuron `n` reaches its threshold.
#[inline]
pub(super) fn compares(state: &State<'_>, n: usize, neuron: &RealNeuron) -> bool {
    #[allow(clippy::float_cmp, reason = "the knob says equal")]
    match state.structure.semantics.compare {
        Compare::Ge => state.v[n] >= neuron.threshold,
        Compare::Gt => state.v[n] > neuron.threshold,
        Compare::Eq => state.v[n] == neuron.threshold,
    }
}

/// The membrane potential of neuron `n` after a spike.
pub(super) fn after_reset(state: &State<'_>, n: usize, neuron: &RealNeuron) -> f64 {
    match state.structure.semantics.reset {
        Reset::Zero => 0.0,
        Reset::Value => neuron.v_reset,
        Reset::Subtract => state.v[n] - neuron.threshold,
    }
}

fn izhikevich(state: &mut State<'_>, n: usize, model: &Izhikevich, shared: &SharedIzhikevich) -> u32 {
    let neuron = state.parameters.neuron(n);
    let (before, u) = (state.v[n], state.u[n]);
    let drive = state.current(n) + neuron.bias;
    for _ in 0..model.substeps {
        let v = state.v[n];
        state.set_v(n, v + shared.dt * (shared.parabola.at(v) - u + drive));
    }
    let seen = match model.update {
        UpdateOrder::Sequential => state.v[n],
        UpdateOrder::Simultaneous => before,
    };
    state.set_u(n, u + neuron.a * recovery(model.recovery, neuron.b * (seen - shared.v_zero), u));
    if !compares(state, n, neuron) {
        return 0;
    }
    state.v[n] = neuron.v_reset;
    state.set_u(n, state.u[n] + neuron.u_step);
    1
}

/// What `a` multiplies in `u'`.
#[inline]
pub(super) fn recovery(equation: Recovery, pull: f64, u: f64) -> f64 {
    match equation {
        Recovery::Standard => pull - u,
        Recovery::Accommodation => pull,
    }
}
