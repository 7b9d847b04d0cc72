//! The RTL stepped in process: contract figures by hand, reuse, seeds, and errors of a run.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

mod rtl_common;

use bitspike_cosim::build::BuildKind;
use bitspike_cosim::lockstep::{InitialState, Lockstep, RtlRun};
use bitspike_cosim::rtl::{RtlError, RtlSource};
use bitspike_spec::{AerEvent, Counters, Stimulus, Structure, TimedEvent};
use rtl_common::{build, core, field, four_phase, izhikevich, plain, records, stimulus, try_build, wide};

fn load(structure: &Structure) -> Lockstep {
    Lockstep::load(&build(structure, BuildKind::Lockstep)).unwrap_or_else(|error| panic!("{error}"))
}

/// Start-up takes `G` cycles; an event accepted in cycle t by an empty core is first written in t + 4; a word line adds its weight.
#[test]
fn one_word_line_event_takes_the_cycles_of_the_contract() {
    let structure = plain();
    let core = core(structure, 1);
    let word_line = AerEvent::word_line(3);
    let stimulus = Stimulus { events: vec![TimedEvent { not_before: 10, event: word_line }], ..Stimulus::default() };
    let lockstep = load(&structure);
    let mut instance = lockstep.instance(InitialState::Zero).unwrap();
    let mut run = RtlRun::new(&mut instance, &core, &stimulus, 30).unwrap();
    let records = records(&mut run);
    let cycles = |name: &str| -> Vec<u64> {
        records.iter().filter(|(_, r)| field(&structure, r, name) != 0).map(|(cycle, _)| *cycle).collect()
    };
    assert_eq!(records.len(), 30);
    assert_eq!(cycles("aer_in_accept"), [10]);
    assert_eq!(cycles("issue_valid"), [12, 13]);
    assert_eq!(cycles("write_valid"), [0, 1, 14, 15]);
    let v = |record: &[u32]| field(&structure, record, "write_v") & 0xfff;
    assert_eq!(v(&records[0].1), 0xffd, "v_init = -3");
    let expected = (-3 + i64::from(core.values().weights().unwrap().row(3)[0])).cast_unsigned() & 0xfff;
    assert_eq!(u64::from(v(&records[14].1)), expected);
    let counters = run.finish().unwrap();
    let expected = Counters { events_accepted: 1, synaptic_ops: 8, queue_high_water: 1, ..Counters::default() };
    assert_eq!(counters, expected);
}

#[test]
fn random_initial_states_give_the_same_records() {
    for structure in [plain(), four_phase(), wide(), izhikevich()] {
        let (core, stimulus) = (core(structure, 2), stimulus(&structure, 5));
        let lockstep = load(&structure);
        let play = |initial| {
            let mut instance = lockstep.instance(initial).unwrap();
            let mut run = RtlRun::new(&mut instance, &core, &stimulus, 700).unwrap();
            (records(&mut run), run.finish().unwrap())
        };
        let zero = play(InitialState::Zero);
        assert!(zero.1.spikes > 0 && zero.1.v_overflows + zero.1.events_accepted > 20, "{:?}", zero.1);
        for seed in [0, 1, 2, 0x7fff_fffe, u32::MAX] {
            assert_eq!(play(InitialState::Random(seed)), zero, "seed {seed}");
        }
    }
}

/// The registers before reset do depend on the seed, so the test above tests something: `v` of an unwritten memory shows it.
#[test]
fn seeds_reach_the_registers() {
    let structure = plain();
    let lockstep = load(&structure);
    let read = |initial| {
        let mut instance = lockstep.instance(initial).unwrap();
        instance.cycle(Default::default()).unwrap();
        instance.record().to_vec()
    };
    assert_eq!(read(InitialState::Random(1)), read(InitialState::Random(1)));
    assert_ne!(read(InitialState::Random(1)), read(InitialState::Random(2)));
    assert_ne!(read(InitialState::Random(1)), read(InitialState::Zero));
}

#[test]
fn an_instance_can_be_used_again_and_two_do_not_disturb_each_other() {
    let structure = wide();
    let (first, second) = (core(structure, 3), core(structure, 4));
    let stimulus = stimulus(&structure, 6);
    let lockstep = load(&structure);
    let fresh = |core| {
        let mut instance = lockstep.instance(InitialState::Random(9)).unwrap();
        records(&mut RtlRun::new(&mut instance, core, &stimulus, 400).unwrap())
    };
    let (expected_first, expected_second) = (fresh(&first), fresh(&second));
    assert_ne!(expected_first, expected_second);

    let mut used = lockstep.instance(InitialState::Random(1)).unwrap();
    let mut other = lockstep.instance(InitialState::Random(2)).unwrap();
    assert_eq!(records(&mut RtlRun::new(&mut used, &first, &stimulus, 400).unwrap()), expected_first);
    let mut a = RtlRun::new(&mut used, &second, &stimulus, 400).unwrap();
    let mut b = RtlRun::new(&mut other, &first, &stimulus, 400).unwrap();
    for (expected_a, expected_b) in expected_second.iter().zip(&expected_first) {
        assert_eq!(a.step().unwrap(), Some(&expected_a.1[..]));
        assert_eq!(b.step().unwrap(), Some(&expected_b.1[..]));
    }
}

#[test]
fn an_instance_may_move_to_another_thread() {
    let structure = plain();
    let (core, stimulus) = (core(structure, 1), stimulus(&structure, 1));
    let lockstep = load(&structure);
    let mut instance = lockstep.instance(InitialState::Random(3)).unwrap();
    let here = records(&mut RtlRun::new(&mut instance, &core, &stimulus, 200).unwrap());
    let there = std::thread::scope(|scope| {
        scope.spawn(|| records(&mut RtlRun::new(&mut instance, &core, &stimulus, 200).unwrap())).join().unwrap()
    });
    assert_eq!(here, there);
}

#[test]
fn a_core_of_another_structure_is_refused() {
    let lockstep = load(&plain());
    let mut instance = lockstep.instance(InitialState::Zero).unwrap();
    let other = core(Structure { queue_depth: 5, ..plain() }, 1);
    let error = instance.configure(&other).unwrap_err();
    assert!(matches!(error, RtlError::Structure { parameter: "QueueDepth", built: 4, wanted: 5 }), "{error}");
}

#[test]
fn a_testbench_build_cannot_be_loaded() {
    let error = Lockstep::load(&build(&plain(), BuildKind::TestbenchVcd)).unwrap_err();
    assert_eq!(error.to_string(), "this build is a testbench with VCD, a lock-step library is needed");
}

#[test]
fn an_event_the_core_does_not_have_is_refused() {
    let structure = plain();
    let core = core(structure, 1);
    let stimulus = Stimulus::dense([AerEvent::word_line(6)]);
    let lockstep = load(&structure);
    let mut instance = lockstep.instance(InitialState::Zero).unwrap();
    let error = RtlRun::new(&mut instance, &core, &stimulus, 10).unwrap_err();
    assert_eq!(error.to_string(), "stimulus: events[0].word_line is 6, must be 0 to 5");
}

/// RTL whose identification register is wrong.
#[test]
fn rtl_that_does_not_echo_its_structure_is_refused() {
    let source =
        RtlSource::embedded().with_replacement("core/register_bus.sv", "32'h6273_0001", "32'h6273_0002").unwrap();
    let build = try_build(&source, &plain(), BuildKind::Lockstep).unwrap();
    let mut instance = Lockstep::load(&build).unwrap().instance(InitialState::Zero).unwrap();
    let error = instance.configure(&core(plain(), 1)).unwrap_err();
    let expected = "register 0x00 of the RTL reads 0x62730002, must be 0x62730001 (id)";
    assert_eq!(error.to_string(), expected);
}

/// `$fatal` in the RTL is an error of the run, not the end of this process; so is `$finish`.
#[test]
fn rtl_that_stops_the_simulation_is_an_error() {
    for (statement, said) in [("$fatal(1, \"out of luck\")", "$stop"), ("$finish", "$finish")] {
        let text = format!("  always @(posedge clk_i) if (aer_in_req_i) {statement};\n\nendmodule");
        let source = RtlSource::embedded().with_replacement("core/bitspike_core.sv", "\nendmodule", &text).unwrap();
        let build = try_build(&source, &plain(), BuildKind::Lockstep).unwrap();
        let mut instance = Lockstep::load(&build).unwrap().instance(InitialState::Zero).unwrap();
        let (core, stimulus) = (core(plain(), 1), Stimulus::dense([AerEvent::TimeStep]));
        let mut run = RtlRun::new(&mut instance, &core, &stimulus, 10).unwrap();
        let error = run.step().unwrap_err();
        assert!(matches!(error, RtlError::Simulation { .. }), "{error}");
        assert!(error.to_string().contains("bitspike_core.sv") && error.to_string().contains(said), "{error}");
    }
}
