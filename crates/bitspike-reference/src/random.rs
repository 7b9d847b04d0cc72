//! Numbers drawn from the counter-based generator: a number depends on its place alone, not on what was drawn before.

use bitspike_spec::random::{CellRng, Stream};

/// Fills `out` with standard normal numbers: number i comes from word i of the cell.
///
/// ```text
/// p = (word + 1/2) / 2^32        number = normal quantile of p, within 6.3 standard deviations
/// ```
pub(crate) fn fill_normal(rng: &CellRng, out: &mut [f64]) {
    for (block, numbers) in out.chunks_mut(4).enumerate() {
        for (number, word) in numbers.iter_mut().zip(rng.block(block as u64)) {
            *number = normal_quantile((f64::from(word) + 0.5) / 4_294_967_296.0);
        }
    }
}

/// Standard normal numbers of one cell.
pub(crate) fn normal_numbers(seed: u64, (stream, cell): (Stream, u32), count: usize) -> Vec<f64> {
    let mut numbers = vec![0.0; count];
    fill_normal(&CellRng::new(seed, stream, cell), &mut numbers);
    numbers
}

/// The x below which a share `p` of the standard normal distribution lies; 1e-10 < p < 1 - 1e-10.
///
/// Relative error about 1e-15. Source: Wichura 1988, algorithm AS 241 (PPND16), Applied Statistics 37, without its
/// third branch, which begins at p < 1.4e-11.
fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * polynomial(&CENTRE[0], r) / polynomial(&CENTRE[1], r);
    }
    let r = (-libm::log(if q < 0.0 { p } else { 1.0 - p })).sqrt() - 1.6;
    let x = polynomial(&TAIL[0], r) / polynomial(&TAIL[1], r);
    if q < 0.0 { -x } else { x }
}

fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// Numerator and denominator for |p - 1/2| <= 0.425.
const CENTRE: [[f64; 8]; 2] = [
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_854,
    ],
];

/// Numerator and denominator beyond.
const TAIL: [[f64; 8]; 2] = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        0.000_774_545_014_278_341_4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        0.000_547_593_808_499_534_5,
        1.050_750_071_644_416_9e-9,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The other way round: the distribution function of x, through the complementary error function.
    fn below(x: f64) -> f64 {
        0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
    }

    #[test]
    fn the_quantile_inverts_the_distribution_function() {
        for i in 1..100_000 {
            let p = f64::from(i) * 1e-5;
            assert!((below(normal_quantile(p)) / p - 1.0).abs() < 1e-14, "{p}");
        }
        for exponent in 2..=33 {
            let p = 0.5_f64.powi(exponent);
            assert!((below(normal_quantile(p)) / p - 1.0).abs() < 1e-13, "{p}");
            assert!((normal_quantile(1.0 - p) + normal_quantile(p)).abs() < 1e-5, "{p}");
        }
        assert_eq!(normal_quantile(0.5), 0.0);
    }

    #[test]
    fn numbers_depend_on_their_place_alone() {
        let place = (Stream::NetworkNoise, 7);
        assert_eq!(normal_numbers(1, place, 9)[..5], normal_numbers(1, place, 5));
        assert_ne!(normal_numbers(1, place, 5), normal_numbers(2, place, 5));
        assert_ne!(normal_numbers(1, place, 5), normal_numbers(1, (Stream::NetworkNoise, 8), 5));
    }
}
