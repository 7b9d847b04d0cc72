//! Causes of error of an array that can be switched off.

use bitspike_device::ArrayConfig;
use bitspike_device::adc::AdcConfig;
use bitspike_device::effects::nonlinear::CurrentVoltage;

/// A cause of error beside the rounding of weights to levels, which every array has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Stuck devices and broken lines.
    Stuck,
    /// Spread of programming, what write-verify leaves of it, and relaxation.
    Spread,
    /// Wear by writing.
    Endurance,
    /// Drift with time.
    Drift,
    /// Telegraph noise.
    Telegraph,
    /// Resistance of the wires.
    IrDrop,
    /// Devices that are no resistors.
    CurrentVoltage,
    /// White and 1/f noise of a read; analogue reads only.
    ReadNoise,
    /// Range, gain and offset of the converters; analogue reads only.
    Adc,
}

impl Cause {
    /// Every cause, in the order in which they act.
    pub const ALL: [Cause; 9] = [
        Cause::Stuck,
        Cause::Spread,
        Cause::Endurance,
        Cause::Drift,
        Cause::Telegraph,
        Cause::IrDrop,
        Cause::CurrentVoltage,
        Cause::ReadNoise,
        Cause::Adc,
    ];

    /// Name in text and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Cause::Stuck => "stuck",
            Cause::Spread => "spread",
            Cause::Endurance => "endurance",
            Cause::Drift => "drift",
            Cause::Telegraph => "telegraph",
            Cause::IrDrop => "ir_drop",
            Cause::CurrentVoltage => "current_voltage",
            Cause::ReadNoise => "read_noise",
            Cause::Adc => "adc",
        }
    }

    /// The configuration without this cause. Of the converters, mismatch is switched off here, their range by [`super::Converters::Wide`].
    #[must_use]
    pub fn off(self, config: ArrayConfig) -> ArrayConfig {
        match self {
            Cause::Stuck => ArrayConfig { stuck: None, ..config },
            Cause::Spread => ArrayConfig { spread: None, write_verify: None, relaxation: None, ..config },
            Cause::Endurance => ArrayConfig { endurance: None, ..config },
            Cause::Drift => ArrayConfig { drift: None, ..config },
            Cause::Telegraph => ArrayConfig { telegraph: None, ..config },
            Cause::IrDrop => ArrayConfig { wires: None, ..config },
            Cause::CurrentVoltage => ArrayConfig { nonlinear: CurrentVoltage::Linear, ..config },
            Cause::ReadNoise => ArrayConfig { read_noise: None, flicker: None, ..config },
            Cause::Adc => {
                let adc = AdcConfig { share_gain: 0.0, offset_lsb: 0.0, ..config.adc.clone() };
                ArrayConfig { adc, ..config }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cause;
    use bitspike_device::ArrayConfig;

    /// Every cause off is the ideal device, whatever was on.
    #[test]
    fn without_any_cause_a_device_is_ideal() {
        let keys: toml::Table = "stuck = { low = 0.1 }\nspread = { sigma = { absolute = 1e-6 } }\n\
            write_verify = { tolerance = 1e-6, sigma_pulse = 1e-6 }\nrelaxation = { sigma = { absolute = 1e-7 } }\n\
            endurance = { cycles = 1, scale = 10, shape = 1 }\ndrift = \"wan\"\nwires = { r_wl = 1, r_bl = 1 }\n\
            telegraph = { amplitude = 0.1, tau_0 = 1, tau_1 = 1, read_interval = 1 }\nnonlinear = { sinh = 1 }\n\
            read_noise = { relative = 0.1 }\nflicker = \"pcm\"\nadc = { share_gain = 0.1, offset_lsb = 1 }"
            .parse()
            .expect("good TOML");
        let config = ArrayConfig::from_keys(&keys).expect("good keys");
        let off = Cause::ALL.iter().fold(config.clone(), |config, cause| cause.off(config));
        assert_eq!(off, ArrayConfig::default());
        for cause in Cause::ALL {
            assert_ne!(cause.off(config.clone()), config, "{cause:?}");
            assert_eq!(cause.off(off.clone()), off, "{cause:?}");
        }
    }
}
