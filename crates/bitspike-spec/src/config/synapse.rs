//! Time constants and shares of the synaptic filters as decays and gains.

use super::constants::{check_tau, raw};
use super::elaborate::{Elaboration, both, has_amount, no_amount};
use super::error::ConfigError;
use super::sections::{OneOrEach, ValuesSection};
use crate::synapse::{Filter, Polarity};

/// A key and its number, if it is given.
type Given = Option<(String, f64)>;

/// What is given of the time constants of one polarity, under the keys where it stands.
struct Times {
    tau_syn: Given,
    tau_rise: Given,
    tau_fast: Given,
    tau_slow: Given,
    fast_share: Given,
}

impl Times {
    /// Of polarity `q`: the inhibitory (1) has what the excitatory (0) has, unless it says otherwise.
    fn new(values: &ValuesSection, q: u32) -> Self {
        let own = values.inhibitory.clone().filter(|_| q == 1).unwrap_or_default();
        let given = |name: &str, own: Option<f64>, shared: Option<f64>| {
            let inhibitory = own.map(|x| (format!("values.inhibitory.{name}"), x));
            inhibitory.or_else(|| shared.map(|x| (format!("values.{name}"), x)))
        };
        Times {
            tau_syn: given("tau_syn", own.tau_syn, values.tau_syn),
            tau_rise: given("tau_rise", own.tau_rise, values.tau_rise),
            tau_fast: given("tau_fast", own.tau_fast, values.tau_fast),
            tau_slow: given("tau_slow", own.tau_slow, values.tau_slow),
            fast_share: given("fast_share", own.fast_share, values.fast_share),
        }
    }

    fn any_tau(&self) -> Option<&str> {
        [&self.tau_syn, &self.tau_rise, &self.tau_fast, &self.tau_slow]
            .into_iter()
            .find_map(|given| given.as_ref().map(|(key, _)| key.as_str()))
    }

    /// Refuses what the filter has no use for.
    fn check_used(&self, filter: Filter) -> Result<(), ConfigError> {
        let unused = match filter {
            Filter::Exponential => vec![&self.tau_rise, &self.tau_fast, &self.tau_slow, &self.fast_share],
            Filter::DoubleExponential => vec![&self.tau_syn, &self.tau_fast, &self.fast_share],
            Filter::ThreeTau => vec![&self.tau_syn],
        };
        match unused.into_iter().flatten().next() {
            None => Ok(()),
            Some((key, _)) => {
                Err(ConfigError::conflict(key, format!("has no meaning with neuron.i_syn.filter = \"{filter}\"")))
            }
        }
    }

    /// Key and time constant in seconds of each accumulator of the polarity.
    fn of_accumulators(&self, filter: Filter) -> Result<Vec<(String, f64)>, ConfigError> {
        let needed = |name: &str, given: &Given| match given {
            Some((key, tau)) => check_tau(key, *tau).map(|()| (key.clone(), *tau)),
            None => Err(ConfigError::missing(
                &format!("values.{name}"),
                format!("neuron.i_syn.filter = \"{filter}\" needs it, in seconds"),
            )),
        };
        let faster =
            |(key, rise): &(String, f64), (_, tau): &(String, f64)| (key.clone(), 1.0 / (1.0 / rise + 1.0 / tau));
        match filter {
            Filter::Exponential => Ok(vec![needed("tau_syn", &self.tau_syn)?]),
            Filter::DoubleExponential => {
                Ok(vec![needed("tau_slow", &self.tau_slow)?, needed("tau_rise", &self.tau_rise)?])
            }
            Filter::ThreeTau => {
                let rise = needed("tau_rise", &self.tau_rise)?;
                let (fast, slow) = (needed("tau_fast", &self.tau_fast)?, needed("tau_slow", &self.tau_slow)?);
                let (rise_fast, rise_slow) = (faster(&rise, &fast), faster(&rise, &slow));
                Ok(vec![fast, slow, rise_fast, rise_slow])
            }
        }
    }
}

impl Elaboration<'_> {
    fn times(&self) -> Result<Vec<Times>, ConfigError> {
        let (values, synapse) = (&self.config.values, &self.structure.synapse);
        if values.inhibitory.is_some() && synapse.polarity == Polarity::Signed {
            let problem = "is given, which needs neuron.i_syn.polarity = \"split\"";
            return Err(ConfigError::conflict("values.inhibitory", problem));
        }
        let times: Vec<Times> = (0..synapse.polarities()).map(|q| Times::new(values, q)).collect();
        times.iter().try_for_each(|times| times.check_used(synapse.filter))?;
        Ok(times)
    }

    /// Key and time constant in seconds of each accumulator, if they are given as such.
    pub(super) fn accumulator_taus(&self) -> Result<Option<Vec<(String, f64)>>, ConfigError> {
        let times = self.times()?;
        if times.iter().all(|times| times.any_tau().is_none()) {
            return Ok(None);
        }
        let lists: Vec<_> =
            times.iter().map(|times| times.of_accumulators(self.structure.synapse.filter)).collect::<Result<_, _>>()?;
        Ok(Some(lists.concat()))
    }

    /// The amount of the decay of each accumulator.
    pub(super) fn decays(&self) -> Result<Vec<i64>, ConfigError> {
        let reduce = &self.structure.semantics.decay;
        let count = self.structure.accumulators() as usize;
        match (&self.config.values.i_syn_decay, self.accumulator_taus()?) {
            (Some(_), Some(taus)) => Err(both(&taus[0].0, "values.i_syn_decay")),
            (Some(OneOrEach::One(amount)), None) => Ok(vec![*amount; count]),
            (Some(OneOrEach::Each(amounts)), None) => Ok(amounts.clone()),
            (None, Some(taus)) => {
                let amounts = taus.iter().map(|(key, tau)| self.amount(key, *tau, reduce));
                let amounts: Vec<i64> = amounts.collect::<Result<_, _>>()?;
                Ok(amounts.into_iter().take(count).collect())
            }
            (None, None) if has_amount(reduce) => {
                let tau = match self.structure.synapse.filter {
                    Filter::Exponential => "values.tau_syn",
                    Filter::DoubleExponential => "values.tau_slow and tau_rise",
                    Filter::ThreeTau => "values.tau_fast, tau_slow and tau_rise",
                };
                Err(no_amount("values.i_syn_decay", tau, "neuron.decay", reduce))
            }
            (None, None) => Ok(vec![0; count]),
        }
    }

    /// Share of the fast part of each polarity, if it is given as such.
    pub(super) fn fast_shares(&self) -> Result<Option<Vec<(String, f64)>>, ConfigError> {
        let shares: Vec<_> = self.times()?.into_iter().filter_map(|times| times.fast_share).collect();
        match shares.len() {
            0 => Ok(None),
            given if given == self.structure.synapse.polarities() as usize => Ok(Some(shares)),
            _ => {
                Err(ConfigError::missing("values.fast_share", "the share of the fast part of positive weights, 0 to 1"))
            }
        }
    }

    /// The gains of `three_tau`.
    pub(super) fn gains(&self) -> Result<Vec<[i64; 2]>, ConfigError> {
        let three_tau = self.structure.synapse.filter == Filter::ThreeTau;
        match (&self.config.values.gain, self.fast_shares()?) {
            (Some(_), Some(shares)) => Err(both(&shares[0].0, "values.gain")),
            (Some(pairs), None) => pairs.iter().map(|pair| pair_of(pair)).collect(),
            (None, Some(shares)) => shares.iter().map(|(key, share)| self.gain_of_share(key, *share)).collect(),
            (None, None) if three_tau => {
                let most = 1 << self.structure.synapse.gain_bits;
                let needed = format!(
                    "neuron.i_syn.filter = \"three_tau\" needs a pair for each polarity, 0 to {most} (or values.fast_share)"
                );
                Err(ConfigError::missing("values.gain", needed))
            }
            (None, None) => Ok(Vec::new()),
        }
    }

    fn gain_of_share(&self, key: &str, share: f64) -> Result<[i64; 2], ConfigError> {
        let part =
            |share: f64| raw(key, share, self.structure.synapse.gain_bits as u8, self.config.values.constant_rounding);
        Ok([part(share)?, part(1.0 - share)?])
    }
}

fn pair_of(pair: &[i64]) -> Result<[i64; 2], ConfigError> {
    let wrong = |_| ConfigError::conflict("values.gain", "must have pairs: the gains of the fast and the slow part");
    <[i64; 2]>::try_from(pair).map_err(wrong)
}
