//! Model against RTL over a grid of arrays: every converter, width and slice, noise, saturation and epochs, a million cycles each.

mod common;

use bitspike_cosim::build::{BuildKind, Builder};
use bitspike_cosim::lockstep::InitialState;
use bitspike_cosim::rtl::RtlSource;
use bitspike_model::{Model, NullObserver};
use bitspike_spec::fx::Rounding;
use bitspike_spec::testing::{arb_core_of, arb_stimulus};
use bitspike_spec::{
    AnalogueRead, ArrayRead, ArrayStructure, Converter, Core, Counters, Door, FireCheck, FullPolicy, Handshake,
    Integrate, Reduce, Reset, Stimulus, Structure, Synapse, TimeStepPolicy, Values,
};
use common::{PLAIN, build, builder, in_parallel, in_process, through_vcd};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::BTreeSet;

/// Cases of values and stimulus for each structure.
const CASES: u64 = 5;
/// Cycles of each.
const CYCLES: u64 = 200_000;
/// Cycles that are compared through VCD too, on every fourth structure.
const VCD_CYCLES: u64 = 20_000;

/// One row of the grid.
struct Row {
    /// Neurons, lanes, word lines.
    counts: [u32; 3],
    /// `rows_per_read`, `settle_cycles`, `columns_per_converter`.
    read: [u32; 3],
    converter: Converter,
    rounding: Rounding,
    /// Bits of the converter and of a current code; devices of a cell.
    widths: [u32; 3],
    /// Slices and bits of a slice.
    slices: [u32; 2],
    variance_bits: u32,
    epochs: u32,
}

const fn row(counts: [u32; 3], read: [u32; 3], converter: Converter, rounding: Rounding, widths: [u32; 3]) -> Row {
    Row { counts, read, converter, rounding, widths, slices: [1, 1], variance_bits: 0, epochs: 1 }
}

const GRID: [Row; 12] = [
    row([8, 4, 8], [8, 1, 1], Converter::Sar, Rounding::HalfUp, [1, 6, 2]),
    Row { variance_bits: 8, epochs: 3, ..row([16, 4, 20], [6, 2, 2], Converter::Sar, Rounding::Floor, [2, 7, 2]) },
    Row { variance_bits: 12, epochs: 2, ..row([16, 2, 16], [16, 1, 8], Converter::Ramp, Rounding::Floor, [3, 8, 2]) },
    Row { slices: [2, 4], ..row([8, 8, 12], [1, 1, 1], Converter::Sar, Rounding::HalfUp, [4, 6, 2]) },
    Row {
        slices: [4, 2],
        variance_bits: 4,
        ..row([12, 4, 9], [4, 3, 1], Converter::Ramp, Rounding::HalfUp, [5, 9, 1])
    },
    Row { slices: [8, 1], epochs: 4, ..row([16, 8, 33], [32, 1, 2], Converter::Sar, Rounding::Floor, [6, 10, 2]) },
    Row { variance_bits: 16, ..row([32, 4, 40], [40, 1, 4], Converter::Sar, Rounding::HalfUp, [7, 10, 1]) },
    Row { epochs: 16, variance_bits: 10, ..row([8, 2, 24], [5, 1, 4], Converter::Sar, Rounding::HalfUp, [8, 12, 2]) },
    Row { variance_bits: 12, ..row([10, 2, 16], [8, 15, 1], Converter::Sar, Rounding::Floor, [9, 11, 2]) },
    Row { epochs: 2, ..row([4, 4, 16], [16, 1, 1], Converter::Ramp, Rounding::HalfUp, [10, 12, 2]) },
    Row { variance_bits: 9, epochs: 2, ..row([64, 16, 64], [64, 1, 1], Converter::Sar, Rounding::HalfUp, [10, 12, 2]) },
    Row { slices: [3, 3], epochs: 5, ..row([6, 1, 7], [3, 2, 2], Converter::Sar, Rounding::Floor, [12, 8, 1]) },
];

/// Epochs with event read, as two more structures.
const EVENT_EPOCHS: [u32; 2] = [3, 16];

fn cycled<T: Copy>(values: &[T], index: usize) -> T {
    values[index % values.len()]
}

fn structure(i: usize) -> Structure {
    let mut s = PLAIN;
    let read = match GRID.get(i) {
        Some(row) => {
            [s.neurons, s.lanes, s.word_lines] = row.counts;
            ArrayRead::Analogue(analogue(row))
        }
        None => ArrayRead::Event,
    };
    let epochs = GRID.get(i).map_or_else(|| EVENT_EPOCHS[i - GRID.len()], |row| row.epochs);
    s.array = ArrayStructure { epochs, read };
    (s.v_bits, s.weight_shift) = (cycled(&[8, 12, 16, 24], i), cycled(&[0, 0, 2], i));
    (s.bias_bits, s.refractory_bits) = (cycled(&[0, 3], i), cycled(&[0, 0, 2], i));
    fill_schedule(&mut s, i);
    fill_semantics(&mut s, i);
    if s.schedule.loop_back {
        s.word_lines = s.word_lines.max(s.neurons + 1);
    }
    s
}

fn analogue(row: &Row) -> AnalogueRead {
    let [rows_per_read, settle_cycles, columns_per_converter] = row.read;
    let [adc_bits, code_bits, devices_per_cell] = row.widths;
    let [slices, slice_bits] = row.slices;
    AnalogueRead {
        rows_per_read,
        settle_cycles,
        converter: row.converter,
        columns_per_converter,
        adc_bits,
        adc_rounding: row.rounding,
        code_bits,
        devices_per_cell,
        slices,
        slice_bits,
        variance_bits: row.variance_bits,
    }
}

fn fill_schedule(s: &mut Structure, i: usize) {
    let schedule = &mut s.schedule;
    schedule.initiation_interval = cycled(&[1, 1, 2, 3], i);
    schedule.time_step = cycled(TimeStepPolicy::ALL, i);
    schedule.full_policy = cycled(FullPolicy::ALL, i / 2);
    schedule.handshake = cycled(Handshake::ALL, i / 3);
    schedule.loop_back = i % 3 == 1;
    schedule.per_neuron = i % 4 < 2;
    if schedule.handshake == Handshake::FourPhase && schedule.full_policy == FullPolicy::Stall {
        schedule.door = Door::BetweenEvents;
    }
}

fn fill_semantics(s: &mut Structure, i: usize) {
    let semantics = &mut s.semantics;
    semantics.reset = cycled(Reset::ALL, i);
    semantics.leak = Reduce::NONE;
    if i % 4 == 3 {
        (s.i_syn_bits, semantics.integrate) = (16, Integrate::Current);
        s.synapse = Synapse { filter: cycled(bitspike_spec::Filter::ALL, i / 4), gain_bits: 0, ..Synapse::DIRECT };
        if s.synapse.filter == bitspike_spec::Filter::ThreeTau {
            s.synapse.gain_bits = 8;
        }
    } else {
        semantics.fire_check = cycled(FireCheck::ALL, i / 2);
    }
}

fn grid() -> Vec<Structure> {
    (0..GRID.len() + EVENT_EPOCHS.len()).map(structure).collect()
}

fn covers<T: Ord + Copy + std::fmt::Debug>(knob: &str, wanted: &[T], of: impl Fn(&AnalogueRead) -> T) {
    let found: BTreeSet<T> = grid().iter().filter_map(|s| s.array.analogue()).map(|read| of(&read)).collect();
    let missing: Vec<&T> = wanted.iter().filter(|&value| !found.contains(value)).collect();
    assert!(missing.is_empty(), "no structure has {knob} = {missing:?}");
}

#[test]
fn the_grid_has_every_kind_of_array() {
    for structure in grid() {
        structure.check().unwrap_or_else(|error| panic!("{structure:?}: {error}"));
    }
    covers("adc.bits", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], |read| read.adc_bits);
    covers("code_bits", &[6, 7, 8, 9, 10, 11, 12], |read| read.code_bits);
    covers("adc.kind", Converter::ALL, |read| read.converter);
    covers("adc.rounding", &[(0, 0), (0, 2), (1, 0), (1, 2)], |r| (r.converter.code(), r.adc_rounding.code()));
    covers("devices_per_cell", &[1, 2], |read| read.devices_per_cell);
    covers("slices", &[1, 2, 3, 4, 8], |read| read.slices);
    covers("read noise", &[0, 4, 8, 16], |read| read.variance_bits);
    covers("columns_per_converter", &[1, 2, 4, 8], |read| read.columns_per_converter);
    covers("settle_cycles", &[1, 2, 15], |read| read.settle_cycles);
    covers("rows_per_read", &[1, 6, 16, 64], |read| read.rows_per_read);
    let epochs: BTreeSet<(bool, u32)> = grid().iter().map(|s| (s.array.analogue().is_some(), s.array.epochs)).collect();
    assert!(epochs.is_superset(&[(true, 1), (true, 2), (true, 16), (false, 3), (false, 16)].into()));
}

fn runner(structure: usize) -> TestRunner {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&(structure as u64).to_le_bytes());
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// A random core and stimulus, stretched over `cycles`: events again and again, epochs all along, resets early and late.
fn case(structure: &Structure, runner: &mut TestRunner, cycles: u64) -> (Core, Stimulus) {
    let strategy = (arb_core_of(*structure), arb_stimulus(structure))
        .prop_filter("needs events", |(_, stimulus)| stimulus.events.len() > 10);
    let (core, mut stimulus) = strategy.new_tree(runner).expect("enough cases have events").current();
    let epochs = u64::from(structure.array.epochs);
    let starts = (1..epochs).map(|epoch| epoch * (cycles / epochs) + 7 * epoch).collect();
    let core = Core::new(*structure, Values { epoch_starts: starts, ..core.values().clone() }).expect("valid epochs");
    stimulus.cycles = Some(cycles);
    (stimulus.repeat, stimulus.period) = (cycles, stimulus.events.last().map_or(0, |last| last.not_before / 2));
    stimulus.resets.extend([cycles / 3, cycles / 2 + 1]);
    (core, stimulus)
}

#[derive(Default)]
struct Tally {
    in_process: u64,
    through_vcd: u64,
    counters: Counters,
}

impl Tally {
    fn add(&mut self, core: &Core, stimulus: &Stimulus) {
        let counters = Model::run(core, stimulus, &mut NullObserver).counters;
        let sum = &mut self.counters;
        sum.reads += counters.reads;
        sum.word_lines_merged += counters.word_lines_merged;
        sum.conversions_at_limit += counters.conversions_at_limit;
        sum.spikes += counters.spikes;
        sum.stall_cycles += counters.stall_cycles;
        sum.time_steps += counters.time_steps;
        sum.events_dropped += counters.events_dropped;
    }
}

fn compare_structure(builder: &Builder, index: usize, structure: Structure) -> Tally {
    let source = RtlSource::embedded();
    let library = build(builder, &source, &structure, BuildKind::Lockstep);
    let testbench = index.is_multiple_of(4).then(|| build(builder, &source, &structure, BuildKind::TestbenchVcd));
    let (mut tally, mut runner) = (Tally::default(), runner(index));
    for number in 0..CASES {
        let (core, stimulus) = case(&structure, &mut runner, CYCLES);
        let initial = InitialState::Random(number as u32);
        let result = in_process(&library, &core, &stimulus, initial);
        assert!(result.agrees(), "structure {index}, case {number}, in process: {:?}", result.verdict);
        tally.in_process += result.cycles;
        tally.add(&core, &stimulus);
    }
    if let Some(testbench) = &testbench {
        let (core, stimulus) = case(&structure, &mut runner, VCD_CYCLES);
        let result = through_vcd(testbench, &core, &stimulus, InitialState::Random(9));
        assert!(result.agrees(), "structure {index}, through VCD: {:?}", result.verdict);
        tally.through_vcd += result.cycles;
    }
    tally
}

#[test]
fn arrays_agree_in_every_cycle() {
    let builder = builder();
    let numbered: Vec<(usize, Structure)> = grid().into_iter().enumerate().collect();
    let tallies = in_parallel(&numbered, |&(index, structure)| compare_structure(&builder, index, structure));
    println!(
        "structure  cycles in process  through VCD  time steps     reads   merged  at limit    spikes  mismatches"
    );
    for ((index, structure), Tally { in_process, through_vcd, counters: c }) in numbered.iter().zip(&tallies) {
        println!(
            "{index:>9}  {in_process:>17}  {through_vcd:>11}  {:>10}  {:>8}  {:>7}  {:>8}  {:>8}  {:>10}",
            c.time_steps, c.reads, c.word_lines_merged, c.conversions_at_limit, c.spikes, 0
        );
        assert!(*in_process >= 1_000_000, "structure {index}: {in_process} cycles");
        if structure.array.analogue().is_some() {
            let happened = [
                ("reads", c.reads),
                ("merged word lines", c.word_lines_merged),
                ("conversions at a limit", c.conversions_at_limit),
                ("spikes", c.spikes),
            ];
            for (what, count) in happened {
                assert!(count > 0, "structure {index}: the stimuli brought no {what}");
            }
        }
    }
    let stalls: u64 = tallies.iter().map(|tally| tally.counters.stall_cycles).sum();
    assert!(stalls > 0, "no read or time step was stalled");
}
