//! The real numbers a core stands for, before they were rounded to integers.

use super::LoadedCore;
use super::constants::tau_of_amount;
use super::elaborate::Elaboration;
use super::error::ConfigError;
use super::izhikevich::Parameters;
use super::sections::{PerNeuron, Potential, Quantity, SharedPotential, SharedQuantity};

/// The real numbers a core stands for: as the file gives them where it does, else what the raw integers mean.
///
/// Potentials are in units of `v`, of which one least significant bit is `2^-frac`: mV for Izhikevich neurons. A potential given
/// in volts is `volts / lsb_volts * 2^-frac`. Time is in seconds, but where the paper has ms. Lists per neuron have an entry for every neuron.
#[derive(Clone, Debug, PartialEq)]
pub struct IdealValues {
    /// Time step, s.
    pub dt: f64,
    /// Threshold of each neuron.
    pub threshold: Vec<f64>,
    /// Membrane potential after a spike of each neuron.
    pub v_reset: Vec<f64>,
    /// Added to the membrane potential in every time step, of each neuron.
    pub bias: Vec<f64>,
    /// Membrane potential after reset.
    pub v_init: f64,
    /// Membrane recovery after reset.
    pub u_init: f64,
    /// Membrane time constant of each neuron, s; infinite for a leak that keeps `v`; `None` for forms without one.
    pub tau_m: Option<Vec<f64>>,
    /// Time constant of each accumulator of the synaptic current, s, as `tau_m`: polarity by polarity, in the order of the filter.
    pub tau_i_syn: Option<Vec<f64>>,
    /// Gain of each polarity: of the fast and of the slow part; empty but for `three_tau`.
    pub gain: Vec<[f64; 2]>,
    /// Refractory period, s.
    pub tau_ref: f64,
    /// Parameters of the Izhikevich neuron.
    pub izhikevich: Option<IdealIzhikevich>,
}

/// Parameters of the Izhikevich neuron in the paper's units.
#[derive(Clone, Debug, PartialEq)]
pub struct IdealIzhikevich {
    /// Rate of the recovery of each neuron, 1/ms.
    pub a: Vec<f64>,
    /// Slope of the recovery of each neuron.
    pub b: Vec<f64>,
    /// Added to the recovery at a spike, of each neuron, mV.
    pub d: Vec<f64>,
    /// Coefficient of `v^2`, 1/(mV ms).
    pub k2: f64,
    /// Coefficient of `v`, 1/ms, also where the hardware holds the vertex.
    pub k1: f64,
    /// Constant term, mV/ms, also where the hardware holds the value at the vertex.
    pub k0: f64,
    /// Membrane potential at which the recovery has its zero, mV.
    pub v_zero: f64,
    /// A step of `v`, ms; a time step has `substeps` of them.
    pub dt: f64,
}

impl LoadedCore {
    /// The real numbers this core stands for, before quantisation.
    ///
    /// ```text
    /// threshold = raw * 2^-frac                or as given in volts
    /// tau       = -dt / ln(factor)             or as given; factor = amount / 2^bits (multiply), 1 - 2^-amount (shift)
    /// a         = raw * 2^-ConstantFrac / dt   or as given
    /// ```
    ///
    /// # Example
    /// ```
    /// use bitspike_spec::config;
    ///
    /// let loaded = config::from_str("preset = \"izhikevich\"", ".")?;
    /// let izhikevich = loaded.ideal_values().izhikevich.expect("has the model");
    /// assert_eq!((izhikevich.a[0], izhikevich.k2), (0.02, 0.04));
    /// assert_eq!(loaded.core.values().neurons[0].a, 1311); // 0.02 * 2^16 = 1310.72
    /// # Ok::<(), config::ConfigError>(())
    /// ```
    #[must_use]
    pub fn ideal_values(&self) -> IdealValues {
        let elaboration = Elaboration { config: &self.config, structure: self.core.structure() };
        Ideal { loaded: self, elaboration }.values().expect("the configuration was elaborated")
    }
}

struct Ideal<'a> {
    loaded: &'a LoadedCore,
    elaboration: Elaboration<'a>,
}

impl Ideal<'_> {
    fn values(&self) -> Result<IdealValues, ConfigError> {
        let (config, core) = (&self.loaded.config, &self.loaded.core);
        let keys = &config.values;
        let steps = f64::from(core.values().refractory_steps);
        let zero = Potential::Raw(PerNeuron::Shared(0));
        Ok(IdealValues {
            dt: config.core.dt,
            threshold: self.potentials(keys.threshold.as_ref().unwrap_or(&zero), |n| core.parameters(n).threshold),
            v_reset: self.v_reset(),
            bias: self.potentials(&keys.bias, |n| core.parameters(n).bias),
            v_init: self.potential(&keys.v_init, core.values().v_init),
            u_init: self.potential(&keys.u_init, core.values().u_init),
            tau_m: self.tau_m(),
            tau_i_syn: self.tau_i_syn()?,
            gain: self.gain()?,
            tau_ref: keys.tau_ref.unwrap_or(steps * config.core.dt),
            izhikevich: self.izhikevich()?,
        })
    }

    fn each<T>(&self, of_neuron: impl Fn(u32) -> T) -> Vec<T> {
        (0..self.loaded.core.structure().neurons).map(of_neuron).collect()
    }

    fn of_raw(&self, raw: i64) -> f64 {
        raw as f64 * libm::exp2(-f64::from(self.loaded.core.structure().frac))
    }

    fn of_volts(&self, volts: f64) -> f64 {
        let lsb_volts = self.loaded.config.lsb_volts().expect("volts were turned into integers by it");
        volts / lsb_volts * libm::exp2(-f64::from(self.loaded.core.structure().frac))
    }

    fn potentials(&self, given: &Potential, raw: impl Fn(u32) -> i64) -> Vec<f64> {
        self.each(|n| match given {
            Potential::Raw(_) => self.of_raw(raw(n)),
            Potential::Volts(volts) => self.of_volts(*of(&volts.volts, n)),
        })
    }

    fn potential(&self, given: &SharedPotential, raw: i64) -> f64 {
        match given {
            SharedPotential::Raw(_) => self.of_raw(raw),
            SharedPotential::Volts(volts) => self.of_volts(volts.volts),
        }
    }

    fn v_reset(&self) -> Vec<f64> {
        let (keys, core) = (&self.loaded.config.values, &self.loaded.core);
        match keys.izhikevich.as_ref().and_then(|izhikevich| izhikevich.c.as_ref()) {
            Some(c) => self.quantities(Some(c), |n| self.of_raw(core.parameters(n).v_reset)),
            None => self.potentials(&keys.v_reset, |n| core.parameters(n).v_reset),
        }
    }

    fn quantities(&self, given: Option<&Quantity>, of_raw: impl Fn(u32) -> f64) -> Vec<f64> {
        self.each(|n| match given {
            Some(Quantity::Real(real)) => *of(real, n),
            Some(Quantity::Raw(_)) | None => of_raw(n),
        })
    }

    fn tau_m(&self) -> Option<Vec<f64>> {
        let (config, core) = (&self.loaded.config, &self.loaded.core);
        let leak = &core.structure().semantics.leak;
        match &config.values.tau_m {
            Some(tau) => Some(self.each(|n| *of(tau, n))),
            None => self.each(|n| tau_of_amount(core.parameters(n).leak, config.core.dt, leak)).into_iter().collect(),
        }
    }

    fn tau_i_syn(&self) -> Result<Option<Vec<f64>>, ConfigError> {
        if let Some(taus) = self.elaboration.accumulator_taus()? {
            return Ok(Some(taus.into_iter().map(|(_, tau)| tau).collect()));
        }
        let decay = &self.loaded.core.structure().semantics.decay;
        let dt = self.loaded.config.core.dt;
        let amounts = &self.loaded.core.values().i_syn_decay;
        Ok(amounts.iter().map(|&amount| tau_of_amount(amount, dt, decay)).collect())
    }

    fn gain(&self) -> Result<Vec<[f64; 2]>, ConfigError> {
        if let Some(shares) = self.elaboration.fast_shares()? {
            return Ok(shares.into_iter().map(|(_, share)| [share, 1.0 - share]).collect());
        }
        let one = libm::exp2(f64::from(self.loaded.core.structure().synapse.gain_bits));
        Ok(self.loaded.core.values().gain.iter().map(|pair| pair.map(|gain| gain as f64 / one)).collect())
    }

    fn izhikevich(&self) -> Result<Option<IdealIzhikevich>, ConfigError> {
        let Some(parameters) = Parameters::new(&self.elaboration)? else { return Ok(None) };
        let (keys, core) = (parameters.keys(), &self.loaded.core);
        let polynomial = parameters.polynomial()?;
        let step_ms = self.loaded.config.core.dt * 1e3;
        Ok(Some(IdealIzhikevich {
            a: self.quantities(keys.a.as_ref(), |n| parameters.of_constant(core.parameters(n).a) / step_ms),
            b: self.quantities(keys.b.as_ref(), |n| parameters.of_constant(core.parameters(n).b)),
            d: self.quantities(keys.d.as_ref(), |n| self.of_raw(core.parameters(n).u_step)),
            k2: polynomial.k2,
            k1: polynomial.k1,
            k0: polynomial.k0,
            v_zero: match keys.v_zero {
                SharedQuantity::Real(real) => real,
                SharedQuantity::Raw(_) => self.of_raw(core.values().izhikevich.v_zero),
            },
            dt: parameters.dt_ms(),
        }))
    }
}

/// The value of neuron `n`.
fn of<T>(value: &PerNeuron<T>, n: u32) -> &T {
    match value {
        PerNeuron::Shared(one) => one,
        PerNeuron::Each(list) => &list[n as usize],
    }
}
