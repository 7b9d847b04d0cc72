//! Victor-Purpura distance: the cheapest edit of one train into the other.
//!
//! ```text
//! deleting or inserting a spike costs 1, shifting it by dt costs cost |dt|
//! G[i][j] = min(G[i-1][j] + 1, G[i][j-1] + 1, G[i-1][j-1] + cost |a[i-1] - b[j-1]|),  G[i][0] = i,  G[0][j] = j
//! ```
//!
//! A pure number; `cost` in 1/second (elephant and the literature often give it per ms: 0.1 per ms is 100 /s). With
//! cost 0 it is the difference of counts; spikes more than 2 / cost apart are never shifted onto each other. A metric.
//! Source: Victor & Purpura 1996, *Journal of Neurophysiology* 76:1310.

use super::SpikeTrain;
use crate::ReferenceError;
use crate::error::not_negative;

/// The distance of two trains at `cost` per second.
///
/// Time O(n m), memory O(n + m): the table is walked by anti-diagonals i + j, whose cells do not depend on each other.
/// Rounding of `f64`.
///
/// # Errors
///
/// [`ReferenceError::Negative`] unless `cost` is finite and at least 0.
///
/// # Example
///
/// ```
/// use bitspike_reference::metrics::{SpikeTrain, victor_purpura::victor_purpura};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let (reference, tested) = (SpikeTrain::new("reference", &[1.0, 2.0])?, SpikeTrain::new("tested", &[1.25])?);
/// assert_eq!(victor_purpura(reference, tested, 2.0)?, 1.5);
/// # Ok(())
/// # }
/// ```
pub fn victor_purpura(reference: SpikeTrain, tested: SpikeTrain, cost: f64) -> Result<f64, ReferenceError> {
    not_negative("cost", cost)?;
    let (a, b) = (reference.times(), tested.times());
    let reversed: Vec<f64> = b.iter().rev().copied().collect();
    // Cell i of a diagonal is G[i][diagonal - i]; one diagonal per buffer, the oldest is overwritten.
    let (mut before, mut last, mut next) = (vec![0.0; a.len() + 1], vec![0.0; a.len() + 1], vec![0.0; a.len() + 1]);
    for diagonal in 1..=a.len() + b.len() {
        let first = diagonal.saturating_sub(b.len()).max(1);
        let end = diagonal.min(a.len() + 1);
        if first < end {
            let spikes = (&a[first - 1..end - 1], &reversed[b.len() + first - diagonal..]);
            relax(&mut next[first..end], &last[first - 1..end], &before[first - 1..end - 1], (spikes, cost));
        }
        if diagonal <= b.len() {
            next[0] = diagonal as f64;
        }
        if diagonal <= a.len() {
            next[diagonal] = diagonal as f64;
        }
        (before, last, next) = (last, next, before);
    }
    Ok(last[a.len()])
}

/// The cells of a diagonal from the two diagonals before it.
fn relax(next: &mut [f64], last: &[f64], before: &[f64], ((a, b), cost): ((&[f64], &[f64]), f64)) {
    let neighbours = last.iter().zip(&last[1..]).zip(before);
    for ((cell, ((deleted, inserted), shifted)), (a, b)) in next.iter_mut().zip(neighbours).zip(a.iter().zip(b)) {
        *cell = min(min(*deleted, *inserted) + 1.0, shifted + cost * (a - b).abs());
    }
}

/// A minimum without the care `f64::min` takes of NaN, which no finite time yields: one vector instruction.
fn min(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}
