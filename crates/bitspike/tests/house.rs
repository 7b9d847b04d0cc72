//! The rules that hold the house up (docs/src/architecture.md), read from the sources themselves.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn manifest(path: &Path) -> toml::Table {
    read(path).parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below `folder` with this extension.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.expect("readable folder").path()) {
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The bitspike crates a crate uses in its library (not in its tests).
fn house_dependencies(crate_name: &str) -> BTreeSet<String> {
    let manifest = manifest(&root().join("crates").join(crate_name).join("Cargo.toml"));
    let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table).cloned().unwrap_or_default();
    dependencies.keys().filter(|name| name.starts_with("bitspike")).cloned().collect()
}

#[test]
fn crates_depend_only_as_the_architecture_allows() {
    let spec = BTreeSet::from(["bitspike-spec".to_owned()]);
    assert_eq!(house_dependencies("bitspike-spec"), BTreeSet::new());
    for middle in ["bitspike-device", "bitspike-model", "bitspike-reference", "bitspike-cosim"] {
        assert_eq!(house_dependencies(middle), spec, "{middle} may use bitspike-spec and no other crate of the house");
    }
}

#[test]
fn the_workspace_has_the_six_crates_and_no_other() {
    let names: BTreeSet<String> = fs::read_dir(root().join("crates"))
        .expect("crates folder")
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .collect();
    let expected =
        ["bitspike", "bitspike-cosim", "bitspike-device", "bitspike-model", "bitspike-reference", "bitspike-spec"];
    assert_eq!(names, expected.map(str::to_owned).into());
}

/// A line without its comment and string contents, good enough to look for a type name.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == word)
}

#[test]
fn the_model_has_no_floats() {
    let source = root().join("crates/bitspike-model/src");
    assert!(read(&source.join("lib.rs")).contains("float_arithmetic"), "lib.rs denies clippy::float_arithmetic");
    for path in files(&source, "rs") {
        for (number, line) in read(&path).lines().enumerate() {
            let float = ["f32", "f64"].iter().any(|word| has_word(code(line), word));
            assert!(!float, "{}:{}: {line}", path.display(), number + 1);
        }
    }
}

#[test]
fn rtl_parameters_have_no_defaults_and_modules_their_own_file() {
    let sources = files(&root().join("hdl"), "sv");
    assert!(sources.len() >= 10, "only {} files in hdl/", sources.len());
    for path in sources {
        let text = read(&path);
        let modules: Vec<&str> = text
            .lines()
            .filter_map(|line| code(line).trim().strip_prefix("module "))
            .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default())
            .collect();
        let stem = path.file_stem().expect("file").to_string_lossy().into_owned();
        assert_eq!(modules, [stem.as_str()], "{}: one module, named as the file", path.display());
        for (number, line) in text.lines().enumerate() {
            let declares = code(line).trim_start().starts_with("parameter ");
            assert!(!(declares && code(line).contains('=')), "{}:{}: {line}", path.display(), number + 1);
        }
    }
}

#[test]
fn every_rtl_file_is_in_the_file_list_and_every_listed_file_exists() {
    let hdl = root().join("hdl");
    let listed: BTreeSet<PathBuf> = read(&hdl.join("files.f"))
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default().split('#').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty() && !line.starts_with('+'))
        .map(|line| hdl.join(line.trim_start_matches("hdl/")))
        .collect();
    assert_eq!(listed, files(&hdl, "sv").into_iter().collect());
}

#[test]
fn every_dependency_has_its_reason_beside_it() {
    let text = read(&root().join("Cargo.toml"));
    let lines = text.lines().skip_while(|line| *line != "[workspace.dependencies]").skip(1);
    let missing: Vec<&str> = lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| line.contains(" = ") && !line.starts_with('#') && !line.starts_with("bitspike"))
        .filter(|line| !line.contains("# "))
        .collect();
    assert_eq!(missing, Vec::<&str>::new(), "no reason beside these dependencies");
}

#[test]
fn every_dependency_is_used_by_a_crate() {
    let workspace = manifest(&root().join("Cargo.toml"));
    let declared = workspace["workspace"]["dependencies"].as_table().expect("table").keys();
    let manifests: String =
        files(&root().join("crates"), "toml").iter().filter(|p| p.ends_with("Cargo.toml")).map(|p| read(p)).collect();
    let unused: Vec<&String> = declared.filter(|name| !manifests.contains(&format!("{name}.workspace"))).collect();
    assert!(
        unused.iter().all(|name| manifests.contains(&format!("{name} = {{ workspace = true"))),
        "declared in the workspace, used nowhere: {unused:?}"
    );
}

#[test]
fn no_source_file_is_too_long() {
    for (folder, extension, limit) in [("crates", "rs", 700), ("hdl", "sv", 500)] {
        for path in files(&root().join(folder), extension) {
            let lines = read(&path).lines().count();
            let is_test = path.components().any(|part| part.as_os_str() == "tests");
            assert!(is_test || lines <= limit, "{} has {lines} lines, more than {limit}", path.display());
        }
    }
}

#[test]
fn every_page_of_the_book_is_in_its_summary_and_every_entry_exists() {
    let book = root().join("docs/src");
    let summary = read(&book.join("SUMMARY.md"));
    let listed: BTreeSet<PathBuf> = summary
        .split("](")
        .skip(1)
        .map(|rest| rest.split(')').next().unwrap_or_default())
        .map(|page| book.join(page.trim_start_matches("./")))
        .collect();
    let pages = files(&book, "md").into_iter().filter(|path| !path.ends_with("SUMMARY.md")).collect();
    assert_eq!(listed, pages);
}
