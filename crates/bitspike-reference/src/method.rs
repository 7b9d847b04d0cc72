use crate::error::{ReferenceError, positive};
use crate::exp::exprel;

/// How a linear differential equation `tau dx/dt = x_inf - x` advances by one time step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Forward Euler: `x += (dt / tau) (x_inf - x)`, first order in dt.
    Euler,
    /// Exact for an input constant during the step: `x = x_inf + (x - x_inf) exp(-dt / tau)`.
    Exact,
}

impl Method {
    /// Factor, 0 to 1, by which the distance to `x_inf` shrinks in one time step.
    ///
    /// ```text
    /// Euler: 1 - dt / tau        Exact: exp(-dt / tau)
    /// ```
    ///
    /// `dt` and `tau` in seconds; rounding of `f64`.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NotPositive`] unless `dt` and `tau` are finite and above 0;
    /// [`ReferenceError::StepTooLong`] for Euler with `dt > tau`, whose state would overshoot.
    pub fn decay(self, dt: f64, tau: f64) -> Result<f64, ReferenceError> {
        positive("dt", dt)?;
        positive("tau", tau)?;
        match self {
            Self::Euler if dt > tau => Err(ReferenceError::StepTooLong { dt, tau }),
            Self::Euler => Ok(1.0 - dt / tau),
            Self::Exact => Ok(libm::exp(-dt / tau)),
        }
    }

    /// What a decaying input x (time constant `tau`) adds to a membrane (`tau_m`) in one time step, per unit of x at
    /// its start.
    ///
    /// ```text
    /// tau_m dv/dt = -v + x        Euler: dt / tau_m
    /// exact: (exp(-dt / tau) - exp(-dt / tau_m)) tau / (tau - tau_m)
    ///        = dt / tau_m  exp(-dt / tau_m)  exprel(dt / tau_m - dt / tau)       no singularity at tau = tau_m
    /// ```
    ///
    /// Times in seconds; rounding of `f64`. Source: Rotter & Diesmann 1999, Biol. Cybern. 81.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NotPositive`] unless `dt`, `tau_m` and `tau` are finite and above 0.
    pub fn gain(self, dt: f64, tau_m: f64, tau: f64) -> Result<f64, ReferenceError> {
        positive("dt", dt)?;
        positive("tau_m", tau_m)?;
        positive("tau", tau)?;
        match self {
            Self::Euler => Ok(dt / tau_m),
            Self::Exact => Ok(dt / tau_m * libm::exp(-dt / tau_m) * exprel(dt / tau_m - dt / tau)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn exact_steps_compose_and_euler_is_their_first_order() {
        let half = Method::Exact.decay(0.5e-3, 1e-2).unwrap();
        let whole = Method::Exact.decay(1e-3, 1e-2).unwrap();
        assert!((half * half - whole).abs() <= 4.0 * f64::EPSILON);
        // exp(-x) - (1 - x) lies between 0 and x^2 / 2.
        let gap = whole - Method::Euler.decay(1e-3, 1e-2).unwrap();
        assert!(gap > 0.0 && gap < 0.1 * 0.1 / 2.0, "{gap}");
    }

    #[test]
    fn the_exact_gain_is_the_difference_of_exponentials_and_its_limit() {
        for (tau_m, tau) in [(20e-3, 5e-3), (20e-3, 10e-3), (5e-3, 80e-3)] {
            let difference = (libm::exp(-1e-4 / tau) - libm::exp(-1e-4 / tau_m)) * tau / (tau - tau_m);
            let gain = Method::Exact.gain(1e-4, tau_m, tau).unwrap();
            // The difference loses the bits of 1 above it: 1 / 0.005 for the smallest.
            assert!((gain / difference - 1.0).abs() < 1000.0 * f64::EPSILON, "{tau_m} {tau}");
        }
        let equal = Method::Exact.gain(1e-4, 5e-3, 5e-3).unwrap();
        assert_eq!(equal, 1e-4 / 5e-3 * libm::exp(-1e-4 / 5e-3));
        assert_eq!(Method::Euler.gain(1.0, 4.0, 2.0).unwrap(), 0.25);
    }

    #[test]
    fn impossible_gains_are_refused() {
        let message = |dt, tau_m, tau| Method::Exact.gain(dt, tau_m, tau).unwrap_err().to_string();
        assert_eq!(message(0.0, 1.0, 1.0), "dt is 0e0, must be a finite number above 0");
        assert_eq!(message(1.0, 0.0, 1.0), "tau_m is 0e0, must be a finite number above 0");
        assert_eq!(message(1.0, 1.0, 0.0), "tau is 0e0, must be a finite number above 0");
    }

    #[test]
    fn impossible_steps_are_refused() {
        let message = |dt, tau| Method::Euler.decay(dt, tau).unwrap_err().to_string();
        assert_eq!(message(0.0, 1.0), "dt is 0e0, must be a finite number above 0");
        assert_eq!(message(1.0, f64::NAN), "tau is NaN, must be a finite number above 0");
        assert_eq!(message(2.0, 1.0), "dt is 2e0 s, must be at most the time constant, 1e0 s, for the Euler method");
        assert!(Method::Exact.decay(2.0, 1.0).is_ok());
    }
}
