//! The pipeline: a group is computed when it is issued, and written two cycles later.
//!
//! The RTL reads its memories at the end of the issue and computes in the next cycle (S1). Nothing can be seen between
//! the two: the RTL forwards results that are still on their way to an event that needs them, so the model computes at the issue and lets the result travel through S1 and S2.

use super::{Control, Fixed, LaneSpikes, Machine, StoredEvent};
use crate::cast::{Lane, count, index, refractory_bits, sign_extend, spike_count};
use crate::memory::Memory;
use crate::neuron::{NeuronState, Parameters, Randoms, Rules, Update, synaptic_operation, time_step};
use bitspike_spec::fx::{Lfsr, Overflow};
use bitspike_spec::{Compare, Core, EventKind, FireCheck};

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
    pub(crate) group: u32,
    pub(crate) kind: EventKind,
    pub(crate) mask: Mask,
    pub(crate) v: Vec<L>,
    pub(crate) i_syn: Vec<L>,
    pub(crate) refractory: Vec<u16>,
    /// Emitted spikes of each lane.
    pub(crate) spikes: Vec<u32>,
    pub(crate) any_spike: bool,
    pub(crate) v_overflows: u32,
    pub(crate) i_syn_overflows: u32,
    /// State and counters were brought up to date ahead of time; only spikes are left to push.
    pub(crate) is_settled: bool,
    /// Time step of a settled write.
    pub(crate) time_step: u64,
}

impl<L: Lane> Stage<L> {
    pub(crate) fn new(lanes: u32) -> Self {
        let lanes = index(lanes);
        Stage {
            valid: false,
            group: 0,
            kind: EventKind::WordLine,
            mask: Mask::All,
            v: vec![L::default(); lanes],
            i_syn: vec![L::default(); lanes],
            refractory: vec![0; lanes],
            spikes: vec![0; lanes],
            any_spike: false,
            v_overflows: 0,
            i_syn_overflows: 0,
            is_settled: false,
            time_step: 0,
        }
    }

    fn begin(&mut self, group: u32, kind: EventKind, mask: Mask) {
        self.valid = true;
        self.is_settled = false;
        self.any_spike = false;
        (self.group, self.kind, self.mask) = (group, kind, mask);
        (self.v_overflows, self.i_syn_overflows) = (0, 0);
        if mask != Mask::All {
            self.spikes.fill(0);
        }
    }

    #[inline(always)]
    fn put(&mut self, lane: usize, update: &Update<i64>) {
        self.v[lane] = L::store(update.state.v);
        self.i_syn[lane] = L::store(update.state.i_syn);
        self.refractory[lane] = refractory_bits(update.state.refractory);
        self.spikes[lane] = spike_count(update.emitted);
        self.any_spike |= update.emitted != 0;
        self.v_overflows += u32::from(update.v_overflow);
        self.i_syn_overflows += u32::from(update.i_syn_overflow);
    }

    fn copy_from(&mut self, memory: &Memory<L>, first: usize) {
        let lanes = self.v.len();
        self.v.copy_from_slice(&memory.v[first..first + lanes]);
        self.i_syn.copy_from_slice(&memory.i_syn[first..first + lanes]);
        self.refractory.copy_from_slice(&memory.refractory[first..first + lanes]);
    }

    /// Puts the result of every lane; `update` gets the lane, its state and its parameters.
    #[inline(always)]
    fn fill(
        &mut self,
        memory: &Memory<L>,
        parameters: &[Parameters<i64>],
        first: usize,
        mut update: impl FnMut(usize, &NeuronState<i64>, &Parameters<i64>) -> Update<i64>,
    ) {
        let lanes = self.v.len();
        let old = memory.v[first..][..lanes].iter().zip(&memory.i_syn[first..]).zip(&memory.refractory[first..]);
        let new = self.v.iter_mut().zip(&mut self.i_syn).zip(&mut self.refractory).zip(&mut self.spikes);
        let (mut v_overflows, mut i_syn_overflows, mut emitted) = (0, 0, 0);
        let lanes = old.zip(new).zip(&parameters[first..]).enumerate();
        for (lane, ((old, new), p)) in lanes {
            let ((&v, &i_syn), &refractory) = old;
            let state = NeuronState { v: v.into(), i_syn: i_syn.into(), refractory: i64::from(refractory) };
            let update = update(lane, &state, p);
            let (((v, i_syn), refractory), spikes) = new;
            *v = L::store(update.state.v);
            *i_syn = L::store(update.state.i_syn);
            *refractory = refractory_bits(update.state.refractory);
            *spikes = spike_count(update.emitted);
            emitted |= *spikes;
            v_overflows += u32::from(update.v_overflow);
            i_syn_overflows += u32::from(update.i_syn_overflow);
        }
        self.any_spike = emitted != 0;
        (self.v_overflows, self.i_syn_overflows) = (v_overflows, i_syn_overflows);
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
        if rules.has_i_syn || rules.has_refractory || !fits {
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
                self.add_with(&mut s1.v, v, weights, silent, |x, (least, most)| x.max(least).min(most))
            }
            Overflow::Wrap => {
                self.add_with(&mut s1.v, v, weights, silent, |x, (least, most)| ((x - least) & (most - least)) + least)
            }
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

/// Random words of one lane, drawn from its generator.
#[inline(always)]
pub(crate) fn draw(generator: &mut Lfsr) -> Randoms<i64> {
    let word = generator.next();
    Randoms { leak: i64::from(word & 0xFFFF), decay: i64::from(word >> 16) }
}

impl<L: Lane> Machine<L> {
    /// S2 writes back and counts, S1 becomes S2, the group issued becomes S1.
    #[inline]
    pub(super) fn advance_pipeline(&mut self, issue: Option<u32>) {
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
            write_back(&mut self.memory, &self.s2);
        }
    }

    fn compute(&mut self, event: StoredEvent, group: u32) {
        if event.kind.is_single() {
            self.forward(group);
        }
        let Machine { fixed, memory, generators, s1, .. } = self;
        let first = index(group) * index(fixed.structure.lanes);
        match event.kind {
            EventKind::WordLine => compute_row(s1, fixed, memory, event.payload, group),
            EventKind::TimeStep => {
                let rules = fixed.rules;
                s1.begin(group, event.kind, Mask::All);
                s1.fill(memory, &fixed.parameters, first, |lane, state, p| {
                    time_step(state, p, &draw(&mut generators[lane]), &rules)
                });
            }
            EventKind::Inject => {
                let weight = sign_extend(event.payload >> fixed.structure.neuron_bits(), fixed.structure.weight_bits);
                compute_one(s1, fixed, memory, event, |state, p, rules| {
                    synaptic_operation(state, &i64::from(weight), p, rules)
                });
            }
            EventKind::TimeStepOne => {
                let lane = index(fixed.neuron(event) % fixed.structure.lanes);
                let randoms = draw_all(generators, lane);
                compute_one(s1, fixed, memory, event, |state, p, rules| time_step(state, p, &randoms, rules));
            }
        }
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
            write_back(&mut self.memory, stage);
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
        self.counters.i_syn_overflows += u64::from(stage.i_syn_overflows);
        match stage.kind {
            EventKind::WordLine => self.counters.synaptic_ops += u64::from(self.fixed.structure.lanes),
            EventKind::Inject => self.counters.synaptic_ops += 1,
            EventKind::TimeStep => {
                self.counters.time_steps += u64::from(stage.group + 1 == self.fixed.groups);
            }
            EventKind::TimeStepOne => {}
        }
    }
}

fn compute_row<L: Lane>(s1: &mut Stage<L>, fixed: &Fixed, memory: &Memory<L>, word_line: u32, group: u32) {
    let lanes = index(fixed.structure.lanes);
    let first = index(group) * lanes;
    let weights = &fixed.core.values().image.row(word_line)[first..first + lanes];
    let rules = fixed.rules;
    s1.begin(group, EventKind::WordLine, Mask::All);
    if let Some(quiet) = &fixed.quiet_rows
        && quiet.add(s1, &memory.v[first..first + lanes], weights, first)
    {
        return;
    }
    s1.fill(memory, &fixed.parameters, first, |lane, state, p| {
        synaptic_operation(state, &i64::from(weights[lane]), p, &rules)
    });
}

fn compute_one<L: Lane>(
    s1: &mut Stage<L>,
    fixed: &Fixed,
    memory: &Memory<L>,
    event: StoredEvent,
    update: impl Fn(&NeuronState<i64>, &Parameters<i64>, &Rules) -> Update<i64>,
) {
    let (neuron, lanes) = (fixed.neuron(event), fixed.structure.lanes);
    let (group, lane) = (neuron / lanes, neuron % lanes);
    s1.begin(group, event.kind, Mask::One(lane));
    s1.copy_from(memory, index(neuron - lane));
    let n = index(neuron);
    s1.put(index(lane), &update(&memory.state(n), &fixed.parameters[n], &fixed.rules));
}

/// Every lane draws; the words of one are handed on.
fn draw_all(generators: &mut [Lfsr], lane: usize) -> Randoms<i64> {
    let mut drawn = Randoms::default();
    for (index, generator) in generators.iter_mut().enumerate() {
        let randoms = draw(generator);
        if index == lane {
            drawn = randoms;
        }
    }
    drawn
}

fn write_back<L: Lane>(memory: &mut Memory<L>, stage: &Stage<L>) {
    let (first, lanes) = (index(stage.group) * stage.v.len(), stage.v.len());
    memory.v[first..first + lanes].copy_from_slice(&stage.v);
    memory.i_syn[first..first + lanes].copy_from_slice(&stage.i_syn);
    memory.refractory[first..first + lanes].copy_from_slice(&stage.refractory);
}
