//! The step functions against an independent formulation of `docs/src/contract/arithmetic.md`, exhaustively at 4 bits,
//! and against tinyODIN's neuron.

#![allow(missing_docs)]

mod naive;

use bitspike_model::neuron::{
    ModelUnit, NeuronState, Parameters, Random, Rules, StateRule, SynapseParameters, Synaptic, Unit, Update,
    synaptic_operation, time_step,
};
use bitspike_spec::fx::{Overflow, QFormat, Rounding};
use bitspike_spec::{Clamp, Compare, FireCheck, Integrate, Order, Reduce, ReduceForm, Reset, Semantics, Synapse};
use naive::{naive_fit, naive_reduce};

const BITS: u32 = 4;

struct Naive<'a> {
    s: &'a Semantics,
    p: &'a Parameters<i64>,
    overflowed: bool,
}

impl Naive<'_> {
    fn fit(&mut self, x: i128) -> i128 {
        let (fitted, outside) = naive_fit(x, BITS, self.s.v_overflow);
        self.overflowed |= outside;
        fitted
    }

    fn leak(&mut self, x: i128, random: i128) -> i128 {
        let (y, outside) = naive_reduce(x, self.p.leak.into(), &self.s.leak, random, BITS, self.s.v_overflow);
        self.overflowed |= outside;
        y
    }

    fn fire(&mut self, mut x: i128) -> (i128, i128) {
        let threshold = i128::from(self.p.threshold);
        let mut n = 0;
        while n < i128::from(self.s.max_spikes) {
            let fires = match self.s.compare {
                Compare::Ge => x >= threshold,
                Compare::Gt => x > threshold,
                Compare::Eq => x == threshold,
            };
            if !fires {
                break;
            }
            n += 1;
            x = match self.s.reset {
                Reset::Zero => 0,
                Reset::Value => self.p.v_reset.into(),
                Reset::Subtract => self.fit(x - threshold),
            };
        }
        (x, n)
    }

    fn step(&mut self, v: i128, i_syn: i128, random: i128) -> (i128, i128) {
        let input = i_syn + i128::from(self.p.bias);
        match self.s.order {
            Order::LeakIntegrateFire => {
                let x = self.leak(v, random);
                let x = self.fit(x + input);
                self.fire(x)
            }
            Order::IntegrateLeakFire => {
                let x = self.fit(v + input);
                let x = self.leak(x, random);
                self.fire(x)
            }
            Order::IntegrateFireLeak => {
                let x = self.fit(v + input);
                let (x, n) = self.fire(x);
                (if n > 0 { x } else { self.leak(x, random) }, n)
            }
        }
    }
}

fn reduces() -> Vec<Reduce> {
    let mut all = Vec::new();
    for &form in ReduceForm::ALL {
        for rounding in Rounding::ALL {
            for &clamp in Clamp::ALL {
                let fits = match clamp {
                    Clamp::None => true,
                    Clamp::Zero => form == ReduceForm::Subtract,
                    Clamp::MinOne => matches!(form, ReduceForm::Shift | ReduceForm::Multiply),
                };
                let rounds = matches!(form, ReduceForm::Shift | ReduceForm::Multiply);
                if fits && (rounds || rounding == Rounding::Floor) {
                    all.push(Reduce { form, rounding, clamp, bits: 3 });
                }
            }
        }
    }
    all
}

fn rules(semantics: Semantics) -> Rules {
    let rule = |overflow| StateRule { format: QFormat::new(4, 0, true).expect("4 bits"), overflow };
    Rules {
        semantics,
        weight_shift: 1,
        v: rule(semantics.v_overflow),
        i_syn: rule(semantics.i_syn_overflow),
        synapse: Synapse::DIRECT,
        accumulators: u32::from(semantics.integrate == Integrate::Current),
        has_refractory: true,
    }
}

fn all_semantics() -> Vec<Semantics> {
    let mut all = Vec::new();
    for leak in reduces() {
        for overflow in Overflow::ALL {
            for (&compare, &order) in Compare::ALL.iter().flat_map(|c| Order::ALL.iter().map(move |o| (c, o))) {
                for (reset, max_spikes) in
                    [(Reset::Zero, 1), (Reset::Value, 1), (Reset::Subtract, 1), (Reset::Subtract, 3)]
                {
                    all.push(Semantics {
                        v_overflow: overflow,
                        i_syn_overflow: overflow,
                        leak,
                        decay: leak,
                        compare,
                        reset,
                        order,
                        fire_check: FireCheck::PerTimeStep,
                        integrate: Integrate::Current,
                        max_spikes,
                    });
                }
            }
        }
    }
    all
}

fn parameters(threshold: i64, leak: i64, bias: i64) -> Parameters<i64> {
    Parameters { threshold, leak, v_reset: -2, bias, output_enable: true, refractory_steps: 3 }
}

/// A time step of a `lif` neuron with at most one accumulator, which decays by `amount`.
fn lif_step(
    (state, i_syn): (&NeuronState<i64>, &mut [i64]),
    parameters: &Parameters<i64>,
    (amount, random): (i64, i64),
    rules: &Rules,
) -> Update<i64> {
    let synapse = SynapseParameters { i_syn_decay: vec![amount], gain: Vec::new() };
    let unit = Unit { rules, parameters, synapse: &synapse, model: ModelUnit::Lif };
    time_step(state, Synaptic { i_syn, input: &mut [] }, &unit, &Random(random))
}

#[test]
fn a_time_step_is_that_of_the_contract() {
    for semantics in all_semantics() {
        let rules = rules(semantics);
        for (threshold, leak) in (-9..=9).step_by(3).flat_map(|t| [0, 1, 2, 5, 7].map(|leak| (t, leak))) {
            for (v, i_syn) in (-8..8).flat_map(|v| [-8, -1, 0, 5].map(|i| (v, i))) {
                let p = parameters(threshold, leak, 2);
                let random = 5 * (v + 8) + i_syn + 8;
                let mut naive = Naive { s: &semantics, p: &p, overflowed: false };
                let (expected, n) = naive.step(v.into(), i_syn.into(), random.into());
                let (decayed, outside) = naive_reduce(
                    i_syn.into(),
                    leak.into(),
                    &semantics.decay,
                    random.into(),
                    BITS,
                    semantics.i_syn_overflow,
                );
                let mut currents = [i_syn];
                let state = NeuronState { v, u: 0, refractory: 0 };
                let update = lif_step((&state, &mut currents), &p, (leak, random << 16 | random), &rules);
                let refractory = if n > 0 { 3 } else { 0 };
                let state = NeuronState { v: i64::try_from(expected).expect("4 bits"), u: 0, refractory };
                let expected = Update {
                    state,
                    emitted: i64::try_from(n).expect("few spikes"),
                    v_overflow: naive.overflowed,
                    u_overflow: false,
                    i_syn_overflow: outside,
                    current: i_syn,
                };
                assert_eq!(update, expected, "v = {v}, i_syn = {i_syn}, {p:?}, {semantics:?}");
                assert_eq!(i128::from(currents[0]), decayed, "i_syn = {i_syn}, {p:?}, {semantics:?}");
            }
        }
    }
}

#[test]
fn a_held_neuron_counts_down_and_keeps_v() {
    let semantics = Semantics { integrate: Integrate::Current, ..all_semantics()[0] };
    let state = NeuronState { v: 7, u: 0, refractory: 2 };
    let update = lif_step((&state, &mut [4]), &parameters(1, 1, 2), (1, 0), &rules(semantics));
    assert_eq!((update.state.v, update.state.refractory, update.emitted), (7, 1, 0));
}

#[test]
fn a_held_neuron_ignores_a_weight_into_the_membrane() {
    let membrane = Semantics { integrate: Integrate::Membrane, ..all_semantics()[0] };
    let state = NeuronState { v: 7, u: 0, refractory: 1 };
    let update = synaptic_operation(&state, &3, &parameters(1, 1, 0), &rules(membrane));
    assert_eq!((update.state, update.v_overflow), (state, false));
}

/// tinyODIN's neuron from its description: 12-bit state, leak to zero, saturation, fire on a state not negative.
fn tinyodin(v: i64, input: Option<i64>, threshold: i64, leak: i64) -> (i64, bool) {
    let v = match input {
        Some(w) => (v + w).clamp(-2048, 2047),
        None if v < 0 => (v + leak).min(0),
        None => (v - leak).max(0),
    };
    let fires = v >= 0 && v >= threshold;
    (if fires { 0 } else { v }, fires)
}

fn tinyodin_rules() -> Rules {
    let leak = Reduce { form: ReduceForm::Subtract, rounding: Rounding::Floor, clamp: Clamp::Zero, bits: 7 };
    let semantics = Semantics {
        v_overflow: Overflow::Saturate,
        i_syn_overflow: Overflow::Saturate,
        leak,
        decay: Reduce::NONE,
        compare: Compare::Ge,
        reset: Reset::Zero,
        order: Order::LeakIntegrateFire,
        fire_check: FireCheck::PerOperation,
        integrate: Integrate::Membrane,
        max_spikes: 1,
    };
    let v = StateRule { format: QFormat::new(12, 0, true).expect("12 bits"), overflow: Overflow::Saturate };
    Rules { semantics, weight_shift: 0, v, i_syn: v, synapse: Synapse::DIRECT, accumulators: 0, has_refractory: false }
}

#[test]
fn the_tinyodin_semantics_are_tinyodins() {
    let rules = tinyodin_rules();
    let thresholds = [0, 1, 2, 7, 100, 2046, 2047, 2048, 3000, 4095];
    for (threshold, leak) in thresholds.iter().flat_map(|&t| [0, 1, 5, 64, 127].map(|leak| (t, leak))) {
        for output_enable in [true, false] {
            let p = Parameters { output_enable, v_reset: 0, bias: 0, ..parameters(threshold, leak, 0) };
            for v in (-2048..=-2030).chain(-140..140).chain(2030..=2047) {
                let state = NeuronState { v, u: 0, refractory: 0 };
                let check = |update: Update<i64>, (expected, fires): (i64, bool)| {
                    assert_eq!(update.state.v, expected, "v = {v}, {p:?}");
                    assert_eq!(update.emitted, i64::from(fires && output_enable), "v = {v}, {p:?}");
                };
                check(lif_step((&state, &mut []), &p, (0, 0), &rules), tinyodin(v, None, threshold, leak));
                for w in -8..8 {
                    check(synaptic_operation(&state, &w, &p, &rules), tinyodin(v, Some(w), threshold, leak));
                }
            }
        }
    }
}
