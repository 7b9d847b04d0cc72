//! Time of the whole width study on one thread: 20 patterns, 12 widths, 3 roundings, 2 schemes of constants.

use bitspike::patterns::study::{WidthRequest, width_study};
use criterion::{Criterion, criterion_group, criterion_main};

fn study(c: &mut Criterion) {
    let request = WidthRequest::default();
    c.bench_function("width_study", |b| b.iter(|| width_study(&request)));
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = study
}
criterion_main!(benches);
