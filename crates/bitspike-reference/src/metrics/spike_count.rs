//! Spike count and mean rate.
//!
//! ```text
//! spike_count_difference = n_tested - n_reference                      spikes
//! rate_error             = (n_tested - n_reference) / duration         hertz
//! ```
//!
//! Source: definition of the mean firing rate, Gerstner & Kistler 2002, section 1.5.1.

use super::{Recording, SpikeTrain};
use crate::ReferenceError;

/// Spikes the tested train has more than the reference; negative if it has fewer.
///
/// # Example
///
/// ```
/// use bitspike_reference::metrics::{SpikeTrain, spike_count::spike_count_difference};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let (reference, tested) = (SpikeTrain::new("reference", &[0.1, 0.2])?, SpikeTrain::new("tested", &[0.1])?);
/// assert_eq!(spike_count_difference(reference, tested), -1);
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn spike_count_difference(reference: SpikeTrain, tested: SpikeTrain) -> i64 {
    tested.times().len() as i64 - reference.times().len() as i64
}

/// Mean rate of the tested train less that of the reference, hertz.
///
/// # Errors
///
/// [`ReferenceError::SpikeOutside`] unless every spike lies in the recording.
pub fn rate_error(reference: SpikeTrain, tested: SpikeTrain, recording: Recording) -> Result<f64, ReferenceError> {
    recording.check(reference)?;
    recording.check(tested)?;
    Ok(spike_count_difference(reference, tested) as f64 / recording.duration())
}
