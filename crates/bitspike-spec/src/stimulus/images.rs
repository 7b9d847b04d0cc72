//! Images shown to a core, one after the other, with their labels kept beside.

use super::file::Label;
use super::sections::{ImageCode, SourceConfig};
use super::source::{Placed, Scope, coded};
use crate::config::{ConfigError, Row, Table, Wanted};
use crate::event::AerEvent;

/// Reader of an `images` source.
pub(super) struct Images<'a> {
    scope: &'a Scope<'a>,
    key: &'a str,
}

/// How each image is shown.
struct Show {
    code: ImageCode,
    max: i64,
    steps: u64,
    period: u64,
    first_step: u64,
    first_word_line: u32,
}

/// Columns of the CSV file.
struct Columns {
    label: bool,
    pixels: usize,
}

impl<'a> Images<'a> {
    pub(super) fn new(scope: &'a Scope<'a>, key: &'a str) -> Self {
        Images { scope, key }
    }

    /// Places the spikes of every image; nothing for another kind of source.
    ///
    /// # Errors
    /// Faults of the file, rows it does not have, and more pixels than word lines.
    pub(super) fn place(&self, source: &SourceConfig) -> Result<Placed, ConfigError> {
        let SourceConfig::Images {
            file,
            rows,
            max,
            code,
            steps_per_image,
            rest_steps,
            first_step,
            first_word_line,
            delay: _,
        } = source
        else {
            return Ok(Placed::default());
        };
        let table = Table::read(&self.scope.base.join(file), &self.at("file"))?;
        let columns = self.columns(&table)?;
        let show = Show {
            code: *code,
            max: *max,
            steps: *steps_per_image,
            period: steps_per_image + rest_steps,
            first_step: *first_step,
            first_word_line: self.scope.first_word_line(self.key, *first_word_line, columns.pixels, "pixels")?,
        };
        let (first, last) = self.rows(rows.as_ref(), table.rows.len() - 1)?;
        self.show_all(&table, &columns, &show, first..=last)
    }

    fn at(&self, name: &str) -> String {
        format!("{}.{name}", self.key)
    }

    /// `label,p0,p1,..` or `p0,p1,..`.
    fn columns(&self, table: &Table) -> Result<Columns, ConfigError> {
        let header = &table.rows[0];
        let label = header.cells.first().is_some_and(|name| name == "label");
        let pixels = &header.cells[usize::from(label)..];
        if let Some(index) = (0..pixels.len()).find(|&index| pixels[index] != format!("p{index}")) {
            let problem =
                format!("has the column \"{}\" in its header, must be \"p{index}\" (label,p0,p1,..)", pixels[index]);
            return Err(table.fault(header.line, problem));
        }
        if pixels.is_empty() || table.rows.len() < 2 {
            return Err(table.fault(0, "has no image, must have the header label,p0,p1,.. and a row for each image"));
        }
        Ok(Columns { label, pixels: pixels.len() })
    }

    /// First and last row shown.
    fn rows(&self, rows: Option<&Vec<i64>>, count: usize) -> Result<(u64, u64), ConfigError> {
        let Some(rows) = rows else { return Ok((0, count as u64 - 1)) };
        let note = format!(" (the file has {count} images)");
        for (index, &row) in rows.iter().enumerate() {
            ConfigError::check_range(&self.at(&format!("rows[{index}]")), row, (0, count as i64 - 1), &note)?;
        }
        if rows[0] > rows[1] {
            let problem = format!("is {} to {}, the first must not be after the last", rows[0], rows[1]);
            return Err(ConfigError::conflict(&self.at("rows"), problem));
        }
        Ok((rows[0] as u64, rows[1] as u64))
    }

    fn show_all(
        &self,
        table: &Table,
        columns: &Columns,
        show: &Show,
        rows: std::ops::RangeInclusive<u64>,
    ) -> Result<Placed, ConfigError> {
        let mut placed = Placed::default();
        for (shown, index) in rows.enumerate() {
            let row = &table.rows[index as usize + 1];
            let first_step = show.first_step + shown as u64 * show.period;
            placed.labels.push(Label { first_step, steps: show.steps, label: label(table, columns, row)?, row: index });
            place_image(&mut placed, &pixels(table, columns, show, row)?, show, first_step);
            placed.steps = first_step + show.period;
        }
        Ok(placed)
    }
}

fn label(table: &Table, columns: &Columns, row: &Row) -> Result<Option<u32>, ConfigError> {
    if !columns.label {
        return Ok(None);
    }
    let wanted = Wanted { what: "label", range: (0, i64::from(u32::MAX)), note: "" };
    Ok(Some(table.integer(row, 0, &wanted)? as u32))
}

fn pixels(table: &Table, columns: &Columns, show: &Show, row: &Row) -> Result<Vec<i64>, ConfigError> {
    let first = usize::from(columns.label);
    let expected = first + columns.pixels;
    if row.cells.len() != expected {
        let problem = format!("has {} columns, must have {expected} as the header has", row.cells.len());
        return Err(table.fault(row.line, problem));
    }
    (0..columns.pixels)
        .map(|p| table.integer(row, first + p, &Wanted { what: &format!("p{p}"), range: (0, show.max), note: "" }))
        .collect()
}

/// Spikes of one image, step by step and by ascending word line.
fn place_image(placed: &mut Placed, pixels: &[i64], show: &Show, first_step: u64) {
    let mut spikes: Vec<(u64, u32)> = Vec::new();
    for (word_line, &pixel) in (show.first_word_line..).zip(pixels) {
        spikes.extend(coded(show.code, pixel, show.max, show.steps).into_iter().map(|step| (step, word_line)));
    }
    spikes.sort_unstable();
    placed.events.extend(spikes.into_iter().map(|(step, w)| (first_step + step, AerEvent::word_line(w))));
}
