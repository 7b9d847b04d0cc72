//! Cost figures: worked out from a point's run and its synthesis, so that a new table or clock needs no new run.
//!
//! A cost figure is one file in this folder and one line in [`COSTS`].

mod array_read;
mod energy;
mod throughput;

pub use energy::EnergyTable;

use super::store::Figures;
use crate::metrics::Figure;

/// What a cost is worked out from.
pub struct CostInput<'a> {
    /// Figures of the run and of the synthesis.
    pub figures: &'a Figures,
    /// Energy of each operation.
    pub energy: &'a EnergyTable,
}

impl CostInput<'_> {
    /// A figure by name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<f64> {
        self.figures.get(name).copied()
    }
}

/// Works out cost figures.
pub trait Cost: Sync {
    /// The figures; none where what they need is missing.
    fn figures(&self, input: &CostInput<'_>) -> Vec<(String, f64)>;
}

/// Every cost, in the order of reports.
pub static COSTS: &[&dyn Cost] = &[&throughput::Throughput, &energy::Energy];

/// Adds the cost figures to those of run and synthesis.
pub fn add_costs(figures: &mut Figures, energy: &EnergyTable) {
    let found: Vec<(String, f64)> =
        COSTS.iter().flat_map(|cost| cost.figures(&CostInput { figures, energy })).collect();
    figures.extend(found);
}

/// The value of a figure as a number.
#[must_use]
pub fn number(figure: &Figure) -> f64 {
    match figure.value {
        crate::metrics::Quantity::Count(count) => count as f64,
        crate::metrics::Quantity::Real(real) => real,
    }
}
