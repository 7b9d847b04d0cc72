//! First time step in which only one of the two trains fires.
//!
//! ```text
//! step(t) = round(t / dt)
//! first divergent step = smallest step that is in one train and not in the other
//! ```
//!
//! The figure that leads to the cause: before this step both machines fired alike.

use super::SpikeTrain;
use crate::ReferenceError;
use crate::error::positive;

/// The first divergent time step, or `None` if both trains fire in the same steps; `dt` in seconds.
///
/// Times are rounded to the nearest multiple of `dt`, which must be the grid of both trains. Steps beyond the range of
/// `i64` saturate.
///
/// # Errors
///
/// [`ReferenceError::NotPositive`] unless `dt` is finite and above 0.
///
/// # Example
///
/// ```
/// use bitspike_reference::metrics::{SpikeTrain, first_divergent_step::first_divergent_step};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let reference = SpikeTrain::new("reference", &[0.001, 0.005])?;
/// let tested = SpikeTrain::new("tested", &[0.001, 0.006])?;
/// assert_eq!(first_divergent_step(reference, tested, 1e-3)?, Some(5));
/// # Ok(())
/// # }
/// ```
pub fn first_divergent_step(reference: SpikeTrain, tested: SpikeTrain, dt: f64) -> Result<Option<i64>, ReferenceError> {
    positive("dt", dt)?;
    let step = |time: &f64| (time / dt).round() as i64;
    let (mut a, mut b) = (reference.times().iter().map(step), tested.times().iter().map(step));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Ok(None),
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => return Ok(Some(a.min(b))),
            (Some(only), None) | (None, Some(only)) => return Ok(Some(only)),
        }
    }
}
