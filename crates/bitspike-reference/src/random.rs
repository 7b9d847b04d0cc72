//! Numbers drawn from the counter-based generator: a number depends on its place alone, not on what was drawn before.

use bitspike_spec::random::{CellRng, Stream};

/// Fills `out` with standard normal numbers: number i comes from word i of the cell.
///
/// ```text
/// p = (word + 1/2) / 2^32        number = normal quantile of p, within 6.3 standard deviations
/// ```
pub(crate) fn fill_normal(rng: &CellRng, out: &mut [f64]) {
    fill_centred(rng, out);
    let tails = tails(out);
    out_of_the_centre(out);
    for (index, q) in tails {
        out[index] = quantile_in_the_tail(q);
    }
}

/// Index and value of every number of the tails, gathered without a branch: the processor could not foresee it.
fn tails(centred: &[f64]) -> Vec<(usize, f64)> {
    let mut tails = vec![(0, 0.0); centred.len() + 1];
    let mut count = 0;
    for (index, &q) in centred.iter().enumerate() {
        tails[count] = (index, q);
        count += usize::from(q.abs() > CENTRAL);
    }
    tails.truncate(count);
    tails
}

/// `q = p - 1/2`, uniform and exact.
#[multiversion::multiversion(targets = "simd")]
fn fill_centred(rng: &CellRng, out: &mut [f64]) {
    let centred = |word: u32| (f64::from(word) + 0.5) / 4_294_967_296.0 - 0.5;
    let (blocks, rest) = out.as_chunks_mut::<4>();
    for (index, block) in blocks.iter_mut().enumerate() {
        *block = rng.block(index as u64).map(centred);
    }
    for (number, word) in rest.iter_mut().zip(rng.block(blocks.len() as u64)) {
        *number = centred(word);
    }
}

#[multiversion::multiversion(targets = "simd")]
fn out_of_the_centre(numbers: &mut [f64]) {
    numbers.iter_mut().for_each(|q| *q = quantile_in_the_centre(*q));
}

/// Standard normal numbers of one cell.
pub(crate) fn normal_numbers(seed: u64, (stream, cell): (Stream, u32), count: usize) -> Vec<f64> {
    let mut numbers = vec![0.0; count];
    fill_normal(&CellRng::new(seed, stream, cell), &mut numbers);
    numbers
}

// The x below which a share `1/2 + q` of the standard normal distribution lies, in two branches, relative error about
// 1e-15. Source: Wichura 1988, algorithm AS 241 (PPND16), Applied Statistics 37, without its third branch, which begins
// 1.4e-11 from the ends.

/// Largest |q| of the central branch.
const CENTRAL: f64 = 0.425;

#[inline(always)]
fn quantile_in_the_centre(q: f64) -> f64 {
    let r = CENTRAL * CENTRAL - q * q;
    q * polynomial(&CENTRE[0], r) / polynomial(&CENTRE[1], r)
}

fn quantile_in_the_tail(q: f64) -> f64 {
    let r = (-libm::log(0.5 - q.abs())).sqrt() - 1.6;
    (polynomial(&TAIL[0], r) / polynomial(&TAIL[1], r)).copysign(q)
}

#[inline(always)]
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

    fn quantile(p: f64) -> f64 {
        let q = p - 0.5;
        if q.abs() > CENTRAL { quantile_in_the_tail(q) } else { quantile_in_the_centre(q) }
    }

    #[test]
    fn the_quantile_inverts_the_distribution_function() {
        for i in 1..100_000 {
            let p = f64::from(i) * 1e-5;
            assert!((below(quantile(p)) / p - 1.0).abs() < 1e-14 / p.min(1.0 - p), "{p}");
        }
        for exponent in 2..=33 {
            let p = 0.5_f64.powi(exponent);
            assert!((below(quantile(p)) / p - 1.0).abs() < 1e-13, "{p}");
            assert_eq!(quantile(1.0 - p), -quantile(p), "{p}");
        }
        assert_eq!(quantile(0.5), 0.0);
    }

    /// Word by word, both branches.
    #[test]
    fn numbers_are_the_quantiles_of_their_words() {
        let rng = CellRng::new(4, Stream::NetworkNoise, 2);
        let mut numbers = [0.0; 1003];
        fill_normal(&rng, &mut numbers);
        for (index, number) in numbers.into_iter().enumerate() {
            let word = rng.block(index as u64 / 4)[index % 4];
            assert_eq!(number, quantile((f64::from(word) + 0.5) / 4_294_967_296.0), "{index}");
        }
    }

    #[test]
    fn numbers_depend_on_their_place_alone() {
        let place = (Stream::NetworkNoise, 7);
        assert_eq!(normal_numbers(1, place, 9)[..5], normal_numbers(1, place, 5));
        assert_ne!(normal_numbers(1, place, 5), normal_numbers(2, place, 5));
        assert_ne!(normal_numbers(1, place, 5), normal_numbers(1, (Stream::NetworkNoise, 8), 5));
    }
}
