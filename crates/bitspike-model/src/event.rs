//! The event-level engine: whole rows at a time, closed-form cycle stamps.
//!
//! It owns the same [`Machine`] as the every-cycle engine and advances it in three ways: cycle by cycle
//! ([`Engine::tick`]); over idle cycles at once; and, from the first slot of an event on, over whole events at once
//! ([`Engine::run_events`]). The last two leave every register as the first would have left it, so the engine can
//! always fall back to single cycles where spikes stall the pipeline or the end is near.

mod door;
mod effect;
mod output;
mod quiet;
mod read;
mod rows;
mod sparse;
mod vectors;
mod words;

use crate::cast::{count, index};
use crate::machine::{Control, Machine, StoredEvent, Synchroniser};
use crate::memory::{Inputs, Memory};
use crate::neuron::Rules;
use crate::observer::{Observer, Spike, report};
use crate::run::{End, Epochs, FinalState, Summary};
use bitspike_spec::fx::Lfsr;
use bitspike_spec::stimulus::{InPins, Receiver, Sender};
use bitspike_spec::{Core, Counters, EventKind, Handshake, Integrate, Stimulus};
use door::{Door, Train};
use effect::Effect;
use output::Push;
use quiet::QuietSteps;
use rows::{RowLane, Rows};
use sparse::SparseRows;
use std::borrow::Cow;
use std::collections::VecDeque;
use vectors::MOST_ROWS;
pub(crate) use vectors::Vectors;
use words::{Applied, Words};

/// Rows tried at a time after a neuron may have fired.
const FEWER_ROWS: usize = 8;

/// Turns of the engine, each a cycle, an event or a batch of events, between two questions whether it is to stop.
const TURNS_BETWEEN_QUESTIONS: u32 = 256;

/// Cycles an event's writes may come after its last slot.
const MARGIN: u64 = 2;

/// Groups in flight that a stall counts.
const PIPELINE: usize = 2;

/// Runs a stimulus without looking at every cycle.
pub(crate) fn run<O: Observer>(core: &Core, stimulus: &Stimulus, observer: &mut O) -> Summary {
    let rules = Rules::new(core.structure());
    let sparse = SparseRows::new(core, &rules);
    if sparse.is_some() || core.structure().array.analogue().is_some() {
        return if rows::fits::<i16>(core) {
            Engine::<i16, O>::new(core, stimulus, observer, (None, sparse)).run()
        } else {
            Engine::<i32, O>::new(core, stimulus, observer, (None, sparse)).run()
        };
    }
    if let Some(rows) = Rows::<i16>::new(core, &rules) {
        return Engine::new(core, stimulus, observer, (Some(rows), None)).run();
    }
    Engine::<i32, O>::new(core, stimulus, observer, (Rows::new(core, &rules), None)).run()
}

struct Engine<'a, L, O> {
    machine: Machine<'a, L>,
    sender: Sender<'a>,
    receiver: Receiver<'a>,
    stimulus: &'a Stimulus,
    resets: &'a [u64],
    epochs: Epochs<'a>,
    end: End,
    observer: &'a mut O,
    /// The cycle the registers are in.
    cycle: u64,
    rows: Option<Rows<L>>,
    /// The array where its weights are few; then there are no `rows`.
    sparse_rows: Option<SparseRows>,
    /// How the words of an analogue read are applied.
    words: Option<Words>,
    applied: Applied,
    /// Rows to try at a time: fewer after a neuron may have fired.
    batch: usize,
    /// Whether the next event is known to make a neuron fire, perhaps.
    may_fire_next: bool,
    row_events: Vec<StoredEvent>,
    word_lines: Vec<u32>,
    /// Memories of the event being evaluated.
    next: Memory<L>,
    effect: Effect,
    next_generators: Vec<Lfsr>,
    /// How quiet neurons are stepped many at a time, and which are not quiet.
    quiet: Option<QuietSteps>,
    loud: Vec<usize>,
    /// Cycles, events or batches of events run, and whether the observer wants no more.
    turns: u32,
    is_stopping: bool,
    /// Spikes of evaluated events that have not come to the spike queue yet.
    pushes: VecDeque<Push>,
    /// Events taken from the queue since the last checkpoint.
    popped: Vec<StoredEvent>,
    /// What issued groups last; nothing before the first.
    last: Option<Last>,
    /// First cycle of what was run last.
    started: u64,
    /// Groups that were in the pipeline when whole events began: when they are written.
    carried: [Option<(u64, u32)>; 2],
}

/// What issued groups last.
#[derive(Clone, Copy, Debug)]
struct Last {
    /// First slot of the event, or first cycle of the read.
    start: u64,
    event: StoredEvent,
    /// A block read, not the event itself.
    is_read: bool,
}

impl<'a, L: RowLane, O: Observer> Engine<'a, L, O> {
    fn new(
        core: &'a Core,
        stimulus: &'a Stimulus,
        observer: &'a mut O,
        (rows, sparse_rows): (Option<Rows<L>>, Option<SparseRows>),
    ) -> Self {
        Engine {
            machine: Machine::new(Cow::Borrowed(core)),
            sender: Sender::new(stimulus, core.structure()),
            receiver: Receiver::new(stimulus, core.structure()),
            stimulus,
            resets: &stimulus.resets,
            epochs: Epochs::new(core),
            end: End::new(stimulus),
            observer,
            cycle: 0,
            rows,
            sparse_rows,
            words: Words::new(core, &Rules::new(core.structure())),
            applied: Applied::default(),
            batch: MOST_ROWS,
            may_fire_next: false,
            row_events: Vec::with_capacity(MOST_ROWS),
            word_lines: Vec::with_capacity(MOST_ROWS),
            next: Memory::new(core.structure(), core.structure().neurons),
            effect: Effect::default(),
            next_generators: Vec::new(),
            quiet: QuietSteps::new(core, &Rules::new(core.structure())),
            loud: Vec::new(),
            turns: 0,
            is_stopping: false,
            pushes: VecDeque::new(),
            popped: Vec::with_capacity(MOST_ROWS),
            last: None,
            started: 0,
            carried: [None; 2],
        }
    }

    fn run(mut self) -> Summary {
        loop {
            self.reset_if_due();
            if let Some(epoch) = self.epochs.enter(self.cycle) {
                self.machine.enter_epoch(epoch);
            }
            self.note_quiet();
            if self.end.is_at(self.cycle) || self.is_stopped() {
                return self.summary();
            }
            if !self.run_events() && !self.skip_idle() {
                self.tick();
            }
        }
    }

    /// Asks the observer now and then.
    fn is_stopped(&mut self) -> bool {
        self.turns = (self.turns + 1) % TURNS_BETWEEN_QUESTIONS;
        if self.turns == 0 {
            self.is_stopping = self.observer.is_stopped();
        }
        self.is_stopping
    }

    fn summary(&self) -> Summary {
        let state = FinalState::new(&self.machine.memory, &self.machine.inputs);
        Summary { cycles: self.cycle, counters: self.machine.counters, state }
    }

    fn reset_if_due(&mut self) {
        if self.resets.first() == Some(&self.cycle) {
            self.resets = &self.resets[1..];
            self.machine.reset();
            self.sender.reset();
            self.receiver.reset();
        }
    }

    fn note_quiet(&mut self) {
        let is_quiet = self.end.cycles.is_none()
            && self.resets.is_empty()
            && self.sender.is_done()
            && self.machine.is_drained()
            && self.machine.output.transmitter_is_idle()
            && self.receiver.is_idle();
        if is_quiet {
            self.end.quiet(self.cycle);
        }
    }

    /// The cycle that no skip may pass: the next reset, the next epoch or the end.
    fn limit(&self) -> u64 {
        let reset = self.resets.first().copied().unwrap_or(u64::MAX);
        let epoch = self.epochs.next_start().unwrap_or(u64::MAX);
        reset.min(epoch).min(self.end.cycles.unwrap_or(u64::MAX))
    }

    /// One cycle.
    fn tick(&mut self) {
        let t = self.cycle;
        let (aer_in_req, aer_in_data) = self.sender.pins(t);
        let pins = InPins { aer_in_req, aer_in_data, aer_out_ack: self.receiver.pin(t) };
        let time_steps = self.machine.counters.time_steps;
        let wires = self.machine.wires(&pins);
        let out = self.machine.pins(&wires);
        self.machine.edge(&pins, &wires);
        if wires.output.accept {
            let (time_step, neuron) = (wires.output.time_step, wires.output.address);
            self.observer.spike(Spike { cycle: t, time_step, neuron });
        }
        self.report_time_step(time_steps);
        self.sender.tick(t, out.aer_in_ack);
        self.receiver.tick(t, out.aer_out_req);
        self.cycle += 1;
    }

    /// Reports a time step that was completed since the counter read `before`.
    fn report_time_step(&mut self, before: u64) {
        if self.machine.counters.time_steps > before {
            report(self.observer, before, &self.machine.memory);
        }
    }

    /// Skips cycles in which no register changes, up to the one in which the sender moves.
    fn skip_idle(&mut self) -> bool {
        let is_still = self.machine.is_drained()
            && self.machine.output.is_quiet()
            && self.machine.door == Synchroniser::default()
            && self.receiver.is_idle();
        if !is_still {
            return false;
        }
        let moves = match (self.stimulus.event(self.sender.next()), self.machine.handshake()) {
            (None, _) => u64::MAX,
            (Some(next), Handshake::Synchronous) => next.not_before,
            (Some(next), Handshake::FourPhase) => next.not_before.saturating_sub(1),
        };
        let to = moves.min(self.limit());
        let can_skip = to > self.cycle && !self.sender.is_requesting();
        if can_skip {
            self.cycle = to;
        }
        can_skip
    }

    /// Runs whole events from the first slot of one on; whether it ran any.
    fn run_events(&mut self) -> bool {
        let Control::Run { event, slot } = self.machine.control else { return false };
        if slot.index != 0 || !self.is_between() || !self.may_start(event) {
            return false;
        }
        let mut door = Door::enter(&self.machine, &self.sender, self.stimulus, self.cycle);
        let entered = self.cycle;
        self.settle_pipeline();
        self.note_held();
        let mut next = Some(event);
        while let Some(event) = next
            && self.may_start(event)
            && !self.is_stopped()
        {
            match self.run_some(event, &mut door) {
                Ran::Then(fetched) => next = fetched,
                Ran::Refused => break,
            }
        }
        let has_run = self.cycle > entered;
        if has_run {
            self.leave(next, &door);
        }
        self.pushes.clear();
        has_run
    }

    /// Whether the event can be run as a whole: its end lies before any reset, and no spikes before it make it stall.
    fn may_start(&self, event: StoredEvent) -> bool {
        let (cycles, may_fire) = if self.is_selecting() {
            self.selection()
        } else {
            (self.slots(event).into(), self.machine.fixed.may_fire(event.kind))
        };
        self.cycle + cycles + MARGIN <= self.limit() && (!may_fire || self.has_spike_room(0))
    }

    fn loops_back(&self) -> bool {
        self.machine.fixed.structure.schedule.loop_back
    }

    /// Whether so many more entries of the spike queue leave it short of any stall.
    fn has_spike_room(&self, entries: usize) -> bool {
        let in_pipeline = usize::from(self.machine.s1.any_spike) + usize::from(self.machine.s2.any_spike);
        let ahead = self.pushes.len().max(in_pipeline) + index(self.machine.output.queue_count());
        ahead + entries + PIPELINE < index(self.machine.fixed.structure.spike_queue_depth)
    }

    fn slots(&self, event: StoredEvent) -> u32 {
        self.machine.fixed.structure.slots(event.kind)
    }

    /// Writes what is in the pipeline ahead of time, and notes when its spikes come to the queue.
    fn settle_pipeline(&mut self) {
        for (ahead, carried) in (0..).zip(&mut self.carried) {
            let before = self.machine.counters.time_steps;
            let stage = self.machine.settle_stage(ahead);
            *carried = stage.valid.then_some((self.cycle + u64::from(ahead), stage.group));
            if stage.valid && stage.any_spike {
                let (cycle, time_step) = (self.cycle + u64::from(ahead), stage.time_step);
                self.pushes.extend(stage.lane_spikes().map(|spikes| Push { cycle, time_step, spikes }));
            }
            if self.machine.counters.time_steps > before {
                report(self.observer, before, &self.machine.memory);
            }
        }
        self.last = None;
    }

    fn note_held(&mut self) {
        if let (true, Some(rows)) = (self.machine.fixed.rules.has_refractory, &mut self.rows)
            && self.machine.fixed.rules.semantics.integrate == Integrate::Membrane
        {
            rows.hold(&self.machine.memory.refractory);
        }
    }

    /// Runs an event, and events after it of the same kind where rows can be applied together.
    fn run_some(&mut self, event: StoredEvent, door: &mut Door<'a>) -> Ran {
        if self.is_selecting() {
            return self.run_selection(event, door);
        }
        let output_rests = self.pushes.is_empty() && self.machine.output.is_quiet() && self.receiver.is_idle();
        let may_batch = output_rests || !self.loops_back();
        let is_row = event.kind == EventKind::WordLine && may_batch;
        if is_row && self.machine.reader.is_some() {
            return self.run_marks(event, door);
        }
        let tries = is_row && self.rows.is_some();
        if tries && !std::mem::take(&mut self.may_fire_next) {
            match self.run_rows(event, self.batch, door) {
                Ok(fetched) => {
                    self.batch = (self.batch * 2).min(MOST_ROWS);
                    return Ran::Then(fetched);
                }
                Err(0) => {}
                Err(silent) => {
                    self.may_fire_next = true;
                    return Ran::Then(self.run_rows(event, silent, door).expect("no neuron fires in these rows"));
                }
            }
        }
        self.batch = FEWER_ROWS;
        self.run_one(event, door)
    }

    /// Runs up to `most` word-line events in a row.
    ///
    /// # Errors
    /// When a neuron may fire: after how many of these events, none of which has happened.
    fn run_rows(&mut self, first: StoredEvent, most: usize, door: &mut Door<'a>) -> Result<Option<StoredEvent>, usize> {
        let before = self.checkpoint(door);
        let (mut event, mut fetched);
        event = first;
        self.row_events.clear();
        self.popped.clear();
        door.pushed = 0;
        let limit = self.limit();
        let slots = u64::from(self.slots(event));
        let (reach, may_pass) = (slots + MARGIN, door.passes_one_per_event(slots));
        loop {
            if may_pass {
                event = self.pass(event, slots, most, door);
            }
            self.row_events.push(event);
            fetched = self.fetch(event, 0, door);
            match fetched {
                Some(next) if next.kind == EventKind::WordLine && self.row_events.len() < most => event = next,
                Some(_) | None => break,
            }
            if self.cycle + reach > limit {
                break;
            }
        }
        match self.apply_rows() {
            Ok(()) => {
                self.advance_output(before.cycle, self.cycle, None);
                Ok(fetched)
            }
            Err(silent) => {
                self.go_back(&before, door);
                Err(silent)
            }
        }
    }

    /// Applies the rows gathered, unless a neuron may fire after some of them.
    fn apply_rows(&mut self) -> Result<(), usize> {
        let (first, machine) = (self.machine.first_row(), &mut self.machine);
        let Machine { memory, inputs, fixed, counters, .. } = machine;
        let rows = self.rows.as_mut().expect("rows are only gathered where they can be applied");
        if fixed.has_currents() {
            for events in self.row_events.chunk_by(|a, b| fixed.delay(*a) == fixed.delay(*b)) {
                self.word_lines.clear();
                self.word_lines.extend(events.iter().map(|&event| first + fixed.word_line(event)));
                let words = receivers(memory, inputs, fixed.delay(events[0]));
                counters.i_syn_overflows += rows.add_to_currents(words, &self.word_lines);
            }
        } else {
            self.word_lines.clear();
            self.word_lines.extend(self.row_events.iter().map(|&event| first + fixed.word_line(event)));
            counters.v_overflows += rows.apply(&mut memory.v, &self.word_lines)?;
        }
        counters.synaptic_ops += u64::from(count(self.row_events.len())) * u64::from(fixed.structure.neurons);
        Ok(())
    }

    /// Runs one event whatever fires; refuses, and nothing happened, when its spikes could stall it.
    fn run_one(&mut self, event: StoredEvent, door: &mut Door<'a>) -> Ran {
        self.evaluate(event);
        let entries = self.effect.entries(self.machine.fixed.structure.lanes);
        if entries > 0 && !self.has_spike_room(entries) {
            return Ran::Refused;
        }
        let (boundary, time_step) = (self.cycle, self.machine.counters.time_steps);
        self.commit(event);
        self.popped.clear();
        self.schedule_pushes(boundary, event, time_step);
        let fetched = self.fetch_next(event, entries, door);
        self.report_time_step(time_step);
        if !self.loops_back() {
            self.advance_output(boundary, self.cycle, None);
        }
        Ran::Then(fetched)
    }

    /// Runs word-line events while the queue stays full, all but the last of those that may be run; the event that comes next.
    fn pass(&mut self, event: StoredEvent, slots: u64, most: usize, door: &mut Door<'a>) -> StoredEvent {
        let room = (self.limit() - self.cycle - MARGIN) / slots;
        let most = (most - self.row_events.len()).min(usize::try_from(room).unwrap_or(usize::MAX)).saturating_sub(1);
        let train = Train { start: self.cycle, slots, most };
        let first = self.popped.len();
        let passed = door.pass(train, &mut self.machine, &mut self.popped);
        let Some((&next, ran)) = self.popped[first..].split_last() else { return event };
        self.row_events.push(event);
        self.row_events.extend(ran);
        self.cycle += slots * u64::from(count(passed));
        next
    }

    /// Lets an event that starts now and makes so many spikes run to its last slot, in which the next is fetched; the door
    /// goes on meanwhile. A door between events is asked then, and the cycle is that of the next event's first slot.
    fn fetch(&mut self, event: StoredEvent, spikes: usize, door: &mut Door<'a>) -> Option<StoredEvent> {
        let start = self.cycle;
        let last_slot = start + u64::from(self.slots(event)) - 1;
        self.started = start;
        self.last = Some(Last { start, event, is_read: false });
        self.machine.last_was_queued = !self.machine.fixed.bypasses(event.kind);
        self.loop_spikes(start, last_slot, door);
        if self.machine.fixed.is_between_events() {
            self.loop_spikes(last_slot, last_slot + 1, door);
            self.cycle = last_slot + 1;
            return self.fetch_between(event, spikes, door);
        }
        let machine = &mut self.machine;
        door.accept_before(last_slot, start, machine);
        let waiting = u64::from(count(machine.queue.len()));
        machine.counters.queue_high_water = machine.counters.queue_high_water.max(waiting);
        let bypasses = machine.bypass.is_some();
        self.loop_spikes(last_slot, last_slot + 1, door);
        let machine = &mut self.machine;
        door.accept_before(last_slot + 1, start, machine);
        self.cycle = last_slot + 1;
        if bypasses {
            return machine.bypass.take();
        }
        let next = if waiting > 0 { machine.queue.pop_front() } else { None };
        self.popped.extend(next);
        next
    }

    /// Asks a door between events for the next one, after a word-line event that made no spikes.
    fn fetch_between(&mut self, event: StoredEvent, spikes: usize, door: &mut Door<'a>) -> Option<StoredEvent> {
        let is_quiet = spikes == 0
            && self.pushes.is_empty()
            && self.machine.output.is_quiet()
            && self.receiver.is_idle()
            && event.kind == EventKind::WordLine;
        let (start, limit) = (self.started, self.limit());
        let (next_start, next) =
            if is_quiet { door.accept_between(start, limit, &mut self.machine)? } else { return None };
        self.cycle = next_start;
        Some(next)
    }

    fn checkpoint(&self, door: &Door<'a>) -> Checkpoint<'a> {
        let Machine { bypass, counters, .. } = self.machine;
        Checkpoint { cycle: self.cycle, bypass, counters, door: *door, last: self.last, started: self.started }
    }

    fn go_back(&mut self, before: &Checkpoint<'a>, door: &mut Door<'a>) {
        let Machine { queue, bypass, counters, .. } = &mut self.machine;
        for event in self.popped.drain(..).rev() {
            queue.push_front(event);
        }
        queue.truncate(queue.len() - door.pushed);
        *bypass = before.bypass;
        *counters = before.counters;
        *door = before.door;
        self.cycle = before.cycle;
        (self.last, self.started) = (before.last, before.started);
    }

    /// Puts every register where single cycles would have put it.
    fn leave(&mut self, next: Option<StoredEvent>, door: &Door<'a>) {
        self.machine.control = next.map_or(Control::Idle, Control::start);
        door.leave(&mut self.machine, &mut self.sender, self.cycle);
        for ahead in 0..2 {
            let cycle = self.cycle + u64::from(ahead);
            let carried = self.carried.into_iter().flatten().find(|&(written, _)| written == cycle);
            let group = carried.map(|(_, group)| group).or_else(|| self.group_written(self.last?, cycle));
            let pushes = self.pushes.iter().filter(|push| push.cycle == cycle);
            self.machine.place_stage(ahead, group, pushes.map(|push| (push.spikes, push.time_step)));
        }
    }

    /// The group of an event or read that is written in a cycle.
    fn group_written(&self, Last { start, event, is_read }: Last, cycle: u64) -> Option<u32> {
        if is_read {
            return self.group_read(start, cycle);
        }
        let fixed = &self.machine.fixed;
        let interval = u64::from(fixed.structure.interval(event.kind));
        let since = cycle.checked_sub(start + fixed.issue_to_write(event.kind))?;
        let (issue, groups) = (since / interval, fixed.groups_of(event.kind));
        if since % interval != 0 || issue >= u64::from(groups) {
            return None;
        }
        let whole = u32::try_from(issue).ok();
        if event.kind.is_single() { Some(fixed.neuron(event) / fixed.structure.lanes) } else { whole }
    }
}

/// The words that weights of this delay come into, polarity by polarity.
fn receivers<'m, L: RowLane>(memory: &'m mut Memory<L>, inputs: &'m mut Inputs<L>, delay: u32) -> &'m mut [L] {
    let slot = inputs.slot_after(delay);
    if inputs.is_used() { inputs.slot_mut(slot) } else { &mut memory.i_syn }
}

/// What an attempt to run an event came to.
enum Ran {
    /// It ran; the event fetched in its last slot, if any.
    Then(Option<StoredEvent>),
    /// It must be run cycle by cycle.
    Refused,
}

/// What [`Engine::go_back`] needs.
struct Checkpoint<'a> {
    cycle: u64,
    bypass: Option<StoredEvent>,
    counters: Counters,
    door: Door<'a>,
    last: Option<Last>,
    started: u64,
}
