//! The preset `tinyodin` against a plain function of that chip's neuron and order of events, for model and RTL.
//!
//! The function is written from what the chip's Verilog does (Frenkel, tinyODIN): saturating 12-bit potential, leak towards zero in a
//! time reference only, threshold compared after every single addition and every leak, reset to zero even where the output is
//! disabled, neurons in ascending order, time references before queued events.

mod common;

use bitspike_cosim::build::BuildKind;
use bitspike_cosim::lockstep::{InitialState, Lockstep, RtlRun};
use bitspike_cosim::rtl::RtlSource;
use bitspike_model::Run;
use bitspike_spec::{AerEvent, Core, Door, NeuronParameters, ProbeSchema, Stimulus, TimedEvent, config};
use common::{build, builder};

const NEURONS: usize = 256;

/// SplitMix64: the test's own source of numbers.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit
    }
}

/// State writes (neuron, `v`) and spikes, each in order.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sequence {
    writes: Vec<(u32, i32)>,
    spikes: Vec<u32>,
}

/// The chip as a plain function: one call for each event that leaves its queue.
struct TinyOdin<'a> {
    core: &'a Core,
    v: [i32; NEURONS],
    sequence: Sequence,
}

impl TinyOdin<'_> {
    fn neuron(&mut self, n: usize, weight: Option<i32>) {
        let parameters = &self.core.values().neurons[n];
        let leak = parameters.leak as i32;
        let v = self.v[n];
        let next = match weight {
            Some(weight) => (v + weight).clamp(-2048, 2047),
            None if v < 0 => (v + leak).min(0),
            None => (v - leak).max(0),
        };
        let fires = next >= 0 && i64::from(next) >= parameters.threshold;
        self.v[n] = if fires { 0 } else { next };
        self.sequence.writes.push((n as u32, self.v[n]));
        if fires && parameters.output_enable {
            self.sequence.spikes.push(n as u32);
        }
    }

    fn event(&mut self, event: AerEvent) {
        match event {
            AerEvent::WordLine { word_line: pre, .. } => {
                for n in 0..NEURONS {
                    let weight = i32::from(self.core.values().weights().expect("event read").row(pre)[n]);
                    self.neuron(n, Some(weight));
                }
            }
            AerEvent::TimeStep => (0..NEURONS).for_each(|n| self.neuron(n, None)),
            AerEvent::Inject { neuron, weight, .. } => self.neuron(neuron as usize, Some(i32::from(weight))),
            AerEvent::TimeStepOne(neuron) => self.neuron(neuron as usize, None),
        }
    }
}

/// The preset's structure with this door, and thresholds, leaks and disabled outputs that differ from neuron to neuron.
fn core(door: Door, numbers: &mut Numbers) -> Core {
    let preset = config::from_str("preset = \"tinyodin\"", ".").expect("the preset is well-formed").core;
    let mut values = preset.values().clone();
    for parameters in &mut values.neurons {
        // mostly low thresholds; 0 fires on anything not negative, 2048 and above never
        let threshold =
            [numbers.below(25), numbers.below(60), 0, 2048 + numbers.below(2048)][numbers.below(4) as usize];
        *parameters = NeuronParameters {
            threshold: threshold as i64,
            leak: numbers.below(9) as i64,
            output_enable: numbers.below(8) > 0,
            ..*parameters
        };
    }
    let mut structure = *preset.structure();
    structure.schedule.door = door;
    Core::new(structure, values).expect("the values are in range")
}

/// One event, of any kind that the chip has; virtual events have weights other than 0 and reach neurons 0 to 15.
fn random_event(numbers: &mut Numbers) -> AerEvent {
    let low = numbers.below(16) as u32;
    match numbers.below(6) {
        0 => AerEvent::TimeStep,
        1 => AerEvent::TimeStepOne(numbers.below(255) as u32),
        2 => AerEvent::inject(low, [-8, -3, 1, 5, 7][numbers.below(5) as usize]),
        _ => AerEvent::word_line(numbers.below(256) as u32),
    }
}

/// Events far apart, then bursts of two word lines and a time reference; and the order in which they run.
///
/// The chip asks its door before its queue, and takes one event at a time: the burst stays in order. A door that takes events in while
/// the core works has the second word line in the queue when the time reference comes, which then overtakes it.
fn events(door: Door, numbers: &mut Numbers) -> (Vec<TimedEvent>, Vec<AerEvent>) {
    const APART: u64 = 4000; // an event of all neurons with every neuron firing: 256 spikes of 9 cycles and 512 slots
    let (mut sent, mut run) = (Vec::new(), Vec::new());
    let mut not_before = APART;
    for _ in 0..24 {
        let event = random_event(numbers);
        sent.push(TimedEvent { not_before, event });
        run.push(event);
        not_before += APART;
    }
    for _ in 0..4 {
        let [first, second] = [(); 2].map(|()| AerEvent::word_line(numbers.below(256) as u32));
        let reference = AerEvent::TimeStep;
        sent.extend([first, second, reference].map(|event| TimedEvent { not_before, event }));
        run.extend(match door {
            Door::BetweenEvents => [first, second, reference],
            Door::Overlapped => [first, reference, second],
        });
        not_before += 3 * APART;
    }
    (sent, run)
}

/// Collects the sequence from probe records.
struct Watch {
    schema: ProbeSchema,
    sequence: Sequence,
}

impl Watch {
    fn record(&mut self, record: &[u32]) {
        let word = |name: &str| record[self.schema.signal(name).expect("in every schema").offset];
        let initialises = word("control_state") == 0;
        let (group, v) = (word("write_group"), word("write_v"));
        if word("write_valid") == 1 && !initialises {
            self.sequence.writes.push((group, (v << 20).cast_signed() >> 20));
        }
        let address = word("aer_out_address");
        if word("aer_out_accept") == 1 {
            self.sequence.spikes.push(address);
        }
    }
}

fn assert_same(side: &str, found: &Sequence, expected: &Sequence) {
    let parts = found.writes.iter().zip(&expected.writes).position(|(found, expected)| found != expected);
    assert_eq!(parts, None, "{side}: state write {parts:?} differs");
    assert_eq!(found.writes.len(), expected.writes.len(), "{side}: number of state writes");
    assert_eq!(found.spikes, expected.spikes, "{side}: spikes");
}

#[test]
fn state_writes_and_spikes_are_those_of_tinyodin() {
    assert_eq!(
        config::from_str("preset = \"tinyodin\"", ".").expect("well-formed").core.structure().schedule.door,
        Door::BetweenEvents
    );
    compare_with_the_chip(Door::BetweenEvents);
}

#[test]
fn a_time_reference_overtakes_what_an_overlapped_door_has_queued() {
    compare_with_the_chip(Door::Overlapped);
}

fn compare_with_the_chip(door: Door) {
    let mut numbers = Numbers(7);
    let core = core(door, &mut numbers);
    let (sent, order) = events(door, &mut numbers);
    let mut chip = TinyOdin { core: &core, v: [0; NEURONS], sequence: Sequence::default() };
    order.into_iter().for_each(|event| chip.event(event));
    assert!(chip.sequence.spikes.len() > 100, "only {} spikes", chip.sequence.spikes.len());

    let stimulus = Stimulus { events: sent, ..Stimulus::default() };
    let mut model = Watch { schema: ProbeSchema::new(core.structure()), sequence: Sequence::default() };
    let mut run = Run::new(&core, &stimulus);
    while let Some((_, record)) = run.step() {
        model.record(record);
    }
    assert_same("model", &model.sequence, &chip.sequence);

    let built = build(&builder(), &RtlSource::embedded(), core.structure(), BuildKind::Lockstep);
    let mut instance =
        Lockstep::load(&built).and_then(|library| library.instance(InitialState::Random(3))).expect("loads");
    let mut rtl = Watch { schema: ProbeSchema::new(core.structure()), sequence: Sequence::default() };
    let mut play = RtlRun::new(&mut instance, &core, &stimulus, run.summary().cycles).expect("the build fits the core");
    while let Some(record) = play.step().expect("the RTL runs") {
        rtl.record(record);
    }
    assert_same("RTL", &rtl.sequence, &chip.sequence);
    println!("{} state writes, {} spikes", chip.sequence.writes.len(), chip.sequence.spikes.len());
}
