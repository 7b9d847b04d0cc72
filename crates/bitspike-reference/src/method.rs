use crate::error::{ReferenceError, positive};

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
    fn impossible_steps_are_refused() {
        let message = |dt, tau| Method::Euler.decay(dt, tau).unwrap_err().to_string();
        assert_eq!(message(0.0, 1.0), "dt is 0e0, must be a finite number above 0");
        assert_eq!(message(1.0, f64::NAN), "tau is NaN, must be a finite number above 0");
        assert_eq!(message(2.0, 1.0), "dt is 2e0 s, must be at most the time constant, 1e0 s, for the Euler method");
        assert!(Method::Exact.decay(2.0, 1.0).is_ok());
    }
}
