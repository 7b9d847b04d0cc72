//! 1/f noise: read noise that grows with the time since programming.

use crate::config::ArrayConfig;
use crate::effects::read_noise::Noise;
use crate::error::DeviceError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[array] flicker = "..."`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FlickerConfig {
    /// Phase-change memory.
    Pcm,
    /// CMO/HfOx.
    CmoHfox,
}

/// Standard deviation of the conductance from 1/f noise, `t` seconds after programming.
///
/// ```text
/// pcm       sigma = g q sqrt(ln((t + t_r) / (2 t_r))),  q = min(0.0088 / max(x^0.65, 1e-3), 0.2),  x = g / g_max,  t_r = 250 ns
/// cmo_hfox  sigma = 0.02773 log10(max(g, 1)) sqrt(ln((t + t_r) / (2 t_r)))                         t_r = 1 µs
/// ```
///
/// All in µS; no noise before `t_r`. It enters the read noise of a bit line as variance. Source: S. R. Nandakumar et al.,
/// ICECS 2019, and the CMO/HfOx model, both as in aihwkit 1.2.0 (whose logarithm is not guarded below 1 µS).
#[derive(Clone, Debug)]
pub struct Flicker {
    form: FlickerConfig,
    g_max: f64,
}

pub(crate) fn make(config: &ArrayConfig) -> Result<Option<Box<dyn Noise>>, DeviceError> {
    Ok(config.flicker.map(|form| -> Box<dyn Noise> { Box::new(Flicker { form, g_max: config.g_max * 1e6 }) }))
}

impl Noise for Flicker {
    fn variance(&self, g: f64, seconds: f64) -> f64 {
        let growth = |t_r: f64| libm::log((seconds + t_r) / (2.0 * t_r)).max(0.0);
        match self.form {
            FlickerConfig::Pcm => {
                let q = (0.0088 / libm::pow(g / self.g_max, 0.65).max(1e-3)).min(0.2);
                (g * q).powi(2) * growth(250e-9)
            }
            FlickerConfig::CmoHfox => (0.027_73 * libm::log10(g.max(1.0))).powi(2) * growth(1e-6),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: at x = 1, q = 0.0088; t = 1 s gives ln(1.00000025 / 5e-7) = 14.5087.
    #[test]
    fn is_the_published_deviation() {
        let pcm = Flicker { form: FlickerConfig::Pcm, g_max: 25.0 };
        assert!((pcm.variance(25.0, 1.0).sqrt() - 25.0 * 0.0088 * 14.5087_f64.sqrt()).abs() < 1e-4);
        let low = pcm.variance(0.01, 1.0).sqrt();
        assert!((low - 0.01 * 0.2 * 14.5087_f64.sqrt()).abs() < 1e-6, "q is cut at 0.2: {low}");
        assert_eq!(pcm.variance(25.0, 1e-7), 0.0);
        let cmo = Flicker { form: FlickerConfig::CmoHfox, g_max: 40.0 };
        assert!((cmo.variance(10.0, 1.0).sqrt() - 0.02773 * (1.000_001_f64 / 2e-6).ln().sqrt()).abs() < 1e-9);
        assert_eq!(cmo.variance(0.5, 1.0), 0.0);
    }
}
