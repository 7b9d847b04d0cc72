//! `accuracy.html`: layers, figures, traces and rasters laid over each other, error over time.

mod costs;
mod pictures;

use bitspike_spec::Structure;

use super::tables::{origin, tile};
use super::{card, columns, page};
use crate::accuracy::{
    AccuracyReport, Case, Layers, NeuronComparison, RULE, constant_cells, figure_rows, number, pair_name, rtl_result,
    signal_cells,
};
use crate::results::svg::escape;
use crate::results::{Manifest, grouped};

/// Neurons in the table of single neurons.
const TABLE_NEURONS: usize = 24;

/// The page.
#[must_use]
pub fn accuracy_html(case: &Case, layers: &Layers, report: &AccuracyReport, manifest: &Manifest) -> String {
    let structure: &Structure = case.core.structure();
    let sections = [
        tiles(report),
        layers_card(report),
        comparisons(report),
        costs::section(report.devices.as_ref()),
        pictures::sections(case, layers, report),
        signals(report),
        columns(&[constants(report), sensitivity(report)]),
        columns(&[neurons(report), origin(structure, manifest)]),
    ];
    page(&manifest.name, &badge(report), &sections.concat())
}

fn badge(report: &AccuracyReport) -> String {
    let (class, words) = match &report.rtl {
        Some(rtl) if rtl.agrees() => ("good", "accuracy; the RTL is the model"),
        Some(rtl) if rtl.is_interrupted() => ("plain", "accuracy; comparison with the RTL not finished"),
        Some(_) => ("bad", "the RTL differs from the model"),
        None => ("plain", "accuracy"),
    };
    format!("<span class=\"badge {class}\">{words}</span>")
}

fn tiles(report: &AccuracyReport) -> String {
    let mut tiles = vec![tile(&grouped(report.time_steps), "time steps")];
    if let Some(comparison) = report.end_to_end() {
        let totals = &comparison.totals;
        let or_none = |x: Option<String>| x.unwrap_or_else(|| "none".to_owned());
        let name = format!("spikes, {}", pair_name(comparison));
        tiles.push(tile(&format!("{} → {}", grouped(totals.reference_spikes), grouped(totals.tested_spikes)), &name));
        tiles.push(tile(&or_none(totals.first_divergent_step.map(grouped)), "first divergent step"));
        tiles.push(tile(&or_none(totals.gamma.map(number)), "coincidence factor"));
        tiles.push(tile(&or_none(totals.membrane_rmse.map(number)), "membrane RMSE"));
    }
    let overflows: Option<u64> = report.signals.iter().find(|s| s.name == "v").and_then(|s| s.overflows);
    tiles.extend(overflows.map(|count| tile(&grouped(count), "overflows of v")));
    if let Some(sensitivity) = &report.sensitivity {
        let word = if sensitivity.ill_conditioned { "yes" } else { "no" };
        tiles.push(tile(word, "ill-conditioned at one LSB"));
    }
    format!("<div class=\"tiles\">\n{}</div>\n", tiles.concat())
}

fn html_row(tag: &str, cells: &[String]) -> String {
    let cells: String = cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escape(cell))).collect();
    format!("<tr>{cells}</tr>\n")
}

/// A table from rows of cells, the first its head.
fn table(rows: &[Vec<String>]) -> String {
    let body = |(index, row): (usize, &Vec<String>)| html_row(if index == 0 { "th" } else { "td" }, row);
    let rows: String = rows.iter().enumerate().map(body).collect();
    format!("<div class=\"scroll\"><table class=\"wide\">{rows}</table></div>\n")
}

fn layers_card(report: &AccuracyReport) -> String {
    let mut rows = vec![["layer", "adds", "result"].map(str::to_owned).to_vec()];
    for summary in &report.layers {
        let result = match (&summary.left_out, summary.spikes) {
            (Some(reason), _) => format!("left out: {reason}"),
            (None, Some(spikes)) => format!("{} spikes", grouped(spikes)),
            (None, None) => rtl_result(report),
        };
        rows.push(vec![summary.layer.name().to_owned(), summary.layer.cause().to_owned(), result]);
    }
    let notes: String = report.notes.iter().map(|note| format!("<li>{}</li>\n", escape(note))).collect();
    let notes = if notes.is_empty() { notes } else { format!("<ul class=\"notes\">{notes}</ul>\n") };
    let divergence = report.rtl.as_ref().and_then(|rtl| rtl.divergence());
    let divergence =
        divergence.map(|d| format!("<pre><code>{}</code></pre>\n", escape(&d.to_string()))).unwrap_or_default();
    card(
        "Layers",
        "Each layer has one cause of error more than the one before it.",
        &(table(&rows).replace("class=\"wide\"", "class=\"wide words\"") + &notes + &divergence),
    )
}

fn comparisons(report: &AccuracyReport) -> String {
    if report.comparisons.is_empty() {
        return String::new();
    }
    let head = std::iter::once(String::new()).chain(report.comparisons.iter().map(pair_name));
    let mut all = vec![head.collect::<Vec<_>>()];
    for (name, value) in figure_rows() {
        all.push(std::iter::once(name.to_owned()).chain(report.comparisons.iter().map(value)).collect());
    }
    let o = &report.options;
    let caption = format!(
        "Sums and means over {} neurons. Window {} ms; Victor-Purpura cost {} per ms; van Rossum time constant {} ms. Membrane potentials are compared up to each neuron's first divergent step.",
        report.neurons,
        number(o.window * 1e3),
        number(o.victor_purpura_cost * 1e-3),
        number(o.van_rossum_tau * 1e3)
    );
    card("Layers compared", &caption, &table(&all))
}

fn signals(report: &AccuracyReport) -> String {
    let head = [
        "signal",
        "range, discretised",
        "range, fixed point",
        "integer bits",
        "needed",
        "LSB",
        "rounding",
        "overflow",
        "overflows",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(report.signals.iter().map(|signal| signal_cells(signal).to_vec()));
    let caption = "Integer bits have the sign bit among them; needed: so that nothing of the discretised layer overflows. Ranges of the discretised layer hold values between two states, as a membrane potential before its reset.";
    card("Signals", caption, &table(&rows))
}

fn constants(report: &AccuracyReport) -> String {
    let mut rows = vec![["constant", "ideal", "stored", "relative error"].map(str::to_owned).to_vec()];
    rows.extend(report.constants.iter().map(|constant| constant_cells(constant).to_vec()));
    card("Constants", "As the file gives them and as the core has stored them.", &table(&rows))
}

fn sensitivity(report: &AccuracyReport) -> String {
    let Some(s) = &report.sensitivity else { return String::new() };
    let rows = [
        ("one LSB of v", number(s.lsb)),
        ("largest growth, in LSB", number(s.growth)),
        ("there: neuron, time step", format!("{}, {}", s.growth_neuron, s.growth_step)),
        ("neurons whose spikes move", s.moved_neurons.to_string()),
        ("largest move, time steps", s.largest_shift.to_string()),
        ("neurons with another number of spikes", s.changed_counts.to_string()),
    ];
    let mut all = vec![vec!["figure".to_owned(), "value".to_owned()]];
    all.extend(rows.map(|(name, value)| vec![name.to_owned(), value]));
    let verdict = if s.ill_conditioned { "Ill-conditioned" } else { "Well-conditioned" };
    let caption = format!(
        "{verdict}. The discretised layer again, every neuron starting one LSB higher; ill-conditioned: {RULE}. There, differences of spikes say little about widths."
    );
    card("Sensitivity", &caption, &table(&all))
}

/// The neurons that differ most, end to end.
fn neurons(report: &AccuracyReport) -> String {
    let Some(comparison) = report.end_to_end() else { return String::new() };
    let mut worst: Vec<&NeuronComparison> = comparison.neurons.iter().collect();
    worst.sort_by(|a, b| b.train.victor_purpura.total_cmp(&a.train.victor_purpura).then(a.neuron.cmp(&b.neuron)));
    let head =
        ["neuron", "spikes", "first divergent step", "coincidence", "Victor-Purpura", "van Rossum", "membrane RMSE"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(worst.into_iter().take(TABLE_NEURONS).map(neuron_row));
    let caption = format!(
        "{}: the neurons of the largest Victor-Purpura distance. All are in accuracy.json.",
        pair_name(comparison)
    );
    card("Neurons", &caption, &table(&rows))
}

fn neuron_row(neuron: &NeuronComparison) -> Vec<String> {
    let optional = |x: Option<f64>| x.map_or("-".to_owned(), number);
    let train = &neuron.train;
    vec![
        neuron.neuron.to_string(),
        format!("{} → {}", train.reference_spikes, train.tested_spikes),
        train.first_divergent_step.map_or("none".to_owned(), |step| step.to_string()),
        optional(train.gamma),
        number(train.victor_purpura),
        number(train.van_rossum),
        optional(neuron.membrane.map(|error| error.rmse)),
    ]
}
