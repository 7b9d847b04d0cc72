//! The divergence: where, what, and the window with the differing signals marked.

use super::card;
use crate::cosim::{Cell, DivergenceReport, SignalReport, WindowLine};
use crate::results::svg::escape;

pub(super) fn section(report: &DivergenceReport) -> String {
    let caption = format!(
        "First difference at cycle {}, time step {}, event {}; {} cycles agree before it. In the window: model / RTL where they differ.",
        report.cycle, report.time_step, report.event, report.cycles_before
    );
    let content = format!(
        "<div class=\"scroll\">{}</div>\n<div class=\"scroll\">{}</div>\n<pre><code>{}</code></pre>\n",
        differences(&report.differences),
        window(report),
        escape(&report.replay)
    );
    card("Divergence", &caption, &content)
}

fn differences(reports: &[SignalReport]) -> String {
    let rows: String = reports.iter().flat_map(signal_rows).collect();
    format!(
        "<table class=\"wide\"><tr><th>signal</th><th>neuron</th><th>model</th><th>RTL</th><th>model, real</th><th>RTL, real</th></tr>\n{rows}</table>"
    )
}

fn signal_rows(report: &SignalReport) -> Vec<String> {
    let signal = escape(&report.signal);
    if report.neurons.is_empty() {
        let (model, rtl) = (escape(&report.model), escape(&report.rtl));
        return vec![format!("<tr><td>{signal}</td><td></td><td>{model}</td><td>{rtl}</td><td></td><td></td></tr>\n")];
    }
    let real = |value: Option<f64>| value.map(|real| real.to_string()).unwrap_or_default();
    let row = |n: &crate::cosim::NeuronReport| {
        let (model_real, rtl_real) = (real(n.model_real), real(n.rtl_real));
        format!(
            "<tr><td>{signal}</td><td>{} {}</td><td>{}</td><td>{}</td><td>{model_real}</td><td>{rtl_real}</td></tr>\n",
            n.neuron, n.part, n.model, n.rtl
        )
    };
    report.neurons.iter().map(row).collect()
}

fn window(report: &DivergenceReport) -> String {
    let head: String = report.columns.iter().map(|column| format!("<th>{}</th>", escape(column))).collect();
    let rows: String = report.window.iter().map(line).collect();
    format!("<table class=\"wide window\"><tr><th>cycle</th>{head}</tr>\n{rows}</table>")
}

fn line(line: &WindowLine) -> String {
    let cell = |cell: &Cell| {
        if cell.differs {
            format!("<td class=\"differs\">{} / {}</td>", escape(&cell.model), escape(&cell.rtl))
        } else {
            format!("<td>{}</td>", escape(&cell.model))
        }
    };
    let cells: String = line.cells.iter().map(cell).collect();
    let class = if line.diverges { " class=\"at\"" } else { "" };
    format!("<tr{class}><td>{}</td>{cells}</tr>\n", line.cycle)
}
