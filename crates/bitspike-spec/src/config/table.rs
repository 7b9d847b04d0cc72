//! CSV files, with line and column in every error.

use super::error::ConfigError;
use std::path::Path;

/// A CSV file, read whole.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) file: String,
    pub(crate) rows: Vec<Row>,
}

/// A line that holds cells.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) line: u64,
    pub(crate) cells: Vec<String>,
}

/// What a cell must hold: a name, a range, and where the range comes from (in brackets, or nothing).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) what: &'a str,
    pub(crate) range: (i64, i64),
    pub(crate) note: &'a str,
}

impl Table {
    /// Reads a file named by `key`; blank lines and lines that start with `#` are skipped, blanks around cells ignored.
    ///
    /// # Errors
    /// [`ConfigError::Read`] when it cannot be read, [`ConfigError::Table`] when it is not UTF-8 or has no rows.
    pub(crate) fn read(path: &Path, key: &str) -> Result<Table, ConfigError> {
        let file = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| ConfigError::Read {
            at: super::place::At::key(key),
            file: file.clone(),
            reason: error.to_string(),
        })?;
        let rows = rows(&file, &bytes)?;
        if rows.is_empty() {
            return Err(ConfigError::Table { file, line: 0, problem: "has no rows".to_owned() });
        }
        Ok(Table { file, rows })
    }

    pub(crate) fn fault(&self, line: u64, problem: impl Into<String>) -> ConfigError {
        ConfigError::Table { file: self.file.clone(), line, problem: problem.into() }
    }

    /// The integer in a column (from 0) of a row.
    ///
    /// # Errors
    /// [`ConfigError::Cell`] when it is no integer or out of range, [`ConfigError::Table`] when the row is too short.
    pub(crate) fn integer(&self, row: &Row, column: usize, wanted: &Wanted<'_>) -> Result<i64, ConfigError> {
        let Some(text) = row.cells.get(column) else {
            let problem = format!("has {} columns, {} is in column {}", row.cells.len(), wanted.what, column + 1);
            return Err(self.fault(row.line, problem));
        };
        let (low, high) = wanted.range;
        match text.parse() {
            Ok(value) if (low..=high).contains(&value) => Ok(value),
            Ok(_) => Err(self.cell(row, column, wanted, text.clone(), "")),
            Err(_) => Err(self.cell(row, column, wanted, format!("\"{text}\""), "an integer, ")),
        }
    }

    fn cell(&self, row: &Row, column: usize, wanted: &Wanted<'_>, value: String, kind: &str) -> ConfigError {
        let (low, high) = wanted.range;
        ConfigError::Cell {
            file: self.file.clone(),
            line: row.line,
            column: column + 1,
            what: wanted.what.to_owned(),
            value,
            allowed: format!("{kind}{low} to {high}{}", wanted.note),
        }
    }
}

fn rows(file: &str, bytes: &[u8]) -> Result<Vec<Row>, ConfigError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| ConfigError::Table {
            file: file.to_owned(),
            line: error.position().map_or(0, csv::Position::line),
            problem: "is not UTF-8 text".to_owned(),
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push(Row { line, cells: record.iter().map(str::to_owned).collect() });
    }
    Ok(rows)
}
