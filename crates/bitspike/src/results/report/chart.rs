//! A chart: two axes with ticks and names, and what is drawn between them.

use std::fmt::Write as _;

use crate::results::svg::{Anchor, Area, Svg, tick_distance};

const LEFT: f64 = 62.0;
const TOP: f64 = 26.0;
const RIGHT: f64 = 16.0;
const BOTTOM: f64 = 42.0;

/// How values become lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    Linear,
    /// Powers of ten at equal distances; values above 0 only.
    Log,
}

/// One axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    scale: Scale,
    name: &'static str,
}

impl Axis {
    /// From `low` to `high`; an empty range gets room on both sides.
    pub(super) fn linear((low, high): (f64, f64), name: &'static str) -> Self {
        let room = if high > low { 0.0 } else { 0.5 * low.abs().max(1.0) };
        Axis { low: low - room, high: high + room, scale: Scale::Linear, name }
    }

    /// From `low` to `high`, both above 0; an empty range gets a factor of ten on both sides.
    pub(super) fn log((low, high): (f64, f64), name: &'static str) -> Self {
        let room = if high > low { 1.0 } else { 10.0 };
        Axis { low: low / room, high: high * room, scale: Scale::Log, name }
    }

    /// Where a value stands: 0 at the low end, 1 at the high end; what is outside stands at the end.
    fn share(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log => (value.max(self.low) / self.low).log10() / (self.high / self.low).log10(),
        };
        share.clamp(0.0, 1.0)
    }

    fn ticks(&self, about: f64) -> Vec<f64> {
        match self.scale {
            Scale::Linear => {
                let distance = tick_distance(self.high - self.low, about);
                let (first, last) =
                    ((self.low / distance - 1e-9).ceil() as i64, (self.high / distance + 1e-9).floor() as i64);
                (first..=last).map(|k| k as f64 * distance).collect()
            }
            Scale::Log => {
                let (first, last) = (self.low.log10().ceil() as i32, self.high.log10().floor() as i32);
                (first..=last).map(|power| 10_f64.powi(power)).collect()
            }
        }
    }
}

/// A number at a tick.
fn tick_text(value: f64) -> String {
    let size = value.abs();
    if size >= 1e5 || (size > 0.0 && size < 1e-3) {
        return format!("{value:.0e}");
    }
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A chart under construction.
pub(super) struct Chart {
    svg: Svg,
    area: Area,
    x: Axis,
    y: Axis,
    legend_end: f64,
}

impl Chart {
    /// An empty chart of this width and height.
    pub(super) fn new(title: &str, size: (f64, f64), axes: (Axis, Axis)) -> Self {
        let mut chart = Chart::without_y(title, size, axes);
        chart.y_axis();
        chart
    }

    /// An empty chart whose heights have no numbers.
    pub(super) fn without_y(title: &str, (width, height): (f64, f64), (x, y): (Axis, Axis)) -> Self {
        let area = Area { x: LEFT, y: TOP, width: width - LEFT - RIGHT, height: height - TOP - BOTTOM };
        let mut chart = Chart { svg: Svg::new(width, height, title), area, x, y, legend_end: width - RIGHT };
        chart.svg.rect("plot", area);
        chart.x_axis();
        chart
    }

    fn bottom(&self) -> f64 {
        self.area.y + self.area.height
    }

    fn right(&self) -> f64 {
        self.area.x + self.area.width
    }

    fn x_axis(&mut self) {
        let bottom = self.bottom();
        for tick in self.x.ticks(self.area.width / 80.0) {
            let x = self.at((tick, self.y.low)).0;
            self.svg.line("grid", (x, bottom), (x, bottom + 4.0));
            self.svg.text("", (x, bottom + 16.0), Anchor::Middle, &tick_text(tick));
        }
        let middle = (self.area.x + self.area.width / 2.0, bottom + 33.0);
        self.svg.text("name", middle, Anchor::Middle, self.x.name);
    }

    fn y_axis(&mut self) {
        for tick in self.y.ticks(self.area.height / 40.0) {
            let y = self.at((self.x.low, tick)).1;
            self.svg.line("grid", (self.area.x, y), (self.right(), y));
            self.svg.text("", (self.area.x - 7.0, y + 4.0), Anchor::End, &tick_text(tick));
        }
        self.svg.text("name", (6.0, 15.0), Anchor::Start, self.y.name);
    }

    /// The point of two values.
    fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.area.x + self.area.width * self.x.share(x), self.bottom() - self.area.height * self.y.share(y))
    }

    /// A line through points.
    pub(super) fn line(&mut self, class: &str, points: &[(f64, f64)]) {
        let mut data = String::new();
        for (index, &point) in points.iter().enumerate() {
            let ((x, y), pen) = (self.at(point), if index == 0 { 'M' } else { 'L' });
            write!(data, "{pen}{x:.1} {y:.1}").expect("a string takes any text");
        }
        self.svg.path(&format!("trace stroke {class}"), &data);
    }

    /// A mark on each point.
    pub(super) fn marks(&mut self, class: &str, points: &[(f64, f64)]) {
        for &point in points {
            let (x, y) = self.at(point);
            self.svg.rect(&format!("fill {class}"), Area { x: x - 2.0, y: y - 2.0, width: 4.0, height: 4.0 });
        }
    }

    /// The outline of bars side by side: each value holds from its edge to the next.
    pub(super) fn steps(&mut self, class: &str, (edges, values): (&[f64], &[f64])) {
        let mut data = String::new();
        for (index, &value) in values.iter().enumerate() {
            let ((x, y), (end, _)) = (self.at((edges[index], value)), self.at((edges[index + 1], value)));
            let pen = if index == 0 { 'M' } else { 'L' };
            write!(data, "{pen}{x:.1} {y:.1}H{end:.1}").expect("a string takes any text");
        }
        self.svg.path(class, &data);
    }

    /// A bar from the bottom to a value.
    pub(super) fn bar(&mut self, (from, to): (f64, f64), value: f64) {
        let ((left, y), (right, _)) = (self.at((from, value)), self.at((to, value)));
        self.svg.rect("bar", Area { x: left, y, width: (right - left).max(0.5), height: self.bottom() - y });
    }

    /// A horizontal range around `y`: a line from end to end and a box in the middle.
    pub(super) fn range(&mut self, y: f64, ends: (f64, f64), middle: (f64, f64)) {
        let (from, to) = (self.at((ends.0, y)), self.at((ends.1, y)));
        self.svg.line("whisker", from, to);
        let (left, right) = (self.at((middle.0, y)).0, self.at((middle.1, y)).0);
        self.svg.rect("bar", Area { x: left, y: from.1 - 11.0, width: (right - left).max(1.0), height: 22.0 });
    }

    /// A line across at a value of y.
    pub(super) fn across(&mut self, y: f64) {
        let y = self.at((self.x.low, y)).1;
        self.svg.line("zero", (self.area.x, y), (self.right(), y));
    }

    /// A text near a point.
    pub(super) fn note(&mut self, point: (f64, f64), (dx, dy): (f64, f64), text: &str) {
        let (x, y) = self.at(point);
        let anchor = if dx < 0.0 { Anchor::End } else { Anchor::Start };
        self.svg.text("name", (x + dx, y + dy), anchor, text);
    }

    /// An entry of the legend above the chart; the first stands rightmost.
    pub(super) fn legend(&mut self, class: &str, name: &str) {
        let end = self.legend_end;
        let start = end - 6.5 * name.chars().count() as f64 - 26.0;
        self.svg.path(&format!("trace stroke {class}"), &format!("M{start:.1} 11H{:.1}", start + 20.0));
        self.svg.text("", (start + 24.0, 15.0), Anchor::Start, name);
        self.legend_end = start - 12.0;
    }

    pub(super) fn finish(mut self) -> String {
        self.svg.rect("frame", self.area);
        self.svg.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Axis, tick_text};

    #[test]
    fn values_stand_where_their_scale_puts_them() {
        let (linear, log) = (Axis::linear((-1.0, 3.0), ""), Axis::log((1.0, 1e4), ""));
        assert_eq!([-1.0, 0.0, 3.0, 9.0].map(|x| linear.share(x)), [0.0, 0.25, 1.0, 1.0]);
        assert_eq!([0.0, 1.0, 100.0, 1e4].map(|x| log.share(x)), [0.0, 0.0, 0.5, 1.0]);
        assert_eq!(log.ticks(9.0), [1.0, 10.0, 100.0, 1000.0, 10000.0]);
        assert_eq!(linear.ticks(4.0), [-1.0, 0.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn an_empty_range_gets_room() {
        assert_eq!((Axis::linear((2.0, 2.0), "").share(2.0), Axis::log((7.0, 7.0), "").share(7.0)), (0.5, 0.5));
    }

    #[test]
    fn ticks_are_short() {
        assert_eq!([0.0, 0.25, 10.0, 1e6, -2e-4].map(tick_text), ["0", "0.25", "10", "1e6", "-2e-4"]);
    }
}
