//! Relaxation: a device moves once more right after programming.

use crate::config::ArrayConfig;
use crate::device::{Device, Effect, Moment, standard_normal};
use crate::error::DeviceError;
use crate::sigma::{Sigma, SigmaSource};
use bitspike_spec::random::Stream;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[array.relaxation]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RelaxationConfig {
    /// Standard deviation as a function of the programmed conductance.
    pub sigma: SigmaSource,
}

/// Relaxation after the last pulse, in µS: `g = max(0, g + sigma(g) z)`, `z` of stream `Relaxation`, block 0.
///
/// Source: W. Wan et al., Nature 608 (2022), extended data: relaxation is faster than the later loss of retention.
#[derive(Clone, Debug)]
pub struct Relaxation {
    sigma: Sigma,
}

pub(crate) fn make(config: &ArrayConfig) -> Result<Option<Box<dyn Effect>>, DeviceError> {
    let Some(relaxation) = &config.relaxation else { return Ok(None) };
    Ok(Some(Box::new(Relaxation { sigma: relaxation.sigma.load("array.relaxation.sigma")? })))
}

impl Effect for Relaxation {
    fn apply(&self, at: &Moment, devices: &mut [Device]) {
        at.draws.each(Stream::Relaxation, devices, |device, word| {
            device.set_g(device.g() + self.sigma.at(device.g()) * standard_normal(word));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{MILLION, after, ks_p, moment, normal_cdf};

    #[test]
    fn is_normal_around_the_programmed_conductance() {
        let relaxation = Relaxation { sigma: Sigma::Relative(0.05) };
        let p = ks_p(after(&relaxation, &moment(0.0), (MILLION, 30.0)), |x| normal_cdf((x - 30.0) / 1.5));
        assert!(p > 0.01, "{p}");
    }
}
