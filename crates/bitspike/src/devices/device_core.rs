//! A core whose array is programmed anew.

use bitspike_device::core::{content, program_image};
use bitspike_device::mapping::Levels;
use bitspike_device::{ArrayConfig, ProgrammedArray};
use bitspike_spec::array::{ArrayRead, ArrayStructure, SynapseArray};
use bitspike_spec::config::{ArrayContent, LoadedCore};
use bitspike_spec::structure::signed_range;
use bitspike_spec::{Core, CrossbarImage, Structure, Values};

use super::Cause;
use crate::array::devices_of;
use crate::error::Error;

/// What limits the converters of an analogue read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Converters {
    /// Their own width.
    AsTheyAre,
    /// Twelve bits at the same gain: sums are rounded to the same codes, and not limited.
    Wide,
}

/// Bits of wide converters, the most there are.
const WIDE_BITS: u32 = 12;

/// A core, its devices and the weights that are programmed into them.
///
/// `i_lsb` is that of the core as it is, so that codes mean the same currents whatever is switched off.
#[derive(Clone, Debug)]
pub struct DeviceCore {
    core: Core,
    config: ArrayConfig,
    weights: CrossbarImage,
    scale: f64,
    /// What one unit of weight adds: codes of the event read, or of the converters.
    unit: f64,
}

impl DeviceCore {
    /// The core as it was read; nothing if no devices hold its weights.
    ///
    /// # Errors
    /// [`Error::Config`] for a file of weights that has changed since, [`Error::Device`] as programming.
    pub fn new(loaded: &LoadedCore) -> Result<Option<Self>, Error> {
        let (Some(config), Some(weights)) = (devices_of(loaded), loaded.image()?) else { return Ok(None) };
        let array = program_image(&weights, &config, config.seed)?;
        let config = ArrayConfig { i_lsb: Some(array.i_lsb), scale: Some(array.devices.scale), ..config };
        let unit = unit(&array);
        Ok(Some(DeviceCore { core: loaded.core.clone(), config, weights, scale: array.devices.scale, unit }))
    }

    /// The core as it is.
    #[must_use]
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// Its devices.
    #[must_use]
    pub fn config(&self) -> &ArrayConfig {
        &self.config
    }

    /// Causes that are on.
    #[must_use]
    pub fn causes(&self) -> Vec<Cause> {
        let is_analogue = matches!(self.core.structure().array.read, ArrayRead::Analogue(_));
        let is_on = |cause: &Cause| match cause {
            Cause::ReadNoise => is_analogue && cause.off(self.config.clone()) != self.config,
            Cause::Adc => is_analogue,
            Cause::Stuck
            | Cause::Spread
            | Cause::Endurance
            | Cause::Drift
            | Cause::Telegraph
            | Cause::IrDrop
            | Cause::CurrentVoltage => cause.off(self.config.clone()) != self.config,
        };
        Cause::ALL.into_iter().filter(is_on).collect()
    }

    /// The devices with these causes only.
    #[must_use]
    pub fn only(&self, causes: &[Cause]) -> (ArrayConfig, Converters) {
        let others = Cause::ALL.into_iter().filter(|cause| !causes.contains(cause));
        let config = others.fold(self.config.clone(), |config, cause| cause.off(config));
        (config, if causes.contains(&Cause::Adc) { Converters::AsTheyAre } else { Converters::Wide })
    }

    /// The core with digital weights in units of what its neurons get from a level: no device, no converter, no rounding to levels.
    ///
    /// ```text
    /// weight = round(unit scale weight)       unit: codes of the event read, or of the converters, for one level
    /// ```
    ///
    /// # Errors
    /// The reason, if weights do not fit in 16 bits, or a level is less than one code, so that rounding alone would change the core.
    pub fn ideal(&self) -> Result<Core, String> {
        if self.unit < 0.99 {
            return Err(format!(
                "one level is {:.3} codes of a converter, must be 1 or more for digital weights that mean the same (array.adc.range = \"granular\")",
                self.unit
            ));
        }
        let (low, high) = signed_range(16);
        let ideal = |&weight: &i16| (self.unit * self.scale * f64::from(weight)).round();
        let codes: Vec<f64> = self.weights.codes().iter().map(ideal).collect();
        if let Some(code) = codes.iter().find(|code| !(low as f64..=high as f64).contains(*code)) {
            return Err(format!("a weight would be {code}, must fit 16 bits"));
        }
        let codes = codes.into_iter().map(|code| code as i16).collect();
        let image = CrossbarImage::new(self.weights.word_lines(), self.weights.bit_lines(), codes);
        let content = image.map(|image| ArrayContent {
            structure: ArrayStructure::EVENT,
            array: image.into(),
            epoch_starts: Vec::new(),
        });
        content.and_then(|content| self.with(content)).map_err(|error| error.to_string())
    }

    /// The array of other devices: what it holds in each epoch.
    ///
    /// # Errors
    /// [`Error::Device`] as programming.
    pub fn program(&self, (config, converters): &(ArrayConfig, Converters), seed: u64) -> Result<ArrayContent, Error> {
        let mut content = content(&program_image(&self.weights, config, seed)?)?;
        if *converters == Converters::Wide {
            widen(&mut content);
        }
        Ok(content)
    }

    /// The core with another array.
    ///
    /// # Errors
    /// [`bitspike_spec::CoreError`] for an array that does not fit the core.
    pub fn with(&self, content: ArrayContent) -> Result<Core, bitspike_spec::CoreError> {
        let structure = self.core.structure();
        let weight_bits = structure.weight_bits.max(content.array.least_weight_bits());
        let structure = Structure { weight_bits, array: content.structure, ..*structure };
        let values = Values { array: content.array, epoch_starts: content.epoch_starts, ..self.core.values().clone() };
        Core::new(structure, values)
    }
}

/// Codes of one level: of currents, and with analogue read behind the converter.
fn unit(array: &ProgrammedArray) -> f64 {
    let codes = Levels::new(&array.config).unit() * 1e-6 * array.config.v_read / array.i_lsb;
    match (array.config.read_mode, array.adcs.first()) {
        (bitspike_device::ir_drop::ReadMode::Analogue, Some(adc)) => {
            let lines = adc.multipliers.len().max(1) as f64;
            let mean = adc.multipliers.iter().map(|&multiplier| f64::from(multiplier)).sum::<f64>() / lines;
            codes * mean * (-f64::from(adc.shift)).exp2()
        }
        (bitspike_device::ir_drop::ReadMode::Analogue | bitspike_device::ir_drop::ReadMode::Event, _) => codes,
    }
}

fn widen(content: &mut ArrayContent) {
    let (low, high) = signed_range(WIDE_BITS);
    if let ArrayRead::Analogue(read) = &mut content.structure.read {
        read.adc_bits = WIDE_BITS;
    }
    if let SynapseArray::Analogue(array) = &mut content.array {
        for adc in &mut array.converters {
            (adc.low, adc.high) = (low as i32, high as i32);
        }
    }
}
