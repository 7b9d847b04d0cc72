//! A core, its environment and its end: the drivers of both engines.

use crate::cast::Lane;
use crate::cycle::CycleModel;
use crate::event;
use crate::memory::{Inputs, Memory};
use crate::observer::{Observer, Spike, report};
use bitspike_spec::stimulus::{InPins, Receiver, Sender};
use bitspike_spec::{Core, Counters, Stimulus};

/// Quiet cycles at the end of a run without a set length.
pub(crate) const QUIET_CYCLES: u64 = 8;

/// How often the every-cycle engine asks whether it is to stop.
const CYCLES_BETWEEN_QUESTIONS: u64 = 4096;

/// State of every neuron at the end of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FinalState {
    /// Membrane potential.
    pub v: Vec<i64>,
    /// Membrane recovery; empty where there is none.
    pub u: Vec<i64>,
    /// The accumulators of the synaptic current, each of all neurons; empty where there is none.
    pub i_syn: Vec<Vec<i64>>,
    /// Weights that wait, by slot and in each by polarity, each of all neurons; empty where weights do not wait.
    pub input: Vec<Vec<Vec<i64>>>,
    /// Time steps left in which `v` is held, 0 where it never is.
    pub refractory: Vec<u32>,
}

impl FinalState {
    pub(crate) fn new<L: Lane>(memory: &Memory<L>, inputs: &Inputs<L>) -> Self {
        let words = |lanes: &[L]| lanes.iter().map(|&lane| lane.into()).collect::<Vec<i64>>();
        let neurons = memory.v.len();
        FinalState {
            v: words(&memory.v),
            u: words(&memory.u),
            i_syn: memory.i_syn.chunks_exact(neurons).map(words).collect(),
            input: inputs.all_slots().map(|slot| slot.chunks_exact(neurons).map(words).collect()).collect(),
            refractory: memory.refractory.iter().map(|&refractory| refractory.into()).collect(),
        }
    }
}

/// What a run ends with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Cycles run: the last one was `cycles - 1`.
    pub cycles: u64,
    /// Counters since the last reset, 64 bits wide.
    pub counters: Counters,
    /// The state memories.
    pub state: FinalState,
}

/// When a run ends.
///
/// With `Stimulus.cycles = Some(c)` after cycle `c - 1`. Else after cycle `q + 7`, where `q` is the first cycle, none
/// of the resets lying ahead, in which the sender has handed over every event and dropped its request, the core is
/// `drained`, its transmitter idle and the receiver's acknowledge low: eight quiet cycles, `q` being the first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) cycles: Option<u64>,
}

impl End {
    pub(crate) fn new(stimulus: &Stimulus) -> Self {
        End { cycles: stimulus.cycles }
    }

    pub(crate) fn is_at(&self, cycle: u64) -> bool {
        self.cycles == Some(cycle)
    }

    /// Notes that cycle `cycle` is quiet.
    pub(crate) fn quiet(&mut self, cycle: u64) {
        self.cycles.get_or_insert(cycle + QUIET_CYCLES);
    }
}

/// The epochs of the array that are still to come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Epochs<'a> {
    starts: &'a [u64],
    present: u32,
}

impl<'a> Epochs<'a> {
    pub(crate) fn new(core: &'a Core) -> Self {
        Epochs { starts: &core.values().epoch_starts, present: 0 }
    }

    /// The first cycle of the next epoch.
    pub(crate) fn next_start(&self) -> Option<u64> {
        self.starts.first().copied()
    }

    /// The epoch that starts with a cycle, if one does; no start may be passed over.
    pub(crate) fn enter(&mut self, cycle: u64) -> Option<u32> {
        let (&start, later) = self.starts.split_first()?;
        if start != cycle {
            return None;
        }
        self.starts = later;
        self.present += 1;
        Some(self.present)
    }
}

/// A model tied to its environment, cycle by cycle: what a lock-step comparison runs.
///
/// A run of a loop-back core that never falls silent ends only at `Stimulus.cycles`.
///
/// # Example
/// ```
/// use bitspike_model::Run;
/// use bitspike_spec::{AerEvent, Core, Stimulus};
/// # fn show(core: &Core) {
/// let stimulus = Stimulus::dense([AerEvent::TimeStep]);
/// let mut run = Run::new(core, &stimulus);
/// while let Some((cycle, record)) = run.step() {
///     println!("{cycle}: {record:?}");
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Run<'a> {
    model: CycleModel,
    sender: Sender<'a>,
    receiver: Receiver<'a>,
    resets: &'a [u64],
    epochs: Epochs<'a>,
    end: End,
    cycle: u64,
    spike: Option<Spike>,
}

impl<'a> Run<'a> {
    /// A run before its cycle 0. The stimulus was checked against the core (`Stimulus::check`).
    #[must_use]
    pub fn new(core: &'a Core, stimulus: &'a Stimulus) -> Self {
        Run {
            model: CycleModel::new(core),
            sender: Sender::new(stimulus, core.structure()),
            receiver: Receiver::new(stimulus, core.structure()),
            resets: &stimulus.resets,
            epochs: Epochs::new(core),
            end: End::new(stimulus),
            cycle: 0,
            spike: None,
        }
    }

    /// Runs the next cycle: its number and its record, or nothing at the end.
    pub fn step(&mut self) -> Option<(u64, &[u32])> {
        self.reset_if_due();
        if let Some(epoch) = self.epochs.enter(self.cycle) {
            self.model.enter_epoch(epoch);
        }
        self.note_quiet();
        if self.end.is_at(self.cycle) {
            return None;
        }
        let cycle = self.cycle;
        let (aer_in_req, aer_in_data) = self.sender.pins(cycle);
        let pins = InPins { aer_in_req, aer_in_data, aer_out_ack: self.receiver.pin(cycle) };
        let (out, spike) = self.model.step_and_report(pins);
        self.spike = spike.map(|spike| Spike { cycle, ..spike });
        self.sender.tick(cycle, out.aer_in_ack);
        self.receiver.tick(cycle, out.aer_out_req);
        self.cycle += 1;
        Some((cycle, self.model.record()))
    }

    fn reset_if_due(&mut self) {
        if self.resets.first() == Some(&self.cycle) {
            self.resets = &self.resets[1..];
            self.model.reset();
            self.sender.reset();
            self.receiver.reset();
        }
    }

    fn note_quiet(&mut self) {
        let is_quiet = self.end.cycles.is_none()
            && self.resets.is_empty()
            && self.model.is_drained()
            && self.sender.is_done()
            && self.receiver.is_idle();
        if is_quiet {
            self.end.quiet(self.cycle);
        }
    }

    /// The spike that left in the cycle run last.
    #[must_use]
    pub fn spike(&self) -> Option<Spike> {
        self.spike
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &CycleModel {
        &self.model
    }

    /// What the run has come to.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary { cycles: self.cycle, counters: *self.model.counters(), state: self.model.final_state() }
    }
}

/// Runs whole stimuli.
#[derive(Clone, Copy, Debug)]
pub struct Model;

impl Model {
    /// Runs a stimulus, which was checked against the core (`Stimulus::check`), to its end.
    pub fn run<O: Observer>(core: &Core, stimulus: &Stimulus, observer: &mut O) -> Summary {
        if O::EVERY_CYCLE { run_every_cycle(core, stimulus, observer) } else { event::run(core, stimulus, observer) }
    }
}

pub(crate) fn run_every_cycle<O: Observer>(core: &Core, stimulus: &Stimulus, observer: &mut O) -> Summary {
    let mut run = Run::new(core, stimulus);
    let mut time_steps = 0;
    while let Some((cycle, record)) = run.step() {
        observer.cycle(cycle, record);
        let is_time_to_ask = cycle % CYCLES_BETWEEN_QUESTIONS == 0;
        if let Some(spike) = run.spike() {
            observer.spike(spike);
        }
        let now = run.model.counters().time_steps;
        if now == time_steps + 1 {
            report(observer, time_steps, run.model.memory());
        }
        time_steps = now;
        if is_time_to_ask && observer.is_stopped() {
            break;
        }
    }
    run.summary()
}
