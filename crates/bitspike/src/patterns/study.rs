//! The width study: patterns by fraction bits, rounding, and width of the constants.

use bitspike_reference::izhikevich::patterns::{PATTERNS, Pattern};
use bitspike_spec::fx::Rounding;
use bitspike_spec::{Products, UpdateOrder};

use super::agreement::{Agreement, Bound};
use super::unit::{UnitChoice, run};

/// Fraction bits of the states that the study tries.
pub const FRACS: [u32; 12] = [8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30];

/// Fraction bits of the constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Constants {
    /// As many as the states have.
    Same,
    /// 32, whatever the states have.
    Separate,
}

impl Constants {
    /// Both schemes.
    pub const ALL: [Self; 2] = [Constants::Same, Constants::Separate];

    /// Fraction bits of the constants beside states of `frac`.
    #[must_use]
    pub fn frac(self, frac: u32) -> u32 {
        match self {
            Constants::Same => frac,
            Constants::Separate => 32,
        }
    }

    /// The scheme in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Constants::Same => "one width for everything",
            Constants::Separate => "constants of 32 fraction bits",
        }
    }
}

/// What the study tries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WidthRequest {
    /// Roundings of products.
    pub roundings: Vec<Rounding>,
    /// How products are made.
    pub products: Products,
    /// Order of `v` and `u`.
    pub update: UpdateOrder,
    /// Seed of stochastic rounding.
    pub seed: u32,
}

impl Default for WidthRequest {
    /// Floor, nearest and towards zero, with multipliers, in the order of the paper.
    fn default() -> Self {
        let UnitChoice { products, update, seed, .. } = UnitChoice::default();
        let roundings = vec![Rounding::HalfEven, Rounding::Floor, Rounding::TowardZero];
        WidthRequest { roundings, products, update, seed }
    }
}

/// One way to round products and to store constants: a column of the study.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Way {
    /// Fraction bits of the constants.
    pub constants: Constants,
    /// Rounding of products.
    pub rounding: Rounding,
}

/// One run of the study.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct WidthRow {
    /// Letter of the pattern.
    pub pattern: char,
    /// Constants and rounding.
    #[serde(flatten)]
    pub way: Way,
    /// Fraction bits of the states.
    pub frac: u32,
    /// Time steps in which a state saturated.
    pub saturations: u64,
    /// Figures against the float reference.
    #[serde(flatten)]
    pub agreement: Agreement,
}

/// All runs of a study: for every pattern, every width of [`FRACS`], every way.
#[derive(Clone, Debug, PartialEq)]
pub struct WidthStudy {
    /// The ways, in the order of the columns.
    pub ways: Vec<Way>,
    /// The runs.
    pub rows: Vec<WidthRow>,
}

/// The time steps in which the float reference fires.
pub(super) fn float_spikes(pattern: &Pattern, update: UpdateOrder) -> Vec<u64> {
    let scheme = UnitChoice { update, ..UnitChoice::default() }.scheme();
    let steps = pattern.spike_steps(scheme).expect("the patterns of the table are in range");
    steps.into_iter().map(|step| step as u64).collect()
}

/// Runs the study, on one thread.
#[must_use]
pub fn width_study(request: &WidthRequest) -> WidthStudy {
    let of_constants = |constants| request.roundings.iter().map(move |&rounding| Way { constants, rounding });
    let ways: Vec<Way> = Constants::ALL.into_iter().flat_map(of_constants).collect();
    let mut rows = Vec::with_capacity(PATTERNS.len() * FRACS.len() * ways.len());
    for pattern in &PATTERNS {
        let float = float_spikes(pattern, request.update);
        for frac in FRACS {
            let choice = UnitChoice {
                frac,
                products: request.products,
                update: request.update,
                seed: request.seed,
                ..UnitChoice::default()
            };
            let inputs = choice.inputs(pattern);
            rows.extend(ways.iter().map(|&way| {
                let (rounding, constant_frac) = (way.rounding, way.constants.frac(frac));
                let run = run(&UnitChoice { rounding, constant_frac, ..choice }, pattern, &inputs);
                let agreement = Agreement::of(pattern, &float, &run.spikes);
                WidthRow { pattern: pattern.letter, way, frac, saturations: run.saturations, agreement }
            }));
        }
    }
    WidthStudy { ways, rows }
}

/// Patterns of one way and width that are exact, and that have the right number of spikes; the worst of the latter.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Tally {
    /// Constants and rounding.
    #[serde(flatten)]
    pub way: Way,
    /// Fraction bits of the states.
    pub frac: u32,
    /// Patterns with every spike in the same time step.
    pub exact: usize,
    /// Patterns with as many spikes.
    pub count: usize,
    /// Largest distance in time of k-th spikes among patterns with as many spikes, ms.
    pub largest_error_ms: f64,
    /// Smallest Gamma among them; those without a spike have none.
    pub smallest_gamma: Option<f64>,
}

/// How a pattern meets a bound as the width grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Smallest {
    /// Letter of the pattern.
    pub pattern: char,
    /// Constants and rounding.
    #[serde(flatten)]
    pub way: Way,
    /// Fewest fraction bits that meet the bound.
    pub first: Option<u32>,
    /// Fewest fraction bits from which on every width tried meets it; above `first` where the study is not monotone.
    pub always: Option<u32>,
}

impl Smallest {
    /// Whether every width tried from the first that meets the bound on meets it.
    #[must_use]
    pub fn is_monotone(&self) -> bool {
        self.first == self.always
    }
}

impl WidthStudy {
    /// The runs of a way, of all patterns and widths.
    pub fn of_way(&self, way: Way) -> impl Iterator<Item = &WidthRow> {
        self.rows.iter().filter(move |row| row.way == way)
    }

    /// The tally of a way and width.
    #[must_use]
    pub fn tally(&self, way: Way, frac: u32) -> Tally {
        let rows: Vec<&Agreement> = self.of_way(way).filter(|row| row.frac == frac).map(|row| &row.agreement).collect();
        let counted = || rows.iter().filter(|a| a.has_same_count());
        Tally {
            way,
            frac,
            exact: rows.iter().filter(|a| a.is_exact()).count(),
            count: counted().count(),
            largest_error_ms: counted().filter_map(|a| a.largest_error_ms).fold(0.0, f64::max),
            smallest_gamma: counted().filter_map(|a| a.gamma).reduce(f64::min),
        }
    }

    /// The tallies of all ways and widths.
    #[must_use]
    pub fn tallies(&self) -> Vec<Tally> {
        self.ways.iter().flat_map(|&way| FRACS.map(|frac| self.tally(way, frac))).collect()
    }

    /// The smallest widths of a pattern that meet a bound.
    #[must_use]
    pub fn smallest(&self, pattern: char, way: Way, bound: Bound) -> Smallest {
        let met: Vec<(u32, bool)> = self
            .of_way(way)
            .filter(|row| row.pattern == pattern)
            .map(|row| (row.frac, row.agreement.meets(bound)))
            .collect();
        let first = met.iter().find(|(_, met)| *met).map(|&(frac, _)| frac);
        let always = met.iter().rev().take_while(|(_, met)| *met).last().map(|&(frac, _)| frac);
        Smallest { pattern, way, first, always }
    }

    /// The same of every pattern and way.
    #[must_use]
    pub fn all_smallest(&self, bound: Bound) -> Vec<Smallest> {
        let of_pattern =
            |p: &Pattern| self.ways.iter().map(|&way| self.smallest(p.letter, way, bound)).collect::<Vec<_>>();
        PATTERNS.iter().flat_map(of_pattern).collect()
    }
}
