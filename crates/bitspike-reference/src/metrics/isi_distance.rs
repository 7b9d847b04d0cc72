//! ISI-distance: relative difference of the interspike intervals that hold at each instant.
//!
//! ```text
//! D = 1 / duration  integral |isi_a(t) - isi_b(t)| / max(isi_a(t), isi_b(t)) dt
//! ```
//!
//! A pure number, 0 to 1; no parameter. `isi(t)` is the interval between the spikes around t; before the first spike it is
//! `max(t_0 - start, t_1 - t_0)`, after the last likewise, and a train without spikes counts as one with a spike at
//! each end of the recording: the edge rules of PySpike 0.9. A metric on the intervals, but trains that differ by a shift of
//! equal intervals have distance 0. Source: Kreuz et al. 2007, *Journal of Neuroscience Methods* 165:151.

use super::intervals::{average, intervals, spikes};
use super::{Recording, SpikeTrain};
use crate::ReferenceError;

/// The ISI-distance of two trains over a recording.
///
/// # Errors
///
/// [`ReferenceError::SpikeOutside`] unless every spike lies in the recording.
///
/// # Example
///
/// ```
/// use bitspike_reference::metrics::{Recording, SpikeTrain, isi_distance::isi_distance};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let (reference, tested) = (SpikeTrain::new("reference", &[0.0, 1.0, 2.0])?, SpikeTrain::new("tested", &[0.0, 2.0])?);
/// assert_eq!(isi_distance(reference, tested, Recording::new(0.0, 2.0)?)?, 0.5);
/// # Ok(())
/// # }
/// ```
pub fn isi_distance(reference: SpikeTrain, tested: SpikeTrain, recording: Recording) -> Result<f64, ReferenceError> {
    recording.check(reference)?;
    recording.check(tested)?;
    let [a, b] = [reference, tested].map(|train| intervals(&spikes(train, recording), recording));
    Ok(average((&a, &b), |a, b, _| (a.isi - b.isi).abs() / a.isi.max(b.isi)))
}
