use serde::Serialize;

use crate::ReferenceError;
use crate::error::{finite, positive};

/// The spike times of one neuron, in seconds, finite and strictly increasing.
///
/// # Example
///
/// ```
/// use bitspike_reference::metrics::SpikeTrain;
///
/// assert!(SpikeTrain::new("tested", &[0.01, 0.02]).is_ok());
/// let error = SpikeTrain::new("tested", &[0.02, 0.01]).unwrap_err();
/// assert_eq!(error.to_string(), "spike 1 of tested is at 1e-2 s, must be finite and after 2e-2 s");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpikeTrain<'a> {
    name: &'static str,
    times: &'a [f64],
}

impl<'a> SpikeTrain<'a> {
    /// A train of these times (seconds); `name` stands in error messages.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::SpikeTime`] unless every time is finite and after the one before it.
    pub fn new(name: &'static str, times: &'a [f64]) -> Result<Self, ReferenceError> {
        let mut after = f64::NEG_INFINITY;
        for (index, &time) in times.iter().enumerate() {
            if !(time.is_finite() && time > after) {
                return Err(ReferenceError::SpikeTime { train: name, index, time, after });
            }
            after = time;
        }
        Ok(Self { name, times })
    }

    /// Spike times, seconds.
    #[must_use]
    pub fn times(&self) -> &'a [f64] {
        self.times
    }
}

/// The time span in which both trains were recorded, its ends included, seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Recording {
    start: f64,
    end: f64,
}

impl Recording {
    /// From `start` to `end`, seconds.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NotFinite`] unless `start` is finite, [`ReferenceError::EmptyRecording`] unless `end` is
    /// finite and after `start`.
    pub fn new(start: f64, end: f64) -> Result<Self, ReferenceError> {
        finite("start", start)?;
        if end.is_finite() && end > start {
            Ok(Self { start, end })
        } else {
            Err(ReferenceError::EmptyRecording { start, end })
        }
    }

    /// First instant, seconds.
    #[must_use]
    pub fn start(&self) -> f64 {
        self.start
    }

    /// Last instant, seconds.
    #[must_use]
    pub fn end(&self) -> f64 {
        self.end
    }

    /// Length, seconds.
    #[must_use]
    pub fn duration(&self) -> f64 {
        self.end - self.start
    }

    /// That every spike lies within.
    pub(super) fn check(&self, train: SpikeTrain) -> Result<(), ReferenceError> {
        let ends = [train.times.first(), train.times.last()];
        match ends.into_iter().flatten().find(|time| !(self.start..=self.end).contains(*time)) {
            None => Ok(()),
            Some(&time) => {
                Err(ReferenceError::SpikeOutside { train: train.name, time, start: self.start, end: self.end })
            }
        }
    }
}

/// The times of spikes known by their time steps: `step * dt`, seconds.
///
/// # Errors
///
/// [`ReferenceError::NotPositive`] unless `dt` (seconds) is finite and above 0.
///
/// # Example
///
/// ```
/// assert_eq!(bitspike_reference::metrics::times_of_steps(&[0, 3], 0.5), Ok(vec![0.0, 1.5]));
/// ```
pub fn times_of_steps(steps: &[u64], dt: f64) -> Result<Vec<f64>, ReferenceError> {
    positive("dt", dt)?;
    Ok(steps.iter().map(|&step| step as f64 * dt).collect())
}
