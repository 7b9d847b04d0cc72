//! The table of intermediate widths holds what the equations of the contract give, at the ends of every range.

use bitspike_spec::structure::signed_range;
use bitspike_spec::testing::arb_izhikevich_structure;
use bitspike_spec::{Izhikevich, Products, Recovery, Structure, TimeScale};
use proptest::prelude::*;

/// What a choice of ends makes of a step: `true` takes the largest value.
struct Step {
    structure: Structure,
    model: Izhikevich,
    ends: Vec<bool>,
    found: Vec<(&'static str, i128)>,
}

impl Step {
    /// The next end of a range of `bits` bits.
    fn end(&mut self, bits: u32) -> i128 {
        let (low, high) = signed_range(bits);
        i128::from(if self.ends.pop().expect("enough ends") { high } else { low })
    }

    /// Notes an intermediate result and hands it on.
    fn note(&mut self, name: &'static str, x: i128) -> i128 {
        self.found.push((name, x));
        x
    }

    /// A rounded quotient, up or down: whatever the rule, it is one of the two neighbours.
    fn round(&mut self, x: i128, k: u32) -> i128 {
        let up = self.ends.pop().expect("enough ends");
        (x >> k) + i128::from(up && k > 0 && x % (1 << k) != 0)
    }

    fn constant(&mut self) -> i128 {
        self.end(self.model.constant_bits)
    }

    fn polynomial(&mut self, v: i128) -> i128 {
        let (k, frac) = (self.structure.k_bits(), self.model.constant_frac);
        let (k2, k1, k0) = (self.constant(), self.end(k), self.end(k));
        match self.model.products {
            Products::Multiplier { .. } => {
                let product = self.note("product_0", k2 * v);
                let q = self.round(product, frac) + k1;
                let q = self.note("q", q);
                let product = self.note("product_1", q * v);
                self.round(product, self.structure.frac) + k0
            }
            Products::ShiftAdd { .. } => {
                let x = self.note("x", v - k1).abs();
                let x = self.note("x", x);
                // Chords end on the next power of two at the latest.
                let square = if x == 0 { 0 } else { 1_i128 << (2 * (128 - x.leading_zeros())) };
                let square = self.note("product_0", (square - 1).max(x * x));
                let y = self.round(square, self.structure.frac);
                let y = self.note("y", y);
                let product = self.note("product_1", k2 * y);
                self.round(product, frac) + k0
            }
        }
    }

    fn drive(&mut self) -> i128 {
        let s = self.structure;
        let mut drive = 0;
        if s.i_syn_bits > 0 {
            let sum: i128 = (0..s.accumulators()).map(|_| i128::from(signed_range(s.i_syn_bits).0)).sum();
            let sum = self.note("current_sum", sum);
            drive = self.round(sum, s.synapse.shift);
            self.note("current", drive);
        }
        if s.bias_bits > 0 {
            drive += self.end(s.bias_bits);
        }
        self.note("drive", drive)
    }

    fn run(mut self) -> Vec<(&'static str, i128)> {
        let (v_bits, u_bits, frac) = (self.structure.v_bits, self.model.u_bits, self.model.constant_frac);
        let (v, u, drive) = (self.end(v_bits), self.end(u_bits), self.drive());
        let poly = self.polynomial(v);
        let poly = self.note("poly", poly);
        let slope = self.note("slope", poly - u + drive);
        let scaled = match self.model.time_scale {
            TimeScale::Shift(shift) => self.round(slope, shift),
            TimeScale::Constant => {
                let dt = self.constant();
                let product = self.note("product_2", dt * slope);
                self.round(product, frac)
            }
        };
        let scaled = self.note("scaled", scaled);
        self.note("v_sum", v + scaled);
        let (w, v_zero) = (self.end(v_bits), self.end(self.structure.k_bits()));
        let distance = self.note("distance", w - v_zero);
        let product = self.constant() * distance;
        let product = self.note("product_6", product);
        let pull = self.round(product, frac);
        let e = match self.model.recovery {
            Recovery::Standard => pull - u,
            Recovery::Accommodation => pull,
        };
        let e = self.note("e", e);
        let product = self.constant() * e;
        let product = self.note("product_7", product);
        let y = u + self.round(product, frac);
        self.note("u_sum", y);
        self.found
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_intermediate_result_fits(structure in arb_izhikevich_structure(), ends in prop::collection::vec(any::<bool>(), 40)) {
        let model = structure.izhikevich().expect("has the model");
        let widths = structure.intermediate_widths();
        for (name, x) in (Step { structure, model, ends, found: Vec::new() }).run() {
            let bits = widths.iter().find(|(found, _)| *found == name).expect("it has a width").1;
            let limit = 1_i128 << (bits - 1);
            prop_assert!((-limit..limit).contains(&x), "{} = {} in {} bits", name, x, bits);
        }
    }
}
