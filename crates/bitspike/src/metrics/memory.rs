//! Memory of the core in bits.
//!
//! ```text
//! weight_memory_bits = word_lines * neurons * weight_bits
//! state_memory_bits  = neurons * (v_bits + u_bits + (A + Q * D) * i_syn_bits + refractory_bits)      Q * D inputs where buffered
//! queue_memory_bits  = queue_depth * (payload_bits + 2) + spike_queue_depth * neuron_bits
//! memory_bits        = their sum
//! ```
//!
//! Parameters kept for each neuron, counters and registers are not counted. Exact counts from the structure.

use super::{Figure, Metric, Quantity};
use crate::results::RunResult;

pub(super) struct Memory;

impl Metric for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn measure(&self, run: &RunResult) -> Vec<Figure> {
        let s = run.core.structure();
        let product = |a: u32, b: u32| u64::from(a) * u64::from(b);
        let weights = product(s.word_lines, s.neurons) * u64::from(s.weight_bits);
        let inputs = if s.synapse.is_buffered() { s.synapse.polarities() * s.synapse.delay_slots } else { 0 };
        let currents = (s.accumulators() + inputs) * s.i_syn_bits;
        let states = product(s.neurons, s.v_bits + s.u_bits() + currents + s.refractory_bits);
        let queues = product(s.queue_depth, s.payload_bits() + 2) + product(s.spike_queue_depth, s.neuron_bits());
        let figure = |(name, bits)| Figure { name, value: Quantity::Count(bits), unit: "bits" };
        let figures = [
            ("memory_bits", weights + states + queues),
            ("weight_memory_bits", weights),
            ("state_memory_bits", states),
            ("queue_memory_bits", queues),
        ];
        figures.map(figure).into()
    }
}

#[cfg(test)]
mod tests {
    use super::{Memory, Metric, Quantity};
    use crate::metrics::tests::tiny_run;

    /// 2 x 3 weights of 4 bits, 3 states of 8 bits, 64 events of 2 + 2 + 4 bits, 64 spikes of 2 bits.
    #[test]
    fn weights_states_and_queues_add_up() {
        let bits = Memory.measure(&tiny_run(&[])).into_iter().map(|figure| figure.value).collect::<Vec<_>>();
        assert_eq!(bits, [24 + 24 + 640, 24, 24, 640].map(Quantity::Count));
    }
}
