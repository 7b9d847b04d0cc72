//! COBAHH: the benchmark network of Hodgkin-Huxley neurons with conductance-based synapses.

use bitspike_spec::random::Stream;

use super::cuba::{connected, excitatory_and_inhibitory, held_steps};
use super::{Connections, Network, TraubMilesParameters, TraubMilesPopulation, TraubMilesStart};
use crate::error::{ReferenceError, not_negative, positive};
use crate::random::normal_numbers;

/// Description of the network; [`Default`] is the published one, 4000 neurons. Units: mV, ms, nS, pF.
///
/// Neurons 0 to `excitatory - 1` excite, the rest inhibit; connected as [`super::CubaParameters`], a spike adds `w_e` to
/// the excitatory or `w_i` to the inhibitory conductance of its targets at once. With N standard normal, neurons start
/// at v = -65 + 5 N mV, g_e = (4 + 1.5 N) 10 nS, g_i = (20 + 12 N) 10 nS, gates at 0.
/// Source: Brette et al. 2007, J. Comput. Neurosci. 23, benchmark 3; numbers as in the example of Brian2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CobahhParameters {
    /// Excitatory neurons.
    pub excitatory: u32,
    /// Inhibitory neurons.
    pub inhibitory: u32,
    /// Probability of a connection.
    pub probability: f64,
    /// Time step, ms.
    pub dt: f64,
    /// What an excitatory spike adds to `g_e`, nS.
    pub w_e: f64,
    /// What an inhibitory spike adds to `g_i`, nS.
    pub w_i: f64,
    /// Time after a spike without another one, ms.
    pub tau_ref: f64,
    /// Membrane; its `silent_steps` follow from `tau_ref`.
    pub membrane: TraubMilesParameters,
    /// Seed of connections and start values.
    pub seed: u64,
}

impl Default for CobahhParameters {
    fn default() -> Self {
        Self {
            excitatory: 3200,
            inhibitory: 800,
            probability: 0.02,
            dt: 0.1,
            w_e: 6.0,
            w_i: 67.0,
            tau_ref: 3.0,
            membrane: TraubMilesParameters::COBAHH,
            seed: 1,
        }
    }
}

impl TraubMilesParameters {
    /// The membrane of the benchmark: 20000 um2 at 1 uF/cm2; 0.05, 100 and 30 mS/cm2.
    pub const COBAHH: Self = Self {
        c_m: 200.0,
        g_l: 10.0,
        g_na: 20_000.0,
        g_k: 6_000.0,
        e_l: -60.0,
        e_na: 50.0,
        e_k: -90.0,
        v_t: -63.0,
        tau_e: 5.0,
        tau_i: 10.0,
        e_e: 0.0,
        e_i: -80.0,
        threshold: -20.0,
        silent_steps: 29,
    };
}

impl CobahhParameters {
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

    /// Start values of every neuron.
    #[must_use]
    pub fn start(&self) -> Vec<TraubMilesStart> {
        let [v, g_e, g_i] =
            [0, 1, 2].map(|cell| normal_numbers(self.seed, (Stream::NetworkStart, cell), self.neurons() as usize));
        let start = |i| TraubMilesStart {
            v: -65.0 + 5.0 * v[i],
            g_e: (4.0 + 1.5 * g_e[i]) * 10.0,
            g_i: (20.0 + 12.0 * g_i[i]) * 10.0,
        };
        (0..v.len()).map(start).collect()
    }

    /// The network: one population; excitatory, then inhibitory projection, both without delay.
    ///
    /// # Errors
    ///
    /// As [`CobahhParameters::connections`] and [`TraubMilesPopulation::new`];
    /// [`ReferenceError::Negative`] unless `tau_ref` is finite and at least 0.
    pub fn network(&self) -> Result<Network<TraubMilesPopulation>, ReferenceError> {
        not_negative("tau_ref", self.tau_ref)?;
        positive("dt", self.dt)?;
        let membrane = TraubMilesParameters { silent_steps: held_steps(self.tau_ref, self.dt), ..self.membrane };
        connected(TraubMilesPopulation::new(membrane, self.dt, &self.start())?, self.connections()?)
    }
}
