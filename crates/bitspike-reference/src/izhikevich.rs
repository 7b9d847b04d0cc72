//! Izhikevich neuron.

use crate::error::{ReferenceError, finite, positive};
use crate::lif::Compare;

pub mod patterns;

/// How the recovery variable moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// `u' = a (b v - u)`: the model of 2003.
    Decaying,
    /// `u' = a b (v + 65)`: no decay, used by the pattern "accommodation" of 2004.
    Undamped,
}

/// Parameters of an Izhikevich neuron, in the units of the literature: v in mV, time in ms, the rest follows.
///
/// ```text
/// v' = 0.04 v^2 + k1 v + k0 - u + I
/// u' = a (b v - u)   or   a b (v + 65)
/// spike when v > threshold (or >=):  v = c, u = u + d
/// ```
///
/// Source: Izhikevich 2003, IEEE Trans. Neural Networks 14; the variants of k1, k0 and u' from the script of the
/// figure of Izhikevich 2004, IEEE Trans. Neural Networks 15.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IzhikevichParameters {
    /// Rate of recovery, 1/ms.
    pub a: f64,
    /// Sensitivity of u to v.
    pub b: f64,
    /// Potential after a spike, mV.
    pub c: f64,
    /// Step of u at a spike.
    pub d: f64,
    /// Factor of v: 5, or 4.1 in two patterns of 2004.
    pub k1: f64,
    /// Constant term: 140, or 108 in two patterns of 2004.
    pub k0: f64,
    /// How u moves.
    pub recovery: Recovery,
    /// Peak of a spike, mV: 30.
    pub threshold: f64,
    /// How the potential is compared with the peak.
    pub compare: Compare,
}

impl IzhikevichParameters {
    /// The model of 2003 (`k1` 5, `k0` 140, decaying u) with a spike when v exceeds 30 mV.
    #[must_use]
    pub const fn new([a, b, c, d]: [f64; 4]) -> Self {
        let (recovery, compare) = (Recovery::Decaying, Compare::Above);
        Self { a, b, c, d, k1: 5.0, k0: 140.0, recovery, threshold: 30.0, compare }
    }

    fn check(&self) -> Result<(), ReferenceError> {
        let Self { a, b, c, d, k1, k0, recovery: _, threshold, compare: _ } = *self;
        for (name, value) in [("a", a), ("b", b), ("c", c), ("d", d), ("k1", k1), ("k0", k0)] {
            finite(name, value)?;
        }
        finite("threshold", threshold)
    }

    /// `v'`, operations from left to right as the published script has them.
    fn v_slope(&self, v: f64, u: f64, input: f64) -> f64 {
        0.04 * v * v + self.k1 * v + self.k0 - u + input
    }

    /// What `a` multiplies in `u'`.
    fn u_drive(&self, v: f64, u: f64) -> f64 {
        match self.recovery {
            Recovery::Decaying => self.b * v - u,
            Recovery::Undamped => self.b * (v + 65.0),
        }
    }
}

/// Order and method of the integration. The firing patterns depend on it: it is part of the model, not a detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Forward Euler, v first, then u with the new v: the order of the published figure of 2004.
    ///
    /// ```text
    /// v = v + dt (0.04 v v + k1 v + k0 - u + I);    u = u + dt a (b v - u)
    /// ```
    Sequential,
    /// Forward Euler, v and u from the same old state.
    Simultaneous,
    /// Classical Runge-Kutta of both equations.
    RungeKutta4,
    /// Two half steps of v, then one whole step of u with the new v: the network of 2003 at dt = 1 ms.
    HalfSteps,
}

/// A population of Izhikevich neurons with the same parameters.
///
/// # Example
///
/// ```
/// use bitspike_reference::izhikevich::{Izhikevich, IzhikevichParameters, Scheme};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let regular_spiking = IzhikevichParameters::new([0.02, 0.2, -65.0, 8.0]);
/// let mut neuron = Izhikevich::new(regular_spiking, Scheme::Sequential, 0.25, &[(-70.0, -14.0)])?;
/// let mut spike = [false];
/// let mut count = 0;
/// for _ in 0..4000 {
///     neuron.step(&[10.0], &mut spike);
///     count += u32::from(spike[0]);
/// }
/// assert_eq!(count, 23);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Izhikevich {
    parameters: IzhikevichParameters,
    scheme: Scheme,
    dt: f64,
    v: Vec<f64>,
    u: Vec<f64>,
}

impl Izhikevich {
    /// A population that starts at the pairs (v, u) of `start`; `dt` in milliseconds.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NotFinite`] unless every parameter and start value is finite,
    /// [`ReferenceError::NotPositive`] unless `dt` is finite and above 0.
    pub fn new(
        parameters: IzhikevichParameters,
        scheme: Scheme,
        dt: f64,
        start: &[(f64, f64)],
    ) -> Result<Self, ReferenceError> {
        parameters.check()?;
        positive("dt", dt)?;
        for &(v, u) in start {
            finite("v", v)?;
            finite("u", u)?;
        }
        let (v, u) = start.iter().copied().unzip();
        Ok(Self { parameters, scheme, dt, v, u })
    }

    /// Membrane potentials at the end of the last time step, mV.
    #[must_use]
    pub fn v(&self) -> &[f64] {
        &self.v
    }

    /// Recovery variables at the end of the last time step.
    #[must_use]
    pub fn u(&self) -> &[f64] {
        &self.u
    }

    /// Advances every neuron by one time step under `input` and says which fired.
    ///
    /// First the [`Scheme`], then the comparison, then the reset. Rounding of `f64`, nothing fused, operations in the
    /// order written.
    ///
    /// # Panics
    ///
    /// When `input` or `spikes` has not one element per neuron.
    pub fn step(&mut self, input: &[f64], spikes: &mut [bool]) {
        assert_eq!(input.len(), self.v.len(), "one current per neuron");
        assert_eq!(spikes.len(), self.v.len(), "one spike flag per neuron");
        for (neuron, spike) in spikes.iter_mut().enumerate() {
            let (v, u) = self.advance(self.v[neuron], self.u[neuron], input[neuron]);
            *spike = self.fires(v);
            (self.v[neuron], self.u[neuron]) = if *spike { (self.parameters.c, u + self.parameters.d) } else { (v, u) };
        }
    }

    fn fires(&self, v: f64) -> bool {
        match self.parameters.compare {
            Compare::Above => v > self.parameters.threshold,
            Compare::AtLeast => v >= self.parameters.threshold,
        }
    }

    fn advance(&self, v: f64, u: f64, input: f64) -> (f64, f64) {
        let (model, dt) = (&self.parameters, self.dt);
        let v_after = |v, dt| v + dt * model.v_slope(v, u, input);
        let u_after = |v| u + dt * model.a * model.u_drive(v, u);
        match self.scheme {
            Scheme::Sequential => {
                let v = v_after(v, dt);
                (v, u_after(v))
            }
            Scheme::Simultaneous => (v_after(v, dt), u_after(v)),
            Scheme::HalfSteps => {
                let v = v_after(v_after(v, dt * 0.5), dt * 0.5);
                (v, u_after(v))
            }
            Scheme::RungeKutta4 => self.runge_kutta_4([v, u], input),
        }
    }

    fn runge_kutta_4(&self, state: [f64; 2], input: f64) -> (f64, f64) {
        let (model, dt) = (&self.parameters, self.dt);
        let slope = |[v, u]: [f64; 2]| [model.v_slope(v, u, input), model.a * model.u_drive(v, u)];
        let moved = |dt: f64, slope: [f64; 2]| [state[0] + dt * slope[0], state[1] + dt * slope[1]];
        let k1 = slope(state);
        let k2 = slope(moved(dt / 2.0, k1));
        let k3 = slope(moved(dt / 2.0, k2));
        let k4 = slope(moved(dt, k3));
        let mean = |i: usize| (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]) / 6.0;
        (state[0] + dt * mean(0), state[1] + dt * mean(1))
    }
}
