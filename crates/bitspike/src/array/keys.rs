//! The keys of `[array]` from a file, and errors that say where they stand.

use std::path::{Path, PathBuf};

use bitspike_device::presets::{PRESETS, preset};
use bitspike_device::{ArrayConfig, DeviceError};
use bitspike_spec::config::{ConfigError, KeyFile};

use crate::error::Error;

/// The keys of an array and the text they stand in.
///
/// A file has a section `[array]`, and other sections are not read; a file without one holds the keys of that section alone.
#[derive(Clone, Debug, Default)]
pub struct ArrayFile {
    file: Option<KeyFile>,
    base: PathBuf,
}

impl ArrayFile {
    /// Reads a file; without one, an array is its preset.
    ///
    /// # Errors
    /// [`Error::Config`] for a file that cannot be read, or text that is not TOML.
    pub fn read(path: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = path else { return Ok(ArrayFile::default()) };
        let base = path.parent().unwrap_or(Path::new("")).to_owned();
        let file = ArrayFile { file: Some(KeyFile::read(path, "array")?), base };
        if file.is_core() && !file.has("array") {
            let problem = format!("is the core {}, which has no section [array]", path.display());
            return Err(Error::Option { option: "ARRAY.toml", problem });
        }
        Ok(file)
    }

    /// Text of the file; empty without one.
    #[must_use]
    pub fn text(&self) -> &str {
        self.file.as_ref().map_or("", KeyFile::text)
    }

    /// Whether the file is a `core.toml`, whose weights are those of the array.
    #[must_use]
    pub fn is_core(&self) -> bool {
        self.has("core") || self.has("preset")
    }

    fn has(&self, key: &str) -> bool {
        self.file.as_ref().is_some_and(|file| file.has_key(key))
    }

    /// The configuration, with `device` in place of the file's, and every table it names read in.
    ///
    /// # Errors
    /// [`Error::Config`] with file, line and column for a key that means nothing, a value that is not allowed at its key and a
    /// table that cannot be read; [`Error::Option`] for a preset there is not.
    pub fn config(&self, device: Option<&str>) -> Result<ArrayConfig, Error> {
        let mut keys = self.file.as_ref().map(KeyFile::keys).unwrap_or_default();
        if let Some(file) = &self.file {
            file.check(ArrayConfig::schema())?;
        }
        if let Some(name) = device {
            preset(name).map_err(|_| unknown_preset(name))?;
            keys.insert("device".to_owned(), name.into());
        }
        let config = ArrayConfig::from_keys(&keys).and_then(|config| {
            config.check()?;
            config.inlined(&self.base)
        });
        config.map_err(|error| self.explain(error))
    }

    /// An error with file, line and column, if it names a key.
    #[must_use]
    pub fn explain(&self, error: DeviceError) -> Error {
        let error = ConfigError::from(error);
        Error::Config(match &self.file {
            Some(file) => file.located(error),
            None => error,
        })
    }
}

fn unknown_preset(name: &str) -> Error {
    let names = PRESETS.map(|preset| preset.name).join(", ");
    Error::Option { option: "--preset", problem: format!("is \"{name}\", must be one of: {names}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> ArrayFile {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.toml");
        std::fs::write(&path, text).expect("written");
        ArrayFile::read(Some(&path)).expect("good TOML")
    }

    #[test]
    fn a_preset_takes_the_place_of_the_device() {
        let file = file("device = \"hfox_wan\"\nlevels = 8\n");
        assert_eq!(file.config(None).expect("good keys").g_max, 40e-6);
        let other = file.config(Some("hfox_milo")).expect("good keys");
        assert_eq!((other.g_max, other.levels), (225e-6, 8));
        assert!(!file.is_core());
    }
}
