//! The real parameters of a core.

use bitspike_spec::config::{IdealIzhikevich, IdealValues};
use bitspike_spec::{Clamp, Core, NeuronModel, NeuronParameters, Products, Reduce, ReduceForm, Structure, TimeScale};

/// How a leak or decay changes a state in one time step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reduction {
    /// `x` stays.
    Keep,
    /// `x - amount`.
    Subtract(f64),
    /// By `amount` towards zero, and not past it.
    TowardsZero(f64),
    /// `x * factor`.
    Factor(f64),
    /// `x` becomes 0.
    Clear,
}

impl Reduction {
    /// What a stored amount does, without the rounding: `shift` by `k` is a factor `1 - 2^-k`, `multiply` a factor
    /// `amount / 2^bits`, the amount of `subtract` stands for `amount * lsb`. `min_one` moves by one LSB, which is 0 here.
    #[must_use]
    pub fn of_amount(reduce: &Reduce, amount: i64, lsb: f64) -> Self {
        match (reduce.form, reduce.clamp) {
            (ReduceForm::None, _) => Reduction::Keep,
            (ReduceForm::Subtract, Clamp::Zero) => Reduction::TowardsZero(amount as f64 * lsb),
            (ReduceForm::Subtract, Clamp::None | Clamp::MinOne) => Reduction::Subtract(amount as f64 * lsb),
            (ReduceForm::Shift, _) => Reduction::Factor(1.0 - libm::exp2(-(amount as f64))),
            (ReduceForm::Multiply, _) => Reduction::Factor(amount as f64 * libm::exp2(-f64::from(reduce.bits))),
            (ReduceForm::Clear, _) => Reduction::Clear,
        }
    }

    /// `x` after one time step.
    #[inline]
    #[must_use]
    pub fn apply(self, x: f64) -> f64 {
        match self {
            Reduction::Keep => x,
            Reduction::Subtract(amount) => x - amount,
            Reduction::TowardsZero(amount) if x >= 0.0 => (x - amount).max(0.0),
            Reduction::TowardsZero(amount) => (x + amount).min(0.0),
            Reduction::Factor(factor) => x * factor,
            Reduction::Clear => 0.0,
        }
    }
}

/// The parabola in `v'` of an Izhikevich neuron, mV and ms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Parabola {
    /// `k2 v^2 + k1 v + k0`.
    Powers {
        /// Factor of `v^2`, 1/(mV ms).
        k2: f64,
        /// Factor of `v`, 1/ms.
        k1: f64,
        /// Constant term, mV/ms.
        k0: f64,
    },
    /// `k2 (v - vertex)^2 + lowest`.
    Vertex {
        /// Factor of the square, 1/(mV ms).
        k2: f64,
        /// Potential of the vertex, mV.
        vertex: f64,
        /// Value at the vertex, mV/ms.
        lowest: f64,
    },
}

impl Parabola {
    /// The value at `v` (mV), mV/ms; operations in the order of the contract.
    #[inline]
    #[must_use]
    pub fn at(&self, v: f64) -> f64 {
        match *self {
            Parabola::Powers { k2, k1, k0 } => (k2 * v + k1) * v + k0,
            Parabola::Vertex { k2, vertex, lowest } => k2 * ((v - vertex) * (v - vertex)) + lowest,
        }
    }
}

/// What all neurons of an Izhikevich core share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SharedIzhikevich {
    /// The parabola of `v'`.
    pub parabola: Parabola,
    /// Where the recovery has its zero, mV.
    pub v_zero: f64,
    /// Length of one step of `v`, ms; a time step has `substeps` of them.
    pub dt: f64,
}

/// Real parameters of one neuron. Potentials and currents in units of `2^frac` LSB, as the core's reports show them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RealNeuron {
    /// Fires when `v` compares with it.
    pub threshold: f64,
    /// Membrane leak of a time step.
    pub leak: Reduction,
    /// Membrane potential after a spike with `reset = value`.
    pub v_reset: f64,
    /// Added to the current in every time step.
    pub bias: f64,
    /// Whether spikes leave the neuron.
    pub output_enable: bool,
    /// Rate of the recovery times the time step, a pure number (`izhikevich`).
    pub a: f64,
    /// Slope of the recovery (`izhikevich`).
    pub b: f64,
    /// Added to `u` at a spike (`izhikevich`).
    pub u_step: f64,
}

/// The real parameters of a core: what the integers of its `Values` stand for.
#[derive(Clone, Debug, PartialEq)]
pub struct RealParameters {
    /// One entry for each neuron, or a single shared one.
    pub neurons: Vec<RealNeuron>,
    /// Membrane potential at the start.
    pub v_init: f64,
    /// Recovery at the start.
    pub u_init: f64,
    /// Decay of each accumulator of the synaptic current in a time step.
    pub decay: Vec<Reduction>,
    /// Gains of `three_tau`, `[polarity][fast, slow]`.
    pub gain: Vec<[f64; 2]>,
    /// What an Izhikevich core shares; nothing with `lif`.
    pub izhikevich: Option<SharedIzhikevich>,
    /// Refractory period in time steps. The discretised layer holds `v` for the core's whole number of time steps.
    pub refractory_steps: f64,
    /// What a weight of 1 stands for: `2^weight_shift` LSB.
    pub weight: f64,
}

impl RealParameters {
    /// The parameters a core has stored, each exactly what its integer says:
    ///
    /// ```text
    /// v, u, currents    raw * 2^-frac
    /// weight            code * 2^weight_shift * 2^-frac
    /// constants         raw * 2^-constant_frac;      gains  raw * 2^-gain_bits
    /// leak and decay    Reduction::of_amount
    /// ```
    #[must_use]
    pub fn stored(core: &Core) -> Self {
        let (structure, values) = (core.structure(), core.values());
        let lsb = lsb(structure);
        let gain_lsb = libm::exp2(-f64::from(structure.synapse.gain_bits));
        let decay = |&amount| Reduction::of_amount(&structure.semantics.decay, amount, lsb);
        RealParameters {
            neurons: values.neurons.iter().map(|neuron| stored_neuron(structure, neuron)).collect(),
            v_init: values.v_init as f64 * lsb,
            u_init: values.u_init as f64 * lsb,
            decay: values.i_syn_decay.iter().map(decay).collect(),
            gain: values.gain.iter().map(|gains| gains.map(|raw| raw as f64 * gain_lsb)).collect(),
            izhikevich: stored_izhikevich(core),
            refractory_steps: f64::from(values.refractory_steps),
            weight: libm::exp2(f64::from(structure.weight_shift)) * lsb,
        }
    }

    /// The parameters a core's file gives, before they were rounded to what [`RealParameters::stored`] has.
    ///
    /// ```text
    /// leak, decay of a factor     exp(-dt / tau);     of the other forms as stored
    /// a                           the paper's a times the time step in ms
    /// vertex                      -k1 / (2 k2);     value there  k0 - k1^2 / (4 k2)
    /// ```
    ///
    /// What was given as an integer comes back to it: a difference of at most one part in `10^12` is none.
    #[must_use]
    pub fn ideal(core: &Core, ideal: &IdealValues) -> Self {
        let stored = RealParameters::stored(core);
        let neurons = stored.neurons.iter().enumerate();
        let taus = |k: usize| ideal.tau_i_syn.as_ref().map(|taus| taus[k]);
        let gains = stored.gain.iter().zip(&ideal.gain);
        RealParameters {
            neurons: neurons.map(|(n, stored)| ideal_neuron(n, stored, ideal)).collect(),
            v_init: near(ideal.v_init, stored.v_init),
            u_init: near(ideal.u_init, stored.u_init),
            decay: stored.decay.iter().enumerate().map(|(k, &d)| ideal_reduction(d, taus(k), ideal.dt)).collect(),
            gain: gains.map(|(stored, ideal)| [near(ideal[0], stored[0]), near(ideal[1], stored[1])]).collect(),
            izhikevich: stored
                .izhikevich
                .zip(ideal.izhikevich.as_ref())
                .map(|(stored, ideal)| ideal_shared(stored, ideal)),
            refractory_steps: near(ideal.tau_ref / ideal.dt, stored.refractory_steps),
            weight: stored.weight,
        }
    }

    /// Parameters of neuron `n`.
    ///
    /// # Panics
    /// If there are no parameters of neuron `n`.
    #[inline]
    #[must_use]
    pub fn neuron(&self, n: usize) -> &RealNeuron {
        if self.neurons.len() == 1 { &self.neurons[0] } else { &self.neurons[n] }
    }
}

/// One least significant bit of `v`, `u` and `i_syn`: `2^-frac`.
#[must_use]
pub fn lsb(structure: &Structure) -> f64 {
    libm::exp2(-f64::from(structure.frac))
}

/// `ideal`, or what is stored if that is the same but for the rounding of conversions.
fn near(ideal: f64, stored: f64) -> f64 {
    if (ideal - stored).abs() <= 1e-12 * stored.abs() { stored } else { ideal }
}

fn ideal_reduction(stored: Reduction, tau: Option<f64>, dt: f64) -> Reduction {
    match (stored, tau) {
        (Reduction::Factor(factor), Some(tau)) => Reduction::Factor(near(libm::exp(-dt / tau), factor)),
        (
            Reduction::Keep
            | Reduction::Subtract(_)
            | Reduction::TowardsZero(_)
            | Reduction::Factor(_)
            | Reduction::Clear,
            _,
        ) => stored,
    }
}

fn ideal_neuron(n: usize, stored: &RealNeuron, ideal: &IdealValues) -> RealNeuron {
    let neuron = RealNeuron {
        threshold: near(ideal.threshold[n], stored.threshold),
        leak: ideal_reduction(stored.leak, ideal.tau_m.as_ref().map(|taus| taus[n]), ideal.dt),
        v_reset: near(ideal.v_reset[n], stored.v_reset),
        bias: near(ideal.bias[n], stored.bias),
        ..*stored
    };
    let Some(izhikevich) = &ideal.izhikevich else { return neuron };
    RealNeuron {
        a: near(izhikevich.a[n] * ideal.dt * 1e3, stored.a),
        b: near(izhikevich.b[n], stored.b),
        u_step: near(izhikevich.d[n], stored.u_step),
        ..neuron
    }
}

fn ideal_shared(stored: SharedIzhikevich, ideal: &IdealIzhikevich) -> SharedIzhikevich {
    let IdealIzhikevich { k2, k1, k0, .. } = *ideal;
    let parabola = match stored.parabola {
        Parabola::Powers { k2: stored_k2, k1: stored_k1, k0: stored_k0 } => {
            Parabola::Powers { k2: near(k2, stored_k2), k1: near(k1, stored_k1), k0: near(k0, stored_k0) }
        }
        Parabola::Vertex { k2: stored_k2, vertex, lowest } => Parabola::Vertex {
            k2: near(k2, stored_k2),
            vertex: near(-k1 / (2.0 * k2), vertex),
            lowest: near(k0 - k1 * k1 / (4.0 * k2), lowest),
        },
    };
    SharedIzhikevich { parabola, v_zero: near(ideal.v_zero, stored.v_zero), dt: near(ideal.dt, stored.dt) }
}

fn constant_lsb(structure: &Structure) -> f64 {
    match structure.model {
        NeuronModel::Lif => 0.0,
        NeuronModel::Izhikevich(izhikevich) => libm::exp2(-f64::from(izhikevich.constant_frac)),
    }
}

fn stored_neuron(structure: &Structure, neuron: &NeuronParameters) -> RealNeuron {
    let (lsb, constant_lsb) = (lsb(structure), constant_lsb(structure));
    RealNeuron {
        threshold: neuron.threshold as f64 * lsb,
        leak: Reduction::of_amount(&structure.semantics.leak, neuron.leak, lsb),
        v_reset: neuron.v_reset as f64 * lsb,
        bias: neuron.bias as f64 * lsb,
        output_enable: neuron.output_enable,
        a: neuron.a as f64 * constant_lsb,
        b: neuron.b as f64 * constant_lsb,
        u_step: neuron.u_step as f64 * lsb,
    }
}

fn stored_izhikevich(core: &Core) -> Option<SharedIzhikevich> {
    let structure = core.structure();
    let NeuronModel::Izhikevich(izhikevich) = structure.model else { return None };
    let (lsb, constant_lsb, raw) = (lsb(structure), constant_lsb(structure), core.values().izhikevich);
    let (k2, k1, k0) = (raw.k2 as f64 * constant_lsb, raw.k1 as f64 * lsb, raw.k0 as f64 * lsb);
    let dt = match izhikevich.time_scale {
        TimeScale::Shift(shift) => libm::exp2(-f64::from(shift)),
        TimeScale::Constant => raw.dt as f64 * constant_lsb,
    };
    let parabola = match izhikevich.products {
        Products::Multiplier { .. } => Parabola::Powers { k2, k1, k0 },
        Products::ShiftAdd { .. } => Parabola::Vertex { k2, vertex: k1, lowest: k0 },
    };
    Some(SharedIzhikevich { parabola, v_zero: raw.v_zero as f64 * lsb, dt })
}
