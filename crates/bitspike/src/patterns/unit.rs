//! The bit-exact Izhikevich unit with the parameters of a pattern, at any width.

use bitspike_model::neuron::{IzhikevichParameters, IzhikevichRules, IzhikevichState, IzhikevichWidths, Random};
use bitspike_reference::izhikevich::patterns::Pattern;
use bitspike_reference::izhikevich::{self as float, Scheme};
use bitspike_reference::lif;
use bitspike_spec::fx::{Lfsr, Overflow, QFormat, Rounding, Word, nearest_with_digits};
use bitspike_spec::{Compare, Izhikevich, Products, Recovery, TimeScale, UpdateOrder};

/// Bits of a state before the point, the sign included: no pattern leaves -512 to 511 mV.
pub const INTEGER_BITS: u32 = 10;

/// Bits of a constant before the point, the sign included: the constants of the patterns lie in -1 to 1.
const CONSTANT_INTEGER_BITS: u32 = 2;

/// Fewest and most fraction bits of the states.
pub const FRAC_RANGE: (u32, u32) = (4, 30);

/// Fewest and most fraction bits of the constants.
pub const CONSTANT_FRAC_RANGE: (u32, u32) = (4, 32);

/// Widths and choices of the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitChoice {
    /// Fraction bits of `v`, `u`, currents, `k1`, `k0`: [`FRAC_RANGE`]. The states have [`INTEGER_BITS`] more and saturate.
    pub frac: u32,
    /// Fraction bits of `k2`, `a dt`, `b`, `dt`: [`CONSTANT_FRAC_RANGE`].
    pub constant_frac: u32,
    /// Rounding of products; constants are rounded to the nearest number, ties to even.
    pub rounding: Rounding,
    /// With multipliers, or with shifts and adds.
    pub products: Products,
    /// Order of `v` and `u`.
    pub update: UpdateOrder,
    /// Seed of the random words of stochastic rounding.
    pub seed: u32,
}

impl Default for UnitChoice {
    /// The narrowest states that keep all patterns but the chaotic one (18 fraction bits, constants of 32, rounding half to even), with multipliers.
    fn default() -> Self {
        UnitChoice {
            frac: 18,
            constant_frac: 32,
            rounding: Rounding::HalfEven,
            products: Products::Multiplier { multipliers: 0 },
            update: UpdateOrder::Sequential,
            seed: 1,
        }
    }
}

impl UnitChoice {
    /// The scheme of the float reference with the same order.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        match self.update {
            UpdateOrder::Sequential => Scheme::Sequential,
            UpdateOrder::Simultaneous => Scheme::Simultaneous,
        }
    }

    /// Whether every product fits 64 bits, so that the narrow carrier gives the same values.
    ///
    /// ```text
    /// |v|, |u| <= 2^9, k2 = 0.04, |b| <= 1, dt <= 0.2 where it is a constant:
    /// multiplier   q v < 2^(14 + 2 frac),      dt slope, b v < 2^(12 + frac + constant_frac)
    /// shift_add    square < 2^(19 + 2 frac),   k2 y          < 2^(14 + frac + constant_frac)
    /// ```
    fn fits_64_bits(&self) -> bool {
        let (frac, sum) = (self.frac, self.frac + self.constant_frac);
        match self.products {
            Products::Multiplier { .. } => frac <= 24 && sum <= 50,
            Products::ShiftAdd { .. } => frac <= 21 && sum <= 48,
        }
    }

    fn rules(&self, pattern: &Pattern) -> IzhikevichRules {
        let model = Izhikevich {
            products: self.products,
            update: self.update,
            recovery: match pattern.parameters.recovery {
                float::Recovery::Decaying => Recovery::Standard,
                float::Recovery::Undamped => Recovery::Accommodation,
            },
            u_bits: INTEGER_BITS + self.frac,
            u_overflow: Overflow::Saturate,
            rounding: self.rounding,
            time_scale: time_scale(pattern.dt),
            substeps: 1,
            constant_bits: CONSTANT_INTEGER_BITS + self.constant_frac,
            constant_frac: self.constant_frac,
        };
        let widths =
            IzhikevichWidths { v_bits: INTEGER_BITS + self.frac, v_frac: self.frac, v_overflow: Overflow::Saturate };
        let compare = match pattern.parameters.compare {
            lif::Compare::Above => Compare::Gt,
            lif::Compare::AtLeast => Compare::Ge,
        };
        IzhikevichRules::new(&model, widths, compare)
    }

    /// A number in the format of the states.
    fn state(&self, value: f64) -> i64 {
        raw(value, self.frac)
    }

    /// A number in the format of the constants, of few digits if the unit has no multipliers.
    fn constant(&self, value: f64) -> i64 {
        match self.products {
            Products::Multiplier { .. } => raw(value, self.constant_frac),
            Products::ShiftAdd { digits, .. } => {
                let largest = 1_i64 << (self.constant_frac + CONSTANT_INTEGER_BITS - 1);
                let scaled = value * (1_i64 << self.constant_frac) as f64;
                nearest_with_digits(scaled, digits, (-largest, largest - 1))
            }
        }
    }

    /// `k1` and `k0` as the form wants them: coefficients, or the vertex of the parabola and the value there.
    ///
    /// ```text
    /// 0.04 v^2 + k1 v + k0 = 0.04 (v - vertex)^2 + value,   vertex = -k1 / 0.08,   value = k0 - k1^2 / 0.16
    /// ```
    fn polynomial(&self, pattern: &Pattern) -> (f64, f64) {
        let (k1, k0) = (pattern.parameters.k1, pattern.parameters.k0);
        match self.products {
            Products::Multiplier { .. } => (k1, k0),
            Products::ShiftAdd { .. } => (-k1 / 0.08, k0 - k1 * k1 / 0.16),
        }
    }

    fn parameters<W: Word>(&self, pattern: &Pattern) -> IzhikevichParameters<W> {
        let p = &pattern.parameters;
        let state = |value| W::constant(self.state(value));
        let constant = |value| W::constant(self.constant(value));
        let (k1, k0) = self.polynomial(pattern);
        IzhikevichParameters {
            threshold: state(p.threshold),
            v_reset: state(p.c),
            u_step: state(p.d),
            a: constant(p.a * pattern.dt),
            b: constant(p.b),
            k2: constant(0.04),
            k1: state(k1),
            k0: state(k0),
            v_zero: match p.recovery {
                float::Recovery::Decaying => W::constant(0),
                float::Recovery::Undamped => state(-65.0),
            },
            dt: constant(pattern.dt),
        }
    }

    /// The currents of a pattern as raw integers, one for each time step.
    #[must_use]
    pub fn inputs(&self, pattern: &Pattern) -> Vec<i64> {
        (0..pattern.steps).map(|step| self.state(pattern.current(step))).collect()
    }
}

/// A shift for time steps of a power of two, else a constant.
fn time_scale(dt: f64) -> TimeScale {
    match (1..=3).find(|&shift| dt == 1.0 / f64::from(1_u32 << shift)) {
        Some(shift) => TimeScale::Shift(shift),
        None => TimeScale::Constant,
    }
}

/// The nearest raw integer, ties to even.
fn raw(value: f64, frac: u32) -> i64 {
    let frac = u8::try_from(frac).expect("at most 32 fraction bits");
    let format = QFormat::new(QFormat::MAX_BITS, frac, true).expect("a width of 64 bits");
    let (raw, _) = format.from_real(value, Rounding::HalfEven, Overflow::Saturate).expect("patterns are finite");
    i64::try_from(raw).expect("a width of 64 bits")
}

/// What a run of the unit leaves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnitRun {
    /// Time steps in which it fired.
    pub spikes: Vec<u64>,
    /// Time steps in which `v` or `u` saturated.
    pub saturations: u64,
}

/// Runs a pattern in the unit; `inputs` are those of [`UnitChoice::inputs`].
#[must_use]
pub fn run(choice: &UnitChoice, pattern: &Pattern, inputs: &[i64]) -> UnitRun {
    if choice.fits_64_bits() {
        run_in::<i64>(choice, pattern, inputs, |_| ())
    } else {
        run_in::<i128>(choice, pattern, inputs, |_| ())
    }
}

/// The same with the membrane potential after each time step, mV.
#[must_use]
pub fn traced_run(choice: &UnitChoice, pattern: &Pattern) -> (UnitRun, Vec<f64>) {
    let mut v = Vec::with_capacity(pattern.steps);
    let lsb = 1.0 / (1_u64 << choice.frac) as f64;
    let run = run_in::<i128>(choice, pattern, &choice.inputs(pattern), |raw| v.push(raw as f64 * lsb));
    (run, v)
}

fn run_in<W: Word<Bit = bool>>(
    choice: &UnitChoice,
    pattern: &Pattern,
    inputs: &[i64],
    mut see: impl FnMut(W),
) -> UnitRun {
    let (rules, parameters) = (choice.rules(pattern), choice.parameters::<W>(pattern));
    let word = |value| W::constant(choice.state(value));
    let mut state = IzhikevichState { v: word(pattern.v0), u: word(pattern.u0) };
    let mut lfsr = Lfsr::for_lane(choice.seed, 0);
    let mut run = UnitRun::default();
    for (step, &input) in inputs.iter().enumerate() {
        let random = Random(W::constant(lfsr.next().into()));
        let now = rules.step(&state, &W::constant(input), &parameters, &random);
        if now.spike {
            run.spikes.push(step as u64);
        }
        run.saturations += u64::from(now.v_overflow | now.u_overflow);
        state = now.state;
        see(state.v.clone());
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitspike_reference::izhikevich::patterns::PATTERNS;

    #[test]
    fn both_carriers_give_the_same_spikes_where_the_narrow_one_is_used() {
        for products in [UnitChoice::default().products, Products::ShiftAdd { segment_bits: 4, digits: 4 }] {
            for (frac, constant_frac) in [(16, 32), (18, 30), (20, 20), (8, 8)] {
                let choice = UnitChoice { frac, constant_frac, products, ..UnitChoice::default() };
                assert!(choice.fits_64_bits());
                for pattern in &PATTERNS {
                    let inputs = choice.inputs(pattern);
                    let wide = run_in::<i128>(&choice, pattern, &inputs, |_| ());
                    assert_eq!(run(&choice, pattern, &inputs), wide, "{} {choice:?}", pattern.letter);
                }
            }
        }
    }

    #[test]
    fn time_steps_of_a_power_of_two_are_shifts() {
        assert_eq!(time_scale(0.25), TimeScale::Shift(2));
        assert_eq!(time_scale(0.5), TimeScale::Shift(1));
        assert_eq!(time_scale(0.2), TimeScale::Constant);
    }

    #[test]
    fn the_form_without_multipliers_holds_the_vertex() {
        let choice =
            UnitChoice { products: Products::ShiftAdd { segment_bits: 3, digits: 3 }, ..UnitChoice::default() };
        let vertex = |letter| choice.polynomial(Pattern::of(letter).expect("a letter"));
        // 0.04 (v + 62.5)^2 - 16.25 = 0.04 v^2 + 5 v + 140;  0.04 (v + 51.25)^2 + 2.9375 = 0.04 v^2 + 4.1 v + 108
        let near =
            |(v, value): (f64, f64), (w, other): (f64, f64)| (v - w).abs() < 1e-12 && (value - other).abs() < 1e-12;
        assert!(near(vertex('A'), (-62.5, -16.25)), "{:?}", vertex('A'));
        assert!(near(vertex('G'), (-51.25, 2.9375)), "{:?}", vertex('G'));
        assert_eq!(choice.constant(0.04), (0.0400390625 * 4_294_967_296.0) as i64, "2^-5 + 2^-7 + 2^-10");
    }
}
