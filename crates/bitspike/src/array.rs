//! An RRAM array as files describe it: its keys, its weights, and where both come from.

mod core;
mod keys;
mod weights;

pub use core::{core_from_str, devices_of, read_core};
pub use keys::ArrayFile;
pub use weights::{TEST_LINES, read_weights, test_pattern};

use std::num::NonZeroUsize;

use bitspike_device::{ArrayConfig, Characteristics, DeviceError, ProgrammedArray, WeightMatrix, characterise};

use crate::control::Control;
use crate::error::Error;
use crate::results::ToolVersion;

/// A file that went in.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct InputFile {
    /// The file as the user named it.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// Where a measured array comes from.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Origin {
    /// The command that makes it again.
    pub command: String,
    /// Sources of the numbers of its preset.
    pub source: String,
    /// File of its keys; none for a preset alone.
    pub array: Option<InputFile>,
    /// File of its weights; none for the test pattern.
    pub weights: Option<InputFile>,
    /// Tools and their versions.
    pub tools: Vec<ToolVersion>,
}

/// An array that was programmed and measured.
#[derive(Clone, Debug)]
pub struct MeasuredArray {
    /// The array.
    pub array: ProgrammedArray,
    /// What was measured.
    pub characteristics: Characteristics,
    /// Where it comes from.
    pub origin: Origin,
}

/// What is to be programmed.
#[derive(Clone, Debug)]
pub struct Job {
    /// The weights.
    pub weights: WeightMatrix,
    /// The array.
    pub config: ArrayConfig,
    /// Seed of all random numbers.
    pub seed: u64,
}

/// What a worker hands back.
type Measured = Result<(ProgrammedArray, Characteristics), DeviceError>;

/// Programs and measures an array on all processors; `None` when it was interrupted, with nothing kept.
///
/// # Errors
/// [`DeviceError`] for weights or a configuration that are not allowed.
///
/// # Panics
/// If programming panics.
pub fn measure(job: Job, control: Control<'_>) -> Result<Option<(ProgrammedArray, Characteristics)>, DeviceError> {
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let worker =
        std::thread::spawn(move || -> Measured { characterise(&job.weights, &job.config, (job.seed, threads)) });
    while !worker.is_finished() {
        if control.interrupt.is_set() {
            return Ok(None); // the worker ends with the process
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
        control.progress.phase("programming and measuring the array");
    }
    worker.join().expect("programming does not panic").map(Some)
}

/// The seconds of `--epochs` as epochs at the temperature of the first one there is.
///
/// # Errors
/// [`Error::Option`] when a number is not 0 to 1e10, or does not rise.
pub fn with_epochs(mut config: ArrayConfig, seconds: &[f64]) -> Result<ArrayConfig, Error> {
    if seconds.is_empty() {
        return Ok(config);
    }
    let wrong = |problem: String| Err(Error::Option { option: "--epochs", problem });
    if let Some(value) = seconds.iter().find(|value| !(0.0..=1e10).contains(*value)) {
        return wrong(format!("holds {value}, must be 0 to 1e10 seconds"));
    }
    if let Some(pair) = seconds.windows(2).find(|pair| pair[0] >= pair[1]) {
        return wrong(format!("has {} before {}, must rise", pair[0], pair[1]));
    }
    let Some(first) = config.epochs.first().cloned() else { return Ok(config) };
    let epoch =
        |(at_cycle, &seconds): (u64, &f64)| bitspike_device::config::EpochConfig { seconds, at_cycle, ..first.clone() };
    config.epochs = (0..).zip(seconds).map(epoch).collect();
    Ok(config)
}
