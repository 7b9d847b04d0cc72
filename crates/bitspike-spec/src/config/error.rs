//! What can be wrong with a configuration or stimulus file, said in the file's own terms (contract C9).

use super::place::{At, Place};
use super::suggest::{choices, suggestion};
use crate::error::CoreError;

/// Why a configuration, stimulus or table cannot be used.
///
/// Displayed with file, line, column, dotted key, value found, what is allowed, and the source line with a caret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A file that cannot be read; `at` is the key that names it, if any.
    #[error("{}", at.report(&format!("cannot read {file}: {reason}")))]
    Read {
        /// The key that names the file.
        at: At,
        /// The file.
        file: String,
        /// What the operating system says.
        reason: String,
    },
    /// Text that is not TOML.
    #[error("{}", place.report(problem))]
    Syntax {
        /// Where.
        place: Box<Place>,
        /// What the parser says.
        problem: String,
    },
    /// A key that means nothing.
    #[error("{}", at.report(&format!("{} is not a key{}", at.key, suggestion(at.last_name(), known))))]
    UnknownKey {
        /// Where.
        at: At,
        /// The keys that stand here.
        known: Vec<String>,
    },
    /// A value of another type.
    #[error("{}", at.report(&format!("{} is {found}, must be {expected}", at.key)))]
    WrongType {
        /// Where.
        at: At,
        /// Value and type found.
        found: String,
        /// Types allowed.
        expected: String,
    },
    /// A name that is not one of a closed set.
    #[error("{}", at.report(&format!("{} is \"{found}\", must be {}{}", at.key, choices(known), suggestion(found, known))))]
    UnknownName {
        /// Where.
        at: At,
        /// Name found.
        found: String,
        /// Names allowed.
        known: Vec<String>,
    },
    /// A number outside its range.
    #[error("{}", at.report(&format!("{} is {value}, must be {allowed}{note}", at.key)))]
    OutOfRange {
        /// Where.
        at: At,
        /// Number found.
        value: String,
        /// Range allowed, such as `1 to 4096`.
        allowed: String,
        /// Where the number or its range comes from, in brackets, or nothing.
        note: String,
    },
    /// A key that is needed.
    #[error("{}", at.report(&format!("{} is missing: {needed}", at.key)))]
    Missing {
        /// The key, and the table it belongs to.
        at: At,
        /// What it holds and why it is needed.
        needed: String,
    },
    /// Keys that do not go together, or a list of the wrong length.
    #[error("{}", at.report(&format!("{} {problem}", at.key)))]
    Conflict {
        /// Where.
        at: At,
        /// What is wrong and what is allowed.
        problem: String,
    },
    /// A cell of a CSV file.
    #[error("{file}: line {line}, column {column}: {what} is {value}, must be {allowed}")]
    Cell {
        /// The file.
        file: String,
        /// Line of the file, from 1.
        line: u64,
        /// Column of the table, from 1.
        column: usize,
        /// What the cell holds, such as `weight`.
        what: String,
        /// Text found.
        value: String,
        /// Range allowed and where it comes from.
        allowed: String,
    },
    /// A CSV file of the wrong shape; `line` is 0 when the whole file is meant.
    #[error("{file}{}: {problem}", if *line == 0 { String::new() } else { format!(": line {line}") })]
    Table {
        /// The file.
        file: String,
        /// Line of the file, from 1.
        line: u64,
        /// What is wrong and what is allowed.
        problem: String,
    },
}

impl ConfigError {
    pub(crate) fn conflict(key: &str, problem: impl Into<String>) -> Self {
        ConfigError::Conflict { at: At::key(key), problem: problem.into() }
    }

    pub(crate) fn missing(key: &str, needed: impl Into<String>) -> Self {
        ConfigError::Missing { at: At::key(key), needed: needed.into() }
    }

    pub(crate) fn out_of_range(key: &str, value: impl ToString, allowed: String, note: impl Into<String>) -> Self {
        ConfigError::OutOfRange { at: At::key(key), value: value.to_string(), allowed, note: note.into() }
    }

    /// Checks `low <= value <= high`.
    pub(crate) fn check_range(key: &str, value: i64, (low, high): (i64, i64), note: &str) -> Result<(), Self> {
        if (low..=high).contains(&value) {
            return Ok(());
        }
        Err(Self::out_of_range(key, value, format!("{low} to {high}"), note))
    }

    /// The dotted key the error is about, if it is about one.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.at().map(|at| at.key.as_str()).filter(|key| !key.is_empty())
    }

    /// Where the error stands, if it stands in a TOML file.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            ConfigError::Syntax { place, .. } => Some(place),
            ConfigError::Read { .. }
            | ConfigError::UnknownKey { .. }
            | ConfigError::WrongType { .. }
            | ConfigError::UnknownName { .. }
            | ConfigError::OutOfRange { .. }
            | ConfigError::Missing { .. }
            | ConfigError::Conflict { .. }
            | ConfigError::Cell { .. }
            | ConfigError::Table { .. } => self.at().map(|at| &*at.place),
        }
    }

    fn at(&self) -> Option<&At> {
        match self {
            ConfigError::Read { at, .. }
            | ConfigError::UnknownKey { at, .. }
            | ConfigError::WrongType { at, .. }
            | ConfigError::UnknownName { at, .. }
            | ConfigError::OutOfRange { at, .. }
            | ConfigError::Missing { at, .. }
            | ConfigError::Conflict { at, .. } => Some(at),
            ConfigError::Syntax { .. } | ConfigError::Cell { .. } | ConfigError::Table { .. } => None,
        }
    }

    /// The same error with the place its key has in a document.
    pub(crate) fn located(mut self, locate: impl Fn(&str) -> Box<Place>) -> Self {
        match &mut self {
            ConfigError::Read { at, .. }
            | ConfigError::UnknownKey { at, .. }
            | ConfigError::WrongType { at, .. }
            | ConfigError::UnknownName { at, .. }
            | ConfigError::OutOfRange { at, .. }
            | ConfigError::Missing { at, .. }
            | ConfigError::Conflict { at, .. } => at.place = locate(&at.key),
            ConfigError::Syntax { .. } | ConfigError::Cell { .. } | ConfigError::Table { .. } => {}
        }
        self
    }
}

impl From<CoreError> for ConfigError {
    fn from(error: CoreError) -> Self {
        match error {
            CoreError::OutOfRange { key, value, low, high } => {
                ConfigError::out_of_range(&key, value, format!("{low} to {high}"), "")
            }
            CoreError::Conflict { key, problem } => ConfigError::conflict(&key, problem),
        }
    }
}
