//! Deliberate faults in the RTL: each must be found, at the cycle and the signal that the contract pages say must show it first.
//!
//! A fault is one text substitution. Expected cycles are counted by hand from `docs/src/contract/schedule.md`. In the plain core
//! (one group, synchronous ports) cycle 0 is `INIT` and takes event 0 at the door, cycle 1 fetches it, cycle 2 issues it and cycle
//! 4 writes; every event takes three slots, so event `k` writes in cycle `4 + 3 k` ([`write`]) and counters show it one cycle later.
//! A spike is pushed in the cycle of the write and offered two cycles later.

mod common;

use bitspike_spec::fx::Rounding;
use bitspike_spec::{
    AerEvent, Clamp, Compare, Door, FireCheck, FullPolicy, Handshake, Integrate, Order, Reduce, ReduceForm, Reset,
    Structure, TimeStepPolicy, Values,
};
use common::fault::{Fault, assert_found};

/// The cycle in which event `k` of a plain core is written.
const fn write(k: u64) -> u64 {
    4 + 3 * k
}

const W0: AerEvent = AerEvent::word_line(0);
const W1: AerEvent = AerEvent::word_line(1);
const W2: AerEvent = AerEvent::word_line(2);
const STEP: AerEvent = AerEvent::TimeStep;

const fn inject(neuron: u32, weight: i16) -> AerEvent {
    AerEvent::inject(neuron, weight)
}

fn as_is(_: &mut Structure) {}

fn plain(_: &mut Values) {}

/// Every neuron fires in every time step.
fn threshold_0(values: &mut Values) {
    values.neurons[0].threshold = 0;
}

fn leak_1(values: &mut Values) {
    values.neurons[0].leak = 1;
}

fn shift(rounding: Rounding, clamp: Clamp) -> Reduce {
    Reduce { form: ReduceForm::Shift, rounding, clamp, bits: 1 }
}

fn two_groups(structure: &mut Structure) {
    structure.lanes = 2;
}

fn four_groups(structure: &mut Structure) {
    structure.lanes = 1;
}

/// Membrane of 4 bits: -8 to 7.
fn narrow(structure: &mut Structure) {
    structure.v_bits = 4;
}

fn short_queue(structure: &mut Structure) {
    structure.queue_depth = 2;
}

fn dropping(structure: &mut Structure) {
    short_queue(structure);
    structure.schedule.full_policy = FullPolicy::Drop;
}

const COMPARE: [Fault; 6] = [
    Fault {
        // 5 + 5 = 10 reaches the threshold of 10: must fire and go to 0, stays at 10.
        name: "ge is gt",
        file: "neuron/fire_once.sv",
        from: "fires_o = x_wide >= threshold_i",
        to: "fires_o = x_wide > threshold_i",
        structure: as_is,
        values: plain,
        events: &[W0, W0, STEP],
        cycle: write(2),
        signal: "write_v",
    },
    Fault {
        // 10 does not exceed 10: must stay, goes to 0.
        name: "gt is ge",
        file: "neuron/fire_once.sv",
        from: "fires_o = x_wide > threshold_i",
        to: "fires_o = x_wide >= threshold_i",
        structure: |s| s.semantics.compare = Compare::Gt,
        values: plain,
        events: &[W0, W0, STEP],
        cycle: write(2),
        signal: "write_v",
    },
    Fault {
        // 7 + 7 = 14 is not 10: must stay, goes to 0.
        name: "eq is ge",
        file: "neuron/fire_once.sv",
        from: "fires_o = x_wide == threshold_i",
        to: "fires_o = x_wide >= threshold_i",
        structure: |s| s.semantics.compare = Compare::Eq,
        values: plain,
        events: &[W2, W2, STEP],
        cycle: write(2),
        signal: "write_v",
    },
    Fault {
        // Must go to v_reset = -2, goes to 0.
        name: "reset to value is to zero",
        file: "neuron/fire_once.sv",
        from: "assign x_reset    = v_reset_i;",
        to: "assign x_reset    = '0;",
        structure: |s| s.semantics.reset = Reset::Value,
        values: |v| v.neurons[0].v_reset = -2,
        events: &[W0, W0, STEP],
        cycle: write(2),
        signal: "write_v",
    },
    Fault {
        // 5 fires at threshold 2 twice (3, 1): v ends at 1 either way, but 2 spikes must be counted, not 1.
        name: "max_spikes counts once",
        file: "neuron/fire.sv",
        from: "gen_round[i-1].n_next + SpikeBits'(going)",
        to: "gen_round[i-1].n_next",
        structure: |s| {
            s.semantics.reset = Reset::Subtract;
            s.semantics.max_spikes = 3;
        },
        values: |v| {
            v.v_init = 5;
            v.neurons[0].threshold = 2;
        },
        events: &[STEP],
        cycle: write(0),
        signal: "write_spikes",
    },
    Fault {
        // The disabled output must be silent; v is reset to 0 either way.
        name: "disabled output speaks",
        file: "neuron/lane.sv",
        from: "(active_i && output_enable_i) ? n : '0",
        to: "active_i ? n : '0",
        structure: as_is,
        values: |v| {
            threshold_0(v);
            v.neurons[0].output_enable = false;
        },
        events: &[STEP],
        cycle: write(0),
        signal: "write_spikes",
    },
];

const ROUNDING: [Fault; 6] = [
    Fault {
        // -3 / 2 is -1 towards zero, -2 by floor: v = -3 + 1 = -2, not -1.
        name: "toward_zero is floor",
        file: "neuron/round_shift.sv",
        from: "(x_i < 0) ? unit - SumBits'(signed'(2'b01)) : '0",
        to: "'0",
        structure: |s| s.semantics.leak = shift(Rounding::TowardZero, Clamp::None),
        values: leak_1,
        events: &[W1, STEP],
        cycle: write(1),
        signal: "write_v",
    },
    Fault {
        // 5 / 2 = 2.5 goes to 3: v = 2, not 5 - 2 = 3.
        name: "half_up is half down",
        file: "neuron/round_shift.sv",
        from: "assign offset = unit >>> 1;",
        to: "assign offset = (unit >>> 1) - SumBits'(signed'(2'b01));",
        structure: |s| s.semantics.leak = shift(Rounding::HalfUp, Clamp::None),
        values: leak_1,
        events: &[W0, STEP],
        cycle: write(1),
        signal: "write_v",
    },
    Fault {
        // 5 / 2 = 2.5 goes to the even 2: v = 3, not 5 - 3 = 2.
        name: "half_even rounds ties up",
        file: "neuron/round_shift.sv",
        from: "odd ? unit >>> 1 : (unit >>> 1) - SumBits'(signed'(2'b01));",
        to: "unit >>> 1;",
        structure: |s| s.semantics.leak = shift(Rounding::HalfEven, Clamp::None),
        values: leak_1,
        events: &[W0, STEP],
        cycle: write(1),
        signal: "write_v",
    },
    Fault {
        // 5 >> 4 = 0, so v must move by one to 4.
        name: "min_one missing",
        file: "neuron/reduce.sv",
        from: "x_i - ((d == '0 && x_i != '0) ? sign : d)",
        to: "x_i - d",
        structure: |s| s.semantics.leak = shift(Rounding::Floor, Clamp::MinOne),
        values: |v| v.neurons[0].leak = 4,
        events: &[W0, STEP],
        cycle: write(1),
        signal: "write_v",
    },
    Fault {
        // 5 - 7 must stop at 0, goes on to -2.
        name: "zero clamp crosses zero",
        file: "neuron/reduce.sv",
        from: "((moved < 0) == (x_i < 0)) ? XBits'(moved) : '0",
        to: "XBits'(moved)",
        structure: |s| {
            s.semantics.leak =
                Reduce { form: ReduceForm::Subtract, rounding: Rounding::Floor, clamp: Clamp::Zero, bits: 4 };
        },
        values: |v| v.neurons[0].leak = 7,
        events: &[W0, STEP],
        cycle: write(1),
        signal: "write_v",
    },
    Fault {
        // xorshift32 from 1 gives 0x42021: (40 + 1) >> 6 = 0 in the first step, (40 + 0x21) >> 6 = 1 in the second, so 40 then 39.
        // A generator left at 1 by the first step, which is one neuron's, gives 40 again.
        name: "generator does not advance for time_step_one",
        file: "neuron/neuron_array.sv",
        from: ".advance_i(s1_last && s1_time_step)",
        to: ".advance_i(s1_last && s1_time_step && s1_all_q)",
        structure: |s| {
            (s.neurons, s.lanes) = (1, 1);
            s.semantics.leak = shift(Rounding::Stochastic, Clamp::None);
        },
        values: |v| {
            v.v_init = 40;
            v.neurons[0].threshold = 127;
            v.neurons[0].leak = 6;
        },
        events: &[AerEvent::TimeStepOne(0), STEP],
        cycle: write(1),
        signal: "write_v",
    },
];

const STATE: [Fault; 10] = [
    Fault {
        // 5 + 5 = 10 must saturate to 7, comes to 6.
        name: "saturation bound off by one",
        file: "neuron/fit.sv",
        from: "{negative, {(OutBits - 1){~negative}}}",
        to: "{negative, {(OutBits - 2){~negative}}, negative}",
        structure: narrow,
        values: plain,
        events: &[W0, W0],
        cycle: write(1),
        signal: "write_v",
    },
    Fault {
        // 10 must saturate to 7, wraps to -6.
        name: "saturate is wrap",
        file: "neuron/fit.sv",
        from: "if (Saturate == 1) begin : gen_saturate",
        to: "if (Saturate > 1) begin : gen_saturate",
        structure: narrow,
        values: plain,
        events: &[W0, W0],
        cycle: write(1),
        signal: "write_v",
    },
    Fault {
        // All lanes hold 7; one of them gets 7 more: 1 overflow, not 4. Counters show it after the write.
        name: "overflows counted outside the lane mask",
        file: "neuron/lane.sv",
        from: "v_overflow_o     = active_i && v_overflow;",
        to: "v_overflow_o     = v_overflow;",
        structure: narrow,
        values: plain,
        events: &[W2, inject(0, 7)],
        cycle: write(1) + 1,
        signal: "v_overflows",
    },
    Fault {
        // 5 * 2^2 = 20, not 10.
        name: "weight shifted one place less",
        file: "neuron/synaptic_operation.sv",
        from: "SumBits'(v_i) + (SumBits'(weight_i) <<< WeightShift)",
        to: "SumBits'(v_i) + (SumBits'(weight_i) <<< (WeightShift - 1))",
        structure: |s| s.weight_shift = 2,
        values: plain,
        events: &[W0],
        cycle: write(0),
        signal: "write_v",
    },
    Fault {
        // 8 + 5 fires and starts 2 refractory steps; the second weight must then be ignored, moves v to 5.
        name: "refractory neuron integrates",
        file: "neuron/synaptic_operation.sv",
        from: "assign held = RefractoryBits > 0 && refractory_i != '0;",
        to: "assign held = 1'b0;",
        structure: |s| {
            s.semantics.fire_check = FireCheck::PerOperation;
            s.refractory_bits = 2;
        },
        values: |v| (v.v_init, v.refractory_steps) = (8, 2),
        events: &[W0, W0],
        cycle: write(1),
        signal: "write_v",
    },
    Fault {
        // A spike in a time step must start 2 refractory steps, starts 1.
        name: "refractory period one short",
        file: "neuron/lif_time_step.sv",
        from: "refractory_steps_i : refractory_i;",
        to: "refractory_steps_i - RefractoryWidth'(1'b1) : refractory_i;",
        structure: |s| s.refractory_bits = 2,
        values: |v| {
            threshold_0(v);
            v.refractory_steps = 2;
        },
        events: &[STEP],
        cycle: write(0),
        signal: "write_refractory",
    },
    Fault {
        // The current of 5 is integrated before it decays to 5 - (5 >> 1) = 3.
        name: "current decays before it is integrated",
        file: "neuron/synaptic_current.sv",
        from: "assign sum       = CurrentBits'(x);",
        to: "assign sum       = CurrentBits'(signed'(i_syn_o[k*ISynBits +: ISynBits]));",
        structure: |s| {
            s.i_syn_bits = 8;
            s.semantics.integrate = Integrate::Current;
            s.semantics.decay = shift(Rounding::Floor, Clamp::None);
        },
        values: |v| v.i_syn_decay = vec![1],
        events: &[W0, STEP],
        cycle: write(1),
        signal: "write_v",
    },
    Fault {
        // Leak first: 5 - 2 + 3 = 6; integration first: 8 - 4 = 4.
        name: "integrates before it leaks",
        file: "neuron/lif_time_step.sv",
        from: "if (Order == LeakFirst) begin : gen_leak_integrate_fire",
        to: "if (Order == LeakFirst + 1) begin : gen_leak_integrate_fire",
        structure: |s| {
            s.bias_bits = 4;
            s.semantics.leak = shift(Rounding::Floor, Clamp::None);
        },
        values: |v| {
            leak_1(v);
            v.neurons[0].bias = 3;
        },
        events: &[W0, STEP],
        cycle: write(1),
        signal: "write_v",
    },
    Fault {
        // With integrate_fire_leak a neuron that fired must not leak: v_reset = 8, not 4.
        name: "leaks after a spike",
        file: "neuron/lif_time_step.sv",
        from: "(n != '0) ? fired : reduced;",
        to: "reduced;",
        structure: |s| {
            s.semantics.order = Order::IntegrateFireLeak;
            s.semantics.reset = Reset::Value;
            s.semantics.leak = shift(Rounding::Floor, Clamp::None);
        },
        values: |v| {
            leak_1(v);
            threshold_0(v);
            v.neurons[0].v_reset = 8;
        },
        events: &[STEP],
        cycle: write(0),
        signal: "write_v",
    },
    Fault {
        // `inject` names one neuron: mask 0b0100, not 0b1111.
        name: "inject reaches all lanes",
        file: "neuron/neuron_array.sv",
        from: "assign active = s1_all_q || s1_lane_q == LaneBits'(lane);",
        to: "assign active = 1'b1;",
        structure: as_is,
        values: plain,
        events: &[inject(2, 7)],
        cycle: write(0),
        signal: "write_mask",
    },
];

const DOOR: [Fault; 8] = [
    Fault {
        // Events 0 to 2 enter in cycles 0 to 2, event 0 leaves in cycle 1: two entries in cycle 3 are full, no acknowledge.
        name: "event lost when full",
        file: "core/door.sv",
        from: "DropFull == 1 || queue_count_i < CountBits'(QueueDepth)",
        to: "DropFull == 1 || queue_count_i <= CountBits'(QueueDepth)",
        structure: short_queue,
        values: plain,
        events: &[W0, W0, W0, W0, W0],
        cycle: 3,
        signal: "aer_in_ack",
    },
    Fault {
        // The same queue with `drop`: event 3 is lost in cycle 3 and counted in cycle 4.
        name: "drop not counted",
        file: "core/counters.sv",
        from: "events_dropped_q + 32'(event_dropped_i)",
        to: "events_dropped_q",
        structure: dropping,
        values: plain,
        events: &[W0, W0, W0, W0, W0],
        cycle: 4,
        signal: "events_dropped",
    },
    Fault {
        // Full at one entry: event 1 is lost in cycle 1 while event 0 leaves, so cycle 2 holds none instead of one.
        name: "queue full one entry early",
        file: "core/event_queue.sv",
        from: "count_o == CountBits'(QueueDepth)",
        to: "count_o == CountBits'(QueueDepth - 1)",
        structure: dropping,
        values: plain,
        events: &[W0, W0, W0, W0, W0],
        cycle: 2,
        signal: "queue_count",
    },
    Fault {
        // The step enters the bypass in cycle 2 and is fetched in cycle 4, so the queue keeps its entry in cycle 5.
        name: "bypass waits for the queue",
        file: "core/bitspike_core.sv",
        from: ".bypass_valid_i(bypass_valid)",
        to: ".bypass_valid_i(bypass_valid && queue_count == '0)",
        structure: |s| s.schedule.time_step = TimeStepPolicy::Bypass,
        values: plain,
        events: &[W0, W0, STEP],
        cycle: 5,
        signal: "queue_count",
    },
    Fault {
        // A barrier needs IDLE: step 0 enters in cycle 1, is fetched in 2, written in 5; its spikes are in the spike queue in
        // cycle 6, idle and not yet in the serialiser, and step 1 must wait.
        name: "barrier does not wait for the spike queue",
        file: "core/bitspike_core.sv",
        from: "!s2_valid && spike_queue_count == '0 && !spike_valid",
        to: "!s2_valid && !spike_valid",
        structure: |s| s.schedule.time_step = TimeStepPolicy::Barrier,
        values: threshold_0,
        events: &[STEP, STEP],
        cycle: 6,
        signal: "aer_in_ack",
    },
    Fault {
        // req rises in cycle 1 and passes two flip-flops: accepted in cycle 3, not in 2.
        name: "synchroniser of one stage",
        file: "aer/synchroniser.sv",
        from: "level_o = level_q[1]",
        to: "level_o = level_q[0]",
        structure: |s| s.schedule.handshake = Handshake::FourPhase,
        values: plain,
        events: &[W0],
        cycle: 2,
        signal: "aer_in_accept",
    },
    Fault {
        // Event 0 is accepted in 3 and held, acknowledged in 5, and the acknowledge falls in 9, when it is fetched: run in 10 to 12.
        // req of event 1 rises in 10 and is through the flip-flops in 12, where the core is still busy: not yet accepted.
        name: "door between events opens during one",
        file: "core/door.sv",
        from: "assign room         = calm && !holding_q",
        to: "assign room         = !holding_q",
        structure: |s| {
            s.schedule.handshake = Handshake::FourPhase;
            s.schedule.door = Door::BetweenEvents;
        },
        values: plain,
        events: &[W0, W0],
        cycle: 12,
        signal: "aer_in_accept",
    },
    Fault {
        // 0 >= -5 fires; with the sign cut off the threshold is 251. v is 0 either way.
        name: "threshold loses its sign on the bus",
        file: "core/register_bus.sv",
        from: "(VBits + 1)'(signed'(cfg_wdata_i))",
        to: "(VBits + 1)'(cfg_wdata_i[VBits-1:0])",
        structure: as_is,
        values: |v| v.neurons[0].threshold = -5,
        events: &[STEP],
        cycle: write(0),
        signal: "write_spikes",
    },
];

const CONTROL: [Fault; 9] = [
    Fault {
        // Two groups are initialised in cycles 0 and 1.
        name: "last group not initialised",
        file: "core/controller.sv",
        from: "assign init_last    = init_o && slot_q == SlotBits'(Groups - 1);",
        to: "assign init_last    = init_o && slot_q == SlotBits'(Groups - 2);",
        structure: two_groups,
        values: plain,
        events: &[],
        cycle: 1,
        signal: "control_state",
    },
    Fault {
        // INIT 0 and 1, fetch 2; with an interval of 2 group 0 is issued in cycle 3 and group 1 in 5, not in 4.
        name: "initiation interval one short",
        file: "core/controller.sv",
        from: ": PhaseBits'(Interval - 1)",
        to: ": PhaseBits'(Interval - 2)",
        structure: |s| {
            two_groups(s);
            s.schedule.initiation_interval = 2;
        },
        values: plain,
        events: &[W0],
        cycle: 4,
        signal: "issue_valid",
    },
    Fault {
        // Four groups, no receiver. INIT 0 to 3, fetch 4; step 0 is issued in 5 to 8 and written in 7 to 10. The serialiser
        // takes the first entry at the end of 8, so the spike queue holds 1, 1, 2 in cycles 8, 9, 10. Step 1 issues group 0 in
        // cycle 9 (1 + 2 in the pipeline = 3 of 4) and must stall in cycle 10 (2 + 2 = 4).
        name: "stall credit one too many",
        file: "core/controller.sv",
        from: ">= (SpikeCountBits + 2)'(SpikeQueueDepth)",
        to: "> (SpikeCountBits + 2)'(SpikeQueueDepth)",
        structure: four_groups,
        values: threshold_0,
        events: &[STEP, STEP],
        cycle: 10,
        signal: "control_state",
    },
    Fault {
        // Four groups: INIT 0 to 3, fetch 4, the word line is issued in 5 to 8, inject in 9. It reads neuron 3 in cycle 9, which
        // is written in 10; its own write in 11 must build on it: 5 + 2 = 7, not 0 + 2.
        name: "result on its way is not forwarded",
        file: "neuron/neuron_array.sv",
        from: "assign use_s2 = filled_q && s2_group_q == s1_group_q;",
        to: "assign use_s2 = 1'b0;",
        structure: four_groups,
        values: plain,
        events: &[W0, inject(3, 2)],
        cycle: 11,
        signal: "write_v",
    },
    Fault {
        // Written in 4, offered in 6: lane 0 first, not lane 3.
        name: "serialiser starts at the highest lane",
        file: "core/spike_serialiser.sv",
        from: "for (int unsigned i = Lanes; i > 0; i--) begin",
        to: "for (int unsigned i = 1; i <= Lanes; i++) begin",
        structure: as_is,
        values: threshold_0,
        events: &[STEP],
        cycle: write(0) + 2,
        signal: "aer_out_address",
    },
    Fault {
        // The step is written in 4, its first spike leaves in 6 and must come back as word line 4: pushed at the end of 6, fetched
        // in 7 by the idle core, run in 8.
        name: "loop-back forgets its first word line",
        file: "core/bitspike_core.sv",
        from: "BodyBits'(first_word_line) + BodyBits'(spike_address)",
        to: "BodyBits'(spike_address)",
        structure: |s| {
            s.schedule.loop_back = true;
            s.word_lines = 8;
        },
        values: |v| {
            threshold_0(v);
            v.first_word_line = 4;
        },
        events: &[STEP],
        cycle: 8,
        signal: "event_payload",
    },
    Fault {
        // Queue of 2: the step enters in 0; events 1 and 2 in 1 and 2, event 3 in 5 after the fetch of 4. The step's first spike
        // leaves in 6 and meets two entries: lost, and counted in 7.
        name: "lost loop-back not counted",
        file: "core/event_queue.sv",
        from: "assign loop_dropped_o = loop_push_i && loop_full;",
        to: "assign loop_dropped_o = 1'b0;",
        structure: |s| {
            short_queue(s);
            s.schedule.loop_back = true;
        },
        values: threshold_0,
        events: &[STEP, W0, W0, W0],
        cycle: 7,
        signal: "loop_back_dropped",
    },
    Fault {
        // Two groups: INIT 0 and 1, fetch 2, issued in 3 and 4, written in 5 and 6: the step counts after cycle 6, not after 5.
        name: "time step counted for each group",
        file: "core/counters.sv",
        from: "s2_kind_i == TimeStep && s2_last_group_i",
        to: "s2_kind_i == TimeStep",
        structure: two_groups,
        values: plain,
        events: &[STEP],
        cycle: 6,
        signal: "time_steps",
    },
    Fault {
        // Neuron 0 has threshold 0 and must fire; read from the address above its parameters are those of neuron 1 with 100.
        name: "parameters go to another neuron",
        file: "core/register_bus.sv",
        from: "cfg_addr_i[3 +: NeuronBits]",
        to: "cfg_addr_i[4 +: NeuronBits]",
        structure: |s| s.schedule.per_neuron = true,
        values: |v| {
            for parameters in &mut v.neurons[1..] {
                parameters.threshold = 100;
            }
            threshold_0(v);
        },
        events: &[STEP],
        cycle: write(0),
        signal: "write_spikes",
    },
];

#[test]
fn every_fault_shows_in_the_cycle_and_signal_the_contract_says() {
    let faults: Vec<&Fault> = [&COMPARE[..], &ROUNDING, &STATE, &DOOR, &CONTROL].into_iter().flatten().collect();
    assert_found(&faults);
}
