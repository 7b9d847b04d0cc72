//! Errors of a core description that was read well but means nothing.

/// A value of a core that is out of range, or two that do not go together. `key` is the dotted key of `core.toml`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoreError {
    /// A number outside its range.
    #[error("{key} is {value}, must be {low} to {high}")]
    OutOfRange {
        /// Dotted key of `core.toml`, with `[index]` for an element of a list.
        key: String,
        /// Value found.
        value: i64,
        /// Smallest value allowed.
        low: i64,
        /// Largest value allowed.
        high: i64,
    },
    /// A choice that does not go with another, or a list of the wrong length.
    #[error("{key} {problem}")]
    Conflict {
        /// Dotted key of `core.toml`.
        key: String,
        /// What is wrong and what is allowed.
        problem: String,
    },
}

impl CoreError {
    /// A conflict at `key`.
    #[must_use]
    pub fn conflict(key: &str, problem: String) -> Self {
        CoreError::Conflict { key: key.to_owned(), problem }
    }

    /// Checks `low <= value <= high`.
    ///
    /// # Errors
    /// [`CoreError::OutOfRange`] when it is not.
    pub fn check_range(key: &str, value: i64, low: i64, high: i64) -> Result<(), Self> {
        if (low..=high).contains(&value) {
            Ok(())
        } else {
            Err(CoreError::OutOfRange { key: key.to_owned(), value, low, high })
        }
    }

    /// The dotted key the error is about.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            CoreError::OutOfRange { key, .. } | CoreError::Conflict { key, .. } => key,
        }
    }
}
