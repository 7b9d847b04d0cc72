//! Standard normal numbers from random words, in integers only.

use super::nodes::NODES;

/// Each node and how far the quantile falls to the next one; a power of two of them, so that no index needs a check.
static SEGMENTS: [[u32; 2]; 2048] = segments();

const fn segments() -> [[u32; 2]; 2048] {
    let mut segments = [[0; 2]; 2048];
    let mut k = 0;
    while k + 1 < NODES.len() {
        segments[k] = [NODES[k] as u32, (NODES[k] - NODES[k + 1]) as u32];
        k += 1;
    }
    segments
}

/// Fraction bits of [`gaussian`]: one unit is `2^-27`.
pub const GAUSSIAN_FRAC: u32 = 27;

/// A standard normal number of a random word, with 27 fraction bits.
///
/// ```text
/// u = w mod 2^31,  p = (u + 0.5) / 2^32                       probability of the tail, 0 to 0.5
/// |z| = -quantile(p)                                          largest 6.33, at u = 0
/// z = |z| for w < 2^31, else -|z|
/// ```
///
/// The quantile comes from a table: 64 nodes in each octave of `u`, linear in between, the interpolated part rounded
/// towards zero. No float is involved, so every platform gives the same bits. The chord moves the tail
/// probability of a value by at most 3.2e-5 of itself, far below what a million draws can show.
///
/// # Example
/// ```
/// use bitspike_spec::random::gaussian;
///
/// assert!(gaussian(0x7fff_ffff) <= 1); // beside the median
/// assert_eq!(gaussian(0x8000_0000), -gaussian(0)); // the two ends
/// ```
#[inline(always)] // into loops compiled for the machine's vector instructions
#[must_use]
pub fn gaussian(word: u32) -> i32 {
    let u = word & 0x7fff_ffff;
    let octave = 25 - (u | 0x40).leading_zeros();
    let [high, fall] = SEGMENTS[((octave * 64 + (u >> octave)) % 2048) as usize];
    let part = u & ((1 << octave) - 1);
    let magnitude = high as i32 - ((u64::from(fall) * u64::from(part)) >> octave) as i32;
    if word >> 31 == 0 { magnitude } else { -magnitude }
}

/// A uniform number of a random word, `(w + 0.5) / 2^32`: above 0 and below 1.
#[inline]
#[must_use]
pub fn uniform(word: u32) -> f64 {
    (f64::from(word) + 0.5) * (1.0 / 4_294_967_296.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FNV-1a, 64 bits, of the nodes as bytes, little end first; computed where the table was made.
    #[test]
    fn the_table_is_the_one_that_was_made() {
        let bytes = NODES.iter().flat_map(|node| node.to_le_bytes());
        let hash = bytes
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        assert_eq!(hash, 0x26b3_f45f_0d3d_2d1a);
    }

    fn tail(z: f64) -> f64 {
        0.5 * libm::erfc(z / std::f64::consts::SQRT_2)
    }

    fn real(z: i32) -> f64 {
        f64::from(z) / f64::from(1 << GAUSSIAN_FRAC)
    }

    /// Interpolation error of a chord over 1/64 of an octave: `(p/64)^2 / 8 * z / density^2`, at most 3.1e-5 of `p`.
    #[test]
    fn its_tail_probability_is_that_of_the_word() {
        for exponent in 0..31 {
            for k in 0..200_u32 {
                let u = (1_u32 << exponent) + (((1_u64 << exponent) * u64::from(k)) / 200) as u32;
                let p = uniform(u);
                let error = (tail(real(gaussian(u))) - p).abs() / p;
                assert!(error < 3.2e-5 + 1e-7, "u = {u}: {error}");
            }
        }
    }

    #[test]
    fn nodes_are_exact_to_half_a_unit() {
        for u in [0, 1, 2, 17, 63, 64, 100, 127, 128, 65 << 10, 127 << 20, 64 << 24, 100 << 24] {
            let (z, p) = (real(gaussian(u)), uniform(u));
            let density = libm::exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt();
            assert!((tail(z) - p).abs() <= density * 0.51 / f64::from(1 << GAUSSIAN_FRAC) + 1e-13 * p, "u = {u}");
        }
    }

    #[test]
    fn it_falls_with_u_and_is_odd() {
        let magnitudes: Vec<i32> = (0..1 << 12).map(|k: u32| gaussian(k << 19)).collect();
        assert!(magnitudes.windows(2).all(|pair| pair[0] >= pair[1]));
        assert!((0..1 << 12).all(|k: u32| gaussian(k << 19 | 1 << 31) == -gaussian(k << 19)));
    }
}
