//! Reads golden tables; columns are found by name.

#![allow(dead_code, reason = "not every test file looks columns up")]

use std::fs;
use std::path::Path;

/// A table of numbers with a header.
pub struct Table {
    header: Vec<String>,
    /// One number per column.
    pub rows: Vec<Vec<f64>>,
}

impl Table {
    /// Reads `file` of `tests/data/`; words that are no numbers become NaN.
    pub fn read(file: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut lines = text.lines().map(|line| line.split(','));
        let header = lines.next().expect("a header").map(str::to_owned).collect();
        let rows = lines.map(|line| line.map(|x| x.parse().unwrap_or(f64::NAN)).collect()).collect();
        Self { header, rows }
    }

    /// Index of the column `name`.
    pub fn column(&self, name: &str) -> usize {
        self.header.iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name}"))
    }
    /// The values of the column `name`.
    pub fn values(&self, name: &str) -> Vec<f64> {
        let column = self.column(name);
        self.rows.iter().map(|row| row[column]).collect()
    }

    /// The columns `prefix0`, `prefix1` and so on, row by row.
    pub fn columns(&self, prefix: &str, count: usize) -> Vec<Vec<f64>> {
        let columns: Vec<usize> = (0..count).map(|k| self.column(&format!("{prefix}{k}"))).collect();
        self.rows.iter().map(|row| columns.iter().map(|&column| row[column]).collect()).collect()
    }
}
