//! Model against RTL over a grid of structures: every knob in every value, random values and stimuli, in process and through VCD.

mod common;

use std::collections::BTreeSet;

use bitspike_cosim::build::{BuildKind, Builder};
use bitspike_cosim::lockstep::InitialState;
use bitspike_cosim::rtl::RtlSource;
use bitspike_model::{Model, NullObserver};
use bitspike_spec::fx::{Overflow, Rounding};
use bitspike_spec::testing::{arb_core_of, arb_stimulus};
use bitspike_spec::{
    AerEvent, Clamp, Compare, Core, Counters, Door, Filter, FireCheck, FullPolicy, Handshake, Integrate, Izhikevich,
    NeuronModel, Order, Polarity, Products, Recovery, Reduce, ReduceForm, Reset, Stimulus, Structure, Synapse,
    TimeScale, TimeStepPolicy, UpdateOrder,
};
use common::{PLAIN, build, builder, in_parallel, in_process, plain_values, through_vcd};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Cases of values and stimulus for each structure, compared in process.
const CASES: u32 = 100;
/// The first of them are compared through VCD too.
const VCD_CASES: u32 = 8;

/// Neurons, lanes, bits of `v`, bits of `i_syn` (0: integrates in the membrane), bits and shift of a weight.
const SIZES: [[u32; 6]; 16] = [
    [8, 1, 4, 4, 2, 0],
    [8, 8, 32, 32, 16, 15],
    [12, 4, 6, 8, 4, 0],
    [16, 2, 8, 10, 3, 1],
    [16, 16, 12, 12, 4, 0],
    [24, 8, 16, 16, 5, 2],
    [32, 4, 10, 6, 4, 0],
    [48, 16, 20, 24, 8, 4],
    [64, 32, 12, 16, 4, 0],
    [256, 64, 12, 0, 4, 0],
    [256, 1, 12, 0, 4, 0],
    [10, 2, 5, 0, 2, 0],
    [64, 64, 8, 0, 6, 0],
    [128, 16, 14, 0, 4, 0],
    [8, 4, 24, 0, 12, 3],
    [40, 8, 7, 0, 3, 0],
];

/// Nine leaks or decays: each form, each rounding, each clamp.
const REDUCTIONS: [Reduce; 9] = [
    reduce(ReduceForm::Shift, Rounding::Floor, Clamp::None, 5),
    reduce(ReduceForm::Shift, Rounding::TowardZero, Clamp::MinOne, 5),
    reduce(ReduceForm::Multiply, Rounding::HalfUp, Clamp::None, 8),
    reduce(ReduceForm::Multiply, Rounding::HalfEven, Clamp::MinOne, 16),
    reduce(ReduceForm::Shift, Rounding::Stochastic, Clamp::MinOne, 5),
    reduce(ReduceForm::Subtract, Rounding::Floor, Clamp::Zero, 7),
    reduce(ReduceForm::Subtract, Rounding::Floor, Clamp::None, 3),
    reduce(ReduceForm::None, Rounding::Floor, Clamp::None, 1),
    reduce(ReduceForm::Clear, Rounding::Floor, Clamp::None, 1),
];

const fn reduce(form: ReduceForm, rounding: Rounding, clamp: Clamp, bits: u32) -> Reduce {
    Reduce { form, rounding, clamp, bits }
}

fn cycled<T: Copy>(values: &[T], index: usize) -> T {
    values[index % values.len()]
}

/// Structure `i` of the grid.
fn structure(i: usize) -> Structure {
    let [neurons, lanes, v_bits, i_syn_bits, weight_bits, weight_shift] = SIZES[i];
    let mut s = PLAIN;
    (s.neurons, s.lanes, s.v_bits, s.i_syn_bits) = (neurons, lanes, v_bits, i_syn_bits);
    (s.weight_bits, s.weight_shift) = (weight_bits, weight_shift);
    (s.bias_bits, s.refractory_bits) = (cycled(&[0, 3, 4], i), cycled(&[2, 0, 0, 5], i));
    (s.queue_depth, s.spike_queue_depth) = (cycled(&[2, 5, 16], i), cycled(&[4, 7], i));
    fill_schedule(&mut s, i);
    fill_semantics(&mut s, i);
    s.word_lines = if s.schedule.loop_back { neurons + 4 } else { 6 };
    s
}

fn fill_schedule(s: &mut Structure, i: usize) {
    let schedule = &mut s.schedule;
    schedule.initiation_interval = cycled(&[1, 2, 1, 3], i);
    schedule.time_step = cycled(TimeStepPolicy::ALL, i);
    schedule.full_policy = cycled(FullPolicy::ALL, i / 3);
    schedule.handshake = cycled(Handshake::ALL, i / 2);
    schedule.loop_back = i % 4 == 1;
    schedule.per_neuron = i % 5 < 2;
    if i % 8 == 6 {
        schedule.door = Door::BetweenEvents;
    }
}

fn fill_semantics(s: &mut Structure, i: usize) {
    let semantics = &mut s.semantics;
    semantics.v_overflow = cycled(&Overflow::ALL, i);
    semantics.i_syn_overflow = cycled(&Overflow::ALL, i / 2);
    semantics.leak = cycled(&REDUCTIONS, i + 4);
    semantics.decay = cycled(&REDUCTIONS, i);
    semantics.compare = cycled(Compare::ALL, i);
    semantics.reset = cycled(Reset::ALL, i / 3);
    semantics.order = cycled(Order::ALL, i / 2);
    semantics.max_spikes = if semantics.reset == Reset::Subtract { cycled(&[31, 1, 3], i) } else { 1 };
    if s.i_syn_bits == 0 {
        semantics.fire_check = cycled(FireCheck::ALL, i / 2);
    } else {
        semantics.integrate = Integrate::Current;
    }
}

fn grid() -> Vec<Structure> {
    (0..SIZES.len()).map(structure).collect()
}

/// Neurons, lanes, bits of `v`, `u`, constants, fraction bits of `v` and of constants, bits of `i_syn` (0: integrates in the
/// membrane); `u` of 0 bits: LIF.
const MODEL_SIZES: [[u32; 8]; 16] = [
    [8, 1, 16, 16, 16, 7, 14, 16],
    [8, 8, 20, 16, 12, 11, 10, 12],
    [12, 4, 24, 20, 18, 15, 16, 24],
    [16, 2, 12, 12, 10, 3, 8, 0],
    [24, 8, 18, 14, 14, 9, 12, 20],
    [32, 4, 16, 18, 16, 7, 14, 8],
    [64, 32, 20, 20, 18, 11, 15, 16],
    [10, 2, 22, 16, 16, 13, 14, 0],
    [8, 4, 14, 10, 12, 5, 10, 10],
    [16, 16, 26, 22, 12, 17, 10, 32],
    [48, 16, 16, 0, 0, 0, 0, 12],
    [8, 4, 24, 0, 0, 0, 0, 16],
    [20, 4, 12, 0, 0, 0, 0, 8],
    [9, 1, 32, 0, 0, 0, 0, 32],
    [64, 8, 10, 0, 0, 0, 0, 4],
    [16, 2, 20, 0, 0, 0, 0, 20],
];

/// Structure `i` of the grid of neuron models and synapses.
fn model_structure(i: usize) -> Structure {
    let [neurons, lanes, v_bits, u_bits, constant_bits, frac, constant_frac, i_syn_bits] = MODEL_SIZES[i];
    let mut s = structure(i);
    (s.neurons, s.lanes, s.v_bits, s.frac, s.i_syn_bits) = (neurons, lanes, v_bits, frac, i_syn_bits);
    (s.weight_bits, s.weight_shift) = (cycled(&[8, 4, 12], i), cycled(&[3, 0, 6], i));
    s.bias_bits = cycled(&[0, 6, 4], i);
    if u_bits > 0 {
        s.model = NeuronModel::Izhikevich(izhikevich(i, [u_bits, constant_bits, constant_frac]));
        s.refractory_bits = 0;
        s.semantics.leak = Reduce::NONE;
        (s.semantics.reset, s.semantics.order, s.semantics.max_spikes) = (Reset::Value, Order::ALL[0], 1);
    }
    (s.semantics.fire_check, s.semantics.integrate) = (FireCheck::PerTimeStep, Integrate::Membrane);
    s.synapse = Synapse::DIRECT;
    if i_syn_bits > 0 {
        s.semantics.integrate = Integrate::Current;
        s.synapse = synapse(i);
    }
    s.word_lines = if s.schedule.loop_back { neurons + 4 } else { 6 };
    s
}

fn izhikevich(i: usize, [u_bits, constant_bits, constant_frac]: [u32; 3]) -> Izhikevich {
    let update = cycled(UpdateOrder::ALL, i / 2);
    let products = [
        Products::Multiplier { multipliers: 0 },
        Products::Multiplier { multipliers: 1 },
        Products::ShiftAdd { segment_bits: 2, digits: 4 },
        Products::Multiplier { multipliers: 3 },
        Products::ShiftAdd { segment_bits: 1, digits: 2 },
        Products::Multiplier { multipliers: 2 },
        Products::ShiftAdd { segment_bits: 4, digits: 3 },
    ];
    Izhikevich {
        products: cycled(&products, i),
        update,
        recovery: cycled(Recovery::ALL, i / 3),
        u_bits,
        u_overflow: cycled(&Overflow::ALL, i / 2),
        rounding: cycled(&Rounding::ALL, i),
        time_scale: cycled(&[TimeScale::Shift(1), TimeScale::Constant, TimeScale::Shift(0), TimeScale::Shift(3)], i),
        substeps: if update == UpdateOrder::Sequential { cycled(&[1, 2], i) } else { 1 },
        constant_bits,
        constant_frac,
    }
}

fn synapse(i: usize) -> Synapse {
    let filter = cycled(&[Filter::ThreeTau, Filter::Exponential, Filter::DoubleExponential], i);
    Synapse {
        filter,
        polarity: cycled(Polarity::ALL, i / 2),
        shift: cycled(&[0, 3, 15, 1], i),
        gain_bits: if filter == Filter::ThreeTau { cycled(&[8, 16, 1], i / 3) } else { 0 },
        delay_slots: cycled(&[1, 4, 1, 2, 16, 64], i / 2),
    }
}

fn model_grid() -> Vec<Structure> {
    (0..MODEL_SIZES.len()).map(model_structure).collect()
}

fn covers<T: Ord + Copy + std::fmt::Debug>(knob: &str, wanted: &[T], of: impl Fn(&Structure) -> T) {
    covered(&grid(), knob, wanted, of);
}

fn covered<T: Ord + Copy + std::fmt::Debug>(
    grid: &[Structure],
    knob: &str,
    wanted: &[T],
    of: impl Fn(&Structure) -> T,
) {
    let found: BTreeSet<T> = grid.iter().map(of).collect();
    let missing: Vec<&T> = wanted.iter().filter(|&value| !found.contains(value)).collect();
    assert!(missing.is_empty(), "no structure has {knob} = {missing:?}");
}

/// Roundings count where they are used.
fn covers_reduction(knob: &str, of: impl Fn(&Structure) -> Reduce) {
    let used: Vec<Reduce> = grid().iter().filter(|s| knob == "leak" || s.i_syn_bits > 0).map(of).collect();
    for form in ReduceForm::ALL {
        assert!(used.iter().any(|reduce| reduce.form == *form), "no structure has {knob}.form = {form}");
    }
    for clamp in Clamp::ALL {
        assert!(used.iter().any(|reduce| reduce.clamp == *clamp), "no structure has {knob}.clamp = {clamp}");
    }
    let rounds = |reduce: &Reduce| matches!(reduce.form, ReduceForm::Shift | ReduceForm::Multiply);
    for rounding in Rounding::ALL {
        let found = used.iter().any(|reduce| rounds(reduce) && reduce.rounding == rounding);
        assert!(found, "no structure has {knob}.rounding = {rounding:?}");
    }
}

#[test]
fn the_grid_has_every_knob_in_every_value() {
    assert!(grid().len() >= 12);
    for structure in grid() {
        structure.check().unwrap_or_else(|error| panic!("{structure:?}: {error}"));
    }
    covers("neurons", &[8, 256], |s| s.neurons);
    covers("lanes", &[1, 2, 4, 8, 16, 32, 64], |s| s.lanes);
    covers("v.bits", &[4, 32], |s| s.v_bits);
    covers("i_syn.bits", &[0, 4, 32], |s| s.i_syn_bits);
    covers("weight_bits", &[2, 16], |s| s.weight_bits);
    covers("weight_shift", &[0, 15], |s| s.weight_shift);
    covers("bias", &[false, true], |s| s.bias_bits > 0);
    covers("refractory", &[false, true], |s| s.refractory_bits > 0);
    covers("max_spikes", &[1, 3, 31], |s| s.semantics.max_spikes);
    covers("compare", Compare::ALL, |s| s.semantics.compare);
    covers("reset", Reset::ALL, |s| s.semantics.reset);
    covers("order", Order::ALL, |s| s.semantics.order);
    covers("fire_check", FireCheck::ALL, |s| s.semantics.fire_check);
    covers("integrate", Integrate::ALL, |s| s.semantics.integrate);
    covers("v.overflow", &[0, 1], |s| s.semantics.v_overflow.code());
    covers("i_syn.overflow", &[(true, 0), (true, 1)], |s| (s.i_syn_bits > 0, s.semantics.i_syn_overflow.code()));
    covers_reduction("leak", |s| s.semantics.leak);
    covers_reduction("decay", |s| s.semantics.decay);
    covers("initiation_interval", &[1, 2, 3], |s| s.schedule.initiation_interval);
    covers("time_step", TimeStepPolicy::ALL, |s| s.schedule.time_step);
    covers("full_policy", FullPolicy::ALL, |s| s.schedule.full_policy);
    covers("handshake", Handshake::ALL, |s| s.schedule.handshake);
    covers("door", Door::ALL, |s| s.schedule.door);
    covers("loop_back", &[false, true], |s| s.schedule.loop_back);
    covers("per_neuron", &[false, true], |s| s.schedule.per_neuron);
}

#[test]
fn the_grid_of_models_has_every_knob_in_every_value() {
    let grid = model_grid();
    for structure in &grid {
        structure.check().unwrap_or_else(|error| panic!("{structure:?}: {error}"));
    }
    let izhikevich = |s: &Structure| s.izhikevich();
    let of = |s: &Structure| izhikevich(s).map(|model| (model.update, model.recovery));
    let choices = UpdateOrder::ALL.iter().flat_map(|&update| Recovery::ALL.iter().map(move |&r| Some((update, r))));
    covered(&grid, "update and recovery", &choices.collect::<Vec<_>>(), of);
    let roundings: Vec<_> = Rounding::ALL.iter().map(|rounding| Some(rounding.code())).collect();
    covered(&grid, "product rounding", &roundings, |s| izhikevich(s).map(|model| model.rounding.code()));
    covered(&grid, "u.overflow", &[Some(0), Some(1)], |s| izhikevich(s).map(|model| model.u_overflow.code()));
    covered(&grid, "substeps", &[Some(1), Some(2)], |s| izhikevich(s).map(|model| model.substeps));
    covered(&grid, "step cycles", &[1, 2, 4, 8], |s| s.model.step_cycles());
    covered(&grid, "shift_add", &[Some((1, 2)), Some((2, 4)), Some((4, 3))], |s| match izhikevich(s)?.products {
        Products::ShiftAdd { segment_bits, digits } => Some((segment_bits, digits)),
        Products::Multiplier { .. } => None,
    });
    let is_constant = |s: &Structure| izhikevich(s).map(|model| model.time_scale == TimeScale::Constant);
    covered(&grid, "time scale", &[None, Some(false), Some(true)], is_constant);
    let filters = Filter::ALL.iter().flat_map(|&filter| Polarity::ALL.iter().map(move |&p| (true, filter, p)));
    let synapse = |s: &Structure| (s.i_syn_bits > 0, s.synapse.filter, s.synapse.polarity);
    covered(&grid, "filter and polarity", &filters.collect::<Vec<_>>(), synapse);
    covered(&grid, "delay_slots", &[1, 2, 4, 16, 64], |s| s.synapse.delay_slots);
    covered(&grid, "i_syn.shift", &[0, 1, 3, 15], |s| s.synapse.shift);
    covered(&grid, "gain_bits", &[0, 1, 8, 16], |s| s.synapse.gain_bits);
}

/// Structures that are compared through VCD too; each costs a build of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Vcd {
    OfAll,
    OfEveryFourth,
}

/// What was compared on one structure.
#[derive(Default)]
struct Tally {
    in_process: u64,
    through_vcd: u64,
    resets: usize,
    injects: usize,
    single_steps: usize,
    counters: Counters,
}

impl Tally {
    fn add(&mut self, core: &Core, stimulus: &Stimulus) {
        let counters = Model::run(core, stimulus, &mut NullObserver).counters;
        self.resets += stimulus.resets.len();
        for timed in &stimulus.events {
            self.injects += usize::from(matches!(timed.event, AerEvent::Inject { .. }));
            self.single_steps += usize::from(matches!(timed.event, AerEvent::TimeStepOne(_)));
        }
        self.merge(&counters);
    }

    fn merge(&mut self, counters: &Counters) {
        let sum = &mut self.counters;
        sum.events_accepted += counters.events_accepted;
        sum.events_dropped += counters.events_dropped;
        sum.loop_back_dropped += counters.loop_back_dropped;
        sum.v_overflows += counters.v_overflows;
        sum.u_overflows += counters.u_overflows;
        sum.i_syn_overflows += counters.i_syn_overflows;
        sum.spikes += counters.spikes;
        sum.stall_cycles += counters.stall_cycles;
    }
}

fn runner(structure: usize) -> TestRunner {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&(structure as u64).to_le_bytes());
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

fn case(structure: &Structure, runner: &mut TestRunner) -> (Core, Stimulus) {
    let strategy = (arb_core_of(*structure), arb_stimulus(structure));
    let (core, mut stimulus) = strategy.new_tree(runner).expect("nothing is rejected").current();
    stimulus.cycles = stimulus.cycles.map(|cycles| cycles.max(1));
    (core, stimulus)
}

fn compare_structure(builder: &Builder, index: usize, structure: Structure, vcd: Vcd) -> Tally {
    let source = RtlSource::embedded();
    let library = build(builder, &source, &structure, BuildKind::Lockstep);
    let is_written = vcd == Vcd::OfAll || index.is_multiple_of(4);
    let testbench = is_written.then(|| build(builder, &source, &structure, BuildKind::TestbenchVcd));
    let (mut tally, mut runner) = (Tally::default(), runner(index));
    for number in 0..CASES {
        let (core, stimulus) = case(&structure, &mut runner);
        let initial = InitialState::Random(number);
        let result = in_process(&library, &core, &stimulus, initial);
        assert!(result.agrees(), "structure {index}, case {number}, in process: {:?}", result.verdict);
        tally.in_process += result.cycles;
        if let (true, Some(testbench)) = (number < VCD_CASES, &testbench) {
            let result = through_vcd(testbench, &core, &stimulus, initial);
            assert!(result.agrees(), "structure {index}, case {number}, through VCD: {:?}", result.verdict);
            tally.through_vcd += result.cycles;
        }
        tally.add(&core, &stimulus);
    }
    tally
}

fn print_table(grid: &[Structure], tallies: &[Tally]) -> Tally {
    println!("structure  neurons  lanes  v bits  i_syn bits  cycles in process  cycles through VCD  mismatches");
    let mut total = Tally::default();
    for (index, (structure, tally)) in grid.iter().zip(tallies).enumerate() {
        let Structure { neurons, lanes, v_bits, i_syn_bits, .. } = *structure;
        println!(
            "{index:>9}  {neurons:>7}  {lanes:>5}  {v_bits:>6}  {i_syn_bits:>10}  {:>17}  {:>18}  {:>10}",
            tally.in_process, tally.through_vcd, 0
        );
        total.in_process += tally.in_process;
        total.through_vcd += tally.through_vcd;
        total.resets += tally.resets;
        total.injects += tally.injects;
        total.single_steps += tally.single_steps;
        total.merge(&tally.counters);
    }
    println!("    total {:>56} {:>19}  {:>10}", total.in_process, total.through_vcd, 0);
    total
}

#[test]
fn model_and_rtl_agree_in_every_cycle() {
    let total = compare(&grid(), Vcd::OfAll);
    let happened = [
        ("resets", total.resets as u64),
        ("injects", total.injects as u64),
        ("time steps of one neuron", total.single_steps as u64),
        ("drops", total.counters.events_dropped),
        ("lost loop-backs", total.counters.loop_back_dropped),
        ("overflows of v", total.counters.v_overflows),
        ("overflows of i_syn", total.counters.i_syn_overflows),
        ("spikes", total.counters.spikes),
        ("stalls", total.counters.stall_cycles),
    ];
    for (what, count) in happened {
        assert!(count > 0, "the stimuli brought no {what}");
    }
}

#[test]
fn neuron_models_and_synapses_agree_in_every_cycle() {
    let total = compare(&model_grid(), Vcd::OfEveryFourth);
    let happened = [
        ("injects", total.injects as u64),
        ("overflows of v", total.counters.v_overflows),
        ("overflows of u", total.counters.u_overflows),
        ("overflows of i_syn", total.counters.i_syn_overflows),
        ("spikes", total.counters.spikes),
        ("stalls", total.counters.stall_cycles),
    ];
    for (what, count) in happened {
        assert!(count > 0, "the stimuli brought no {what}");
    }
}

/// Compares every structure, prints what was compared.
fn compare(grid: &[Structure], vcd: Vcd) -> Tally {
    let builder = builder();
    let numbered: Vec<(usize, Structure)> = grid.iter().copied().enumerate().collect();
    let tallies = in_parallel(&numbered, |&(index, structure)| compare_structure(&builder, index, structure, vcd));
    let total = print_table(grid, &tallies);
    println!("{:?}, {} resets", total.counters, total.resets);
    total
}

#[test]
fn a_threshold_of_33_bits_does_not_exist() {
    let structure = Structure { v_bits: 32, ..PLAIN };
    let core = |threshold| {
        let mut values = plain_values(&structure);
        values.neurons[0].threshold = threshold;
        Core::new(structure, values)
    };
    assert!(core(i64::from(i32::MAX)).is_ok());
    let error = core(i64::from(i32::MAX) + 1).expect_err("the register bus has 32 bits");
    assert_eq!(error.to_string(), "values.threshold is 2147483648, must be -2147483648 to 2147483647");
}
