//! A stimulus through a core of floats.

use bitspike_spec::{AerEvent, ArrayStructure, Core, FireCheck, NeuronModel, Stimulus};

use super::continuous::{Continuous, SUB_STEPS};
use super::discretised;
use super::parameters::RealParameters;
use super::range::Ranges;
use super::state::State;
use crate::ReferenceError;
use crate::error::length;

/// A spike and its time step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepSpike {
    /// Time step of all neurons, from 0.
    pub step: u64,
    /// The neuron.
    pub neuron: u32,
}

/// States of one neuron after each time step of all neurons.
#[derive(Clone, Debug, PartialEq)]
pub struct NeuronTrace {
    /// The neuron.
    pub neuron: u32,
    /// Membrane potential.
    pub v: Vec<f64>,
}

/// What a run leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct FloatRun {
    /// Time steps of all neurons.
    pub steps: u64,
    /// Spikes that left their neuron, in order; one entry for each.
    pub spikes: Vec<StepSpike>,
    /// The neurons asked for.
    pub traces: Vec<NeuronTrace>,
    /// Ranges of the states over all neurons.
    pub ranges: Ranges,
}

/// What to keep of a run, and when to end it early.
pub struct Watch<'a> {
    /// Neurons whose states are kept.
    pub traced: &'a [u32],
    /// Asked after each time step of all neurons, with their number, whether to go on.
    pub goes_on: &'a dyn Fn(u64) -> bool,
}

#[derive(Clone, Debug)]
enum Layer {
    Discretised,
    Continuous(Continuous),
}

/// A core with real parameters.
///
/// # Example
/// ```
/// use bitspike_reference::core::{FloatCore, RealParameters, Watch};
/// use bitspike_spec::{AerEvent, Stimulus, config};
///
/// let text = r#"
/// core = { neurons = 1, word_lines = 1 }
/// neuron.leak = { form = "shift" }
/// synapse.image = { fill = 3 }
/// values = { threshold = 5, leak = 2 }
/// "#;
/// let loaded = config::from_str(text, ".")?;
/// let core = FloatCore::discretised(&loaded.core, RealParameters::stored(&loaded.core))?;
/// let stimulus = Stimulus::dense([AerEvent::word_line(0), AerEvent::TimeStep]);
/// let run = core.run(&stimulus, &Watch { traced: &[0], goes_on: &|_| true });
/// assert_eq!(run.traces[0].v, [2.25]); // 3 - 3 / 4, which the integers of the core cannot hold
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct FloatCore<'a> {
    core: &'a Core,
    parameters: RealParameters,
    layer: Layer,
}

impl<'a> FloatCore<'a> {
    /// The hardware's order of operations, without rounding and widths.
    ///
    /// # Errors
    /// [`ReferenceError::Length`] unless the parameters have one entry for all neurons or one for each, one decay for each
    /// accumulator, one pair of gains for each polarity of `three_tau`, and shared constants exactly with `izhikevich`;
    /// [`ReferenceError::UnorderedLoopBack`] with `events.loop_back` and `neuron.fire_check = "per_operation"`;
    /// [`ReferenceError::NoWeights`] for an array with epochs or analogue read.
    pub fn discretised(core: &'a Core, parameters: RealParameters) -> Result<Self, ReferenceError> {
        check(core, &parameters)?;
        Ok(FloatCore { core, parameters, layer: Layer::Discretised })
    }

    /// The differential equations behind a core.
    ///
    /// # Errors
    /// As [`FloatCore::discretised`], and [`ReferenceError::NotContinuous`] for a knob that means something in time steps
    /// only: `compare = eq`, `max_spikes` above 1, `fire_check = per_operation`, leak or decay by `subtract`, leak by `clear`
    /// or a factor of 0.
    pub fn continuous(core: &'a Core, parameters: RealParameters) -> Result<Self, ReferenceError> {
        check(core, &parameters)?;
        let layer = Layer::Continuous(Continuous::new(core.structure(), &parameters)?);
        Ok(FloatCore { core, parameters, layer })
    }

    /// Runs a stimulus, which was checked against the core, to its end. Its cycles, resets and receiver mean nothing here.
    ///
    /// # Panics
    /// If a traced neuron is not in the core.
    #[must_use]
    pub fn run(&self, stimulus: &Stimulus, watch: &Watch<'_>) -> FloatRun {
        let mut run = Running::new(self, watch);
        for index in 0..stimulus.len() {
            let Some(timed) = stimulus.event(index) else { break };
            run.event(timed.event);
            if timed.event == AerEvent::TimeStep && !(watch.goes_on)(run.steps) {
                break;
            }
        }
        run.finish()
    }

    fn hold_steps(&self) -> u32 {
        match self.layer {
            Layer::Discretised => self.core.values().refractory_steps,
            Layer::Continuous(_) => libm::round(self.parameters.refractory_steps * f64::from(SUB_STEPS)) as u32,
        }
    }
}

fn check(core: &Core, parameters: &RealParameters) -> Result<(), ReferenceError> {
    let structure = core.structure();
    let entries = if parameters.neurons.len() == 1 { 1 } else { structure.neurons as usize };
    length("the neurons' real parameters", parameters.neurons.len(), entries)?;
    length("the real decays", parameters.decay.len(), structure.accumulators() as usize)?;
    length("the real gains", parameters.gain.len(), core.values().gain.len())?;
    let is_izhikevich = match structure.model {
        NeuronModel::Lif => 0,
        NeuronModel::Izhikevich(_) => 1,
    };
    length("the shared real constants", usize::from(parameters.izhikevich.is_some()), is_izhikevich)?;
    if structure.schedule.loop_back && structure.semantics.fire_check == FireCheck::PerOperation {
        return Err(ReferenceError::UnorderedLoopBack);
    }
    if structure.array != ArrayStructure::EVENT {
        return Err(ReferenceError::NoWeights);
    }
    Ok(())
}

/// A run on its way.
struct Running<'a> {
    float: &'a FloatCore<'a>,
    state: State<'a>,
    steps: u64,
    spikes: Vec<StepSpike>,
    traces: Vec<NeuronTrace>,
    /// Spikes of the event being run, by neuron.
    fired: Vec<(usize, u32)>,
}

impl<'a> Running<'a> {
    fn new(float: &'a FloatCore<'a>, watch: &Watch<'_>) -> Self {
        let trace = |&neuron| NeuronTrace { neuron, v: Vec::new() };
        Running {
            float,
            state: State::new(float.core, &float.parameters, float.hold_steps()),
            steps: 0,
            spikes: Vec::new(),
            traces: watch.traced.iter().map(trace).collect(),
            fired: Vec::new(),
        }
    }

    fn event(&mut self, event: AerEvent) {
        match event {
            AerEvent::WordLine { word_line, delay } => self.word_line(word_line, delay),
            AerEvent::Inject { neuron, weight, delay } => self.apply(neuron as usize, weight, delay),
            AerEvent::TimeStep => (0..self.state.v.len()).for_each(|n| self.advance(n)),
            AerEvent::TimeStepOne(neuron) => self.advance(neuron as usize),
        }
        let fired = std::mem::take(&mut self.fired);
        self.record(&fired);
        if event == AerEvent::TimeStep {
            self.end_of_time_step();
        }
        self.loop_back(&fired);
    }

    fn end_of_time_step(&mut self) {
        self.steps += 1;
        self.state.end_of_time_step();
        for trace in &mut self.traces {
            trace.v.push(self.state.v[trace.neuron as usize]);
        }
    }

    fn word_line(&mut self, word_line: u32, delay: u32) {
        let core = self.float.core;
        let weights = core.values().weights().expect("checked: event read");
        for (n, &weight) in weights.row(word_line).iter().enumerate() {
            self.apply(n, weight, delay);
        }
    }

    fn apply(&mut self, n: usize, weight: i16, delay: u32) {
        let input = f64::from(weight) * self.state.parameters.weight;
        if self.state.apply(n, input, delay) {
            let count = discretised::fire(&mut self.state, n);
            self.fired.push((n, count));
        }
    }

    fn advance(&mut self, n: usize) {
        let count = match &self.float.layer {
            Layer::Discretised => discretised::time_step(&mut self.state, n),
            Layer::Continuous(continuous) => continuous.time_step(&mut self.state, n),
        };
        if count > 0 {
            self.fired.push((n, count));
        }
    }

    /// Spikes leave their neurons.
    fn record(&mut self, fired: &[(usize, u32)]) {
        for &(n, count) in fired {
            if self.state.parameters.neuron(n).output_enable {
                let spike = StepSpike { step: self.steps, neuron: n as u32 };
                self.spikes.extend(std::iter::repeat_n(spike, count as usize));
            }
        }
    }

    /// Spikes come back as word-line events. No operation fires here: such cores are refused.
    fn loop_back(&mut self, fired: &[(usize, u32)]) {
        if !self.float.core.structure().schedule.loop_back {
            return;
        }
        let values = self.float.core.values();
        for &(n, count) in fired {
            let emitted = if self.state.parameters.neuron(n).output_enable { count } else { 0 };
            for _ in 0..emitted {
                self.word_line(values.first_word_line + n as u32, values.loop_back_delay);
            }
        }
    }

    fn finish(self) -> FloatRun {
        FloatRun { steps: self.steps, spikes: self.spikes, traces: self.traces, ranges: self.state.ranges }
    }
}
