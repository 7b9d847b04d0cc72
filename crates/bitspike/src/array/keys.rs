//! The keys of `[array]` from a file, and errors that say where they stand.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bitspike_device::presets::{PRESETS, preset};
use bitspike_device::{ArrayConfig, DeviceError};
use bitspike_spec::config::{At, ConfigError, Place, Position};
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use crate::error::Error;

/// The keys of an array and the text they stand in.
///
/// A file has a section `[array]`, and other sections are not read; a file without one holds the keys of that section alone.
#[derive(Clone, Debug, Default)]
pub struct ArrayFile {
    path: Option<PathBuf>,
    text: String,
    keys: Table,
}

impl ArrayFile {
    /// Reads a file; without one, an array is its preset.
    ///
    /// # Errors
    /// [`Error::Read`] for a file that cannot be read, [`Error::Config`] for text that is not TOML.
    pub fn read(path: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = path else { return Ok(ArrayFile::default()) };
        let text = fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        let mut file = ArrayFile { path: Some(path.to_owned()), text, keys: Table::new() };
        let mut table: Table = file.text.parse().map_err(|error| file.syntax(&error))?;
        file.keys = match table.remove("array") {
            Some(Value::Table(section)) => section,
            Some(_) => return Err(file.conflict("array", "must be a section of keys")),
            None => table,
        };
        Ok(file)
    }

    /// Text of the file; empty without one.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The configuration, with `device` in place of the file's, and every table it names read in.
    ///
    /// # Errors
    /// [`Error::Config`] with file, line and column for a key that means nothing or a value that is not allowed at its key;
    /// [`Error::Option`] for a preset there is not; [`Error::Device`] for a table that cannot be read.
    pub fn config(&self, device: Option<&str>) -> Result<ArrayConfig, Error> {
        let mut keys = self.keys.clone();
        if let Some(name) = device {
            preset(name).map_err(|_| unknown_preset(name))?;
            keys.insert("device".to_owned(), name.into());
        }
        for (name, value) in &self.keys {
            self.alone(name, value)?;
        }
        let config = ArrayConfig::from_keys(&keys).map_err(|error| self.explain(error))?;
        config.check().map_err(|error| self.explain(error))?;
        let base = self.path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        config.inlined(base).map_err(|error| self.explain(error))
    }

    /// Reads one key on its own, so that what is wrong with it is said at its place.
    fn alone(&self, name: &str, value: &Value) -> Result<(), Error> {
        let key = format!("array.{name}");
        if is_not_finite(value) {
            return Err(self.conflict(&key, "holds inf or nan, must be finite"));
        }
        if name == "off" {
            return Ok(()); // it depends on the device
        }
        match ArrayConfig::from_keys(&Table::from_iter([(name.to_owned(), value.clone())])) {
            Err(DeviceError::Conflict { problem, .. }) => {
                Err(self.conflict(&key, &format!("cannot be read: {problem}")))
            }
            Err(error) => Err(self.explain(error)),
            Ok(_) => Ok(()),
        }
    }

    /// An error with file, line and column, if it names a key.
    #[must_use]
    pub fn explain(&self, error: DeviceError) -> Error {
        match error {
            DeviceError::OutOfRange { key, value, low, high } => Error::Config(ConfigError::OutOfRange {
                at: self.at(&key),
                value: number(value),
                allowed: format!("{} to {}", number(low), number(high)),
                note: String::new(),
            }),
            DeviceError::Unknown { key, name: found, known } => Error::Config(ConfigError::UnknownName {
                at: self.at(&key),
                found,
                known: known.split(", ").map(str::to_owned).collect(),
            }),
            DeviceError::Conflict { key, problem } => self.conflict(&key, &problem),
            other @ (DeviceError::Core(_)
            | DeviceError::NotFinite { .. }
            | DeviceError::Scale(_)
            | DeviceError::Bits(_)
            | DeviceError::Table { .. }
            | DeviceError::NotConverged { .. }) => Error::Device(other),
        }
    }

    fn conflict(&self, key: &str, problem: &str) -> Error {
        Error::Config(ConfigError::Conflict { at: self.at(key), problem: problem.to_owned() })
    }

    fn syntax(&self, error: &toml::de::Error) -> Error {
        let problem = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
        Error::Config(ConfigError::Syntax { place: Box::new(self.place(error.span())), problem })
    }

    fn at(&self, key: &str) -> At {
        At { key: key.to_owned(), place: Box::new(self.place(self.span(key))) }
    }

    fn place(&self, span: Option<Range<usize>>) -> Place {
        let file = self.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        Place { file, position: span.map(|span| Position::of(&self.text, &span)), inherited: false }
    }

    /// Where a dotted key stands, or else the nearest table above it.
    fn span(&self, key: &str) -> Option<Range<usize>> {
        let document = DeTable::parse(&self.text).ok()?;
        let mut table = document.get_ref();
        let names = key.strip_prefix("array.").unwrap_or(key);
        let mut span = None;
        if let Some((section, DeValue::Table(inner))) = entry(table, "array") {
            (table, span) = (inner, Some(section));
        }
        for name in names.split('.') {
            let Some((at, value)) = entry(table, name) else { break };
            span = Some(at);
            let DeValue::Table(inner) = value else { break };
            table = inner;
        }
        span
    }
}

/// A key of a table: its span, and its value.
fn entry<'a, 'i>(table: &'a DeTable<'i>, name: &str) -> Option<(Range<usize>, &'a DeValue<'i>)> {
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == name)?;
    let is_table = matches!(value.get_ref(), DeValue::Table(_));
    Some((if is_table { key.span() } else { value.span() }, value.get_ref()))
}

fn is_not_finite(value: &Value) -> bool {
    match value {
        Value::Float(float) => !float.is_finite(),
        Value::Array(items) => items.iter().any(is_not_finite),
        Value::Table(table) => table.values().any(is_not_finite),
        Value::String(_) | Value::Integer(_) | Value::Boolean(_) | Value::Datetime(_) => false,
    }
}

fn unknown_preset(name: &str) -> Error {
    let names = PRESETS.map(|preset| preset.name).join(", ");
    Error::Option { option: "--preset", problem: format!("is \"{name}\", must be one of: {names}") }
}

/// A number as a person writes it.
fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e6).contains(&size) { format!("{value:e}") } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> ArrayFile {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.toml");
        fs::write(&path, text).expect("written");
        let mut file = ArrayFile::read(Some(&path)).expect("good TOML");
        file.path = Some("a.toml".into());
        file
    }

    #[test]
    fn a_section_and_a_file_of_its_keys_are_the_same() {
        let section = file("[core]\nname = \"x\"\n[array]\nlevels = 8\n[array.adc]\nbits = 6\n");
        let alone = file("levels = 8\n[adc]\nbits = 6\n");
        let config = section.config(None).expect("good keys");
        assert_eq!((config.levels, config.adc.bits), (8, 6));
        assert_eq!(alone.config(None).expect("good keys"), config);
    }

    #[test]
    fn a_preset_takes_the_place_of_the_device() {
        let file = file("device = \"hfox_wan\"\nlevels = 8\n");
        assert_eq!(file.config(None).expect("good keys").g_max, 40e-6);
        let other = file.config(Some("hfox_milo")).expect("good keys");
        assert_eq!((other.g_max, other.levels), (225e-6, 8));
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([0.0, 13.0, 1e-12, 1e10, 0.2].map(number), ["0", "13", "1e-12", "1e10", "0.2"]);
    }
}
