//! `bitspike array`: figures from theory, files, messages.
#![allow(clippy::unwrap_used)]

mod shell;

use serde_json::Value;
use shell::{Call, bitspike, root};
use std::fs;
use std::path::Path;

/// A folder with `array.toml` and `weights.csv`.
fn folder(array: &str, weights: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("array.toml"), array).unwrap();
    fs::write(folder.path().join("weights.csv"), weights).unwrap();
    folder
}

fn measured(folder: &Path, words: &[&str]) -> Value {
    let call = bitspike(folder, &[&["array", "array.toml", "--json"], words].concat());
    assert_eq!(call.code, Some(0), "{}", call.all());
    call.json()
}

fn with_weights(array: &str, weights: &str) -> Value {
    measured(folder(array, weights).path(), &["--weights", "weights.csv"])
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

/// Six weights, twelve devices: a pair for each, `g(k) = 1 + 2.6 k` µS, the other device of a pair at level 0.
#[test]
fn each_level_holds_the_devices_of_its_weights() {
    let json = with_weights("[array]\n", "# the largest weight gets level 15\n15, -15, 0\n5, 0, 0\n");
    let levels = list(&json["characteristics"]["levels"]);
    let found: Vec<(f64, u64)> =
        levels.iter().map(|level| (level["target"].as_f64().unwrap(), level["g"]["count"].as_u64().unwrap())).collect();
    let expected = [(1.0, 9), (14.0, 1), (40.0, 2)];
    assert_eq!(found.len(), 3, "{found:?}");
    for ((target, count), (g, n)) in found.iter().zip(expected) {
        assert!((target - g).abs() < 1e-9 && *count == n, "{found:?}");
    }
    for level in levels {
        let counts: u64 = list(&level["counts"]).iter().map(|count| count.as_u64().unwrap()).sum();
        assert_eq!(counts, level["g"]["count"].as_u64().unwrap(), "every device is in a bin");
    }
    assert_eq!(json["figures"]["devices"], 12);
    assert_eq!(json["figures"]["programming_error_largest"], 0.0);
    assert_eq!(json["config"]["device"], "ideal");
    assert_eq!(json["manifest"]["weights"]["file"], "weights.csv");
}

/// With an exact read the loop ends inside the window, and each pulse of width `sigma` from the target is accepted with
/// `p = erf(tolerance / (sigma sqrt 2))`: the pulses of those that need any are geometric with mean `1 / p`.
#[test]
fn write_verify_ends_inside_its_window_after_a_geometric_number_of_pulses() {
    let array = "[array]\ng_min = 8e-6\nspread = { sigma = { absolute = 1.5e-6 } }\n\
                 write_verify = { tolerance = 1e-6, sigma_pulse = 1e-6, max_pulses = 1000 }\n";
    let json = measured(folder(array, "").path(), &[]);
    let figures = &json["figures"];
    assert!(figures["programming_error_largest"].as_f64().unwrap() <= 1.0, "{figures}");
    assert_eq!(figures["devices_outside_window"], 0);
    let before = figures["error_before_verify"].as_f64().unwrap();
    let devices = 8192.0_f64;
    assert!((before / 1.5 - 1.0).abs() < 5.0 / (2.0 * devices).sqrt(), "deviation of a normal spread: {before}");
    let pulses: Vec<f64> = list(&json["characteristics"]["pulses"]).iter().map(|n| n.as_f64().unwrap()).collect();
    let pulsed: f64 = pulses[1..].iter().sum();
    let mean = pulses.iter().enumerate().map(|(n, count)| n as f64 * count).sum::<f64>() / pulsed;
    let of_all = figures["pulses_per_device"].as_f64().unwrap();
    assert!((of_all - mean * pulsed / devices).abs() < 1e-9, "{of_all}");
    let p = 0.682_689_492; // erf(1 / sqrt 2)
    let tolerance = 5.0 * ((1.0_f64 - p).sqrt() / p) / pulsed.sqrt();
    assert!((mean - 1.0 / p).abs() < tolerance, "{mean} against {} within {tolerance}", 1.0 / p);
    // Written once, a device is inside with erf(1 / (1.5 sqrt 2)) = 0.4950.
    let inside = pulses[0] / devices;
    assert!((inside - 0.495_015).abs() < 5.0 * (0.25 / devices).sqrt(), "{inside}");
}

/// Each device is stuck with probability 0.1, and every other ends inside the window; of the stuck ones, those aimed at the
/// level they are stuck at are inside too.
#[test]
fn stuck_devices_are_counted_and_set_apart() {
    let array = "[array]\nstuck = { low = 0.1 }\nspread = { sigma = { absolute = 2e-6 } }\nwrite_verify = { tolerance = 1e-6, sigma_pulse = 1e-6, max_pulses = 1000 }\n";
    let figures = measured(folder(array, "").path(), &[])["figures"].clone();
    let stuck = figures["stuck_devices"].as_f64().unwrap();
    assert!((stuck - 819.2).abs() < 5.0 * (8192.0_f64 * 0.09).sqrt(), "{stuck}");
    assert!(figures["devices_outside_window"].as_f64().unwrap() < stuck, "{figures}");
    assert!(figures["programming_error_working"].as_f64().unwrap() <= 1.0, "{figures}");
    assert!(figures["programming_error"].as_f64().unwrap() > 3.0, "{figures}");
}

/// Codes of 0 and 64, four word lines: full scale 256 for 128 codes, so every edge is two codes from the next, exactly.
#[test]
fn an_ideal_converter_has_no_non_linearity() {
    let array = "[array]\nlevels = 2\ng_min = 0\ncode_bits = 7\ni_lsb = 1.25e-7\nadc = { bits = 8 }\n";
    let json = with_weights(array, "1\n1\n1\n1\n");
    assert_eq!(json["figures"]["adc_inl_largest"], 0.0);
    assert_eq!(json["figures"]["adc_dnl_largest"], 0.0);
    assert_eq!(json["figures"]["mvm_error"], 0.0);
    let edges: Vec<i64> =
        list(&json["characteristics"]["adc"][0]["edges"]).iter().map(|edge| edge.as_i64().unwrap()).collect();
    let expected: Vec<i64> = (-127..=127).map(|code| 2 * code - 1).collect();
    assert_eq!(edges, expected, "code c begins at 2 c - 1: halves are rounded up");
}

/// A power law without spread: every conductance falls by the same factor.
#[test]
fn drift_follows_its_law_at_the_epochs_of_the_command_line() {
    let array = "[array]\ndrift = { power_law = { nu_mean = 0.1, nu_sigma = 0, t0 = 1 } }\n";
    let folder = folder(array, "1,-0.2\n");
    let json = measured(folder.path(), &["--weights", "weights.csv", "--epochs", "10,100,1e6"]);
    let points = list(&json["characteristics"]["drift"]);
    assert_eq!(points.len(), 9, "three targets at three epochs");
    for point in points {
        let [seconds, target] = ["seconds", "target"].map(|key| point[key].as_f64().unwrap());
        let mean = point["g"]["mean"].as_f64().unwrap();
        assert!((mean / (target * seconds.powf(-0.1)) - 1.0).abs() < 1e-12, "{point}");
    }
    let moved = json["figures"]["drift_of_a_mean_largest"].as_f64().unwrap();
    assert!((moved - 40.0 * (10_f64.powf(-0.1) - 1e6_f64.powf(-0.1))).abs() < 1e-9, "{moved}");
}

/// One cell is a voltage divider: wires of `R` in all take `g R / (1 + g R)` of its current.
#[test]
fn the_wires_of_one_cell_are_a_divider() {
    let json = with_weights("[array]\nwires = { r_wl = 100, r_bl = 200, r_driver = 300, r_sense = 400 }\n", "1\n");
    let drop = json["figures"]["ir_drop_largest"].as_f64().unwrap();
    let gr = 40e-6 * 1000.0;
    assert!((drop - 100.0 * gr / (1.0 + gr)).abs() < 1e-6, "{drop}");
}

/// Independent errors of deviation `s` in both devices of a pair: a sum of `d n` active cells is off by `sqrt(2 d n) s / step`.
///
/// The tolerance: devices are drawn once for 64 bit lines (2.5 % of the deviation, mostly from the mean error of each line), and
/// inputs are 64 patterns (1.5 %); four of these together.
#[test]
fn errors_of_sums_grow_with_the_root_of_the_active_word_lines() {
    let array = "[array]\ng_min = 8e-6\nspread = { sigma = { absolute = 0.5e-6 } }\n";
    let json = measured(folder(array, "").path(), &[]);
    for error in list(&json["characteristics"]["mvm"]) {
        let density = error["density"].as_f64().unwrap();
        let expected = (2.0 * density * 64.0).sqrt() * 0.5 / (32.0 / 15.0);
        let found = error["array"]["deviation"].as_f64().unwrap();
        assert!((found / expected - 1.0).abs() < 0.12, "{density}: {found} against {expected}");
    }
    assert_eq!(json["figures"]["mvm_error"], json["characteristics"]["mvm"][1]["array"]["deviation"]);
}

#[test]
fn files_of_the_report_stand_alone() {
    let array = "[array]\ndevice = \"hfox_wan\"\nwrite_verify = { tolerance = 1e-6, sigma_pulse = 1e-6 }\n\
                 wires = { r_wl = 1, r_bl = 1 }\nepochs = [{ seconds = 0 }, { seconds = 3600, at_cycle = 9 }]\n";
    let folder = folder(array, "1,0,-1\n0.5,-0.5,0.1\n");
    let call = bitspike(folder.path(), &["array", "array.toml", "--weights", "weights.csv"]);
    assert_eq!(call.code, Some(0), "{}", call.all());
    let read = |name: &str| fs::read_to_string(folder.path().join("out/array").join(name)).unwrap();
    let page = read("report.html");
    let outside = ["href=\"http", "src=\"http", "url(http", "@import", "<script"];
    assert!(outside.iter().all(|address| !page.contains(address)), "the report needs nothing from outside");
    let plots = ["levels", "error", "pulses", "drift", "ir_drop", "adc_transfer", "adc_linearity", "mvm_error"];
    assert_eq!(page.matches("<svg").count(), plots.len());
    for name in plots {
        let svg = read(&format!("{name}.svg"));
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.contains("<style>"), "{name}");
        assert!(!svg.contains("var(") && !svg.contains("NaN") && !svg.contains("inf"), "{name}");
        assert!(call.stdout.contains(&format!("{name}.svg")), "{}", call.stdout);
    }
    let json: Value = serde_json::from_str(&read("array.json")).unwrap();
    assert_eq!(json["epochs"][1]["at_cycle"], 9);
}

#[test]
fn equal_seeds_give_equal_bytes_and_other_seeds_do_not() {
    let folder = folder("", "");
    for (out, seed) in [("first", "7"), ("second", "7"), ("third", "8")] {
        let words = ["array", "--preset", "pcm_joshi", "--seed", seed, "--out", out];
        assert_eq!(bitspike(folder.path(), &words).code, Some(0));
    }
    let read = |out: &str, file: &str| fs::read(folder.path().join(out).join(file)).unwrap();
    for file in ["array.json", "report.html", "levels.svg"] {
        assert_eq!(read("first", file), read("second", file), "{file}");
        assert_ne!(read("first", file), read("third", file), "{file}");
    }
}

#[test]
fn images_for_the_rtl_match_their_checksums() {
    let folder = folder("[array]\ncode_bits = 10\n", "1,-0.2,0\n");
    measured(folder.path(), &["--weights", "weights.csv", "--hand-over", "images"]);
    let read = |name: &str| fs::read_to_string(folder.path().join("images").join(name)).unwrap();
    let manifest: Value = serde_json::from_str(&read("manifest.json")).unwrap();
    let files = [list(&manifest["adc_files"]).clone(), list(&manifest["epochs"][0]["files"]).clone()].concat();
    assert_eq!(files.len(), 4);
    for file in &files {
        let text = read(file["name"].as_str().unwrap());
        assert_eq!(bitspike::results::sha256_hex(text.as_bytes()), file["sha256"].as_str().unwrap(), "{file}");
    }
    // 40 µS is code 1023; 1 µS is 1023 / 40, level 3 of 15 is 8.8 µS: 1023 * 0.22.
    assert_eq!(read("epoch0_slice0_plus.hex"), format!("{:x}\n{:x}\n{:x}\n", 1023, 26, 26));
    assert_eq!(read("epoch0_slice0_minus.hex"), format!("{:x}\n{:x}\n{:x}\n", 26, 225, 26));
}

#[test]
fn every_preset_is_listed_and_measured() {
    let folder = folder("", "");
    let text = bitspike(folder.path(), &["array", "--list-presets"]).stdout;
    let names: Vec<&str> = text.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(names.len(), bitspike_device::presets::PRESETS.len());
    for name in names {
        let call = bitspike(folder.path(), &["array", "--preset", name, "--json"]);
        assert_eq!(call.code, Some(0), "{name}\n{}", call.all());
        let figures = &call.json()["figures"];
        let lines = bitspike_device::presets::preset(name).unwrap().lines.unwrap_or((64, 64));
        assert_eq!(
            (figures["word_lines"].as_u64(), figures["bit_lines"].as_u64()),
            (Some(lines.0.into()), Some(lines.1.into()))
        );
        assert_eq!(figures["weights_clamped"], 0, "the test pattern fits: {name}");
    }
}

#[test]
fn the_file_of_the_book_is_measured() {
    let page = fs::read_to_string(root().join("docs/src/tutorial/array.md")).unwrap();
    let toml = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let json = measured(folder(toml, "").path(), &[]);
    assert_eq!(json["figures"]["epochs"], 3);
    let table = page.split("## Reading the figures").nth(1).unwrap();
    for name in ["devices_outside_window", "drift_of_a_mean_largest", "adc_inl_largest", "mvm_error_converted"] {
        assert!(!json["figures"][name].is_null() && table.contains(name), "{name}");
    }
}

/// `array.toml`, options, and what the message must say.
type Bad = (&'static str, &'static [&'static str], &'static str);

const BAD_ARRAY: &[Bad] = &[
    ("[array]\nlevels = 1000\n", &[], "array.toml:2:10: array.levels is 1000, must be 2 to 256"),
    ("levels = 1000\n", &[], "array.toml:1:10: array.levels is 1000, must be 2 to 256"),
    ("[array]\n[array.adc]\nbits = 13\n", &[], "array.toml:3:8: array.adc.bits is 13, must be 1 to 12"),
    ("[array]\nlevls = 8\n", &[], "array.toml:2:9: array.levls cannot be read: unknown field `levls`"),
    (
        "[array]\nlevels = \"many\"\n",
        &[],
        "array.toml:2:10: array.levels cannot be read: invalid type: string \"many\"",
    ),
    ("[array]\ndevice = \"hfox\"\n", &[], "array.toml:2:10: array.device is \"hfox\", must be "),
    ("[array]\noff = [\"drift\"]\n", &[], "array.toml:2:7: array.off is \"drift\", must be "),
    (
        "[array]\nlevels = 15\nmapping = \"offset\"\n",
        &[],
        "array.toml:2:10: array.levels is 15, must be a power of two",
    ),
    ("[array]\nscale = nan\n", &[], "array.toml:2:9: array.scale holds inf or nan, must be finite"),
    (
        "[array]\nspread = { sigma = { absolute = 1e-6 }, factor = 101 }\n",
        &[],
        "array.toml:2:50: array.spread.factor is 101, must be 0 to 100",
    ),
    ("[array]\nspread = { sigma = { file = \"none.csv\" } }\n", &[], "none.csv"),
    ("[array]\nepochs = []\n", &[], "array.toml:2:10: array.epochs is empty"),
    ("array = 3\n", &[], "array must be a section of keys"),
    ("[array\n", &[], "array.toml:1:"),
    ("[array]\n", &["--preset", "hfox"], "--preset is \"hfox\", must be one of: ideal, hfox_wan"),
    ("[array]\n", &["--epochs", "5,1"], "--epochs has 5 before 1, must rise"),
    ("[array]\n", &["--epochs", "1,1e11"], "--epochs holds 100000000000, must be 0 to 1e10 seconds"),
    ("[array]\n", &["--epochs", "x"], "invalid value 'x'"),
    ("[array]\n", &["--epochs", "1,2", "--hand-over", "images"], "cannot be used with"),
    ("[array]\n", &["--weights", "nowhere.csv"], "nowhere.csv: cannot be read"),
    ("[array]\n", &["--out", "array.toml"], "array.toml: cannot be written"),
    ("[array]\n", &["--hand-over", "array.toml"], "array.toml: cannot be written"),
];

fn refused(call: &Call, message: &str) {
    assert_eq!(call.code, Some(2), "{}", call.all());
    assert!(call.stderr.contains(message), "must say `{message}`\n{}", call.all());
    assert!(call.stdout.is_empty(), "{}", call.all());
}

#[test]
fn a_wrong_array_gets_a_message_with_its_place() {
    for (array, words, message) in BAD_ARRAY {
        let folder = folder(array, "1\n");
        refused(&bitspike(folder.path(), &[&["array", "array.toml"], *words].concat()), message);
    }
    let folder = folder("", "");
    refused(&bitspike(folder.path(), &["array"]), "<ARRAY.toml>");
    refused(&bitspike(folder.path(), &["array", "nowhere.toml"]), "nowhere.toml: cannot be read");
}

#[test]
fn wrong_weights_get_a_message_with_line_and_column() {
    let cases = [
        ("1,2\n3,x\n", "weights.csv: line 2, column 2: weight is \"x\", must be a finite number"),
        ("1,2\n3,inf\n", "weights.csv: line 2, column 2: weight is \"inf\", must be a finite number"),
        ("# a comment\n1,2\n3\n", "weights.csv: line 3: has 1 weights, must have 2 as the first line"),
        ("", "weights.csv: has no weights"),
    ];
    for (weights, message) in cases {
        let folder = folder("[array]\n", weights);
        refused(&bitspike(folder.path(), &["array", "array.toml", "--weights", "weights.csv"]), message);
    }
}

/// Rows that float are solved one by one: far more than a second for this array.
#[cfg(unix)]
#[test]
fn ctrl_c_stops_a_measurement() {
    let array = "[array]\nwires = { r_wl = 5, r_bl = 5, topology = \"floating_rows\" }\n";
    let folder = folder(array, &format!("{}\n", vec!["1"; 1024].join(",")).repeat(1024));
    let mut command = shell::command(folder.path());
    command.args(["array", "array.toml", "--weights", "weights.csv"]);
    let child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    while !folder.path().join("out/array").exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let call = Call::from(child.wait_with_output().unwrap());
    assert_eq!(call.code, Some(130), "{}", call.all());
    assert!(call.stderr.contains("interrupted") && call.stdout.is_empty(), "{}", call.all());
    assert!(!folder.path().join("out/array/array.json").exists());
}
