//! Stimulus files: `stimulus.toml` to [`Stimulus`].
//!
//! Every key with its unit, range and default: `docs/src/reference/stimulus.md`.
//!
//! Order of events: `events` first; then for each time step those of the sources in the order of the file, each source's
//! by ascending word line (listed events in the order of their list), and the time-step event.

use super::sections::{CycleEvent, StimulusConfig};
use super::source::{Plan, Scope};
use super::{Stimulus, TimedEvent};
use crate::config::{self, ConfigError, LoadedCore, Node, Source};
use crate::error::CoreError;
use crate::event::AerEvent;
use crate::structure::Structure;
use bitvec::prelude::{BitVec, Lsb0};
use std::path::Path;
use std::sync::LazyLock;

static SCHEMA: LazyLock<serde_json::Value> = LazyLock::new(config::schema_of::<StimulusConfig>);

/// A stimulus, and what its file says beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedStimulus {
    /// The stimulus.
    pub stimulus: Stimulus,
    /// Number of time steps of one repetition that come from sources.
    pub time_steps: u64,
    /// The images shown, in the order of their steps.
    pub labels: Vec<Label>,
    /// Seeds of the random initial state a simulator gives to registers without reset.
    pub x_seeds: Vec<u32>,
}

/// An image shown, and what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// First time step of the image.
    pub first_step: u64,
    /// Time steps for which it is shown; rest steps after it are not counted.
    pub steps: u64,
    /// What it shows, as the `label` column says; `None` without that column.
    pub label: Option<u32>,
    /// Row of the CSV file, from 0, the header not counted.
    pub row: u64,
}

/// Reads `stimulus.toml` and everything it names, for a core.
///
/// # Errors
/// Any [`ConfigError`]; its text shows file, line, column, key, value found and what is allowed.
pub fn read_stimulus(path: impl AsRef<Path>, core: &LoadedCore) -> Result<LoadedStimulus, ConfigError> {
    let path = path.as_ref();
    let base = path.parent().unwrap_or(Path::new(""));
    load(config::read_source(path)?, base, core.core.structure(), core.dt())
}

/// The stimulus of a text, which errors call `stimulus.toml`, for a core of this structure with time steps of `dt` seconds.
///
/// # Errors
/// As [`read_stimulus`].
pub fn from_str(
    text: &str,
    base: impl AsRef<Path>,
    structure: &Structure,
    dt: f64,
) -> Result<LoadedStimulus, ConfigError> {
    let source = Source { name: "stimulus.toml".to_owned(), text: text.to_owned(), is_preset: false };
    load(source, base.as_ref(), structure, dt)
}

/// The JSON schema of `stimulus.toml`, for editors.
#[must_use]
pub fn schema() -> String {
    format!("{:#}\n", *SCHEMA)
}

fn load(source: Source, base: &Path, structure: &Structure, dt: f64) -> Result<LoadedStimulus, ConfigError> {
    let document: Node = config::parse(source)?;
    config::check(&document, &SCHEMA)?;
    let config: StimulusConfig = config::typed(&document)?;
    let scope = Scope { structure, dt, base };
    build(&config, &scope).map_err(|error| error.located(|key| document.locate(key)))
}

fn build(config: &StimulusConfig, scope: &Scope<'_>) -> Result<LoadedStimulus, ConfigError> {
    let plan = Plan::new(config, scope)?;
    let pace = config.cycles_per_step.unwrap_or(0);
    let events = cycle_events(config, scope)?.into_iter().chain(plan.events(pace)).collect();
    let stimulus = Stimulus {
        events,
        repeat: config.repeat,
        period: config.period.unwrap_or(plan.time_steps * pace),
        ready: ready(&config.receiver.ready)?,
        resets: config.resets.clone(),
        cycles: config.cycles,
    };
    stimulus.check(scope.structure)?;
    last_cycle(&stimulus)?;
    Ok(LoadedStimulus { stimulus, time_steps: plan.time_steps, labels: plan.labels, x_seeds: config.x_seeds.clone() })
}

/// Checks that the last event's cycle is a number of 63 bits.
fn last_cycle(stimulus: &Stimulus) -> Result<(), ConfigError> {
    let latest = stimulus.events.iter().map(|timed| timed.not_before).max().unwrap_or(0);
    let last = u128::from(stimulus.repeat - 1) * u128::from(stimulus.period) + u128::from(latest);
    let events = stimulus.events.len() as u128 * u128::from(stimulus.repeat);
    if last < 1 << 63 && events < 1 << 63 {
        return Ok(());
    }
    Err(ConfigError::conflict(
        "repeat",
        format!("is {}: events and cycles must count to less than 2^63", stimulus.repeat),
    ))
}

fn ready(pattern: &str) -> Result<BitVec<usize, Lsb0>, ConfigError> {
    let bit = |(index, c): (usize, char)| match c {
        '0' => Ok(false),
        '1' => Ok(true),
        other => {
            let problem = format!("has \"{other}\" at position {}, must consist of 0 and 1", index + 1);
            Err(ConfigError::conflict("receiver.ready", problem))
        }
    };
    let bits: BitVec = pattern.chars().enumerate().map(bit).collect::<Result<_, _>>()?;
    if bits.any() {
        return Ok(bits);
    }
    Err(ConfigError::conflict(
        "receiver.ready",
        format!("is \"{pattern}\", must have a 1, or no spike could ever leave"),
    ))
}

fn cycle_events(config: &StimulusConfig, scope: &Scope<'_>) -> Result<Vec<TimedEvent>, ConfigError> {
    let event = |(index, event): (usize, &CycleEvent)| {
        let key = format!("events[{index}]");
        let fields = Fields {
            word_line: event.word_line,
            time_step: event.time_step,
            neuron: event.neuron,
            weight: event.weight,
            delay: event.delay,
            time_step_one: event.time_step_one,
            kinds: "word_line, time_step, neuron with weight, time_step_one",
        };
        Ok(TimedEvent { not_before: event.not_before, event: fields.event(scope.structure, &key)? })
    };
    config.events.iter().enumerate().map(event).collect()
}

/// The keys of a listed event, of which one kind must be given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    pub(super) word_line: Option<i64>,
    pub(super) time_step: Option<bool>,
    pub(super) neuron: Option<i64>,
    pub(super) weight: Option<i64>,
    pub(super) delay: Option<i64>,
    pub(super) time_step_one: Option<i64>,
    /// The kinds there are, for the error.
    pub(super) kinds: &'static str,
}

impl Fields {
    /// The event, checked against the core.
    ///
    /// # Errors
    /// [`ConfigError::Conflict`] unless exactly one kind is given, [`ConfigError::OutOfRange`] for what the core does not have.
    pub(super) fn event(self, structure: &Structure, key: &str) -> Result<AerEvent, ConfigError> {
        let neurons = i64::from(structure.neurons);
        let index = |name: &str, value: i64, count: i64| -> Result<u32, CoreError> {
            CoreError::check_range(&format!("{key}.{name}"), value, 0, count - 1)?;
            Ok(value as u32)
        };
        let delay = index("delay", self.delay.unwrap_or(0), i64::from(structure.synapse.delay_slots))?;
        match (self.word_line, self.time_step, self.neuron, self.weight, self.time_step_one) {
            (Some(w), None, None, None, None) => {
                Ok(AerEvent::WordLine { word_line: index("word_line", w, i64::from(structure.word_lines))?, delay })
            }
            (None, Some(true), None, None, None) => self.undelayed(AerEvent::TimeStep, key),
            (None, None, Some(n), Some(weight), None) => {
                let (low, high) = structure.weight_range();
                let note = format!(" (synapse.weight_bits = {})", structure.weight_bits);
                let neuron = index("neuron", n, neurons)?;
                ConfigError::check_range(&format!("{key}.weight"), weight, (low, high), &note)?;
                Ok(AerEvent::Inject { neuron, weight: weight as i16, delay })
            }
            (None, None, None, None, Some(n)) => {
                self.undelayed(AerEvent::TimeStepOne(index("time_step_one", n, neurons)?), key)
            }
            (_, Some(false), _, _, _) => {
                Err(ConfigError::conflict(&format!("{key}.time_step"), "is false, must be true or absent"))
            }
            (_, _, Some(_), None, _) => {
                Err(ConfigError::missing(&format!("{key}.weight"), "the weight injected into the neuron"))
            }
            (_, _, None, Some(_), _) => {
                Err(ConfigError::missing(&format!("{key}.neuron"), "the neuron into which the weight is injected"))
            }
            (_, _, _, _, _) => Err(ConfigError::conflict(key, format!("must have exactly one of {}", self.kinds))),
        }
    }

    /// A time step, which cannot be held back.
    fn undelayed(self, event: AerEvent, key: &str) -> Result<AerEvent, ConfigError> {
        match self.delay {
            None => Ok(event),
            Some(_) => Err(ConfigError::conflict(&format!("{key}.delay"), "is given, but a time step has no delay")),
        }
    }
}
