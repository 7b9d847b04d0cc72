//! One second of each ready network, one thread: `cargo bench -p bitspike-reference`.

use bitspike_reference::network::{CobahhParameters, CubaParameters, Izhikevich2003Parameters, Network, Population};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

/// The steps alone: the network is built before the clock starts.
fn steps<P: Population + Clone>(criterion: &mut Criterion, name: &str, (network, steps): (&Network<P>, u32)) {
    let run = |network: &mut Network<P>| (0..steps).for_each(|_| network.step());
    criterion.bench_function(name, |bencher| {
        bencher.iter_batched_ref(|| network.clone(), run, BatchSize::LargeInput);
    });
}

fn networks(criterion: &mut Criterion) {
    let cuba = CubaParameters::default();
    criterion.bench_function("cuba, build", |bencher| bencher.iter(|| cuba.network().expect("published values")));
    steps(criterion, "cuba, 1 s", (&cuba.network().expect("published values"), 10_000));
    let izhikevich = Izhikevich2003Parameters::default().network().expect("published values");
    steps(criterion, "izhikevich 2003, 1 s", (&izhikevich, 1000));
    let cobahh = CobahhParameters::default().network().expect("published values");
    steps(criterion, "cobahh, 0.1 s", (&cobahh, 1000));
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = networks
}
criterion_main!(benches);
