//! Elaboration: from the keys of a file to a core that is valid by construction.

use super::array::{ArrayContent, ArrayProgrammer, WEIGHT_BITS};
use super::constants::{amount_of_tau, raw_of_volts, steps_of_seconds};
use super::error::ConfigError;
use super::izhikevich::{self, neuron_model};
use super::sections::{
    CoreConfig, ModelKind, PerNeuron, Potential, ReduceSection, SharedPotential, ValuesSection, Volts,
};
use crate::array::ArrayStructure;
use crate::core::{Core, NeuronParameters, Values};
use crate::fx::Rounding;
use crate::semantics::{Reduce, ReduceForm, Semantics};
use crate::structure::{Schedule, Structure};
use crate::synapse::Synapse;
use std::path::Path;

impl CoreConfig {
    /// The core this configuration describes; `base` is the folder from which its files are named.
    ///
    /// A preset named in `preset` is not read here: [`super::read_core`] has laid the file over it already.
    ///
    /// # Errors
    /// The first key that is missing, out of range or in conflict, and faults of the weights' file.
    pub fn elaborate(&self, base: &Path, programmer: &dyn ArrayProgrammer) -> Result<Core, ConfigError> {
        let digital = self.digital_structure()?;
        let content = self.array_content(&digital, base, programmer)?;
        let structure = Structure { weight_bits: self.weight_bits(&content)?, array: content.structure, ..digital };
        let values = Elaboration { config: self, structure: &structure }.values(content)?;
        Core::new(structure, values).map_err(|error| self.explain(error.into()))
    }

    /// Counts, widths and choices, checked, as if the weights were digital.
    ///
    /// # Errors
    /// The first key that is missing, out of range or in conflict.
    pub(super) fn digital_structure(&self) -> Result<Structure, ConfigError> {
        let needed = |key: &str, what: &str, count: Option<u32>| count.ok_or_else(|| ConfigError::missing(key, what));
        let structure = Structure {
            neurons: needed("core.neurons", "number of neurons, 1 to 4096", self.core.neurons)?,
            word_lines: needed("core.word_lines", "number of inputs, 1 to 4096", self.core.word_lines)?,
            lanes: self.core.lanes,
            weight_bits: self.synapse.weight_bits.unwrap_or(WEIGHT_BITS),
            weight_shift: self.synapse.weight_shift,
            v_bits: self.neuron.v.bits,
            i_syn_bits: self.neuron.i_syn.as_ref().map_or(0, |i_syn| i_syn.bits),
            frac: self.neuron.v.frac,
            model: neuron_model(&self.neuron)?,
            synapse: self.synapse_structure(),
            bias_bits: self.neuron.bias_bits,
            refractory_bits: self.neuron.refractory_bits,
            queue_depth: self.events.queue_depth,
            spike_queue_depth: self.events.spike_queue_depth,
            semantics: self.semantics(),
            schedule: self.schedule(),
            array: ArrayStructure::EVENT,
        };
        structure.check()?;
        Ok(structure)
    }

    /// Volts of one least significant bit of `v`; with `izhikevich` its states are in mV unless the file says otherwise.
    pub(super) fn lsb_volts(&self) -> Option<f64> {
        let of_model = match self.neuron.model {
            ModelKind::Lif => None,
            ModelKind::Izhikevich => Some(1e-3 * libm::exp2(-f64::from(self.neuron.v.frac))),
        };
        self.neuron.v.lsb_volts.or(of_model)
    }

    fn semantics(&self) -> Semantics {
        let neuron = &self.neuron;
        Semantics {
            v_overflow: neuron.v.overflow,
            i_syn_overflow: neuron.i_syn.clone().unwrap_or_default().overflow,
            leak: reduce(&neuron.leak),
            decay: reduce(&neuron.decay),
            compare: neuron.compare,
            reset: neuron.reset,
            order: neuron.order,
            fire_check: neuron.fire_check,
            integrate: neuron.integrate,
            max_spikes: neuron.max_spikes,
        }
    }

    fn synapse_structure(&self) -> Synapse {
        let delay_slots = self.events.delay_slots;
        match &self.neuron.i_syn {
            None => Synapse { delay_slots, ..Synapse::DIRECT },
            Some(i_syn) => Synapse {
                filter: i_syn.filter,
                polarity: i_syn.polarity,
                shift: i_syn.shift,
                gain_bits: i_syn.gain_bits,
                delay_slots,
            },
        }
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            initiation_interval: self.core.initiation_interval,
            time_step: self.events.time_step,
            full_policy: self.events.full_policy,
            handshake: self.events.handshake,
            loop_back: self.events.loop_back,
            per_neuron: self.neuron.per_neuron,
            door: self.events.door,
        }
    }

    /// Names the SI key a raw value was made from, at which the error then stands.
    fn explain(&self, error: ConfigError) -> ConfigError {
        let ConfigError::OutOfRange { at, value, allowed, .. } = &error else { return error };
        let (name, element) = at.key.split_at(at.key.find('[').unwrap_or(at.key.len()));
        let Some((si_key, is_list)) = self.si_source(name) else { return error };
        let key = if is_list { format!("{si_key}{element}") } else { si_key.to_owned() };
        ConfigError::out_of_range(&key, value, allowed.clone(), " (as a raw integer)")
    }

    /// The SI key a raw key was made from, and whether it holds a list.
    fn si_source(&self, raw: &str) -> Option<(&'static str, bool)> {
        let values = &self.values;
        let of_model = values.izhikevich.as_ref().and_then(|keys| izhikevich::source_of(keys, raw));
        if of_model.is_some() {
            return of_model;
        }
        match raw {
            "values.threshold" => volts_key("values.threshold.volts", values.threshold.as_ref()?),
            "values.v_reset" => volts_key("values.v_reset.volts", &values.v_reset),
            "values.bias" => volts_key("values.bias.volts", &values.bias),
            "values.v_init" => shared_volts_key("values.v_init.volts", &values.v_init),
            "values.u_init" => shared_volts_key("values.u_init.volts", &values.u_init),
            "values.refractory_steps" => values.tau_ref.map(|_| ("values.tau_ref", false)),
            _ => None,
        }
    }
}

fn shared_volts_key(key: &'static str, potential: &SharedPotential) -> Option<(&'static str, bool)> {
    matches!(potential, SharedPotential::Volts(_)).then_some((key, false))
}

fn volts_key(key: &'static str, potential: &Potential) -> Option<(&'static str, bool)> {
    match potential {
        Potential::Raw(_) => None,
        Potential::Volts(Volts { volts }) => Some((key, matches!(volts, PerNeuron::Each(_)))),
    }
}

fn reduce(section: &ReduceSection) -> Reduce {
    Reduce { form: section.form, rounding: section.rounding, clamp: section.clamp, bits: section.bits }
}

pub(super) struct Elaboration<'a> {
    pub(super) config: &'a CoreConfig,
    pub(super) structure: &'a Structure,
}

impl Elaboration<'_> {
    fn values(&self, content: ArrayContent) -> Result<Values, ConfigError> {
        let values = &self.config.values;
        if values.constant_rounding == Rounding::Stochastic {
            let problem = "is \"stochastic\", for which a constant has no random word";
            return Err(ConfigError::conflict("values.constant_rounding", problem));
        }
        let izhikevich = izhikevich::Parameters::new(self)?;
        let constants = izhikevich.as_ref().map(izhikevich::Parameters::constants).transpose()?;
        Ok(Values {
            neurons: self.neurons(izhikevich.as_ref())?,
            v_init: self.shared_potential("values.v_init", &values.v_init)?,
            u_init: self.shared_potential("values.u_init", &values.u_init)?,
            i_syn_decay: self.decays()?,
            gain: self.gains()?,
            izhikevich: constants.unwrap_or_default(),
            refractory_steps: self.refractory_steps()?,
            lfsr_seed: values.lfsr_seed,
            first_word_line: values.first_word_line,
            loop_back_delay: values.loop_back_delay,
            array: content.array,
            epoch_starts: content.epoch_starts,
        })
    }

    fn neurons(&self, izhikevich: Option<&izhikevich::Parameters<'_>>) -> Result<Vec<NeuronParameters>, ConfigError> {
        let values = &self.config.values;
        let threshold = values.threshold.as_ref().ok_or_else(|| {
            ConfigError::missing("values.threshold", "an integer, a list of integers or { volts = x }")
        })?;
        let threshold = self.potential("values.threshold", threshold)?;
        let leak = self.leak()?;
        let v_reset = self.v_reset(izhikevich)?;
        let recoveries = izhikevich.map(izhikevich::Parameters::recoveries).transpose()?;
        let bias = self.potential("values.bias", &values.bias)?;
        let output_enable = self.spread("values.output_enable", &values.output_enable, |&on, _| Ok(on))?;
        let parameters = |n: usize| NeuronParameters {
            threshold: threshold[n],
            leak: leak[n],
            v_reset: v_reset[n],
            bias: bias[n],
            output_enable: output_enable[n],
            a: recoveries.as_ref().map_or(0, |recoveries| recoveries.a[n]),
            b: recoveries.as_ref().map_or(0, |recoveries| recoveries.b[n]),
            u_step: recoveries.as_ref().map_or(0, |recoveries| recoveries.u_step[n]),
        };
        Ok((0..self.entries()).map(parameters).collect())
    }

    fn v_reset(&self, izhikevich: Option<&izhikevich::Parameters<'_>>) -> Result<Vec<i64>, ConfigError> {
        let v_reset = &self.config.values.v_reset;
        let c = izhikevich.map(izhikevich::Parameters::v_reset).transpose()?.flatten();
        match c {
            Some(_) if *v_reset != ValuesSection::default().v_reset => {
                Err(both("values.izhikevich.c", "values.v_reset"))
            }
            Some(c) => Ok(c),
            None => self.potential("values.v_reset", v_reset),
        }
    }

    fn entries(&self) -> usize {
        if self.structure.schedule.per_neuron { self.structure.neurons as usize } else { 1 }
    }

    /// One value for each entry of the parameter memory, converted with the key of its element.
    pub(super) fn spread<T, U: Clone>(
        &self,
        key: &str,
        value: &PerNeuron<T>,
        convert: impl Fn(&T, &str) -> Result<U, ConfigError>,
    ) -> Result<Vec<U>, ConfigError> {
        let list = match value {
            PerNeuron::Shared(one) => return Ok(vec![convert(one, key)?; self.entries()]),
            PerNeuron::Each(list) => list,
        };
        if !self.structure.schedule.per_neuron {
            return Err(ConfigError::conflict(key, "is a list, which needs neuron.per_neuron = true"));
        }
        if list.len() != self.entries() {
            let problem = format!("has {} elements, must have core.neurons = {}", list.len(), self.entries());
            return Err(ConfigError::conflict(key, problem));
        }
        list.iter().enumerate().map(|(n, item)| convert(item, &format!("{key}[{n}]"))).collect()
    }

    fn potential(&self, key: &str, potential: &Potential) -> Result<Vec<i64>, ConfigError> {
        match potential {
            Potential::Raw(raw) => self.spread(key, raw, |&raw, _| Ok(raw)),
            Potential::Volts(Volts { volts }) => {
                self.spread(&format!("{key}.volts"), volts, |&volts, key| self.raw_of_volts(key, volts))
            }
        }
    }

    fn raw_of_volts(&self, key: &str, volts: f64) -> Result<i64, ConfigError> {
        raw_of_volts(key, volts, self.config.lsb_volts(), self.config.values.constant_rounding)
    }

    fn shared_potential(&self, key: &str, potential: &SharedPotential) -> Result<i64, ConfigError> {
        match potential {
            SharedPotential::Raw(raw) => Ok(*raw),
            SharedPotential::Volts(Volts { volts }) => self.raw_of_volts(&format!("{key}.volts"), *volts),
        }
    }

    fn leak(&self) -> Result<Vec<i64>, ConfigError> {
        let values = &self.config.values;
        let reduce = &self.structure.semantics.leak;
        match (&values.leak, &values.tau_m) {
            (Some(_), Some(_)) => Err(both("values.tau_m", "values.leak")),
            (Some(leak), None) => self.spread("values.leak", leak, |&leak, _| Ok(leak)),
            (None, Some(tau)) => self.spread("values.tau_m", tau, |&tau, key| self.amount(key, tau, reduce)),
            (None, None) if has_amount(reduce) => Err(no_amount("values.leak", "values.tau_m", "neuron.leak", reduce)),
            (None, None) => Ok(vec![0; self.entries()]),
        }
    }

    pub(super) fn amount(&self, key: &str, tau: f64, reduce: &Reduce) -> Result<i64, ConfigError> {
        amount_of_tau(key, tau, self.config.core.dt, reduce, self.config.values.constant_rounding)
    }

    fn refractory_steps(&self) -> Result<u32, ConfigError> {
        let values = &self.config.values;
        let (key, steps) = match (values.refractory_steps, values.tau_ref) {
            (Some(_), Some(_)) => return Err(both("values.tau_ref", "values.refractory_steps")),
            (Some(steps), None) => ("values.refractory_steps", steps),
            (None, Some(tau)) => ("values.tau_ref", steps_of_seconds("values.tau_ref", tau, self.config.core.dt)?),
            (None, None) => ("values.refractory_steps", 0),
        };
        let bits = self.structure.refractory_bits;
        let unit = if values.tau_ref.is_some() { " time steps" } else { "" };
        let note = format!("{unit} (neuron.refractory_bits = {bits})");
        ConfigError::check_range(key, steps, (0, (1 << bits) - 1), &note)?;
        Ok(steps as u32)
    }
}

pub(super) fn both(si: &str, raw: &str) -> ConfigError {
    ConfigError::conflict(si, format!("is given beside {raw}; give one of the two"))
}

pub(super) fn has_amount(reduce: &Reduce) -> bool {
    match reduce.form {
        ReduceForm::None | ReduceForm::Clear => false,
        ReduceForm::Subtract | ReduceForm::Shift | ReduceForm::Multiply => true,
    }
}

pub(super) fn no_amount(raw: &str, si: &str, table: &str, reduce: &Reduce) -> ConfigError {
    let or_si = if reduce.form == ReduceForm::Subtract { String::new() } else { format!(" (or {si} in seconds)") };
    let range = format!("0 to {}", reduce.amount_limit());
    ConfigError::missing(raw, format!("{table}.form = \"{}\" needs it, {range}{or_si}", reduce.form))
}
