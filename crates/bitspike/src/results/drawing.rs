//! A drawing that becomes an SVG and a PNG: the same shapes, by the same table of inks.

mod canvas;

use std::fmt::Write as _;

use super::svg::{Anchor, Area, Svg};
use canvas::Canvas;

/// Red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// What a shape looks like: a class of the style sheet in the SVG, a colour in the PNG.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// White background.
    Page,
    /// Background of a panel.
    Panel,
    /// Trace of the float reference.
    Float,
    /// Trace of the unit.
    Fixed,
    /// Input current.
    Input,
    /// Mark of the first divergence.
    Divergence,
    /// Headline.
    Title,
    /// Small text.
    Label,
    /// Small text that says all is well.
    Good,
    /// Small text that says what is not.
    Bad,
    /// Cell: every spike in the same time step.
    Exact,
    /// Cell: as many spikes, each within 1 ms.
    Near,
    /// Cell: as many spikes.
    Count,
    /// Cell: another number of spikes.
    Wrong,
    /// Line of a scale.
    Grid,
    /// Line that joins the front, and the edge of its designs.
    Front,
    /// Design, without a value to tell apart.
    Design,
    /// Design with one of up to ten values.
    Series(Series),
}

/// One of up to ten colours; Paul Tol's muted scheme, safe for colour-blind readers, its lightest grey made darker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Series(usize);

const SERIES: [(&str, Rgb); 10] = [
    ("s0", [51, 34, 136]),
    ("s1", [136, 204, 238]),
    ("s2", [68, 170, 153]),
    ("s3", [17, 119, 51]),
    ("s4", [153, 153, 51]),
    ("s5", [221, 204, 119]),
    ("s6", [204, 102, 119]),
    ("s7", [136, 34, 85]),
    ("s8", [170, 68, 153]),
    ("s9", [136, 136, 136]),
];

impl Series {
    /// How many there are.
    pub(crate) const COUNT: usize = SERIES.len();

    /// The colour of a number below [`Series::COUNT`].
    pub(crate) fn new(number: usize) -> Self {
        Series(number.min(Self::COUNT - 1))
    }
}

/// How an ink is drawn.
#[derive(Clone, Copy)]
enum Paint {
    Fill(Rgb),
    Stroke(Rgb, f64),
    Text(Rgb, f64),
}

impl Ink {
    fn class(self) -> &'static str {
        match self {
            Ink::Page => "page",
            Ink::Panel => "panel",
            Ink::Float => "float",
            Ink::Fixed => "fixed",
            Ink::Input => "input",
            Ink::Divergence => "divergence",
            Ink::Title => "title",
            Ink::Label => "label",
            Ink::Good => "good",
            Ink::Bad => "bad",
            Ink::Exact => "exact",
            Ink::Near => "near",
            Ink::Count => "count",
            Ink::Wrong => "wrong",
            Ink::Grid => "grid",
            Ink::Front => "front",
            Ink::Design => "design",
            Ink::Series(Series(number)) => SERIES[number].0,
        }
    }

    fn paint(self) -> Paint {
        match self {
            Ink::Page => Paint::Fill([255, 255, 255]),
            Ink::Panel => Paint::Fill([244, 246, 249]),
            Ink::Float => Paint::Stroke([37, 99, 201], 1.0),
            Ink::Fixed => Paint::Stroke([205, 76, 10], 1.0),
            Ink::Input => Paint::Stroke([70, 80, 95], 1.0),
            Ink::Divergence => Paint::Stroke([192, 52, 29], 0.8),
            Ink::Title => Paint::Text([28, 35, 48], 13.0),
            Ink::Label => Paint::Text([90, 100, 115], 10.0),
            Ink::Good => Paint::Text([20, 110, 65], 10.0),
            Ink::Bad => Paint::Text([192, 52, 29], 10.0),
            Ink::Exact => Paint::Fill([33, 102, 172]),
            Ink::Near => Paint::Fill([146, 197, 222]),
            Ink::Count => Paint::Fill([253, 219, 199]),
            Ink::Wrong => Paint::Fill([178, 24, 43]),
            Ink::Grid => Paint::Stroke([221, 221, 221], 1.0),
            Ink::Front => Paint::Stroke([28, 35, 48], 1.2),
            Ink::Design => Paint::Fill([37, 99, 201]),
            Ink::Series(Series(number)) => Paint::Fill(SERIES[number].1),
        }
    }

    /// The rule of the style sheet.
    fn rule(self) -> String {
        let hex = |[r, g, b]: Rgb| format!("#{r:02x}{g:02x}{b:02x}");
        let rule = match self.paint() {
            Paint::Fill(colour) => format!("fill:{}", hex(colour)),
            Paint::Stroke(colour, width) => {
                format!("fill:none;stroke:{};stroke-width:{width};stroke-linejoin:round", hex(colour))
            }
            Paint::Text(colour, size) => format!("fill:{};font:{size}px sans-serif", hex(colour)),
        };
        format!(".{}{{{rule}}}", self.class())
    }
}

enum Shape {
    Area(Area),
    Line(Vec<(f64, f64)>),
    Text((f64, f64), Anchor, String),
}

/// Shapes on a white page; lengths in user units, y downwards.
pub(crate) struct Drawing {
    size: (f64, f64),
    title: String,
    shapes: Vec<(Ink, Shape)>,
}

impl Drawing {
    pub(crate) fn new(width: f64, height: f64, title: &str) -> Self {
        let page = Area { x: 0.0, y: 0.0, width, height };
        Drawing { size: (width, height), title: title.to_owned(), shapes: vec![(Ink::Page, Shape::Area(page))] }
    }

    pub(crate) fn area(&mut self, ink: Ink, area: Area) {
        self.shapes.push((ink, Shape::Area(area)));
    }

    pub(crate) fn line(&mut self, ink: Ink, points: &[(f64, f64)]) {
        self.shapes.push((ink, Shape::Line(points.to_vec())));
    }

    pub(crate) fn text(&mut self, ink: Ink, at: (f64, f64), anchor: Anchor, text: &str) {
        self.shapes.push((ink, Shape::Text(at, anchor, text.to_owned())));
    }

    /// The drawing as an SVG that needs nothing else.
    pub(crate) fn svg(&self) -> String {
        let mut svg = Svg::new(self.size.0, self.size.1, &self.title);
        let mut inks: Vec<Ink> = Vec::new();
        for (ink, _) in &self.shapes {
            if !inks.contains(ink) {
                inks.push(*ink);
            }
        }
        svg.style(&inks.into_iter().map(Ink::rule).collect::<String>());
        for (ink, shape) in &self.shapes {
            match shape {
                Shape::Area(area) => svg.rect(ink.class(), *area),
                Shape::Line(points) => svg.path(ink.class(), &path(points)),
                Shape::Text(at, anchor, text) => svg.text(ink.class(), *at, *anchor, text),
            }
        }
        svg.finish()
    }

    /// The drawing as a PNG of two pixels for each unit.
    pub(crate) fn png(&self) -> Vec<u8> {
        let mut canvas = Canvas::new(self.size.0, self.size.1);
        for (ink, shape) in &self.shapes {
            match (shape, ink.paint()) {
                (Shape::Area(area), Paint::Fill(colour)) => canvas.fill(*area, colour),
                (Shape::Line(points), Paint::Stroke(colour, width)) => canvas.stroke(points, colour, width),
                (Shape::Text(at, anchor, text), Paint::Text(colour, _)) => canvas.text(*at, *anchor, (text, colour)),
                (Shape::Area(_) | Shape::Line(_) | Shape::Text(..), _) => {
                    unreachable!("{ink:?} is no ink of this kind of shape")
                }
            }
        }
        canvas.png()
    }
}

/// Relative moves, tenths of a unit; rounding errors do not add up.
fn path(points: &[(f64, f64)]) -> String {
    let tenths = |x: f64| (x * 10.0).round() as i64;
    let mut data = String::new();
    let mut last = (0, 0);
    for (index, &(x, y)) in points.iter().enumerate() {
        let now = (tenths(x), tenths(y));
        let letter = match index {
            0 => "M",
            1 => "l",
            _ => " ",
        };
        let (dx, dy) = ((now.0 - last.0) as f64 / 10.0, (now.1 - last.1) as f64 / 10.0);
        write!(data, "{letter}{dx} {dy}").expect("a string takes any text");
        last = now;
    }
    data
}

/// A line with the points left out that are less than `tolerance` from the chord (Ramer 1972, Douglas & Peucker 1973).
pub(crate) fn simplified(points: &[(f64, f64)], tolerance: f64) -> Vec<(f64, f64)> {
    let mut kept = Vec::from_iter(points.first().copied());
    keep(points, tolerance, &mut kept);
    kept
}

/// Adds what is kept after the first point.
fn keep(points: &[(f64, f64)], tolerance: f64, kept: &mut Vec<(f64, f64)>) {
    let [first, between @ .., last] = points else { return };
    let distances = between.iter().map(|&point| distance(point, *first, *last));
    let farthest = distances.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
    match farthest {
        Some((index, distance)) if distance > tolerance => {
            keep(&points[..index + 2], tolerance, kept);
            keep(&points[index + 1..], tolerance, kept);
        }
        Some(_) | None => kept.push(*last),
    }
}

/// Distance of a point from a segment.
fn distance(point: (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let along = (to.0 - from.0, to.1 - from.1);
    let away = (point.0 - from.0, point.1 - from.1);
    let length2 = along.0 * along.0 + along.1 * along.1;
    let t = if length2 > 0.0 { ((away.0 * along.0 + away.1 * along.1) / length2).clamp(0.0, 1.0) } else { 0.0 };
    let (dx, dy) = (away.0 - t * along.0, away.1 - t * along.1);
    (dx * dx + dy * dy).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straight_parts_lose_their_inner_points() {
        let corner = [(0.0, 0.0), (1.0, 0.05), (2.0, 0.0), (2.0, 5.0), (2.0, 9.0)];
        assert_eq!(simplified(&corner, 0.1), [(0.0, 0.0), (2.0, 0.0), (2.0, 9.0)]);
        assert_eq!(simplified(&corner, 0.01).len(), 4);
        assert_eq!(simplified(&[], 0.1), []);
    }

    #[test]
    fn paths_are_relative_and_do_not_drift() {
        assert_eq!(path(&[(1.0, 2.0), (1.04, 2.0), (1.08, 2.0), (1.5, 1.5)]), "M1 2l0 0 0.1 0 0.4 -0.5");
    }

    #[test]
    fn both_pictures_have_the_shapes() {
        let mut drawing = Drawing::new(20.0, 10.0, "a < b");
        drawing.area(Ink::Exact, Area { x: 2.0, y: 2.0, width: 4.0, height: 4.0 });
        drawing.line(Ink::Input, &[(10.0, 5.0), (18.0, 5.0)]);
        drawing.text(Ink::Label, (1.0, 9.0), Anchor::Start, "A");
        let svg = drawing.svg();
        assert!(svg.contains("a &lt; b") && svg.contains(".exact{fill:#2166ac}"), "{svg}");
        assert!(svg.contains("class=\"exact\"") && svg.contains("M10 5l8 0") && svg.contains(">A</text>"), "{svg}");
        assert_eq!(&drawing.png()[16..24], [0, 0, 0, 40, 0, 0, 0, 20]);
    }
}
