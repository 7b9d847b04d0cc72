//! Temperature: hot devices age faster.

use crate::error::{DeviceError, check_range};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Boltzmann's constant, eV/K (CODATA 2018, exact by definition).
pub const BOLTZMANN: f64 = 8.617_333_262e-5;

/// `[array.temperature]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TemperatureConfig {
    /// Activation energy, eV, 0 to 3; 1.0 to 1.6 is usual for oxide RRAM.
    pub activation_energy: f64,
    /// Temperature at which the drift parameters hold, kelvin, 200 to 600.
    #[serde(default = "room")]
    pub reference: f64,
}

fn room() -> f64 {
    298.15
}

/// Seconds at the reference temperature that age a device as much as `seconds` at `kelvin`.
///
/// ```text
/// t_eff = t exp((E_a / k_B) (1/T_ref - 1/T))           E_a in eV, k_B = 8.617333e-5 eV/K, T in kelvin
/// ```
///
/// Source: Arrhenius' law. Without a configuration temperature does nothing.
///
/// # Errors
/// [`DeviceError::OutOfRange`] for an activation energy outside 0 to 3 eV or a temperature outside 200 to 600 K.
pub fn effective_seconds(
    config: Option<&TemperatureConfig>,
    (seconds, kelvin): (f64, f64),
) -> Result<f64, DeviceError> {
    check_range("array.epochs.kelvin", kelvin, (200.0, 600.0))?;
    let Some(c) = config else { return Ok(seconds) };
    check_range("array.temperature.activation_energy", c.activation_energy, (0.0, 3.0))?;
    check_range("array.temperature.reference", c.reference, (200.0, 600.0))?;
    Ok(seconds * libm::exp(c.activation_energy / BOLTZMANN * (1.0 / c.reference - 1.0 / kelvin)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OXIDE: TemperatureConfig = TemperatureConfig { activation_energy: 1.1, reference: 298.15 };

    #[test]
    fn accelerates_as_arrhenius_says() {
        let factor = effective_seconds(Some(&OXIDE), (1.0, 358.15)).expect("in range");
        assert!((factor / 1.3e3 - 1.0).abs() < 0.05, "85 degrees against 25: about 1300, found {factor}");
        assert_eq!(effective_seconds(Some(&OXIDE), (7.0, 298.15)), Ok(7.0));
        assert_eq!(effective_seconds(None, (7.0, 400.0)), Ok(7.0));
    }

    #[test]
    fn refuses_what_is_out_of_range() {
        let message = effective_seconds(None, (1.0, 25.0)).expect_err("refused").to_string();
        assert_eq!(message, "array.epochs.kelvin is 2.5e1, must be 2e2 to 6e2");
        let hot = TemperatureConfig { activation_energy: 5.0, ..OXIDE };
        let message = effective_seconds(Some(&hot), (1.0, 300.0)).expect_err("refused").to_string();
        assert_eq!(message, "array.temperature.activation_energy is 5e0, must be 0e0 to 3e0");
    }
}
