//! Spikes on their way out while whole events are run.

use super::Engine;
use super::door::Door;
use crate::event::rows::RowLane;
use crate::machine::{LaneSpikes, StoredEvent};
use crate::observer::{Observer, Spike};

/// Spikes of one neuron that come to the spike queue at the end of a cycle; those of one cycle are one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Push {
    pub(super) cycle: u64,
    pub(super) time_step: u64,
    pub(super) spikes: LaneSpikes,
}

impl<'a, L: RowLane, O: Observer> Engine<'a, L, O> {
    /// Notes when the spikes of the event evaluated last, which starts at `start`, come to the spike queue.
    pub(super) fn schedule_pushes(&mut self, start: u64, event: StoredEvent, time_step: u64) {
        let fixed = &self.machine.fixed;
        let (interval, delay) = (u64::from(fixed.structure.interval(event.kind)), fixed.issue_to_write(event.kind));
        for &spikes in &self.effect.spikes {
            let issue = if event.kind.is_single() { 0 } else { u64::from(spikes.neuron / fixed.structure.lanes) };
            self.pushes.push_back(Push { cycle: start + delay + issue * interval, time_step, spikes });
        }
    }

    /// Where spikes loop back, lets those of cycles `from .. until` of the event run last come to the queue.
    pub(super) fn loop_spikes(&mut self, from: u64, until: u64, door: &mut Door<'a>) {
        if self.loops_back() {
            self.advance_output(from, until, Some(door));
        }
    }

    /// Brings queue, serialiser, transmitter and receiver from cycle `from` to cycle `until`; with a door, spikes loop back.
    pub(super) fn advance_output(&mut self, from: u64, until: u64, mut door: Option<&mut Door<'a>>) {
        let mut cycle = from;
        while cycle < until {
            if self.machine.output.is_quiet() && self.receiver.is_idle() {
                cycle = self.pushes.front().map_or(until, |push| push.cycle.max(cycle));
                if cycle >= until {
                    return;
                }
            }
            self.output_cycle(cycle, door.as_deref_mut());
            cycle += 1;
        }
    }

    fn output_cycle(&mut self, cycle: u64, door: Option<&mut Door<'a>>) {
        let handshake = self.machine.handshake();
        let ack = self.receiver.pin(cycle);
        let wires = self.machine.output.wires(handshake, ack);
        if wires.accept {
            self.machine.counters.spikes += 1;
            self.observer.spike(Spike { cycle, time_step: wires.time_step, neuron: wires.address });
            if let Some(door) = door {
                self.loop_back(cycle, wires.address, door);
            }
        }
        let output = &mut self.machine.output;
        let request = output.request(handshake);
        output.edge(handshake, ack, &wires);
        self.receiver.tick(cycle, request);
        let due = self.pushes.iter().take_while(|push| push.cycle == cycle).count();
        if let (true, Some(first)) = (due > 0, self.pushes.front()) {
            let time_step = first.time_step;
            output.push(self.pushes.drain(..due).map(|push| push.spikes), time_step);
        }
    }

    /// The copy of a spike comes to the queue after all that the door took in before this cycle, and keeps the door from it.
    fn loop_back(&mut self, cycle: u64, address: u32, door: &mut Door<'a>) {
        let start = self.started;
        door.accept_before(cycle, start, &mut self.machine);
        door.keep_from_queue(cycle);
        let waiting = self.machine.queue.len();
        self.machine.loop_back(address, waiting);
    }
}
