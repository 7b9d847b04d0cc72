//! `bitspike synth`: areas against hand-made expectations, the wrapper on every module, tools that are absent.
//!
//! Needs Yosys and nextpnr-ice40: without them the tests fail and say what to install.
#![allow(clippy::unwrap_used)]

mod shell;

use shell::{Call, command, pair, root};
use std::fs;
use std::path::Path;

fn synth(folder: &Path, words: &[&str]) -> Call {
    let mut call = command(folder);
    call.env("BITSPIKE_CACHE", folder.join("cache"));
    call.arg("synth").args(words).output().unwrap().into()
}

#[test]
fn the_neuron_has_cells_modules_and_a_clock_and_comes_from_the_cache_the_second_time() {
    let folder = pair();
    let words = ["core.toml", "--module", "lane", "--seeds", "1,2", "--json"];
    let first = synth(folder.path(), &words);
    assert_eq!(first.code, Some(0), "{}", first.all());
    let result = &first.json()[0];
    let cells = &result["area"]["cells"];
    // Combinational: 8 bits to add and to compare, no register, no memory.
    let luts = cells["SB_LUT4"].as_u64().unwrap();
    assert!((16..200).contains(&luts), "{result:#}");
    assert!(cells.as_object().unwrap().keys().all(|cell| ["SB_LUT4", "SB_CARRY"].contains(&cell.as_str())), "{cells}");
    assert_eq!(result["clock"]["mhz"].as_array().unwrap().len(), 2, "one frequency for each seed");
    let path: f64 =
        result["clock"]["critical_path"].as_array().unwrap().iter().map(|s| s["delay"].as_f64().unwrap()).sum();
    let mhz: Vec<f64> = result["clock"]["mhz"].as_array().unwrap().iter().map(|m| m.as_f64().unwrap()).collect();
    let median = mhz.iter().copied().fold(f64::INFINITY, f64::min);
    assert!((1e3 / path - median).abs() < 0.01 * median, "the critical path of {path} ns is that of {median} MHz");
    let names: Vec<&str> =
        result["modules"].as_array().unwrap().iter().map(|m| m["module"].as_str().unwrap()).collect();
    assert!(names.contains(&"lif_time_step") && names.contains(&"fit"), "{names:?}");
    let seconds = std::time::Instant::now();
    let second = synth(folder.path(), &words);
    assert_eq!(second.stdout, first.stdout, "the cache gives the same result, its time included");
    assert!(seconds.elapsed().as_secs_f64() < 1.0, "nothing is synthesised twice");
}

/// A library in which every cell but the flip-flop has area 1: the chip area is the number of cells.
#[test]
fn standard_cells_add_up_to_the_area() {
    let folder = pair();
    let library = root().join("crates/bitspike/tests/data/unit_area.lib");
    fs::copy(library, folder.path().join("cells.lib")).unwrap();
    let call = synth(
        folder.path(),
        &["core.toml", "--module", "lane", "--target", "asic", "--liberty", "cells.lib", "--json"],
    );
    assert_eq!(call.code, Some(0), "{}", call.all());
    let area = &call.json()[0]["area"];
    let total: f64 = area["cells"].as_object().unwrap().values().map(|count| count.as_f64().unwrap()).sum();
    assert_eq!(area["chip_area"].as_f64(), Some(total), "{area:#}");
    assert!(total > 50.0);
}

#[test]
fn more_bits_take_more_carry_cells_one_for_one() {
    let folder = pair();
    let carry = |bits: u32| {
        let text = shell::CORE.replace("bits = 8", &format!("bits = {bits}"));
        fs::write(folder.path().join("core.toml"), text).unwrap();
        let call = synth(folder.path(), &["core.toml", "--module", "lane", "--seeds", "1", "--json"]);
        assert_eq!(call.code, Some(0), "{}", call.all());
        call.json()[0]["area"]["cells"]["SB_CARRY"].as_u64().unwrap()
    };
    let [narrow, middle, wide] = [8, 12, 16].map(carry);
    assert_eq!(wide - middle, middle - narrow, "adders and comparators grow linearly: {narrow}, {middle}, {wide}");
}

#[test]
fn a_tool_that_is_absent_is_named_and_its_column_left_out() {
    let folder = pair();
    let tools = folder.path().join("tools");
    fs::create_dir(&tools).unwrap();
    let yosys = std::env::split_paths(&std::env::var_os("PATH").unwrap()).map(|p| p.join("yosys")).find(|p| p.exists());
    let yosys = yosys.expect("this test runs Yosys; install it with: apt-get install -y yosys");
    let run = |path: &Path, words: &[&str]| -> Call {
        let mut call = command(folder.path());
        call.env("PATH", path).env("BITSPIKE_CACHE", folder.path().join("cache2"));
        call.arg("synth").args(words).output().unwrap().into()
    };
    let none = run(&tools, &["core.toml"]);
    assert_eq!(none.code, Some(3), "{}", none.all());
    assert!(
        none.stderr.contains("yosys was not found") && none.stderr.contains("apt-get install -y yosys"),
        "{}",
        none.all()
    );
    // Yosys starts ABC from its own folder: a script instead of a link.
    let script = format!("#!/bin/sh\nPATH=/usr/bin:/bin exec {} \"$@\"\n", yosys.display());
    fs::write(tools.join("yosys"), script).unwrap();
    let mut mode = fs::metadata(tools.join("yosys")).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    fs::set_permissions(tools.join("yosys"), mode).unwrap();
    let without = run(&tools, &["core.toml", "--module", "fit"]);
    assert_eq!(without.code, Some(2), "fit has parameters of its own: {}", without.all());
    let without = run(&tools, &["core.toml", "--module", "lane", "--json"]);
    assert_eq!(without.code, Some(0), "{}", without.all());
    let result = &without.json()[0];
    assert!(result["clock"].is_null());
    assert!(result["notes"][0].as_str().unwrap().contains("nextpnr-ice40 was not found"), "{result:#}");
}

#[test]
fn what_a_tool_says_about_broken_rtl_is_shown() {
    let folder = pair();
    shell::copy_folder(&root().join("hdl"), &folder.path().join("hdl"));
    let fit = folder.path().join("hdl/neuron/fit.sv");
    let text = fs::read_to_string(&fit).unwrap();
    fs::write(&fit, text.replace("endmodule", "  assign nothing[3 = 1;\nendmodule")).unwrap();
    let call = synth(folder.path(), &["core.toml", "--module", "lane", "--hdl", "hdl"]);
    assert_eq!(call.code, Some(3), "{}", call.all());
    assert!(call.stderr.contains("yosys failed on lane") && call.stderr.contains("fit.sv"), "{}", call.all());
    let missing = synth(folder.path(), &["core.toml", "--target", "asic"]);
    assert!(missing.code == Some(2) && missing.stderr.contains("--liberty is not given"), "{}", missing.all());
}

/// A macro has no cells to place: the area is that of the logic around it, and the clock is left out with its reason.
#[test]
fn an_array_with_converters_is_a_black_box_without_a_clock() {
    let folder = pair();
    let core = fs::read_to_string(folder.path().join("core.toml")).unwrap();
    let array = "\n[array]\nread_mode = \"analogue\"\nscale = 1\nadc = { bits = 4, range = \"granular\" }\n";
    fs::write(folder.path().join("core.toml"), core + array).unwrap();
    let call = synth(folder.path(), &["core.toml", "--json"]);
    assert_eq!(call.code, Some(0), "{}", call.all());
    let result = &call.json()[0];
    let modules = result["modules"].as_array().unwrap();
    let own = |name: &str| modules.iter().find(|m| m["module"] == name).unwrap()["area"]["cells"].clone();
    assert_eq!(own("crossbar_macro"), serde_json::json!({}), "{result:#}");
    assert!(own("sar_converters")["SB_LUT4"].as_u64().unwrap() > 0, "{result:#}");
    assert!(result["clock"].is_null(), "{result:#}");
    assert!(
        result["notes"][0].as_str().unwrap().contains("bitspike_core holds the array as a hard macro"),
        "{result:#}"
    );
}
