//! Which designs are evaluated: all, or a sample that fills the space evenly.

use std::collections::BTreeSet;

use bitspike_spec::random::philox;

use super::space::Space;

/// Dimensions a Sobol sequence has one scrambling for; more axes take a new seed for each set.
const SOBOL_DIMENSIONS: usize = sobol_burley::NUM_DIMENSIONS as usize;
/// Points of the longest Sobol sequence.
const SOBOL_POINTS: u32 = 1 << 16;

/// Designs of an Owen-scrambled Sobol sequence, without repetitions, at most `budget` of them.
///
/// Source: Joe & Kuo 2008 (direction numbers), Burley 2020 (scrambling).
#[must_use]
pub fn sobol(space: &Space<'_>, budget: u64, seed: u32) -> Vec<u64> {
    let sizes = space.sizes();
    let coordinate = |index: u32, axis: usize| {
        let (set, dimension) = (axis / SOBOL_DIMENSIONS, axis % SOBOL_DIMENSIONS);
        f64::from(sobol_burley::sample(index, dimension as u32, seed.wrapping_add(set as u32)))
    };
    let design = |index: u32| {
        let position = |(axis, &size): (usize, &usize)| position(coordinate(index, axis), size);
        space.design(&sizes.iter().enumerate().map(position).collect::<Vec<_>>())
    };
    distinct((0..SOBOL_POINTS).map(design), budget.min(space.designs()))
}

/// Designs of a Latin hypercube: each axis is cut into `budget` strata, each of which is met once.
///
/// Fewer designs than `budget` come out where axes have fewer values than strata and designs coincide.
/// Source: McKay, Beckman & Conover 1979.
#[must_use]
pub fn latin_hypercube(space: &Space<'_>, budget: u64, seed: u32) -> Vec<u64> {
    let sizes = space.sizes();
    let strata = u32::try_from(budget.min(space.designs())).unwrap_or(u32::MAX);
    let orders: Vec<Vec<u32>> = (0..sizes.len()).map(|axis| shuffled(strata, seed, axis as u32)).collect();
    let design = |index: u32| {
        let positions = sizes
            .iter()
            .zip(&orders)
            .map(|(&size, order)| position((f64::from(order[index as usize]) + 0.5) / f64::from(strata), size));
        space.design(&positions.collect::<Vec<_>>())
    };
    distinct((0..strata).map(design), budget)
}

fn position(coordinate: f64, size: usize) -> usize {
    ((coordinate * size as f64) as usize).min(size - 1)
}

/// `0 .. count - 1` in random order (Fisher-Yates).
fn shuffled(count: u32, seed: u32, axis: u32) -> Vec<u32> {
    let mut order: Vec<u32> = (0..count).collect();
    for last in (1..count).rev() {
        let word = philox([last, axis, 0, 0], [seed, 0])[0];
        let other = (u64::from(word) * u64::from(last + 1)) >> 32;
        order.swap(last as usize, other as usize);
    }
    order
}

fn distinct(designs: impl Iterator<Item = u64>, budget: u64) -> Vec<u64> {
    let mut seen = BTreeSet::new();
    designs.filter(|&design| seen.insert(design)).take(usize::try_from(budget).unwrap_or(usize::MAX)).collect()
}
