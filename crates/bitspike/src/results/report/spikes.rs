//! The raster: the first time steps spike by spike, and the whole run binned.

use std::fmt::Write as _;

use super::card;
use super::plot::{Plot, WIDTH, colour};
use crate::metrics::{Decision, decisions};
use crate::results::png::{Colour, Picture};
use crate::results::svg::{Anchor, Svg, tick_distance};
use crate::results::{DETAIL_STEPS, Grid, LabelWindows, RunResult};

/// Colours of labels and neurons in binned pictures: legible on light and dark.
const PALETTE: [[u8; 3]; 10] = [
    [58, 120, 216],
    [212, 88, 58],
    [46, 150, 92],
    [148, 86, 200],
    [196, 140, 30],
    [30, 148, 172],
    [208, 70, 132],
    [116, 150, 40],
    [104, 96, 216],
    [196, 112, 60],
];
/// Shades of a bin, from nearly clear to opaque.
const SHADES: usize = 6;

pub(super) fn section(run: &RunResult) -> String {
    let detail_steps = run.time_steps.min(DETAIL_STEPS);
    let colours = if run.labels.labels().is_empty() {
        "colour: neuron"
    } else {
        "colour: label of the window, outside of windows the neuron"
    };
    let mut text = String::new();
    if detail_steps > 0 {
        let caption = match marks_caption(run) {
            Some(marks) => format!("Each mark is one spike; {colours}; {marks}."),
            None => format!("Each mark is one spike; {colours}."),
        };
        let title = if run.time_steps > DETAIL_STEPS {
            format!("Spikes, first {DETAIL_STEPS} time steps")
        } else {
            "Spikes".to_owned()
        };
        text += &card(&title, &caption, &detail(run, detail_steps));
    }
    if run.time_steps > DETAIL_STEPS {
        let grid = &run.grid;
        let caption = format!(
            "All {} time steps; each cell counts the spikes of {} in {}; {colours}.",
            run.time_steps,
            plural(u64::from(grid.neurons_per_row()), "neuron"),
            plural(grid.steps_per_column(), "time step"),
        );
        text += &card("Spikes, whole run", &caption, &overview(run));
    }
    text
}

fn plural(count: u64, name: &str) -> String {
    if count == 1 { format!("one {name}") } else { format!("{count} {name}s") }
}

fn marks_caption(run: &RunResult) -> Option<&'static str> {
    (!run.labels.labels().is_empty()).then_some("above: label, and the decision in red where it is another")
}

fn detail(run: &RunResult, steps: u64) -> String {
    let neurons = f64::from(run.core.structure().neurons);
    let plot = Plot::new(26.0, (neurons * 13.0).clamp(90.0, 420.0), steps);
    let mut svg = Svg::new(WIDTH, plot.bottom() + 38.0, "spike raster");
    svg.rect("plot", plot.area);
    plot.bands(&mut svg, &run.labels);
    window_marks(&mut svg, &plot, run);
    neuron_axis(&mut svg, &plot, neurons);
    for (class, data) in marks(run, &plot, neurons) {
        svg.path(&format!("fill {class}"), &data);
    }
    plot.time_axis(&mut svg);
    svg.finish()
}

/// One path of small bars for each colour.
fn marks(run: &RunResult, plot: &Plot, neurons: f64) -> Vec<(String, String)> {
    let height = plot.area.height / neurons;
    let width = (plot.area.width / plot.steps * 0.62).clamp(1.2, 5.0);
    let mut paths = vec![String::new(); PALETTE.len()];
    for spike in &run.detail_spikes {
        let x = plot.x(spike.time_step as f64 + 0.5) - width / 2.0;
        let y = plot.area.y + height * (f64::from(spike.neuron) + 0.14);
        let bar = (height * 0.72).max(0.8);
        let data = &mut paths[colour_index(&run.labels, spike.time_step, spike.neuron)];
        write!(data, "M{x:.1} {y:.1}h{width:.1}v{bar:.1}h-{width:.1}z").expect("a string takes any text");
    }
    (0..).map(colour).zip(paths).collect()
}

fn colour_index(labels: &LabelWindows, step: u64, neuron: u32) -> usize {
    let label = labels.at(step).map(|index| labels.labels()[index].label);
    (label.unwrap_or(neuron) % 10) as usize
}

fn window_marks(svg: &mut Svg, plot: &Plot, run: &RunResult) {
    for (label, decision) in run.labels.labels().iter().zip(decisions(run)) {
        if (label.end() as f64) <= plot.steps {
            let x = plot.x(label.first_step as f64 + label.steps as f64 / 2.0);
            let Decision { label, decided } = decision;
            match decided {
                Some(class) if class != label => {
                    svg.text("miss", (x, 17.0), Anchor::Middle, &format!("{label} → {class}"))
                }
                Some(_) | None => svg.text("mark", (x, 17.0), Anchor::Middle, &label.to_string()),
            }
        }
    }
}

fn neuron_axis(svg: &mut Svg, plot: &Plot, neurons: f64) {
    let distance = tick_distance(neurons, plot.area.height / 28.0).max(1.0);
    let mut neuron = 0.0;
    while neuron < neurons {
        let y = plot.area.y + plot.area.height * (neuron + 0.5) / neurons;
        svg.text("", (plot.area.x - 8.0, y + 4.0), Anchor::End, &format!("{neuron}"));
        neuron += distance;
    }
    svg.text("", (4.0, plot.area.y - 8.0), Anchor::Start, "neuron");
}

fn overview(run: &RunResult) -> String {
    let rows = run.grid.rows() as f64;
    let neurons = f64::from(run.core.structure().neurons);
    let plot = Plot::new(18.0, (rows * 9.0).clamp(80.0, 300.0), run.time_steps);
    let mut svg = Svg::new(WIDTH, plot.bottom() + 38.0, "spike raster of the whole run");
    svg.rect("plot", plot.area);
    neuron_axis(&mut svg, &plot, neurons);
    let covered = run.grid.columns() as f64 * run.grid.steps_per_column() as f64;
    let area = crate::results::svg::Area { width: plot.area.width * covered / plot.steps, ..plot.area };
    svg.image(area, &picture(&run.grid, &run.labels).data_address());
    plot.time_axis(&mut svg);
    svg.finish()
}

fn picture(grid: &Grid, labels: &LabelWindows) -> Picture {
    let (width, height) = (grid.columns(), grid.rows());
    let cells = (0..height).flat_map(|row| (0..width).map(move |column| (row, column)));
    let busiest = cells.clone().map(|(row, column)| grid.count(row, column)).max().unwrap_or(0).max(1);
    let pixel = |(row, column): (usize, usize)| {
        let shade = (grid.count(row, column) as usize * SHADES).div_ceil(busiest as usize);
        let middle = column as u64 * grid.steps_per_column() + grid.steps_per_column() / 2;
        let colour = colour_index(labels, middle, row as u32 * grid.neurons_per_row());
        u8::try_from(colour * (SHADES + 1) + shade).expect("70 colours")
    };
    Picture { width, height, palette: palette(), pixels: cells.map(pixel).collect() }
}

/// Every colour in every shade, clear first.
fn palette() -> Vec<Colour> {
    let shade =
        |[r, g, b]: [u8; 3], shade: usize| [r, g, b, if shade == 0 { 0 } else { (75 + 180 * shade / SHADES) as u8 }];
    PALETTE.iter().flat_map(|&rgb| (0..=SHADES).map(move |level| shade(rgb, level))).collect()
}
