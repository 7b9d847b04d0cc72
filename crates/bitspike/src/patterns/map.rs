//! The width study as a picture: a map of patterns by fraction bits for every column.

use bitspike_reference::izhikevich::patterns::PATTERNS;

use super::agreement::{Agreement, Bound};
use super::figure::Picture;
use super::study::{Constants, FRACS, Way, WidthStudy};
use crate::results::drawing::{Drawing, Ink};
use crate::results::svg::{Anchor, Area};

const CELL: (f64, f64) = (21.0, 11.0);
const LEFT: f64 = 24.0;
const TOP: f64 = 44.0;
/// Free space right of and below a map.
const GAP: (f64, f64) = (34.0, 64.0);

/// What a run is drawn as.
fn ink(agreement: &Agreement) -> Ink {
    if agreement.is_exact() {
        Ink::Exact
    } else if agreement.meets(Bound::Milliseconds(1.0)) {
        Ink::Near
    } else if agreement.has_same_count() {
        Ink::Count
    } else {
        Ink::Wrong
    }
}

/// Draws the map: one row for each scheme of constants, one column for each rounding.
#[must_use]
pub fn map(study: &WidthStudy) -> Picture {
    let columns = study.ways.len() / Constants::ALL.len();
    let size = (CELL.0 * FRACS.len() as f64 + GAP.0, CELL.1 * PATTERNS.len() as f64 + GAP.1);
    let width = LEFT + columns as f64 * size.0;
    let height = TOP + Constants::ALL.len() as f64 * size.1;
    let mut drawing = Drawing::new(width, height, "Patterns by fraction bits: exact, near, right count, wrong count");
    legend(&mut drawing);
    for (index, &way) in study.ways.iter().enumerate() {
        let (column, row) = ((index % columns) as f64, (index / columns) as f64);
        draw_way(&mut drawing, study, way, (LEFT + column * size.0, TOP + row * size.1));
    }
    Picture::of(&drawing)
}

fn legend(drawing: &mut Drawing) {
    let entries =
        [(Ink::Exact, "exact"), (Ink::Near, "within 1 ms"), (Ink::Count, "same count"), (Ink::Wrong, "another count")];
    for (index, (ink, name)) in entries.into_iter().enumerate() {
        let x = LEFT + 130.0 * index as f64;
        drawing.area(ink, Area { x, y: 8.0, width: 14.0, height: 10.0 });
        drawing.text(Ink::Label, (x + 20.0, 17.0), Anchor::Start, name);
    }
}

fn draw_way(drawing: &mut Drawing, study: &WidthStudy, way: Way, (left, top): (f64, f64)) {
    let title = format!("{}, {}", way.constants.name(), way.rounding.name());
    drawing.text(Ink::Label, (left, top - 4.0), Anchor::Start, &title);
    for (row, pattern) in PATTERNS.iter().enumerate() {
        let y = top + row as f64 * CELL.1;
        drawing.text(Ink::Label, (left - 6.0, y + 9.0), Anchor::End, &pattern.letter.to_string());
        let runs = study.of_way(way).filter(|run| run.pattern == pattern.letter);
        for (column, run) in runs.enumerate() {
            let x = left + column as f64 * CELL.0;
            drawing.area(ink(&run.agreement), Area { x, y, width: CELL.0 - 1.0, height: CELL.1 - 1.0 });
        }
    }
    let bottom = top + PATTERNS.len() as f64 * CELL.1;
    for (column, frac) in FRACS.into_iter().enumerate() {
        let x = left + (column as f64 + 0.5) * CELL.0;
        drawing.text(Ink::Label, (x, bottom + 11.0), Anchor::Middle, &frac.to_string());
        let exact = study.tally(way, frac).exact.to_string();
        drawing.text(Ink::Good, (x, bottom + 24.0), Anchor::Middle, &exact);
    }
    drawing.text(Ink::Label, (left, bottom + 38.0), Anchor::Start, "fraction bits; patterns exact");
}
