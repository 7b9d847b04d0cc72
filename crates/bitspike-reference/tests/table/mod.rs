//! Golden files as tables of numbers.

#![allow(dead_code, reason = "each test file uses its part")]

use std::fs;
use std::path::Path;

/// A table of numbers with named columns.
pub struct Table {
    header: Vec<String>,
    /// One row per line, one number per column.
    pub rows: Vec<Vec<f64>>,
}

impl Table {
    /// A CSV file under tests/data with a header line; the sides `a` and `b` of a pair read as 0 and 1.
    pub fn read(file: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut lines = text.lines().map(|line| line.split(','));
        let header = lines.next().unwrap().map(str::to_owned).collect();
        let number = |x: &str| match x {
            "a" => 0.0,
            "b" => 1.0,
            _ => x.parse().unwrap_or_else(|error| panic!("{}: {x}: {error}", path.display())),
        };
        Self { header, rows: lines.map(|line| line.map(number).collect()).collect() }
    }

    fn index(&self, name: &str) -> usize {
        self.header.iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name}"))
    }

    /// One column.
    pub fn column(&self, name: &str) -> Vec<f64> {
        let index = self.index(name);
        self.rows.iter().map(|row| row[index]).collect()
    }

    /// The columns `prefix0`, `prefix1` and so on, row by row.
    pub fn columns(&self, prefix: &str, count: usize) -> Vec<Vec<f64>> {
        let indices: Vec<usize> = (0..count).map(|k| self.index(&format!("{prefix}{k}"))).collect();
        self.rows.iter().map(|row| indices.iter().map(|&index| row[index]).collect()).collect()
    }
}
