//! van Rossum distance: the distance of the trains after a causal exponential filter.
//!
//! ```text
//! f(t) = sum over spikes of exp(-(t - t_spike) / tau), t >= t_spike
//! D^2  = (2 / tau) integral (f_reference(t) - f_tested(t))^2 dt
//!      = sum over pairs within each train of exp(-|t_i - t_j| / tau) - the same across the trains, twice
//! ```
//!
//! A pure number, normalised as in elephant: one lone spike has distance 1 from the empty train, two spikes far apart
//! sqrt 2. A metric. Source: van Rossum 2001, *Neural Computation* 13:751; recursion as in Houghton & Kreuz 2012,
//! *Network* 23:48, but on the difference of the two filtered trains: a sum of squares, so that equal trains have exactly 0
//! and close ones lose no digits by cancellation.

use super::SpikeTrain;
use crate::ReferenceError;
use crate::error::positive;

/// The distance of two trains filtered with time constant `tau`, seconds.
///
/// ```text
/// between two spikes dt apart:  D^2 += x^2 (1 - exp(-2 dt / tau)),   x = x exp(-dt / tau)
/// at a spike:                   x += 1 (reference) or x -= 1 (tested)
/// after the last:               D^2 += x^2
/// ```
///
/// Time O(n + m), no memory. Rounding of `f64`, relative.
///
/// # Errors
///
/// [`ReferenceError::NotPositive`] unless `tau` is finite and above 0.
///
/// # Example
///
/// ```
/// use bitspike_reference::metrics::{SpikeTrain, van_rossum::van_rossum};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let (reference, tested) = (SpikeTrain::new("reference", &[1.0])?, SpikeTrain::new("tested", &[])?);
/// assert_eq!(van_rossum(reference, tested, 0.01)?, 1.0);
/// # Ok(())
/// # }
/// ```
pub fn van_rossum(reference: SpikeTrain, tested: SpikeTrain, tau: f64) -> Result<f64, ReferenceError> {
    positive("tau", tau)?;
    let (mut a, mut b) = (reference.times(), tested.times());
    let (mut squared, mut x, mut now) = (0.0, 0.0, f64::NEG_INFINITY);
    while let Some((time, jump)) = pop(&mut a, &mut b) {
        let fall = libm::expm1((now - time) / tau);
        squared -= x * x * fall * (2.0 + fall);
        x += x * fall + jump;
        now = time;
    }
    Ok((squared + x * x).sqrt())
}

/// Removes the earliest spike of both trains: its time, and +1 for `a`, -1 for `b`.
fn pop<'a>(a: &mut &'a [f64], b: &mut &'a [f64]) -> Option<(f64, f64)> {
    let from_a = match (a.first(), b.first()) {
        (None, None) => return None,
        (Some(a), Some(b)) => a <= b,
        (first_a, _) => first_a.is_some(),
    };
    let (train, jump) = if from_a { (a, 1.0) } else { (b, -1.0) };
    let (time, rest) = train.split_first()?;
    *train = rest;
    Some((*time, jump))
}
