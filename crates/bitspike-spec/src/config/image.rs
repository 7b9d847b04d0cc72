//! The synapse array from a file, rows, a seed or one number.

use super::error::ConfigError;
use super::sections::{ImageConfig, RandomImage, SynapseSection};
use super::table::{Row, Table, Wanted};
use crate::core::CrossbarImage;
use crate::random::{CellRng, Stream};
use crate::structure::{Structure, signed_range};
use std::path::Path;

const KEY: &str = "synapse.image";

/// What weights may be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Weights {
    /// As wide as `synapse.weight_bits`.
    OfWidth,
    /// Any 16-bit integers: they are programmed into devices.
    Programmed,
}

/// The integer weights.
///
/// # Errors
/// A missing image; a weight out of range and a shape other than the core's, with key or line and column.
pub(crate) fn image(
    synapse: &SynapseSection,
    structure: &Structure,
    (base, weights): (&Path, Weights),
) -> Result<CrossbarImage, ConfigError> {
    let shape = Shape::new(structure, weights);
    let codes = match &synapse.image {
        None => {
            return Err(ConfigError::missing(
                KEY,
                "the weights, one of { file = \"weights.csv\" }, { rows = [..] }, { random = {..} }, { fill = 0 }",
            ));
        }
        Some(ImageConfig::File(file)) => shape.codes_of_file(&base.join(file))?,
        Some(ImageConfig::Rows(rows)) => shape.codes_of_rows(&format!("{KEY}.rows"), rows)?,
        Some(ImageConfig::Random(random)) => shape.random(random)?,
        Some(ImageConfig::Fill(weight)) => {
            let weight = shape.weight(&format!("{KEY}.fill"), *weight)?;
            vec![weight; shape.word_lines * shape.neurons]
        }
    };
    Ok(CrossbarImage::new(structure.word_lines, structure.neurons, codes)?)
}

/// Weights given as rows under a key.
pub(crate) fn rows(structure: &Structure, key: &str, rows: &[Vec<i64>]) -> Result<CrossbarImage, ConfigError> {
    let codes = Shape::new(structure, Weights::OfWidth).codes_of_rows(key, rows)?;
    Ok(CrossbarImage::new(structure.word_lines, structure.neurons, codes)?)
}

struct Shape {
    word_lines: usize,
    neurons: usize,
    range: (i64, i64),
    /// Range of random weights unless they have their own.
    random: (i64, i64),
    note: String,
}

impl Shape {
    fn new(structure: &Structure, weights: Weights) -> Self {
        let random = structure.weight_range();
        let (range, note) = match weights {
            Weights::OfWidth => (random, format!(" (synapse.weight_bits = {})", structure.weight_bits)),
            Weights::Programmed => (signed_range(16), " (weights to be programmed)".to_owned()),
        };
        Shape { word_lines: structure.word_lines as usize, neurons: structure.neurons as usize, range, random, note }
    }

    fn weight(&self, key: &str, weight: i64) -> Result<i16, ConfigError> {
        ConfigError::check_range(key, weight, self.range, &self.note)?;
        Ok(weight as i16)
    }

    fn rows_problem(&self, found: usize) -> Option<String> {
        (found != self.word_lines).then(|| format!("has {found} rows, must have core.word_lines = {}", self.word_lines))
    }

    fn columns_problem(&self, found: usize) -> Option<String> {
        (found != self.neurons).then(|| format!("has {found} columns, must have core.neurons = {}", self.neurons))
    }

    fn codes_of_rows(&self, key: &str, rows: &[Vec<i64>]) -> Result<Vec<i16>, ConfigError> {
        if let Some(problem) = self.rows_problem(rows.len()) {
            return Err(ConfigError::conflict(key, problem));
        }
        let mut codes = Vec::with_capacity(self.word_lines * self.neurons);
        for (w, row) in rows.iter().enumerate() {
            if let Some(problem) = self.columns_problem(row.len()) {
                return Err(ConfigError::conflict(&format!("{key}[{w}]"), problem));
            }
            for (n, &weight) in row.iter().enumerate() {
                codes.push(self.weight(&format!("{key}[{w}][{n}]"), weight)?);
            }
        }
        Ok(codes)
    }

    fn codes_of_file(&self, path: &Path) -> Result<Vec<i16>, ConfigError> {
        let table = Table::read(path, &format!("{KEY}.file"))?;
        let mut codes = Vec::with_capacity(self.word_lines * self.neurons);
        for row in &table.rows {
            self.file_row(&table, row, &mut codes)?;
        }
        match self.rows_problem(table.rows.len()) {
            Some(problem) => Err(table.fault(0, problem)),
            None => Ok(codes),
        }
    }

    fn file_row(&self, table: &Table, row: &Row, codes: &mut Vec<i16>) -> Result<(), ConfigError> {
        if let Some(problem) = self.columns_problem(row.cells.len()) {
            return Err(table.fault(row.line, problem));
        }
        let wanted = Wanted { what: "weight", range: self.range, note: &self.note };
        for column in 0..self.neurons {
            codes.push(table.integer(row, column, &wanted)? as i16);
        }
        Ok(())
    }

    /// ```text
    /// cell c = word_line * neurons + neuron;   (a, b, ..) = block 0 of (seed, weights, c)
    /// weight = a < round(density * 2^32) ?  low + floor(b * (high - low + 1) / 2^32)  :  0
    /// ```
    fn random(&self, random: &RandomImage) -> Result<Vec<i16>, ConfigError> {
        let low = i64::from(self.weight(&format!("{KEY}.random.low"), random.low.unwrap_or(self.random.0))?);
        let high = i64::from(self.weight(&format!("{KEY}.random.high"), random.high.unwrap_or(self.random.1))?);
        if low > high {
            let problem = format!("is {low}, must be at most {KEY}.random.high = {high}");
            return Err(ConfigError::conflict(&format!("{KEY}.random.low"), problem));
        }
        let present = probability_words(random.density);
        let span = (high - low + 1) as u64;
        let cells = (self.word_lines * self.neurons) as u32;
        let weight = |cell| {
            let [a, b, ..] = CellRng::new(random.seed, Stream::Weights, cell).block(0);
            if u64::from(a) < present { (low + ((u64::from(b) * span) >> 32) as i64) as i16 } else { 0 }
        };
        Ok((0..cells).map(weight).collect())
    }
}

/// Number of 32-bit words below which a draw means "yes" with probability `p`, `round(p * 2^32)`.
pub(crate) fn probability_words(p: f64) -> u64 {
    libm::round(p * 4_294_967_296.0) as u64
}
