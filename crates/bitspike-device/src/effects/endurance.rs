//! Endurance: writing wears a device out.

use crate::config::ArrayConfig;
use crate::device::{Device, Effect, Moment};
use crate::error::{DeviceError, check_range};
use bitspike_spec::random::{Stream, uniform};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a worn-out device stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WornOut {
    /// At `g_min`.
    #[default]
    Low,
    /// At `g_max`.
    High,
}

/// `[array.endurance]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnduranceConfig {
    /// Writes a device has had before this programming, 0 to 1e15.
    pub cycles: f64,
    /// Scale of the cycles to failure (63 % have failed), 1 to 1e15.
    pub scale: f64,
    /// Shape of the Weibull distribution, 0.1 to 20.
    pub shape: f64,
    /// Share of the window lost for each decade of writes, 0 to 1.
    #[serde(default)]
    pub closure_per_decade: f64,
    /// Where a worn-out device stays.
    #[serde(default)]
    pub worn_out: WornOut,
}

/// Wear of a device that has been written `n = cycles + pulses` times.
///
/// ```text
/// n_fail = scale (-ln u)^(1/shape)                 Weibull; n > n_fail: stuck at g_min or g_max
/// g = g_mid + (g - g_mid) max(0, 1 - c log10(1 + n)),   g_mid = (g_min + g_max) / 2     window closure
/// ```
///
/// `u` of stream `Endurance`, block 0: a device fails at the same number of writes whenever it is asked. Pulses are those
/// that write-verify counted. Sources: Weibull statistics of cycles to failure; closure linear in `log10 n` as in the
/// empirical metal-oxide model of MemTorch 1.1.6.
#[derive(Clone, Debug)]
pub struct Endurance {
    config: EnduranceConfig,
    g_min: f64,
    g_max: f64,
}

pub(crate) fn make(config: &ArrayConfig) -> Result<Option<Box<dyn Effect>>, DeviceError> {
    let Some(c) = &config.endurance else { return Ok(None) };
    for (key, value, range) in [
        ("cycles", c.cycles, (0.0, 1e15)),
        ("scale", c.scale, (1.0, 1e15)),
        ("shape", c.shape, (0.1, 20.0)),
        ("closure_per_decade", c.closure_per_decade, (0.0, 1.0)),
    ] {
        check_range(&format!("array.endurance.{key}"), value, range)?;
    }
    Ok(Some(Box::new(Endurance { config: c.clone(), g_min: config.g_min * 1e6, g_max: config.g_max * 1e6 })))
}

impl Effect for Endurance {
    fn apply(&self, at: &Moment, devices: &mut [Device]) {
        at.draws.each(Stream::Endurance, devices, |device, word| self.wear(device, uniform(word)));
    }
}

impl Endurance {
    /// Writes that a device endures.
    fn writes_to_failure(&self, u: f64) -> f64 {
        self.config.scale * libm::pow(-libm::log(u), 1.0 / self.config.shape)
    }

    fn wear(&self, device: &mut Device, u: f64) {
        let c = &self.config;
        let writes = c.cycles + f64::from(device.pulses);
        if writes > self.writes_to_failure(u) {
            device.stick(match c.worn_out {
                WornOut::Low => self.g_min,
                WornOut::High => self.g_max,
            });
            return;
        }
        let middle = 0.5 * (self.g_min + self.g_max);
        let open = (1.0 - c.closure_per_decade * libm::log10(1.0 + writes)).max(0.0);
        device.set_g(middle + (device.g() - middle) * open);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{MILLION, after, chi_squared, device, ks_p, moment};

    fn worn(cycles: f64, closure_per_decade: f64) -> Endurance {
        let config = EnduranceConfig { cycles, scale: 1e6, shape: 1.5, closure_per_decade, worn_out: WornOut::High };
        Endurance { config, g_min: 0.0, g_max: 40.0 }
    }

    #[test]
    fn writes_to_failure_are_weibull() {
        let (worn, draws) = (worn(0.0, 0.0), moment(0.0).draws);
        let one = |n| worn.writes_to_failure(uniform(draws.words(Stream::Endurance, device(n, 0.0).place, 0)[0]));
        let p = ks_p((0..MILLION).map(one).collect(), |n| 1.0 - (-(n / 1e6).powf(1.5)).exp());
        assert!(p > 0.01, "{p}");
    }

    /// Failed shares at rising numbers of writes against `1 - exp(-(n/scale)^shape)`; 6.63 is the 1 % point of chi-squared
    /// with one degree of freedom. What has failed stays failed.
    #[test]
    fn failures_follow_weibull() {
        let mut before: Vec<f64> = vec![30.0; MILLION as usize];
        for cycles in [1e5, 3e5, 1e6, 2e6] {
            let g = after(&worn(cycles, 0.0), &moment(0.0), (MILLION, 30.0));
            let failed = g.iter().filter(|&&g| g == 40.0).count() as u64;
            let expected = 1e6 * (1.0 - (-(cycles / 1e6_f64).powf(1.5)).exp());
            let chi = chi_squared(&[failed, 1_000_000 - failed], &[expected, 1e6 - expected]);
            assert!(chi < 6.63, "{cycles}: {failed} against {expected}");
            assert!(before.iter().zip(&g).all(|(before, now)| now >= before), "a device recovered");
            before = g;
        }
    }

    #[test]
    fn the_window_closes_by_decades() {
        let closed = |target| after(&worn(999.0, 0.1), &moment(0.0), (1, target))[0];
        assert!((closed(40.0) - 34.0).abs() < 1e-9 && (closed(0.0) - 6.0).abs() < 1e-9);
    }
}
