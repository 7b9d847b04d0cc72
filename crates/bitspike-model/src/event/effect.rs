//! One event evaluated on all neurons it touches, before it is known whether it can be run as a whole.

use super::{Engine, receivers};
use crate::cast::{count, index, spike_count};
use crate::event::rows::RowLane;
use crate::machine::{Fixed, LaneSpikes, Machine, StoredEvent, draw, draw_all};
use crate::memory::Currents;
use crate::neuron::{Random, Update, receive, summed_current, synaptic_operation, take_in, time_step};
use crate::observer::Observer;
use bitspike_spec::fx::Rounding;
use bitspike_spec::{Counters, EventKind, NeuronModel, Reduce, ReduceForm};

/// What an event does besides changing states.
#[derive(Clone, Debug, Default)]
pub(super) struct Effect {
    /// Spikes, lowest neuron first.
    pub(super) spikes: Vec<LaneSpikes>,
    v_overflows: u64,
    u_overflows: u64,
    i_syn_overflows: u64,
    /// The update of the only neuron touched, and its currents.
    one: Option<(Update<i64>, Currents)>,
}

impl Effect {
    pub(super) fn clear(&mut self) {
        self.spikes.clear();
        self.one = None;
        (self.v_overflows, self.u_overflows, self.i_syn_overflows) = (0, 0, 0);
    }

    /// Entries of the spike queue its spikes make.
    pub(super) fn entries(&self, lanes: u32) -> usize {
        self.spikes.chunk_by(|a, b| a.neuron / lanes == b.neuron / lanes).count()
    }

    #[inline(always)]
    pub(super) fn note(&mut self, neuron: usize, update: &Update<i64>) {
        self.v_overflows += u64::from(update.v_overflow);
        self.u_overflows += u64::from(update.u_overflow);
        self.i_syn_overflows += u64::from(update.i_syn_overflow);
        if update.emitted != 0 {
            let spikes = spike_count(update.emitted);
            self.spikes.push(LaneSpikes { neuron: count(neuron), count: spikes });
        }
    }
}

impl Effect {
    /// Notes updates in which `v` left its range.
    pub(super) fn add_v_overflows(&mut self, overflows: u64) {
        self.v_overflows += overflows;
    }

    /// Notes updates in which a current left its range.
    pub(super) fn add_i_syn_overflows(&mut self, overflows: u64) {
        self.i_syn_overflows += overflows;
    }

    /// Adds its overflows to the counters.
    pub(super) fn count_overflows(&self, counters: &mut Counters) {
        counters.v_overflows += self.v_overflows;
        counters.u_overflows += self.u_overflows;
        counters.i_syn_overflows += self.i_syn_overflows;
    }
}

fn is_random(reduce: &Reduce) -> bool {
    matches!(reduce.form, ReduceForm::Shift | ReduceForm::Multiply) && reduce.rounding == Rounding::Stochastic
}

impl<L: RowLane, O: Observer> Engine<'_, L, O> {
    /// Evaluates an event into `effect` and, when it touches every neuron, `next`; weights for a current, which cannot
    /// make a neuron fire, come to it at once.
    pub(super) fn evaluate(&mut self, event: StoredEvent) {
        self.effect.clear();
        match event.kind {
            EventKind::WordLine if self.machine.reader.is_some() => {}
            EventKind::WordLine | EventKind::Inject if self.machine.fixed.has_currents() => self.deliver(event),
            EventKind::WordLine => self.evaluate_row(self.machine.fixed.word_line(event)),
            EventKind::TimeStep => self.evaluate_time_step(),
            EventKind::Inject => self.evaluate_inject(event),
            EventKind::TimeStepOne => self.evaluate_one(event),
        }
    }

    fn uses_random(&self) -> bool {
        let fixed = &self.machine.fixed;
        let in_model = match fixed.structure.model {
            NeuronModel::Lif => is_random(&fixed.rules.semantics.leak),
            NeuronModel::Izhikevich(izhikevich) => izhikevich.rounding == Rounding::Stochastic,
        };
        in_model || (fixed.has_currents() && fixed.rules.semantics.decay.rounding == Rounding::Stochastic)
    }

    /// Adds the weights of an event to the currents, or to what waits for them.
    fn deliver(&mut self, event: StoredEvent) {
        let row = self.machine.first_row() + self.machine.fixed.word_line(event);
        let Machine { fixed, memory, inputs, epoch, .. } = &mut self.machine;
        let neurons = memory.v.len();
        let words = receivers(memory, inputs, fixed.delay(event));
        let mut add = |n: usize, weight: i64| {
            let mut currents = Currents::load(words, &[], neurons, n);
            self.effect.i_syn_overflows += u64::from(receive(currents.receivers(), &weight, &fixed.rules));
            currents.store(words, neurons, n);
        };
        if event.kind == EventKind::Inject {
            return add(index(fixed.neuron(event)), fixed.weight(event));
        }
        if let Some(rows) = &self.sparse_rows {
            self.effect.i_syn_overflows = rows.add(words, row);
            return;
        }
        if let Some(rows) = &mut self.rows {
            self.effect.i_syn_overflows = rows.add_to_currents(words, &[row]);
            return;
        }
        let row = fixed.weights(*epoch, fixed.word_line(event));
        row.iter().enumerate().for_each(|(n, &weight)| add(n, weight.into()));
    }

    fn evaluate_row(&mut self, word_line: u32) {
        self.next.copy_states(0, &self.machine.memory, 0, self.machine.memory.v.len());
        if self.rows.is_some() {
            return self.evaluate_row_by_lanes(word_line);
        }
        for n in 0..self.next.v.len() {
            let update = self.operation(word_line, n);
            self.next.put(n, &update.state);
            self.effect.note(n, &update);
        }
    }

    /// The whole row at once, then again, neuron by neuron, where one may fire.
    fn evaluate_row_by_lanes(&mut self, word_line: u32) {
        let Some(rows) = &mut self.rows else { return };
        let row = self.machine.first_row() + word_line;
        let (states, overflows) = rows.one(&self.machine.memory.v, row);
        self.next.v.copy_from_slice(states);
        self.effect.v_overflows = overflows;
        for n in 0..self.next.v.len() {
            if self.rows.as_ref().is_some_and(|rows| rows.may_fire(n, self.next.v[n])) {
                let update = self.operation(word_line, n);
                self.effect.v_overflows -= u64::from(self.integration_overflows(word_line, n));
                self.next.put(n, &update.state);
                self.effect.note(n, &update);
            }
        }
    }

    fn operation(&self, word_line: u32, n: usize) -> Update<i64> {
        let fixed = &self.machine.fixed;
        let weight = i64::from(fixed.weights(self.machine.epoch, word_line)[n]);
        synaptic_operation(&self.machine.memory.state(n), &weight, &fixed.parameters[n], &fixed.rules)
    }

    /// Whether adding the weight alone leaves the range of `v`.
    fn integration_overflows(&self, word_line: u32, n: usize) -> bool {
        let fixed = &self.machine.fixed;
        let state = self.machine.memory.state(n);
        let input = i64::from(fixed.weights(self.machine.epoch, word_line)[n]) << fixed.rules.weight_shift;
        state.refractory == 0 && fixed.rules.v.fit(&(state.v + input)).1
    }

    fn evaluate_time_step(&mut self) {
        self.next_generators.clone_from(&self.machine.generators);
        let Some(quiet) = &self.quiet else { return self.step_all() };
        quiet.step((&self.machine.memory, &self.machine.inputs), &mut self.next, &mut self.loud);
        let loud = std::mem::take(&mut self.loud);
        loud.iter().for_each(|&n| self.step_one(n, &Random::default()));
        self.loud = loud;
        if O::STATES {
            self.note_currents();
        }
    }

    /// Notes the current that this time step integrates, which the quiet neurons do not tell.
    fn note_currents(&mut self) {
        let Machine { fixed, memory, inputs, .. } = &self.machine;
        let (neurons, slot) = (memory.v.len(), inputs.slot(inputs.pointer));
        let Fixed { rules, synapse, .. } = fixed;
        for (n, current) in self.next.current.iter_mut().enumerate() {
            let mut currents = Currents::load(&memory.i_syn, slot, neurons, n);
            let mut synaptic = currents.synaptic();
            take_in(&mut synaptic, synapse, &Random::default(), rules);
            *current = summed_current(synaptic.i_syn, &Random::default(), rules);
        }
    }

    fn step_one(&mut self, n: usize, random: &Random<i64>) {
        let Machine { fixed, memory, inputs, .. } = &self.machine;
        let mut currents = Currents::load(&memory.i_syn, inputs.slot(inputs.pointer), memory.v.len(), n);
        let update = time_step(&memory.state(n), currents.synaptic(), &fixed.unit(n), random);
        self.next.put_step(n, &update, &currents);
        self.effect.note(n, &update);
    }

    fn step_all(&mut self) {
        let (uses_random, lanes) = (self.uses_random(), index(self.machine.fixed.structure.lanes));
        for n in 0..self.next.v.len() {
            let random = if uses_random { draw(&mut self.next_generators[n % lanes]) } else { Random::default() };
            self.step_one(n, &random);
        }
    }

    fn evaluate_inject(&mut self, event: StoredEvent) {
        let Machine { fixed, memory, .. } = &self.machine;
        let n = index(fixed.neuron(event));
        let update = synaptic_operation(&memory.state(n), &fixed.weight(event), &fixed.parameters[n], &fixed.rules);
        self.effect.note(n, &update);
        self.effect.one = Some((update, Currents::default()));
    }

    fn evaluate_one(&mut self, event: StoredEvent) {
        let Machine { fixed, memory, inputs, generators, .. } = &self.machine;
        let n = index(fixed.neuron(event));
        self.next_generators.clone_from(generators);
        let lane = n % generators.len();
        let random = draw_all(&mut self.next_generators, lane);
        let mut currents = Currents::load(&memory.i_syn, inputs.slot(inputs.pointer), memory.v.len(), n);
        let update = time_step(&memory.state(n), currents.synaptic(), &fixed.unit(n), &random);
        self.effect.note(n, &update);
        self.effect.one = Some((update, currents));
    }

    /// Makes the event evaluated last happen.
    pub(super) fn commit(&mut self, event: StoredEvent) {
        if self.machine.fixed.structure.only_marks(event.kind) {
            return self.machine.mark(event);
        }
        self.commit_states(event);
        let Machine { counters, fixed, .. } = &mut self.machine;
        self.effect.count_overflows(counters);
        match event.kind {
            EventKind::WordLine => counters.synaptic_ops += u64::from(fixed.structure.neurons),
            EventKind::TimeStep => counters.time_steps += 1,
            EventKind::Inject => counters.synaptic_ops += 1,
            EventKind::TimeStepOne => {}
        }
        self.note_held();
    }

    fn commit_states(&mut self, event: StoredEvent) {
        let Machine { memory, inputs, generators, fixed, .. } = &mut self.machine;
        if event.kind.is_time_step() {
            std::mem::swap(generators, &mut self.next_generators);
        }
        if let Some((update, currents)) = self.effect.one.take() {
            let (n, neurons, slot) = (index(fixed.neuron(event)), memory.v.len(), inputs.pointer);
            memory.put(n, &update.state);
            if event.kind.is_time_step() {
                memory.put_step(n, &update, &currents);
                currents.store_input(inputs.slot_mut(slot), neurons, n);
            }
        } else if event.kind == EventKind::TimeStep {
            std::mem::swap(memory, &mut self.next);
            inputs.slot_mut(inputs.pointer).fill(L::default());
            inputs.advance();
        } else if !fixed.has_currents() {
            std::mem::swap(memory, &mut self.next);
        }
    }
}
