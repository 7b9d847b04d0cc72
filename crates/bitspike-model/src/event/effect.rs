//! One event evaluated on all neurons it touches, before it is known whether it can be run as a whole.

use super::Engine;
use crate::cast::{count, index, refractory_bits, sign_extend, spike_count};
use crate::event::rows::RowLane;
use crate::machine::{LaneSpikes, StoredEvent, draw};
use crate::memory::Memory;
use crate::neuron::{NeuronState, Randoms, Update, synaptic_operation, time_step};
use crate::observer::Observer;
use bitspike_spec::fx::Rounding;
use bitspike_spec::{EventKind, Integrate, Reduce, ReduceForm};

/// What an event does besides changing states.
#[derive(Clone, Debug, Default)]
pub(super) struct Effect {
    /// Spikes, lowest neuron first.
    pub(super) spikes: Vec<LaneSpikes>,
    v_overflows: u64,
    i_syn_overflows: u64,
    /// New state of the only neuron touched.
    one: NeuronState<i64>,
}

impl Effect {
    fn clear(&mut self) {
        self.spikes.clear();
        (self.v_overflows, self.i_syn_overflows) = (0, 0);
    }

    /// Entries of the spike queue its spikes make.
    pub(super) fn entries(&self, lanes: u32) -> usize {
        self.spikes.chunk_by(|a, b| a.neuron / lanes == b.neuron / lanes).count()
    }

    #[inline(always)]
    fn note(&mut self, neuron: usize, update: &Update<i64>) {
        self.v_overflows += u64::from(update.v_overflow);
        self.i_syn_overflows += u64::from(update.i_syn_overflow);
        if update.emitted != 0 {
            let spikes = spike_count(update.emitted);
            self.spikes.push(LaneSpikes { neuron: count(neuron), count: spikes });
        }
    }
}

impl<L: RowLane> Memory<L> {
    #[inline(always)]
    fn put(&mut self, n: usize, state: &NeuronState<i64>) {
        self.v[n] = L::store(state.v);
        self.i_syn[n] = L::store(state.i_syn);
        self.refractory[n] = refractory_bits(state.refractory);
    }

    fn copy_from(&mut self, other: &Memory<L>) {
        self.v.copy_from_slice(&other.v);
        self.i_syn.copy_from_slice(&other.i_syn);
        self.refractory.copy_from_slice(&other.refractory);
    }
}

fn is_random(reduce: &Reduce) -> bool {
    matches!(reduce.form, ReduceForm::Shift | ReduceForm::Multiply) && reduce.rounding == Rounding::Stochastic
}

impl<L: RowLane, O: Observer> Engine<'_, L, O> {
    /// Evaluates an event into `effect` and, when it touches every neuron, `next`.
    pub(super) fn evaluate(&mut self, event: StoredEvent) {
        self.effect.clear();
        match event.kind {
            EventKind::WordLine => self.evaluate_row(event.payload),
            EventKind::TimeStep => self.evaluate_time_step(),
            EventKind::Inject => self.evaluate_inject(event),
            EventKind::TimeStepOne => self.evaluate_one(event),
        }
    }

    fn uses_random(&self) -> bool {
        let semantics = &self.machine.fixed.rules.semantics;
        is_random(&semantics.leak) || is_random(&semantics.decay)
    }

    fn evaluate_row(&mut self, word_line: u32) {
        self.next.copy_from(&self.machine.memory);
        let membrane = self.machine.fixed.rules.semantics.integrate == Integrate::Membrane;
        if let (true, Some(_)) = (membrane, &self.rows) {
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
        let (states, overflows) = rows.one(&self.machine.memory.v, word_line);
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
        let weight = i64::from(fixed.core.values().image.row(word_line)[n]);
        synaptic_operation(&self.machine.memory.state(n), &weight, &fixed.parameters[n], &fixed.rules)
    }

    /// Whether adding the weight alone leaves the range of `v`.
    fn integration_overflows(&self, word_line: u32, n: usize) -> bool {
        let fixed = &self.machine.fixed;
        let state = self.machine.memory.state(n);
        let input = i64::from(fixed.core.values().image.row(word_line)[n]) << fixed.rules.weight_shift;
        state.refractory == 0 && fixed.rules.v.fit(&(state.v + input)).1
    }

    fn evaluate_time_step(&mut self) {
        self.next_generators.clone_from(&self.machine.generators);
        let Some(quiet) = &self.quiet else { return self.step_all() };
        quiet.step(&self.machine.memory, &mut self.next, &mut self.loud);
        let fixed = &self.machine.fixed;
        for (n, _) in self.loud.iter().enumerate().filter(|&(_, &is_loud)| is_loud) {
            let state = self.machine.memory.state(n);
            let update = time_step(&state, &fixed.parameters[n], &Randoms::default(), &fixed.rules);
            self.next.put(n, &update.state);
            self.effect.note(n, &update);
        }
    }

    fn step_all(&mut self) {
        let lanes = index(self.machine.fixed.structure.lanes);
        let uses_random = self.uses_random();
        let fixed = &self.machine.fixed;
        for (n, parameters) in fixed.parameters.iter().enumerate() {
            let randoms = if uses_random { draw(&mut self.next_generators[n % lanes]) } else { Randoms::default() };
            let update = time_step(&self.machine.memory.state(n), parameters, &randoms, &fixed.rules);
            self.next.put(n, &update.state);
            self.effect.note(n, &update);
        }
    }

    fn evaluate_inject(&mut self, event: StoredEvent) {
        let fixed = &self.machine.fixed;
        let weight = sign_extend(event.payload >> fixed.structure.neuron_bits(), fixed.structure.weight_bits);
        let n = index(fixed.neuron(event));
        let state = self.machine.memory.state(n);
        let update = synaptic_operation(&state, &i64::from(weight), &fixed.parameters[n], &fixed.rules);
        self.effect.note(n, &update);
        self.effect.one = update.state;
    }

    fn evaluate_one(&mut self, event: StoredEvent) {
        let fixed = &self.machine.fixed;
        let n = index(fixed.neuron(event));
        self.next_generators.clone_from(&self.machine.generators);
        let drawn: Vec<Randoms<i64>> = self.next_generators.iter_mut().map(draw).collect();
        let randoms = &drawn[n % drawn.len()];
        let update = time_step(&self.machine.memory.state(n), &fixed.parameters[n], randoms, &fixed.rules);
        self.effect.note(n, &update);
        self.effect.one = update.state;
    }

    /// Makes the event evaluated last happen.
    pub(super) fn commit(&mut self, event: StoredEvent) {
        let neurons = u64::from(self.machine.fixed.structure.neurons);
        if event.kind.is_time_step() {
            std::mem::swap(&mut self.machine.generators, &mut self.next_generators);
        }
        if event.kind.is_single() {
            let n = index(self.machine.fixed.neuron(event));
            self.machine.memory.put(n, &self.effect.one);
        } else {
            std::mem::swap(&mut self.machine.memory, &mut self.next);
        }
        let counters = &mut self.machine.counters;
        counters.v_overflows += self.effect.v_overflows;
        counters.i_syn_overflows += self.effect.i_syn_overflows;
        match event.kind {
            EventKind::WordLine => counters.synaptic_ops += neurons,
            EventKind::TimeStep => counters.time_steps += 1,
            EventKind::Inject => counters.synaptic_ops += 1,
            EventKind::TimeStepOne => {}
        }
        self.note_held();
    }
}
