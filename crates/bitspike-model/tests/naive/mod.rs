//! `docs/src/contract/arithmetic.md` and `array.md` once more, in plain `i128` and with branches: what the model is compared with.

#![allow(dead_code)]

pub mod read;
pub mod witness;

use bitspike_spec::fx::{Overflow, Rounding};
use bitspike_spec::{
    Clamp, Compare, Core, Filter, FireCheck, Izhikevich, NeuronModel, Order, Polarity, Products, Recovery, Reduce,
    ReduceForm, Reset, TimeScale, UpdateOrder,
};

/// Mathematical floor of `x / 2^k`.
pub fn floor_div(x: i128, k: i128) -> i128 {
    x.div_euclid(1 << k)
}

pub fn naive_fit(x: i128, bits: u32, overflow: Overflow) -> (i128, bool) {
    let (low, high, modulus) = (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1, 1_i128 << bits);
    if (low..=high).contains(&x) {
        return (x, false);
    }
    let fitted = match overflow {
        Overflow::Saturate if x < low => low,
        Overflow::Saturate => high,
        Overflow::Wrap => (x - low).rem_euclid(modulus) + low,
    };
    (fitted, true)
}

pub fn naive_round(x: i128, k: i128, rounding: Rounding, random: i128) -> i128 {
    let (floor, rest, half) = (floor_div(x, k), x.rem_euclid(1 << k), 1_i128 << k);
    let up = match rounding {
        Rounding::Floor => false,
        Rounding::TowardZero => x < 0 && rest > 0,
        Rounding::HalfUp => k > 0 && 2 * rest >= half,
        Rounding::HalfEven => 2 * rest > half || (k > 0 && 2 * rest == half && floor % 2 != 0),
        Rounding::Stochastic if k > 16 => rest + random * (1 << (k - 16)) >= half,
        Rounding::Stochastic => rest + random.rem_euclid(half) >= half,
    };
    floor + i128::from(up)
}

pub fn naive_reduce(x: i128, amount: i128, rule: &Reduce, random: i128, bits: u32, overflow: Overflow) -> (i128, bool) {
    match (rule.form, rule.clamp) {
        (ReduceForm::None, _) => (x, false),
        (ReduceForm::Clear, _) => (0, false),
        (ReduceForm::Subtract, Clamp::Zero) => (x.signum() * (x.abs() - amount).max(0), false),
        (ReduceForm::Subtract, _) => naive_fit(x - amount, bits, overflow),
        (ReduceForm::Shift, clamp) => {
            let d = naive_round(x, amount, rule.rounding, random);
            (if clamp == Clamp::MinOne && d == 0 { x - x.signum() } else { x - d }, false)
        }
        (ReduceForm::Multiply, clamp) => {
            let y = naive_round(x * amount, i128::from(rule.bits), rule.rounding, random);
            let sticks = clamp == Clamp::MinOne && y == x && amount != 1 << rule.bits;
            (if sticks { x - x.signum() } else { y }, false)
        }
    }
}

/// Bits `j` to `j + 15` of a 32-bit word that is repeated without end.
pub fn part(word: u32, j: u32) -> i128 {
    i128::from((u64::from(word) | u64::from(word) << 32) >> j & 0xFFFF)
}

/// Whether `x` fires.
pub fn fires(compare: Compare, x: i128, threshold: i128) -> bool {
    match compare {
        Compare::Ge => x >= threshold,
        Compare::Gt => x > threshold,
        Compare::Eq => x == threshold,
    }
}

/// State of one neuron; what it has not is 0 or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    pub v: i128,
    pub u: i128,
    pub i_syn: Vec<i128>,
    pub input: Vec<i128>,
    pub refractory: i128,
}

/// What an update yields besides the state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub emitted: i128,
    pub v_overflow: bool,
    pub u_overflow: bool,
    pub i_syn_overflow: bool,
}

/// Numbers of an Izhikevich unit.
#[derive(Clone, Copy, Debug)]
pub struct Unit {
    pub model: Izhikevich,
    pub compare: Compare,
    pub v_bits: u32,
    pub v_frac: u32,
    pub v_overflow: Overflow,
    pub threshold: i128,
    pub v_reset: i128,
    pub u_step: i128,
    pub a: i128,
    pub b: i128,
    pub k2: i128,
    pub k1: i128,
    pub k0: i128,
    pub v_zero: i128,
    pub dt: i128,
}

/// The chord of the parabola over the interval of `x`, whose ends have `segment_bits + 1` leading bits and then zeros.
pub fn naive_square(x: i128, segment_bits: u32) -> i128 {
    let mut width = 1;
    while x / width >= 2 << segment_bits {
        width *= 2;
    }
    let low = x / width * width;
    let high = low + width;
    low * low + (x - low) * (low + high)
}

impl Unit {
    fn round(&self, x: i128, frac: u32, product: u32, word: u32) -> i128 {
        naive_round(x, frac.into(), self.model.rounding, part(word, 2 * product))
    }

    fn polynomial(&self, v: i128, i: u32, word: u32) -> i128 {
        let (c, f) = (self.model.constant_frac, self.v_frac);
        match self.model.products {
            Products::Multiplier { .. } => {
                let q = self.round(self.k2 * v, c, 3 * i, word) + self.k1;
                self.round(q * v, f, 3 * i + 1, word) + self.k0
            }
            Products::ShiftAdd { segment_bits, .. } => {
                let square = naive_square((v - self.k1).abs(), segment_bits);
                let y = self.round(square, f, 3 * i, word);
                self.round(self.k2 * y, c, 3 * i + 1, word) + self.k0
            }
        }
    }

    /// `(v, u, spike, v overflow, u overflow)`
    pub fn step(&self, v: i128, u: i128, drive: i128, word: u32) -> (i128, i128, bool, bool, bool) {
        let (mut x, mut v_overflow) = (v, false);
        for i in 0..self.model.substeps {
            let slope = self.polynomial(x, i, word) - u + drive;
            let scaled = match self.model.time_scale {
                TimeScale::Shift(shift) => self.round(slope, shift, 3 * i + 2, word),
                TimeScale::Constant => self.round(self.dt * slope, self.model.constant_frac, 3 * i + 2, word),
            };
            let (fitted, outside) = naive_fit(x + scaled, self.v_bits, self.v_overflow);
            (x, v_overflow) = (fitted, v_overflow || outside);
        }
        let w = if self.model.update == UpdateOrder::Sequential { x } else { v };
        let mut e = self.round(self.b * (w - self.v_zero), self.model.constant_frac, 6, word);
        if self.model.recovery == Recovery::Standard {
            e -= u;
        }
        let rise = self.round(self.a * e, self.model.constant_frac, 7, word);
        let (y, outside) = naive_fit(u + rise, self.model.u_bits, self.model.u_overflow);
        if fires(self.compare, x, self.threshold) {
            let (y, outside_too) = naive_fit(y + self.u_step, self.model.u_bits, self.model.u_overflow);
            return (self.v_reset, y, true, v_overflow, outside || outside_too);
        }
        (x, y, false, v_overflow, outside)
    }
}

/// One neuron of a core.
pub struct Neuron<'a> {
    pub core: &'a Core,
    pub n: u32,
}

impl Neuron<'_> {
    fn fit_v(&self, x: i128, outcome: &mut Outcome) -> i128 {
        let s = self.core.structure();
        let (x, outside) = naive_fit(x, s.v_bits, s.semantics.v_overflow);
        outcome.v_overflow |= outside;
        x
    }

    fn fit_current(&self, x: i128, outcome: &mut Outcome) -> i128 {
        let s = self.core.structure();
        let (x, outside) = naive_fit(x, s.i_syn_bits, s.semantics.i_syn_overflow);
        outcome.i_syn_overflow |= outside;
        x
    }

    fn leak(&self, x: i128, word: u32, outcome: &mut Outcome) -> i128 {
        let (s, p) = (self.core.structure(), self.core.parameters(self.n));
        let semantics = &s.semantics;
        let (x, outside) =
            naive_reduce(x, p.leak.into(), &semantics.leak, part(word, 0), s.v_bits, semantics.v_overflow);
        outcome.v_overflow |= outside;
        x
    }

    fn fire(&self, mut x: i128, outcome: &mut Outcome) -> (i128, i128) {
        let (s, p) = (self.core.structure().semantics, self.core.parameters(self.n));
        let mut n = 0;
        while n < i128::from(s.max_spikes) && fires(s.compare, x, p.threshold.into()) {
            n += 1;
            x = match s.reset {
                Reset::Zero => 0,
                Reset::Value => p.v_reset.into(),
                Reset::Subtract => self.fit_v(x - i128::from(p.threshold), outcome),
            };
        }
        (x, n)
    }

    fn lif(&self, state: &mut State, drive: i128, word: u32, outcome: &mut Outcome) -> i128 {
        if state.refractory > 0 {
            state.refractory -= 1;
            return 0;
        }
        let v = state.v;
        let (v, n) = match self.core.structure().semantics.order {
            Order::LeakIntegrateFire => {
                let x = self.leak(v, word, outcome);
                let x = self.fit_v(x + drive, outcome);
                self.fire(x, outcome)
            }
            Order::IntegrateLeakFire => {
                let x = self.fit_v(v + drive, outcome);
                let x = self.leak(x, word, outcome);
                self.fire(x, outcome)
            }
            Order::IntegrateFireLeak => {
                let x = self.fit_v(v + drive, outcome);
                let (x, n) = self.fire(x, outcome);
                (if n > 0 { x } else { self.leak(x, word, outcome) }, n)
            }
        };
        state.v = v;
        if n > 0 && self.core.structure().refractory_bits > 0 {
            state.refractory = self.core.values().refractory_steps.into();
        }
        n
    }

    fn izhikevich(&self, state: &mut State, drive: i128, word: u32, outcome: &mut Outcome) -> i128 {
        let unit = self.unit().expect("an Izhikevich core");
        let (v, u, spike, v_overflow, u_overflow) = unit.step(state.v, state.u, drive, word);
        (state.v, state.u, outcome.v_overflow, outcome.u_overflow) = (v, u, v_overflow, u_overflow);
        spike.into()
    }

    /// The unit of an Izhikevich core.
    pub fn unit(&self) -> Option<Unit> {
        let (s, p, shared) = (self.core.structure(), self.core.parameters(self.n), self.core.values().izhikevich);
        match s.model {
            NeuronModel::Lif => None,
            NeuronModel::Izhikevich(model) => Some(Unit {
                model,
                compare: s.semantics.compare,
                v_bits: s.v_bits,
                v_frac: s.frac,
                v_overflow: s.semantics.v_overflow,
                threshold: p.threshold.into(),
                v_reset: p.v_reset.into(),
                u_step: p.u_step.into(),
                a: p.a.into(),
                b: p.b.into(),
                k2: shared.k2.into(),
                k1: shared.k1.into(),
                k0: shared.k0.into(),
                v_zero: shared.v_zero.into(),
                dt: shared.dt.into(),
            }),
        }
    }

    /// What accumulator `f` of polarity `q` gets of `x`.
    fn jump(&self, q: usize, f: usize, x: i128, word: u32) -> i128 {
        let (s, values) = (self.core.structure(), self.core.values());
        match (s.synapse.filter, f) {
            (Filter::Exponential, _) | (Filter::DoubleExponential, 0) => x,
            (Filter::DoubleExponential, _) => -x,
            (Filter::ThreeTau, f) => {
                let g = f % 2;
                let random = part(word, 4 + 4 * q as u32 + 2 * g as u32);
                let gained = i128::from(values.gain[q][g]) * x;
                let y = naive_round(gained, s.synapse.gain_bits.into(), s.semantics.decay.rounding, random);
                if f < 2 { y } else { -y }
            }
        }
    }

    /// A time step of this neuron.
    pub fn time_step(&self, state: &mut State, word: u32) -> Outcome {
        let (s, values) = (self.core.structure(), self.core.values());
        let (mut outcome, semantics) = (Outcome::default(), &s.semantics);
        let filters = match s.synapse.filter {
            Filter::Exponential => 1,
            Filter::DoubleExponential => 2,
            Filter::ThreeTau => 4,
        };
        for q in 0..state.input.len() {
            let x = std::mem::take(&mut state.input[q]);
            for f in 0..filters {
                let sum = state.i_syn[q * filters + f] + self.jump(q, f, x, word);
                state.i_syn[q * filters + f] = self.fit_current(sum, &mut outcome);
            }
        }
        let sum = state.i_syn.iter().sum();
        let current = naive_round(sum, s.synapse.shift.into(), semantics.decay.rounding, part(word, 12));
        let drive = current + i128::from(self.core.parameters(self.n).bias);
        let n = match s.model {
            NeuronModel::Lif => self.lif(state, drive, word, &mut outcome),
            NeuronModel::Izhikevich(_) => self.izhikevich(state, drive, word, &mut outcome),
        };
        for (k, i_syn) in state.i_syn.iter_mut().enumerate() {
            let (amount, random) = (values.i_syn_decay[k].into(), part(word, 16 + 2 * k as u32));
            let (x, outside) =
                naive_reduce(*i_syn, amount, &semantics.decay, random, s.i_syn_bits, semantics.i_syn_overflow);
            *i_syn = x;
            outcome.i_syn_overflow |= outside;
        }
        outcome.emitted = if self.core.parameters(self.n).output_enable { n } else { 0 };
        outcome
    }

    /// A weight onto the membrane of this neuron.
    pub fn synaptic_operation(&self, state: &mut State, weight: i128) -> Outcome {
        let (s, mut outcome) = (self.core.structure(), Outcome::default());
        if state.refractory > 0 {
            return outcome;
        }
        state.v = self.fit_v(state.v + (weight << s.weight_shift), &mut outcome);
        if s.semantics.fire_check == FireCheck::PerOperation {
            let (v, n) = self.fire(state.v, &mut outcome);
            state.v = v;
            if n > 0 && s.refractory_bits > 0 {
                state.refractory = self.core.values().refractory_steps.into();
            }
            outcome.emitted = if self.core.parameters(self.n).output_enable { n } else { 0 };
        }
        outcome
    }

    /// A weight into the current of this neuron: `words` are the accumulators, or the input words of a slot.
    pub fn receive(&self, words: &mut [i128], weight: i128) -> Outcome {
        let (s, mut outcome) = (self.core.structure(), Outcome::default());
        let input = weight << s.weight_shift;
        let q = usize::from(s.synapse.polarity == Polarity::Split && input < 0);
        words[q] = self.fit_current(words[q] + input, &mut outcome);
        outcome
    }
}
