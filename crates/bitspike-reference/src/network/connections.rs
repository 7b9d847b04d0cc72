//! Connections from the neurons of one population to those of another.

use std::ops::Range;

use bitspike_spec::random::{CellRng, Stream};
use rand::RngExt;

use crate::error::{ReferenceError, finite, in_range, index_below};

/// One synapse of an explicit list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// Neuron that fires.
    pub source: u32,
    /// Neuron that receives.
    pub target: u32,
    /// What one spike adds, in the unit of the target's input.
    pub weight: f64,
    /// Time steps from the spike to its arrival, see [`super::Network`].
    pub delay: u32,
}

/// Rule that connects each pair with the same probability and one weight.
#[derive(Debug, Clone, PartialEq)]
pub struct RandomLinks {
    /// Neurons of the source population.
    pub sources: u32,
    /// Those of them that connect.
    pub connected: Range<u32>,
    /// Neurons of the target population.
    pub targets: u32,
    /// Probability of each pair, a neuron and itself included.
    pub probability: f64,
    /// Weight of every synapse.
    pub weight: f64,
}

/// Synapses compressed by source neuron (CSR): a spike reads one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Connections {
    targets: u32,
    layout: Layout,
}

#[derive(Debug, Clone, PartialEq)]
enum Layout {
    /// `target[first[s]..first[s + 1]]` are the targets of source s, all of one weight.
    SameWeight { first: Vec<u32>, target: Vec<u32>, weight: f64 },
    /// The same, each with its own weight.
    OwnWeights { first: Vec<u32>, target: Vec<u32>, weight: Vec<f64> },
    /// Every source to every target, one row of weights per source. Single precision halves the memory traffic that
    /// bounds the speed; sums are double.
    Dense { weight: Vec<f32> },
}

impl Connections {
    /// Draws random connections; the same seed gives the same connections, whatever else was drawn.
    ///
    /// ```text
    /// gap to the next target = floor(ln(1 - x) / ln(1 - probability)),  x uniform in [0, 1): a Bernoulli draw per pair
    /// ```
    ///
    /// # Errors
    ///
    /// [`ReferenceError::OutOfRange`] unless `probability` is 0 to 1,
    /// [`ReferenceError::NotFinite`] unless `weight` is finite,
    /// [`ReferenceError::NoSuchIndex`] unless `connected` ends at or before `sources`.
    pub fn random(rule: &RandomLinks, seed: u64) -> Result<Self, ReferenceError> {
        in_range("probability", rule.probability, 0.0, 1.0)?;
        finite("weight", rule.weight)?;
        index_below("last connected neuron", rule.connected.end.saturating_sub(1), rule.sources)?;
        let mut first = vec![0];
        let mut target = Vec::new();
        for source in 0..rule.sources {
            if rule.connected.contains(&source) {
                push_random_row(rule, CellRng::new(seed, Stream::NetworkConnections, source), &mut target);
            }
            first.push(target.len() as u32);
        }
        let layout = Layout::SameWeight { first, target, weight: rule.weight };
        Ok(Self { targets: rule.targets, layout })
    }

    /// Connections of an explicit list, one value per delay found in it, in the order of the delays.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NoSuchIndex`] unless every source is below `sources` and every target below `targets`,
    /// [`ReferenceError::NotFinite`] unless every weight is finite.
    pub fn from_links(sources: u32, targets: u32, links: &[Link]) -> Result<Vec<(u32, Self)>, ReferenceError> {
        for link in links {
            index_below("source", link.source, sources)?;
            index_below("target", link.target, targets)?;
            finite("weight", link.weight)?;
        }
        let mut sorted = links.to_vec();
        sorted.sort_by_key(|link| (link.delay, link.source));
        let same_delay = sorted.chunk_by(|a, b| a.delay == b.delay);
        Ok(same_delay.map(|group| (group[0].delay, Self::from_sorted(sources, targets, group))).collect())
    }

    fn from_sorted(sources: u32, targets: u32, links: &[Link]) -> Self {
        let first = (0..=sources).map(|source| links.partition_point(|link| link.source < source) as u32).collect();
        let target = links.iter().map(|link| link.target).collect();
        let weight = links.iter().map(|link| link.weight).collect();
        Self { targets, layout: Layout::OwnWeights { first, target, weight } }
    }

    /// Every source to every target; `weight[source * targets + target]`.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NotFinite`] unless every weight is finite.
    ///
    /// # Panics
    ///
    /// When `weight` is not a whole number of rows.
    pub fn dense(targets: u32, weight: Vec<f32>) -> Result<Self, ReferenceError> {
        assert_eq!(weight.len() % targets.max(1) as usize, 0, "whole rows");
        weight.iter().try_for_each(|&weight| finite("weight", weight.into()))?;
        Ok(Self { targets, layout: Layout::Dense { weight } })
    }

    /// Neurons of the source population.
    #[must_use]
    pub fn sources(&self) -> u32 {
        match &self.layout {
            Layout::SameWeight { first, .. } | Layout::OwnWeights { first, .. } => first.len() as u32 - 1,
            Layout::Dense { weight } => (weight.len() / self.targets.max(1) as usize) as u32,
        }
    }

    /// Neurons of the target population.
    #[must_use]
    pub fn targets(&self) -> u32 {
        self.targets
    }

    /// Targets and weights of one source.
    ///
    /// # Panics
    ///
    /// When `source` is not a neuron of the source population.
    #[must_use]
    pub fn row(&self, source: u32) -> Vec<(u32, f64)> {
        let source = source as usize;
        match &self.layout {
            Layout::SameWeight { first, target, weight } => {
                row_of(first, target, source).iter().map(|&target| (target, *weight)).collect()
            }
            Layout::OwnWeights { first, target, weight } => row_of(first, target, source)
                .iter()
                .copied()
                .zip(row_of(first, weight, source).iter().copied())
                .collect(),
            Layout::Dense { weight } => {
                (0..).zip(dense_row(weight, self.targets, source).iter().map(|&weight| weight.into())).collect()
            }
        }
    }

    /// Adds the weights of every source in `spikes` to `input`, source after source; rounding of `f64`.
    ///
    /// # Panics
    ///
    /// When a spike is not a neuron of the source population, or `input` has not one element per target.
    pub fn deliver(&self, spikes: &[u32], input: &mut [f64]) {
        assert_eq!(input.len(), self.targets as usize, "one input per target");
        match &self.layout {
            Layout::SameWeight { first, target, weight } => {
                for &source in spikes {
                    row_of(first, target, source as usize).iter().for_each(|&target| input[target as usize] += weight);
                }
            }
            Layout::OwnWeights { first, target, weight } => {
                for &source in spikes {
                    let weights = row_of(first, weight, source as usize);
                    let row = row_of(first, target, source as usize).iter().zip(weights);
                    row.for_each(|(&target, weight)| input[target as usize] += weight);
                }
            }
            Layout::Dense { weight } => {
                for &source in spikes {
                    add_row(input, dense_row(weight, self.targets, source as usize));
                }
            }
        }
    }
}

fn push_random_row(rule: &RandomLinks, mut rng: CellRng, row: &mut Vec<u32>) {
    let log_miss = libm::log1p(-rule.probability);
    let mut next = 0.0;
    loop {
        let uniform: f64 = rng.random();
        next += (libm::log1p(-uniform) / log_miss).floor();
        // Probability 0 divides by -0: an infinite gap, or NaN for x = 0.
        if next.is_nan() || next >= f64::from(rule.targets) {
            return;
        }
        row.push(next as u32);
        next += 1.0;
    }
}

fn row_of<'a, T>(first: &[u32], of: &'a [T], source: usize) -> &'a [T] {
    &of[first[source] as usize..first[source + 1] as usize]
}

fn dense_row(weight: &[f32], targets: u32, source: usize) -> &[f32] {
    &weight[source * targets as usize..][..targets as usize]
}

#[multiversion::multiversion(targets = "simd")]
fn add_row(input: &mut [f64], row: &[f32]) {
    for (input, &weight) in input.iter_mut().zip(row) {
        *input += f64::from(weight);
    }
}
