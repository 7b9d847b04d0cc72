//! Layers of a core side by side: equal where theory says so, apart by bounds that are derived, and said where left out.
#![allow(clippy::unwrap_used)]

mod shell;

use bitspike::accuracy::{AccuracyOptions, AccuracyReport, Case, Layer, Layers, measure};
use bitspike::control::{Control, Interrupt, NoProgress};
use bitspike_reference::core::{Parabola, RealParameters, SharedIzhikevich};
use bitspike_spec::config::{self, LoadedCore};
use bitspike_spec::testing::{arb_core_of, arb_lif_structure, arb_stimulus};
use bitspike_spec::{AerEvent, Core, Filter, FireCheck, Reduce, ReduceForm, Stimulus, Structure};
use proptest::prelude::*;
use shell::{bitspike, copy_folder, root};
use std::fs;
use std::path::Path;

fn core(text: &str) -> LoadedCore {
    config::from_str(text, ".").unwrap_or_else(|error| panic!("{error}"))
}

fn case(loaded: &LoadedCore, stimulus: &Stimulus) -> Case {
    let real = RealParameters::ideal(&loaded.core, &loaded.ideal_values());
    Case::new(&loaded.core, (real, loaded.dt()), stimulus, AccuracyOptions::default()).unwrap()
}

fn report_of(case: &Case) -> AccuracyReport {
    let (interrupt, progress) = (Interrupt::default(), NoProgress);
    let layers = Layers::run(case, Control { interrupt: &interrupt, progress: &progress }).unwrap();
    measure(case, &layers).unwrap()
}

fn report(loaded: &LoadedCore, stimulus: &Stimulus) -> AccuracyReport {
    report_of(&case(loaded, stimulus))
}

/// One weight for each neuron in turn, then a time step.
fn events(weights: &[i16], neurons: u32, steps: usize) -> Stimulus {
    let mut weights = weights.iter().cycle();
    let step = |_| {
        let injected = (0..neurons).map(|n| AerEvent::inject(n, *weights.next().unwrap()));
        injected.chain([AerEvent::TimeStep]).collect::<Vec<_>>()
    };
    Stimulus::dense((0..steps).flat_map(step))
}

fn left_out(report: &AccuracyReport, layer: Layer) -> String {
    let found = report.layers.iter().find(|summary| summary.layer == layer).unwrap();
    found.left_out.clone().unwrap_or_else(|| panic!("{layer:?} ran"))
}

/// Integers that are only added, subtracted and compared: fixed point is the discretised layer, bit for bit.
#[test]
fn a_core_that_never_rounds_has_no_error_of_quantisation() {
    let loaded = core(
        r#"
core = { neurons = 3, word_lines = 1 }
neuron = { v = { bits = 16, frac = 3 }, reset = "subtract", leak = { form = "subtract", clamp = "zero", bits = 4 }, max_spikes = 3 }
synapse.image = { fill = 0 }
values = { threshold = 1000, leak = 3 }
"#,
    );
    let report = report(&loaded, &events(&[60, -9, 31, 127, 5], 3, 1500));
    let comparison = report.comparison(Layer::Discretised, Layer::FixedPoint).unwrap();
    let totals = &comparison.totals;
    assert!(totals.reference_spikes > 100, "{totals:?}");
    assert_eq!((totals.reference_spikes, totals.equal_neurons), (totals.tested_spikes, 3));
    assert_eq!((totals.first_divergent_step, totals.unmatched_spikes), (None, 0));
    assert_eq!((totals.victor_purpura, totals.van_rossum, totals.spike_distance), (0.0, 0.0, 0.0));
    assert_eq!((totals.gamma, totals.membrane_rmse, totals.largest_time_error), (Some(1.0), Some(0.0), Some(0.0)));
    assert_eq!(comparison.cause, "widths, rounding");
    assert_eq!(
        left_out(&report, Layer::Continuous),
        "neuron.max_spikes is above 1: it counts the spikes of a time step"
    );
    assert_eq!(left_out(&report, Layer::Constants), "no constant was rounded, so it is the discretised layer");
    assert_eq!(report.lsb, 0.125);
}

/// A structure of the same choices in which nothing is rounded.
fn exact(mut structure: Structure) -> Structure {
    let exact = |reduce: Reduce| match reduce.form {
        ReduceForm::Shift | ReduceForm::Multiply => {
            Reduce { form: ReduceForm::Clear, clamp: Reduce::NONE.clamp, ..reduce }
        }
        ReduceForm::None | ReduceForm::Subtract | ReduceForm::Clear => reduce,
    };
    structure.semantics.leak = exact(structure.semantics.leak);
    structure.semantics.decay = exact(structure.semantics.decay);
    if structure.synapse.filter == Filter::ThreeTau {
        (structure.synapse.filter, structure.synapse.gain_bits) = (Filter::DoubleExponential, 0);
    }
    structure.synapse.shift = 0;
    structure.schedule.loop_back &= structure.semantics.fire_check == FireCheck::PerTimeStep;
    structure
}

/// The same core with states of 32 bits.
fn widened(core: &Core) -> Core {
    let mut structure = *core.structure();
    structure.v_bits = 32;
    if structure.i_syn_bits > 0 {
        structure.i_syn_bits = 32;
    }
    Core::new(structure, core.values().clone()).unwrap()
}

fn exact_case() -> impl Strategy<Value = (Core, Stimulus)> {
    let core = arb_lif_structure().prop_map(exact).prop_flat_map(arb_core_of).prop_map(|core| widened(&core));
    core.prop_flat_map(|core| {
        let stimulus = arb_stimulus(core.structure());
        stimulus.prop_map(move |stimulus| {
            (core.clone(), Stimulus { resets: Vec::new(), cycles: None, repeat: stimulus.repeat.min(3), ..stimulus })
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Two implementations of the contract that share no arithmetic: what is never rounded and never overflows is equal.
    #[test]
    fn the_discretised_layer_is_the_model_where_nothing_is_rounded((core, stimulus) in exact_case()) {
        let case = Case::new(&core, (RealParameters::stored(&core), 1e-3), &stimulus, AccuracyOptions::default());
        prop_assume!(case.is_ok());
        let case = case.unwrap();
        let (interrupt, progress) = (Interrupt::default(), NoProgress);
        let layers = Layers::run(&case, Control { interrupt: &interrupt, progress: &progress }).unwrap();
        let counters = &layers.fixed.as_ref().unwrap().counters;
        prop_assume!(counters.v_overflows + counters.i_syn_overflows + counters.loop_back_dropped == 0);
        let report = measure(&case, &layers).unwrap();
        let totals = &report.comparison(Layer::Discretised, Layer::FixedPoint).unwrap().totals;
        prop_assert_eq!(totals.equal_neurons, core.structure().neurons, "{:?}", totals);
        prop_assert!(totals.membrane_largest.unwrap_or(0.0) == 0.0, "{:?}", totals);
    }
}

/// `v - floor(v / 2^k)`: each step adds less than one LSB to an error that shrinks by `1 - 2^-k`, so it stays below `2^k` LSB.
#[test]
fn a_floored_leak_stays_within_its_bound() {
    for (rounding, share) in [("floor", 1.0), ("half_even", 0.5)] {
        let loaded = core(&format!(
            r#"
core = {{ neurons = 2, word_lines = 1 }}
neuron = {{ v = {{ bits = 24, frac = 4 }}, leak = {{ form = "shift", rounding = "{rounding}" }} }}
synapse.image = {{ fill = 0 }}
values = {{ threshold = 8000000, leak = 5 }}
"#
        ));
        let report = report(&loaded, &events(&[77, -100, 3, 0, 55, 19, -2], 2, 900));
        let totals = &report.comparison(Layer::Discretised, Layer::FixedPoint).unwrap().totals;
        let largest = totals.membrane_largest.unwrap();
        assert!(0.0 < largest && largest <= share * 32.0 / 16.0, "{rounding}: {largest}");
        assert!(totals.membrane_rmse.unwrap() <= largest);
        let v = report.signals.iter().find(|signal| signal.name == "v").unwrap();
        assert_eq!((v.bits, v.integer_bits, v.rounding, v.overflows), (Some(24), Some(20), rounding, Some(0)));
        // Between its neighbours: nothing drives v between two boundaries.
        let between = &report.comparison(Layer::Continuous, Layer::Discretised).unwrap().totals;
        assert!(between.membrane_largest.unwrap() < 1e-10, "{between:?}");
    }
}

/// A time constant whose factor has no exact form: the layer of constants takes the whole of that error.
#[test]
fn rounded_constants_are_told_apart_from_rounded_states() {
    let loaded = core(
        r#"
core = { neurons = 1, word_lines = 1, dt = 1e-3 }
neuron = { v = { bits = 30, frac = 16 }, leak = { form = "multiply", bits = 4, rounding = "half_even" } }
synapse.image = { fill = 0 }
values = { threshold = 400000000, tau_m = 10e-3 }
"#,
    );
    let report = report(&loaded, &events(&[100], 1, 300));
    let largest = |a, b| report.comparison(a, b).unwrap().totals.membrane_largest.unwrap();
    // Fixed points: x f / (1 - f) with f = exp(-1/10), stored as 14/16.
    let x = 100.0 / 65536.0;
    let settled = |f: f64| x * f / (1.0 - f);
    let expected = settled((-0.1_f64).exp()) - settled(14.0 / 16.0);
    let found = largest(Layer::Discretised, Layer::Constants);
    assert!((found - expected).abs() < 1e-9, "{found} for {expected}");
    assert!(largest(Layer::Constants, Layer::FixedPoint) <= 0.5 * 8.0 / 65536.0);
    let leak = report.constants.iter().find(|constant| constant.name == "leak").unwrap();
    assert_eq!((leak.ideal, leak.stored), ((-0.1_f64).exp(), 0.875));
    assert_eq!(report.end_to_end().unwrap().cause, "time steps, rounded constants, widths, rounding");
}

/// The pattern "spike latency": the golden table has 2012.4979940305818 for `max |dv|` over a change of `v0`.
#[test]
fn sensitivity_is_that_of_the_golden_pattern() {
    let loaded = core(
        r#"
core = { name = "latency", neurons = 1, word_lines = 1, dt = 2e-4 }
synapse.image = { fill = 1 }
values = { threshold = { volts = 30e-3 }, izhikevich = { a = 0.02, b = 0.2, c = -65, d = 6 } }

[neuron]
model = "izhikevich"
v = { bits = 28, frac = 20 }
i_syn = { bits = 28 }
integrate = "current"
decay = { form = "clear" }
reset = "value"
compare = "gt"
izhikevich = { u = { bits = 28 }, constant = { bits = 18, frac = 16 }, dt_form = "constant" }
"#,
    );
    let mut real = RealParameters::stored(&loaded.core);
    let neuron = &mut real.neurons[0];
    (neuron.threshold, neuron.v_reset, neuron.u_step) = (30.0, -65.0, 6.0);
    (neuron.a, neuron.b) = (0.02 * 0.2, 0.2);
    (real.v_init, real.u_init, real.weight) = (-70.0, -14.0, 7.04);
    let parabola = Parabola::Powers { k2: 0.04, k1: 5.0, k0: 140.0 };
    real.izhikevich = Some(SharedIzhikevich { parabola, v_zero: 0.0, dt: 0.2 });
    let input = (0..501).map(|step| i16::from((51..=64).contains(&step)));
    let stimulus = Stimulus::dense(input.flat_map(|weight| [AerEvent::inject(0, weight), AerEvent::TimeStep]));
    let case = Case::new(&loaded.core, (real, 2e-4), &stimulus, AccuracyOptions::default()).unwrap();
    let sensitivity = report_of(&case).sensitivity.unwrap();
    // One LSB is 2^-20 mV: the difference stays below 2e-3 mV, where the parabola is straight to 1e-4.
    assert!((sensitivity.growth / 2_012.497_994_030_581_8 - 1.0).abs() < 0.01, "{sensitivity:?}");
    assert!(sensitivity.ill_conditioned);
    assert_eq!((sensitivity.moved_neurons, sensitivity.lsb), (0, 1.0 / 1_048_576.0));
}

/// A leaky neuron forgets its start: `dv` never grows.
#[test]
fn a_leaky_neuron_is_well_conditioned() {
    let loaded = core(
        r#"
core = { neurons = 1, word_lines = 1 }
neuron = { v = { bits = 16, frac = 8 }, leak = { form = "shift" } }
synapse.image = { fill = 0 }
values = { threshold = 30000, leak = 3 }
"#,
    );
    let sensitivity = report(&loaded, &events(&[10], 1, 50)).sensitivity.unwrap();
    assert_eq!((sensitivity.growth, sensitivity.growth_step, sensitivity.ill_conditioned), (0.875, 0, false));
}

const LOOPING: &str = r#"
core = { neurons = 8, word_lines = 8 }
neuron = { integrate = "membrane", fire_check = "per_time_step" }
synapse.image = { fill = 1 }
values.threshold = 5
events = { loop_back = true, queue_depth = QUEUE, time_step = "in_order", full_policy = "drop" }
"#;

#[test]
fn policies_that_depend_on_cycles_are_changed_and_said() {
    let loaded = core(&LOOPING.replace("QUEUE", "64"));
    let report = report(&loaded, &events(&[5], 8, 4));
    assert_eq!(
        report.notes,
        [
            "compared with events.time_step = \"barrier\": with \"in_order\" it depends on clock cycles which events a time step sees",
            "compared with events.full_policy = \"stall\": dropped events depend on clock cycles",
        ]
    );
    let totals = &report.comparison(Layer::Discretised, Layer::FixedPoint).unwrap().totals;
    assert_eq!((totals.reference_spikes, totals.equal_neurons), (32, 8), "{totals:?}");
}

#[test]
fn spikes_lost_in_a_full_queue_are_said() {
    let loaded = core(&LOOPING.replace("QUEUE", "2"));
    let report = report(&loaded, &events(&[5], 8, 4));
    let note = report.notes.last().unwrap();
    assert!(note.ends_with("the float layers have them (events.queue_depth = 2)"), "{note}");
}

#[test]
fn a_run_cut_at_a_cycle_is_compared_over_its_complete_steps() {
    let loaded = core(&LOOPING.replace("QUEUE", "64").replace("loop_back = true", "loop_back = false"));
    // A step has 8 injects of 3 cycles each before its time step.
    let stimulus = Stimulus { cycles: Some(200), ..events(&[5], 8, 40) };
    let steps = report(&loaded, &stimulus).time_steps;
    let cycles_of_step = 8 * 3;
    assert!(0 < steps && steps <= 200 / cycles_of_step, "{steps}");
}

#[test]
fn stimuli_without_whole_steps_are_refused() {
    let loaded = core(&LOOPING.replace("QUEUE", "64"));
    let message = |stimulus: &Stimulus| {
        let real = RealParameters::stored(&loaded.core);
        Case::new(&loaded.core, (real, 1e-3), stimulus, AccuracyOptions::default()).unwrap_err().to_string()
    };
    assert_eq!(
        message(&Stimulus { resets: vec![9], ..events(&[5], 8, 4) }),
        "--stimulus has resets, which fall between clock cycles; accuracy compares whole time steps"
    );
    assert_eq!(
        message(&events(&[5], 8, 0)),
        "--stimulus has no time step of all neurons that ends, so there is nothing to compare"
    );
}

#[test]
fn what_ctrl_c_ends_is_left_out() {
    let loaded = core(&LOOPING.replace("QUEUE", "64"));
    let (interrupt, progress) = (Interrupt::default(), NoProgress);
    interrupt.set();
    let case = case(&loaded, &events(&[5], 8, 4));
    let layers = Layers::run(&case, Control { interrupt: &interrupt, progress: &progress }).unwrap();
    let report = measure(&case, &layers).unwrap();
    assert_eq!(left_out(&report, Layer::FixedPoint), "interrupted");
    assert_eq!(left_out(&report, Layer::Discretised), "interrupted");
    assert!(report.comparisons.is_empty() && report.sensitivity.is_none());
}

fn winner_take_all() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("examples/winner_take_all"), folder.path());
    folder
}

const WORDS: [&str; 4] = ["accuracy", "core.toml", "--stimulus", "stimulus.toml"];

fn call(folder: &Path, more: &[&str]) -> shell::Call {
    bitspike(folder, &[&WORDS, more].concat())
}

#[test]
fn accuracy_prints_and_writes_every_figure() {
    let folder = winner_take_all();
    let text = call(folder.path(), &["--neurons", "11,3"]);
    assert_eq!(text.code, Some(0), "{}", text.all());
    for part in
        ["continuous   60 spikes", "neurons that fire alike", "well-conditioned", "accuracy.json, accuracy.html"]
    {
        assert!(text.stdout.contains(part), "`{part}`\n{}", text.all());
    }
    let json = call(folder.path(), &["--json", "--window", "3", "--lead-lag-spike", "0"]).json();
    assert_eq!(json["options"]["window"], 3e-3);
    assert_eq!(json["comparisons"].as_array().unwrap().len(), 3);
    assert_eq!(json["comparisons"][1]["reference"], "discretised");
    assert_eq!(json["comparisons"][1]["neurons"].as_array().unwrap().len(), 16);
    let command = "bitspike accuracy core.toml --stimulus stimulus.toml --window 3 --lead-lag-spike 0";
    assert_eq!(json["manifest"]["command"], command);
    let spikes = |layer: usize| json["layers"][layer]["spikes"].as_u64();
    assert_eq!((spikes(0), spikes(2), spikes(3)), (Some(60), None, Some(60)));
    let page = fs::read_to_string(folder.path().join("out/accuracy.html")).unwrap();
    for part in
        ["Membrane potential", "Error of the membrane potential", "Sensitivity", "n 11", "legend", "layer stroke c1"]
    {
        assert!(page.contains(part), "{part}");
    }
    let foreign = page.replace("http://www.w3.org/2000/svg", "");
    assert!(!foreign.contains("http") && !foreign.contains("<script"), "the page is readable offline");
}

#[test]
fn accuracy_refuses_what_it_cannot_use() {
    let folder = winner_take_all();
    let cases: [(&[&str], &str); 6] = [
        (&["--window=-1"], "error: --window is -1, must be a finite number of ms, 0 or above"),
        (&["--van-rossum-tau", "0"], "error: --van-rossum-tau is 0, must be a finite number of ms, above 0"),
        (
            &["--victor-purpura-cost=-2"],
            "error: --victor-purpura-cost is -2, must be a finite number per ms, 0 or above",
        ),
        (&["--neurons", "16"], "error: --neurons names neuron 16, the core has neurons 0 to 15"),
        (&["--hdl", "hdl"], "--rtl"),
        (&["--cycles", "5"], "error: --stimulus has no time step of all neurons that ends"),
    ];
    for (more, message) in cases {
        let call = call(folder.path(), more);
        assert_eq!(call.code, Some(2), "{more:?} {}", call.all());
        assert!(call.stderr.contains(message), "{more:?} {}", call.all());
    }
    let text = fs::read_to_string(folder.path().join("core.toml")).unwrap();
    fs::write(folder.path().join("core.toml"), text.replace("\"per_time_step\"", "\"per_operation\"")).unwrap();
    let call = call(folder.path(), &[]);
    assert_eq!(call.code, Some(2), "{}", call.all());
    assert!(
        call.stderr.contains("error: events.loop_back with neuron.fire_check = \"per_operation\""),
        "{}",
        call.all()
    );
}

/// Needs Verilator: the RTL is a layer without difference, and its first difference ends with status 1.
#[test]
fn the_rtl_is_a_layer_without_difference() {
    let folder = winner_take_all();
    let agreeing = call(folder.path(), &["--rtl"]);
    assert_eq!(agreeing.code, Some(0), "{}", agreeing.all());
    let part = "rtl          difference 0: every probe signal is that of fixed_point in ";
    assert!(agreeing.stdout.contains(part), "{}", agreeing.all());
    copy_folder(&root().join("hdl"), &folder.path().join("hdl"));
    let file = folder.path().join("hdl/neuron/fire_once.sv");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("x_wide >= threshold_i"));
    fs::write(&file, text.replacen("x_wide >= threshold_i", "x_wide <= threshold_i", 1)).unwrap();
    let broken = call(folder.path(), &["--rtl", "--hdl", "hdl"]);
    assert_eq!(broken.code, Some(1), "{}", broken.all());
    for part in
        ["rtl          differs from fixed_point: write_", "divergence at cycle", "replay: bitspike accuracy core.toml"]
    {
        assert!(broken.stdout.contains(part), "`{part}`\n{}", broken.all());
    }
    assert!(
        fs::read_to_string(folder.path().join("out/accuracy.html")).unwrap().contains("the RTL differs from the model")
    );
}
