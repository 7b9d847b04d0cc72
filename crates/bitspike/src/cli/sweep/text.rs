//! A sweep in the terminal and as JSON.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::results::grouped;
use crate::sweep::executor::Tally;
use crate::sweep::export::{columns, json_row, text};
use crate::sweep::space::Space;
use crate::sweep::table::{Design, Table};

/// Rows of the front that are printed.
const ROWS: usize = 40;

/// What became of the points, and how fast.
pub(super) fn tally(tally: Tally, seconds: f64) -> String {
    let Tally { computed, found, excluded, invalid } = tally;
    let mut text = format!("{} points: {} computed", grouped(tally.total()), grouped(computed));
    for (count, what) in [(found, "known before"), (excluded, "left out by constraints"), (invalid, "without a core")] {
        if count > 0 {
            write!(text, ", {} {what}", grouped(count)).expect("a string takes any text");
        }
    }
    if computed > 0 && seconds > 0.0 {
        write!(text, "; {seconds:.1} s, {:.0} points/s", computed as f64 / seconds).expect("a string takes any text");
    }
    text + "\n"
}

/// The front as a table, best in the first objective first.
pub(super) fn front(space: &Space<'_>, table: &Table) -> String {
    let objectives: Vec<&str> =
        space.sweep().file.objective.iter().map(|objective| objective.metric.as_str()).collect();
    let mut designs: Vec<&Design> = table.front().collect();
    if let Some(first) = space.sweep().file.objective.first() {
        let cost = |design: &&Design| first.cost(design.value(space, &first.metric).unwrap_or(f64::INFINITY));
        designs.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
    }
    let axes = &space.sweep().axes;
    let figures = objectives.iter().filter(|name| !axes.iter().any(|axis| axis.name == **name));
    let mut lines = vec![
        std::iter::once("design".to_owned())
            .chain(axes.iter().map(|axis| axis.name.clone()))
            .chain(figures.clone().map(|name| (*name).to_owned()))
            .chain(["RTL".to_owned()])
            .collect::<Vec<_>>(),
    ];
    for design in designs.iter().take(ROWS) {
        let labels = axes.iter().zip(&design.point.positions).map(|(axis, &position)| text(axis.label(position)));
        let values = figures.clone().map(|name| value(space, design, name));
        let verdict = design.verdict.as_ref().map_or("", |verdict| verdict.verdict.as_str());
        let number = std::iter::once(design.number.to_string());
        lines.push(number.chain(labels).chain(values).chain([verdict.to_owned()]).collect());
    }
    let mut out = format!("{} designs, {} on the front\n", grouped(table.designs.len() as u64), designs.len());
    if !designs.is_empty() {
        out += &aligned(&lines);
    }
    if designs.len() > ROWS {
        writeln!(out, "and {} more in report.html", designs.len() - ROWS).expect("a string takes any text");
    }
    out + &table.notes.iter().map(|note| format!("note: {note}\n")).collect::<String>()
}

fn value(space: &Space<'_>, design: &Design, name: &str) -> String {
    let Some(value) = design.value(space, name) else { return "-".to_owned() };
    let deviation = design.figures.get(name).map_or(0.0, |spread| spread.deviation);
    let spread = if deviation > 0.0 { format!(" ± {}", number(deviation)) } else { String::new() };
    number(value) + &spread
}

/// Four digits after the point at most, or an exponent.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e7).contains(&size) {
        format!("{value:.3e}")
    } else {
        format!("{}", (value * 1e4).round() / 1e4)
    }
}

fn aligned(lines: &[Vec<String>]) -> String {
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    let line = |cells: &Vec<String>| {
        let padded = cells.iter().zip(&widths).map(|(cell, &width)| format!("{cell:>width$}"));
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    lines.iter().map(line).collect()
}

pub(super) fn files(files: &[PathBuf]) -> String {
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    format!("results: {}\n", names.join(", "))
}

/// The front and what is missing.
pub(super) fn json(space: &Space<'_>, table: &Table) -> Value {
    let columns = columns(space, table);
    let on_front = (0..table.designs.len()).filter(|&row| table.designs[row].is_on_front);
    json!({
        "designs": table.designs.len(),
        "space": space.designs(),
        "front": on_front.map(|row| json_row(&columns, row)).collect::<Vec<_>>(),
        "problems": table.problems,
        "notes": table.notes,
    })
}
