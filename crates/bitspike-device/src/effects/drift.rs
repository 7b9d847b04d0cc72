//! Drift and retention: what a device loses with time.

use crate::config::ArrayConfig;
use crate::device::{Device, Effect, Moment, standard_normal};
use crate::error::{DeviceError, check_range};
use crate::sigma::{SigmaFit, fit};
use bitspike_spec::random::Stream;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[array.drift]`: one of the forms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DriftConfig {
    /// Power law, the exponent of each device from one normal distribution.
    PowerLaw {
        /// Mean exponent, 0 to 1.
        nu_mean: f64,
        /// Standard deviation of the exponent between devices, 0 to 1.
        nu_sigma: f64,
        /// Seconds after programming at which drift starts, 1e-9 to 1e9.
        t0: f64,
    },
    /// Power law of phase-change memory, exponent by level.
    Pcm {
        /// Seconds after programming at which drift starts, 1e-9 to 1e9.
        t0: f64,
    },
    /// Mean and spread that move with the logarithm of time.
    LogTime {
        /// Shift of the mean for each factor `e` in time, siemens, -1 to 1.
        mean: f64,
        /// Spread added for each factor `e` in time, siemens, 0 to 1.
        sigma: f64,
        /// Spread at 1 s, siemens, 0 to 1.
        sigma_0: f64,
    },
    /// Spread of W. Wan et al. 2022 between 1 s and 2 days.
    Wan,
}

/// Drift of a device that had conductance `g` (µS) after programming, `t` seconds later.
///
/// ```text
/// power law    g(t) = g (max(t, t0) / t0)^-nu        nu = max(0, mu + sigma z)
///   pcm        mu    = clamp(-0.0155 ln x + 0.0244, 0.049, 0.1)          x = g / g_max
///              sigma = clamp(-0.0125 ln x - 0.0059, 0.008, 0.045)
/// log time     g(t) = max(0, g + mean L + (sigma L + sigma_0) z)         L = ln max(t, 1 s)
/// wan          g(t) = max(0, g + (s(t) - s(1 s)) z')                     s of the target at 1 s, 1 d, 2 d, linear in ln t
/// ```
///
/// `z` of stream `Drift`, block 0; `z'` is the number of the programming spread. Each device has one `z` for all times,
/// so it keeps its identity. Sources: PCM of aihwkit 1.2.0 (Nandakumar 2019); log time for CMO/HfOx of aihwkit 1.2.0
/// (mean -0.0890 µS, sigma 0.0420 µS, sigma_0 0.4118 µS); Wan et al., Nature 608 (2022), fits of aihwkit 1.2.0.
#[derive(Clone, Debug)]
pub struct Drift {
    form: DriftConfig,
    g_max: f64,
    fits: [SigmaFit; 3],
}

pub(crate) fn make(config: &ArrayConfig) -> Result<Option<Box<dyn Effect>>, DeviceError> {
    let Some(form) = &config.drift else { return Ok(None) };
    check(form)?;
    let named = |name| fit("array.drift", name).copied();
    let fits = [named("hfox_wan_1s")?, named("hfox_wan_1d")?, named("hfox_wan_2d")?];
    Ok(Some(Box::new(Drift { form: form.clone(), g_max: config.g_max * 1e6, fits })))
}

fn check(form: &DriftConfig) -> Result<(), DeviceError> {
    let check = |key: &str, value, range| check_range(&format!("array.drift.{key}"), value, range);
    match *form {
        DriftConfig::PowerLaw { nu_mean, nu_sigma, t0 } => {
            check("power_law.nu_mean", nu_mean, (0.0, 1.0))?;
            check("power_law.nu_sigma", nu_sigma, (0.0, 1.0))?;
            check("power_law.t0", t0, (1e-9, 1e9))
        }
        DriftConfig::Pcm { t0 } => check("pcm.t0", t0, (1e-9, 1e9)),
        DriftConfig::LogTime { mean, sigma, sigma_0 } => {
            check("log_time.mean", mean, (-1.0, 1.0))?;
            check("log_time.sigma", sigma, (0.0, 1.0))?;
            check("log_time.sigma_0", sigma_0, (0.0, 1.0))
        }
        DriftConfig::Wan => Ok(()),
    }
}

impl Effect for Drift {
    fn apply(&self, at: &Moment, devices: &mut [Device]) {
        let each = |stream, devices: &mut [Device], g: &dyn Fn(&Device, f64) -> f64| {
            at.draws.each(stream, devices, |device, word| device.set_g(g(device, standard_normal(word))));
        };
        let decades = |t0: f64| libm::log(at.seconds.max(t0) / t0);
        match self.form {
            DriftConfig::PowerLaw { nu_mean, nu_sigma, t0 } => {
                let log = decades(t0);
                let exponent = |z: f64| (nu_mean + nu_sigma * z).max(0.0);
                each(Stream::Drift, devices, &|device, z| device.g() * libm::exp(-exponent(z) * log));
            }
            DriftConfig::Pcm { t0 } => {
                let log = decades(t0);
                let exponent = |g: f64, z: f64| pcm_exponent(g / self.g_max, z);
                each(Stream::Drift, devices, &|device, z| device.g() * libm::exp(-exponent(device.g(), z) * log));
            }
            DriftConfig::LogTime { mean, sigma, sigma_0 } => {
                let log = decades(1.0);
                let shift = |z: f64| 1e6 * (mean * log + (sigma * log + sigma_0) * z);
                each(Stream::Drift, devices, &|device, z| device.g() + shift(z));
            }
            DriftConfig::Wan => {
                let growth = |target: f64| self.wan_growth(target, at.seconds);
                each(Stream::Spread, devices, &|device, z| device.g() + growth(device.target) * z);
            }
        }
    }
}

/// Drift exponent of phase-change memory at a share `x` of `g_max`.
fn pcm_exponent(x: f64, z: f64) -> f64 {
    let log = libm::log(x.max(1e-9));
    let mu = (-0.0155 * log + 0.0244).clamp(0.049, 0.1);
    let sigma = (-0.0125 * log - 0.0059).clamp(0.008, 0.045);
    (mu + sigma * z).max(0.0)
}

const DAY: f64 = 86_400.0;

impl Drift {
    /// How much wider the spread of `target` is after `seconds` than after one second, µS.
    fn wan_growth(&self, target: f64, seconds: f64) -> f64 {
        let at = self.fits.map(|fit| fit.at(target));
        let (early, late) = (libm::log(DAY), libm::log(2.0 * DAY));
        let log = libm::log(seconds.clamp(1.0, 2.0 * DAY));
        let growth_1d = at[1] - at[0];
        if log <= early {
            growth_1d * log / early
        } else {
            growth_1d + (at[2] - at[1]) * (log - early) / (late - early)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::spread::{Distribution, SpreadConfig};
    use crate::sigma::SigmaSource;
    use crate::statistics::{MILLION, after, device, ks_p, moment, normal_cdf};

    fn drift(form: DriftConfig) -> Box<dyn Effect> {
        let config = ArrayConfig { drift: Some(form), g_max: 25e-6, ..ArrayConfig::default() };
        make(&config).expect("in range").expect("on")
    }

    /// `-ln(g / g0) / ln(t / t0)` is the exponent: normal, cut at 0.
    #[test]
    fn power_law_exponents_are_normal_and_stay_with_the_device() {
        let law = drift(DriftConfig::PowerLaw { nu_mean: 0.06, nu_sigma: 0.01, t0: 20.0 });
        let exponents = |seconds: f64| -> Vec<f64> {
            let g = after(law.as_ref(), &moment(seconds), (MILLION, 20.0));
            g.iter().map(|g| -(g / 20.0).ln() / (seconds / 20.0).ln()).collect()
        };
        let (day, year) = (exponents(86_400.0), exponents(3.15e7));
        assert!(day.iter().zip(&year).all(|(a, b)| (a - b).abs() < 1e-12), "a device changed its exponent");
        let p = ks_p(day, |nu| normal_cdf((nu - 0.06) / 0.01));
        assert!(p > 0.01, "{p}");
        assert_eq!(after(law.as_ref(), &moment(3.0), (1, 20.0)), [20.0], "nothing before t0");
    }

    /// At `x = 0.05`: mu = clamp(0.0708), sigma = clamp(0.0315), by hand.
    #[test]
    fn pcm_exponents_depend_on_the_level() {
        let g = after(drift(DriftConfig::Pcm { t0: 20.0 }).as_ref(), &moment(20.0 * 1e4), (MILLION, 1.25));
        let cut = g.iter().filter(|&&g| g == 1.25).count() as f64 / 1e6;
        let (mu, sigma) = (0.0155 * 20.0_f64.ln() + 0.0244, 0.0125 * 20.0_f64.ln() - 0.0059);
        assert!((cut - normal_cdf(-mu / sigma)).abs() < 4.0 * 1.1e-4, "{cut}");
        let exponents: Vec<f64> = g.iter().filter(|&&g| g < 1.25).map(|g| -(g / 1.25).ln() / 1e4_f64.ln()).collect();
        let below = normal_cdf(-mu / sigma);
        let p = ks_p(exponents, |nu| (normal_cdf((nu - mu) / sigma) - below) / (1.0 - below));
        assert!(p > 0.01, "{p}");
    }

    #[test]
    fn log_time_moves_mean_and_spread_and_keeps_each_device() {
        let form = DriftConfig::LogTime { mean: -0.089e-6, sigma: 0.042e-6, sigma_0: 0.4118e-6 };
        let log = 86_400.0_f64.ln();
        let g = after(drift(form.clone()).as_ref(), &moment(86_400.0), (MILLION, 20.0));
        let (mean, sigma) = (20.0 - 0.089 * log, 0.042 * log + 0.4118);
        let p = ks_p(g.clone(), |x| normal_cdf((x - mean) / sigma));
        assert!(p > 0.01, "{p}");
        let first = after(drift(form).as_ref(), &moment(1.0), (MILLION, 20.0));
        let same = first.iter().zip(&g).all(|(a, b)| ((a - 20.0) / 0.4118 - (b - mean) / sigma).abs() < 1e-9);
        assert!(same, "a device changed its number");
    }

    /// Spread at one second, then drift: at a day the whole is one normal number of the one-day fit, cut at 0, and the
    /// device's own (the published points have two decimals: 1 %).
    #[test]
    fn wan_devices_reach_the_published_spread_and_keep_their_number() {
        let sigma = SigmaSource::Fit("hfox_wan_1s".to_owned());
        let spread = SpreadConfig { sigma, distribution: Distribution::Normal, factor: 1.0 };
        let config = ArrayConfig { spread: Some(spread), drift: Some(DriftConfig::Wan), ..ArrayConfig::default() };
        let spread = crate::effects::spread::make(&config).expect("valid").expect("on");
        let drift = drift(DriftConfig::Wan);
        let mut programmed: Vec<Device> = (0..MILLION).map(|n| device(n, 20.0)).collect();
        spread.apply(&moment(0.0), &mut programmed);
        // Two decimals of a spread move a number, 6.4 at most, by 0.06.
        let z: Vec<f64> = programmed.iter().map(|device| (device.g() - 20.0) / 2.02).collect();
        for (seconds, published, name) in
            [(1.0, 2.02, "1s"), (DAY, 3.91, "1d"), (2.0 * DAY, 3.93, "2d"), (1e9, 3.93, "2d")]
        {
            let sigma = fit("", &format!("hfox_wan_{name}")).expect("known").at(20.0);
            assert!((sigma / published - 1.0).abs() < 0.01, "{name}: {sigma}");
            let mut devices = programmed.clone();
            drift.apply(&moment(seconds), &mut devices);
            let g: Vec<f64> = devices.iter().map(Device::g).collect();
            let same = z.iter().zip(&g).filter(|(_, g)| **g > 0.0).all(|(z, g)| ((g - 20.0) / sigma - z).abs() < 0.1);
            assert!(same, "{seconds} s: a device changed its number");
            let p = ks_p(g, |x| normal_cdf((x - 20.0) / sigma));
            assert!(p > 0.01, "{seconds} s: {p}");
        }
    }

    /// By hand, at 0 µS: the fits give 0.348, 0.701 and 0.782 µS.
    #[test]
    fn wan_growth_is_linear_in_the_logarithm_of_time() {
        let fits = ["hfox_wan_1s", "hfox_wan_1d", "hfox_wan_2d"].map(|name| *fit("", name).expect("known"));
        let drift = Drift { form: DriftConfig::Wan, g_max: 40.0, fits };
        let points =
            [(0.0, 0.0), (1.0, 0.0), (DAY.sqrt(), 0.1765), (DAY, 0.353), (2.0_f64.sqrt() * DAY, 0.3935), (1e9, 0.434)];
        for (seconds, growth) in points {
            assert!((drift.wan_growth(0.0, seconds) - growth).abs() < 1e-12, "{seconds} s");
        }
    }
}
