//! Read noise: one normal number for each sum.

use crate::cast::{count, low_half, low_word};
use bitspike_spec::random::{CellRng, Stream, gaussian};

/// Bits that take the product of a deviation and a normal number to whole codes, besides half the shift of the variance.
const NOISE_FRAC: u32 = 31;

/// The generator of the read noise of an array.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noise {
    seed: u64,
    /// `k` of the contract.
    shift: u32,
}

impl Noise {
    pub(super) fn new(seed: u64, variance_shift: u32) -> Self {
        Noise { seed, shift: NOISE_FRAC + variance_shift / 2 }
    }

    /// The normal numbers of a slice in a read, one for each bit line.
    #[inline(always)]
    pub(super) fn draw(&self, (slice, read): (u32, u64), draws: &mut [i32]) {
        let read = u64::from(low_word(read));
        for (cell, draws) in draws.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let words = CellRng::new(self.seed, Stream::Read, count(cell)).in_plane(slice).block(read);
            *draws = words.map(gaussian);
        }
    }

    /// Adds noise of these variances to sums.
    #[inline(always)]
    pub(super) fn add(&self, sums: &mut [i32], variances: &[i32], draws: &[i32]) {
        let half = 1_i64 << (self.shift - 1);
        for ((sum, &variance), &draw) in sums.iter_mut().zip(variances).zip(draws) {
            let noise = (i64::from(draw) * i64::from(root(variance)) + half) >> self.shift;
            *sum += low_half(noise);
        }
    }
}

/// `isqrt(2^8 * variance)` of a variance below `2^28`, digit by digit, as 32-bit vectors can.
#[inline(always)]
fn root(variance: i32) -> i32 {
    let (mut root, mut rest) = (0, 0);
    for place in (0..VARIANCE_PAIRS).rev() {
        (root, rest) = next_digit(root, rest << 2 | variance >> (2 * place) & 3);
    }
    for _ in 0..FRACTION_PAIRS {
        (root, rest) = next_digit(root, rest << 2);
    }
    root
}

/// Digits of the root that come of the variance, and of `2^8`.
const VARIANCE_PAIRS: u32 = 14;
const FRACTION_PAIRS: u32 = 4;

/// The root with one digit more, and what is left.
#[inline(always)]
fn next_digit(root: i32, rest: i32) -> (i32, i32) {
    let trial = root << 2 | 1;
    let fits = rest >= trial;
    (root << 1 | i32::from(fits), if fits { rest - trial } else { rest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_that_of_the_standard_library() {
        let (most, step) = ((1_i32 << 28) - 1, 9973);
        for variance in (0..5000).chain((0..most).step_by(step)).chain(most - 5000..=most) {
            let root_of_all = (u64::from(variance.unsigned_abs()) << 8).isqrt();
            assert_eq!(u64::from(root(variance).unsigned_abs()), root_of_all, "{variance}");
        }
    }
}
