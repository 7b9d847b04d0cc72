//! Read noise: every read of a device differs a little.

use crate::config::ArrayConfig;
use crate::effects::flicker;
use crate::error::{DeviceError, check_range};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[array.read_noise]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReadNoiseConfig {
    /// Standard deviation as a share of the conductance, 0 to 1.
    pub relative: f64,
    /// Standard deviation added to every device, siemens, 0 to 1.
    pub absolute: f64,
}

/// Variance of the conductance that one read sees.
pub trait Noise: Send + Sync {
    /// Variance in µS² of a device of `g` µS, `seconds` after programming.
    fn variance(&self, g: f64, seconds: f64) -> f64;
}

/// White read noise, `variance = (relative g)^2 + absolute^2` in µS².
///
/// It is drawn anew at every read and independent between devices, so a bit line needs one draw for each conversion:
/// `Var I_j = sum over word lines of V_i^2 variance_ij`, exactly. Source: 1 % of `g` is the advice of aihwkit 1.2.0.
#[derive(Clone, Debug)]
pub struct ReadNoise {
    relative: f64,
    absolute: f64,
}

type MakeNoise = fn(&ArrayConfig) -> Result<Option<Box<dyn Noise>>, DeviceError>;

/// The sources of read noise; their variances add.
const SOURCES: [MakeNoise; 2] = [make, flicker::make];

/// The sources of read noise that are on.
pub(crate) fn sources(config: &ArrayConfig) -> Result<Vec<Box<dyn Noise>>, DeviceError> {
    SOURCES.iter().filter_map(|make| make(config).transpose()).collect()
}

fn make(config: &ArrayConfig) -> Result<Option<Box<dyn Noise>>, DeviceError> {
    let Some(noise) = &config.read_noise else { return Ok(None) };
    check_range("array.read_noise.relative", noise.relative, (0.0, 1.0))?;
    check_range("array.read_noise.absolute", noise.absolute, (0.0, 1.0))?;
    Ok(Some(Box::new(ReadNoise { relative: noise.relative, absolute: noise.absolute * 1e6 })))
}

impl Noise for ReadNoise {
    fn variance(&self, g: f64, _seconds: f64) -> f64 {
        (self.relative * g).powi(2) + self.absolute.powi(2)
    }
}
