//! `bitspike sweep`: every design once, and never again, whatever happens to the process.
#![allow(clippy::unwrap_used)]

mod shell;

use shell::{Call, bitspike, command, pair};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const HEAD: &str = "[sweep]\nname = 'pair'\ncore = 'core.toml'\nstimulus = 'stimulus.toml'\n";
const OBJECTIVES: &str =
    "[[objective]]\nmetric = 'spikes'\ngoal = 'max'\n[[objective]]\nmetric = 'neuron.v.bits'\ngoal = 'min'\n";

/// Widths 4 to 8 by thresholds 2 to 9 (`threshold_bits = v_bits + 1`: all fit).
const WIDTHS: &str =
    "[[axis]]\nkey = 'neuron.v.bits'\nrange = [4, 8]\n[[axis]]\nkey = 'values.threshold'\nrange = [2, 9]\n";

fn with(parts: &[&str]) -> tempfile::TempDir {
    let folder = pair();
    fs::write(folder.path().join("sweep.toml"), parts.concat()).unwrap();
    folder
}

fn sweep(folder: &Path, words: &[&str]) -> Call {
    let call = bitspike(folder, &[&["sweep"], words].concat());
    assert_eq!(call.code, Some(0), "{words:?}\n{}", call.all());
    call
}

fn run(folder: &Path) -> serde_json::Value {
    sweep(folder, &["run", "sweep.toml", "--json"]).json()
}

fn rows(folder: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder.join("out/sweep/results.csv")).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn every_design_of_the_grid_is_what_run_says_of_its_core() {
    let folder = with(&[HEAD, WIDTHS, OBJECTIVES]);
    let result = run(folder.path());
    assert_eq!(result["tally"], serde_json::json!({ "computed": 40, "found": 0, "excluded": 0, "invalid": 0 }));
    let found = rows(folder.path());
    assert_eq!(found.len(), 40);
    // Word line 0 twice with weight 3: v = 3, 6; word line 1 once with weight 7. Nothing leaks, so a neuron fires when it reaches the threshold.
    for row in &found {
        let threshold: i64 = row["values.threshold"].parse().unwrap();
        let first = i64::from(threshold <= 3) * 2 + i64::from(threshold > 3 && threshold <= 6);
        let second = i64::from(threshold <= 7);
        assert_eq!(row["spikes"].parse::<i64>().unwrap(), first + second, "{row:?}");
    }
    let shown = &found[17];
    let text = shell::CORE.replace("bits = 8", &format!("bits = {}", shown["neuron.v.bits"]));
    let text = text.replace("threshold = 6", &format!("threshold = {}", shown["values.threshold"]));
    fs::write(folder.path().join("one.toml"), text).unwrap();
    let one = bitspike(folder.path(), &["run", "one.toml", "--stimulus", "stimulus.toml", "--json"]).json();
    for (name, value) in one["metrics"].as_object().unwrap() {
        assert_eq!(shown[name].parse::<f64>().unwrap(), value.as_f64().unwrap(), "{name}");
    }
    // The front: most spikes at the fewest bits. Two thresholds (2 and 3) give 3 spikes; all are on it.
    let front = result["front"].as_array().unwrap();
    assert_eq!(front.len(), 2, "{front:#?}");
    assert!(front.iter().all(|row| row["neuron.v.bits"] == 4.0 && row["spikes"] == 3.0));
}

#[test]
fn nothing_is_computed_twice_also_in_an_edited_sweep() {
    let folder = with(&[HEAD, WIDTHS, OBJECTIVES]);
    run(folder.path());
    assert_eq!(
        run(folder.path())["tally"],
        serde_json::json!({ "computed": 0, "found": 40, "excluded": 0, "invalid": 0 })
    );
    let more = WIDTHS.replace("range = [4, 8]", "range = [4, 9]");
    fs::write(folder.path().join("sweep.toml"), [HEAD, &more, OBJECTIVES].concat()).unwrap();
    assert_eq!(
        run(folder.path())["tally"],
        serde_json::json!({ "computed": 8, "found": 40, "excluded": 0, "invalid": 0 })
    );
    // Another stimulus is another workload.
    let stimulus = shell::STIMULUS.replace("{ step = 1, word_line = 0 }", "{ step = 1, word_line = 1 }");
    fs::write(folder.path().join("stimulus.toml"), stimulus).unwrap();
    assert_eq!(run(folder.path())["tally"]["computed"], 48);
}

#[test]
fn linked_keys_constraints_and_cores_that_mean_nothing() {
    let axes = "[[axis]]\nname = 'w'\nkeys = ['synapse.weight_bits', 'neuron.v.frac']\nvalues = [[4, 0], [5, 1], [6, 2]]\n\
        [[axis]]\nkey = 'core.lanes'\nvalues = [1, 2, 3]\n[set]\n'values.threshold' = 'round(6 * 2 ^ (w - 4) / core.lanes)'\n";
    let head = HEAD.to_owned() + "constraints = ['w != 5', 'spikes >= 2']\n";
    let folder = with(&[&head, axes, OBJECTIVES]);
    let result = run(folder.path());
    assert_eq!(result["tally"], serde_json::json!({ "computed": 4, "found": 0, "excluded": 3, "invalid": 2 }));
    let problem = result["problems"][0][1].as_str().unwrap();
    assert!(problem.contains("core.lanes is 3, must be a power of two"), "{problem}");
    // w = 4, lanes 1: threshold 6, spikes 2; lanes 2: 3, spikes 3. w = 6: 24, none; 12, none.
    let violated: Vec<String> = rows(folder.path()).iter().map(|row| row["violated"].clone()).collect();
    assert_eq!(violated, ["", "", "spikes >= 2", "spikes >= 2"]);
    let show = sweep(folder.path(), &["show", "sweep.toml", "1"]);
    assert!(
        show.stdout.contains("values.threshold = 3\n") && show.stdout.contains("neuron.v.frac = 0\n"),
        "{}",
        show.stdout
    );
}

#[test]
fn replicates_have_a_mean_and_a_spread() {
    let random = shell::CORE.replace("{ rows = [[3, 0], [0, 7]] }", "{ random = { low = 0, high = 7 } }");
    let axes = "[[axis]]\nkey = 'values.threshold'\nvalues = [4]\n[replicates]\nkey = 'synapse.image.random.seed'\ncount = 8\n";
    let folder = with(&[HEAD, axes, OBJECTIVES]);
    fs::write(folder.path().join("core.toml"), &random).unwrap();
    assert_eq!(run(folder.path())["tally"]["computed"], 8);
    let row = &rows(folder.path())[0];
    let mut spikes = Vec::new();
    for seed in 1..=8 {
        let text =
            random.replace("low = 0", &format!("seed = {seed}, low = 0")).replace("threshold = 6", "threshold = 4");
        fs::write(folder.path().join("one.toml"), text).unwrap();
        let one = bitspike(folder.path(), &["run", "one.toml", "--stimulus", "stimulus.toml", "--json"]).json();
        spikes.push(one["metrics"]["spikes"].as_f64().unwrap());
    }
    let mean = spikes.iter().sum::<f64>() / 8.0;
    let deviation = (spikes.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / 7.0).sqrt();
    assert!(deviation > 0.0, "{spikes:?}");
    let number = |name: &str| row[name].parse::<f64>().unwrap();
    assert!(
        (number("spikes") - mean).abs() < 1e-12 && (number("spikes_deviation") - deviation).abs() < 1e-12,
        "{row:?}"
    );
    assert_eq!(number("seeds"), 8.0);
}

fn as_json(row: &parquet::record::Row) -> serde_json::Value {
    use parquet::record::Field;
    let value = |field: &Field| {
        if let Field::Double(number) = field {
            serde_json::json!(number)
        } else if let Field::Str(text) = field {
            serde_json::json!(text)
        } else {
            assert!(matches!(field, Field::Null), "the export writes no {field}");
            serde_json::Value::Null
        }
    };
    row.get_column_iter().map(|(name, field)| (name.clone(), value(field))).collect::<serde_json::Map<_, _>>().into()
}

#[test]
fn the_exports_say_the_same() {
    let folder = with(&[HEAD, WIDTHS, OBJECTIVES]);
    run(folder.path());
    for name in ["all.csv", "all.json", "all.parquet"] {
        sweep(folder.path(), &["export", "sweep.toml", "--to", name]);
    }
    assert_eq!(
        fs::read(folder.path().join("all.csv")).unwrap(),
        fs::read(folder.path().join("out/sweep/results.csv")).unwrap()
    );
    let json: Vec<serde_json::Value> =
        serde_json::from_str(&fs::read_to_string(folder.path().join("all.json")).unwrap()).unwrap();
    let file = fs::File::open(folder.path().join("all.parquet")).unwrap();
    let reader = parquet::file::serialized_reader::SerializedFileReader::new(file).unwrap();
    let parquet: Vec<serde_json::Value> = reader.into_iter().map(|row| as_json(&row.unwrap())).collect();
    let table = rows(folder.path());
    assert_eq!((json.len(), parquet.len(), table.len()), (40, 40, 40));
    for ((json, parquet), csv) in json.iter().zip(&parquet).zip(&table) {
        for (name, value) in json.as_object().unwrap() {
            let other = &parquet[name.replace(|c: char| !c.is_alphanumeric(), "_")];
            assert_eq!(value, other, "{name}");
            let as_text =
                value.as_f64().map_or_else(|| value.as_str().unwrap_or_default().to_owned(), |v| v.to_string());
            assert_eq!(csv[name], as_text, "{name}");
        }
    }
    let wrong = bitspike(folder.path(), &["sweep", "export", "sweep.toml", "--to", "all.xlsx"]);
    assert!(wrong.code == Some(2) && wrong.stderr.contains("must end with .csv, .json or .parquet"), "{}", wrong.all());
}

/// A sweep of some seconds: 2560 designs of 2000 time steps.
fn long(folder: &Path) {
    let axes = "[[axis]]\nkey = 'neuron.v.bits'\nrange = [6, 25]\n[[axis]]\nkey = 'values.threshold'\nrange = [1, 32]\n\
        [[axis]]\nkey = 'core.lanes'\nvalues = [1, 2]\n[[axis]]\nkey = 'neuron.reset'\nvalues = ['zero', 'subtract']\n";
    fs::write(folder.join("sweep.toml"), [HEAD, axes, OBJECTIVES].concat()).unwrap();
    let stimulus = shell::STIMULUS.replace("time_steps = 3", "time_steps = 3\nrepeat = 700");
    fs::write(folder.join("stimulus.toml"), stimulus).unwrap();
}

const LONG: u64 = 2560;

fn stored(folder: &Path) -> u64 {
    let store = rusqlite::Connection::open(folder.join("out/sweep/store.sqlite")).unwrap();
    store.busy_timeout(Duration::from_secs(20)).unwrap();
    let integrity: String = store.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(integrity, "ok");
    store.query_row("SELECT count(*) FROM results", [], |row| row.get::<_, i64>(0)).unwrap() as u64
}

/// Waits until a running sweep has some results.
fn wait_for(folder: &Path, results: u64) {
    let begin = Instant::now();
    let count = || {
        let store = rusqlite::Connection::open(folder.join("out/sweep/store.sqlite")).ok()?;
        store.busy_timeout(Duration::from_secs(20)).ok()?;
        store.query_row("SELECT count(*) FROM results", [], |row| row.get::<_, i64>(0)).ok()
    };
    while count().unwrap_or(0) < results as i64 {
        assert!(begin.elapsed() < Duration::from_secs(120), "no results");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn start(folder: &Path) -> std::process::Child {
    let mut call = command(folder);
    call.args(["sweep", "run", "sweep.toml", "--json", "--jobs", "1"]).stdout(Stdio::piped()).stderr(Stdio::null());
    call.spawn().unwrap()
}

#[test]
fn a_kill_loses_the_points_in_flight_and_nothing_else() {
    let folder = pair();
    long(folder.path());
    for results in [20, 60] {
        let mut child = start(folder.path());
        wait_for(folder.path(), results);
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
    }
    let before = stored(folder.path());
    assert!((60..LONG).contains(&before), "{before} points were done when the second kill came");
    let tally = run(folder.path())["tally"].clone();
    assert_eq!(tally, serde_json::json!({ "computed": LONG - before, "found": before, "excluded": 0, "invalid": 0 }));
    assert_eq!(stored(folder.path()), LONG);
}

#[test]
fn two_processes_share_a_store_and_the_work() {
    let folder = pair();
    long(folder.path());
    let children = [start(folder.path()), start(folder.path())];
    let computed: Vec<u64> = children
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success());
            let result: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(result["designs"], LONG, "each sees all designs in the end");
            result["tally"]["computed"].as_u64().unwrap()
        })
        .collect();
    assert_eq!(computed.iter().sum::<u64>(), LONG, "no point was computed twice: {computed:?}");
    assert_eq!(stored(folder.path()), LONG);
}

/// A file-size limit stands for the full disk: writing fails, with an error instead of a signal.
#[test]
fn a_full_disk_ends_the_sweep_with_a_message_and_it_goes_on_afterwards() {
    let folder = pair();
    long(folder.path());
    let script =
        format!("trap '' XFSZ; ulimit -f 200; exec {} sweep run sweep.toml --jobs 1", env!("CARGO_BIN_EXE_bitspike"));
    let call: Call = Command::new("bash").current_dir(folder.path()).args(["-c", &script]).output().unwrap().into();
    assert_eq!(call.code, Some(2), "{}", call.all());
    assert!(call.stderr.contains("store.sqlite"), "{}", call.all());
    let before = stored(folder.path());
    assert!((1..LONG).contains(&before));
    assert_eq!(run(folder.path())["tally"]["found"], before);
}

#[test]
fn an_interrupt_keeps_what_is_done() {
    let folder = pair();
    long(folder.path());
    let child = start(folder.path());
    wait_for(folder.path(), 20);
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(status.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let result: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["interrupted"], true);
    assert_eq!(result["designs"], stored(folder.path()), "the report has what was done");
}

/// Fewest spikes against fewest bits, thresholds and shifts of weights as further axes: the search must come near the grid's front.
#[test]
fn the_search_finds_the_front_with_a_fraction_of_the_designs() {
    let axes = "[[axis]]\nkey = 'neuron.v.bits'\nrange = [5, 20]\n[[axis]]\nkey = 'values.threshold'\nrange = [1, 30]\n\
        [[axis]]\nkey = 'synapse.weight_shift'\nrange = [0, 4]\n";
    let objectives =
        "[[objective]]\nmetric = 'energy_nj'\ngoal = 'min'\n[[objective]]\nmetric = 'spikes'\ngoal = 'max'\n";
    let grid = with(&[HEAD, axes, objectives]);
    let of_grid = run(grid.path());
    let head = HEAD.to_owned() + "strategy = 'nsga2'\nbudget = 240\npopulation = 24\nseed = 5\n";
    let search = with(&[&head, axes, objectives]);
    let of_search = run(search.path());
    assert_eq!((of_grid["designs"].as_u64(), of_search["designs"].as_u64()), (Some(2400), Some(240)));
    let costs = |result: &serde_json::Value| -> Vec<Vec<f64>> {
        let row = |row: &serde_json::Value| vec![row["energy_nj"].as_f64().unwrap(), -row["spikes"].as_f64().unwrap()];
        result["front"].as_array().unwrap().iter().map(row).collect()
    };
    let (grid, search) = (costs(&of_grid), costs(&of_search));
    let worst = grid.iter().map(|cost| cost[0]).fold(0.0, f64::max) * 1.1;
    let volume = |costs: &[Vec<f64>]| bitspike::sweep::pareto::hypervolume(costs, &[worst, 1.0]);
    let share = volume(&search) / volume(&grid);
    println!("10 % of the designs reach {share:.4} of the hypervolume");
    assert!(share > 0.95 && share <= 1.0 + 1e-12, "{share}");
}

#[test]
fn samples_take_their_budget_and_share_the_grids_results() {
    for strategy in ["sobol", "latin_hypercube"] {
        let head = format!("{HEAD}strategy = '{strategy}'\nbudget = 16\nseed = 3\n");
        let folder = with(&[&head, WIDTHS, OBJECTIVES]);
        let designs = run(folder.path())["designs"].as_u64().unwrap();
        assert!((12..=16).contains(&designs), "{strategy}: {designs}");
        let mut widths: Vec<String> = rows(folder.path()).iter().map(|row| row["neuron.v.bits"].clone()).collect();
        widths.dedup();
        assert_eq!(widths.len(), 5, "{strategy} meets every width");
        fs::write(folder.path().join("sweep.toml"), [HEAD, WIDTHS, OBJECTIVES].concat()).unwrap();
        assert_eq!(run(folder.path())["tally"]["found"], designs, "the grid finds what the sample computed");
    }
}

#[test]
fn area_clock_throughput_and_energy_join_the_accuracy() {
    let axes = "[[axis]]\nkey = 'neuron.v.bits'\nvalues = [6, 12]\n[[axis]]\nkey = 'values.threshold'\nvalues = [3, 6]\n\
        [synth]\nmodule = 'lane'\ntargets = ['ice40']\n";
    let objectives =
        "[[objective]]\nmetric = 'spikes'\ngoal = 'max'\n[[objective]]\nmetric = 'lut_ice40'\ngoal = 'min'\n";
    let folder = with(&[HEAD, axes, objectives]);
    run(folder.path());
    let found = rows(folder.path());
    let number = |row: usize, name: &str| found[row][name].parse::<f64>().unwrap();
    assert_eq!(number(0, "lut_ice40"), number(1, "lut_ice40"), "equal structures have equal areas");
    assert!(number(0, "lut_ice40") < number(2, "lut_ice40"), "{found:?}");
    assert!(number(0, "clock_mhz_ice40") > number(2, "clock_mhz_ice40"), "longer carry chains are slower");
    let steps = number(0, "clock_mhz_ice40") * 1e6 / number(0, "cycles_per_time_step");
    assert!((number(0, "time_steps_per_second_ice40") / steps - 1.0).abs() < 1e-12);
    assert!(number(0, "energy_nj") > 0.0 && number(0, "energy_nj") < number(2, "energy_nj"));
    let alone = bitspike(folder.path(), &["synth", "core.toml", "--module", "lane", "--json"]).json();
    assert!(
        alone[0]["area"]["cells"]["SB_LUT4"].as_f64().unwrap() > number(0, "lut_ice40"),
        "8 bits lie between 6 and 12"
    );
}

#[test]
fn the_front_is_verified_against_the_rtl_and_a_design_is_opened() {
    let axes = "[[axis]]\nkey = 'values.threshold'\nrange = [2, 9]\n";
    let objectives =
        "[[objective]]\nmetric = 'spikes'\ngoal = 'max'\n[[objective]]\nmetric = 'values.threshold'\ngoal = 'max'\n";
    let folder = with(&[HEAD, axes, objectives]);
    let front = run(folder.path())["front"].as_array().unwrap().len();
    let verdicts = sweep(folder.path(), &["verify", "sweep.toml", "--json"]).json();
    let verdicts = verdicts.as_array().unwrap();
    assert_eq!(verdicts.len(), front);
    assert!(
        verdicts.iter().all(|row| row["verdict"] == "agreement" && row["cycles"].as_u64() > Some(10)),
        "{verdicts:#?}"
    );
    let report = fs::read_to_string(folder.path().join("out/sweep/report.html")).unwrap();
    assert!(report.contains(&format!("{front} of {front} front designs agree with the RTL")));
    let command = verdicts[0]["command"].as_str().unwrap().to_owned();
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    assert_eq!(bitspike(folder.path(), &words).code, Some(0), "{command}");
    let opened = sweep(folder.path(), &["open", "sweep.toml", "3", "--json"]).json();
    let shown = sweep(folder.path(), &["show", "sweep.toml", "3", "--json"]).json();
    assert_eq!(opened["metrics"]["spikes"].as_f64(), shown["spikes"].as_f64());
    assert!(folder.path().join("out/sweep/points/3/report.html").exists());
    sweep(folder.path(), &["report", "sweep.toml"]);
    let report = fs::read_to_string(folder.path().join("out/sweep/report.html")).unwrap();
    assert!(report.contains("points/3/report.html"), "the report links to the design's own");
}

/// What is wrong, and what the message must say.
const WRONG: &[(&str, &str)] = &[
    ("[sweep]\nname = 'x'", "missing field"),
    ("colour = 1\n", "unknown field `colour`"),
    (
        "[sweep]\nname = 'x'\ncore = 'nowhere.toml'\nstimulus = 's'\n[[axis]]\nkey = 'a'\nvalues = [1]",
        "nowhere.toml: cannot be read",
    ),
];

const WRONG_AXES: &[(&str, &str)] = &[
    ("[[axis]]\nkey = 'a'\nvalues = []\n", "axis[0].values is empty"),
    ("[[axis]]\nkey = 'core.lanes'\nvalues = [1]\n[set]\n'core.lanes' = '1'\n", "core.lanes is set twice"),
    (
        "[[axis]]\nkey = 'core.lanes'\nvalues = [1]\n[set]\n'values.threshold' = '1 +'\n",
        "set.\"values.threshold\" has the end",
    ),
    ("[[axis]]\nkey = 'core.lanes'\nvalues = [1]\n[set]\n'values.threshold' = 'b'\n", "names b, which has no value"),
    (
        "[[axis]]\nkey = 'core.lanes'\nvalues = [1]\n[replicates]\nkey = 'values.lfsr_seed'\ncount = 0\n",
        "replicates.count is 0",
    ),
    (
        "[[axis]]\nkey = 'core.lanes'\nvalues = [1]\n[[objective]]\nmetric = 'speed'\ngoal = 'max'\n",
        "objective[0].metric is speed, must be a key or one of: ",
    ),
    ("[[axis]]\nkey = 'core.name.x'\nvalues = [1]\n", "core.name.x cannot be set"),
];

#[test]
fn a_wrong_sweep_is_refused_with_its_key() {
    let folder = pair();
    let check = |text: &str, message: &str| {
        fs::write(folder.path().join("sweep.toml"), text).unwrap();
        let call = bitspike(folder.path(), &["sweep", "run", "sweep.toml"]);
        let text = call.stderr.clone() + &call.stdout;
        assert!(text.contains(message), "{text} must say `{message}`");
        (call.code, message.to_owned())
    };
    for (text, message) in WRONG {
        assert_eq!(check(text, message).0, Some(2), "{message}");
    }
    for (text, message) in WRONG_AXES {
        assert_eq!(check(&[HEAD, text].concat(), message).0, Some(2), "{message}");
    }
    for (line, message) in [
        ("strategy = 'nsga2'\n", "sweep.budget is missing or 0"),
        ("strategy = 'nsga2'\nbudget = 9\n", "objective needs two entries"),
        ("population = 5\n", "sweep.population is 5, must be an even number"),
        ("constraints = ['1 <']\n", "sweep.constraints[0] has the end"),
    ] {
        assert_eq!(check(&[HEAD, line, WIDTHS].concat(), message).0, Some(2), "{message}");
    }
    // A key that no core has gives no design a core; each says so.
    let call = check(&[HEAD, "[[axis]]\nkey = 'values.nothing'\nvalues = [1]\n"].concat(), "1 without a core");
    assert_eq!(call.0, Some(0));
    let call = bitspike(folder.path(), &["sweep", "show", "sweep.toml", "1"]);
    assert!(call.stderr.contains("DESIGN is 1, the space has designs 0 to 0"), "{}", call.all());
    let call = bitspike(folder.path(), &["sweep", "show", "sweep.toml", "0"]);
    assert!(call.stderr.contains("was not evaluated yet"), "{}", call.all());
    fs::write(
        folder.path().join("out/sweep/store.sqlite"),
        "not a store, but a text long enough to be read as a header",
    )
    .unwrap();
    let call = bitspike(folder.path(), &["sweep", "run", "sweep.toml"]);
    assert!(call.code == Some(2) && call.stderr.contains("store.sqlite: "), "{}", call.all());
}

/// Where each study of the array runs: it names files of the others.
fn examples() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    shell::copy_folder(&shell::root().join("examples"), &folder.path().join("examples"));
    folder
}

/// The study of the array at two widths of converters, one number of levels and of rows, and with more rows than there are word lines.
#[test]
fn the_rram_study_runs_small() {
    let folder = examples();
    let path = folder.path().join("examples/rram_study/sweep.toml");
    let text = fs::read_to_string(&path).unwrap();
    let kept = |line: &&str| {
        !line.contains("weights2")
            && !line.contains("weights3")
            && !line.contains("weights5")
            && !line.contains("weights6")
    };
    let mut text = text.lines().filter(kept).collect::<Vec<_>>().join("\n");
    for (from, to) in [
        ("powers_of_two = [8, 64]", "values = [32, 64, 128]"),
        ("range = [3, 9]", "values = [3, 8]"),
        ("values = [6, 7, 8, 10, 12]", "values = [8, 12]"),
        ("\"cmo_hfox_2p0\", \"hfox_wan_1s\", \"hfox_wan_1d\"", "\"cmo_hfox_0p2\", \"hfox_wan_1s\""),
        ("count = 5", "count = 2"),
    ] {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    fs::write(&path, text).unwrap();
    let result = sweep(folder.path(), &["run", "examples/rram_study/sweep.toml", "--json"]).json();
    assert_eq!(result["tally"], serde_json::json!({ "computed": 32, "found": 0, "excluded": 0, "invalid": 16 }));
    let problem = result["problems"][0][1].as_str().unwrap();
    assert!(problem.contains("array.rows_per_read is 128, must be 1 to core.word_lines = 64"), "{problem}");
    let found = rows(folder.path());
    let number = |row: &BTreeMap<String, String>, name: &str| row[name].parse::<f64>().unwrap();
    for row in &found {
        check_array_figures(&|name| number(row, name));
        let bits = number(row, "array.adc.bits");
        // Worked out apart from the core: the largest sum of four-bit weights in a time step of these digits is 50, so three bits limit and eight do not.
        assert_eq!(bits == 3.0, number(row, "conversions_at_limit") > 0.0, "{row:?}");
        if row["spread"] == "cmo_hfox_0p2" && bits == 8.0 {
            // Devices that are nearly exact give the sums of integer weights, and so the digits of the quickstart's core and of one with eight bits.
            let correct = if number(row, "neuron.v.bits") == 12.0 { 104.0 } else { 105.0 };
            assert_eq!((number(row, "accuracy_correct"), number(row, "accuracy_deviation")), (correct, 0.0));
        }
    }
    assert!(found.iter().any(|row| row["spread"] == "hfox_wan_1s" && number(row, "spikes_deviation") > 0.0));
}

/// Reads convert 16 bit lines; a time step without stalls has the cycles of the contract, 4 for its own groups and 4 for each converter's bit lines.
fn check_array_figures(figure: &dyn Fn(&str) -> f64) {
    let (reads, bits) = (figure("reads"), figure("array.adc.bits"));
    assert_eq!(figure("conversions"), 16.0 * reads);
    assert_eq!((figure("array_devices"), figure("weight_memory_bits")), (2.0 * 64.0 * 16.0, 10.0 * 2.0 * 64.0 * 16.0));
    let read = 2.0 + 1.0 + 4.0 * (bits + 1.0) + 4.0;
    let steps = figure("time_steps") * (1.0 + 4.0);
    let events = figure("events_accepted") - figure("time_steps");
    let least = reads * read + steps + events;
    let cycles = figure("cycles");
    assert!(least <= cycles && cycles <= least + 4.0 * figure("time_steps"), "{least} to {cycles}");
    let (v, steps) = (figure("v_bits"), figure("time_steps"));
    let update = 4.0 * v * 0.1 / 32.0 + 2.0 * v * 10.0 / 64.0;
    let array = figure("conversions") * (bits.exp2() * 0.01 + v * 0.1 / 32.0 + 2.0 * v * 10.0 / 64.0);
    let devices = figure("synaptic_ops") * 2.0 * 0.0082;
    let events = (figure("events_accepted") + figure("spikes")) * 5.0;
    let expected = (array + devices + steps * 16.0 * update + events) / 1e3;
    assert!((figure("energy_nj") / expected - 1.0).abs() < 1e-9, "{expected}");
}

/// The studies of `examples/`, with fewer values and one neuron instead of the core.
#[test]
fn the_studies_run_small() {
    let folder = examples();
    let shrink = |study: &str, changes: &[(&str, &str)]| {
        let path = folder.path().join(format!("examples/{study}/sweep.toml"));
        let mut text = fs::read_to_string(&path).unwrap();
        for (from, to) in changes {
            assert!(text.contains(from), "{study}: {from}");
            text = text.replace(from, to);
        }
        fs::write(&path, text).unwrap();
        sweep(folder.path(), &["run", &format!("examples/{study}/sweep.toml"), "--json", "--out", study]).json()
    };
    let few = [
        ("range = [4, 14]", "range = [6, 7]"),
        ("values = [3, 4, 5]", "values = [4]"),
        ("[\"saturate\", \"wrap\"]", "[\"saturate\"]"),
        ("targets = [\"ice40\"]", "targets = [\"ice40\"]\nseeds = []"),
    ];
    let widths = shrink("width_study", &few);
    let best =
        widths["front"].as_array().unwrap().iter().map(|row| row["accuracy"].as_f64().unwrap()).fold(0.0, f64::max);
    assert!(best >= 0.8666, "seven bits are enough for the 104 of 120 of the quickstart: {best}");
    let lanes = shrink("lanes_study", &[("module = \"bitspike_core\"", "module = \"lane\""), ("[1, 16]", "[1, 4]")]);
    assert_eq!(lanes["designs"], 6);
    // Two of the nine forms at one width, in look-up tables only.
    let text = fs::read_to_string(folder.path().join("examples/izhikevich_study/sweep.toml")).unwrap();
    let forms = text.lines().filter(|line| line.starts_with("  [\""));
    let forms: Vec<&str> =
        forms.filter(|line| !line.contains("\"one shared\"") && !line.contains("\"1 digit,")).collect();
    assert_eq!(forms.len(), 7, "{forms:?}");
    let mut fewer =
        vec![("[[8, 16], [10, 18], [12, 20], [14, 20]]", "[[8, 16]]"), ("[\"ice40\", \"xilinx\"]", "[\"ice40\"]")];
    fewer.extend(forms.iter().map(|form| (*form, "")));
    let forms = shrink("izhikevich_study", &fewer);
    let front = forms["front"].as_array().unwrap();
    let value = |row: usize, name: &str| front[row][name].as_f64().unwrap();
    assert_eq!((front.len(), front[0]["form"].as_str()), (2, Some("one shared")), "{front:#?}");
    // The shared multiplier takes its turn for each of the four products, and keeps every spike; one digit for 0.04 loses some.
    assert!(value(0, "cycles_per_time_step") > value(1, "cycles_per_time_step") + 4.0);
    assert_eq!((value(0, "multiplications"), value(0, "fixed_point_spike_count_error")), (4.0, 0.0));
    assert!(value(1, "fixed_point_spike_count_error") > 0.0 && value(1, "lut_ice40") < value(0, "lut_ice40"));
    // Equal neurons at an equal clock: more lanes are faster, and only the fastest is on the front.
    let front = lanes["front"].as_array().unwrap();
    assert_eq!((front.len(), front[0]["core.lanes"].as_f64()), (1, Some(4.0)), "{front:#?}");
}
