//! The array of a core: what [`ArrayConfig`] and the weights of `core.toml` become.

use crate::config::ArrayConfig;
use crate::error::DeviceError;
use crate::image::{ProgrammedArray, program_with_threads};
use crate::ir_drop::ReadMode;
use crate::mapping::Mapping;
use crate::weights::WeightMatrix;
use bitspike_spec::array::{AnalogueRead, ArrayRead, ArrayStructure, SynapseArray};
use bitspike_spec::config::{ArrayContent, ArrayProgrammer, ArrayRequest, At, ConfigError};
use bitspike_spec::{AnalogueArray, CrossbarImage};
use std::num::NonZeroUsize;

/// Programs the `[array]` of a `core.toml`.
///
/// ```text
/// event read      weights of an epoch = sum over slices of (plus - minus - zero_code) 2^shift
/// analogue read   cells and converters as programmed; the read from rows_per_read, settle_cycles, adc
/// ```
///
/// # Example
/// ```
/// use bitspike_device::DeviceProgrammer;
/// use bitspike_spec::config;
///
/// let text = "core = { neurons = 1, word_lines = 2 }\nsynapse.image = { rows = [[15], [-3]] }\nvalues.threshold = 100\n[array]";
/// let core = config::from_str_with(text, ".", &DeviceProgrammer)?.core;
/// // 40 µS less 1 µS at ten bits, 1 µS less 8.8 µS.
/// assert_eq!(core.values().weights().map(|image| image.codes()), Some([1023 - 26, 26 - 225].as_slice()));
/// assert_eq!(core.structure().weight_bits, 11);
/// # Ok::<(), config::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DeviceProgrammer;

impl ArrayProgrammer for DeviceProgrammer {
    fn schema(&self) -> &serde_json::Value {
        ArrayConfig::schema()
    }

    fn program(&self, request: &ArrayRequest<'_>) -> Result<ArrayContent, ConfigError> {
        let config = ArrayConfig::from_keys(request.keys)?.inlined(request.base)?;
        Ok(content(&program_image(request.weights, &config, config.seed)?)?)
    }
}

/// Programs integer weights, on all processors.
///
/// # Errors
/// As [`crate::program`].
pub fn program_image(image: &CrossbarImage, config: &ArrayConfig, seed: u64) -> Result<ProgrammedArray, DeviceError> {
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    program_with_threads(&WeightMatrix::from(image), config, (seed, threads))
}

impl From<&CrossbarImage> for WeightMatrix {
    fn from(image: &CrossbarImage) -> Self {
        let weights = image.codes().iter().map(|&code| f64::from(code)).collect();
        WeightMatrix { word_lines: image.word_lines(), bit_lines: image.bit_lines(), weights }
    }
}

/// A programmed array as a core holds it.
///
/// # Errors
/// [`DeviceError::Conflict`] for weights of an event read that do not fit in 16 bits, and for `rows_per_read` above the word lines.
pub fn content(array: &ProgrammedArray) -> Result<ArrayContent, DeviceError> {
    let config = &array.config;
    let (read, array_content) = match config.read_mode {
        ReadMode::Event => (ArrayRead::Event, SynapseArray::Event(event_images(array)?)),
        ReadMode::Analogue => (ArrayRead::Analogue(analogue_read(array)?), SynapseArray::Analogue(analogue(array))),
    };
    let structure = ArrayStructure { epochs: u32::try_from(array.epochs.len()).unwrap_or(u32::MAX), read };
    let epoch_starts = config.epochs.iter().skip(1).map(|epoch| epoch.at_cycle).collect();
    Ok(ArrayContent { structure, array: array_content, epoch_starts })
}

fn event_images(array: &ProgrammedArray) -> Result<Vec<CrossbarImage>, DeviceError> {
    let too_wide = |error: bitspike_spec::CoreError| {
        let key = if array.config.slices > 1 { "array.slices" } else { "array.code_bits" };
        DeviceError::conflict(
            key,
            format!("makes weights that 16 bits do not hold, as read_mode = \"event\" needs ({error})"),
        )
    };
    array.epochs.iter().map(|epoch| epoch.image.event_image().map_err(too_wide)).collect()
}

fn analogue(array: &ProgrammedArray) -> AnalogueArray {
    AnalogueArray {
        images: array.epochs.iter().map(|epoch| epoch.image.clone()).collect(),
        converters: array.adcs.clone(),
        noise_seed: array.config.noise_seed.unwrap_or(array.seed),
    }
}

fn analogue_read(array: &ProgrammedArray) -> Result<AnalogueRead, DeviceError> {
    let (config, word_lines) = (&array.config, array.devices.word_lines);
    let rows_per_read = config.rows_per_read.unwrap_or(word_lines);
    if rows_per_read > word_lines {
        let problem = format!("is {rows_per_read}, must be 1 to core.word_lines = {word_lines}");
        return Err(DeviceError::conflict("array.rows_per_read", problem));
    }
    let has_noise = array.epochs.iter().flat_map(|epoch| epoch.image.slices()).any(|slice| !slice.variance.is_empty());
    Ok(AnalogueRead {
        rows_per_read,
        settle_cycles: config.settle_cycles,
        converter: config.adc.kind,
        columns_per_converter: config.adc.columns_per_converter,
        adc_bits: config.adc.bits,
        adc_rounding: config.adc.rounding,
        code_bits: config.code_bits,
        devices_per_cell: if config.mapping == Mapping::Offset { 1 } else { 2 },
        slices: config.slices,
        slice_bits: if config.slices == 1 { 1 } else { config.levels.ilog2() },
        variance_bits: if has_noise { config.variance_bits } else { 0 },
    })
}

impl From<DeviceError> for ConfigError {
    /// The same fault at the same key; where the key stands is for the reader of the file to say.
    fn from(error: DeviceError) -> Self {
        let at = |key: &str| At { key: key.to_owned(), place: Box::default() };
        match error {
            DeviceError::Core(error) => error.into(),
            DeviceError::OutOfRange { key, value, low, high } => ConfigError::OutOfRange {
                at: at(&key),
                value: number(value),
                allowed: format!("{} to {}", number(low), number(high)),
                note: String::new(),
            },
            DeviceError::Unknown { key, name: found, known } => {
                ConfigError::UnknownName { at: at(&key), found, known: known.split(", ").map(str::to_owned).collect() }
            }
            DeviceError::Conflict { key, problem } => ConfigError::Conflict { at: at(&key), problem },
            DeviceError::Table { path: file, line, problem } => ConfigError::Table { file, line, problem },
            DeviceError::NotConverged { .. } => {
                ConfigError::Conflict { at: at("array.wires"), problem: format!("cannot be solved: {error}") }
            }
            DeviceError::NotFinite { .. } | DeviceError::Scale(_) | DeviceError::Bits(_) => {
                ConfigError::Conflict { at: at("array"), problem: format!("cannot be programmed: {error}") }
            }
        }
    }
}

/// A number as a person writes it.
fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e6).contains(&size) { format!("{value:e}") } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!([0.0, 13.0, 1e-12, 1e10, 0.2].map(number), ["0", "13", "1e-12", "1e10", "0.2"]);
    }

    #[test]
    fn every_fault_becomes_one_of_a_file() {
        let text = |error: DeviceError| ConfigError::from(error).to_string();
        assert_eq!(
            text(DeviceError::NotConverged { iterations: 9, residual: 0.5, tolerance: 1e-10 }),
            "array.wires cannot be solved: IR drop: 9 iterations left a residual of 5e-1, must be 1e-10 or less"
        );
        assert_eq!(text(DeviceError::Scale(0.0)), "array cannot be programmed: scale is 0, must be finite and above 0");
        let table = DeviceError::Table { path: "s.csv".to_owned(), line: 3, problem: "is bad".to_owned() };
        assert_eq!(text(table), "s.csv: line 3: is bad");
    }
}
