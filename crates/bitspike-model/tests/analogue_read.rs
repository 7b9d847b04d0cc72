//! Analogue read case by case: costs and values worked out by hand from `docs/src/contract/array.md`.

#![allow(missing_docs)]

mod naive;

use bitspike_model::{Model, NullObserver, Run, Spike, Summary};
use bitspike_spec::array::{AnalogueArray, ArrayShape};
use bitspike_spec::fx::Rounding;
use bitspike_spec::testing::PLAIN;
use bitspike_spec::{
    Adc, AerEvent, AnalogueRead, ArrayImage, ArrayRead, ArrayStructure, Compare, Converter, Core, FireCheck,
    IzhikevichConstants, NeuronParameters, ProbeSchema, Semantics, SliceImage, Stimulus, Structure, SynapseArray,
    TimedEvent, Values,
};
use naive::witness::Witness;

const NEURONS: u32 = 8;
const WORD_LINES: u32 = 5;
/// Two lanes, so four groups.
const GROUPS: u64 = 4;

/// Every converter of 12 bits gives the sum itself.
const READ: AnalogueRead = AnalogueRead {
    rows_per_read: 2,
    settle_cycles: 3,
    converter: Converter::Sar,
    columns_per_converter: 1,
    adc_bits: 12,
    adc_rounding: Rounding::Floor,
    code_bits: 8,
    devices_per_cell: 2,
    slices: 1,
    slice_bits: 1,
    variance_bits: 0,
};

fn structure(read: AnalogueRead, epochs: u32) -> Structure {
    Structure {
        array: ArrayStructure { epochs, read: ArrayRead::Analogue(read) },
        neurons: NEURONS,
        word_lines: WORD_LINES,
        lanes: 2,
        v_bits: 32,
        queue_depth: 64,
        spike_queue_depth: 16,
        semantics: Semantics { compare: Compare::Gt, ..PLAIN.semantics },
        ..PLAIN
    }
}

/// The code of the device that adds in epoch `e`, slice `s`, word line `i`, bit line `j`; the others are 0.
fn plus(e: u32, s: u32, i: u32, j: u32) -> u16 {
    (100 * (e % 2) + 10 * i + j + s) as u16
}

/// An array whose variances are all the same.
fn array(read: AnalogueRead, epochs: u32, variance: u16) -> AnalogueArray {
    let cells = || (0..WORD_LINES).flat_map(|i| (0..NEURONS).map(move |j| (i, j)));
    let list = |is_there: bool, code: u16| if is_there { vec![code; cells().count()] } else { Vec::new() };
    let slice = |e: u32, s: u32| SliceImage {
        shift: s * read.slice_bits,
        plus: cells().map(|(i, j)| plus(e, s, i, j)).collect(),
        minus: list(read.devices_per_cell == 2, 0),
        variance: list(read.variance_bits > 0, variance),
        zero_code: 0,
    };
    let shape = ArrayShape { word_lines: WORD_LINES, bit_lines: NEURONS, code_bits: read.code_bits, variance_shift: 4 };
    let image = |e| ArrayImage::new(shape, (0..read.slices).map(|s| slice(e, s)).collect()).expect("codes in range");
    let half = 1 << (read.adc_bits - 1);
    let adc = Adc {
        shift: 0,
        rounding: read.adc_rounding,
        low: -half,
        high: half - 1,
        offsets: vec![0; NEURONS as usize],
        multipliers: vec![1; NEURONS as usize],
    };
    AnalogueArray {
        images: (0..epochs).map(image).collect(),
        converters: vec![adc; read.slices as usize],
        noise_seed: 0x0123_4567_89ab_cdef,
    }
}

fn core_of(structure: Structure, array: AnalogueArray, epoch_starts: Vec<u64>) -> Core {
    let values = Values {
        neurons: vec![NeuronParameters { threshold: (1 << 31) - 1, ..NeuronParameters::default() }],
        v_init: 0,
        u_init: 0,
        i_syn_decay: Vec::new(),
        gain: Vec::new(),
        izhikevich: IzhikevichConstants::default(),
        refractory_steps: 0,
        lfsr_seed: 0,
        first_word_line: 0,
        loop_back_delay: 0,
        array: SynapseArray::Analogue(array),
        epoch_starts,
    };
    Core::new(structure, values).expect("a checked core")
}

fn core(read: AnalogueRead) -> Core {
    core_of(structure(read, 1), array(read, 1, 0), Vec::new())
}

/// Marks, then a time step.
fn reading(word_lines: &[u32]) -> Stimulus {
    let marks = word_lines.iter().map(|&word_line| AerEvent::word_line(word_line));
    Stimulus::dense(marks.chain([AerEvent::TimeStep]))
}

/// What a run comes to: in both engines, and every cycle as the page says.
fn run(core: &Core, stimulus: &Stimulus) -> Summary {
    let mut witness = Witness::new(core, &stimulus.resets);
    let mut run = Run::new(core, stimulus);
    while let Some((cycle, record)) = run.step() {
        witness.see(cycle, record);
    }
    assert_eq!(Model::run(core, stimulus, &mut NullObserver), run.summary());
    run.summary()
}

fn v(core: &Core, word_lines: &[u32]) -> Vec<i64> {
    run(core, &reading(word_lines)).state.v
}

/// The sum of some word lines on every bit line.
fn sums(e: u32, word_lines: &[u32]) -> Vec<i64> {
    (0..NEURONS).map(|j| word_lines.iter().map(|&i| i64::from(plus(e, 0, i, j))).sum()).collect()
}

/// Cycles in which a one-word signal has a value.
fn cycles(core: &Core, stimulus: &Stimulus, signal: &str, value: u32) -> Vec<u64> {
    let offset = ProbeSchema::new(core.structure()).signal(signal).expect("a signal").offset;
    let (mut run, mut found) = (Run::new(core, stimulus), Vec::new());
    while let Some((cycle, record)) = run.step() {
        if record[offset] == value {
            found.push(cycle);
        }
    }
    found
}

/// `1 + b (2 + settle + C T + II G)` and the slots of the time step; a mark takes one cycle.
#[test]
fn a_time_step_takes_its_reads_and_its_slots() {
    for (converter, adc_bits, conversion) in
        [(Converter::Sar, 12, 13), (Converter::Ramp, 1, 2), (Converter::Ramp, 5, 32)]
    {
        for (columns, interval) in [(1, 1), (2, 1), (4, 3), (1, 15)] {
            let read = AnalogueRead { converter, adc_bits, columns_per_converter: columns, ..READ };
            let mut structure = structure(read, 1);
            structure.schedule.initiation_interval = interval;
            let core = core_of(structure, array(read, 1, 0), Vec::new());
            for (word_lines, blocks) in [(&[] as &[u32], 0), (&[3], 1), (&[0, 4], 2), (&[1, 0, 2, 4], 3)] {
                let interval = u64::from(interval);
                let block = 2 + 3 + u64::from(columns) * conversion + interval * GROUPS;
                let expected = word_lines.len() as u64 + 1 + blocks * block + (interval * GROUPS).max(3);
                let running = cycles(&core, &reading(word_lines), "control_state", 2);
                assert_eq!(running.len() as u64, expected, "{read:?}, interval {interval}, {word_lines:?}");
                assert_eq!(run(&core, &reading(word_lines)).counters.reads, blocks);
            }
        }
    }
}

/// With two groups to a converter, the groups 0 and 2 come out of the first conversion, 1 and 3 of the second.
#[test]
fn groups_are_issued_by_phase() {
    let read = AnalogueRead { columns_per_converter: 2, adc_bits: 8, ..READ };
    let core = core(read);
    let first = cycles(&core, &reading(&[0]), "read_state", 1)[0];
    let issue = first + 1 + 3 + 9;
    assert_eq!(cycles(&core, &reading(&[0]), "read_state", 4), [issue, issue + 1, issue + 11, issue + 12]);
    let all = [issue, issue + 1, issue + 11, issue + 12].map(|cycle| cycle + 2);
    let schema = ProbeSchema::new(core.structure());
    let offset = |name| schema.signal(name).expect("a signal").offset;
    let (stimulus, mut groups) = (reading(&[0]), Vec::new());
    let mut run = Run::new(&core, &stimulus);
    while let Some((cycle, record)) = run.step() {
        if all.contains(&cycle) {
            assert_eq!(record[offset("write_valid")], 1);
            groups.push(record[offset("write_group")]);
        }
    }
    assert_eq!(groups, [0, 2, 1, 3]);
}

/// Spikes of all neurons, which fire at every read; both engines give the same cycles.
fn spikes(structure: Structure, stimulus: &Stimulus) -> (Vec<u32>, u64) {
    let read = structure.array.analogue().expect("analogue read");
    let base = core_of(structure, array(read, 1, 0), Vec::new());
    let neurons = vec![NeuronParameters { threshold: 0, ..base.values().neurons[0] }];
    let core = Core::new(structure, Values { neurons, ..base.values().clone() }).expect("a checked core");
    let mut spikes: Vec<Spike> = Vec::new();
    let summary = Model::run(&core, stimulus, &mut spikes);
    assert_eq!(summary, run(&core, stimulus));
    let (mut run, mut expected) = (Run::new(&core, stimulus), Vec::new());
    while run.step().is_some() {
        expected.extend(run.spike());
    }
    assert_eq!(spikes, expected);
    (spikes.iter().map(|spike| spike.neuron).collect(), summary.counters.stall_cycles)
}

/// Groups 0 and 2 first, then 1 and 3; with a deep spike queue nothing stalls, with a shallow one and a slow receiver each
/// read does.
#[test]
fn spikes_of_a_read_leave_by_phase() {
    let read = AnalogueRead { columns_per_converter: 2, ..READ };
    let mut firing = structure(read, 1);
    firing.semantics.fire_check = FireCheck::PerOperation;
    let order = [0, 1, 4, 5, 2, 3, 6, 7].repeat(2);
    for (refractory_bits, interval) in [(0, 1), (3, 1), (0, 4)] {
        let mut deep = Structure { refractory_bits, spike_queue_depth: 64, ..firing };
        deep.schedule.initiation_interval = interval;
        assert_eq!(spikes(deep, &reading(&[1, 4])), (order.clone(), 0));
        let ready = [vec![false; 30], vec![true]].concat().into_iter().collect();
        let (neurons, stalls) =
            spikes(Structure { spike_queue_depth: 4, ..deep }, &Stimulus { ready, ..reading(&[1, 4]) });
        assert_eq!(neurons, order);
        assert!(stalls > 0);
    }
}

#[test]
fn blocks_are_read_one_by_one_and_the_last_one_may_be_short() {
    for (rows_per_read, blocks) in [(1, 5), (2, 3), (4, 2), (5, 1)] {
        let core = core(AnalogueRead { rows_per_read, ..READ });
        let summary = run(&core, &reading(&[0, 1, 2, 3, 4]));
        assert_eq!(summary.state.v, sums(0, &[0, 1, 2, 3, 4]), "{rows_per_read} rows");
        assert_eq!(summary.counters.reads, blocks);
    }
}

/// The rows 1 to 4 come to 100 and more together, above the highest code, 63, but to less one by one.
#[test]
fn each_block_is_clamped_for_itself() {
    let read = AnalogueRead { adc_bits: 7, ..READ };
    let together = core(AnalogueRead { rows_per_read: 5, ..read });
    assert_eq!(v(&together, &[1, 2, 3, 4]), [63; 8]);
    let apart = core(AnalogueRead { rows_per_read: 1, ..read });
    assert_eq!(v(&apart, &[1, 2, 3, 4]), sums(0, &[1, 2, 3, 4]));
}

/// Row 0 gives 100 + j in epoch 1, row 3 gives 130 + j, which is above 127: one conversion of two on each bit line.
#[test]
fn codes_at_the_limit_are_counted() {
    let read = AnalogueRead { rows_per_read: 1, adc_bits: 8, ..READ };
    let core = core_of(structure(read, 2), array(read, 2, 0), vec![1]);
    let summary = run(&core, &reading(&[0, 3]));
    assert_eq!(summary.state.v, (0..8).map(|j| 100 + j + 127).collect::<Vec<i64>>());
    assert_eq!(summary.counters.conversions_at_limit, 8);
}

/// A converter of one bit knows -1 and 0, both at the limit.
#[test]
fn a_ramp_of_one_bit_tells_negative_sums() {
    let read = AnalogueRead { converter: Converter::Ramp, adc_bits: 1, ..READ };
    let mut array = array(read, 1, 0);
    array.converters[0].offsets = vec![-10, -11, -12, -13, -14, -15, -16, -17];
    let summary = run(&core_of(structure(read, 1), array, Vec::new()), &reading(&[1]));
    assert_eq!(summary.state.v, [0; 8], "the sums are 10 + j, as the offsets");
    assert_eq!(summary.counters.conversions_at_limit, 8);
    assert_eq!(v(&core(read), &[1]), [0; 8]);
    let mut array = self::array(read, 1, 0);
    array.converters[0].offsets = vec![-14; 8];
    let below = run(&core_of(structure(read, 1), array, Vec::new()), &reading(&[1])).state.v;
    assert_eq!(below, [-1, -1, -1, -1, 0, 0, 0, 0]);
}

#[test]
fn eight_slices_make_one_word() {
    let read = AnalogueRead { slices: 8, slice_bits: 2, adc_bits: 10, ..READ };
    let word = |j: i64| (0..8).map(|s: i64| (10 + j + s) << (2 * s)).sum::<i64>();
    assert_eq!(v(&core(read), &[1]), (0..8).map(word).collect::<Vec<i64>>());
}

/// `floor` and `half_up` of half of sums from -10 to -3.
#[test]
fn converters_round_as_told() {
    for (adc_rounding, half) in [(Rounding::Floor, 0), (Rounding::HalfUp, 1)] {
        let read = AnalogueRead { adc_rounding, ..READ };
        let mut array = array(read, 1, 0);
        array.converters[0].shift = 1;
        array.converters[0].offsets = vec![-40; 8];
        let core = core_of(structure(read, 1), array, Vec::new());
        let codes = (0..8).map(|j| (30 + j - 40 + half) >> 1);
        assert_eq!(v(&core, &[3]), codes.collect::<Vec<i64>>());
    }
}

#[test]
fn the_zero_of_a_single_device_is_taken_off_for_each_row() {
    let read = AnalogueRead { devices_per_cell: 1, rows_per_read: 5, ..READ };
    for zero_code in [7, -(1 << 27), (1 << 27) - 1] {
        let mut array = array(read, 1, 0);
        let mut slice = array.images[0].slices()[0].clone();
        slice.zero_code = zero_code;
        let shape = ArrayShape { word_lines: WORD_LINES, bit_lines: NEURONS, code_bits: 8, variance_shift: 4 };
        array.images = vec![ArrayImage::new(shape, vec![slice]).expect("codes in range")];
        array.converters[0].shift = if zero_code == 7 { 0 } else { 20 };
        let core = core_of(structure(read, 1), array.clone(), Vec::new());
        let codes =
            sums(0, &[0, 2, 4]).into_iter().map(|sum| (sum - 3 * i64::from(zero_code)) >> array.converters[0].shift);
        assert_eq!(v(&core, &[0, 2, 4]), codes.collect::<Vec<i64>>());
    }
}

#[test]
fn a_word_line_marked_twice_is_read_once() {
    let summary = run(&core(READ), &reading(&[2, 3, 2, 2]));
    let counters = summary.counters;
    assert_eq!((counters.word_lines_merged, counters.synaptic_ops, counters.reads), (2, 2 * 8, 1));
    assert_eq!(summary.state.v, sums(0, &[2, 3]));
}

#[test]
fn marks_are_gone_after_a_read_and_after_a_reset() {
    let twice = Stimulus { repeat: 2, ..reading(&[1]) };
    let mut events = reading(&[1]).events;
    events.push(TimedEvent { not_before: 0, event: AerEvent::TimeStep });
    let two_steps = Stimulus { events, ..Stimulus::default() };
    assert_eq!(run(&core(READ), &two_steps).counters.reads, 1);
    assert_eq!(run(&core(READ), &twice).counters.reads, 2);
    let mut late = reading(&[1]);
    late.events[1].not_before = 60;
    late.resets = vec![40];
    let summary = run(&core(READ), &late);
    assert_eq!((summary.counters.reads, summary.counters.time_steps), (0, 1));
    assert_eq!(summary.state.v, [0; 8]);
}

/// Each block takes the cells of the last cycle of its `SETTLE`, the third after its `SELECT`.
#[test]
fn a_block_is_read_in_the_epoch_of_its_sampling() {
    let (stimulus, sampled) = (reading(&[0, 4]), |select: u64| select + 3);
    let selects = cycles(&core(READ), &stimulus, "read_state", 1);
    let (first, second) = (sampled(selects[0]), sampled(selects[1]));
    let of = |epochs: [u32; 2]| -> Vec<i64> {
        sums(epochs[0], &[0]).into_iter().zip(sums(epochs[1], &[4])).map(|(a, b)| a + b).collect()
    };
    let cases = [
        (first - 1, [1, 1]),
        (first, [1, 1]),
        (first + 1, [0, 1]),
        (second - 1, [0, 1]),
        (second, [0, 1]),
        (second + 1, [0, 0]),
    ];
    for (start, epochs) in cases {
        let core = core_of(structure(READ, 2), array(READ, 2, 0), vec![start]);
        assert_eq!(run(&core, &stimulus).state.v, of(epochs), "epoch 1 from cycle {start}");
    }
    let core = core_of(structure(READ, 3), array(READ, 3, 0), vec![first, first + 1]);
    assert_eq!(run(&core, &stimulus).state.v, of([1, 0]), "two epochs, one cycle apart");
}

/// An epoch that starts with the issue of group 2 changes the weights of the groups 2 and 3 alone.
#[test]
fn an_event_read_takes_the_epoch_of_its_issue() {
    let mut structure = structure(READ, 2);
    structure.array.read = ArrayRead::Event;
    let image = |weight: i16| {
        bitspike_spec::CrossbarImage::new(WORD_LINES, NEURONS, vec![weight; 40]).expect("one code for each cell")
    };
    let base = core(READ).values().clone();
    let at = |start: u64| {
        let array = SynapseArray::Event(vec![image(1), image(-3)]);
        Core::new(structure, Values { array, epoch_starts: vec![start], ..base.clone() }).expect("a checked core")
    };
    let stimulus = Stimulus::dense([AerEvent::word_line(1)]);
    let issue = cycles(&at(1), &stimulus, "issue_valid", 1);
    for (start, later) in [(issue[2], 2), (issue[0], 0), (issue[3] + 1, 4)] {
        let expected: Vec<i64> = (0..8).map(|j| if j / 2 < later { 1 } else { -3 }).collect();
        assert_eq!(run(&at(start), &stimulus).state.v, expected, "epoch 1 from cycle {start}");
    }
}

/// Computed apart, by the formulas in Python with the quantile of its standard library: variance 40000 * 2^-4, deviation 50.
const NOISE: [[[i64; 8]; 2]; 2] = [
    [[15, 74, -12, -60, -10, 9, -32, 50], [76, -1, -17, 0, -17, -108, 24, -39]],
    [[94, 12, -6, 18, 6, 50, 109, -30], [2, 62, 42, -2, -30, -11, 43, -37]],
];

const NOISY: AnalogueRead = AnalogueRead { variance_bits: 16, ..READ };

#[test]
fn noise_is_that_of_the_formula() {
    let noisy = core_of(structure(NOISY, 1), array(NOISY, 1, 40_000), Vec::new());
    let noise = |slice: usize, read: usize| NOISE[slice][read];
    let plus_noise =
        |sums: Vec<i64>, noise: [i64; 8]| sums.into_iter().zip(noise).map(|(a, b)| a + b).collect::<Vec<_>>();
    assert_eq!(v(&noisy, &[3]), plus_noise(sums(0, &[3]), noise(0, 0)));
    let both = plus_noise(plus_noise(sums(0, &[3, 4]), noise(0, 0)), noise(0, 1));
    assert_eq!(v(&noisy, &[3, 4]), both, "two blocks, two reads");
    let read = AnalogueRead { slices: 2, slice_bits: 8, ..NOISY };
    let sliced = core_of(structure(read, 1), array(read, 1, 40_000), Vec::new());
    let word = |j: usize| 30 + j as i64 + noise(0, 0)[j] + ((30 + j as i64 + 1 + noise(1, 0)[j]) << 8);
    assert_eq!(v(&sliced, &[3]), (0..8).map(word).collect::<Vec<i64>>());
}

#[test]
fn the_count_of_reads_starts_again_after_a_reset() {
    let noisy = core_of(structure(NOISY, 1), array(NOISY, 1, 40_000), Vec::new());
    let mut stimulus = Stimulus { repeat: 2, period: 500, ..reading(&[3]) };
    stimulus.resets = vec![400];
    assert_eq!(run(&noisy, &stimulus).state.v, v(&noisy, &[3]));
}

#[test]
fn without_variance_there_is_no_noise() {
    let quiet = core_of(structure(NOISY, 1), array(NOISY, 1, 0), Vec::new());
    assert_eq!(v(&quiet, &[0, 3]), sums(0, &[0, 3]));
}

/// Mean and variance of 8 lines over 5000 reads of one row, within four standard errors: of the mean `sigma / sqrt(n)`, of the
/// variance `sigma^2 sqrt(2 / n)`. Rounding to whole codes adds 1/12 to a variance of 2500.
#[test]
fn noise_has_its_mean_and_variance() {
    const READS: u64 = 5000;
    let noisy = core_of(structure(NOISY, 1), array(NOISY, 1, 40_000), Vec::new());
    let stimulus = Stimulus { repeat: READS, ..reading(&[0]) };
    #[derive(Default)]
    struct Steps(Vec<Vec<i64>>);
    impl bitspike_model::Observer for Steps {
        const EVERY_CYCLE: bool = false;
        const TIME_STEPS: bool = true;
        fn time_step(&mut self, _: u64, v: &[i64]) {
            self.0.push(v.to_vec());
        }
    }
    let mut steps = Steps(vec![vec![0; 8]]);
    Model::run(&noisy, &stimulus, &mut steps);
    let draws: Vec<f64> = steps
        .0
        .windows(2)
        .flat_map(|pair| (0..8).map(|j| (pair[1][j] - pair[0][j] - i64::from(plus(0, 0, 0, j as u32))) as f64))
        .collect();
    let n = draws.len() as f64;
    assert_eq!(draws.len() as u64, 8 * READS);
    let mean = draws.iter().sum::<f64>() / n;
    let variance = draws.iter().map(|x| x * x).sum::<f64>() / n;
    assert!(mean.abs() < 4.0 * 50.0 / n.sqrt(), "{mean}");
    assert!((variance - 2500.0).abs() < 4.0 * 2500.0 * (2.0 / n).sqrt() + 1.0 / 12.0, "{variance}");
}
