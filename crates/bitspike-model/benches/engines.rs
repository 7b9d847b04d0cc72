//! Dense word-line events on a 256 x 256 core with 4-bit weights: both engines, and a bare loop that only adds the rows.

#![allow(missing_docs)]

use bitspike_model::{Model, NullObserver, Run};
use bitspike_spec::fx::{Lfsr, Overflow, Rounding};
use bitspike_spec::{
    AerEvent, Clamp, Compare, Core, CrossbarImage, Door, FireCheck, FullPolicy, Handshake, Integrate,
    IzhikevichConstants, NeuronModel, NeuronParameters, Order, Reduce, ReduceForm, Reset, Schedule, Semantics,
    Stimulus, Structure, Synapse, TimeStepPolicy, Values,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

const SIZE: u32 = 256;
const EVENTS: u64 = 200_000;

struct Case {
    name: &'static str,
    lanes: u32,
    fire_check: FireCheck,
    initiation_interval: u32,
    time_step: TimeStepPolicy,
    handshake: Handshake,
    threshold: i64,
}

const CASES: [Case; 5] = [
    case("p16_per_time_step", 16, FireCheck::PerTimeStep, 500),
    case("p16_per_operation", 16, FireCheck::PerOperation, 2000),
    case("p16_per_operation_firing", 16, FireCheck::PerOperation, 300),
    case("p1_per_operation", 1, FireCheck::PerOperation, 2000),
    Case {
        initiation_interval: 2,
        time_step: TimeStepPolicy::Bypass,
        handshake: Handshake::FourPhase,
        ..case("tinyodin", 1, FireCheck::PerOperation, 300)
    },
];

const fn case(name: &'static str, lanes: u32, fire_check: FireCheck, threshold: i64) -> Case {
    Case {
        name,
        lanes,
        fire_check,
        initiation_interval: 1,
        time_step: TimeStepPolicy::InOrder,
        handshake: Handshake::Synchronous,
        threshold,
    }
}

fn structure(case: &Case) -> Structure {
    let leak = Reduce { form: ReduceForm::Subtract, rounding: Rounding::Floor, clamp: Clamp::Zero, bits: 7 };
    Structure {
        neurons: SIZE,
        word_lines: SIZE,
        lanes: case.lanes,
        weight_bits: 4,
        weight_shift: 0,
        v_bits: 12,
        i_syn_bits: 0,
        frac: 0,
        model: NeuronModel::Lif,
        synapse: Synapse::DIRECT,
        bias_bits: 0,
        refractory_bits: 0,
        queue_depth: 128,
        spike_queue_depth: 16,
        semantics: Semantics {
            v_overflow: Overflow::Saturate,
            i_syn_overflow: Overflow::Saturate,
            leak,
            decay: Reduce::NONE,
            compare: Compare::Ge,
            reset: Reset::Zero,
            order: Order::LeakIntegrateFire,
            fire_check: case.fire_check,
            integrate: Integrate::Membrane,
            max_spikes: 1,
        },
        schedule: Schedule {
            initiation_interval: case.initiation_interval,
            time_step: case.time_step,
            full_policy: FullPolicy::Stall,
            handshake: case.handshake,
            loop_back: false,
            door: Door::Overlapped,
            per_neuron: true,
        },
    }
}

fn core(case: &Case) -> Core {
    let mut lfsr = Lfsr::for_lane(1, 0);
    let codes = (0..SIZE * SIZE).map(|_| ((lfsr.next() >> 9) % 16) as i16 - 8);
    let neuron = NeuronParameters {
        threshold: case.threshold,
        leak: 20,
        v_reset: 0,
        bias: 0,
        output_enable: true,
        ..NeuronParameters::default()
    };
    let values = Values {
        neurons: vec![neuron; SIZE as usize],
        v_init: 0,
        u_init: 0,
        i_syn_decay: Vec::new(),
        gain: Vec::new(),
        izhikevich: IzhikevichConstants::default(),
        refractory_steps: 0,
        lfsr_seed: 1,
        first_word_line: 0,
        loop_back_delay: 0,
        image: CrossbarImage::new(SIZE, SIZE, codes.collect()).expect("one code for each cell"),
    };
    Core::new(structure(case), values).expect("a checked core")
}

fn stimulus() -> Stimulus {
    let mut lfsr = Lfsr::for_lane(2, 0);
    let events = (0..1000_u32)
        .map(|i| if i % 250 == 249 { AerEvent::TimeStep } else { AerEvent::word_line((lfsr.next() >> 8) % SIZE) });
    Stimulus { repeat: EVENTS / 1000, ..Stimulus::dense(events) }
}

fn event_level(criterion: &mut Criterion) {
    let stimulus = stimulus();
    for case in &CASES {
        let core = core(case);
        let counters = Model::run(&core, &stimulus, &mut NullObserver).counters;
        let mut group = criterion.benchmark_group("null_observer");
        group.throughput(Throughput::Elements(counters.synaptic_ops)).sample_size(20);
        let name = format!("{} ({} spikes, {} overflows)", case.name, counters.spikes, counters.v_overflows);
        group.bench_function(name, |bencher| bencher.iter(|| Model::run(&core, &stimulus, &mut NullObserver)));
        group.finish();
    }
}

fn every_cycle(criterion: &mut Criterion) {
    let stimulus = Stimulus { cycles: Some(20_000), ..stimulus() };
    for case in &CASES {
        let core = core(case);
        let mut group = criterion.benchmark_group("cycle_with_record");
        group.throughput(Throughput::Elements(20_000)).sample_size(10);
        group.bench_function(case.name, |bencher| {
            bencher.iter(|| {
                let mut run = Run::new(&core, &stimulus);
                while let Some((_, record)) = run.step() {
                    black_box(record);
                }
            });
        });
        group.finish();
    }
}

fn bare_rows(criterion: &mut Criterion) {
    let core = core(&CASES[0]);
    let image: Vec<i8> = core.values().image.codes().iter().map(|&code| code as i8).collect();
    let rows: Vec<usize> = stimulus()
        .events
        .iter()
        .filter_map(|timed| match timed.event {
            AerEvent::WordLine { word_line, .. } => Some(word_line as usize),
            AerEvent::TimeStep | AerEvent::Inject { .. } | AerEvent::TimeStepOne(_) => None,
        })
        .collect();
    let mut v = vec![0_i16; SIZE as usize];
    let mut group = criterion.benchmark_group("bare_loop");
    group.throughput(Throughput::Elements(rows.len() as u64 * u64::from(SIZE)));
    group.bench_function("add_rows", |bencher| bencher.iter(|| add_rows(&mut v, &image, &rows)));
    group.finish();
}

#[cfg(target_arch = "x86_64")]
fn add_rows(v: &mut [i16], image: &[i8], rows: &[usize]) {
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: AVX2 was detected.
        return unsafe { add_rows_avx2(v, image, rows) };
    }
    add_rows_plain(v, image, rows);
}

#[cfg(not(target_arch = "x86_64"))]
fn add_rows(v: &mut [i16], image: &[i8], rows: &[usize]) {
    add_rows_plain(v, image, rows);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn add_rows_avx2(v: &mut [i16], image: &[i8], rows: &[usize]) {
    add_rows_plain(v, image, rows);
}

#[inline(always)]
fn add_rows_plain(v: &mut [i16], image: &[i8], rows: &[usize]) {
    for &row in rows {
        for (v, &weight) in v.iter_mut().zip(&image[row * SIZE as usize..]) {
            *v = v.wrapping_add(i16::from(weight));
        }
        black_box(&mut *v);
    }
}

criterion_group!(benches, bare_rows, event_level, every_cycle);
criterion_main!(benches);
