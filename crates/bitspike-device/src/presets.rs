//! Devices and chips whose numbers have a source.

use crate::adc::{AdcConfig, AdcRange};
use crate::config::ArrayConfig;
use crate::effects::drift::DriftConfig;
use crate::effects::flicker::FlickerConfig;
use crate::effects::nonlinear::CurrentVoltage;
use crate::effects::spread::{Distribution, SpreadConfig};
use crate::error::DeviceError;
use crate::ir_drop::ReadMode;
use crate::mapping::Mapping;
use crate::sigma::SigmaSource;
use bitspike_spec::fx::Rounding;

/// A configuration with its provenance.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Name in the configuration.
    pub name: &'static str,
    /// Where the numbers come from, and what in it is our choice.
    pub source: &'static str,
    /// Word lines and bit lines of a chip's array; none for a device.
    pub lines: Option<(u32, u32)>,
    make: fn() -> ArrayConfig,
}

impl Preset {
    /// The configuration.
    #[must_use]
    pub fn config(&self) -> ArrayConfig {
        ArrayConfig { device: self.name.to_owned(), ..(self.make)() }
    }
}

/// Every preset, devices first.
pub const PRESETS: [Preset; 10] = [
    Preset {
        name: "ideal",
        source: "No effect on; 1 to 40 µS and 16 levels are our choice",
        lines: None,
        make: ArrayConfig::default,
    },
    Preset {
        name: "hfox_wan",
        source: "HfOx 1T1R of W. Wan et al., Nature 608 (2022): 1 to 40 µS, spread at 1 s, 1 day, 2 days (fits of aihwkit 1.2.0)",
        lines: None,
        make: hfox_wan,
    },
    Preset {
        name: "hfox_milo",
        source: "HfOx of V. Milo et al., IRPS 2021: 50 to 225 µS, spread of IGVVA-100, cubic I-V (fits of CrossSim 3.2.0); \
                 5 levels are our choice",
        lines: None,
        make: hfox_milo,
    },
    Preset {
        name: "cmo_hfox",
        source: "CMO/HfOx, write-verify to 2 %, log-time drift, 1/f noise (aihwkit 1.2.0); 1 to 40 µS is our choice",
        lines: None,
        make: cmo_hfox,
    },
    Preset {
        name: "pcm_nandakumar",
        source: "PCM of S. R. Nandakumar et al., ICECS 2019: 25 µS, spread, drift by level from 20 s, 1/f noise (aihwkit 1.2.0)",
        lines: None,
        make: pcm_nandakumar,
    },
    Preset {
        name: "pcm_joshi",
        source: "PCM of V. Joshi et al., Nat. Commun. 11 (2020): 25 µS, spread (CrossSim 3.2.0, which has no drift for it)",
        lines: None,
        make: || pcm("pcm_joshi"),
    },
    Preset {
        name: "isaac",
        source: "ISAAC as configured in CrossSim 3.2.0: 128 x 128, 2-bit cells, 8 slices, 8-bit converter; pairs instead of its offset",
        lines: Some((128, 128)),
        make: || chip((4, 8), (8, Rounding::HalfUp)),
    },
    Preset {
        name: "prime",
        source: "PRIME as configured in CrossSim 3.2.0: 256 x 256, 4-bit cells, 2 slices, 6-bit ramp converter",
        lines: Some((256, 256)),
        make: || chip((16, 2), (6, Rounding::Floor)),
    },
    Preset {
        name: "neurram",
        source: "NeuRRAM, W. Wan et al., Nature 608 (2022): 256 x 256, pairs of hfox_wan devices, 1 to 8 bit converter (8 here)",
        lines: Some((256, 256)),
        make: neurram,
    },
    Preset {
        name: "raella",
        source: "RAELLA from memory, to be checked before quoting: 512 x 512, 7-bit converter; sliced 4 + 4 bits here, its \
                 centre-offset encoding and speculation are not modelled",
        lines: Some((512, 512)),
        make: || chip((16, 2), (7, Rounding::HalfUp)),
    },
];

/// The preset of that name.
///
/// # Errors
/// [`DeviceError::Unknown`] with the names there are.
pub fn preset(name: &str) -> Result<&'static Preset, DeviceError> {
    PRESETS.iter().find(|preset| preset.name == name).ok_or_else(|| DeviceError::Unknown {
        key: "array.device".to_owned(),
        name: name.to_owned(),
        known: PRESETS.map(|preset| preset.name).join(", "),
    })
}

fn spread(fit: &str) -> Option<SpreadConfig> {
    let sigma = SigmaSource::Fit(fit.to_owned());
    Some(SpreadConfig { sigma, distribution: Distribution::Normal, factor: 1.0 })
}

fn hfox_wan() -> ArrayConfig {
    ArrayConfig { spread: spread("hfox_wan_1s"), drift: Some(DriftConfig::Wan), ..ArrayConfig::default() }
}

fn hfox_milo() -> ArrayConfig {
    let nonlinear = CurrentVoltage::Milo;
    let (g_min, g_max) = (50e-6, 225e-6);
    ArrayConfig { g_min, g_max, levels: 5, nonlinear, spread: spread("hfox_milo"), ..ArrayConfig::default() }
}

fn cmo_hfox() -> ArrayConfig {
    ArrayConfig {
        spread: spread("cmo_hfox_2p0"),
        drift: Some(DriftConfig::LogTime { mean: -0.0890e-6, sigma: 0.0420e-6, sigma_0: 0.4118e-6 }),
        flicker: Some(FlickerConfig::CmoHfox),
        ..ArrayConfig::default()
    }
}

fn pcm(fit: &str) -> ArrayConfig {
    ArrayConfig { g_min: 0.0, g_max: 25e-6, spread: spread(fit), ..ArrayConfig::default() }
}

fn pcm_nandakumar() -> ArrayConfig {
    let drift = Some(DriftConfig::Pcm { t0: 20.0 });
    ArrayConfig { drift, flicker: Some(FlickerConfig::Pcm), ..pcm("pcm_nandakumar") }
}

fn chip((levels, slices): (u32, u32), (bits, rounding): (u32, Rounding)) -> ArrayConfig {
    let adc = AdcConfig { bits, rounding, range: AdcRange::Max, ..AdcConfig::default() };
    let (mapping, read_mode) = (Mapping::BitSliced, ReadMode::Analogue);
    ArrayConfig { mapping, levels, slices, read_mode, adc, ..ArrayConfig::default() }
}

fn neurram() -> ArrayConfig {
    let adc = AdcConfig { range: AdcRange::Percentile(99.9), ..AdcConfig::default() };
    ArrayConfig { read_mode: ReadMode::Analogue, adc, ..hfox_wan() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{WeightMatrix, program};

    #[test]
    fn every_preset_loads_and_programs() {
        for preset in &PRESETS {
            let (word_lines, bit_lines) = preset.lines.map_or((16, 8), |(m, n)| (m, n / 16));
            let weights = (0..word_lines * bit_lines).map(|k| f64::from(k % 31) - 15.0).collect();
            let weights = WeightMatrix { word_lines, bit_lines, weights };
            let array = program(&weights, &preset.config(), 1).unwrap_or_else(|e| panic!("{}: {e}", preset.name));
            assert_eq!(array.adcs.len(), preset.config().slices as usize, "{}", preset.name);
            assert!(array.epochs[0].clamped == 0, "{}", preset.name);
        }
    }

    #[test]
    fn an_unknown_preset_names_the_known_ones() {
        let message = preset("x").expect_err("refused").to_string();
        assert!(message.starts_with("array.device is \"x\", must be one of ideal, hfox_wan, "), "{message}");
        assert_eq!(preset("isaac").expect("known").config().slices, 8);
    }
}
