//! The synaptic currents of a neuron: weights come in, are filtered, summed, and decay.

use super::random::round_shift;
use super::{Random, Rules, bit, reduce};
use crate::cast::index;
use bitspike_spec::fx::Word;
use bitspike_spec::{Core, Filter, Polarity};

/// Currents of one neuron as words, to be updated in place.
#[derive(Debug)]
pub struct Synaptic<'a, W> {
    /// The accumulators, polarity major: `k = q F + f`; empty when there is no synaptic current.
    pub i_syn: &'a mut [W],
    /// Weights waiting in the present slot, one word for each polarity; empty unless the synapse is buffered.
    pub input: &'a mut [W],
}

/// Parameters of the synapses as words; the core shares them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SynapseParameters<W> {
    /// Amount of the decay of each accumulator, unsigned.
    pub i_syn_decay: Vec<W>,
    /// Gains of `three_tau`, `[polarity][fast, slow]`, unsigned; empty with the other filters.
    pub gain: Vec<[W; 2]>,
}

impl<W: Word> SynapseParameters<W> {
    /// The words of a checked core.
    #[must_use]
    pub fn new(core: &Core) -> Self {
        let values = core.values();
        SynapseParameters {
            i_syn_decay: values.i_syn_decay.iter().map(|&amount| W::constant(amount)).collect(),
            gain: values.gain.iter().map(|gains| gains.map(W::constant)).collect(),
        }
    }
}

/// Adds a weight to the words of its polarity, and reports whether the sum was out of range.
///
/// ```text
/// q = (split and input < 0) ? 1 : 0;   words[q] = fit(words[q] + input),   input = weight * 2^weight_shift
/// ```
///
/// `words` are the accumulators, or where the synapse is buffered the input words of the slot of the event's delay: one for each polarity.
#[inline(always)]
pub fn receive<W: Word>(words: &mut [W], weight: &W, rules: &Rules) -> W::Bit {
    let input = weight.shift_left(&W::constant(i64::from(rules.weight_shift)));
    match (rules.synapse.polarity, words) {
        (Polarity::Signed, words) => add(&mut words[0], &input, rules),
        (Polarity::Split, words) => {
            let zero = W::constant(0);
            let is_inhibitory = input.less_than(&zero);
            let excitatory = W::select(&is_inhibitory, &zero, &input);
            let outside = add(&mut words[0], &excitatory, rules);
            W::bit_or(&outside, &add(&mut words[1], &input.sub(&excitatory), rules))
        }
    }
}

/// `x = fit(x + by)`, whether it was out of range.
#[inline(always)]
fn add<W: Word>(x: &mut W, by: &W, rules: &Rules) -> W::Bit {
    let (sum, outside) = rules.i_syn.fit(&x.add(by));
    *x = sum;
    outside
}

/// Takes the weights that waited for this time step into the accumulators, empties their slot, and reports whether a sum was out of range.
///
/// ```text
/// x = input[q];  input[q] = 0;    i_syn[q F + f] = fit(i_syn[q F + f] + jump(q, f, x))
/// jump  exponential: x     double_exponential: x, -x     three_tau: y0, y1, -y0, -y1,  y_g = round(gain[q][g] x / 2^gain_bits)
/// ```
///
/// Nothing happens unless the synapse is buffered.
#[inline(always)]
pub fn take_in<W: Word>(
    synaptic: &mut Synaptic<W>,
    parameters: &SynapseParameters<W>,
    random: &Random<W>,
    rules: &Rules,
) -> W::Bit {
    let filters = index(rules.synapse.filters());
    let mut outside = bit::<W>(false);
    for (q, (x, i_syn)) in (0..).zip(synaptic.input.iter_mut().zip(synaptic.i_syn.chunks_exact_mut(filters))) {
        let x = std::mem::replace(x, W::constant(0));
        let here = match rules.synapse.filter {
            Filter::Exponential => add(&mut i_syn[0], &x, rules),
            Filter::DoubleExponential => add_both(i_syn, [0, 1], &x, rules),
            Filter::ThreeTau => {
                let gained = |g: u32| gained(&x, &parameters.gain[index(q)][index(g)], &random.gain(q, g), rules);
                let y = [gained(0), gained(1)];
                W::bit_or(&add_both(i_syn, [0, 2], &y[0], rules), &add_both(i_syn, [1, 3], &y[1], rules))
            }
        };
        outside = W::bit_or(&outside, &here);
    }
    outside
}

/// Adds `x` to one accumulator and `-x` to the other.
#[inline(always)]
fn add_both<W: Word>(i_syn: &mut [W], [up, down]: [usize; 2], x: &W, rules: &Rules) -> W::Bit {
    let outside = add(&mut i_syn[up], x, rules);
    W::bit_or(&outside, &add(&mut i_syn[down], &x.neg(), rules))
}

/// `y_g` of polarity `q`.
#[inline(always)]
fn gained<W: Word>(x: &W, gain: &W, random: &W, rules: &Rules) -> W {
    let by = W::constant(rules.synapse.gain_bits.into());
    round_shift(&gain.mul(x), &by, rules.semantics.decay.rounding, random)
}

/// The current a time step integrates, without the bias: 0 when there is none.
///
/// ```text
/// round_shift(sum of i_syn[k] over k, shift)      with the rounding of the decay
/// ```
///
/// The sum is exact; it can be wider than one accumulator.
#[inline(always)]
#[must_use]
pub fn summed_current<W: Word>(i_syn: &[W], random: &Random<W>, rules: &Rules) -> W {
    let sum = i_syn.iter().fold(W::constant(0), |sum, i_syn| sum.add(i_syn));
    if rules.synapse.shift == 0 {
        return sum;
    }
    round_shift(&sum, &W::constant(rules.synapse.shift.into()), rules.semantics.decay.rounding, &random.shift())
}

/// Lets every accumulator decay, and reports whether one was out of range.
///
/// ```text
/// i_syn[k] = reduce(i_syn[k], i_syn_decay[k])
/// ```
#[inline(always)]
pub fn decay<W: Word>(i_syn: &mut [W], parameters: &SynapseParameters<W>, random: &Random<W>, rules: &Rules) -> W::Bit {
    let mut outside = bit::<W>(false);
    for (k, (i_syn, amount)) in (0..).zip(i_syn.iter_mut().zip(&parameters.i_syn_decay)) {
        let (decayed, here) = reduce(i_syn, amount, &rules.semantics.decay, &random.decay(k), &rules.i_syn);
        *i_syn = decayed;
        outside = W::bit_or(&outside, &here);
    }
    outside
}
