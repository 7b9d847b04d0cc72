//! Every range and every pair of choices that a structure must keep.

use super::{Door, FullPolicy, Handshake, Schedule, Structure};
use crate::error::CoreError;
use crate::neuron_model::{Izhikevich, NeuronModel, Products, TimeScale, UpdateOrder};
use crate::semantics::{Clamp, FireCheck, Integrate, Order, Reduce, ReduceForm, Reset};
use crate::synapse::{Filter, Synapse};

impl Structure {
    /// Checks every range and every pair of choices that do not go together.
    ///
    /// # Errors
    /// The first key out of range, or the first pair of keys that do not go together.
    pub fn check(&self) -> Result<(), CoreError> {
        self.check_counts()?;
        self.check_widths()?;
        self.check_semantics()?;
        self.check_synapse()?;
        self.check_payload()?;
        self.check_model()?;
        self.check_array()?;
        check_reduce("neuron.leak", &self.semantics.leak)?;
        check_reduce("neuron.decay", &self.semantics.decay)
    }

    fn check_counts(&self) -> Result<(), CoreError> {
        in_range("core.neurons", self.neurons, 1, 4096)?;
        in_range("core.word_lines", self.word_lines, 1, 4096)?;
        in_range("core.lanes", self.lanes, 1, 1024)?;
        if !self.lanes.is_power_of_two() || !self.neurons.is_multiple_of(self.lanes) {
            return Err(CoreError::conflict(
                "core.lanes",
                format!("is {}, must be a power of two that divides core.neurons = {}", self.lanes, self.neurons),
            ));
        }
        in_range("core.initiation_interval", self.schedule.initiation_interval, 1, 15)?;
        in_range("events.queue_depth", self.queue_depth, 2, 65536)?;
        in_range("events.spike_queue_depth", self.spike_queue_depth, 4, 65536)?;
        self.check_door()
    }

    fn check_door(&self) -> Result<(), CoreError> {
        let Schedule { door, handshake, full_policy, .. } = self.schedule;
        if door == Door::BetweenEvents && (handshake != Handshake::FourPhase || full_policy != FullPolicy::Stall) {
            return Err(CoreError::conflict(
                "events.door",
                "is \"between_events\", which needs events.handshake = \"four_phase\" and events.full_policy = \"stall\"".to_owned(),
            ));
        }
        Ok(())
    }

    fn check_widths(&self) -> Result<(), CoreError> {
        in_range("synapse.weight_bits", self.weight_bits, 2, 16)?;
        in_range("synapse.weight_shift", self.weight_shift, 0, 15)?;
        in_range("neuron.v.bits", self.v_bits, 4, 32)?;
        in_range("neuron.v.frac", self.frac, 0, self.v_bits)?;
        if self.i_syn_bits != 0 {
            in_range("neuron.i_syn.bits", self.i_syn_bits, 4, 32)?;
        }
        if self.bias_bits != 0 {
            in_range("neuron.bias_bits", self.bias_bits, 2, self.v_bits)?;
        }
        in_range("neuron.refractory_bits", self.refractory_bits, 0, 16)
    }

    fn check_semantics(&self) -> Result<(), CoreError> {
        let s = &self.semantics;
        in_range("neuron.max_spikes", s.max_spikes, 1, 31)?;
        if s.max_spikes > 1 && s.reset != Reset::Subtract {
            return Err(CoreError::conflict(
                "neuron.max_spikes",
                format!("is {}, must be 1 unless neuron.reset is \"subtract\"", s.max_spikes),
            ));
        }
        match s.integrate {
            Integrate::Membrane if self.i_syn_bits != 0 => Err(CoreError::conflict(
                "neuron.integrate",
                "is \"membrane\", so neuron.i_syn must be absent".to_owned(),
            )),
            Integrate::Current if self.i_syn_bits == 0 => {
                Err(CoreError::conflict("neuron.integrate", "is \"current\", so neuron.i_syn is needed".to_owned()))
            }
            Integrate::Current if s.fire_check == FireCheck::PerOperation => Err(CoreError::conflict(
                "neuron.fire_check",
                "is \"per_operation\", which needs neuron.integrate = \"membrane\"".to_owned(),
            )),
            Integrate::Membrane | Integrate::Current => Ok(()),
        }
    }

    fn check_synapse(&self) -> Result<(), CoreError> {
        let Synapse { filter, shift, gain_bits, delay_slots, polarity: _ } = self.synapse;
        in_range("neuron.i_syn.shift", shift, 0, 15)?;
        match filter {
            Filter::ThreeTau => in_range("neuron.i_syn.gain_bits", gain_bits, 1, 16)?,
            Filter::Exponential | Filter::DoubleExponential => {
                in_range("neuron.i_syn.gain_bits", gain_bits, 0, 0)?;
            }
        }
        in_range("events.delay_slots", delay_slots, 1, 64)?;
        if !delay_slots.is_power_of_two() {
            return Err(CoreError::conflict("events.delay_slots", format!("is {delay_slots}, must be a power of two")));
        }
        self.check_direct()
    }

    /// Without a synaptic current there is nothing to filter, split, shift or delay.
    fn check_direct(&self) -> Result<(), CoreError> {
        let (synapse, direct) = (&self.synapse, Synapse::DIRECT);
        if self.i_syn_bits != 0 || *synapse == direct {
            return Ok(());
        }
        let (key, value) = if synapse.filter != direct.filter {
            ("neuron.i_syn.filter", format!("\"{}\"", synapse.filter))
        } else if synapse.polarity != direct.polarity {
            ("neuron.i_syn.polarity", format!("\"{}\"", synapse.polarity))
        } else if synapse.shift != direct.shift {
            ("neuron.i_syn.shift", synapse.shift.to_string())
        } else {
            ("events.delay_slots", synapse.delay_slots.to_string())
        };
        Err(CoreError::conflict(key, format!("is {value}, which needs a synaptic current (neuron.i_syn)")))
    }

    fn check_payload(&self) -> Result<(), CoreError> {
        let bits = self.payload_bits() + 2;
        if bits <= 32 {
            return Ok(());
        }
        let problem = format!(
            "makes events of {bits} bits, must be at most 32: 2 + delay {} + neuron {} + weight {}",
            self.synapse.delay_bits(),
            self.neuron_bits(),
            self.weight_bits
        );
        Err(CoreError::conflict("events.delay_slots", problem))
    }

    fn check_model(&self) -> Result<(), CoreError> {
        match &self.model {
            NeuronModel::Lif => Ok(()),
            NeuronModel::Izhikevich(izhikevich) => {
                self.check_izhikevich_choices()?;
                in_range("neuron.v.frac", self.frac, 0, self.v_bits.min(24))?;
                izhikevich.check()?;
                self.check_intermediates()
            }
        }
    }

    fn check_izhikevich_choices(&self) -> Result<(), CoreError> {
        let s = &self.semantics;
        let choices = [
            ("neuron.reset", s.reset.name(), Reset::Value.name()),
            ("neuron.fire_check", s.fire_check.name(), FireCheck::PerTimeStep.name()),
            ("neuron.order", s.order.name(), Order::LeakIntegrateFire.name()),
            ("neuron.leak.form", s.leak.form.name(), ReduceForm::None.name()),
        ];
        if let Some((key, found, needed)) = choices.into_iter().find(|(_, found, needed)| found != needed) {
            let problem = format!("is \"{found}\", must be \"{needed}\" with neuron.model = \"izhikevich\"");
            return Err(CoreError::conflict(key, problem));
        }
        in_range("neuron.refractory_bits", self.refractory_bits, 0, 0)
    }

    fn check_intermediates(&self) -> Result<(), CoreError> {
        match self.intermediate_widths().into_iter().find(|&(_, bits)| bits > INTERMEDIATE_BITS) {
            None => Ok(()),
            Some((name, bits)) => Err(CoreError::conflict(
                "neuron.izhikevich",
                format!(
                    "needs {bits} bits for {name}, must be at most {INTERMEDIATE_BITS}; \
                     lower neuron.v.bits, neuron.izhikevich.u.bits or neuron.izhikevich.constant.bits"
                ),
            )),
        }
    }
}

/// Widest intermediate result, in bits: a 64-bit word then also holds what rounding adds.
const INTERMEDIATE_BITS: u32 = 63;

impl Izhikevich {
    fn check(&self) -> Result<(), CoreError> {
        in_range("neuron.izhikevich.u.bits", self.u_bits, 4, 32)?;
        in_range("neuron.izhikevich.constant.bits", self.constant_bits, 4, 32)?;
        in_range("neuron.izhikevich.constant.frac", self.constant_frac, 1, 31)?;
        in_range("neuron.izhikevich.substeps", self.substeps, 1, 2)?;
        if self.substeps == 2 && self.update != UpdateOrder::Sequential {
            return Err(CoreError::conflict(
                "neuron.izhikevich.substeps",
                format!("is 2, which needs neuron.izhikevich.update = \"{}\"", UpdateOrder::Sequential),
            ));
        }
        match self.time_scale {
            TimeScale::Shift(shift) => in_range("neuron.izhikevich.dt_shift", shift, 0, 15)?,
            TimeScale::Constant => {}
        }
        match self.products {
            Products::Multiplier { multipliers } => in_range("neuron.izhikevich.multipliers", multipliers, 0, 7),
            Products::ShiftAdd { segment_bits, digits } => {
                in_range("neuron.izhikevich.segment_bits", segment_bits, 1, 4)?;
                in_range("neuron.izhikevich.digits", digits, 1, 4)
            }
        }
    }
}

fn in_range(key: &'static str, value: u32, low: u32, high: u32) -> Result<(), CoreError> {
    CoreError::check_range(key, i64::from(value), i64::from(low), i64::from(high))
}

fn check_reduce(key: &'static str, reduce: &Reduce) -> Result<(), CoreError> {
    let bits_key = format!("{key}.bits");
    let (low, high) = match reduce.form {
        ReduceForm::Subtract => (1, 31),
        ReduceForm::Multiply => (1, 16),
        ReduceForm::None | ReduceForm::Shift | ReduceForm::Clear => (1, 31),
    };
    CoreError::check_range(&bits_key, i64::from(reduce.bits), low, high)?;
    let fits = match reduce.clamp {
        Clamp::None => true,
        Clamp::Zero => reduce.form == ReduceForm::Subtract,
        Clamp::MinOne => matches!(reduce.form, ReduceForm::Shift | ReduceForm::Multiply),
    };
    if !fits {
        return Err(CoreError::conflict(
            &format!("{key}.clamp"),
            format!(
                "is \"{}\", which does not go with {key}.form = \"{}\" (zero: subtract; min_one: shift, multiply)",
                reduce.clamp, reduce.form
            ),
        ));
    }
    Ok(())
}
