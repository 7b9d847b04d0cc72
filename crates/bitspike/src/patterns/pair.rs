//! Every pattern in the float reference and in the unit, with traces.

use bitspike_reference::izhikevich::patterns::{PATTERNS, Pattern};

use super::agreement::Agreement;
use super::unit::{UnitChoice, traced_run};

/// Spikes and membrane potential of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Time steps with a spike.
    pub spikes: Vec<u64>,
    /// Membrane potential after each time step, mV.
    pub v: Vec<f64>,
}

/// One pattern in both.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The pattern.
    pub pattern: &'static Pattern,
    /// The float reference.
    pub float: Trace,
    /// The bit-exact unit.
    pub fixed: Trace,
    /// Time steps in which a state of the unit saturated.
    pub saturations: u64,
    /// How far they are apart.
    pub agreement: Agreement,
}

/// Runs the 20 patterns in both, in the same order of `v` and `u`.
#[must_use]
pub fn run_pairs(choice: &UnitChoice) -> Vec<Pair> {
    PATTERNS.iter().map(|pattern| run_pair(choice, pattern)).collect()
}

fn run_pair(choice: &UnitChoice, pattern: &'static Pattern) -> Pair {
    let float = float_trace(choice, pattern);
    let (run, v) = traced_run(choice, pattern);
    let agreement = Agreement::of(pattern, &float.spikes, &run.spikes);
    Pair { pattern, float, fixed: Trace { spikes: run.spikes, v }, saturations: run.saturations, agreement }
}

fn float_trace(choice: &UnitChoice, pattern: &Pattern) -> Trace {
    let mut neuron = pattern.neuron(choice.scheme()).expect("the patterns of the table are in range");
    let mut trace = Trace { spikes: Vec::new(), v: Vec::with_capacity(pattern.steps) };
    let mut spike = [false];
    for step in 0..pattern.steps {
        neuron.step(&[pattern.current(step)], &mut spike);
        if spike[0] {
            trace.spikes.push(step as u64);
        }
        trace.v.push(neuron.v()[0]);
    }
    trace
}
