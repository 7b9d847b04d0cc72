//! The blocks of an array that is read through converters, against the equations of `docs/src/contract/array.md` written out here.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

mod bench_common;

use bench_common::{Random, play, play_numbers};
use bitspike_spec::fx::Rounding;
use bitspike_spec::random::{gaussian, philox};
use bitspike_spec::{AnalogueRead, ArrayRead, ArrayStructure, Converter};

/// Numbers of a text, without its comments.
fn numbers(text: &str) -> Vec<i64> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| line.to_owned() + "\n");
    let code: String = code.collect();
    code.split(|c: char| !c.is_ascii_digit())
        .filter(|word| !word.is_empty())
        .map(|word| word.parse().unwrap())
        .collect()
}

/// Two tables, each made from the formula by itself.
#[test]
fn the_nodes_of_both_sides_are_the_same_numbers() {
    let rust = include_str!("../../bitspike-spec/src/random/nodes.rs");
    let (_, rust) = rust.split_once("= [").unwrap();
    let hdl = numbers(include_str!("../../../hdl/array/gaussian_nodes.svh"));
    assert_eq!(hdl.len(), 1665);
    assert_eq!(hdl, numbers(rust));
}

/// Every sum from beyond one end of 6 bits to beyond the other, for converters of 1 to 6 bits of both kinds: `clamp(floor(sum / 2^shift))`,
/// in offset binary.
#[test]
fn converters_give_the_code_of_every_sum() {
    let vectors: Vec<Vec<i128>> = [0_u32, 1, 3, 40]
        .into_iter()
        .flat_map(|shift| {
            let step = 1_i128 << shift.saturating_sub(3);
            let end = (35 << shift) / step;
            (-end..=end).map(move |x| vec![x * step + x % 2 * (step / 2), i128::from(shift)])
        })
        .collect();
    for (vector, found) in vectors.iter().zip(play_numbers("converters", &[("MaxBits", 6)], &vectors)) {
        let quotient = vector[0].div_euclid(1 << vector[1]);
        let code = |bits: u32| quotient.clamp(-(1 << (bits - 1)), (1 << (bits - 1)) - 1) + (1 << (bits - 1));
        let expected: Vec<i128> = (1..=6).chain(1..=6).map(code).collect();
        assert_eq!(found, expected, "{vector:?}");
    }
}

/// An array with its content.
struct Array {
    word_lines: usize,
    neurons: usize,
    lanes: usize,
    interval: usize,
    epochs: usize,
    read: AnalogueRead,
    /// `plus, minus, variance` by epoch, word line, slice and bit line.
    cells: Vec<[i64; 3]>,
    zero_codes: Vec<i64>,
    adc_shifts: Vec<u32>,
    multipliers: Vec<i64>,
    offsets: Vec<i64>,
    variance_shift: u32,
    noise_seed: u64,
}

const NONE: u128 = 0;
const SELECT: u128 = 1;
const SETTLE: u128 = 2;
const CONVERT: u128 = 3;
const ISSUE: u128 = 4;
const CLEAR: u128 = 5;

/// The registers of the page.
struct State {
    active: Vec<bool>,
    read_state: u128,
    step: usize,
    phase: usize,
    block: usize,
    /// By slice and bit line; those of a phase are made by its `CONVERT`.
    x: Vec<i64>,
    codes: Vec<i64>,
    words: Option<u128>,
    at_limit: [u128; 2],
}

/// Inputs of a cycle.
#[derive(Clone, Copy, Default)]
struct Inputs {
    reset: bool,
    epoch: usize,
    reads: u32,
    mark: Option<usize>,
    start: bool,
    stall: bool,
}

impl Array {
    fn slices(&self) -> usize {
        self.read.slices as usize
    }

    fn columns(&self) -> usize {
        self.read.columns_per_converter as usize
    }

    fn groups(&self) -> usize {
        self.neurons / self.lanes
    }

    fn rows(&self) -> usize {
        self.read.rows_per_read as usize
    }

    fn cell(&self, epoch: usize, word_line: usize, s: usize, j: usize) -> [i64; 3] {
        self.cells[((epoch * self.word_lines + word_line) * self.slices() + s) * self.neurons + j]
    }

    /// `x` of slice `s` and bit line `j`, summed over the word lines given.
    fn x(&self, word_lines: &[usize], inputs: Inputs, s: usize, j: usize) -> i64 {
        let cells = word_lines.iter().map(|&i| self.cell(inputs.epoch, i, s, j));
        let (acc, variance) = cells.fold((0, 0), |(acc, sum), [plus, minus, variance]| {
            (acc + plus - minus - self.zero_codes[s], sum + variance)
        });
        let counter = [j as u32 / 4, (s as u32) << 8 | 25, inputs.reads, 0];
        let word = philox(counter, [self.noise_seed as u32, (self.noise_seed >> 32) as u32])[j % 4];
        let k = 31 + self.variance_shift / 2;
        let root = ((256 * variance) as f64).sqrt().floor() as i64;
        assert!(root * root <= 256 * variance && (root + 1) * (root + 1) > 256 * variance);
        let noise = (i64::from(gaussian(word)) * root + (1 << (k - 1))) >> k;
        let noise = if self.read.variance_bits == 0 { 0 } else { noise };
        let at = s * self.neurons + j;
        let half = match (self.read.adc_rounding, self.adc_shifts[s]) {
            (Rounding::HalfUp, shift @ 1..) => 1 << (shift - 1),
            _ => 0,
        };
        (acc + noise + self.offsets[at]) * self.multipliers[at] + half
    }

    fn half(&self) -> i64 {
        1 << (self.read.adc_bits - 1)
    }

    /// The code of a sum, from the formula and not from a converter.
    fn code(&self, s: usize, x: i64) -> i64 {
        x.div_euclid(1 << self.adc_shifts[s]).clamp(-self.half(), self.half() - 1)
    }

    fn trial(&self, state: &State, s: usize, j: usize) -> i64 {
        let bits = self.read.adc_bits as usize;
        match self.read.converter {
            Converter::Ramp => state.step as i64,
            Converter::Sar if state.step == 0 => 0,
            Converter::Sar => state.codes[s * self.neurons + j] + (1 << (bits - state.step)),
        }
    }

    /// Slices and lanes of a group, slice 0 of lane 0 first.
    fn of_group(&self, group: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..self.lanes).flat_map(move |lane| (0..self.slices()).map(move |s| (s, group * self.lanes + lane)))
    }

    fn pack(&self, fields: impl Iterator<Item = i64>, bits: u32) -> u128 {
        let mask = (1_u128 << bits) - 1;
        fields.enumerate().map(|(i, field)| (i128::from(field).cast_unsigned() & mask) << (i as u32 * bits)).sum()
    }

    fn word_bits(&self) -> u32 {
        self.read.read_bits()
    }

    /// What the outputs of the bench must be, `None` where they mean nothing, and the next state.
    fn cycle(&self, state: &mut State, inputs: Inputs) -> Vec<Option<u128>> {
        if inputs.reset {
            state.active.fill(false);
            (state.read_state, state.step, state.phase, state.block) = (NONE, 0, 0, 0);
            state.codes.fill(0);
        }
        let served = self.groups() / self.columns();
        let pending = state.read_state == ISSUE && state.step.is_multiple_of(self.interval);
        let issue = pending && !inputs.stall;
        let group = state.step / self.interval * self.columns() + state.phase;
        let marked = inputs.mark.is_some_and(|word_line| state.active[word_line]);
        let bits = self.read.adc_bits;
        let codes = |(s, j)| self.code(s, state.x[s * self.neurons + j]);
        let trials = self.pack(self.of_group(state.phase).map(|(s, j)| self.trial(state, s, j)), bits);
        let issued = issue.then(|| self.pack(self.of_group(group).map(codes), bits));
        let outputs = vec![
            Some(u128::from(state.read_state != NONE)),
            Some(u128::from(pending)),
            pending.then_some(group as u128),
            state.words,
            Some(u128::from(marked)),
            Some(u128::from(state.read_state == CLEAR)),
            Some(state.at_limit[1]),
            Some(state.read_state),
            (state.read_state >= SETTLE).then_some(state.block as u128),
            matches!(state.read_state, CONVERT | ISSUE).then_some(state.phase as u128),
            Some(if state.read_state == CONVERT { trials } else { 0 }),
            Some(issued.unwrap_or(0)),
        ];
        let limits = self.of_group(group).filter(|_| issue).map(codes);
        let limits = limits.filter(|code| [-self.half(), self.half() - 1].contains(code)).count() as u128;
        state.at_limit = [limits, state.at_limit[0]];
        let sum = |lane| -> i64 {
            let slices = (0..self.slices()).map(|s| (s, codes((s, group * self.lanes + lane))));
            slices.map(|(s, code)| code << (s as u32 * self.read.slice_bits)).sum()
        };
        state.words = issue.then(|| self.pack((0..self.lanes).map(sum), self.word_bits()));
        if !inputs.reset {
            self.tick(state, inputs, served);
        }
        outputs
    }

    fn tick(&self, state: &mut State, inputs: Inputs, served: usize) {
        let first = state.active.iter().position(|&active| active);
        let block = state.block * self.rows()..((state.block + 1) * self.rows()).min(self.word_lines);
        let next = |state: &mut State, read_state| (state.read_state, state.step) = (read_state, 0);
        let to_convert = |state: &mut State| {
            next(state, CONVERT);
            state.codes.fill(0);
        };
        match state.read_state {
            NONE if inputs.start => next(state, SELECT),
            SELECT => {
                next(state, if first.is_some() { SETTLE } else { NONE });
                state.block = first.map_or(state.block, |word_line| word_line / self.rows());
            }
            SETTLE if state.step + 1 == self.read.settle_cycles as usize => {
                let word_lines: Vec<usize> = block.filter(|&i| state.active[i]).collect();
                for (s, j) in (0..self.slices()).flat_map(|s| (0..self.neurons).map(move |j| (s, j))) {
                    state.x[s * self.neurons + j] = self.x(&word_lines, inputs, s, j);
                }
                state.phase = 0;
                to_convert(state);
            }
            CONVERT => {
                for (s, j) in (0..self.slices()).flat_map(|s| (0..self.neurons).map(move |j| (s, j))) {
                    let (at, trial) = (s * self.neurons + j, self.trial(state, s, j));
                    if state.x[at] >= (trial - self.half()) << self.adc_shifts[s] {
                        state.codes[at] = trial;
                    }
                }
                let last = state.step + 1 == self.read.conversion_cycles() as usize;
                if last {
                    next(state, ISSUE);
                } else {
                    state.step += 1;
                }
            }
            ISSUE if state.step.is_multiple_of(self.interval) && inputs.stall => {}
            ISSUE if state.step + 1 < self.interval * served => state.step += 1,
            ISSUE if state.phase + 1 < self.columns() => {
                state.phase += 1;
                to_convert(state);
            }
            ISSUE => next(state, CLEAR),
            CLEAR => {
                state.active[block].fill(false);
                next(state, SELECT);
            }
            NONE => {}
            _ => state.step += 1,
        }
        if let Some(word_line) = inputs.mark {
            state.active[word_line] = true;
        }
    }

    fn parameters(&self) -> Vec<(&'static str, u32)> {
        let array = ArrayStructure { epochs: self.epochs as u32, read: ArrayRead::Analogue(self.read) };
        vec![
            ("WordLines", self.word_lines as u32),
            ("Neurons", self.neurons as u32),
            ("Lanes", self.lanes as u32),
            ("Schedule", self.interval as u32),
            ("Array", array.pack()),
            ("ArrayWidths", array.pack_widths()),
        ]
    }

    /// Stimulus lines that write everything.
    fn writes(&self) -> Vec<String> {
        let cell =
            |address: usize, chunk: usize, data: u32| format!("1 1 {address:x} {chunk:x} 0 0 {data:x} 0 0 0 0 0 0");
        let value = |address: u32, data: i64| format!("1 0 0 0 1 {address:x} {:x} 0 0 0 0 0 0", data as u32);
        let mut lines = vec![value(0, self.noise_seed as u32 as i64), value(1, (self.noise_seed >> 32) as i64)];
        lines.push(value(2, i64::from(self.variance_shift)));
        for s in 0..self.slices() {
            lines.push(value(0x100 + 2 * s as u32, i64::from(self.adc_shifts[s])));
            lines.push(value(0x101 + 2 * s as u32, self.zero_codes[s]));
        }
        for at in 0..self.slices() * self.neurons {
            lines.push(value(0x100_0000 + 2 * at as u32, self.multipliers[at]));
            lines.push(value(0x100_0001 + 2 * at as u32, self.offsets[at]));
        }
        for address in 0..self.epochs * self.word_lines * self.groups() {
            let (row, group) = (address / self.groups(), address % self.groups());
            let word = self.word(row / self.word_lines, row % self.word_lines, group);
            let chunks = (self.lanes as u32 * self.read.cell_bits()).div_ceil(32) as usize;
            lines.extend((0..chunks).map(|chunk| cell(address, chunk, (word >> (32 * chunk)) as u32)));
        }
        lines
    }

    fn word(&self, epoch: usize, word_line: usize, group: usize) -> u128 {
        let (mut word, mut place) = (0, 0);
        for (s, j) in self.of_group(group) {
            let [plus, minus, variance] = self.cell(epoch, word_line, s, j);
            let minus_bits = if self.read.devices_per_cell == 2 { self.read.code_bits } else { 0 };
            for (code, bits) in [(plus, self.read.code_bits), (minus, minus_bits), (variance, self.read.variance_bits)]
            {
                word |= (code as u128) << place;
                place += bits;
            }
        }
        word
    }

    /// Marks, reads, stalls and resets at random; every output of every cycle.
    fn check(&self, seed: u64) {
        let mut random = Random::new(seed);
        let mut state = State {
            active: vec![false; self.word_lines],
            read_state: NONE,
            step: 0,
            phase: 0,
            block: 0,
            x: vec![0; self.slices() * self.neurons],
            codes: vec![0; self.slices() * self.neurons],
            words: None,
            at_limit: [0; 2],
        };
        let mut lines = vec!["0 0 0 0 0 0 0 0 0 0 0 0 0".to_owned(); 2];
        lines.extend(self.writes());
        let before = lines.len();
        let (mut expected, mut reads) = (Vec::new(), 0);
        for _ in 0..6000 {
            let idle = state.read_state == NONE;
            let inputs = Inputs {
                reset: random.below(700) == 0,
                epoch: random.below(self.epochs as u32) as usize,
                reads: random.word(),
                mark: (idle && random.below(2) == 0).then(|| random.below(self.word_lines as u32) as usize),
                start: idle && random.below(6) == 0,
                stall: random.below(4) == 0,
            };
            let inputs = if inputs.reset { Inputs { mark: None, start: false, ..inputs } } else { inputs };
            let inputs = if inputs.mark.is_some() { Inputs { start: false, ..inputs } } else { inputs };
            reads += usize::from(state.read_state == CLEAR);
            lines.push(format!(
                "{} 0 0 0 0 0 0 {:x} {:x} {} {:x} {} {}",
                u8::from(!inputs.reset),
                inputs.epoch,
                inputs.reads,
                u8::from(inputs.mark.is_some()),
                inputs.mark.unwrap_or(0),
                u8::from(inputs.start),
                u8::from(inputs.stall)
            ));
            expected.push(self.cycle(&mut state, inputs));
        }
        assert!(reads > 40, "{reads}");
        let found = play("analogue_array", &self.parameters(), &lines);
        for (cycle, (expected, found)) in expected.iter().zip(&found[before..]).enumerate() {
            for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
                let found = u128::from_str_radix(found, 16).unwrap();
                assert!(
                    expected.is_none_or(|value| value == found),
                    "cycle {cycle}, output {index}: {found:x}, must be {expected:x?}"
                );
            }
        }
    }
}

/// Codes of so many bits, for each cell.
fn codes(random: &mut Random, cells: usize, bits: [u32; 3]) -> Vec<[i64; 3]> {
    (0..cells).map(|_| bits.map(|bits| i64::from(random.below(1 << bits)))).collect()
}

/// Two slices of pairs with noise under successive approximation, each converter for two groups, three blocks, three epochs.
#[test]
fn an_array_of_noisy_pairs_in_two_slices() {
    let mut random = Random::new(11);
    let read = AnalogueRead {
        rows_per_read: 3,
        settle_cycles: 2,
        converter: Converter::Sar,
        columns_per_converter: 2,
        adc_bits: 9,
        adc_rounding: Rounding::HalfUp,
        code_bits: 7,
        devices_per_cell: 2,
        slices: 2,
        slice_bits: 3,
        variance_bits: 6,
    };
    let array = Array {
        word_lines: 7,
        neurons: 8,
        lanes: 2,
        interval: 2,
        epochs: 3,
        read,
        cells: codes(&mut random, 3 * 7 * 2 * 8, [7, 7, 6]),
        zero_codes: vec![0; 2],
        adc_shifts: vec![1, 0],
        multipliers: (0..16).map(|at| if at < 8 { 2 + at % 3 } else { 1 }).collect(),
        offsets: (0..16).map(|at| 7 - at).collect(),
        variance_shift: 4,
        noise_seed: 0xfedc_ba98_7654_3210,
    };
    array.check(1);
}

/// Single devices without noise on ramps, one converter for each group and lane, all word lines at once, wide constants.
#[test]
fn an_array_of_single_devices_on_ramps() {
    let mut random = Random::new(12);
    let read = AnalogueRead {
        rows_per_read: 5,
        settle_cycles: 1,
        converter: Converter::Ramp,
        columns_per_converter: 1,
        adc_bits: 3,
        adc_rounding: Rounding::Floor,
        code_bits: 6,
        devices_per_cell: 1,
        slices: 1,
        slice_bits: 1,
        variance_bits: 0,
    };
    let array = Array {
        word_lines: 5,
        neurons: 4,
        lanes: 1,
        interval: 1,
        epochs: 1,
        read,
        cells: codes(&mut random, 5 * 4, [6, 0, 0]),
        zero_codes: vec![(-1 << 27) + 31],
        adc_shifts: vec![40],
        multipliers: vec![1 << 20, 1, (1 << 20) - 1, 1 << 20],
        offsets: vec![-(1 << 27), 0, -(1 << 26), (1 << 27) - 1],
        variance_shift: 0,
        noise_seed: 1,
    };
    array.check(2);
}
