//! Pixels: filled areas, lines with soft edges, letters of 8 x 8.

use font8x8::legacy::BASIC_LEGACY;

use super::{Rgb, distance};
use crate::results::png::rgb_png;
use crate::results::svg::{Anchor, Area};

/// Pixels for each unit.
const SCALE: f64 = 2.0;
/// Width of a letter, pixels; the glyphs leave their eighth column free.
const ADVANCE: f64 = 11.0;
/// Pixels for each dot of a letter, sideways and downwards.
const DOT: (f64, f64) = (1.4, 1.8);

/// A picture under construction.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Rgb>,
}

impl Canvas {
    pub(super) fn new(width: f64, height: f64) -> Self {
        let (width, height) = ((width * SCALE) as usize, (height * SCALE) as usize);
        Canvas { width, height, pixels: vec![[255; 3]; width * height] }
    }

    pub(super) fn png(&self) -> Vec<u8> {
        rgb_png(self.width, &self.pixels)
    }

    /// Mixes a colour into the pixels of a box, as much as `coverage` of their centre says.
    fn paint(&mut self, [left, top, right, bottom]: [f64; 4], colour: Rgb, coverage: impl Fn(f64, f64) -> f64) {
        let end = |x: f64, most: usize| (x.ceil().max(0.0) as usize).min(most);
        for y in top.max(0.0) as usize..end(bottom, self.height) {
            for x in left.max(0.0) as usize..end(right, self.width) {
                let share = coverage(x as f64 + 0.5, y as f64 + 0.5).clamp(0.0, 1.0);
                let pixel = &mut self.pixels[y * self.width + x];
                for (old, new) in pixel.iter_mut().zip(colour) {
                    *old = (f64::from(*old) + share * (f64::from(new) - f64::from(*old))).round() as u8;
                }
            }
        }
    }

    pub(super) fn fill(&mut self, area: Area, colour: Rgb) {
        let Area { x, y, width, height } = area;
        let sides = [x, y, x + width, y + height].map(|side| (side * SCALE).round());
        self.paint(sides, colour, |_, _| 1.0);
    }

    pub(super) fn stroke(&mut self, points: &[(f64, f64)], colour: Rgb, width: f64) {
        let reach = width * SCALE / 2.0 + 0.5;
        let scaled: Vec<(f64, f64)> = points.iter().map(|&(x, y)| (x * SCALE, y * SCALE)).collect();
        for pair in scaled.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let sides = [
                from.0.min(to.0) - reach,
                from.1.min(to.1) - reach,
                from.0.max(to.0) + reach,
                from.1.max(to.1) + reach,
            ];
            self.paint(sides, colour, |x, y| reach - distance((x, y), from, to));
        }
    }

    pub(super) fn text(&mut self, at: (f64, f64), anchor: Anchor, (text, colour): (&str, Rgb)) {
        let width = text.chars().count() as f64 * ADVANCE;
        let left = at.0 * SCALE
            - match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => width / 2.0,
                Anchor::End => width,
            };
        let top = at.1 * SCALE - 7.0 * DOT.1;
        for (index, letter) in text.chars().enumerate() {
            let glyph = BASIC_LEGACY.get(letter as usize).unwrap_or(&BASIC_LEGACY['?' as usize]);
            self.letter(glyph, (left + index as f64 * ADVANCE, top), colour);
        }
    }

    /// One letter: bit `x` of row `y` is a dot.
    fn letter(&mut self, glyph: &[u8; 8], (left, top): (f64, f64), colour: Rgb) {
        let dot = |x: f64, y: f64| {
            let (column, row) = (((x - left) / DOT.0) as usize, ((y - top) / DOT.1) as usize);
            if column < 8 && row < 8 { f64::from(glyph[row] >> column & 1) } else { 0.0 }
        };
        let thirds = [-1.0 / 3.0, 0.0, 1.0 / 3.0];
        let mean = |x, y| thirds.iter().flat_map(|dx| thirds.map(|dy| dot(x + dx, y + dy))).sum::<f64>() / 9.0;
        self.paint([left, top, left + 8.0 * DOT.0, top + 8.0 * DOT.1], colour, mean);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_and_lines_cover_their_pixels() {
        let mut canvas = Canvas::new(10.0, 10.0);
        canvas.fill(Area { x: 1.0, y: 1.0, width: 2.0, height: 1.0 }, [0; 3]);
        let black = canvas.pixels.iter().filter(|pixel| **pixel == [0; 3]).count();
        assert_eq!(black, 8, "2 x 1 units, 4 pixels each");
        canvas.stroke(&[(1.0, 7.0), (9.0, 7.0)], [0; 3], 1.0);
        assert_eq!(canvas.pixels[13 * 20 + 10], [0; 3], "the line is two pixels wide");
        assert_eq!(canvas.pixels[17 * 20 + 10], [255; 3]);
    }

    #[test]
    fn shapes_outside_the_page_are_cut() {
        let mut canvas = Canvas::new(4.0, 4.0);
        canvas.fill(Area { x: -5.0, y: 3.0, width: 20.0, height: 20.0 }, [1, 2, 3]);
        canvas.text((3.0, 2.0), Anchor::Start, ("W", [1, 2, 3]));
        assert_eq!(canvas.pixels.len(), 64);
        assert_eq!(canvas.pixels[63], [1, 2, 3]);
    }
}
