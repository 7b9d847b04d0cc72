//! State memories and generators of a core, and its parameters as words.

use crate::cast::{Lane, index, refractory_bits};
use crate::neuron::{MOST_ACCUMULATORS, MOST_POLARITIES, NeuronState, Parameters, Synaptic, Update};
use bitspike_spec::fx::Lfsr;
use bitspike_spec::{Core, Structure};

/// State memories; what the core does not have is empty or stays 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Memory<L> {
    pub(crate) v: Vec<L>,
    /// Empty where neurons have no recovery.
    pub(crate) u: Vec<L>,
    /// The accumulators, one after the other, each of all neurons.
    pub(crate) i_syn: Vec<L>,
    pub(crate) refractory: Vec<u16>,
    /// The current that the last time step integrated; empty where there is none.
    pub(crate) current: Vec<i64>,
}

impl<L: Lane> Memory<L> {
    /// Memories of `neurons` neurons of a structure, all 0: what the model takes a memory to hold before its first `INIT`.
    pub(crate) fn new(s: &Structure, neurons: u32) -> Self {
        let (neurons, accumulators) = (index(neurons), index(s.accumulators()));
        let if_any = |count: usize| if count == 0 { 0 } else { neurons };
        Memory {
            v: vec![L::default(); neurons],
            u: vec![L::default(); if_any(index(s.u_bits()))],
            i_syn: vec![L::default(); neurons * accumulators],
            refractory: vec![0; neurons],
            current: vec![0; if_any(accumulators)],
        }
    }

    /// State of neuron `n` as words.
    #[inline(always)]
    pub(crate) fn state(&self, n: usize) -> NeuronState<i64> {
        NeuronState {
            v: self.v[n].into(),
            u: self.u.get(n).map_or(0, |&u| u.into()),
            refractory: i64::from(self.refractory[n]),
        }
    }

    #[inline(always)]
    pub(crate) fn put(&mut self, n: usize, state: &NeuronState<i64>) {
        self.v[n] = L::store(state.v);
        if let Some(u) = self.u.get_mut(n) {
            *u = L::store(state.u);
        }
        self.refractory[n] = refractory_bits(state.refractory);
    }

    /// Puts state and currents of neuron `n` after a time step.
    #[inline(always)]
    pub(crate) fn put_step(&mut self, n: usize, update: &Update<i64>, currents: &Currents) {
        self.put(n, &update.state);
        currents.store(&mut self.i_syn, self.v.len(), n);
        if let Some(current) = self.current.get_mut(n) {
            *current = update.current;
        }
    }

    /// Copies `count` neurons from `from` of another memory to `to` of this one, all but the current integrated.
    pub(crate) fn copy_states(&mut self, to: usize, other: &Memory<L>, from: usize, count: usize) {
        let (neurons, others) = (self.v.len(), other.v.len());
        self.v[to..][..count].copy_from_slice(&other.v[from..][..count]);
        if !self.u.is_empty() {
            self.u[to..][..count].copy_from_slice(&other.u[from..][..count]);
        }
        copy_words(&mut self.i_syn, (neurons, to), &other.i_syn, (others, from), count);
        self.refractory[to..][..count].copy_from_slice(&other.refractory[from..][..count]);
    }

    /// Copies the current integrated likewise.
    pub(crate) fn copy_current(&mut self, to: usize, other: &Memory<L>, from: usize, count: usize) {
        if !self.current.is_empty() {
            self.current[to..][..count].copy_from_slice(&other.current[from..][..count]);
        }
    }
}

/// Copies `count` columns of every row; where a row has so many columns, from the column given on.
pub(crate) fn copy_words<L: Copy>(
    into: &mut [L],
    (into_columns, to): (usize, usize),
    from: &[L],
    (from_columns, at): (usize, usize),
    count: usize,
) {
    if into.is_empty() {
        return;
    }
    for (into, from) in into.chunks_exact_mut(into_columns).zip(from.chunks_exact(from_columns)) {
        into[to..][..count].copy_from_slice(&from[at..][..count]);
    }
}

/// Currents of one neuron as words: accumulators, and the input words of one slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Currents {
    i_syn: [i64; MOST_ACCUMULATORS],
    input: [i64; MOST_POLARITIES],
    accumulators: usize,
    inputs: usize,
}

impl Currents {
    /// Loads column `n` of the accumulators and of an input slot, each of so many neurons.
    #[inline(always)]
    pub(crate) fn load<L: Lane>(i_syn: &[L], input: &[L], neurons: usize, n: usize) -> Self {
        let mut currents = Currents::default();
        currents.accumulators = load(&mut currents.i_syn, i_syn, neurons, n);
        currents.inputs = load(&mut currents.input, input, neurons, n);
        currents
    }

    /// Stores the accumulators as column `n`.
    #[inline(always)]
    pub(crate) fn store<L: Lane>(&self, i_syn: &mut [L], neurons: usize, n: usize) {
        store(&self.i_syn, i_syn, neurons, n);
    }

    /// Stores the input words as column `n`.
    #[inline(always)]
    pub(crate) fn store_input<L: Lane>(&self, input: &mut [L], neurons: usize, n: usize) {
        store(&self.input, input, neurons, n);
    }

    /// What a time step updates.
    #[inline(always)]
    pub(crate) fn synaptic(&mut self) -> Synaptic<'_, i64> {
        Synaptic { i_syn: &mut self.i_syn[..self.accumulators], input: &mut self.input[..self.inputs] }
    }

    /// What weights come into: the input words where there are any, else the accumulators.
    #[inline(always)]
    pub(crate) fn receivers(&mut self) -> &mut [i64] {
        if self.inputs > 0 { &mut self.input[..self.inputs] } else { &mut self.i_syn[..self.accumulators] }
    }
}

#[inline(always)]
fn load<L: Lane>(words: &mut [i64], memory: &[L], columns: usize, n: usize) -> usize {
    let mut rows = 0;
    for (word, row) in words.iter_mut().zip(memory.chunks_exact(columns)) {
        *word = row[n].into();
        rows += 1;
    }
    rows
}

#[inline(always)]
fn store<L: Lane>(words: &[i64], memory: &mut [L], columns: usize, n: usize) {
    for (&word, row) in words.iter().zip(memory.chunks_exact_mut(columns)) {
        row[n] = L::store(word);
    }
}

/// The input memory: weights that wait for their time step, slot by slot, in each the words of all neurons, polarity by polarity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Inputs<L> {
    words: Vec<L>,
    /// Words of a slot; 0 where nothing waits.
    slot_words: usize,
    slots: u32,
    /// `delay_pointer`
    pub(crate) pointer: u32,
}

impl<L: Lane> Inputs<L> {
    pub(crate) fn new(s: &Structure) -> Self {
        let slot_words = if s.synapse.is_buffered() { index(s.synapse.polarities()) * index(s.neurons) } else { 0 };
        let slots = s.synapse.delay_slots;
        Inputs { words: vec![L::default(); slot_words * index(slots)], slot_words, slots, pointer: 0 }
    }

    /// Whether weights wait.
    pub(crate) fn is_used(&self) -> bool {
        self.slot_words > 0
    }

    /// The slot of an event with this delay.
    #[inline(always)]
    pub(crate) fn slot_after(&self, delay: u32) -> u32 {
        (self.pointer + delay) & (self.slots - 1)
    }

    /// The words of a slot; none where nothing waits.
    #[inline(always)]
    pub(crate) fn slot(&self, slot: u32) -> &[L] {
        &self.words[index(slot) * self.slot_words..][..self.slot_words]
    }

    /// The words of a slot, to be written.
    #[inline(always)]
    pub(crate) fn slot_mut(&mut self, slot: u32) -> &mut [L] {
        &mut self.words[index(slot) * self.slot_words..][..self.slot_words]
    }

    /// A time step of all neurons is over: the next slot's turn.
    pub(crate) fn advance(&mut self) {
        self.pointer = self.slot_after(1);
    }

    /// The words of every slot; nothing where nothing waits.
    pub(crate) fn all_slots(&self) -> impl Iterator<Item = &[L]> {
        self.words.chunks(self.slot_words.max(1))
    }
}

/// Parameters of every neuron as words, also where the core shares one entry.
pub(crate) fn parameters(core: &Core) -> Vec<Parameters<i64>> {
    let refractory_steps = core.values().refractory_steps;
    (0..core.structure().neurons).map(|n| Parameters::new(core.parameters(n), refractory_steps)).collect()
}

/// The lanes' generators as the `INIT` state leaves them.
pub(crate) fn generators(core: &Core) -> Vec<Lfsr> {
    (0..core.structure().lanes).map(|lane| Lfsr::for_lane(core.values().lfsr_seed, lane)).collect()
}
