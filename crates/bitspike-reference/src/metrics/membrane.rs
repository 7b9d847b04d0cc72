//! Error of a membrane potential up to a time step.
//!
//! ```text
//! rmse    = sqrt(mean over k < steps of (v_tested[k] - v_reference[k])^2)
//! largest = max over k < steps of |v_tested[k] - v_reference[k]|
//! ```
//!
//! In the unit of the traces (volts). Past the first divergent spike a potential says nothing more, since a spike apart is
//! a reset apart: give that step as `steps`. Source: the usual definitions.

use serde::Serialize;

use crate::ReferenceError;
use crate::error::length;

/// Error of a membrane potential.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MembraneError {
    /// Root of the mean squared error, volts.
    pub rmse: f64,
    /// Largest absolute error, volts.
    pub largest: f64,
    /// First time step of the largest error.
    pub largest_at: usize,
}

/// Error over the first `steps` time steps of two traces in volts; `None` for `steps` 0.
///
/// A NaN in either trace makes both figures NaN.
///
/// # Errors
///
/// [`ReferenceError::Length`] unless both traces have at least `steps` values.
///
/// # Example
///
/// ```
/// use bitspike_reference::metrics::membrane::membrane_error;
///
/// let error = membrane_error(&[0.0, 1.0, 5.0], &[3.0, 5.0, 5.0], 2).unwrap().unwrap();
/// assert_eq!((error.rmse, error.largest, error.largest_at), (12.5_f64.sqrt(), 4.0, 1));
/// ```
pub fn membrane_error(
    reference: &[f64],
    tested: &[f64],
    steps: usize,
) -> Result<Option<MembraneError>, ReferenceError> {
    length("the reference trace", reference.len().min(steps), steps)?;
    length("the tested trace", tested.len().min(steps), steps)?;
    let errors = || tested.iter().zip(reference).take(steps).map(|(tested, reference)| (tested - reference).abs());
    let worst =
        errors().enumerate().reduce(|worst, next| if worst.1.is_nan() || next.1 <= worst.1 { worst } else { next });
    let squares: f64 = errors().map(|error| error * error).sum();
    Ok(worst.map(|(largest_at, largest)| MembraneError { rmse: (squares / steps as f64).sqrt(), largest, largest_at }))
}
