//! SPIKE-distance: distance in time of the spikes around each instant to their nearest in the other train, relative to
//! the interspike intervals.
//!
//! ```text
//! S_a(t) = (d(t_P) (t_F - t) + d(t_F) (t - t_P)) / isi_a         d(s) = distance of s to the nearest spike of b
//! S(t)   = (S_a isi_b + S_b isi_a) / (2 m^2)                     m = (isi_a + isi_b) / 2
//! D      = 1 / duration  integral S(t) dt
//! ```
//!
//! `t_P` and `t_F` are the spikes of a before and after t. A pure number, 0 to 1; no parameter. Edges as in PySpike
//! 0.9: before the first spike `S_a = d(t_0)` and the interval is that of [`super::isi_distance`], after the last
//! likewise; for `d` each train has one more spike before and after,
//! at `min(start, t_0 - (t_1 - t_0))` and `max(end, t_last + (t_last - t_before))`. S is linear between spikes, so the
//! integral is exact. Source: Kreuz et al. 2013, *Journal of Neurophysiology* 109:1457.

use super::intervals::{Interval, average, intervals, spikes};
use super::{Recording, SpikeTrain};
use crate::ReferenceError;

/// The SPIKE-distance of two trains over a recording.
///
/// # Errors
///
/// [`ReferenceError::SpikeOutside`] unless every spike lies in the recording.
///
/// # Example
///
/// ```
/// use bitspike_reference::metrics::{Recording, SpikeTrain, spike_distance::spike_distance};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let train = SpikeTrain::new("reference", &[0.1, 0.2])?;
/// assert_eq!(spike_distance(train, train, Recording::new(0.0, 1.0)?)?, 0.0);
/// # Ok(())
/// # }
/// ```
pub fn spike_distance(reference: SpikeTrain, tested: SpikeTrain, recording: Recording) -> Result<f64, ReferenceError> {
    recording.check(reference)?;
    recording.check(tested)?;
    let [a, b] = [reference, tested].map(|train| spikes(train, recording));
    let (to_b, to_a) = (nearest(&a, &b, recording), nearest(&b, &a, recording));
    let profile = |x: &Interval, y: &Interval, time: f64| {
        let mean = (x.isi + y.isi) / 2.0;
        (at(x, &to_b, time) * y.isi + at(y, &to_a, time) * x.isi) / (2.0 * mean * mean)
    };
    Ok(average((&intervals(&a, recording), &intervals(&b, recording)), |x, y, (from, to)| {
        (profile(x, y, from) + profile(x, y, to)) / 2.0
    }))
}

/// `S_a` at an instant of the interval, seconds, from the distances of every spike.
fn at(interval: &Interval, distances: &[f64], time: f64) -> f64 {
    let (before, after) = (distances[interval.spikes.0], distances[interval.spikes.1]);
    (before * (interval.to - time) + after * (time - interval.from)) / (interval.to - interval.from)
}

/// Distance of every spike of `from` to the nearest of `to`, seconds, both edges of `to` included.
fn nearest(from: &[f64], to: &[f64], recording: Recording) -> Vec<f64> {
    let [head, tail] = edges(to, recording);
    let distance = |&time: &f64| {
        let after = to.partition_point(|&other| other < time);
        let before = if after > 0 { to[after - 1] } else { head };
        let after = to.get(after).copied().unwrap_or(tail);
        (time - before).min(after - time)
    };
    from.iter().map(distance).collect()
}

/// The spike assumed before the first and after the last.
fn edges(spikes: &[f64], recording: Recording) -> [f64; 2] {
    match spikes {
        [first, second, ..] => {
            let (last, before) = (spikes[spikes.len() - 1], spikes[spikes.len() - 2]);
            [recording.start().min(first - (second - first)), recording.end().max(last + (last - before))]
        }
        _ => [recording.start(), recording.end()],
    }
}
