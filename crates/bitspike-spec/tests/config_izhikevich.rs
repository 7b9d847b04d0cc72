//! Izhikevich neurons and synaptic filters in `core.toml`: real numbers, raw integers, and the ideal values of both.

use bitspike_spec::config::{self, LoadedCore};
use bitspike_spec::{Filter, Polarity, Products, Recovery, Synapse, TimeScale, UpdateOrder};

fn read(text: &str) -> LoadedCore {
    config::from_str(text, ".").unwrap_or_else(|error| panic!("{error}"))
}

/// An Izhikevich core of two neurons with 8 fraction bits and constants of 18 bits, 16 of them fraction.
fn izhikevich(neuron: &str, values: &str) -> LoadedCore {
    izhikevich_at(1e-3, neuron, values)
}

/// Likewise, with time steps of `dt` seconds.
fn izhikevich_at(dt: f64, neuron: &str, values: &str) -> LoadedCore {
    read(&format!(
        "core = {{ neurons = 2, word_lines = 2, dt = {dt:e} }}\nsynapse.image.fill = 1\n\
         neuron = {{ model = \"izhikevich\", reset = \"value\", v = {{ bits = 18, frac = 8 }}, {neuron} }}\n\
         [values]\nthreshold.volts = 30e-3\n{values}"
    ))
}

const PAPER: &str = "[values.izhikevich]\na = 0.02\nb = 0.2\nc = -65\nd = 8\n";

#[test]
fn the_papers_numbers_become_integers() {
    let loaded = izhikevich("izhikevich = {}", PAPER);
    let (values, neuron) = (loaded.core.values(), &loaded.core.values().neurons[0]);
    // 0.02 * 2^16 = 1310.72; 0.2 * 2^16 = 13107.2; 0.04 * 2^16 = 2621.44; states times 2^8.
    assert_eq!((neuron.a, neuron.b, neuron.u_step), (1311, 13107, 2048));
    assert_eq!((neuron.threshold, neuron.v_reset), (7680, -16640));
    let k = &values.izhikevich;
    assert_eq!((k.k2, k.k1, k.k0, k.v_zero, k.dt), (2621, 1280, 35840, 0, 0));
}

#[test]
fn the_rate_of_the_recovery_is_taken_times_the_time_step() {
    let loaded = izhikevich_at(5e-4, "izhikevich = { dt_shift = 1 }", PAPER);
    // 0.01 * 2^16 = 655.36
    assert_eq!(loaded.core.values().neurons[0].a, 655);
}

#[test]
fn constants_follow_their_rounding() {
    let loaded = izhikevich("izhikevich = {}", &format!("constant_rounding = \"floor\"\n{PAPER}"));
    assert_eq!(loaded.core.values().neurons[0].a, 1310);
}

#[test]
fn potentials_are_in_millivolts_unless_the_file_says_otherwise() {
    let loaded = izhikevich(
        "izhikevich = {}, bias_bits = 12",
        &format!("v_init.volts = -65e-3\nu_init.volts = -13e-3\nbias.volts = 1e-3\n{PAPER}"),
    );
    let values = loaded.core.values();
    assert_eq!((values.v_init, values.u_init, values.neurons[0].bias), (-65 * 256, -13 * 256, 256));
    let scaled = read(
        "core = { neurons = 1, word_lines = 1 }\nsynapse.image.fill = 1\n\
         neuron = { model = \"izhikevich\", reset = \"value\", v = { bits = 12, frac = 4, lsb_volts = 1e-3 } }\n\
         values = { threshold.volts = 30e-3, izhikevich = { a = 0.02, b = 0.2, d = 8 } }\n",
    );
    assert_eq!(scaled.core.values().neurons[0].threshold, 30);
    assert_eq!(scaled.ideal_values().threshold, [30.0 / 16.0]);
}

#[test]
fn a_constant_time_step_is_that_of_the_core_divided_by_the_substeps() {
    let loaded = izhikevich("izhikevich = { dt_form = \"constant\", substeps = 2 }", PAPER);
    assert_eq!(loaded.core.values().izhikevich.dt, 32_768); // 0.5 ms
    let given = izhikevich("izhikevich = { dt_form = \"constant\", substeps = 2 }", &format!("{PAPER}dt = 0.5\n"));
    assert_eq!(given.core, loaded.core);
}

#[test]
fn numbers_may_be_a_list_of_one_for_each_neuron() {
    let list = "[values.izhikevich]\na = [0.02, 0.1]\nb = 0.2\nc = [-65, -50]\nd.raw = [2048, 512]\n";
    let loaded = izhikevich("izhikevich = {}, per_neuron = true", list);
    let neurons = &loaded.core.values().neurons;
    let all: Vec<_> = neurons.iter().map(|p| (p.a, p.b, p.v_reset, p.u_step)).collect();
    assert_eq!(all, [(1311, 13107, -16640, 2048), (6554, 13107, -12800, 512)]);
    let ideal = loaded.ideal_values();
    let model = ideal.izhikevich.expect("has the model");
    assert_eq!(
        (model.a, model.b, ideal.v_reset, model.d),
        (vec![0.02, 0.1], vec![0.2; 2], vec![-65.0, -50.0], vec![8.0, 2.0])
    );
}

#[test]
fn shift_add_takes_the_vertex_and_constants_of_few_digits() {
    let loaded = izhikevich("izhikevich = { form = \"shift_add\", digits = 2 }", PAPER);
    let (k, neuron) = (&loaded.core.values().izhikevich, &loaded.core.values().neurons[0]);
    // 2621.44: 2560 (2^11 + 2^9) is 61.44 off, 3072 and 2304 more; 1310.72: 1280; 13107.2: 12288 (2^13 + 2^12 = 2^14 - 2^12) is
    // 819.2 off, 14336 (2^14 - 2^11) 1228.8.
    assert_eq!((k.k2, neuron.a, neuron.b), (2560, 1280, 12_288));
    // -5 / 0.08 = -62.5; 140 - 25 / 0.16 = -16.25
    assert_eq!((k.k1, k.k0), (-16_000, -4_160));
    let ideal = loaded.ideal_values().izhikevich.expect("has the model");
    assert_eq!((ideal.k2, ideal.k1, ideal.k0), (0.04, 5.0, 140.0));
}

#[test]
fn ideal_values_of_raw_integers_are_what_they_mean() {
    let raw = "[values.izhikevich]\na.raw = 1312\nb.raw = 13312\nc.raw = -16640\nd.raw = 512\nk2.raw = 2560\n\
               k1.raw = -16000\nk0.raw = -4160\nv_zero.raw = -128\n";
    let loaded = izhikevich_at(5e-4, "izhikevich = { form = \"shift_add\", digits = 4, dt_shift = 1 }", raw);
    let ideal = loaded.ideal_values();
    let model = ideal.izhikevich.expect("has the model");
    let scale = 65_536.0;
    assert_eq!((model.a[0], model.b[0], model.d[0]), (2.0 * 1312.0 / scale, 13_312.0 / scale, 2.0));
    assert_eq!((ideal.v_reset[0], model.v_zero, model.k2, model.dt), (-65.0, -0.5, 2560.0 / scale, 0.5));
    // k2 (v - vertex)^2 + value: k1 = -2 k2 vertex, k0 = value + k2 vertex^2.
    let k2 = 2560.0 / scale;
    assert!((model.k1 - 125.0 * k2).abs() < 1e-12 && (model.k0 - (-16.25 + 62.5 * 62.5 * k2)).abs() < 1e-12);
}

#[test]
fn every_choice_of_the_model_is_read() {
    let neuron = "izhikevich = { form = \"multiplier\", multipliers = 3, update = \"simultaneous\", recovery = \"accommodation\", \
                  u = { bits = 20, overflow = \"wrap\" }, constant = { bits = 20, frac = 17 }, rounding = \"half_even\", dt_shift = 2 }";
    let model = izhikevich_at(0.25e-3, neuron, PAPER).core.structure().izhikevich().expect("has the model");
    assert_eq!(model.products, Products::Multiplier { multipliers: 3 });
    assert_eq!((model.update, model.recovery), (UpdateOrder::Simultaneous, Recovery::Accommodation));
    assert_eq!((model.u_bits, model.constant_bits, model.constant_frac), (20, 20, 17));
    assert_eq!((model.time_scale, model.substeps, model.step_cycles()), (TimeScale::Shift(2), 1, 2));
}

/// A current of 4 neurons, with the keys of `[neuron.i_syn]` and `[values]`.
fn current(i_syn: &str, values: &str) -> LoadedCore {
    read(&format!(
        "core = {{ neurons = 4, word_lines = 4 }}\nsynapse.image.fill = 1\nevents.delay_slots = 4\n\
         neuron = {{ integrate = \"current\", i_syn = {{ bits = 16, {i_syn} }}, decay = {{ form = \"multiply\", bits = 12 }} }}\n\
         [values]\nthreshold = 9\n{values}"
    ))
}

/// `round(4096 exp(-1 ms * rate))`.
fn decay(rate: f64) -> i64 {
    (4096.0 * (-1e-3 * rate).exp()).round() as i64
}

#[test]
fn time_constants_become_the_decays_of_the_filter() {
    let double = current("filter = \"double_exponential\"", "tau_slow = 10e-3\ntau_rise = 2e-3\n");
    assert_eq!(double.core.values().i_syn_decay, [decay(100.0), decay(500.0)]);
    let three = current(
        "filter = \"three_tau\", gain_bits = 8",
        "tau_rise = 1e-3\ntau_fast = 5e-3\ntau_slow = 20e-3\nfast_share = 0.75\n",
    );
    // Rates 1/tau_fast, 1/tau_slow, 1/tau_rise + 1/tau_fast, 1/tau_rise + 1/tau_slow, as the contract's table has them.
    assert_eq!(three.core.values().i_syn_decay, [200.0, 50.0, 1200.0, 1050.0].map(decay));
    assert_eq!(three.core.values().gain, [[192, 64]]);
    let structure = three.core.structure();
    let synapse =
        Synapse { filter: Filter::ThreeTau, polarity: Polarity::Signed, shift: 0, gain_bits: 8, delay_slots: 4 };
    assert_eq!(structure.synapse, synapse);
}

#[test]
fn inhibitory_time_constants_are_the_excitatory_ones_unless_given() {
    let split = current(
        "filter = \"three_tau\", polarity = \"split\", gain_bits = 4, shift = 3",
        "tau_rise = 1e-3\ntau_fast = 5e-3\ntau_slow = 20e-3\nfast_share = 0.75\n\
         inhibitory = { tau_slow = 40e-3, fast_share = 0.5 }\n",
    );
    let rates = [200.0, 50.0, 1200.0, 1050.0, 200.0, 25.0, 1200.0, 1025.0];
    assert_eq!(split.core.values().i_syn_decay, rates.map(decay));
    assert_eq!(split.core.values().gain, [[12, 4], [8, 8]]);
    let ideal = split.ideal_values();
    assert_eq!(ideal.gain, [[0.75, 0.25], [0.5, 0.5]]);
    for (tau, rate) in ideal.tau_i_syn.expect("multiply has time constants").into_iter().zip(rates) {
        assert!((tau * rate - 1.0).abs() < 1e-12, "{tau} {rate}");
    }
}

#[test]
fn raw_decays_are_one_for_all_or_a_list() {
    let one = current("polarity = \"split\"", "i_syn_decay = 3000\n");
    assert_eq!(one.core.values().i_syn_decay, [3000, 3000]);
    let each = current("polarity = \"split\"", "i_syn_decay = [2048, 4096]\n");
    assert_eq!(each.core.values().i_syn_decay, [2048, 4096]);
    // A half per ms: tau = 1 ms / ln 2; a factor of 1 never decays.
    let taus = each.ideal_values().tau_i_syn.expect("multiply has time constants");
    assert!((taus[0] - 1e-3 / std::f64::consts::LN_2).abs() < 1e-15 && taus[1].is_infinite(), "{taus:?}");
}

#[test]
fn ideal_values_of_a_lif_core_are_as_given_or_as_meant() {
    let loaded = read(
        "core = { neurons = 2, word_lines = 2, dt = 2e-3 }\nsynapse.image.fill = 1\n\
         neuron = { v = { bits = 16, frac = 4, lsb_volts = 1e-3 }, leak = { form = \"shift\" }, refractory_bits = 4, bias_bits = 8 }\n\
         values = { threshold.volts = 10.3e-3, leak = 2, v_reset = -8, bias = 24, v_init.volts = 1e-3, refractory_steps = 3 }\n",
    );
    let ideal = loaded.ideal_values();
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
    near(ideal.threshold[1], 10.3 / 16.0);
    assert_eq!((ideal.v_reset[0], ideal.bias[1], ideal.tau_ref), (-0.5, 1.5, 6e-3));
    near(ideal.v_init, 1.0 / 16.0);
    near(ideal.tau_m.expect("shift has one")[0], -2e-3 / 0.75_f64.ln());
    assert_eq!((ideal.tau_i_syn, ideal.izhikevich), (Some(vec![]), None));
}
