//! Write-verify: read, compare, pulse again.

use crate::config::ArrayConfig;
use crate::device::{Device, Effect, Moment, standard_normal};
use crate::error::{DeviceError, check_range};
use bitspike_spec::random::Stream;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[array.write_verify]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteVerifyConfig {
    /// Half width of the window that is accepted, siemens.
    pub tolerance: f64,
    /// Share of the error that a pulse corrects, 0 to 2.
    #[serde(default = "one")]
    pub gain: f64,
    /// Spread of the step of a pulse, siemens.
    pub sigma_pulse: f64,
    /// Spread of the verifying read, siemens.
    #[serde(default)]
    pub sigma_read: f64,
    /// Pulses after which a device is left as it is, 1 to 10000.
    #[serde(default = "hundred")]
    pub max_pulses: u32,
}

fn one() -> f64 {
    1.0
}

fn hundred() -> u32 {
    100
}

/// Closed-loop programming from wherever the device is.
///
/// ```text
/// for n = 0 .. max_pulses - 1:
///     r = g + sigma_read z_n              verifying read
///     stop if |r - t| <= tolerance
///     g = max(0, g + gain (t - r) + sigma_pulse z'_n)      one pulse
/// ```
///
/// All in µS; `z_n`, `z'_n` are the first and second word of stream `Pulse`, block `n`. A stuck device takes every pulse
/// and stays. With `gain = 1` and `sigma_read = 0` the result is a normal of width `sigma_pulse` cut at the window, and
/// the number of pulses is geometric. Source: the loop of W. Wan et al., Nature 608 (2022), methods; V. Milo et al., IRPS 2021.
#[derive(Clone, Debug)]
pub struct WriteVerify {
    tolerance: f64,
    gain: f64,
    sigma_pulse: f64,
    sigma_read: f64,
    max_pulses: u32,
}

pub(crate) fn make(config: &ArrayConfig) -> Result<Option<Box<dyn Effect>>, DeviceError> {
    let Some(c) = &config.write_verify else { return Ok(None) };
    for (key, value, range) in [
        ("tolerance", c.tolerance, (1e-12, 1.0)),
        ("gain", c.gain, (0.0, 2.0)),
        ("sigma_pulse", c.sigma_pulse, (0.0, 1.0)),
        ("sigma_read", c.sigma_read, (0.0, 1.0)),
        ("max_pulses", f64::from(c.max_pulses), (1.0, 10_000.0)),
    ] {
        check_range(&format!("array.write_verify.{key}"), value, range)?;
    }
    Ok(Some(Box::new(WriteVerify {
        tolerance: c.tolerance * 1e6,
        gain: c.gain,
        sigma_pulse: c.sigma_pulse * 1e6,
        sigma_read: c.sigma_read * 1e6,
        max_pulses: c.max_pulses,
    })))
}

impl Effect for WriteVerify {
    fn apply(&self, at: &Moment, devices: &mut [Device]) {
        devices.iter_mut().for_each(|device| self.program(at, device));
    }
}

impl WriteVerify {
    fn program(&self, at: &Moment, device: &mut Device) {
        for pulse in 0..self.max_pulses {
            let words = at.draws.words(Stream::Pulse, device.place, u64::from(pulse));
            let error = device.target - (device.g() + self.sigma_read * standard_normal(words[0]));
            if error.abs() <= self.tolerance {
                return;
            }
            device.set_g(device.g() + self.gain * error + self.sigma_pulse * standard_normal(words[1]));
            device.pulses += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{MILLION, device, ks_p, moment, moments, normal_cdf};

    const LOOP: WriteVerify =
        WriteVerify { tolerance: 1.0, gain: 1.0, sigma_pulse: 2.0, sigma_read: 0.0, max_pulses: 1000 };

    fn programmed(settings: &WriteVerify, start: f64) -> Vec<Device> {
        let one = |n| {
            let mut device = device(n, 20.0);
            device.set_g(start);
            settings.program(&moment(0.0), &mut device);
            device
        };
        (0..MILLION).map(one).collect()
    }

    #[test]
    fn ends_in_a_truncated_normal_after_a_geometric_number_of_pulses() {
        let devices = programmed(&LOOP, 1.0);
        let inside = 2.0 * normal_cdf(0.5) - 1.0;
        let p = ks_p(devices.iter().map(Device::g).collect(), |x| {
            (normal_cdf((x - 20.0) / 2.0) - normal_cdf(-0.5)) / inside
        });
        assert!(p > 0.01, "{p}");
        let pulses: Vec<f64> = devices.iter().map(|device| f64::from(device.pulses)).collect();
        let (mean, _) = moments(&pulses);
        let error = (1.0 - inside).sqrt() / inside / 1e3;
        assert!((mean - 1.0 / inside).abs() < 4.0 * error, "{mean} against {}", 1.0 / inside);
    }

    #[test]
    fn gives_up_after_max_pulses_and_leaves_what_is_in_the_window() {
        let short = WriteVerify { max_pulses: 2, ..LOOP };
        let missed = programmed(&short, 1.0).iter().filter(|d| (d.g() - 20.0).abs() > 1.0).count() as f64 / 1e6;
        let outside = 2.0 * normal_cdf(-0.5);
        assert!((missed - outside * outside).abs() < 4.0 * 0.0005, "{missed}");
        let good = programmed(&short, 20.9);
        assert!(good.iter().all(|d| d.pulses == 0 && d.g() == 20.9));
    }

    #[test]
    fn a_stuck_device_takes_every_pulse() {
        let mut stuck = device(3, 20.0);
        stuck.stick(0.0);
        LOOP.program(&moment(0.0), &mut stuck);
        assert_eq!((stuck.g(), stuck.pulses), (0.0, 1000));
    }
}
