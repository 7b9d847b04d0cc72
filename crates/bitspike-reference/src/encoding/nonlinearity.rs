use crate::ReferenceError;
use crate::error::{below, finite, not_negative, positive};

/// Time constants of a LIF neuron in Nengo's units, seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LifTimes {
    /// Membrane time constant (`tau_rc` in Nengo), seconds.
    pub tau_m: f64,
    /// Refractory time constant, seconds.
    pub tau_ref: f64,
}

impl LifTimes {
    pub(super) fn check(&self) -> Result<(), ReferenceError> {
        positive("tau_m", self.tau_m)?;
        not_negative("tau_ref", self.tau_ref)
    }
}

/// Gain and bias of one neuron: `J = gain <e, x / radius> + bias`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tuning {
    /// Factor of the projection on the encoder.
    pub gain: f64,
    /// Current at x = 0.
    pub bias: f64,
}

/// Rate of a neuron under a constant current J: G\[J\], in hertz.
///
/// # Example
///
/// ```
/// use bitspike_reference::encoding::{LifTimes, Nonlinearity};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let lif = Nonlinearity::Lif(LifTimes { tau_m: 0.02, tau_ref: 0.002 });
/// let tuning = lif.tuning(200.0, -0.5)?;
/// assert_eq!(lif.rate(tuning.bias - 0.5 * tuning.gain), 0.0);
/// assert!((lif.rate(tuning.bias + tuning.gain) - 200.0).abs() < 1e-9);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Nonlinearity {
    /// Leaky integrate-and-fire, 0 up to J = 1.
    ///
    /// ```text
    /// G[J] = 1 / (tau_ref + tau_m ln(1 + 1 / (J - 1)))       if J > 1, else 0
    /// ```
    Lif(LifTimes),
    /// `G[J] = max(J, 0)`: integrate-and-fire without leak or refractory period.
    RectifiedLinear,
}

impl Nonlinearity {
    /// G\[J\], hertz; NaN counts as no current.
    #[must_use]
    pub fn rate(&self, j: f64) -> f64 {
        match self {
            Self::Lif(times) if j > 1.0 => 1.0 / (times.tau_ref + times.tau_m * libm::log1p(1.0 / (j - 1.0))),
            Self::Lif(_) => 0.0,
            Self::RectifiedLinear => j.max(0.0),
        }
    }

    /// Gain and bias of a neuron that starts to fire at `intercept` and reaches `max_rate` (hertz) at 1, both on the
    /// axis of `<e, x / radius>`.
    ///
    /// ```text
    /// J_max = 1 / (1 - exp((tau_ref - 1 / max_rate) / tau_m)),  J_0 = 1         LIF: G[J_max] = max_rate
    /// J_max = max_rate,                                         J_0 = 0         rectified linear
    /// gain  = (J_max - J_0) / (1 - intercept),   bias = J_0 - gain intercept
    /// ```
    ///
    /// Source: `gain_bias` of Nengo 4.1.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NotPositive`] unless `max_rate` (and `tau_m`) is finite and above 0,
    /// [`ReferenceError::Negative`] unless `tau_ref` is finite and at least 0, [`ReferenceError::NotFinite`] unless
    /// `intercept` is finite, [`ReferenceError::NotBelow`] unless `intercept < 1` and, for LIF,
    /// `max_rate < 1 / tau_ref`.
    pub fn tuning(&self, max_rate: f64, intercept: f64) -> Result<Tuning, ReferenceError> {
        positive("max_rate", max_rate)?;
        below("intercept", intercept, 1.0)?;
        let (j_max, j_0) = match self {
            Self::Lif(times) => (times.current(max_rate)?, 1.0),
            Self::RectifiedLinear => (max_rate, 0.0),
        };
        let gain = (j_max - j_0) / (1.0 - intercept);
        finite("gain", gain)?;
        Ok(Tuning { gain, bias: j_0 - gain * intercept })
    }
}

impl LifTimes {
    /// The current that gives this rate: the inverse of G.
    fn current(&self, rate: f64) -> Result<f64, ReferenceError> {
        self.check()?;
        below("max_rate", rate, 1.0 / self.tau_ref)?;
        Ok(-1.0 / libm::expm1((self.tau_ref - 1.0 / rate) / self.tau_m))
    }
}
