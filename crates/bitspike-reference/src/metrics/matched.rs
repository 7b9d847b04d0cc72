//! Errors of spike times, after a one-to-one matching.
//!
//! ```text
//! match pairs (i, j), each spike in at most one, |t_tested[j] - t_reference[i]| <= window,
//! so that first the number of pairs is largest, then the sum of |t_tested[j] - t_reference[i]| smallest
//! mean_error    = that sum / pairs                    seconds
//! largest_error = largest term of that sum            seconds
//! ```
//!
//! Some matching of least sum keeps the order of spikes, so a dynamic programme over (i, j) finds it. Two spikes with a gap
//! of more than a window before the next spike of either train cannot be matched across it: the trains are cut
//! there. Cost O(n + m) for sparse trains, at worst the product of the spikes of the two trains between two such
//! gaps. Source: the minimum-cost assignment problem on a line; no source for the metric itself.

use serde::Serialize;

use super::SpikeTrain;
use crate::ReferenceError;
use crate::error::not_negative;

/// The matching of two trains.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Matched {
    /// Matched pairs.
    pub pairs: usize,
    /// Spikes of the reference without a partner.
    pub unmatched_reference: usize,
    /// Spikes of the tested train without a partner.
    pub unmatched_tested: usize,
    /// Mean distance in time of a pair, seconds; `None` without pairs.
    pub mean_error: Option<f64>,
    /// Largest distance in time of a pair, seconds; `None` without pairs.
    pub largest_error: Option<f64>,
}

/// Matches the spikes of two trains within `window` seconds.
///
/// The window is widened by one part in 10^9, so that spikes exactly a window apart on a grid of time steps match
/// in spite of rounding.
///
/// # Errors
///
/// [`ReferenceError::Negative`] unless `window` is finite and at least 0.
///
/// # Example
///
/// ```
/// use bitspike_reference::metrics::{SpikeTrain, matched::match_spikes};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let (reference, tested) = (SpikeTrain::new("reference", &[1.0, 2.0])?, SpikeTrain::new("tested", &[1.25, 9.0])?);
/// let matched = match_spikes(reference, tested, 0.5)?;
/// assert_eq!((matched.pairs, matched.unmatched_reference, matched.mean_error), (1, 1, Some(0.25)));
/// # Ok(())
/// # }
/// ```
pub fn match_spikes(reference: SpikeTrain, tested: SpikeTrain, window: f64) -> Result<Matched, ReferenceError> {
    not_negative("window", window)?;
    let window = window * (1.0 + 1e-9);
    let (mut a, mut b) = (reference.times(), tested.times());
    let mut sum = Score::default();
    while !a.is_empty() && !b.is_empty() {
        let (in_a, in_b) = cluster(a, b, window);
        sum = sum.plus(best(&a[..in_a], &b[..in_b], window));
        (a, b) = (&a[in_a..], &b[in_b..]);
    }
    Ok(Matched {
        pairs: sum.pairs,
        unmatched_reference: reference.times().len() - sum.pairs,
        unmatched_tested: tested.times().len() - sum.pairs,
        mean_error: (sum.pairs > 0).then(|| sum.total / sum.pairs as f64),
        largest_error: (sum.pairs > 0).then_some(sum.largest),
    })
}

/// How many leading spikes of each train come before the first gap of more than a window.
fn cluster(a: &[f64], b: &[f64], window: f64) -> (usize, usize) {
    let (mut in_a, mut in_b) = (0, 0);
    let mut last = a[0].min(b[0]);
    loop {
        let next = [a.get(in_a), b.get(in_b)].map(|time| time.copied().unwrap_or(f64::INFINITY));
        let time = next[0].min(next[1]);
        if time - last > window {
            return (in_a, in_b);
        }
        if next[0] <= next[1] {
            in_a += 1
        } else {
            in_b += 1
        }
        last = time;
    }
}

/// Value of a matching.
#[derive(Debug, Clone, Copy, Default)]
struct Score {
    pairs: usize,
    total: f64,
    largest: f64,
}

impl Score {
    fn plus(self, other: Self) -> Self {
        let largest = self.largest.max(other.largest);
        Self { pairs: self.pairs + other.pairs, total: self.total + other.total, largest }
    }

    fn better(self, other: Self) -> Self {
        let rank = |score: &Self| (std::cmp::Reverse(score.pairs), score.total, score.largest);
        if rank(&other) < rank(&self) { other } else { self }
    }
}

/// The best matching of two short trains: `best[j]` is that of the spikes of `a` so far with the first j of `b`.
fn best(a: &[f64], b: &[f64], window: f64) -> Score {
    let mut best = vec![Score::default(); b.len() + 1];
    for &time in a {
        let mut diagonal = best[0];
        for (j, &other) in b.iter().enumerate() {
            let mut score = best[j + 1].better(best[j]);
            let error = (other - time).abs();
            if error <= window {
                score = score.better(diagonal.plus(Score { pairs: 1, total: error, largest: error }));
            }
            diagonal = std::mem::replace(&mut best[j + 1], score);
        }
    }
    best[b.len()]
}
