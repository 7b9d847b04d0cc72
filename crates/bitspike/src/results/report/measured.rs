//! The report of a measured array.

use bitspike_device::ArrayConfig;
use bitspike_device::characterise::MvmError;

use super::measured_plots::{Plate, drift, errors, histograms, ir_drop, linearity, pulses, sums, transfer};
use super::tables::{row, tile};
use super::{card, columns, page};
use crate::array::MeasuredArray;
use crate::metrics::Figure;
use crate::results::array_figures::figure_value;
use crate::results::svg::escape;
use crate::results::{array_figures, grouped};

/// The pages of a measured array.
#[derive(Clone, Debug)]
pub struct ArrayReport {
    /// One self-contained page.
    pub html: String,
    /// Name and text of an SVG file for each plot.
    pub plots: Vec<(String, String)>,
}

/// Draws the report of an array.
#[must_use]
pub fn array_report(measured: &MeasuredArray) -> ArrayReport {
    let (array, c) = (&measured.array, &measured.characteristics);
    let verified = array.config.write_verify.is_some();
    let full = histograms(c);
    let mut halves = vec![errors(array, c)];
    halves.extend(verified.then(|| pulses(c)));
    halves.extend(drift(array, c));
    halves.extend(ir_drop(array, c));
    halves.extend([transfer(array, c), linearity(array, c), sums(array, c)]);
    let cards: Vec<String> = halves.iter().map(plate).collect();
    let body = [
        tiles(measured),
        missing(measured),
        plate(&full),
        columns(&cards),
        mvm_table(measured),
        columns(&[figures(measured), origin(measured)]),
    ];
    let badge = format!("<span class=\"badge plain\">seed {}</span>", array.seed);
    let html = page(&format!("Array {}", array.config.device), &badge, &body.concat());
    let plots = std::iter::once(&full).chain(&halves).map(|plate| (format!("{}.svg", plate.name), alone(&plate.svg)));
    ArrayReport { html, plots: plots.collect() }
}

fn plate(plate: &Plate) -> String {
    card(plate.title, &plate.caption, &plate.svg)
}

/// A plot as a file of its own, with plain colours that every viewer knows.
pub(super) fn alone(svg: &str) -> String {
    let style = format!(">\n<style>\n{}</style>\n", include_str!("plain.css"));
    svg.replacen(">\n", &style, 1)
}

/// What the page does not show, and why.
fn missing(measured: &MeasuredArray) -> String {
    let config = &measured.array.config;
    let mut words = Vec::new();
    if config.write_verify.is_none() {
        words.push("write-verify is off: no pulses");
    }
    if config.epochs.len() < 2 {
        words.push("one epoch only: no drift curves (give several with --epochs)");
    }
    if config.wires.is_none() {
        words.push("wires have no resistance: no IR drop");
    }
    if words.is_empty() { String::new() } else { format!("<p>Not shown: {}.</p>\n", words.join("; ")) }
}

fn text_of(figure: &Figure) -> String {
    format!("{} {}", figure_value(figure), figure.unit).trim_end().replace("uS", "µS")
}

fn tiles(measured: &MeasuredArray) -> String {
    let figures = array_figures(measured);
    let shown = [
        ("devices", "devices"),
        ("programming_error", "µS, deviation from the target"),
        ("pulses_per_device", "pulses a device"),
        ("stuck_devices", "stuck devices"),
        ("ir_drop_largest", "% largest IR drop"),
        ("adc_inl_largest", "codes, largest INL"),
        ("mvm_error", "weight units, error of a sum"),
        ("mvm_error_converted", "the same after the converter"),
    ];
    let of = |(name, words): (&str, &str)| {
        let figure = figures.iter().find(|figure| figure.name == name)?;
        Some(tile(&figure_value(figure), words))
    };
    format!("<div class=\"tiles\">\n{}</div>\n", shown.into_iter().filter_map(of).collect::<String>())
}

fn figures(measured: &MeasuredArray) -> String {
    let rows: String = array_figures(measured).iter().map(|figure| row(figure.name, &text_of(figure))).collect();
    card("Figures", "As in array.json.", &format!("<table class=\"wide\">{rows}</table>\n"))
}

fn mvm_table(measured: &MeasuredArray) -> String {
    let head =
        ["epoch", "active", "array mean", "deviation", "largest", "converted mean", "deviation", "largest", "clamped"];
    let head: String = head.iter().map(|name| format!("<th>{name}</th>")).collect();
    let line = |error: &MvmError| {
        let seconds = measured.array.epochs[error.epoch].epoch.seconds;
        let far = |s: &bitspike_device::characterise::Statistics| s.largest.abs().max(s.smallest.abs());
        let MvmError { array, converted, .. } = error;
        let numbers = [array.mean, array.deviation, far(array), converted.mean, converted.deviation, far(converted)];
        let cells: String = numbers.iter().map(|number| format!("<td>{number:.4}</td>")).collect();
        format!(
            "<tr><td>{seconds} s</td><td>{:.0} %</td>{cells}<td>{:.3} %</td></tr>\n",
            100.0 * error.density,
            100.0 * error.clamped
        )
    };
    let rows: String = measured.characteristics.mvm.iter().map(line).collect();
    let table = format!("<div class=\"scroll\"><table class=\"wide\"><tr>{head}</tr>\n{rows}</table></div>\n");
    card(
        "Errors of sums in figures",
        "Weight units; clamped: share of conversions at either end of the converter's codes.",
        &table,
    )
}

fn origin(measured: &MeasuredArray) -> String {
    let (array, origin) = (&measured.array, &measured.origin);
    let mut rows = row("device", &array.config.device) + &row("numbers", &origin.source);
    for (name, file) in [("array", &origin.array), ("weights", &origin.weights)] {
        if let Some(file) = file {
            let hash = file.sha256.get(..16).unwrap_or(&file.sha256);
            rows += &row(name, &format!("{}, sha256 {hash}", file.file));
        }
    }
    if origin.weights.is_none() {
        rows += &row("weights", "test pattern: every integer weight equally often");
    }
    rows += &origin.tools.iter().map(|tool| row(&tool.name, &tool.version)).collect::<String>();
    let cells = u64::from(array.devices.word_lines) * u64::from(array.devices.bit_lines);
    rows += &row("cells", &grouped(cells));
    let content = format!(
        "<table class=\"wide\">{rows}</table>\n<pre><code>{}</code></pre>\n<pre><code>{}</code></pre>\n",
        escape(&origin.command),
        escape(&keys(&array.config))
    );
    card("Origin", "Where the numbers come from, the command, and every key.", &content)
}

/// Every key on a line of its own.
fn keys(config: &ArrayConfig) -> String {
    let all = serde_json::to_value(config).expect("a checked configuration has finite numbers");
    let line = |(key, value): (&String, &serde_json::Value)| format!("{key}: {value}\n");
    all.as_object().into_iter().flatten().map(line).collect()
}
