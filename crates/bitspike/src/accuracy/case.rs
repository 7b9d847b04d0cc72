//! What all layers run: a core, real parameters and a stimulus, brought to whole time steps.

use bitspike_model::{Model, NullObserver};
use bitspike_reference::core::{RealParameters, lsb};
use bitspike_spec::{AerEvent, Core, FullPolicy, Stimulus, Structure, TimeStepPolicy};

use super::AccuracyOptions;
use crate::error::Error;

/// Membrane potentials kept for each layer.
const TRACE_VALUES: u64 = 4_000_000;

/// A core and a stimulus that every layer can run.
///
/// Float layers know time steps but no clock cycles, so the fixed-point model runs with time steps as a barrier where that
/// makes a difference, its door never drops events, and its receiver is always ready; [`Case::notes`] says what was changed.
#[derive(Clone, Debug)]
pub struct Case {
    /// The core as it runs here.
    pub core: Core,
    /// What its constants and start values stand for, before they were rounded.
    pub real: RealParameters,
    /// The stimulus as it runs here.
    pub stimulus: Stimulus,
    /// Length of a time step, seconds.
    pub dt: f64,
    /// Time steps of all neurons.
    pub steps: u64,
    /// Neurons whose membrane potential is kept.
    pub traced: Vec<u32>,
    /// What is different from the core's own way of running.
    pub notes: Vec<String>,
    /// Parameters of the figures.
    pub options: AccuracyOptions,
}

impl Case {
    /// A case of a core with these real parameters; `dt` in seconds. The stimulus was checked against the core.
    ///
    /// # Errors
    /// [`Error::Option`] for a stimulus with resets, or without a time step of all neurons.
    pub fn new(
        core: &Core,
        (real, dt): (RealParameters, f64),
        stimulus: &Stimulus,
        options: AccuracyOptions,
    ) -> Result<Self, Error> {
        if !stimulus.resets.is_empty() {
            return Err(bad_stimulus(
                "has resets, which fall between clock cycles; accuracy compares whole time steps",
            ));
        }
        let (core, notes) = in_whole_steps(core)?;
        let stimulus = whole_steps(&core, stimulus);
        let steps = time_steps(&stimulus);
        if steps == 0 {
            return Err(bad_stimulus("has no time step of all neurons that ends, so there is nothing to compare"));
        }
        let traced = traced(core.structure().neurons, steps, &options.neurons);
        Ok(Case { core, real, stimulus, dt, steps, traced, notes, options })
    }

    /// Whether a constant was rounded when it was stored.
    #[must_use]
    pub fn has_rounded_constants(&self) -> bool {
        RealParameters::stored(&self.core) != self.real
    }

    /// One LSB of `v`, `u` and currents.
    #[must_use]
    pub fn lsb(&self) -> f64 {
        lsb(self.core.structure())
    }
}

fn bad_stimulus(problem: &str) -> Error {
    Error::Option { option: "--stimulus", problem: problem.to_owned() }
}

/// The core with the policies that give time steps one order, and what was changed.
pub(crate) fn in_whole_steps(core: &Core) -> Result<(Core, Vec<String>), Error> {
    let mut structure: Structure = *core.structure();
    let mut notes = Vec::new();
    let schedule = &mut structure.schedule;
    let overtakes = match schedule.time_step {
        TimeStepPolicy::InOrder => schedule.loop_back,
        TimeStepPolicy::Bypass => true,
        TimeStepPolicy::Barrier => false,
    };
    if overtakes {
        notes.push(format!(
            "compared with events.time_step = \"barrier\": with \"{}\" it depends on clock cycles which events a time step sees",
            schedule.time_step
        ));
        schedule.time_step = TimeStepPolicy::Barrier;
    }
    if schedule.full_policy == FullPolicy::Drop {
        notes.push("compared with events.full_policy = \"stall\": dropped events depend on clock cycles".to_owned());
        schedule.full_policy = FullPolicy::Stall;
    }
    Ok((Core::new(structure, core.values().clone())?, notes))
}

/// The stimulus with a receiver that is always ready; where it ends at a cycle, only the time steps complete by then.
fn whole_steps(core: &Core, stimulus: &Stimulus) -> Stimulus {
    let ready = Stimulus::default().ready;
    if stimulus.cycles.is_none() {
        return Stimulus { ready, ..stimulus.clone() };
    }
    let complete = Model::run(core, stimulus, &mut NullObserver).counters.time_steps;
    let events = (0..stimulus.len()).filter_map(|index| stimulus.event(index));
    let mut steps = 0;
    let until = events.take_while(|timed| {
        let goes_on = steps < complete;
        steps += u64::from(timed.event == AerEvent::TimeStep);
        goes_on
    });
    Stimulus { events: until.collect(), ready, ..Stimulus::default() }
}

fn time_steps(stimulus: &Stimulus) -> u64 {
    stimulus.events.iter().filter(|timed| timed.event == AerEvent::TimeStep).count() as u64 * stimulus.repeat
}

/// The neurons asked for, then the others as far as memory is to go.
fn traced(neurons: u32, steps: u64, asked: &[u32]) -> Vec<u32> {
    let count = (TRACE_VALUES / steps).clamp(1, u64::from(neurons)) as usize;
    let mut traced: Vec<u32> = Vec::new();
    for neuron in asked.iter().copied().chain(0..neurons) {
        if !traced.contains(&neuron) && (traced.len() < count || traced.len() < asked.len()) {
            traced.push(neuron);
        }
    }
    traced
}
