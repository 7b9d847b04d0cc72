//! Integer sums of an image, for characterisation and benchmarks; the machine's own are in the model.

use crate::device::Draws;
use bitspike_spec::fx::Rounding;
use bitspike_spec::random::{CellRng, Stream, gaussian, uniform};
use bitspike_spec::{Adc, ArrayImage, SliceImage};

/// Bit lines that are summed together: their sums stay in vector registers while the word lines pass by.
const LINES: usize = 64;

/// The codes of one word line on adjacent bit lines, as they lie in a cache line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[repr(align(64))]
struct Block<T>([T; LINES]);

/// Codes in blocks, those of the same bit lines one below the other; zeros beyond the last bit line.
fn in_blocks<T: Copy + Default>(codes: &[T], columns: usize) -> Vec<Block<T>> {
    let block = |row: &[T], first: usize| {
        let row = &row[first..columns.min(first + LINES)];
        Block(std::array::from_fn(|line| row.get(line).copied().unwrap_or_default()))
    };
    let firsts = (0..columns).step_by(LINES);
    firsts.flat_map(|first| codes.chunks_exact(columns).map(move |row| block(row, first))).collect()
}

/// One slice with the codes of each pair subtracted, ready for sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    word_lines: usize,
    bit_lines: usize,
    differences: Vec<Block<i16>>,
    variances: Vec<Block<u16>>,
    variance_shift: u32,
}

impl Slice {
    /// Prepares a slice.
    #[must_use]
    pub fn new(image: &ArrayImage, slice: &SliceImage) -> Self {
        let differences: Vec<i16> = (0..slice.plus.len()).map(|cell| slice.difference(cell) as i16).collect();
        let bit_lines = image.bit_lines() as usize;
        Slice {
            word_lines: image.word_lines() as usize,
            bit_lines,
            differences: in_blocks(&differences, bit_lines),
            variances: in_blocks(&slice.variance, bit_lines),
            variance_shift: image.variance_shift(),
        }
    }

    /// Sums over all word lines, `acc[j] = sum x[i] d[i][j]`; inputs up to 8 bits in magnitude keep 4096 rows in 32 bits.
    ///
    /// # Panics
    /// If the lists do not fit the slice.
    pub fn sums(&self, x: &[i16], acc: &mut [i32]) {
        assert_eq!((x.len(), acc.len()), (self.word_lines, self.bit_lines));
        products(acc, &self.differences, x);
    }

    /// Sums over the active word lines.
    ///
    /// # Panics
    /// If a word line is not in the slice, or `acc` not as long as its bit lines.
    pub fn event_sums(&self, active: &[u32], acc: &mut [i32]) {
        assert_eq!(acc.len(), self.bit_lines);
        rows(acc, (&self.differences, self.word_lines), active);
    }

    /// Variance of each sum, `sum x[i]^2 variance[i][j]`, in units of `2^-variance_shift` squared LSB.
    ///
    /// It must fit in 32 bits: binary inputs always do, larger ones up to `2^((32 - variance_bits - log2(word_lines)) / 2)`,
    /// such as 64 for 12 bits and 256 word lines.
    ///
    /// # Panics
    /// If the slice has no variances, the lists do not fit it or an input is above 255 in magnitude; in debug builds, if a
    /// variance does not fit.
    pub fn variances(&self, x: &[i16], variance: &mut [u32]) {
        assert_eq!((x.len(), variance.len()), (self.word_lines, self.bit_lines));
        assert!(!self.variances.is_empty(), "a slice with variances");
        squares(variance, &self.variances, x);
    }

    /// Variance of each sum over the active word lines; whether there is read noise at all.
    ///
    /// # Panics
    /// If a word line is not in the slice, or `variance` not as long as its bit lines.
    pub fn event_variances(&self, active: &[u32], variance: &mut [u32]) -> bool {
        assert_eq!(variance.len(), self.bit_lines);
        if self.variances.is_empty() {
            variance.fill(0);
            return false;
        }
        row_variances(variance, (&self.variances, self.word_lines), active);
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
        let blocks = acc.chunks_mut(4 * GROUPS).zip(variance.chunks(4 * GROUPS));
        for ((acc, variance), group) in blocks.zip((0..).step_by(GROUPS)) {
            let words = read_words(group, (seed, conversion));
            add_draws(acc, (variance, &words), shift);
        }
    }
}

/// Groups of four bit lines whose noise is made together, in vector registers.
const GROUPS: usize = 16;

/// The words of [`GROUPS`] groups from `first` on, those of one group in one column.
#[multiversion::multiversion(targets("x86_64+avx2"))]
fn read_words(first: u32, (seed, conversion): (u64, u64)) -> [[u32; GROUPS]; 4] {
    let mut words = [[0; GROUPS]; 4];
    for group in 0..GROUPS {
        let block = CellRng::new(seed, Stream::Read, first + group as u32).block(conversion);
        for (words, word) in words.iter_mut().zip(block) {
            words[group] = word;
        }
    }
    words
}

#[multiversion::multiversion(targets("x86_64+avx2"))]
fn add_draws(acc: &mut [i32], (variance, words): (&[u32], &[[u32; GROUPS]; 4]), shift: u32) {
    let mut z = [0; 4 * GROUPS];
    for (group, z) in z.chunks_exact_mut(4).enumerate() {
        for (z, words) in z.iter_mut().zip(words) {
            *z = gaussian(words[group]);
        }
    }
    for (acc, (&variance, z)) in acc.iter_mut().zip(variance.iter().zip(z)) {
        let noise = i64::from(z) * i64::from(deviation(variance));
        *acc += ((noise + (1 << (shift - 1))) >> shift) as i32;
    }
}

/// `isqrt(2^8 variance)`.
///
/// The root in single precision is wrong by less than 0.1 (1.5 units of 2^-24 of at most 2^20), so the nearest integer to it
/// is the root rounded down or one more. Adding 2^23 leaves that integer in the fraction bits.
#[inline(always)] // into loops compiled for the machine's vector instructions
fn deviation(variance: u32) -> u32 {
    const TO_INTEGER: f32 = 8_388_608.0;
    let root = ((variance as f32).sqrt() * 16.0 + TO_INTEGER).to_bits() & 0x7f_ffff;
    let rest = (variance << 8).wrapping_sub(root.wrapping_mul(root)) as i32; // modulo 2^32, and small
    root - u32::from(rest < 0)
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

/// Makes the sums of each block of bit lines from its rows.
#[inline(always)] // into functions compiled for the machine's vector instructions
fn by_blocks<S: Copy + Default, T>(
    acc: &mut [S],
    (blocks, word_lines): (&[Block<T>], usize),
    add: impl Fn(&mut [S; LINES], &[Block<T>]),
) {
    for (acc, rows) in acc.chunks_mut(LINES).zip(blocks.chunks_exact(word_lines)) {
        let mut sums = [S::default(); LINES];
        add(&mut sums, rows);
        acc.copy_from_slice(&sums[..acc.len()]);
    }
}

#[multiversion::multiversion(targets("x86_64+avx2"))]
fn products(acc: &mut [i32], blocks: &[Block<i16>], x: &[i16]) {
    by_blocks(acc, (blocks, x.len()), |sums, rows| {
        for (Block(row), &x) in rows.iter().zip(x) {
            for (sum, &code) in sums.iter_mut().zip(row) {
                *sum += i32::from(code) * i32::from(x);
            }
        }
    });
}

#[multiversion::multiversion(targets("x86_64+avx2"))]
fn rows(acc: &mut [i32], blocks: (&[Block<i16>], usize), active: &[u32]) {
    by_blocks(acc, blocks, |sums, rows| {
        for &row in active {
            for (sum, &code) in sums.iter_mut().zip(&rows[row as usize].0) {
                *sum += i32::from(code);
            }
        }
    });
}

#[multiversion::multiversion(targets("x86_64+avx2"))]
fn squares(variance: &mut [u32], blocks: &[Block<u16>], x: &[i16]) {
    by_blocks(variance, (blocks, x.len()), |sums, rows| {
        for (Block(row), &x) in rows.iter().zip(x) {
            let square = u16::try_from(u32::from(x.unsigned_abs()).pow(2)).expect("an input has at most 8 bits");
            for (sum, &code) in sums.iter_mut().zip(row) {
                *sum += u32::from(code) * u32::from(square);
            }
        }
    });
}

#[multiversion::multiversion(targets("x86_64+avx2"))]
fn row_variances(variance: &mut [u32], blocks: (&[Block<u16>], usize), active: &[u32]) {
    by_blocks(variance, blocks, |sums, rows| {
        for &row in active {
            for (sum, &code) in sums.iter_mut().zip(&rows[row as usize].0) {
                *sum += u32::from(code);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{ks_p, ks_two_p, normal_cdf};
    use bitspike_spec::array::ArrayShape;

    /// Around every square there is, where the rounded root could go wrong, and at the ends.
    #[test]
    fn the_deviation_is_the_root_rounded_down() {
        let squares = (0..1_u64 << 20).map(|root| (root * root) >> 8);
        let near = squares.flat_map(|v| [v.saturating_sub(1), v, v + 1, v + 2]);
        for variance in near.chain(0..5000).chain([(1 << 32) - 1]).filter(|&v| v < 1 << 32) {
            let (root, x) = (u64::from(deviation(variance as u32)), variance << 8);
            assert!(root * root <= x && (root + 1) * (root + 1) > x, "{variance}");
        }
    }

    fn image(rows: usize, columns: usize) -> SliceImage {
        let code = |step: usize| (0..rows * columns).map(move |k| (k * step % 200) as u16).collect();
        let variance = (0..rows * columns).map(|k| (k * 29 % 900 + 100) as u16).collect();
        SliceImage { plus: code(37), minus: code(53), variance, ..SliceImage::default() }
    }

    fn slice(rows: usize, columns: usize) -> Slice {
        let shape = ArrayShape { word_lines: rows as u32, bit_lines: columns as u32, code_bits: 8, variance_shift: 4 };
        let image = ArrayImage::new(shape, vec![image(rows, columns)]).expect("valid");
        Slice::new(&image, &image.slices()[0])
    }

    #[test]
    fn sums_are_the_matrix_product() {
        for columns in [1, 10, 63, 64, 65, 200] {
            let (slice, image) = (slice(13, columns), image(13, columns));
            let x: Vec<i16> = (0..13).map(|i| (i * 7 % 11) as i16 - 5).collect();
            let (mut acc, mut variance) = (vec![9; columns], vec![9; columns]);
            slice.sums(&x, &mut acc);
            slice.variances(&x, &mut variance);
            for j in 0..columns {
                let sum: i64 = (0..13).map(|i| i64::from(x[i]) * image.difference(i * columns + j)).sum();
                let squares: u32 =
                    (0..13).map(|i| i32::from(x[i]).pow(2) as u32 * u32::from(image.variance[i * columns + j])).sum();
                assert_eq!((i64::from(acc[j]), variance[j]), (sum, squares));
            }
            let ones: Vec<i16> = (0..13).map(|i| i16::from([1, 4, 12].contains(&i))).collect();
            slice.sums(&ones, &mut acc);
            let mut events = vec![9; columns];
            slice.event_sums(&[1, 4, 12], &mut events);
            assert_eq!(acc, events);
            let mut events = vec![9; columns];
            slice.variances(&ones, &mut variance);
            assert!(slice.event_variances(&[1, 4, 12], &mut events));
            assert_eq!(variance, events);
        }
    }

    /// The rule as it is written, one bit line at a time with integer roots, at widths around a block.
    #[test]
    fn noise_is_the_rule_bit_for_bit() {
        for columns in [1, 3, 64, 67, 200] {
            let slice = slice(2, columns);
            let variance: Vec<u32> = (0..columns as u32).map(|j| (j + 1).wrapping_mul(2_654_435_761)).collect();
            for conversion in [0, 1, 1 << 40] {
                let mut acc = vec![7; columns];
                slice.add_noise(&mut acc, &variance, (5, conversion));
                for (j, acc) in acc.into_iter().enumerate() {
                    let word = CellRng::new(5, Stream::Read, j as u32 / 4).block(conversion)[j % 4];
                    let root = (u64::from(variance[j]) << 8).isqrt() as i64;
                    let noise = (i64::from(gaussian(word)) * root + (1 << 32)) >> 33;
                    assert_eq!(i64::from(acc), 7 + noise, "bit line {j} of {columns}");
                }
            }
        }
    }

    /// One draw for a bit line against one draw for each cell, and both against the normal they stand for. Rounding to a
    /// whole LSB is undone by a uniform dither, which widens the normal by 1/12 LSB^2: below what the test can see at
    /// deviations of about 16 LSB.
    #[test]
    fn lumped_noise_has_the_distribution_of_noise_in_every_cell() {
        const N: u64 = 1_000_000;
        let (slice, image) = (slice(8, 8), image(8, 8));
        let mut variance = vec![0; 8];
        slice.variances(&[1; 8], &mut variance);
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
                    z * (f64::from(image.variance[i as usize * 8 + 3]) / 16.0).sqrt()
                };
                (0..8).map(cell).sum::<f64>()
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
