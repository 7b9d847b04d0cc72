//! Width of every signal: what it has, what it needs.

use bitspike_reference::core::{Range, Ranges};
use bitspike_spec::{NeuronModel, Reduce, ReduceForm};
use serde::Serialize;

use super::{Case, Layers};

/// Smallest and largest value, real.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Span {
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
}

/// Width, range and rounding of one signal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SignalFigures {
    /// Name.
    pub name: String,
    /// Bits, two's complement; nothing for a sum that is exact.
    pub bits: Option<u32>,
    /// Bits before the point, the sign bit among them.
    pub integer_bits: Option<i64>,
    /// Bits before the point that the discretised layer needs, so that nothing overflows; nothing if it did not run.
    pub integer_bits_needed: Option<i64>,
    /// One least significant bit.
    pub lsb: f64,
    /// Range in the discretised layer, values between two states included.
    pub float_range: Option<Span>,
    /// Range in the fixed-point model, after time steps.
    pub fixed_range: Option<Span>,
    /// Updates of a neuron that left the width; all `i_syn` and `input` signals share one counter.
    pub overflows: Option<u64>,
    /// What happens outside the width.
    pub overflow: &'static str,
    /// Rounding of what is written to it.
    pub rounding: &'static str,
}

/// A signal before its ranges are looked up.
struct Signal {
    name: String,
    bits: Option<u32>,
    /// Bits behind the point; below 0 where an LSB is above 1.
    frac: i64,
    overflow: &'static str,
    rounding: &'static str,
}

impl Signal {
    fn figures(self, float: Option<Range>, fixed: Option<Range>, overflows: Option<u64>) -> SignalFigures {
        let Signal { name, bits, frac, overflow, rounding } = self;
        let lsb = power_of_two(-frac);
        let float_range = float.and_then(span);
        SignalFigures {
            name,
            bits,
            integer_bits: bits.map(|bits| i64::from(bits) - frac),
            integer_bits_needed: float_range.map(|span| integer_bits_needed(span, frac)),
            lsb,
            float_range,
            fixed_range: fixed.and_then(span),
            overflows,
            overflow,
            rounding,
        }
    }
}

fn span(range: Range) -> Option<Span> {
    (!range.is_empty()).then_some(Span { low: range.low, high: range.high })
}

/// The least `b` with `-2^(b-1) <= low` and `high <= 2^(b-1) - lsb`; a number of one bit at least.
pub(super) fn integer_bits_needed(span: Span, frac: i64) -> i64 {
    let fits = |b: i64| {
        let half = power_of_two(b - 1);
        -half <= span.low && span.high <= half - power_of_two(-frac)
    };
    (1 - frac..1000).find(|&b| fits(b)).unwrap_or(1000)
}

/// `2^exponent`, exact.
fn power_of_two(exponent: i64) -> f64 {
    2.0_f64.powi(exponent as i32)
}

/// Every signal of the core.
pub(super) fn signals(case: &Case, layers: &Layers) -> Vec<SignalFigures> {
    let float = layers.float.discretised.as_ref().ok().map(|run| &run.ranges);
    let mut signals = vec![v(case, layers, float)];
    signals.extend(u(case, layers, float));
    signals.extend(currents(case, layers, float));
    if case.core.structure().i_syn_bits > 0 {
        signals.push(current(case, layers, float));
    }
    signals.push(weight(case));
    signals
}

/// The summed current, which is exact but for its shift.
fn current(case: &Case, layers: &Layers, float: Option<&Ranges>) -> SignalFigures {
    let s = case.core.structure();
    let rounding = if s.synapse.shift == 0 { "none" } else { s.semantics.decay.rounding.name() };
    let signal = Signal { name: "current".to_owned(), bits: None, frac: frac(case), overflow: "none", rounding };
    signal.figures(float.map(|r| r.current), layers.fixed.as_ref().ok().map(|run| run.current), None)
}

fn v(case: &Case, layers: &Layers, float: Option<&Ranges>) -> SignalFigures {
    let s = case.core.structure();
    let rounding = match s.model {
        NeuronModel::Lif => rounding_of(&s.semantics.leak),
        NeuronModel::Izhikevich(izhikevich) => izhikevich.rounding.name(),
    };
    let overflow = s.semantics.v_overflow.name();
    let signal = Signal { name: "v".to_owned(), bits: Some(s.v_bits), frac: frac(case), overflow, rounding };
    let fixed = layers.fixed.as_ref().ok();
    signal.figures(float.map(|r| r.v), fixed.map(|run| run.v), fixed.map(|run| run.counters.v_overflows))
}

fn u(case: &Case, layers: &Layers, float: Option<&Ranges>) -> Option<SignalFigures> {
    let NeuronModel::Izhikevich(model) = case.core.structure().model else { return None };
    let (overflow, rounding) = (model.u_overflow.name(), model.rounding.name());
    let signal = Signal { name: "u".to_owned(), bits: Some(model.u_bits), frac: frac(case), overflow, rounding };
    let fixed = layers.fixed.as_ref().ok();
    Some(signal.figures(float.map(|r| r.u), fixed.map(|run| run.u), fixed.map(|run| run.counters.u_overflows)))
}

fn currents(case: &Case, layers: &Layers, float: Option<&Ranges>) -> Vec<SignalFigures> {
    let s = case.core.structure();
    let overflows = layers.fixed.as_ref().ok().map(|run| run.counters.i_syn_overflows);
    let (accumulators, inputs) = (s.accumulators(), s.synapse.polarities());
    let figures = |name: String, float: Option<Range>, rounding| {
        let overflow = s.semantics.i_syn_overflow.name();
        Signal { name, bits: Some(s.i_syn_bits), frac: frac(case), overflow, rounding }.figures(float, None, overflows)
    };
    let decay = rounding_of(&s.semantics.decay);
    let mut all: Vec<SignalFigures> =
        (0..accumulators).map(|k| figures(format!("i_syn[{k}]"), float.map(|r| r.i_syn[k as usize]), decay)).collect();
    if s.synapse.is_buffered() {
        all.extend((0..inputs).map(|q| figures(format!("input[{q}]"), float.map(|r| r.input[q as usize]), "none")));
    }
    all
}

/// Weights: integers from the start, so their range is that of the codes.
fn weight(case: &Case) -> SignalFigures {
    let s = case.core.structure();
    let frac = frac(case) - i64::from(s.weight_shift);
    let mut range = Range::EMPTY;
    case.core
        .values()
        .weights()
        .iter()
        .flat_map(|image| image.codes())
        .for_each(|&code| range.see(f64::from(code) * power_of_two(-frac)));
    let signal =
        Signal { name: "weight".to_owned(), bits: Some(s.weight_bits), frac, overflow: "none", rounding: "none" };
    signal.figures(Some(range), Some(range), None)
}

/// Fraction bits of `v`, `u` and currents.
fn frac(case: &Case) -> i64 {
    i64::from(case.core.structure().frac)
}

fn rounding_of(reduce: &Reduce) -> &'static str {
    match reduce.form {
        ReduceForm::None | ReduceForm::Subtract | ReduceForm::Clear => "none",
        ReduceForm::Shift | ReduceForm::Multiply => reduce.rounding.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Span, integer_bits_needed};

    #[test]
    fn integer_bits_hold_the_range_in_twos_complement() {
        let needed = |low, high, frac| integer_bits_needed(Span { low, high }, frac);
        assert_eq!(needed(-128.0, 127.0, 0), 8);
        assert_eq!(needed(-129.0, 127.0, 0), 9);
        assert_eq!(needed(0.0, 128.0, 0), 9);
        assert_eq!(needed(0.0, 127.75, 2), 8, "1/4 below 128");
        assert_eq!(needed(0.0, 127.9, 2), 9, "above the largest that 2 fraction bits have");
        assert_eq!(needed(-0.5, 0.4375, 4), 0, "4 bits of 1/16");
        assert_eq!(needed(0.0, 0.0, 4), -3, "one bit");
        assert_eq!(needed(-32.0, 24.0, -2), 6, "4 bits of 4");
    }
}
