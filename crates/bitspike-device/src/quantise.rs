//! Level mapping of an ideal device: float weights to signed integer codes.

use crate::error::DeviceError;
use crate::weights::WeightMatrix;
use bitspike_spec::CrossbarImage;
use bitspike_spec::structure::signed_range;

/// An image and what the quantisation cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantised {
    /// The integer codes.
    pub image: CrossbarImage,
    /// Weights that fell outside the range of codes and were clamped.
    pub clamped: u64,
    /// Root mean square of `code - scale * weight`, in LSB.
    pub rms_error: f64,
}

/// Quantises weights: every one becomes the nearest signed code, with no device in between.
///
/// ```text
/// code = clamp(round(scale * weight), -2^(weight_bits-1), 2^(weight_bits-1) - 1)
/// ```
///
/// `scale` is in codes per unit of weight; `round` goes to the nearest integer, ties away from zero. The code is the
/// signed difference of a one-sided differential pair, `level_plus - level_minus`, of which one side is 0.
///
/// # Errors
/// [`DeviceError`] when the shape, a weight, the scale (finite, above 0) or `weight_bits` (2 to 16) is not allowed.
///
/// # Example
/// ```
/// use bitspike_device::{WeightMatrix, quantise};
/// let weights = WeightMatrix { word_lines: 1, bit_lines: 4, weights: vec![0.5, -0.24, 3.0, -9.0] };
/// let quantised = quantise(&weights, 2.0, 4)?;
/// assert_eq!(quantised.image.row(0), [1, 0, 6, -8]);
/// assert_eq!(quantised.clamped, 1);
/// # Ok::<(), bitspike_device::DeviceError>(())
/// ```
pub fn quantise(matrix: &WeightMatrix, scale: f64, weight_bits: u32) -> Result<Quantised, DeviceError> {
    if !(scale.is_finite() && scale > 0.0) {
        return Err(DeviceError::Scale(scale));
    }
    if !(2..=16).contains(&weight_bits) {
        return Err(DeviceError::Bits(weight_bits));
    }
    matrix.check()?;
    let (low, high) = signed_range(weight_bits);
    let scaled = || matrix.weights.iter().map(|weight| scale * weight);
    let codes: Vec<i16> = scaled().map(|x| x.round().clamp(low as f64, high as f64) as i16).collect();
    let clamped = scaled().filter(|x| x.round() < low as f64 || x.round() > high as f64).count() as u64;
    let squares: f64 = scaled().zip(&codes).map(|(x, &code)| (f64::from(code) - x).powi(2)).sum();
    let rms_error = (squares / codes.len().max(1) as f64).sqrt();
    Ok(Quantised { image: CrossbarImage::new(matrix.word_lines, matrix.bit_lines, codes)?, clamped, rms_error })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(weights: &[f64]) -> WeightMatrix {
        WeightMatrix { word_lines: 2, bit_lines: weights.len() as u32 / 2, weights: weights.to_vec() }
    }

    #[test]
    fn rounds_to_nearest_with_ties_away_from_zero_and_clamps() {
        let quantised = quantise(&matrix(&[0.5, -0.5, 1.49, 7.4, 7.6, -8.4, -8.6, 0.0]), 1.0, 4).expect("valid");
        assert_eq!(quantised.image.codes(), [1, -1, 1, 7, 7, -8, -8, 0]);
        assert_eq!(quantised.clamped, 2);
    }

    #[test]
    fn reports_the_root_mean_square_error_in_lsb() {
        let quantised = quantise(&matrix(&[0.25, 0.25, -0.25, -0.25]), 1.0, 8).expect("valid");
        assert!((quantised.rms_error - 0.25).abs() < 1e-15);
    }

    #[test]
    fn refuses_what_it_cannot_program() {
        let error =
            |weights: &[f64], scale, bits| quantise(&matrix(weights), scale, bits).expect_err("refused").to_string();
        assert_eq!(error(&[1.0, f64::NAN], 1.0, 4), "weight of word line 1, bit line 0 is NaN, must be finite");
        assert_eq!(error(&[1.0, 2.0], 0.0, 4), "scale is 0, must be finite and above 0");
        assert_eq!(error(&[1.0, 2.0], f64::INFINITY, 4), "scale is inf, must be finite and above 0");
        assert_eq!(error(&[1.0, 2.0], 1.0, 17), "weight_bits is 17, must be 2 to 16");
        let short = WeightMatrix { word_lines: 2, bit_lines: 2, weights: vec![1.0] };
        let message = quantise(&short, 1.0, 4).expect_err("refused").to_string();
        assert_eq!(message, "weights has 1 weights, must have 4");
    }
}
