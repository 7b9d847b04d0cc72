//! Arrays with epochs and analogue read: whole small cores with traces worked out by hand from `docs/src/contract/array.md`.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

mod rtl_common;

use bitspike_cosim::build::BuildKind;
use bitspike_cosim::lockstep::{InitialState, Lockstep, RtlRun};
use bitspike_spec::structure::signed_range;
use bitspike_spec::{
    AerEvent, ArrayRead, ArrayStructure, Core, Counters, CrossbarImage, ProbeSchema, Reduce, Stimulus, Structure,
    SynapseArray, Values,
};
use rtl_common::{analogue, build, core, pairs, plain, records};

/// A run: a packed record for each cycle, and the counters after the last.
struct Trace {
    schema: ProbeSchema,
    records: Vec<Vec<u32>>,
    counters: Counters,
}

impl Trace {
    /// Plays a core in process, from a random state before reset.
    fn play(core: &Core, stimulus: &Stimulus, cycles: u64) -> Self {
        let lockstep = Lockstep::load(&build(core.structure(), BuildKind::Lockstep)).unwrap();
        let mut instance = lockstep.instance(InitialState::Random(5)).unwrap();
        let mut run = RtlRun::new(&mut instance, core, stimulus, cycles).unwrap();
        let records = records(&mut run).into_iter().map(|(_, record)| record).collect();
        Trace { schema: ProbeSchema::new(core.structure()), records, counters: run.finish().unwrap() }
    }

    /// The first word of a signal in each cycle.
    fn column(&self, name: &str) -> Vec<u32> {
        let offset = self.schema.signal(name).unwrap_or_else(|| panic!("no signal {name}")).offset;
        self.records.iter().map(|record| record[offset]).collect()
    }

    /// Cycles in which a signal is not 0.
    fn cycles(&self, name: &str) -> Vec<usize> {
        self.column(name).iter().enumerate().filter(|(_, word)| **word != 0).map(|(cycle, _)| cycle).collect()
    }
}

/// Signed fields of `bits` bits of a word.
fn fields(word: u32, bits: u32, count: u32) -> Vec<i64> {
    let field = |i: u32| i64::from(word >> (i * bits) & ((1 << bits) - 1));
    (0..count).map(field).map(|x| if x > signed_range(bits).1 { x - (1 << bits) } else { x }).collect()
}

/// The core of [`analogue`] at rest: `v` starts at 0 and no neuron fires.
fn resting(array: SynapseArray, epoch_starts: Vec<u64>) -> Core {
    let core = core(analogue(), 1);
    let mut values = Values { v_init: 0, array, epoch_starts, ..core.values().clone() };
    values.neurons[0].threshold = 1000;
    Core::new(analogue(), values).unwrap()
}

/// Cells without noise that are 0 but in word lines 1 and 4, and in word line 4 from epoch to epoch.
fn two_word_lines() -> SynapseArray {
    let difference = |epoch: u32, cell: u32| match (epoch, cell / 4) {
        (_, 1) => [10, -7, 3, 40],
        (0, 4) => [-40, 1, 0, -1],
        (_, 4) => [2, 4, 6, 8],
        _ => [0; 4],
    };
    pairs(&analogue(), |epoch, cell| {
        let difference: i16 = difference(epoch, cell)[cell as usize % 4];
        [difference.max(0), (-difference).max(0), 0].map(|code| code as u16)
    })
}

const EVENTS: [AerEvent; 4] =
    [AerEvent::word_line(1), AerEvent::word_line(4), AerEvent::word_line(1), AerEvent::TimeStep];

/// `INIT` is 0 and 1, the first event is fetched in 2, marks are set in 3 to 5, the time step runs from 6 on. Each of the two blocks takes
/// `2 + 2 + 2 * 5 + 2 = 16` cycles: select, settle 2, convert 5, issue 1, convert 5, issue 1, clear. The select in 38 finds none, and the
/// groups of the time step are issued in 39 and 40.
#[test]
fn an_analogue_read_takes_the_cycles_of_the_contract() {
    let core = resting(two_word_lines(), vec![1000]);
    let trace = Trace::play(&core, &Stimulus::dense(EVENTS), 60);
    let block = [&[1, 2, 2][..], &[3; 5], &[4], &[3; 5], &[4], &[5]].concat();
    let states = [&[0; 6][..], &block, &block, &[1], &[0; 21]].concat();
    assert_eq!(trace.column("read_state"), states);
    let blocks = |first: usize, block: u32| (first..first + 15).map(move |cycle| (cycle, block));
    let expected: Vec<(usize, u32)> = blocks(7, 0).chain(blocks(23, 2)).filter(|(_, block)| *block > 0).collect();
    let found: Vec<(usize, u32)> = trace.column("read_block").into_iter().enumerate().filter(|(_, b)| *b > 0).collect();
    assert_eq!(found, expected);
    let second: Vec<usize> = (15..21).chain(31..37).collect();
    assert_eq!(trace.cycles("read_phase"), second);
    assert_eq!(trace.cycles("issue_valid"), [14, 20, 30, 36, 39, 40]);
    assert_eq!(trace.cycles("issue_group"), [20, 36, 40]);
    assert_eq!(trace.cycles("write_valid"), [0, 1, 16, 22, 32, 38, 41, 42]);
    let running: Vec<usize> = trace
        .column("control_state")
        .iter()
        .enumerate()
        .filter(|(_, state)| **state == 2)
        .map(|(cycle, _)| cycle)
        .collect();
    assert_eq!(running, (3..42).collect::<Vec<usize>>());
    assert_eq!(trace.cycles("event_kind"), (6..42).collect::<Vec<usize>>());
}

/// Sums 10, -7, 3, 40 and -40, 1, 0, -1, halved and rounded half up: 5, -3, 2, 20 and -20, 1, 0, 0. The converters of 4 bits hold -8 to 7.
#[test]
fn codes_and_neurons_of_two_blocks() {
    let core = resting(two_word_lines(), vec![1000]);
    let trace = Trace::play(&core, &Stimulus::dense(EVENTS), 60);
    let codes: Vec<Vec<i64>> = [14, 20, 30, 36].map(|cycle| fields(trace.column("adc_code")[cycle], 4, 2)).to_vec();
    assert_eq!(codes, [[5, -3], [2, 7], [-8, 1], [0, 0]]);
    assert_eq!(trace.cycles("adc_code"), [14, 20, 30]);
    let v: Vec<Vec<i64>> = [16, 22, 32, 38, 41, 42].map(|cycle| fields(trace.column("write_v")[cycle], 12, 2)).to_vec();
    assert_eq!(v, [[5, -3], [2, 7], [-3, -2], [2, 7], [-3, -2], [2, 7]]);
    let expected = Counters {
        events_accepted: 4,
        synaptic_ops: 8,
        time_steps: 1,
        queue_high_water: trace.counters.queue_high_water,
        word_lines_merged: 1,
        conversions_at_limit: 2,
        reads: 2,
        ..Counters::default()
    };
    assert_eq!(trace.counters, expected);
    assert_eq!(trace.cycles("word_lines_merged").first(), Some(&6));
    assert_eq!(
        (trace.cycles("conversions_at_limit")[0], trace.column("conversions_at_limit")[32..34].to_vec()),
        (23, vec![1, 2])
    );
    assert_eq!((trace.cycles("reads")[0], trace.column("reads")[37..39].to_vec()), (22, vec![1, 2]));
}

/// `x = 10 + 1` and `-7 + 1` against `(trial - 8) * 2`: 8 and 12 are not too high for the first, 14 is, 13 is not; for the second 8 is, 4 is
/// not, 6 is, 5 is not.
#[test]
fn the_trials_of_a_conversion() {
    let core = resting(two_word_lines(), vec![1000]);
    let trace = Trace::play(&core, &Stimulus::dense(EVENTS), 60);
    let trials: Vec<[u32; 2]> = trace.column("adc_trial")[8..15].iter().map(|word| [word & 15, word >> 4]).collect();
    assert_eq!(trials, [[0, 0], [0, 0], [8, 8], [12, 4], [14, 6], [13, 5], [0, 0]]);
}

/// The second block is sampled at the end of cycle 24: it sees an epoch that starts there, and not one that starts a cycle later.
#[test]
fn a_read_sees_the_epoch_of_the_last_cycle_of_settling() {
    for (start, [first, second]) in [(24, [[6, -1], [5, 11]]), (25, [[-3, -2], [2, 7]])] {
        let core = resting(two_word_lines(), vec![start]);
        let trace = Trace::play(&core, &Stimulus::dense(EVENTS), 60);
        let v: Vec<Vec<i64>> = [41, 42].map(|cycle| fields(trace.column("write_v")[cycle], 12, 2)).to_vec();
        assert_eq!(v, [first, second], "{start}");
        assert_eq!(trace.cycles("epoch"), (start as usize..60).collect::<Vec<usize>>());
    }
}

/// Two epochs with event read: groups are issued in 3 and 4, and the second epoch starts in 4. The first stays 0 to the end of a reset in 2.
#[test]
fn an_event_read_takes_the_image_of_the_cycle_of_issue() {
    let mut structure = Structure { array: ArrayStructure { epochs: 2, read: ArrayRead::Event }, ..plain() };
    structure.semantics.leak = Reduce::NONE;
    let image = |weights: [i16; 8]| CrossbarImage::new(6, 8, weights.repeat(6)).unwrap();
    let images = vec![image([1, 2, 3, 4, 5, 6, 7, 8]), image([-1, -2, -3, -4, -5, -6, -7, -8])];
    let random = core(Structure { array: ArrayStructure::EVENT, ..structure }, 1);
    let values =
        Values { v_init: 0, array: SynapseArray::Event(images), epoch_starts: vec![4], ..random.values().clone() };
    let core = Core::new(structure, values).unwrap();
    let trace = Trace::play(&core, &Stimulus::dense([AerEvent::word_line(3)]), 12);
    assert_eq!(trace.cycles("write_valid"), [0, 1, 5, 6]);
    let signal = trace.schema.signal("write_v").unwrap();
    let v = |cycle: usize| fields(trace.records[cycle][signal.offset], 12, 2);
    assert_eq!([v(5), v(6)], [[1, 2], [-5, -6]]);
    assert_eq!(trace.cycles("epoch"), (4..12).collect::<Vec<usize>>());
    assert_eq!(trace.schema.signal("read_state"), None);

    let reset = Stimulus { resets: vec![4], ..Stimulus::dense([AerEvent::word_line(3)]) };
    let trace = Trace::play(&core, &reset, 12);
    assert_eq!(trace.cycles("epoch"), (4..12).collect::<Vec<usize>>(), "written in cycle 3, kept through the reset");
}
