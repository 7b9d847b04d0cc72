//! The forms without multipliers beside the form with them: how many patterns does each keep?

use bitspike_reference::izhikevich::patterns::{PATTERNS, Pattern};
use bitspike_spec::{Products, UpdateOrder};

use super::agreement::{Agreement, Bound};
use super::piecewise_linear::{FOUR_PIECES, Pieces, TWO_PIECES};
use super::study::float_spikes;
use super::text::products_text;
use super::unit::{UnitChoice, run};

/// Segments of an octave of the square that are tried, as powers of two.
pub const SEGMENT_BITS: std::ops::RangeInclusive<u32> = 1..=4;

/// Digits of a constant that are tried.
pub const DIGITS: std::ops::RangeInclusive<u32> = 1..=4;

/// How well one form keeps the patterns.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct FormRow {
    /// The form.
    pub name: String,
    /// Patterns with every spike in the same time step.
    pub exact: usize,
    /// Patterns with as many spikes, each within 1 ms.
    pub near: usize,
    /// Patterns with as many spikes.
    pub count: usize,
    /// Mean error of the k-th spikes over the patterns with as many spikes, ms.
    pub mean_error_ms: f64,
    /// Largest error of the k-th spikes among them, ms.
    pub largest_error_ms: f64,
    /// Letters of the patterns with another number of spikes.
    pub wrong: String,
}

/// Every form at the widths, rounding and order of `choice`; pieces in float and in the order of the paper.
#[must_use]
pub fn forms(choice: &UnitChoice) -> Vec<FormRow> {
    let of_unit = |products: Products| {
        let choice = UnitChoice { products, ..*choice };
        row(products_text(products), choice.update, |pattern| run(&choice, pattern, &choice.inputs(pattern)).spikes)
    };
    let of_pieces = |name: &str, pieces: Pieces| {
        row(format!("{name} pieces, float"), UpdateOrder::Sequential, |pattern| pieces.spikes(pattern))
    };
    let shift_add = SEGMENT_BITS.flat_map(|segment_bits| DIGITS.map(move |digits| (segment_bits, digits)));
    let mut rows = vec![of_unit(Products::Multiplier { multipliers: 0 })];
    rows.extend(shift_add.map(|(segment_bits, digits)| of_unit(Products::ShiftAdd { segment_bits, digits })));
    rows.extend([of_pieces("two", TWO_PIECES), of_pieces("four", FOUR_PIECES)]);
    rows
}

/// The figures of a form that fires as `spikes` says.
fn row(name: String, update: UpdateOrder, spikes: impl Fn(&Pattern) -> Vec<u64>) -> FormRow {
    let agreements =
        PATTERNS.iter().map(|p| (p.letter, Agreement::of(p, &float_spikes(p, update), &spikes(p)))).collect::<Vec<_>>();
    let meet = |bound| agreements.iter().filter(|(_, a)| a.meets(bound)).count();
    let counted: Vec<&Agreement> = agreements.iter().map(|(_, a)| a).filter(|a| a.has_same_count()).collect();
    let errors = |of: fn(&Agreement) -> Option<f64>| counted.iter().filter_map(|&a| of(a)).collect::<Vec<f64>>();
    let means = errors(|a| a.mean_error_ms);
    FormRow {
        name,
        exact: meet(Bound::Exact),
        near: meet(Bound::Milliseconds(1.0)),
        count: meet(Bound::Count),
        mean_error_ms: means.iter().sum::<f64>() / means.len().max(1) as f64,
        largest_error_ms: errors(|a| a.largest_error_ms).into_iter().fold(0.0, f64::max),
        wrong: agreements.iter().filter(|(_, a)| !a.has_same_count()).map(|(letter, _)| letter).collect(),
    }
}
