//! Finding tools, and what is said when they are missing, old or odd.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use bitspike_cosim::rtl::RtlError;
use bitspike_cosim::toolchain::{Need, SearchPath, TOOLS, Toolchain, doctor, doctor_in};

fn script(folder: &Path, name: &str, body: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// The installed tools, but this Verilator.
fn with_verilator(program: &Path) -> Result<Toolchain, RtlError> {
    let path = std::env::var_os("PATH").unwrap();
    Toolchain::find_in(&SearchPath::new(path).with_variable("BITSPIKE_VERILATOR", program))
}

#[test]
fn the_installed_tools_are_found() {
    let tools = Toolchain::find().unwrap_or_else(|error| panic!("{error}"));
    assert!(tools.verilator.version.contains("Verilator") || !tools.verilator.version.is_empty());
    assert!(tools.make.version.contains("Make"), "{tools}");
    let reports = doctor();
    assert_eq!(reports.len(), TOOLS.len());
    for report in reports.iter().filter(|report| report.need == Need::Required) {
        assert!(report.is_ready(), "{report:?}");
    }
}

#[test]
fn each_missing_tool_is_named_with_the_command_that_installs_it() {
    let empty = tempfile::tempdir().unwrap();
    let error = Toolchain::find_in(&SearchPath::new(empty.path())).unwrap_err().to_string();
    assert!(
        error.starts_with("verilator was not found (looked at BITSPIKE_VERILATOR, which is not set, and PATH="),
        "{error}"
    );
    assert!(error.ends_with("Install it with: apt-get install -y verilator"), "{error}");

    let some = tempfile::tempdir().unwrap();
    script(some.path(), "verilator", "echo Verilator 5.006 2023-01-22");
    let error = Toolchain::find_in(&SearchPath::new(some.path())).unwrap_err().to_string();
    assert!(error.starts_with("C++ compiler was not found") && error.ends_with("apt-get install -y g++"), "{error}");
    script(some.path(), "clang++", "echo clang version 14");
    let error = Toolchain::find_in(&SearchPath::new(some.path())).unwrap_err().to_string();
    assert!(error.starts_with("make was not found") && error.ends_with("apt-get install -y make"), "{error}");

    for report in doctor_in(&SearchPath::new(empty.path())) {
        assert!(!report.is_ready() && report.path.is_none() && !report.install.is_empty(), "{report:?}");
    }
}

#[test]
fn a_variable_that_names_nothing_is_not_passed_over() {
    let error = with_verilator(Path::new("/no/such/verilator")).unwrap_err();
    assert!(matches!(error, RtlError::ToolMissing { tool: "verilator", .. }), "{error}");
    assert!(error.to_string().contains("BITSPIKE_VERILATOR=/no/such/verilator"), "{error}");
}

#[test]
fn an_old_verilator_is_refused_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    for (version, accepted) in [
        ("4.228 2022-10-01", false),
        ("5.004 2022-12-14", false),
        ("5.006 2023-01-22", true),
        ("5.040 x", true),
        ("6.0", true),
    ] {
        let program = script(folder.path(), "old", &format!("echo Verilator {version}"));
        match with_verilator(&program) {
            Ok(_) => assert!(accepted, "{version}"),
            Err(error) => {
                assert!(!accepted && matches!(error, RtlError::ToolTooOld { .. }), "{version}: {error}");
                assert!(error.to_string().contains("5.006 or later"), "{error}");
            }
        }
    }
}

/// A Verilator that prints no number is judged by whether it accepts delays.
#[test]
fn a_verilator_without_a_number_is_judged_by_what_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let body = |exit: u8| {
        format!(
            "case $1 in --version) echo ' rev vUNKNOWN-built20260516';; *) test -f \"$3\" && exit {exit}; exit 9;; esac"
        )
    };
    let capable = script(folder.path(), "capable", &body(0));
    assert_eq!(with_verilator(&capable).unwrap().verilator.version, "rev vUNKNOWN-built20260516");
    let old = script(folder.path(), "incapable", &body(1));
    assert!(matches!(with_verilator(&old).unwrap_err(), RtlError::ToolTooOld { .. }));
}

#[test]
fn doctor_reports_a_tool_that_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    script(folder.path(), "verilator", "echo Verilator 4.038");
    let odd = folder.path().join("make");
    fs::write(&odd, [0x7f, 0x45, 0x4c, 0x46, 0]).unwrap();
    fs::set_permissions(&odd, fs::Permissions::from_mode(0o755)).unwrap();
    let reports = doctor_in(&SearchPath::new(folder.path()));
    let of = |name: &str| reports.iter().find(|report| report.name == name).unwrap();
    assert_eq!(of("verilator").version.as_deref(), Some("Verilator 4.038"));
    assert!(of("verilator").problem.as_deref().unwrap().contains("5.006 or later"));
    assert!(of("make").problem.as_deref().unwrap().starts_with("cannot run "));
    assert!(!of("verilator").is_ready() && !of("make").is_ready());
}
