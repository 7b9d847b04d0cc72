//! The front as a picture of its own, for papers and pages: SVG and PNG with its colours inside, on white.

use crate::results::drawing::{Drawing, Ink, Series};
use crate::results::svg::{Anchor, Area, tick_distance};
use crate::sweep::axis::Axis;
use crate::sweep::export::text;
use crate::sweep::pareto;
use crate::sweep::space::Space;
use crate::sweep::table::{Design, Table};

const AREA: Area = Area { x: 70.0, y: 44.0, width: 550.0, height: 340.0 };
const HEIGHT: f64 = 430.0;
/// Width without and with a column of colours.
const WIDTHS: (f64, f64) = (640.0, 820.0);
/// Half a side of a design off the front, and of one on it.
const SIZES: (f64, f64) = (2.0, 3.5);

/// A picture of the front.
pub struct FrontPicture {
    drawing: Drawing,
}

/// A design in the picture.
struct Mark {
    x: f64,
    y: f64,
    ink: Ink,
    costs: Vec<f64>,
}

impl FrontPicture {
    /// The second objective along x, the first along y; every feasible design a dot, coloured by the first axis of at most ten values that is
    /// not shown anyway; those that none beats in these two objectives are framed and joined.
    ///
    /// Nothing without two objectives or without a feasible design.
    #[must_use]
    pub fn new(space: &Space<'_>, table: &Table) -> Option<Self> {
        let [vertical, horizontal, ..] = space.sweep().file.objective.as_slice() else { return None };
        let shown = [&vertical.metric, &horizontal.metric];
        let axes = space.sweep().axes.iter().enumerate();
        let coloured = axes.filter(|(_, axis)| (2..=Series::COUNT).contains(&axis.values.len()));
        let coloured = coloured.filter(|(_, axis)| !shown.contains(&&axis.name)).map(|(index, _)| index).next();
        let mark = |design: &Design| {
            let (x, y) = (design.value(space, &horizontal.metric)?, design.value(space, &vertical.metric)?);
            let series = |axis: usize| Ink::Series(Series::new(design.point.positions[axis]));
            let costs = vec![vertical.cost(y), horizontal.cost(x)];
            Some(Mark { x, y, ink: coloured.map_or(Ink::Design, series), costs })
        };
        let feasible = table.designs.iter().filter(|design| design.violated.is_empty());
        let marks: Vec<Mark> = feasible.filter_map(mark).collect();
        let scales = (Scale::new(marks.iter().map(|mark| mark.x))?, Scale::new(marks.iter().map(|mark| mark.y))?);
        let width = if coloured.is_some() { WIDTHS.1 } else { WIDTHS.0 };
        let mut drawing = Drawing::new(width, HEIGHT, &space.sweep().file.sweep.name);
        drawing.text(Ink::Title, (AREA.x, 18.0), Anchor::Start, &space.sweep().file.sweep.name);
        frame(&mut drawing, (&scales.0, &horizontal.metric), (&scales.1, &vertical.metric));
        designs(&mut drawing, &marks, &scales);
        if let Some(index) = coloured {
            legend(&mut drawing, &space.sweep().axes[index]);
        }
        Some(FrontPicture { drawing })
    }

    /// As SVG.
    #[must_use]
    pub fn svg(&self) -> String {
        self.drawing.svg()
    }

    /// As PNG, two pixels for each unit.
    #[must_use]
    pub fn png(&self) -> Vec<u8> {
        self.drawing.png()
    }
}

fn frame(drawing: &mut Drawing, (x, x_name): (&Scale, &str), (y, y_name): (&Scale, &str)) {
    drawing.area(Ink::Panel, AREA);
    let (right, bottom) = (AREA.x + AREA.width, AREA.y + AREA.height);
    for value in x.ticks() {
        let at = AREA.x + AREA.width * x.at(value);
        drawing.line(Ink::Grid, &[(at, AREA.y), (at, bottom)]);
        drawing.text(Ink::Label, (at, bottom + 14.0), Anchor::Middle, &short(value));
    }
    for value in y.ticks() {
        let at = AREA.y + AREA.height * (1.0 - y.at(value));
        drawing.line(Ink::Grid, &[(AREA.x, at), (right, at)]);
        drawing.text(Ink::Label, (AREA.x - 6.0, at + 4.0), Anchor::End, &short(value));
    }
    drawing.text(Ink::Label, (AREA.x + AREA.width / 2.0, HEIGHT - 12.0), Anchor::Middle, x_name);
    drawing.text(Ink::Label, (AREA.x, AREA.y - 6.0), Anchor::Start, y_name);
}

fn designs(drawing: &mut Drawing, marks: &[Mark], (x, y): &(Scale, Scale)) {
    let place = |mark: &Mark| (AREA.x + AREA.width * x.at(mark.x), AREA.y + AREA.height * (1.0 - y.at(mark.y)));
    for mark in marks {
        drawing.area(mark.ink, square(place(mark), SIZES.0));
    }
    let costs: Vec<Vec<f64>> = marks.iter().map(|mark| mark.costs.clone()).collect();
    let mut front: Vec<&Mark> = pareto::front(&costs).into_iter().map(|index| &marks[index]).collect();
    front.sort_by(|a, b| a.x.total_cmp(&b.x));
    drawing.line(Ink::Front, &front.iter().map(|mark| place(mark)).collect::<Vec<_>>());
    for mark in front {
        let (px, py) = place(mark);
        let s = SIZES.1;
        drawing.area(mark.ink, square((px, py), s));
        drawing.line(
            Ink::Front,
            &[(px - s, py - s), (px + s, py - s), (px + s, py + s), (px - s, py + s), (px - s, py - s)],
        );
    }
}

fn square((x, y): (f64, f64), size: f64) -> Area {
    Area { x: x - size, y: y - size, width: 2.0 * size, height: 2.0 * size }
}

fn legend(drawing: &mut Drawing, axis: &Axis) {
    let x = AREA.x + AREA.width + 16.0;
    drawing.text(Ink::Label, (x, AREA.y + 8.0), Anchor::Start, &axis.name);
    for position in 0..axis.values.len() {
        let y = AREA.y + 26.0 + 16.0 * position as f64;
        drawing.area(Ink::Series(Series::new(position)), square((x + 4.0, y - 4.0), 4.0));
        drawing.text(Ink::Label, (x + 14.0, y), Anchor::Start, &text(axis.label(position)));
    }
}

/// At most four significant digits.
pub(super) fn short(value: f64) -> String {
    if value != 0.0 && (value.abs() >= 1e5 || value.abs() < 1e-3) {
        format!("{value:.1e}")
    } else {
        format!("{}", (value * 1e4).round() / 1e4)
    }
}

/// A range of values with a margin.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn new(values: impl Iterator<Item = f64>) -> Option<Self> {
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let margin = if high > low { 0.04 * (high - low) } else { 0.5 * low.abs().max(1.0) };
        (low <= high).then_some(Scale { low: low - margin, high: high + margin })
    }

    fn at(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    fn ticks(&self) -> Vec<f64> {
        let distance = tick_distance(self.high - self.low, 6.0);
        let first = (self.low / distance).ceil() as i64;
        (first..).map(|i| i as f64 * distance).take_while(|tick| *tick <= self.high).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Scale, short};

    #[test]
    fn ticks_lie_inside_and_are_round() {
        let scale = Scale::new([0.0, 100.0].into_iter()).expect("values");
        assert_eq!(scale.ticks(), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert!((scale.at(50.0) - 0.5).abs() < 1e-12);
        assert!(Scale::new(std::iter::empty()).is_none());
        assert!(Scale::new([3.0].into_iter()).is_some());
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([0.0, 0.866_666, 1234.5, 2.5e7].map(short), ["0", "0.8667", "1234.5", "2.5e7"]);
    }
}
