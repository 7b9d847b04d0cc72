//! The pipeline: a group is computed when it is issued, and written when it comes out of S1.
//!
//! The RTL reads its memories at the end of the issue and computes in the next cycle or cycles (S1). Nothing can be seen between
//! the two: the RTL forwards results that are still on their way to an event that needs them, so the model computes at the issue and lets the result travel through S1 and S2.

use super::{Control, Fixed, LaneSpikes, Machine, ReadState, StoredEvent};
use crate::cast::{Lane, count, index, refractory_bits, spike_count};
use crate::memory::{Currents, Inputs, Memory, copy_words};
use crate::neuron::{
    ModelUnit, NeuronState, Parameters, Random, Rules, StepWord, Synaptic, Unit, Update, receive, synaptic_operation,
    time_step,
};
use bitspike_spec::fx::{Lfsr, Overflow};
use bitspike_spec::{Compare, Core, EventKind, FireCheck, Structure};

/// The lanes an event updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mask {
    /// Every lane.
    All,
    /// One lane.
    One(u32),
}

/// A group on its way to the state memories.
#[derive(Clone, Debug)]
pub(crate) struct Stage<L> {
    pub(crate) valid: bool,
    /// Cycles left in S1, the present one included.
    pub(crate) cycles: u32,
    pub(crate) group: u32,
    pub(crate) kind: EventKind,
    pub(crate) mask: Mask,
    pub(crate) state: Memory<L>,
    /// The word of the input memory and its slot.
    pub(crate) input: Vec<L>,
    pub(crate) slot: u32,
    /// Emitted spikes of each lane.
    pub(crate) spikes: Vec<u32>,
    pub(crate) any_spike: bool,
    pub(crate) v_overflows: u32,
    pub(crate) u_overflows: u32,
    pub(crate) i_syn_overflows: u32,
    /// Conversions of an analogue read that gave the lowest or the highest code.
    at_limit: u32,
    /// State and counters were brought up to date ahead of time; only spikes are left to push.
    pub(crate) is_settled: bool,
    /// Time step of a settled write.
    pub(crate) time_step: u64,
}

impl<L: Lane> Stage<L> {
    pub(crate) fn new(s: &Structure) -> Self {
        let lanes = index(s.lanes);
        let inputs = if s.synapse.is_buffered() { index(s.synapse.polarities()) } else { 0 };
        Stage {
            valid: false,
            cycles: 1,
            group: 0,
            kind: EventKind::WordLine,
            mask: Mask::All,
            state: Memory::new(s, s.lanes),
            input: vec![L::default(); inputs * lanes],
            slot: 0,
            spikes: vec![0; lanes],
            any_spike: false,
            v_overflows: 0,
            u_overflows: 0,
            i_syn_overflows: 0,
            at_limit: 0,
            is_settled: false,
            time_step: 0,
        }
    }

    fn begin(&mut self, group: u32, kind: EventKind, mask: Mask) {
        self.valid = true;
        self.is_settled = false;
        self.any_spike = false;
        (self.group, self.kind, self.mask) = (group, kind, mask);
        (self.v_overflows, self.u_overflows, self.i_syn_overflows) = (0, 0, 0);
        if mask != Mask::All {
            self.spikes.fill(0);
        }
    }

    fn lanes(&self) -> usize {
        self.spikes.len()
    }

    /// Puts the result of one lane.
    #[inline(always)]
    fn put(&mut self, lane: usize, update: &Update<i64>) {
        self.state.put(lane, &update.state);
        self.note(lane, update);
    }

    /// Notes spikes and overflows of one lane.
    #[inline(always)]
    fn note(&mut self, lane: usize, update: &Update<i64>) {
        self.spikes[lane] = spike_count(update.emitted);
        self.any_spike |= update.emitted != 0;
        self.v_overflows += u32::from(update.v_overflow);
        self.u_overflows += u32::from(update.u_overflow);
        self.i_syn_overflows += u32::from(update.i_syn_overflow);
    }

    /// Puts the result of one lane after a time step.
    #[inline(always)]
    fn put_step(&mut self, lane: usize, update: &Update<i64>, currents: &Currents) {
        self.state.put_step(lane, update, currents);
        self.note(lane, update);
        currents.store_input(&mut self.input, self.spikes.len(), lane);
    }

    /// Loads the group as the memories hold it.
    fn load(&mut self, memory: &Memory<L>, inputs: &Inputs<L>, first: usize) {
        let (lanes, neurons) = (self.lanes(), memory.v.len());
        self.state.copy_states(0, memory, first, lanes);
        self.state.copy_current(0, memory, first, lanes);
        copy_words(&mut self.input, (lanes, 0), inputs.slot(self.slot), (neurons, first), lanes);
    }

    /// Loads the recovery alone, which a row of weights for the membrane leaves as it is.
    fn copy_recovery(&mut self, memory: &Memory<L>, first: usize) {
        if !memory.u.is_empty() {
            let lanes = self.lanes();
            self.state.u.copy_from_slice(&memory.u[first..][..lanes]);
        }
    }

    /// Adds a weight to the current of one lane of a loaded group.
    #[inline(always)]
    fn receive(&mut self, lane: usize, weight: i64, rules: &Rules) {
        let lanes = self.lanes();
        let memory = if self.input.is_empty() { &mut self.state.i_syn } else { &mut self.input };
        let mut currents = Currents::load(memory, &[], lanes, lane);
        self.i_syn_overflows += u32::from(receive(currents.receivers(), &weight, rules));
        currents.store(memory, lanes, lane);
    }

    /// Applies a weight to each lane of the group.
    fn apply<W: Copy + Into<i64>>(&mut self, weights: &[W], memories: (&Memory<L>, &Inputs<L>), fixed: &Fixed) {
        let ((memory, inputs), first) = (memories, index(self.group) * self.lanes());
        if fixed.has_currents() {
            self.spikes.fill(0);
            self.load(memory, inputs, first);
            let lanes = weights.iter().enumerate();
            return lanes.for_each(|(lane, &weight)| self.receive(lane, weight.into(), &fixed.rules));
        }
        self.copy_recovery(memory, first);
        self.fill(memory, &fixed.parameters, first, |lane, state, p| {
            synaptic_operation(state, &weights[lane].into(), p, &fixed.rules)
        });
    }

    /// Puts the result of every lane of a core without recovery and currents; `update` gets the lane, its state and its parameters.
    #[inline(always)]
    fn fill(
        &mut self,
        memory: &Memory<L>,
        parameters: &[Parameters<i64>],
        first: usize,
        mut update: impl FnMut(usize, &NeuronState<i64>, &Parameters<i64>) -> Update<i64>,
    ) {
        let lanes = self.lanes();
        let old = memory.v[first..][..lanes].iter().zip(&memory.refractory[first..]);
        let new = self.state.v.iter_mut().zip(&mut self.state.refractory).zip(&mut self.spikes);
        let (mut v_overflows, mut emitted) = (0, 0);
        let lanes = old.zip(new).zip(&parameters[first..]).enumerate();
        for (lane, (((&v, &refractory), new), p)) in lanes {
            let state = NeuronState { v: v.into(), u: 0, refractory: i64::from(refractory) };
            let update = update(lane, &state, p);
            let ((v, refractory), spikes) = new;
            *v = L::store(update.state.v);
            *refractory = refractory_bits(update.state.refractory);
            *spikes = spike_count(update.emitted);
            emitted |= *spikes;
            v_overflows += u32::from(update.v_overflow);
        }
        self.any_spike = emitted != 0;
        self.v_overflows = v_overflows;
    }

    /// Spikes of the group, lowest lane first.
    pub(crate) fn lane_spikes(&self) -> impl Iterator<Item = LaneSpikes> + '_ {
        let first = self.group * count(self.spikes.len());
        self.spikes
            .iter()
            .enumerate()
            .filter(|&(_, &n)| n > 0)
            .map(move |(lane, &n)| LaneSpikes { neuron: first + count(lane), count: n })
    }
}

/// Rows added to membrane potentials of neurons that do not fire, in 32 bits.
#[derive(Clone, Debug)]
pub(crate) struct QuietRows {
    weight_shift: u32,
    range: (i32, i32),
    overflow: Overflow,
    /// The largest membrane potential of each neuron that certainly does not fire.
    silent_up_to: Vec<i32>,
}

impl QuietRows {
    /// Nothing when rows do not go to the membrane, neurons may be held, or a sum may need more than 32 bits.
    pub(crate) fn new(core: &Core, rules: &Rules) -> Option<Self> {
        let s = core.structure();
        let fits = s.v_bits <= 30 && s.weight_bits + s.weight_shift <= 30;
        if rules.accumulators > 0 || rules.has_refractory || !fits {
            return None;
        }
        let half = 1_i32 << (s.v_bits - 1);
        let silent = |n| match (rules.semantics.fire_check, rules.semantics.compare) {
            (FireCheck::PerTimeStep, _) => Some(i32::MAX),
            (FireCheck::PerOperation, Compare::Ge | Compare::Eq) => {
                i32::try_from(core.parameters(n).threshold - 1).ok()
            }
            (FireCheck::PerOperation, Compare::Gt) => i32::try_from(core.parameters(n).threshold).ok(),
        };
        Some(QuietRows {
            weight_shift: s.weight_shift,
            range: (-half, half - 1),
            overflow: rules.semantics.v_overflow,
            silent_up_to: (0..s.neurons).map(silent).collect::<Option<_>>()?,
        })
    }

    /// Puts the sums into the stage and tells whether no neuron may fire; if one may, the stage is of no use.
    fn add<L: Lane>(&self, s1: &mut Stage<L>, v: &[L], weights: &[i16], first: usize) -> bool {
        let silent = &self.silent_up_to[first..first + v.len()];
        s1.spikes.fill(0);
        let (outside, may_fire) = match self.overflow {
            Overflow::Saturate => {
                self.add_with(&mut s1.state.v, v, weights, silent, |x, (least, most)| x.max(least).min(most))
            }
            Overflow::Wrap => self.add_with(&mut s1.state.v, v, weights, silent, |x, (least, most)| {
                ((x - least) & (most - least)) + least
            }),
        };
        s1.v_overflows = outside;
        !may_fire
    }

    #[inline(always)]
    fn add_with<L: Lane>(
        &self,
        sums: &mut [L],
        v: &[L],
        weights: &[i16],
        silent: &[i32],
        fit: impl Fn(i32, (i32, i32)) -> i32,
    ) -> (u32, bool) {
        let (mut outside, mut may_fire) = (0, 0);
        for (((sum, &v), &weight), &silent) in sums.iter_mut().zip(v).zip(weights).zip(silent) {
            let x = v.word() + (i32::from(weight) << self.weight_shift);
            let fitted = fit(x, self.range);
            outside += u32::from(fitted != x);
            may_fire |= u32::from(fitted > silent);
            *sum = L::low(fitted);
        }
        (outside, may_fire != 0)
    }
}

/// The word of one lane, drawn from its generator.
#[inline(always)]
pub(crate) fn draw(generator: &mut Lfsr) -> Random<i64> {
    Random(generator.next().into())
}

/// Every lane draws; the word of one is handed on.
pub(crate) fn draw_all(generators: &mut [Lfsr], lane: usize) -> Random<i64> {
    let mut drawn = Random::default();
    for (index, generator) in generators.iter_mut().enumerate() {
        let random = draw(generator);
        if index == lane {
            drawn = random;
        }
    }
    drawn
}

impl<L: Lane> Machine<'_, L> {
    /// S2 writes back and counts; S1 becomes S2 after its last cycle, and the group issued becomes S1.
    #[inline]
    pub(super) fn advance_pipeline(&mut self, issue: Option<u32>) {
        if self.s1.valid && self.s1.cycles > 1 {
            self.s1.cycles -= 1;
            self.s2.valid = false;
            self.s2.any_spike = false;
            return;
        }
        std::mem::swap(&mut self.s1, &mut self.s2);
        self.s1.valid = false;
        self.s1.any_spike = false;
        if let (Some(group), Control::Run { event, .. }) = (issue, self.control) {
            self.compute(event, group);
        }
    }

    /// Brings the state of a group that is still on its way, one cycle before its write, to where the issue reads it.
    fn forward(&mut self, group: u32) {
        if self.s2.valid && !self.s2.is_settled && self.s2.group == group {
            write_back(&mut self.memory, &mut self.inputs, &self.s2);
        }
    }

    fn compute(&mut self, event: StoredEvent, group: u32) {
        if self.read_state() != ReadState::None {
            return self.compute_read(group);
        }
        if event.kind.is_single() {
            self.forward(group);
        }
        self.s1.cycles = self.fixed.structure.s1_cycles(event.kind);
        self.s1.slot = self.inputs.slot_after(self.fixed.delay(event));
        match event.kind {
            EventKind::WordLine => self.compute_row(self.fixed.word_line(event), group),
            EventKind::TimeStep => self.compute_time_step(group),
            EventKind::Inject | EventKind::TimeStepOne => self.compute_one(event, group),
        }
    }

    fn compute_row(&mut self, word_line: u32, group: u32) {
        let Machine { fixed, memory, s1, .. } = self;
        let (lanes, first) = (s1.lanes(), index(group) * s1.lanes());
        let weights = &fixed.weights(self.epoch, word_line)[first..first + lanes];
        s1.begin(group, EventKind::WordLine, Mask::All);
        if let Some(quiet) = &fixed.quiet_rows {
            s1.copy_recovery(memory, first);
            if quiet.add(s1, &memory.v[first..first + lanes], weights, first) {
                return;
            }
        }
        s1.apply(weights, (memory, &self.inputs), fixed);
    }

    fn compute_read(&mut self, group: u32) {
        let Machine { fixed, memory, inputs, s1, .. } = self;
        let Some(reader) = &self.reader else { return };
        let (lanes, first) = (s1.lanes(), index(group) * s1.lanes());
        s1.cycles = 1;
        s1.slot = inputs.slot_after(0);
        s1.begin(group, EventKind::WordLine, Mask::All);
        s1.at_limit = reader.at_limit(group);
        s1.apply(&reader.sample.words[first..first + lanes], (memory, inputs), fixed);
    }

    fn compute_time_step(&mut self, group: u32) {
        let Machine { fixed, memory, inputs, generators, s1, .. } = self;
        let (neurons, first) = (memory.v.len(), index(group) * s1.lanes());
        s1.begin(group, EventKind::TimeStep, Mask::All);
        if !fixed.has_currents() && fixed.izhikevich.is_none() {
            let Fixed { rules, synapse, .. } = fixed;
            return s1.fill(memory, &fixed.parameters, first, |lane, state, parameters| {
                let unit = Unit { rules, parameters, synapse, model: ModelUnit::Lif };
                time_step(state, no_currents(), &unit, &draw(&mut generators[lane]))
            });
        }
        for (lane, generator) in generators.iter_mut().enumerate() {
            let n = first + lane;
            let mut currents = Currents::load(&memory.i_syn, inputs.slot(s1.slot), neurons, n);
            let random = draw(generator);
            let update = time_step(&memory.state(n), currents.synaptic(), &fixed.unit(n), &random);
            s1.put_step(lane, &update, &currents);
        }
    }

    fn compute_one(&mut self, event: StoredEvent, group: u32) {
        let Machine { fixed, memory, inputs, generators, s1, .. } = self;
        let (lanes, neurons, n) = (s1.lanes(), memory.v.len(), index(fixed.neuron(event)));
        let lane = n % lanes;
        s1.begin(group, event.kind, Mask::One(count(lane)));
        s1.load(memory, inputs, n - lane);
        if event.kind.is_time_step() {
            let random = draw_all(generators, lane);
            let mut currents = Currents::load(&memory.i_syn, inputs.slot(s1.slot), neurons, n);
            let update = time_step(&memory.state(n), currents.synaptic(), &fixed.unit(n), &random);
            return s1.put_step(lane, &update, &currents);
        }
        let weight = fixed.weight(event);
        if fixed.has_currents() {
            return s1.receive(lane, weight, &fixed.rules);
        }
        s1.put(lane, &synaptic_operation(&memory.state(n), &weight, &fixed.parameters[n], &fixed.rules));
    }

    /// S2: writes state, adds to the counters, pushes spikes.
    #[inline]
    pub(super) fn retire(&mut self) {
        if !self.s2.valid {
            return;
        }
        self.settle_stage(0);
        if self.s2.any_spike {
            self.output.push(self.s2.lane_spikes(), self.s2.time_step);
        }
    }

    /// Writes and counts the group that comes to S2 in `ahead` cycles, 0 or 1, once; its spikes stay with it.
    pub(crate) fn settle_stage(&mut self, ahead: u32) -> &Stage<L> {
        let stage = if ahead == 0 { &mut self.s2 } else { &mut self.s1 };
        if stage.valid && !stage.is_settled {
            stage.is_settled = true;
            stage.time_step = self.counters.time_steps;
            write_back(&mut self.memory, &mut self.inputs, stage);
            self.count_written(ahead);
        }
        if ahead == 0 { &self.s2 } else { &self.s1 }
    }

    /// Puts a settled group, or none, where it comes to S2 in `ahead` cycles, with its spikes.
    pub(crate) fn place_stage(
        &mut self,
        ahead: u32,
        group: Option<u32>,
        spikes: impl Iterator<Item = (LaneSpikes, u64)>,
    ) {
        let stage = if ahead == 0 { &mut self.s2 } else { &mut self.s1 };
        stage.cycles = 1;
        stage.valid = group.is_some();
        stage.is_settled = true;
        stage.any_spike = false;
        stage.spikes.fill(0);
        stage.group = group.unwrap_or(0);
        for (lane, time_step) in spikes {
            stage.any_spike = true;
            stage.time_step = time_step;
            stage.spikes[index(lane.neuron % self.fixed.structure.lanes)] = lane.count;
        }
    }

    fn count_written(&mut self, ahead: u32) {
        let stage = if ahead == 0 { &self.s2 } else { &self.s1 };
        self.counters.v_overflows += u64::from(stage.v_overflows);
        self.counters.u_overflows += u64::from(stage.u_overflows);
        self.counters.i_syn_overflows += u64::from(stage.i_syn_overflows);
        match stage.kind {
            EventKind::WordLine if self.reader.is_some() => {
                self.counters.conversions_at_limit += u64::from(stage.at_limit);
            }
            EventKind::WordLine => self.counters.synaptic_ops += u64::from(self.fixed.structure.lanes),
            EventKind::Inject => self.counters.synaptic_ops += 1,
            EventKind::TimeStep => {
                self.counters.time_steps += u64::from(stage.group + 1 == self.fixed.groups);
            }
            EventKind::TimeStepOne => {}
        }
    }
}

/// What a time step of a core without currents updates besides the neuron.
#[inline(always)]
fn no_currents<'a, W: StepWord>() -> Synaptic<'a, W> {
    Synaptic { i_syn: &mut [], input: &mut [] }
}

fn write_back<L: Lane>(memory: &mut Memory<L>, inputs: &mut Inputs<L>, stage: &Stage<L>) {
    let (lanes, neurons, first) = (stage.lanes(), memory.v.len(), index(stage.group) * stage.lanes());
    memory.copy_states(first, &stage.state, 0, lanes);
    copy_words(inputs.slot_mut(stage.slot), (neurons, first), &stage.input, (lanes, 0), lanes);
    if stage.kind.is_time_step() {
        memory.copy_current(first, &stage.state, 0, lanes);
    }
}
