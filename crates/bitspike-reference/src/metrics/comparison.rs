//! All figures of a pair of spike trains.

use serde::Serialize;

use super::coincidence::{self, gamma};
use super::first_divergent_step::first_divergent_step;
use super::isi_distance::isi_distance;
use super::lead_lag::lead_lag;
use super::matched::{Matched, match_spikes};
use super::spike_count::{rate_error, spike_count_difference};
use super::spike_distance::spike_distance;
use super::van_rossum::van_rossum;
use super::victor_purpura::victor_purpura;
use super::{Recording, SpikeTrain};
use crate::ReferenceError;

/// Parameters of the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Options {
    /// Time span in which both trains were recorded.
    pub recording: Recording,
    /// Time step, seconds, for the first divergent step.
    pub dt: f64,
    /// Window of matching and of Gamma, seconds.
    pub window: f64,
    /// Cost of Victor-Purpura, 1/second.
    pub victor_purpura_cost: f64,
    /// Time constant of van Rossum, seconds.
    pub van_rossum_tau: f64,
    /// Spike, counted from 0, whose lateness is given; `None`: the last that both trains have.
    pub lead_lag_spike: Option<usize>,
}

impl Options {
    /// Window 2 ms, Victor-Purpura cost 100 /s (0.1 per ms), van Rossum tau 10 ms, lateness of the last common spike.
    #[must_use]
    pub fn new(recording: Recording, dt: f64) -> Self {
        Self {
            recording,
            dt,
            window: coincidence::DEFAULT_WINDOW,
            victor_purpura_cost: 100.0,
            van_rossum_tau: 10e-3,
            lead_lag_spike: None,
        }
    }
}

/// All figures of a pair of spike trains.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TrainComparison {
    /// Spikes of the reference.
    pub reference_spikes: usize,
    /// Spikes of the tested train.
    pub tested_spikes: usize,
    /// [`spike_count_difference`], spikes.
    pub spike_count_difference: i64,
    /// [`rate_error`], hertz.
    pub rate_error: f64,
    /// [`first_divergent_step`], time steps.
    pub first_divergent_step: Option<i64>,
    /// [`match_spikes`], seconds.
    pub matched: Matched,
    /// [`lead_lag`], seconds.
    pub lead_lag: Option<f64>,
    /// [`gamma`], a pure number.
    pub gamma: Option<f64>,
    /// [`victor_purpura`], a pure number.
    pub victor_purpura: f64,
    /// [`van_rossum`], a pure number.
    pub van_rossum: f64,
    /// [`isi_distance`], a pure number.
    pub isi_distance: f64,
    /// [`spike_distance`], a pure number.
    pub spike_distance: f64,
}

/// Every figure of this folder for two trains of spike times in seconds.
///
/// # Errors
///
/// [`ReferenceError::SpikeTime`] unless the times of each train are finite and strictly increasing,
/// [`ReferenceError::SpikeOutside`] unless they lie in the recording, [`ReferenceError::NotPositive`] unless `dt` and
/// `van_rossum_tau` are finite and above 0, [`ReferenceError::Negative`] unless `window` and `victor_purpura_cost` are
/// finite and at least 0.
///
/// # Example
///
/// ```
/// use bitspike_reference::metrics::{Options, Recording, compare_trains};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let options = Options::new(Recording::new(0.0, 1.0)?, 1e-3);
/// let comparison = compare_trains(&[0.1, 0.2, 0.3], &[0.1, 0.201], &options)?;
/// assert_eq!(comparison.spike_count_difference, -1);
/// assert_eq!(comparison.first_divergent_step, Some(200));
/// assert_eq!(comparison.matched.pairs, 2);
/// # Ok(())
/// # }
/// ```
pub fn compare_trains(reference: &[f64], tested: &[f64], options: &Options) -> Result<TrainComparison, ReferenceError> {
    let (reference, tested) = (SpikeTrain::new("reference", reference)?, SpikeTrain::new("tested", tested)?);
    let [reference_spikes, tested_spikes] = [reference, tested].map(|train| train.times().len());
    let last_common = reference_spikes.min(tested_spikes).saturating_sub(1);
    let recording = options.recording;
    Ok(TrainComparison {
        reference_spikes,
        tested_spikes,
        spike_count_difference: spike_count_difference(reference, tested),
        rate_error: rate_error(reference, tested, recording)?,
        first_divergent_step: first_divergent_step(reference, tested, options.dt)?,
        matched: match_spikes(reference, tested, options.window)?,
        lead_lag: lead_lag(reference, tested, options.lead_lag_spike.unwrap_or(last_common)),
        gamma: gamma(reference, tested, recording, options.window)?,
        victor_purpura: victor_purpura(reference, tested, options.victor_purpura_cost)?,
        van_rossum: van_rossum(reference, tested, options.van_rossum_tau)?,
        isi_distance: isi_distance(reference, tested, recording)?,
        spike_distance: spike_distance(reference, tested, recording)?,
    })
}
