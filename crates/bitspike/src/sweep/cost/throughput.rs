//! Throughput at the clock frequency found.
//!
//! ```text
//! time_steps_per_second    = clock / cycles_per_time_step
//! synaptic_ops_per_second  = clock * synaptic_ops_per_cycle
//! ```
//!
//! One pair for each technology with a clock frequency (median over the placements), named after it: `time_steps_per_second_ice40`.

use super::{Cost, CostInput};

pub(super) struct Throughput;

impl Cost for Throughput {
    fn figures(&self, input: &CostInput<'_>) -> Vec<(String, f64)> {
        let clocks = input.figures.iter().filter_map(|(name, mhz)| Some((name.strip_prefix("clock_mhz_")?, mhz * 1e6)));
        let figures = |(target, hertz): (&str, f64)| {
            let steps = input.get("cycles_per_time_step").map(|cycles| ("time_steps", hertz / cycles));
            let ops = input.get("synaptic_ops_per_cycle").map(|ops| ("synaptic_ops", hertz * ops));
            let named = move |(what, value)| (format!("{what}_per_second_{target}"), value);
            steps.into_iter().chain(ops).map(named).collect::<Vec<_>>()
        };
        clocks.flat_map(figures).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Cost, CostInput, Throughput};
    use crate::sweep::cost::EnergyTable;

    #[test]
    fn ten_cycles_at_fifty_megahertz_are_five_million_time_steps() {
        let figures = [("clock_mhz_ice40", 50.0), ("cycles_per_time_step", 10.0), ("synaptic_ops_per_cycle", 2.0)];
        let figures = figures.map(|(name, value)| (name.to_owned(), value)).into();
        let energy = EnergyTable::default();
        let found = Throughput.figures(&CostInput { figures: &figures, energy: &energy });
        let expected = [("time_steps_per_second_ice40", 5e6), ("synaptic_ops_per_second_ice40", 1e8)];
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value)));
    }
}
