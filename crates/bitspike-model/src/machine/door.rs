//! The door: from the AER input pins into the queue or the bypass register.

use super::{Machine, StoredEvent, Wires};
use crate::cast::{Lane, index};
use bitspike_spec::{Door, EventKind, FullPolicy, Handshake, TimeStepPolicy};

/// Registers of the four-phase door; a synchronous door leaves them at reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Synchroniser {
    /// First flip-flop after the request pin.
    pub(crate) first: bool,
    /// Second flip-flop: `req_sync`.
    pub(crate) second: bool,
    /// The acknowledge pin.
    pub(crate) ack: bool,
    /// A door between events has accepted an event that it has not acknowledged yet.
    pub(crate) holding: bool,
}

impl Synchroniser {
    fn edge(self, req: bool, wires: &Wires, door: Door) -> Self {
        let Synchroniser { first, second, ack, holding } = self;
        let (acknowledges, holding) = match door {
            Door::Overlapped => (wires.accept, false),
            Door::BetweenEvents => (holding && wires.calm, wires.accept || (holding && !wires.calm)),
        };
        Synchroniser { first: req, second: first, ack: acknowledges || (ack && second), holding }
    }
}

impl<L: Lane> Machine<'_, L> {
    /// `(aer_in_ack_o, accept)`
    #[inline]
    pub(super) fn door_wires(&self, req: bool, offered: StoredEvent, loop_push: bool) -> (bool, bool) {
        match self.handshake() {
            Handshake::Synchronous => {
                let accept = req && self.has_room(offered.kind, loop_push);
                (accept, accept)
            }
            Handshake::FourPhase => {
                let asks = self.door.second && !self.door.ack && !self.door.holding;
                (self.door.ack, asks && self.has_room(offered.kind, loop_push))
            }
        }
    }

    /// `room` of the contract.
    fn has_room(&self, kind: EventKind, loop_push: bool) -> bool {
        let schedule = &self.fixed.structure.schedule;
        if schedule.door == Door::BetweenEvents {
            let may_pass = schedule.time_step == TimeStepPolicy::Bypass || self.queue.is_empty();
            return self.is_calm() && !self.queue_is_full() && (may_pass || !self.fixed.bypasses(kind));
        }
        if self.fixed.bypasses(kind) {
            return self.bypass.is_none() && (schedule.time_step == TimeStepPolicy::Bypass || self.is_drained());
        }
        !loop_push && (schedule.full_policy == FullPolicy::Drop || !self.queue_is_full())
    }

    /// Takes in what was accepted or looped back; fullness is judged by the count before this edge's pop.
    #[inline]
    pub(super) fn door_edge(&mut self, req: bool, wires: &Wires, count_before: usize) {
        let full = count_before >= index(self.fixed.structure.queue_depth);
        if wires.loop_push {
            self.loop_back(wires.output.address, count_before);
        }
        if wires.accept {
            self.take_in(wires.offered, full);
        }
        if self.handshake() == Handshake::FourPhase {
            self.door = self.door.edge(req, wires, self.fixed.structure.schedule.door);
        }
    }

    /// Takes in the copy of a spike, when the queue held so many events before this edge.
    pub(crate) fn loop_back(&mut self, address: u32, count_before: usize) {
        let occupied = self.fixed.is_between_events() && self.last_was_queued;
        if count_before + usize::from(occupied) >= index(self.fixed.structure.queue_depth) {
            self.counters.loop_back_dropped += 1;
        } else {
            self.queue.push_back(self.fixed.looped_back(address));
        }
    }

    fn take_in(&mut self, event: StoredEvent, full: bool) {
        self.counters.events_accepted += 1;
        if self.fixed.bypasses(event.kind) {
            self.bypass = Some(event);
        } else if full {
            self.counters.events_dropped += 1;
        } else {
            self.queue.push_back(event);
        }
    }
}
