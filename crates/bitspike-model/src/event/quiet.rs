//! Time steps of neurons that neither fire nor leave their range, many at a time.
//!
//! The values are those of [`crate::neuron::time_step`], by the same [`reduce`], in 32 bits; every other neuron is told, for
//! the caller to step.

use super::rows::RowLane;
use super::vectors::Vectors;
use crate::memory::Memory;
use crate::neuron::{Rules, StateRule, reduce};
use bitspike_spec::fx::Rounding;
use bitspike_spec::{Clamp, Compare, Core, NeuronModel, Order, Reduce, ReduceForm};

/// Widest state, and widest factor of a multiplication, whose results all fit 32 bits.
const WIDEST_STATE: u32 = 16;
const WIDEST_FACTOR: u32 = 14;
const WIDEST_AMOUNT: i64 = 1 << 24;

/// What a time step needs of every neuron.
#[derive(Clone, Debug)]
pub(super) struct QuietSteps {
    leak: Reduce,
    order: Order,
    range: (i32, i32),
    state: StateRule,
    amount: Vec<i32>,
    bias: Vec<i32>,
    /// The largest sum that certainly does not fire.
    silent_up_to: Vec<i32>,
    vectors: Vectors,
}

impl QuietSteps {
    /// Nothing when a time step does more than leak, add a bias and fire, draws random numbers, or may need more than 32 bits.
    pub(super) fn new(core: &Core, rules: &Rules) -> Option<Self> {
        let neurons = || (0..core.structure().neurons).map(|n| core.parameters(n));
        let leak = rules.semantics.leak;
        let fits = core.structure().v_bits <= WIDEST_STATE
            && fits_reduce(&leak)
            && neurons().all(|neuron| neuron.leak <= WIDEST_AMOUNT);
        let is_lif = matches!(core.structure().model, NeuronModel::Lif);
        if rules.accumulators > 0 || rules.has_refractory || !is_lif || !fits {
            return None;
        }
        let word = |value: i64| i32::try_from(value).ok();
        let silent = |threshold: i64| match rules.semantics.compare {
            Compare::Ge | Compare::Eq => word(threshold - 1),
            Compare::Gt => word(threshold),
        };
        let half = 1 << (core.structure().v_bits - 1);
        Some(QuietSteps {
            leak,
            order: rules.semantics.order,
            range: (-half, half - 1),
            state: rules.v,
            amount: neurons().map(|neuron| word(neuron.leak)).collect::<Option<_>>()?,
            bias: neurons().map(|neuron| word(neuron.bias)).collect::<Option<_>>()?,
            silent_up_to: neurons().map(|neuron| silent(neuron.threshold)).collect::<Option<_>>()?,
            vectors: Vectors::detect(),
        })
    }

    /// Steps the quiet neurons from `before` to `after`; `loud` gets the others.
    pub(super) fn step<L: RowLane>(&self, before: &Memory<L>, after: &mut Memory<L>, loud: &mut Vec<bool>) {
        loud.resize(before.v.len(), false);
        let step = Step { steps: self, before: &before.v, after: &mut after.v, loud };
        match self.vectors {
            Vectors::Baseline => step.run(),
            // SAFETY: AVX2 was detected.
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2 => unsafe { run_avx2(step) },
        }
    }
}

fn fits_reduce(leak: &Reduce) -> bool {
    match leak.form {
        ReduceForm::None | ReduceForm::Clear => true,
        ReduceForm::Subtract => leak.clamp == Clamp::Zero,
        ReduceForm::Shift => leak.rounding == Rounding::Floor,
        ReduceForm::Multiply => leak.rounding != Rounding::Stochastic && leak.bits <= WIDEST_FACTOR,
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
    before: &'a [L],
    after: &'a mut [L],
    loud: &'a mut [bool],
}

impl<L: RowLane> Step<'_, L> {
    /// The common leaks are known when their loop is compiled.
    #[inline(always)]
    fn run(self) {
        let leak = self.steps.leak;
        match (leak.form, leak.clamp) {
            (ReduceForm::None, _) => self.run_with(Reduce { form: ReduceForm::None, ..leak }),
            (ReduceForm::Subtract, Clamp::Zero) => {
                self.run_with(Reduce { form: ReduceForm::Subtract, clamp: Clamp::Zero, ..leak });
            }
            (ReduceForm::Shift, Clamp::None) => {
                let rounding = Rounding::Floor;
                self.run_with(Reduce { form: ReduceForm::Shift, clamp: Clamp::None, rounding, ..leak });
            }
            (ReduceForm::Subtract | ReduceForm::Shift | ReduceForm::Multiply | ReduceForm::Clear, _) => {
                self.run_with(leak);
            }
        }
    }

    #[inline(always)]
    fn run_with(self, leak: Reduce) {
        match self.steps.order {
            Order::LeakIntegrateFire => self.run_in(leak, Order::LeakIntegrateFire),
            Order::IntegrateLeakFire => self.run_in(leak, Order::IntegrateLeakFire),
            Order::IntegrateFireLeak => self.run_in(leak, Order::IntegrateFireLeak),
        }
    }

    /// A neuron is loud when its sum leaves the range or when what is compared with the threshold may reach it.
    #[inline(always)]
    fn run_in(self, leak: Reduce, order: Order) {
        let QuietSteps { range: (least, most), state, amount, bias, silent_up_to, .. } = self.steps;
        let parameters = amount.iter().zip(bias).zip(silent_up_to);
        let states = self.before.iter().zip(self.after).zip(self.loud);
        for (((&v, after), loud), ((amount, bias), silent)) in states.zip(parameters) {
            let (sum, compared, x) = match order {
                Order::LeakIntegrateFire => {
                    let x = reduce(&v.word(), amount, &leak, &0, state).0 + bias;
                    (x, x, x)
                }
                Order::IntegrateLeakFire => {
                    let sum = v.word() + bias;
                    let x = reduce(&sum, amount, &leak, &0, state).0;
                    (sum, x, x)
                }
                Order::IntegrateFireLeak => {
                    let sum = v.word() + bias;
                    (sum, sum, reduce(&sum, amount, &leak, &0, state).0)
                }
            };
            *loud = (sum < *least) | (sum > *most) | (compared > *silent);
            *after = L::low(x);
        }
    }
}
