//! Current against voltage of a device that is not a resistor.

use crate::config::ArrayConfig;
use crate::error::{DeviceError, check_range};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[array.nonlinear]`: current against voltage of a device, one of the forms.
///
/// ```text
/// linear  i = g v
/// sinh    i = g sinh(b v) / b
/// milo    i = g v + n2 v^2 + n3 v^3       l = log10 g
///         n2 = 7.063e-3 + 5.711e-3 l + 1.541e-3 l^2 + 1.388e-4 l^3
///         n3 = 1.2968e-3 + 6.7919e-4 l + 8.8710e-5 l^2
/// ```
///
/// Spikes see 0 or `v_read`, so without wires the effect is a changed code: `g_eff = i(v_read) / v_read`. Source: V. Milo
/// et al., IRPS 2021, fig. 1, fit of CrossSim 3.2.0 (measured at 62.5 to 110 µS, linear at 225 µS by assumption).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CurrentVoltage {
    /// A resistor.
    #[default]
    Linear,
    /// Hyperbolic sine with steepness in 1/V, 0.001 to 20.
    Sinh(f64),
    /// HfOx of V. Milo et al. 2021, for 50 to 225 µS and at most 0.5 V.
    Milo,
}

/// The largest voltage the cubic fit holds for.
const MILO_VOLTS: f64 = 0.5;

impl CurrentVoltage {
    /// Current through a device of small-signal conductance `g` (siemens) at `v` volts, amperes.
    #[inline]
    #[must_use]
    pub fn current(self, g: f64, v: f64) -> f64 {
        match self {
            CurrentVoltage::Linear => g * v,
            CurrentVoltage::Sinh(b) => g * libm::sinh(b * v) / b,
            CurrentVoltage::Milo => {
                let (n2, n3) = milo(g);
                v * (g + v * (n2 + v * n3))
            }
        }
    }

    /// Derivative of the current by the voltage, siemens.
    #[inline]
    #[must_use]
    pub fn slope(self, g: f64, v: f64) -> f64 {
        match self {
            CurrentVoltage::Linear => g,
            CurrentVoltage::Sinh(b) => g * libm::cosh(b * v),
            CurrentVoltage::Milo => {
                let (n2, n3) = milo(g);
                g + v * (2.0 * n2 + 3.0 * v * n3)
            }
        }
    }

    /// Conductance seen at `v`, `i(v) / v`, siemens.
    #[must_use]
    pub fn folded(self, g: f64, v: f64) -> f64 {
        self.current(g, v) / v
    }

    pub(crate) fn check(self, config: &ArrayConfig) -> Result<(), DeviceError> {
        match self {
            CurrentVoltage::Linear => Ok(()),
            CurrentVoltage::Sinh(b) => check_range("array.nonlinear.sinh", b, (1e-3, 20.0)),
            CurrentVoltage::Milo => {
                check_range("array.v_read (nonlinear = \"milo\")", config.v_read, (1e-3, MILO_VOLTS))?;
                check_range("array.g_min (nonlinear = \"milo\")", config.g_min, (49.9e-6, 226e-6))?;
                check_range("array.g_max (nonlinear = \"milo\")", config.g_max, (49.9e-6, 226e-6))
            }
        }
    }
}

/// Quadratic and cubic coefficient at conductance `g`, for the range of the fit; beyond it the nearest end.
fn milo(g: f64) -> (f64, f64) {
    if g <= 0.0 {
        return (0.0, 0.0);
    }
    let l = libm::log10(g.clamp(50e-6, 225e-6));
    let n2 = 7.063e-3 + l * (5.711e-3 + l * (1.541e-3 + l * 1.388e-4));
    let n3 = 1.2968e-3 + l * (6.7919e-4 + l * 8.8710e-5);
    (n2, n3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sinh_has_its_closed_form_and_its_small_signal() {
        let sinh = CurrentVoltage::Sinh(3.0);
        assert!((sinh.current(2e-5, 0.4) - 2e-5 * 1.2_f64.sinh() / 3.0).abs() < 1e-18);
        assert!((sinh.folded(2e-5, 1e-4) / 2e-5 - 1.0).abs() < 1e-7);
        assert_eq!(CurrentVoltage::Linear.folded(2e-5, 0.5), 2e-5);
    }

    /// The fit assumes a resistor at 225 µS; its coefficients have four digits, which leaves some 1e-6 of each term.
    #[test]
    fn milo_is_linear_at_the_largest_conductance() {
        let (n2, n3) = milo(225e-6);
        assert!(n2.abs() < 5e-6 && n3.abs() < 5e-6, "{n2} {n3}");
        assert_eq!(CurrentVoltage::Milo.current(0.0, 0.5), 0.0);
    }

    /// The published polynomial at 62.5 µS and 0.5 V, evaluated apart: n2 = -2.38389e-05, n3 = 9.31972e-06.
    #[test]
    fn milo_is_the_published_polynomial() {
        let folded = CurrentVoltage::Milo.folded(62.5e-6, 0.5);
        assert!((folded / 5.291045543e-05 - 1.0).abs() < 1e-8, "{folded:e}");
    }

    #[test]
    fn the_slope_is_the_derivative() {
        for form in [CurrentVoltage::Linear, CurrentVoltage::Sinh(3.0), CurrentVoltage::Milo] {
            for v in [-0.3, 0.0, 0.2, 0.5] {
                let (g, h) = (8e-5, 1e-5);
                let difference = (form.current(g, v + h) - form.current(g, v - h)) / (2.0 * h);
                assert!((form.slope(g, v) / difference - 1.0).abs() < 1e-8, "{form:?} at {v}");
            }
        }
    }
}
