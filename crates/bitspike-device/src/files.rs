//! What is handed to the RTL: `$readmemh` images and a manifest with their checksums.

use crate::config::EpochConfig;
use crate::error::DeviceError;
use crate::image::{EpochImage, ProgrammedArray};
use bitspike_spec::Adc;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Version of the manifest's layout.
pub const MANIFEST_FORMAT: u32 = 1;

/// What a memory image holds, one word for each line of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Current codes of the devices that add, word line major.
    Plus,
    /// Current codes of the devices that subtract, word line major.
    Minus,
    /// Variance codes of the cells, word line major.
    Variance,
    /// Multipliers of the converters, by bit line.
    Multiplier,
    /// Offsets of the converters, by bit line, two's complement in 32 bits.
    Offset,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Role::Plus => "plus",
            Role::Minus => "minus",
            Role::Variance => "variance",
            Role::Multiplier => "multiplier",
            Role::Offset => "offset",
        }
    }
}

/// One memory image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFile {
    /// File name.
    pub name: String,
    /// What it holds.
    pub role: Role,
    /// Slice it belongs to.
    pub slice: u32,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
}

/// The images of one epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ManifestEpoch {
    /// When it holds, and the clock cycle at which it is loaded.
    pub epoch: EpochConfig,
    /// Seconds since programming at the reference temperature.
    pub effective_seconds: f64,
    /// Codes that were clamped.
    pub clamped: u64,
    /// Its files.
    pub files: Vec<ImageFile>,
}

/// Everything about a programmed array that is not in its images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this layout.
    pub format: u32,
    /// Name of the device.
    pub device: String,
    /// Seed of all random numbers.
    pub seed: u64,
    /// SHA-256 of the configuration as JSON.
    pub config_sha256: String,
    /// SHA-256 of the integer weights, 32 bits each, little end first.
    pub weights_sha256: String,
    /// Number of word lines.
    pub word_lines: u32,
    /// Number of bit lines.
    pub bit_lines: u32,
    /// Levels for one unit of weight.
    pub scale: f64,
    /// Amperes of one current LSB.
    pub i_lsb: f64,
    /// Width of a current code in bits.
    pub code_bits: u32,
    /// Fraction bits of a variance code.
    pub variance_shift: u32,
    /// Code taken off a sum for each active word line.
    pub zero_code: i32,
    /// Left shift of each slice's code, bits.
    pub slice_shifts: Vec<u32>,
    /// The converters of each slice.
    pub adcs: Vec<Adc>,
    /// Files of the converters' constants.
    pub adc_files: Vec<ImageFile>,
    /// The epochs, in order.
    pub epochs: Vec<ManifestEpoch>,
}

/// Manifest and files of an array, as text: `(name, content)`, the manifest first as `manifest.json`.
///
/// A memory image has one code in a line, hexadecimal, as `$readmemh` reads it: word line 0, bit line 0 first, then along
/// the word line.
///
/// # Errors
/// [`DeviceError::Conflict`] when a number of the configuration cannot be written as JSON (it is not finite).
pub fn hand_over(array: &ProgrammedArray) -> Result<(Manifest, Vec<(String, String)>), DeviceError> {
    let mut files = Vec::new();
    let adc_files = adc_files(&array.adcs, &mut files);
    let epochs = array.epochs.iter().enumerate().map(|(k, epoch)| epoch_files((k, epoch), &mut files)).collect();
    let image = &array.epochs[0].image;
    let weights: Vec<u8> = array.devices.weights.iter().flat_map(|w| w.to_le_bytes()).collect();
    let manifest = Manifest {
        format: MANIFEST_FORMAT,
        device: array.config.device.clone(),
        seed: array.seed,
        config_sha256: sha256(json(&array.config)?.as_bytes()),
        weights_sha256: sha256(&weights),
        word_lines: image.word_lines(),
        bit_lines: image.bit_lines(),
        scale: array.devices.scale,
        i_lsb: array.i_lsb,
        code_bits: image.code_bits(),
        variance_shift: image.variance_shift(),
        zero_code: image.slices().first().map_or(0, |slice| slice.zero_code),
        slice_shifts: image.slices().iter().map(|slice| slice.shift).collect(),
        adcs: array.adcs.clone(),
        adc_files,
        epochs,
    };
    files.insert(0, ("manifest.json".to_owned(), json(&manifest)? + "\n"));
    Ok((manifest, files))
}

fn json(value: &impl Serialize) -> Result<String, DeviceError> {
    serde_json::to_string_pretty(value).map_err(|error| DeviceError::conflict("array", error.to_string()))
}

fn adc_files(adcs: &[Adc], files: &mut Vec<(String, String)>) -> Vec<ImageFile> {
    let mut listed = Vec::new();
    for (slice, adc) in adcs.iter().enumerate() {
        let lists = [(Role::Multiplier, &adc.multipliers), (Role::Offset, &adc.offsets)];
        for (role, values) in lists {
            let words = values.iter().map(|&value| value as u32);
            listed.push(add_file(files, (format!("adc_slice{slice}"), role, slice), words));
        }
    }
    listed
}

fn epoch_files((number, epoch): (usize, &EpochImage), files: &mut Vec<(String, String)>) -> ManifestEpoch {
    let mut listed = Vec::new();
    for (k, slice) in epoch.image.slices().iter().enumerate() {
        let lists = [(Role::Plus, &slice.plus), (Role::Minus, &slice.minus), (Role::Variance, &slice.variance)];
        for (role, codes) in lists.into_iter().filter(|(_, codes)| !codes.is_empty()) {
            let words = codes.iter().map(|&code| u32::from(code));
            listed.push(add_file(files, (format!("epoch{number}_slice{k}"), role, k), words));
        }
    }
    let &EpochImage { effective_seconds, clamped, .. } = epoch;
    ManifestEpoch { epoch: epoch.epoch.clone(), effective_seconds, clamped, files: listed }
}

fn add_file(
    files: &mut Vec<(String, String)>,
    (stem, role, slice): (String, Role, usize),
    words: impl Iterator<Item = u32>,
) -> ImageFile {
    let text: String = words.map(|word| format!("{word:x}\n")).collect();
    let (name, sha256) = (format!("{stem}_{}.hex", role.name()), sha256(text.as_bytes()));
    files.push((name.clone(), text));
    ImageFile { name, role, slice: slice as u32, sha256 }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
