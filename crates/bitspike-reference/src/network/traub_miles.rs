//! Hodgkin-Huxley neurons of Traub and Miles with conductance-based synapses.

use super::lanes::{Lanes, largest, push_above};
use super::{Population, Receptor};
use crate::Method;
use crate::error::{ReferenceError, finite, positive};
use crate::exp::{exp, exprel};
use crate::hodgkin_huxley::{GateRates, Rates};

/// Parameters of [`TraubMilesPopulation`]; pF, nS, mV, ms, hence pA.
///
/// ```text
/// c_m dv/dt = g_l (e_l - v) + g_e (e_e - v) + g_i (e_i - v) + g_na m^3 h (e_na - v) + g_k n^4 (e_k - v)
/// ```
///
/// Source: Traub & Miles 1991 in the form of Brette et al. 2007, J. Comput. Neurosci. 23, benchmark 3.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TraubMilesParameters {
    /// Membrane capacitance, pF.
    pub c_m: f64,
    /// Leak conductance, nS.
    pub g_l: f64,
    /// Largest sodium conductance, nS.
    pub g_na: f64,
    /// Largest potassium conductance, nS.
    pub g_k: f64,
    /// Leak reversal potential, mV.
    pub e_l: f64,
    /// Sodium reversal potential, mV.
    pub e_na: f64,
    /// Potassium reversal potential, mV.
    pub e_k: f64,
    /// Shift of the rates, mV.
    pub v_t: f64,
    /// Decay of the excitatory conductance, ms.
    pub tau_e: f64,
    /// Decay of the inhibitory conductance, ms.
    pub tau_i: f64,
    /// Excitatory reversal potential, mV.
    pub e_e: f64,
    /// Inhibitory reversal potential, mV.
    pub e_i: f64,
    /// Threshold of a spike, mV.
    pub threshold: f64,
    /// Time steps after a spike without another one.
    pub silent_steps: u32,
}

impl TraubMilesParameters {
    fn check(&self) -> Result<(), ReferenceError> {
        let Self { c_m, g_l, g_na, g_k, tau_e, tau_i, e_l, e_na, e_k, v_t, e_e, e_i, threshold, .. } = *self;
        for (name, value) in
            [("c_m", c_m), ("g_l", g_l), ("g_na", g_na), ("g_k", g_k), ("tau_e", tau_e), ("tau_i", tau_i)]
        {
            positive(name, value)?;
        }
        let potentials = [("e_l", e_l), ("e_na", e_na), ("e_k", e_k), ("v_t", v_t), ("e_e", e_e), ("e_i", e_i)];
        potentials.into_iter().try_for_each(|(name, value)| finite(name, value))?;
        finite("threshold", threshold)
    }
}

/// Start of one neuron: v in mV, conductances in nS; gates start at 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TraubMilesStart {
    /// Membrane potential, mV.
    pub v: f64,
    /// Excitatory conductance, nS.
    pub g_e: f64,
    /// Inhibitory conductance, nS.
    pub g_i: f64,
}

/// A population of Hodgkin-Huxley neurons, integrated by exponential Euler.
///
/// ```text
/// with x = v - v_t (mV), rates in 1/ms
/// alpha_m = 1.28 / exprel((13 - x) / 4)       beta_m = 1.4 / exprel((x - 40) / 5)
/// alpha_h = 0.128 exp((17 - x) / 18)          beta_h = 4 / (1 + exp((40 - x) / 5))
/// alpha_n = 0.16 / exprel((15 - x) / 5)       beta_n = 0.5 exp((10 - x) / 40)
///
/// step: v, m, h, n each solved exactly with the others frozen at the old state; g_e, g_i decay
/// spike if v > threshold and the last one is more than silent_steps steps ago; nothing is reset
/// ```
///
/// Runs with the vector instructions of the machine and [`crate::exp`](mod@crate::exp): the same bits on every machine.
#[derive(Debug, Clone, PartialEq)]
pub struct TraubMilesPopulation {
    parameters: TraubMilesParameters,
    dt: f64,
    g_decay: [f64; 2],
    steps: u64,
    v: Lanes,
    gates: [Lanes; 3],
    g: [Lanes; 2],
    free_at: Vec<u64>,
    above: Vec<u32>,
}

impl TraubMilesPopulation {
    /// A population that starts at `start`; `dt` in milliseconds.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NotPositive`] unless `dt`, `c_m`, `tau_e`, `tau_i` and the conductances of the parameters are
    /// finite and above 0, [`ReferenceError::NotFinite`] unless every potential and start value is finite.
    pub fn new(parameters: TraubMilesParameters, dt: f64, start: &[TraubMilesStart]) -> Result<Self, ReferenceError> {
        parameters.check()?;
        positive("dt", dt)?;
        for start in start {
            finite("v", start.v)?;
            finite("g_e", start.g_e)?;
            finite("g_i", start.g_i)?;
        }
        let zero = Lanes::new(start.iter().map(|_| 0.0));
        Ok(Self {
            parameters,
            dt,
            g_decay: [Method::Exact.decay(dt, parameters.tau_e)?, Method::Exact.decay(dt, parameters.tau_i)?],
            steps: 0,
            v: Lanes::new(start.iter().map(|start| start.v)),
            gates: [zero.clone(), zero.clone(), zero],
            g: [Lanes::new(start.iter().map(|start| start.g_e)), Lanes::new(start.iter().map(|start| start.g_i))],
            free_at: vec![0; start.len()],
            above: Vec::new(),
        })
    }

    /// The gates m, h and n of every neuron at the end of the last time step.
    #[must_use]
    pub fn gates(&self) -> [&[f64]; 3] {
        self.gates.each_ref().map(Lanes::values)
    }
}

impl Population for TraubMilesPopulation {
    fn v(&self) -> &[f64] {
        self.v.values()
    }

    fn input(&mut self, receptor: Receptor) -> &mut [f64] {
        self.g[receptor as usize].values_mut()
    }

    fn step(&mut self, spikes: &mut Vec<u32>) {
        self.above.clear();
        advance(self);
        for &neuron in &self.above {
            let free_at = &mut self.free_at[neuron as usize];
            if *free_at <= self.steps {
                *free_at = self.steps + 1 + u64::from(self.parameters.silent_steps);
                spikes.push(neuron);
            }
        }
        self.steps += 1;
    }
}

#[multiversion::multiversion(targets = "simd")]
fn advance(population: &mut TraubMilesPopulation) {
    let TraubMilesPopulation { parameters, dt, g_decay, v, gates: [m, h, n], g: [g_e, g_i], above, free_at, .. } =
        population;
    let gates = m.blocks_mut().iter_mut().zip(h.blocks_mut()).zip(n.blocks_mut());
    let states = v.blocks_mut().iter_mut().zip(g_e.blocks_mut()).zip(g_i.blocks_mut());
    for (block, (((v, g_e), g_i), ((m, h), n))) in states.zip(gates).enumerate() {
        let old = [*v, *m, *h, *n];
        let mut new = old;
        for i in 0..8 {
            let gates = [old[1][i], old[2][i], old[3][i]];
            let (v, gates) = parameters.advance(*dt, old[0][i], gates, [g_e[i], g_i[i]]);
            new[0][i] = v;
            new[1][i] = gates[0];
            new[2][i] = gates[1];
            new[3][i] = gates[2];
        }
        [*v, *m, *h, *n] = new;
        *g_e = g_e.map(|g| g * g_decay[0]);
        *g_i = g_i.map(|g| g * g_decay[1]);
        if largest(v) > parameters.threshold {
            push_above(above, (block, free_at.len()), (v, parameters.threshold));
        }
    }
}

impl TraubMilesParameters {
    #[inline(always)]
    fn advance(&self, dt: f64, v: f64, [m, h, n]: [f64; 3], [g_e, g_i]: [f64; 2]) -> (f64, [f64; 3]) {
        let g_na = self.g_na * (m * m * m) * h;
        let g_k = self.g_k * (n * n * n * n);
        let g = self.g_l + g_e + g_i + g_na + g_k;
        let g_e_rev = self.g_l * self.e_l + g_e * self.e_e + g_i * self.e_i + g_na * self.e_na + g_k * self.e_k;
        let v_inf = g_e_rev / g;
        let rates = rates(v - self.v_t);
        let gates = [rates.m.exponential_step(m, dt), rates.h.exponential_step(h, dt), rates.n.exponential_step(n, dt)];
        (v_inf + (v - v_inf) * exp(-dt * g / self.c_m), gates)
    }
}

/// Rates at `x = v - v_t`, mV.
#[inline(always)]
fn rates(x: f64) -> Rates {
    Rates {
        m: GateRates { alpha: 1.28 / exprel((13.0 - x) / 4.0), beta: 1.4 / exprel((x - 40.0) / 5.0) },
        h: GateRates { alpha: 0.128 * exp((17.0 - x) / 18.0), beta: 4.0 / (1.0 + exp((40.0 - x) / 5.0)) },
        n: GateRates { alpha: 0.16 / exprel((15.0 - x) / 5.0), beta: 0.5 * exp((10.0 - x) / 40.0) },
    }
}
