//! NSGA-II: looks for the front of a large space with a fraction of its designs.
//!
//! Source: Deb, Pratap, Agarwal & Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Transactions on
//! Evolutionary Computation 6(2), 2002: fast non-dominated sorting, crowding distance, binary tournaments, elitism, and an infeasible design
//! losing against every feasible one. Axes are lists, so crossover is uniform, and a mutation moves a position by one or draws it anew.
//! The first generation is a Sobol sample. A design is evaluated once; the front is that of all designs evaluated.

use std::collections::BTreeMap;

use bitspike_spec::random::philox;

use super::pareto::ranks;
use super::space::Space;
use super::strategy::sobol;
use crate::error::Error;

/// Costs of each objective, smaller better; nothing for a design that is not feasible.
pub type Costs = Option<Vec<f64>>;

/// Evaluates the designs of a generation.
pub type Evaluate<'e> = dyn FnMut(&[u64]) -> Result<Vec<Costs>, Error> + 'e;

/// What a search may use.
#[derive(Clone, Copy, Debug)]
pub struct SearchOptions {
    /// Designs evaluated at most.
    pub budget: u64,
    /// Designs of a generation, even.
    pub population: usize,
    /// Seed.
    pub seed: u32,
}

/// Tries to find a child that was not evaluated yet.
const TRIES: usize = 50;

struct Random {
    seed: u32,
    next: u64,
}

impl Random {
    fn word(&mut self) -> u32 {
        self.next += 1;
        philox([self.next as u32, (self.next >> 32) as u32, 0, 0], [self.seed, 2])[0]
    }

    fn below(&mut self, count: usize) -> usize {
        ((u64::from(self.word()) * count as u64) >> 32) as usize
    }

    /// Whether something of probability `1 / n` happens.
    fn one_in(&mut self, n: usize) -> bool {
        self.below(n.max(1)) == 0
    }
}

/// Searches, and returns the designs evaluated with their costs.
///
/// `evaluate` is given the designs of a generation and returns their costs; an empty answer ends the search (Ctrl-C).
///
/// # Errors
/// Those of `evaluate`.
pub fn nsga2(
    space: &Space<'_>,
    options: SearchOptions,
    evaluate: &mut Evaluate<'_>,
) -> Result<BTreeMap<u64, Costs>, Error> {
    let SearchOptions { budget, population, seed } = options;
    let mut random = Random { seed, next: 0 };
    let mut known = BTreeMap::new();
    let mut generation = sobol(space, budget.min(population as u64), seed);
    let mut parents: Vec<u64> = Vec::new();
    while !generation.is_empty() {
        let costs = evaluate(&generation)?;
        if costs.len() < generation.len() {
            break;
        }
        known.extend(generation.iter().copied().zip(costs));
        parents.append(&mut generation);
        parents = survivors(&parents, &known, population);
        let left = usize::try_from(budget).unwrap_or(usize::MAX).saturating_sub(known.len());
        generation = children(space, &parents, &known, left.min(population), &mut random);
    }
    Ok(known)
}

/// Rank and crowding distance of each design: better is smaller.
fn fitness(designs: &[u64], known: &BTreeMap<u64, Costs>) -> Vec<(usize, f64)> {
    let feasible: Vec<usize> = (0..designs.len()).filter(|&i| known[&designs[i]].is_some()).collect();
    let costs: Vec<Vec<f64>> = feasible.iter().filter_map(|&i| known[&designs[i]].clone()).collect();
    let ranks = ranks(&costs);
    let crowding = crowding(&costs, &ranks);
    let mut fitness = vec![(usize::MAX, 0.0); designs.len()];
    for (position, &index) in feasible.iter().enumerate() {
        fitness[index] = (ranks[position], -crowding[position]);
    }
    fitness
}

/// Sum over the objectives of the distance between the two neighbours on the same front, relative to its extent.
fn crowding(costs: &[Vec<f64>], ranks: &[usize]) -> Vec<f64> {
    let mut distances = vec![0.0; costs.len()];
    for rank in 0..=ranks.iter().copied().max().unwrap_or(0) {
        let mut front: Vec<usize> = (0..costs.len()).filter(|&i| ranks[i] == rank).collect();
        for objective in 0..costs.first().map_or(0, Vec::len) {
            add_distances(costs, &mut front, objective, &mut distances);
        }
    }
    distances
}

fn add_distances(costs: &[Vec<f64>], front: &mut [usize], objective: usize, distances: &mut [f64]) {
    front.sort_by(|&a, &b| costs[a][objective].total_cmp(&costs[b][objective]));
    let (Some(&first), Some(&last)) = (front.first(), front.last()) else { return };
    let extent = costs[last][objective] - costs[first][objective];
    (distances[first], distances[last]) = (f64::INFINITY, f64::INFINITY);
    for triple in front.windows(3).filter(|_| extent > 0.0) {
        distances[triple[1]] += (costs[triple[2]][objective] - costs[triple[0]][objective]) / extent;
    }
}

fn better(a: (usize, f64), b: (usize, f64)) -> bool {
    a.0 < b.0 || (a.0 == b.0 && a.1 < b.1)
}

/// The best of parents and children.
fn survivors(designs: &[u64], known: &BTreeMap<u64, Costs>, count: usize) -> Vec<u64> {
    let fitness = fitness(designs, known);
    let mut order: Vec<usize> = (0..designs.len()).collect();
    order.sort_by(|&a, &b| fitness[a].0.cmp(&fitness[b].0).then(fitness[a].1.total_cmp(&fitness[b].1)));
    order.into_iter().take(count).map(|index| designs[index]).collect()
}

/// New designs, none of which was evaluated before.
fn children(
    space: &Space<'_>,
    parents: &[u64],
    known: &BTreeMap<u64, Costs>,
    count: usize,
    random: &mut Random,
) -> Vec<u64> {
    let fitness = fitness(parents, known);
    let mut found = Vec::new();
    for _ in 0..count * TRIES {
        if found.len() == count {
            break;
        }
        let mut pick = || {
            let (a, b) = (random.below(parents.len()), random.below(parents.len()));
            parents[if better(fitness[a], fitness[b]) { a } else { b }]
        };
        let (mother, father) = (space.positions(pick()), space.positions(pick()));
        let child = space.design(&child(&mother, &father, &space.sizes(), random));
        if !known.contains_key(&child) && !found.contains(&child) {
            found.push(child);
        }
    }
    found
}

fn child(mother: &[usize], father: &[usize], sizes: &[usize], random: &mut Random) -> Vec<usize> {
    let mut child: Vec<usize> =
        mother.iter().zip(father).map(|(&m, &f)| if random.one_in(2) { m } else { f }).collect();
    for (position, &size) in child.iter_mut().zip(sizes) {
        if random.one_in(sizes.len()) {
            *position = match random.below(3) {
                0 => random.below(size),
                1 => position.saturating_sub(1),
                _ => (*position + 1).min(size - 1),
            };
        }
    }
    child
}
