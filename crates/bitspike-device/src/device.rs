//! One device of the array, where it is, and the random numbers that belong to it.

use bitspike_spec::random::{CellRng, GAUSSIAN_FRAC, Stream, gaussian, uniform};

/// Where a device is: the identity its random numbers hang on, whatever the size of the array around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// `2 * slice` for the device that adds, `2 * slice + 1` for the one that subtracts.
    pub plane: u32,
    /// Row, 0 to 4095.
    pub word_line: u32,
    /// Column, 0 to 4095.
    pub bit_line: u32,
}

impl Place {
    /// The cell of the random counter, `word_line * 2^16 + bit_line`.
    #[must_use]
    pub fn cell(self) -> u32 {
        self.word_line << 16 | self.bit_line
    }
}

/// The random numbers of an array: a function of seed, place, stream and index, without state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draws {
    seed: u64,
}

impl Draws {
    /// The numbers under `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Draws { seed }
    }

    /// Four random words of a device.
    #[inline]
    #[must_use]
    pub fn words(&self, stream: Stream, place: Place, index: u64) -> [u32; 4] {
        CellRng::new(self.seed, stream, place.cell()).in_plane(place.plane).block(index)
    }

    /// Four random words of a line of a plane.
    #[must_use]
    pub fn line(&self, stream: Stream, (plane, line): (u32, u32), index: u64) -> [u32; 4] {
        CellRng::new(self.seed, stream, line).in_plane(plane).block(index)
    }

    /// A standard normal number of a device: the first word of the block.
    #[inline]
    #[must_use]
    pub fn normal(&self, stream: Stream, place: Place, index: u64) -> f64 {
        standard_normal(self.words(stream, place, index)[0])
    }

    /// A uniform number of a device: the first word of the block.
    #[inline]
    #[must_use]
    pub fn uniform(&self, stream: Stream, place: Place, index: u64) -> f64 {
        uniform(self.words(stream, place, index)[0])
    }
}

/// The integer Gaussian of a word as a float (exact: 31 bits).
#[inline]
#[must_use]
pub fn standard_normal(word: u32) -> f64 {
    f64::from(gaussian(word)) * (1.0 / (1_u32 << GAUSSIAN_FRAC) as f64)
}

/// One device. Conductances are in µS, the unit of the published tables.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Device {
    /// Where it is.
    pub place: Place,
    /// Conductance it should have, µS.
    pub target: f64,
    /// Pulses spent on programming it.
    pub pulses: u32,
    g: f64,
    stuck: bool,
}

impl Device {
    /// A device that is exactly on its target.
    #[must_use]
    pub fn new(place: Place, target: f64) -> Self {
        Device { place, target, pulses: 0, g: target, stuck: false }
    }

    /// Conductance now, µS.
    #[inline]
    #[must_use]
    pub fn g(&self) -> f64 {
        self.g
    }

    /// Whether nothing changes it any more.
    #[must_use]
    pub fn is_stuck(&self) -> bool {
        self.stuck
    }

    /// Changes the conductance, not below 0; a stuck device keeps its own.
    #[inline]
    pub fn set_g(&mut self, g: f64) {
        if !self.stuck {
            self.g = g.max(0.0);
        }
    }

    /// Holds the device at `g` for ever, unless it is stuck already.
    pub fn stick(&mut self, g: f64) {
        self.set_g(g);
        self.stuck = true;
    }
}

/// When an effect acts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// The array's random numbers.
    pub draws: Draws,
    /// Seconds since programming at the reference temperature; 0 while programming.
    pub seconds: f64,
}

/// A device effect: changes one device at a moment, by the numbers of that device alone.
pub trait Effect: Send + Sync {
    /// Applies the effect.
    fn apply(&self, at: &Moment, device: &mut Device);
}
