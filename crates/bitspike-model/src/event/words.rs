//! The words of an analogue read applied to whole memories.
//!
//! The values are those of [`crate::neuron::synaptic_operation`] and [`crate::neuron::receive`]; neurons that may fire are told,
//! for the caller to update one by one.

use super::quiet::Word;
use super::rows::RowLane;
use super::vectors::Vectors;
use crate::neuron::{Rules, StateRule};
use bitspike_spec::{Compare, Core, FireCheck, Integrate, Polarity};

/// Neurons updated together.
const BLOCK: usize = 32;

/// Widest state and input whose sums fit 32 bits.
const WIDEST: u32 = 30;

/// How words come to the states of a core.
#[derive(Clone, Debug)]
pub(super) struct Words {
    rule: StateRule,
    weight_shift: u32,
    polarity: Polarity,
    is_narrow: bool,
    has_refractory: bool,
    /// The largest state of each neuron that certainly does not fire.
    silent_up_to: Vec<i32>,
    vectors: Vectors,
}

/// What words came to, besides states.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// Sums out of range, those of loud neurons aside.
    pub(super) overflows: u64,
    /// Neurons that may fire.
    pub(super) loud: Vec<usize>,
}

impl Words {
    /// Nothing with event read, or where a neuron fires at every value.
    pub(super) fn new(core: &Core, rules: &Rules) -> Option<Self> {
        let (s, read) = (core.structure(), core.structure().array.analogue()?);
        let rule = match rules.semantics.integrate {
            Integrate::Membrane => rules.v,
            Integrate::Current => rules.i_syn,
        };
        let silent = |n| match (rules.semantics.fire_check, rules.semantics.compare) {
            (FireCheck::PerTimeStep, _) => Some(i32::MAX),
            (FireCheck::PerOperation, Compare::Ge | Compare::Eq) => {
                i32::try_from(core.parameters(n).threshold - 1).ok()
            }
            (FireCheck::PerOperation, Compare::Gt) => i32::try_from(core.parameters(n).threshold).ok(),
        };
        Some(Words {
            rule,
            weight_shift: s.weight_shift,
            polarity: s.synapse.polarity,
            is_narrow: u32::from(rule.format.bits()).max(read.read_bits() + s.weight_shift) <= WIDEST,
            has_refractory: rules.has_refractory,
            silent_up_to: (0..s.neurons).map(silent).collect::<Option<_>>()?,
            vectors: Vectors::detect(),
        })
    }

    /// Adds words to membranes; held neurons stay as they are.
    pub(super) fn add_to_membranes<L: RowLane>(
        &self,
        v: &mut [L],
        words: &[i32],
        refractory: &[u16],
        to: &mut Applied,
    ) {
        let work = Work { words: self, states: v, weights: words, refractory, applied: to };
        match self.vectors {
            Vectors::Baseline => work.membranes(),
            // SAFETY: AVX2 was detected.
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2 => unsafe { membranes_avx2(work) },
        }
    }

    /// Adds words to currents, each to that of its polarity.
    pub(super) fn add_to_currents<L: RowLane>(&self, currents: &mut [L], words: &[i32], to: &mut Applied) {
        let work = Work { words: self, states: currents, weights: words, refractory: &[], applied: to };
        match self.vectors {
            Vectors::Baseline => work.currents(),
            // SAFETY: AVX2 was detected.
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2 => unsafe { currents_avx2(work) },
        }
    }
}

struct Work<'a, L> {
    words: &'a Words,
    states: &'a mut [L],
    weights: &'a [i32],
    refractory: &'a [u16],
    applied: &'a mut Applied,
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn membranes_avx2<L: RowLane>(work: Work<L>) {
    work.membranes();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn currents_avx2<L: RowLane>(work: Work<L>) {
    work.currents();
}

impl<L: RowLane> Work<'_, L> {
    #[inline(always)]
    fn membranes(self) {
        if self.words.is_narrow { self.membranes_in::<i32>() } else { self.membranes_in::<i64>() }
    }

    #[inline(always)]
    fn currents(self) {
        if self.words.is_narrow { self.currents_in::<i32>() } else { self.currents_in::<i64>() }
    }

    #[inline(always)]
    fn membranes_in<W: Word>(self) {
        let Work { words, states, weights, refractory, applied } = self;
        let blocks = states.chunks_mut(BLOCK).zip(weights.chunks(BLOCK)).zip(refractory.chunks(BLOCK));
        for ((first, silent), ((states, weights), refractory)) in
            (0..).step_by(BLOCK).zip(words.silent_up_to.chunks(BLOCK)).zip(blocks)
        {
            let mut block = Block { weights: [0; BLOCK], outside: [0; BLOCK], loud: [0; BLOCK] };
            block.weights[..states.len()].copy_from_slice(&weights[..states.len()]);
            if words.has_refractory {
                block.hold(refractory);
            }
            block.add::<L, W>(states, words);
            block.listen(states, silent);
            if words.has_refractory {
                block.silence(refractory);
            }
            block.report(first, applied);
        }
    }

    #[inline(always)]
    fn currents_in<W: Word>(self) {
        let Work { words, states, weights, applied, .. } = self;
        let neurons = words.silent_up_to.len();
        for (q, states) in states.chunks_exact_mut(neurons).enumerate() {
            for (states, weights) in states.chunks_mut(BLOCK).zip(weights.chunks(BLOCK)) {
                let mut block = Block { weights: [0; BLOCK], outside: [0; BLOCK], loud: [0; BLOCK] };
                block.weights[..states.len()].copy_from_slice(&weights[..states.len()]);
                block.keep(words.polarity, q);
                block.add::<L, W>(states, words);
                block.report(0, applied);
            }
        }
    }
}

/// Words of some neurons, and what came of them: 1 where it is so.
struct Block {
    weights: [i32; BLOCK],
    outside: [i32; BLOCK],
    loud: [i32; BLOCK],
}

impl Block {
    /// Held neurons get nothing.
    #[inline(always)]
    fn hold(&mut self, refractory: &[u16]) {
        for (weight, &refractory) in self.weights.iter_mut().zip(refractory) {
            *weight = if refractory == 0 { *weight } else { 0 };
        }
    }

    /// The words that go to the current of a polarity: 0 changes nothing.
    #[inline(always)]
    fn keep(&mut self, polarity: Polarity, q: usize) {
        for weight in &mut self.weights {
            *weight = match (polarity, q) {
                (Polarity::Signed, _) => *weight,
                (Polarity::Split, 0) => (*weight).max(0),
                (Polarity::Split, _) => (*weight).min(0),
            };
        }
    }

    #[inline(always)]
    fn add<L: RowLane, W: Word>(&mut self, states: &mut [L], words: &Words) {
        let (rule, by) = (words.rule, W::constant(words.weight_shift.into()));
        for ((state, &weight), outside) in states.iter_mut().zip(&self.weights).zip(&mut self.outside) {
            let sum = W::from(state.word()).add(&W::from(weight).shift_left(&by));
            let (fitted, is_outside) = rule.fit(&sum);
            *state = L::low(fitted.low());
            *outside = i32::from(is_outside);
        }
    }

    /// Who may fire.
    #[inline(always)]
    fn listen<L: RowLane>(&mut self, states: &[L], silent_up_to: &[i32]) {
        for ((loud, state), &silent) in self.loud.iter_mut().zip(states).zip(silent_up_to) {
            *loud = i32::from(state.word() > silent);
        }
    }

    #[inline(always)]
    fn silence(&mut self, refractory: &[u16]) {
        for (loud, &refractory) in self.loud.iter_mut().zip(refractory) {
            *loud = if refractory == 0 { *loud } else { 0 };
        }
    }

    #[inline(always)]
    fn report(&self, first: usize, applied: &mut Applied) {
        let (mut outside, mut loud) = (0, 0);
        for lane in 0..BLOCK {
            outside += self.outside[lane] & !self.loud[lane];
            loud |= self.loud[lane];
        }
        applied.overflows += u64::from(outside.unsigned_abs());
        if loud != 0 {
            let lanes = self.loud.iter().enumerate().filter(|&(_, &loud)| loud != 0);
            applied.loud.extend(lanes.map(|(lane, _)| first + lane));
        }
    }
}
