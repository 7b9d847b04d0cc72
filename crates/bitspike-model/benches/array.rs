//! Analogue reads of a 256 x 256 array: time steps after events that mark so many word lines, and how much of them is the read.

#![allow(missing_docs)]

use bitspike_model::{Model, NullObserver};
use bitspike_spec::array::{AnalogueArray, ArrayShape};
use bitspike_spec::fx::{Lfsr, Rounding};
use bitspike_spec::testing::PLAIN;
use bitspike_spec::{
    Adc, AerEvent, AnalogueRead, ArrayImage, ArrayRead, ArrayStructure, Clamp, Converter, Core, IzhikevichConstants,
    NeuronParameters, Reduce, ReduceForm, Schedule, Semantics, SliceImage, Stimulus, Structure, SynapseArray, Values,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const SIZE: u32 = 256;
const TIME_STEPS: u64 = 2000;

/// `(name, width of the variances, word lines marked before each time step, events that mark each)`
const CASES: [(&str, u32, u32, u32); 7] = [
    ("dense", 0, 256, 1),
    ("dense_noisy", 12, 256, 1),
    ("one_row_256_events", 0, 1, 256),
    ("5_percent", 0, 13, 1),
    ("5_percent_noisy", 12, 13, 1),
    ("one_row_13_events", 0, 1, 13),
    ("nothing", 0, 0, 0),
];

fn structure(variance_bits: u32) -> Structure {
    let read = AnalogueRead {
        rows_per_read: SIZE,
        settle_cycles: 2,
        converter: Converter::Sar,
        columns_per_converter: 4,
        adc_bits: 8,
        adc_rounding: Rounding::HalfUp,
        code_bits: 8,
        devices_per_cell: 2,
        slices: 1,
        slice_bits: 1,
        variance_bits,
    };
    Structure {
        array: ArrayStructure { epochs: 1, read: ArrayRead::Analogue(read) },
        neurons: SIZE,
        word_lines: SIZE,
        lanes: 16,
        v_bits: 12,
        queue_depth: 1024,
        spike_queue_depth: 16,
        semantics: Semantics {
            leak: Reduce { form: ReduceForm::Subtract, rounding: Rounding::Floor, clamp: Clamp::Zero, bits: 7 },
            ..PLAIN.semantics
        },
        schedule: Schedule { per_neuron: true, ..PLAIN.schedule },
        ..PLAIN
    }
}

fn array(variance_bits: u32) -> SynapseArray {
    let mut lfsr = Lfsr::for_lane(1, 0);
    let mut codes = |bits: u32| (0..SIZE * SIZE).map(|_| (lfsr.next() >> (32 - bits)) as u16).collect::<Vec<u16>>();
    let (plus, minus) = (codes(8), codes(8));
    let variance = if variance_bits == 0 { Vec::new() } else { codes(variance_bits) };
    let slice = SliceImage { plus, minus, variance, ..SliceImage::default() };
    let shape = ArrayShape { word_lines: SIZE, bit_lines: SIZE, code_bits: 8, variance_shift: 8 };
    let adc = Adc {
        shift: 20,
        rounding: Rounding::HalfUp,
        low: -128,
        high: 127,
        offsets: vec![3; SIZE as usize],
        multipliers: vec![40_000; SIZE as usize],
    };
    SynapseArray::Analogue(AnalogueArray {
        images: vec![ArrayImage::new(shape, vec![slice]).expect("codes in range")],
        converters: vec![adc],
        noise_seed: 7,
    })
}

fn core(variance_bits: u32) -> Core {
    let values = Values {
        neurons: vec![NeuronParameters { threshold: 2047, leak: 20, ..NeuronParameters::default() }; SIZE as usize],
        v_init: 0,
        u_init: 0,
        i_syn_decay: Vec::new(),
        gain: Vec::new(),
        izhikevich: IzhikevichConstants::default(),
        refractory_steps: 0,
        lfsr_seed: 1,
        first_word_line: 0,
        loop_back_delay: 0,
        array: array(variance_bits),
        epoch_starts: Vec::new(),
    };
    Core::new(structure(variance_bits), values).expect("a checked core")
}

/// So many word lines, each marked by so many events, then a time step.
fn stimulus(word_lines: u32, events: u32) -> Stimulus {
    let marks =
        (0..word_lines * events).map(|i| AerEvent::word_line(i % word_lines.max(1) * (SIZE / word_lines.max(1))));
    Stimulus { repeat: TIME_STEPS, ..Stimulus::dense(marks.chain([AerEvent::TimeStep])) }
}

fn analogue_read(criterion: &mut Criterion) {
    for (name, variance_bits, word_lines, events) in CASES {
        let (core, stimulus) = (core(variance_bits), stimulus(word_lines, events));
        let mut group = criterion.benchmark_group("time_step_with_read");
        group.throughput(Throughput::Elements(TIME_STEPS)).sample_size(20);
        group.bench_function(name, |bencher| bencher.iter(|| Model::run(&core, &stimulus, &mut NullObserver)));
        group.finish();
    }
}

criterion_group!(benches, analogue_read);
criterion_main!(benches);
