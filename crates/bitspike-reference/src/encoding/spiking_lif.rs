use super::LifTimes;
use crate::ReferenceError;
use crate::error::{length, positive};

/// Spiking LIF neurons as Nengo steps them: threshold 1, reset to 0, spike times interpolated within the step.
///
/// Unlike [`crate::lif::Lif`] the refractory period is not a whole number of steps: it starts at the interpolated instant of
/// the spike, so that the mean rate is that of [`super::Nonlinearity::Lif`] at any `dt`.
///
/// # Example
///
/// ```
/// use bitspike_reference::encoding::{LifTimes, Nonlinearity, SpikingLif};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let times = LifTimes { tau_m: 0.02, tau_ref: 0.002 };
/// let mut lif = SpikingLif::new(times, 1e-3, 1)?;
/// let (mut spike, mut count) = ([false], 0);
/// for _ in 0..10_000 {
///     lif.step(&[3.0], &mut spike);
///     count += u32::from(spike[0]);
/// }
/// assert!((f64::from(count) / 10.0 - Nonlinearity::Lif(times).rate(3.0)).abs() < 0.2);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SpikingLif {
    times: LifTimes,
    dt: f64,
    v: Vec<f64>,
    refractory: Vec<f64>,
}

impl SpikingLif {
    /// `neurons` neurons at v = 0, not refractory, advanced in steps of `dt` seconds.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NotPositive`] unless `tau_m` and `dt` are finite and above 0,
    /// [`ReferenceError::Negative`] unless `tau_ref` is finite and at least 0.
    pub fn new(times: LifTimes, dt: f64, neurons: usize) -> Result<Self, ReferenceError> {
        times.check()?;
        positive("dt", dt)?;
        Ok(Self { times, dt, v: vec![0.0; neurons], refractory: vec![0.0; neurons] })
    }

    /// Sets the membrane potentials, where Nengo starts a run from random ones.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::Length`] unless `v` has one element per neuron.
    pub fn set_v(&mut self, v: &[f64]) -> Result<(), ReferenceError> {
        length("v", v.len(), self.v.len())?;
        self.v.copy_from_slice(v);
        Ok(())
    }

    /// Membrane potentials at the end of the last step, without dimension.
    #[must_use]
    pub fn v(&self) -> &[f64] {
        &self.v
    }

    /// Time left of the refractory period at the end of the last step, seconds; 0 or below: none.
    #[must_use]
    pub fn refractory(&self) -> &[f64] {
        &self.refractory
    }

    /// Advances every neuron by one step under the currents `j` and says which fired.
    ///
    /// ```text
    /// refractory = refractory - dt
    /// dl    = clip(dt - refractory, 0, dt)                      part of the step that integrates
    /// v     = v - (j - v) expm1(-dl / tau_m)                    exact for a constant j
    /// spike = v > 1
    ///         refractory = tau_ref + dt + tau_m log1p(-(v - 1) / (j - 1)),  v = 0
    /// v     = max(v, 0)
    /// ```
    ///
    /// `j` without dimension. Rounding of `f64`. Source: `LIF.step` of Nengo 4.1.
    ///
    /// # Panics
    ///
    /// When `j` or `spikes` has not one element per neuron.
    pub fn step(&mut self, j: &[f64], spikes: &mut [bool]) {
        assert_eq!(j.len(), self.v.len(), "one current per neuron");
        assert_eq!(spikes.len(), self.v.len(), "one spike flag per neuron");
        let states = self.v.iter_mut().zip(&mut self.refractory);
        for ((&j, spike), state) in j.iter().zip(spikes).zip(states) {
            *spike = update(self.times, self.dt, j, state);
        }
    }
}

fn update(times: LifTimes, dt: f64, j: f64, (v, refractory): (&mut f64, &mut f64)) -> bool {
    *refractory -= dt;
    let integrated = (dt - *refractory).clamp(0.0, dt);
    *v -= (j - *v) * libm::expm1(-integrated / times.tau_m);
    let spike = *v > 1.0;
    if spike {
        *refractory = times.tau_ref + (dt + times.tau_m * libm::log1p(-(*v - 1.0) / (j - 1.0)));
        *v = 0.0;
    }
    *v = v.max(0.0);
    spike
}
