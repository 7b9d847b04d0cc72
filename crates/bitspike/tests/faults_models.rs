//! Deliberate faults in the RTL of Izhikevich neurons, synaptic filters and delays, found where the contract says.
//!
//! As in `faults.rs`: in the plain core event `k` writes in cycle `4 + 3 k`. With `D` delay slots `INIT` takes `D` cycles for one
//! group, so everything comes `D - 1` cycles later; with shared multipliers a time step writes `StepCycles - 1` cycles later.

mod common;

use bitspike_spec::fx::{Overflow, Rounding};
use bitspike_spec::{
    AerEvent, Clamp, Filter, Integrate, Izhikevich, IzhikevichConstants, NeuronModel, Polarity, Products, Recovery,
    Reduce, ReduceForm, Reset, Structure, Synapse, TimeScale, UpdateOrder, Values,
};
use common::fault::{Fault, assert_found};

const W0: AerEvent = AerEvent::word_line(0);
const W1: AerEvent = AerEvent::word_line(1);
const STEP: AerEvent = AerEvent::TimeStep;

const fn late(delay: u32) -> AerEvent {
    AerEvent::WordLine { word_line: 0, delay }
}

/// The cycle in which event `k` is written after `init` cycles of `INIT`.
const fn write(init: u64, k: u64) -> u64 {
    3 + init + 3 * k
}

const REGULAR: Izhikevich = Izhikevich {
    products: Products::Multiplier { multipliers: 0 },
    update: UpdateOrder::Sequential,
    recovery: Recovery::Standard,
    u_bits: 16,
    u_overflow: Overflow::Saturate,
    rounding: Rounding::Floor,
    time_scale: TimeScale::Shift(0),
    substeps: 1,
    constant_bits: 16,
    constant_frac: 14,
};

fn with(structure: &mut Structure, model: Izhikevich) {
    structure.model = NeuronModel::Izhikevich(model);
    (structure.v_bits, structure.frac) = (16, 7);
    structure.semantics.reset = Reset::Value;
}

fn izhikevich(structure: &mut Structure) {
    with(structure, REGULAR);
}

fn shift_add(structure: &mut Structure) {
    with(structure, Izhikevich { products: Products::ShiftAdd { segment_bits: 2, digits: 4 }, ..REGULAR });
}

/// Millivolts with 7 fraction bits.
const fn mv(millivolts: i64) -> i64 {
    millivolts * 128
}

/// The regular spiking neuron at -50 mV and u = -14 in steps of 1 ms: f(v) = -10, so v rises by 4 mV and u by 2 LSB.
fn regular(v: &mut Values) {
    let neuron = &mut v.neurons[0];
    (neuron.threshold, neuron.v_reset, neuron.u_step) = (mv(30), mv(-65), mv(8));
    (neuron.a, neuron.b) = (328, 3277); // 0.02 and 0.2 with 14 fraction bits
    (v.v_init, v.u_init) = (mv(-50), mv(-14));
    v.izhikevich = IzhikevichConstants { k2: 655, k1: mv(5), k0: mv(140), v_zero: 0, dt: 0 };
}

/// The same as vertex and digits: 0.04 is 512 + 128 + 16 - 1, 0.2 is 4096 - 1024 + 256 - 64, 0.02 is 256 + 64 + 8.
fn chords(v: &mut Values) {
    regular(v);
    v.neurons[0].b = 3264;
    v.izhikevich = IzhikevichConstants { k2: 655, k1: -8000, k0: -2080, v_zero: 0, dt: 0 };
}

/// Fires in every time step.
fn firing(v: &mut Values) {
    regular(v);
    v.neurons[0].threshold = mv(-256);
}

const NEURON: [Fault; 10] = [
    Fault {
        // 0.04 v^2 alone is 100 mV, without 5 v.
        name: "k1 is forgotten",
        file: "neuron/izhikevich_product.sv",
        from: "CarryBits'(rounded) + CarryBits'(k1_i) : CarryBits'(rounded)",
        to: "CarryBits'(rounded) : CarryBits'(rounded)",
        structure: izhikevich,
        values: regular,
        events: &[STEP],
        cycle: write(1, 0),
        signal: "write_v",
    },
    Fault {
        // u = -14 must lift v by 14 mV.
        name: "u is not subtracted",
        file: "neuron/izhikevich_product.sv",
        from: "+ CarryBits'(k0_i) - CarryBits'(u_i) + CarryBits'(drive_i)",
        to: "+ CarryBits'(k0_i) + CarryBits'(drive_i)",
        structure: izhikevich,
        values: regular,
        events: &[STEP],
        cycle: write(1, 0),
        signal: "write_v",
    },
    Fault {
        // Sequential: u must see v 4 mV higher, 0.02 * 0.2 * 4 mV = 2 LSB.
        name: "sequential is simultaneous",
        file: "neuron/izhikevich_product.sv",
        from: "assign w         = (Simultaneous == 1) ? v_i : x_i;",
        to: "assign w         = v_i;",
        structure: izhikevich,
        values: regular,
        events: &[STEP],
        cycle: write(1, 0),
        signal: "write_u",
    },
    Fault {
        // Accommodation has no decay of u: 0.02 * 14 mV = 35 LSB.
        name: "accommodation decays",
        file: "neuron/izhikevich_product.sv",
        from: "carry_o = (Accommodation == 1) ? CarryBits'(rounded) :",
        to: "carry_o = (Accommodation == 2) ? CarryBits'(rounded) :",
        structure: |s| with(s, Izhikevich { recovery: Recovery::Accommodation, ..REGULAR }),
        values: regular,
        events: &[STEP],
        cycle: write(1, 0),
        signal: "write_u",
    },
    Fault {
        name: "a spike does not step u",
        file: "neuron/izhikevich_time_step.sv",
        from: "assign u_o          = fires_o ? u_stepped : y;",
        to: "assign u_o          = y;",
        structure: izhikevich,
        values: firing,
        events: &[STEP],
        cycle: write(1, 0),
        signal: "write_u",
    },
    Fault {
        // u = 255 mV and 8 more leave 16 bits with 7 of fraction; written in 4, counted in 5.
        name: "overflow of u is not counted",
        file: "core/counters.sv",
        from: "u_overflows_q     <= u_overflows_q + u_overflows;",
        to: "u_overflows_q     <= u_overflows_q;",
        structure: izhikevich,
        values: |v| {
            firing(v);
            v.u_init = 32767;
        },
        events: &[STEP],
        cycle: write(1, 0) + 1,
        signal: "u_overflows",
    },
    Fault {
        // One multiplier, four products: S1 in cycles 3 to 6, written in 7. The second product must get 0.04 v + 5.
        name: "shared multiplier forgets",
        file: "neuron/izhikevich_time_step.sv",
        from: "assign carry_first      = carry_q;",
        to: "assign carry_first      = '0;",
        structure: |s| with(s, Izhikevich { products: Products::Multiplier { multipliers: 1 }, ..REGULAR }),
        values: regular,
        events: &[STEP],
        cycle: write(1, 0) + 3,
        signal: "write_v",
    },
    Fault {
        // Two groups, two multipliers: INIT 0 and 1, fetch 2, the step is issued in 3 and 5, its second group written in 8. The word
        // line is issued in 7 and 8, reads that group before the write and must add to the new v when it writes it in 10.
        name: "result of a long step is not forwarded",
        file: "neuron/neuron_array.sv",
        from: "(Groups > 2 || (Groups == 2 && StepCycles > 1))",
        to: "Groups > 2",
        structure: |s| {
            with(s, Izhikevich { products: Products::Multiplier { multipliers: 2 }, ..REGULAR });
            s.lanes = 2;
        },
        values: regular,
        events: &[STEP, W0],
        cycle: 10,
        signal: "write_v",
    },
    Fault {
        // x = |v - k1| = 1600 = 6 * 256 + 64: the chord has slope 13, not 12.
        name: "chord with the slope of its first point",
        file: "neuron/chord_square.sv",
        from: "assign slope = {m, 1'b1};",
        to: "assign slope = {m, 1'b0};",
        structure: shift_add,
        values: chords,
        events: &[STEP],
        cycle: write(1, 0),
        signal: "write_v",
    },
    Fault {
        // 512 + 128 + 16 - 1 and not + 1: 2 of 655, 30 LSB of the square's 20000 / 16384.
        name: "digits have no sign",
        file: "neuron/digit_product.sv",
        from: "digits_i[7*i+5] ? -copy : copy",
        to: "copy",
        structure: shift_add,
        values: chords,
        events: &[STEP],
        cycle: write(1, 0),
        signal: "write_v",
    },
];

const fn multiply(bits: u32) -> Reduce {
    Reduce { form: ReduceForm::Multiply, rounding: Rounding::Floor, clamp: Clamp::None, bits }
}

fn current(structure: &mut Structure, synapse: Synapse) {
    structure.i_syn_bits = 8;
    structure.semantics.integrate = Integrate::Current;
    structure.semantics.decay = multiply(4);
    structure.synapse = synapse;
}

fn split(structure: &mut Structure) {
    current(structure, Synapse { polarity: Polarity::Split, ..Synapse::DIRECT });
}

fn double_exponential(structure: &mut Structure) {
    current(structure, Synapse { filter: Filter::DoubleExponential, ..Synapse::DIRECT });
}

fn three_tau(structure: &mut Structure) {
    current(structure, Synapse { filter: Filter::ThreeTau, gain_bits: 2, ..Synapse::DIRECT });
}

fn delays(structure: &mut Structure) {
    current(structure, Synapse { delay_slots: 4, ..Synapse::DIRECT });
}

/// Currents keep 12 sixteenths, those of the second accumulator 4.
fn two_decays(v: &mut Values) {
    v.i_syn_decay = vec![12, 4];
}

/// Gains 3/4 and 1/4; nothing decays.
fn gains(v: &mut Values) {
    v.i_syn_decay = vec![16; 4];
    v.gain = vec![[3, 1]];
}

fn kept(v: &mut Values) {
    v.i_syn_decay = vec![16];
}

const SYNAPSE: [Fault; 11] = [
    Fault {
        // -3 goes to the inhibitory accumulator.
        name: "inhibition excites",
        file: "neuron/synaptic_operation.sv",
        from: "assign inhibitory = weight_i < 0;",
        to: "assign inhibitory = 1'b0;",
        structure: split,
        values: two_decays,
        events: &[W1],
        cycle: write(1, 0),
        signal: "write_i_syn",
    },
    Fault {
        // The rise takes off what the spike adds: -5, not 5. (A v of 10 would fire and be 0 as well.)
        name: "double exponential adds",
        file: "neuron/synaptic_jump.sv",
        from: "-(JumpBits'(x_i))",
        to: "JumpBits'(x_i)",
        structure: double_exponential,
        values: two_decays,
        events: &[W0, STEP],
        cycle: write(1, 1),
        signal: "write_i_syn",
    },
    Fault {
        name: "three_tau does not take off the rise",
        file: "neuron/synaptic_jump.sv",
        from: "assign jump_o[(g + 2)*JumpBits +: JumpBits] = -y;",
        to: "assign jump_o[(g + 2)*JumpBits +: JumpBits] = y;",
        structure: three_tau,
        values: gains,
        events: &[W0, STEP],
        cycle: write(1, 1),
        signal: "write_v",
    },
    Fault {
        // 3/4 and 1/4 of 5 are 3 and 1; the sum of jumps is 0 either way, so only the accumulators tell.
        name: "both gains are the first",
        file: "neuron/synaptic_jump.sv",
        from: "gain_i[g*GainWidth +: GainWidth]",
        to: "gain_i[0 +: GainWidth]",
        structure: three_tau,
        values: gains,
        events: &[W0, STEP],
        cycle: write(1, 1),
        signal: "write_i_syn",
    },
    Fault {
        // Accumulator 1 holds -5 and keeps 4 sixteenths: -2 by floor, not -4.
        name: "one decay for all accumulators",
        file: "neuron/synaptic_current.sv",
        from: "i_syn_decay_i[k*DecayWidth +: DecayWidth]",
        to: "i_syn_decay_i[0 +: DecayWidth]",
        structure: double_exponential,
        values: two_decays,
        events: &[W0, STEP],
        cycle: write(1, 1),
        signal: "write_i_syn",
    },
    Fault {
        name: "inputs stay in their slot",
        file: "neuron/lane.sv",
        from: "assign input_o      = !active_i ? input_i : time_step_i ? '0 : weight_synapse;",
        to: "assign input_o      = (!active_i || time_step_i) ? input_i : weight_synapse;",
        structure: double_exponential,
        values: two_decays,
        events: &[W0, STEP],
        cycle: write(1, 1),
        signal: "write_input",
    },
    Fault {
        name: "the delay of an event is ignored",
        file: "core/controller.sv",
        from: "pointer_q + payload_o[PayloadBits-1 -: DelayBits]",
        to: "pointer_q",
        structure: delays,
        values: kept,
        events: &[late(2)],
        cycle: write(4, 0),
        signal: "write_slot",
    },
    Fault {
        // The second step takes slot 1.
        name: "the delay pointer stands still",
        file: "core/controller.sv",
        from: "pointer_q <= pointer_q + DelayBits'(1'b1);",
        to: "pointer_q <= pointer_q;",
        structure: delays,
        values: kept,
        events: &[STEP, STEP],
        cycle: write(4, 1),
        signal: "write_slot",
    },
    Fault {
        // Four groups and four slots: INIT 0 to 15, fetch 16, the word line in 17 to 20, inject in 21, written in 23. It goes to slot 1,
        // which is empty: 2, not the 5 + 2 of the slot beside it.
        name: "a result of another slot is forwarded",
        file: "neuron/neuron_array.sv",
        from: ".use_s2_i(use_s2 && same_s2)",
        to: ".use_s2_i(use_s2)",
        structure: |s| {
            delays(s);
            s.lanes = 1;
        },
        values: kept,
        events: &[W0, AerEvent::Inject { neuron: 3, weight: 2, delay: 1 }],
        cycle: 23,
        signal: "write_input",
    },
    Fault {
        // INIT 0 to 3; the step is written in 7, its first spike leaves in 9 and comes back with delay 2, fetched in 10, run in 11.
        name: "loop-back forgets its delay",
        file: "core/bitspike_core.sv",
        from: "assign loop_event = {WordLine, loop_back_delay, loop_word_line};",
        to: "assign loop_event = {WordLine, SlotWidth'(1'b0), loop_word_line};",
        structure: |s| {
            delays(s);
            s.schedule.loop_back = true;
        },
        values: |v| {
            kept(v);
            v.neurons[0].threshold = 0;
            v.loop_back_delay = 2;
        },
        events: &[STEP],
        cycle: 11,
        signal: "event_payload",
    },
    Fault {
        // 5 / 2 is 2 by floor: half of the current reaches the neuron.
        name: "the current is not shifted",
        file: "neuron/synaptic_current.sv",
        from: "if (ISynShift > 0) begin : gen_shift",
        to: "if (ISynShift > 15) begin : gen_shift",
        structure: |s| current(s, Synapse { shift: 1, ..Synapse::DIRECT }),
        values: kept,
        events: &[W0, STEP],
        cycle: write(1, 1),
        signal: "write_v",
    },
];

#[test]
fn every_fault_of_the_new_units_shows_in_the_cycle_and_signal_the_contract_says() {
    let faults: Vec<&Fault> = NEURON.iter().chain(&SYNAPSE).collect();
    assert_found(&faults);
}
