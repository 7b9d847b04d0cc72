//! Membrane potentials of chosen neurons, with threshold and spikes.

use std::fmt::Write as _;

use bitspike_spec::Reset;

use super::card;
use super::plot::{Plot, WIDTH, colour};
use crate::results::RunResult;
use crate::results::svg::{Anchor, Svg};

/// Neurons drawn.
const NEURONS: usize = 5;
const HEIGHT: f64 = 86.0;
const GAP: f64 = 16.0;

pub(super) fn section(run: &RunResult) -> String {
    let steps = run.detail_v.len() as u64;
    if steps == 0 {
        return String::new();
    }
    let s = run.core.structure();
    let chosen = run.interesting_neurons(NEURONS);
    let which = if run.neurons.is_empty() { "the most active neurons" } else { "the neurons asked for" };
    let lsb = if s.frac == 0 { String::new() } else { format!(" (one LSB is 2^-{})", s.frac) };
    let caption = format!(
        "{which}, after each time step, raw integers of {} bits{lsb}; dashed: threshold; ticks: spikes. {}",
        s.v_bits,
        reset_note(s.semantics.reset)
    );
    let mut first = caption.chars();
    let caption = first.next().map(|c| c.to_uppercase().chain(first).collect::<String>()).unwrap_or_default();
    card("Membrane potential", &caption, &picture(run, &chosen, steps))
}

fn reset_note(reset: Reset) -> &'static str {
    match reset {
        Reset::Zero => "A spike resets to 0, so the drawn value stays below the threshold.",
        Reset::Value => "A spike resets to v_reset, so the drawn value stays below the threshold.",
        Reset::Subtract => "A spike subtracts the threshold.",
    }
}

fn picture(run: &RunResult, neurons: &[u32], steps: u64) -> String {
    let plots: Vec<Plot> =
        (0..neurons.len()).map(|i| Plot::new(8.0 + i as f64 * (HEIGHT + GAP), HEIGHT, steps)).collect();
    let bottom = plots.last().map_or(0.0, Plot::bottom);
    let mut svg = Svg::new(WIDTH, bottom + 38.0, "membrane potentials");
    for (plot, &neuron) in plots.iter().zip(neurons) {
        trace(&mut svg, plot, run, neuron);
    }
    if let Some(plot) = plots.last() {
        plot.time_axis(&mut svg);
    }
    svg.finish()
}

/// Lowest and highest value drawn: the trace, zero and, if it is not far beyond, the threshold.
fn span(run: &RunResult, neuron: u32) -> (f64, f64) {
    let values = run.detail_v.iter().map(|v| v[neuron as usize] as f64);
    let (low, high) = values.fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
    let threshold = run.core.parameters(neuron).threshold as f64;
    let reach = 4.0 * (high - low).max(1.0);
    let (low, high) = if threshold <= high + reach { (low.min(threshold), high.max(threshold)) } else { (low, high) };
    let margin = ((high - low) * 0.08).max(1.0);
    (low - margin, high + margin)
}

fn trace(svg: &mut Svg, plot: &Plot, run: &RunResult, neuron: u32) {
    let (low, high) = span(run, neuron);
    let y = |v: f64| plot.area.y + plot.area.height * (high - v) / (high - low);
    svg.rect("plot", plot.area);
    plot.bands(svg, &run.labels);
    let right = plot.area.x + plot.area.width;
    svg.line("zero", (plot.area.x, y(0.0)), (right, y(0.0)));
    let threshold = run.core.parameters(neuron).threshold as f64;
    if (low..=high).contains(&threshold) {
        svg.line("threshold", (plot.area.x, y(threshold)), (right, y(threshold)));
    }
    svg.path(&format!("trace stroke {}", colour(neuron)), &path(plot, run, neuron, y));
    svg.path(&format!("spike-tick stroke {}", colour(neuron)), &ticks(plot, run, neuron));
    labels(svg, plot, neuron, (low, high));
}

/// The value holds from one time step to the next.
fn path(plot: &Plot, run: &RunResult, neuron: u32, y: impl Fn(f64) -> f64) -> String {
    let mut data = String::new();
    for (step, v) in run.detail_v.iter().enumerate() {
        let (from, to, y) = (plot.x(step as f64), plot.x(step as f64 + 1.0), y(v[neuron as usize] as f64));
        let pen = if step == 0 { 'M' } else { 'L' };
        write!(data, "{pen}{from:.1} {y:.1}H{to:.1}").expect("a string takes any text");
    }
    data
}

fn ticks(plot: &Plot, run: &RunResult, neuron: u32) -> String {
    let spikes = run.detail_spikes.iter().filter(|spike| spike.neuron == neuron);
    spikes.map(|spike| format!("M{:.1} {:.1}v7", plot.x(spike.time_step as f64 + 0.5), plot.area.y)).collect()
}

fn labels(svg: &mut Svg, plot: &Plot, neuron: u32, (low, high): (f64, f64)) {
    let right = plot.area.x - 8.0;
    svg.text("name", (4.0, plot.area.y + HEIGHT / 2.0 + 4.0), Anchor::Start, &format!("n {neuron}"));
    svg.text("", (right, plot.area.y + 10.0), Anchor::End, &format!("{high:.0}"));
    svg.text("", (right, plot.bottom()), Anchor::End, &format!("{low:.0}"));
}
