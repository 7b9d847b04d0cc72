//! Networks of spiking neurons: populations, connections with delays, and the networks of the literature.

use crate::error::{ReferenceError, index_below, same_size};

mod cobahh;
mod connections;
mod cuba;
mod izhikevich_2003;
mod izhikevich_population;
mod lanes;
mod lif_population;
mod traub_miles;

pub use cobahh::CobahhParameters;
pub use connections::{Connections, Link, RandomLinks};
pub use cuba::CubaParameters;
pub use izhikevich_2003::Izhikevich2003Parameters;
pub use izhikevich_population::{IzhikevichPopulation, NoisyIzhikevich};
pub use lif_population::{LifPopulation, LifPopulationParameters};
pub use traub_miles::{TraubMilesParameters, TraubMilesPopulation, TraubMilesStart};

/// Which input of a population a connection feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receptor {
    /// The first input.
    Excitatory,
    /// The second input; the same as the first in a population that has one.
    Inhibitory,
}

/// Neurons that advance together.
pub trait Population {
    /// Membrane potentials at the end of the last time step, in the population's unit.
    fn v(&self) -> &[f64];

    /// Summed inputs of a receptor, one per neuron; arriving weights are added here.
    fn input(&mut self, receptor: Receptor) -> &mut [f64];

    /// Advances by one time step and appends the neurons that fired to `spikes`, in rising order.
    fn step(&mut self, spikes: &mut Vec<u32>);
}

impl<P: Population + ?Sized> Population for Box<P> {
    fn v(&self) -> &[f64] {
        (**self).v()
    }

    fn input(&mut self, receptor: Receptor) -> &mut [f64] {
        (**self).input(receptor)
    }

    fn step(&mut self, spikes: &mut Vec<u32>) {
        (**self).step(spikes);
    }
}

/// Connections put to use between two populations of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// Index of the population that fires.
    pub source: usize,
    /// Index of the population that receives.
    pub target: usize,
    /// Input that receives.
    pub receptor: Receptor,
    /// Time steps from a spike to its arrival.
    pub delay: u32,
    /// Who reaches whom, with which weight.
    pub connections: Connections,
}

/// Populations and the projections between them.
///
/// ```text
/// step k:  every population advances from its state and its inputs; the neurons that cross their threshold fire
///          every projection adds the weights of the spikes of step k - delay to its target's input
/// ```
///
/// A spike thus acts on its targets from step k + 1 + delay on. Delay 0 is the immediate delivery of Brian2; NEST's
/// delay of d steps is delay d here. Populations of different kinds go in one network as `Box<dyn Population>`.
///
/// # Example
///
/// ```
/// use bitspike_reference::network::CubaParameters;
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let mut network = CubaParameters { excitatory: 320, inhibitory: 80, probability: 0.2, ..Default::default() }.network()?;
/// let mut spikes = 0;
/// for _ in 0..1000 {
///     network.step();
///     spikes += network.spikes(0).len();
/// }
/// assert!(spikes > 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Network<P> {
    populations: Vec<P>,
    projections: Vec<Projection>,
    /// Per population the spikes of the last steps; step k stands at k modulo the length.
    history: Vec<Vec<Vec<u32>>>,
    steps: usize,
}

impl<P: Population> Network<P> {
    /// Unconnected populations; their order gives their indices.
    #[must_use]
    pub fn new(populations: Vec<P>) -> Self {
        let history = vec![vec![Vec::new()]; populations.len()];
        Self { populations, projections: Vec::new(), history, steps: 0 }
    }

    /// Adds a projection, before the first step.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NoSuchIndex`] unless both populations exist,
    /// [`ReferenceError::SizeMismatch`] unless the connections have the sizes of the two populations.
    ///
    /// # Panics
    ///
    /// After the first step.
    pub fn connect(&mut self, projection: Projection) -> Result<(), ReferenceError> {
        assert_eq!(self.steps, 0, "connect before the first step");
        let populations = self.populations.len() as u32;
        index_below("source population", projection.source as u32, populations)?;
        index_below("target population", projection.target as u32, populations)?;
        let (sources, targets) = (projection.connections.sources(), projection.connections.targets());
        same_size("sources", sources as usize, self.populations[projection.source].v().len())?;
        same_size("targets", targets as usize, self.populations[projection.target].v().len())?;
        let history = &mut self.history[projection.source];
        history.resize(history.len().max(projection.delay as usize + 1), Vec::new());
        self.projections.push(projection);
        Ok(())
    }

    /// A population, by index.
    ///
    /// # Panics
    ///
    /// When there is no population of this index.
    #[must_use]
    pub fn population(&self, index: usize) -> &P {
        &self.populations[index]
    }

    /// A population, by index, to be changed.
    ///
    /// # Panics
    ///
    /// When there is no population of this index.
    pub fn population_mut(&mut self, index: usize) -> &mut P {
        &mut self.populations[index]
    }

    /// Projections in the order they were added.
    #[must_use]
    pub fn projections(&self) -> &[Projection] {
        &self.projections
    }

    /// Neurons of a population that fired in the last time step, in rising order; none before the first step.
    ///
    /// # Panics
    ///
    /// When there is no population of this index.
    #[must_use]
    pub fn spikes(&self, population: usize) -> &[u32] {
        let history = &self.history[population];
        &history[(self.steps + history.len() - 1) % history.len()]
    }

    /// Advances by one time step.
    pub fn step(&mut self) {
        for (population, history) in self.populations.iter_mut().zip(&mut self.history) {
            let slot = self.steps % history.len();
            history[slot].clear();
            population.step(&mut history[slot]);
        }
        for projection in &self.projections {
            let history = &self.history[projection.source];
            if let Some(fired_in) = self.steps.checked_sub(projection.delay as usize) {
                let input = self.populations[projection.target].input(projection.receptor);
                projection.connections.deliver(&history[fired_in % history.len()], input);
            }
        }
        self.steps += 1;
    }
}
