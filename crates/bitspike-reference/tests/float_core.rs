//! A core as floats: golden firing patterns, cases computed by hand, and layers that theory says are equal.

mod golden;

use bitspike_reference::core::{
    FloatCore, FloatRun, Parabola, RealNeuron, RealParameters, Reduction, SharedIzhikevich, Watch,
};
use bitspike_spec::fx::{Overflow, Rounding};
use bitspike_spec::{
    AerEvent, Clamp, Compare, Core, CrossbarImage, Filter, FireCheck, Integrate, Izhikevich, NeuronModel, Order,
    Polarity, Products, Recovery, Reduce, ReduceForm, Reset, Stimulus, Structure, Synapse, TimeScale, UpdateOrder,
    Values, config,
};
use golden::Table;

const WATCH: Watch<'static> = Watch { traced: &[0], goes_on: &|_| true };

/// A core of one neuron and one word line of weight 1 that takes a current and forgets it after each time step.
fn one_neuron(change: impl FnOnce(&mut Structure, &mut Values)) -> Core {
    let text = r#"
core = { neurons = 1, word_lines = 1 }
neuron = { integrate = "current", fire_check = "per_time_step", i_syn = { bits = 24 }, decay = { form = "clear" } }
synapse.image = { fill = 1 }
values.threshold = 100
"#;
    let core = config::from_str(text, ".").expect("a valid core").core;
    let (mut structure, mut values) = (*core.structure(), core.values().clone());
    change(&mut structure, &mut values);
    Core::new(structure, values).expect("a valid core")
}

fn events(inputs: impl IntoIterator<Item = i16>) -> Stimulus {
    Stimulus::dense(inputs.into_iter().flat_map(|weight| [AerEvent::inject(0, weight), AerEvent::TimeStep]))
}

fn steps(run: &FloatRun) -> Vec<u64> {
    run.spikes.iter().map(|spike| spike.step).collect()
}

const IZHIKEVICH: Izhikevich = Izhikevich {
    products: Products::Multiplier { multipliers: 0 },
    update: UpdateOrder::Sequential,
    recovery: Recovery::Standard,
    u_bits: 24,
    u_overflow: Overflow::Saturate,
    rounding: Rounding::Floor,
    time_scale: TimeScale::Constant,
    substeps: 1,
    constant_bits: 16,
    constant_frac: 12,
};

fn izhikevich_core(update: UpdateOrder) -> Core {
    one_neuron(|structure, _| {
        structure.model = NeuronModel::Izhikevich(Izhikevich { update, ..IZHIKEVICH });
        structure.semantics.compare = Compare::Gt;
        structure.semantics.reset = Reset::Value;
    })
}

/// A firing pattern of Izhikevich 2004 whose input takes two values.
struct Pattern {
    parameters: RealParameters,
    input: Vec<i16>,
    table: Table,
}

/// Inputs are `base` and `base + unit`: `base` is the bias, `unit` what a weight of 1 stands for.
fn pattern(letter: char) -> Pattern {
    let names = golden_names();
    let row = names.iter().position(|name| *name == letter).expect("a pattern");
    let constants = Table::read("izh20_params.csv");
    let of = |name: &str| constants.values(name)[row];
    let table = Table::read(&format!("izh20_{letter}.csv"));
    let input = table.values("I");
    let base = input[0];
    let unit = input.iter().map(|i| i - base).find(|difference| *difference != 0.0).expect("an input that changes");
    let neuron = RealNeuron {
        threshold: 30.0,
        leak: Reduction::Keep,
        v_reset: of("c"),
        bias: base,
        output_enable: true,
        a: of("a") * of("dt_ms"),
        b: of("b"),
        u_step: of("d"),
    };
    let parabola = Parabola::Powers { k2: 0.04, k1: of("k1"), k0: of("k0") };
    let parameters = RealParameters {
        neurons: vec![neuron],
        v_init: of("v0"),
        u_init: of("u0"),
        decay: vec![Reduction::Clear],
        gain: Vec::new(),
        izhikevich: Some(SharedIzhikevich { parabola, v_zero: 0.0, dt: of("dt_ms") }),
        refractory_steps: 0.0,
        weight: unit,
    };
    let input = input.iter().map(|i| if i.to_bits() == base.to_bits() { 0 } else { 1 }).collect();
    Pattern { parameters, input, table }
}

/// The first word of each row of the table of patterns.
fn golden_names() -> Vec<char> {
    include_str!("data/izh20_params.csv").lines().skip(1).filter_map(|line| line.chars().next()).collect()
}

fn spike_steps(table: &Table, column: &str) -> Vec<u64> {
    (0..).zip(table.values(column)).filter(|(_, spike)| *spike == 1.0).map(|(step, _)| step).collect()
}

/// Row k of a table holds `v` before step k, the trace of a run `v` after it.
#[test]
fn discretised_follows_the_golden_firing_patterns() {
    for letter in "ABCEFIJLMPQS".chars() {
        for (update, scheme) in [(UpdateOrder::Sequential, "seq"), (UpdateOrder::Simultaneous, "sim")] {
            let Pattern { parameters, input, table } = pattern(letter);
            let core = izhikevich_core(update);
            let run =
                FloatCore::discretised(&core, parameters).expect("parameters that fit").run(&events(input), &WATCH);
            assert_eq!(steps(&run), spike_steps(&table, &format!("spike_{scheme}")), "{letter} {scheme}");
            let golden = table.values(&format!("v_{scheme}"));
            // Operations in another order than the table's: rounding, amplified by the pattern's sensitivity (at most 1e4).
            let largest = run.traces[0].v.iter().zip(&golden[1..]).map(|(v, g)| (v - g).abs()).fold(0.0, f64::max);
            assert!(largest <= 1e-7, "{letter} {scheme}: {largest:e}");
        }
    }
}

#[test]
fn continuous_has_the_spike_times_of_runge_kutta_at_a_fiftieth() {
    let text = include_str!("data/izh20_params.csv");
    for letter in ['A', 'C', 'E', 'F', 'L'] {
        let Pattern { mut parameters, input, table: _ } = pattern(letter);
        parameters.neurons[0].threshold = 30.0;
        let dt = parameters.izhikevich.expect("shared constants").dt;
        let core = izhikevich_core(UpdateOrder::Sequential);
        let run = FloatCore::continuous(&core, parameters).expect("a continuous core").run(&events(input), &WATCH);
        let line = text.lines().find(|line| line.starts_with(letter)).expect("the pattern's line");
        let times: Vec<f64> =
            line.rsplit(',').next().expect("a list").split(' ').map(|t| t.parse().expect("ms")).collect();
        assert_eq!(run.spikes.len(), times.len(), "{letter}");
        for (spike, time) in run.spikes.iter().zip(times) {
            // The golden time is the end of the sub-step that crosses; the step holds it, to within one sub-step.
            let (from, to) = (spike.step as f64 * dt, (spike.step + 1) as f64 * dt);
            assert!(from - dt / 50.0 <= time && time <= to + dt / 50.0, "{letter}: {time} ms in step {}", spike.step);
        }
    }
}

fn reduce(form: ReduceForm, bits: u32) -> Reduce {
    Reduce { form, rounding: Rounding::Floor, clamp: Clamp::None, bits }
}

fn discretised(core: &Core, stimulus: &Stimulus) -> FloatRun {
    FloatCore::discretised(core, RealParameters::stored(core)).expect("parameters that fit").run(stimulus, &WATCH)
}

/// Drive 8 in each of two steps, a quarter leaks, threshold 10 is subtracted.
#[test]
fn leak_integrate_and_fire_stand_in_the_order_named() {
    let cases = [
        (Order::LeakIntegrateFire, [8.0, 4.0]), // 0 + 8;  6 + 8 = 14 fires
        (Order::IntegrateLeakFire, [6.0, 0.5]), // 8 * 3/4;  14 * 3/4 = 10.5 fires
        (Order::IntegrateFireLeak, [6.0, 4.0]), // 8 * 3/4;  14 fires and does not leak
    ];
    for (order, v) in cases {
        let core = one_neuron(|structure, values| {
            structure.semantics.order = order;
            structure.semantics.leak = reduce(ReduceForm::Shift, 8);
            structure.semantics.reset = Reset::Subtract;
            (values.neurons[0].leak, values.neurons[0].threshold) = (2, 10);
        });
        let run = discretised(&core, &events([8, 8]));
        assert_eq!((run.traces[0].v.as_slice(), steps(&run)), (v.as_slice(), vec![1]), "{order}");
        assert_eq!(run.ranges.v.high, 14.0, "{order}: before the reset");
    }
}

#[test]
fn reductions_are_those_of_the_contract_without_rounding() {
    let of = |form, bits, clamp, amount| Reduction::of_amount(&Reduce { clamp, ..reduce(form, bits) }, amount, 0.5);
    assert_eq!(of(ReduceForm::None, 1, Clamp::None, 0).apply(3.0), 3.0);
    assert_eq!(of(ReduceForm::Subtract, 4, Clamp::None, 8).apply(3.0), -1.0, "8 LSB of 0.5");
    assert_eq!(of(ReduceForm::Subtract, 4, Clamp::Zero, 8).apply(3.0), 0.0);
    assert_eq!(of(ReduceForm::Subtract, 4, Clamp::Zero, 8).apply(-7.0), -3.0);
    assert_eq!(of(ReduceForm::Shift, 4, Clamp::MinOne, 3).apply(-8.0), -7.0);
    assert_eq!(of(ReduceForm::Multiply, 4, Clamp::None, 12).apply(8.0), 6.0, "12 / 16");
    assert_eq!(of(ReduceForm::Clear, 4, Clamp::None, 0).apply(8.0), 0.0);
}

#[test]
fn a_held_membrane_takes_no_weights_and_no_drive() {
    let core = one_neuron(|structure, values| {
        structure.i_syn_bits = 0;
        structure.semantics.integrate = Integrate::Membrane;
        structure.refractory_bits = 3;
        structure.bias_bits = 4;
        values.i_syn_decay.clear();
        values.refractory_steps = 2;
        (values.neurons[0].threshold, values.neurons[0].bias) = (5, 1);
    });
    // Step 0: 4 + 1 fires. Steps 1, 2 held: weight 3 is lost. Step 3: 3 + 1.
    let run = discretised(&core, &events([4, 3, 3, 3]));
    assert_eq!((steps(&run), run.traces[0].v.as_slice()), (vec![0], [0.0, 0.0, 0.0, 4.0].as_slice()));
}

/// With a leak that clears, `v` after each step is the drive of that step.
fn shows_its_current(structure: &mut Structure) {
    structure.semantics.leak = reduce(ReduceForm::Clear, 1);
    structure.semantics.decay = reduce(ReduceForm::Multiply, 16);
}

/// A filter in closed form, over time steps since the spike.
type Kernel = Box<dyn Fn(f64) -> f64>;

#[test]
fn filters_follow_their_closed_forms() {
    let (fast, slow, rise, a) = (3.0_f64, 11.0_f64, 2.0_f64, 0.25_f64);
    let factor = |rate: f64| Reduction::Factor((-rate).exp());
    let rates = [1.0 / fast, 1.0 / slow, 1.0 / rise + 1.0 / fast, 1.0 / rise + 1.0 / slow];
    let cases: [(Filter, Vec<f64>, Kernel); 3] = [
        (Filter::Exponential, vec![1.0 / slow], Box::new(move |t| (-t / slow).exp())),
        (
            Filter::DoubleExponential,
            vec![1.0 / slow, 1.0 / rise],
            Box::new(move |t| (-t / slow).exp() - (-t / rise).exp()),
        ),
        (
            Filter::ThreeTau,
            rates.to_vec(),
            Box::new(move |t| (1.0 - (-t / rise).exp()) * (a * (-t / fast).exp() + (1.0 - a) * (-t / slow).exp())),
        ),
    ];
    for (filter, rates, closed) in cases {
        let core = one_neuron(|structure, values| {
            shows_its_current(structure);
            let gain_bits = if filter == Filter::ThreeTau { 8 } else { 0 };
            structure.synapse = Synapse { filter, gain_bits, delay_slots: 4, shift: 1, ..Synapse::DIRECT };
            values.i_syn_decay = vec![0; rates.len()];
            values.gain = vec![[64, 192]; usize::from(filter == Filter::ThreeTau)];
        });
        let parameters =
            RealParameters { decay: rates.iter().map(|&rate| factor(rate)).collect(), ..RealParameters::stored(&core) };
        let delayed =
            [AerEvent::Inject { neuron: 0, weight: 6, delay: 2 }, AerEvent::WordLine { word_line: 0, delay: 3 }];
        let stimulus = Stimulus::dense(delayed.into_iter().chain([AerEvent::TimeStep; 12]));
        let run = FloatCore::discretised(&core, parameters).expect("parameters that fit").run(&stimulus, &WATCH);
        for (step, &v) in run.traces[0].v.iter().enumerate() {
            let since =
                |delay: usize, weight: f64| if step < delay { 0.0 } else { weight * closed((step - delay) as f64) };
            let expected = (since(2, 6.0) + since(3, 1.0)) / 2.0; // shift 1 halves the current
            assert!((v - expected).abs() <= 1e-14, "{filter}, step {step}: {v} for {expected}");
        }
    }
}

#[test]
fn split_polarities_decay_apart() {
    let core = one_neuron(|structure, values| {
        shows_its_current(structure);
        structure.synapse = Synapse { polarity: Polarity::Split, ..Synapse::DIRECT };
        values.i_syn_decay = vec![32768, 16384]; // factors 1/2 and 1/4
    });
    let stimulus = Stimulus::dense([
        AerEvent::inject(0, 8),
        AerEvent::inject(0, -16),
        AerEvent::TimeStep,
        AerEvent::TimeStep,
        AerEvent::TimeStep,
    ]);
    let run = discretised(&core, &stimulus);
    assert_eq!(run.traces[0].v, [8.0 - 16.0, 4.0 - 4.0, 2.0 - 1.0]);
    assert_eq!((run.ranges.i_syn[0].high, run.ranges.i_syn[1].low), (8.0, -16.0));
}

/// Three neurons in a ring: the spike of neuron n comes back as word line n, which excites neuron n + 1.
fn ring(loop_back_delay: u32, delay_slots: u32) -> Core {
    let text = r#"
core = { neurons = 3, word_lines = 3 }
neuron = { integrate = "current", fire_check = "per_time_step", i_syn = {}, decay = { form = "clear" } }
synapse.image = { rows = [[0, 9, 0], [0, 0, 9], [9, 0, 0]] }
events = { loop_back = true, time_step = "barrier" }
values.threshold = 9
"#;
    let core = config::from_str(text, ".").expect("a valid core").core;
    let structure = Structure { synapse: Synapse { delay_slots, ..Synapse::DIRECT }, ..*core.structure() };
    Core::new(structure, Values { loop_back_delay, ..core.values().clone() }).expect("a valid core")
}

#[test]
fn spikes_of_a_step_come_back_before_the_next() {
    let stimulus = Stimulus::dense([AerEvent::inject(0, 9)].into_iter().chain([AerEvent::TimeStep; 7]));
    let fired =
        |core: &Core| discretised(core, &stimulus).spikes.iter().map(|s| (s.step, s.neuron)).collect::<Vec<_>>();
    assert_eq!(fired(&ring(0, 1)), [(0, 0), (1, 1), (2, 2), (3, 0), (4, 1), (5, 2), (6, 0)]);
    assert_eq!(fired(&ring(2, 4)), [(0, 0), (3, 1), (6, 2)], "a delay of 2 is the third step after");
}

#[test]
fn operations_fire_in_the_order_of_the_events() {
    let core = one_neuron(|structure, values| {
        structure.i_syn_bits = 0;
        structure.semantics.integrate = Integrate::Membrane;
        structure.semantics.fire_check = FireCheck::PerOperation;
        structure.semantics.reset = Reset::Subtract;
        structure.semantics.max_spikes = 2;
        values.i_syn_decay.clear();
        values.neurons[0].threshold = 5;
    });
    let stimulus = Stimulus::dense([
        AerEvent::inject(0, 4),
        AerEvent::TimeStepOne(0), // nothing happens, and no step of all neurons is over
        AerEvent::inject(0, 14),  // 18: two spikes, 8 is left
        AerEvent::TimeStep,       // 8: one more, 3 is left
        AerEvent::inject(0, 2),   // 5: one spike in step 1
    ]);
    let run = discretised(&core, &stimulus);
    assert_eq!((steps(&run), run.traces[0].v.as_slice(), run.steps), (vec![0, 0, 0, 1], [3.0].as_slice(), 1));
}

#[test]
fn a_run_stops_when_it_is_told_to() {
    let core = one_neuron(|_, _| {});
    let watch = Watch { traced: &[], goes_on: &|steps| steps < 3 };
    let run =
        FloatCore::discretised(&core, RealParameters::stored(&core)).expect("parameters").run(&events([1; 9]), &watch);
    assert_eq!(run.steps, 3);
}

/// A LIF core whose inputs are jumps of `v` and whose leak is an exponential.
fn jumping(order: Order) -> Core {
    one_neuron(|structure, values| {
        structure.i_syn_bits = 0;
        structure.semantics.integrate = Integrate::Membrane;
        structure.semantics.order = order;
        structure.semantics.leak = reduce(ReduceForm::Multiply, 8);
        values.i_syn_decay.clear();
        (values.neurons[0].leak, values.neurons[0].threshold) = (230, 40);
    })
}

/// The first input jumps onto the threshold and fires at once. Nothing drives `v` between two boundaries, so the equation and the step agree: to 50 roundings of `f64` for each step.
#[test]
fn continuous_equals_discretised_without_input_inside_a_step() {
    let core = jumping(Order::IntegrateFireLeak);
    let stimulus = events((0..400).map(|k| [40, 17, -9, 30, 5, 0, 0, 21][k % 8]));
    let run =
        FloatCore::continuous(&core, RealParameters::stored(&core)).expect("a continuous core").run(&stimulus, &WATCH);
    let expected = discretised(&core, &stimulus);
    assert_eq!(steps(&run), steps(&expected));
    assert!(run.spikes.len() > 10, "{} spikes", run.spikes.len());
    let worst = run.traces[0].v.iter().zip(&expected.traces[0].v).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    // Errors decay with v: a geometric series of factor 230 / 256 bounds them by 10 steps' worth.
    assert!(worst <= 10.0 * 50.0 * 40.0 * f64::EPSILON, "{worst:e}");
}

/// A constant drive: the crossing times have a closed form, and each spike begins the next climb.
#[test]
fn continuous_follows_the_exact_rate_under_a_constant_drive() {
    let core = one_neuron(|structure, values| {
        structure.semantics.leak = reduce(ReduceForm::Multiply, 8);
        structure.bias_bits = 8;
        structure.refractory_bits = 4;
        values.refractory_steps = 3;
        (values.neurons[0].leak, values.neurons[0].threshold, values.neurons[0].bias) = (250, 60, 7);
    });
    let lambda = -(250.0_f64 / 256.0).ln();
    let climb = -(1.0 - 60.0 * lambda / 7.0).ln() / lambda;
    let run = FloatCore::continuous(&core, RealParameters::stored(&core))
        .expect("a continuous core")
        .run(&events([0; 1000]), &WATCH);
    // A spike is seen at the end of its sub-step, so a period is longer by less than a fiftieth of a step.
    let (most, least) = (1000.0 / (climb + 3.0), 1000.0 / (climb + 3.0 + 0.02) - 1.0);
    let count = run.spikes.len() as f64;
    assert!(least <= count && count <= most, "{count} spikes, {least} to {most} expected");
}

/// The current through the leak: `v(t) = w (exp(-rate t) - exp(-lambda t)) / (lambda - rate)`.
#[test]
fn continuous_current_follows_the_postsynaptic_potential() {
    for (leak, decay) in [(243, 205), (230, 230)] {
        let core = one_neuron(|structure, values| {
            structure.semantics.leak = reduce(ReduceForm::Multiply, 8);
            structure.semantics.decay = reduce(ReduceForm::Multiply, 8);
            values.i_syn_decay = vec![decay];
            values.neurons[0].leak = leak;
        });
        let stimulus = Stimulus::dense([AerEvent::inject(0, 10)].into_iter().chain([AerEvent::TimeStep; 40]));
        let run = FloatCore::continuous(&core, RealParameters::stored(&core))
            .expect("a continuous core")
            .run(&stimulus, &WATCH);
        let [lambda, rate] = [leak, decay].map(|amount| -(amount as f64 / 256.0).ln());
        for (step, v) in (1..).zip(&run.traces[0].v) {
            let t = f64::from(step);
            let expected = if leak == decay {
                10.0 * t * (-lambda * t).exp()
            } else {
                10.0 * ((-rate * t).exp() - (-lambda * t).exp()) / (lambda - rate)
            };
            assert!((v - expected).abs() <= 1e-11, "step {step}: {v} for {expected}");
        }
    }
}

#[test]
fn knobs_without_a_continuous_meaning_are_named() {
    let message = |change: fn(&mut Structure, &mut Values)| {
        let core = one_neuron(change);
        FloatCore::continuous(&core, RealParameters::stored(&core)).expect_err("no continuous meaning").to_string()
    };
    assert_eq!(
        message(|s, _| s.semantics.compare = Compare::Eq),
        "neuron.compare is \"eq\": a potential that moves through its threshold equals it at an instant only"
    );
    assert_eq!(
        message(|s, _| (s.semantics.reset, s.semantics.max_spikes) = (Reset::Subtract, 2)),
        "neuron.max_spikes is above 1: it counts the spikes of a time step"
    );
    assert_eq!(
        message(|s, v| {
            (s.i_syn_bits, s.semantics.integrate) = (0, Integrate::Membrane);
            s.semantics.fire_check = FireCheck::PerOperation;
            v.i_syn_decay.clear();
        }),
        "neuron.fire_check is \"per_operation\": operations have an order but no times"
    );
    let leaks = [
        (ReduceForm::Clear, "is \"clear\": it takes a state to 0 in one time step"),
        (ReduceForm::Shift, "has the factor 0: it takes a state to 0 in one time step"),
        (ReduceForm::Subtract, "is \"subtract\": its amount belongs to a time step, not to a time constant"),
    ];
    for (form, what) in leaks {
        for key in ["neuron.leak.form", "neuron.decay.form"] {
            let core = one_neuron(|structure, values| match key {
                "neuron.leak.form" => structure.semantics.leak = reduce(form, 8),
                _ => {
                    structure.semantics.decay = reduce(form, 8);
                    values.i_syn_decay = vec![0];
                }
            });
            let made = FloatCore::continuous(&core, RealParameters::stored(&core));
            match (key, form) {
                // A current that is cleared lasts for its time step.
                ("neuron.decay.form", ReduceForm::Clear) => assert!(made.is_ok()),
                _ => assert_eq!(made.expect_err("no continuous meaning").to_string(), format!("{key} {what}")),
            }
        }
    }
}

#[test]
fn parameters_that_do_not_fit_the_core_are_refused() {
    let core = one_neuron(|_, _| {});
    let message = |change: fn(&mut RealParameters)| {
        let mut parameters = RealParameters::stored(&core);
        change(&mut parameters);
        FloatCore::discretised(&core, parameters).expect_err("parameters that do not fit").to_string()
    };
    assert_eq!(message(|p| p.neurons.clear()), "the neurons' real parameters has 0 values, must have 1");
    assert_eq!(message(|p| p.decay.clear()), "the real decays has 0 values, must have 1");
    assert_eq!(message(|p| p.gain.push([0.0; 2])), "the real gains has 1 values, must have 0");
    assert_eq!(
        message(|p| p.izhikevich = Some(SharedIzhikevich {
            parabola: Parabola::Powers { k2: 0.04, k1: 5.0, k0: 140.0 },
            v_zero: 0.0,
            dt: 1.0
        })),
        "the shared real constants has 1 values, must have 0"
    );
}

#[test]
fn loop_back_of_operations_that_fire_is_refused() {
    let core = ring(0, 1);
    let mut structure = *core.structure();
    (structure.i_syn_bits, structure.semantics.integrate) = (0, Integrate::Membrane);
    structure.semantics.fire_check = FireCheck::PerOperation;
    let image: CrossbarImage = core.values().weights().expect("event read").clone();
    let values = Values { i_syn_decay: Vec::new(), array: image.into(), ..core.values().clone() };
    let core = Core::new(structure, values).expect("a valid core");
    let error = FloatCore::discretised(&core, RealParameters::stored(&core)).expect_err("no order");
    assert!(
        error.to_string().starts_with("events.loop_back with neuron.fire_check = \"per_operation\": the order"),
        "{error}"
    );
}

/// The paper's numbers in, the paper's numbers out; what is stored is the nearest multiple of `2^-16`.
#[test]
fn ideal_parameters_are_those_of_the_file() {
    let of = |more: &str| {
        let loaded = config::from_str(&format!("preset = \"izhikevich\"\n{more}"), ".").expect("a valid core");
        (RealParameters::ideal(&loaded.core, &loaded.ideal_values()), RealParameters::stored(&loaded.core))
    };
    let (ideal, stored) = of("");
    let (a, b) = (ideal.neurons[0].a, ideal.neurons[0].b);
    assert_eq!((a, b, stored.neurons[0].a), (0.02, 0.2, 1311.0 / 65536.0), "0.02 per ms in a step of 1 ms");
    let shared = ideal.izhikevich.expect("an Izhikevich core");
    assert_eq!((shared.parabola, shared.dt), (Parabola::Powers { k2: 0.04, k1: 5.0, k0: 140.0 }, 0.5));
    let (ideal, _) = of("neuron.izhikevich = { form = \"shift_add\" }");
    let Parabola::Vertex { k2, vertex, lowest } = ideal.izhikevich.expect("an Izhikevich core").parabola else {
        panic!("shift_add holds the vertex")
    };
    // 0.04 (v + 62.5)^2 - 16.25 = 0.04 v^2 + 5 v + 140
    assert_eq!((k2, vertex, lowest), (0.04, -62.5, -16.25));
    assert_eq!(Parabola::Vertex { k2, vertex, lowest }.at(-62.5), -16.25);
}

/// Integers in, integers out: no constant counts as rounded. A time constant comes back as its exponential.
#[test]
fn ideal_parameters_of_integers_are_the_stored_ones() {
    let of = |leak: &str| {
        let text = format!(
            "core = {{ neurons = 2, word_lines = 1 }}\nsynapse.image = {{ fill = 1 }}\nneuron.leak = {{ form = \"multiply\" }}\nvalues = {{ threshold = 9, {leak} }}"
        );
        let loaded = config::from_str(&text, ".").expect("a valid core");
        (RealParameters::ideal(&loaded.core, &loaded.ideal_values()), RealParameters::stored(&loaded.core))
    };
    let (ideal, stored) = of("leak = 201");
    assert_eq!(ideal, stored);
    let (ideal, stored) = of("tau_m = 20e-3");
    assert_eq!(ideal.neurons[0].leak, Reduction::Factor((-0.05_f64).exp()));
    assert_eq!(stored.neurons[0].leak, Reduction::Factor(244.0 / 256.0), "256 exp(-1/20) = 243.5");
}

#[test]
fn an_array_that_changes_has_no_float_layer() {
    let core = ring(0, 1);
    let mut structure = *core.structure();
    structure.array.epochs = 2;
    let images = vec![core.values().weights().expect("event read").clone(); 2];
    let values =
        Values { array: bitspike_spec::SynapseArray::Event(images), epoch_starts: vec![5], ..core.values().clone() };
    let core = Core::new(structure, values).expect("valid");
    let error = FloatCore::discretised(&core, RealParameters::stored(&core)).expect_err("no weights");
    assert_eq!(
        error.to_string(),
        "the array has epochs or analogue read: float layers need the core with its ideal weights instead"
    );
}
