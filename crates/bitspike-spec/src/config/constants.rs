//! Physical constants as raw integers: time constants and volts.

use super::error::ConfigError;
use crate::fx::{FxError, Overflow, QFormat, Rounding};
use crate::semantics::{Reduce, ReduceForm};

/// Amount of a leak or decay that comes nearest to the time constant `tau`.
///
/// ```text
/// factor   = exp(-dt / tau)                              per time step, dt and tau in seconds
/// multiply   amount = round(2^bits * factor)             with the rounding of constants
/// shift      amount = k with 1 - 2^-k nearest to factor, the smaller k of two equally near
/// ```
///
/// `exp` is that of the `libm` crate, whose result has the same bits on every platform.
///
/// # Errors
/// [`ConfigError::OutOfRange`] at `key` when `tau` is not above 0; [`ConfigError::Conflict`] for the other forms, which have no
/// time constant: `subtract` takes the same amount off a small and a large state.
pub(crate) fn amount_of_tau(
    key: &str,
    tau: f64,
    dt: f64,
    reduce: &Reduce,
    rounding: Rounding,
) -> Result<i64, ConfigError> {
    check_tau(key, tau)?;
    let factor = libm::exp(-dt / tau);
    match reduce.form {
        ReduceForm::Multiply => raw(key, factor, reduce.bits as u8, rounding),
        ReduceForm::Shift => Ok(nearest_shift(factor, reduce.amount_limit())),
        ReduceForm::Subtract => Err(ConfigError::conflict(
            key,
            "has no meaning with form \"subtract\", whose step does not depend on the state; give the amount itself",
        )),
        ReduceForm::None | ReduceForm::Clear => {
            Err(ConfigError::conflict(key, format!("has no meaning with form \"{}\"", reduce.form)))
        }
    }
}

/// Checks that a time constant is finite and above 0.
pub(crate) fn check_tau(key: &str, tau: f64) -> Result<(), ConfigError> {
    if tau > 0.0 && tau.is_finite() {
        return Ok(());
    }
    Err(ConfigError::out_of_range(key, tau, "above 0 seconds".to_owned(), ""))
}

/// Time constant in seconds of a raw amount, the inverse of [`amount_of_tau`]; `None` for forms without one.
///
/// ```text
/// tau = -dt / ln(factor)      factor = amount / 2^bits (multiply), 1 - 2^-amount (shift); 0 and infinity at its ends
/// ```
pub(crate) fn tau_of_amount(amount: i64, dt: f64, reduce: &Reduce) -> Option<f64> {
    let factor = match reduce.form {
        ReduceForm::Multiply => amount as f64 * libm::exp2(-f64::from(reduce.bits)),
        ReduceForm::Shift => 1.0 - libm::exp2(-(amount as f64)),
        ReduceForm::None | ReduceForm::Subtract | ReduceForm::Clear => return None,
    };
    Some(if factor >= 1.0 { f64::INFINITY } else { -dt / libm::log(factor) })
}

fn nearest_shift(factor: f64, limit: i64) -> i64 {
    let error = |k: i64| (1.0 - libm::exp2(-(k as f64)) - factor).abs();
    (0..=limit).fold(0, |best, k| if error(k) < error(best) { k } else { best })
}

/// `round(volts / lsb_volts)`.
///
/// # Errors
/// [`ConfigError::Missing`] without `lsb_volts`, [`ConfigError::OutOfRange`] when the quotient is not finite.
pub(crate) fn raw_of_volts(
    key: &str,
    volts: f64,
    lsb_volts: Option<f64>,
    rounding: Rounding,
) -> Result<i64, ConfigError> {
    let lsb_volts = lsb_volts.ok_or_else(|| {
        ConfigError::missing(
            "neuron.v.lsb_volts",
            format!("the volts of one least significant bit, because {key} is given in volts"),
        )
    })?;
    raw(key, volts / lsb_volts, 0, rounding)
}

/// `round(seconds / dt)`, ties to even.
///
/// # Errors
/// [`ConfigError::OutOfRange`] when `seconds` is negative or not finite.
pub(crate) fn steps_of_seconds(key: &str, seconds: f64, dt: f64) -> Result<i64, ConfigError> {
    if !(seconds >= 0.0 && seconds.is_finite()) {
        return Err(ConfigError::out_of_range(key, seconds, "at least 0 seconds".to_owned(), ""));
    }
    raw(key, seconds / dt, 0, Rounding::HalfEven)
}

/// `round(value * 2^frac)`, at the ends of 63 bits for what lies beyond them.
pub(crate) fn raw(key: &str, value: f64, frac: u8, rounding: Rounding) -> Result<i64, ConfigError> {
    let of_format = |error: FxError| ConfigError::conflict(key, format!("cannot become an integer: {error}"));
    let format = QFormat::new(63, frac, true).map_err(of_format)?;
    let (raw, _) = format.from_real(value, rounding, Overflow::Saturate).map_err(of_format)?;
    i64::try_from(raw).map_err(|_| ConfigError::out_of_range(key, value, "a number of 63 bits".to_owned(), ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::semantics::Clamp;

    fn reduce(form: ReduceForm, bits: u32) -> Reduce {
        Reduce { form, rounding: Rounding::Floor, clamp: Clamp::None, bits }
    }

    #[test]
    fn multiply_rounds_the_factor_by_the_named_rule() {
        // 4096 * exp(-1/20) = 4096 * 0.951229424500714 = 3896.2357
        let amount = |rounding| amount_of_tau("k", 20e-3, 1e-3, &reduce(ReduceForm::Multiply, 12), rounding);
        assert_eq!(amount(Rounding::Floor), Ok(3896));
        assert_eq!(amount(Rounding::HalfEven), Ok(3896));
        // 16 * exp(-1/20) = 15.2197
        let coarse = |tau| amount_of_tau("k", tau, 1e-3, &reduce(ReduceForm::Multiply, 4), Rounding::HalfUp);
        assert_eq!(coarse(20e-3), Ok(15));
        assert_eq!(coarse(1e3), Ok(16), "a factor that rounds to 1 keeps the state");
        assert_eq!(coarse(1e-9), Ok(0));
    }

    #[test]
    fn shift_takes_the_nearest_factor() {
        // exp(-1/20) = 0.9512: 1 - 2^-4 = 0.9375 (0.0137 off), 1 - 2^-5 = 0.9688 (0.0175 off).
        let shift = |tau| amount_of_tau("k", tau, 1e-3, &reduce(ReduceForm::Shift, 8), Rounding::HalfEven);
        assert_eq!(shift(20e-3), Ok(4));
        assert_eq!(shift(1e-6), Ok(0));
        assert_eq!(shift(1e9), Ok(31));
    }

    #[test]
    fn volts_and_seconds_are_rounded_quotients() {
        assert_eq!(raw_of_volts("k", 15e-3, Some(1e-3), Rounding::HalfEven), Ok(15));
        assert_eq!(raw_of_volts("k", -2.5, Some(1.0), Rounding::HalfEven), Ok(-2));
        assert_eq!(raw_of_volts("k", -2.5, Some(1.0), Rounding::Floor), Ok(-3));
        assert_eq!(steps_of_seconds("k", 2.5e-3, 1e-3), Ok(2), "ties to even");
        assert_eq!(steps_of_seconds("k", 2e-3, 1e-3), Ok(2));
    }
}
