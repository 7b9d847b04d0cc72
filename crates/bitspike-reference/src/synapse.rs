//! Synapses: each spike makes a conductance or current jump and decay; the membrane filters it once more.

use crate::Method;
use crate::error::{ReferenceError, in_range, positive};

/// What one spike of weight 1 leaves behind, as a function of the time t since it arrived. Time constants in seconds.
///
/// Each kernel is a sum of decaying exponentials, so a synapse is as many decaying states: 1, 2 or 4.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kernel {
    /// `exp(-t / tau)`. Source: Gerstner & Kistler 2002, section 4.1.3.
    Exponential {
        /// Decay time constant.
        tau: f64,
    },
    /// `exp(-t / tau_decay) - exp(-t / tau_rise)`: continuous at the spike. Source: Dayan & Abbott 2001, section 5.8.
    DoubleExponential {
        /// Rise time constant.
        tau_rise: f64,
        /// Decay time constant.
        tau_decay: f64,
    },
    /// `(1 - exp(-t / tau_rise)) (a exp(-t / tau_fast) + (1 - a) exp(-t / tau_slow))`.
    ///
    /// ```text
    /// expanded: rates 1/tau_fast, 1/tau_slow, 1/tau_rise + 1/tau_fast, 1/tau_rise + 1/tau_slow
    ///           jumps a,          1 - a,      -a,                      -(1 - a)
    /// ```
    ///
    /// Source: lecture "Spiking neurons and networks" (K. Srinivasan, IIT Madras), after Destexhe et al. 1994.
    ThreeTau {
        /// Rise time constant.
        tau_rise: f64,
        /// Fast decay time constant.
        tau_fast: f64,
        /// Slow decay time constant.
        tau_slow: f64,
        /// Share of the fast decay, 0 to 1.
        a: f64,
    },
}

impl Kernel {
    /// Time constant (seconds) and jump of each decaying state.
    fn terms(self) -> Result<Vec<(f64, f64)>, ReferenceError> {
        match self {
            Self::Exponential { tau } => Ok(vec![(tau, 1.0)]),
            Self::DoubleExponential { tau_rise, tau_decay } => {
                positive("tau_decay", tau_decay)?;
                in_range("tau_rise", tau_rise, 0.0, tau_decay)?;
                Ok(vec![(tau_decay, 1.0), (tau_rise, -1.0)])
            }
            Self::ThreeTau { tau_rise, tau_fast, tau_slow, a } => {
                positive("tau_rise", tau_rise)?;
                positive("tau_fast", tau_fast)?;
                positive("tau_slow", tau_slow)?;
                in_range("a", a, 0.0, 1.0)?;
                let both = |tau: f64| 1.0 / (1.0 / tau_rise + 1.0 / tau);
                let b = 1.0 - a;
                Ok(vec![(tau_fast, a), (tau_slow, b), (both(tau_fast), -a), (both(tau_slow), -b)])
            }
        }
    }
}

/// What the conductance or current of a synapse does to the membrane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Coupling {
    /// `i_syn = g`: the state is a current, ampere; excitatory for weights above 0, inhibitory below.
    Current,
    /// `i_syn = g (e_rev - v)`: the state is a conductance, siemens; excitatory if the reversal potential `e_rev` (volt)
    /// is above the threshold, inhibitory below it.
    Conductance {
        /// Reversal potential, volt.
        e_rev: f64,
    },
}

impl Coupling {
    /// Synaptic current (ampere) for the state `g` at the membrane potential `v` (volt).
    ///
    /// # Example
    ///
    /// ```
    /// use bitspike_reference::synapse::Coupling;
    ///
    /// assert_eq!(Coupling::Current.i_syn(2.0, -0.5), 2.0);
    /// assert_eq!(Coupling::Conductance { e_rev: 0.5 }.i_syn(2.0, -0.5), 2.0);
    /// ```
    #[must_use]
    pub fn i_syn(self, g: f64, v: f64) -> f64 {
        match self {
            Self::Current => g,
            Self::Conductance { e_rev } => g * (e_rev - v),
        }
    }
}

/// One decaying state of every neuron.
#[derive(Debug, Clone, PartialEq)]
struct Term {
    tau: f64,
    jump: f64,
    decay: f64,
    state: Vec<f64>,
}

/// Synapses of one kernel, one summed conductance (or current) per neuron.
///
/// ```text
/// for each state i of the kernel:   x_i = x_i decay_i + jump_i input        g = sum x_i
/// ```
///
/// # Example
///
/// ```
/// use bitspike_reference::{Method, synapse::{Kernel, Synapse}};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let mut synapse = Synapse::new(Kernel::Exponential { tau: 4e-3 }, Method::Euler, 1e-3, 1)?;
/// synapse.step(&[1.0]);
/// assert_eq!(synapse.g(), [1.0]);
/// synapse.step(&[0.0]);
/// assert_eq!(synapse.g(), [0.75]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Synapse {
    terms: Vec<Term>,
    g: Vec<f64>,
}

impl Synapse {
    /// One conductance per neuron, 0 at the start; `dt` in seconds.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NotPositive`] unless `dt` and every time constant are finite and above 0,
    /// [`ReferenceError::OutOfRange`] unless `tau_rise` of a double exponential is 0 to `tau_decay` and `a` is 0 to 1,
    /// [`ReferenceError::StepTooLong`] for Euler with `dt` above a time constant.
    pub fn new(kernel: Kernel, method: Method, dt: f64, neurons: usize) -> Result<Self, ReferenceError> {
        let term = |(tau, jump)| {
            let decay = method.decay(dt, tau)?;
            Ok(Term { tau, jump, decay, state: vec![0.0; neurons] })
        };
        let terms = kernel.terms()?.into_iter().map(term).collect::<Result<_, ReferenceError>>()?;
        Ok(Self { terms, g: vec![0.0; neurons] })
    }

    /// Conductances at the end of the last time step, in the unit of the inputs (siemens, or ampere).
    #[must_use]
    pub fn g(&self) -> &[f64] {
        &self.g
    }

    /// Advances by one time step: every state decays, then `input`, the summed weights of the spikes of this step, is
    /// added with the state's jump.
    ///
    /// An input of step k thus acts from step k + 1 on, undecayed there, as in Brian2. Rounding of `f64`.
    ///
    /// # Panics
    ///
    /// When `input` has not one element per neuron.
    pub fn step(&mut self, input: &[f64]) {
        assert_eq!(input.len(), self.g.len(), "one input per neuron");
        self.g.fill(0.0);
        for term in &mut self.terms {
            for ((x, g), input) in term.state.iter_mut().zip(&mut self.g).zip(input) {
                *x = *x * term.decay + term.jump * input;
                *g += *x;
            }
        }
    }
}

/// Response of a membrane without threshold to its synapses: the postsynaptic potential.
///
/// ```text
/// tau_m dv/dt = -v + g        exact: v = v decay + sum x_i gain_i       Euler: v += dt / tau_m (g - v)
/// ```
///
/// g is taken at the start of the step; `gain_i` is [`Method::gain`] of the kernel's i-th state.
/// Source: Rotter & Diesmann 1999, Biol. Cybern. 81 (exact integration of linear membranes).
#[derive(Debug, Clone, PartialEq)]
pub struct PostsynapticPotential {
    synapse: Synapse,
    decay: f64,
    gains: Vec<f64>,
    v: Vec<f64>,
}

impl PostsynapticPotential {
    /// Membranes at 0 with the time constant `tau_m` (seconds) behind `synapse`, whose method and `dt` they share.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NotPositive`] unless `tau_m` and `dt` are finite and above 0,
    /// [`ReferenceError::StepTooLong`] for Euler with `dt` above `tau_m`.
    pub fn new(synapse: Synapse, tau_m: f64, method: Method, dt: f64) -> Result<Self, ReferenceError> {
        positive("tau_m", tau_m)?;
        let decay = method.decay(dt, tau_m)?;
        let gains = synapse.terms.iter().map(|term| method.gain(dt, tau_m, term.tau));
        let gains = gains.collect::<Result<_, ReferenceError>>()?;
        let v = vec![0.0; synapse.g.len()];
        Ok(Self { synapse, decay, gains, v })
    }

    /// Potentials at the end of the last time step, in the unit of the inputs.
    #[must_use]
    pub fn v(&self) -> &[f64] {
        &self.v
    }

    /// Advances membranes, then synapses, by one time step; `input` as in [`Synapse::step`].
    ///
    /// # Panics
    ///
    /// When `input` has not one element per neuron.
    pub fn step(&mut self, input: &[f64]) {
        self.v.iter_mut().for_each(|v| *v *= self.decay);
        for (term, gain) in self.synapse.terms.iter().zip(&self.gains) {
            for (v, x) in self.v.iter_mut().zip(&term.state) {
                *v += x * gain;
            }
        }
        self.synapse.step(input);
    }
}
