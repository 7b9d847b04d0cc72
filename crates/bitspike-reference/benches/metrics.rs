//! Victor-Purpura and van Rossum on two trains of 1000 spikes.

use std::hint::black_box;

use bitspike_reference::metrics::SpikeTrain;
use bitspike_reference::metrics::van_rossum::van_rossum;
use bitspike_reference::metrics::victor_purpura::victor_purpura;
use criterion::{Criterion, criterion_group, criterion_main};

const SPIKES: usize = 1000;

/// Spikes every 20 ms, each moved by up to 4 ms, the pattern of moves starting at `phase`.
fn jittered(phase: usize) -> Vec<f64> {
    let jitter = |k: usize| ((k * 7919 + phase * 104_729) % 1009) as f64 / 1009.0;
    (0..SPIKES).map(|k| 20e-3 * k as f64 + 4e-3 * jitter(k)).collect()
}

fn distances(criterion: &mut Criterion) {
    let (a, b) = (jittered(1), jittered(2));
    let a = SpikeTrain::new("reference", &a).expect("moves are shorter than intervals");
    let b = SpikeTrain::new("tested", &b).expect("moves are shorter than intervals");
    let mut group = criterion.benchmark_group("metrics_1000_spikes");
    group.bench_function("victor_purpura", |bencher| bencher.iter(|| victor_purpura(black_box(a), b, 100.0)));
    group.bench_function("van_rossum", |bencher| bencher.iter(|| van_rossum(black_box(a), b, 10e-3)));
    group.finish();
}

criterion_group!(benches, distances);
criterion_main!(benches);
