//! Observers: what a run reports while it runs (contract C5).

use crate::cast::Lane;
use crate::memory::Memory;

/// A spike that left the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Spike {
    /// Cycle of `out_accept`.
    pub cycle: u64,
    /// Index, from 0, of the time step that the state write (S2) belongs to.
    pub time_step: u64,
    /// The neuron.
    pub neuron: u32,
}

/// Every neuron after a time step, raw integers in the format of `v`; what the core does not have is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct States {
    /// Membrane potential.
    pub v: Vec<i64>,
    /// Membrane recovery.
    pub u: Vec<i64>,
    /// The current that this time step integrated: the shifted sum of the accumulators before their decay, without the bias.
    pub current: Vec<i64>,
}

/// Watches a run. What it asks for decides which engine runs: see [`Observer::EVERY_CYCLE`].
pub trait Observer {
    /// Whether [`Observer::cycle`] is to be called; if not, the run may skip cycles.
    const EVERY_CYCLE: bool;

    /// The packed probe record of a cycle, laid out as `bitspike_spec::ProbeSchema` says, before the edge that ends it.
    fn cycle(&mut self, cycle: u64, record: &[u32]) {
        let _ = (cycle, record);
    }

    /// A spike left the core.
    fn spike(&mut self, spike: Spike) {
        let _ = spike;
    }

    /// A time step of all neurons was completed: its index, and `v` of every neuron after it.
    ///
    /// Only called when [`Observer::TIME_STEPS`] is set.
    fn time_step(&mut self, index: u64, v: &[i64]) {
        let _ = (index, v);
    }

    /// Whether [`Observer::time_step`] is to be called.
    const TIME_STEPS: bool = false;

    /// A time step of all neurons was completed: its index, and what it left in every neuron.
    ///
    /// Only called when [`Observer::STATES`] is set.
    fn states(&mut self, index: u64, states: &States) {
        let _ = (index, states);
    }

    /// Whether [`Observer::states`] is to be called.
    const STATES: bool = false;

    /// Whether the run is to end early, with its summary so far: asked every few thousand events or cycles.
    fn is_stopped(&self) -> bool {
        false
    }
}

/// Watches nothing: the fastest run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NullObserver;

impl Observer for NullObserver {
    const EVERY_CYCLE: bool = false;
}

/// Collects the spikes.
impl Observer for Vec<Spike> {
    const EVERY_CYCLE: bool = false;

    fn spike(&mut self, spike: Spike) {
        self.push(spike);
    }
}

/// Both watch.
impl<A: Observer, B: Observer> Observer for (A, B) {
    const EVERY_CYCLE: bool = A::EVERY_CYCLE || B::EVERY_CYCLE;
    const TIME_STEPS: bool = A::TIME_STEPS || B::TIME_STEPS;
    const STATES: bool = A::STATES || B::STATES;

    fn cycle(&mut self, cycle: u64, record: &[u32]) {
        self.0.cycle(cycle, record);
        self.1.cycle(cycle, record);
    }

    fn spike(&mut self, spike: Spike) {
        self.0.spike(spike);
        self.1.spike(spike);
    }

    fn time_step(&mut self, index: u64, v: &[i64]) {
        self.0.time_step(index, v);
        self.1.time_step(index, v);
    }

    fn states(&mut self, index: u64, states: &States) {
        self.0.states(index, states);
        self.1.states(index, states);
    }

    fn is_stopped(&self) -> bool {
        self.0.is_stopped() || self.1.is_stopped()
    }
}

impl<O: Observer> Observer for &mut O {
    const EVERY_CYCLE: bool = O::EVERY_CYCLE;
    const TIME_STEPS: bool = O::TIME_STEPS;
    const STATES: bool = O::STATES;

    fn cycle(&mut self, cycle: u64, record: &[u32]) {
        (**self).cycle(cycle, record);
    }

    fn spike(&mut self, spike: Spike) {
        (**self).spike(spike);
    }

    fn time_step(&mut self, index: u64, v: &[i64]) {
        (**self).time_step(index, v);
    }

    fn states(&mut self, index: u64, states: &States) {
        (**self).states(index, states);
    }

    fn is_stopped(&self) -> bool {
        (**self).is_stopped()
    }
}

/// Reports a time step of all neurons as far as the observer asks.
pub(crate) fn report<L: Lane, O: Observer>(observer: &mut O, index: u64, memory: &Memory<L>) {
    let words = |lanes: &[L]| lanes.iter().map(|&lane| lane.into()).collect::<Vec<i64>>();
    if O::TIME_STEPS {
        observer.time_step(index, &words(&memory.v));
    }
    if O::STATES {
        let states = States { v: words(&memory.v), u: words(&memory.u), current: memory.current.clone() };
        observer.states(index, &states);
    }
}
