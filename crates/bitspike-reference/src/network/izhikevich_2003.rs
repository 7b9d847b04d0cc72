//! The network of Izhikevich 2003: every neuron to every neuron.

use bitspike_spec::random::{CellRng, Stream};
use rand::RngExt;

use super::{Connections, IzhikevichPopulation, Network, NoisyIzhikevich, Projection, Receptor};
use crate::error::ReferenceError;

/// Description of the network; [`Default`] is the published one, 1000 neurons at 1 ms.
///
/// ```text
/// excitatory: a 0.02, b 0.2, c -65 + 15 r^2, d 8 - 6 r^2, noise 5          r uniform in [0, 1), per neuron
/// inhibitory: a 0.02 + 0.08 r, b 0.25 - 0.05 r, c -65, d 2, noise 2
/// weights: excitatory uniform in [0, 0.5), inhibitory in (-1, 0], a neuron and itself included
/// ```
///
/// A spike of step k acts in step k + 1. Weights have 24 random bits, so that single precision holds them exactly.
/// Source: Izhikevich 2003, IEEE Trans. Neural Networks 14.
///
/// # Example
///
/// ```
/// use bitspike_reference::network::Izhikevich2003Parameters;
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let mut network = Izhikevich2003Parameters::default().network()?;
/// let mut spikes = 0;
/// for _ in 0..100 {
///     network.step();
///     spikes += network.spikes(0).len();
/// }
/// assert!(spikes > 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Izhikevich2003Parameters {
    /// Excitatory neurons; they come first.
    pub excitatory: u32,
    /// Inhibitory neurons.
    pub inhibitory: u32,
    /// Seed of parameters, weights and noise.
    pub seed: u64,
}

impl Default for Izhikevich2003Parameters {
    fn default() -> Self {
        Self { excitatory: 800, inhibitory: 200, seed: 1 }
    }
}

impl Izhikevich2003Parameters {
    /// Number of neurons.
    #[must_use]
    pub fn neurons(&self) -> u32 {
        self.excitatory + self.inhibitory
    }

    /// Parameters of every neuron.
    #[must_use]
    pub fn population(&self) -> Vec<NoisyIzhikevich> {
        let mut rng = CellRng::new(self.seed, Stream::NetworkStart, 0);
        let neuron = |index| {
            let r: f64 = rng.random();
            if index < self.excitatory { excitatory(r) } else { inhibitory(r) }
        };
        (0..self.neurons()).map(neuron).collect()
    }

    /// The weights of every pair.
    ///
    /// # Errors
    ///
    /// None: drawn weights are finite.
    pub fn connections(&self) -> Result<Connections, ReferenceError> {
        let row = |source| {
            let rng = CellRng::new(self.seed, Stream::NetworkConnections, source);
            let scale = if source < self.excitatory { 0.5 } else { -1.0 };
            let words = (0..).flat_map(move |index| rng.block(index));
            words.take(self.neurons() as usize).map(move |word| scale * (word >> 8) as f32 / 16_777_216.0)
        };
        Connections::dense(self.neurons(), (0..self.neurons()).flat_map(row).collect())
    }

    /// The network: one population, one projection.
    ///
    /// # Errors
    ///
    /// None: the parameters drawn are finite.
    pub fn network(&self) -> Result<Network<IzhikevichPopulation>, ReferenceError> {
        let mut network = Network::new(vec![IzhikevichPopulation::new(&self.population(), self.seed)?]);
        let (receptor, connections) = (Receptor::Excitatory, self.connections()?);
        network.connect(Projection { source: 0, target: 0, receptor, delay: 0, connections })?;
        Ok(network)
    }
}

fn excitatory(r: f64) -> NoisyIzhikevich {
    NoisyIzhikevich { a: 0.02, b: 0.2, c: -65.0 + 15.0 * r * r, d: 8.0 - 6.0 * r * r, noise: 5.0 }
}

fn inhibitory(r: f64) -> NoisyIzhikevich {
    NoisyIzhikevich { a: 0.02 + 0.08 * r, b: 0.25 - 0.05 * r, c: -65.0, d: 2.0, noise: 2.0 }
}
