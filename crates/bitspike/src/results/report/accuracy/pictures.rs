//! Traces and rasters of all layers laid over each other, and the error of the membrane potential over time.

use std::fmt::Write as _;

use crate::accuracy::{AccuracyReport, Case, Layer, LayerRun, Layers, number};
use crate::results::DETAIL_STEPS;
use crate::results::report::card;
use crate::results::report::plot::{Plot, WIDTH};
use crate::results::svg::{Anchor, Area, Svg, escape};

/// Neurons whose traces are drawn.
const TRACES: usize = 5;
/// Neurons in the raster.
const RASTER: usize = 32;
/// Height and distance of panels one below the other.
const HEIGHT: f64 = 92.0;
const GAP: f64 = 16.0;
/// Points of the error over a whole run.
const POINTS: u64 = 1000;

/// Time steps drawn one by one.
#[derive(Clone, Copy)]
struct Window {
    first: u64,
    steps: u64,
}

impl Window {
    /// The first steps, or those around the first divergence if it comes later.
    fn new(report: &AccuracyReport) -> Self {
        let steps = report.time_steps.min(DETAIL_STEPS);
        let divergence = report.end_to_end().and_then(|comparison| comparison.totals.first_divergent_step).unwrap_or(0);
        let first = if divergence < DETAIL_STEPS * 3 / 4 { 0 } else { divergence - DETAIL_STEPS / 2 };
        Window { first: first.min(report.time_steps - steps), steps }
    }

    fn has(&self, step: u64) -> bool {
        (self.first..self.first + self.steps).contains(&step)
    }

    fn plot(&self, y: f64, height: f64) -> Plot {
        Plot::new(y, height, self.steps).starting_at(self.first)
    }

    fn words(&self) -> String {
        format!("Time steps {} to {}.", self.first, self.first + self.steps - 1)
    }
}

/// The colour class of a layer; the style sheet draws earlier layers wider, so that later ones do not hide them.
fn class(layer: Layer) -> &'static str {
    match layer {
        Layer::Continuous => "c2",
        Layer::Discretised => "c0",
        Layer::Constants => "c3",
        Layer::FixedPoint => "c1",
        Layer::Device => "c5",
        Layer::Rtl => "c4",
    }
}

pub(super) fn sections(case: &Case, layers: &Layers, report: &AccuracyReport) -> String {
    let runs = layers.runs();
    if runs.is_empty() {
        return String::new();
    }
    let window = Window::new(report);
    let words = window.words();
    let neurons = interesting(case, report);
    let drawn: Vec<usize> =
        neurons.iter().filter_map(|n| case.traced.iter().position(|t| t == n)).take(TRACES).collect();
    [
        card(
            "Membrane potential",
            &format!("{words} After each time step; dashed: threshold."),
            &(legend(&runs) + &traces(case, &runs, &window, &drawn)),
        ),
        card(
            "Spikes",
            &format!("{words} One line of marks for each layer of each neuron, first layer on top."),
            &(legend(&runs) + &raster(&runs, &window, &neurons)),
        ),
        errors(report, &runs),
    ]
    .concat()
}

fn legend(runs: &[LayerRun<'_>]) -> String {
    let key = |run: &LayerRun<'_>| format!("<span class=\"{}\">{}</span>", class(run.layer), escape(run.layer.name()));
    format!("<p class=\"legend\">{}</p>\n", runs.iter().map(key).collect::<String>())
}

/// The neurons asked for, then those that differ most end to end, then the most active.
fn interesting(case: &Case, report: &AccuracyReport) -> Vec<u32> {
    let mut neurons = case.options.neurons.clone();
    if let Some(comparison) = report.end_to_end() {
        let mut rest: Vec<_> = comparison.neurons.iter().collect();
        rest.sort_by(|a, b| {
            let order = b.train.victor_purpura.total_cmp(&a.train.victor_purpura);
            order.then(b.train.tested_spikes.cmp(&a.train.tested_spikes)).then(a.neuron.cmp(&b.neuron))
        });
        neurons.extend(rest.iter().map(|n| n.neuron));
    } else {
        neurons.extend(&case.traced);
    }
    let mut seen = Vec::new();
    neurons.retain(|neuron| {
        let is_new = seen.len() < RASTER && !seen.contains(neuron);
        if is_new {
            seen.push(*neuron);
        }
        is_new
    });
    neurons
}

fn traces(case: &Case, runs: &[LayerRun<'_>], window: &Window, drawn: &[usize]) -> String {
    let plots: Vec<Plot> = (0..drawn.len()).map(|i| window.plot(8.0 + i as f64 * (HEIGHT + GAP), HEIGHT)).collect();
    let bottom = plots.last().map_or(0.0, Plot::bottom);
    let mut svg = Svg::new(WIDTH, bottom + 38.0, "membrane potentials of all layers");
    for (plot, &index) in plots.iter().zip(drawn) {
        let neuron = case.traced[index];
        let threshold = case.real.neuron(neuron as usize).threshold;
        let series: Vec<(Layer, &[f64])> =
            runs.iter().map(|run| (run.layer, seen(&run.traces[index].v, window))).collect();
        panel(&mut svg, plot, &series, Some(threshold));
        svg.text("name", (4.0, plot.area.y + HEIGHT / 2.0 + 4.0), Anchor::Start, &format!("n {neuron}"));
    }
    if let Some(plot) = plots.last() {
        plot.time_axis(&mut svg);
    }
    svg.finish()
}

fn seen<'a>(values: &'a [f64], window: &Window) -> &'a [f64] {
    &values[window.first as usize..][..window.steps as usize]
}

/// Lines over time steps, one for each layer, with the ends of the scale beside them.
fn panel(svg: &mut Svg, plot: &Plot, series: &[(Layer, &[f64])], threshold: Option<f64>) {
    let values = || series.iter().flat_map(|(_, values)| values.iter().copied());
    let (low, high) = values().fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
    let reach = 4.0 * (high - low);
    let line = threshold.filter(|threshold| *threshold <= high + reach);
    let (low, high) = line.map_or((low, high), |line| (low.min(line), high.max(line)));
    let margin = if high > low { (high - low) * 0.08 } else { 1.0 };
    let low = if low < 0.0 { low - margin } else { low };
    let high = high + margin;
    let y = |v: f64| plot.area.y + plot.area.height * (high - v) / (high - low);
    svg.rect("plot", plot.area);
    let right = plot.area.x + plot.area.width;
    svg.line("zero", (plot.area.x, y(0.0)), (right, y(0.0)));
    if let Some(line) = line {
        svg.line("threshold", (plot.area.x, y(line)), (right, y(line)));
    }
    for (layer, values) in series {
        svg.path(&format!("layer stroke {}", class(*layer)), &stairs(plot, values, &y));
    }
    svg.text("", (plot.area.x - 8.0, plot.area.y + 10.0), Anchor::End, &number(high));
    svg.text("", (plot.area.x - 8.0, plot.bottom()), Anchor::End, &number(low));
}

/// A value holds over its time step.
fn stairs(plot: &Plot, values: &[f64], y: &dyn Fn(f64) -> f64) -> String {
    let mut data = String::new();
    let width = plot.area.width / values.len().max(1) as f64;
    for (index, &value) in values.iter().enumerate() {
        let (from, to) = (plot.area.x + width * index as f64, plot.area.x + width * (index as f64 + 1.0));
        let pen = if index == 0 { 'M' } else { 'L' };
        write!(data, "{pen}{from:.1} {:.1}H{to:.1}", y(value)).expect("a string takes any text");
    }
    data
}

fn raster(runs: &[LayerRun<'_>], window: &Window, neurons: &[u32]) -> String {
    let row = 5.0 * runs.len() as f64 + 5.0;
    let plot = window.plot(8.0, row * neurons.len() as f64);
    let mut svg = Svg::new(WIDTH, plot.bottom() + 38.0, "spikes of all layers");
    svg.rect("plot", plot.area);
    for (index, neuron) in neurons.iter().enumerate() {
        let y = plot.area.y + row * index as f64;
        if index % 2 == 0 {
            svg.rect("band", Area { y, height: row, ..plot.area });
        }
        svg.text("", (plot.area.x - 8.0, y + row / 2.0 + 4.0), Anchor::End, &neuron.to_string());
    }
    for (layer, run) in runs.iter().enumerate() {
        let offset = 2.5 + 5.0 * layer as f64;
        svg.path(&format!("fill {}", class(run.layer)), &marks(&plot, run, (window, neurons), (row, offset)));
    }
    plot.time_axis(&mut svg);
    svg.finish()
}

fn marks(plot: &Plot, run: &LayerRun<'_>, (window, neurons): (&Window, &[u32]), (row, offset): (f64, f64)) -> String {
    let width = (plot.area.width / plot.steps * 0.7).clamp(1.4, 6.0);
    let mut data = String::new();
    for spike in run.spikes.iter().filter(|spike| window.has(spike.step)) {
        if let Some(index) = neurons.iter().position(|neuron| *neuron == spike.neuron) {
            let x = plot.x(spike.step as f64 + 0.5) - width / 2.0;
            let y = plot.area.y + row * index as f64 + offset;
            write!(data, "M{x:.1} {y:.1}h{width:.1}v4.4h-{width:.1}z").expect("a string takes any text");
        }
    }
    data
}

/// Root mean squared difference of `v` over the traced neurons, for each pair of neighbours and each time step.
fn errors(report: &AccuracyReport, runs: &[LayerRun<'_>]) -> String {
    if runs.len() < 2 {
        return String::new();
    }
    let pairs: Vec<[&LayerRun<'_>; 2]> = runs.windows(2).map(|pair| [&pair[0], &pair[1]]).collect();
    let plots: Vec<Plot> =
        (0..pairs.len()).map(|i| Plot::new(22.0 + i as f64 * (HEIGHT + 32.0), HEIGHT, report.time_steps)).collect();
    let bottom = plots.last().map_or(0.0, Plot::bottom);
    let mut svg = Svg::new(WIDTH, bottom + 38.0, "error of the membrane potential over time");
    for (plot, [reference, tested]) in plots.iter().zip(&pairs) {
        let values = binned(&rms(reference, tested, report.time_steps));
        panel(&mut svg, plot, &[(tested.layer, &values)], None);
        let name = format!("{} → {}", reference.layer.name(), tested.layer.name());
        svg.text("name", (plot.area.x, plot.area.y - 6.0), Anchor::Start, &name);
        let comparison = report.comparison(reference.layer, tested.layer);
        if let Some(step) = comparison.and_then(|c| c.totals.first_divergent_step) {
            let x = plot.x(step as f64);
            svg.line("parts", (x, plot.area.y), (x, plot.bottom()));
        }
    }
    if let Some(plot) = plots.last() {
        plot.time_axis(&mut svg);
    }
    let caption = "Root mean squared difference over the compared neurons, after each time step; of many time steps the largest. Dashed: the first divergent step, after which a spike apart is a reset apart.";
    card("Error of the membrane potential", caption, &svg.finish())
}

fn rms(reference: &LayerRun<'_>, tested: &LayerRun<'_>, steps: u64) -> Vec<f64> {
    let mut squares = vec![0.0; steps as usize];
    for (a, b) in reference.traces.iter().zip(tested.traces) {
        for (sum, (a, b)) in squares.iter_mut().zip(a.v.iter().zip(&b.v)) {
            *sum += (b - a) * (b - a);
        }
    }
    let count = reference.traces.len().max(1) as f64;
    squares.into_iter().map(|sum: f64| (sum / count).sqrt()).collect()
}

/// At most [`POINTS`] values: the largest of each bin. A last bin that is not full is widened to its end.
fn binned(values: &[f64]) -> Vec<f64> {
    let bin = (values.len() as u64).div_ceil(POINTS).max(1) as usize;
    values.chunks(bin).map(|chunk| chunk.iter().copied().fold(0.0, f64::max)).collect()
}
