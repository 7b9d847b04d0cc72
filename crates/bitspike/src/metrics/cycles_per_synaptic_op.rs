//! Clock cycles per synaptic operation.
//!
//! ```text
//! cycles_per_synaptic_op = cycles / synaptic_ops
//! ```
//!
//! Unit: cycles. At least `1 / lanes`. Absent without a synaptic operation. With resets see `synaptic_ops_per_cycle`.

use super::{Figure, Metric, Quantity};
use crate::results::RunResult;

pub(super) struct CyclesPerSynapticOp;

impl Metric for CyclesPerSynapticOp {
    fn name(&self) -> &'static str {
        "cycles_per_synaptic_op"
    }

    fn measure(&self, run: &RunResult) -> Vec<Figure> {
        if run.counters.synaptic_ops == 0 {
            return Vec::new();
        }
        let value = Quantity::Real(run.cycles as f64 / run.counters.synaptic_ops as f64);
        vec![Figure { name: "cycles_per_synaptic_op", value, unit: "cycles" }]
    }
}

#[cfg(test)]
mod tests {
    use super::{CyclesPerSynapticOp, Metric, Quantity};
    use crate::metrics::tests::tiny_run;

    #[test]
    fn forty_cycles_for_thirty_operations() {
        assert_eq!(CyclesPerSynapticOp.measure(&tiny_run(&[]))[0].value, Quantity::Real(40.0 / 30.0));
    }
}
