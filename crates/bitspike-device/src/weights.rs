//! Weights that are to be programmed.

use crate::error::DeviceError;
use bitspike_spec::CoreError;

/// Float weights of a crossbar, dimensionless, `word_lines x bit_lines`, word line major.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightMatrix {
    /// Number of word lines (rows).
    pub word_lines: u32,
    /// Number of bit lines (columns).
    pub bit_lines: u32,
    /// The weights, word line major.
    pub weights: Vec<f64>,
}

/// The largest number of word lines and of bit lines.
pub const MAX_LINES: u32 = 4096;

impl WeightMatrix {
    /// Checks shape and values.
    ///
    /// # Errors
    /// [`DeviceError`] when a side is not 1 to 4096, the number of weights is not their product or a weight is not finite.
    pub fn check(&self) -> Result<(), DeviceError> {
        CoreError::check_range("word_lines", self.word_lines.into(), 1, MAX_LINES.into())?;
        CoreError::check_range("bit_lines", self.bit_lines.into(), 1, MAX_LINES.into())?;
        let expected = self.word_lines as usize * self.bit_lines as usize;
        if self.weights.len() != expected {
            let problem = format!("has {} weights, must have {expected}", self.weights.len());
            return Err(CoreError::conflict("weights", problem).into());
        }
        let columns = self.bit_lines as usize;
        match self.weights.iter().position(|weight| !weight.is_finite()) {
            None => Ok(()),
            Some(at) => {
                let (word_line, bit_line, weight) = (at / columns, at % columns, self.weights[at]);
                Err(DeviceError::NotFinite { word_line, bit_line, weight })
            }
        }
    }

    /// The largest magnitude of a weight.
    #[must_use]
    pub fn largest(&self) -> f64 {
        self.weights.iter().fold(0.0, |largest, weight| weight.abs().max(largest))
    }
}
