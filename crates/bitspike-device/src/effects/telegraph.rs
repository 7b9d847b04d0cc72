//! Random telegraph noise: a trap that switches a device between two conductances.

use crate::config::ArrayConfig;
use crate::device::{Device, Draws, Effect, Moment, Place, standard_normal};
use crate::error::{DeviceError, check_range};
use bitspike_spec::random::{Stream, uniform};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[array.telegraph]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TelegraphConfig {
    /// Median share of the conductance that a filled trap takes away, 0 to 1.
    pub amplitude: f64,
    /// Spread of the logarithm of that share between devices, 0 to 3.
    #[serde(default)]
    pub amplitude_sigma: f64,
    /// Mean dwell time with the trap empty, seconds.
    pub tau_0: f64,
    /// Mean dwell time with the trap filled, seconds.
    pub tau_1: f64,
    /// Seconds between two reads; at most 1e4 reads in a correlation time.
    pub read_interval: f64,
}

/// Two-state Markov chain of each device, read every `read_interval`.
///
/// ```text
/// 1/tau = 1/tau_0 + 1/tau_1,  rho = exp(-read_interval / tau),  pi = tau_1 / (tau_0 + tau_1)
/// state(k): with probability 1 - rho (and at k = 0) filled with probability pi, else state(k - 1)
/// g = g (1 - a state(k)),  a = min(1, amplitude exp(amplitude_sigma z))
/// ```
///
/// `P(1 -> 1) = rho + (1 - rho) pi`, autocovariance `pi (1 - pi) rho^n`. Read `k` draws from block `k` of stream
/// `Telegraph`, so any read can be asked for alone: the state is that of the last redraw. An epoch's image holds the states
/// of read `floor(seconds / read_interval)`, at most `2^40 - 1`. Source: two-state model of telegraph noise; lognormal
/// amplitudes after Karpov and Niraula.
#[derive(Clone, Debug)]
pub struct Telegraph {
    amplitude: f64,
    amplitude_sigma: f64,
    rho: f64,
    pi: f64,
    read_interval: f64,
}

/// Block of the amplitude, beyond every read.
const AMPLITUDE: u64 = 1 << 40;

impl TelegraphConfig {
    /// The chain of this configuration.
    ///
    /// # Errors
    /// [`DeviceError::OutOfRange`] for a parameter outside the range stated at its field (times 1e-12 to 1e12 s).
    pub fn chain(&self) -> Result<Telegraph, DeviceError> {
        let times = (1e-12, 1e12);
        for (key, value, range) in [
            ("amplitude", self.amplitude, (0.0, 1.0)),
            ("amplitude_sigma", self.amplitude_sigma, (0.0, 3.0)),
            ("tau_0", self.tau_0, times),
            ("tau_1", self.tau_1, times),
        ] {
            check_range(&format!("array.telegraph.{key}"), value, range)?;
        }
        let tau = 1.0 / (1.0 / self.tau_0 + 1.0 / self.tau_1);
        check_range("array.telegraph.read_interval", self.read_interval, (tau * 1e-4, 1e12))?;
        Ok(Telegraph {
            amplitude: self.amplitude,
            amplitude_sigma: self.amplitude_sigma,
            rho: libm::exp(-self.read_interval / tau),
            pi: self.tau_1 / (self.tau_0 + self.tau_1),
            read_interval: self.read_interval,
        })
    }
}

pub(crate) fn make(config: &ArrayConfig) -> Result<Option<Box<dyn Effect>>, DeviceError> {
    let Some(telegraph) = &config.telegraph else { return Ok(None) };
    Ok(Some(Box::new(telegraph.chain()?)))
}

impl Telegraph {
    /// Whether the trap of a device is filled at read `k`, below 2^40.
    #[must_use]
    pub fn filled(&self, draws: &Draws, place: Place, read: u64) -> bool {
        let mut k = read;
        loop {
            let words = draws.words(Stream::Telegraph, place, k);
            if k == 0 || uniform(words[0]) > self.rho {
                return uniform(words[1]) < self.pi;
            }
            k -= 1;
        }
    }

    fn share(&self, draws: &Draws, place: Place) -> f64 {
        let z = standard_normal(draws.words(Stream::Telegraph, place, AMPLITUDE)[0]);
        (self.amplitude * libm::exp(self.amplitude_sigma * z)).min(1.0)
    }
}

impl Effect for Telegraph {
    fn apply(&self, at: &Moment, devices: &mut [Device]) {
        let read = ((at.seconds / self.read_interval) as u64).min(AMPLITUDE - 1);
        for device in devices.iter_mut().filter(|device| self.filled(&at.draws, device.place, read)) {
            device.set_g(device.g() * (1.0 - self.share(&at.draws, device.place)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{MILLION, after, device, ks_p, moment, normal_cdf};

    fn config() -> TelegraphConfig {
        TelegraphConfig { amplitude: 0.1, amplitude_sigma: 0.4, tau_0: 6.0, tau_1: 3.0, read_interval: 0.5 }
    }

    /// tau = 2 s, rho = exp(-1/4), pi = 1/3: autocovariance 2/9 rho^n at lags 0 to 8, within 5 %.
    #[test]
    fn autocovariance_is_that_of_the_two_state_chain() {
        let chain = config().chain().expect("in range");
        let (draws, place) = (moment(0.0).draws, device(5, 1.0).place);
        let reads = 1_000_000;
        let states: Vec<f64> = (0..reads).map(|k| f64::from(u8::from(chain.filled(&draws, place, k)))).collect();
        let mean = states.iter().sum::<f64>() / reads as f64;
        assert!((mean - 1.0 / 3.0).abs() < 0.006, "{mean}");
        for lag in 0..=8_usize {
            let pairs = states.iter().zip(&states[lag..]).map(|(a, b)| (a - mean) * (b - mean));
            let found = pairs.sum::<f64>() / (reads as usize - lag) as f64;
            let expected = 2.0 / 9.0 * (-0.25 * lag as f64).exp();
            assert!((found / expected - 1.0).abs() < 0.05, "lag {lag}: {found} against {expected}");
        }
    }

    #[test]
    fn amplitudes_are_lognormal_and_the_filled_share_is_pi() {
        let g = after(&config().chain().expect("in range"), &moment(1e4), (MILLION, 50.0));
        let filled: Vec<f64> = g.iter().filter(|&&g| g != 50.0).map(|g| 1.0 - g / 50.0).collect();
        let share = filled.len() as f64 / 1e6;
        assert!((share - 1.0 / 3.0).abs() < 4.0 * 4.8e-4, "{share}");
        // A share of 1 (5.8 sigma) is cut; no sample gets there.
        let p = ks_p(filled, |a| normal_cdf((a / 0.1).ln() / 0.4));
        assert!(p > 0.01, "{p}");
    }

    #[test]
    fn refuses_reads_much_faster_than_the_trap() {
        let fast = TelegraphConfig { read_interval: 1e-9, ..config() }.chain().expect_err("refused").to_string();
        assert_eq!(fast, "array.telegraph.read_interval is 1e-9, must be 2e-4 to 1e12");
    }
}
