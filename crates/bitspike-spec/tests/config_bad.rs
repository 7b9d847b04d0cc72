//! Malformed files and the exact message each gets.
//!
//! `tests/data/bad_core/NAME.toml` is read as a core, `tests/data/bad_stimulus/NAME.toml` as a stimulus for
//! `tests/data/core.toml`; `NAME.txt` is the message. Adding a case is adding the two files.

use bitspike_spec::config::{ConfigError, read_core};
use bitspike_spec::stimulus::read_stimulus;
use std::path::{Path, PathBuf};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn cases(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(data().join(folder)).expect("the folder of cases");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths
}

/// The message with the folder taken out of every path.
fn message(error: &ConfigError, folder: &str) -> String {
    let prefix = format!("{}/", data().join(folder).display());
    error.to_string().replace(&prefix, "")
}

fn mismatches<T>(folder: &str, read: impl Fn(&Path) -> Result<T, ConfigError>) -> Vec<String> {
    let mut faults = Vec::new();
    for path in cases(folder) {
        let expected = std::fs::read_to_string(path.with_extension("txt")).unwrap_or_default();
        let found = match read(&path) {
            Ok(_) => "it was accepted".to_owned(),
            Err(error) => message(&error, folder),
        };
        if found != expected.trim_end() {
            faults.push(format!("== {}\nexpected:\n{expected}\nfound:\n{found}\n", path.display()));
        }
    }
    faults
}

#[test]
fn malformed_cores_get_their_message() {
    let faults = mismatches("bad_core", |path| read_core(path));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn malformed_stimuli_get_their_message() {
    let core = read_core(data().join("core.toml")).unwrap_or_else(|error| panic!("{error}"));
    let faults = mismatches("bad_stimulus", |path| read_stimulus(path, &core));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn there_are_at_least_forty_five_cases() {
    assert!(cases("bad_core").len() + cases("bad_stimulus").len() >= 45);
}

#[test]
fn a_missing_file_is_named() {
    let error = read_core("no/such/core.toml").expect_err("there is no such file");
    assert!(matches!(error, ConfigError::Read { .. }));
    assert_eq!(error.to_string(), "cannot read no/such/core.toml: No such file or directory (os error 2)");
}
