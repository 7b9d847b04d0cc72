//! When a weight that was delayed acts, and what the filters make of it over time.

#![allow(missing_docs)]

use bitspike_model::{Model, Observer, States};
use bitspike_spec::fx::Rounding;
use bitspike_spec::testing::PLAIN;
use bitspike_spec::{
    AerEvent, Clamp, Core, CrossbarImage, Filter, Integrate, IzhikevichConstants, NeuronParameters, Polarity, Reduce,
    ReduceForm, Schedule, Semantics, Stimulus, Structure, Synapse, TimeStepPolicy, Values,
};

const NEURONS: u32 = 4;
const SLOTS: u32 = 8;
const DECAY_BITS: u32 = 16;

fn structure(filter: Filter, decay: ReduceForm) -> Structure {
    let reduce = |form| Reduce { form, rounding: Rounding::HalfEven, clamp: Clamp::None, bits: DECAY_BITS };
    Structure {
        neurons: NEURONS,
        word_lines: 2 * NEURONS,
        lanes: 2,
        weight_bits: 16,
        weight_shift: 8,
        v_bits: 32,
        i_syn_bits: 32,
        synapse: Synapse {
            filter,
            polarity: Polarity::Split,
            shift: 0,
            gain_bits: if filter == Filter::ThreeTau { 16 } else { 0 },
            delay_slots: SLOTS,
        },
        spike_queue_depth: 16,
        semantics: Semantics {
            leak: reduce(ReduceForm::Clear),
            decay: reduce(decay),
            integrate: Integrate::Current,
            ..PLAIN.semantics
        },
        schedule: Schedule { time_step: TimeStepPolicy::Barrier, loop_back: true, ..PLAIN.schedule },
        ..PLAIN
    }
}

/// Weight of every cell of the word lines before the ones that spikes come back on, and of those.
const WEIGHTS: [i16; 2] = [-77, 1000];

fn core(structure: Structure, threshold: i64, i_syn_decay: Vec<i64>, gain: Vec<[i64; 2]>) -> Core {
    let codes = WEIGHTS.iter().flat_map(|&weight| vec![weight; (NEURONS * NEURONS) as usize]).collect();
    let values = Values {
        neurons: vec![NeuronParameters { threshold, ..NeuronParameters::default() }],
        v_init: 0,
        u_init: 0,
        i_syn_decay,
        gain,
        izhikevich: IzhikevichConstants::default(),
        refractory_steps: 0,
        lfsr_seed: 0,
        first_word_line: NEURONS,
        loop_back_delay: 5,
        array: CrossbarImage::new(structure.word_lines, NEURONS, codes).expect("one code for each cell").into(),
        epoch_starts: Vec::new(),
    };
    Core::new(structure, values).expect("a checked core")
}

/// The current of neuron 0 in each time step.
#[derive(Default)]
struct Currents<const EVERY_CYCLE: bool>(Vec<i64>);

impl<const EVERY_CYCLE: bool> Observer for Currents<EVERY_CYCLE> {
    const EVERY_CYCLE: bool = EVERY_CYCLE;
    const STATES: bool = true;

    fn states(&mut self, _: u64, states: &States) {
        self.0.push(states.current[0]);
    }
}

fn currents(core: &Core, events: Vec<AerEvent>) -> Vec<i64> {
    let (mut fast, mut slow) = (Currents::<false>::default(), Currents::<true>::default());
    Model::run(core, &Stimulus::dense(events.clone()), &mut fast);
    Model::run(core, &Stimulus::dense(events), &mut slow);
    assert_eq!(fast.0, slow.0);
    fast.0
}

const NEVER: i64 = (1 << 31) - 1;

#[test]
fn a_weight_acts_its_delay_in_steps_after_the_next() {
    let core = core(structure(Filter::Exponential, ReduceForm::Clear), NEVER, vec![0; 2], Vec::new());
    for (before, delay) in (0..10).flat_map(|before| (0..SLOTS).map(move |delay| (before, delay))) {
        for (event, weight) in [
            (AerEvent::WordLine { word_line: 0, delay }, i64::from(WEIGHTS[0])),
            (AerEvent::Inject { neuron: 0, weight: 31, delay }, 31),
        ] {
            let events = [vec![AerEvent::TimeStep; before], vec![event], vec![AerEvent::TimeStep; 12]].concat();
            let mut expected = vec![0; before + 12];
            expected[before + delay as usize] = weight << 8;
            assert_eq!(currents(&core, events), expected, "{event:?} after {before} steps");
        }
    }
}

/// The current of step 0 makes every neuron fire; each spike comes back on a word line of its own, five steps after the next.
#[test]
fn spikes_come_back_after_the_delay_of_the_loop() {
    let core = core(structure(Filter::Exponential, ReduceForm::Clear), 500 << 8, vec![0; 2], Vec::new());
    let start = (0..NEURONS).map(|neuron| AerEvent::inject(neuron, 600));
    let events = start.chain([AerEvent::TimeStep; 14]).collect();
    let mut expected = vec![0; 14];
    (expected[0], expected[6], expected[12]) = (600 << 8, 4000 << 8, 4000 << 8);
    assert_eq!(currents(&core, events), expected);
}

fn decay_of(rate: f64) -> i64 {
    ((-rate).exp() * f64::from(1 << DECAY_BITS)).round() as i64
}

/// Each filter against its impulse response in closed form. Decays and gains are off by at most half an LSB, `2^-17`, which
/// makes an accumulator that started with at most `size` wrong by `size 2^-17` in each step; each rounding adds less than an LSB.
#[test]
fn filters_answer_a_spike_as_their_equations_say() {
    let (rise, fast, slow, share) = (1.0 / 8.0, 1.0 / 20.0, 1.0 / 80.0, 0.7);
    let cases: [(Filter, Vec<f64>, Vec<f64>); 3] = [
        (Filter::Exponential, vec![slow], vec![1.0]),
        (Filter::DoubleExponential, vec![slow, rise], vec![1.0, -1.0]),
        (Filter::ThreeTau, vec![fast, slow, rise + fast, rise + slow], vec![share, 1.0 - share, -share, share - 1.0]),
    ];
    for (filter, rates, jumps) in cases {
        let decays: Vec<i64> = rates.iter().map(|&rate| decay_of(rate)).collect();
        let gains = [share, 1.0 - share].map(|gain| (gain * 65536.0).round() as i64);
        let gain = if filter == Filter::ThreeTau { vec![gains; 2] } else { Vec::new() };
        let core = core(structure(filter, ReduceForm::Multiply), NEVER, [decays.clone(), decays].concat(), gain);
        let weight = 32_000_i16;
        let events = [vec![AerEvent::inject(0, weight)], vec![AerEvent::TimeStep; 200]].concat();
        for (t, current) in currents(&core, events).into_iter().enumerate() {
            let (t, size) = (t as f64, f64::from(weight) * 256.0);
            let terms = rates.iter().zip(&jumps).map(|(rate, jump)| jump * size * (-rate * t).exp());
            let tolerance = rates.len() as f64 * (t + 1.0) * (size * 2.0_f64.powi(-17) + 1.0);
            let expected: f64 = terms.sum();
            assert!((current as f64 - expected).abs() <= tolerance, "{filter:?}, step {t}: {current}, {expected}");
        }
    }
}
