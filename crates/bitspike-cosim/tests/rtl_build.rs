//! Builds: the cache, and every way a build can fail.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

mod rtl_common;

use std::fs;
use std::path::Path;
use std::time::Duration;

use bitspike_cosim::build::{BuildKind, BuildRequest, Builder, Origin, Phase};
use bitspike_cosim::lockstep::{InitialState, Lockstep};
use bitspike_cosim::rtl::{RtlError, RtlSource};
use bitspike_cosim::toolchain::{SearchPath, Toolchain};
use bitspike_spec::Structure;
use rtl_common::{plain, try_build};

fn tools() -> Toolchain {
    Toolchain::find().unwrap_or_else(|error| panic!("{error}"))
}

fn lockstep_of<'a>(source: &'a RtlSource, structure: &'a Structure) -> BuildRequest<'a> {
    BuildRequest { source, structure, kind: BuildKind::Lockstep }
}

/// A cold build compiles the runtime; another width uses it again; the same request is a hit; a damaged entry is built again.
#[test]
fn the_cache_hits_misses_and_repairs() {
    let cache = tempfile::tempdir().unwrap();
    let builder = Builder::with(tools(), cache.path().join("nested/cache"));
    let source = RtlSource::embedded();
    let structure = plain();
    let build = |structure: &Structure| {
        let mut phases = Vec::new();
        let build = builder.build(&lockstep_of(&source, structure), &mut |phase| phases.push(phase)).unwrap();
        (build, phases)
    };

    let (cold, phases) = build(&structure);
    assert_eq!(cold.origin(), Origin::Built);
    assert_eq!(phases, [Phase::Verilate, Phase::Compile { runtime: true }, Phase::Link]);
    assert!(cold.timings().compile > Duration::ZERO && cold.timings().total >= cold.timings().compile);

    let (hit, phases) = build(&structure);
    assert_eq!((hit.origin(), phases.as_slice()), (Origin::Cached, &[][..]));
    assert_eq!((hit.key(), hit.artefact()), (cold.key(), cold.artefact()));

    // `frac` names values in reports and is no Verilog parameter.
    let (hit, _) = build(&Structure { frac: 4, ..structure });
    assert_eq!((hit.origin(), hit.key()), (Origin::Cached, cold.key()));

    let (wider, phases) = build(&Structure { v_bits: 13, ..structure });
    assert_eq!(wider.origin(), Origin::Built);
    assert_eq!(phases, [Phase::Verilate, Phase::Compile { runtime: false }, Phase::Link]);
    assert_ne!(wider.key(), cold.key());

    let whole = fs::read(cold.artefact()).unwrap();
    fs::write(cold.artefact(), &whole[..whole.len() / 2]).unwrap();
    let (repaired, _) = build(&structure);
    assert_eq!(repaired.origin(), Origin::Repaired);
    fs::remove_file(repaired.artefact()).unwrap();
    let (repaired, _) = build(&structure);
    assert_eq!(repaired.origin(), Origin::Repaired);
    Lockstep::load(&repaired).unwrap().instance(InitialState::Zero).unwrap();

    let left_over = fs::read_dir(builder.cache().join("builds")).unwrap();
    let left_over =
        left_over.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("staging"));
    assert_eq!(left_over.count(), 0);
}

#[test]
fn two_builders_of_the_same_thing_build_it_once() {
    let cache = tempfile::tempdir().unwrap();
    let builder = Builder::with(tools(), cache.path().to_owned());
    let (source, structure) = (RtlSource::embedded(), plain());
    let build = || builder.build(&lockstep_of(&source, &structure), &mut |_| {}).unwrap().origin();
    let mut origins = std::thread::scope(|scope| {
        let (a, b) = (scope.spawn(build), scope.spawn(build));
        [a.join().unwrap(), b.join().unwrap()]
    });
    origins.sort_by_key(|origin| *origin == Origin::Cached);
    assert_eq!(origins, [Origin::Built, Origin::Cached]);
}

fn refused(source: &RtlSource) -> RtlError {
    try_build(source, &plain(), BuildKind::Lockstep).unwrap_err()
}

#[test]
fn a_syntax_error_is_shown_with_its_place() {
    let source =
        RtlSource::embedded().with_replacement("core/probe.sv", "\nendmodule", "\n  assign = 1;\nendmodule").unwrap();
    let RtlError::Verilate { location, messages } = refused(&source) else { panic!("another error") };
    assert!(location.starts_with("hdl/core/probe.sv:"), "{location}");
    assert!(messages.contains("syntax error"), "{messages}");
}

#[test]
fn a_syntax_error_in_a_users_folder_is_shown_with_the_users_path() {
    let folder = tempfile::tempdir().unwrap();
    RtlSource::embedded().write_to(folder.path()).unwrap();
    let hdl = folder.path().join("hdl");
    fs::write(hdl.join("core/probe.sv"), "module probe; assign = 1; endmodule\n").unwrap();
    let RtlError::Verilate { location, .. } = refused(&RtlSource::folder(&hdl).unwrap()) else {
        panic!("another error")
    };
    assert_eq!(location, format!("{}:1", hdl.join("core/probe.sv").display()));
}

#[test]
fn a_missing_probe_signal_is_named() {
    let source = RtlSource::embedded()
        .with_replacement("core/probe.sv", "  logic                           issue_valid;\n", "")
        .and_then(|source| {
            source.with_replacement("core/probe.sv", "  assign issue_valid       = issue_valid_i;\n", "")
        })
        .unwrap();
    let RtlError::ProbeSignal { signal, problem } = refused(&source) else { panic!("another error") };
    assert_eq!(signal, "issue_valid");
    assert!(problem.starts_with("missing in the RTL"), "{problem}");
}

#[test]
fn a_probe_signal_of_another_width_is_named() {
    let source = RtlSource::embedded()
        .with_replacement("core/probe.sv", "logic [1:0]                     event_kind;", "logic [2:0] event_kind;")
        .unwrap();
    let RtlError::ProbeSignal { signal, problem } = refused(&source) else { panic!("another error") };
    assert_eq!(signal, "event_kind");
    assert_eq!(problem, "has 3 bits in the RTL, expected 2");
}

#[test]
fn an_elaboration_error_of_the_rtl_stops_the_build() {
    let text = "\n  if (VBits > 0) begin : gen_check\n    $error(\"VBits is %0d\", VBits);\n  end\nendmodule";
    let source = RtlSource::embedded().with_replacement("core/probe.sv", "\nendmodule", text).unwrap();
    let RtlError::Verilate { messages, .. } = refused(&source) else { panic!("another error") };
    assert!(messages.contains("VBits is 12"), "{messages}");
}

/// A compiler that always fails stands for a broken installation.
#[test]
fn a_failing_compiler_is_reported_with_its_last_lines() {
    let folder = tempfile::tempdir().unwrap();
    let compiler = script(
        folder.path(),
        "g++",
        "case $1 in --version) echo 'broken 1.0';; *) echo 'x.cpp:7: error: no luck' >&2; exit 1;; esac",
    );
    let places = SearchPath::new(std::env::var_os("PATH").unwrap()).with_variable("CXX", &compiler);
    let builder = Builder::with(Toolchain::find_in(&places).unwrap(), folder.path().join("cache"));
    let error = builder.build(&lockstep_of(&RtlSource::embedded(), &plain()), &mut |_| {}).unwrap_err();
    assert!(matches!(&error, RtlError::Compile { location, .. } if location == "x.cpp:7"), "{error}");
    assert!(error.to_string().contains("no luck"), "{error}");
    let builds = fs::read_dir(folder.path().join("cache/builds")).unwrap();
    assert!(builds.map(|entry| entry.unwrap().path()).all(|path| path.extension().is_some_and(|e| e == "lock")));
}

/// An executable shell script.
fn script(folder: &Path, name: &str, body: &str) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn a_cache_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let builder = Builder::with(tools(), file.clone());
    let error = builder.build(&lockstep_of(&RtlSource::embedded(), &plain()), &mut |_| {}).unwrap_err();
    assert!(error.to_string().starts_with("cannot create the cache folder"), "{error}");
    assert!(error.to_string().contains(&*file.to_string_lossy()), "{error}");
}

#[test]
fn a_library_that_is_none_cannot_be_loaded() {
    let cache = tempfile::tempdir().unwrap();
    let builder = Builder::with(tools(), rtl_common::shared_cache());
    let build = builder.build(&lockstep_of(&RtlSource::embedded(), &plain()), &mut |_| {}).unwrap();
    let copy = cache.path().join("copy");
    fs::copy(build.artefact(), &copy).unwrap();
    // The build is whole; its copy in a cache of its own is not, and nobody looks at it again before it is loaded.
    let own = Builder::with(tools(), cache.path().to_owned());
    let entry = own.cache().join("builds").join(build.key());
    fs::create_dir_all(&entry).unwrap();
    fs::write(entry.join("lockstep.so"), "no library").unwrap();
    // SHA-256 of "no library", so that the cache takes it for whole.
    let hash = sha256(b"no library");
    fs::write(entry.join("manifest"), format!("{hash} lockstep.so\n")).unwrap();
    let build = own.build(&lockstep_of(&RtlSource::embedded(), &plain()), &mut |_| {}).unwrap();
    assert_eq!(build.origin(), Origin::Cached);
    let error = Lockstep::load(&build).unwrap_err();
    assert!(matches!(error, RtlError::Load { .. }), "{error}");
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_folder_without_a_file_list_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = RtlSource::folder(folder.path()).unwrap_err();
    assert!(error.to_string().contains("has no files.f"), "{error}");
}

#[test]
fn a_replacement_that_does_not_fit_is_refused() {
    let source = RtlSource::embedded();
    let error = source.with_replacement("core/absent.sv", "a", "b").unwrap_err();
    assert_eq!(error.to_string(), "RTL embedded: has no file core/absent.sv");
    let error = source.with_replacement("core/probe.sv", "no such text", "b").unwrap_err();
    assert_eq!(error.to_string(), "RTL embedded: core/probe.sv has 0 times `no such text`, must have it once");
}

#[test]
fn a_users_copy_of_the_rtl_has_the_hash_of_the_embedded_one_until_it_is_edited() {
    let folder = tempfile::tempdir().unwrap();
    RtlSource::embedded().write_to(folder.path()).unwrap();
    let copy = RtlSource::folder(&folder.path().join("hdl")).unwrap();
    assert_eq!(copy.hash(), RtlSource::embedded().hash());
    let edited = copy.with_replacement("core/probe.sv", "\nendmodule", "\n\nendmodule").unwrap();
    assert_ne!(edited.hash(), copy.hash());
}
