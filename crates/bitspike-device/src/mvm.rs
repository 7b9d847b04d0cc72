//! Integer sums of an image, for characterisation and benchmarks; the machine's own are in the model.

use crate::device::Draws;
use bitspike_spec::fx::Rounding;
use bitspike_spec::random::{CellRng, Stream, gaussian, uniform};
use bitspike_spec::{Adc, ArrayImage, SliceImage};

/// One slice with the codes of each pair subtracted, ready for sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    bit_lines: usize,
    differences: Vec<i16>,
    variances: Vec<u16>,
    variance_shift: u32,
}

impl Slice {
    /// Prepares a slice.
    #[must_use]
    pub fn new(image: &ArrayImage, slice: &SliceImage) -> Self {
        Slice {
            bit_lines: image.bit_lines() as usize,
            differences: (0..slice.plus.len()).map(|cell| slice.difference(cell) as i16).collect(),
            variances: slice.variance.clone(),
            variance_shift: image.variance_shift(),
        }
    }

    /// Sums over all word lines, `acc[j] = sum x[i] d[i][j]`; inputs up to 8 bits in magnitude keep 4096 rows in 32 bits.
    ///
    /// # Panics
    /// If the lists do not fit the slice.
    pub fn sums(&self, x: &[i16], acc: &mut [i32]) {
        assert_eq!((x.len() * self.bit_lines, acc.len()), (self.differences.len(), self.bit_lines));
        acc.fill(0);
        add_products(acc, &self.differences, x);
    }

    /// Sums over the active word lines.
    ///
    /// # Panics
    /// If a word line is not in the slice, or `acc` not as long as its bit lines.
    pub fn event_sums(&self, active: &[u32], acc: &mut [i32]) {
        assert_eq!(acc.len(), self.bit_lines);
        acc.fill(0);
        add_rows(acc, &self.differences, active);
    }

    /// Variance of each sum, `sum x[i]^2 variance[i][j]`, in units of `2^-variance_shift` squared LSB.
    ///
    /// It must fit in 32 bits: binary inputs always do, larger ones up to `2^((32 - variance_bits - log2(word_lines)) / 2)`,
    /// such as 64 for 12 bits and 256 word lines.
    ///
    /// # Panics
    /// If the slice has no variances or the lists do not fit it; in debug builds, if a variance does not fit.
    pub fn variances(&self, x: &[i16], variance: &mut [u32]) {
        assert_eq!((x.len() * self.bit_lines, variance.len()), (self.variances.len(), self.bit_lines));
        variance.fill(0);
        add_squares(variance, &self.variances, x);
    }

    /// Variance of each sum over the active word lines; whether there is read noise at all.
    ///
    /// # Panics
    /// If a word line is not in the slice, or `variance` not as long as its bit lines.
    pub fn event_variances(&self, active: &[u32], variance: &mut [u32]) -> bool {
        assert_eq!(variance.len(), self.bit_lines);
        variance.fill(0);
        if self.variances.is_empty() {
            return false;
        }
        for &row in active {
            let codes = &self.variances[row as usize * self.bit_lines..][..self.bit_lines];
            variance.iter_mut().zip(codes).for_each(|(variance, &code)| *variance += u32::from(code));
        }
        true
    }

    /// Adds one draw of read noise to each sum.
    ///
    /// ```text
    /// s = isqrt(2^8 variance)                          deviation in units of 2^-(variance_shift/2 + 4) LSB, rounded down
    /// acc += (z s + R) >> (27 + variance_shift/2 + 4)      R half of the last bit shifted out: half up
    /// ```
    ///
    /// `z` is the integer Gaussian of word `j mod 4` of stream `Read`, cell `j / 4`, block `conversion`: one draw for each bit
    /// line and conversion has the distribution of one draw for each cell, because those are independent and normal.
    pub fn add_noise(&self, acc: &mut [i32], variance: &[u32], (seed, conversion): (u64, u64)) {
        let shift = 31 + self.variance_shift / 2;
        for (group, (acc, variance)) in acc.chunks_mut(4).zip(variance.chunks(4)).enumerate() {
            let words = CellRng::new(seed, Stream::Read, group as u32).block(conversion);
            for (acc, (&variance, word)) in acc.iter_mut().zip(variance.iter().zip(words)) {
                let deviation = integer_root(u64::from(variance) << 8);
                let noise = i64::from(gaussian(word)) * deviation as i64;
                *acc += ((noise + (1 << (shift - 1))) >> shift) as i32;
            }
        }
    }
}

/// The square root of an integer below 2^40, rounded down.
#[must_use]
pub fn integer_root(x: u64) -> u64 {
    // The root of a float is exact to half a unit in the last place, and 2^20 is far below 2^53.
    let root = (x as f64).sqrt() as u64;
    root - u64::from(root * root > x)
}

/// The converters of all bit lines, ready for whole rows of sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converters {
    multipliers: Vec<i32>,
    /// `offset * multiplier` and the rounding term.
    biases: Vec<i64>,
    shift: u32,
    low: i64,
    high: i64,
}

impl Converters {
    /// Prepares the converters of a slice.
    #[must_use]
    pub fn new(adc: &Adc) -> Self {
        let half = if adc.rounding == Rounding::HalfUp { (1_i64 << adc.shift) >> 1 } else { 0 };
        let bias = |(&offset, &multiplier): (&i32, &i32)| i64::from(offset) * i64::from(multiplier) + half;
        Converters {
            multipliers: adc.multipliers.clone(),
            biases: adc.offsets.iter().zip(&adc.multipliers).map(bias).collect(),
            shift: adc.shift,
            low: adc.low.into(),
            high: adc.high.into(),
        }
    }

    /// Converts every sum, as [`Adc::convert`] does.
    ///
    /// # Panics
    /// If there is not one converter and one code for each sum.
    pub fn convert(&self, acc: &[i32], codes: &mut [i32]) {
        assert_eq!((acc.len(), codes.len()), (self.biases.len(), self.biases.len()));
        convert(self, acc, codes);
    }
}

#[multiversion::multiversion(targets("x86_64+avx2"))]
fn convert(converters: &Converters, acc: &[i32], codes: &mut [i32]) {
    let &Converters { ref multipliers, ref biases, shift, low, high } = converters;
    let lines = acc.iter().zip(multipliers).zip(biases);
    for (code, ((&acc, &multiplier), &bias)) in codes.iter_mut().zip(lines) {
        *code = ((i64::from(acc) * i64::from(multiplier) + bias) >> shift).clamp(low, high) as i32;
    }
}

/// Random binary inputs: word line `i` of pattern `p` is active when a uniform number is below the density.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patterns {
    /// Seed.
    pub seed: u64,
    /// Probability of an active word line, 0 to 1.
    pub density: f64,
}

impl Patterns {
    /// The active word lines of a pattern, rising.
    #[must_use]
    pub fn active(&self, word_lines: u32, pattern: u64) -> Vec<u32> {
        let draws = Draws::new(self.seed);
        let is_active = |line: &u32| uniform(draws.line(Stream::Pattern, (0, *line), pattern)[0]) < self.density;
        (0..word_lines).filter(is_active).collect()
    }
}

#[multiversion::multiversion(targets("x86_64+avx2"))]
fn add_products(acc: &mut [i32], codes: &[i16], x: &[i16]) {
    for (row, &x) in codes.chunks_exact(acc.len()).zip(x) {
        for (acc, &code) in acc.iter_mut().zip(row) {
            *acc += i32::from(code) * i32::from(x);
        }
    }
}

#[multiversion::multiversion(targets("x86_64+avx2"))]
fn add_rows(acc: &mut [i32], codes: &[i16], active: &[u32]) {
    let columns = acc.len();
    for &row in active {
        for (acc, &code) in acc.iter_mut().zip(&codes[row as usize * columns..][..columns]) {
            *acc += i32::from(code);
        }
    }
}

#[multiversion::multiversion(targets("x86_64+avx2"))]
fn add_squares(variance: &mut [u32], codes: &[u16], x: &[i16]) {
    for (row, &x) in codes.chunks_exact(variance.len()).zip(x) {
        let square = i32::from(x).pow(2) as u32;
        for (variance, &code) in variance.iter_mut().zip(row) {
            *variance += u32::from(code) * square;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{ks_p, ks_two_p, normal_cdf};
    use bitspike_spec::array::ArrayShape;

    #[test]
    fn the_integer_root_is_the_floor_of_the_root() {
        for x in (0..5000).chain((1 << 39)..(1 << 39) + 5000).chain([(1 << 40) - 1]) {
            let root = integer_root(x);
            assert!(root * root <= x && (root + 1) * (root + 1) > x, "{x}");
        }
    }

    fn slice(rows: usize, columns: usize) -> Slice {
        let plus = (0..rows * columns).map(|k| (k * 37 % 200) as u16).collect::<Vec<_>>();
        let minus = (0..rows * columns).map(|k| (k * 53 % 200) as u16).collect();
        let variance = (0..rows * columns).map(|k| (k * 29 % 900 + 100) as u16).collect();
        let shape = ArrayShape { word_lines: rows as u32, bit_lines: columns as u32, code_bits: 8, variance_shift: 4 };
        let image = SliceImage { plus, minus, variance, ..SliceImage::default() };
        let image = ArrayImage::new(shape, vec![image]).expect("valid");
        Slice::new(&image, &image.slices()[0])
    }

    #[test]
    fn sums_are_the_matrix_product() {
        let slice = slice(13, 10);
        let x: Vec<i16> = (0..13).map(|i| (i * 7 % 11) as i16 - 5).collect();
        let (mut acc, mut variance) = (vec![9; 10], vec![9; 10]);
        slice.sums(&x, &mut acc);
        slice.variances(&x, &mut variance);
        for j in 0..10 {
            let sum: i32 = (0..13).map(|i| i32::from(x[i]) * i32::from(slice.differences[i * 10 + j])).sum();
            let squares: u32 =
                (0..13).map(|i| i32::from(x[i]).pow(2) as u32 * u32::from(slice.variances[i * 10 + j])).sum();
            assert_eq!((acc[j], variance[j]), (sum, squares));
        }
        let ones: Vec<i16> = (0..13).map(|i| i16::from([1, 4, 12].contains(&i))).collect();
        slice.sums(&ones, &mut acc);
        let mut events = vec![0; 10];
        slice.event_sums(&[1, 4, 12], &mut events);
        assert_eq!(acc, events);
        let mut events = vec![0; 10];
        slice.variances(&ones, &mut variance);
        assert!(slice.event_variances(&[1, 4, 12], &mut events));
        assert_eq!(variance, events);
    }

    /// One draw for a bit line against one draw for each cell, and both against the normal they stand for. Rounding to a
    /// whole LSB is undone by a uniform dither, which widens the normal by 1/12 LSB^2: below what the test can see at
    /// deviations of about 40 LSB.
    #[test]
    fn lumped_noise_has_the_distribution_of_noise_in_every_cell() {
        const N: u64 = 50_000;
        let slice = slice(50, 8);
        let mut variance = vec![0; 8];
        slice.variances(&[1; 50], &mut variance);
        let deviation = (f64::from(variance[3]) / 16.0).sqrt();
        let dither = |n: u64| uniform(CellRng::new(1, Stream::Pattern, 0).block(n)[0]) - 0.5;
        let lumped: Vec<f64> = (0..N)
            .map(|n| {
                let mut acc = vec![0; 8];
                slice.add_noise(&mut acc, &variance, (5, n));
                f64::from(acc[3]) + dither(n)
            })
            .collect();
        let each: Vec<f64> = (0..N)
            .map(|n| {
                let cell = |i: u32| {
                    let z = crate::device::standard_normal(CellRng::new(6, Stream::Read, i).block(n)[0]);
                    z * (f64::from(slice.variances[i as usize * 8 + 3]) / 16.0).sqrt()
                };
                (0..50).map(cell).sum::<f64>()
            })
            .collect();
        let p = ks_p(lumped.clone(), |x| normal_cdf(x / deviation));
        assert!(p > 0.01, "{p}");
        let p = ks_two_p(lumped, each);
        assert!(p > 0.01, "{p}");
    }

    #[test]
    fn rows_are_converted_as_single_sums_are() {
        for rounding in [Rounding::Floor, Rounding::HalfUp] {
            for shift in [0, 1, 5] {
                let offsets: Vec<i32> = (0..100).map(|j| j * 7 % 11 - 5).collect();
                let multipliers = (0..100).map(|j| 1 + j * 13 % 40).collect();
                let adc = Adc { shift, rounding, low: -300, high: 299, offsets, multipliers };
                let acc: Vec<i32> = (0..100).map(|j| j * 37 % 101 - 50).collect();
                let mut codes = vec![0; 100];
                Converters::new(&adc).convert(&acc, &mut codes);
                let single = |(j, &acc): (usize, &i32)| adc.convert(j, i64::from(acc));
                assert_eq!(codes, acc.iter().enumerate().map(single).collect::<Vec<i32>>());
            }
        }
    }

    #[test]
    fn patterns_have_their_density() {
        let patterns = Patterns { seed: 3, density: 0.2 };
        let active: usize = (0..100).map(|p| patterns.active(1000, p).len()).sum();
        assert!((active as f64 / 1e5 - 0.2).abs() < 4.0 * 0.4 / 1e5_f64.sqrt(), "{active}");
    }
}
