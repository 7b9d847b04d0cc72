//! Key figures, counters, and where the result comes from.

use bitspike_spec::Structure;

use super::card;
use crate::cosim::CosimOutcome;
use crate::metrics::{Quantity, measure};
use crate::results::grouped;
use crate::results::svg::escape;
use crate::results::{Manifest, RunResult};

pub(super) fn tile(value: &str, name: &str) -> String {
    format!("<div class=\"tile\"><b>{}</b><span>{}</span></div>\n", escape(value), escape(name))
}

pub(super) fn tiles(run: &RunResult, cosim: Option<&CosimOutcome>) -> String {
    let figures = measure(run);
    let accuracy = figures.iter().find(|figure| figure.name == "accuracy").map(|figure| figure.value);
    let mut tiles = Vec::new();
    if let Some(Quantity::Real(ratio)) = accuracy {
        tiles.push(tile(
            &format!("{:.1} %", 100.0 * ratio),
            &format!("accuracy on {} windows", run.labels.labels().len()),
        ));
    }
    if let Some(cosim) = cosim {
        tiles.push(tile(&grouped(cosim.cycles_compared()), "cycles compared with the RTL"));
    }
    tiles.push(tile(&grouped(run.cycles), "cycles"));
    tiles.push(tile(&grouped(run.time_steps), "time steps"));
    tiles.push(tile(&grouped(run.counters.events_accepted), "events accepted"));
    tiles.push(tile(&grouped(run.counters.synaptic_ops), "synaptic operations"));
    tiles.push(tile(&grouped(run.counters.spikes), "spikes"));
    format!("<div class=\"tiles\">\n{}</div>\n", tiles.concat())
}

pub(super) fn row(name: &str, value: &str) -> String {
    format!("<tr><td>{}</td><td>{}</td></tr>\n", escape(name), escape(value))
}

pub(super) fn counters(run: &RunResult) -> String {
    let value = |quantity| match quantity {
        Quantity::Count(count) => grouped(count),
        Quantity::Real(real) => format!("{real:.4}"),
    };
    let rows: String =
        measure(run).iter().map(|f| row(f.name, format!("{} {}", value(f.value), f.unit).trim_end())).collect();
    card(
        "Counters and metrics",
        "Counted since the last reset of the core.",
        &format!("<table class=\"wide\">{rows}</table>\n"),
    )
}

pub(super) fn origin(structure: &Structure, manifest: &Manifest) -> String {
    let parameters = structure.parameters();
    let mut rows: String = parameters.iter().map(|(name, value)| row(name, &value.to_string())).collect();
    rows += &manifest.tools.iter().map(|tool| row(&tool.name, &tool.version)).collect::<String>();
    let files =
        [(&manifest.core_file, &manifest.hashes.core_file), (&manifest.stimulus_file, &manifest.hashes.stimulus_file)];
    for (file, hash) in files {
        rows += &row(file, &format!("sha256 {}", hash.get(..16).unwrap_or(hash)));
    }
    let table =
        format!("<table class=\"wide\">{rows}</table>\n<pre><code>{}</code></pre>\n", escape(&manifest.command));
    card("Structure and origin", "Verilog parameters, tools, files and the command.", &table)
}
