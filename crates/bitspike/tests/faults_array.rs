//! Deliberate faults in the RTL of epochs and analogue read, found where the contract says.
//!
//! The plain core with one group, four word lines in one block, four-bit converters: events `W0, STEP` mark in cycle 2, select in 3,
//! settle in 4, convert in 5 to 9 (`sar`), issue in 10 (written in 12), clear in 11, select in 12, and the time step is issued in 13.
//! Each event more before the time step, and each group more in `INIT`, makes everything one cycle later. The word lines hold 5, -3,
//! 7 and 1, which are 13, 5, 15 and 9 in offset binary; the trials of a code 1101 are 1000, 1100, 1110 and 1101.

mod common;

use bitspike_spec::array::ArrayShape;
use bitspike_spec::fx::Rounding;
use bitspike_spec::{
    Adc, AerEvent, AnalogueArray, AnalogueRead, ArrayImage, ArrayRead, ArrayStructure, Converter, CrossbarImage,
    SliceImage, Structure, SynapseArray, Values,
};
use common::fault::{Fault, assert_found};

const W0: AerEvent = AerEvent::word_line(0);
const W1: AerEvent = AerEvent::word_line(1);
const W2: AerEvent = AerEvent::word_line(2);
const STEP: AerEvent = AerEvent::TimeStep;

const READ: AnalogueRead = AnalogueRead {
    rows_per_read: 4,
    settle_cycles: 1,
    converter: Converter::Sar,
    columns_per_converter: 1,
    adc_bits: 4,
    adc_rounding: Rounding::HalfUp,
    code_bits: 6,
    devices_per_cell: 2,
    slices: 1,
    slice_bits: 1,
    variance_bits: 0,
};

fn with(structure: &mut Structure, read: AnalogueRead) {
    structure.array = ArrayStructure { epochs: 1, read: ArrayRead::Analogue(read) };
}

fn plain(s: &mut Structure) {
    with(s, READ);
}

fn two_blocks(s: &mut Structure) {
    with(s, AnalogueRead { rows_per_read: 2, ..READ });
}

fn ramp(s: &mut Structure) {
    with(s, AnalogueRead { converter: Converter::Ramp, ..READ });
}

fn two_slices(s: &mut Structure) {
    with(s, AnalogueRead { slices: 2, slice_bits: 2, ..READ });
}

fn noisy(s: &mut Structure) {
    with(s, AnalogueRead { variance_bits: 16, ..READ });
}

/// Two groups, each with converters of its own.
fn two_groups(s: &mut Structure) {
    plain(s);
    s.lanes = 2;
}

/// Two groups that share their converters.
fn shared_converters(s: &mut Structure) {
    with(s, AnalogueRead { columns_per_converter: 2, ..READ });
    s.lanes = 2;
}

fn analogue_epochs(s: &mut Structure) {
    plain(s);
    s.array.epochs = 2;
}

/// Cells of word lines with these differences, on all bit lines.
fn slice(rows: [i32; 4]) -> SliceImage {
    let cells = |of: fn(i32) -> i32| rows.iter().flat_map(|&w| [of(w) as u16; 4]).collect();
    SliceImage { plus: cells(|w| w.max(0)), minus: cells(|w| (-w).max(0)), ..SliceImage::default() }
}

fn image(slices: Vec<SliceImage>) -> ArrayImage {
    let shape = ArrayShape { word_lines: 4, bit_lines: 4, code_bits: 6, variance_shift: 0 };
    ArrayImage::new(shape, slices).expect("valid codes")
}

const WEIGHTS: [i32; 4] = [5, -3, 7, 1];

/// Converters that give the sum as it is.
fn adc() -> Adc {
    Adc { shift: 0, rounding: Rounding::HalfUp, low: -8, high: 7, offsets: vec![0; 4], multipliers: vec![1; 4] }
}

fn holds(v: &mut Values, slices: Vec<SliceImage>, converters: Vec<Adc>) {
    v.array = SynapseArray::Analogue(AnalogueArray { images: vec![image(slices)], converters, noise_seed: SEED });
}

fn weights(v: &mut Values) {
    holds(v, vec![slice(WEIGHTS)], vec![adc()]);
}

fn with_adc(v: &mut Values, adc: Adc) {
    holds(v, vec![slice(WEIGHTS)], vec![adc]);
}

fn with_offset(v: &mut Values, offset: i32) {
    with_adc(v, Adc { offsets: vec![offset; 4], ..adc() });
}

/// A single device for each cell, and 3 taken off for each word line.
fn with_zero(v: &mut Values) {
    let cell = SliceImage { minus: Vec::new(), zero_code: 3, ..slice([5, 5, 5, 5]) };
    holds(v, vec![cell], vec![adc()]);
}

/// The same digits in two slices.
fn twice(v: &mut Values) {
    holds(v, vec![slice(WEIGHTS), SliceImage { shift: 2, ..slice(WEIGHTS) }], vec![adc(); 2]);
}

/// Word line 0 holds 5, 5, 2 and 2.
fn uneven(v: &mut Values) {
    let mut cells = slice(WEIGHTS);
    cells.plus[2..4].fill(2);
    holds(v, vec![cells], vec![adc()]);
}

/// By hand from the page: the signs of the four bit lines are `++-+` in read 0, `--+-` in read 1, `-++-` in slice 1, `+--+` after nine
/// rounds.
const SEED: u64 = 3;

/// Noise with a deviation of 256: a code is 7 or -8, as the sign of the noise says, unless |z| < 1/16.
fn noise(v: &mut Values) {
    holds(v, vec![SliceImage { variance: vec![65535; 16], ..slice(WEIGHTS) }], vec![adc()]);
}

fn noise_in_two_slices(v: &mut Values) {
    let cells = SliceImage { variance: vec![65535; 16], ..slice(WEIGHTS) };
    holds(v, vec![cells.clone(), SliceImage { shift: 2, ..cells }], vec![adc(); 2]);
}

/// Word line 0 holds 5, and from cycle 4 on -3.
fn changing(v: &mut Values) {
    let images = vec![image(vec![slice(WEIGHTS)]), image(vec![slice([-3, 5, 7, 1])])];
    v.array = SynapseArray::Analogue(AnalogueArray { images, converters: vec![adc()], noise_seed: 0 });
    v.epoch_starts = vec![4];
}

const MARKS: [Fault; 7] = [
    Fault {
        // Nothing to settle in 4: the time step itself is issued.
        name: "a word line is not marked",
        file: "array/word_line_marks.sv",
        from: "active_q[word_line] <= '1;",
        to: "active_q[word_line] <= '0;",
        structure: plain,
        values: weights,
        events: &[W0, STEP],
        cycle: 4,
        signal: "issue_valid",
    },
    Fault {
        // Read again, where the time step should be issued.
        name: "marks are kept after the read",
        file: "array/word_line_marks.sv",
        from: "active_q[32'(block_i)*Rows +: Rows] <= '0;",
        to: "active_q[32'(block_i)*Rows +: Rows] <= '1;",
        structure: plain,
        values: weights,
        events: &[W0, STEP],
        cycle: 13,
        signal: "issue_valid",
    },
    Fault {
        name: "the last block comes first",
        file: "array/word_line_marks.sv",
        from: "for (int unsigned b = Blocks; b > 0; b--)",
        to: "for (int unsigned b = 1; b <= Blocks; b++)",
        structure: two_blocks,
        values: weights,
        events: &[W0, W2, STEP],
        cycle: 5,
        signal: "read_block",
    },
    Fault {
        // Marked in 2 and in 3.
        name: "merged word lines are not counted",
        file: "core/counters.sv",
        from: "word_lines_merged_q + 32'(marked_i)",
        to: "word_lines_merged_q + 32'(marked_i && Neurons == 0)",
        structure: plain,
        values: weights,
        events: &[W0, W0],
        cycle: 4,
        signal: "word_lines_merged",
    },
    Fault {
        name: "marking takes three slots",
        file: "core/controller.sv",
        from: "assign last_slot     = marks ? '0 :",
        to: "assign last_slot     = marks ? SlotBits'(SlotsOne - 1) :",
        structure: plain,
        values: weights,
        events: &[W0, STEP],
        cycle: 3,
        signal: "queue_count",
    },
    Fault {
        name: "reads are not counted",
        file: "core/counters.sv",
        from: "reads_q + 32'(read_done_i)",
        to: "reads_q + 32'(read_done_i && Neurons == 0)",
        structure: plain,
        values: weights,
        events: &[W0, STEP],
        cycle: 12,
        signal: "reads",
    },
    Fault {
        // Every step fires, nothing leaves. Step k is issued in 3 + 4 k; the serialiser holds the entry of the first, the queue those of
        // four more from 22 on. Marked in 22, selected in 23, issued in 30: reads do not fire here, so the queue does not matter.
        name: "stall credit asked of a read that cannot fire",
        file: "core/controller.sv",
        from: "assign may_fire      = issue_kind_o[0]",
        to: "assign may_fire      = kind_o[0]",
        structure: plain,
        values: |v| {
            weights(v);
            v.neurons[0].threshold = 0;
        },
        events: &[STEP, STEP, STEP, STEP, STEP, W0, STEP],
        cycle: 30,
        signal: "control_state",
    },
];

const CONVERTERS: [Fault; 12] = [
    Fault {
        // The first trial is 1000, in 6.
        name: "sar starts with the second bit",
        file: "array/sar_converters.sv",
        from: "step_i == StepBits'(AdcBits - b)",
        to: "step_i == StepBits'(AdcBits - b - 1)",
        structure: plain,
        values: weights,
        events: &[W0, STEP],
        cycle: 6,
        signal: "adc_trial",
    },
    Fault {
        // The first block gives 13. The second is below the range, so the sampling step does not clear it; converted from 15 on.
        name: "sar keeps the code of the block before",
        file: "array/converter_codes.sv",
        from: "if (prepare_i) begin",
        to: "if (prepare_i && AdcBits == 0) begin",
        structure: two_blocks,
        values: |v| holds(v, vec![slice([5, -3, -20, 1])], vec![adc()]),
        events: &[W0, W2, STEP],
        cycle: 16,
        signal: "adc_trial",
    },
    Fault {
        // Sixteen steps from 5 on; issued in 21.
        name: "ramp keeps the trial before",
        file: "array/converter_codes.sv",
        from: "trials_i[i*AdcBits +: AdcBits];",
        to: "trials_i[i*AdcBits +: AdcBits] - AdcBits'(1'b1);",
        structure: ramp,
        values: weights,
        events: &[W0, STEP],
        cycle: 21,
        signal: "adc_code",
    },
    Fault {
        name: "ramp ends a step early",
        file: "array/read_controller.sv",
        from: "(Ramp == 1) ? 1 << AdcBits :",
        to: "(Ramp == 1) ? (1 << AdcBits) - 1 :",
        structure: ramp,
        values: weights,
        events: &[W0, STEP],
        cycle: 20,
        signal: "issue_valid",
    },
    Fault {
        // Settles in 4 and 5.
        name: "one cycle is enough to settle",
        file: "array/read_controller.sv",
        from: "step_q == StepBits'(SettleCycles - 1)",
        to: "step_q == StepBits'(SettleCycles - SettleCycles)",
        structure: |s| with(s, AnalogueRead { settle_cycles: 2, ..READ }),
        values: weights,
        events: &[W0, STEP],
        cycle: 5,
        signal: "read_state",
    },
    Fault {
        // Groups 0 and 1 are issued in 11 and 12.
        name: "every group has the first converters",
        file: "array/analogue_array.sv",
        from: "issued_codes = codes[32'(index)*CodesWidth +: CodesWidth];",
        to: "issued_codes = codes[32'(index)*0 +: CodesWidth];",
        structure: two_groups,
        values: uneven,
        events: &[W0, STEP],
        cycle: 12,
        signal: "adc_code",
    },
    Fault {
        // Group 0 is converted from 6 on and issued in 11, group 1 converted from 12 on.
        name: "the phase stands still",
        file: "array/read_controller.sv",
        from: "(phase_q == PhaseBits'(Columns - 1)) ? phase_q : phase_q + PhaseBits'(1'b1)",
        to: "phase_q",
        structure: shared_converters,
        values: uneven,
        events: &[W0, STEP],
        cycle: 12,
        signal: "read_phase",
    },
    Fault {
        // 2 is 1010: the third trial, in 15, is 1010 and not 1110.
        name: "comparators see the first phase",
        file: "array/crossbar_macro.sv",
        from: "*Columns + 32'(phase_i))*Lanes",
        to: "*Columns + 32'(phase_i) * 0)*Lanes",
        structure: shared_converters,
        values: uneven,
        events: &[W0, STEP],
        cycle: 15,
        signal: "adc_trial",
    },
    Fault {
        // 5 + 7 is 12, above the range in all four lanes; issued in 11, written in 13.
        name: "conversions at a limit are not counted",
        file: "core/counters.sv",
        from: "conversions_at_limit_q + 32'(s2_at_limit_i)",
        to: "conversions_at_limit_q + 32'(s2_at_limit_i & '0)",
        structure: plain,
        values: weights,
        events: &[W0, W2, STEP],
        cycle: 14,
        signal: "conversions_at_limit",
    },
    Fault {
        name: "the lowest code is no limit",
        file: "array/slice_adder.sv",
        from: "code == '0 || code == '1",
        to: "code == '1",
        structure: plain,
        values: |v| with_offset(v, -20),
        events: &[W0, STEP],
        cycle: 13,
        signal: "conversions_at_limit",
    },
    Fault {
        // 5 + 4 * 5 = 25.
        name: "slices are not shifted",
        file: "array/slice_adder.sv",
        from: "<< (s * SliceBits)",
        to: "<< (s * 0)",
        structure: two_slices,
        values: twice,
        events: &[W0, STEP],
        cycle: 12,
        signal: "write_v",
    },
    Fault {
        // -3 in four bits, to an operand of eight.
        name: "the word of a read has no sign",
        file: "neuron/neuron_array.sv",
        from: "OperandBits'(signed'(weights_i[lane*WordBits +: WordBits]))",
        to: "OperandBits'(weights_i[lane*WordBits +: WordBits])",
        structure: |s| {
            plain(s);
            s.weight_bits = 8;
        },
        values: weights,
        events: &[W1, STEP],
        cycle: 12,
        signal: "write_v",
    },
];

const MACRO: [Fault; 13] = [
    Fault {
        // 7 and not 5: the trials part with the fourth, in 9.
        name: "the first block is summed",
        file: "array/crossbar_macro.sv",
        from: "32'(block_i) * Rows + row)",
        to: "32'(block_i) * 0 + row)",
        structure: two_blocks,
        values: weights,
        events: &[W2, STEP],
        cycle: 9,
        signal: "adc_trial",
    },
    Fault {
        // -3 is 0101: the second trial is 0100 and not 1100.
        name: "the second device adds",
        file: "array/crossbar_macro.sv",
        from: "difference[number] -= {1'b0,",
        to: "difference[number] += {1'b0,",
        structure: plain,
        values: weights,
        events: &[W1, STEP],
        cycle: 7,
        signal: "adc_trial",
    },
    Fault {
        // 5 - 3 = 2: the third trial is 1010 and not 1110.
        name: "the zero is not taken off",
        file: "array/crossbar_macro.sv",
        from: "longint'(difference[first+j]) - longint'(zero_code[j/Neurons])",
        to: "longint'(difference[first+j]) - longint'(zero_code[j/Neurons]) * 0",
        structure: |s| with(s, AnalogueRead { devices_per_cell: 1, ..READ }),
        values: with_zero,
        events: &[W0, STEP],
        cycle: 8,
        signal: "adc_trial",
    },
    Fault {
        // 10 on bit line 1: the fourth trial is 1111 and not 1101.
        name: "one multiplier for all",
        file: "array/crossbar_macro.sv",
        from: "longint'(multiplier[j])",
        to: "longint'(multiplier[0])",
        structure: plain,
        values: |v| with_adc(v, Adc { multipliers: vec![1, 2, 1, 1], ..adc() }),
        events: &[W0, STEP],
        cycle: 9,
        signal: "adc_trial",
    },
    Fault {
        // 5 - 2 = 3 is 1011.
        name: "offsets are forgotten",
        file: "array/crossbar_macro.sv",
        from: "(sums[j] + longint'(offset[j]))",
        to: "(sums[j] + longint'(offset[j]) * 0)",
        structure: plain,
        values: |v| with_offset(v, -2),
        events: &[W0, STEP],
        cycle: 8,
        signal: "adc_trial",
    },
    Fault {
        // 5 / 2 is 3 by half up; the trials 1000, 1100, 1010, 1011 are those of 2 as well.
        name: "half up is floor",
        file: "array/crossbar_macro.sv",
        from: "if (HalfUp && adc_shift",
        to: "if (!HalfUp && adc_shift",
        structure: plain,
        values: |v| with_adc(v, Adc { shift: 1, ..adc() }),
        events: &[W0, STEP],
        cycle: 10,
        signal: "adc_code",
    },
    Fault {
        // Slice 1 halves: 3 and not 6, so its second trial fails and the third is 1010, not 1110.
        name: "every slice has the shift of the first",
        file: "array/crossbar_macro.sv",
        from: "<< adc_shift[i%Slices];",
        to: "<< adc_shift[i%1];",
        structure: two_slices,
        values: |v| {
            let slices = vec![slice(WEIGHTS), SliceImage { shift: 2, ..slice(WEIGHTS) }];
            holds(v, slices, vec![adc(), Adc { shift: 1, ..adc() }]);
        },
        events: &[W0, STEP],
        cycle: 8,
        signal: "adc_trial",
    },
    Fault {
        // A lane with negative noise fails its first trial.
        name: "there is no read noise",
        file: "array/crossbar_macro.sv",
        from: "if (Noise) add_noise();",
        to: "if (Noise && WordLines == 0) add_noise();",
        structure: noisy,
        values: noise,
        events: &[W0, STEP],
        cycle: 7,
        signal: "adc_trial",
    },
    Fault {
        name: "noise has no sign",
        file: "array/crossbar_macro.sv",
        from: "word[31] ? -z : z",
        to: "word[31] ? z : z",
        structure: noisy,
        values: noise,
        events: &[W0, STEP],
        cycle: 7,
        signal: "adc_trial",
    },
    Fault {
        name: "nine rounds of Philox",
        file: "array/crossbar_macro.sv",
        from: "for (int unsigned i = 0; i < 10; i++) begin",
        to: "for (int unsigned i = 0; i < 9; i++) begin",
        structure: noisy,
        values: noise,
        events: &[W0, STEP],
        cycle: 7,
        signal: "adc_trial",
    },
    Fault {
        // The second read marks in 16, settles in 18, converts from 19 on.
        name: "every read has the same noise",
        file: "array/crossbar_macro.sv",
        from: "256 * s + 25, reads_i)",
        to: "256 * s + 25, reads_i * 0)",
        structure: noisy,
        values: noise,
        events: &[W0, STEP, W0, STEP],
        cycle: 21,
        signal: "adc_trial",
    },
    Fault {
        name: "slices share their noise",
        file: "array/crossbar_macro.sv",
        from: "256 * s + 25, reads_i)",
        to: "0 * s + 25, reads_i)",
        structure: |s| with(s, AnalogueRead { slices: 2, slice_bits: 2, variance_bits: 16, ..READ }),
        values: noise_in_two_slices,
        events: &[W0, STEP],
        cycle: 7,
        signal: "adc_trial",
    },
    Fault {
        // Sampled in 4, the first cycle of the second epoch: -3 and not 5.
        name: "the first epoch never ends",
        file: "array/crossbar_macro.sv",
        from: "(32'(epoch_i) * WordLines +",
        to: "(32'(epoch_i) * 0 +",
        structure: analogue_epochs,
        values: changing,
        events: &[W0, STEP],
        cycle: 7,
        signal: "adc_trial",
    },
];

const EPOCHS: [Fault; 2] = [
    Fault {
        // Issued in 2, the first cycle of the second epoch, whose weights are -1.
        name: "event read stays in the first epoch",
        file: "core/bitspike_core.sv",
        from: "32'(epoch) * WordLines + 32'(payload",
        to: "32'(epoch) * 0 + 32'(payload",
        structure: |s| s.array.epochs = 2,
        values: |v| {
            let second = CrossbarImage::new(4, 4, vec![-1; 16]).expect("16 codes");
            let first = v.weights().expect("event read").clone();
            v.array = SynapseArray::Event(vec![first, second]);
            v.epoch_starts = vec![2];
        },
        events: &[W0],
        cycle: 4,
        signal: "write_v",
    },
    Fault {
        // Three epochs, from 5 and 9 on: 2 has a bit more than 1.
        name: "the epoch loses its upper bit",
        file: "core/register_bus.sv",
        from: "epoch_q <= cfg_wdata_i[EpochBits-1:0];",
        to: "epoch_q <= EpochBits'(cfg_wdata_i[0]);",
        structure: |s| s.array.epochs = 3,
        values: |v| {
            let image = v.weights().expect("event read").clone();
            v.array = SynapseArray::Event(vec![image; 3]);
            v.epoch_starts = vec![5, 9];
        },
        events: &[W0],
        cycle: 9,
        signal: "epoch",
    },
];

#[test]
fn every_fault_of_the_array_shows_in_the_cycle_and_signal_the_contract_says() {
    let faults: Vec<&Fault> = MARKS.iter().chain(&CONVERTERS).chain(&MACRO).chain(&EPOCHS).collect();
    assert_found(&faults);
}
