//! Model against RTL on random structures, values and stimuli; a failing case is shrunk, saved and replayed.

mod common;

use std::path::Path;
use std::process::Command;

use bitspike::control::{Control, Interrupt, NoProgress};
use bitspike::fuzz::{Failure, FuzzRequest, FuzzResult, Structures, fuzz};
use bitspike_cosim::build::BuildKind;
use bitspike_cosim::compare::{Divergence, Verdict};
use bitspike_cosim::lockstep::InitialState;
use bitspike_cosim::rtl::RtlSource;
use bitspike_spec::{Structure, config, stimulus};
use common::{PLAIN, build, builder, in_process};

fn try_cases(source: &RtlSource, structures: Structures<'_>, cases: u32) -> FuzzResult {
    let never = Interrupt::default();
    let request = FuzzRequest { structures, cases, seed: 20, source, builder: &builder() };
    let control = Control { interrupt: &never, progress: &NoProgress };
    fuzz(&request, control).unwrap_or_else(|error| panic!("{error}"))
}

fn divergence(verdict: &Verdict) -> &Divergence {
    match verdict {
        Verdict::Divergence(divergence) => divergence,
        Verdict::Agreement(agreement) => panic!("the broken RTL agrees: {agreement:?}"),
    }
}

#[test]
fn random_structures_agree() {
    let result = try_cases(&RtlSource::embedded(), Structures::Random(9), 200);
    println!("{} structures, {} cases, {} cycles", result.structures, result.cases, result.cycles);
    if let Some(failure) = &result.failure {
        let (core, stimulus) = (failure.core.to_toml(), failure.stimulus.to_toml());
        panic!("{:?}\n--- core.toml\n{core}\n--- stimulus.toml\n{stimulus}", failure.comparison.verdict);
    }
    assert_eq!((result.structures, result.cases), (9, 1800));
}

/// A spike that does not reset the membrane potential.
fn broken() -> RtlSource {
    RtlSource::embedded()
        .with_replacement("neuron/fire_once.sv", "assign x_o = fires_o ? x_reset : x_i;", "assign x_o = x_i;")
        .expect("the line is there")
}

fn structure() -> Structure {
    Structure { neurons: 8, ..PLAIN }
}

/// A time step shows the fault, with at most two weights before it that lift a neuron to its threshold.
fn assert_is_small(failure: &Failure) {
    assert!(failure.stimulus.events.len() <= 3, "not shrunk: {:?}", failure.stimulus);
    assert!(failure.stimulus.resets.is_empty(), "not shrunk: {:?}", failure.stimulus);
    assert_eq!(failure.stimulus.repeat, 1, "not shrunk: {:?}", failure.stimulus);
}

fn save(failure: &Failure, folder: &Path) {
    std::fs::write(folder.join("core.toml"), failure.core.to_toml()).expect("a writable folder");
    std::fs::write(folder.join("stimulus.toml"), failure.stimulus.to_toml()).expect("a writable folder");
    broken().write_to(folder).expect("a writable folder");
}

#[test]
fn a_failing_case_is_shrunk_saved_and_replayed() {
    let structure = structure();
    let failure = try_cases(&broken(), Structures::Of(&structure), 200).failure.expect("the fault is found");
    assert_is_small(&failure);
    let folder = tempfile::tempdir().expect("a temporary folder");
    save(&failure, folder.path());

    let core = config::read_core(folder.path().join("core.toml")).expect("what was written is read");
    let replayed =
        stimulus::read_stimulus(folder.path().join("stimulus.toml"), &core).expect("what was written is read");
    assert_eq!((&core.core, &replayed.stimulus), (&failure.core, &failure.stimulus));

    let found = divergence(&failure.comparison.verdict);
    let built = build(&builder(), &broken(), &structure, BuildKind::Lockstep);
    let again = in_process(&built, &core.core, &replayed.stimulus, InitialState::Random(5));
    let again = divergence(&again.verdict);
    assert_eq!(found.first().map(|first| &*first.name), Some("write_v"));
    assert_eq!((again.right_cycle, &again.differences), (found.right_cycle, &found.differences));

    let sound = build(&builder(), &RtlSource::embedded(), &structure, BuildKind::Lockstep);
    assert!(in_process(&sound, &core.core, &replayed.stimulus, InitialState::Random(5)).agrees());
    replay_on_the_command_line(folder.path(), found.right_cycle);
}

fn replay_on_the_command_line(folder: &Path, cycle: u64) {
    let output = Command::new(env!("CARGO_BIN_EXE_bitspike"))
        .args([
            "cosim",
            "core.toml",
            "--stimulus",
            "stimulus.toml",
            "--hdl",
            "hdl",
            "--way",
            "lockstep",
            "--out",
            "out",
        ])
        .current_dir(folder)
        .output()
        .expect("the program starts");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("write_v") && text.contains(&cycle.to_string()), "{text}");
}
