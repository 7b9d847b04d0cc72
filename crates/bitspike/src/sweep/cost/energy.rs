//! Energy from counted operations.
//!
//! ```text
//! energy_nj        = 1e-3 (synapses + updates update + (events_accepted + spikes) queue + cycles idle)
//! energy_per_op_pj = 1e3 energy_nj / synaptic_ops
//! synapses         = synaptic_ops (apply + read(weight_bits))                digital weights, event read
//!                  = conversions / slices apply + array                      analogue read: `array` is said in `array_read.rs`
//! apply            = add(v_bits) + access(2 v_bits)
//! update           = (4 + shift_additions) add(v_bits) + multiplications multiply(v_bits constant_bits) + access(2 state_bits)
//! add(n) = add_per_bit n,  multiply(n) = multiply_per_bit2 n,  read(n) = weight_read_per_bit n,  access(n) = state_access_per_bit n,
//! queue = queue_per_event,  idle = idle_per_cycle,  updates = time_steps neurons,  state_bits = state_memory_bits / neurons
//! ```
//!
//! Energies in picojoules. Defaults: 45 nm CMOS at 0.9 V, Horowitz, "Computing's energy problem", ISSCC 2014; how each follows from that
//! table is said at [`EnergyTable::default`]. Leakage and clock tree are in `idle_per_cycle`, 0 unless given. An estimate to compare designs
//! by, not a prediction of a chip.

use serde::Deserialize;

use super::{Cost, CostInput, array_read};

/// Energy of each operation in picojoules.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EnergyTable {
    /// An addition, for each bit.
    pub add_per_bit: f64,
    /// A multiplication, for each product of a bit of one factor with a bit of the other.
    pub multiply_per_bit2: f64,
    /// Reading a weight, for each bit.
    pub weight_read_per_bit: f64,
    /// Reading or writing a neuron's state, for each bit.
    pub state_access_per_bit: f64,
    /// An event or spike through its queue, written and read.
    pub queue_per_event: f64,
    /// A clock cycle in which nothing happens but the clock.
    pub idle_per_cycle: f64,
    /// A conversion of an analogue read, for each of the `2^adc_bits` codes it tells apart.
    pub conversion_per_step: f64,
    /// One device of an active word line in an analogue read.
    pub device_read: f64,
}

impl Default for EnergyTable {
    /// Horowitz 2014, 45 nm at 0.9 V:
    ///
    /// ```text
    /// addition         0.03 pJ with 8 bits (0.0038 a bit), 0.1 pJ with 32 bits (0.0031 a bit)          the latter, linear in the width
    /// multiplication   0.2 pJ with 8 bits (0.0031 for 8 x 8), 3.1 pJ with 32 bits (0.0030 for 32 x 32)   the latter, by the product of the widths
    /// memory           10 pJ for 64 bits of an 8 kB cache (0.16 a bit; 0.31 with 32 kB, 1.6 with 1 MB)   8 kB, for weights and states
    /// queue            its entry of 16 bits written and read as memory
    /// ```
    ///
    /// Those of analogue reads are not from that table: see `array_read.rs`.
    fn default() -> Self {
        let sram_per_bit = 10.0 / 64.0;
        EnergyTable {
            add_per_bit: 0.1 / 32.0,
            multiply_per_bit2: 3.1 / (32.0 * 32.0),
            weight_read_per_bit: sram_per_bit,
            state_access_per_bit: sram_per_bit,
            queue_per_event: 2.0 * 16.0 * sram_per_bit,
            idle_per_cycle: 0.0,
            conversion_per_step: array_read::CONVERSION_PER_STEP,
            device_read: array_read::DEVICE_READ,
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
    let v_bits = input.get("v_bits")?;
    let apply = v_bits * table.add_per_bit + 2.0 * v_bits * table.state_access_per_bit;
    let synapses = match array_read::picojoules(input) {
        Some(array) => array + input.get("conversions")? / input.get("slices")? * apply,
        None => input.get("synaptic_ops")? * (apply + input.get("weight_bits")? * table.weight_read_per_bit),
    };
    let updates = input.get("time_steps")? * input.get("neurons")?;
    let events = input.get("events_accepted")? + input.get("spikes")?;
    Some(
        synapses
            + updates * update(input)?
            + events * table.queue_per_event
            + input.get("cycles")? * table.idle_per_cycle,
    )
}

/// One update of one neuron; only Izhikevich neurons multiply, or add in place of it.
fn update(input: &CostInput<'_>) -> Option<f64> {
    let table = input.energy;
    let v_bits = input.get("v_bits")?;
    let or_zero = |name| input.get(name).unwrap_or(0.0);
    let additions = ADDITIONS_OF_AN_UPDATE + or_zero("shift_additions");
    let multiplications = or_zero("multiplications") * or_zero("constant_bits");
    let state_bits = input.get("state_memory_bits")? / input.get("neurons")?;
    Some(
        additions * v_bits * table.add_per_bit
            + multiplications * v_bits * table.multiply_per_bit2
            + 2.0 * state_bits * table.state_access_per_bit,
    )
}

#[cfg(test)]
mod tests {
    use super::{Cost, CostInput, Energy, EnergyTable};

    const TABLE: EnergyTable = EnergyTable {
        add_per_bit: 1.0,
        multiply_per_bit2: 0.5,
        weight_read_per_bit: 2.0,
        state_access_per_bit: 3.0,
        queue_per_event: 7.0,
        idle_per_cycle: 1.0,
        conversion_per_step: 0.25,
        device_read: 0.5,
    };

    fn energy(more: &[(&str, f64)]) -> Vec<(String, f64)> {
        let figures = [
            ("v_bits", 8.0),
            ("weight_bits", 4.0),
            ("state_memory_bits", 24.0),
            ("synaptic_ops", 10.0),
            ("time_steps", 2.0),
            ("neurons", 3.0),
            ("events_accepted", 3.0),
            ("spikes", 2.0),
            ("cycles", 100.0),
        ];
        let figures = figures.iter().chain(more).map(|(name, value)| ((*name).to_owned(), *value)).collect();
        Energy.figures(&CostInput { figures: &figures, energy: &TABLE })
    }

    /// 10 operations of 8 + 4 x 2 + 16 x 3 = 64, 6 updates of 32 + 48 = 80, 5 events of 7, 100 cycles of 1: 1255 pJ.
    #[test]
    fn counted_operations_times_the_table() {
        assert_eq!(energy(&[]), [("energy_nj".to_owned(), 1.255), ("energy_per_op_pj".to_owned(), 125.5)]);
    }

    /// The 6 updates have 4 products of 8 x 10 bits at 0.5 more, 960 pJ; or 11 additions of 8 bits more, 528 pJ; 16 more bits of state are
    /// 32 accesses more, 576 pJ.
    #[test]
    fn multiplications_and_the_additions_in_their_place_are_counted() {
        let total = |more: &[(&str, f64)]| energy(more)[0].1;
        let close =
            |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found}, expected {expected}");
        close(total(&[("multiplications", 4.0), ("constant_bits", 10.0)]), 1.255 + 0.960);
        close(total(&[("shift_additions", 11.0)]), 1.255 + 0.528);
        close(total(&[("state_memory_bits", 72.0)]), 1.255 + 0.576);
    }

    /// 12 conversions of 3 bits in 2 slices: 24 pJ, and 6 updates of `v` of 8 + 48 pJ; 10 operations on 4 devices: 20 pJ. No weight is read: 640 pJ less.
    #[test]
    fn analogue_reads_pay_for_conversions_and_devices_in_place_of_weights() {
        let array = [("conversions", 12.0), ("slices", 2.0), ("adc_bits", 3.0), ("devices_per_weight", 4.0)];
        let found = energy(&array)[0].1;
        assert!((found - (1.255 - 0.640 + 0.024 + 0.336 + 0.020)).abs() < 1e-12, "{found}");
    }

    /// The 8-bit figures of the source come out within a fifth of what the defaults, taken from its 32-bit figures, say.
    #[test]
    fn the_defaults_hold_for_the_other_width_of_the_source() {
        let table = EnergyTable::default();
        assert!((8.0 * table.add_per_bit / 0.03 - 1.0).abs() < 0.2);
        assert!((64.0 * table.multiply_per_bit2 / 0.2 - 1.0).abs() < 0.2);
        assert_eq!(64.0 * table.weight_read_per_bit, 10.0);
    }
}
