//! Spikes on their way out while whole events are run.

use super::{Engine, ISSUE_TO_WRITE};
use crate::event::rows::RowLane;
use crate::machine::LaneSpikes;
use crate::observer::{Observer, Spike};

/// Spikes of one neuron that come to the spike queue at the end of a cycle; those of one cycle are one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Push {
    pub(super) cycle: u64,
    pub(super) time_step: u64,
    pub(super) spikes: LaneSpikes,
}

impl<L: RowLane, O: Observer> Engine<'_, L, O> {
    /// Notes when the spikes of the event run last come to the spike queue.
    pub(super) fn schedule_pushes(&mut self, time_step: u64) {
        let Some((start, event)) = self.last else { return };
        let structure = &self.machine.fixed.structure;
        let interval = u64::from(structure.schedule.initiation_interval);
        for &spikes in &self.effect.spikes {
            let issue = if event.kind.is_single() { 0 } else { u64::from(spikes.neuron / structure.lanes) };
            let cycle = start + ISSUE_TO_WRITE + issue * interval;
            self.pushes.push_back(Push { cycle, time_step, spikes });
        }
    }

    /// Brings queue, serialiser, transmitter and receiver from cycle `from` to the present one.
    pub(super) fn advance_output(&mut self, from: u64) {
        let mut cycle = from;
        while cycle < self.cycle {
            if self.machine.output.is_quiet() && self.receiver.is_idle() {
                cycle = self.pushes.front().map_or(self.cycle, |push| push.cycle.max(cycle));
                if cycle >= self.cycle {
                    return;
                }
            }
            self.output_cycle(cycle);
            cycle += 1;
        }
    }

    fn output_cycle(&mut self, cycle: u64) {
        let handshake = self.machine.handshake();
        let output = &mut self.machine.output;
        let ack = self.receiver.pin(cycle);
        let wires = output.wires(handshake, ack);
        if wires.accept {
            self.machine.counters.spikes += 1;
            self.observer.spike(Spike { cycle, time_step: wires.time_step, neuron: wires.address });
        }
        let request = output.request(handshake);
        output.edge(handshake, ack, &wires);
        self.receiver.tick(cycle, request);
        let due = self.pushes.iter().take_while(|push| push.cycle == cycle).count();
        if let (true, Some(first)) = (due > 0, self.pushes.front()) {
            let time_step = first.time_step;
            output.push(self.pushes.drain(..due).map(|push| push.spikes), time_step);
        }
    }
}
