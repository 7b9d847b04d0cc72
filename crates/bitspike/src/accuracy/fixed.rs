//! The fixed-point layer: the bit-exact model, its states as real numbers.

use bitspike_model::{Model, Observer, Spike, States};
use bitspike_reference::core::{NeuronTrace, Range, StepSpike};
use bitspike_spec::{Core, Counters};

use super::{Case, INTERRUPTED, Outcome};
use crate::control::Control;

/// What the model leaves.
#[derive(Clone, Debug)]
pub struct FixedRun {
    /// Spikes that left the core, in order of their time steps.
    pub spikes: Vec<StepSpike>,
    /// Membrane potentials of the traced neurons after each time step, real.
    pub traces: Vec<NeuronTrace>,
    /// Membrane potential of all neurons after time steps, real.
    pub v: Range,
    /// Membrane recovery, likewise; empty where there is none.
    pub u: Range,
    /// Synaptic current that the time steps integrated; empty where there is none.
    pub current: Range,
    /// Counters at the end.
    pub counters: Counters,
    /// Clock cycles.
    pub cycles: u64,
}

struct Watcher<'a> {
    control: Control<'a>,
    steps: u64,
    lsb: f64,
    spikes: Vec<StepSpike>,
    traces: Vec<NeuronTrace>,
    v: Range,
    u: Range,
    current: Range,
}

impl Observer for Watcher<'_> {
    const EVERY_CYCLE: bool = false;
    const STATES: bool = true;

    fn spike(&mut self, spike: Spike) {
        self.spikes.push(StepSpike { step: spike.time_step, neuron: spike.neuron });
    }

    fn states(&mut self, index: u64, states: &States) {
        self.control.progress.steps(index, self.steps);
        let ranges = [(&mut self.v, &states.v), (&mut self.u, &states.u), (&mut self.current, &states.current)];
        for (range, raw) in ranges {
            raw.iter().for_each(|&raw| range.see(raw as f64 * self.lsb));
        }
        for trace in &mut self.traces {
            trace.v.push(states.v[trace.neuron as usize] as f64 * self.lsb);
        }
    }

    fn is_stopped(&self) -> bool {
        self.control.interrupt.is_set()
    }
}

/// Runs the bit-exact model.
pub fn fixed_layer(case: &Case, control: Control<'_>) -> Outcome<FixedRun> {
    control.progress.phase("fixed-point model");
    model_layer(case, &case.core, control)
}

/// Runs the bit-exact model of a core that differs from the case's in nothing but its array.
pub fn model_layer(case: &Case, core: &Core, control: Control<'_>) -> Outcome<FixedRun> {
    let mut watcher = Watcher {
        control,
        steps: case.steps,
        lsb: case.lsb(),
        spikes: Vec::new(),
        traces: case.traced.iter().map(|&neuron| NeuronTrace { neuron, v: Vec::new() }).collect(),
        v: Range::EMPTY,
        u: Range::EMPTY,
        current: Range::EMPTY,
    };
    let summary = Model::run(core, &case.stimulus, &mut watcher);
    if control.interrupt.is_set() {
        return Err(INTERRUPTED.to_owned());
    }
    let Watcher { mut spikes, traces, v, u, current, .. } = watcher;
    // A step's spikes leave in the order of their groups; order within a step carries no meaning.
    spikes.sort_unstable();
    Ok(FixedRun { spikes, traces, v, u, current, counters: summary.counters, cycles: summary.cycles })
}
