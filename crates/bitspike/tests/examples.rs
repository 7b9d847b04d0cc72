//! Every folder of `examples/` runs, model beside RTL, and does what its `expect.toml` says.
#![allow(clippy::unwrap_used)]

mod shell;

use shell::{bitspike, root};
use std::fs;
use std::path::PathBuf;

fn examples() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("examples")).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

#[test]
fn every_example_is_complete() {
    let found = examples();
    assert!(found.len() >= 4, "{found:?}");
    for folder in found {
        for file in ["core.toml", "stimulus.toml", "expect.toml", "README.md"] {
            assert!(folder.join(file).exists(), "{} has no {file}", folder.display());
        }
        let readme = fs::read_to_string(folder.join("README.md")).unwrap();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let command = format!(
            "bitspike cosim examples/{name}/core.toml --stimulus examples/{name}/stimulus.toml --out out/{name}"
        );
        assert!(readme.contains(&command), "{name}: README.md must show `{command}`");
    }
}

#[test]
fn every_example_runs_as_expected() {
    for folder in examples() {
        let expect: toml::Table = fs::read_to_string(folder.join("expect.toml")).unwrap().parse().unwrap();
        let out = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.join(name).display().to_string();
        let (core, stimulus, out_name) = (path("core.toml"), path("stimulus.toml"), out.path().display().to_string());
        let call = bitspike(&root(), &["cosim", &core, "--stimulus", &stimulus, "--out", &out_name, "--json"]);
        let name = folder.file_name().unwrap().to_string_lossy();
        assert_eq!(call.code, Some(0), "{name}\n{}", call.all());
        let result = call.json();
        for (key, value) in &expect {
            check(&name, key, value, &result);
        }
        println!(
            "{name}: {} cycles in {} comparisons",
            result["cycles"],
            result["cosim"]["comparisons"].as_array().unwrap().len()
        );
    }
}

fn check(name: &str, key: &str, value: &toml::Value, result: &serde_json::Value) {
    match key {
        "verdict" => assert_eq!(result["verdict"].as_str(), value.as_str(), "{name}"),
        "time_steps" => assert_eq!(result["time_steps"].as_i64(), value.as_integer(), "{name}"),
        "accuracy" => {
            let (found, least) = (result["metrics"]["accuracy"].as_f64().unwrap(), value.as_float().unwrap());
            assert!(found >= least, "{name}: accuracy {found}, expected at least {least}");
        }
        other => panic!("{name}: expect.toml has the unknown key {other}"),
    }
}
