//! Sums, programming and wires of one array, on one thread. Ratios inside one run are what counts.

use bitspike_device::adc::{AdcConfig, AdcRange};
use bitspike_device::effects::drift::DriftConfig;
use bitspike_device::effects::read_noise::ReadNoiseConfig;
use bitspike_device::effects::spread::{Distribution, SpreadConfig};
use bitspike_device::effects::stuck::StuckConfig;
use bitspike_device::effects::write_verify::WriteVerifyConfig;
use bitspike_device::ir_drop::{Network, Settings, Wires, effective_matrix};
use bitspike_device::mvm::{Converters, Slice};
use bitspike_device::sigma::SigmaSource;
use bitspike_device::{ArrayConfig, Devices, WeightMatrix, program};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::num::NonZeroUsize;

const SIDE: u32 = 256;
const ONE: NonZeroUsize = NonZeroUsize::MIN;

fn weights(side: u32) -> WeightMatrix {
    let weights = (0..side * side).map(|k| f64::from(k * 7919 % 31) - 15.0).collect();
    WeightMatrix { word_lines: side, bit_lines: side, weights }
}

/// What a read needs, and room for its results.
struct Reader {
    slice: Slice,
    adc: Converters,
    acc: Vec<i32>,
    variance: Vec<u32>,
    codes: Vec<i32>,
}

impl Reader {
    fn new(side: u32) -> Self {
        let adc = AdcConfig { range: AdcRange::Percentile(99.0), ..AdcConfig::default() };
        let read_noise = Some(ReadNoiseConfig { relative: 0.01, absolute: 0.0 });
        let config = ArrayConfig { adc, read_noise, ..ArrayConfig::default() };
        let array = program(&weights(side), &config, 1).expect("valid");
        let (image, lines) = (&array.epochs[0].image, side as usize);
        let (slice, adc) = (Slice::new(image, &image.slices()[0]), Converters::new(&array.adcs[0]));
        Reader { slice, adc, acc: vec![0; lines], variance: vec![0; lines], codes: vec![0; lines] }
    }

    fn dense(&mut self, x: &[i16]) {
        self.slice.sums(black_box(x), &mut self.acc);
    }

    fn dense_variance(&mut self, x: &[i16]) {
        self.slice.variances(black_box(x), &mut self.variance);
    }

    fn spikes(&mut self, active: &[u32]) {
        self.slice.event_sums(black_box(active), &mut self.acc);
    }

    fn spikes_variance(&mut self, active: &[u32]) {
        self.slice.event_variances(black_box(active), &mut self.variance);
    }

    fn noise(&mut self, conversion: u64) {
        self.slice.add_noise(&mut self.acc, black_box(&self.variance), (1, conversion));
    }

    fn convert(&mut self) {
        self.adc.convert(black_box(&self.acc), &mut self.codes);
        black_box(&mut self.codes);
    }
}

fn inputs(side: u32) -> Vec<i16> {
    (0..side).map(|i| (i * 37 % 255) as i16 - 127).collect()
}

/// The ratio of noise to none is that of `--bench ratios`, which takes both in turn.
fn sums(criterion: &mut Criterion) {
    let (mut reader, x) = (Reader::new(SIDE), inputs(SIDE));
    let spikes: Vec<u32> = (0..13).map(|k| k * 19).collect(); // 5 % of the word lines
    let mut conversions = 0..;
    let mut conversion = || conversions.next().expect("without end");
    let mut group = criterion.benchmark_group("sums_256");
    let mut bench = |name: &str, read: &mut dyn FnMut(&mut Reader)| {
        group.bench_function(name, |bencher| bencher.iter(|| read(&mut reader)));
    };
    bench("dense", &mut |reader| {
        reader.dense(&x);
        reader.convert();
    });
    bench("dense_with_read_noise", &mut |reader| {
        reader.dense(&x);
        reader.dense_variance(&x);
        reader.noise(conversion());
        reader.convert();
    });
    bench("spikes_5_percent", &mut |reader| {
        reader.spikes(&spikes);
        reader.convert();
    });
    bench("spikes_5_percent_with_read_noise", &mut |reader| {
        reader.spikes(&spikes);
        reader.spikes_variance(&spikes);
        reader.noise(conversion());
        reader.convert();
    });
    bench("read_noise", &mut |reader| reader.noise(conversion()));
    bench("converters", &mut Reader::convert);
    group.finish();
    let (mut large, x) = (Reader::new(1024), inputs(1024));
    criterion.bench_function("sums_1024/dense", |bencher| {
        bencher.iter(|| {
            large.dense(&x);
            large.convert();
        });
    });
}

/// Spread, stuck devices and drift exponents of a 256 x 256 differential array.
fn programming(criterion: &mut Criterion) {
    let sigma = SigmaSource::Fit("hfox_wan".to_owned());
    let config = ArrayConfig {
        spread: Some(SpreadConfig { sigma, distribution: Distribution::Normal, factor: 1.0 }),
        stuck: Some(StuckConfig { low: 0.01, high: 0.01, ..StuckConfig::default() }),
        drift: Some(DriftConfig::PowerLaw { nu_mean: 0.05, nu_sigma: 0.01, t0: 1.0 }),
        ..ArrayConfig::default()
    };
    let weights = weights(SIDE);
    let mut group = criterion.benchmark_group("program_256_differential");
    group.bench_function("devices", |bencher| {
        bencher.iter(|| Devices::program(black_box(&weights), &config, (1, ONE)).expect("valid"));
    });
    group.bench_function("devices_and_drift", |bencher| {
        bencher.iter(|| {
            let devices = Devices::program(black_box(&weights), &config, (1, ONE)).expect("valid");
            [0, 1].map(|plane| devices.conductances(plane, &config, (1, 1e4)).expect("valid"))
        });
    });
    group.bench_function("images", |bencher| {
        bencher.iter(|| program(black_box(&weights), &config, 1).expect("valid"));
    });
    let write_verify =
        WriteVerifyConfig { tolerance: 1e-6, gain: 1.0, sigma_pulse: 2e-6, sigma_read: 2e-7, max_pulses: 100 };
    let verified = ArrayConfig { write_verify: Some(write_verify), ..config };
    group.bench_function("devices_with_write_verify", |bencher| {
        bencher.iter(|| Devices::program(black_box(&weights), &verified, (1, ONE)).expect("valid"));
    });
    group.finish();
}

fn network(side: u32) -> Network {
    let g = (0..side * side).map(|k| 1e-6 + 99e-6 * f64::from(k * 7919 % 1000) / 999.0).collect();
    Network::new(&Wires::new(2.0, 2.0), side as usize, g).expect("valid")
}

/// 2 ohms a segment, cells of 1 to 100 µS.
fn wires(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("wires");
    group.sample_size(10);
    for side in [32, 64, 128, 256] {
        let network = network(side);
        let inputs: Vec<Option<f64>> = (0..side).map(|i| Some(0.2 + 1e-4 * f64::from(i % 7))).collect();
        group.bench_function(format!("solve_{side}"), |bencher| {
            bencher.iter(|| network.solve(black_box(&inputs), Settings::default()).expect("converges"));
        });
    }
    let large = network(256);
    group.bench_function("effective_matrix_256", |bencher| {
        bencher.iter(|| effective_matrix(black_box(&large), Settings::default(), ONE).expect("converges"));
    });
    group.finish();
}

criterion_group!(benches, sums, programming, wires);
criterion_main!(benches);
