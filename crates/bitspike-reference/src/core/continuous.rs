//! The differential equations behind a core, integrated inside each time step.
//!
//! ```text
//! lif          dv/dt = -lambda v + (I + bias)           t in time steps, lambda = -ln(leak factor)
//! izhikevich   dv/dt = parabola(v) - u + I + bias       t in ms; du/dt = (a / T)(b (v - v_zero) - u), T ms in a time step
//! I            = sum of i_syn[k](t) * 2^-shift,         di_syn[k]/dt = -rate_k i_syn[k], rate_k = -ln(decay factor)
//! ```
//!
//! A time step has 50 sub-steps, after each of which `v` is compared: exact propagators for `lif`, the classical
//! Runge-Kutta method for `izhikevich`. Inputs arrive as in the hardware, at the boundary before a time step; a current with
//! `decay = clear` lasts for that time step. A spike holds `v` from its sub-step on.

use bitspike_spec::{Compare, FireCheck, Izhikevich, NeuronModel, Structure};

use super::discretised::{after_reset, compares, recovery};
use super::parameters::{RealNeuron, RealParameters, Reduction, SharedIzhikevich};
use super::state::State;
use crate::ReferenceError;

/// Sub-steps of a time step.
pub const SUB_STEPS: u32 = 50;

/// Most accumulators of a neuron: two polarities of four filters.
const ACCUMULATORS: usize = 8;

/// What advances a core by one sub-step.
#[derive(Clone, Debug)]
pub(super) struct Continuous {
    /// `exp(-rate / 100)` of each accumulator: half a sub-step.
    half_decay: [f64; ACCUMULATORS],
    /// One for each entry of the parameters; unused with `izhikevich`.
    membranes: Vec<Membrane>,
}

/// The exact solution of the LIF equation over a sub-step.
#[derive(Clone, Debug)]
struct Membrane {
    /// `exp(-lambda h)`.
    decay: f64,
    /// What a constant drive of 1 adds.
    bias: f64,
    /// What an accumulator that begins the sub-step at 1 adds.
    i_syn: [f64; ACCUMULATORS],
}

/// Integral of `exp(-rate s)` through the leak over `h`: `(exp(-rate h) - exp(-lambda h)) / (lambda - rate)`.
fn response(lambda: f64, rate: f64, h: f64) -> f64 {
    let difference = (lambda - rate) * h;
    let grown = if difference == 0.0 { 1.0 } else { libm::expm1(difference) / difference };
    h * libm::exp(-lambda * h) * grown
}

impl Continuous {
    /// # Errors
    /// [`ReferenceError::NotContinuous`] for a knob that means something in steps only.
    pub(super) fn new(structure: &Structure, parameters: &RealParameters) -> Result<Self, ReferenceError> {
        check(structure)?;
        let mut rates = [0.0; ACCUMULATORS];
        for (rate, &decay) in rates.iter_mut().zip(&parameters.decay) {
            // A current that is cleared lasts, unchanged, for its time step.
            *rate = if decay == Reduction::Clear { 0.0 } else { rate_of("neuron.decay.form", decay)? };
        }
        let membranes = match structure.model {
            NeuronModel::Izhikevich(_) => Vec::new(),
            NeuronModel::Lif => {
                parameters.neurons.iter().map(|neuron| membrane(neuron, &rates)).collect::<Result<_, _>>()?
            }
        };
        let half = 0.5 / f64::from(SUB_STEPS);
        Ok(Continuous { half_decay: rates.map(|rate| libm::exp(-rate * half)), membranes })
    }

    /// Advances neuron `n` by one time step and says how often it fired.
    pub(super) fn time_step(&self, state: &mut State<'_>, n: usize) -> u32 {
        state.take_inputs(n);
        let mut i_syn = [0.0; ACCUMULATORS];
        for (local, all) in i_syn.iter_mut().zip(&state.i_syn) {
            *local = all[n];
        }
        let mut spikes = fire(state, n);
        for _ in 0..SUB_STEPS {
            spikes += self.sub_step(state, n, &mut i_syn);
        }
        state.decay(n);
        spikes
    }

    fn sub_step(&self, state: &mut State<'_>, n: usize, i_syn: &mut [f64; ACCUMULATORS]) -> u32 {
        let (start, middle, end) = self.currents(i_syn, state.current_scale);
        let begin = *i_syn;
        for (x, half) in i_syn.iter_mut().zip(self.half_decay) {
            *x *= half * half;
        }
        if state.held[n] > 0 {
            state.held[n] -= 1;
            return 0;
        }
        match state.izhikevich {
            Some((model, shared)) => runge_kutta(state, n, (&model, &shared), [start, middle, end]),
            None => self.propagate(state, n, &begin),
        }
        fire(state, n)
    }

    /// Currents at the start, middle and end of a sub-step.
    fn currents(&self, i_syn: &[f64; ACCUMULATORS], scale: f64) -> (f64, f64, f64) {
        let (mut start, mut middle, mut end) = (0.0, 0.0, 0.0);
        for (x, half) in i_syn.iter().zip(self.half_decay) {
            start += x;
            middle += x * half;
            end += x * half * half;
        }
        (start * scale, middle * scale, end * scale)
    }

    fn propagate(&self, state: &mut State<'_>, n: usize, i_syn: &[f64; ACCUMULATORS]) {
        let membrane = if self.membranes.len() == 1 { &self.membranes[0] } else { &self.membranes[n] };
        let driven: f64 = i_syn.iter().zip(membrane.i_syn).map(|(x, gain)| x * gain).sum();
        let bias = state.parameters.neuron(n).bias * membrane.bias;
        state.set_v(n, state.v[n] * membrane.decay + driven * state.current_scale + bias);
    }
}

fn membrane(neuron: &RealNeuron, rates: &[f64; ACCUMULATORS]) -> Result<Membrane, ReferenceError> {
    let lambda = rate_of("neuron.leak.form", neuron.leak)?;
    let h = 1.0 / f64::from(SUB_STEPS);
    Ok(Membrane {
        decay: libm::exp(-lambda * h),
        bias: response(lambda, 0.0, h),
        i_syn: rates.map(|rate| response(lambda, rate, h)),
    })
}

/// The rate behind a factor, per time step.
fn rate_of(key: &'static str, reduction: Reduction) -> Result<f64, ReferenceError> {
    let refuse = |what: &'static str| Err(ReferenceError::NotContinuous { key, what });
    match reduction {
        Reduction::Keep => Ok(0.0),
        Reduction::Factor(factor) if factor > 0.0 => Ok(-libm::log(factor)),
        Reduction::Factor(_) => refuse("has the factor 0: it takes a state to 0 in one time step"),
        Reduction::Clear => refuse("is \"clear\": it takes a state to 0 in one time step"),
        Reduction::Subtract(_) | Reduction::TowardsZero(_) => {
            refuse("is \"subtract\": its amount belongs to a time step, not to a time constant")
        }
    }
}

fn check(structure: &Structure) -> Result<(), ReferenceError> {
    let semantics = &structure.semantics;
    let refuse = |key, what| Err(ReferenceError::NotContinuous { key, what });
    if semantics.compare == Compare::Eq {
        return refuse(
            "neuron.compare",
            "is \"eq\": a potential that moves through its threshold equals it at an instant only",
        );
    }
    if semantics.max_spikes > 1 {
        return refuse("neuron.max_spikes", "is above 1: it counts the spikes of a time step");
    }
    if semantics.fire_check == FireCheck::PerOperation {
        return refuse("neuron.fire_check", "is \"per_operation\": operations have an order but no times");
    }
    Ok(())
}

/// Compares and resets a neuron that is not held.
fn fire(state: &mut State<'_>, n: usize) -> u32 {
    let neuron = state.parameters.neuron(n);
    if state.held[n] > 0 || !compares(state, n, neuron) {
        return 0;
    }
    let v = after_reset(state, n, neuron);
    state.set_v(n, v);
    if state.izhikevich.is_some() {
        state.set_u(n, state.u[n] + neuron.u_step);
    }
    state.held[n] = state.refractory_steps;
    1
}

fn runge_kutta(state: &mut State<'_>, n: usize, (model, shared): (&Izhikevich, &SharedIzhikevich), currents: [f64; 3]) {
    let neuron = state.parameters.neuron(n);
    let step = shared.dt * f64::from(model.substeps);
    let (rate, h) = (neuron.a / step, step / f64::from(SUB_STEPS));
    let slope = |[v, u]: [f64; 2], current: f64| {
        let pull = neuron.b * (v - shared.v_zero);
        [shared.parabola.at(v) - u + current + neuron.bias, rate * recovery(model.recovery, pull, u)]
    };
    let begin = [state.v[n], state.u[n]];
    let moved = |h: f64, slope: [f64; 2]| [begin[0] + h * slope[0], begin[1] + h * slope[1]];
    let [start, middle, end] = currents;
    let k1 = slope(begin, start);
    let k2 = slope(moved(h / 2.0, k1), middle);
    let k3 = slope(moved(h / 2.0, k2), middle);
    let k4 = slope(moved(h, k3), end);
    let mean = |i: usize| (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]) / 6.0;
    state.set_v(n, begin[0] + h * mean(0));
    state.set_u(n, begin[1] + h * mean(1));
}
