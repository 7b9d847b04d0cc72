//! CUBA: the current-based benchmark network.

use bitspike_spec::random::{CellRng, Stream};
use rand::RngExt;

use super::{Connections, LifPopulation, LifPopulationParameters, Network, Projection, RandomLinks, Receptor};
use crate::error::{ReferenceError, finite, not_negative, positive};
use crate::lif::Compare;

/// Description of the network, seconds and volts; [`Default`] is the published one, 4000 neurons.
///
/// ```text
/// tau_m dv/dt = -(v - v_rest) + g_e + g_i,   tau_e dg_e/dt = -g_e,   tau_i dg_i/dt = -g_i
/// v > threshold: v = v_reset, held for tau_ref        a spike adds w_e to g_e, or w_i to g_i, of its targets at once
/// ```
///
/// Neurons 0 to `excitatory - 1` excite, the rest inhibit. Each pair connects with the same probability, a neuron and
/// itself included. Start potentials are uniform between `v_reset` and `threshold`.
/// Source: Brette et al. 2007, J. Comput. Neurosci. 23, benchmark 2, after Vogels & Abbott 2005; numbers as in the
/// example of Brian2.
///
/// # Example
///
/// ```
/// use bitspike_reference::network::CubaParameters;
///
/// let cuba = CubaParameters::default();
/// assert_eq!((cuba.neurons(), cuba.w_e), (4000, 1.62e-3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CubaParameters {
    /// Excitatory neurons.
    pub excitatory: u32,
    /// Inhibitory neurons.
    pub inhibitory: u32,
    /// Probability of a connection.
    pub probability: f64,
    /// Time step, second.
    pub dt: f64,
    /// Membrane time constant, second.
    pub tau_m: f64,
    /// Decay of the excitatory current, second.
    pub tau_e: f64,
    /// Decay of the inhibitory current, second.
    pub tau_i: f64,
    /// Resting potential, volt; above the threshold, so that neurons fire without input.
    pub v_rest: f64,
    /// Threshold, volt.
    pub threshold: f64,
    /// Potential after a spike, volt.
    pub v_reset: f64,
    /// Refractory time, second.
    pub tau_ref: f64,
    /// What an excitatory spike adds to `g_e`, volt.
    pub w_e: f64,
    /// What an inhibitory spike adds to `g_i`, volt, below 0.
    pub w_i: f64,
    /// Seed of connections and start potentials.
    pub seed: u64,
}

impl Default for CubaParameters {
    fn default() -> Self {
        Self {
            excitatory: 3200,
            inhibitory: 800,
            probability: 0.02,
            dt: 0.1e-3,
            tau_m: 20e-3,
            tau_e: 5e-3,
            tau_i: 10e-3,
            v_rest: -49e-3,
            threshold: -50e-3,
            v_reset: -60e-3,
            tau_ref: 5e-3,
            w_e: 1.62e-3,
            w_i: -9e-3,
            seed: 1,
        }
    }
}

impl CubaParameters {
    /// Number of neurons.
    #[must_use]
    pub fn neurons(&self) -> u32 {
        self.excitatory + self.inhibitory
    }

    /// The connections of the excitatory and of the inhibitory neurons.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::OutOfRange`] unless `probability` is 0 to 1,
    /// [`ReferenceError::NotFinite`] unless the weights are finite.
    pub fn connections(&self) -> Result<[Connections; 2], ReferenceError> {
        excitatory_and_inhibitory(
            [self.excitatory, self.inhibitory],
            [self.w_e, self.w_i],
            (self.probability, self.seed),
        )
    }

    /// Start potentials, volts.
    #[must_use]
    pub fn v_start(&self) -> Vec<f64> {
        let mut rng = CellRng::new(self.seed, Stream::NetworkStart, 0);
        let mut uniform = |_| self.v_reset + (self.threshold - self.v_reset) * rng.random::<f64>();
        (0..self.neurons()).map(&mut uniform).collect()
    }

    /// The network: one population; excitatory, then inhibitory projection, both without delay.
    ///
    /// # Errors
    ///
    /// As [`CubaParameters::connections`] and [`LifPopulation::new`];
    /// [`ReferenceError::Negative`] unless `tau_ref` is finite and at least 0.
    pub fn network(&self) -> Result<Network<LifPopulation>, ReferenceError> {
        not_negative("tau_ref", self.tau_ref)?;
        positive("dt", self.dt)?;
        finite("v_rest", self.v_rest)?;
        let start: Vec<_> = self.v_start().into_iter().map(|v| (v, self.v_rest)).collect();
        let population = LifPopulation::new(self.population_parameters(), self.dt, &start)?;
        connected(population, self.connections()?)
    }

    fn population_parameters(&self) -> LifPopulationParameters {
        LifPopulationParameters {
            tau_m: self.tau_m,
            tau_e: self.tau_e,
            tau_i: self.tau_i,
            threshold: self.threshold,
            compare: Compare::Above,
            v_reset: self.v_reset,
            held_steps: held_steps(self.tau_ref, self.dt),
        }
    }
}

/// Brian2's rule: the first free step is `tau_ref / dt` steps after the spike.
pub(super) fn held_steps(tau_ref: f64, dt: f64) -> u32 {
    ((tau_ref / dt).round() as u32).saturating_sub(1)
}

/// Random connections of the first neurons with one weight, of the rest with another.
pub(super) fn excitatory_and_inhibitory(
    [excitatory, inhibitory]: [u32; 2],
    [w_e, w_i]: [f64; 2],
    (probability, seed): (f64, u64),
) -> Result<[Connections; 2], ReferenceError> {
    let neurons = excitatory + inhibitory;
    let rule = |connected, weight| RandomLinks { sources: neurons, connected, targets: neurons, probability, weight };
    Ok([
        Connections::random(&rule(0..excitatory, w_e), seed)?,
        Connections::random(&rule(excitatory..neurons, w_i), seed)?,
    ])
}

/// One population that excites and inhibits itself without delay.
pub(super) fn connected<P: super::Population>(
    population: P,
    [excitatory, inhibitory]: [Connections; 2],
) -> Result<Network<P>, ReferenceError> {
    let mut network = Network::new(vec![population]);
    for (receptor, connections) in [(Receptor::Excitatory, excitatory), (Receptor::Inhibitory, inhibitory)] {
        network.connect(Projection { source: 0, target: 0, receptor, delay: 0, connections })?;
    }
    Ok(network)
}
