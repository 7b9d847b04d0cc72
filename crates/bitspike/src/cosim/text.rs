//! A divergence as text for the terminal.

use std::fmt::Write as _;

use super::explain::{DivergenceReport, NeuronReport, SignalReport, WindowLine};

impl std::fmt::Display for DivergenceReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&headline(self))?;
        for difference in &self.differences {
            f.write_str(&signal(difference))?;
        }
        f.write_str("\nwindow (model/rtl where they differ; the sides part at >)\n")?;
        f.write_str(&window(&self.columns, &self.window))?;
        write!(f, "\nreplay: {}", self.replay)
    }
}

/// The first lines: where the sides part.
fn headline(report: &DivergenceReport) -> String {
    let DivergenceReport { cycle, cycles_before, time_step, event, .. } = report;
    let what = match report.kind {
        "model_ended" => "the model has ended, the RTL goes on".to_owned(),
        "rtl_ended" => "the RTL has ended, the model goes on".to_owned(),
        "cycles" => "one side skipped a cycle".to_owned(),
        _ => format!("signal {}", report.signal),
    };
    format!(
        "divergence at cycle {cycle}: {what}\n  time step {time_step}, event {event}; {cycles_before} cycles agree before it\n"
    )
}

fn signal(report: &SignalReport) -> String {
    let SignalReport { signal, model, rtl, neurons, values } = report;
    let mut text = format!("  {signal}: model {model}, rtl {rtl}\n");
    for neuron in neurons {
        writeln!(text, "    {}", neuron_text(neuron)).expect("a string takes any text");
    }
    if *values > neurons.len() {
        writeln!(text, "    and {} more", values - neurons.len()).expect("a string takes any text");
    }
    text
}

fn neuron_text(report: &NeuronReport) -> String {
    let real = |value: Option<f64>| value.map(|real| format!(" ({real})")).unwrap_or_default();
    let NeuronReport { neuron, part, model, rtl, model_real, rtl_real } = report;
    let part = if part.is_empty() { String::new() } else { format!(", {part}") };
    format!("neuron {neuron}{part}: model {model}{}, rtl {rtl}{}", real(*model_real), real(*rtl_real))
}

/// The window as a table with aligned columns.
fn window(columns: &[String], lines: &[WindowLine]) -> String {
    let mut rows = vec![std::iter::once("  cycle".to_owned()).chain(columns.iter().cloned()).collect::<Vec<_>>()];
    rows.extend(lines.iter().map(row));
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..=columns.len()).map(width).collect();
    let aligned = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  "))
    };
    rows.iter().map(aligned).collect()
}

fn row(line: &WindowLine) -> Vec<String> {
    let mark = if line.diverges { ">" } else { " " };
    let cell = |cell: &super::explain::Cell| {
        if cell.differs { format!("{}/{}", cell.model, cell.rtl) } else { cell.model.clone() }
    };
    std::iter::once(format!("{mark} {}", line.cycle)).chain(line.cells.iter().map(cell)).collect()
}
