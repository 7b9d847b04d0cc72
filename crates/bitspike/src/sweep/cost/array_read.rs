//! Energy of the analogue reads of an array.
//!
//! ```text
//! array = conversions 2^adc_bits conversion_per_step + synaptic_ops devices_per_weight device_read          picojoules
//! ```
//!
//! A term of [`super::energy`]. Drivers of word lines and the digital logic of the converters are not in it.

use super::CostInput;

/// 10 fJ for each step of a conversion, the Walden figure of merit `P / (f 2^ENOB)`.
///
/// SAR converters of 7 to 10 effective bits reach 6 to 10 fJ (survey of B. E. Jonsson, Converter Passion, 2012: six designs, among them Verbruggen, 250 MS/s, 9.7 fJ).
/// The 8-bit converter of ISAAC (Shafiee et al., ISCA 2016; 2 mW at 1.28 GS/s, 1.6 pJ) is 6.1 fJ a step. Effective bits are taken as the bits there are.
pub(super) const CONVERSION_PER_STEP: f64 = 0.010;

/// `v_read^2 g t` in picojoules with 0.2 V, 20.5 µS (the middle of 1 to 40 µS) and 10 ns (one cycle of 100 MHz to settle).
pub(super) const DEVICE_READ: f64 = 0.2 * 0.2 * 20.5e-6 * 10e-9 * 1e12;

/// Picojoules of the reads; nothing without analogue read.
pub(super) fn picojoules(input: &CostInput<'_>) -> Option<f64> {
    let conversions = input.get("conversions")? * input.get("adc_bits")?.exp2() * input.energy.conversion_per_step;
    let devices = input.get("synaptic_ops")? * input.get("devices_per_weight")? * input.energy.device_read;
    Some(conversions + devices)
}

#[cfg(test)]
mod tests {
    use super::{CONVERSION_PER_STEP, DEVICE_READ};

    /// 1.6 pJ for 256 steps: ISAAC's converter is cheaper than the default, by less than two.
    #[test]
    fn the_converter_of_isaac_is_within_a_factor_of_two() {
        let isaac = 2e-3 / 1.28e9 * 1e12 / 256.0;
        assert!(isaac < CONVERSION_PER_STEP && CONVERSION_PER_STEP < 2.0 * isaac, "{isaac}");
    }

    /// 4.1 µA from 0.2 V for 10 ns: 8.2 fJ.
    #[test]
    fn a_device_takes_its_current_times_its_voltage() {
        assert!((DEVICE_READ - 0.0082).abs() < 1e-12);
    }
}
