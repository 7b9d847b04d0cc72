//! Sums, programming and wires of one array, on one thread. Ratios inside one run are what counts.

use bitspike_device::adc::{AdcConfig, AdcRange};
use bitspike_device::effects::drift::DriftConfig;
use bitspike_device::effects::read_noise::ReadNoiseConfig;
use bitspike_device::effects::spread::{Distribution, SpreadConfig};
use bitspike_device::effects::stuck::StuckConfig;
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

fn sums(criterion: &mut Criterion) {
    let adc = AdcConfig { range: AdcRange::Percentile(99.0), ..AdcConfig::default() };
    let read_noise = Some(ReadNoiseConfig { relative: 0.01, absolute: 0.0 });
    let array = program(&weights(SIDE), &ArrayConfig { adc, read_noise, ..ArrayConfig::default() }, 1).expect("valid");
    let image = &array.epochs[0].image;
    let slice = Slice::new(image, &image.slices()[0]);
    let adc = Converters::new(&array.adcs[0]);
    let x: Vec<i16> = (0..SIDE as i16).map(|i| i * 37 % 127 - 63).collect();
    let spikes: Vec<u32> = (0..13).map(|k| k * 19).collect(); // 5 % of the word lines
    let (mut acc, mut codes, mut variance) = (vec![0; 256], vec![0; 256], vec![0; 256]);
    let mut group = criterion.benchmark_group("sums_256");
    group.bench_function("dense", |bencher| {
        bencher.iter(|| {
            slice.sums(black_box(&x), &mut acc);
            adc.convert(&acc, &mut codes);
            black_box(&mut codes);
        });
    });
    let mut conversion = 0;
    group.bench_function("dense_with_read_noise", |bencher| {
        bencher.iter(|| {
            slice.sums(black_box(&x), &mut acc);
            slice.variances(&x, &mut variance);
            slice.add_noise(&mut acc, &variance, (1, conversion));
            conversion += 1;
            adc.convert(&acc, &mut codes);
            black_box(&mut codes);
        });
    });
    group.bench_function("spikes_5_percent", |bencher| {
        bencher.iter(|| {
            slice.event_sums(black_box(&spikes), &mut acc);
            adc.convert(&acc, &mut codes);
            black_box(&mut codes);
        });
    });
    group.bench_function("converters", |bencher| {
        bencher.iter(|| {
            adc.convert(black_box(&acc), &mut codes);
            black_box(&mut codes);
        });
    });
    group.finish();
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
