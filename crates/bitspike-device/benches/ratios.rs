//! What noise and wires cost, as ratios inside one run: both sides in turn, thousands of short rounds, one thread.
//!
//! `cargo bench -p bitspike-device --bench ratios` prints the median of each side and of the ratio, with the quartiles of the
//! ratio. Neighbours disturb single rounds, seldom the quartiles.

use bitspike_device::effects::read_noise::ReadNoiseConfig;
use bitspike_device::ir_drop::{ReadMode, Wires};
use bitspike_device::mvm::{Converters, Slice};
use bitspike_device::{ArrayConfig, WeightMatrix, program};
use std::hint::black_box;
use std::time::Instant;

const SIDE: u32 = 256;
const ROUNDS: usize = 2001;

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
fn compare(name: &str, mut first: impl FnMut(), mut second: impl FnMut()) {
    const CALLS: u32 = 32;
    let time = |call: &mut dyn FnMut()| {
        let start = Instant::now();
        (0..CALLS).for_each(|_| call());
        start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS)
    };
    let rounds: Vec<[f64; 2]> = (0..ROUNDS).map(|_| [time(&mut first), time(&mut second)]).collect();
    let at = |value: &dyn Fn(&[f64; 2]) -> f64, share: usize| {
        let mut values: Vec<f64> = rounds.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values[ROUNDS * share / 4]
    };
    let [low, middle, high] = [1, 2, 3].map(|share| at(&|[a, b]| b / a, share));
    let [a, b] = [0, 1].map(|side| at(&|times| times[side], 2));
    println!("  {name:14}{a:8.3} us {b:8.3} us   ratio {middle:.2} ({low:.2} to {high:.2})");
}
