//! Whole cores with traces computed by hand from the contract: Izhikevich neurons, delays, filters, shared multipliers.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

mod rtl_common;

use bitspike_cosim::build::BuildKind;
use bitspike_cosim::lockstep::{InitialState, Lockstep, RtlRun};
use bitspike_spec::fx::Rounding;
use bitspike_spec::structure::signed_range;
use bitspike_spec::{
    AerEvent, Clamp, Core, Counters, CrossbarImage, Filter, Integrate, IzhikevichConstants, NeuronModel,
    NeuronParameters, Polarity, ProbeSchema, Products, Reduce, ReduceForm, Reset, Stimulus, Structure, Synapse,
    TimeScale, Values,
};
use rtl_common::{build, izhikevich, izhikevich_constants, plain, records};

/// What a core writes in one cycle: cycle number and signed fields of a `write_*` signal.
struct Trace {
    schema: ProbeSchema,
    records: Vec<(u64, Vec<u32>)>,
    counters: Counters,
}

impl Trace {
    /// Plays events back to back, from a random state before reset.
    fn play(core: &Core, events: impl IntoIterator<Item = AerEvent>, cycles: u64) -> Self {
        let lockstep = Lockstep::load(&build(core.structure(), BuildKind::Lockstep)).unwrap();
        let mut instance = lockstep.instance(InitialState::Random(7)).unwrap();
        let stimulus = Stimulus::dense(events);
        let mut run = RtlRun::new(&mut instance, core, &stimulus, cycles).unwrap();
        let records = records(&mut run);
        let schema = ProbeSchema::new(core.structure());
        Trace { schema, records, counters: run.finish().unwrap() }
    }

    /// Cycles in which a signal is not 0.
    fn cycles(&self, name: &str) -> Vec<u64> {
        let offset = self.schema.signal(name).unwrap().offset;
        self.records.iter().filter(|(_, record)| record[offset] != 0).map(|(cycle, _)| *cycle).collect()
    }

    /// Fields of `bits` bits of a signal, signed, in each cycle in which the state memory is written after `INIT`.
    fn writes(&self, name: &str, bits: u32, init_cycles: u64) -> Vec<Vec<i64>> {
        let valid = self.cycles("write_valid");
        let writes = valid.into_iter().filter(|&cycle| cycle >= init_cycles);
        writes.map(|cycle| self.fields(name, bits, cycle)).collect()
    }

    fn fields(&self, name: &str, bits: u32, cycle: u64) -> Vec<i64> {
        let signal = self.schema.signal(name).unwrap_or_else(|| panic!("no signal {name}"));
        let words = &self.records[cycle as usize].1[signal.offset..][..signal.words()];
        let bit = |at: u32| i64::from(words[at as usize / 32] >> (at % 32) & 1);
        let field = |first: u32| (0..bits).map(|i| bit(first + i) << i).sum::<i64>();
        let signed = |x: i64| if x > signed_range(bits).1 { x - (1 << bits) } else { x };
        (0..signal.width / bits).map(|i| signed(field(i * bits))).collect()
    }
}

/// Neurons of 16 bits with 4 fraction bits, constants with 8, one group for each neuron, no synapse filter.
fn neurons_of_paper(neurons: u32, multipliers: u32) -> Core {
    let mut structure = Structure { neurons, word_lines: 1, lanes: 1, synapse: Synapse::DIRECT, ..izhikevich() };
    structure.semantics.decay = Reduce::NONE;
    structure.schedule.per_neuron = false;
    structure.schedule.loop_back = false;
    let NeuronModel::Izhikevich(model) = &mut structure.model else { unreachable!() };
    model.products = Products::Multiplier { multipliers };
    model.rounding = Rounding::Floor;
    model.time_scale = TimeScale::Shift(0);
    let regular_spiking = NeuronParameters {
        threshold: 30 << 4,
        v_reset: -65 << 4,
        bias: 10 << 4,
        a: 5,
        b: 51,
        u_step: 8 << 4,
        ..NeuronParameters::default()
    };
    let values = Values {
        neurons: vec![regular_spiking],
        v_init: -65 << 4,
        u_init: -13 << 4,
        izhikevich: IzhikevichConstants { dt: 0, ..izhikevich_constants() },
        ..quiet_values(&structure)
    };
    Core::new(structure, values).unwrap_or_else(|error| panic!("{error}"))
}

/// All zero, a threshold that nothing reaches, weights 0.
fn quiet_values(structure: &Structure) -> Values {
    let silent = NeuronParameters { threshold: 1 << (structure.v_bits - 1), ..NeuronParameters::default() };
    let cells = (structure.word_lines * structure.neurons) as usize;
    Values {
        neurons: vec![silent],
        v_init: 0,
        u_init: 0,
        i_syn_decay: vec![0; structure.accumulators() as usize],
        gain: Vec::new(),
        izhikevich: IzhikevichConstants::default(),
        refractory_steps: 0,
        lfsr_seed: 1,
        first_word_line: 0,
        loop_back_delay: 0,
        array: CrossbarImage::new(structure.word_lines, structure.neurons, vec![0; cells]).unwrap().into(),
        epoch_starts: Vec::new(),
    }
}

/// Seven steps by hand, all roundings towards minus infinity. The first: q = -10400 / 256 + 80 = 39, poly = 39 * -1040 / 16 + 2240 = -295,
/// v = -1040 - 295 + 208 + 160 = -967; e = 51 * -967 / 256 + 208 = 15, u = -208 + 5 * 15 / 256 = -208. The sixth reaches 3428 and fires,
/// after e = 51 * 3428 / 256 + 202 = 884, u = -202 + 5 * 884 / 256 + 128 = -57.
const STEPS: [(i64, i64); 7] =
    [(-967, -208), (-898, -208), (-760, -207), (-528, -206), (131, -202), (-1040, -57), (-1118, -61)];

#[test]
fn one_izhikevich_neuron_over_seven_steps() {
    for multipliers in [0, 1] {
        let core = neurons_of_paper(1, multipliers);
        let trace = Trace::play(&core, [AerEvent::TimeStep; 7], 80);
        let found: Vec<(i64, i64)> = trace
            .writes("write_v", 16, 1)
            .into_iter()
            .zip(trace.writes("write_u", 12, 1))
            .map(|(v, u)| (v[0], u[0]))
            .collect();
        assert_eq!(found, STEPS);
        assert_eq!(trace.fields("write_v", 16, 0), [-1040], "v_init");
        assert_eq!(trace.fields("write_u", 12, 0), [-208], "u_init");
        let expected = Counters {
            events_accepted: 7,
            spikes: 1,
            time_steps: 7,
            queue_high_water: trace.counters.queue_high_water,
            ..Counters::default()
        };
        assert_eq!(trace.counters, expected);
    }
}

/// One shared multiplier makes the four products in k = 4 cycles: an event of two groups takes S = max(4 + 2, 4 * 2) = 8 cycles. Accepted in
/// 0 (`INIT` is 0 and 1), fetched in 2, issued in 3 and 7, written 5 later; the next event is issued 8 later, a single one in S = 6.
#[test]
fn shared_multipliers_take_the_cycles_of_the_contract() {
    let core = neurons_of_paper(2, 1);
    assert_eq!(core.structure().s1_cycles(bitspike_spec::EventKind::TimeStep), 4);
    let events = [
        AerEvent::TimeStep,
        AerEvent::TimeStep,
        AerEvent::TimeStepOne(1),
        AerEvent::TimeStepOne(1),
        AerEvent::TimeStepOne(0),
    ];
    let trace = Trace::play(&core, events, 60);
    assert_eq!(trace.cycles("issue_valid"), [3, 7, 11, 15, 19, 25, 31]);
    assert_eq!(trace.cycles("write_valid"), [0, 1, 8, 12, 16, 20, 24, 30, 36]);
    let v: Vec<i64> = trace.writes("write_v", 16, 2).into_iter().map(|v| v[0]).collect();
    let [first, second, third, fourth, ..] = STEPS.map(|(v, _)| v);
    assert_eq!(v, [first, first, second, second, third, fourth, third], "each step works on what the step before left");
}

/// Six signed lanes of 12 bits with a current of 10 that lasts one step.
fn delayed() -> Structure {
    let mut structure = Structure {
        neurons: 6,
        lanes: 2,
        i_syn_bits: 10,
        synapse: Synapse { delay_slots: 4, ..Synapse::DIRECT },
        ..plain()
    };
    structure.semantics.leak = Reduce::NONE;
    structure.semantics.decay = Reduce { form: ReduceForm::Clear, ..Reduce::NONE };
    structure.semantics.integrate = Integrate::Current;
    structure
}

/// A weight with delay 2 waits for the third step; one with delay 0 that comes after the first step acts in the second. `INIT` takes
/// G D = 12 cycles.
#[test]
fn a_delayed_weight_acts_in_its_step() {
    let structure = delayed();
    let core = Core::new(structure, quiet_values(&structure)).unwrap();
    let inject = |weight, delay| AerEvent::Inject { neuron: 3, weight, delay };
    let step = AerEvent::TimeStep;
    let events = [inject(5, 2), inject(7, 2), step, inject(-3, 0), inject(1, 3), step, step, step, step];
    let trace = Trace::play(&core, events, 80);
    let init: Vec<u64> = trace.cycles("write_valid").into_iter().take(12).collect();
    assert_eq!(init, (0..12).collect::<Vec<u64>>());
    let of_group_1 = |name: &str, bits: u32| -> Vec<i64> {
        let groups = trace.writes("write_group", 2, 12);
        let fields = trace.writes(name, bits, 12);
        fields
            .into_iter()
            .zip(groups)
            .filter(|(_, group)| group[0] == 1)
            .map(|(fields, _)| fields[fields.len() - 1])
            .collect()
    };
    // The slot is the low bits of a signed field of 2: 2 reads as -2, 3 as -1.
    assert_eq!(of_group_1("write_slot", 2), [-2, -2, 0, 1, 0, 1, -2, -1, 0]);
    assert_eq!(of_group_1("write_input", 10), [5, 12, 0, -3, 1, 0, 0, 0, 0]);
    assert_eq!(of_group_1("write_v", 12), [0, 0, 0, 0, 0, -3, 9, 9, 10]);
}

/// Two inputs of a slot go to different accumulators by their sign, and an event right behind another of all groups sees its result.
#[test]
fn split_polarities_and_forwarding() {
    let structure = Structure {
        synapse: Synapse { polarity: Polarity::Split, filter: Filter::DoubleExponential, ..Synapse::DIRECT },
        ..delayed()
    };
    let mut values = quiet_values(&structure);
    let codes = (0..36).map(|cell| [-2, 3][cell % 2]).collect();
    values.array = CrossbarImage::new(6, 6, codes).unwrap().into();
    let core = Core::new(structure, values).unwrap();
    for neuron in [1, 3, 5] {
        let inject = |weight| AerEvent::inject(neuron, weight);
        let events = [AerEvent::word_line(0), inject(4), inject(-9), AerEvent::TimeStepOne(neuron), AerEvent::TimeStep];
        let trace = Trace::play(&core, events, 60);
        let inputs = trace.writes("write_input", 10, 3);
        assert_eq!(inputs[..3], [[0, -2, 3, 0], [0, -2, 3, 0], [0, -2, 3, 0]]);
        assert_eq!(inputs[3..6], [[0, -2, 7, 0], [0, -2, 7, -9], [0, -2, 0, 0]]);
        // The slow and the rising accumulator cancel in the step that takes the input in, and both clear.
        assert_eq!(trace.writes("write_i_syn", 10, 3).concat(), [0; 72]);
        assert_eq!(trace.writes("write_v", 12, 3).concat(), [0; 18]);
    }
}

/// The impulse response of `three_tau` against `w (1 - e^(-t/tau_rise)) (a e^(-t/tau_fast) + (1-a) e^(-t/tau_slow))`.
///
/// Each of the four accumulators is off by at most 1/2 from the rounding of its jump, 1/2 from each decay, `w / 2^(GainBits + 1)` from the
/// gain and `w n / 2^(DecayBits + 1)` from `n` factors of `DecayBits` fraction bits.
#[test]
fn three_tau_follows_its_closed_form() {
    let (gain_bits, decay_bits, steps) = (16, 16, 60_usize);
    let mut structure = Structure {
        neurons: 1,
        word_lines: 1,
        lanes: 1,
        weight_bits: 16,
        weight_shift: 8,
        i_syn_bits: 32,
        v_bits: 32,
        synapse: Synapse { filter: Filter::ThreeTau, gain_bits, ..Synapse::DIRECT },
        ..plain()
    };
    structure.semantics.leak = Reduce::NONE;
    structure.semantics.integrate = Integrate::Current;
    structure.semantics.reset = Reset::Zero;
    structure.semantics.decay =
        Reduce { form: ReduceForm::Multiply, rounding: Rounding::HalfEven, clamp: Clamp::None, bits: decay_bits };
    let (tau_rise, tau_fast, tau_slow, a): (f64, f64, f64, f64) = (3.0, 8.0, 40.0, 0.7);
    let rates = [1.0 / tau_fast, 1.0 / tau_slow, 1.0 / tau_rise + 1.0 / tau_fast, 1.0 / tau_rise + 1.0 / tau_slow];
    let (decay_unit, gain_unit) = (f64::from(1 << decay_bits), f64::from(1 << gain_bits));
    let mut values = quiet_values(&structure);
    values.neurons[0].threshold = i64::from(i32::MAX);
    values.i_syn_decay = rates.map(|rate| ((-rate).exp() * decay_unit).round() as i64).to_vec();
    values.gain = vec![[a, 1.0 - a].map(|gain| (gain * gain_unit).round() as i64)];
    let core = Core::new(structure, values).unwrap();
    let w = 20_000 << 8;
    let events = std::iter::once(AerEvent::inject(0, 20_000)).chain(std::iter::repeat_n(AerEvent::TimeStep, steps));
    let trace = Trace::play(&core, events, 4 + 4 * steps as u64 + 10);
    let currents = trace.writes("write_i_syn", 32, 1);
    assert_eq!(currents.len(), 1 + steps);
    for (n, accumulators) in currents.iter().enumerate().skip(1) {
        let (found, t, w) = (accumulators.iter().sum::<i64>() as f64, n as f64, f64::from(w));
        let closed =
            w * (1.0 - (-t / tau_rise).exp()) * (a * (-t / tau_fast).exp() + (1.0 - a) * (-t / tau_slow).exp());
        let bound = 4.0 * (0.5 + 0.5 * t + w / (2.0 * gain_unit) + w * t / (2.0 * decay_unit));
        assert!((found - closed).abs() <= bound, "step {n}: {found}, closed form {closed}, bound {bound}");
        assert!(bound < 0.02 * w);
    }
    let peak = currents.iter().map(|a| a.iter().sum::<i64>()).max().unwrap();
    assert!(peak as f64 > 0.4 * f64::from(w), "{peak}");
}
