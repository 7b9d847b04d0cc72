//! Sources of events: each says which events stand in which time step.

use super::TimedEvent;
use super::file::{Fields, Label};
use super::generate::{latency, poisson, rate};
use super::images::Images;
use super::sections::{SourceConfig, StepEvent, StimulusConfig};
use crate::config::{ConfigError, Row, Table, Wanted};
use crate::event::AerEvent;
use crate::structure::Structure;
use std::path::Path;

/// What a stimulus file is read for.
pub(super) struct Scope<'a> {
    pub(super) structure: &'a Structure,
    pub(super) dt: f64,
    pub(super) base: &'a Path,
}

impl Scope<'_> {
    /// Checks a word line under its key.
    pub(super) fn word_line(&self, key: &str, value: i64) -> Result<u32, ConfigError> {
        let last = i64::from(self.structure.word_lines) - 1;
        ConfigError::check_range(key, value, (0, last), &self.word_lines_note())?;
        Ok(value as u32)
    }

    /// First of `count` word lines in a row, for so many `items`.
    pub(super) fn first_word_line(&self, key: &str, first: i64, count: usize, items: &str) -> Result<u32, ConfigError> {
        let word_lines = self.structure.word_lines;
        let room = i64::from(word_lines) - count as i64;
        if room < 0 {
            let problem = format!("has {count} {items}, more than core.word_lines = {word_lines}");
            return Err(ConfigError::conflict(key, problem));
        }
        let note = format!(" ({count} {items} on core.word_lines = {word_lines})");
        ConfigError::check_range(&format!("{key}.first_word_line"), first, (0, room), &note)?;
        Ok(first as u32)
    }

    /// Checks a delay under its key.
    pub(super) fn delay(&self, key: &str, value: i64) -> Result<u32, ConfigError> {
        let slots = self.structure.synapse.delay_slots;
        ConfigError::check_range(key, value, (0, i64::from(slots) - 1), &self.delay_note())?;
        Ok(value as u32)
    }

    fn delay_note(&self) -> String {
        format!(" (events.delay_slots = {})", self.structure.synapse.delay_slots)
    }

    fn word_lines_note(&self) -> String {
        format!(" (core.word_lines = {})", self.structure.word_lines)
    }

    /// First and last word line of a source, all when the key is absent.
    fn span(&self, key: &str, span: Option<&Vec<i64>>) -> Result<(u32, u32), ConfigError> {
        let Some(span) = span else { return Ok((0, self.structure.word_lines - 1)) };
        let first = self.word_line(&format!("{key}.word_lines[0]"), span[0])?;
        let last = self.word_line(&format!("{key}.word_lines[1]"), span[1])?;
        if first > last {
            let problem = format!("is {first} to {last}, the first must not be after the last");
            return Err(ConfigError::conflict(&format!("{key}.word_lines"), problem));
        }
        Ok((first, last))
    }
}

/// Events of one source: (step, event), in the order they stand in a step.
#[derive(Debug, Default)]
pub(super) struct Placed {
    pub(super) events: Vec<(u64, AerEvent)>,
    /// Time steps the source needs.
    pub(super) steps: u64,
    pub(super) labels: Vec<Label>,
}

impl Placed {
    /// The same spikes, held back.
    fn delayed(mut self, delay: u32) -> Self {
        for (_, event) in &mut self.events {
            if let AerEvent::WordLine { delay: held, .. } = event {
                *held = delay;
            }
        }
        self
    }
}

/// Events of all sources, step by step.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) time_steps: u64,
    pub(super) labels: Vec<Label>,
    by_step: Vec<(u64, AerEvent)>,
}

impl Plan {
    /// Places the events of every source.
    ///
    /// # Errors
    /// The first fault of a source, in the order of the file.
    pub(super) fn new(config: &StimulusConfig, scope: &Scope<'_>) -> Result<Self, ConfigError> {
        let mut bounded: Vec<Option<Placed>> = Vec::new();
        for (index, source) in config.source.iter().enumerate() {
            bounded.push(Bounded { scope, key: format!("source[{index}]") }.place(source)?);
        }
        let needed = bounded.iter().flatten().map(|placed| placed.steps).max();
        let time_steps = time_steps(config, &bounded, needed)?;
        let mut sources = Vec::new();
        for (index, (source, placed)) in config.source.iter().zip(bounded).enumerate() {
            let endless = Endless { scope, key: format!("source[{index}]"), time_steps };
            let placed = match placed {
                Some(placed) => placed,
                None => endless.place(source)?,
            };
            let delay = scope.delay(&format!("source[{index}].delay"), source.delay())?;
            sources.push(if delay == 0 { placed } else { placed.delayed(delay) });
        }
        Ok(Self::merge(time_steps, sources))
    }

    fn merge(time_steps: u64, sources: Vec<Placed>) -> Self {
        let mut labels: Vec<Label> = sources.iter().flat_map(|source| source.labels.clone()).collect();
        labels.sort_by_key(|label| label.first_step);
        let mut by_step: Vec<(u64, AerEvent)> = Vec::new();
        for mut source in sources {
            by_step.append(&mut source.events);
        }
        by_step.sort_by_key(|&(step, _)| step);
        Plan { time_steps, labels, by_step }
    }

    /// The events with their cycles, each step closed by its time-step event.
    pub(super) fn events(&self, cycles_per_step: u64) -> Vec<TimedEvent> {
        let mut events = Vec::with_capacity(self.by_step.len() + self.time_steps as usize);
        let mut rest = self.by_step.iter().peekable();
        for step in 0..self.time_steps {
            let not_before = step * cycles_per_step;
            while let Some((_, event)) = rest.next_if(|(at, _)| *at == step) {
                events.push(TimedEvent { not_before, event: *event });
            }
            events.push(TimedEvent { not_before, event: AerEvent::TimeStep });
        }
        events
    }
}

/// The number of time steps: given, or as many as the sources need.
fn time_steps(config: &StimulusConfig, placed: &[Option<Placed>], needed: Option<u64>) -> Result<u64, ConfigError> {
    let needed_by = |limit| placed.iter().position(|source| source.as_ref().is_some_and(|source| source.steps > limit));
    match (config.time_steps, needed) {
        (Some(given), Some(needed)) if needed > given => {
            let who = needed_by(given).map_or_else(String::new, |index| format!("source[{index}]"));
            Err(ConfigError::conflict(&who, format!("needs {needed} time steps, time_steps is {given}")))
        }
        (Some(given), _) => Ok(given),
        (None, Some(needed)) => Ok(needed),
        (None, None) if config.source.is_empty() => Ok(0),
        (None, None) => Err(ConfigError::missing("time_steps", "no source has an end of its own")),
    }
}

/// Places a source that has an end of its own.
struct Bounded<'a> {
    scope: &'a Scope<'a>,
    key: String,
}

impl Bounded<'_> {
    fn place(&self, source: &SourceConfig) -> Result<Option<Placed>, ConfigError> {
        match source {
            SourceConfig::Spikes { file } => self.spikes(file).map(Some),
            SourceConfig::Events { events } => self.listed(events).map(Some),
            SourceConfig::Burst { word_lines, start, count, interval, delay: _ } => {
                let (first, last) = self.scope.span(&self.key, word_lines.as_ref())?;
                let steps = (0..*count).map(|i| start + i * interval);
                Ok(Some(each_word_line(first, last, steps)))
            }
            SourceConfig::Latency { values, max, steps, first_step, first_word_line, delay: _ } => {
                let window = Window { first_step: *first_step, steps: *steps, max: *max };
                self.latency(values, &window, *first_word_line).map(Some)
            }
            SourceConfig::Images { .. } => Images::new(self.scope, &self.key).place(source).map(Some),
            SourceConfig::Poisson { .. } | SourceConfig::Regular { .. } => Ok(None),
        }
    }

    fn spikes(&self, file: &Path) -> Result<Placed, ConfigError> {
        let table = Table::read(&self.scope.base.join(file), &format!("{}.file", self.key))?;
        let header = table.rows[0].cells.join(",");
        let has_delay = header == "time_step,word_line,delay";
        if header != "time_step,word_line" && !has_delay {
            let problem =
                format!("has the header \"{header}\", must be \"time_step,word_line\", and \",delay\" if wanted");
            return Err(table.fault(table.rows[0].line, problem));
        }
        let mut spikes =
            table.rows[1..].iter().map(|row| self.spike(&table, row, has_delay)).collect::<Result<Vec<_>, _>>()?;
        spikes.sort_unstable();
        let steps = spikes.last().map_or(0, |&(step, _, _)| step + 1);
        let events = spikes
            .into_iter()
            .map(|(step, word_line, delay)| (step, AerEvent::WordLine { word_line, delay }))
            .collect();
        Ok(Placed { events, steps, labels: Vec::new() })
    }

    /// Time step, word line and delay of a row.
    fn spike(&self, table: &Table, row: &Row, has_delay: bool) -> Result<(u64, u32, u32), ConfigError> {
        let last = i64::from(self.scope.structure.word_lines) - 1;
        let last_delay = i64::from(self.scope.structure.synapse.delay_slots) - 1;
        let (note, delay_note) = (self.scope.word_lines_note(), self.scope.delay_note());
        let step = table.integer(row, 0, &Wanted { what: "time_step", range: (0, MAX_STEPS - 1), note: "" })?;
        let word_line = table.integer(row, 1, &Wanted { what: "word_line", range: (0, last), note: &note })?;
        let wanted = Wanted { what: "delay", range: (0, last_delay), note: &delay_note };
        let delay = if has_delay { table.integer(row, 2, &wanted)? } else { 0 };
        Ok((step as u64, word_line as u32, delay as u32))
    }

    fn listed(&self, list: &[StepEvent]) -> Result<Placed, ConfigError> {
        let mut placed = Placed::default();
        for (index, listed) in list.iter().enumerate() {
            let key = format!("{}.events[{index}]", self.key);
            ConfigError::check_range(&format!("{key}.step"), listed.step, (0, MAX_STEPS - 1), "")?;
            let StepEvent { step, word_line, neuron, weight, delay, time_step_one } = *listed;
            let kinds = "word_line, neuron with weight, time_step_one";
            let fields = Fields { word_line, time_step: None, neuron, weight, delay, time_step_one, kinds };
            placed.events.push((step as u64, fields.event(self.scope.structure, &key)?));
            placed.steps = placed.steps.max(step as u64 + 1);
        }
        Ok(placed)
    }

    fn latency(&self, values: &[i64], window: &Window, first_word_line: i64) -> Result<Placed, ConfigError> {
        let mut placed = Placed { steps: window.first_step + window.steps, ..Placed::default() };
        let first_word_line = self.scope.first_word_line(&self.key, first_word_line, values.len(), "values")?;
        for (word_line, (index, &value)) in (first_word_line..).zip(values.iter().enumerate()) {
            ConfigError::check_range(&format!("{}.values[{index}]", self.key), value, (0, window.max), "")?;
            if let Some(step) = latency(value, window.max, window.steps) {
                placed.events.push((window.first_step + step, AerEvent::word_line(word_line)));
            }
        }
        Ok(placed)
    }
}

/// Time steps a file may name, one above the last.
const MAX_STEPS: i64 = 100_000_000;

struct Window {
    first_step: u64,
    steps: u64,
    max: i64,
}

/// Places a source that runs to the end of the stimulus.
struct Endless<'a> {
    scope: &'a Scope<'a>,
    key: String,
    time_steps: u64,
}

impl Endless<'_> {
    fn place(&self, source: &SourceConfig) -> Result<Placed, ConfigError> {
        match source {
            SourceConfig::Poisson { word_lines, rate_hz, seed, first_step, steps, delay: _ } => {
                let (first, last) = self.scope.span(&self.key, word_lines.as_ref())?;
                let p = self.probability(*rate_hz)?;
                let end = steps.map_or(self.time_steps, |steps| self.time_steps.min(first_step + steps));
                let spike = |&(step, w): &(u64, u32)| poisson(*seed, p, w, step);
                let cells = (*first_step..end).flat_map(|step| (first..=last).map(move |w| (step, w)));
                let events = cells.filter(spike).map(|(step, w)| (step, AerEvent::word_line(w))).collect();
                Ok(Placed { events, ..Placed::default() })
            }
            SourceConfig::Regular { word_lines, interval_steps, phase, delay: _ } => {
                let (first, last) = self.scope.span(&self.key, word_lines.as_ref())?;
                Ok(each_word_line(first, last, (*phase..self.time_steps).step_by(*interval_steps as usize)))
            }
            SourceConfig::Spikes { .. }
            | SourceConfig::Events { .. }
            | SourceConfig::Burst { .. }
            | SourceConfig::Latency { .. }
            | SourceConfig::Images { .. } => Ok(Placed::default()),
        }
    }

    fn probability(&self, rate_hz: f64) -> Result<f64, ConfigError> {
        let p = rate_hz * self.scope.dt;
        if (0.0..=1.0).contains(&p) {
            return Ok(p);
        }
        let allowed = format!("0 to {}", 1.0 / self.scope.dt);
        let note = format!(" (1 / core.dt, core.dt = {})", self.scope.dt);
        Err(ConfigError::out_of_range(&format!("{}.rate_hz", self.key), rate_hz, allowed, note))
    }
}

/// A spike on each of a range of word lines, in each of these steps.
fn each_word_line(first: u32, last: u32, steps: impl Iterator<Item = u64>) -> Placed {
    let mut placed = Placed::default();
    for step in steps {
        placed.events.extend((first..=last).map(|w| (step, AerEvent::word_line(w))));
        placed.steps = step + 1;
    }
    placed
}

/// Steps of the spikes of one coded value.
pub(super) fn coded(code: super::sections::ImageCode, value: i64, max: i64, steps: u64) -> Vec<u64> {
    match code {
        super::sections::ImageCode::Rate => rate(value, max, steps).collect(),
        super::sections::ImageCode::Latency => latency(value, max, steps).into_iter().collect(),
    }
}
