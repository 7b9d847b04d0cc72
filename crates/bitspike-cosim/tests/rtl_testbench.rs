//! The RTL in its testbench, against the same RTL in process.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

mod rtl_common;

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bitspike_cosim::build::BuildKind;
use bitspike_cosim::compare::{CompareOptions, Verdict, compare_streams};
use bitspike_cosim::lockstep::{InitialState, Lockstep, RtlRun};
use bitspike_cosim::rtl::{RtlError, RtlSource};
use bitspike_cosim::testbench::{RunRequest, Testbench, WaveformTarget};
use bitspike_cosim::waveform::{RecordSource, SampleRequest, Sampling, SignalSpec, open_waveform};
use bitspike_spec::{Core, Counters, Stimulus, Structure};
use rtl_common::{analogue, build, core, four_phase, izhikevich, plain, records, stimulus, try_build, wide};

const CYCLES: u64 = 700;

fn testbench(structure: &Structure, kind: BuildKind) -> Testbench {
    Testbench::new(&build(structure, kind)).unwrap()
}

fn in_process(core: &Core, stimulus: &Stimulus) -> (Vec<(u64, Vec<u32>)>, Counters) {
    let lockstep = Lockstep::load(&build(core.structure(), BuildKind::Lockstep)).unwrap();
    let mut instance = lockstep.instance(InitialState::Random(11)).unwrap();
    let mut run = RtlRun::new(&mut instance, core, stimulus, CYCLES).unwrap();
    (records(&mut run), run.finish().unwrap())
}

#[test]
fn testbench_and_lockstep_give_the_same_records_and_counters() {
    for structure in [plain(), four_phase(), wide(), izhikevich(), analogue()] {
        let (core, stimulus) = (core(structure, 7), stimulus(&structure, 8));
        let (expected, expected_counters) = in_process(&core, &stimulus);
        let bench = testbench(&structure, BuildKind::TestbenchVcd);
        for initial in [InitialState::Zero, InitialState::Random(5)] {
            let request = RunRequest { initial, ..RunRequest::new(&core, &stimulus, CYCLES) };
            let mut run = bench.start(&request).unwrap_or_else(|error| panic!("{error}"));
            let found = records(&mut run);
            assert_eq!(found.len() as u64, CYCLES);
            assert!(found == expected, "{initial:?}");
            let report = run.finish().unwrap_or_else(|error| panic!("{error}"));
            assert_eq!((report.counters, report.cycles), (expected_counters, CYCLES));
        }
    }
}

#[test]
fn both_ways_can_be_compared_as_streams() {
    let structure = plain();
    let (core, stimulus) = (core(structure, 1), stimulus(&structure, 2));
    let lockstep = Lockstep::load(&build(&structure, BuildKind::Lockstep)).unwrap();
    let mut instance = lockstep.instance(InitialState::Zero).unwrap();
    let mut left = RtlRun::new(&mut instance, &core, &stimulus, CYCLES).unwrap();
    let bench = testbench(&structure, BuildKind::TestbenchVcd);
    let mut right = bench.start(&RunRequest::new(&core, &stimulus, CYCLES)).unwrap();
    let verdict = compare_streams(&mut left, &mut right, &CompareOptions::default()).unwrap();
    let Verdict::Agreement(agreement) = verdict else { panic!("{verdict:?}") };
    assert_eq!(agreement.records, CYCLES);
}

#[test]
fn a_kept_vcd_holds_the_same_records() {
    let structure = plain();
    let (core, stimulus) = (core(structure, 3), stimulus(&structure, 3));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("probe.vcd");
    let request =
        RunRequest { waveform: WaveformTarget::Keep(path.clone()), ..RunRequest::new(&core, &stimulus, CYCLES) };
    let mut run = testbench(&structure, BuildKind::TestbenchVcd).start(&request).unwrap();
    let streamed = records(&mut run);
    let layout = run.layout().signals().to_vec();
    run.finish().unwrap();
    let request = SampleRequest {
        scope: "u_probe".to_owned(),
        sampling: Sampling::RisingEdge { clock: "clk_i".to_owned(), condition: Some("rst_ni".to_owned()) },
        signals: layout,
    };
    assert_eq!(records(&mut open_waveform(&path).unwrap().sample(&request).unwrap()), streamed);
}

#[test]
fn fst_holds_the_same_records() {
    let structure = four_phase();
    let (core, stimulus) = (core(structure, 4), stimulus(&structure, 4));
    let mut run =
        testbench(&structure, BuildKind::TestbenchFst).start(&RunRequest::new(&core, &stimulus, CYCLES)).unwrap();
    let found = records(&mut run);
    assert!(found == in_process(&core, &stimulus).0);
    assert_eq!(run.finish().unwrap().cycles, CYCLES);
}

/// A probe signal the RTL does not have: the testbench build does not look at it, the reader of its waveform does.
#[test]
fn a_probe_signal_missing_from_the_waveform_is_named() {
    let declared = "logic [GroupBits-1:0]           issue_group;";
    let source = RtlSource::embedded()
        .with_replacement("core/probe.sv", declared, "logic [GroupBits-1:0] issued_group;")
        .and_then(|source| source.with_replacement("core/probe.sv", "assign issue_group ", "assign issued_group "))
        .unwrap();
    let bench = Testbench::new(&try_build(&source, &plain(), BuildKind::TestbenchVcd).unwrap()).unwrap();
    let (core, stimulus) = (core(plain(), 1), Stimulus::default());
    let error = bench.start(&RunRequest::new(&core, &stimulus, 20)).unwrap_err();
    assert!(error.to_string().contains("no signal `issue_group`"), "{error}");
    assert!(error.to_string().contains("issued_group"), "{error}");
}

/// RTL that stops in the middle of a run.
#[test]
fn a_testbench_that_stops_early_says_what_it_printed() {
    let text = "  always @(posedge clk_i) if (aer_in_req_i) $fatal(1, \"out of luck\");\n\nendmodule";
    let source = RtlSource::embedded().with_replacement("core/bitspike_core.sv", "\nendmodule", text).unwrap();
    let bench = Testbench::new(&try_build(&source, &plain(), BuildKind::TestbenchVcd).unwrap()).unwrap();
    let (core, stimulus) = (core(plain(), 1), stimulus(&plain(), 1));
    let error = match bench.start(&RunRequest::new(&core, &stimulus, CYCLES)) {
        Ok(run) => run.finish().unwrap_err(),
        Err(error) => error,
    };
    assert!(matches!(error, RtlError::Testbench { .. }), "{error}");
    assert!(error.to_string().contains("out of luck"), "{error}");
}

/// RTL that spins for ever in one time step: the run ends after the limit, not never.
#[test]
fn a_silent_testbench_is_ended() {
    let text = "  int unsigned spins = 0;
  always @(posedge clk_i) while (aer_in_req_i) begin
    spins = spins + 1;
    if (spins == 0) $display(\"still spinning\");
  end

endmodule";
    let source = RtlSource::embedded().with_replacement("core/bitspike_core.sv", "\nendmodule", text).unwrap();
    let bench = Testbench::new(&try_build(&source, &plain(), BuildKind::TestbenchVcd).unwrap()).unwrap();
    let (core, stimulus) = (core(plain(), 1), stimulus(&plain(), 1));
    let limit = Duration::from_secs(2);
    let start = Instant::now();
    let error = match bench.start(&RunRequest { stall_limit: limit, ..RunRequest::new(&core, &stimulus, CYCLES) }) {
        Ok(run) => run.finish().unwrap_err(),
        Err(error) => error,
    };
    assert!(matches!(error, RtlError::Stalled { seconds: 2, .. }), "{error}");
    assert!(start.elapsed() >= limit);
}

/// Dropping a run in the middle ends its program.
#[test]
fn dropping_a_run_ends_the_program() {
    let structure = plain();
    let (core, stimulus) = (core(structure, 1), stimulus(&structure, 1));
    let bench = testbench(&structure, BuildKind::TestbenchVcd);
    let mut run = bench.start(&RunRequest::new(&core, &stimulus, 1 << 40)).unwrap();
    run.next_record().unwrap();
    let program = build(&structure, BuildKind::TestbenchVcd).artefact().to_owned();
    let marker = "+cycles=1099511627776";
    assert_eq!(running(&program, marker), 1);
    drop(run);
    assert_eq!(running(&program, marker), 0);
}

/// Processes of this program with this argument, by `ps`.
fn running(program: &Path, argument: &str) -> usize {
    let mut child = Command::new("ps").args(["-eo", "args", "-ww"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    child.wait().unwrap();
    text.lines().filter(|line| line.starts_with(&*program.to_string_lossy()) && line.contains(argument)).count()
}

#[test]
fn a_lockstep_build_is_not_a_testbench() {
    let error = Testbench::new(&build(&plain(), BuildKind::Lockstep)).unwrap_err();
    assert_eq!(error.to_string(), "this build is a lock-step library, a testbench with VCD is needed");
}

#[test]
fn no_cycles_are_refused() {
    let (core, stimulus) = (core(plain(), 1), Stimulus::default());
    let bench = testbench(&plain(), BuildKind::TestbenchVcd);
    let error = bench.start(&RunRequest::new(&core, &stimulus, 0)).unwrap_err();
    assert_eq!(error.to_string(), "stimulus: cycles is 0, the testbench plays at least 1");
}

#[test]
fn records_have_the_signals_of_the_schema() {
    let structure = wide();
    let (core, stimulus) = (core(structure, 1), stimulus(&structure, 1));
    let run = testbench(&structure, BuildKind::TestbenchVcd).start(&RunRequest::new(&core, &stimulus, 5)).unwrap();
    let schema = bitspike_spec::ProbeSchema::new(&structure);
    let expected: Vec<SignalSpec> = schema.signals().iter().map(|s| SignalSpec::new(s.name, s.width)).collect();
    assert_eq!(run.layout().signals(), expected);
    assert_eq!(run.layout().words(), schema.words());
}
