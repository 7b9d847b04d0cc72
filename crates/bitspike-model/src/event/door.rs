//! The door in closed form: when the sender's events are accepted while the control unit runs events.

use crate::cast::{count, index};
use crate::machine::{Machine, StoredEvent, Synchroniser};
use bitspike_spec::stimulus::Sender;
use bitspike_spec::{AerEvent, EventKind, FullPolicy, Handshake, Stimulus, Structure, TimeStepPolicy, TimedEvent};

/// Cycles from one accept to the next, at best.
const FOUR_PHASE_PERIOD: u64 = 8;
/// Cycles from a four-phase request to its accept, at best.
const FOUR_PHASE_LATENCY: u64 = 2;
/// Cycles from an accept between events to the first slot of that event: it is acknowledged, the request falls, and its
/// two flip-flops and the acknowledge follow.
const ACCEPT_TO_START: u64 = 7;

/// Sender and door, advanced from accept to accept.
///
/// An event is accepted in cycle `max(ready, not_before + latency)` or, if there is no room then, as soon as there is.
/// In a four-phase door `ready = last accept + 8`, of which the request takes the last two cycles; synchronously
/// it is the next cycle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Door<'a> {
    events: &'a [bitspike_spec::TimedEvent],
    structure: &'a Structure,
    /// Event offered next: index over all repetitions, within its repetition, and cycles its repetition is later.
    next: u64,
    place: usize,
    later: u64,
    total: u64,
    period: u64,
    ready: u64,
    handshake: Handshake,
    /// Cycles from a request to its accept, and from one accept to the next, at best.
    latency: u64,
    handshake_cycles: u64,
    depth: usize,
    depth_count: u64,
    /// The cycle after the one in which a spike came to the queue, and no event from the door could.
    open_from: u64,
    /// Events put into the queue since this was last set to 0.
    pub(super) pushed: usize,
}

/// Word-line events that follow each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Train {
    /// First slot of the first one.
    pub(super) start: u64,
    /// Slots of each.
    pub(super) slots: u64,
    /// Most events of the train.
    pub(super) most: usize,
}

impl<'a> Door<'a> {
    /// Takes over from the registers of sender and door as they are in a cycle.
    pub(super) fn enter<L>(machine: &Machine<L>, sender: &Sender<'a>, stimulus: &'a Stimulus, cycle: u64) -> Self {
        let handshake = sender.structure().schedule.handshake;
        let (latency, handshake_cycles) = match handshake {
            Handshake::Synchronous => (0, 1),
            Handshake::FourPhase => (FOUR_PHASE_LATENCY, FOUR_PHASE_PERIOD),
        };
        let (ready, is_taken) = match handshake {
            Handshake::Synchronous => (cycle, false),
            Handshake::FourPhase => four_phase_ready(sender.is_requesting(), machine.door, cycle),
        };
        let next = sender.next() + u64::from(is_taken);
        let length = u64::try_from(stimulus.events.len()).expect("a length fits 64 bits").max(1);
        Door {
            events: &stimulus.events,
            structure: sender.structure(),
            next,
            place: usize::try_from(next % length).expect("a place in a list"),
            later: next / length * stimulus.period,
            total: stimulus.len(),
            period: stimulus.period,
            ready,
            handshake,
            latency,
            handshake_cycles,
            depth: index(sender.structure().queue_depth),
            depth_count: sender.structure().queue_depth.into(),
            open_from: 0,
            pushed: 0,
        }
    }

    /// First cycle in which the next event may be offered, and the event.
    #[inline(always)]
    fn head(&self) -> Option<(u64, AerEvent)> {
        if self.next >= self.total {
            return None;
        }
        let timed = self.events[self.place];
        Some((timed.not_before + self.later, timed.event))
    }

    /// Accepts what can be accepted in cycles `from .. until`, in which the control unit neither fetches nor rests.
    #[inline]
    pub(super) fn accept_before<L>(&mut self, until: u64, from: u64, machine: &mut Machine<L>) {
        while let Some((not_before, event)) = self.head() {
            let mut cycle = self.ready.max(not_before + self.latency).max(from);
            if cycle < self.open_from && !machine.fixed.bypasses(event.kind()) {
                cycle = self.open_from;
            }
            if cycle >= until || !self.take_in(event, machine) {
                break;
            }
            self.ready = cycle + self.handshake_cycles;
            self.step();
        }
    }

    /// A spike comes to the queue in this cycle, all before it being done: no event can.
    pub(super) fn keep_from_queue(&mut self, cycle: u64) {
        self.open_from = cycle + 1;
    }

    /// Lets word-line events that follow each other pass through a queue they keep full: so many from the present one on,
    /// each of which accepts one in its first cycle and hands over to the head of the queue, a word-line event too, in its last.
    ///
    /// The heads taken from the queue are appended to `popped`.
    pub(super) fn pass<L>(&mut self, train: Train, machine: &mut Machine<L>, popped: &mut Vec<StoredEvent>) -> usize {
        if self.ready > train.start || machine.bypass.is_some() || machine.queue.len() + 1 != self.depth {
            return 0;
        }
        let waiting =
            machine.queue.iter().take(train.most).take_while(|event| event.kind == EventKind::WordLine).count();
        let offered = self.offered_to(train).take(waiting).count();
        let bypasses = |&timed: &TimedEvent| machine.fixed.bypasses(timed.event.kind());
        let is_cut_short = self.events.get(self.place + offered).or(self.events.first()).is_some_and(bypasses);
        let passed = offered.saturating_sub(usize::from(is_cut_short));
        if passed == 0 {
            return 0;
        }
        let (front, back) = machine.queue.as_slices();
        let in_front = passed.min(front.len());
        popped.extend_from_slice(&front[..in_front]);
        popped.extend_from_slice(&back[..passed - in_front]);
        machine.queue.drain(..passed);
        self.enter_queue(passed, machine);
        machine.counters.queue_high_water = machine.counters.queue_high_water.max(self.depth_count);
        self.ready = train.start + u64::from(count(passed) - 1) * train.slots + self.handshake_cycles;
        passed
    }

    /// Lets events that only mark word lines pass through a queue with room, while as many come in: so many cycles, of
    /// one event each, from the present event on. The heads taken from the queue are appended to `popped`.
    ///
    /// For a synchronous door, which takes an event in every cycle.
    pub(super) fn pass_marks<L>(
        &mut self,
        (start, most): (u64, usize),
        machine: &mut Machine<L>,
        popped: &mut Vec<StoredEvent>,
    ) -> usize {
        let waiting = count(machine.queue.len());
        let is_open = self.handshake == Handshake::Synchronous && self.ready.max(self.open_from) <= start;
        if !is_open || machine.bypass.is_some() || index(waiting) >= self.depth {
            return 0;
        }
        let marks = machine.queue.iter().take(most).take_while(|event| event.kind == EventKind::WordLine).count();
        let train = Train { start, slots: 1, most };
        let passed = self.offered_to(train).take(marks).count();
        if passed == 0 {
            return 0;
        }
        popped.extend(machine.queue.drain(..passed));
        self.enter_queue(passed, machine);
        machine.counters.queue_high_water = machine.counters.queue_high_water.max(waiting.into());
        self.ready = start + u64::from(count(passed));
        passed
    }

    /// Puts the next word-line events of this repetition into the queue.
    fn enter_queue<L>(&mut self, passed: usize, machine: &mut Machine<L>) {
        let entering = self.events[self.place..][..passed]
            .iter()
            .map(|timed| StoredEvent { kind: EventKind::WordLine, payload: timed.event.payload(self.structure) });
        machine.queue.extend(entering);
        machine.counters.events_accepted += u64::from(count(passed));
        self.pushed += passed;
        self.next += u64::from(count(passed)) - 1;
        self.place += passed - 1;
        self.step();
    }

    /// The word-line events of this repetition that the sender offers, one for each event of the train,
    /// by its first cycle: from when on.
    fn offered_to(&self, train: Train) -> impl Iterator<Item = u64> + '_ {
        let left = usize::try_from(self.total - self.next).unwrap_or(usize::MAX);
        let (later, latency, mut start) = (self.later, self.latency, train.start);
        self.events[self.place..].iter().take(left).map_while(move |timed| {
            let offered = timed.not_before + later + latency;
            let is_in_time = matches!(timed.event, AerEvent::WordLine { .. }) && offered <= start;
            start += train.slots;
            is_in_time.then_some(offered)
        })
    }

    /// Whether [`Door::pass`] may be asked: the door never closes, and an event has slots for one handshake.
    pub(super) fn passes_one_per_event(&self, slots: u64) -> bool {
        let schedule = &self.structure.schedule;
        schedule.door == bitspike_spec::Door::Overlapped
            && schedule.full_policy == FullPolicy::Stall
            && slots >= self.handshake_cycles
    }

    /// Accepts the next event when a word-line event that started at `start` is over, and says when it starts.
    ///
    /// For a door between events, an empty queue and a quiet output: accepted in `max(calm, ready, not_before + 2)`, where
    /// `calm` is the cycle after the last write; acknowledged, released and fetched 6 cycles later.
    pub(super) fn accept_between<L>(
        &mut self,
        start: u64,
        limit: u64,
        machine: &mut Machine<L>,
    ) -> Option<(u64, StoredEvent)> {
        let (not_before, event) = self.head()?;
        if event.kind() != EventKind::WordLine {
            return None;
        }
        let fixed = &machine.fixed;
        let interval = u64::from(fixed.structure.schedule.initiation_interval);
        let groups = fixed.groups_of(EventKind::WordLine);
        let written = |last| u64::from(last) * interval + fixed.issue_to_write(EventKind::WordLine) + 1;
        let calm =
            groups.checked_sub(1).map_or(0, written).max(fixed.structure.slots(EventKind::WordLine).into()) + start;
        let next = calm.max(self.ready).max(not_before + self.latency) + ACCEPT_TO_START;
        if next > limit || !machine.queue.is_empty() || machine.bypass.is_some() || machine.door.holding {
            return None;
        }
        machine.counters.events_accepted += 1;
        machine.counters.queue_high_water = machine.counters.queue_high_water.max(1);
        self.ready = next + self.latency;
        self.step();
        Some((next, StoredEvent { kind: EventKind::WordLine, payload: event.payload(self.structure) }))
    }

    #[inline(always)]
    fn step(&mut self) {
        self.next += 1;
        self.place += 1;
        if self.place == self.events.len() {
            self.place = 0;
            self.later += self.period;
        }
    }

    /// Takes the event in if there is room.
    #[inline(always)]
    fn take_in<L>(&mut self, event: AerEvent, machine: &mut Machine<L>) -> bool {
        let stored = StoredEvent { kind: event.kind(), payload: event.payload(self.structure) };
        if machine.fixed.is_between_events() {
            return false;
        }
        if machine.fixed.bypasses(stored.kind) {
            let has_room = machine.bypass.is_none() && self.structure.schedule.time_step == TimeStepPolicy::Bypass;
            if has_room {
                machine.bypass = Some(stored);
                machine.counters.events_accepted += 1;
            }
            return has_room;
        }
        self.take_into_queue(stored, machine)
    }

    #[inline(always)]
    fn take_into_queue<L>(&mut self, event: StoredEvent, machine: &mut Machine<L>) -> bool {
        if machine.queue.len() < index(self.structure.queue_depth) {
            machine.queue.push_back(event);
            self.pushed += 1;
        } else if self.structure.schedule.full_policy == FullPolicy::Drop {
            machine.counters.events_dropped += 1;
        } else {
            return false;
        }
        machine.counters.events_accepted += 1;
        true
    }

    /// Hands over to the registers of sender and door as they are in a cycle.
    pub(super) fn leave<L>(&self, machine: &mut Machine<L>, sender: &mut Sender<'a>, cycle: u64) {
        match self.handshake {
            Handshake::Synchronous => sender.place(self.next, false),
            Handshake::FourPhase => self.leave_four_phase(machine, sender, cycle),
        }
    }

    /// The last accept, real or as good as real, was in `ready - 8`: acknowledge one cycle later, request low two,
    /// its flip-flops three and four, acknowledge low five, next request six cycles later or at `not_before`.
    fn leave_four_phase<L>(&self, machine: &mut Machine<L>, sender: &mut Sender<'a>, cycle: u64) {
        let since = (cycle + FOUR_PHASE_PERIOD).saturating_sub(self.ready);
        let holding = machine.door.holding;
        let flags = |first, second, ack| Synchroniser { first, second, ack, holding };
        machine.door = match since {
            0..=2 => flags(true, true, true),
            3 => flags(false, true, true),
            4 => flags(false, false, true),
            _ => flags(false, false, false),
        };
        if since <= 1 {
            return sender.place(self.next - 1, true);
        }
        let request = self.head().map(|(not_before, _)| not_before.max(self.ready - FOUR_PHASE_LATENCY));
        match request.and_then(|request| cycle.checked_sub(request)) {
            Some(since_request) if since > 5 => {
                sender.place(self.next, true);
                machine.door = flags(since_request >= 1, since_request >= 2, false);
            }
            Some(_) | None => sender.place(self.next, false),
        }
    }
}

/// When a four-phase door is ready for the next accept, and whether the event still requested was accepted.
fn four_phase_ready(req: bool, door: Synchroniser, cycle: u64) -> (u64, bool) {
    match (req, door.first, door.second, door.ack) {
        (true, _, true, true) => (cycle + 7, true),
        (false, true, _, true) => (cycle + 6, false),
        (false, false, true, _) => (cycle + 5, false),
        (false, false, false, true) => (cycle + 4, false),
        (true, true, true, false) => (cycle, false),
        (true, true, false, _) => (cycle + 1, false),
        (true, false, ..) => (cycle + 2, false),
        (false, ..) => (cycle + 3, false),
    }
}
