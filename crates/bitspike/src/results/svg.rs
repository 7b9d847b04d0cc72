//! A small SVG writer: shapes carry classes, colours come from the style sheet of the report (light and dark).

use std::fmt::Write as _;

/// Text with the characters escaped that mean something in SVG and HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A picture under construction; lengths in user units, y downwards.
pub(crate) struct Svg {
    width: f64,
    height: f64,
    title: String,
    body: String,
}

/// Where a text stands relative to its point.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    fn name(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        }
    }
}

/// A rectangle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Area {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Svg {
    pub(crate) fn new(width: f64, height: f64, title: &str) -> Self {
        Svg { width, height, title: escape(title), body: String::new() }
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        self.body.write_fmt(element).expect("a string takes any text");
        self.body.push('\n');
    }

    pub(crate) fn rect(&mut self, class: &str, area: Area) {
        let Area { x, y, width, height } = area;
        self.push(format_args!(
            r#"<rect class="{class}" x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}"/>"#
        ));
    }

    pub(crate) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.push(format_args!(r#"<line class="{class}" x1="{x1:.2}" y1="{y1:.2}" x2="{x2:.2}" y2="{y2:.2}"/>"#));
    }

    pub(crate) fn text(&mut self, class: &str, at: (f64, f64), anchor: Anchor, text: &str) {
        let (x, y, anchor, text) = (at.0, at.1, anchor.name(), escape(text));
        self.push(format_args!(r#"<text class="{class}" x="{x:.2}" y="{y:.2}" text-anchor="{anchor}">{text}</text>"#));
    }

    pub(crate) fn path(&mut self, class: &str, data: &str) {
        if !data.is_empty() {
            self.push(format_args!(r#"<path class="{class}" d="{data}"/>"#));
        }
    }

    /// A style sheet of its own, for a picture outside a report.
    pub(crate) fn style(&mut self, sheet: &str) {
        self.push(format_args!("<style>{sheet}</style>"));
    }

    pub(crate) fn image(&mut self, area: Area, address: &str) {
        let Area { x, y, width, height } = area;
        self.push(format_args!(
            r#"<image class="pixels" x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}" preserveAspectRatio="none" href="{address}"/>"#
        ));
    }

    pub(crate) fn finish(self) -> String {
        let Svg { width, height, title, body } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"{title}\">\n<title>{title}</title>\n{body}</svg>\n"
        )
    }
}

/// A round distance between ticks so that about `count` of them cover `span`: 1, 2 or 5 times a power of ten.
pub(crate) fn tick_distance(span: f64, count: f64) -> f64 {
    let rough = (span / count).max(f64::MIN_POSITIVE);
    let power = 10_f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= rough).unwrap_or(10.0);
    factor * power
}

#[cfg(test)]
mod tests {
    use super::{escape, tick_distance};

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escape("a<b & \"c\">"), "a&lt;b &amp; &quot;c&quot;&gt;");
    }

    #[test]
    fn ticks_are_round_numbers() {
        let distances = [(240.0, 8.0), (10.0, 10.0), (70.0, 4.0), (2000.0, 10.0)].map(|(s, c)| tick_distance(s, c));
        assert_eq!(distances, [50.0, 1.0, 20.0, 200.0]);
    }
}
