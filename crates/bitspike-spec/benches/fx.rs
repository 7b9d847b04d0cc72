//! Rounding and range checks over slices, compared as ratios to a bare add over the same slice.

use std::hint::black_box;

use bitspike_spec::fx::{Lfsr, Overflow, QFormat, Rounding, fit, round_shift};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const LENGTH: usize = 4096;

fn values() -> Vec<i32> {
    let mut lfsr = Lfsr::for_lane(1, 0);
    (0..LENGTH).map(|_| (lfsr.next() as i32) >> 8).collect()
}

fn map_in_place(criterion: &mut Criterion, id: BenchmarkId, map: impl Fn(i32) -> i32) {
    let (input, mut output) = (values(), vec![0; LENGTH]);
    let mut group = criterion.benchmark_group("fx");
    group.throughput(Throughput::Elements(LENGTH as u64));
    group.bench_function(id, |bencher| {
        bencher.iter(|| {
            for (y, x) in output.iter_mut().zip(black_box(&input)) {
                *y = map(*x);
            }
            black_box(&mut output);
        });
    });
    group.finish();
}

fn bare_add(criterion: &mut Criterion) {
    let addend = black_box(12345);
    map_in_place(criterion, BenchmarkId::new("bare", "add"), move |x| x + addend);
}

fn round_shifts(criterion: &mut Criterion) {
    let by = black_box(5);
    for rounding in Rounding::ALL {
        let id = BenchmarkId::new("round_shift", format!("{rounding:?}"));
        match rounding {
            Rounding::Floor => map_in_place(criterion, id, move |x| round_shift(&x, &by, Rounding::Floor, &0)),
            Rounding::TowardZero => {
                map_in_place(criterion, id, move |x| round_shift(&x, &by, Rounding::TowardZero, &0))
            }
            Rounding::HalfUp => map_in_place(criterion, id, move |x| round_shift(&x, &by, Rounding::HalfUp, &0)),
            Rounding::HalfEven => map_in_place(criterion, id, move |x| round_shift(&x, &by, Rounding::HalfEven, &0)),
            Rounding::Stochastic => {
                map_in_place(criterion, id, move |x| round_shift(&x, &by, Rounding::Stochastic, &x))
            }
        }
    }
    let rounding = black_box(Rounding::HalfEven);
    let id = BenchmarkId::new("round_shift", "run-time rule");
    map_in_place(criterion, id, move |x| round_shift(&x, &by, rounding, &0));
}

fn fits(criterion: &mut Criterion) {
    let format = black_box(QFormat::new(16, 8, true).expect("a legal format"));
    let wrap = BenchmarkId::new("fit", "Wrap");
    map_in_place(criterion, wrap, move |x| fit(&x, format, Overflow::Wrap).0);
    let saturate = BenchmarkId::new("fit", "Saturate");
    map_in_place(criterion, saturate, move |x| fit(&x, format, Overflow::Saturate).0);
}

criterion_group!(benches, bare_add, round_shifts, fits);
criterion_main!(benches);
