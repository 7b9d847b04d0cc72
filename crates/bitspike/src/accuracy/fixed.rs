//! The fixed-point layer: the bit-exact model, its states as real numbers.

use bitspike_model::{Model, Observer, Spike};
use bitspike_reference::core::{NeuronTrace, Range, StepSpike};
use bitspike_spec::Counters;

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
    v: (i64, i64),
}

impl Observer for Watcher<'_> {
    const EVERY_CYCLE: bool = false;
    const TIME_STEPS: bool = true;

    fn spike(&mut self, spike: Spike) {
        self.spikes.push(StepSpike { step: spike.time_step, neuron: spike.neuron });
    }

    fn time_step(&mut self, index: u64, v: &[i64]) {
        self.control.progress.steps(index, self.steps);
        let (low, high) = self.v;
        self.v = v.iter().fold((low, high), |(low, high), &v| (low.min(v), high.max(v)));
        for trace in &mut self.traces {
            trace.v.push(v[trace.neuron as usize] as f64 * self.lsb);
        }
    }

    fn is_stopped(&self) -> bool {
        self.control.interrupt.is_set()
    }
}

/// Runs the bit-exact model.
#[must_use]
pub fn fixed_layer(case: &Case, control: Control<'_>) -> Outcome<FixedRun> {
    control.progress.phase("fixed-point model");
    let v_init = case.core.values().v_init;
    let mut watcher = Watcher {
        control,
        steps: case.steps,
        lsb: case.lsb(),
        spikes: Vec::new(),
        traces: case.traced.iter().map(|&neuron| NeuronTrace { neuron, v: Vec::new() }).collect(),
        v: (v_init, v_init),
    };
    let summary = Model::run(&case.core, &case.stimulus, &mut watcher);
    if control.interrupt.is_set() {
        return Err(INTERRUPTED.to_owned());
    }
    let Watcher { lsb, mut spikes, traces, v: (low, high), .. } = watcher;
    // A step's spikes leave in the order of their groups; order within a step carries no meaning.
    spikes.sort_unstable();
    let v = Range { low: low as f64 * lsb, high: high as f64 * lsb };
    Ok(FixedRun { spikes, traces, v, counters: summary.counters, cycles: summary.cycles })
}
