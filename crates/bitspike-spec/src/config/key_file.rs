//! A file whose keys another crate knows.

use super::check::check_at;
use super::document::{Node, Value, parse};
use super::error::ConfigError;
use super::read_source;
use serde_json::{Map, Value as Json};
use std::path::Path;

/// A section of a TOML file, or a file that holds the keys of that section alone. Errors say where a key stands.
#[derive(Clone, Debug)]
pub struct KeyFile {
    name: String,
    text: String,
    document: Node,
    /// The section, or the document itself.
    keys: Node,
}

impl KeyFile {
    /// Reads a file; sections beside the one named are not read.
    ///
    /// # Errors
    /// [`ConfigError::Read`] and [`ConfigError::Syntax`]; [`ConfigError::Conflict`] when the section is no table.
    pub fn read(path: impl AsRef<Path>, section: &str) -> Result<Self, ConfigError> {
        let source = read_source(path.as_ref())?;
        let text = source.text.clone();
        let document = parse(source)?;
        let keys = document.entry(section).map_or_else(|| document.clone(), |entry| entry.node.clone());
        let file = KeyFile { name: section.to_owned(), text, document, keys };
        match file.keys.value {
            Value::Table(_) => Ok(file),
            Value::List(_)
            | Value::String(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Datetime(_) => Err(file.located(ConfigError::conflict(section, "must be a section of keys"))),
        }
    }

    /// Text of the file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the file has a key or section of that name.
    #[must_use]
    pub fn has_key(&self, name: &str) -> bool {
        self.document.entry(name).is_some()
    }

    /// The keys and their values.
    #[must_use]
    pub fn keys(&self) -> Map<String, Json> {
        self.keys.entries().iter().map(|entry| (entry.name.clone(), entry.node.to_json())).collect()
    }

    /// Checks names, types and fixed ranges of the keys.
    ///
    /// # Errors
    /// The first fault in the order of the text, with its place.
    pub fn check(&self, schema: &Json) -> Result<(), ConfigError> {
        check_at(&self.keys, schema, &self.name)
    }

    /// An error at a dotted key of the section, with its place in this file.
    #[must_use]
    pub fn located(&self, error: ConfigError) -> ConfigError {
        let is_alone = self.document.entry(&self.name).is_none();
        error.located(|key| {
            let below = key.strip_prefix(&self.name).map(|rest| rest.trim_start_matches('.')).filter(|_| is_alone);
            self.document.locate(below.unwrap_or(key))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Result<KeyFile, ConfigError> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.toml");
        std::fs::write(&path, text).expect("written");
        KeyFile::read(path, "array")
    }

    fn place(file: &KeyFile, key: &str) -> (usize, usize) {
        let error = file.located(ConfigError::conflict(key, "is wrong"));
        let position = error.place().and_then(|place| place.position.clone()).expect("a position");
        (position.line, position.column)
    }

    #[test]
    fn a_section_and_a_file_of_its_keys_say_the_same_at_their_own_places() {
        let section = file("core = { neurons = 1 }\n[array]\nlevels = 8\n[array.adc]\nbits = 6\n").expect("good");
        let alone = file("levels = 8\n[adc]\nbits = 6\n").expect("good");
        assert_eq!(section.keys(), alone.keys());
        assert_eq!((place(&section, "array.adc.bits"), place(&alone, "array.adc.bits")), ((5, 8), (3, 8)));
        assert!(section.has_key("core") && !alone.has_key("core"));
        assert_eq!(alone.text(), "levels = 8\n[adc]\nbits = 6\n");
    }

    #[test]
    fn keys_are_checked_under_the_name_of_their_section() {
        let schema = serde_json::json!({ "type": "object", "properties": { "levels": { "type": "integer" } } });
        let error = |text: &str| file(text).expect("good").check(&schema).expect_err("refused").to_string();
        assert!(error("levls = 8").contains("a.toml:1:1: array.levls is not a key; did you mean \"levels\"?"));
        assert!(
            error("[array]\nlevels = \"x\"").contains(":2:10: array.levels is \"x\" (a string), must be an integer")
        );
    }

    #[test]
    fn a_section_that_is_no_table_is_refused() {
        let message = file("array = 3").expect_err("refused").to_string();
        assert!(message.contains("a.toml:1:9: array must be a section of keys"), "{message}");
    }
}
