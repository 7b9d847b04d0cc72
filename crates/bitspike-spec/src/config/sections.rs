//! The keys of `core.toml`. The doc comments are the descriptions of the JSON schema and of the configuration reference.

mod array;
mod izhikevich;

pub use array::{ArraySection, RawAnalogue, RawArray, RawConverter, RawSlice};
pub use izhikevich::{
    ConstantSection, IzhikevichSection, IzhikevichValues, ProductForm, Quantity, Raw, ScaleForm, SharedQuantity,
    USection,
};

use crate::coded::coded_enum;
use crate::fx::{Overflow, Rounding};
use crate::semantics::{Clamp, Compare, FireCheck, Integrate, Order, ReduceForm, Reset};
use crate::structure::{Door, FullPolicy, Handshake, TimeStepPolicy};
use crate::synapse::{Filter, Polarity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

coded_enum! {
    /// A core described in full, whose keys a file may override.
    Preset {
        /// The core of this project: saturating 16-bit membrane, shift leak, in-order time steps.
        Bitspike = 0 => "bitspike",
        /// The digital neuron core tinyODIN: 256 neurons of 12 bits, fire check per operation.
        TinyOdin = 1 => "tinyodin",
        /// The current-based neuron of Intel's Loihi 1, as its published fixed-point model has it.
        Loihi1Lif = 2 => "loihi1_lif",
        /// The neuron of SynSense's Xylo: 16 bits, bit-shift decay, up to 31 spikes per step.
        Xylo = 3 => "xylo",
        /// Izhikevich's neuron of 2003 at 1 ms: regular spiking, states of 18 bits, one multiplier for every product.
        Izhikevich = 4 => "izhikevich",
    }
}

coded_enum! {
    /// Neuron model.
    ModelKind {
        /// Leaky integrate-and-fire.
        Lif = 0 => "lif",
        /// Izhikevich; its choices are in `neuron.izhikevich`.
        Izhikevich = 1 => "izhikevich",
    }
}

/// A core: `core.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CoreConfig {
    /// Preset whose keys this file overrides; every key not given here comes from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// Counts and pace.
    pub core: CoreSection,
    /// What one update of a neuron means.
    pub neuron: NeuronSection,
    /// Weights.
    pub synapse: SynapseSection,
    /// The devices that hold the weights; absent: digital weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub array: Option<ArraySection>,
    /// Queues, policies and handshakes.
    pub events: EventsSection,
    /// What is loaded at run time.
    pub values: ValuesSection,
}

/// Counts and pace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CoreSection {
    /// Name of the core in reports.
    pub name: String,
    /// Neurons, which are the bit lines of the array; a multiple of `core.lanes`. Needed.
    #[schemars(range(min = 1, max = 4096))]
    pub neurons: Option<u32>,
    /// Word lines of the array, which are the inputs. Needed.
    #[schemars(range(min = 1, max = 4096))]
    pub word_lines: Option<u32>,
    /// Neurons updated per cycle; a power of two that divides `core.neurons`.
    #[schemars(range(min = 1, max = 1024))]
    pub lanes: u32,
    /// Cycles per group of `core.lanes` neurons.
    #[schemars(range(min = 1, max = 15))]
    pub initiation_interval: u32,
    /// Model time of one time step, in seconds. Used to turn time constants and rates into integers.
    #[schemars(range(min = 1e-9, max = 1.0))]
    pub dt: f64,
}

impl Default for CoreSection {
    fn default() -> Self {
        CoreSection {
            name: "core".to_owned(),
            neurons: None,
            word_lines: None,
            lanes: 1,
            initiation_interval: 1,
            dt: 1e-3,
        }
    }
}

/// What one update of a neuron means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NeuronSection {
    /// Neuron model.
    pub model: ModelKind,
    /// Choices and widths of the Izhikevich neuron, with `neuron.model = "izhikevich"` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub izhikevich: Option<IzhikevichSection>,
    /// Membrane potential.
    pub v: VSection,
    /// Synaptic current; absent: there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub i_syn: Option<ISynSection>,
    /// State a weight is added to; `current` needs `neuron.i_syn`, `membrane` excludes it.
    pub integrate: Integrate,
    /// Order of leak, integration and fire check in a time step.
    pub order: Order,
    /// When the membrane potential is compared with the threshold; `per_operation` needs `neuron.integrate = "membrane"`.
    pub fire_check: FireCheck,
    /// Comparison with the threshold.
    pub compare: Compare,
    /// Membrane potential after a spike.
    pub reset: Reset,
    /// Most spikes of one update; above 1 only with `neuron.reset = "subtract"`.
    #[schemars(range(min = 1, max = 31))]
    pub max_spikes: u32,
    /// Width of the refractory counter in bits, unsigned; 0: none.
    #[schemars(range(min = 0, max = 16))]
    pub refractory_bits: u32,
    /// Width of the bias in bits, two's complement, 2 to `neuron.v.bits`; 0: none.
    #[schemars(range(min = 0, max = 32))]
    pub bias_bits: u32,
    /// Whether every neuron has its own `threshold`, `leak`, `v_reset`, `bias`, `output_enable` and Izhikevich `a`, `b`, `c`, `d`, or all share one.
    pub per_neuron: bool,
    /// Leak of the membrane potential.
    pub leak: ReduceSection,
    /// Decay of the synaptic current.
    pub decay: ReduceSection,
}

impl Default for NeuronSection {
    fn default() -> Self {
        NeuronSection {
            model: ModelKind::Lif,
            izhikevich: None,
            v: VSection::default(),
            i_syn: None,
            integrate: Integrate::Membrane,
            order: Order::LeakIntegrateFire,
            fire_check: FireCheck::PerTimeStep,
            compare: Compare::Ge,
            reset: Reset::Zero,
            max_spikes: 1,
            refractory_bits: 0,
            bias_bits: 0,
            per_neuron: false,
            leak: ReduceSection::default(),
            decay: ReduceSection::default(),
        }
    }
}

/// Format of the membrane potential, two's complement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct VSection {
    /// Width in bits.
    #[schemars(range(min = 4, max = 32))]
    pub bits: u32,
    /// Fraction bits, at most `neuron.v.bits`: one least significant bit is `2^-frac`. With `lif` names values in reports and changes no arithmetic; with `izhikevich` at most 24, and that of `u` and the currents too.
    #[schemars(range(min = 0, max = 32))]
    pub frac: u32,
    /// What happens to a value outside the width.
    pub overflow: Overflow,
    /// Volts of one least significant bit; needed by values given in volts. With `izhikevich` it is `1e-3 * 2^-frac` unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1e-15, max = 1e3))]
    pub lsb_volts: Option<f64>,
}

impl Default for VSection {
    fn default() -> Self {
        VSection { bits: 16, frac: 0, overflow: Overflow::Saturate, lsb_volts: None }
    }
}

/// Format of the synaptic current, two's complement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ISynSection {
    /// Width in bits, 4 to 32; 0: there is no synaptic current.
    #[schemars(range(min = 0, max = 32))]
    pub bits: u32,
    /// What happens to a value outside the width.
    pub overflow: Overflow,
    /// Filter between the spikes and the current.
    pub filter: Filter,
    /// Whether positive and negative weights share their accumulators and time constants.
    pub polarity: Polarity,
    /// Right shift of the summed current on its way to the neuron, in bits.
    #[schemars(range(min = 0, max = 15))]
    pub shift: u32,
    /// Fraction bits of the gains of `three_tau`, 1 to 16; 0 with the other filters.
    #[schemars(range(min = 0, max = 16))]
    pub gain_bits: u32,
}

impl Default for ISynSection {
    fn default() -> Self {
        ISynSection {
            bits: 16,
            overflow: Overflow::Saturate,
            filter: Filter::Exponential,
            polarity: Polarity::Signed,
            shift: 0,
            gain_bits: 0,
        }
    }
}

/// How a state moves towards zero; the amount is in `values`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReduceSection {
    /// Form.
    pub form: ReduceForm,
    /// Rounding of `shift` and `multiply`.
    pub rounding: Rounding,
    /// Guard against overshooting (`zero`, with `subtract`) or sticking (`min_one`, with `shift` and `multiply`).
    pub clamp: Clamp,
    /// Width of the amount in bits: of `subtract` 1 to 31, fraction bits of the factor of `multiply` 1 to 16; others ignore it.
    #[schemars(range(min = 1, max = 31))]
    pub bits: u32,
}

impl Default for ReduceSection {
    fn default() -> Self {
        ReduceSection { form: ReduceForm::None, rounding: Rounding::Floor, clamp: Clamp::None, bits: 8 }
    }
}

/// Weights.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SynapseSection {
    /// Width of a weight in bits, two's complement. Absent: 8, or with `[array]` and event read the narrowest that holds its codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2, max = 16))]
    pub weight_bits: Option<u32>,
    /// Left shift of a weight on its way into the state, in bits.
    #[schemars(range(min = 0, max = 15))]
    pub weight_shift: u32,
    /// The weights: one row for each word line, one column for each neuron. With `[array]`, what is programmed: any 16-bit integers. Needed, unless `array.raw` is given.
    pub image: Option<ImageConfig>,
}

/// Where the weights come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ImageConfig {
    /// CSV file without header, named from the folder of `core.toml`; `#` starts a comment line.
    File(PathBuf),
    /// The rows themselves.
    Rows(Vec<Vec<i64>>),
    /// Random weights, the same bytes from the same seed on every machine.
    Random(RandomImage),
    /// One weight everywhere.
    Fill(i64),
}

/// Random weights: Philox4x32-10 keyed by the seed, one counter for each cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RandomImage {
    /// Seed.
    #[schemars(range(min = 0, max = 9_223_372_036_854_775_807_u64))]
    pub seed: u64,
    /// Smallest weight; absent: the smallest that `synapse.weight_bits` hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<i64>,
    /// Largest weight; absent: the largest that `synapse.weight_bits` hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<i64>,
    /// Probability that a cell has a weight; the others are 0.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub density: f64,
}

impl Default for RandomImage {
    fn default() -> Self {
        RandomImage { seed: 1, low: None, high: None, density: 1.0 }
    }
}

/// Queues, policies and handshakes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EventsSection {
    /// Entries of the event queue.
    #[schemars(range(min = 2, max = 65536))]
    pub queue_depth: u32,
    /// What happens to an event that meets a full queue at the door.
    pub full_policy: FullPolicy,
    /// What a time-step event does when it meets queued events.
    pub time_step: TimeStepPolicy,
    /// Handshake of both address-event ports.
    pub handshake: Handshake,
    /// When the door takes events in; `between_events` needs `four_phase` and `stall`.
    pub door: Door,
    /// Time steps an event can be held back, plus 1; a power of two. Above 1 it needs `neuron.i_syn`.
    #[schemars(range(min = 1, max = 64))]
    pub delay_slots: u32,
    /// Entries of the spike queue.
    #[schemars(range(min = 4, max = 65536))]
    pub spike_queue_depth: u32,
    /// Whether spikes come back as word-line events; needs as many word lines as neurons.
    pub loop_back: bool,
}

impl Default for EventsSection {
    fn default() -> Self {
        EventsSection {
            queue_depth: 64,
            full_policy: FullPolicy::Stall,
            time_step: TimeStepPolicy::InOrder,
            handshake: Handshake::Synchronous,
            door: Door::Overlapped,
            delay_slots: 1,
            spike_queue_depth: 64,
            loop_back: false,
        }
    }
}

/// What is loaded at run time: raw integers, or SI units where a key offers them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ValuesSection {
    /// Threshold, signed `neuron.v.bits + 1` bits, at most 32, or `{ volts = x }`. Needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Potential>,
    /// Amount of the membrane leak, unsigned: the amount of `subtract`, the shift of `shift` (0 to 31; 16 with stochastic rounding), the factor times `2^bits` of `multiply` (0 to `2^bits`). Needed with these forms, unless `values.tau_m` is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leak: Option<PerNeuron<i64>>,
    /// Membrane time constant in seconds, in place of `values.leak`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tau_m: Option<PerNeuron<f64>>,
    /// Membrane potential after a spike with `neuron.reset = "value"`, signed `neuron.v.bits` bits, or `{ volts = x }`.
    pub v_reset: Potential,
    /// Added to the membrane potential in every time step, signed `neuron.bias_bits` bits, or `{ volts = x }`.
    pub bias: Potential,
    /// Whether spikes of the neuron leave it; a neuron with its output disabled still resets.
    pub output_enable: PerNeuron<bool>,
    /// Membrane potential after reset, signed `neuron.v.bits` bits, or `{ volts = x }`.
    pub v_init: SharedPotential,
    /// Membrane recovery after reset, signed `neuron.izhikevich.u.bits` bits, or `{ volts = x }`; 0 without recovery.
    pub u_init: SharedPotential,
    /// Amount of the current decay, unsigned; ranges as for `values.leak`, with `neuron.decay`. One for all accumulators, or a list of one for each: polarity by polarity, in the order of the filter. Needed with the forms that have an amount, unless time constants are given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub i_syn_decay: Option<OneOrEach>,
    /// Gains of `three_tau`, a pair for each polarity: of the fast and the slow part, 0 to `2^gain_bits`. Needed, unless `values.fast_share` is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(inner(length(min = 2, max = 2)))]
    pub gain: Option<Vec<Vec<i64>>>,
    /// Synaptic time constant of `exponential` in seconds, in place of `values.i_syn_decay`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tau_syn: Option<f64>,
    /// Rise time constant of `double_exponential` and `three_tau` in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tau_rise: Option<f64>,
    /// Fast time constant of `three_tau` in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tau_fast: Option<f64>,
    /// Slow time constant of `double_exponential` and `three_tau` in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tau_slow: Option<f64>,
    /// Share of the fast part of `three_tau`, in place of `values.gain`; the slow part has the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub fast_share: Option<f64>,
    /// Time constants of negative weights with `neuron.i_syn.polarity = "split"`; what is not given here is that of positive ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inhibitory: Option<InhibitorySection>,
    /// Parameters of the Izhikevich neuron, with `neuron.model = "izhikevich"` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub izhikevich: Option<IzhikevichValues>,
    /// Time steps in which the membrane potential is held after a spike, 0 to `2^refractory_bits - 1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refractory_steps: Option<i64>,
    /// Refractory period in seconds, in place of `values.refractory_steps`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tau_ref: Option<f64>,
    /// Rounding of constants given in SI units; not `stochastic`.
    pub constant_rounding: Rounding,
    /// Seed of the lanes' random generators.
    #[schemars(range(min = 0, max = 4_294_967_295_u64))]
    pub lfsr_seed: u32,
    /// Word line that neuron 0 drives when spikes loop back, 0 to `core.word_lines - core.neurons`; 0 without loop-back.
    #[schemars(range(min = 0, max = 4095))]
    pub first_word_line: u32,
    /// Delay of looped-back spikes in time steps, 0 to `events.delay_slots - 1`; 0 without loop-back.
    #[schemars(range(min = 0, max = 63))]
    pub loop_back_delay: u32,
}

/// Time constants of negative weights.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InhibitorySection {
    /// As `values.tau_syn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tau_syn: Option<f64>,
    /// As `values.tau_rise`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tau_rise: Option<f64>,
    /// As `values.tau_fast`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tau_fast: Option<f64>,
    /// As `values.tau_slow`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tau_slow: Option<f64>,
    /// As `values.fast_share`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub fast_share: Option<f64>,
}

/// One integer for all accumulators, or a list of one for each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrEach {
    /// One for all.
    One(i64),
    /// One for each.
    Each(Vec<i64>),
}

impl Default for ValuesSection {
    fn default() -> Self {
        ValuesSection {
            threshold: None,
            leak: None,
            tau_m: None,
            v_reset: Potential::Raw(PerNeuron::Shared(0)),
            bias: Potential::Raw(PerNeuron::Shared(0)),
            output_enable: PerNeuron::Shared(true),
            v_init: SharedPotential::Raw(0),
            u_init: SharedPotential::Raw(0),
            i_syn_decay: None,
            gain: None,
            tau_syn: None,
            tau_rise: None,
            tau_fast: None,
            tau_slow: None,
            fast_share: None,
            inhibitory: None,
            izhikevich: None,
            refractory_steps: None,
            tau_ref: None,
            constant_rounding: Rounding::HalfEven,
            lfsr_seed: 1,
            first_word_line: 0,
            loop_back_delay: 0,
        }
    }
}

/// One value for all neurons, or a list of one for each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PerNeuron<T> {
    /// One value for all neurons.
    Shared(T),
    /// One value for each neuron; needs `neuron.per_neuron = true`.
    Each(Vec<T>),
}

/// Potential: raw integer or volts, shared or one for each neuron.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Potential {
    /// Raw integer.
    Raw(PerNeuron<i64>),
    /// In volts.
    Volts(Volts<PerNeuron<f64>>),
}

/// Potential: raw integer or volts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SharedPotential {
    /// Raw integer.
    Raw(i64),
    /// In volts.
    Volts(Volts<f64>),
}

/// Value in volts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Volts<T> {
    /// Volts; needs `neuron.v.lsb_volts`.
    pub volts: T,
}
