//! Decoding: from spikes or rates back to a vector.
//!
//! ```text
//! x_d(t) = sum over neurons of D[i][d] a_i(t),   a_i = spikes of neuron i after a low-pass filter
//! ```
//!
//! Other decoders D of the same activities decode other functions of the vector. Source: Eliasmith & Anderson 2003,
//! *Neural Engineering*, chapters 2 and 4.
//!
//! | item | is |
//! |---|---|
//! | [`LowPass`] | the filter |
//! | [`decoders`] | D by regularised least squares |
//! | [`decode`] | the weighted sum |
//! | [`ridge()`] | the solver |

mod low_pass;
mod ridge;

pub use low_pass::LowPass;
pub use ridge::ridge;

use crate::ReferenceError;
use crate::error::{length, positive};

/// Decoders of a function from the activities of a population at sample points.
///
/// ```text
/// (A^T A + m s^2 I) D = A^T Y,   s = noise max(A),   m = number of points
/// ```
///
/// `activities` are the rows of A (points x neurons, hertz), `targets` those of Y (points x dimensions, the unit of the
/// decoded value); the result has one row per neuron. `noise` is the standard deviation of the activities relative to
/// their maximum, 0.1 in Nengo. Source: the solver `LstsqL2` of Nengo 4.1.
///
/// # Errors
///
/// [`ReferenceError::Length`] unless `targets` has one row per point, and every row of either as many elements as the
/// first; [`ReferenceError::NotPositive`] unless `noise` is finite and above 0;
/// [`ReferenceError::NotPositiveDefinite`] when no neuron is active, or an activity is not finite.
///
/// # Example
///
/// ```
/// use bitspike_reference::decoding::decoders;
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// // One neuron with rate 100 x: A = [100, 50], s = 10, m = 2, so D = 125 / (12500 + 200).
/// let d = decoders(&[[100.0], [50.0]], &[[1.0], [0.5]], 0.1)?;
/// assert!((d[0][0] - 125.0 / 12700.0).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
pub fn decoders<A: AsRef<[f64]>, Y: AsRef<[f64]>>(
    activities: &[A],
    targets: &[Y],
    noise: f64,
) -> Result<Vec<Vec<f64>>, ReferenceError> {
    positive("noise", noise)?;
    let largest = activities.iter().flat_map(AsRef::as_ref).fold(0.0_f64, |largest, &a| largest.max(a));
    let deviation = noise * largest;
    ridge(activities, targets, activities.len() as f64 * (deviation * deviation))
}

/// The decoded vector: `x[d] = sum over neurons of decoders[i][d] activities[i]`.
///
/// `activities` in hertz, one per neuron; the result in the unit of the targets. Sums from the first neuron on,
/// rounding of `f64`.
///
/// # Errors
///
/// [`ReferenceError::Length`] unless there are as many activities as decoders.
///
/// # Panics
///
/// When the rows of `decoders` differ in length.
///
/// # Example
///
/// ```
/// let x = bitspike_reference::decoding::decode(&[[0.5, 1.0], [0.25, 0.0]], &[2.0, 4.0]);
/// assert_eq!(x, Ok(vec![2.0, 2.0]));
/// ```
pub fn decode<D: AsRef<[f64]>>(decoders: &[D], activities: &[f64]) -> Result<Vec<f64>, ReferenceError> {
    length("activities", activities.len(), decoders.len())?;
    let mut x = vec![0.0; decoders.first().map_or(0, |row| row.as_ref().len())];
    for (row, activity) in decoders.iter().zip(activities) {
        assert_eq!(row.as_ref().len(), x.len(), "every neuron has as many decoders as the first");
        ridge::add_scaled(&mut x, *activity, row.as_ref());
    }
    Ok(x)
}
