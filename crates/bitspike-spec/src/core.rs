//! A core that is valid by construction: structure and values, checked once.

use crate::array::SynapseArray;
use crate::error::CoreError;
use crate::fx::{nearest_with_digits, signed_digits};
use crate::neuron_model::{Products, TimeScale};
use crate::structure::{Structure, signed_range};

/// Parameters of one neuron, raw integers (widths in `docs/src/contract/arithmetic.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NeuronParameters {
    /// Fires when `v` compares with it; signed, `v_bits + 1` bits, at most 32 (the register bus has no more).
    pub threshold: i64,
    /// Amount of the membrane leak, unsigned.
    pub leak: i64,
    /// Membrane potential after a spike with `reset = value`; signed, `v_bits`.
    pub v_reset: i64,
    /// Added to the membrane potential in every time step; signed, `bias_bits`.
    pub bias: i64,
    /// Whether spikes of this neuron leave it.
    pub output_enable: bool,
    /// Rate of the recovery times the time step (`izhikevich`), a constant; else 0.
    pub a: i64,
    /// Slope of the recovery (`izhikevich`), a constant; else 0.
    pub b: i64,
    /// Added to `u` at a spike (`izhikevich`), signed, `u_bits`; else 0.
    pub u_step: i64,
}

impl Default for NeuronParameters {
    /// Everything 0, the output enabled.
    fn default() -> Self {
        NeuronParameters { threshold: 0, leak: 0, v_reset: 0, bias: 0, output_enable: true, a: 0, b: 0, u_step: 0 }
    }
}

/// Constants that all neurons of an Izhikevich core share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct IzhikevichConstants {
    /// Coefficient of `v^2`, a constant.
    pub k2: i64,
    /// Coefficient of `v`, or with `shift_add` the vertex of the parabola; format of `v` with up to 2 bits more.
    pub k1: i64,
    /// Constant term, or with `shift_add` the value at the vertex; as `k1`.
    pub k0: i64,
    /// Where the recovery has its zero; as `k1`.
    pub v_zero: i64,
    /// Time step in ms with `TimeScale::Constant`, a constant; else 0.
    pub dt: i64,
}

/// The synapse array as integers: one weight code for each word line and bit line, word line major.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CrossbarImage {
    word_lines: u32,
    bit_lines: u32,
    codes: Vec<i16>,
}

impl CrossbarImage {
    /// An image from codes in word-line-major order.
    ///
    /// # Errors
    /// [`CoreError::Conflict`] when the number of codes is not `word_lines * bit_lines`.
    pub fn new(word_lines: u32, bit_lines: u32, codes: Vec<i16>) -> Result<Self, CoreError> {
        let expected = word_lines as usize * bit_lines as usize;
        if codes.len() == expected {
            return Ok(CrossbarImage { word_lines, bit_lines, codes });
        }
        Err(CoreError::conflict(
            "synapse.image",
            format!(
                "has {} codes, must have {word_lines} word lines x {bit_lines} bit lines = {expected}",
                codes.len()
            ),
        ))
    }

    /// Number of word lines (rows).
    #[must_use]
    pub fn word_lines(&self) -> u32 {
        self.word_lines
    }

    /// Number of bit lines (columns, neurons).
    #[must_use]
    pub fn bit_lines(&self) -> u32 {
        self.bit_lines
    }

    /// The codes of one word line, one for each bit line.
    ///
    /// # Panics
    /// If the word line is not in the image.
    #[must_use]
    pub fn row(&self, word_line: u32) -> &[i16] {
        let columns = self.bit_lines as usize;
        &self.codes[word_line as usize * columns..][..columns]
    }

    /// All codes, word line major.
    #[must_use]
    pub fn codes(&self) -> &[i16] {
        &self.codes
    }
}

/// What is loaded into a core at run time: never a reason to build anything again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Values {
    /// One entry for each neuron, or a single shared one when `per_neuron` is off.
    pub neurons: Vec<NeuronParameters>,
    /// Membrane potential after reset; signed, `v_bits`.
    pub v_init: i64,
    /// Membrane recovery after reset; signed, `u_bits`; 0 where there is none.
    pub u_init: i64,
    /// Amount of the decay of each accumulator, unsigned.
    pub i_syn_decay: Vec<i64>,
    /// Gains of `three_tau`, `[polarity][fast, slow]`, unsigned; empty with the other filters.
    pub gain: Vec<[i64; 2]>,
    /// Constants that all neurons of an Izhikevich core share; all 0 with `lif`.
    pub izhikevich: IzhikevichConstants,
    /// Time steps in which `v` is held after a spike.
    pub refractory_steps: u32,
    /// Seed of the lanes' generators.
    pub lfsr_seed: u32,
    /// Word line that neuron 0 drives when spikes loop back.
    pub first_word_line: u32,
    /// Delay of looped-back spikes in time steps, 0 to `delay_slots - 1`.
    pub loop_back_delay: u32,
    /// The synapse array.
    pub array: SynapseArray,
    /// First cycle of each epoch of the array but the first, above 0 and strictly rising.
    pub epoch_starts: Vec<u64>,
}

impl Values {
    /// The weights of the first epoch, with event read.
    #[must_use]
    pub fn weights(&self) -> Option<&CrossbarImage> {
        self.array.event_images().first()
    }
}

/// A core: one source of truth for model, RTL and reports, valid by construction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Core {
    structure: Structure,
    values: Values,
}

impl Core {
    /// Checks the structure, then every value against it.
    ///
    /// # Errors
    /// The first key out of range or in conflict, with the range allowed.
    pub fn new(structure: Structure, values: Values) -> Result<Self, CoreError> {
        structure.check()?;
        check_values(&structure, &values)?;
        Ok(Core { structure, values })
    }

    /// Counts, widths and choices.
    #[must_use]
    pub fn structure(&self) -> &Structure {
        &self.structure
    }

    /// Thresholds, leaks, weights, seeds.
    #[must_use]
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Parameters of neuron `n`, wherever they are stored.
    ///
    /// # Panics
    /// If the core has no neuron `n` and parameters are per neuron.
    #[must_use]
    pub fn parameters(&self, n: u32) -> &NeuronParameters {
        if self.structure.schedule.per_neuron { &self.values.neurons[n as usize] } else { &self.values.neurons[0] }
    }
}

fn check_values(structure: &Structure, values: &Values) -> Result<(), CoreError> {
    let entries = if structure.schedule.per_neuron { structure.neurons as usize } else { 1 };
    check_length("values", "parameters of neurons", values.neurons.len(), entries)?;
    for (n, parameters) in values.neurons.iter().enumerate() {
        check_parameters(structure, n, parameters)?;
    }
    check_shared(structure, values)?;
    check_synapse(structure, values)?;
    check_izhikevich(structure, &values.izhikevich)?;
    check_loop_back(structure, values)?;
    values.array.check(structure)?;
    check_epochs(structure, &values.epoch_starts)
}

fn check_length(key: &str, what: &str, found: usize, expected: usize) -> Result<(), CoreError> {
    if found == expected {
        return Ok(());
    }
    Err(CoreError::conflict(key, format!("has {found} {what}, must have {expected}")))
}

/// Range of a signed number of `bits` bits; 0 alone where it is absent.
fn range_of(bits: u32) -> (i64, i64) {
    if bits == 0 { (0, 0) } else { signed_range(bits) }
}

fn check_range(key: &str, value: i64, (low, high): (i64, i64)) -> Result<(), CoreError> {
    CoreError::check_range(key, value, low, high)
}

fn check_parameters(structure: &Structure, n: usize, parameters: &NeuronParameters) -> Result<(), CoreError> {
    let key = |name: &str| {
        if structure.schedule.per_neuron { format!("values.{name}[{n}]") } else { format!("values.{name}") }
    };
    let check = |name: &str, value: i64, range: (i64, i64)| check_range(&key(name), value, range);
    check("threshold", parameters.threshold, signed_range(structure.threshold_bits()))?;
    check("leak", parameters.leak, (0, structure.semantics.leak.amount_limit()))?;
    check("v_reset", parameters.v_reset, signed_range(structure.v_bits))?;
    check("bias", parameters.bias, range_of(structure.bias_bits))?;
    check_constant(structure, &key("izhikevich.a"), parameters.a)?;
    check_constant(structure, &key("izhikevich.b"), parameters.b)?;
    check("izhikevich.d", parameters.u_step, range_of(structure.u_bits()))
}

/// A constant fits its width, and its digits where it is made of shifts; without the model it is 0.
fn check_constant(structure: &Structure, key: &str, value: i64) -> Result<(), CoreError> {
    let Some(izhikevich) = structure.izhikevich() else { return check_range(key, value, (0, 0)) };
    check_range(key, value, signed_range(izhikevich.constant_bits))?;
    match izhikevich.products {
        Products::Multiplier { .. } => Ok(()),
        Products::ShiftAdd { digits, .. } => {
            let needed = signed_digits(value).len();
            if needed <= digits as usize {
                return Ok(());
            }
            let near = nearest_with_digits(value as f64, digits, signed_range(izhikevich.constant_bits));
            let problem = format!(
                "is {value}, which needs {needed} signed digits, must be at most neuron.izhikevich.digits = {digits}; {near} is near"
            );
            Err(CoreError::conflict(key, problem))
        }
    }
}

fn check_shared(structure: &Structure, values: &Values) -> Result<(), CoreError> {
    check_range("values.v_init", values.v_init, signed_range(structure.v_bits))?;
    check_range("values.u_init", values.u_init, range_of(structure.u_bits()))?;
    let most_steps = (1 << structure.refractory_bits) - 1;
    check_range("values.refractory_steps", i64::from(values.refractory_steps), (0, most_steps))
}

fn check_synapse(structure: &Structure, values: &Values) -> Result<(), CoreError> {
    let synapse = &structure.synapse;
    let amounts = structure.accumulators() as usize;
    check_length("values.i_syn_decay", "amounts", values.i_syn_decay.len(), amounts)?;
    for (k, &amount) in values.i_syn_decay.iter().enumerate() {
        check_range(&format!("values.i_syn_decay[{k}]"), amount, (0, structure.semantics.decay.amount_limit()))?;
    }
    let gains = if synapse.gain_bits == 0 { 0 } else { synapse.polarities() as usize };
    check_length("values.gain", "pairs", values.gain.len(), gains)?;
    for (q, pair) in values.gain.iter().enumerate() {
        for (g, &gain) in pair.iter().enumerate() {
            check_range(&format!("values.gain[{q}][{g}]"), gain, (0, 1 << synapse.gain_bits))?;
        }
    }
    Ok(())
}

fn check_izhikevich(structure: &Structure, constants: &IzhikevichConstants) -> Result<(), CoreError> {
    let (k_range, has_dt) = match structure.izhikevich() {
        None => ((0, 0), false),
        Some(izhikevich) => (signed_range(structure.k_bits()), izhikevich.time_scale == TimeScale::Constant),
    };
    check_constant(structure, "values.izhikevich.k2", constants.k2)?;
    check_range("values.izhikevich.k1", constants.k1, k_range)?;
    check_range("values.izhikevich.k0", constants.k0, k_range)?;
    check_range("values.izhikevich.v_zero", constants.v_zero, k_range)?;
    if has_dt {
        check_constant(structure, "values.izhikevich.dt", constants.dt)
    } else {
        check_range("values.izhikevich.dt", constants.dt, (0, 0))
    }
}

fn check_loop_back(structure: &Structure, values: &Values) -> Result<(), CoreError> {
    let room = i64::from(structure.word_lines) - i64::from(structure.neurons);
    let (word_lines, delays) = match structure.schedule.loop_back {
        false => ((0, 0), (0, 0)),
        true => ((0, room), (0, i64::from(structure.synapse.delay_slots) - 1)),
    };
    if structure.schedule.loop_back && room < 0 {
        return Err(CoreError::conflict(
            "events.loop_back",
            format!(
                "needs as many word lines as neurons ({}), core.word_lines is {}",
                structure.neurons, structure.word_lines
            ),
        ));
    }
    check_range("values.first_word_line", i64::from(values.first_word_line), word_lines)?;
    check_range("values.loop_back_delay", i64::from(values.loop_back_delay), delays)
}

fn check_epochs(structure: &Structure, starts: &[u64]) -> Result<(), CoreError> {
    let later = structure.array.epochs as usize - 1;
    check_length("array.epochs.at_cycle", "cycles of later epochs", starts.len(), later)?;
    if starts.first() == Some(&0) || !starts.is_sorted_by(|a, b| a < b) {
        let problem = "must be cycles above 0 in strictly rising order".to_owned();
        return Err(CoreError::conflict("array.epochs.at_cycle", problem));
    }
    Ok(())
}
