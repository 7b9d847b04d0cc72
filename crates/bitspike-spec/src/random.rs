//! Counter-based random numbers: the same bytes from the same seed, in any order (contract C7).

mod gaussian;
mod nodes;

pub use gaussian::{GAUSSIAN_FRAC, gaussian, uniform};

use rand::rand_core::{Infallible, TryRng, utils};

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const KEY_STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: u32 = 10;

/// Philox4x32-10: four random words of a 128-bit counter under a 64-bit key.
///
/// ```text
/// ten rounds:  (h0, l0) = 0xD2511F53 * c0     (h1, l1) = 0xCD9E8D57 * c2       64-bit products, high and low word
///              c = (h1 ^ c1 ^ k0, l1, h0 ^ c3 ^ k1, l0)
///              k = (k0 + 0x9E3779B9, k1 + 0xBB67AE85)                          modulo 2^32, after each round
/// ```
///
/// Always inlined, so that a loop over many counters becomes vector instructions.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
///
/// # Example
/// ```
/// use bitspike_spec::random::philox;
///
/// assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
/// ```
#[inline(always)] // into loops compiled for the machine's vector instructions
#[must_use]
pub fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let (mut c, mut k) = (counter, key);
    for _ in 0..ROUNDS {
        c = round(c, k);
        k = [k[0].wrapping_add(KEY_STEPS[0]), k[1].wrapping_add(KEY_STEPS[1])];
    }
    c
}

#[inline(always)]
fn round(c: [u32; 4], k: [u32; 2]) -> [u32; 4] {
    let (low0, high0) = wide_product(MULTIPLIERS[0], c[0]);
    let (low1, high1) = wide_product(MULTIPLIERS[1], c[2]);
    [high1 ^ c[1] ^ k[0], low1, high0 ^ c[3] ^ k[1], low0]
}

#[inline(always)]
fn wide_product(a: u32, b: u32) -> (u32, u32) {
    let product = u64::from(a) * u64::from(b);
    (product as u32, (product >> 32) as u32)
}

/// What a random number is for: numbers of different streams never depend on each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Weights of a random image; the cell is `word_line * neurons + neuron`.
    Weights = 0,
    /// Poisson spikes; the cell is the word line, the index the time step.
    Poisson = 1,
    /// Random connections and weights of a float network; the cell is the source neuron.
    NetworkConnections = 10,
    /// Start values and parameters of a float network; the cell tells them apart.
    NetworkStart = 11,
    /// Noise of a float network; the cell is the time step, the word the neuron.
    NetworkNoise = 12,
    /// Programming spread of a device.
    Spread = 16,
    /// Pulses and verifying reads of a device; the index is the pulse.
    Pulse = 17,
    /// Relaxation of a device after programming.
    Relaxation = 18,
    /// Stuck devices.
    Stuck = 19,
    /// Broken word lines; the cell is the word line.
    WordLine = 20,
    /// Broken bit lines; the cell is the bit line.
    BitLine = 21,
    /// Write cycles that a device endures.
    Endurance = 22,
    /// Drift exponent or drift spread of a device.
    Drift = 23,
    /// Telegraph noise: amplitude of a device in block 2^40, its state by the index of the read.
    Telegraph = 24,
    /// Read noise; the cell is the bit line, the index the conversion.
    Read = 25,
    /// Offset and gain of the converter of a bit line.
    Adc = 26,
    /// Input patterns of a characterisation; the cell is the word line, the index the pattern.
    Pattern = 27,
}

/// The random words of one (seed, stream, cell), by index; as a generator it walks through the indices from 0.
///
/// ```text
/// block i = philox([cell, plane * 2^8 + stream, i mod 2^32, i / 2^32], [seed mod 2^32, seed / 2^32])   four words each
/// ```
///
/// Arrays that share their cells' numbers, such as the two of a differential pair, differ in `plane` (0 to 2^24 - 1).
#[derive(Clone, Debug)]
pub struct CellRng {
    key: [u32; 2],
    cell: u32,
    lane: u32,
    next_word: u64,
}

impl CellRng {
    /// The words of `cell` in `stream` under `seed`.
    #[inline]
    #[must_use]
    pub fn new(seed: u64, stream: Stream, cell: u32) -> Self {
        CellRng { key: [seed as u32, (seed >> 32) as u32], cell, lane: stream as u32, next_word: 0 }
    }

    /// The same cell in another plane.
    #[inline]
    #[must_use]
    pub fn in_plane(self, plane: u32) -> Self {
        CellRng { lane: self.lane & 0xff | plane << 8, ..self }
    }

    /// The four words of block `index`, whatever was drawn before.
    #[inline(always)]
    #[must_use]
    pub fn block(&self, index: u64) -> [u32; 4] {
        philox([self.cell, self.lane, index as u32, (index >> 32) as u32], self.key)
    }
}

impl TryRng for CellRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let word = self.block(self.next_word / 4)[(self.next_word % 4) as usize];
        self.next_word += 1;
        Ok(word)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        utils::next_u64_via_u32(self)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        utils::fill_bytes_via_next_word(bytes, || self.try_next_u32())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    #[test]
    fn known_answers_of_the_publication() {
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox([u32::MAX; 4], [u32::MAX; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        let counter = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        let key = [0xa409_3822, 0x299f_31d0];
        assert_eq!(philox(counter, key), [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]);
    }

    #[test]
    fn the_generator_walks_through_the_blocks() {
        let mut rng = CellRng::new(0x0123_4567_89ab_cdef, Stream::Poisson, 7);
        let words: Vec<u32> = (0..8).map(|_| rng.next_u32()).collect();
        assert_eq!(words, [rng.block(0), rng.block(1)].concat());
        assert_eq!(rng.block(1), philox([7, 1, 1, 0], [0x89ab_cdef, 0x0123_4567]));
        assert_eq!(rng.in_plane(5).block(1), philox([7, 0x501, 1, 0], [0x89ab_cdef, 0x0123_4567]));
    }

    #[test]
    fn bytes_and_long_words_are_the_words_little_end_first() {
        let mut rng = CellRng::new(1, Stream::Weights, 0);
        let block = rng.block(0);
        assert_eq!(rng.next_u64(), u64::from(block[0]) | u64::from(block[1]) << 32);
        let mut bytes = [0; 8];
        rng.fill_bytes(&mut bytes);
        assert_eq!(bytes, [block[2].to_le_bytes(), block[3].to_le_bytes()].concat()[..]);
    }
}
