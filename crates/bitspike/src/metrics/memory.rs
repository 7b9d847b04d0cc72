//! Memory of the core in bits.
//!
//! ```text
//! weight_memory_bits = word_lines * neurons * weight_bits                                        digital weights, event read
//!                    = word_lines * neurons * slices * devices_per_cell * code_bits              analogue read
//! array_devices      = word_lines * neurons * slices * devices_per_cell                          analogue read only
//! state_memory_bits  = neurons * (v_bits + u_bits + (A + Q * D) * i_syn_bits + refractory_bits)      Q * D inputs where buffered
//! queue_memory_bits  = queue_depth * (payload_bits + 2) + spike_queue_depth * neuron_bits
//! memory_bits        = their sum
//! ```
//!
//! Parameters kept for each neuron, counters and registers are not counted, nor are the epochs of an array: a chip has it once. Exact counts from the structure.
//! With analogue read the weights are conductances, and no bits: `weight_memory_bits` is then what a digital memory of the same codes would take, variances left
//! out, and `array_devices` what the chip has.

use bitspike_spec::Structure;

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
        let devices = array_devices(s);
        let weights = match s.array.analogue() {
            Some(read) => devices * u64::from(read.code_bits),
            None => product(s.word_lines, s.neurons) * u64::from(s.weight_bits),
        };
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
        let of_array =
            s.array.analogue().map(|_| Figure { name: "array_devices", value: Quantity::Count(devices), unit: "" });
        figures.map(figure).into_iter().chain(of_array).collect()
    }
}

/// Devices of an array with analogue read; 0 without.
fn array_devices(s: &Structure) -> u64 {
    let in_cell = s.array.analogue().map_or(0, |read| read.slices * read.devices_per_cell);
    u64::from(s.word_lines) * u64::from(s.neurons) * u64::from(in_cell)
}

#[cfg(test)]
mod tests {
    use super::{Memory, Metric, Quantity};
    use crate::metrics::tests::{sliced_core, tiny_run, tiny_run_of};
    use bitspike_spec::Counters;

    /// 2 x 3 weights of 4 bits, 3 states of 8 bits, 64 events of 2 + 2 + 4 bits, 64 spikes of 2 bits.
    #[test]
    fn weights_states_and_queues_add_up() {
        let bits = Memory.measure(&tiny_run(&[])).into_iter().map(|figure| figure.value).collect::<Vec<_>>();
        assert_eq!(bits, [24 + 24 + 640, 24, 24, 640].map(Quantity::Count));
    }

    /// 2 x 3 cells of 2 slices of 2 devices: 24 of 9 bits.
    #[test]
    fn devices_of_an_array_are_counted_and_so_are_the_bits_of_their_codes() {
        let figures = Memory.measure(&tiny_run_of(&sliced_core(), (&[], Counters::default())));
        let value = |name| figures.iter().find(|figure| figure.name == name).map(|figure| figure.value);
        assert_eq!(value("array_devices"), Some(Quantity::Count(24)));
        assert_eq!(value("weight_memory_bits"), Some(Quantity::Count(24 * 9)));
    }
}
