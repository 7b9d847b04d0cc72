use crate::{Method, ReferenceError};

/// First-order low-pass filters of unit gain, one per channel.
///
/// ```text
/// tau dy/dt = u - y;   exact for u constant during a step:  y = al y + (1 - al) u,   al = exp(-dt / tau)
/// ```
///
/// A spike is an input of `1 / dt` for one step, so that y is a rate in hertz. Source: `Lowpass` of Nengo 4.1 with its
/// zero-order hold.
///
/// # Example
///
/// ```
/// use bitspike_reference::decoding::LowPass;
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let mut filter = LowPass::new(0.01, 0.001, 1)?;
/// for _ in 0..1000 {
///     filter.step(&[5.0]);
/// }
/// assert!((filter.y()[0] - 5.0).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LowPass {
    decay: f64,
    dt: f64,
    y: Vec<f64>,
}

impl LowPass {
    /// `channels` filters at 0, time constant `tau` and step `dt` in seconds.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NotPositive`] unless `tau` and `dt` are finite and above 0.
    pub fn new(tau: f64, dt: f64, channels: usize) -> Result<Self, ReferenceError> {
        Ok(Self { decay: Method::Exact.decay(dt, tau)?, dt, y: vec![0.0; channels] })
    }

    /// Outputs after the last step, in the unit of the input (hertz for spikes).
    #[must_use]
    pub fn y(&self) -> &[f64] {
        &self.y
    }

    /// Advances by one step under the input `u`. Rounding of `f64`.
    ///
    /// # Panics
    ///
    /// When `u` has not one element per channel.
    pub fn step(&mut self, u: &[f64]) {
        assert_eq!(u.len(), self.y.len(), "one input per channel");
        for (y, u) in self.y.iter_mut().zip(u) {
            *y = self.decay * *y + (1.0 - self.decay) * u;
        }
    }

    /// Advances by one step in which some channels spike: an input of `1 / dt` there, 0 elsewhere.
    ///
    /// # Panics
    ///
    /// When `spikes` has not one element per channel.
    pub fn step_spikes(&mut self, spikes: &[bool]) {
        assert_eq!(spikes.len(), self.y.len(), "one spike flag per channel");
        let jump = (1.0 - self.decay) / self.dt;
        for (y, &spike) in self.y.iter_mut().zip(spikes) {
            *y = self.decay * *y + if spike { jump } else { 0.0 };
        }
    }
}
