//! The figure of the paper: 4 x 5 panels, float reference above bit-exact unit above input.

use super::pair::{Pair, Trace};
use super::text::{agreement_text, choice_text, title};
use super::unit::UnitChoice;
use crate::results::drawing::{Drawing, Ink, simplified};
use crate::results::svg::{Anchor, Area};

const COLUMNS: usize = 4;
const WIDTH: f64 = 1080.0;
const HEADER: f64 = 46.0;
const MARGIN: f64 = 10.0;
const GAP: f64 = 8.0;
const PANEL: (f64, f64) = (259.0, 176.0);
/// Top and height within a panel of the two traces and of the input.
const FLOAT: (f64, f64) = (22.0, 54.0);
const FIXED: (f64, f64) = (80.0, 54.0);
const INPUT: (f64, f64) = (138.0, 16.0);
/// Membrane potentials shown, mV; what lies below is drawn at the edge.
const V_RANGE: (f64, f64) = (-95.0, 35.0);
/// Points nearer than this to the line drawn are left out.
const TOLERANCE: f64 = 0.25;
/// Half the width of the line, kept free at the sides of a panel.
const INSET: f64 = 6.0;

/// A picture in both formats.
pub struct Picture {
    /// As SVG.
    pub svg: String,
    /// As PNG.
    pub png: Vec<u8>,
}

impl Picture {
    pub(super) fn of(drawing: &Drawing) -> Self {
        Picture { svg: drawing.svg(), png: drawing.png() }
    }
}

/// Draws the figure.
#[must_use]
pub fn figure(choice: &UnitChoice, pairs: &[Pair]) -> Picture {
    let rows = pairs.len().div_ceil(COLUMNS) as f64;
    let height = HEADER + rows * (PANEL.1 + GAP) + MARGIN - GAP;
    let mut drawing = Drawing::new(WIDTH, height, "The 20 firing patterns of Izhikevich 2004, float and fixed point");
    header(&mut drawing, choice, pairs);
    for (index, pair) in pairs.iter().enumerate() {
        let (column, row) = ((index % COLUMNS) as f64, (index / COLUMNS) as f64);
        let corner = (MARGIN + column * (PANEL.0 + GAP), HEADER + row * (PANEL.1 + GAP));
        Panel { corner, pair }.draw(&mut drawing);
    }
    Picture::of(&drawing)
}

fn header(drawing: &mut Drawing, choice: &UnitChoice, pairs: &[Pair]) {
    let exact = pairs.iter().filter(|pair| pair.agreement.is_exact()).count();
    let count = pairs.iter().filter(|pair| pair.agreement.has_same_count()).count();
    let headline = format!("{exact} of {} patterns exact, {count} with as many spikes", pairs.len());
    drawing.text(Ink::Title, (MARGIN, 18.0), Anchor::Start, &headline);
    drawing.text(Ink::Label, (MARGIN, 36.0), Anchor::Start, &choice_text(choice));
    for (index, (ink, name)) in
        [(Ink::Float, "float64"), (Ink::Fixed, "bit-exact unit"), (Ink::Input, "input")].into_iter().enumerate()
    {
        let x = WIDTH - 420.0 + 140.0 * index as f64;
        drawing.line(ink, &[(x, 14.0), (x + 24.0, 14.0)]);
        drawing.text(Ink::Label, (x + 30.0, 18.0), Anchor::Start, name);
    }
}

/// A panel and where it stands.
struct Panel<'a> {
    corner: (f64, f64),
    pair: &'a Pair,
}

impl Panel<'_> {
    fn draw(&self, drawing: &mut Drawing) {
        let Panel { corner: (x, y), pair } = self;
        drawing.area(Ink::Panel, Area { x: *x, y: *y, width: PANEL.0, height: PANEL.1 });
        drawing.text(Ink::Title, (x + INSET, y + 15.0), Anchor::Start, &title(pair.pattern));
        drawing.line(Ink::Float, &self.trace(&pair.float, FLOAT));
        drawing.line(Ink::Fixed, &self.trace(&pair.fixed, FIXED));
        drawing.line(Ink::Input, &self.input());
        if let Some(step) = pair.agreement.first_divergent_step {
            let at = self.x(step as f64);
            drawing.line(Ink::Divergence, &[(at, y + FLOAT.0 - 2.0), (at, y + FIXED.0 + FIXED.1)]);
        }
        let ink = if pair.agreement.is_exact() { Ink::Good } else { Ink::Bad };
        let text = agreement_text(pair.pattern, &pair.agreement);
        drawing.text(ink, (x + INSET, y + PANEL.1 - 6.0), Anchor::Start, &text);
        let duration = format!("{:.0} ms", (pair.pattern.steps - 1) as f64 * pair.pattern.dt);
        drawing.text(Ink::Label, (x + PANEL.0 - INSET, y + 14.0), Anchor::End, &duration);
    }

    /// Where the end of a time step stands.
    fn x(&self, step: f64) -> f64 {
        self.corner.0 + INSET + (PANEL.0 - 2.0 * INSET) * (step + 1.0) / self.pair.pattern.steps as f64
    }

    /// The potential after each time step; where it fires, the peak in place of the reset.
    fn trace(&self, trace: &Trace, (top, height): (f64, f64)) -> Vec<(f64, f64)> {
        let (low, high) = V_RANGE;
        let y = |v: f64| self.corner.1 + top + height * (high - v.clamp(low, high)) / (high - low);
        let mut spikes = trace.spikes.iter().peekable();
        let point = |(step, &v): (usize, &f64)| {
            let fires = spikes.next_if(|&&spike| spike == step as u64).is_some();
            (self.x(step as f64), y(if fires { self.pair.pattern.parameters.threshold } else { v }))
        };
        simplified(&trace.v.iter().enumerate().map(point).collect::<Vec<_>>(), TOLERANCE)
    }

    /// The input, over its own range.
    fn input(&self) -> Vec<(f64, f64)> {
        let pattern = self.pair.pattern;
        let currents: Vec<f64> = (0..pattern.steps).map(|step| pattern.current(step)).collect();
        let low = currents.iter().copied().fold(f64::INFINITY, f64::min);
        let high = currents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let y = |current: f64| self.corner.1 + INPUT.0 + INPUT.1 * (high - current) / (high - low);
        let points = currents.iter().enumerate().map(|(step, &current)| (self.x(step as f64), y(current)));
        simplified(&points.collect::<Vec<_>>(), TOLERANCE)
    }
}
