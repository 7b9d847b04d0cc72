//! Clock cycles per time step.
//!
//! ```text
//! cycles_per_time_step = cycles / time steps of all neurons completed
//! ```
//!
//! Unit: cycles. Includes the events of the step and any waiting. Absent when no time step was completed.

use super::{Figure, Metric, Quantity};
use crate::results::RunResult;

pub(super) struct CyclesPerTimeStep;

impl Metric for CyclesPerTimeStep {
    fn name(&self) -> &'static str {
        "cycles_per_time_step"
    }

    fn measure(&self, run: &RunResult) -> Vec<Figure> {
        if run.time_steps == 0 {
            return Vec::new();
        }
        let value = Quantity::Real(run.cycles as f64 / run.time_steps as f64);
        vec![Figure { name: "cycles_per_time_step", value, unit: "cycles" }]
    }
}

#[cfg(test)]
mod tests {
    use super::{CyclesPerTimeStep, Metric, Quantity};
    use crate::metrics::tests::tiny_run;

    #[test]
    fn forty_cycles_in_four_steps() {
        assert_eq!(CyclesPerTimeStep.measure(&tiny_run(&[]))[0].value, Quantity::Real(10.0));
    }
}
