//! What can go wrong between weights and an image.

use bitspike_spec::CoreError;

/// A weight, a key of `[array]` or a table that is not allowed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DeviceError {
    /// A shape or an integer out of range.
    #[error(transparent)]
    Core(#[from] CoreError),
    /// A weight that is infinite or not a number.
    #[error("weight of word line {word_line}, bit line {bit_line} is {weight}, must be finite")]
    NotFinite {
        /// Row of the weight.
        word_line: usize,
        /// Column of the weight.
        bit_line: usize,
        /// The weight.
        weight: f64,
    },
    /// A scale that is not a positive finite number.
    #[error("scale is {0}, must be finite and above 0")]
    Scale(f64),
    /// A code width outside 2 to 16.
    #[error("weight_bits is {0}, must be 2 to 16")]
    Bits(u32),
    /// A real number outside its range.
    #[error("{key} is {value:e}, must be {low:e} to {high:e}")]
    OutOfRange {
        /// Dotted key.
        key: String,
        /// Value found.
        value: f64,
        /// Smallest value allowed.
        low: f64,
        /// Largest value allowed.
        high: f64,
    },
    /// A name that is in no table.
    #[error("{key} is \"{name}\", must be one of {known}")]
    Unknown {
        /// Dotted key.
        key: String,
        /// Name found.
        name: String,
        /// Names allowed.
        known: String,
    },
    /// A choice that does not go with another.
    #[error("{key} {problem}")]
    Conflict {
        /// Dotted key.
        key: String,
        /// What is wrong and what is allowed.
        problem: String,
    },
    /// A table of spreads that cannot be read.
    #[error("{path}:{line}: {problem}")]
    Table {
        /// The file.
        path: String,
        /// Line, from 1; 0 for the file as a whole.
        line: u64,
        /// What is wrong and what is allowed.
        problem: String,
    },
    /// Wires and cells for which the iteration did not reach its tolerance.
    #[error("IR drop: {iterations} iterations left a residual of {residual:e}, must be {tolerance:e} or less")]
    NotConverged {
        /// Iterations made.
        iterations: u32,
        /// Relative residual left.
        residual: f64,
        /// Relative residual wanted.
        tolerance: f64,
    },
}

impl DeviceError {
    pub(crate) fn conflict(key: &str, problem: impl Into<String>) -> Self {
        DeviceError::Conflict { key: key.to_owned(), problem: problem.into() }
    }
}

/// Checks `low <= value <= high`; nothing that is not a number passes.
pub(crate) fn check_range(key: &str, value: f64, (low, high): (f64, f64)) -> Result<(), DeviceError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(DeviceError::OutOfRange { key: key.to_owned(), value, low, high })
}
