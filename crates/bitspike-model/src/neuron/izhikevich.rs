//! The Izhikevich neuron: a quadratic membrane and a linear recovery.

use super::random::round_shift;
use super::{Random, StateRule, bit, fire::compares, square_by_chords};
use bitspike_spec::fx::{Overflow, Rounding, Word};
use bitspike_spec::{Compare, Core, Izhikevich, NeuronModel, Products, Recovery, TimeScale, UpdateOrder};

/// What a step needs to know of its unit: plain numbers, in wider formats than a core has if wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IzhikevichRules {
    /// Membrane potential.
    pub v: StateRule,
    /// Membrane recovery.
    pub u: StateRule,
    /// Fraction bits of `v`, `u`, currents, `k1`, `k0`, `v_zero`.
    pub v_frac: u32,
    /// Fraction bits of the constants `k2`, `a`, `b`, `dt`.
    pub constant_frac: u32,
    /// How products are made.
    pub products: Products,
    /// Rounding of products.
    pub rounding: Rounding,
    /// Which `v` the recovery sees.
    pub update: UpdateOrder,
    /// Equation of the recovery.
    pub recovery: Recovery,
    /// Scaling by the time step.
    pub time_scale: TimeScale,
    /// Steps of `v` in one time step, 1 or 2.
    pub substeps: u32,
    /// Comparison with the threshold.
    pub compare: Compare,
}

/// Widths of the state of an Izhikevich unit, and its overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IzhikevichWidths {
    /// Width of `v`, two's complement, 2 to 64.
    pub v_bits: u32,
    /// Fraction bits of `v`.
    pub v_frac: u32,
    /// Overflow of `v`.
    pub v_overflow: Overflow,
}

/// Parameters of an Izhikevich neuron, as words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IzhikevichParameters<W> {
    /// Fires when `v` compares with it, signed.
    pub threshold: W,
    /// Membrane potential after a spike, signed.
    pub v_reset: W,
    /// Added to `u` at a spike, signed.
    pub u_step: W,
    /// Rate of the recovery times the time step in ms, a constant.
    pub a: W,
    /// Slope of the recovery, a constant.
    pub b: W,
    /// Coefficient of `v^2`, a constant.
    pub k2: W,
    /// Coefficient of `v`, or with `shift_add` the vertex of the parabola.
    pub k1: W,
    /// Constant term, or with `shift_add` the value at the vertex.
    pub k0: W,
    /// Where the recovery has its zero.
    pub v_zero: W,
    /// Time step in ms, a constant; only with `TimeScale::Constant`.
    pub dt: W,
}

impl<W: Word> IzhikevichParameters<W> {
    /// The words of neuron `n` of a checked core.
    ///
    /// # Panics
    /// If the core has no neuron `n` and parameters are per neuron.
    #[must_use]
    pub fn new(core: &Core, n: u32) -> Self {
        let (neuron, shared) = (core.parameters(n), &core.values().izhikevich);
        IzhikevichParameters {
            threshold: W::constant(neuron.threshold),
            v_reset: W::constant(neuron.v_reset),
            u_step: W::constant(neuron.u_step),
            a: W::constant(neuron.a),
            b: W::constant(neuron.b),
            k2: W::constant(shared.k2),
            k1: W::constant(shared.k1),
            k0: W::constant(shared.k0),
            v_zero: W::constant(shared.v_zero),
            dt: W::constant(shared.dt),
        }
    }
}

/// State of an Izhikevich neuron.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IzhikevichState<W> {
    /// Membrane potential, signed.
    pub v: W,
    /// Membrane recovery, signed.
    pub u: W,
}

/// What a step of an Izhikevich neuron yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IzhikevichStep<W: Word> {
    /// The new state.
    pub state: IzhikevichState<W>,
    /// Whether it fired.
    pub spike: W::Bit,
    /// Whether a fit of `v` was out of range.
    pub v_overflow: W::Bit,
    /// Whether a fit of `u` that was used was out of range.
    pub u_overflow: W::Bit,
}

/// What the products of a step share.
#[derive(Clone, Copy)]
struct Unit<'a, W> {
    rules: &'a IzhikevichRules,
    parameters: &'a IzhikevichParameters<W>,
    random: &'a Random<W>,
}

impl IzhikevichRules {
    /// The rules of a unit with these choices, widths of `v` and comparison.
    ///
    /// # Panics
    /// When a state has more than 64 bits.
    #[must_use]
    pub fn new(model: &Izhikevich, widths: IzhikevichWidths, compare: Compare) -> Self {
        IzhikevichRules {
            v: StateRule::new(widths.v_bits, widths.v_overflow),
            u: StateRule::new(model.u_bits, model.u_overflow),
            v_frac: widths.v_frac,
            constant_frac: model.constant_frac,
            products: model.products,
            rounding: model.rounding,
            update: model.update,
            recovery: model.recovery,
            time_scale: model.time_scale,
            substeps: model.substeps,
            compare,
        }
    }

    /// The rules of a checked core, if its neurons are of this model.
    #[must_use]
    pub fn of_core(core: &Core) -> Option<Self> {
        let s = core.structure();
        let widths = IzhikevichWidths { v_bits: s.v_bits, v_frac: s.frac, v_overflow: s.semantics.v_overflow };
        match &s.model {
            NeuronModel::Lif => None,
            NeuronModel::Izhikevich(model) => Some(IzhikevichRules::new(model, widths, s.semantics.compare)),
        }
    }

    /// Advances one neuron by one time step under the current `drive`.
    ///
    /// ```text
    /// x = v;  substeps times:  x = fit(x + dt * (k2 x^2 + k1 x + k0 - u + drive))
    /// u' = fit(u + a (b (w - v_zero) - u)),   w = sequential ? x : v
    /// compare(x, threshold) ? v = v_reset, u = fit(u' + u_step) : v = x, u = u'
    /// ```
    ///
    /// Every product is rounded once; the word must hold every exact product: for states of `B` bits and constants of `C`
    /// bits, `i64` does up to `B + C = 61` with `2 B <= 60`, `i128` up to `B + C = 125`, `2 B <= 124`.
    /// Products, their numbers and forms: `docs/src/contract/arithmetic.md`. Source: Izhikevich 2003, "Simple model of
    /// spiking neurons", and 2004, "Which model to use for cortical spiking neurons?".
    ///
    /// # Example
    /// ```
    /// use bitspike_model::neuron::{IzhikevichParameters, IzhikevichRules, IzhikevichState, IzhikevichWidths, Random};
    /// use bitspike_spec::fx::{Overflow, Rounding};
    /// use bitspike_spec::{Compare, Izhikevich, Products, Recovery, TimeScale, UpdateOrder};
    ///
    /// let model = Izhikevich {
    ///     products: Products::Multiplier { multipliers: 0 },
    ///     update: UpdateOrder::Sequential,
    ///     recovery: Recovery::Standard,
    ///     u_bits: 24,
    ///     u_overflow: Overflow::Saturate,
    ///     rounding: Rounding::HalfUp,
    ///     time_scale: TimeScale::Shift(2), // 0.25 ms
    ///     substeps: 1,
    ///     constant_bits: 18,
    ///     constant_frac: 16,
    /// };
    /// let widths = IzhikevichWidths { v_bits: 24, v_frac: 14, v_overflow: Overflow::Saturate };
    /// let rules = IzhikevichRules::new(&model, widths, Compare::Gt);
    /// let (state, constant) = (|mv: i64| mv << 14, |x: i64| x * 65536 / 1000);
    /// let regular = IzhikevichParameters {
    ///     threshold: state(30),
    ///     v_reset: state(-65),
    ///     u_step: state(6),
    ///     a: constant(5), // 0.02 * 0.25 ms
    ///     b: constant(200),
    ///     k2: constant(40),
    ///     k1: state(5),
    ///     k0: state(140),
    ///     ..IzhikevichParameters::default()
    /// };
    /// let mut neuron = IzhikevichState { v: state(-70), u: state(-14) };
    /// let mut spikes = 0;
    /// for _ in 0..400 {
    ///     let step = rules.step(&neuron, &state(14), &regular, &Random(0));
    ///     neuron = step.state;
    ///     spikes += i32::from(step.spike);
    /// }
    /// assert!((5..=7).contains(&spikes), "tonic spiking: {spikes} spikes in 100 ms");
    /// ```
    #[inline(always)]
    #[must_use]
    pub fn step<W: Word>(
        &self,
        state: &IzhikevichState<W>,
        drive: &W,
        parameters: &IzhikevichParameters<W>,
        random: &Random<W>,
    ) -> IzhikevichStep<W> {
        let unit = Unit { rules: self, parameters, random };
        let (x, v_overflow) = unit.membrane(state, drive);
        let seen = match self.update {
            UpdateOrder::Sequential => &x,
            UpdateOrder::Simultaneous => &state.v,
        };
        let (y, in_recovery) = unit.recovery(&state.u, seen);
        let spike = compares(&x, &parameters.threshold, self.compare);
        let (stepped, in_step) = self.u.fit(&y.add(&parameters.u_step));
        IzhikevichStep {
            state: IzhikevichState {
                v: W::select(&spike, &parameters.v_reset, &x),
                u: W::select(&spike, &stepped, &y),
            },
            v_overflow,
            u_overflow: W::bit_or(&in_recovery, &W::bit_and(&spike, &in_step)),
            spike,
        }
    }
}

impl<W: Word> Unit<'_, W> {
    /// Product `n`, brought back from `frac` more fraction bits.
    #[inline(always)]
    fn round(&self, product: &W, frac: u32, n: u32) -> W {
        round_shift(product, &W::constant(frac.into()), self.rules.rounding, &self.random.product(n))
    }

    /// A constant times a state, product `n`.
    #[inline(always)]
    fn scaled(&self, constant: &W, x: &W, n: u32) -> W {
        self.round(&constant.mul(x), self.rules.constant_frac, n)
    }

    /// `v` after all substeps.
    #[inline(always)]
    fn membrane(&self, state: &IzhikevichState<W>, drive: &W) -> (W, W::Bit) {
        let input = drive.sub(&state.u);
        let (mut x, mut overflow) = (state.v.clone(), bit::<W>(false));
        for i in 0..self.rules.substeps {
            let slope = self.polynomial(&x, i).add(&input);
            let (next, outside) = self.rules.v.fit(&x.add(&self.by_time_step(&slope, i)));
            (x, overflow) = (next, W::bit_or(&overflow, &outside));
        }
        (x, overflow)
    }

    #[inline(always)]
    fn polynomial(&self, v: &W, i: u32) -> W {
        let (IzhikevichParameters { k2, k1, k0, .. }, v_frac) = (self.parameters, self.rules.v_frac);
        match self.rules.products {
            Products::Multiplier { .. } => {
                let q = self.scaled(k2, v, 3 * i).add(k1);
                self.round(&q.mul(v), v_frac, 3 * i + 1).add(k0)
            }
            Products::ShiftAdd { segment_bits, .. } => {
                let x = v.sub(k1);
                let x = W::select(&x.less_than(&W::constant(0)), &x.neg(), &x);
                let y = self.round(&square_by_chords(&x, segment_bits), v_frac, 3 * i);
                self.scaled(k2, &y, 3 * i + 1).add(k0)
            }
        }
    }

    #[inline(always)]
    fn by_time_step(&self, slope: &W, i: u32) -> W {
        match self.rules.time_scale {
            TimeScale::Shift(shift) => self.round(slope, shift, 3 * i + 2),
            TimeScale::Constant => self.scaled(&self.parameters.dt, slope, 3 * i + 2),
        }
    }

    /// `u` before the step of a spike, for the membrane potential it sees.
    #[inline(always)]
    fn recovery(&self, u: &W, seen: &W) -> (W, W::Bit) {
        let e = self.scaled(&self.parameters.b, &seen.sub(&self.parameters.v_zero), 6);
        let e = match self.rules.recovery {
            Recovery::Standard => e.sub(u),
            Recovery::Accommodation => e,
        };
        self.rules.u.fit(&u.add(&self.scaled(&self.parameters.a, &e, 7)))
    }
}
