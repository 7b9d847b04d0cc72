//! The Izhikevich unit: exhaustive at 4 bits, at full widths, and its spikes at very fine formats against float64.

#![allow(missing_docs)]

mod naive;

use bitspike_model::neuron::{
    IzhikevichParameters, IzhikevichRules, IzhikevichState, IzhikevichWidths, Random, square_by_chords,
};
use bitspike_spec::fx::{Overflow, Rounding};
use bitspike_spec::{Compare, Izhikevich, Products, Recovery, TimeScale, UpdateOrder};
use naive::{Unit, naive_square};
use proptest::prelude::*;

fn rules(unit: &Unit) -> IzhikevichRules {
    let widths = IzhikevichWidths { v_bits: unit.v_bits, v_frac: unit.v_frac, v_overflow: unit.v_overflow };
    IzhikevichRules::new(&unit.model, widths, unit.compare)
}

fn parameters<W>(unit: &Unit, word: impl Fn(i128) -> W) -> IzhikevichParameters<W> {
    IzhikevichParameters {
        threshold: word(unit.threshold),
        v_reset: word(unit.v_reset),
        u_step: word(unit.u_step),
        a: word(unit.a),
        b: word(unit.b),
        k2: word(unit.k2),
        k1: word(unit.k1),
        k0: word(unit.k0),
        v_zero: word(unit.v_zero),
        dt: word(unit.dt),
    }
}

type Step = (i128, i128, bool, bool, bool);

fn step_wide(unit: &Unit, (v, u, drive): (i128, i128, i128), word: u32) -> Step {
    let step = rules(unit).step(&IzhikevichState { v, u }, &drive, &parameters(unit, |x| x), &Random(i128::from(word)));
    (step.state.v, step.state.u, step.spike, step.v_overflow, step.u_overflow)
}

fn step_narrow(unit: &Unit, (v, u, drive): (i128, i128, i128), word: u32) -> Step {
    let narrow = |x: i128| i64::try_from(x).expect("64 bits do");
    let state = IzhikevichState { v: narrow(v), u: narrow(u) };
    let step = rules(unit).step(&state, &narrow(drive), &parameters(unit, narrow), &Random(i64::from(word)));
    (step.state.v.into(), step.state.u.into(), step.spike, step.v_overflow, step.u_overflow)
}

fn small_models() -> Vec<Izhikevich> {
    let products = [1, 2].map(|segment_bits| Products::ShiftAdd { segment_bits, digits: 1 });
    let mut all = Vec::new();
    for products in [Products::Multiplier { multipliers: 0 }, products[0], products[1]] {
        for &update in UpdateOrder::ALL {
            for &recovery in Recovery::ALL {
                for (rounding, u_overflow) in Rounding::ALL.into_iter().flat_map(|r| Overflow::ALL.map(|o| (r, o))) {
                    for (time_scale, substeps) in [
                        (TimeScale::Shift(0), 1),
                        (TimeScale::Shift(2), 2),
                        (TimeScale::Constant, 1),
                        (TimeScale::Constant, 2),
                    ] {
                        all.push(Izhikevich {
                            products,
                            update,
                            recovery,
                            u_bits: 4,
                            u_overflow,
                            rounding,
                            time_scale,
                            substeps,
                            constant_bits: 4,
                            constant_frac: 2,
                        });
                    }
                }
            }
        }
    }
    all
}

#[test]
fn a_step_is_that_of_the_contract_for_every_state_of_4_bits() {
    for (index, model) in small_models().into_iter().enumerate() {
        let odd = index % 2 == 1;
        let unit = Unit {
            model,
            compare: if odd { Compare::Ge } else { Compare::Gt },
            v_bits: 4,
            v_frac: 1,
            v_overflow: if index % 3 == 0 { Overflow::Wrap } else { Overflow::Saturate },
            threshold: if odd { 7 } else { 3 },
            v_reset: -5,
            u_step: 3,
            a: if odd { 3 } else { -2 },
            b: 5,
            k2: if odd { 1 } else { -3 },
            k1: if odd { 4 } else { -3 },
            k0: 2,
            v_zero: if odd { -3 } else { 1 },
            dt: 3,
        };
        for (v, u) in (-8..8).flat_map(|v| (-8..8).map(move |u| (v, u))) {
            for drive in [-9, 0, 1, 6] {
                let word = 0x9E37_79B9_u32.wrapping_mul((v * 64 + u * 4 + drive + 600) as u32);
                let expected = unit.step(v, u, drive, word);
                assert_eq!(step_narrow(&unit, (v, u, drive), word), expected, "{v} {u} {drive} {unit:?}");
            }
        }
    }
}

#[test]
fn a_square_follows_the_chords() {
    for segment_bits in 1..=4 {
        for x in (0..1_i64 << 12).chain((1 << 32) - 300..(1 << 32) + 300) {
            let square = square_by_chords(&i128::from(x), segment_bits);
            assert_eq!(square, naive_square(x.into(), segment_bits), "{x}");
            let (exact, bound) = (i128::from(x).pow(2), 1_i128 << (2 * segment_bits + 2));
            assert!((exact..=exact + exact / bound).contains(&square), "{x}, {segment_bits}");
        }
    }
}

fn arb_bits(bits: u32) -> impl Strategy<Value = i128> {
    let half = 1_i128 << (bits - 1);
    prop_oneof![-half..half, (-half).max(-9)..half.min(9), Just(-half), Just(half - 1)]
}

/// Units of any widths; their products fit 128 bits. Those of checked cores, in 64 bits, are drawn in `time_step.rs`.
fn arb_unit() -> impl Strategy<Value = (Unit, (i128, i128, i128), u32)> {
    let widths = (4..=30_u32, 4..=30_u32, 4..=32_u32, 8..=31_u32, 0..=24_u32);
    let choices = (0..small_models().len(), 0..=15_u32, 1..=4_u32, prop::sample::select(Compare::ALL));
    (widths, choices).prop_flat_map(|((v_bits, u_bits, constant_bits, constant_frac, v_frac), choices)| {
        let mut model = Izhikevich { u_bits, constant_bits, constant_frac, ..small_models()[choices.0] };
        if let TimeScale::Shift(shift) = &mut model.time_scale {
            *shift = choices.1;
        }
        if let Products::ShiftAdd { segment_bits, .. } = &mut model.products {
            *segment_bits = choices.2;
        }
        let c = || arb_bits(constant_bits);
        let k = || arb_bits(v_bits + 2);
        let neuron = (arb_bits(v_bits + 1), arb_bits(v_bits), arb_bits(u_bits), c(), c());
        let shared = (c(), k(), k(), k(), c());
        let state = (arb_bits(v_bits), arb_bits(u_bits), arb_bits(v_bits + 2));
        (neuron, shared, state, any::<u32>(), any::<bool>()).prop_map(move |(neuron, shared, state, word, wraps)| {
            let ((threshold, v_reset, u_step, a, b), (k2, k1, k0, v_zero, dt)) = (neuron, shared);
            let v_overflow = if wraps { Overflow::Wrap } else { Overflow::Saturate };
            let unit = Unit {
                model,
                compare: choices.3,
                v_bits,
                v_frac,
                v_overflow,
                threshold,
                v_reset,
                u_step,
                a,
                b,
                k2,
                k1,
                k0,
                v_zero,
                dt,
            };
            (unit, state, word)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_step_is_that_of_the_contract_at_full_widths((unit, state, word) in arb_unit()) {
        prop_assert_eq!(step_wide(&unit, state, word), unit.step(state.0, state.1, state.2, word));
    }
}

/// A line of `tests/data/izhikevich/patterns.csv` and its input.
struct Pattern {
    name: &'static str,
    numbers: Vec<f64>,
    spikes: Vec<usize>,
    input: Vec<f64>,
}

fn patterns() -> Vec<Pattern> {
    let lines = |text: &'static str| text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let number = |text: &str| text.parse::<f64>().expect("a number");
    let inputs: Vec<_> = lines(include_str!("data/izhikevich/inputs.csv")).collect();
    let pattern = |fields: Vec<&'static str>| {
        let numbers: Vec<f64> = fields[2..12].iter().map(|text| number(text)).collect();
        let mut input = vec![0.0; numbers[7] as usize];
        for change in inputs.iter().filter(|change| change[0] == fields[0]) {
            input[number(change[1]) as usize..].fill(number(change[2]));
        }
        let spikes = fields[12].split_whitespace().map(|step| number(step) as usize).collect();
        Pattern { name: fields[1], numbers, spikes, input }
    };
    lines(include_str!("data/izhikevich/patterns.csv")).map(pattern).collect()
}

fn unit_of(pattern: &Pattern, frac: u32) -> Unit {
    let [a, b, c, d, _, _, dt, _, k1, k0] = pattern.numbers[..] else { panic!("ten numbers") };
    let raw = |x: f64| (x * (1_u64 << frac) as f64).round() as i128;
    Unit {
        model: Izhikevich {
            products: Products::Multiplier { multipliers: 0 },
            update: UpdateOrder::Sequential,
            recovery: Recovery::Standard,
            u_bits: frac + 12,
            u_overflow: Overflow::Saturate,
            rounding: Rounding::HalfEven,
            time_scale: TimeScale::Constant,
            substeps: 1,
            constant_bits: frac + 3,
            constant_frac: frac,
        },
        compare: Compare::Gt,
        v_bits: frac + 12,
        v_frac: frac,
        v_overflow: Overflow::Saturate,
        threshold: raw(30.0),
        v_reset: raw(c),
        u_step: raw(d),
        a: raw(a * dt),
        b: raw(b),
        k2: raw(0.04),
        k1: raw(k1),
        k0: raw(k0),
        v_zero: 0,
        dt: raw(dt),
    }
}

/// What was found with plain Python too: from 28 fraction bits on, every spike of every pattern here in the step of float64.
#[test]
fn fine_formats_spike_in_the_steps_of_float64() {
    for frac in [28, 32, 40] {
        let raw = |x: f64| (x * (1_u64 << frac) as f64).round() as i128;
        for pattern in patterns() {
            let unit = unit_of(&pattern, frac);
            let (rules, parameters) = (rules(&unit), parameters(&unit, |x| x));
            let mut state = IzhikevichState { v: raw(pattern.numbers[4]), u: raw(pattern.numbers[5]) };
            let mut spikes = Vec::new();
            for (step, &input) in pattern.input.iter().enumerate() {
                let after = rules.step(&state, &raw(input), &parameters, &Random(0));
                spikes.extend(after.spike.then_some(step));
                state = after.state;
            }
            assert_eq!(spikes, pattern.spikes, "{} at {frac} fraction bits", pattern.name);
        }
    }
}
