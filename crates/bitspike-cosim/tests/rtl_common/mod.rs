//! Cores, stimuli and builds shared by the RTL tests. The tools must be installed: a missing one fails the test with its message.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::{Path, PathBuf};

use bitspike_cosim::build::{Build, BuildKind, BuildRequest, Builder};
use bitspike_cosim::rtl::{RtlError, RtlSource};
use bitspike_cosim::toolchain::Toolchain;
use bitspike_cosim::waveform::RecordSource;
use bitspike_spec::array::ArrayShape;
use bitspike_spec::fx::{Overflow, Rounding};
use bitspike_spec::random::{CellRng, Stream};
use bitspike_spec::testing::PLAIN;
use bitspike_spec::{
    Adc, AerEvent, AnalogueArray, AnalogueRead, ArrayImage, ArrayRead, ArrayStructure, Clamp, Converter, Core,
    CrossbarImage, Filter, FireCheck, FullPolicy, Handshake, Integrate, Izhikevich, IzhikevichConstants, NeuronModel,
    NeuronParameters, Order, Polarity, ProbeSchema, Products, Recovery, Reduce, ReduceForm, Reset, Semantics,
    SliceImage, Stimulus, Structure, Synapse, SynapseArray, TimeScale, TimeStepPolicy, TimedEvent, UpdateOrder, Values,
};

/// A cache that outlives the test run, so that only the first run compiles.
pub fn shared_cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("rtl-cache")
}

pub fn builder() -> Builder {
    Builder::with(Toolchain::find().unwrap_or_else(|error| panic!("{error}")), shared_cache())
}

pub fn try_build(source: &RtlSource, structure: &Structure, kind: BuildKind) -> Result<Build, RtlError> {
    builder().build(&BuildRequest { source, structure, kind }, &mut |_| {})
}

pub fn build(structure: &Structure, kind: BuildKind) -> Build {
    try_build(&RtlSource::embedded(), structure, kind).unwrap_or_else(|error| panic!("{error}"))
}

/// Eight neurons in two groups, 12-bit membrane potential, no current, no refractory period, synchronous.
pub fn plain() -> Structure {
    Structure {
        neurons: 8,
        word_lines: 6,
        weight_bits: 5,
        v_bits: 12,
        queue_depth: 4,
        spike_queue_depth: 4,
        semantics: Semantics {
            leak: Reduce { form: ReduceForm::Shift, rounding: Rounding::Floor, clamp: Clamp::None, bits: 5 },
            order: Order::IntegrateFireLeak,
            ..PLAIN.semantics
        },
        ..PLAIN
    }
}

/// One lane, four-phase, current-based with decay, refractory period, parameters for each neuron.
pub fn four_phase() -> Structure {
    let mut s = Structure {
        neurons: 5,
        word_lines: 7,
        lanes: 1,
        weight_bits: 3,
        weight_shift: 2,
        v_bits: 16,
        i_syn_bits: 9,
        bias_bits: 6,
        refractory_bits: 3,
        ..plain()
    };
    s.semantics.decay =
        Reduce { form: ReduceForm::Multiply, rounding: Rounding::HalfEven, clamp: Clamp::None, bits: 6 };
    s.semantics.integrate = Integrate::Current;
    s.semantics.reset = Reset::Value;
    s.schedule.handshake = Handshake::FourPhase;
    s.schedule.per_neuron = true;
    s.schedule.initiation_interval = 2;
    s
}

/// Loop-back, bypass, stochastic rounding, several spikes, 32-bit states in eight lanes, queues that overflow.
pub fn wide() -> Structure {
    let mut s =
        Structure { neurons: 16, word_lines: 20, lanes: 8, weight_bits: 16, v_bits: 32, queue_depth: 3, ..plain() };
    let shift = Reduce { form: ReduceForm::Shift, rounding: Rounding::Stochastic, clamp: Clamp::MinOne, bits: 5 };
    s.semantics = Semantics {
        leak: shift,
        reset: Reset::Subtract,
        max_spikes: 5,
        fire_check: FireCheck::PerOperation,
        ..s.semantics
    };
    s.schedule.time_step = TimeStepPolicy::Bypass;
    s.schedule.full_policy = FullPolicy::Drop;
    s.schedule.loop_back = true;
    s
}

/// Izhikevich neurons with two shared multipliers, three time constants of either polarity, four delay slots, loop-back.
pub fn izhikevich() -> Structure {
    let mut s = Structure {
        neurons: 6,
        word_lines: 8,
        lanes: 2,
        weight_bits: 6,
        weight_shift: 3,
        v_bits: 16,
        i_syn_bits: 14,
        frac: 4,
        model: NeuronModel::Izhikevich(Izhikevich {
            products: Products::Multiplier { multipliers: 2 },
            update: UpdateOrder::Sequential,
            recovery: Recovery::Standard,
            u_bits: 12,
            u_overflow: Overflow::Wrap,
            rounding: Rounding::Stochastic,
            time_scale: TimeScale::Constant,
            substeps: 1,
            constant_bits: 12,
            constant_frac: 8,
        }),
        synapse: Synapse {
            filter: Filter::ThreeTau,
            polarity: Polarity::Split,
            shift: 1,
            gain_bits: 6,
            delay_slots: 4,
        },
        bias_bits: 9,
        ..plain()
    };
    s.semantics.leak = Reduce::NONE;
    s.semantics.decay =
        Reduce { form: ReduceForm::Multiply, rounding: Rounding::Stochastic, clamp: Clamp::MinOne, bits: 6 };
    s.semantics.integrate = Integrate::Current;
    s.semantics.reset = Reset::Value;
    s.semantics.order = Order::LeakIntegrateFire;
    s.schedule.per_neuron = true;
    s.schedule.loop_back = true;
    s
}

/// Four neurons in two groups without leak, five word lines in three blocks, one 4-bit converter for each lane, pairs with noise, two epochs.
pub fn analogue() -> Structure {
    let mut s = Structure { neurons: 4, word_lines: 5, lanes: 2, ..plain() };
    s.semantics.leak = Reduce::NONE;
    s.array = ArrayStructure {
        epochs: 2,
        read: ArrayRead::Analogue(AnalogueRead {
            rows_per_read: 2,
            settle_cycles: 2,
            converter: Converter::Sar,
            columns_per_converter: 2,
            adc_bits: 4,
            adc_rounding: Rounding::HalfUp,
            code_bits: 6,
            devices_per_cell: 2,
            slices: 1,
            slice_bits: 1,
            variance_bits: 5,
        }),
    };
    s
}

/// An array of pairs with one slice: in each epoch the codes of a cell are what `codes` says of the epoch and the cell. Sums are halved.
pub fn pairs(structure: &Structure, codes: impl Fn(u32, u32) -> [u16; 3]) -> SynapseArray {
    let cells = structure.word_lines * structure.neurons;
    let shape =
        ArrayShape { word_lines: structure.word_lines, bit_lines: structure.neurons, code_bits: 6, variance_shift: 2 };
    let image = |epoch| {
        let list = |k: usize| (0..cells).map(|cell| codes(epoch, cell)[k]).collect();
        let slice = SliceImage { shift: 0, plus: list(0), minus: list(1), variance: list(2), zero_code: 0 };
        ArrayImage::new(shape, vec![slice]).unwrap()
    };
    let bit_lines = structure.neurons as usize;
    let adc = Adc {
        shift: 1,
        rounding: Rounding::HalfUp,
        low: -8,
        high: 7,
        offsets: vec![0; bit_lines],
        multipliers: vec![1; bit_lines],
    };
    let images = (0..structure.array.epochs).map(image).collect();
    SynapseArray::Analogue(AnalogueArray { images, converters: vec![adc], noise_seed: 0x0123_4567_89ab_cdef })
}

/// Constants of 8 fraction bits and states of 4: `v' = 0.04 v^2 + 5 v + 140 - u + I` with a step of 1 ms.
pub fn izhikevich_constants() -> IzhikevichConstants {
    IzhikevichConstants { k2: 10, k1: 5 << 4, k0: 140 << 4, v_zero: 0, dt: 1 << 8 }
}

/// A regular spiking neuron in the same formats.
fn izhikevich_parameters(n: u32) -> NeuronParameters {
    NeuronParameters {
        threshold: 30 << 4,
        v_reset: -65 << 4,
        bias: 160 - 20 * i64::from(n % 4),
        output_enable: n % 5 != 4,
        a: 5,
        b: 51,
        u_step: 8 << 4,
        ..NeuronParameters::default()
    }
}

/// Random numbers of a test: the words of one cell.
fn word(seed: u64, index: u32) -> u32 {
    CellRng::new(seed, Stream::Weights, index).block(0)[0]
}

/// A core of this structure with random weights, whose neurons fire now and then.
pub fn core(structure: Structure, seed: u64) -> Core {
    let entries = if structure.schedule.per_neuron { structure.neurons } else { 1 };
    let lif = |n: u32| NeuronParameters {
        threshold: 20 + i64::from(n),
        leak: if structure.semantics.leak == Reduce::NONE { 0 } else { 3 + i64::from(n % 2) },
        v_reset: -i64::from(n),
        bias: if structure.bias_bits == 0 { 0 } else { 2 - i64::from(n % 4) },
        output_enable: n % 5 != 4,
        ..NeuronParameters::default()
    };
    let (parameters, izhikevich): (&dyn Fn(u32) -> NeuronParameters, _) = match structure.model {
        NeuronModel::Lif => (&lif, IzhikevichConstants::default()),
        NeuronModel::Izhikevich(_) => (&izhikevich_parameters, izhikevich_constants()),
    };
    let gains = if structure.synapse.gain_bits == 0 { 0 } else { structure.synapse.polarities() };
    let cells = structure.word_lines * structure.neurons;
    let range = 1 << structure.weight_bits.min(6);
    let codes = (0..cells).map(|cell| (word(seed, cell) % range) as i16 - (range / 2) as i16 + 1).map(|w| {
        let (low, high) = structure.weight_range();
        i64::from(w).clamp(low, high) as i16
    });
    let array = match structure.array.read {
        ArrayRead::Event => CrossbarImage::new(structure.word_lines, structure.neurons, codes.collect())
            .expect("one code for each cell")
            .into(),
        ArrayRead::Analogue(_) => pairs(&structure, |epoch, cell| {
            let random = word(seed, epoch * cells + cell);
            [random % 64, random >> 6 & 63, random >> 12 & 31].map(|code| code as u16)
        }),
    };
    let values = Values {
        neurons: (0..entries).map(parameters).collect(),
        v_init: -3,
        u_init: 0,
        i_syn_decay: vec![50; structure.accumulators() as usize],
        gain: (0..i64::from(gains)).map(|q| [40 - q, 24 + q]).collect(),
        izhikevich,
        refractory_steps: if structure.refractory_bits == 0 { 0 } else { 2 },
        lfsr_seed: 0xdead_beef,
        first_word_line: if structure.schedule.loop_back { 2 } else { 0 },
        loop_back_delay: structure.synapse.delay_slots / 2,
        epoch_starts: (1..u64::from(structure.array.epochs)).map(|epoch| 97 * epoch).collect(),
        array,
    };
    Core::new(structure, values).unwrap_or_else(|error| panic!("{error}"))
}

/// Events of every kind, bursts and gaps, back-pressure, two resets, three repetitions.
pub fn stimulus(structure: &Structure, seed: u64) -> Stimulus {
    let mut not_before = 0;
    let events = (0..40_u32).map(|index| {
        let [kind, a, b, gap] = CellRng::new(seed, Stream::Poisson, index).block(0);
        let (low, high) = structure.weight_range();
        let event = match kind % 8 {
            0..4 => {
                AerEvent::WordLine { word_line: a % structure.word_lines, delay: b % structure.synapse.delay_slots }
            }
            4 => AerEvent::Inject {
                neuron: a % structure.neurons,
                weight: (low + i64::from(b) % (high - low + 1)) as i16,
                delay: gap % structure.synapse.delay_slots,
            },
            5 => AerEvent::TimeStepOne(a % structure.neurons),
            _ => AerEvent::TimeStep,
        };
        not_before += if gap % 4 == 0 { u64::from(gap >> 8) % 40 } else { 0 };
        TimedEvent { not_before, event }
    });
    Stimulus {
        events: events.collect(),
        repeat: 3,
        period: 150,
        ready: [true, false, false, true, true].into_iter().collect(),
        resets: vec![97, 300],
        cycles: None,
    }
}

/// All records of a source, with their cycles.
pub fn records(source: &mut impl RecordSource) -> Vec<(u64, Vec<u32>)> {
    let mut records = Vec::new();
    while let Some(record) = source.next_record().unwrap_or_else(|error| panic!("{error}")) {
        assert_eq!(record.unknowns, None, "x in cycle {}", record.cycle);
        records.push((record.cycle, record.values.to_vec()));
    }
    records
}

/// The first word of a signal in a packed record.
pub fn field(structure: &Structure, record: &[u32], name: &str) -> u32 {
    record[ProbeSchema::new(structure).signal(name).unwrap_or_else(|| panic!("no signal {name}")).offset]
}
