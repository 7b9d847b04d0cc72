//! Leaky integrate-and-fire neuron.

use crate::Method;
use crate::error::{ReferenceError, finite, not_negative, positive};

/// When a membrane potential counts as a spike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// `v > threshold`.
    Above,
    /// `v >= threshold`.
    AtLeast,
}

/// What a spike does to the membrane potential.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reset {
    /// `v = 0`.
    Zero,
    /// `v = v_reset`, in volts.
    Value(f64),
    /// `v = v - threshold`: the overshoot is kept.
    Subtract,
}

/// Parameters of a leaky integrate-and-fire neuron, SI units.
///
/// ```text
/// c_m dv/dt = i_syn - (v - v_rest) / r_m,   tau_m = r_m c_m
/// ```
///
/// Source: Gerstner & Kistler 2002, *Spiking Neuron Models*, section 4.1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LifParameters {
    /// Membrane capacitance, farad.
    pub c_m: f64,
    /// Membrane resistance, ohm.
    pub r_m: f64,
    /// Resting potential, volt; also where every neuron starts.
    pub v_rest: f64,
    /// Threshold, volt.
    pub threshold: f64,
    /// How the potential is compared with the threshold.
    pub compare: Compare,
    /// What a spike does to the potential.
    pub reset: Reset,
    /// Refractory time constant, second.
    pub tau_ref: f64,
}

impl LifParameters {
    /// Membrane time constant `r_m c_m`, seconds.
    #[must_use]
    pub fn tau_m(&self) -> f64 {
        self.r_m * self.c_m
    }

    /// Potential the membrane tends to under a constant current (ampere): `v_rest + r_m i_syn`, volts.
    #[must_use]
    pub fn v_inf(&self, i_syn: f64) -> f64 {
        self.v_rest + self.r_m * i_syn
    }

    /// Firing rate under a constant current (ampere), in hertz: the f-I curve of continuous time.
    ///
    /// ```text
    /// rate = 1 / (tau_ref + tau_m ln((v_inf - v_0) / (v_inf - threshold)))     if v_inf > threshold, else 0
    /// ```
    ///
    /// `v_0` is the potential after a reset; subtraction leaves 0, as continuous time has no overshoot.
    /// Source: Gerstner & Kistler 2002, section 4.1.1.
    #[must_use]
    pub fn rate(&self, i_syn: f64) -> f64 {
        let above = self.v_inf(i_syn) - self.threshold;
        if above <= 0.0 {
            return 0.0;
        }
        let climb = (self.threshold - self.v_after_reset()) / above;
        1.0 / (self.tau_ref + self.tau_m() * libm::log1p(climb))
    }

    fn v_after_reset(&self) -> f64 {
        match self.reset {
            Reset::Zero | Reset::Subtract => 0.0,
            Reset::Value(v_reset) => v_reset,
        }
    }

    fn check(&self) -> Result<(), ReferenceError> {
        positive("c_m", self.c_m)?;
        positive("r_m", self.r_m)?;
        finite("v_rest", self.v_rest)?;
        finite("threshold", self.threshold)?;
        finite("v_reset", self.v_after_reset())?;
        not_negative("tau_ref", self.tau_ref)?;
        let (threshold, v_after_reset) = (self.threshold, self.v_after_reset());
        if threshold > v_after_reset {
            return Ok(());
        }
        Err(ReferenceError::ThresholdTooLow { threshold, v_after_reset })
    }
}

/// A population of leaky integrate-and-fire neurons with the same parameters.
///
/// # Example
///
/// ```
/// use bitspike_reference::Method;
/// use bitspike_reference::lif::{Compare, Lif, LifParameters, Reset};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let parameters = LifParameters {
///     c_m: 100e-12,
///     r_m: 100e6,
///     v_rest: 0.0,
///     threshold: 15e-3,
///     compare: Compare::Above,
///     reset: Reset::Zero,
///     tau_ref: 2e-3,
/// };
/// let mut lif = Lif::new(parameters, Method::Exact, 0.1e-3, 2)?;
/// let mut spikes = [false; 2];
/// let mut counts = [0; 2];
/// for _ in 0..10_000 {
///     lif.step(&[0.5e-9, 0.1e-9], &mut spikes);
///     counts[0] += u32::from(spikes[0]);
///     counts[1] += u32::from(spikes[1]);
/// }
/// assert_eq!(counts, [182, 0]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Lif {
    parameters: LifParameters,
    decay: f64,
    hold_steps: u32,
    v: Vec<f64>,
    held: Vec<u32>,
}

impl Lif {
    /// A population of `neurons` at rest, advanced in time steps of `dt` seconds.
    ///
    /// The refractory period is `tau_ref / dt` time steps, rounded to the nearest: after a spike in step k the next
    /// update is in step k + max(1, tau_ref / dt), and the steps between hold v and do not fire. This is the rule
    /// of Brian2.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NotPositive`] unless `c_m`, `r_m` and `dt` are finite and above 0,
    /// [`ReferenceError::NotFinite`] unless `v_rest`, `threshold` and `v_reset` are finite,
    /// [`ReferenceError::Negative`] unless `tau_ref` is finite and at least 0,
    /// [`ReferenceError::ThresholdTooLow`] unless `threshold` is above the potential after a reset (above 0 for
    /// [`Reset::Subtract`]), [`ReferenceError::StepTooLong`] for Euler with `dt` above `r_m c_m`.
    pub fn new(parameters: LifParameters, method: Method, dt: f64, neurons: usize) -> Result<Self, ReferenceError> {
        parameters.check()?;
        let decay = method.decay(dt, parameters.tau_m())?;
        let refractory_steps = (parameters.tau_ref / dt).round() as u32;
        Ok(Self {
            parameters,
            decay,
            hold_steps: refractory_steps.saturating_sub(1),
            v: vec![parameters.v_rest; neurons],
            held: vec![0; neurons],
        })
    }

    /// Membrane potentials at the end of the last time step, volts.
    #[must_use]
    pub fn v(&self) -> &[f64] {
        &self.v
    }

    /// Advances every neuron by one time step under `i_syn` (ampere) and says which fired.
    ///
    /// ```text
    /// v     = v_inf + (v - v_inf) decay          decay = 1 - dt / tau_m (Euler) or exp(-dt / tau_m) (exact)
    /// spike = v > threshold (or >=)
    /// v     = spike ? reset(v) : v
    /// ```
    ///
    /// A refractory neuron holds v and does not fire. Rounding of `f64`.
    ///
    /// # Panics
    ///
    /// When `i_syn` or `spikes` has not one element per neuron.
    pub fn step(&mut self, i_syn: &[f64], spikes: &mut [bool]) {
        assert_eq!(i_syn.len(), self.v.len(), "one current per neuron");
        assert_eq!(spikes.len(), self.v.len(), "one spike flag per neuron");
        for (neuron, spike) in spikes.iter_mut().enumerate() {
            *spike = if self.held[neuron] > 0 {
                self.held[neuron] -= 1;
                false
            } else {
                self.update(neuron, i_syn[neuron])
            };
        }
    }

    fn update(&mut self, neuron: usize, i_syn: f64) -> bool {
        let v_inf = self.parameters.v_inf(i_syn);
        let v = v_inf + (self.v[neuron] - v_inf) * self.decay;
        let spike = self.fires(v);
        self.v[neuron] = if spike { self.after_spike(v) } else { v };
        if spike {
            self.held[neuron] = self.hold_steps;
        }
        spike
    }

    fn fires(&self, v: f64) -> bool {
        match self.parameters.compare {
            Compare::Above => v > self.parameters.threshold,
            Compare::AtLeast => v >= self.parameters.threshold,
        }
    }

    fn after_spike(&self, v: f64) -> f64 {
        match self.parameters.reset {
            Reset::Zero => 0.0,
            Reset::Value(v_reset) => v_reset,
            Reset::Subtract => v - self.parameters.threshold,
        }
    }
}
