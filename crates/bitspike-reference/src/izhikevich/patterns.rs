//! The 20 firing patterns of Izhikevich 2004.
//!
//! Parameters, start values, time steps and inputs are those of the script that draws the published figure
//! ("Which model to use for cortical spiking neurons?", IEEE Trans. Neural Networks 15, figure 1), which integrates
//! in the order [`Scheme::Sequential`]. In another order several patterns have other spike counts, and "depolarizing
//! afterpotential" and "inhibition-induced bursting" are lost.

use super::{Izhikevich, IzhikevichParameters, Recovery, Scheme};
use crate::error::ReferenceError;

/// An input current over time; times in ms, levels in the unit of `v'` (mV/ms).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Waveform {
    /// `base`, except strictly inside each pulse `(from, to, level)`: from < t < to.
    Pulses(f64, &'static [(f64, f64, f64)]),
    /// `base + slope (t - from)` for t > from, else `base`.
    Ramp {
        /// Level until `from`.
        base: f64,
        /// Start of the ramp, ms.
        from: f64,
        /// Slope per ms.
        slope: f64,
    },
    /// Two ramps from 0: to 8 in 200 ms, then from 300 ms to 4 in 12.5 ms; 0 elsewhere.
    SlowThenFastRamp,
}

impl Waveform {
    /// The current at time `t`, ms.
    #[must_use]
    pub fn at(&self, t: f64) -> f64 {
        match *self {
            Self::Pulses(base, pulses) => {
                pulses.iter().find(|&&(from, to, _)| from < t && t < to).map_or(base, |&(_, _, level)| level)
            }
            Self::Ramp { base, from, slope } if t > from => base + slope * (t - from),
            Self::Ramp { base, .. } => base,
            Self::SlowThenFastRamp if t < 200.0 => t / 25.0,
            Self::SlowThenFastRamp if (300.0..312.5).contains(&t) => (t - 300.0) / 12.5 * 4.0,
            Self::SlowThenFastRamp => 0.0,
        }
    }
}

/// One firing pattern: a neuron, its start, its input, and how long the figure shows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pattern {
    /// Letter of the panel, A to T.
    pub letter: char,
    /// Name of the panel, words joined by underscores.
    pub name: &'static str,
    /// The neuron.
    pub parameters: IzhikevichParameters,
    /// Membrane potential at the start, mV.
    pub v0: f64,
    /// Recovery variable at the start.
    pub u0: f64,
    /// Time step, ms.
    pub dt: f64,
    /// Time steps the figure shows, the one at t = 0 included.
    pub steps: usize,
    /// Input current.
    pub input: Waveform,
}

impl Pattern {
    /// The pattern of a panel, `None` but for A to T.
    ///
    /// # Example
    ///
    /// ```
    /// use bitspike_reference::izhikevich::{Scheme, patterns::Pattern};
    ///
    /// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
    /// let pattern = Pattern::of('Q').expect("a letter of the figure");
    /// assert_eq!(pattern.name, "depolarizing_afterpotential");
    /// assert_eq!(pattern.spike_steps(Scheme::Sequential)?, [113]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn of(letter: char) -> Option<&'static Self> {
        PATTERNS.iter().find(|pattern| pattern.letter == letter)
    }

    /// Input current of time step `step`, whose time is `step * dt`.
    #[must_use]
    pub fn current(&self, step: usize) -> f64 {
        self.input.at(step as f64 * self.dt)
    }

    /// One neuron at the start of the pattern, to be advanced with [`Pattern::current`].
    ///
    /// # Errors
    ///
    /// As [`Izhikevich::new`]; never for the patterns of the table.
    pub fn neuron(&self, scheme: Scheme) -> Result<Izhikevich, ReferenceError> {
        Izhikevich::new(self.parameters, scheme, self.dt, &[(self.v0, self.u0)])
    }

    /// Runs the pattern and returns the time steps in which it fires.
    ///
    /// # Errors
    ///
    /// As [`Izhikevich::new`]; never for the patterns of the table.
    pub fn spike_steps(&self, scheme: Scheme) -> Result<Vec<usize>, ReferenceError> {
        let mut neuron = self.neuron(scheme)?;
        let mut spike = [false];
        let mut fires = |&step: &usize| {
            neuron.step(&[self.current(step)], &mut spike);
            spike[0]
        };
        Ok((0..self.steps).filter(|step| fires(step)).collect())
    }
}

/// A pattern with the equations of 2003, `u0 = b v0`, lasting `duration` ms.
const fn pattern(
    (letter, name): (char, &'static str),
    abcd: [f64; 4],
    [v0, dt, duration]: [f64; 3],
    input: Waveform,
) -> Pattern {
    let parameters = IzhikevichParameters::new(abcd);
    let steps = (duration / dt + 0.5) as usize + 1;
    Pattern { letter, name, parameters, v0, u0: abcd[1] * v0, dt, steps, input }
}

/// The same with `v' = 0.04 v^2 + 4.1 v + 108 - u + I`.
const fn integrator(pattern: Pattern) -> Pattern {
    let parameters = IzhikevichParameters { k1: 4.1, k0: 108.0, ..pattern.parameters };
    Pattern { parameters, ..pattern }
}

/// The same with `u' = a b (v + 65)` and the start of the figure's script.
const fn accommodating(pattern: Pattern) -> Pattern {
    let parameters = IzhikevichParameters { recovery: Recovery::Undamped, ..pattern.parameters };
    Pattern { parameters, u0: -16.0, ..pattern }
}

const FOREVER: f64 = f64::INFINITY;
/// Start of the first pulse of "integrator", ms: a number the figure's script computes.
const L1: f64 = 100.0 / 11.0;

/// The patterns A to T, in the order of the figure.
pub const PATTERNS: [Pattern; 20] = {
    use Waveform::{Pulses, Ramp, SlowThenFastRamp};
    [
        // letter and name, [a, b, c, d], [v0, dt, duration], input
        pattern(
            ('A', "tonic_spiking"),
            [0.02, 0.2, -65.0, 6.0],
            [-70.0, 0.25, 100.0],
            Pulses(0.0, &[(10.0, FOREVER, 14.0)]),
        ),
        pattern(
            ('B', "phasic_spiking"),
            [0.02, 0.25, -65.0, 6.0],
            [-64.0, 0.25, 200.0],
            Pulses(0.0, &[(20.0, FOREVER, 0.5)]),
        ),
        pattern(
            ('C', "tonic_bursting"),
            [0.02, 0.2, -50.0, 2.0],
            [-70.0, 0.25, 220.0],
            Pulses(0.0, &[(22.0, FOREVER, 15.0)]),
        ),
        pattern(
            ('D', "phasic_bursting"),
            [0.02, 0.25, -55.0, 0.05],
            [-64.0, 0.2, 200.0],
            Pulses(0.0, &[(20.0, FOREVER, 0.6)]),
        ),
        pattern(
            ('E', "mixed_mode"),
            [0.02, 0.2, -55.0, 4.0],
            [-70.0, 0.25, 160.0],
            Pulses(0.0, &[(16.0, FOREVER, 10.0)]),
        ),
        pattern(
            ('F', "spike_frequency_adaptation"),
            [0.01, 0.2, -65.0, 8.0],
            [-70.0, 0.25, 85.0],
            Pulses(0.0, &[(8.5, FOREVER, 30.0)]),
        ),
        integrator(pattern(
            ('G', "class_1_excitable"),
            [0.02, -0.1, -55.0, 6.0],
            [-60.0, 0.25, 300.0],
            Ramp { base: 0.0, from: 30.0, slope: 0.075 },
        )),
        pattern(
            ('H', "class_2_excitable"),
            [0.2, 0.26, -65.0, 0.0],
            [-64.0, 0.25, 300.0],
            Ramp { base: -0.5, from: 30.0, slope: 0.015 },
        ),
        pattern(
            ('I', "spike_latency"),
            [0.02, 0.2, -65.0, 6.0],
            [-70.0, 0.2, 100.0],
            Pulses(0.0, &[(10.0, 13.0, 7.04)]),
        ),
        pattern(
            ('J', "subthreshold_oscillations"),
            [0.05, 0.26, -60.0, 0.0],
            [-62.0, 0.25, 200.0],
            Pulses(0.0, &[(20.0, 25.0, 2.0)]),
        ),
        pattern(
            ('K', "resonator"),
            [0.1, 0.26, -60.0, -1.0],
            [-62.0, 0.25, 400.0],
            Pulses(0.0, &[(40.0, 44.0, 0.65), (60.0, 64.0, 0.65), (280.0, 284.0, 0.65), (320.0, 324.0, 0.65)]),
        ),
        integrator(pattern(
            ('L', "integrator"),
            [0.02, -0.1, -55.0, 6.0],
            [-60.0, 0.25, 100.0],
            Pulses(0.0, &[(L1, L1 + 2.0, 9.0), (L1 + 5.0, L1 + 7.0, 9.0), (70.0, 72.0, 9.0), (80.0, 82.0, 9.0)]),
        )),
        pattern(
            ('M', "rebound_spike"),
            [0.03, 0.25, -60.0, 4.0],
            [-64.0, 0.2, 200.0],
            Pulses(0.0, &[(20.0, 25.0, -15.0)]),
        ),
        pattern(
            ('N', "rebound_burst"),
            [0.03, 0.25, -52.0, 0.0],
            [-64.0, 0.2, 200.0],
            Pulses(0.0, &[(20.0, 25.0, -15.0)]),
        ),
        pattern(
            ('O', "threshold_variability"),
            [0.03, 0.25, -60.0, 4.0],
            [-64.0, 0.25, 100.0],
            Pulses(0.0, &[(10.0, 15.0, 1.0), (70.0, 75.0, -6.0), (80.0, 85.0, 1.0)]),
        ),
        pattern(
            ('P', "bistability"),
            [0.1, 0.26, -60.0, 0.0],
            [-61.0, 0.25, 300.0],
            Pulses(0.24, &[(37.5, 42.5, 1.24), (216.0, 221.0, 1.24)]),
        ),
        pattern(
            ('Q', "depolarizing_afterpotential"),
            [1.0, 0.2, -60.0, -21.0],
            [-70.0, 0.1, 50.0],
            Pulses(0.0, &[(9.0, 11.0, 20.0)]),
        ),
        accommodating(pattern(('R', "accommodation"), [0.02, 1.0, -55.0, 4.0], [-65.0, 0.5, 400.0], SlowThenFastRamp)),
        pattern(
            ('S', "inhibition_induced_spiking"),
            [-0.02, -1.0, -60.0, 8.0],
            [-63.8, 0.5, 350.0],
            Pulses(75.0, &[(-FOREVER, 50.0, 80.0), (250.0, FOREVER, 80.0)]),
        ),
        pattern(
            ('T', "inhibition_induced_bursting"),
            [-0.026, -1.0, -45.0, -2.0],
            [-63.8, 0.5, 350.0],
            Pulses(75.0, &[(-FOREVER, 50.0, 80.0), (250.0, FOREVER, 80.0)]),
        ),
    ]
};
