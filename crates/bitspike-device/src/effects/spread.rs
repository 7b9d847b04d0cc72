//! Programming spread: a device does not end where it was aimed at.

use crate::config::ArrayConfig;
use crate::device::{Device, Effect, Moment, standard_normal};
use crate::error::{DeviceError, check_range};
use crate::sigma::{Sigma, SigmaSource};
use bitspike_spec::random::{Stream, uniform};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// Shape of the spread around the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// Normal, mean at the target.
    #[default]
    Normal,
    /// Lognormal, mean at the target.
    Lognormal,
    /// Log-logistic, median at the target.
    LogLogistic,
}

/// `[array.spread]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpreadConfig {
    /// Standard deviation as a function of the target conductance.
    pub sigma: SigmaSource,
    /// Shape.
    #[serde(default)]
    pub distribution: Distribution,
    /// Factor on the standard deviation, 0 to 100.
    #[serde(default = "one")]
    pub factor: f64,
}

fn one() -> f64 {
    1.0
}

/// Programming spread of a device around its target `t`.
///
/// ```text
/// normal        g = clip(t + s z, 0, g_clip)                    s = factor * sigma(t)
/// lognormal     g = t exp(k z - k^2/2)                          k^2 = ln(1 + (s/t)^2): mean t, deviation s
/// log_logistic  g = t (u / (1 - u))^(1/b)                       1/b = k sqrt(3) / pi: median t, ln g as wide as lognormal's
/// ```
///
/// All in µS, clipped to `0..g_clip`; `z`, `u` of stream `Spread`, block 0. A lognormal or log-logistic device aimed at 0
/// stays there. Sources of `sigma`: [`crate::sigma::FITS`]; lognormal and log-logistic shapes as reported for HfO2 high
/// resistance states (doi 10.1016/j.mssp.2025.109668).
#[derive(Clone, Debug)]
pub struct Spread {
    sigma: Sigma,
    distribution: Distribution,
    factor: f64,
    g_clip: f64,
}

/// Draws the spread of a target.
pub(crate) fn make(config: &ArrayConfig) -> Result<Option<Box<dyn Effect>>, DeviceError> {
    let Some(spread) = &config.spread else { return Ok(None) };
    check_range("array.spread.factor", spread.factor, (0.0, 100.0))?;
    Ok(Some(Box::new(Spread {
        sigma: spread.sigma.load("array.spread.sigma")?,
        distribution: spread.distribution,
        factor: spread.factor,
        g_clip: config.g_clip() * 1e6,
    })))
}

impl Effect for Spread {
    fn apply(&self, at: &Moment, devices: &mut [Device]) {
        at.draws.each(Stream::Spread, devices, |device, word| device.set_g(self.g(device.target, word)));
    }
}

impl Spread {
    #[inline]
    fn g(&self, target: f64, word: u32) -> f64 {
        let sigma = self.factor * self.sigma.at(target);
        let g = match self.distribution {
            Distribution::Normal => target + sigma * standard_normal(word),
            Distribution::Lognormal => {
                let k = log_width(sigma, target);
                target * libm::exp(k * standard_normal(word) - 0.5 * k * k)
            }
            Distribution::LogLogistic => {
                let u = uniform(word);
                target * libm::exp(log_width(sigma, target) * 3.0_f64.sqrt() / PI * libm::log(u / (1.0 - u)))
            }
        };
        g.min(self.g_clip)
    }
}

/// Standard deviation of `ln g` of a lognormal of that deviation and mean.
fn log_width(sigma: f64, mean: f64) -> f64 {
    if mean > 0.0 { libm::log1p((sigma / mean).powi(2)).sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{MILLION, after, device, ks_p, moment, moments, normal_cdf};

    fn spread(distribution: Distribution) -> Spread {
        Spread { sigma: Sigma::Absolute(2.0), distribution, factor: 1.5, g_clip: 1e3 }
    }

    fn samples(distribution: Distribution) -> Vec<f64> {
        after(&spread(distribution), &moment(0.0), (MILLION, 20.0))
    }

    #[test]
    fn normal() {
        let g = samples(Distribution::Normal);
        let (mean, deviation) = moments(&g);
        assert!((mean - 20.0).abs() < 4.0 * 3.0 / 1e3, "{mean}");
        assert!((deviation - 3.0).abs() < 4.0 * 3.0 / 2e6_f64.sqrt(), "{deviation}");
        let p = ks_p(g, |x| normal_cdf((x - 20.0) / 3.0));
        assert!(p > 0.01, "{p}");
    }

    #[test]
    fn lognormal() {
        let g = samples(Distribution::Lognormal);
        let (mean, deviation) = moments(&g);
        assert!((mean - 20.0).abs() < 4.0 * 3.0 / 1e3, "{mean}");
        assert!((deviation / 3.0 - 1.0).abs() < 0.005, "{deviation}");
        let k = (1.0_f64 + (3.0_f64 / 20.0).powi(2)).ln().sqrt();
        let p = ks_p(g, |x| normal_cdf(((x / 20.0).ln() + 0.5 * k * k) / k));
        assert!(p > 0.01, "{p}");
    }

    #[test]
    fn log_logistic() {
        let b = PI / (3.0_f64.sqrt() * (1.0_f64 + (3.0_f64 / 20.0).powi(2)).ln().sqrt());
        let p = ks_p(samples(Distribution::LogLogistic), |x| 1.0 / (1.0 + (x / 20.0).powf(-b)));
        assert!(p > 0.01, "{p}");
    }

    #[test]
    fn conductances_stay_between_zero_and_the_clip() {
        let wide = Spread { g_clip: 25.0, factor: 20.0, ..spread(Distribution::Normal) };
        let g = after(&wide, &moment(0.0), (10_000, 20.0));
        assert!(g.iter().all(|g| (0.0..=25.0).contains(g)));
        let share = |at: f64| g.iter().filter(|&&g| g == at).count() as f64 / 1e4;
        assert!((share(0.0) - normal_cdf(-0.5)).abs() < 4.0 * 0.0047);
        assert!((share(25.0) - normal_cdf(-0.125)).abs() < 4.0 * 0.005);
    }

    #[test]
    fn a_stuck_device_is_left_alone() {
        let mut stuck = device(0, 20.0);
        stuck.stick(7.0);
        spread(Distribution::Normal).apply(&moment(0.0), std::slice::from_mut(&mut stuck));
        assert_eq!(stuck.g(), 7.0);
    }
}
