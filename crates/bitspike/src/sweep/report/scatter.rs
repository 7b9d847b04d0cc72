//! The front as a picture of its own: SVG with its colours inside, black on white.

use crate::results::svg::{Anchor, Area, Svg, tick_distance};
use crate::sweep::space::Space;
use crate::sweep::table::Table;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 420.0;
const AREA: Area = Area { x: 70.0, y: 20.0, width: 550.0, height: 340.0 };

const STYLE: &str = "<style>svg { background: white; font: 12px sans-serif } .frame { fill: none; stroke: #888 } .grid { stroke: #ddd } \
    .front { fill: none; stroke: #2563c9; stroke-width: 1.5 } .member { fill: #2563c9 } .other { fill: #9aa4b5 } text { fill: #222 }</style>\n";

/// The second objective along x, the first along y; every feasible design a dot, the front in blue with a line.
///
/// Nothing without two objectives or without a feasible design.
#[must_use]
pub fn front_svg(space: &Space<'_>, table: &Table) -> Option<String> {
    let [vertical, horizontal, ..] = space.sweep().file.objective.as_slice() else { return None };
    let at = |design: &super::Design| {
        Some((design.value(space, &horizontal.metric)?, design.value(space, &vertical.metric)?, design.is_on_front))
    };
    let feasible = table.designs.iter().filter(|design| design.violated.is_empty());
    let points: Vec<(f64, f64, bool)> = feasible.filter_map(at).collect();
    let (x, y) = (Scale::new(points.iter().map(|p| p.0))?, Scale::new(points.iter().map(|p| p.1))?);
    let mut svg = Svg::new(WIDTH, HEIGHT, &space.sweep().file.sweep.name);
    frame(&mut svg, (&x, &horizontal.metric), (&y, &vertical.metric));
    let place = |(a, b): (f64, f64)| (AREA.x + AREA.width * x.at(a), AREA.y + AREA.height * (1.0 - y.at(b)));
    for &(a, b, is_on_front) in &points {
        let (px, py) = place((a, b));
        let size = if is_on_front { 3.5 } else { 2.0 };
        let area = Area { x: px - size, y: py - size, width: 2.0 * size, height: 2.0 * size };
        svg.rect(if is_on_front { "member" } else { "other" }, area);
    }
    let mut front: Vec<(f64, f64)> = points.iter().filter(|p| p.2).map(|p| place((p.0, p.1))).collect();
    front.sort_by(|a, b| a.0.total_cmp(&b.0));
    let line: Vec<String> = front.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
    svg.path("front", &format!("M{}", line.join(" L")));
    Some(svg.finish().replacen(">\n", &format!(">\n{STYLE}"), 1))
}

fn frame(svg: &mut Svg, (x, x_name): (&Scale, &str), (y, y_name): (&Scale, &str)) {
    for value in x.ticks() {
        let at = AREA.x + AREA.width * x.at(value);
        svg.line("grid", (at, AREA.y), (at, AREA.y + AREA.height));
        svg.text("", (at, AREA.y + AREA.height + 16.0), Anchor::Middle, &short(value));
    }
    for value in y.ticks() {
        let at = AREA.y + AREA.height * (1.0 - y.at(value));
        svg.line("grid", (AREA.x, at), (AREA.x + AREA.width, at));
        svg.text("", (AREA.x - 6.0, at + 4.0), Anchor::End, &short(value));
    }
    svg.rect("frame", AREA);
    svg.text("", (AREA.x + AREA.width / 2.0, HEIGHT - 12.0), Anchor::Middle, x_name);
    svg.text("", (AREA.x, AREA.y - 6.0), Anchor::Start, y_name);
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
