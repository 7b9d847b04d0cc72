//! Cores whose weights are held by devices.

use std::path::Path;

use bitspike_device::{ArrayConfig, DeviceProgrammer};
use bitspike_spec::config::{self, ArraySection, ConfigError, LoadedCore};

/// Reads `core.toml` and everything it names, and programs its array if it has one.
///
/// # Errors
/// As [`config::read_core`].
pub fn read_core(path: impl AsRef<Path>) -> Result<LoadedCore, ConfigError> {
    config::read_core_with(path, &DeviceProgrammer)
}

/// As [`read_core`], from a text; `base` is the folder from which its files are named.
///
/// # Errors
/// As [`config::read_core`].
pub fn core_from_str(text: &str, base: impl AsRef<Path>) -> Result<LoadedCore, ConfigError> {
    config::from_str_with(text, base, &DeviceProgrammer)
}

/// The devices of a core; nothing for digital weights and for an array of raw integers.
///
/// # Panics
/// If the core was not read by [`read_core`], and its keys mean nothing.
#[must_use]
pub fn devices_of(core: &LoadedCore) -> Option<ArrayConfig> {
    let ArraySection { raw: None, devices } = core.config.array.as_ref()? else { return None };
    let config = ArrayConfig::from_keys(devices).and_then(|config| config.inlined(&core.base));
    Some(config.expect("the core was programmed by these keys"))
}
