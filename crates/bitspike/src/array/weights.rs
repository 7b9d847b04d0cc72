//! Weights of an array: a CSV file, or the test pattern.

use std::path::Path;

use bitspike_device::mapping::Levels;
use bitspike_device::presets::PRESETS;
use bitspike_device::{ArrayConfig, WeightMatrix};
use bitspike_spec::config::ConfigError;

use crate::error::Error;

/// Word lines and bit lines of the test pattern, for a preset that is not a chip.
pub const TEST_LINES: (u32, u32) = (64, 64);

/// Reads weights from CSV: a line for each word line, a number for each bit line, no header; lines from `#` on are skipped.
///
/// # Errors
/// [`Error::Read`] for a file that cannot be read; [`Error::Config`] with file, line and column for a weight that is no
/// finite number, lines of different length, or a file without weights.
pub fn read_weights(path: &Path) -> Result<WeightMatrix, Error> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let (mut weights, mut word_lines, mut bit_lines) = (Vec::new(), 0, 0);
    for record in reader.records() {
        let record = record.map_err(|error| table(&file, 0, error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        if word_lines == 0 {
            bit_lines = record.len();
        }
        if record.len() != bit_lines {
            let problem = format!("has {} weights, must have {bit_lines} as the first line", record.len());
            return Err(table(&file, line, problem));
        }
        for (column, cell) in (1..).zip(&record) {
            weights.push(weight(cell).ok_or_else(|| wrong(&file, (line, column), cell))?);
        }
        word_lines += 1;
    }
    if word_lines == 0 {
        return Err(table(&file, 0, "has no weights, must have a line for each word line".to_owned()));
    }
    Ok(WeightMatrix { word_lines, bit_lines: u32::try_from(bit_lines).unwrap_or(u32::MAX), weights })
}

fn weight(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|weight: &f64| weight.is_finite())
}

fn table(file: &str, line: u64, problem: String) -> Error {
    Error::Config(ConfigError::Table { file: file.to_owned(), line, problem })
}

fn wrong(file: &str, (line, column): (u64, usize), cell: &str) -> Error {
    Error::Config(ConfigError::Cell {
        file: file.to_owned(),
        line,
        column,
        what: "weight".to_owned(),
        value: format!("\"{cell}\""),
        allowed: "a finite number".to_owned(),
    })
}

/// Integer weights spread evenly over the whole range of the mapping, and the configuration in which they are integers.
///
/// ```text
/// n = word_line * bit_lines + bit_line,   w = low + floor((high - low + 1) frac(n * 2654435769 / 2^32))
/// ```
///
/// The sequence of the golden ratio: among any n weights, each value occurs as often as any other to within a few. The size is
/// that of the chip, or [`TEST_LINES`]. Weights are divided by the scale of the configuration, 1 if it has none.
#[must_use]
pub fn test_pattern(config: ArrayConfig) -> (WeightMatrix, ArrayConfig) {
    let chip = PRESETS.iter().find(|preset| preset.name == config.device);
    let (word_lines, bit_lines) = chip.and_then(|preset| preset.lines).unwrap_or(TEST_LINES);
    let (low, high) = Levels::new(&config).range();
    let scale = config.scale.unwrap_or(1.0);
    let span = u64::from(high.abs_diff(low)) + 1;
    let weight = |n: u32| {
        let part = (u64::from(n.wrapping_mul(2_654_435_769)) * span) >> 32;
        (f64::from(low) + part as f64) / scale
    };
    let weights = (0..word_lines * bit_lines).map(weight).collect();
    (WeightMatrix { word_lines, bit_lines, weights }, ArrayConfig { scale: Some(scale), ..config })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 4096 weights on 31 values: 132.1 each; the golden ratio's discrepancy is below 0.5 log2(n).
    #[test]
    fn every_value_of_the_pattern_occurs_equally_often() {
        let (matrix, config) = test_pattern(ArrayConfig::default());
        assert_eq!((matrix.word_lines, matrix.bit_lines, config.scale), (64, 64, Some(1.0)));
        for value in -15..=15 {
            let count = matrix.weights.iter().filter(|weight| **weight == f64::from(value)).count();
            assert!((count as f64 - 4096.0 / 31.0).abs() < 6.0, "{value}: {count}");
        }
    }

    #[test]
    fn the_pattern_of_a_chip_has_its_size_and_its_scale() {
        let isaac = bitspike_device::presets::preset("isaac").expect("there").config();
        let (matrix, _) = test_pattern(ArrayConfig { scale: Some(0.5), ..isaac });
        assert_eq!((matrix.word_lines, matrix.bit_lines), (128, 128));
        assert!(matrix.largest() <= 2.0 * 65535.0 && matrix.largest() > 2.0 * 65500.0);
    }
}
