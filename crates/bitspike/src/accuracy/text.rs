//! The report as text for the terminal.

use std::fmt::Write as _;

use super::{
    AccuracyReport, ConstantFigures, Layer, LayerComparison, LayerSummary, RULE, Sensitivity, SignalFigures, Span,
    Totals,
};
use crate::devices::costs::{Cost, Costs};
use crate::results::grouped;

/// Layers, figures, widths, constants and sensitivity.
#[must_use]
pub fn text(report: &AccuracyReport) -> String {
    let mut text = format!(
        "{} time steps of {} s, {} neurons, membrane potentials of {}\n\n",
        grouped(report.time_steps),
        number(report.dt),
        report.neurons,
        report.traced_neurons
    );
    text += &table(&report.layers.iter().map(|layer| layer_row(report, layer)).collect::<Vec<_>>());
    for note in &report.notes {
        writeln!(text, "note: {note}").expect("a string takes any text");
    }
    text += &comparisons(&report.comparisons);
    text += &report.devices.as_ref().map(devices).unwrap_or_default();
    text += &format!("\n{}", signals(&report.signals));
    text += &constants(&report.constants);
    text + &report.sensitivity.as_ref().map(sensitivity).unwrap_or_default()
}

fn layer_row(report: &AccuracyReport, summary: &LayerSummary) -> Vec<String> {
    let result = match (&summary.left_out, summary.spikes) {
        (Some(reason), _) => format!("left out: {reason}"),
        (None, Some(spikes)) => format!("{} spikes", grouped(spikes)),
        (None, None) => rtl_result(report),
    };
    vec![summary.layer.name().to_owned(), result]
}

fn devices(costs: &Costs) -> String {
    format!(
        "\ndevices: {} arrays for each row, seeds from {}; means with 95 % confidence intervals\n{}",
        costs.replicates,
        costs.first_seed,
        table(&cost_rows(costs))
    )
}

/// A head and a row for each cause, in percent.
pub(crate) fn cost_rows(costs: &Costs) -> Vec<Vec<String>> {
    let head = ["on", "spike counts off, %", "equal neurons, %", "accuracy, %"];
    let ideal_accuracy = costs.ideal_accuracy.map_or("-".to_owned(), |accuracy| format!("{:.1}", 100.0 * accuracy));
    let ideal = ["ideal weights", "0.0", "100.0", &ideal_accuracy];
    let row = |cost: &Cost| {
        let accuracy = cost.accuracy.map_or("-".to_owned(), |accuracy| accuracy.text(100.0));
        vec![cost.name.to_owned(), cost.count_error.text(100.0), cost.equal_neurons.text(100.0), accuracy]
    };
    let fixed = [head, ideal].map(|cells| cells.map(str::to_owned).to_vec());
    fixed.into_iter().chain(costs.rows.iter().map(row)).collect()
}

/// How the Verilog compares with the model.
pub(crate) fn rtl_result(report: &AccuracyReport) -> String {
    let Some(rtl) = &report.rtl else { return String::new() };
    let has_devices = report.layers.iter().any(|summary| summary.layer == Layer::Device);
    let model = if has_devices { Layer::Device } else { Layer::FixedPoint }.name();
    let cycles = grouped(rtl.cycles_compared());
    if let Some(divergence) = rtl.divergence() {
        format!(
            "differs from {model}: {} in cycle {}, time step {}",
            divergence.signal, divergence.cycle, divergence.time_step
        )
    } else if rtl.agrees() {
        format!("difference 0: every probe signal is that of {model} in {cycles} cycles")
    } else if rtl.is_interrupted() {
        format!("interrupted; it is {model} in {cycles} cycles")
    } else {
        format!("differs from {model} in the counters after the run")
    }
}

/// Rows of cells as columns: the first to the left, all others to the right, the last as it is.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let is_left = column == 0 || columns == 2;
            let pad = " ".repeat(widths[column] - cell.chars().count());
            let gap = if column == 0 { "" } else { "  " };
            line += &if is_left { format!("{gap}{cell}{pad}") } else { format!("{gap}{pad}{cell}") };
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// One row of [`figure_rows`]: name, unit and value of a figure.
type Row = (&'static str, fn(&LayerComparison) -> String);

/// The figures of a comparison, in the order they are shown.
pub(crate) fn figure_rows() -> [Row; 19] {
    [
        ("cause", |c| c.cause.clone()),
        ("spikes, reference", |c| grouped(c.totals.reference_spikes)),
        ("spikes, tested", |c| grouped(c.totals.tested_spikes)),
        ("spike count error", |c| grouped(c.totals.spike_count_error)),
        ("rate error, Hz", |c| number(c.totals.rate_error)),
        ("neurons that fire alike", |c| c.totals.equal_neurons.to_string()),
        ("first divergent step", |c| first_divergent(&c.totals)),
        ("matched spikes", |c| grouped(c.totals.matched_spikes)),
        ("unmatched spikes", |c| grouped(c.totals.unmatched_spikes)),
        ("time error, mean, ms", |c| milliseconds(c.totals.mean_time_error)),
        ("time error, max, ms", |c| milliseconds(c.totals.largest_time_error)),
        ("lead/lag, mean, ms", |c| milliseconds(c.totals.mean_lead_lag)),
        ("lead/lag, max, ms", |c| milliseconds(c.totals.largest_lead_lag)),
        ("coincidence factor", |c| optional(c.totals.gamma)),
        ("Victor-Purpura", |c| number(c.totals.victor_purpura)),
        ("van Rossum", |c| number(c.totals.van_rossum)),
        ("ISI / SPIKE distance", |c| {
            format!("{} / {}", number(c.totals.isi_distance), number(c.totals.spike_distance))
        }),
        ("membrane RMSE", |c| optional(c.totals.membrane_rmse)),
        ("membrane error, max", |c| optional(c.totals.membrane_largest)),
    ]
}

fn first_divergent(totals: &Totals) -> String {
    match (totals.first_divergent_step, totals.first_divergent_neuron) {
        (Some(step), Some(neuron)) => format!("{step} (neuron {neuron})"),
        (None, _) | (_, None) => "none".to_owned(),
    }
}

/// Layers of a comparison, `a -> b`.
pub(crate) fn pair_name(comparison: &LayerComparison) -> String {
    format!("{} -> {}", comparison.reference.name(), comparison.tested.name())
}

/// One table for each comparison of neighbours, side by side where they are few.
fn comparisons(comparisons: &[LayerComparison]) -> String {
    let mut text = String::new();
    for pairs in comparisons.chunks(2) {
        let mut rows = vec![std::iter::once(String::new()).chain(pairs.iter().map(pair_name)).collect()];
        for (name, value) in figure_rows() {
            rows.push(std::iter::once(name.to_owned()).chain(pairs.iter().map(value)).collect::<Vec<String>>());
        }
        if pairs.len() == 1 {
            rows.iter_mut().for_each(|row| row.push(String::new()));
        }
        text += &format!("\n{}", table(&rows));
    }
    text
}

fn signals(signals: &[SignalFigures]) -> String {
    let head = [
        "signal",
        "range, discretised",
        "range, fixed",
        "integer bits",
        "needed",
        "LSB",
        "rounding",
        "overflow",
        "count",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(signals.iter().map(|signal| signal_cells(signal).to_vec()));
    table(&rows)
}

/// The cells of a signal's row.
pub(crate) fn signal_cells(signal: &SignalFigures) -> [String; 9] {
    let range =
        |span: Option<Span>| span.map_or("-".to_owned(), |s| format!("{} .. {}", number(s.low), number(s.high)));
    let bits = |bits: Option<i64>| bits.map_or("-".to_owned(), |bits| bits.to_string());
    [
        signal.name.clone(),
        range(signal.float_range),
        range(signal.fixed_range),
        bits(signal.integer_bits),
        bits(signal.integer_bits_needed),
        number(signal.lsb),
        signal.rounding.to_owned(),
        signal.overflow.to_owned(),
        signal.overflows.map_or("-".to_owned(), grouped),
    ]
}

fn constants(constants: &[ConstantFigures]) -> String {
    let rounded: Vec<&ConstantFigures> = constants.iter().filter(|c| c.relative_error != Some(0.0)).collect();
    if rounded.is_empty() {
        return "\nconstants: none was rounded\n".to_owned();
    }
    let mut rows = vec![["constant", "ideal", "stored", "relative error"].map(str::to_owned).to_vec()];
    rows.extend(rounded.into_iter().map(|constant| constant_cells(constant).to_vec()));
    format!("\n{}", table(&rows))
}

/// The cells of a constant's row.
pub(crate) fn constant_cells(constant: &ConstantFigures) -> [String; 4] {
    let error = constant.relative_error.map_or("-".to_owned(), |error| format!("{:+.3} %", 100.0 * error));
    [constant.name.clone(), number(constant.ideal), number(constant.stored), error]
}

fn sensitivity(s: &Sensitivity) -> String {
    let verdict = if s.ill_conditioned { format!("ILL-CONDITIONED: {RULE}") } else { "well-conditioned".to_owned() };
    format!(
        "\nsensitivity to one LSB ({}) of v at the start: {verdict}\n  membrane: largest growth {} LSB (neuron {}, step {})\n  spikes: {} neurons move, by at most {} time steps; {} change their number\n",
        number(s.lsb),
        number(s.growth),
        s.growth_neuron,
        s.growth_step,
        s.moved_neurons,
        s.largest_shift,
        s.changed_counts
    )
}

/// About four significant digits.
pub(crate) fn number(x: f64) -> String {
    let magnitude = x.abs();
    if x == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e7).contains(&magnitude) {
        return format!("{x:.3e}");
    }
    let digits = (3 - magnitude.log10().floor() as i32).clamp(0, 8) as usize;
    let text = format!("{x:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn optional(x: Option<f64>) -> String {
    x.map_or("-".to_owned(), number)
}

fn milliseconds(seconds: Option<f64>) -> String {
    optional(seconds.map(|seconds| seconds * 1e3))
}

#[cfg(test)]
mod tests {
    use super::{number, table};

    #[test]
    fn numbers_have_about_four_digits() {
        let shown = [0.0, 1.0, 0.25, -12.3456, 1234.56, 98765.4, 1.5e-7, 2e9].map(number);
        assert_eq!(shown, ["0", "1", "0.25", "-12.35", "1235", "98765", "1.500e-7", "2.000e9"]);
    }

    #[test]
    fn columns_line_up() {
        let rows = [["a", "1", "x"], ["long", "22", "yy"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&rows), "a      1   x\nlong  22  yy\n");
    }
}
