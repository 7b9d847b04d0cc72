//! How far the spikes of the unit are from those of the float reference.

use std::fmt;
use std::str::FromStr;

use bitspike_reference::izhikevich::patterns::Pattern;
use bitspike_reference::metrics::coincidence::{DEFAULT_WINDOW, gamma};
use bitspike_reference::metrics::first_divergent_step::first_divergent_step;
use bitspike_reference::metrics::lead_lag::lead_lag;
use bitspike_reference::metrics::{Recording, SpikeTrain, times_of_steps};

use crate::error::Error;

/// Figures of a run of the unit against the float reference of the same order.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Agreement {
    /// Spikes of the float reference.
    pub float_spikes: usize,
    /// Spikes of the unit.
    pub fixed_spikes: usize,
    /// First time step in which only one of them fires.
    pub first_divergent_step: Option<i64>,
    /// Mean over k of the distance in time of the k-th spikes, ms; over as many as both have.
    pub mean_error_ms: Option<f64>,
    /// Largest distance in time of the k-th spikes, ms.
    pub largest_error_ms: Option<f64>,
    /// Coincidence factor at a window of 2 ms.
    pub gamma: Option<f64>,
}

impl Agreement {
    /// The figures of two lists of time steps of a pattern.
    ///
    /// # Panics
    /// When a list is not strictly increasing or has a step that the pattern has not.
    #[must_use]
    pub fn of(pattern: &Pattern, float: &[u64], fixed: &[u64]) -> Self {
        let dt = pattern.dt * 1e-3;
        let [float_times, fixed_times] =
            [float, fixed].map(|s| times_of_steps(s, dt).expect("a time step is positive"));
        let train = |name, times| SpikeTrain::new(name, times).expect("time steps increase");
        let (float, fixed) = (train("float", &float_times), train("fixed", &fixed_times));
        let recording = Recording::new(0.0, pattern.steps as f64 * dt).expect("a pattern lasts");
        let errors: Vec<f64> = (0..).map_while(|k| lead_lag(float, fixed, k)).map(|s| s.abs() * 1e3).collect();
        let any = !errors.is_empty();
        Agreement {
            float_spikes: float_times.len(),
            fixed_spikes: fixed_times.len(),
            first_divergent_step: first_divergent_step(float, fixed, dt).expect("a time step is positive"),
            mean_error_ms: any.then(|| errors.iter().sum::<f64>() / errors.len() as f64),
            largest_error_ms: any.then(|| errors.iter().copied().fold(0.0, f64::max)),
            gamma: gamma(float, fixed, recording, DEFAULT_WINDOW).expect("spikes lie in the recording"),
        }
    }

    /// Every spike in the same time step.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.first_divergent_step.is_none()
    }

    /// As many spikes.
    #[must_use]
    pub fn has_same_count(&self) -> bool {
        self.float_spikes == self.fixed_spikes
    }

    /// Whether a bound is met.
    #[must_use]
    pub fn meets(&self, bound: Bound) -> bool {
        match bound {
            Bound::Exact => self.is_exact(),
            Bound::Count => self.has_same_count(),
            Bound::Milliseconds(most) => self.has_same_count() && self.largest_error_ms.unwrap_or(0.0) <= most + 1e-9,
        }
    }
}

/// What is good enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// Every spike in the same time step.
    Exact,
    /// As many spikes.
    Count,
    /// As many spikes, the k-th within so many milliseconds of the k-th.
    Milliseconds(f64),
}

impl FromStr for Bound {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let milliseconds = text.strip_prefix("ms=").and_then(|number| number.parse().ok());
        match (text, milliseconds) {
            ("exact", _) => Ok(Bound::Exact),
            ("count", _) => Ok(Bound::Count),
            (_, Some(most)) if (0.0..=1e3).contains(&most) => Ok(Bound::Milliseconds(most)),
            _ => {
                let problem = format!("is \"{text}\", must be exact, count or ms=X, X 0 to 1000 milliseconds");
                Err(Error::Option { option: "--bound", problem })
            }
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bound::Exact => f.write_str("every spike in the same time step"),
            Bound::Count => f.write_str("the same number of spikes"),
            Bound::Milliseconds(most) => write!(f, "the same number of spikes, each within {most} ms"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tonic spiking: 0.25 ms a step, 401 steps.
    fn agreement(float: &[u64], fixed: &[u64]) -> Agreement {
        Agreement::of(Pattern::of('A').expect("a letter"), float, fixed)
    }

    #[test]
    fn errors_are_those_of_the_k_th_spikes() {
        let found = agreement(&[10, 20, 300], &[10, 24, 320]);
        assert_eq!(found.first_divergent_step, Some(20));
        assert!((found.mean_error_ms.unwrap() - 2.0).abs() < 1e-9, "0, 1 and 5 ms: {found:?}");
        assert!((found.largest_error_ms.unwrap() - 5.0).abs() < 1e-9);
        assert!(found.has_same_count() && !found.is_exact());
        let short = agreement(&[10, 20, 300], &[10]);
        assert_eq!((short.largest_error_ms, short.has_same_count()), (Some(0.0), false));
        assert_eq!(agreement(&[], &[]).largest_error_ms, None);
    }

    #[test]
    fn bounds_are_met_at_their_edge() {
        let found = agreement(&[10, 20], &[10, 24]);
        let met = |bound: &str| found.meets(bound.parse().unwrap());
        assert_eq!([met("exact"), met("count"), met("ms=1"), met("ms=0.99")], [false, true, true, false]);
        assert!(!agreement(&[10, 20], &[10]).meets(Bound::Milliseconds(1.0)), "another count");
        assert!(agreement(&[], &[]).meets(Bound::Exact));
    }

    #[test]
    fn other_words_are_no_bound() {
        for text in ["", "ms", "ms=", "ms=-1", "ms=nan", "ms=1001", "Exact"] {
            let error = text.parse::<Bound>().unwrap_err().to_string();
            assert_eq!(error, format!("--bound is \"{text}\", must be exact, count or ms=X, X 0 to 1000 milliseconds"));
        }
    }
}
