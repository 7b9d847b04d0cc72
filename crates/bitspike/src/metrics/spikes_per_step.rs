//! Spikes per time step.
//!
//! ```text
//! spikes_per_step = spikes that left the core / time steps of all neurons completed
//! ```
//!
//! Counted over the whole run, resets included. Unit: spikes per time step. Absent when no time step was completed.

use super::{Figure, Metric, Quantity};
use crate::results::RunResult;

pub(super) struct SpikesPerStep;

impl Metric for SpikesPerStep {
    fn name(&self) -> &'static str {
        "spikes_per_step"
    }

    fn measure(&self, run: &RunResult) -> Vec<Figure> {
        if run.time_steps == 0 {
            return Vec::new();
        }
        let spikes: u64 = run.spikes_per_row().iter().sum();
        let value = Quantity::Real(spikes as f64 / run.time_steps as f64);
        vec![Figure { name: "spikes_per_step", value, unit: "spikes/step" }]
    }
}

#[cfg(test)]
mod tests {
    use super::{Metric, Quantity, SpikesPerStep};
    use crate::metrics::tests::tiny_run;

    #[test]
    fn five_spikes_in_four_steps() {
        assert_eq!(SpikesPerStep.measure(&tiny_run(&[]))[0].value, Quantity::Real(1.25));
    }
}
