//! Synaptic operations per clock cycle.
//!
//! ```text
//! synaptic_ops_per_cycle = synaptic_ops / cycles
//! ```
//!
//! At most `lanes`. Times the clock frequency it is the throughput in synaptic operations per second.
//! With resets in the stimulus, `synaptic_ops` counts from the last reset while cycles count from the first.

use super::{Figure, Metric, Quantity};
use crate::results::RunResult;

pub(super) struct SynapticOpsPerCycle;

impl Metric for SynapticOpsPerCycle {
    fn name(&self) -> &'static str {
        "synaptic_ops_per_cycle"
    }

    fn measure(&self, run: &RunResult) -> Vec<Figure> {
        if run.cycles == 0 {
            return Vec::new();
        }
        let value = Quantity::Real(run.counters.synaptic_ops as f64 / run.cycles as f64);
        vec![Figure { name: "synaptic_ops_per_cycle", value, unit: "ops/cycle" }]
    }
}

#[cfg(test)]
mod tests {
    use super::{Metric, Quantity, SynapticOpsPerCycle};
    use crate::metrics::tests::tiny_run;

    #[test]
    fn thirty_operations_in_forty_cycles() {
        assert_eq!(SynapticOpsPerCycle.measure(&tiny_run(&[]))[0].value, Quantity::Real(0.75));
    }
}
