//! Coincidence factor Gamma.
//!
//! ```text
//! Gamma = (N_coinc - <N_coinc>) / ((N_reference + N_tested) / 2) / (1 - 2 nu window)
//! <N_coinc> = 2 nu window N_reference          coincidences of a Poisson train of rate nu
//! nu        = N_tested / duration
//! ```
//!
//! 1: all spikes coincide; 0: no more than by chance; negative: fewer. A pure number. A coincidence is a pair of the
//! one-to-one matching of [`super::matched`], so that no spike counts twice. Not symmetric when the counts differ.
//! Source: Kistler, Gerstner & van Hemmen 1997, *Neural Computation* 9:1015.

use super::matched::match_spikes;
use super::{Recording, SpikeTrain};
use crate::ReferenceError;

/// Window of Kistler et al. 1997, seconds.
pub const DEFAULT_WINDOW: f64 = 2e-3;

/// Gamma of two trains; `None` without any spike, and when the tested train is so dense that chance fills every window
/// (`2 nu window >= 1`).
///
/// `window` in seconds.
///
/// # Errors
///
/// [`ReferenceError::Negative`] unless `window` is finite and at least 0; [`ReferenceError::SpikeOutside`] unless every
/// spike lies in the recording.
///
/// # Example
///
/// ```
/// use bitspike_reference::metrics::{Recording, SpikeTrain, coincidence};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let train = SpikeTrain::new("reference", &[0.1, 0.2])?;
/// let recording = Recording::new(0.0, 1.0)?;
/// assert_eq!(coincidence::gamma(train, train, recording, coincidence::DEFAULT_WINDOW)?, Some(1.0));
/// # Ok(())
/// # }
/// ```
pub fn gamma(
    reference: SpikeTrain,
    tested: SpikeTrain,
    recording: Recording,
    window: f64,
) -> Result<Option<f64>, ReferenceError> {
    recording.check(reference)?;
    recording.check(tested)?;
    let pairs = match_spikes(reference, tested, window)?.pairs;
    let (n_reference, n_tested) = (reference.times().len() as f64, tested.times().len() as f64);
    let chance = 2.0 * window * n_tested / recording.duration();
    let above_chance = pairs as f64 - chance * n_reference;
    let defined = n_reference + n_tested > 0.0 && chance < 1.0;
    Ok(defined.then(|| above_chance / ((n_reference + n_tested) / 2.0 * (1.0 - chance))))
}
