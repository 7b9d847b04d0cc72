//! The figures of `bitspike accuracy` in a sweep: the same numbers, and no stop where a workload has none.
#![allow(clippy::unwrap_used)]

mod shell;

use shell::{Call, bitspike, copy_folder, pair, root};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const HEAD: &str = "[sweep]\nname = 'layers'\ncore = 'core.toml'\nstimulus = 'stimulus.toml'\n[accuracy]\n";

fn sweep(folder: &Path, text: &str) -> serde_json::Value {
    fs::write(folder.join("sweep.toml"), text).unwrap();
    let call = bitspike(folder, &["sweep", "run", "sweep.toml", "--json"]);
    assert_eq!(call.code, Some(0), "{}", call.all());
    call.json()
}

fn rows(folder: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder.join("out/sweep/results.csv")).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

/// What `bitspike accuracy` says of the core that `sweep open` writes.
fn alone(folder: &Path, design: usize, options: &[&str]) -> serde_json::Value {
    let call = bitspike(folder, &["sweep", "open", "sweep.toml", &design.to_string()]);
    assert_eq!(call.code, Some(0), "{}", call.all());
    let core = format!("out/sweep/points/{design}/core.toml");
    let call = bitspike(folder, &[&["accuracy", &core, "--stimulus", "stimulus.toml", "--json"], options].concat());
    assert_eq!(call.code, Some(0), "{}", call.all());
    call.json()
}

fn layers_of<'a>(report: &'a serde_json::Value, reference: &str, tested: &str) -> Option<&'a serde_json::Value> {
    let comparisons = report["comparisons"].as_array().unwrap();
    let found = comparisons.iter().find(|c| c["reference"] == reference && c["tested"] == tested)?;
    Some(&found["totals"])
}

/// Every number of `totals` is in the row under `prefix`; a step that none parts in is the number of steps.
fn check(row: &BTreeMap<String, String>, prefix: &str, totals: &serde_json::Value, steps: f64) -> usize {
    let mut compared = 0;
    for (name, value) in totals.as_object().unwrap() {
        let found = row.get(&format!("{prefix}_{name}")).map_or("", String::as_str);
        if name == "first_divergent_neuron" {
            assert_eq!(found, "");
        } else if name == "first_divergent_step" {
            assert_eq!(found.parse::<f64>().unwrap(), value.as_f64().unwrap_or(steps), "{prefix}_{name}");
        } else if let Some(value) = value.as_f64() {
            assert_eq!(found.parse::<f64>().unwrap(), value, "{prefix}_{name}");
            compared += 1;
        } else {
            assert_eq!(found, "", "{prefix}_{name}");
        }
    }
    compared
}

/// Four Izhikevich patterns: state widths, constants with and without rounding, with and without multipliers.
#[test]
fn the_figures_are_those_of_the_accuracy_command() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("examples/izhikevich_patterns"), folder.path());
    let axes = "window = 1e-3\n[[axis]]\nkeys = ['neuron.v.bits', 'neuron.v.frac', 'neuron.izhikevich.u.bits', 'neuron.i_syn.bits', 'synapse.weight_shift']\n\
        values = [[20, 10, 20, 17, 9], [26, 16, 26, 23, 15]]\n\
        [[axis]]\nname = 'form'\nkeys = ['neuron.izhikevich.form', 'neuron.izhikevich.constant.bits', 'neuron.izhikevich.constant.frac']\n\
        values = [['multiplier', 18, 16], ['multiplier', 30, 28], ['shift_add', 18, 16]]\n\
        [[objective]]\nmetric = 'quantisation_membrane_rmse'\ngoal = 'min'\n[[objective]]\nmetric = 'neuron.v.bits'\ngoal = 'min'\n";
    let result = sweep(folder.path(), &(HEAD.to_owned() + axes));
    assert_eq!(result["tally"]["computed"], 6, "{result:#}");
    let found = rows(folder.path());
    for (design, row) in found.iter().enumerate() {
        let report = alone(folder.path(), design, &["--window", "1"]);
        let steps = report["time_steps"].as_f64().unwrap();
        let pairs = [
            ("discretisation", "continuous", "discretised"),
            ("constants", "discretised", "constants"),
            ("quantisation", "constants", "fixed_point"),
            ("end_to_end", "continuous", "fixed_point"),
        ];
        for (prefix, reference, tested) in pairs {
            let totals = layers_of(&report, reference, tested).unwrap();
            assert!(check(row, prefix, totals, steps) >= 10, "{prefix}: {row:?}");
        }
        for signal in report["signals"].as_array().unwrap() {
            let name = signal["name"].as_str().unwrap().replace('[', "_").replace(']', "");
            let needed = &row[&format!("integer_bits_needed_{name}")];
            assert_eq!(needed.parse::<f64>().ok(), signal["integer_bits_needed"].as_f64(), "{name}");
        }
        let growth = report["sensitivity"]["growth"].as_f64().unwrap();
        assert_eq!(row["sensitivity_growth"].parse::<f64>().unwrap(), growth);
        let of_k2 = report["constants"].as_array().unwrap().iter().find(|c| c["name"] == "k2").unwrap();
        let error = of_k2["relative_error"].as_f64().unwrap().abs();
        assert_eq!(row["constant_error_k2"].parse::<f64>().unwrap(), error);
    }
    let error = |design: usize| found[design]["constant_error_k2"].parse::<f64>().unwrap();
    // 0.04 in 16 fraction bits is 2621 = 2^11 + 2^9 + 2^6 - 2^2 + 2^0, a digit more than shift_add has; 2622 has four.
    assert!((error(0) - (0.04 - 2621.0 / 65536.0) / 0.04).abs() < 1e-12, "{}", error(0));
    assert!((error(2) - (2622.0 / 65536.0 - 0.04) / 0.04).abs() < 1e-12, "{}", error(2));
    assert!(error(1) < error(0), "{} {}", error(0), error(1));
    let fraction = |design: usize| found[design]["quantisation_membrane_rmse"].parse::<f64>().unwrap();
    assert!(fraction(4) < fraction(1), "six fraction bits more make a smaller error");
}

/// A leak by a rounded factor and a fire check per operation: no layer in continuous time, and constants that were rounded.
#[test]
fn without_continuous_time_the_ends_are_the_layers_there_are() {
    let folder = pair();
    let core = shell::CORE
        .replace("leak = { form = \"none\" }", "leak = { form = \"multiply\", bits = 6 }")
        .replace("fire_check = \"per_time_step\"", "fire_check = \"per_operation\"")
        .replace("threshold = 6", "threshold = 6\ntau_m = 7e-3");
    fs::write(folder.path().join("core.toml"), core).unwrap();
    let axes = "[[axis]]\nkey = 'values.tau_m'\nvalues = [5e-3, 7e-3]\n\
        [[objective]]\nmetric = 'end_to_end_spike_count_error'\ngoal = 'min'\n";
    let result = sweep(folder.path(), &(HEAD.to_owned() + axes));
    let note = result["notes"][0].as_str().unwrap();
    assert!(note.starts_with("accuracy: no continuous layer: neuron.fire_check is \"per_operation\""), "{note}");
    for (design, row) in rows(folder.path()).iter().enumerate() {
        let report = alone(folder.path(), design, &[]);
        let steps = report["time_steps"].as_f64().unwrap();
        check(row, "constants", layers_of(&report, "discretised", "constants").unwrap(), steps);
        check(row, "quantisation", layers_of(&report, "constants", "fixed_point").unwrap(), steps);
        for prefix in ["end_to_end", "fixed_point"] {
            check(row, prefix, layers_of(&report, "discretised", "fixed_point").unwrap(), steps);
        }
        assert!(!row.contains_key("discretisation_spike_count_error"));
    }
}

/// Nothing is rounded where a leak is a shift: that layer is the one before it, and says so with errors of 0.
#[test]
fn constants_that_were_not_rounded_cost_nothing_and_are_not_missing() {
    let folder = pair();
    let axes = "[[axis]]\nkey = 'neuron.v.bits'\nvalues = [4, 8]\n";
    sweep(folder.path(), &(HEAD.to_owned() + axes));
    for row in rows(folder.path()) {
        let value = |name: &str| row[name].parse::<f64>().unwrap();
        assert_eq!((value("constants_membrane_rmse"), value("constants_van_rossum")), (0.0, 0.0));
        assert_eq!(value("fixed_point_membrane_rmse"), value("quantisation_membrane_rmse"));
        assert_eq!((value("constants_first_divergent_step"), value("constants_tested_spikes")), (3.0, 2.0));
    }
}

#[test]
fn a_workload_with_resets_leaves_the_figures_out_and_the_sweep_goes_on() {
    let folder = pair();
    let stimulus = shell::STIMULUS.replace("time_steps = 3", "time_steps = 3\ncycles = 60\nresets = [30]");
    fs::write(folder.path().join("stimulus.toml"), stimulus).unwrap();
    let axes = "[[axis]]\nkey = 'neuron.v.bits'\nvalues = [4, 8]\n[[objective]]\nmetric = 'spikes'\ngoal = 'max'\n";
    let result = sweep(folder.path(), &(HEAD.to_owned() + axes));
    assert_eq!((result["tally"]["computed"].as_u64(), result["designs"].as_u64()), (Some(2), Some(2)));
    assert_eq!(result["notes"].as_array().unwrap().len(), 1, "said once: {result:#}");
    assert!(result["notes"][0].as_str().unwrap().contains("--stimulus has resets"), "{result:#}");
    let row = &rows(folder.path())[0];
    assert!(row.contains_key("spikes") && !row.keys().any(|name| name.starts_with("quantisation")), "{row:?}");
    let again = bitspike(folder.path(), &["sweep", "report", "sweep.toml"]);
    assert!(again.stdout.contains("note: accuracy: --stimulus has resets"), "{}", again.all());
}

/// The integers of two designs may be equal where the numbers they stand for are not: each has its own figures.
#[test]
fn designs_of_equal_integers_and_other_reals_are_not_confused() {
    let folder = pair();
    let core = shell::CORE
        .replace("leak = { form = \"none\" }", "leak = { form = \"multiply\", bits = 3 }")
        .replace("threshold = 6", "threshold = 6\ntau_m = 7e-3");
    fs::write(folder.path().join("core.toml"), core).unwrap();
    let axes = "[[axis]]\nkey = 'values.tau_m'\nvalues = [7e-3, 7.5e-3]\n";
    let result = sweep(folder.path(), &(HEAD.to_owned() + axes));
    assert_eq!(result["tally"]["computed"], 2);
    let found = rows(folder.path());
    assert_eq!(found[0]["spikes"], found[1]["spikes"]);
    // exp(-1/7) = 0.8669 and exp(-1/7.5) = 0.8752 are both 7/8.
    let error = |row: usize| found[row]["constant_error_leak"].parse::<f64>().unwrap();
    let expected = [7.0_f64, 7.5].map(|tau| ((0.875 - (-1.0 / tau).exp()) / (-1.0 / tau).exp()).abs());
    assert!((error(0) - expected[0]).abs() < 1e-12 && (error(1) - expected[1]).abs() < 1e-12, "{found:?}");
}

#[test]
fn wrong_parameters_of_the_figures_are_refused_with_their_key() {
    let folder = pair();
    let axes = "[[axis]]\nkey = 'neuron.v.bits'\nvalues = [8]\n";
    for (line, message) in [
        ("window = -1.0\n", "accuracy.window is -1, must be a finite number 0 or above"),
        ("victor_purpura_cost = inf\n", "accuracy.victor_purpura_cost is inf, must be a finite number 0 or above"),
        ("van_rossum_tau = 0.0\n", "accuracy.van_rossum_tau is 0, must be a finite number above 0"),
        ("neurons = [1]\n", "unknown field `neurons`"),
    ] {
        fs::write(folder.path().join("sweep.toml"), [HEAD, line, axes].concat()).unwrap();
        let call: Call = bitspike(folder.path(), &["sweep", "run", "sweep.toml"]);
        assert!(call.code == Some(2) && call.stderr.contains(message), "{message}\n{}", call.all());
    }
}
