//! Calibration of the converters: from a range of sums to an integer multiplier and shift.

use crate::device::{Draws, standard_normal};
use crate::error::{DeviceError, check_range};
use bitspike_spec::Adc;
use bitspike_spec::array::Converter;
use bitspike_spec::fx::Rounding;
use bitspike_spec::random::Stream;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which sums the codes of a converter span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AdcRange {
    /// The largest sum any input can give on any bit line: never clamps.
    #[default]
    Max,
    /// The percentile of profiled sums, 50 to 100.
    Percentile(f64),
    /// One code for one conductance level: the sum of an ideal array of integer weights comes out as it is.
    Granular,
}

/// `[array.adc]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AdcConfig {
    /// How a converter finds its code.
    pub kind: Converter,
    /// Bit lines that share a converter, one after the other: a power of two that divides the groups of neurons.
    pub columns_per_converter: u32,
    /// Width of a code in bits, 1 to 12.
    pub bits: u32,
    /// `half_up`, or `floor` for ramp and oscillator counters.
    pub rounding: Rounding,
    /// Which sums the codes span.
    pub range: AdcRange,
    /// Spread of the gain between bit lines, a share of 1, 0 to 0.2.
    pub share_gain: f64,
    /// Spread of the offset between bit lines, in codes of the converter, 0 to 100.
    pub offset_lsb: f64,
    /// Share of the word lines that are active in the profile of `percentile`, 0 to 1.
    pub profile_density: f64,
}

impl Default for AdcConfig {
    fn default() -> Self {
        AdcConfig {
            kind: Converter::Sar,
            columns_per_converter: 1,
            bits: 8,
            rounding: Rounding::HalfUp,
            range: AdcRange::Max,
            share_gain: 0.0,
            offset_lsb: 0.0,
            profile_density: 0.1,
        }
    }
}

impl AdcConfig {
    pub(crate) fn check(&self) -> Result<(), DeviceError> {
        check_range("array.adc.bits", self.bits.into(), (1.0, 12.0))?;
        check_range("array.adc.columns_per_converter", self.columns_per_converter.into(), (1.0, 4096.0))?;
        check_range("array.adc.share_gain", self.share_gain, (0.0, 0.2))?;
        check_range("array.adc.offset_lsb", self.offset_lsb, (0.0, 100.0))?;
        check_range("array.adc.profile_density", self.profile_density, (0.0, 1.0))?;
        if let AdcRange::Percentile(percentile) = self.range {
            check_range("array.adc.range.percentile", percentile, (50.0, 100.0))?;
        }
        match self.rounding {
            Rounding::Floor | Rounding::HalfUp => Ok(()),
            Rounding::TowardZero | Rounding::HalfEven | Rounding::Stochastic => {
                Err(DeviceError::conflict("array.adc.rounding", "must be floor or half_up"))
            }
        }
    }
}

/// Bits of the multiplier: its rounding moves the gain by at most 2^-16.
const MULTIPLIER_BITS: i32 = 16;

/// The converters of `bit_lines` bit lines, for sums up to `full_scale` in magnitude.
///
/// ```text
/// codes -2^(bits-1) .. 2^(bits-1) - 1,  gain = 2^(bits-1) / full_scale
/// multiplier / 2^shift = gain (1 + share_gain z),   2^15 <= multiplier < 2^16 for the nominal gain (less if shift is 40)
/// offset = round(offset_lsb z' / gain)              in units of the sum
/// ```
///
/// `z`, `z'` are the first and second word of stream `Adc` of the bit line in plane `slice`.
///
/// # Errors
/// [`DeviceError::OutOfRange`] when `full_scale` is not 1e-3 to 2^40 current codes.
///
/// # Example
/// ```
/// use bitspike_device::adc::{AdcConfig, calibrate};
///
/// let adc = calibrate(&AdcConfig::default(), 1000.0, (1, 0, 0))?;
/// assert_eq!([-1000, 0, 500, 5000].map(|acc| adc.convert(0, acc)), [-128, 0, 64, 127]);
/// # Ok::<(), bitspike_device::DeviceError>(())
/// ```
pub fn calibrate(
    config: &AdcConfig,
    full_scale: f64,
    (bit_lines, slice, seed): (u32, u32, u64),
) -> Result<Adc, DeviceError> {
    config.check()?;
    check_range("full scale of the converters, in current codes", full_scale, (1e-3, 1e12))?;
    let half = 1_i32 << (config.bits - 1);
    let gain = f64::from(half) / full_scale;
    let shift = (MULTIPLIER_BITS - 1 - libm::ilogb(gain)).clamp(0, 40);
    let draws = Draws::new(seed);
    let of_line = |line: u32| {
        let words = draws.line(Stream::Adc, (slice, line), 0);
        let own = gain * (1.0 + config.share_gain * standard_normal(words[0])).max(0.0);
        let multiplier = libm::scalbn(own, shift).round().clamp(1.0, f64::from(1 << 20)) as i32;
        ((config.offset_lsb * standard_normal(words[1]) / gain).round() as i32, multiplier)
    };
    let (offsets, multipliers) = (0..bit_lines).map(of_line).unzip();
    let adc = Adc { shift: shift as u32, rounding: config.rounding, low: -half, high: half - 1, offsets, multipliers };
    adc.check()?;
    Ok(adc)
}

/// The `percentile` (50 to 100) of the magnitudes of profiled sums, by nearest rank; 0 without sums.
#[must_use]
pub fn percentile(sums: &[i64], percentile: f64) -> f64 {
    let mut magnitudes: Vec<u64> = sums.iter().map(|sum| sum.unsigned_abs()).collect();
    magnitudes.sort_unstable();
    let rank = (percentile / 100.0 * magnitudes.len() as f64).ceil() as usize;
    magnitudes.get(rank.saturating_sub(1)).map_or(0.0, |&m| m as f64)
}

/// Transfer curve of one converter: where it departs from a straight line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Transfer {
    /// Smallest sum that gives at least code `low + 1 + k`.
    pub edges: Vec<i64>,
    /// Differential non-linearity of each code between the first and the last edge, in codes.
    pub dnl: Vec<f64>,
    /// Integral non-linearity of each edge against the line through the first and the last, in codes.
    pub inl: Vec<f64>,
}

/// Measures a converter of one bit line.
///
/// ```text
/// step = (edge_last - edge_first) / (edges - 1)        dnl_k = (edge_k+1 - edge_k) / step - 1
/// inl_k = (edge_k - edge_first) / step - k
/// ```
///
/// Edges are exact, from the integer function itself; both lists are empty with fewer than two edges.
#[must_use]
pub fn transfer(adc: &Adc, bit_line: usize) -> Transfer {
    let edges: Vec<i64> = (adc.low + 1..=adc.high).map(|code| edge(adc, bit_line, code)).collect();
    let (Some(first), Some(last)) = (edges.first(), edges.last()) else {
        return Transfer { edges, dnl: Vec::new(), inl: Vec::new() };
    };
    let step = (last - first) as f64 / (edges.len().max(2) - 1) as f64;
    if step <= 0.0 {
        return Transfer { edges, dnl: Vec::new(), inl: Vec::new() };
    }
    let dnl = edges.windows(2).map(|pair| (pair[1] - pair[0]) as f64 / step - 1.0).collect();
    let inl = edges.iter().enumerate().map(|(k, edge)| (edge - first) as f64 / step - k as f64).collect();
    Transfer { edges, dnl, inl }
}

/// Smallest sum that converts to at least `code`: bisection of a rising integer function.
fn edge(adc: &Adc, bit_line: usize, code: i32) -> i64 {
    let (mut below, mut above) = (-(1_i64 << 42), 1_i64 << 42);
    while above - below > 1 {
        let middle = below + (above - below) / 2;
        if adc.convert(bit_line, middle) >= code { above = middle } else { below = middle }
    }
    above
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{MILLION, ks_p, normal_cdf};

    fn with(bits: u32, rounding: Rounding) -> AdcConfig {
        AdcConfig { bits, rounding, ..AdcConfig::default() }
    }

    /// Every width, both rounding rules: within one 2^-15 of the real gain, half a code (half up) or one (floor).
    #[test]
    fn codes_follow_the_gain() {
        for bits in 1..=12 {
            for (rounding, shift) in [(Rounding::HalfUp, 0.5), (Rounding::Floor, 0.0)] {
                let span = f64::from(1_i32 << (bits - 1));
                let adc = calibrate(&with(bits, rounding), 2999.0, (1, 0, 0)).expect("in range");
                for acc in -3000..3000_i64 {
                    let exact = acc as f64 * span / 2999.0;
                    let code = f64::from(adc.convert(0, acc));
                    let expected = (exact + shift).floor().clamp(f64::from(adc.low), f64::from(adc.high));
                    let near = (exact + shift - (exact + shift).round()).abs() < span * 2.0_f64.powi(-15);
                    assert!(code == expected || near, "{bits} {rounding:?} {acc}: {code} {expected}");
                }
            }
        }
    }

    /// Differences of edges are whole sums: each non-linearity is below two sums over the step.
    #[test]
    fn an_ideal_converter_is_straight_to_the_sum() {
        let adc = calibrate(&with(6, Rounding::HalfUp), 4000.0, (1, 0, 0)).expect("in range");
        let curve = transfer(&adc, 0);
        assert_eq!((curve.edges.len(), curve.dnl.len(), curve.inl.len()), (63, 62, 63));
        let step = 4000.0 / 32.0;
        assert!(curve.dnl.iter().all(|d| d.abs() < 2.0 / step) && curve.inl.iter().all(|i| i.abs() < 2.0 / step));
        assert_eq!(curve.edges[31], -62, "code 0 begins half a step below 0: at -62.5");
    }

    #[test]
    fn mismatch_is_normal_and_belongs_to_the_line() {
        let config = AdcConfig { share_gain: 0.02, offset_lsb: 1.5, ..AdcConfig::default() };
        let full = 1e6;
        let adc = calibrate(&config, full, (MILLION, 0, 9)).expect("in range");
        let nominal = calibrate(&AdcConfig::default(), full, (1, 0, 9)).expect("in range").multipliers[0];
        let gains = adc.multipliers.iter().map(|&m| (f64::from(m) / f64::from(nominal) - 1.0) / 0.02).collect();
        assert!(ks_p(gains, normal_cdf) > 0.01);
        let offsets = adc.offsets.iter().map(|&o| f64::from(o) * 128.0 / 1e6 / 1.5).collect();
        assert!(ks_p(offsets, normal_cdf) > 0.01);
        let few = calibrate(&config, full, (7, 0, 9)).expect("in range");
        assert_eq!(few.multipliers, adc.multipliers[..7]);
        assert_ne!(calibrate(&config, full, (7, 1, 9)).expect("in range"), few, "slices differ");
    }

    #[test]
    fn the_percentile_is_a_nearest_rank() {
        let sums: Vec<i64> = (1..=100).map(|k| if k % 2 == 0 { k } else { -k }).collect();
        assert_eq!([50.0, 99.0, 99.5, 100.0].map(|p| percentile(&sums, p)), [50.0, 99.0, 100.0, 100.0]);
        assert_eq!(percentile(&[], 99.0), 0.0);
    }

    #[test]
    fn refuses_what_is_out_of_range() {
        let error = |config: AdcConfig| config.check().expect_err("refused").to_string();
        assert_eq!(error(with(13, Rounding::Floor)), "array.adc.bits is 1.3e1, must be 1e0 to 1.2e1");
        assert_eq!(error(with(8, Rounding::HalfEven)), "array.adc.rounding must be floor or half_up");
        let columns = AdcConfig { columns_per_converter: 0, ..AdcConfig::default() };
        assert_eq!(error(columns), "array.adc.columns_per_converter is 0e0, must be 1e0 to 4.096e3");
        let low = AdcConfig { range: AdcRange::Percentile(10.0), ..AdcConfig::default() };
        assert_eq!(error(low), "array.adc.range.percentile is 1e1, must be 5e1 to 1e2");
        let zero = calibrate(&AdcConfig::default(), 0.0, (1, 0, 0)).expect_err("refused");
        assert!(zero.to_string().starts_with("full scale of the converters"), "{zero}");
    }
}
