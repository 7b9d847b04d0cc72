//! The command line: results, messages and exit codes.
#![allow(clippy::unwrap_used)]

mod shell;

use shell::{bitspike, command, pair, root};
use std::fs;
use std::process::Stdio;
use std::time::Duration;

const RUN: [&str; 4] = ["run", "core.toml", "--stimulus", "stimulus.toml"];

#[test]
fn every_command_has_help_with_examples() {
    let folder = pair();
    let names = [
        "new",
        "run",
        "cosim",
        "compare",
        "accuracy",
        "fuzz",
        "array",
        "synth",
        "sweep",
        "patterns",
        "study",
        "doctor",
        "completions",
        "schema",
    ];
    for name in names {
        let call = bitspike(folder.path(), &[name, "--help"]);
        assert_eq!(call.code, Some(0), "{}", call.all());
        assert!(call.stdout.contains("Example"), "{name}: {}", call.stdout);
        assert!(call.stdout.contains(&format!("bitspike {name}")), "{name}: {}", call.stdout);
    }
}

#[test]
fn a_run_leaves_spikes_counters_and_a_report() {
    let folder = pair();
    let call = bitspike(folder.path(), &RUN);
    assert_eq!(call.code, Some(0), "{}", call.all());
    // Neuron 0 reaches 6 with the second spike, neuron 1 with its first. Two groups, so events of 3 slots back to back:
    // the sixth event (last time step) is fetched one cycle after the fifth ends. The cycle numbers are asserted by the contract's tests.
    let spikes = fs::read_to_string(folder.path().join("out/spikes.csv")).unwrap();
    let spikes: Vec<(&str, &str)> =
        spikes.lines().map(|line| (line.split(',').next().unwrap(), line.split(',').next_back().unwrap())).collect();
    assert_eq!(spikes, [("time_step", "neuron"), ("1", "0"), ("2", "1")]);
    let counters: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("out/counters.json")).unwrap()).unwrap();
    assert_eq!(counters["counters"]["synaptic_ops"], 6, "three events on two neurons");
    assert_eq!(counters["counters"]["events_accepted"], 6);
    assert_eq!(counters["counters"]["spikes"], 2);
    assert_eq!(counters["structure"]["Neurons"], 2);
    assert_eq!(counters["manifest"]["name"], "pair");
    let report = fs::read_to_string(folder.path().join("out/report.html")).unwrap();
    assert!(report.contains("<svg") && report.contains("pair"));
    let outside = ["href=\"http", "src=\"http", "url(http", "@import"];
    assert!(outside.iter().all(|address| !report.contains(address)), "the report needs nothing from outside");
}

#[test]
fn json_goes_to_standard_output_and_nothing_else_does() {
    let folder = pair();
    let call = bitspike(folder.path(), &[&RUN[..], &["--json", "--out", "elsewhere"]].concat());
    let json = call.json();
    assert_eq!(json["time_steps"], 3);
    assert_eq!(json["files"][0], "elsewhere/spikes.csv");
    assert_eq!(json["interrupted"], false);
}

#[test]
fn traces_of_the_neurons_asked_for_hold_v_after_each_time_step() {
    let folder = pair();
    let call = bitspike(folder.path(), &[&RUN[..], &["--neurons", "1,0", "--trace"]].concat());
    assert_eq!(call.code, Some(0), "{}", call.all());
    let trace = fs::read_to_string(folder.path().join("out/v.csv")).unwrap();
    assert_eq!(trace, "time_step,v1,v0\n0,0,3\n1,0,0\n2,0,0\n");
    let waveform = fs::read_to_string(folder.path().join("out/model.vcd")).unwrap();
    assert!(waveform.contains("write_v") && waveform.contains("$enddefinitions"));
}

#[test]
fn equal_runs_write_equal_bytes() {
    let folder = pair();
    for out in ["first", "second"] {
        bitspike(folder.path(), &[&RUN[..], &["--out", out]].concat());
    }
    for file in ["spikes.csv", "counters.json", "report.html"] {
        let read = |out: &str| fs::read(folder.path().join(out).join(file)).unwrap();
        assert_eq!(read("first"), read("second"), "{file}");
    }
}

/// Words, exit code, and what the message must say.
type Bad = (&'static [&'static str], i32, &'static str);

const BAD_INPUT: &[Bad] = &[
    (&["run", "core.toml"], 2, "--stimulus"),
    (&["run", "nowhere.toml", "--stimulus", "stimulus.toml"], 2, "nowhere.toml"),
    (&["run", "core.toml", "--stimulus", "nowhere.toml"], 2, "nowhere.toml"),
    (&["run", "stimulus.toml", "--stimulus", "stimulus.toml"], 2, "time_steps"),
    (&["run", "core.toml", "--stimulus", "core.toml"], 2, "core"),
    (
        &["run", "core.toml", "--stimulus", "stimulus.toml", "--neurons", "0,2"],
        2,
        "names neuron 2, the core has neurons 0 to 1",
    ),
    (&["run", "core.toml", "--stimulus", "stimulus.toml", "--neurons", "x"], 2, "invalid value 'x'"),
    (&["run", "core.toml", "--stimulus", "stimulus.toml", "--cycles", "0"], 2, "0 is not in 1.."),
    (&["run", "core.toml", "--stimulus", "stimulus.toml", "--out", "core.toml"], 2, "core.toml: cannot be written"),
    (&["cosim", "core.toml", "--stimulus", "stimulus.toml", "--hdl", "nowhere"], 2, "has no files.f"),
    (
        &["cosim", "core.toml", "--stimulus", "stimulus.toml", "--way", "sideways"],
        2,
        "possible values: lockstep, vcd, fst, both",
    ),
    (&["cosim", "core.toml", "--stimulus", "stimulus.toml", "--x-seeds", "one"], 2, "invalid value 'one'"),
    (&["compare", "core.toml", "nowhere.vcd"], 2, "core.toml"),
    (&["compare", "nowhere.vcd", "nowhere.vcd"], 2, "nowhere.vcd"),
    (&["compare", "a.vcd", "a.vcd", "--scope", "missing"], 2, "missing"),
    (&["compare", "a.vcd", "a.vcd", "--clock", "missing"], 2, "missing"),
    (&["compare", "a.vcd", "a.vcd", "--ignore", "nothing"], 2, "nothing"),
    (&["compare", "a.vcd", "a.vcd", "--condition", "rst"], 2, "--clock"),
    (&["fuzz"], 2, "<CORE>"),
    (&["fuzz", "core.toml", "--random"], 2, "cannot be used with"),
    (&["fuzz", "--random", "--cases", "0"], 2, "0 is not in 1.."),
    (&["patterns", "--frac", "3"], 2, "3 is not in 4..=30"),
    (&["patterns", "--frac", "31"], 2, "31 is not in 4..=30"),
    (&["patterns", "--constant-frac", "33"], 2, "33 is not in 4..=32"),
    (&["patterns", "--rounding", "up"], 2, "possible values: floor, toward_zero, half_up, half_even, stochastic"),
    (&["patterns", "--form", "analog"], 2, "possible values: multiplier, shift_add"),
    (&["patterns", "--order", "random"], 2, "possible values: sequential, simultaneous"),
    (&["patterns", "--digits", "3"], 2, "--digits is 3, has no meaning without --form shift_add"),
    (&["patterns", "--segment-bits", "3"], 2, "--segment-bits is 3, has no meaning without --form shift_add"),
    (&["patterns", "--form", "shift_add", "--digits", "5"], 2, "5 is not in 1..=4"),
    (&["patterns", "--form", "shift_add", "--segment-bits", "0"], 2, "0 is not in 1..=4"),
    (&["patterns", "--seed", "-1"], 2, "unexpected argument '-1'"),
    (&["patterns", "--out", "core.toml"], 2, "core.toml: cannot be written"),
    (&["study"], 2, "Usage: bitspike study"),
    (&["study", "widths", "--bound", "near"], 2, "--bound is \"near\", must be exact, count or ms=X"),
    (&["study", "widths", "--roundings", "up"], 2, "possible values: floor, toward_zero"),
    (&["study", "widths", "--form", "shift_add", "--digits", "0"], 2, "0 is not in 1..=4"),
    (&["study", "forms", "--out", "core.toml"], 2, "core.toml: cannot be written"),
    (&["new"], 2, "<FOLDER>"),
    (&["new", "fresh", "--template", "huge"], 2, "must be one of: minimal, full, preset"),
    (&["new", "."], 2, "is there already and is not replaced"),
    (&["completions", "tcsh"], 2, "possible values: bash"),
    (&["simulate"], 2, "unrecognized subcommand 'simulate'"),
];

/// A 4-bit counter, with one value to choose.
fn waveform(third: &str) -> String {
    let header = "$timescale 1ns $end\n$scope module top $end\n$var wire 1 ! clk $end\n$var wire 4 # v $end\n$upscope $end\n$enddefinitions $end\n";
    format!("{header}#0\n0!\nb1 #\n#5\n1!\n#6\nb10 #\n#10\n0!\n#15\n1!\n#16\n{third} #\n#20\n0!\n#25\n1!\n#30\n0!\n")
}

#[test]
fn bad_input_gets_a_message_and_exit_status_2() {
    let folder = pair();
    fs::write(folder.path().join("a.vcd"), waveform("b11")).unwrap();
    for (words, code, message) in BAD_INPUT {
        let call = bitspike(folder.path(), words);
        assert_eq!(call.code, Some(*code), "{words:?}\n{}", call.all());
        assert!(call.stderr.contains(message), "{words:?} must say `{message}`\n{}", call.all());
        assert!(call.stdout.is_empty(), "{words:?}\n{}", call.all());
    }
}

#[test]
fn a_wrong_key_is_shown_with_file_line_and_column() {
    let folder = pair();
    fs::write(folder.path().join("core.toml"), shell::CORE.replace("lanes = 1", "lanes = 3")).unwrap();
    let call = bitspike(folder.path(), &RUN);
    assert_eq!(call.code, Some(2), "{}", call.all());
    assert!(call.stderr.contains("core.toml:6:"), "{}", call.stderr);
    assert!(call.stderr.contains("lanes"), "{}", call.stderr);
}

#[test]
fn new_makes_a_core_that_runs_and_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let list = bitspike(folder.path(), &["new", "--list"]);
    for line in list.stdout.lines() {
        let name = line.split_whitespace().next().unwrap();
        let call = bitspike(folder.path(), &["new", name, "--template", name]);
        assert_eq!(call.code, Some(0), "{}", call.all());
        let (core, stimulus) = (format!("{name}/core.toml"), format!("{name}/stimulus.toml"));
        let run = bitspike(folder.path(), &["run", &core, "--stimulus", &stimulus]);
        assert_eq!(run.code, Some(0), "{name}: {}", run.all());
        assert_eq!(bitspike(folder.path(), &["new", name]).code, Some(2));
    }
}

#[test]
fn compare_agrees_diverges_and_says_where() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.vcd"), waveform("b11")).unwrap();
    fs::write(folder.path().join("b.vcd"), waveform("b1011")).unwrap();
    let same = bitspike(folder.path(), &["compare", "a.vcd", "a.vcd", "--scope", "top", "--clock", "clk"]);
    assert_eq!(same.code, Some(0), "{}", same.all());
    // Edges at 5, 15 and 25 ns; the third value is there at the third edge.
    let call = bitspike(folder.path(), &["compare", "a.vcd", "b.vcd", "--scope", "top", "--clock", "clk", "--json"]);
    assert_eq!(call.code, Some(1), "{}", call.all());
    let json = call.json();
    assert_eq!((&json["left_cycle"], &json["left_time"]), (&2.into(), &25.into()));
    assert_eq!(json["differences"][0]["signal"], "v");
    assert_eq!((&json["differences"][0]["left"], &json["differences"][0]["right"]), (&"4'h3".into(), &"4'hb".into()));
    let short = ["compare", "a.vcd", "b.vcd", "--scope", "top", "--clock", "clk", "--end", "1"];
    assert_eq!(bitspike(folder.path(), &short).code, Some(0));
}

#[test]
fn a_missing_tool_gives_exit_status_3_and_says_what_to_install() {
    let folder = pair();
    let empty = tempfile::tempdir().unwrap();
    let call = |words: &[&str]| -> shell::Call {
        let mut command = command(folder.path());
        command.env("PATH", empty.path()).env_remove("BITSPIKE_VERILATOR").env_remove("CXX");
        command.args(words).output().unwrap().into()
    };
    let cosim = call(&["cosim", "core.toml", "--stimulus", "stimulus.toml"]);
    assert_eq!(cosim.code, Some(3), "{}", cosim.all());
    assert!(
        cosim.stderr.contains("verilator was not found") && cosim.stderr.contains("apt-get install"),
        "{}",
        cosim.all()
    );
    let doctor = call(&["doctor"]);
    assert_eq!(doctor.code, Some(3), "{}", doctor.all());
    assert!(doctor.stdout.contains("missing  verilator"), "{}", doctor.all());
    let json = call(&["doctor", "--json"]).json();
    assert!(json.as_array().unwrap().iter().all(|tool| tool["ready"] == false));
    assert_eq!(call(&RUN).code, Some(0), "the model needs no tool");
}

#[test]
fn completions_and_schemas_are_printed() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let call = bitspike(folder.path(), &["completions", shell]);
        assert!(call.code == Some(0) && call.stdout.contains("x-seeds"), "{shell}");
    }
    let core = bitspike(folder.path(), &["schema"]).json();
    assert!(core["properties"]["core"].is_object());
    let stimulus = bitspike(folder.path(), &["schema", "--stimulus"]).json();
    assert!(stimulus["properties"]["source"].is_object());
}

/// A run that takes minutes unless it is stopped.
#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_is_computed() {
    let folder = pair();
    let endless = format!(
        "{}\n[receiver]\nready = \"1\"\n",
        shell::STIMULUS.replace("time_steps = 3", "time_steps = 3\ncycles = 1_000_000_000_000")
    );
    fs::write(folder.path().join("stimulus.toml"), endless).unwrap();
    // Tracing makes the model run cycle by cycle.
    let mut command = command(folder.path());
    command.args(RUN).arg("--trace").stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let spikes = folder.path().join("out/model.vcd");
    while !spikes.metadata().is_ok_and(|data| data.len() > 0) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let call = shell::Call::from(child.wait_with_output().unwrap());
    assert_eq!(call.code, Some(130), "{}", call.all());
    assert!(call.stderr.contains("what was computed until then is kept"), "{}", call.all());
    let spikes = fs::read_to_string(folder.path().join("out/spikes.csv")).unwrap();
    assert_eq!(spikes.lines().count(), 3, "both spikes came before the interruption");
    assert!(folder.path().join("out/report.html").exists());
}

/// The presets are cores a user starts from: each loads, runs, and is the same machine as its RTL.
#[test]
fn every_preset_runs_and_agrees_with_its_rtl() {
    let folder = tempfile::tempdir().unwrap();
    let stimulus = "time_steps = 10\n[[source]]\nkind = \"poisson\"\nrate_hz = 60\nseed = 3\n";
    fs::write(folder.path().join("stimulus.toml"), stimulus).unwrap();
    for preset in ["bitspike", "tinyodin", "loihi1_lif", "xylo"] {
        fs::write(folder.path().join("core.toml"), format!("preset = \"{preset}\"\n")).unwrap();
        let words = ["cosim", "core.toml", "--stimulus", "stimulus.toml", "--way", "lockstep", "--json"];
        let call = bitspike(folder.path(), &words);
        assert_eq!(call.code, Some(0), "{preset}: {}", call.all());
        let spikes = fs::read_to_string(folder.path().join("out/spikes.csv")).unwrap();
        assert!(spikes.lines().count() > 1, "{preset}: no neuron fired");
    }
}

/// Without a trace the model skips cycles; it asks for Ctrl-C all the same.
#[cfg(unix)]
#[test]
fn ctrl_c_stops_the_fast_engine() {
    let folder = pair();
    let endless = shell::STIMULUS.replace("time_steps = 3", "time_steps = 3\nrepeat = 1_000_000_000_000");
    assert!(endless.contains("repeat"));
    fs::write(folder.path().join("stimulus.toml"), endless).unwrap();
    let child = command(folder.path()).args(RUN).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let spikes = folder.path().join("out/spikes.csv");
    while !spikes.metadata().is_ok_and(|data| data.len() > 1000) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let call = shell::Call::from(child.wait_with_output().unwrap());
    assert_eq!(call.code, Some(130), "{}", call.all());
    assert!(call.stderr.contains("what was computed until then is kept"), "{}", call.all());
}

#[test]
fn cosim_agrees_in_every_way_with_every_seed() {
    let folder = pair();
    let words = ["cosim", "core.toml", "--stimulus", "stimulus.toml", "--x-seeds", "0,5", "--keep-vcd", "--json"];
    for way in ["both", "fst"] {
        let call = bitspike(folder.path(), &[&words[..], &["--way", way]].concat());
        assert_eq!(call.code, Some(0), "{}", call.all());
        let json = call.json();
        assert_eq!(json["verdict"], "agreement");
        let comparisons = json["cosim"]["comparisons"].as_array().unwrap();
        assert_eq!(comparisons.len(), if way == "both" { 4 } else { 2 });
        assert!(comparisons.iter().all(|c| c["cycles"] == json["cycles"] && c["signals"].as_u64() > Some(20)));
    }
    for file in
        ["model.vcd", "rtl.vcd", "rtl.fst", "both.vcd", "both.gtkw", "both.sucl", "report.html", "counters.json"]
    {
        assert!(folder.path().join("out").join(file).exists(), "{file}");
    }
    // The two waveforms on disk are equal too, by the other command.
    let words = [
        "compare",
        "out/model.vcd",
        "out/rtl.vcd",
        "--scope",
        "u_probe",
        "--clock",
        "clk_i",
        "--condition",
        "rst_ni",
        "--common",
    ];
    let call = bitspike(folder.path(), &words);
    assert_eq!(call.code, Some(0), "{}", call.all());
}

/// A copy of the RTL in which `from`, found once in `file`, is `to`.
fn broken_rtl(folder: &std::path::Path, file: &str, from: &str, to: &str) {
    shell::copy_folder(&root().join("hdl"), &folder.join("hdl"));
    let path = folder.join("hdl").join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{file} must have `{from}` once");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn cosim_reports_a_divergence_that_its_command_replays() {
    let folder = pair();
    broken_rtl(folder.path(), FAULT.0, FAULT.1, FAULT.2);
    let words = ["cosim", "core.toml", "--stimulus", "stimulus.toml", "--hdl", "hdl", "--json"];
    let call = bitspike(folder.path(), &words);
    assert_eq!(call.code, Some(1), "{}", call.all());
    let report = call.json()["cosim"]["comparisons"][0]["ending"]["divergence"].clone();
    // `>` for `>=`: neuron 0 has exactly 6 in time step 1, so its state write there is the first that differs.
    assert_eq!(report["signal"], "write_v", "{report:#}");
    assert_eq!(report["time_step"], 1);
    assert_eq!(report["event"], "time_step");
    let neuron = &report["differences"][0]["neurons"][0];
    assert_eq!((&neuron["neuron"], &neuron["model"], &neuron["rtl"]), (&0.into(), &"0".into(), &"6".into()));
    assert_eq!((&neuron["model_real"], &neuron["rtl_real"]), (&0.0.into(), &1.5.into()), "frac = 2");
    let replay: Vec<&str> = report["replay"].as_str().unwrap().split(' ').skip(1).collect();
    let again = bitspike(folder.path(), &[&replay[..], &["--json"]].concat());
    assert_eq!(again.code, Some(1), "{}", again.all());
    let repeated = &again.json()["cosim"]["comparisons"][0]["ending"]["divergence"];
    assert_eq!((&repeated["cycle"], &repeated["signal"]), (&report["cycle"], &report["signal"]));
    let text = bitspike(folder.path(), &replay);
    for part in ["divergence at cycle", "neuron 0: model 0 (0), rtl 6 (1.5)", "replay: bitspike cosim core.toml"] {
        assert!(text.stdout.contains(part), "`{part}`\n{}", text.all());
    }
    let page = fs::read_to_string(folder.path().join("out/report.html")).unwrap();
    assert!(page.contains("RTL diverges at cycle") && page.contains("class=\"differs\""));
    assert!(fs::read_to_string(folder.path().join("out/both.sucl")).unwrap().contains("differs"));
}

#[test]
fn fuzz_agrees_on_the_rtl_and_shrinks_a_fault() {
    let folder = pair();
    let sound = bitspike(folder.path(), &["fuzz", "core.toml", "--cases", "40", "--json"]);
    assert_eq!(sound.code, Some(0), "{}", sound.all());
    assert_eq!((&sound.json()["cases"], &sound.json()["divergence"]), (&40.into(), &serde_json::Value::Null));
    let random = bitspike(folder.path(), &["fuzz", "--random", "--structures", "2", "--cases", "5", "--json"]).json();
    assert_eq!((&random["structures"], &random["cases"]), (&2.into(), &10.into()), "five cases for each structure");
    broken_rtl(folder.path(), FAULT.0, FAULT.1, FAULT.2);
    let call = bitspike(folder.path(), &["fuzz", "core.toml", "--cases", "2000", "--hdl", "hdl", "--json"]);
    assert_eq!(call.code, Some(1), "{}", call.all());
    let divergence = &call.json()["divergence"];
    let replay: Vec<&str> = divergence["replay"].as_str().unwrap().split(' ').skip(1).collect();
    let again = bitspike(folder.path(), &[&replay[..], &["--json"]].concat());
    assert_eq!(again.code, Some(1), "{}", again.all());
    let repeated = &again.json()["cosim"]["comparisons"][0]["ending"]["divergence"];
    assert_eq!((&repeated["cycle"], &repeated["signal"]), (&divergence["cycle"], &divergence["signal"]));
    // What has nothing to do with the fault is shrunk away.
    let stimulus = fs::read_to_string(folder.path().join("out/fuzz/stimulus.toml")).unwrap();
    for plain in ["repeat = 1\n", "resets = []\n", "receiver.ready = \"1\"\n"] {
        assert!(stimulus.contains(plain), "{stimulus}");
    }
}

/// A compare that is off by one.
const FAULT: (&str, &str, &str) = ("neuron/fire_once.sv", "x_wide >= threshold_i", "x_wide > threshold_i");
