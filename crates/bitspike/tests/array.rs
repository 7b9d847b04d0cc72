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
    ("[array]\nlevls = 8\n", &[], "array.toml:2:1: array.levls is not a key; did you mean \"levels\"?"),
    ("[array]\nlevels = \"many\"\n", &[], "array.toml:2:10: array.levels is \"many\" (a string), must be an integer"),
    ("[array]\ndevice = \"hfox\"\n", &[], "array.toml:2:10: array.device is \"hfox\", must be "),
    ("[array]\noff = [\"drift\"]\n", &[], "array.toml:2:8: array.off[0] is \"drift\", must be "),
    (
        "[array]\nlevels = 15\nmapping = \"offset\"\n",
        &[],
        "array.toml:2:10: array.levels is 15, must be a power of two",
    ),
    ("[array]\nscale = nan\n", &[], "array.toml:2:9: array.scale is NaN, must be a finite number"),
    (
        "[array]\nspread = { sigma = { absolute = 1e-6 }, factor = 101 }\n",
        &[],
        "array.toml:2:50: array.spread.factor is 101, must be 0 to 100",
    ),
    ("[array]\nspread = { sigma = { file = \"none.csv\" } }\n", &[], "none.csv"),
    ("[array]\nepochs = []\n", &[], "array.toml:2:10: array.epochs is empty"),
    ("array = 3\n", &[], "array.toml:1:9: array must be a section of keys"),
    ("core = { neurons = 1 }\n", &[], "ARRAY.toml is the core array.toml, which has no section [array]"),
    ("epochs = [{ seconds = 1 }, { seconds = 2 }]\n", &[], "array.toml:1:28: array.epochs[1].at_cycle is missing"),
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
    refused(&bitspike(folder.path(), &["array", "nowhere.toml"]), "cannot read nowhere.toml");
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

/// Two word lines, two neurons, weights that are levels of the device: 15 is 40 µS, 0 is 1 µS.
const CORE: &str = "core = { neurons = 2, word_lines = 2 }\nvalues.threshold = 100\n\
                    synapse.image = { rows = [[15, -15], [0, 5]] }\n";

fn core_with(array: &str) -> Result<bitspike_spec::config::LoadedCore, bitspike_spec::config::ConfigError> {
    bitspike::array::core_from_str(&format!("{CORE}{array}"), ".")
}

fn core_error(array: &str) -> String {
    core_with(array).expect_err("refused").to_string()
}

/// By hand: 1023 codes for 40 µS, 26 for 1 µS (25.6), 358 for level 5 (14 µS: 358.05).
#[test]
fn a_core_with_event_read_has_the_codes_of_its_cells_as_weights() {
    let core = core_with("[array]\n").unwrap_or_else(|error| panic!("{error}"));
    let weights = core.core.values().weights().unwrap().codes();
    assert_eq!(weights, [1023 - 26, 26 - 1023, 0, 358 - 26]);
    assert_eq!(core.core.structure().weight_bits, 11, "-997 to 997");
    assert_eq!(core.image().unwrap().unwrap().codes(), [15, -15, 0, 5]);
    let wide = core_with("synapse.weight_bits = 14\n[array]\n").unwrap().core;
    assert_eq!(wide.structure().weight_bits, 14);
}

/// A device that loses half of its conductance in every decade, `nu = log10 2`, without spread.
#[test]
fn epochs_of_a_core_are_its_images_and_their_first_cycles() {
    let drift = "[array]\ng_min = 0\ndrift = { power_law = { nu_mean = 0.30103, nu_sigma = 0, t0 = 1 } }\n";
    let epochs = "epochs = { count = 3, from_seconds = 1, to_seconds = 100, every_cycles = 500 }\n";
    let core = core_with(&format!("{drift}{epochs}")).unwrap_or_else(|error| panic!("{error}")).core;
    assert_eq!((core.structure().array.epochs, &core.values().epoch_starts[..]), (3, &[500, 1000][..]));
    let first: Vec<i16> = core.values().array.event_images().iter().map(|image| image.codes()[0]).collect();
    for (code, exact) in first.iter().zip([1023.0, 511.5, 255.75]) {
        assert!((f64::from(*code) - exact).abs() <= 0.51, "{first:?}");
    }
}

#[test]
fn a_core_with_analogue_read_is_as_its_keys_say() {
    let keys = "[array]\nread_mode = \"analogue\"\nmapping = \"bit_sliced\"\nlevels = 4\nslices = 2\nscale = 1\nrows_per_read = 1\n\
                settle_cycles = 3\nseed = 5\nnoise_seed = 77\ncode_bits = 8\nread_noise = { relative = 0.01, absolute = 0 }\n\
                adc = { kind = \"ramp\", columns_per_converter = 2, bits = 5, rounding = \"floor\" }\n";
    let core = core_with(keys).unwrap_or_else(|error| panic!("{error}")).core;
    let expected = bitspike_spec::array::AnalogueRead {
        rows_per_read: 1,
        settle_cycles: 3,
        converter: bitspike_spec::array::Converter::Ramp,
        columns_per_converter: 2,
        adc_bits: 5,
        adc_rounding: bitspike_spec::fx::Rounding::Floor,
        code_bits: 8,
        devices_per_cell: 2,
        slices: 2,
        slice_bits: 2,
        variance_bits: 12,
    };
    assert_eq!(core.structure().array.read, bitspike_spec::array::ArrayRead::Analogue(expected));
    assert_eq!(core.values().array.analogue().unwrap().noise_seed, 77);
    let again = bitspike_spec::config::from_str(&core.to_toml(), ".").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(again.core, core, "the plain form needs no devices");
    let offset = core_with("[array]\nread_mode = \"analogue\"\nmapping = \"offset\"\nseed = 9\n").unwrap().core;
    let bitspike_spec::array::ArrayRead::Analogue(read) = offset.structure().array.read else { panic!("analogue") };
    assert_eq!((read.devices_per_cell, read.variance_bits, read.rows_per_read), (1, 0, 2));
    assert_eq!(offset.values().array.analogue().unwrap().noise_seed, 9, "noise has the seed of the devices");
}

#[test]
fn a_wrong_array_of_a_core_gets_a_message_with_its_place() {
    let starts = |array: &str, message: &str| {
        let found = core_error(array);
        assert!(found.starts_with(message), "must say `{message}`\n{found}");
    };
    starts("[array]\nlevls = 8\n", "core.toml:5:1: array.levls is not a key; did you mean \"levels\"?");
    starts("[array]\nlevels = 1000\n", "core.toml:5:10: array.levels is 1000, must be 2 to 256");
    starts("[array]\ncode_bits = 8.0\n", "core.toml:5:13: array.code_bits is 8 (a float), must be an integer");
    starts("[array]\nmapping = \"ofset\"\n", "core.toml:5:11: array.mapping is \"ofset\", must be \"one_sided\",");
    starts(
        "[array]\nadc.kind = \"flash\"\n",
        "core.toml:5:12: array.adc.kind is \"flash\", must be \"sar\" or \"ramp\"",
    );
    starts("[array]\ndrift = { pcm = { t0 = 0 } }\n", "core.toml:5:24: array.drift.pcm.t0 is 0, must be 1e-9 to 1e9");
    starts("[array]\nspread = { sigma = { file = \"no.csv\" } }\n", "./no.csv: ");
    starts("[array]\ndevice = \"hfox\"\n", "core.toml:5:10: array.device is \"hfox\", must be \"ideal\", \"hfox_wan\"");
    starts("[array]\nsettle_cycles = 16\n", "core.toml:5:17: array.settle_cycles is 16, must be 1 to 15");
    starts("[array]\nrows_per_read = 0\n", "core.toml:5:17: array.rows_per_read is 0, must be 1 to 4096");
    starts("[array]\nseed = -1\n", "core.toml:5:8: array.seed is -1, must be 0 to 9223372036854775807");
    let analogue = "[array]\nread_mode = \"analogue\"\n";
    starts(
        &format!("{analogue}rows_per_read = 3\n"),
        "core.toml:6:17: array.rows_per_read is 3, must be 1 to core.word_lines = 2",
    );
    starts(
        &format!("{analogue}adc.columns_per_converter = 4\n"),
        "core.toml:6:29: array.adc.columns_per_converter is 4, must be a power of two that divides core.neurons / core.lanes = 2",
    );
    starts(
        "synapse.weight_bits = 8\n[array]\n",
        "core.toml:4:23: synapse.weight_bits is 8, must be 11 to 16, or absent: the array's weights are -997 to 997 (array.code_bits, array.i_lsb)",
    );
    starts(
        "[array]\nmapping = \"bit_sliced\"\nlevels = 256\nslices = 2\ncode_bits = 12\n",
        "core.toml:7:10: array.slices makes weights that 16 bits do not hold, as read_mode = \"event\" needs",
    );
    starts(
        "[array]\nwires = { r_wl = 1, r_bl = 1, topology = \"floating_rows\" }\nread_mode = \"analogue\"\n",
        "core.toml:5:",
    );
    starts(
        "[array]\nepochs = [{ seconds = 1 }, { seconds = 2, at_cycle = 1 }, { seconds = 3, at_cycle = 1 }]\n",
        "core.toml:5:10: array.epochs must rise in seconds and in at_cycle",
    );
}

/// Weights, seed and keys of a core are those of its array.
#[test]
fn a_core_is_measured_with_its_own_weights() {
    let folder = folder("", "");
    let array = "[array]\nspread = { sigma = { absolute = 1e-6 } }\n";
    fs::write(folder.path().join("core.toml"), format!("{CORE}{array}seed = 3\n")).unwrap();
    fs::write(folder.path().join("array.toml"), array).unwrap();
    fs::write(folder.path().join("weights.csv"), "15,-15\n0,5\n").unwrap();
    let call = bitspike(folder.path(), &["array", "core.toml", "--json"]);
    assert_eq!(call.code, Some(0), "{}", call.all());
    let json = call.json();
    let same = measured(folder.path(), &["--weights", "weights.csv", "--seed", "3"]);
    assert_eq!((&json["figures"], &json["characteristics"]), (&same["figures"], &same["characteristics"]));
    let other = measured(folder.path(), &["--weights", "weights.csv"]);
    assert_ne!(json["characteristics"], other["characteristics"], "the seed of the file is used");
}

/// A core with analogue read runs; the report shows its array.
#[test]
fn a_core_with_an_array_runs_and_reports() {
    let folder = folder("", "");
    let array = "[array]\nread_mode = \"analogue\"\nscale = 1\nadc.range = \"granular\"\nepochs = [{ seconds = 1 }, { seconds = 9, at_cycle = 3 }]\n";
    fs::write(folder.path().join("core.toml"), format!("{CORE}{array}")).unwrap();
    let stimulus = "time_steps = 10\n[[source]]\nkind = \"regular\"\ninterval_steps = 1\n";
    fs::write(folder.path().join("stimulus.toml"), stimulus).unwrap();
    let call = bitspike(folder.path(), &["run", "core.toml", "--stimulus", "stimulus.toml", "--json"]);
    assert_eq!(call.code, Some(0), "{}", call.all());
    // Neuron 0 gets 15 in each of ten time steps and fires at 105, neuron 1 gets -10.
    assert_eq!(call.json()["counters"]["spikes"], 1, "{}", call.stdout);
    let html = fs::read_to_string(folder.path().join("out/report.html")).unwrap();
    for text in ["Synapse array", "analogue read", "the first of 2 epochs", "from cycle 3"] {
        assert!(html.contains(text), "{text}");
    }
}

/// `BITSPIKE_BLESS=1` writes it anew.
#[test]
fn the_schema_of_cores_has_the_keys_of_devices_and_is_up_to_date() {
    let schema = bitspike_spec::config::schema_with(&bitspike_device::DeviceProgrammer);
    let path = root().join("docs/src/reference/core.schema.json");
    if std::env::var_os("BITSPIKE_BLESS").is_some() {
        fs::write(&path, &schema).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap();
    assert!(found == schema, "docs/src/reference/core.schema.json is stale; run the test with BITSPIKE_BLESS=1");
    let [core, devices]: [Value; 2] = [
        serde_json::from_str(&bitspike_spec::config::schema()).unwrap(),
        bitspike_device::ArrayConfig::schema().clone(),
    ];
    let known = core["$defs"].as_object().unwrap();
    for (name, definition) in devices["$defs"].as_object().unwrap() {
        let same = known.get(name).is_none_or(|known| known == definition);
        assert!(same, "{name} is two things");
    }
}

/// The first ten held-back digits on the quickstart's core with this array.
fn digits(array: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let quickstart = root().join("examples/quickstart");
    let core = fs::read_to_string(quickstart.join("core.toml")).unwrap();
    let core = core.replace("weights.csv\" }", &format!("{}\" }}", quickstart.join("weights.csv").display()));
    let keys =
        "read_mode = \"analogue\"\nscale = 1\ncode_bits = 12\ng_min = 0\nadc = { bits = 10, range = \"granular\" }\n";
    fs::write(folder.path().join("core.toml"), format!("{core}[array]\n{keys}{array}\n")).unwrap();
    let stimulus = format!(
        "[[source]]\nkind = \"images\"\nfile = \"{}\"\nrows = [1437, 1446]\nmax = 16\ncode = \"rate\"\nsteps_per_image = 20\nrest_steps = 10\n",
        quickstart.join("digits.csv").display()
    );
    fs::write(folder.path().join("stimulus.toml"), stimulus).unwrap();
    folder
}

/// After 1e8 s with an exponent of 1 nothing is left of a weight: no neuron fires, all potentials are 0, and class 0 wins.
const FADING: &str = "drift = { power_law = { nu_mean = 1, nu_sigma = 0, t0 = 1 } }\n";

fn share_of_zeros() -> f64 {
    let digits = fs::read_to_string(root().join("examples/quickstart/digits.csv")).unwrap();
    let labels = digits.lines().skip(1 + 1437).take(10).map(|line| line.split(',').next().unwrap());
    labels.filter(|&label| label == "0").count() as f64 / 10.0
}

#[test]
fn a_fading_array_loses_what_it_knew_and_an_ideal_one_does_not() {
    let folder = digits(&format!(
        "{FADING}epochs = {{ count = 3, from_seconds = 1, to_seconds = 1e8, every_cycles = 100000 }}\n"
    ));
    let words = ["study", "ageing", "core.toml", "--stimulus", "stimulus.toml", "--replicates", "2", "--json"];
    let call = bitspike(folder.path(), &words);
    assert_eq!(call.code, Some(0), "{}", call.all());
    let json = call.json();
    let digital = json["digital"].as_f64().unwrap();
    assert!(digital >= 0.7, "{digital}");
    let curve = |name: &str| -> Vec<f64> {
        let curves = list(&json["curves"]);
        let found = curves.iter().find(|curve| curve["name"] == name).unwrap();
        list(&found["accuracy"]).iter().map(|estimate| estimate["mean"].as_f64().unwrap()).collect()
    };
    assert_eq!(curve("ideal devices"), [digital; 3]);
    assert_eq!(curve("as it is")[0], digital);
    assert_eq!(curve("as it is")[2], share_of_zeros());
    let read = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    assert!(read("ageing.svg").contains("ideal devices") && read("ageing.html").contains("Accuracy against age"));
    assert!(read("ageing.json").contains("\"seconds\""));
    let text = bitspike(folder.path(), &words[..words.len() - 1]);
    assert!(text.stdout.contains("3.2 a"), "{}", text.all());
}

/// Integer weights are levels, so levels cost nothing; drift takes every spike.
#[test]
fn devices_are_a_layer_and_each_cause_costs_what_it_takes() {
    let folder = digits(&format!("{FADING}epochs = [{{ seconds = 1e8 }}]\n"));
    let call = bitspike(
        folder.path(),
        &["accuracy", "core.toml", "--stimulus", "stimulus.toml", "--replicates", "2", "--json"],
    );
    assert_eq!(call.code, Some(0), "{}", call.all());
    let json = call.json();
    let layer = |name: &str| list(&json["layers"]).iter().find(|layer| layer["layer"] == name).unwrap().clone();
    assert!(layer("fixed_point")["spikes"].as_u64().unwrap() > 0);
    assert_eq!(layer("device")["spikes"], 0);
    let rows = list(&json["devices"]["rows"]);
    let names: Vec<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["levels", "drift", "adc", "together"]);
    for (row, lost) in rows.iter().zip([0.0, 1.0, 0.0, 1.0]) {
        assert_eq!(row["count_error"]["mean"], lost, "{row}");
        let accuracy = if lost > 0.0 { share_of_zeros() } else { json["devices"]["ideal_accuracy"].as_f64().unwrap() };
        assert_eq!(row["accuracy"]["mean"], accuracy, "{row}");
    }
    assert_eq!(rows[0]["equal_neurons"]["mean"], 1.0);
    let html = fs::read_to_string(folder.path().join("out/accuracy.html")).unwrap();
    assert!(html.contains("<h2>Devices</h2>") && html.contains("what devices cost"));
}

#[test]
fn studies_of_devices_refuse_what_has_none_and_what_has_no_digital_twin() {
    let folder = digits("");
    let core = fs::read_to_string(folder.path().join("core.toml")).unwrap();
    let write = |text: &str| fs::write(folder.path().join("core.toml"), text).unwrap();
    write(core.split("[array]").next().unwrap());
    let study = ["study", "ageing", "core.toml", "--stimulus", "stimulus.toml"];
    refused(&bitspike(folder.path(), &study), "study ageing core.toml has no devices: it needs a section [array]");
    write(&core.replace("range = \"granular\"", "range = \"max\"").replace("bits = 10", "bits = 4"));
    let accuracy = ["accuracy", "core.toml", "--stimulus", "stimulus.toml"];
    refused(&bitspike(folder.path(), &accuracy), "[array] has no ideal weights: one level is 0.");
    write(&core);
    fs::write(folder.path().join("stimulus.toml"), "time_steps = 3\n").unwrap();
    refused(&bitspike(folder.path(), &study), "--stimulus shows no images with labels");
}
