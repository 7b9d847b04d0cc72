//! The synapse array of a configuration: digital weights, devices that another crate programs, or raw integers.

use super::error::ConfigError;
use super::image::{Weights, image, rows};
use super::sections::{ArraySection, CoreConfig, RawAnalogue, RawArray, RawConverter, RawSlice};
use crate::array::{
    Adc, AnalogueArray, AnalogueRead, ArrayImage, ArrayRead, ArrayShape, ArrayStructure, SliceImage, SynapseArray,
};
use crate::core::CrossbarImage;
use crate::structure::{Structure, signed_range};
use serde_json::{Map, Value as Json};
use std::path::Path;

/// Makes the integers of an array from the keys of `[array]`: physics, which this crate knows nothing of.
pub trait ArrayProgrammer {
    /// JSON schema of the table `[array]`: an object with `properties`, and the `$defs` they refer to.
    fn schema(&self) -> &Json;

    /// Programs the weights.
    ///
    /// # Errors
    /// [`ConfigError`] at a dotted key from `array.` on, for keys that mean nothing; where it stands is added by the reader of the file.
    fn program(&self, request: &ArrayRequest<'_>) -> Result<ArrayContent, ConfigError>;
}

/// What is to be programmed.
#[derive(Clone, Copy, Debug)]
pub struct ArrayRequest<'a> {
    /// The keys of `[array]`.
    pub keys: &'a Map<String, Json>,
    /// The integer weights.
    pub weights: &'a CrossbarImage,
    /// The core, its array not yet known.
    pub structure: &'a Structure,
    /// Folder from which files are named.
    pub base: &'a Path,
}

/// An array as a core holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrayContent {
    /// Epochs, and how it is read.
    pub structure: ArrayStructure,
    /// What it holds.
    pub array: SynapseArray,
    /// First cycle of each epoch but the first.
    pub epoch_starts: Vec<u64>,
}

/// Knows no devices: an `[array]` must be raw integers.
pub(super) struct NoDevices;

impl ArrayProgrammer for NoDevices {
    fn schema(&self) -> &Json {
        &Json::Null
    }

    fn program(&self, _: &ArrayRequest<'_>) -> Result<ArrayContent, ConfigError> {
        let problem =
            "needs the models of devices, which this reader does not have; without them an array is given as array.raw";
        Err(ConfigError::conflict("array", problem))
    }
}

/// Lays the schema of a programmer's keys into that of a core.
pub(super) fn schema_with(core: &Json, programmer: &dyn ArrayProgrammer) -> Json {
    let mut schema = core.clone();
    let added = programmer.schema();
    let Some(properties) = added["properties"].as_object() else { return schema };
    if let Some(section) = schema.pointer_mut("/$defs/ArraySection").and_then(Json::as_object_mut) {
        section.remove("additionalProperties");
        if let Some(known) = section.get_mut("properties").and_then(Json::as_object_mut) {
            known.extend(properties.clone());
        }
    }
    if let (Some(known), Some(added)) = (schema["$defs"].as_object_mut(), added["$defs"].as_object()) {
        known.extend(added.clone());
    }
    schema
}

impl CoreConfig {
    /// The content of the array of a core whose structure is known but for its array.
    pub(super) fn array_content(
        &self,
        structure: &Structure,
        base: &Path,
        programmer: &dyn ArrayProgrammer,
    ) -> Result<ArrayContent, ConfigError> {
        match &self.array {
            None => Ok(digital(image(&self.synapse, structure, (base, Weights::OfWidth))?)),
            Some(ArraySection { raw: None, devices }) => {
                let weights = image(&self.synapse, structure, (base, Weights::Programmed))?;
                programmer.program(&ArrayRequest { keys: devices, weights: &weights, structure, base })
            }
            Some(ArraySection { raw: Some(raw), devices }) => {
                if let Some(key) = devices.keys().next() {
                    let problem = "is given beside array.raw; give one of the two";
                    return Err(ConfigError::conflict(&format!("array.{key}"), problem));
                }
                if self.synapse.image.is_some() {
                    return Err(ConfigError::conflict(
                        "synapse.image",
                        "is given beside array.raw; give one of the two",
                    ));
                }
                raw.content(structure)
            }
        }
    }

    /// Width of the weights: as given, else 8, or the narrowest that holds what an array's events read.
    ///
    /// # Errors
    /// [`ConfigError::Conflict`] for a given width that does not.
    pub(super) fn weight_bits(&self, content: &ArrayContent) -> Result<u32, ConfigError> {
        let given = self.synapse.weight_bits;
        let programmed = self.array.as_ref().is_some_and(|array| array.raw.is_none());
        let images = content.array.event_images();
        if !programmed || images.is_empty() {
            return Ok(given.unwrap_or(WEIGHT_BITS));
        }
        let codes = || images.iter().flat_map(CrossbarImage::codes).map(|&code| i64::from(code));
        let (least, most) = (codes().min().unwrap_or(0), codes().max().unwrap_or(0));
        let needed = content.array.least_weight_bits();
        match given {
            Some(bits) if bits < needed => {
                let problem = format!(
                    "is {bits}, must be {needed} to 16, or absent: the array's weights are {least} to {most} (array.code_bits, array.i_lsb)"
                );
                Err(ConfigError::conflict("synapse.weight_bits", problem))
            }
            Some(bits) => Ok(bits),
            None => Ok(needed),
        }
    }
}

/// Width of a weight unless it is given.
pub(super) const WEIGHT_BITS: u32 = 8;

fn digital(image: CrossbarImage) -> ArrayContent {
    ArrayContent { structure: ArrayStructure::EVENT, array: image.into(), epoch_starts: Vec::new() }
}

impl RawArray {
    fn content(&self, structure: &Structure) -> Result<ArrayContent, ConfigError> {
        let (read, array) = match (&self.weights, &self.analogue) {
            (Some(epochs), None) => {
                let image =
                    |(e, epoch): (usize, &Vec<Vec<i64>>)| rows(structure, &format!("array.raw.weights[{e}]"), epoch);
                let images = epochs.iter().enumerate().map(image).collect::<Result<_, _>>()?;
                (ArrayRead::Event, SynapseArray::Event(images))
            }
            (None, Some(analogue)) => (ArrayRead::Analogue(analogue.read()), analogue.array(structure)?),
            (Some(_), Some(_)) | (None, None) => {
                let problem = "must have exactly one of weights, analogue";
                return Err(ConfigError::conflict("array.raw", problem));
            }
        };
        let structure = ArrayStructure { epochs: count(array.epochs()), read };
        Ok(ArrayContent { structure, array, epoch_starts: self.epoch_starts.clone() })
    }
}

/// A length as a count; one that no array has if it is too large.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl RawAnalogue {
    fn read(&self) -> AnalogueRead {
        let &RawAnalogue { rows_per_read, settle_cycles, converter, columns_per_converter, adc_bits, .. } = self;
        let &RawAnalogue { adc_rounding, code_bits, devices_per_cell, slice_bits, variance_bits, .. } = self;
        AnalogueRead {
            rows_per_read,
            settle_cycles,
            converter,
            columns_per_converter,
            adc_bits,
            adc_rounding,
            code_bits,
            devices_per_cell,
            slices: count(self.converters.len()),
            slice_bits,
            variance_bits,
        }
    }

    fn array(&self, structure: &Structure) -> Result<SynapseArray, ConfigError> {
        ConfigError::check_range("array.raw.analogue.adc_bits", i64::from(self.adc_bits), (1, 12), "")?;
        let shape = ArrayShape {
            word_lines: structure.word_lines,
            bit_lines: structure.neurons,
            code_bits: self.code_bits,
            variance_shift: self.variance_shift,
        };
        let image = |epoch: &Vec<RawSlice>| Ok(ArrayImage::new(shape, self.slices(epoch)?)?);
        let images = self.epochs.iter().map(image).collect::<Result<_, ConfigError>>()?;
        let converters = self.converters.iter().map(|raw| self.adc(raw)).collect();
        let [low, high] = self.noise_seed.map(u64::from);
        Ok(SynapseArray::Analogue(AnalogueArray { images, converters, noise_seed: high << 32 | low }))
    }

    fn slices(&self, epoch: &[RawSlice]) -> Result<Vec<SliceImage>, ConfigError> {
        if epoch.len() != self.converters.len() {
            let problem = format!("have {} slices, must have {} as converters", epoch.len(), self.converters.len());
            return Err(ConfigError::conflict("array.raw.analogue.epochs", problem));
        }
        let slice = |((s, raw), converter): ((u32, &RawSlice), &RawConverter)| SliceImage {
            shift: s * self.slice_bits,
            plus: raw.plus.clone(),
            minus: raw.minus.clone(),
            variance: raw.variance.clone(),
            zero_code: converter.zero_code,
        };
        Ok((0..).zip(epoch).zip(&self.converters).map(slice).collect())
    }

    fn adc(&self, raw: &RawConverter) -> Adc {
        let (low, high) = signed_range(self.adc_bits);
        Adc {
            shift: raw.shift,
            rounding: self.adc_rounding,
            low: low as i32,
            high: high as i32,
            offsets: raw.offsets.clone(),
            multipliers: raw.multipliers.clone(),
        }
    }
}
