//! Widths of the exact intermediate results of a time step, for checks and for the RTL's `localparam`s.

use super::Structure;
use crate::neuron_model::{Izhikevich, NeuronModel, Products, Recovery, TimeScale};
use crate::synapse::Filter;

/// Two's complement bits of `a + b` or `a - b`.
const fn sum(a: u32, b: u32) -> u32 {
    if a > b { a + 1 } else { b + 1 }
}

/// Two's complement bits of `round_shift(x, k)` of an `x` of `bits` bits: one more than what is left, for rounding up.
const fn rounded(bits: u32, k: u32) -> u32 {
    if bits > k + 1 { bits - k + 1 } else { 2 }
}

impl Structure {
    /// Name and two's complement width of every exact intermediate result of a time step.
    ///
    /// ```text
    /// sum(a, b) = max(a, b) + 1      a product of a and b bits has a + b      rounded(a, k) = max(a - k, 1) + 1
    /// ```
    ///
    /// The table is in `docs/src/contract/arithmetic.md`, section Intermediate widths. Products carry the numbers of the
    /// first substep; those of the second are as wide. A sum is exact before `fit` brings it into the width of its state.
    ///
    /// # Example
    /// ```
    /// use bitspike_spec::config;
    ///
    /// let core = config::from_str("preset = \"xylo\"", ".")?.core;
    /// let widths = core.structure().intermediate_widths();
    /// assert!(widths.contains(&("current_sum", 16)));
    /// # Ok::<(), config::ConfigError>(())
    /// ```
    #[must_use]
    pub fn intermediate_widths(&self) -> Vec<(&'static str, u32)> {
        let mut widths = self.synapse_widths();
        match &self.model {
            NeuronModel::Lif => {}
            NeuronModel::Izhikevich(izhikevich) => widths.extend(self.izhikevich_widths(izhikevich)),
        }
        widths
    }

    fn synapse_widths(&self) -> Vec<(&'static str, u32)> {
        if self.i_syn_bits == 0 {
            return vec![("drive", self.drive_bits())];
        }
        let mut widths = Vec::new();
        if self.synapse.filter == Filter::ThreeTau {
            widths.push(("gain_product", self.synapse.gain_bits + 2 + self.i_syn_bits));
        }
        widths.extend([
            ("current_sum", self.current_sum_bits()),
            ("current", rounded(self.current_sum_bits(), self.synapse.shift)),
            ("drive", self.drive_bits()),
        ]);
        widths
    }

    /// The sum of all accumulators.
    const fn current_sum_bits(&self) -> u32 {
        self.i_syn_bits + self.accumulators().trailing_zeros()
    }

    /// Current and bias; 1 where both are absent and it reads as 0.
    const fn drive_bits(&self) -> u32 {
        if self.i_syn_bits == 0 {
            return if self.bias_bits == 0 { 1 } else { self.bias_bits };
        }
        let current = rounded(self.current_sum_bits(), self.synapse.shift);
        if self.bias_bits == 0 { current } else { sum(current, self.bias_bits) }
    }

    fn izhikevich_widths(&self, model: &Izhikevich) -> Vec<(&'static str, u32)> {
        let (v, k, u) = (self.v_bits, self.k_bits(), model.u_bits);
        let (constant, frac) = (model.constant_bits, model.constant_frac);
        let (mut widths, poly) = self.polynomial_widths(model);
        let slope = sum(sum(poly, u), self.drive_bits());
        widths.push(("slope", slope));
        let scaled = match model.time_scale {
            TimeScale::Shift(shift) => rounded(slope, shift),
            TimeScale::Constant => {
                widths.push(("product_2", constant + slope));
                rounded(constant + slope, frac)
            }
        };
        let distance = sum(v, k);
        let pull = rounded(constant + distance, frac);
        let e = match model.recovery {
            Recovery::Standard => sum(pull, u),
            Recovery::Accommodation => pull,
        };
        widths.extend([
            ("scaled", scaled),
            ("v_sum", sum(v, scaled)),
            ("distance", distance),
            ("product_6", constant + distance),
            ("e", e),
            ("product_7", constant + e),
            ("u_sum", sum(u, rounded(constant + e, frac))),
        ]);
        widths
    }

    /// The widths on the way to the polynomial, and its own.
    fn polynomial_widths(&self, model: &Izhikevich) -> (Vec<(&'static str, u32)>, u32) {
        let (v, k) = (self.v_bits, self.k_bits());
        let (constant, frac) = (model.constant_bits, model.constant_frac);
        match model.products {
            Products::Multiplier { .. } => {
                let q = sum(rounded(constant + v, frac), k);
                let poly = sum(rounded(q + v, self.frac), k);
                (vec![("product_0", constant + v), ("q", q), ("product_1", q + v), ("poly", poly)], poly)
            }
            Products::ShiftAdd { .. } => {
                let x = sum(v, k);
                let square = 2 * x - 1;
                let y = rounded(square, self.frac);
                let poly = sum(rounded(constant + y, frac), k);
                (vec![("x", x), ("product_0", square), ("y", y), ("product_1", constant + y), ("poly", poly)], poly)
            }
        }
    }
}
