//! The control state machine: start-up, fetch, issue, stall.

use super::{Machine, ReadState, StoredEvent, Wires};
use crate::cast::{Lane, count, index};
use bitspike_spec::EventKind;

/// Position in an event: `index = slot`, `phase = slot mod II`, `group = slot / II`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) index: u32,
    pub(crate) phase: u32,
    pub(crate) group: u32,
}

impl Slot {
    #[inline(always)]
    fn next(self, initiation_interval: u32) -> Slot {
        let index = self.index + 1;
        if self.phase + 1 == initiation_interval {
            Slot { index, phase: 0, group: self.group + 1 }
        } else {
            Slot { index, phase: self.phase + 1, group: self.group }
        }
    }
}

/// State of the control unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// Writes a group of the state memories, `slot mod G`, and of the input memory, of its slot `slot / G`.
    Init(u32),
    /// Waits for an event.
    Idle,
    /// Runs an event.
    Run { event: StoredEvent, slot: Slot },
}

impl Control {
    /// The state after reset.
    pub(crate) const RESET: Control = Control::Init(0);

    #[inline(always)]
    pub(crate) fn start(event: StoredEvent) -> Control {
        Control::Run { event, slot: Slot::default() }
    }
}

impl<L: Lane> Machine<'_, L> {
    /// The group that would be issued in this cycle.
    #[inline]
    pub(super) fn issue_pending(&self) -> Option<u32> {
        let Control::Run { event, slot } = self.control else { return None };
        if self.read_state() != ReadState::None {
            return self.read_pending();
        }
        if slot.phase != 0 || slot.group >= self.fixed.groups_of(event.kind) {
            return None;
        }
        Some(if event.kind.is_single() { self.fixed.neuron(event) / self.fixed.structure.lanes } else { slot.group })
    }

    /// `stall`: an issue is held back because its spikes might not find room.
    #[inline]
    pub(super) fn stalls(&self) -> bool {
        let Control::Run { event, .. } = self.control else { return false };
        let in_flight = self.output.queue_count() + u32::from(self.s1.valid) + u32::from(self.s2.valid);
        in_flight >= self.fixed.structure.spike_queue_depth
            && self.may_fire_now(event.kind)
            && self.issue_pending().is_some()
    }

    pub(super) fn control_edge(&mut self, wires: &Wires) {
        match self.control {
            Control::Init(group) => self.init_edge(group),
            Control::Idle => self.control = self.fetch(wires),
            Control::Run { event, .. } if self.read_state() != ReadState::None => {
                self.last_was_queued = !self.fixed.bypasses(event.kind);
                self.read_edge(wires);
            }
            Control::Run { .. } if wires.stall => self.counters.stall_cycles += 1,
            Control::Run { event, slot } => {
                let last = slot.index + 1 == self.fixed.structure.slots(event.kind);
                let interval = self.fixed.structure.interval(event.kind);
                if last && event.kind == EventKind::TimeStep {
                    self.inputs.advance();
                }
                if self.fixed.structure.only_marks(event.kind) {
                    self.mark(event);
                }
                self.last_was_queued = !self.fixed.bypasses(event.kind);
                self.control = match last {
                    true if self.fixed.is_between_events() => Control::Idle,
                    true => self.fetch(wires),
                    false => Control::Run { event, slot: slot.next(interval) },
                };
            }
        }
    }

    /// Takes the bypassing event, else the head of the queue, else nothing.
    fn fetch(&mut self, wires: &Wires) -> Control {
        let asks_door_first =
            self.fixed.is_between_events() && (!wires.calm || self.door.holding || self.door.ack || wires.accept);
        let queue = if asks_door_first { None } else { Some(&mut self.queue) };
        match self.bypass.take().or_else(|| queue?.pop_front()) {
            Some(event) => {
                self.begin(event);
                Control::start(event)
            }
            None => Control::Idle,
        }
    }

    fn init_edge(&mut self, slot: u32) {
        let lanes = index(self.fixed.structure.lanes);
        let (group, delay_slot) = (slot % self.fixed.groups, slot / self.fixed.groups);
        let first = index(group) * lanes;
        let values = self.fixed.core.values();
        let neurons = self.memory.v.len();
        self.memory.v[first..][..lanes].fill(L::store(values.v_init));
        if let Some(u) = self.memory.u.get_mut(first..first + lanes) {
            u.fill(L::store(values.u_init));
        }
        let rows = self.memory.i_syn.chunks_exact_mut(neurons);
        for row in rows.chain(self.inputs.slot_mut(delay_slot).chunks_exact_mut(neurons)) {
            row[first..][..lanes].fill(L::default());
        }
        self.memory.refractory[first..][..lanes].fill(0);
        for (lane, generator) in self.generators.iter_mut().enumerate() {
            *generator = bitspike_spec::fx::Lfsr::for_lane(values.lfsr_seed, count(lane));
        }
        let is_last = slot + 1 == self.fixed.structure.init_cycles();
        self.control = if is_last { Control::Idle } else { Control::Init(slot + 1) };
    }
}
