//! How late the k-th spike of the tested train is.
//!
//! ```text
//! lead_lag(k) = t_tested[k] - t_reference[k]        seconds, positive when the tested train is late
//! ```
//!
//! Errors of a neuron driven by a constant current accumulate, so this grows with k. Source: Hopkins & Furber 2015,
//! *Neural Computation* 27:2148, who give the lead or lag of a late spike of an Izhikevich neuron.

use super::SpikeTrain;

/// Lateness of spike `k`, counted from 0, in seconds; `None` unless both trains have that spike.
///
/// # Example
///
/// ```
/// use bitspike_reference::metrics::{SpikeTrain, lead_lag::lead_lag};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let (reference, tested) = (SpikeTrain::new("reference", &[0.25, 0.5])?, SpikeTrain::new("tested", &[0.25, 0.75])?);
/// assert_eq!(lead_lag(reference, tested, 1), Some(0.25));
/// assert_eq!(lead_lag(reference, tested, 2), None);
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn lead_lag(reference: SpikeTrain, tested: SpikeTrain, k: usize) -> Option<f64> {
    Some(tested.times().get(k)? - reference.times().get(k)?)
}
