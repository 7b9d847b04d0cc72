//! The plain form of a core: every key, raw integers, deterministic. Reading it gives the equal core.

mod array;

use crate::array::SynapseArray;
use crate::core::{Core, NeuronParameters};
use crate::neuron_model::{Izhikevich, NeuronModel, Products, TimeScale};
use crate::semantics::Reduce;
use crate::structure::Structure;

impl Core {
    /// The core as a complete `core.toml` of raw integers: the same bytes for equal cores, and read back an equal core.
    ///
    /// Name, `core.dt` and the volts of an LSB are no part of a core and take their defaults.
    ///
    /// # Example
    /// ```
    /// use bitspike_spec::config;
    ///
    /// let tinyodin = config::from_str("preset = \"tinyodin\"", ".")?.core;
    /// assert_eq!(config::from_str(&tinyodin.to_toml(), ".")?.core, tinyodin);
    /// # Ok::<(), config::ConfigError>(())
    /// ```
    #[must_use]
    pub fn to_toml(&self) -> String {
        let s = self.structure();
        [counts(s), neuron(s), self.synapse(), array::raw(self), events(s), self.value_keys()].join("\n")
    }

    fn synapse(&self) -> String {
        let s = self.structure();
        let image = match &self.values().array {
            SynapseArray::Event(images) if images.len() == 1 => {
                format!("image.rows = [\n{}]\n", array::rows(&images[0]))
            }
            SynapseArray::Event(_) | SynapseArray::Analogue(_) => String::new(),
        };
        format!("[synapse]\nweight_bits = {}\nweight_shift = {}\n{image}", s.weight_bits, s.weight_shift)
    }

    fn value_keys(&self) -> String {
        let values = self.values();
        let lines = [
            self.per_neuron("threshold", |p| p.threshold),
            self.per_neuron("leak", |p| p.leak),
            self.per_neuron("v_reset", |p| p.v_reset),
            self.per_neuron("bias", |p| p.bias),
            self.per_neuron("output_enable", |p| p.output_enable),
            format!("v_init = {}", values.v_init),
            format!("u_init = {}", values.u_init),
            format!("i_syn_decay = [{}]", list(&values.i_syn_decay)),
            format!("gain = [{}]", list(&values.gain.iter().map(|[a, b]| format!("[{a}, {b}]")).collect::<Vec<_>>())),
            format!("refractory_steps = {}", values.refractory_steps),
            format!("lfsr_seed = {}", values.lfsr_seed),
            format!("first_word_line = {}", values.first_word_line),
            format!("loop_back_delay = {}", values.loop_back_delay),
        ];
        format!("[values]\n{}\n{}", lines.join("\n"), self.izhikevich_values())
    }

    fn izhikevich_values(&self) -> String {
        let Some(model) = self.structure().izhikevich() else { return String::new() };
        let k = &self.values().izhikevich;
        let mut lines = vec![
            self.per_neuron("a.raw", |p| p.a),
            self.per_neuron("b.raw", |p| p.b),
            self.per_neuron("d.raw", |p| p.u_step),
            format!("k2.raw = {}\nk1.raw = {}\nk0.raw = {}\nv_zero.raw = {}", k.k2, k.k1, k.k0, k.v_zero),
        ];
        match model.time_scale {
            TimeScale::Shift(_) => {}
            TimeScale::Constant => lines.push(format!("dt.raw = {}", k.dt)),
        }
        format!("\n[values.izhikevich]\n{}\n", lines.join("\n"))
    }

    fn per_neuron<T: ToString>(&self, key: &str, value: impl Fn(&NeuronParameters) -> T) -> String {
        let found: Vec<T> = self.values().neurons.iter().map(value).collect();
        if self.structure().schedule.per_neuron {
            format!("{key} = [{}]", list(&found))
        } else {
            format!("{key} = {}", list(&found))
        }
    }
}

fn list<T: ToString>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn counts(s: &Structure) -> String {
    format!(
        "[core]\nneurons = {}\nword_lines = {}\nlanes = {}\ninitiation_interval = {}\n",
        s.neurons, s.word_lines, s.lanes, s.schedule.initiation_interval
    )
}

fn neuron(s: &Structure) -> String {
    let m = &s.semantics;
    let lines = [
        format!("v = {{ bits = {}, frac = {}, overflow = \"{}\" }}", s.v_bits, s.frac, m.v_overflow.name()),
        i_syn(s),
        format!("integrate = \"{}\"", m.integrate),
        format!("order = \"{}\"", m.order),
        format!("fire_check = \"{}\"", m.fire_check),
        format!("compare = \"{}\"", m.compare),
        format!("reset = \"{}\"", m.reset),
        format!("max_spikes = {}", m.max_spikes),
        format!("refractory_bits = {}", s.refractory_bits),
        format!("bias_bits = {}", s.bias_bits),
        format!("per_neuron = {}", s.schedule.per_neuron),
        format!("leak = {}", reduce(&m.leak)),
        format!("decay = {}", reduce(&m.decay)),
    ];
    format!("[neuron]\n{}\n{}", lines.join("\n"), model(s))
}

fn i_syn(s: &Structure) -> String {
    let c = &s.synapse;
    format!(
        "i_syn = {{ bits = {}, overflow = \"{}\", filter = \"{}\", polarity = \"{}\", shift = {}, gain_bits = {} }}",
        s.i_syn_bits,
        s.semantics.i_syn_overflow.name(),
        c.filter,
        c.polarity,
        c.shift,
        c.gain_bits
    )
}

fn model(s: &Structure) -> String {
    match &s.model {
        NeuronModel::Lif => "model = \"lif\"\n".to_owned(),
        NeuronModel::Izhikevich(izhikevich) => format!("model = \"izhikevich\"\n\n{}", izhikevich_keys(izhikevich)),
    }
}

fn izhikevich_keys(m: &Izhikevich) -> String {
    let products = match m.products {
        Products::Multiplier { multipliers } => format!("form = \"multiplier\"\nmultipliers = {multipliers}"),
        Products::ShiftAdd { segment_bits, digits } => {
            format!("form = \"shift_add\"\nsegment_bits = {segment_bits}\ndigits = {digits}")
        }
    };
    let time_scale = match m.time_scale {
        TimeScale::Shift(shift) => format!("dt_form = \"shift\"\ndt_shift = {shift}"),
        TimeScale::Constant => "dt_form = \"constant\"".to_owned(),
    };
    let lines = [
        products,
        format!("update = \"{}\"", m.update),
        format!("recovery = \"{}\"", m.recovery),
        format!("u = {{ bits = {}, overflow = \"{}\" }}", m.u_bits, m.u_overflow.name()),
        format!("constant = {{ bits = {}, frac = {} }}", m.constant_bits, m.constant_frac),
        format!("rounding = \"{}\"", m.rounding.name()),
        time_scale,
        format!("substeps = {}", m.substeps),
    ];
    format!("[neuron.izhikevich]\n{}\n", lines.join("\n"))
}

fn events(s: &Structure) -> String {
    let c = &s.schedule;
    let lines = [
        format!("queue_depth = {}", s.queue_depth),
        format!("full_policy = \"{}\"", c.full_policy),
        format!("time_step = \"{}\"", c.time_step),
        format!("handshake = \"{}\"", c.handshake),
        format!("door = \"{}\"", c.door),
        format!("delay_slots = {}", s.synapse.delay_slots),
        format!("spike_queue_depth = {}", s.spike_queue_depth),
        format!("loop_back = {}", c.loop_back),
    ];
    format!("[events]\n{}\n", lines.join("\n"))
}

fn reduce(r: &Reduce) -> String {
    let rounding = r.rounding.name();
    format!("{{ form = \"{}\", rounding = \"{rounding}\", clamp = \"{}\", bits = {} }}", r.form, r.clamp, r.bits)
}
