//! The closed-form costs of `docs/src/contract/schedule.md`, one test each.

#![allow(missing_docs)]

use bitspike_model::Run;
use bitspike_spec::fx::{Overflow, Rounding};
use bitspike_spec::testing::PLAIN;
use bitspike_spec::{
    AerEvent, Core, CrossbarImage, Door, FireCheck, Handshake, Integrate, Izhikevich, IzhikevichConstants, NeuronModel,
    NeuronParameters, ProbeSchema, Products, Recovery, Reset, Schedule, Semantics, Stimulus, Structure, TimeScale,
    UpdateOrder, Values,
};

fn structure(neurons: u32, lanes: u32, initiation_interval: u32, handshake: Handshake) -> Structure {
    Structure {
        neurons,
        word_lines: 4,
        lanes,
        v_bits: 12,
        queue_depth: 8,
        spike_queue_depth: 16,
        semantics: Semantics { fire_check: FireCheck::PerOperation, ..PLAIN.semantics },
        schedule: Schedule { initiation_interval, handshake, ..PLAIN.schedule },
        ..PLAIN
    }
}

/// Izhikevich neurons whose time step makes 5 products with so many multipliers, in `ceil(5 / multipliers)` cycles.
fn shared(neurons: u32, lanes: u32, initiation_interval: u32, multipliers: u32) -> Structure {
    let mut structure = structure(neurons, lanes, initiation_interval, Handshake::Synchronous);
    structure.semantics.fire_check = FireCheck::PerTimeStep;
    structure.semantics.reset = Reset::Value;
    structure.model = NeuronModel::Izhikevich(Izhikevich {
        products: Products::Multiplier { multipliers },
        update: UpdateOrder::Sequential,
        recovery: Recovery::Standard,
        u_bits: 12,
        u_overflow: Overflow::Saturate,
        rounding: Rounding::Floor,
        time_scale: TimeScale::Constant,
        substeps: 1,
        constant_bits: 12,
        constant_frac: 8,
    });
    structure
}

/// `(multipliers, cycles of a time step)`
const SHARED: [(u32, u32); 5] = [(0, 1), (1, 5), (2, 3), (3, 2), (5, 1)];

/// Every weight is 1; neurons fire at `threshold`.
fn core(structure: Structure, threshold: i64) -> Core {
    let neuron = NeuronParameters {
        threshold,
        leak: 0,
        v_reset: 0,
        bias: 0,
        output_enable: true,
        ..NeuronParameters::default()
    };
    let codes = vec![1; (structure.neurons * structure.word_lines) as usize];
    let values = Values {
        neurons: vec![neuron],
        v_init: 0,
        u_init: 0,
        i_syn_decay: vec![0; structure.accumulators() as usize],
        gain: Vec::new(),
        izhikevich: IzhikevichConstants::default(),
        refractory_steps: 0,
        lfsr_seed: 0,
        first_word_line: 0,
        loop_back_delay: 0,
        array: CrossbarImage::new(structure.word_lines, structure.neurons, codes)
            .expect("one code for each cell")
            .into(),
        epoch_starts: Vec::new(),
    };
    Core::new(structure, values).expect("a checked core")
}

/// Cycles in which a one-word signal has a value.
fn cycles(core: &Core, stimulus: &Stimulus, signal: &str, value: u32) -> Vec<u64> {
    let schema = ProbeSchema::new(core.structure());
    let offset = schema.signal(signal).expect("a signal").offset;
    let mut run = Run::new(core, stimulus);
    let mut found = Vec::new();
    while let Some((cycle, record)) = run.step() {
        if record[offset] == value {
            found.push(cycle);
        }
    }
    found
}

fn later(event: AerEvent, not_before: u64) -> Stimulus {
    let mut stimulus = Stimulus::dense([event]);
    stimulus.events[0].not_before = not_before;
    stimulus
}

const SILENT: i64 = 2048;

#[test]
fn start_up_takes_one_cycle_for_each_group() {
    let core = core(structure(32, 4, 1, Handshake::Synchronous), SILENT);
    assert_eq!(cycles(&core, &Stimulus::default(), "control_state", 0), (0..8).collect::<Vec<_>>());
}

#[test]
fn start_up_takes_one_cycle_for_each_group_and_slot() {
    let mut structure = structure(32, 4, 1, Handshake::Synchronous);
    structure.i_syn_bits = 8;
    structure.semantics.integrate = Integrate::Current;
    structure.semantics.fire_check = FireCheck::PerTimeStep;
    structure.synapse.delay_slots = 4;
    let core = core(structure, SILENT);
    assert_eq!(cycles(&core, &Stimulus::default(), "control_state", 0), (0..8 * 4).collect::<Vec<_>>());
    for slot in 1..4 {
        let written: Vec<u64> = (u64::from(slot) * 8..u64::from(slot + 1) * 8).collect();
        assert_eq!(cycles(&core, &Stimulus::default(), "write_slot", slot), written);
    }
}

/// `max(StepCycles + 2, max(II, StepCycles) * G)` and `max(StepCycles + 2, II)`; other events cost what they always do.
#[test]
fn a_time_step_with_shared_multipliers_takes_its_cycles_for_each_group() {
    for (neurons, lanes, interval) in [(32, 4, 1), (32, 4, 4), (4, 4, 1), (8, 4, 1), (8, 4, 7)] {
        for (multipliers, step_cycles) in SHARED {
            let core = core(shared(neurons, lanes, interval, multipliers), SILENT);
            let groups = neurons / lanes;
            let costs = [
                (AerEvent::word_line(1), (interval * groups).max(3)),
                (AerEvent::TimeStep, (step_cycles + 2).max(interval.max(step_cycles) * groups)),
                (AerEvent::inject(1, 1), interval.max(3)),
                (AerEvent::TimeStepOne(2), (step_cycles + 2).max(interval)),
            ];
            for (event, slots) in costs {
                let running = cycles(&core, &Stimulus::dense([event; 3]), "control_state", 2);
                let (cycles, first) = (running.len() as u64, running[0]);
                assert_eq!(cycles, 3 * u64::from(slots), "{event:?}, {multipliers} multipliers");
                assert_eq!(running[running.len() - 1] - first + 1, cycles, "{event:?}: back to back");
            }
        }
    }
}

/// `3 + k_e`, then one group each `max(II, k_e)` cycles.
#[test]
fn a_group_is_written_when_its_products_are_made() {
    for (multipliers, step_cycles) in SHARED {
        let core = core(shared(16, 4, 2, multipliers), SILENT);
        let writes = cycles(&core, &later(AerEvent::TimeStep, 50), "write_valid", 1);
        let (first, interval) = (u64::from(53 + step_cycles), u64::from(step_cycles.max(2)));
        assert_eq!(writes[4..], [0, 1, 2, 3].map(|group| first + group * interval), "{multipliers} multipliers");
    }
}

/// A row of weights after a time step of two groups and many cycles reads the last group while it is written.
#[test]
fn a_row_works_on_what_a_long_time_step_left() {
    let core = core(shared(8, 4, 1, 1), SILENT);
    let events = [AerEvent::word_line(0), AerEvent::TimeStep, AerEvent::word_line(0)];
    let apart = |gap: u64| {
        let mut stimulus = Stimulus::dense(events);
        (0..).zip(&mut stimulus.events).for_each(|(i, timed)| timed.not_before = i * gap);
        let mut run = Run::new(&core, &stimulus);
        while run.step().is_some() {}
        run.summary().state
    };
    assert_eq!(apart(0), apart(100));
}

#[test]
fn an_event_takes_its_groups_times_the_interval_and_at_least_three_cycles() {
    for (neurons, lanes, interval) in [(32, 4, 1), (32, 4, 2), (4, 4, 1), (8, 4, 1), (8, 4, 5), (4, 4, 15)] {
        let core = core(structure(neurons, lanes, interval, Handshake::Synchronous), SILENT);
        let whole = u64::from((interval * neurons / lanes).max(3));
        let single = u64::from(interval.max(3));
        let events = [
            (AerEvent::word_line(1), whole),
            (AerEvent::TimeStep, whole),
            (AerEvent::inject(1, 1), single),
            (AerEvent::TimeStepOne(2), single),
        ];
        for (event, slots) in events {
            let five = Stimulus::dense([event; 5]);
            let running = cycles(&core, &five, "control_state", 2);
            assert_eq!(running.len() as u64, 5 * slots, "{event:?}");
            assert_eq!(running[running.len() - 1] - running[0] + 1, 5 * slots, "{event:?}: back to back");
        }
    }
}

#[test]
fn back_to_back_events_end_so_many_slots_and_one_cycle_after_the_first_accept() {
    let core = core(structure(32, 4, 1, Handshake::Synchronous), SILENT);
    let mut stimulus = Stimulus::dense([AerEvent::word_line(0); 6]);
    stimulus.events.iter_mut().for_each(|timed| timed.not_before = 50);
    let accepts = cycles(&core, &stimulus, "aer_in_accept", 1);
    let running = cycles(&core, &stimulus, "control_state", 2);
    assert_eq!((accepts[0], running.last()), (50, Some(&(50 + 6 * 8 + 1))));
}

#[test]
fn the_first_write_comes_four_cycles_after_the_accept() {
    let core = core(structure(32, 4, 1, Handshake::Synchronous), SILENT);
    let writes = cycles(&core, &later(AerEvent::word_line(0), 50), "write_valid", 1);
    assert_eq!(writes.into_iter().find(|&cycle| cycle > 8), Some(54));
}

#[test]
fn the_core_is_idle_two_cycles_and_the_slots_after_the_accept() {
    let core = core(structure(32, 4, 1, Handshake::Synchronous), SILENT);
    let idle = cycles(&core, &later(AerEvent::word_line(0), 50), "control_state", 1);
    assert_eq!(idle.into_iter().find(|&cycle| cycle > 51), Some(50 + 2 + 8));
}

#[test]
fn a_spike_is_offered_two_cycles_after_its_write() {
    let core = core(structure(4, 4, 1, Handshake::Synchronous), 1);
    let stimulus = later(AerEvent::inject(3, 1), 50);
    assert_eq!(cycles(&core, &stimulus, "aer_out_req", 1), [54 + 2]);
    assert_eq!(cycles(&core, &stimulus, "aer_out_address", 3), [56]);
}

#[test]
fn a_synchronous_spike_takes_one_cycle() {
    let core = core(structure(4, 4, 1, Handshake::Synchronous), 1);
    let stimulus = later(AerEvent::word_line(0), 50);
    assert_eq!(cycles(&core, &stimulus, "aer_out_accept", 1), [56, 57, 58, 59]);
}

#[test]
fn a_four_phase_spike_takes_nine_cycles() {
    let core = core(structure(4, 4, 1, Handshake::FourPhase), 1);
    let accepts = cycles(&core, &later(AerEvent::word_line(0), 50), "aer_out_accept", 1);
    assert_eq!(accepts.len(), 4);
    assert!(accepts.windows(2).all(|pair| pair[1] - pair[0] == 9), "{accepts:?}");
}

#[test]
fn a_synchronous_door_takes_an_event_in_each_cycle() {
    let core = core(structure(32, 4, 1, Handshake::Synchronous), SILENT);
    let accepts = cycles(&core, &Stimulus::dense([AerEvent::word_line(0); 6]), "aer_in_accept", 1);
    assert_eq!(accepts, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn a_four_phase_door_takes_an_event_in_eight_cycles() {
    let core = core(structure(4, 4, 1, Handshake::FourPhase), SILENT);
    let accepts = cycles(&core, &Stimulus::dense([AerEvent::word_line(0); 4]), "aer_in_accept", 1);
    assert_eq!(accepts, [3, 11, 19, 27]);
}

/// Request to the next look is `S + max(9, 12 - II)`; the accept comes two cycles after the request, and the first one in cycle `G`.
#[test]
fn a_door_between_events_looks_again_when_the_event_is_done() {
    for (initiation_interval, interval) in [(1, 8 + 9), (2, 16 + 8), (3, 24 + 7), (4, 32 + 7)] {
        let mut structure = structure(32, 4, initiation_interval, Handshake::FourPhase);
        structure.schedule.door = Door::BetweenEvents;
        let accepts =
            cycles(&core(structure, SILENT), &Stimulus::dense([AerEvent::word_line(0); 4]), "aer_in_accept", 1);
        assert_eq!(accepts, [0, 1, 2, 3].map(|i| 8 + i * interval), "interval {initiation_interval}");
    }
}
