//! Hodgkin-Huxley neuron: the squid giant axon.

use crate::error::{ReferenceError, finite, positive};
use crate::exp::{exp, exprel};

/// Parameters of the membrane, in the units of the literature.
///
/// ```text
/// c_m dv/dt = I - g_na m^3 h (v - e_na) - g_k n^4 (v - e_k) - g_l (v - e_l)
/// dx/dt     = alpha_x(v) (1 - x) - beta_x(v) x          x = m, h, n
/// ```
///
/// Source: Hodgkin & Huxley 1952, J. Physiol. 117; today's sign and resting potential as in Dayan & Abbott 2001,
/// section 5.5.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HodgkinHuxleyParameters {
    /// Membrane capacitance, uF/cm2.
    pub c_m: f64,
    /// Largest sodium conductance, mS/cm2.
    pub g_na: f64,
    /// Largest potassium conductance, mS/cm2.
    pub g_k: f64,
    /// Leak conductance, mS/cm2.
    pub g_l: f64,
    /// Sodium reversal potential, mV.
    pub e_na: f64,
    /// Potassium reversal potential, mV.
    pub e_k: f64,
    /// Leak reversal potential, mV.
    pub e_l: f64,
    /// Potential whose upward crossing counts as a spike, mV.
    pub threshold: f64,
}

impl HodgkinHuxleyParameters {
    /// The squid axon: 1 uF/cm2; 120, 36, 0.3 mS/cm2; 50, -77, -54.387 mV; spikes counted at 0 mV.
    pub const SQUID: Self =
        Self { c_m: 1.0, g_na: 120.0, g_k: 36.0, g_l: 0.3, e_na: 50.0, e_k: -77.0, e_l: -54.387, threshold: 0.0 };

    fn check(&self) -> Result<(), ReferenceError> {
        positive("c_m", self.c_m)?;
        positive("g_na", self.g_na)?;
        positive("g_k", self.g_k)?;
        positive("g_l", self.g_l)?;
        finite("e_na", self.e_na)?;
        finite("e_k", self.e_k)?;
        finite("e_l", self.e_l)?;
        finite("threshold", self.threshold)
    }

    /// Conductance of the membrane (mS/cm2) and the sum of conductance times reversal potential (uA/cm2).
    fn conductance(&self, [_, m, h, n]: State) -> (f64, f64) {
        let g_na = self.g_na * (m * m * m) * h;
        let g_k = self.g_k * (n * n * n * n);
        (g_na + g_k + self.g_l, g_na * self.e_na + g_k * self.e_k + self.g_l * self.e_l)
    }

    fn derivatives(&self, state: State, input: f64) -> State {
        let [v, m, h, n] = state;
        let (g, g_e) = self.conductance(state);
        let rates = Rates::at(v);
        [(input + g_e - g * v) / self.c_m, rates.m.slope(m), rates.h.slope(h), rates.n.slope(n)]
    }
}

/// Opening and closing rate of one gate, 1/ms: `dx/dt = alpha (1 - x) - beta x`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GateRates {
    /// Opening rate, 1/ms.
    pub alpha: f64,
    /// Closing rate, 1/ms.
    pub beta: f64,
}

impl GateRates {
    /// Value the gate tends to: `alpha / (alpha + beta)`.
    #[must_use]
    pub fn steady_state(self) -> f64 {
        self.alpha / (self.alpha + self.beta)
    }

    /// `dx/dt`, 1/ms.
    #[inline(always)]
    fn slope(self, x: f64) -> f64 {
        self.alpha * (1.0 - x) - self.beta * x
    }

    /// The gate after `dt` (ms) at constant rates: `x_inf + (x - x_inf) exp(-(alpha + beta) dt)`.
    #[inline(always)]
    pub(crate) fn exponential_step(self, x: f64, dt: f64) -> f64 {
        let sum = self.alpha + self.beta;
        let x_inf = self.alpha / sum;
        x_inf + (x - x_inf) * exp(-sum * dt)
    }
}

/// Rates of the three gates at one potential.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// Sodium activation.
    pub m: GateRates,
    /// Sodium inactivation.
    pub h: GateRates,
    /// Potassium activation.
    pub n: GateRates,
}

impl Rates {
    /// Rates of the squid axon at `v` (mV), in 1/ms.
    ///
    /// ```text
    /// alpha_m = 1 / exprel(-(v + 40) / 10)        beta_m = 4 exp(-(v + 65) / 18)
    /// alpha_h = 0.07 exp(-(v + 65) / 20)          beta_h = 1 / (1 + exp(-(v + 35) / 10))
    /// alpha_n = 0.1 / exprel(-(v + 55) / 10)      beta_n = 0.125 exp(-(v + 65) / 80)
    /// exprel(x) = (exp(x) - 1) / x, so that -40 and -55 mV are no singularities
    /// ```
    ///
    /// # Example
    ///
    /// ```
    /// use bitspike_reference::hodgkin_huxley::Rates;
    ///
    /// assert_eq!(Rates::at(-40.0).m.alpha, 1.0);
    /// ```
    #[must_use]
    pub fn at(v: f64) -> Self {
        Self {
            m: GateRates { alpha: 1.0 / exprel(-(v + 40.0) / 10.0), beta: 4.0 * exp(-(v + 65.0) / 18.0) },
            h: GateRates { alpha: 0.07 * exp(-(v + 65.0) / 20.0), beta: 1.0 / (1.0 + exp(-(v + 35.0) / 10.0)) },
            n: GateRates { alpha: 0.1 / exprel(-(v + 55.0) / 10.0), beta: 0.125 * exp(-(v + 65.0) / 80.0) },
        }
    }
}

/// How the four equations advance by one time step; each takes every right-hand side at the old state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Forward Euler, first order.
    Euler,
    /// Each equation solved exactly with the other variables frozen, first order.
    ExponentialEuler,
    /// Classical Runge-Kutta, fourth order.
    RungeKutta4,
}

/// Membrane potential (mV) and the gates m, h, n.
pub type State = [f64; 4];

/// A population of Hodgkin-Huxley neurons with the same parameters.
///
/// # Example
///
/// ```
/// use bitspike_reference::hodgkin_huxley::{HodgkinHuxley, HodgkinHuxleyParameters, Scheme};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let mut axon = HodgkinHuxley::new(HodgkinHuxleyParameters::SQUID, Scheme::RungeKutta4, 0.01, 1)?;
/// let mut spike = [false];
/// let mut count = 0;
/// for _ in 0..5000 {
///     axon.step(&[10.0], &mut spike);
///     count += u32::from(spike[0]);
/// }
/// assert_eq!(count, 4);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct HodgkinHuxley {
    parameters: HodgkinHuxleyParameters,
    scheme: Scheme,
    dt: f64,
    states: Vec<State>,
}

impl HodgkinHuxley {
    /// A population of `neurons` at -65 mV, their gates at the steady state there; `dt` in milliseconds.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NotPositive`] unless `c_m`, `g_na`, `g_k`, `g_l` and `dt` are finite and above 0,
    /// [`ReferenceError::NotFinite`] unless the reversal potentials and the threshold are finite.
    pub fn new(
        parameters: HodgkinHuxleyParameters,
        scheme: Scheme,
        dt: f64,
        neurons: usize,
    ) -> Result<Self, ReferenceError> {
        parameters.check()?;
        positive("dt", dt)?;
        let v = -65.0;
        let rates = Rates::at(v);
        let start = [v, rates.m.steady_state(), rates.h.steady_state(), rates.n.steady_state()];
        Ok(Self { parameters, scheme, dt, states: vec![start; neurons] })
    }

    /// States at the end of the last time step.
    #[must_use]
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// Advances every neuron by one time step under `input` (uA/cm2) and says which crossed the threshold upwards.
    ///
    /// Rounding of `f64`.
    ///
    /// # Panics
    ///
    /// When `input` or `spikes` has not one element per neuron.
    pub fn step(&mut self, input: &[f64], spikes: &mut [bool]) {
        assert_eq!(input.len(), self.states.len(), "one current per neuron");
        assert_eq!(spikes.len(), self.states.len(), "one spike flag per neuron");
        for (neuron, spike) in spikes.iter_mut().enumerate() {
            let old = self.states[neuron];
            let new = self.advance(old, input[neuron]);
            *spike = old[0] < self.parameters.threshold && new[0] >= self.parameters.threshold;
            self.states[neuron] = new;
        }
    }

    fn advance(&self, state: State, input: f64) -> State {
        match self.scheme {
            Scheme::Euler => add(state, self.dt, self.parameters.derivatives(state, input)),
            Scheme::ExponentialEuler => self.exponential_euler(state, input),
            Scheme::RungeKutta4 => self.runge_kutta_4(state, input),
        }
    }

    fn exponential_euler(&self, state: State, input: f64) -> State {
        let [v, m, h, n] = state;
        let (g, g_e) = self.parameters.conductance(state);
        let v_inf = (input + g_e) / g;
        let decay = exp(-self.dt * g / self.parameters.c_m);
        let rates = Rates::at(v);
        [
            v_inf + (v - v_inf) * decay,
            rates.m.exponential_step(m, self.dt),
            rates.h.exponential_step(h, self.dt),
            rates.n.exponential_step(n, self.dt),
        ]
    }

    fn runge_kutta_4(&self, state: State, input: f64) -> State {
        let slope = |state| self.parameters.derivatives(state, input);
        let k1 = slope(state);
        let k2 = slope(add(state, self.dt / 2.0, k1));
        let k3 = slope(add(state, self.dt / 2.0, k2));
        let k4 = slope(add(state, self.dt, k3));
        std::array::from_fn(|i| state[i] + self.dt / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]))
    }
}

fn add(state: State, dt: f64, slope: State) -> State {
    std::array::from_fn(|i| state[i] + dt * slope[i])
}
