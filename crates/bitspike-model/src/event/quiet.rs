//! Time steps of `lif` neurons that neither fire nor leave their range, many at a time.
//!
//! The values are those of [`crate::neuron::time_step`], by the same [`reduce`]; every other neuron is told, for the caller
//! to step. States and currents pass in blocks through 32-bit arrays of their own, so that loops over them vectorise;
//! products, and sums where need be, have 64 bits.

mod block;

use super::rows::RowLane;
use super::vectors::Vectors;
use crate::cast::index;
use crate::memory::{Inputs, Memory};
use crate::neuron::{MOST_ACCUMULATORS, MOST_POLARITIES, Rules, StateRule};
use bitspike_spec::fx::Rounding;
use bitspike_spec::{Clamp, Compare, Core, NeuronModel, Order, Reduce, ReduceForm, Synapse};
pub(super) use block::Word;
use block::{BLOCK, Block, Currents};

/// Widest state, and widest factor of a multiplication, whose products all fit 32 bits.
const WIDEST_STATE: u32 = 16;
const WIDEST_FACTOR: u32 = 14;
const WIDEST_AMOUNT: i64 = 1 << 24;

/// Widest terms of a sum that fits 32 bits: of a state, the summed current and the bias.
const WIDEST_TERM: u32 = 29;

/// How wide the words are that a step needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Words {
    /// 32 bits do.
    Narrow,
    /// Products need 64 bits.
    WideProducts,
    /// Sums too.
    Wide,
}

/// What a time step needs of every neuron.
#[derive(Clone, Debug)]
pub(super) struct QuietSteps {
    leak: Reduce,
    decay: Reduce,
    order: Order,
    synapse: Synapse,
    accumulators: usize,
    has_refractory: bool,
    v: StateRule,
    v_range: (i64, i64),
    i_syn_range: (i64, i64),
    words: Words,
    i_syn_decay: Vec<i32>,
    gain: Vec<[i64; 2]>,
    /// Amount of the leak, bias, largest sum that certainly does not fire; of whole blocks.
    amount: Vec<i32>,
    bias: Vec<i32>,
    silent_up_to: Vec<i32>,
    vectors: Vectors,
}

impl QuietSteps {
    /// Nothing when neurons are of another model, or a time step draws random numbers or can leave a range by its leak or decay.
    pub(super) fn new(core: &Core, rules: &Rules) -> Option<Self> {
        let s = core.structure();
        let neurons = || (0..s.neurons).map(|n| core.parameters(n));
        let (leak, decay) = (rules.semantics.leak, rules.semantics.decay);
        let rounds_currents = s.synapse != Synapse::DIRECT;
        let fits = matches!(s.model, NeuronModel::Lif)
            && is_quiet(&leak)
            && (s.accumulators() == 0 || is_quiet(&decay))
            && !(rounds_currents && decay.rounding == Rounding::Stochastic);
        if !fits {
            return None;
        }
        let word = |value: i64| i32::try_from(value).ok();
        let silent = |threshold: i64| match rules.semantics.compare {
            Compare::Ge | Compare::Eq => word(threshold - 1),
            Compare::Gt => word(threshold),
        };
        let range = |bits: u32| (-(1_i64 << bits.max(1) >> 1), (1_i64 << bits.max(1) >> 1) - 1);
        Some(QuietSteps {
            leak,
            decay,
            order: rules.semantics.order,
            synapse: s.synapse,
            accumulators: index(s.accumulators()),
            has_refractory: rules.has_refractory,
            v: rules.v,
            v_range: range(s.v_bits),
            i_syn_range: range(s.i_syn_bits),
            words: words(core),
            i_syn_decay: core.values().i_syn_decay.iter().map(|&amount| word(amount)).collect::<Option<_>>()?,
            gain: core.values().gain.clone(),
            amount: padded(neurons().map(|neuron| word(neuron.leak)))?,
            bias: padded(neurons().map(|neuron| word(neuron.bias)))?,
            silent_up_to: padded(neurons().map(|neuron| silent(neuron.threshold)))?,
            vectors: Vectors::detect(),
        })
    }

    /// Polarities of the currents.
    fn polarities(&self) -> usize {
        index(self.synapse.polarities())
    }

    /// Steps the quiet neurons to `after`; `loud` gets the others.
    pub(super) fn step<L: RowLane>(
        &self,
        (before, inputs): (&Memory<L>, &Inputs<L>),
        after: &mut Memory<L>,
        loud: &mut Vec<usize>,
    ) {
        loud.clear();
        let step = Step { steps: self, before, input: inputs.slot(inputs.pointer), after, loud };
        match self.vectors {
            Vectors::Baseline => step.run(),
            // SAFETY: AVX2 was detected.
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2 => unsafe { run_avx2(step) },
        }
    }
}

/// Whole blocks of a parameter.
fn padded(values: impl Iterator<Item = Option<i32>>) -> Option<Vec<i32>> {
    let mut values: Vec<i32> = values.collect::<Option<_>>()?;
    values.resize(values.len().next_multiple_of(BLOCK), 0);
    Some(values)
}

/// Whether a leak or decay draws no random numbers and cannot leave the range.
fn is_quiet(reduce: &Reduce) -> bool {
    match reduce.form {
        ReduceForm::None | ReduceForm::Clear => true,
        ReduceForm::Subtract => reduce.clamp == Clamp::Zero,
        ReduceForm::Shift | ReduceForm::Multiply => reduce.rounding != Rounding::Stochastic,
    }
}

fn words(core: &Core) -> Words {
    let s = core.structure();
    let leak = s.semantics.leak;
    let has_narrow_leak = match leak.form {
        ReduceForm::None | ReduceForm::Clear => true,
        ReduceForm::Subtract => core.values().neurons.iter().all(|neuron| neuron.leak <= WIDEST_AMOUNT),
        ReduceForm::Shift => leak.rounding == Rounding::Floor,
        ReduceForm::Multiply => leak.bits <= WIDEST_FACTOR,
    };
    let sum_bits = s.i_syn_bits + s.accumulators().max(1).ilog2();
    if s.accumulators() == 0 && s.v_bits <= WIDEST_STATE && has_narrow_leak {
        Words::Narrow
    } else if s.v_bits.max(sum_bits) <= WIDEST_TERM {
        Words::WideProducts
    } else {
        Words::Wide
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn run_avx2<L: RowLane>(step: Step<L>) {
    step.run();
}

/// One time step of all neurons.
struct Step<'a, L> {
    steps: &'a QuietSteps,
    before: &'a Memory<L>,
    input: &'a [L],
    after: &'a mut Memory<L>,
    loud: &'a mut Vec<usize>,
}

impl<L: RowLane> Step<'_, L> {
    #[inline(always)]
    fn run(mut self) {
        match self.steps.words {
            Words::Narrow => self.run_in::<i32, i32>(),
            Words::WideProducts => self.run_in::<i32, i64>(),
            Words::Wide => self.run_in::<i64, i64>(),
        }
    }

    #[inline(always)]
    fn run_in<S: block::Word, P: block::Word>(&mut self) {
        let neurons = self.before.v.len();
        let mut currents = Currents { i_syn: [[0; BLOCK]; MOST_ACCUMULATORS], input: [[0; BLOCK]; MOST_POLARITIES] };
        for first in (0..neurons).step_by(BLOCK) {
            let lanes = BLOCK.min(neurons - first);
            let mut block = self.load(first, lanes);
            self.load_currents(&mut currents, first, lanes);
            let currents_are_loud = currents.take_in::<S, P>(self.steps);
            let mut is_loud = block.step::<S, P>(self.steps, first, &currents.summed::<S>(self.steps));
            currents.decay::<P>(self.steps);
            self.store(&block, &currents, first, lanes);
            for (is_loud, currents_are_loud) in is_loud.iter_mut().zip(currents_are_loud) {
                *is_loud |= currents_are_loud;
            }
            let mut any = 0;
            for is_loud in &is_loud {
                any |= is_loud;
            }
            if any != 0 {
                self.note_loud(&is_loud[..lanes], first);
            }
        }
    }

    #[cold]
    fn note_loud(&mut self, is_loud: &[i32], first: usize) {
        let lanes = is_loud.iter().enumerate().filter(|&(_, &is_loud)| is_loud != 0);
        self.loud.extend(lanes.map(|(lane, _)| first + lane));
    }

    #[inline(always)]
    fn load(&self, first: usize, lanes: usize) -> Block {
        let mut block = Block { v: [0; BLOCK], refractory: [0; BLOCK] };
        load(&mut block.v, &self.before.v[first..][..lanes]);
        if self.steps.has_refractory {
            copy(&mut block.refractory[..lanes], &self.before.refractory[first..][..lanes]);
        }
        block
    }

    #[inline(always)]
    fn load_currents(&self, currents: &mut Currents, first: usize, lanes: usize) {
        let neurons = self.before.v.len();
        for (block, row) in currents.i_syn.iter_mut().zip(self.before.i_syn.chunks_exact(neurons)) {
            load(block, &row[first..][..lanes]);
        }
        for (block, row) in currents.input.iter_mut().zip(self.input.chunks_exact(neurons)) {
            load(block, &row[first..][..lanes]);
        }
    }

    #[inline(always)]
    fn store(&mut self, block: &Block, currents: &Currents, first: usize, lanes: usize) {
        let neurons = self.before.v.len();
        store(&mut self.after.v[first..][..lanes], &block.v);
        for (block, row) in currents.i_syn.iter().zip(self.after.i_syn.chunks_exact_mut(neurons)) {
            store(&mut row[first..][..lanes], block);
        }
        if self.steps.has_refractory {
            copy(&mut self.after.refractory[first..][..lanes], &block.refractory[..lanes]);
        }
    }
}

/// Lanes as words; whole blocks through an array of its own, so that the compiler need not fear that they overlap.
#[inline(always)]
fn load<L: RowLane>(block: &mut [i32; BLOCK], lanes: &[L]) {
    if let Ok(whole) = <&[L; BLOCK]>::try_from(lanes) {
        let mut words = [0; BLOCK];
        for (word, lane) in words.iter_mut().zip(whole) {
            *word = lane.word();
        }
        *block = words;
        return;
    }
    for (word, lane) in block.iter_mut().zip(lanes) {
        *word = lane.word();
    }
}

#[inline(always)]
fn store<L: RowLane>(lanes: &mut [L], block: &[i32; BLOCK]) {
    if let Ok(whole) = <&mut [L; BLOCK]>::try_from(&mut *lanes) {
        let mut stored = [L::default(); BLOCK];
        for (lane, &word) in stored.iter_mut().zip(block) {
            *lane = L::low(word);
        }
        *whole = stored;
        return;
    }
    for (lane, &word) in lanes.iter_mut().zip(block) {
        *lane = L::low(word);
    }
}

/// Copies counters; whole blocks by a copy of known length.
#[inline(always)]
fn copy(into: &mut [u16], from: &[u16]) {
    if let (Ok(into), Ok(from)) = (<&mut [u16; BLOCK]>::try_from(&mut *into), <&[u16; BLOCK]>::try_from(from)) {
        *into = *from;
        return;
    }
    into.copy_from_slice(from);
}
