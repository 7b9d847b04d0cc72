//! Dense word-line events on a 256 x 256 core with 4-bit weights: both engines, and a bare loop that only adds the rows.
//! And the network CUBA as a fixed-point core, against a bare float loop of the same network.

#![allow(missing_docs)]

use bitspike_model::{Model, NullObserver, Run, Spike};
use bitspike_spec::fx::{Lfsr, Rounding};
use bitspike_spec::testing::PLAIN;
use bitspike_spec::{
    AerEvent, Clamp, Compare, Core, CrossbarImage, FireCheck, Handshake, Integrate, IzhikevichConstants,
    NeuronParameters, Polarity, Reduce, ReduceForm, Reset, Schedule, Semantics, Stimulus, Structure, Synapse,
    TimeStepPolicy, Values,
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
        v_bits: 12,
        queue_depth: 128,
        spike_queue_depth: 16,
        semantics: Semantics { leak, fire_check: case.fire_check, ..PLAIN.semantics },
        schedule: Schedule {
            initiation_interval: case.initiation_interval,
            time_step: case.time_step,
            handshake: case.handshake,
            per_neuron: true,
            ..PLAIN.schedule
        },
        ..PLAIN
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
        array: CrossbarImage::new(SIZE, SIZE, codes.collect()).expect("one code for each cell").into(),
        epoch_starts: Vec::new(),
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
    let image: Vec<i8> = core.values().weights().expect("event read").codes().iter().map(|&code| code as i8).collect();
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

/// The network CUBA, without its random start: 4000 `lif` neurons, 2 % of all synapses, 0.1 ms, 10000 steps, in fixed point
/// of 16 fraction bits (mV from the resting potential). Source: Vogels & Abbott 2005; Brette et al. 2007, benchmark 2.
mod cuba {
    use super::*;

    pub const NEURONS: u32 = 4000;
    pub const EXCITATORY: u32 = 3200;
    pub const STEPS: u64 = 10_000;
    pub const ONE: f64 = 65536.0;
    /// What one weight puts into the current, in mV per step: `w dt / tau_m`.
    pub const WEIGHTS: [f64; 2] = [1.62 * 0.005, -9.0 * 0.005];
    /// `exp(-dt / tau)` of membrane, excitatory and inhibitory current.
    pub const DECAYS: [f64; 3] = [0.995_012_479_192_682_3, 0.980_198_673_306_755_3, 0.990_049_833_749_168];
    pub const THRESHOLD: f64 = -1.0;
    pub const RESET: f64 = -11.0;
    pub const HOLD: u32 = 50;

    pub fn structure() -> Structure {
        let reduce = Reduce { form: ReduceForm::Multiply, rounding: Rounding::HalfUp, clamp: Clamp::None, bits: 16 };
        let base = super::structure(&CASES[0]);
        Structure {
            neurons: NEURONS,
            word_lines: NEURONS,
            lanes: 32,
            weight_bits: 13,
            v_bits: 24,
            i_syn_bits: 24,
            frac: 16,
            synapse: Synapse { polarity: Polarity::Split, ..Synapse::DIRECT },
            refractory_bits: 6,
            queue_depth: 4096,
            spike_queue_depth: 256,
            semantics: Semantics {
                leak: reduce,
                decay: reduce,
                compare: Compare::Gt,
                reset: Reset::Value,
                fire_check: FireCheck::PerTimeStep,
                integrate: Integrate::Current,
                ..base.semantics
            },
            schedule: Schedule {
                time_step: TimeStepPolicy::Barrier,
                loop_back: true,
                per_neuron: false,
                ..base.schedule
            },
            ..base
        }
    }

    fn raw(x: f64) -> i64 {
        (x * ONE).round() as i64
    }

    pub fn core() -> Core {
        let mut lfsr = Lfsr::for_lane(3, 0);
        let mut code = |from: u32| {
            let weight = raw(WEIGHTS[usize::from(from >= EXCITATORY)]) as i16;
            if lfsr.next() < u32::MAX / 50 { weight } else { 0 }
        };
        let codes = (0..NEURONS * NEURONS).map(|cell| code(cell / NEURONS)).collect();
        let neuron = NeuronParameters {
            threshold: raw(THRESHOLD),
            leak: raw(DECAYS[0]),
            v_reset: raw(RESET),
            ..NeuronParameters::default()
        };
        let values = Values {
            neurons: vec![neuron],
            v_init: raw(RESET),
            i_syn_decay: vec![raw(DECAYS[1]), raw(DECAYS[2])],
            refractory_steps: HOLD,
            array: CrossbarImage::new(NEURONS, NEURONS, codes).expect("one code for each cell").into(),
            epoch_starts: Vec::new(),
            ..super::core(&CASES[0]).values().clone()
        };
        Core::new(structure(), values).expect("a checked core")
    }

    /// What is injected into neuron `n` at the start, so that neurons start apart.
    pub fn start(n: u32) -> i16 {
        let mut lfsr = Lfsr::for_lane(4, n);
        lfsr.next();
        ((lfsr.next() >> 8) % 8191) as i16 - 4095
    }

    pub fn stimulus() -> Stimulus {
        let injected = (0..NEURONS).flat_map(|n| [AerEvent::inject(n, start(n)); 2]);
        Stimulus::dense(injected.chain(vec![AerEvent::TimeStep; STEPS as usize]))
    }

    /// The same network in floats: how many spikes.
    pub struct Float {
        targets: Vec<Vec<u16>>,
    }

    impl Float {
        pub fn new(core: &Core) -> Self {
            let row = |word_line| core.values().weights().expect("event read").row(word_line).iter().enumerate();
            let targets = |word_line| row(word_line).filter(|&(_, &code)| code != 0).map(|(n, _)| n as u16).collect();
            Float { targets: (0..NEURONS).map(targets).collect() }
        }

        pub fn run(&self) -> u64 {
            let (mut v, mut held) = (vec![RESET; NEURONS as usize], vec![0_u32; NEURONS as usize]);
            let mut i_syn = [vec![0.0; NEURONS as usize], vec![0.0; NEURONS as usize]];
            for n in 0..NEURONS {
                let start = 2.0 * f64::from(start(n)) / ONE;
                i_syn[usize::from(start < 0.0)][n as usize] = start;
            }
            let (mut fired, mut spikes) = (Vec::new(), 0);
            for _ in 0..STEPS {
                step(&mut v, &mut held, &mut i_syn, &mut fired);
                spikes += fired.len() as u64;
                for &n in &fired {
                    let inhibits = n >= EXCITATORY as usize;
                    for &target in &self.targets[n] {
                        i_syn[usize::from(inhibits)][usize::from(target)] += WEIGHTS[usize::from(inhibits)];
                    }
                }
            }
            spikes
        }
    }

    fn step(v: &mut [f64], held: &mut [u32], i_syn: &mut [Vec<f64>; 2], fired: &mut Vec<usize>) {
        fired.clear();
        let [excitatory, inhibitory] = i_syn;
        let states = v.iter_mut().zip(held).zip(excitatory.iter_mut().zip(inhibitory.iter_mut()));
        for (n, ((v, held), (excitatory, inhibitory))) in states.enumerate() {
            let x = *v * DECAYS[0] + *excitatory + *inhibitory;
            let is_held = *held > 0;
            *v = if is_held { *v } else { x };
            *held = held.saturating_sub(1);
            *excitatory *= DECAYS[1];
            *inhibitory *= DECAYS[2];
            if !is_held && x > THRESHOLD {
                (*v, *held) = (RESET, HOLD);
                fired.push(n);
            }
        }
    }
}

fn cuba(criterion: &mut Criterion) {
    let (core, stimulus) = (cuba::core(), cuba::stimulus());
    let float = cuba::Float::new(&core);
    let mut spikes: Vec<Spike> = Vec::new();
    let counters = Model::run(&core, &stimulus, &mut spikes).counters;
    let mut group = criterion.benchmark_group("cuba");
    group.throughput(Throughput::Elements(u64::from(cuba::NEURONS) * cuba::STEPS)).sample_size(10);
    group.bench_function(format!("fixed ({} spikes)", counters.spikes), |bencher| {
        bencher.iter(|| {
            let mut spikes: Vec<Spike> = Vec::new();
            Model::run(&core, &stimulus, &mut spikes);
            spikes
        });
    });
    group.bench_function(format!("float ({} spikes)", float.run()), |bencher| bencher.iter(|| float.run()));
    group.finish();
}

criterion_group!(benches, bare_rows, event_level, every_cycle, cuba);
criterion_main!(benches);
