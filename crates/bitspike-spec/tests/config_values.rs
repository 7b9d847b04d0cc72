//! What a configuration means: SI units, presets under overrides, weights, defaults.

use bitspike_spec::config::{self, LoadedCore};
use bitspike_spec::{Reset, TimeStepPolicy};

fn read(text: &str) -> LoadedCore {
    config::from_str(text, ".").unwrap_or_else(|error| panic!("{error}"))
}

const SIZES: &str = "core = { neurons = 4, word_lines = 2 }\nsynapse.image = { fill = 1 }\n";

#[test]
fn volts_become_integers_by_the_lsb() {
    let loaded = read(&format!(
        "{SIZES}neuron = {{ bias_bits = 8, v.lsb_volts = 1e-3 }}\n[values]\nthreshold = {{ volts = 15e-3 }}\n\
         v_init = {{ volts = -2e-3 }}\nbias.volts = 1.6e-3\n"
    ));
    let values = loaded.core.values();
    assert_eq!((values.neurons[0].threshold, values.v_init, values.neurons[0].bias), (15, -2, 2));
}

#[test]
fn volts_may_be_a_list_of_one_for_each_neuron() {
    let loaded = read(&format!(
        "{SIZES}neuron = {{ per_neuron = true, v.lsb_volts = 0.5 }}\nvalues.threshold.volts = [1, 2, 3, 4.5]\n"
    ));
    let thresholds: Vec<i64> = loaded.core.values().neurons.iter().map(|p| p.threshold).collect();
    assert_eq!(thresholds, [2, 4, 6, 9]);
}

#[test]
fn time_constants_become_factors_shifts_and_steps() {
    let loaded = read(&format!(
        "{SIZES}[neuron]\ni_syn.bits = 12\nintegrate = \"current\"\nrefractory_bits = 4\n\
         leak = {{ form = \"multiply\", bits = 12 }}\ndecay.form = \"shift\"\n\
         [values]\nthreshold = 9\ntau_m = 20e-3\ntau_syn = 5e-3\ntau_ref = 2e-3\n"
    ));
    // 4096 exp(-1/20) = 3896.24; exp(-1/5) = 0.8187: 1 - 2^-2 = 0.75 (0.069 off), 1 - 2^-3 = 0.875 (0.056 off).
    let values = loaded.core.values();
    assert_eq!((values.neurons[0].leak, &values.i_syn_decay[..], values.refractory_steps), (3896, &[3][..], 2));
}

#[test]
fn constants_follow_their_rounding() {
    let leak = |rounding: &str| {
        let text = format!(
            "{SIZES}neuron.leak = {{ form = \"multiply\", bits = 4 }}\n\
             [values]\nthreshold = 9\ntau_m = 10e-3\nconstant_rounding = \"{rounding}\"\n"
        );
        read(&text).core.values().neurons[0].leak
    };
    // 16 exp(-1/10) = 14.477
    assert_eq!((leak("floor"), leak("toward_zero"), leak("half_up"), leak("half_even")), (14, 14, 14, 14));
}

#[test]
fn a_file_overrides_single_keys_of_its_preset() {
    let loaded = read("preset = \"tinyodin\"\nevents.time_step = \"barrier\"\nneuron.leak.bits = 5\n");
    let s = loaded.core.structure();
    assert_eq!((s.schedule.time_step, s.semantics.leak.bits), (TimeStepPolicy::Barrier, 5));
    assert_eq!((s.queue_depth, s.semantics.reset), (128, Reset::Zero), "the rest stays");
}

#[test]
fn an_si_key_replaces_the_raw_key_of_the_preset() {
    let loaded = read("preset = \"loihi1_lif\"\nvalues.tau_m = 20e-3\n");
    assert_eq!(loaded.core.values().neurons[0].leak, 3896);
    let loaded = read("preset = \"bitspike\"\nvalues.leak = 3\n");
    assert_eq!(loaded.core.values().neurons[0].leak, 3);
}

#[test]
fn an_image_replaces_that_of_the_preset_as_a_whole() {
    let loaded = read("preset = \"tinyodin\"\nsynapse.image = { fill = -3 }\n");
    assert!(loaded.core.values().weights().expect("event read").codes().iter().all(|&code| code == -3));
}

#[test]
fn weights_of_rows_and_files_are_word_line_major() {
    let rows = read(
        "core = { neurons = 2, word_lines = 3 }\nsynapse.image.rows = [[1, 2], [3, 4], [5, 6]]\nvalues.threshold = 1",
    );
    assert_eq!(rows.core.values().weights().expect("event read").codes(), [1, 2, 3, 4, 5, 6]);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("w.csv"), "# weights\n1, 2\n3,4\n\n5,6\n").expect("a file");
    let text = "core = { neurons = 2, word_lines = 3 }\nsynapse.image.file = \"w.csv\"\nvalues.threshold = 1\n";
    std::fs::write(folder.path().join("core.toml"), text).expect("a file");
    let file = config::read_core(folder.path().join("core.toml")).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(file.core, rows.core);
}

#[test]
fn random_weights_keep_range_density_and_bytes() {
    let image = |seed: u64| {
        let text = format!(
            "core = {{ neurons = 64, word_lines = 256 }}\nvalues.threshold = 1\n\
             synapse.image.random = {{ seed = {seed}, low = -3, high = 4, density = 0.25 }}\n"
        );
        read(&text).core.values().weights().expect("event read").clone()
    };
    let first = image(1);
    assert_eq!(first, image(1));
    assert_ne!(first, image(2));
    assert!(first.codes().iter().all(|code| (-3..=4).contains(code)));
    // 16384 cells, each not 0 with probability 0.25 * 7/8: mean 3584, standard deviation 52.9; six of them.
    let used = first.codes().iter().filter(|&&code| code != 0).count();
    assert!((used as f64 - 3584.0).abs() < 6.0 * 52.9, "{used}");
}
