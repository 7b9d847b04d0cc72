//! Analogue read: word lines are marked and blocks read as wholes, between which every register is known.
//!
//! A time step that still looks for a block to read is run a block at a time: each is an event of its own for pipeline,
//! spikes and door, of `2 + settle + C T + II G` cycles. The cycle in which no block is left is another one.

use super::{Engine, Last, Push, Ran, receivers};
use crate::cast::count;
use crate::event::door::Door;
use crate::event::rows::RowLane;
use crate::machine::{Machine, ReadState, StoredEvent};
use crate::neuron::synaptic_operation;
use crate::observer::Observer;

/// Word lines marked between two looks at the output.
const MOST_MARKS: usize = 256;

/// Cycles from the issue of a group of a read to its write.
const ISSUE_TO_WRITE: u64 = 2;

impl<'a, L: RowLane, O: Observer> Engine<'a, L, O> {
    /// Whether the time step that comes next looks for a block to read.
    #[inline(always)]
    pub(super) fn is_selecting(&self) -> bool {
        self.machine.read_state() == ReadState::Select
    }

    /// Whether no read has begun that must go on cycle by cycle.
    pub(super) fn is_between(&self) -> bool {
        matches!(self.machine.read_state(), ReadState::None | ReadState::Select)
    }

    /// Cycles of what a selecting time step does next, and whether a neuron can fire meanwhile.
    pub(super) fn selection(&self) -> (u64, bool) {
        let Some(reader) = &self.machine.reader else { return (0, false) };
        match reader.next_block() {
            Some(_) => (reader.block_cycles(), reader.may_fire()),
            None => (1, false),
        }
    }

    /// Reads the next block, or finds that there is none; refuses, and nothing happened, when spikes could stall the read.
    pub(super) fn run_selection(&mut self, event: StoredEvent, door: &mut Door<'a>) -> Ran {
        let Some(reader) = &mut self.machine.reader else { return Ran::Refused };
        let Some(block) = reader.next_block() else {
            reader.state = ReadState::None;
            self.spend(1, door);
            return Ran::Then(Some(event));
        };
        reader.sample(block, self.machine.counters.reads);
        let cycles = reader.block_cycles();
        self.evaluate_read();
        let entries = self.effect.entries(self.machine.fixed.structure.lanes);
        if entries > 0 && !self.has_spike_room(entries) {
            return Ran::Refused;
        }
        self.commit_read();
        self.schedule_read_pushes();
        self.last = Some(Last { start: self.cycle, event, is_read: true });
        self.spend(cycles, door);
        Ran::Then(Some(event))
    }

    /// Lets cycles pass in which the control unit neither fetches nor rests.
    fn spend(&mut self, cycles: u64, door: &mut Door<'a>) {
        let (start, end) = (self.cycle, self.cycle + cycles);
        self.started = start;
        self.loop_spikes(start, end, door);
        door.accept_before(end, start, &mut self.machine);
        self.cycle = end;
        if !self.loops_back() {
            self.advance_output(start, end, None);
        }
    }

    /// Applies the words sampled: to currents at once, to membranes in `next`.
    fn evaluate_read(&mut self) {
        self.effect.clear();
        self.applied.overflows = 0;
        self.applied.loud.clear();
        if self.machine.fixed.has_currents() {
            return self.deliver_read();
        }
        let Machine { memory, reader, .. } = &self.machine;
        let Some(reader) = reader else { return };
        self.next.copy_states(0, memory, 0, memory.v.len());
        let Some(words) = &self.words else {
            return (0..memory.v.len()).for_each(|n| self.apply_word(n));
        };
        words.add_to_membranes(&mut self.next.v, &reader.sample.words, &memory.refractory, &mut self.applied);
        self.effect.add_v_overflows(self.applied.overflows);
        let loud = std::mem::take(&mut self.applied.loud);
        loud.iter().for_each(|&n| self.apply_word(n));
        self.applied.loud = loud;
    }

    fn apply_word(&mut self, n: usize) {
        let Machine { fixed, memory, reader, .. } = &self.machine;
        let Some(reader) = reader else { return };
        let word = reader.sample.words[n].into();
        let update = synaptic_operation(&memory.state(n), &word, &fixed.parameters[n], &fixed.rules);
        self.next.put(n, &update.state);
        self.effect.note(n, &update);
    }

    fn deliver_read(&mut self) {
        let Machine { memory, inputs, reader, .. } = &mut self.machine;
        let (Some(reader), Some(words)) = (reader, &self.words) else { return };
        words.add_to_currents(receivers(memory, inputs, 0), &reader.sample.words, &mut self.applied);
        self.effect.add_i_syn_overflows(self.applied.overflows);
    }

    /// Makes the read evaluated last happen.
    fn commit_read(&mut self) {
        if !self.machine.fixed.has_currents() {
            std::mem::swap(&mut self.machine.memory, &mut self.next);
        }
        let Machine { counters, reader, .. } = &mut self.machine;
        self.effect.count_overflows(counters);
        if let Some(reader) = reader {
            counters.conversions_at_limit += u64::from(reader.all_at_limit());
            counters.reads += 1;
            reader.clear();
        }
    }

    /// Notes when the spikes of the read come to the spike queue, which is in the order of its phases.
    fn schedule_read_pushes(&mut self) {
        let Some(reader) = &self.machine.reader else { return };
        let (lanes, time_step) = (self.machine.fixed.structure.lanes, self.machine.counters.time_steps);
        let push = |&spikes: &crate::machine::LaneSpikes| {
            let cycle = self.cycle + reader.cycles_to_issue(spikes.neuron / lanes) + ISSUE_TO_WRITE;
            Push { cycle, time_step, spikes }
        };
        let before = self.pushes.len();
        self.pushes.extend(self.effect.spikes.iter().map(push));
        self.pushes.make_contiguous()[before..].sort_by_key(|push| push.cycle);
    }

    /// The group of a read, which started in a cycle, that is written in another.
    pub(super) fn group_read(&self, start: u64, cycle: u64) -> Option<u32> {
        self.machine.reader.as_ref()?.issued_after(cycle.checked_sub(start + ISSUE_TO_WRITE)?)
    }

    /// As [`Engine::fetch`]: a mark issues no group, and a time step first reads.
    pub(super) fn fetch_next(&mut self, event: StoredEvent, spikes: usize, door: &mut Door<'a>) -> Option<StoredEvent> {
        let issued = self.last;
        let next = self.fetch(event, spikes, door);
        if self.machine.fixed.structure.only_marks(event.kind) {
            self.last = issued;
        }
        next.inspect(|&next| self.machine.begin(next))
    }

    /// Marks the word lines of events that follow each other.
    pub(super) fn run_marks(&mut self, first: StoredEvent, door: &mut Door<'a>) -> Ran {
        let (before, limit) = (self.cycle, self.limit());
        let mut event = first;
        for _ in 0..MOST_MARKS {
            event = self.pass_marks(event, limit, door);
            self.popped.clear();
            self.machine.mark(event);
            match self.fetch_next(event, 0, door) {
                Some(next) if self.machine.fixed.structure.only_marks(next.kind) => event = next,
                other => return self.after_marks(before, other),
            }
            if self.cycle + 1 + super::MARGIN > limit {
                break;
            }
        }
        self.after_marks(before, Some(event))
    }

    /// Marks the word lines of events that follow each other while as many come in, all but the last; the last.
    fn pass_marks(&mut self, event: StoredEvent, limit: u64, door: &mut Door<'a>) -> StoredEvent {
        let room = limit.saturating_sub(self.cycle + 1 + super::MARGIN);
        let most = usize::try_from(room).unwrap_or(usize::MAX).min(MOST_MARKS);
        self.popped.clear();
        let passed = door.pass_marks((self.cycle, most), &mut self.machine, &mut self.popped);
        let Some((&next, ran)) = self.popped.split_last() else { return event };
        self.machine.mark(event);
        ran.iter().for_each(|&event| self.machine.mark(event));
        self.cycle += u64::from(count(passed));
        next
    }

    fn after_marks(&mut self, before: u64, fetched: Option<StoredEvent>) -> Ran {
        self.advance_output(before, self.cycle, None);
        Ran::Then(fetched)
    }
}
