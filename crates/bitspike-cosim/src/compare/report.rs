//! Verdicts as text, with raw values only.

use std::fmt;

use super::verdict::{Agreement, Divergence, DivergenceKind, SignalDifference, Verdict, WindowRow};
use crate::waveform::{OwnedRecord, RecordLayout};

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agreement(agreement) => agreement.fmt(f),
            Self::Divergence(divergence) => divergence.fmt(f),
        }
    }
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { records, signals, first_cycle, last_cycle, .. } = self;
        write!(f, "agreement: {records} records of {signals} signals, cycles {first_cycle} to {last_cycle}")?;
        if self.records_with_unknown > 0 {
            write!(f, "; {} records with x or z", self.records_with_unknown)?;
        }
        write_ignored(f, &self.ignored)
    }
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "divergence after {} equal records: {}", self.records_before, self.summary())?;
        write_ignored(f, &self.ignored)?;
        for difference in &self.differences {
            let SignalDifference { name, left, right, .. } = difference;
            write!(f, "\n  {name}: left {left}, right {right}")?;
        }
        for (position, row) in self.window.iter().enumerate() {
            write!(f, "\n{} {}", if position == self.at { ">" } else { " " }, self.row_text(row))?;
        }
        Ok(())
    }
}

fn write_ignored(f: &mut fmt::Formatter<'_>, ignored: &[String]) -> fmt::Result {
    if ignored.is_empty() { Ok(()) } else { write!(f, "; not compared: {}", ignored.join(", ")) }
}

impl Divergence {
    fn summary(&self) -> String {
        let (left, right) = (self.left_cycle, self.right_cycle);
        match self.kind {
            DivergenceKind::Values if left == right => {
                format!("cycle {left}, {} signals differ", self.differences.len())
            }
            DivergenceKind::Values => {
                format!("cycle {left} on the left, {right} on the right, {} signals differ", self.differences.len())
            }
            DivergenceKind::LeftEnded => format!("the left side ends after cycle {left}, the right side goes on"),
            DivergenceKind::RightEnded => format!("the right side ends after cycle {right}, the left side goes on"),
            DivergenceKind::Cycles => {
                format!("the left side records cycle {left} where the right side records {right}")
            }
        }
    }

    /// One row of the window: the differing signals, or all signals if none differs.
    fn row_text(&self, row: &WindowRow) -> String {
        let listed: Vec<usize> = if self.differences.is_empty() {
            (0..self.layout.signals().len()).collect()
        } else {
            self.differences.iter().map(|difference| difference.index).collect()
        };
        let left = side_text(&self.layout, &listed, row.left.as_ref());
        let right = side_text(&self.layout, &listed, row.right.as_ref());
        format!("left {left} | right {right}")
    }
}

fn side_text(layout: &RecordLayout, listed: &[usize], side: Option<&OwnedRecord>) -> String {
    let Some(record) = side else { return "ended".to_string() };
    let view = record.as_record();
    let value = |&index: &usize| format!(" {}={}", layout.signals()[index].name, layout.value(index, &view));
    format!("cycle {}:{}", record.cycle, listed.iter().map(value).collect::<String>())
}
