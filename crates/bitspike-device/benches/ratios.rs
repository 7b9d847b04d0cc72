//! What noise and wires cost, as ratios inside one run: both sides in turn, thousands of short rounds, one thread.
//!
//! `cargo bench -p bitspike-device --bench ratios` prints the median of each side and of the ratio, with the quartiles of the
//! ratio. Neighbours disturb single rounds, seldom the quartiles.

use bitspike_device::effects::read_noise::ReadNoiseConfig;
use bitspike_device::ir_drop::{Network, ReadMode, Settings, Wires};
use bitspike_device::mvm::{Converters, Slice};
use bitspike_device::{ArrayConfig, WeightMatrix, program};
use std::hint::black_box;
use std::time::Instant;

const SIDE: u32 = 256;

fn main() {
    let plain = ArrayConfig::default();
    let read_noise = Some(ReadNoiseConfig { relative: 0.01, absolute: 0.0 });
    let noisy = ArrayConfig { read_noise, ..plain.clone() };
    let wires = Some(Wires { tolerance: 1e-6, ..Wires::new(0.5, 0.5) });
    let wired = ArrayConfig { wires, read_mode: ReadMode::Analogue, ..plain.clone() };
    let (mut plain, mut noisy, mut wired) = (Reader::new(plain), Reader::new(noisy), Reader::new(wired));
    println!("256 x 256 with converters, read noise against none");
    compare("8-bit inputs", || plain.dense(), || noisy.dense());
    for active in [13, 51, 128, 256] {
        compare(&format!("{active} spikes"), || plain.spikes(active), || noisy.spikes(active));
    }
    println!("256 x 256 with converters, wires folded into the codes against none");
    compare("8-bit inputs", || plain.dense(), || wired.dense());
    compare("13 spikes", || plain.spikes(13), || wired.spikes(13));
    println!("one solve, 2 ohms a segment, 1 to 100 uS: all nodes by banded elimination against ours");
    for side in [32, 64] {
        wires_against_elimination(side);
    }
}

fn wires_against_elimination(side: usize) {
    let g: Vec<f64> = (0..side * side).map(|k| 1e-6 + 99e-6 * (k * 7919 % 1000) as f64 / 999.0).collect();
    let volts: Vec<f64> = (0..side).map(|i| 0.2 + 1e-4 * (i % 7) as f64).collect();
    let inputs: Vec<Option<f64>> = volts.iter().copied().map(Some).collect();
    let network = Network::new(&Wires::new(2.0, 2.0), side, g.clone()).expect("valid");
    let solve = || network.solve(black_box(&inputs), Settings::default()).expect("converges").currents;
    let exact = eliminate(&g, &volts, 2.0);
    let error = solve().iter().zip(&exact).fold(0.0_f64, |worst, (a, b)| worst.max((a / b - 1.0).abs()));
    let times = rounds((7, 1), || drop(black_box(solve())), || drop(black_box(eliminate(black_box(&g), &volts, 2.0))));
    print_ratio(&format!("{side} x {side}"), &times);
    println!("  {:14}largest difference of a current {error:.1e}", "");
}

/// Currents of the bit lines from all `2 n^2` node equations by Gaussian elimination in the band, `r` ohms a segment.
///
/// Nodes `2 (n i + j)` on word line `i`, one more on bit line `j`; half the band is `2 n`, the matrix symmetric and definite.
fn eliminate(g: &[f64], volts: &[f64], r: f64) -> Vec<f64> {
    let side = volts.len();
    let (nodes, band, segment) = (2 * g.len(), 2 * side, 1.0 / r);
    let mut matrix = vec![0.0; nodes * (band + 1)]; // row k: columns k .. k + band
    let mut rhs = vec![0.0; nodes];
    let mut connect = |a: usize, b: usize, g: f64| {
        matrix[a * (band + 1)] += g;
        matrix[b * (band + 1)] += g;
        matrix[a * (band + 1) + b - a] -= g;
    };
    for (cell, &g) in g.iter().enumerate() {
        connect(2 * cell, 2 * cell + 1, g);
        if cell % side + 1 < side {
            connect(2 * cell, 2 * cell + 2, segment);
        }
        if cell + side < side * side {
            connect(2 * cell + 1, 2 * (cell + side) + 1, segment);
        }
    }
    for (line, volts) in volts.iter().enumerate() {
        matrix[2 * line * side * (band + 1)] += segment; // driver at bit line 0
        rhs[2 * line * side] = segment * volts;
        matrix[(2 * (side * side - side + line) + 1) * (band + 1)] += segment; // ground after the last word line
    }
    solve_banded(&mut matrix, &mut rhs, band);
    rhs[nodes - band..].iter().skip(1).step_by(2).map(|volts| segment * volts).collect()
}

fn solve_banded(matrix: &mut [f64], rhs: &mut [f64], band: usize) {
    for pivot in 0..rhs.len() {
        let (head, below) = matrix[pivot * (band + 1)..].split_at_mut(band + 1);
        for (row, below) in below.chunks_mut(band + 1).enumerate().take(band) {
            let factor = head[row + 1] / head[0];
            for (x, above) in below.iter_mut().zip(&head[row + 1..]) {
                *x -= factor * above;
            }
            rhs[pivot + row + 1] -= factor * rhs[pivot];
        }
    }
    for row in (0..rhs.len()).rev() {
        let line = &matrix[row * (band + 1)..][..band + 1];
        let known: f64 = line[1..].iter().zip(&rhs[row + 1..]).map(|(a, x)| a * x).sum();
        rhs[row] = (rhs[row] - known) / line[0];
    }
}

/// An array with what a read needs.
struct Reader {
    slice: Slice,
    converters: Converters,
    noisy: bool,
    inputs: Vec<i16>,
    spikes: Vec<u32>,
    acc: Vec<i32>,
    variance: Vec<u32>,
    codes: Vec<i32>,
    conversion: u64,
}

impl Reader {
    fn new(config: ArrayConfig) -> Self {
        let weights = (0..SIDE * SIDE).map(|k| f64::from(k * 7919 % 31) - 15.0).collect();
        let array = program(&WeightMatrix { word_lines: SIDE, bit_lines: SIDE, weights }, &config, 1).expect("valid");
        let image = &array.epochs[0].image;
        Reader {
            slice: Slice::new(image, &image.slices()[0]),
            converters: Converters::new(&array.adcs[0]),
            noisy: config.read_noise.is_some(),
            inputs: (0..SIDE as i16).map(|i| i * 37 % 127 - 63).collect(),
            spikes: (0..SIDE).map(|k| k * 19 % SIDE).collect(),
            acc: vec![0; SIDE as usize],
            variance: vec![0; SIDE as usize],
            codes: vec![0; SIDE as usize],
            conversion: 0,
        }
    }

    fn dense(&mut self) {
        self.slice.sums(black_box(&self.inputs), &mut self.acc);
        if self.noisy {
            self.slice.variances(&self.inputs, &mut self.variance);
        }
        self.convert();
    }

    fn spikes(&mut self, active: usize) {
        let spikes = black_box(&self.spikes[..active]);
        self.slice.event_sums(spikes, &mut self.acc);
        self.slice.event_variances(spikes, &mut self.variance);
        self.convert();
    }

    fn convert(&mut self) {
        if self.noisy {
            self.slice.add_noise(&mut self.acc, &self.variance, (1, self.conversion));
            self.conversion += 1;
        }
        self.converters.convert(&self.acc, &mut self.codes);
        black_box(&mut self.codes);
    }
}

/// Runs both in turn and prints their medians and the ratio of the second to the first.
fn compare(name: &str, first: impl FnMut(), second: impl FnMut()) {
    print_ratio(name, &rounds((2001, 32), first, second));
}

/// Microseconds of a call of each, for as many rounds of as many calls.
fn rounds((rounds, calls): (usize, u32), mut first: impl FnMut(), mut second: impl FnMut()) -> Vec<[f64; 2]> {
    let time = |call: &mut dyn FnMut()| {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        start.elapsed().as_secs_f64() * 1e6 / f64::from(calls)
    };
    (0..rounds).map(|_| [time(&mut first), time(&mut second)]).collect()
}

fn print_ratio(name: &str, times: &[[f64; 2]]) {
    let at = |value: &dyn Fn(&[f64; 2]) -> f64, share: usize| {
        let mut values: Vec<f64> = times.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() * share / 4]
    };
    let [low, middle, high] = [1, 2, 3].map(|share| at(&|[a, b]| b / a, share));
    let [a, b] = [0, 1].map(|side| at(&|times| times[side], 2));
    println!("  {name:14}{a:10.3} us {b:10.3} us   ratio {middle:.2} ({low:.2} to {high:.2})");
}
