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
            let deviation = i64::from(root(variance));
            *sum += low_half((i64::from(draw) * deviation + half) >> self.shift);
        }
    }
}

/// `isqrt(2^8 * variance)`
#[inline(always)]
fn root(variance: i32) -> u32 {
    low_word((u64::from(variance.unsigned_abs()) << 8).isqrt())
}
