//! Synaptic currents.

use crate::{Method, ReferenceError};

/// Exponential synapses: each input makes the current jump, and the current decays.
///
/// ```text
/// tau di_syn/dt = -i_syn,   i_syn += w at a spike;      in closed form  i_syn(t) = sum w exp(-(t - t_spike) / tau)
/// ```
///
/// Source: Gerstner & Kistler 2002, section 4.1.3.
///
/// # Example
///
/// ```
/// use bitspike_reference::{Method, synapse::ExponentialSynapse};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let mut synapse = ExponentialSynapse::new(4e-3, Method::Euler, 1e-3, 1)?;
/// synapse.step(&[1.0]);
/// assert_eq!(synapse.i_syn(), [1.0]);
/// synapse.step(&[0.0]);
/// assert_eq!(synapse.i_syn(), [0.75]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ExponentialSynapse {
    decay: f64,
    i_syn: Vec<f64>,
}

impl ExponentialSynapse {
    /// One current per neuron, 0 at the start; `tau` and `dt` in seconds.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NotPositive`] unless `tau` and `dt` are finite and above 0,
    /// [`ReferenceError::StepTooLong`] for Euler with `dt > tau`.
    pub fn new(tau: f64, method: Method, dt: f64, neurons: usize) -> Result<Self, ReferenceError> {
        Ok(Self { decay: method.decay(dt, tau)?, i_syn: vec![0.0; neurons] })
    }

    /// Currents at the end of the last time step, in the unit of the inputs (ampere).
    #[must_use]
    pub fn i_syn(&self) -> &[f64] {
        &self.i_syn
    }

    /// Advances by one time step: the currents decay, then `input` (ampere), the summed weights of the spikes of
    /// this step, is added.
    ///
    /// ```text
    /// i_syn = i_syn decay + input
    /// ```
    ///
    /// An input of step k thus acts from step k + 1 on, undecayed there, as in Brian2. Rounding of `f64`.
    ///
    /// # Panics
    ///
    /// When `input` has not one element per neuron.
    pub fn step(&mut self, input: &[f64]) {
        assert_eq!(input.len(), self.i_syn.len(), "one input per neuron");
        for (i_syn, input) in self.i_syn.iter_mut().zip(input) {
            *i_syn = *i_syn * self.decay + input;
        }
    }
}
