//! Energy from counted operations.
//!
//! ```text
//! energy_nj          = 1e-3 (synaptic_ops (add(v_bits) + read(weight_bits) + access(2 v_bits)) + updates (4 add(v_bits) + access(2 v_bits))
//!                            + spikes queue(event) + events queue(event) + cycles idle)
//! energy_per_op_pj   = 1e3 energy_nj / synaptic_ops
//! add(n) = add_per_bit n,  read(n) = weight_read_per_bit n,  access(n) = state_access_per_bit n,  queue = queue_per_event,  idle = idle_per_cycle
//! ```
//!
//! `updates = time_steps * neurons`. Energies in picojoules. Defaults: 45 nm CMOS at 0.9 V, Horowitz, "Computing's energy problem", ISSCC
//! 2014: an 8-bit integer addition 0.03 pJ and a 32-bit one 0.1 pJ (0.0033 pJ a bit, taken linear in the width), an 8 kB SRAM read of 64 bits
//! 10 pJ (0.16 pJ a bit), used for weights, states and 16-bit queue entries alike. Leakage and clock tree are in `idle_per_cycle`, 0 unless
//! given. An estimate to compare designs by, not a prediction of a chip.

use serde::Deserialize;

use super::{Cost, CostInput};

/// Energy of each operation in picojoules.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EnergyTable {
    /// An addition, for each bit.
    pub add_per_bit: f64,
    /// Reading a weight, for each bit.
    pub weight_read_per_bit: f64,
    /// Reading or writing a neuron's state, for each bit.
    pub state_access_per_bit: f64,
    /// An event or spike through its queue, written and read.
    pub queue_per_event: f64,
    /// A clock cycle in which nothing happens but the clock.
    pub idle_per_cycle: f64,
}

impl Default for EnergyTable {
    fn default() -> Self {
        let sram_per_bit = 10.0 / 64.0;
        EnergyTable {
            add_per_bit: 0.1 / 32.0,
            weight_read_per_bit: sram_per_bit,
            state_access_per_bit: sram_per_bit,
            queue_per_event: 2.0 * 16.0 * sram_per_bit,
            idle_per_cycle: 0.0,
        }
    }
}

pub(super) struct Energy;

/// Additions of one neuron's update: leak with its rounding, integration, compare, reset.
const ADDITIONS_OF_AN_UPDATE: f64 = 4.0;

impl Cost for Energy {
    fn figures(&self, input: &CostInput<'_>) -> Vec<(String, f64)> {
        let Some(picojoules) = picojoules(input) else { return Vec::new() };
        let per_op = input.get("synaptic_ops").filter(|&ops| ops > 0.0).map(|ops| picojoules / ops);
        let total = ("energy_nj".to_owned(), picojoules / 1e3);
        std::iter::once(total).chain(per_op.map(|energy| ("energy_per_op_pj".to_owned(), energy))).collect()
    }
}

fn picojoules(input: &CostInput<'_>) -> Option<f64> {
    let table = input.energy;
    let (v_bits, weight_bits) = (input.get("v_bits")?, input.get("weight_bits")?);
    let access = 2.0 * v_bits * table.state_access_per_bit;
    let op = v_bits * table.add_per_bit + weight_bits * table.weight_read_per_bit + access;
    let update = ADDITIONS_OF_AN_UPDATE * v_bits * table.add_per_bit + access;
    let updates = input.get("time_steps")? * input.get("neurons")?;
    let events = input.get("events_accepted")? + input.get("spikes")?;
    Some(
        input.get("synaptic_ops")? * op
            + updates * update
            + events * table.queue_per_event
            + input.get("cycles")? * table.idle_per_cycle,
    )
}

#[cfg(test)]
mod tests {
    use super::{Cost, CostInput, Energy, EnergyTable};

    /// 10 operations of 8 + 4 x 2 + 16 x 3 = 64, 6 updates of 32 + 48 = 80, 5 events of 7, 100 cycles of 1: 1255 pJ.
    #[test]
    fn counted_operations_times_the_table() {
        let energy = EnergyTable {
            add_per_bit: 1.0,
            weight_read_per_bit: 2.0,
            state_access_per_bit: 3.0,
            queue_per_event: 7.0,
            idle_per_cycle: 1.0,
        };
        let figures = [
            ("v_bits", 8.0),
            ("weight_bits", 4.0),
            ("synaptic_ops", 10.0),
            ("time_steps", 2.0),
            ("neurons", 3.0),
            ("events_accepted", 3.0),
            ("spikes", 2.0),
            ("cycles", 100.0),
        ];
        let figures = figures.map(|(name, value)| (name.to_owned(), value)).into();
        let found = Energy.figures(&CostInput { figures: &figures, energy: &energy });
        assert_eq!(found, [("energy_nj".to_owned(), 1.255), ("energy_per_op_pj".to_owned(), 125.5)]);
    }
}
