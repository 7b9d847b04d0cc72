//! One block of neurons in a time step.

use super::QuietSteps;
use crate::cast::low_half;
use crate::event::vectors::Vectors;
use crate::neuron::{MOST_ACCUMULATORS, MOST_POLARITIES, StateRule, StepWord, reduce};
use bitspike_spec::fx::{Rounding, round_shift};
use bitspike_spec::{Clamp, Filter, Order, Reduce, ReduceForm};

/// Lanes of a block: enough that loops over them stay loops, few enough that all their arrays stay in the first cache.
pub(super) const BLOCK: usize = 64;

/// A machine word of 32 or 64 bits.
pub(in crate::event) trait Word: StepWord<Bit = bool> + Copy + From<i32> + PartialOrd {
    /// The low 32 bits.
    fn low(self) -> i32;
}

impl Word for i32 {
    #[inline(always)]
    fn low(self) -> i32 {
        self
    }
}

impl Word for i64 {
    #[inline(always)]
    fn low(self) -> i32 {
        low_half(self)
    }
}

/// State of the neurons of a block.
pub(super) struct Block {
    pub(super) v: [i32; BLOCK],
    pub(super) refractory: [u16; BLOCK],
}

/// Their currents, as many accumulators as there are.
pub(super) struct Currents {
    pub(super) i_syn: [[i32; BLOCK]; MOST_ACCUMULATORS],
    pub(super) input: [[i32; BLOCK]; MOST_POLARITIES],
}

/// 1 for a lane that another must step, else 0.
type Flags = [i32; BLOCK];

/// Runs an expression with a rounding that is known where its loop is compiled. A closure would not be compiled for the
/// vector instructions of its caller.
macro_rules! with_rounding {
    ($rounding:expr, $known:ident => $run:expr) => {
        match $rounding {
            Rounding::Floor => {
                let $known = Rounding::Floor;
                $run
            }
            Rounding::TowardZero => {
                let $known = Rounding::TowardZero;
                $run
            }
            Rounding::HalfUp => {
                let $known = Rounding::HalfUp;
                $run
            }
            Rounding::HalfEven => {
                let $known = Rounding::HalfEven;
                $run
            }
            Rounding::Stochastic => unreachable!("quiet steps draw no random numbers"),
        }
    };
}

/// Reduces every lane by a rule whose choices are known here.
#[inline(always)]
fn reduce_lanes<P: Word>(x: &mut [i32; BLOCK], amount: &[i32; BLOCK], rule: Reduce, state: &StateRule) {
    for (x, &amount) in x.iter_mut().zip(amount) {
        *x = reduce(&P::from(*x), &P::from(amount), &rule, &P::from(0), state).0.low();
    }
}

/// Reduces every lane, by a loop for each form, rounding and clamp, compiled once for each width of words and kind of vectors.
fn reduce_all<P: Word>(x: &mut [i32; BLOCK], amount: &[i32; BLOCK], rule: &Reduce, steps: &QuietSteps) {
    match steps.vectors {
        Vectors::Baseline => reduce_baseline::<P>(x, amount, rule, &steps.v),
        // SAFETY: AVX2 was detected.
        #[cfg(target_arch = "x86_64")]
        Vectors::Avx2 => unsafe { reduce_avx2::<P>(x, amount, rule, &steps.v) },
    }
}

#[inline(never)]
fn reduce_baseline<P: Word>(x: &mut [i32; BLOCK], amount: &[i32; BLOCK], rule: &Reduce, state: &StateRule) {
    reduce_by_form::<P>(x, amount, rule, state);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline(never)]
fn reduce_avx2<P: Word>(x: &mut [i32; BLOCK], amount: &[i32; BLOCK], rule: &Reduce, state: &StateRule) {
    reduce_by_form::<P>(x, amount, rule, state);
}

/// The range of the state plays no part: nothing can leave it.
#[inline(always)]
fn reduce_by_form<P: Word>(x: &mut [i32; BLOCK], amount: &[i32; BLOCK], rule: &Reduce, state: &StateRule) {
    let (bits, rounding, clamp) = (rule.bits, Rounding::Floor, Clamp::None);
    match (rule.form, rule.clamp) {
        (ReduceForm::None, _) => {}
        (ReduceForm::Clear, _) => x.fill(0),
        (form @ ReduceForm::Subtract, _) => {
            reduce_lanes::<P>(x, amount, Reduce { form, rounding, clamp: Clamp::Zero, bits }, state);
        }
        (form @ ReduceForm::Shift, Clamp::MinOne) => with_rounding!(rule.rounding, rounding => {
            reduce_lanes::<P>(x, amount, Reduce { form, rounding, clamp: Clamp::MinOne, bits }, state);
        }),
        (form @ ReduceForm::Shift, _) => with_rounding!(rule.rounding, rounding => {
            reduce_lanes::<P>(x, amount, Reduce { form, rounding, clamp, bits }, state);
        }),
        (form @ ReduceForm::Multiply, Clamp::MinOne) => with_rounding!(rule.rounding, rounding => {
            reduce_lanes::<P>(x, amount, Reduce { form, rounding, clamp: Clamp::MinOne, bits }, state);
        }),
        (form @ ReduceForm::Multiply, _) => with_rounding!(rule.rounding, rounding => {
            reduce_lanes::<P>(x, amount, Reduce { form, rounding, clamp, bits }, state);
        }),
    }
}

/// A parameter of a block of neurons.
#[inline(always)]
fn parameter(values: &[i32], first: usize) -> &[i32; BLOCK] {
    values[first..].first_chunk().expect("parameters are padded to whole blocks")
}

impl Block {
    /// Leak, integration, and who is loud: its sum leaves the range, or what is compared with the threshold may reach it.
    #[inline(always)]
    pub(super) fn step<S: Word, P: Word>(&mut self, steps: &QuietSteps, first: usize, current: &[S; BLOCK]) -> Flags {
        let (amount, bias) = (parameter(&steps.amount, first), parameter(&steps.bias, first));
        let mut x = self.v;
        if steps.order == Order::LeakIntegrateFire {
            reduce_all::<P>(&mut x, amount, &steps.leak, steps);
        }
        let mut sum = [S::from(0); BLOCK];
        for lane in 0..BLOCK {
            sum[lane] = S::from(x[lane]).add(&current[lane]).add(&S::from(bias[lane]));
            x[lane] = sum[lane].low();
        }
        let mut compared = sum;
        if steps.order != Order::LeakIntegrateFire {
            reduce_all::<P>(&mut x, amount, &steps.leak, steps);
        }
        if steps.order == Order::IntegrateLeakFire {
            for lane in 0..BLOCK {
                compared[lane] = S::from(x[lane]);
            }
        }
        let silent = parameter(&steps.silent_up_to, first);
        let range = (S::constant(steps.v_range.0), S::constant(steps.v_range.1));
        let mut loud = [0; BLOCK];
        for lane in 0..BLOCK {
            let may_fire = compared[lane] > S::from(silent[lane]);
            loud[lane] = i32::from((sum[lane] < range.0) | (sum[lane] > range.1) | may_fire);
        }
        self.settle(&x, &mut loud, steps.has_refractory);
        loud
    }

    /// Held neurons keep `v`, count down and are not loud.
    #[inline(always)]
    fn settle(&mut self, x: &[i32; BLOCK], loud: &mut Flags, has_refractory: bool) {
        if !has_refractory {
            self.v = *x;
            return;
        }
        for lane in 0..BLOCK {
            let is_held = self.refractory[lane] != 0;
            self.v[lane] = if is_held { self.v[lane] } else { x[lane] };
            loud[lane] = if is_held { 0 } else { loud[lane] };
            self.refractory[lane] = self.refractory[lane].saturating_sub(1);
        }
    }
}

impl Currents {
    /// Takes in the weights that waited, and tells the lanes in which a current leaves its range.
    #[inline(always)]
    pub(super) fn take_in<S: Word, P: Word>(&mut self, steps: &QuietSteps) -> Flags {
        let mut loud = [0; BLOCK];
        if !steps.synapse.is_buffered() {
            return loud;
        }
        let (filters, range) = (steps.accumulators / steps.polarities(), steps.i_syn_range);
        for (k, i_syn) in self.i_syn[..steps.accumulators].iter_mut().enumerate() {
            let (q, f) = (k / filters, k % filters);
            let (mut x, is_minus) = (self.input[q], f >= filters.div_ceil(2));
            if steps.synapse.filter == Filter::ThreeTau {
                scale::<P>(&mut x, steps, steps.gain[q][f % 2]);
            }
            for lane in 0..BLOCK {
                let x = S::from(x[lane]);
                let sum = S::from(i_syn[lane]).add(&if is_minus { x.neg() } else { x });
                loud[lane] |= i32::from((sum < S::constant(range.0)) | (sum > S::constant(range.1)));
                i_syn[lane] = sum.low();
            }
        }
        loud
    }

    /// The current of every lane, without the bias.
    #[inline(always)]
    pub(super) fn summed<S: Word>(&self, steps: &QuietSteps) -> [S; BLOCK] {
        let mut sum = [S::from(0); BLOCK];
        for i_syn in &self.i_syn[..steps.accumulators] {
            for lane in 0..BLOCK {
                sum[lane] = sum[lane].add(&S::from(i_syn[lane]));
            }
        }
        if steps.accumulators > 0 && steps.synapse.shift > 0 {
            let by = S::constant(steps.synapse.shift.into());
            with_rounding!(steps.decay.rounding, rounding => for sum in &mut sum {
                *sum = round_shift(sum, &by, rounding, &S::from(0));
            });
        }
        sum
    }

    /// Every current decays.
    #[inline(always)]
    pub(super) fn decay<P: Word>(&mut self, steps: &QuietSteps) {
        for (i_syn, &amount) in self.i_syn.iter_mut().zip(&steps.i_syn_decay) {
            reduce_all::<P>(i_syn, &[amount; BLOCK], &steps.decay, steps);
        }
    }
}

/// `x = round(gain * x / 2^gain_bits)`
#[inline(always)]
fn scale<P: Word>(x: &mut [i32; BLOCK], steps: &QuietSteps, gain: i64) {
    let (gain, by) = (P::constant(gain), P::constant(steps.synapse.gain_bits.into()));
    with_rounding!(steps.decay.rounding, rounding => for x in x {
        *x = round_shift(&gain.mul(&P::from(*x)), &by, rounding, &P::from(0)).low();
    });
}
