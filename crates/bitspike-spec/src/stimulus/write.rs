//! The plain form of a stimulus: every event by its cycle, deterministic. Reading it gives the equal stimulus.

use super::{Stimulus, TimedEvent};
use crate::event::AerEvent;

impl Stimulus {
    /// The stimulus as a complete `stimulus.toml` without sources: the same bytes for equal stimuli, and read back an equal one.
    ///
    /// TOML has integers below `2^63`; larger cycles, which no run reaches, are written but not read back.
    ///
    /// # Example
    /// ```
    /// use bitspike_spec::{AerEvent, Stimulus};
    ///
    /// let text = Stimulus::dense([AerEvent::word_line(3), AerEvent::TimeStep]).to_toml();
    /// assert!(text.contains("{ not_before = 0, word_line = 3 }"));
    /// ```
    #[must_use]
    pub fn to_toml(&self) -> String {
        let ready: String = self.ready.iter().map(|bit| if *bit { '1' } else { '0' }).collect();
        let resets: Vec<String> = self.resets.iter().map(u64::to_string).collect();
        let cycles = self.cycles.map_or_else(String::new, |cycles| format!("cycles = {cycles}\n"));
        let events: String = self.events.iter().map(|event| format!("  {},\n", line(event))).collect();
        format!(
            "repeat = {}\nperiod = {}\n{cycles}receiver.ready = \"{ready}\"\nresets = [{}]\nevents = [\n{events}]\n",
            self.repeat,
            self.period,
            resets.join(", ")
        )
    }
}

fn line(timed: &TimedEvent) -> String {
    let event = match timed.event {
        AerEvent::WordLine { word_line: w, delay } => format!("word_line = {w}{}", held(delay)),
        AerEvent::TimeStep => "time_step = true".to_owned(),
        AerEvent::Inject { neuron, weight, delay } => format!("neuron = {neuron}, weight = {weight}{}", held(delay)),
        AerEvent::TimeStepOne(n) => format!("time_step_one = {n}"),
    };
    format!("{{ not_before = {}, {event} }}", timed.not_before)
}

fn held(delay: u32) -> String {
    if delay == 0 { String::new() } else { format!(", delay = {delay}") }
}
