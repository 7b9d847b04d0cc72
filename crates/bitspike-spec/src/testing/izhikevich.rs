//! Random Izhikevich structures and parameters: those of the paper, scaled into the widths, or anything.

use super::{arb_counts, arb_schedule, arb_semantics, arb_signed, arb_synapse, arb_widths, structure_of};
use crate::fx::{Overflow, Rounding, nearest_with_digits};
use crate::structure::{Structure, signed_range};
use crate::{
    FireCheck, Izhikevich, IzhikevichConstants, NeuronModel, NeuronParameters, Order, Products, Recovery, Reduce,
    Reset, Semantics, TimeScale, UpdateOrder,
};
use proptest::prelude::*;
use proptest::sample::select;

/// Any checked structure of Izhikevich neurons, with any synapse.
pub fn arb_izhikevich_structure() -> impl Strategy<Value = Structure> {
    let parts = (arb_counts(), arb_widths(), arb_semantics(), arb_schedule(), arb_synapse());
    (parts, arb_model(), 0..=24_u32).prop_map(|((counts, widths, semantics, schedule, synapse), model, frac)| {
        let (weight_bits, weight_shift, v_bits, i_syn_bits, bias_bits, _) = widths;
        let widths = (weight_bits, weight_shift, v_bits, i_syn_bits, bias_bits, 0);
        let parts = (counts, widths, forced(semantics), schedule, synapse);
        let structure = Structure { model: NeuronModel::Izhikevich(model), ..structure_of(parts) };
        narrowed(structure, model, frac)
    })
}

/// What the model leaves no choice about.
fn forced(semantics: Semantics) -> Semantics {
    Semantics {
        leak: Reduce::NONE,
        reset: Reset::Value,
        order: Order::LeakIntegrateFire,
        fire_check: FireCheck::PerTimeStep,
        max_spikes: 1,
        ..semantics
    }
}

/// Takes bits off the states and constants until every intermediate result fits; with 4 each they do.
fn narrowed(mut structure: Structure, mut model: Izhikevich, frac: u32) -> Structure {
    loop {
        structure.model = NeuronModel::Izhikevich(model);
        structure.frac = frac.min(structure.v_bits);
        structure.bias_bits = structure.bias_bits.min(structure.v_bits);
        if structure.check().is_ok() || structure.v_bits + model.u_bits + model.constant_bits == 12 {
            return structure;
        }
        structure.v_bits = (structure.v_bits - 1).max(4);
        model.u_bits = (model.u_bits - 1).max(4);
        model.constant_bits = (model.constant_bits - 1).max(4);
    }
}

fn arb_model() -> impl Strategy<Value = Izhikevich> {
    let products = prop_oneof![
        (0..=7_u32).prop_map(|multipliers| Products::Multiplier { multipliers }),
        (1..=4_u32, 1..=4_u32).prop_map(|(segment_bits, digits)| Products::ShiftAdd { segment_bits, digits }),
    ];
    let scale = prop_oneof![2 => (0..=3_u32).prop_map(TimeScale::Shift), 1 => (4..=15_u32).prop_map(TimeScale::Shift), 2 => Just(TimeScale::Constant)];
    let choices = (select(UpdateOrder::ALL), select(Recovery::ALL), 1..=2_u32);
    let rules = (select(Overflow::ALL.as_slice()), select(Rounding::ALL.as_slice()));
    let bits = || prop_oneof![2 => 12..=20_u32, 1 => 4..=32_u32];
    (products, scale, choices, rules, (bits(), bits(), 1..=31_u32)).prop_map(
        |(
            products,
            time_scale,
            (update, recovery, substeps),
            (u_overflow, rounding),
            (u_bits, constant_bits, frac),
        )| {
            Izhikevich {
                products,
                update,
                recovery,
                u_bits,
                u_overflow,
                rounding,
                time_scale,
                substeps: if update == UpdateOrder::Sequential { substeps } else { 1 },
                constant_bits,
                constant_frac: frac.min(constant_bits),
            }
        },
    )
}

/// One neuron of the paper's kinds, `(a, b, c, d)` in mV and ms, or anything.
pub(super) fn arb_neuron(s: Structure, model: Izhikevich) -> impl Strategy<Value = NeuronParameters> {
    let kind = select(vec![
        (0.02, 0.2, -65.0, 8.0),
        (0.02, 0.2, -50.0, 2.0),
        (0.1, 0.2, -65.0, 2.0),
        (0.1, 0.26, -60.0, -1.0),
    ]);
    let constant = move || arb_constant(model);
    let anything =
        (arb_signed(s.threshold_bits()), arb_signed(s.v_bits), constant(), constant(), arb_signed(s.u_bits()));
    let paper = kind.prop_map(move |(a, b, c, d)| {
        let threshold = state(s, 30.0, s.threshold_bits());
        (threshold, state(s, c, s.v_bits), constant_of(model, a), constant_of(model, b), state(s, d, s.u_bits()))
    });
    let output = prop::bool::weighted(0.8);
    (prop_oneof![3 => paper.boxed(), 1 => anything.boxed()], arb_signed(s.bias_bits), output).prop_map(
        |((threshold, v_reset, a, b, u_step), bias, output_enable)| NeuronParameters {
            threshold,
            leak: 0,
            v_reset,
            bias,
            output_enable,
            a,
            b,
            u_step,
        },
    )
}

/// The paper's polynomial, scaled into the widths, or any constants; all 0 without the model.
pub(super) fn arb_constants(s: Structure) -> BoxedStrategy<IzhikevichConstants> {
    let Some(model) = s.izhikevich() else { return Just(IzhikevichConstants::default()).boxed() };
    let k = || arb_signed(s.k_bits());
    let dt = match model.time_scale {
        TimeScale::Shift(_) => Just(0).boxed(),
        TimeScale::Constant => {
            prop_oneof![2 => select(vec![0.25, 0.5, 1.0]).prop_map(move |dt| constant_of(model, dt)), 1 => arb_constant(model)]
                .boxed()
        }
    };
    let paper = match model.products {
        Products::Multiplier { .. } => (raw(5.0, s.frac, s.k_bits()), state(s, 140.0, s.k_bits())),
        Products::ShiftAdd { .. } => (state(s, -62.5, s.k_bits()), state(s, -16.25, s.k_bits())),
    };
    let paper = (constant_of(model, 0.04 * scale(s)), paper.0, paper.1, 0);
    let polynomial = prop_oneof![3 => Just(paper).boxed(), 1 => (arb_constant(model), k(), k(), k()).boxed()];
    (polynomial, dt).prop_map(|((k2, k1, k0, v_zero), dt)| IzhikevichConstants { k2, k1, k0, v_zero, dt }).boxed()
}

/// mV that the number 1 stands for: a power of two such that 128 mV fit `v`.
fn scale(s: Structure) -> f64 {
    f64::from(1_u32 << 8_u32.saturating_sub(s.v_bits - s.frac))
}

/// A number of mV in the format of the states, brought into `bits`.
fn state(s: Structure, millivolts: f64, bits: u32) -> i64 {
    raw(millivolts / scale(s), s.frac, bits)
}

fn raw(value: f64, frac: u32, bits: u32) -> i64 {
    let (low, high) = signed_range(bits);
    ((value * f64::from(frac).exp2()).round() as i64).clamp(low, high)
}

/// A constant in its format, as near as its width and digits allow.
fn constant_of(model: Izhikevich, value: f64) -> i64 {
    let raw = raw(value, model.constant_frac, model.constant_bits);
    match model.products {
        Products::Multiplier { .. } => raw,
        Products::ShiftAdd { digits, .. } => nearest_with_digits(raw as f64, digits, signed_range(model.constant_bits)),
    }
}

fn arb_constant(model: Izhikevich) -> BoxedStrategy<i64> {
    let range = signed_range(model.constant_bits);
    let anything = arb_signed(model.constant_bits);
    match model.products {
        Products::Multiplier { .. } => anything,
        Products::ShiftAdd { digits, .. } => {
            anything.prop_map(move |raw| nearest_with_digits(raw as f64, digits, range)).boxed()
        }
    }
}
