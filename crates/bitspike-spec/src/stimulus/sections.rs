//! The keys of `stimulus.toml`. The doc comments are the descriptions of the JSON schema and of the stimulus reference.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A stimulus: `stimulus.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StimulusConfig {
    /// Time steps; each ends with a time-step event. Absent: as many as the sources need.
    #[schemars(range(min = 0, max = 100_000_000))]
    pub time_steps: Option<u64>,
    /// Clock cycles of one time step: events of step `k` are not offered before cycle `k * cycles_per_step`. Absent: as fast as the core takes them.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub cycles_per_step: Option<u64>,
    /// How often the whole list of events is played.
    #[schemars(range(min = 1, max = 9_223_372_036_854_775_807_u64))]
    pub repeat: u64,
    /// Clock cycles from one repetition to the next. Absent: `time_steps * cycles_per_step`, or 0 without `cycles_per_step`.
    #[schemars(range(min = 0, max = 9_223_372_036_854_775_807_u64))]
    pub period: Option<u64>,
    /// Clock cycles to run. Absent: until everything is drained, and 8 more.
    #[schemars(range(min = 0, max = 9_223_372_036_854_775_807_u64))]
    pub cycles: Option<u64>,
    /// Clock cycles before which the core is reset, strictly rising, none 0.
    #[schemars(inner(range(min = 0, max = 9_223_372_036_854_775_807_u64)))]
    pub resets: Vec<u64>,
    /// Seeds of the random initial state that a simulator gives to registers without reset; one run for each.
    #[schemars(inner(range(min = 0, max = 4_294_967_295_u64)))]
    pub x_seeds: Vec<u32>,
    /// The receiver of spikes.
    pub receiver: ReceiverSection,
    /// Events as they stand, by clock cycle; offered before those of the sources.
    pub events: Vec<CycleEvent>,
    /// Where the events of the time steps come from, in the order in which they stand in a step.
    pub source: Vec<SourceConfig>,
}

impl Default for StimulusConfig {
    fn default() -> Self {
        StimulusConfig {
            time_steps: None,
            cycles_per_step: None,
            repeat: 1,
            period: None,
            cycles: None,
            resets: Vec::new(),
            x_seeds: Vec::new(),
            receiver: ReceiverSection::default(),
            events: Vec::new(),
            source: Vec::new(),
        }
    }
}

/// The receiver of spikes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReceiverSection {
    /// Ready pattern, repeated for ever: one `0` or `1` for each clock cycle, at least one `1`.
    pub ready: String,
}

impl Default for ReceiverSection {
    fn default() -> Self {
        ReceiverSection { ready: "1".to_owned() }
    }
}

/// One event by clock cycle; exactly one of `word_line`, `time_step`, `neuron` with `weight`, `time_step_one`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CycleEvent {
    /// First clock cycle in which the event may be offered.
    #[schemars(range(min = 0, max = 9_223_372_036_854_775_807_u64))]
    pub not_before: u64,
    /// Spike on this word line.
    pub word_line: Option<i64>,
    /// `true`: a time step for every neuron.
    pub time_step: Option<bool>,
    /// Neuron into which `weight` is injected.
    pub neuron: Option<i64>,
    /// Weight injected into `neuron`, signed `synapse.weight_bits`.
    pub weight: Option<i64>,
    /// Time steps by which a spike or an injected weight is held back, 0 to `events.delay_slots - 1`. Absent: 0.
    pub delay: Option<i64>,
    /// Neuron that alone gets a time step.
    pub time_step_one: Option<i64>,
}

/// One event in a time step; exactly one of `word_line`, `neuron` with `weight`, `time_step_one`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepEvent {
    /// Time step, from 0.
    pub step: i64,
    /// Spike on this word line.
    pub word_line: Option<i64>,
    /// Neuron into which `weight` is injected.
    pub neuron: Option<i64>,
    /// Weight injected into `neuron`, signed `synapse.weight_bits`.
    pub weight: Option<i64>,
    /// Time steps by which a spike or an injected weight is held back, 0 to `events.delay_slots - 1`. Absent: 0.
    pub delay: Option<i64>,
    /// Neuron that alone gets a time step.
    pub time_step_one: Option<i64>,
}

/// A source of events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SourceConfig {
    /// Spikes from a CSV file with the header `time_step,word_line` or `time_step,word_line,delay`, in any order.
    Spikes {
        /// CSV file, named from the folder of the stimulus.
        file: PathBuf,
    },
    /// Events listed one by one; those of one step keep their order.
    Events {
        /// The events.
        events: Vec<StepEvent>,
    },
    /// Random spikes, independent in every step and word line, with the probability `rate_hz * core.dt`.
    Poisson {
        /// First and last word line; absent: all.
        #[serde(default)]
        #[schemars(length(min = 2, max = 2))]
        word_lines: Option<Vec<i64>>,
        /// Mean rate of one word line in hertz, 0 to `1 / core.dt`.
        rate_hz: f64,
        /// Seed; the same bytes from the same seed on every machine.
        #[serde(default)]
        #[schemars(range(min = 0, max = 9_223_372_036_854_775_807_u64))]
        seed: u64,
        /// First time step.
        #[serde(default)]
        #[schemars(range(min = 0, max = 100_000_000))]
        first_step: u64,
        /// Time steps; absent: to the end.
        #[serde(default)]
        #[schemars(range(min = 0, max = 100_000_000))]
        steps: Option<u64>,
        /// Time steps by which the spikes are held back, 0 to `events.delay_slots - 1`.
        #[serde(default)]
        delay: i64,
    },
    /// A spike on every word line in the steps `phase`, `phase + interval_steps`, and so on to the end.
    Regular {
        /// First and last word line; absent: all.
        #[serde(default)]
        #[schemars(length(min = 2, max = 2))]
        word_lines: Option<Vec<i64>>,
        /// Time steps from one spike to the next.
        #[schemars(range(min = 1, max = 100_000_000))]
        interval_steps: u64,
        /// Time step of the first spike.
        #[serde(default)]
        #[schemars(range(min = 0, max = 100_000_000))]
        phase: u64,
        /// Time steps by which the spikes are held back, 0 to `events.delay_slots - 1`.
        #[serde(default)]
        delay: i64,
    },
    /// `count` spikes on every word line, in the steps `start`, `start + interval`, and so on.
    Burst {
        /// First and last word line; absent: all.
        #[serde(default)]
        #[schemars(length(min = 2, max = 2))]
        word_lines: Option<Vec<i64>>,
        /// Time step of the first spike.
        #[schemars(range(min = 0, max = 100_000_000))]
        start: u64,
        /// Number of spikes.
        #[schemars(range(min = 1, max = 100_000_000))]
        count: u64,
        /// Time steps from one spike to the next.
        #[serde(default = "one")]
        #[schemars(range(min = 1, max = 100_000_000))]
        interval: u64,
        /// Time steps by which the spikes are held back, 0 to `events.delay_slots - 1`.
        #[serde(default)]
        delay: i64,
    },
    /// One spike for each value, the earlier the larger it is: in the step `floor((max - value) * (steps - 1) / max)` of the window; none for 0.
    Latency {
        /// Value of the word lines `first_word_line`, `first_word_line + 1`, and so on, 0 to `max`.
        values: Vec<i64>,
        /// Value that spikes in the first step.
        #[schemars(range(min = 1, max = 1_000_000_000))]
        max: i64,
        /// Time steps of the window.
        #[schemars(range(min = 1, max = 100_000_000))]
        steps: u64,
        /// First time step.
        #[serde(default)]
        #[schemars(range(min = 0, max = 100_000_000))]
        first_step: u64,
        /// Word line of the first value.
        #[serde(default)]
        first_word_line: i64,
        /// Time steps by which the spikes are held back, 0 to `events.delay_slots - 1`.
        #[serde(default)]
        delay: i64,
    },
    /// Images from a CSV file with the header `label,p0,p1,..` (`label` may be absent), shown one after the other.
    Images {
        /// CSV file, named from the folder of the stimulus.
        file: PathBuf,
        /// First and last row shown, from 0, the header not counted; absent: all.
        #[serde(default)]
        #[schemars(length(min = 2, max = 2))]
        rows: Option<Vec<i64>>,
        /// Largest pixel value.
        #[schemars(range(min = 1, max = 1_000_000_000))]
        max: i64,
        /// How a pixel becomes spikes.
        code: ImageCode,
        /// Time steps for which each image is shown.
        #[schemars(range(min = 1, max = 1_000_000))]
        steps_per_image: u64,
        /// Time steps without input after each image.
        #[serde(default)]
        #[schemars(range(min = 0, max = 1_000_000))]
        rest_steps: u64,
        /// First time step.
        #[serde(default)]
        #[schemars(range(min = 0, max = 100_000_000))]
        first_step: u64,
        /// Word line of the first pixel.
        #[serde(default)]
        first_word_line: i64,
        /// Time steps by which the spikes are held back, 0 to `events.delay_slots - 1`.
        #[serde(default)]
        delay: i64,
    },
}

impl SourceConfig {
    /// The delay of all its spikes; 0 for sources whose spikes have their own.
    pub(super) const fn delay(&self) -> i64 {
        match self {
            SourceConfig::Spikes { .. } | SourceConfig::Events { .. } => 0,
            SourceConfig::Poisson { delay, .. }
            | SourceConfig::Regular { delay, .. }
            | SourceConfig::Burst { delay, .. }
            | SourceConfig::Latency { delay, .. }
            | SourceConfig::Images { delay, .. } => *delay,
        }
    }
}

fn one() -> u64 {
    1
}

/// How a pixel becomes spikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImageCode {
    /// Spread evenly, `floor(steps * pixel / max)` in all: `acc = acc + pixel; spike = acc >= max; acc = acc - max if spike`, from `acc = 0` for each image.
    Rate,
    /// One spike, the earlier the brighter: in the step `floor((max - pixel) * (steps - 1) / max)`; none for 0.
    Latency,
}
