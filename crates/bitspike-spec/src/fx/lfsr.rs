//! The random generator of the hardware.

use super::FxError;

/// A 32-bit linear-feedback generator that makes a fresh word in each call, and in each clock cycle of the RTL.
///
/// ```text
/// x ^= x << 13;  x ^= x >> 17;  x ^= x << 5      (32-bit, logical shifts)
/// ```
///
/// Exclusive-or only, so the hardware does it without carries. Every state but zero lies on one cycle of
/// `2^32 - 1` states. Source: Marsaglia 2003, "Xorshift RNGs", Journal of Statistical Software 8(14).
///
/// # Example
/// ```
/// use bitspike_spec::fx::Lfsr;
///
/// let mut lfsr = Lfsr::new(1)?;
/// assert_eq!([lfsr.next(), lfsr.next()], [1, 270_369]);
/// # Ok::<(), bitspike_spec::fx::FxError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lfsr {
    state: u32,
}

impl Lfsr {
    /// A generator whose first word is `seed`.
    ///
    /// # Errors
    /// [`FxError::ZeroSeed`] when `seed` is not in `[1, 2^32 - 1]`.
    pub const fn new(seed: u32) -> Result<Self, FxError> {
        if seed == 0 {
            return Err(FxError::ZeroSeed);
        }
        Ok(Self { state: seed })
    }

    /// The generator of one lane, seeded with [`Lfsr::lane_seed`], which is never zero.
    #[inline]
    #[must_use]
    pub const fn for_lane(seed: u32, lane: u32) -> Self {
        Self { state: Self::lane_seed(seed, lane) }
    }

    /// The seed of one lane, far from its neighbours' for any common seed.
    ///
    /// ```text
    /// lane_seed = (seed + lane * 0x9E3779B9) mod 2^32, lowest bit set
    /// ```
    #[inline]
    #[must_use]
    pub const fn lane_seed(seed: u32, lane: u32) -> u32 {
        seed.wrapping_add(lane.wrapping_mul(0x9E37_79B9)) | 1
    }

    /// Returns the current word, then advances.
    #[inline(always)]
    pub const fn next(&mut self) -> u32 {
        let word = self.state;
        self.state ^= self.state << 13;
        self.state ^= self.state >> 17;
        self.state ^= self.state << 5;
        word
    }

    /// The word that the next call of [`Lfsr::next`] returns.
    #[inline]
    #[must_use]
    pub const fn state(self) -> u32 {
        self.state
    }
}
