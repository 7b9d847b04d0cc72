//! The section `[array]`: which device, which effects, which wires, which converter.

mod keys;

use crate::adc::AdcConfig;
use crate::effects::drift::DriftConfig;
use crate::effects::endurance::EnduranceConfig;
use crate::effects::flicker::FlickerConfig;
use crate::effects::nonlinear::CurrentVoltage;
use crate::effects::read_noise::ReadNoiseConfig;
use crate::effects::relaxation::RelaxationConfig;
use crate::effects::spread::SpreadConfig;
use crate::effects::stuck::StuckConfig;
use crate::effects::telegraph::TelegraphConfig;
use crate::effects::temperature::{TemperatureConfig, effective_seconds};
use crate::effects::write_verify::WriteVerifyConfig;
use crate::error::{DeviceError, check_range};
use crate::ir_drop::{ReadMode, Wires};
use crate::mapping::Mapping;
use crate::weights::MAX_LINES;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// `[array]`. An effect whose key is absent is off. Conductances in siemens, SI units throughout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ArrayConfig {
    /// Name of the device in reports; see [`crate::presets`] for the ones whose numbers have a source.
    pub device: String,
    /// How a weight becomes conductances.
    pub mapping: Mapping,
    /// Conductance levels of a device, 2 to 256; a power of two for `offset` and `bit_sliced`.
    pub levels: u32,
    /// Bit slices of a weight, 1 to 8; more than one with `bit_sliced` only.
    pub slices: u32,
    /// Smallest conductance, siemens, 0 to `g_max`.
    pub g_min: f64,
    /// Largest conductance, siemens, 1e-9 to 1.
    pub g_max: f64,
    /// Levels for one unit of weight; absent: the largest weight gets the largest level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    /// Largest conductance a device can be programmed to, siemens; absent: twice `g_max`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub g_clip: Option<f64>,
    /// Volts on an active word line, 0.001 to 5.
    pub v_read: f64,
    /// One word line at a time, or many.
    pub read_mode: ReadMode,
    /// Width of a current code in bits, 6 to 12.
    pub code_bits: u32,
    /// Width of a variance code in bits, 4 to 16.
    pub variance_bits: u32,
    /// Word lines that an analogue read sums at once, 1 to the word lines there are; absent: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows_per_read: Option<u32>,
    /// Cycles the currents of an analogue read settle before they are sampled, 1 to 15.
    pub settle_cycles: u32,
    /// Seed of the devices of a core's array; commands with a seed of their own take that.
    #[schemars(range(min = 0, max = 9_223_372_036_854_775_807_u64))]
    pub seed: u64,
    /// Seed of the noise of analogue reads; absent: `seed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 9_223_372_036_854_775_807_u64))]
    pub noise_seed: Option<u64>,
    /// Amperes of one current LSB; absent: the largest current of any epoch gets the largest code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub i_lsb: Option<f64>,
    /// Stuck devices and broken lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stuck: Option<StuckConfig>,
    /// Programming spread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<SpreadConfig>,
    /// Write-verify.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_verify: Option<WriteVerifyConfig>,
    /// Relaxation after programming.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relaxation: Option<RelaxationConfig>,
    /// Wear by writing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endurance: Option<EnduranceConfig>,
    /// Drift with time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<DriftConfig>,
    /// Telegraph noise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telegraph: Option<TelegraphConfig>,
    /// Temperature acceleration of drift.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<TemperatureConfig>,
    /// White read noise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_noise: Option<ReadNoiseConfig>,
    /// 1/f noise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flicker: Option<FlickerConfig>,
    /// Current against voltage of a device.
    pub nonlinear: CurrentVoltage,
    /// Wires; absent: without resistance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wires: Option<Wires>,
    /// Moments at which the image is made anew, rising; at least one.
    pub epochs: Vec<EpochConfig>,
    /// The converters of the bit lines.
    pub adc: AdcConfig,
}

/// One of `[[array.epochs]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EpochConfig {
    /// Seconds since programming, 0 to 1e10.
    pub seconds: f64,
    /// Temperature since programming, kelvin, 200 to 600.
    #[serde(default = "room")]
    pub kelvin: f64,
    /// Clock cycle at which both sides load the image; 0 for the first epoch.
    #[serde(default)]
    pub at_cycle: u64,
}

fn room() -> f64 {
    298.15
}

impl Default for ArrayConfig {
    /// An ideal device: 16 levels from 1 to 40 µS, no effect on.
    fn default() -> Self {
        ArrayConfig {
            device: "ideal".to_owned(),
            mapping: Mapping::OneSided,
            levels: 16,
            slices: 1,
            g_min: 1e-6,
            g_max: 40e-6,
            scale: None,
            g_clip: None,
            v_read: 0.2,
            read_mode: ReadMode::Event,
            code_bits: 10,
            variance_bits: 12,
            rows_per_read: None,
            settle_cycles: 1,
            seed: 1,
            noise_seed: None,
            i_lsb: None,
            stuck: None,
            spread: None,
            write_verify: None,
            relaxation: None,
            endurance: None,
            drift: None,
            telegraph: None,
            temperature: None,
            read_noise: None,
            flicker: None,
            nonlinear: CurrentVoltage::Linear,
            wires: None,
            epochs: vec![EpochConfig { seconds: 1.0, kelvin: room(), at_cycle: 0 }],
            adc: AdcConfig::default(),
        }
    }
}

impl ArrayConfig {
    /// The largest conductance a device can be programmed to, siemens.
    #[must_use]
    pub fn g_clip(&self) -> f64 {
        self.g_clip.unwrap_or(2.0 * self.g_max)
    }

    /// Word lines of a block of an array of `word_lines`: all, unless `rows_per_read` says otherwise.
    #[must_use]
    pub fn rows_per_read(&self, word_lines: u32) -> u32 {
        self.rows_per_read.unwrap_or(word_lines).min(word_lines)
    }

    /// Checks what no effect checks for itself.
    ///
    /// # Errors
    /// [`DeviceError`] for a value outside the range stated at its key, and for keys that do not go together.
    pub fn check(&self) -> Result<(), DeviceError> {
        self.check_conductances()?;
        self.check_levels()?;
        check_range("array.v_read", self.v_read, (1e-3, 5.0))?;
        check_range("array.code_bits", self.code_bits.into(), (6.0, 12.0))?;
        check_range("array.variance_bits", self.variance_bits.into(), (4.0, 16.0))?;
        check_range("array.settle_cycles", self.settle_cycles.into(), (1.0, 15.0))?;
        if let Some(rows) = self.rows_per_read {
            check_range("array.rows_per_read", rows.into(), (1.0, MAX_LINES.into()))?;
        }
        if let Some(i_lsb) = self.i_lsb {
            check_range("array.i_lsb", i_lsb, (1e-15, 1.0))?;
        }
        self.nonlinear.check(self)?;
        if let Some(wires) = &self.wires {
            wires.check()?;
        }
        self.check_epochs()?;
        self.adc.check()
    }

    fn check_conductances(&self) -> Result<(), DeviceError> {
        check_range("array.g_max", self.g_max, (1e-9, 1.0))?;
        check_range("array.g_min", self.g_min, (0.0, self.g_max * (1.0 - 1e-9)))?;
        check_range("array.g_clip", self.g_clip(), (self.g_max, 10.0))?;
        match self.scale {
            Some(scale) => check_range("array.scale", scale, (1e-12, 1e12)),
            None => Ok(()),
        }
    }

    fn check_levels(&self) -> Result<(), DeviceError> {
        check_range("array.levels", self.levels.into(), (2.0, 256.0))?;
        check_range("array.slices", self.slices.into(), (1.0, 8.0))?;
        let binary = match self.mapping {
            Mapping::Offset | Mapping::BitSliced => true,
            Mapping::OneSided | Mapping::TwoSided => false,
        };
        if binary && !self.levels.is_power_of_two() {
            let problem = format!("is {}, must be a power of two with this mapping", self.levels);
            return Err(DeviceError::conflict("array.levels", problem));
        }
        if self.slices > 1 && self.mapping != Mapping::BitSliced {
            let problem = format!("is {}, must be 1 unless mapping = \"bit_sliced\"", self.slices);
            return Err(DeviceError::conflict("array.slices", problem));
        }
        let bits = self.slices * self.levels.ilog2();
        if self.mapping == Mapping::BitSliced && bits > 24 {
            let problem = format!("with array.levels hold {bits} bits of a weight, must be 24 at most");
            return Err(DeviceError::conflict("array.slices", problem));
        }
        Ok(())
    }

    fn check_epochs(&self) -> Result<(), DeviceError> {
        let Some(first) = self.epochs.first() else {
            return Err(DeviceError::conflict("array.epochs", "is empty, must have at least one epoch"));
        };
        for epoch in &self.epochs {
            check_range("array.epochs.seconds", epoch.seconds, (0.0, 1e10))?;
            effective_seconds(self.temperature.as_ref(), (epoch.seconds, epoch.kelvin))?;
        }
        if first.at_cycle != 0 {
            let problem = format!("is {} for the first epoch, must be 0", first.at_cycle);
            return Err(DeviceError::conflict("array.epochs.at_cycle", problem));
        }
        let rises = |pair: &[EpochConfig]| pair[0].seconds < pair[1].seconds && pair[0].at_cycle < pair[1].at_cycle;
        if !self.epochs.windows(2).all(rises) {
            return Err(DeviceError::conflict("array.epochs", "must rise in seconds and in at_cycle"));
        }
        Ok(())
    }

    /// The same configuration with every table read in from its file, relative to `base`.
    ///
    /// # Errors
    /// [`DeviceError::Table`] for a file that cannot be read.
    pub fn inlined(mut self, base: &Path) -> Result<Self, DeviceError> {
        if let Some(spread) = &mut self.spread {
            spread.sigma = spread.sigma.inlined(base)?;
        }
        if let Some(relaxation) = &mut self.relaxation {
            relaxation.sigma = relaxation.sigma.inlined(base)?;
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> ArrayConfig {
        toml::from_str(text).expect("good TOML")
    }

    fn error(text: &str) -> String {
        read(text).check().expect_err("refused").to_string()
    }

    #[test]
    fn every_key_can_be_written_and_read_back() {
        let config = read(
            r#"
            device = "mine"
            mapping = "bit_sliced"
            levels = 4
            slices = 3
            g_min = 1e-6
            g_max = 3e-5
            scale = 8.0
            code_bits = 8
            read_mode = "analogue"
            stuck = { low = 0.01, high = 0.02, bit_line = 0.001 }
            spread = { sigma = { fit = "hfox_wan" }, distribution = "lognormal" }
            write_verify = { tolerance = 1e-6, sigma_pulse = 2e-6 }
            relaxation = { sigma = { relative = 0.02 } }
            endurance = { cycles = 1e5, scale = 1e8, shape = 2.0, worn_out = "high" }
            drift = { power_law = { nu_mean = 0.05, nu_sigma = 0.01, t0 = 1.0 } }
            telegraph = { amplitude = 0.05, tau_0 = 1.0, tau_1 = 2.0, read_interval = 0.1 }
            temperature = { activation_energy = 1.1 }
            read_noise = { relative = 0.01 }
            flicker = "cmo_hfox"
            nonlinear = { sinh = 2.0 }
            wires = { r_wl = 1.0, r_bl = 0.5, topology = "gated_cells" }
            epochs = [{ seconds = 1.0 }, { seconds = 1e4, kelvin = 358.15, at_cycle = 100000 }]
            adc = { bits = 6, rounding = "floor", range = { percentile = 99.0 }, share_gain = 0.01, offset_lsb = 0.5 }
            "#,
        );
        config.check().expect("in range");
        let text = toml::to_string(&config).expect("writes");
        assert_eq!(read(&text), config);
        assert_eq!(read(""), ArrayConfig::default());
    }

    #[test]
    fn unknown_keys_are_refused() {
        let message = toml::from_str::<ArrayConfig>("spred = 1").expect_err("refused").to_string();
        assert!(message.contains("unknown field `spred`"), "{message}");
    }

    #[test]
    fn out_of_range_and_conflict_name_the_key_and_the_range() {
        assert_eq!(error("g_max = 2.0"), "array.g_max is 2e0, must be 1e-9 to 1e0");
        assert!(error("g_min = 5e-5").starts_with("array.g_min is 5e-5, must be 0e0 to "));
        assert_eq!(error("levels = 1"), "array.levels is 1e0, must be 2e0 to 2.56e2");
        assert_eq!(
            error("levels = 12\nmapping = \"offset\""),
            "array.levels is 12, must be a power of two with this mapping"
        );
        assert_eq!(error("slices = 2"), "array.slices is 2, must be 1 unless mapping = \"bit_sliced\"");
        assert_eq!(
            error("mapping = \"bit_sliced\"\nslices = 4\nlevels = 256"),
            "array.slices with array.levels hold 32 bits of a weight, must be 24 at most"
        );
        assert_eq!(error("epochs = []"), "array.epochs is empty, must have at least one epoch");
        assert_eq!(
            error("epochs = [{ seconds = 1.0, at_cycle = 3 }]"),
            "array.epochs.at_cycle is 3 for the first epoch, must be 0"
        );
        assert_eq!(
            error("epochs = [{ seconds = 2.0 }, { seconds = 1.0, at_cycle = 9 }]"),
            "array.epochs must rise in seconds and in at_cycle"
        );
        assert_eq!(error("code_bits = 5"), "array.code_bits is 5e0, must be 6e0 to 1.2e1");
        assert_eq!(error("v_read = 9.0"), "array.v_read is 9e0, must be 1e-3 to 5e0");
        assert_eq!(error("wires = { r_wl = -1.0, r_bl = 0 }"), "array.wires.r_wl is -1e0, must be 0e0 to 1e6");
        assert_eq!(
            error("wires = { r_wl = 0.0, r_bl = 1.0, r_driver = 2.0 }"),
            "array.wires.r_driver needs array.wires.r_wl above 0"
        );
        assert_eq!(
            error("wires = { r_wl = 0.0, r_bl = 1.0, topology = \"floating_rows\" }"),
            "array.wires.topology = \"floating_rows\" needs array.wires.r_wl above 0"
        );
        assert_eq!(
            error("nonlinear = \"milo\""),
            "array.g_min (nonlinear = \"milo\") is 1e-6, must be 4.99e-5 to 2.26e-4"
        );
        assert_eq!(error("nonlinear = { sinh = 0.0 }"), "array.nonlinear.sinh is 0e0, must be 1e-3 to 2e1");
    }

    #[test]
    fn effects_refuse_what_is_out_of_range() {
        use crate::effects::{AGEING, PROGRAMMING, switched_on};
        let error = |text: &str| {
            let config = read(text);
            let made = [&PROGRAMMING[..], &AGEING[..]].map(|table| switched_on(table, &config).map(|_| ()));
            made.into_iter().find_map(Result::err).expect("refused").to_string()
        };
        assert_eq!(error("stuck = { low = 2.0 }"), "array.stuck.low is 2e0, must be 0e0 to 1e0");
        assert_eq!(
            error("stuck = { low = 0.5, high = 0.75 }"),
            "array.stuck: low + high + open is 1.25e0, must be 0e0 to 1e0"
        );
        assert_eq!(
            error("write_verify = { tolerance = 0.0, sigma_pulse = 0.0 }"),
            "array.write_verify.tolerance is 0e0, must be 1e-12 to 1e0"
        );
        assert_eq!(
            error("endurance = { cycles = -1.0, scale = 10.0, shape = 1.0 }"),
            "array.endurance.cycles is -1e0, must be 0e0 to 1e15"
        );
        assert_eq!(error("drift = { pcm = { t0 = 0.0 } }"), "array.drift.pcm.t0 is 0e0, must be 1e-9 to 1e9");
    }
}
