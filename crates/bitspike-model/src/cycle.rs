//! The every-cycle engine: one call, one clock cycle.

use crate::machine::Machine;
use crate::memory::Memory;
use crate::observer::Spike;
use crate::record::Recorder;
use bitspike_spec::stimulus::{InPins, OutPins};
use bitspike_spec::{Core, Counters};
use std::borrow::Cow;

/// A core that is stepped cycle by cycle through its pins, and shows the probe record of each cycle.
///
/// A cycle is one call of [`CycleModel::step`]: output pins that depend combinationally on input pins (a synchronous
/// acknowledge) are settled inside it. The record is taken before the rising edge that ends the cycle, so it equals
/// what the RTL's probe shows when sampled just before that edge. What a memory holds before its first `INIT` is 0 here
/// and never visible.
///
/// # Panics
/// [`CycleModel::step`] panics when the input data name a word line or a neuron the core does not have, which
/// the contract forbids the sender.
#[derive(Clone, Debug)]
pub struct CycleModel {
    machine: Machine<'static, i32>,
    recorder: Recorder,
}

impl CycleModel {
    /// A core just released from reset: the first step is cycle 0.
    #[must_use]
    pub fn new(core: &Core) -> Self {
        CycleModel { machine: Machine::new(Cow::Owned(core.clone())), recorder: Recorder::new(core.structure()) }
    }

    /// Asserts and releases reset between two cycles: registers go to their reset values, memories keep their content.
    pub fn reset(&mut self) {
        self.machine.reset();
    }

    /// Writes the register `epoch`: the next step sees it. It is kept through reset, and 0 in the beginning.
    ///
    /// # Panics
    /// When the array has no such epoch.
    pub fn enter_epoch(&mut self, epoch: u32) {
        self.machine.enter_epoch(epoch);
    }

    /// One cycle with these input pins; returns the output pins of the same cycle, and makes its record.
    pub fn step(&mut self, pins: InPins) -> OutPins {
        self.step_and_report(pins).0
    }

    /// As [`CycleModel::step`], also telling the spike that left in this cycle; its `cycle` is 0, for the caller to set.
    pub(crate) fn step_and_report(&mut self, pins: InPins) -> (OutPins, Option<Spike>) {
        let wires = self.machine.wires(&pins);
        self.recorder.record(&self.machine, &wires);
        let out = self.machine.pins(&wires);
        self.machine.edge(&pins, &wires);
        let output = wires.output;
        let spike = output.accept.then_some(Spike { cycle: 0, time_step: output.time_step, neuron: output.address });
        (out, spike)
    }

    /// The packed probe record of the cycle stepped last, laid out as `bitspike_spec::ProbeSchema` says; all 0 before.
    #[must_use]
    pub fn record(&self) -> &[u32] {
        self.recorder.words()
    }

    /// The counters after the cycle stepped last.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.machine.counters
    }

    /// `drained` of the contract, and the output transmitter idle: nothing is being done and nothing waits inside.
    #[must_use]
    pub fn is_drained(&self) -> bool {
        self.machine.is_drained() && self.machine.output.transmitter_is_idle()
    }

    pub(crate) fn memory(&self) -> &Memory<i32> {
        &self.machine.memory
    }

    /// Membrane potential of every neuron, as the state memory holds it.
    #[must_use]
    pub fn v(&self) -> Vec<i64> {
        self.machine.memory.v.iter().map(|&v| v.into()).collect()
    }

    pub(crate) fn final_state(&self) -> crate::run::FinalState {
        crate::run::FinalState::new(&self.machine.memory, &self.machine.inputs)
    }
}
