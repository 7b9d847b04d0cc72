//! Leaky integrate-and-fire neurons with exponential synaptic currents, integrated exactly.

use std::collections::VecDeque;

use super::lanes::{Block, Lanes, largest, push_above};
use super::{Population, Receptor};
use crate::Method;
use crate::error::{ReferenceError, finite, positive};
use crate::lif::Compare;

/// Parameters of [`LifPopulation`]; volts and seconds. Synaptic currents are given as the potential they would hold
/// (current times membrane resistance), so that no resistance is needed.
///
/// ```text
/// tau_m dv/dt = -(v - v_inf) + g_e + g_i        v_inf = v_rest + r_m i_constant, one per neuron
/// tau_e dg_e/dt = -g_e,   tau_i dg_i/dt = -g_i
/// ```
///
/// Source: CUBA of Brette et al. 2007, J. Comput. Neurosci. 23; NEST's `iaf_psc_exp` has the same equations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LifPopulationParameters {
    /// Membrane time constant, second.
    pub tau_m: f64,
    /// Decay of the excitatory current, second.
    pub tau_e: f64,
    /// Decay of the inhibitory current, second.
    pub tau_i: f64,
    /// Threshold, volt.
    pub threshold: f64,
    /// How the potential is compared with the threshold.
    pub compare: Compare,
    /// Potential after a spike, volt.
    pub v_reset: f64,
    /// Time steps after a spike in which v is held: `tau_ref / dt - 1` in Brian2, `tau_ref / dt` in NEST.
    pub held_steps: u32,
}

/// What multiplies and bounds the states in one time step.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Propagators {
    decay: f64,
    g_decay: [f64; 2],
    g_gain: [f64; 2],
    /// Largest potential that is no spike.
    highest: f64,
}

/// A population of leaky integrate-and-fire neurons with two exponential synaptic currents.
///
/// ```text
/// free neuron:  v = v_inf + (v - v_inf) exp(-dt/tau_m) + g_e gain_e + g_i gain_i       gain: Method::gain, exact
/// every neuron: g_e = g_e exp(-dt/tau_e), g_i = g_i exp(-dt/tau_i), then the arriving weights are added
/// spike if v > threshold (or >=): v = v_reset, held for the next held_steps steps
/// ```
///
/// Runs with the vector instructions of the machine; nothing is fused or reordered, so the bits are the same on every
/// machine. Source: Rotter & Diesmann 1999, Biol. Cybern. 81.
///
/// # Example
///
/// ```
/// use bitspike_reference::lif::Compare;
/// use bitspike_reference::network::{LifPopulation, LifPopulationParameters, Population, Receptor};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let parameters = LifPopulationParameters {
///     tau_m: 20e-3,
///     tau_e: 5e-3,
///     tau_i: 10e-3,
///     threshold: -50e-3,
///     compare: Compare::Above,
///     v_reset: -60e-3,
///     held_steps: 49,
/// };
/// let mut population = LifPopulation::new(parameters, 0.1e-3, &[(-60e-3, -49e-3)])?;
/// population.input(Receptor::Excitatory)[0] += 20e-3;
/// let mut spikes = Vec::new();
/// (0..1000).for_each(|_| population.step(&mut spikes));
/// assert_eq!(spikes, [0, 0]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LifPopulation {
    propagators: Propagators,
    v_reset: f64,
    held_steps: u64,
    steps: u64,
    v: Lanes,
    v_inf: Lanes,
    g: [Lanes; 2],
    /// First time step in which v may move again.
    free_at: Vec<u64>,
    /// Neurons that are held, the first to be free in front.
    held: VecDeque<u32>,
    above: Vec<u32>,
}

impl LifPopulation {
    /// A population with the potentials (at the start, without synaptic current) of `start`, volts; `dt` in seconds.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NotPositive`] unless `dt`, `tau_m`, `tau_e` and `tau_i` are finite and above 0,
    /// [`ReferenceError::NotFinite`] unless `threshold`, `v_reset` and every potential of `start` are finite,
    /// [`ReferenceError::ThresholdTooLow`] unless `threshold` is above `v_reset`.
    pub fn new(parameters: LifPopulationParameters, dt: f64, start: &[(f64, f64)]) -> Result<Self, ReferenceError> {
        parameters.check()?;
        for &(v, v_inf) in start {
            finite("v", v)?;
            finite("v_inf", v_inf)?;
        }
        let lanes = |value: &dyn Fn(&(f64, f64)) -> f64| Lanes::new(start.iter().map(value));
        Ok(Self {
            propagators: parameters.propagators(dt)?,
            v_reset: parameters.v_reset,
            held_steps: parameters.held_steps.into(),
            steps: 0,
            v: lanes(&|start| start.0),
            v_inf: lanes(&|start| start.1),
            g: [lanes(&|_| 0.0), lanes(&|_| 0.0)],
            free_at: vec![0; start.len()],
            held: VecDeque::new(),
            above: Vec::new(),
        })
    }
}

impl LifPopulationParameters {
    fn check(&self) -> Result<(), ReferenceError> {
        positive("tau_e", self.tau_e)?;
        positive("tau_i", self.tau_i)?;
        finite("threshold", self.threshold)?;
        finite("v_reset", self.v_reset)?;
        let (threshold, v_after_reset) = (self.threshold, self.v_reset);
        if threshold > v_after_reset {
            return Ok(());
        }
        Err(ReferenceError::ThresholdTooLow { threshold, v_after_reset })
    }

    fn propagators(&self, dt: f64) -> Result<Propagators, ReferenceError> {
        let exact = Method::Exact;
        let highest = match self.compare {
            Compare::Above => self.threshold,
            Compare::AtLeast => self.threshold.next_down(),
        };
        Ok(Propagators {
            g_gain: [exact.gain(dt, self.tau_m, self.tau_e)?, exact.gain(dt, self.tau_m, self.tau_i)?],
            g_decay: [exact.decay(dt, self.tau_e)?, exact.decay(dt, self.tau_i)?],
            decay: exact.decay(dt, self.tau_m)?,
            highest,
        })
    }
}

impl Population for LifPopulation {
    fn v(&self) -> &[f64] {
        self.v.values()
    }

    fn input(&mut self, receptor: Receptor) -> &mut [f64] {
        self.g[receptor as usize].values_mut()
    }

    fn step(&mut self, spikes: &mut Vec<u32>) {
        while self.held.front().is_some_and(|&neuron| self.free_at[neuron as usize] <= self.steps) {
            self.held.pop_front();
        }
        self.above.clear();
        advance(self);
        let v = self.v.values_mut();
        self.held.iter().for_each(|&neuron| v[neuron as usize] = self.v_reset);
        for &neuron in &self.above {
            let free_at = &mut self.free_at[neuron as usize];
            if *free_at <= self.steps {
                *free_at = self.steps + 1 + self.held_steps;
                v[neuron as usize] = self.v_reset;
                self.held.push_back(neuron);
                spikes.push(neuron);
            }
        }
        self.steps += 1;
    }
}

/// Moves every neuron as if it were free; the few that are held are put back after.
#[multiversion::multiversion(targets = "simd")]
fn advance(population: &mut LifPopulation) {
    let LifPopulation { propagators, v, v_inf, g: [g_e, g_i], above, free_at, .. } = population;
    let (propagators, neurons) = (*propagators, free_at.len());
    let states = v.blocks_mut().iter_mut().zip(g_e.blocks_mut()).zip(g_i.blocks_mut());
    for (block, (((v, g_e), g_i), v_inf)) in states.zip(v_inf.blocks()).enumerate() {
        let moved = propagators.potential([v, v_inf, g_e, g_i]);
        *v = moved;
        *g_e = g_e.map(|g| g * propagators.g_decay[0]);
        *g_i = g_i.map(|g| g * propagators.g_decay[1]);
        if largest(&moved) > propagators.highest {
            push_above(above, (block, neurons), (v, propagators.highest));
        }
    }
}

impl Propagators {
    #[inline(always)]
    fn potential(&self, [v, v_inf, g_e, g_i]: [&Block; 4]) -> Block {
        std::array::from_fn(|i| {
            v_inf[i] + (v[i] - v_inf[i]) * self.decay + g_e[i] * self.g_gain[0] + g_i[i] * self.g_gain[1]
        })
    }
}
