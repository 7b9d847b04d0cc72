//! Presets and templates load, and describe the chips they are named after.

use bitspike_spec::config::{self, Preset, templates};
use bitspike_spec::{Core, Door, FireCheck, FullPolicy, Handshake, TimeStepPolicy};

fn preset(preset: Preset) -> Core {
    config::from_str(&format!("preset = \"{preset}\""), ".").unwrap_or_else(|error| panic!("{preset}: {error}")).core
}

#[test]
fn every_preset_loads_as_a_file_of_one_line() {
    for &name in Preset::ALL {
        let core = preset(name);
        assert_eq!(core.values().weights().expect("event read").bit_lines(), core.structure().neurons, "{name}");
    }
}

#[test]
fn every_preset_loads_as_a_file_of_its_own() {
    for &name in Preset::ALL {
        let alone = config::from_str(config::preset_text(name), ".").unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(alone.core, preset(name));
        assert_eq!(alone.config.core.name, name.name());
    }
}

#[test]
fn every_template_loads() {
    for (name, text) in templates() {
        let loaded = config::from_str(text, ".").unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_ne!(loaded.config.core.name, "core", "{name} names its core");
    }
}

#[test]
fn tinyodin_is_the_published_parameter_set() {
    let core = preset(Preset::TinyOdin);
    let s = core.structure();
    assert_eq!((s.neurons, s.word_lines, s.lanes, s.weight_bits, s.v_bits), (256, 256, 1, 4, 12));
    assert_eq!((s.schedule.initiation_interval, s.queue_depth, s.refractory_bits), (2, 128, 0));
    assert_eq!((s.schedule.full_policy, s.schedule.door), (FullPolicy::Stall, Door::BetweenEvents));
    assert_eq!((s.schedule.time_step, s.schedule.handshake), (TimeStepPolicy::Bypass, Handshake::FourPhase));
    assert_eq!((s.semantics.fire_check, s.semantics.leak.max_amount()), (FireCheck::PerOperation, 127));
}

#[test]
fn loihi_decays_by_twelve_bit_factors_and_shifts_weights_by_six() {
    let core = preset(Preset::Loihi1Lif);
    let s = core.structure();
    assert_eq!((s.v_bits, s.i_syn_bits, s.weight_bits, s.weight_shift), (24, 24, 8, 6));
    assert_eq!((s.semantics.leak.max_amount(), s.semantics.decay.max_amount()), (4096, 4096));
}

#[test]
fn xylo_fires_up_to_thirty_one_times() {
    let core = preset(Preset::Xylo);
    assert_eq!((core.structure().semantics.max_spikes, core.structure().v_bits), (31, 16));
}

#[test]
fn izhikevich_is_the_regular_spiking_neuron_of_the_paper() {
    let loaded = config::from_str("preset = \"izhikevich\"", ".").unwrap_or_else(|error| panic!("{error}"));
    let ideal = loaded.ideal_values();
    let model = ideal.izhikevich.expect("has the model");
    assert_eq!((model.a[0], model.b[0], ideal.v_reset[0], model.d[0]), (0.02, 0.2, -65.0, 8.0));
    assert_eq!((model.k2, model.k1, model.k0, model.v_zero), (0.04, 5.0, 140.0, 0.0));
    // The script of the paper adds 0.5 ms twice, and starts at -65 and b times -65.
    assert_eq!((model.dt, loaded.core.structure().izhikevich().expect("has the model").substeps), (0.5, 2));
    for (found, expected) in [(ideal.threshold[0], 30.0), (ideal.v_init, -65.0), (ideal.u_init, -13.0)] {
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }
}
