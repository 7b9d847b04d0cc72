//! A plot area over time steps: scales, ticks, bands of labelled windows.

use crate::results::LabelWindows;
use crate::results::svg::{Anchor, Area, Svg, tick_distance};

/// Width of every picture.
pub(super) const WIDTH: f64 = 1080.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 14.0;

/// Time steps along x, something else along y.
#[derive(Clone, Copy)]
pub(super) struct Plot {
    pub(super) area: Area,
    /// The time step at the left edge.
    first: f64,
    pub(super) steps: f64,
}

impl Plot {
    /// A plot of this height whose top edge is at `y`.
    pub(super) fn new(y: f64, height: f64, steps: u64) -> Self {
        Plot { area: Area { x: LEFT, y, width: WIDTH - LEFT - RIGHT, height }, first: 0.0, steps: steps.max(1) as f64 }
    }

    /// The same plot with time step `first` at its left edge.
    pub(super) fn starting_at(self, first: u64) -> Self {
        Plot { first: first as f64, ..self }
    }

    pub(super) fn x(&self, step: f64) -> f64 {
        self.area.x + self.area.width * (step - self.first) / self.steps
    }

    pub(super) fn bottom(&self) -> f64 {
        self.area.y + self.area.height
    }

    /// Ticks and numbers of the time axis below the plot.
    pub(super) fn time_axis(&self, svg: &mut Svg) {
        let distance = tick_distance(self.steps, 10.0).max(1.0);
        let mut step = (self.first / distance).ceil() * distance;
        while step <= self.first + self.steps {
            let x = self.x(step);
            svg.line("grid", (x, self.bottom()), (x, self.bottom() + 4.0));
            svg.text("", (x, self.bottom() + 16.0), Anchor::Middle, &format!("{step}"));
            step += distance;
        }
        svg.text("", (self.area.x + self.area.width / 2.0, self.bottom() + 31.0), Anchor::Middle, "time step");
    }

    /// A faint band behind every second labelled window.
    pub(super) fn bands(&self, svg: &mut Svg, labels: &LabelWindows) {
        let visible = labels.labels().iter().take_while(|label| (label.first_step as f64) < self.steps);
        for (index, label) in visible.enumerate() {
            if index % 2 == 0 {
                let left = self.x(label.first_step as f64);
                let right = self.x((label.end() as f64).min(self.steps));
                svg.rect("band", Area { x: left, width: right - left, ..self.area });
            }
        }
    }
}

/// The colour class of a label or neuron.
pub(super) fn colour(index: u32) -> String {
    format!("c{}", index % 10)
}
