//! What the float layers of a case depend on.

use bitspike_reference::core::RealParameters;
use bitspike_spec::fx::{Overflow, Rounding};
use bitspike_spec::{
    Door, FullPolicy, Handshake, Izhikevich, IzhikevichConstants, NeuronModel, Products, Reduce, Schedule, Semantics,
    Structure, Synapse, TimeScale, TimeStepPolicy, Values,
};

use super::Case;

/// Everything [`super::float_layers`] depends on but the events of the stimulus: cases of an equal key and equal events have equal layers.
///
/// Widths, rounding, overflow, lanes, queues and raw constants are set to one value: the real parameters stand for them. A knob that is not
/// named here counts as one that makes a difference.
#[derive(Clone, Debug, PartialEq)]
pub struct FloatKey {
    structure: Structure,
    values: Values,
    real: RealParameters,
    dt: f64,
    steps: u64,
    traced: Vec<u32>,
}

impl FloatKey {
    /// The key of a case.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        FloatKey {
            structure: without_widths(case.core.structure()),
            values: without_raw_constants(case.core.values()),
            real: case.real.clone(),
            dt: case.dt,
            steps: case.steps,
            traced: case.traced.clone(),
        }
    }
}

fn without_widths(structure: &Structure) -> Structure {
    Structure {
        lanes: 1,
        weight_bits: 0,
        weight_shift: 0,
        v_bits: 0,
        i_syn_bits: structure.i_syn_bits.min(1),
        frac: 0,
        model: match structure.model {
            NeuronModel::Lif => NeuronModel::Lif,
            NeuronModel::Izhikevich(model) => NeuronModel::Izhikevich(without_products(model)),
        },
        synapse: Synapse { gain_bits: 0, ..structure.synapse },
        bias_bits: 0,
        refractory_bits: 0,
        queue_depth: 0,
        spike_queue_depth: 0,
        semantics: Semantics {
            v_overflow: Overflow::Wrap,
            i_syn_overflow: Overflow::Wrap,
            leak: Reduce::NONE,
            decay: Reduce::NONE,
            ..structure.semantics
        },
        schedule: Schedule {
            initiation_interval: 1,
            time_step: TimeStepPolicy::Barrier,
            full_policy: FullPolicy::Stall,
            handshake: Handshake::Synchronous,
            per_neuron: false,
            door: Door::Overlapped,
            ..structure.schedule
        },
        ..*structure
    }
}

fn without_products(model: Izhikevich) -> Izhikevich {
    Izhikevich {
        products: Products::Multiplier { multipliers: 0 },
        u_bits: 0,
        u_overflow: Overflow::Wrap,
        rounding: Rounding::Floor,
        time_scale: TimeScale::Constant,
        constant_bits: 0,
        constant_frac: 0,
        ..model
    }
}

fn without_raw_constants(values: &Values) -> Values {
    Values {
        neurons: Vec::new(),
        v_init: 0,
        u_init: 0,
        i_syn_decay: Vec::new(),
        gain: Vec::new(),
        izhikevich: IzhikevichConstants::default(),
        lfsr_seed: 0,
        ..values.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::FloatKey;
    use crate::accuracy::{AccuracyOptions, Case, FloatLayers, float_layers};
    use crate::control::{Control, Interrupt, NoProgress};
    use bitspike_reference::core::RealParameters;
    use bitspike_spec::{AerEvent, Stimulus, config};

    const LIF: &str = "core = { neurons = 4, word_lines = 2 }\n[neuron]\nv = { bits = 12, frac = 4, lsb_volts = 62.5e-3 }\ni_syn = { bits = 10 }\nintegrate = 'current'\n\
        leak = { form = 'multiply', bits = 8 }\ndecay = { form = 'multiply', bits = 8 }\nreset = 'subtract'\n\
        [synapse]\nweight_bits = 5\nweight_shift = 3\nimage = { rows = [[5, -3, 7, 2], [1, 9, 4, 0]] }\n\
        [values]\nthreshold = { volts = 1.0 }\ntau_m = 9e-3\ntau_syn = 4e-3\n";
    const IZHIKEVICH: &str = "preset = 'izhikevich'\ncore = { neurons = 4, word_lines = 2, lanes = 1 }\nsynapse.image = { rows = [[5, -3, 7, 2], [1, 9, 4, 0]] }\n";

    /// The key and the layers of a core: a base with some keys set.
    fn layers(base: &str, changes: &[(&str, toml::Value)]) -> (FloatKey, FloatLayers) {
        let mut table: toml::Table = base.parse().expect("a core");
        for (key, value) in changes {
            let mut names: Vec<&str> = key.split('.').collect();
            let last = names.pop().expect("a key");
            let below = names.into_iter().fold(&mut table, |table, name| {
                let below = table.entry(name).or_insert_with(|| toml::Table::new().into());
                below.as_table_mut().expect("a table")
            });
            below.insert(last.to_owned(), value.clone());
        }
        let loaded = config::from_str(&table.to_string(), ".").unwrap_or_else(|error| panic!("{changes:?}: {error}"));
        let events = [AerEvent::word_line(0), AerEvent::word_line(1), AerEvent::TimeStep, AerEvent::TimeStep];
        let stimulus = Stimulus { repeat: 40, ..Stimulus::dense(events) };
        let real = RealParameters::ideal(&loaded.core, &loaded.ideal_values());
        let case = Case::new(&loaded.core, (real, loaded.dt()), &stimulus, AccuracyOptions::default()).expect("a case");
        let control = Control { interrupt: &Interrupt::default(), progress: &NoProgress };
        (FloatKey::of(&case), float_layers(&case, control).expect("float layers"))
    }

    fn same(a: &FloatLayers, b: &FloatLayers) -> bool {
        a.continuous == b.continuous && a.discretised == b.discretised
    }

    #[test]
    fn widths_roundings_and_schedules_share_their_float_layers() {
        let cases: [(&str, Vec<(&str, toml::Value)>); 13] = [
            (LIF, vec![("neuron.v.bits", 20.into())]),
            (LIF, vec![("neuron.v.overflow", "wrap".into()), ("neuron.i_syn.overflow", "wrap".into())]),
            (LIF, vec![("neuron.i_syn.bits", 16.into())]),
            (LIF, vec![("neuron.leak.bits", 12.into()), ("neuron.decay.bits", 5.into())]),
            (LIF, vec![("neuron.leak.rounding", "half_even".into()), ("neuron.leak.clamp", "min_one".into())]),
            (LIF, vec![("core.lanes", 2.into()), ("core.initiation_interval", 2.into())]),
            (LIF, vec![("events.queue_depth", 8.into()), ("events.time_step", "barrier".into())]),
            (LIF, vec![("synapse.weight_bits", 8.into())]),
            (IZHIKEVICH, vec![("neuron.izhikevich.u.bits", 20.into())]),
            (IZHIKEVICH, vec![("neuron.izhikevich.multipliers", 2.into())]),
            (IZHIKEVICH, vec![("neuron.izhikevich.rounding", "half_even".into())]),
            (
                IZHIKEVICH,
                vec![("neuron.izhikevich.constant.bits", 24.into()), ("neuron.izhikevich.constant.frac", 22.into())],
            ),
            (IZHIKEVICH, vec![("values.lfsr_seed", 7.into())]),
        ];
        for (base, changes) in &cases {
            let (of_base, of_changed) = (layers(base, &[]), layers(base, changes));
            assert!(of_base.0 == of_changed.0, "{changes:?} must share");
            assert!(same(&of_base.1, &of_changed.1), "{changes:?} changes a float layer");
        }
    }

    #[test]
    fn what_changes_a_float_layer_changes_the_key() {
        let rows: toml::Value = "rows = [[5, -3, 7, 2], [1, 9, 4, 1]]".parse::<toml::Table>().expect("rows").into();
        let cases: [(&str, Vec<(&str, toml::Value)>); 9] = [
            (LIF, vec![("synapse.image", rows.clone())]),
            (LIF, vec![("values.tau_m", 9.5e-3.into())]),
            (LIF, vec![("values.threshold", 15.into())]),
            (LIF, vec![("neuron.reset", "zero".into())]),
            (LIF, vec![("neuron.order", "integrate_fire_leak".into())]),
            (LIF, vec![("synapse.weight_shift", 2.into())]),
            (LIF, vec![("core.dt", 0.5e-3.into())]),
            (IZHIKEVICH, vec![("synapse.image", rows)]),
            (IZHIKEVICH, vec![("values.izhikevich", "a = 0.1".parse::<toml::Table>().expect("a table").into())]),
        ];
        for (base, changes) in &cases {
            let (of_base, of_changed) = (layers(base, &[]), layers(base, changes));
            assert!(!same(&of_base.1, &of_changed.1), "{changes:?} must change a float layer to be a test");
            assert!(of_base.0 != of_changed.0, "{changes:?} must not share");
        }
    }
}
