//! The counters of the core, one figure each, and the cycles of the run.
//!
//! Definitions: `docs/src/contract/schedule.md`, section Counters. Exact counts since the last reset.

use super::{Figure, Metric, Quantity};
use crate::results::RunResult;

pub(super) struct CountersMetric;

impl Metric for CountersMetric {
    fn name(&self) -> &'static str {
        "counters"
    }

    fn measure(&self, run: &RunResult) -> Vec<Figure> {
        let figure = |(name, count)| Figure { name, value: Quantity::Count(count), unit: "" };
        let cycles = Figure { name: "cycles", value: Quantity::Count(run.cycles), unit: "cycles" };
        std::iter::once(cycles).chain(run.counters.named().map(figure)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{CountersMetric, Metric, Quantity};
    use crate::metrics::tests::tiny_run;

    #[test]
    fn every_counter_is_a_figure() {
        let figures = CountersMetric.measure(&tiny_run(&[]));
        let value = |name| figures.iter().find(|figure| figure.name == name).map(|figure| figure.value);
        assert_eq!(figures.len(), 1 + 14);
        assert_eq!(value("cycles"), Some(Quantity::Count(40)));
        assert_eq!(value("synaptic_ops"), Some(Quantity::Count(30)));
    }
}
