//! f-I curve: how often a neuron fires under a constant input.

use serde::Serialize;

use crate::ReferenceError;
use crate::error::positive;

/// What a neuron did under one input.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FiPoint {
    /// The input, in the unit of the neuron (ampere, or without dimension).
    pub input: f64,
    /// Number of spikes.
    pub spikes: u64,
    /// Time step of the first spike.
    pub first: Option<u64>,
    /// Time step of the last spike.
    pub last: Option<u64>,
    /// `spikes / (steps dt)`, hertz.
    pub rate: f64,
}

/// Runs a fresh neuron for `steps` time steps of `dt` seconds under each input.
///
/// `neuron` makes a neuron in its start state: a closure that advances it by one step under an input and says whether it
/// fired. Any model fits.
///
/// # Errors
///
/// [`ReferenceError::NotPositive`] unless `dt` is finite and above 0.
///
/// # Example
///
/// ```
/// use bitspike_reference::encoding::{LifTimes, SpikingLif};
/// use bitspike_reference::f_i::f_i_curve;
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let rest = SpikingLif::new(LifTimes { tau_m: 0.02, tau_ref: 0.002 }, 1e-3, 1)?;
/// let neuron = || {
///     let (mut lif, mut spike) = (rest.clone(), [false]);
///     move |j| {
///         lif.step(&[j], &mut spike);
///         spike[0]
///     }
/// };
/// let curve = f_i_curve(&[0.5, 3.0], (1000, 1e-3), neuron)?;
/// assert_eq!((curve[0].spikes, curve[0].first), (0, None));
/// assert!((99.0..100.0).contains(&curve[1].rate));
/// # Ok(())
/// # }
/// ```
pub fn f_i_curve<N: FnMut(f64) -> bool>(
    inputs: &[f64],
    (steps, dt): (u64, f64),
    neuron: impl Fn() -> N,
) -> Result<Vec<FiPoint>, ReferenceError> {
    positive("dt", dt)?;
    Ok(inputs.iter().map(|&input| point(input, (steps, dt), neuron())).collect())
}

fn point(input: f64, (steps, dt): (u64, f64), mut neuron: impl FnMut(f64) -> bool) -> FiPoint {
    let (mut spikes, mut first, mut last) = (0, None, None);
    for step in (0..steps).filter(|_| neuron(input)) {
        spikes += 1;
        first = first.or(Some(step));
        last = Some(step);
    }
    let duration = steps as f64 * dt;
    FiPoint { input, spikes, first, last, rate: if steps == 0 { 0.0 } else { spikes as f64 / duration } }
}
