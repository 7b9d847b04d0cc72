//! One device of the array, where it is, and the random numbers that belong to it.

use crate::weights::MAX_LINES;
use bitspike_spec::random::{CellRng, GAUSSIAN_FRAC, Stream, gaussian};

/// Where a device is: the identity its random numbers hang on, whatever the size of the array around it.
///
/// Packed into one word, because an array has a hundred thousand of them: bit line in bits 0 to 11, word line in 12 to 23, plane above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place(u32);

impl Place {
    /// The device of a plane (`2 * slice` adds, `2 * slice + 1` subtracts), a word line and a bit line.
    ///
    /// # Panics
    /// In debug builds, if the plane is above 255 or a line above 4095.
    #[inline]
    #[must_use]
    pub fn new(plane: u32, word_line: u32, bit_line: u32) -> Self {
        debug_assert!(plane < 1 << 8 && word_line < MAX_LINES && bit_line < MAX_LINES);
        Place(plane << 24 | word_line << 12 | bit_line)
    }

    /// The plane.
    #[inline]
    #[must_use]
    pub fn plane(self) -> u32 {
        self.0 >> 24
    }

    /// The row.
    #[inline]
    #[must_use]
    pub fn word_line(self) -> u32 {
        self.0 >> 12 & 0xfff
    }

    /// The column.
    #[inline]
    #[must_use]
    pub fn bit_line(self) -> u32 {
        self.0 & 0xfff
    }

    /// The cell of the random counter, `word_line * 2^16 + bit_line`.
    #[inline]
    #[must_use]
    pub fn cell(self) -> u32 {
        self.word_line() << 16 | self.bit_line()
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
        CellRng::new(self.seed, stream, place.cell()).in_plane(place.plane()).block(index)
    }

    /// Four random words of a line of a plane.
    #[must_use]
    pub fn line(&self, stream: Stream, (plane, line): (u32, u32), index: u64) -> [u32; 4] {
        CellRng::new(self.seed, stream, line).in_plane(plane).block(index)
    }

    /// Gives each device the first word of its block 0, sixty-four devices at a time.
    #[inline]
    pub fn each(&self, stream: Stream, devices: &mut [Device], mut change: impl FnMut(&mut Device, u32)) {
        let (mut cells, mut planes, mut words) = ([0; TOGETHER], [0; TOGETHER], [0; TOGETHER]);
        for block in devices.chunks_mut(TOGETHER) {
            for (device, (cell, plane)) in block.iter().zip(cells.iter_mut().zip(&mut planes)) {
                (*cell, *plane) = (device.place.cell(), device.place.plane());
            }
            first_words(&mut words, (&cells, &planes), (self.seed, stream));
            block.iter_mut().zip(words).for_each(|(device, word)| change(device, word));
        }
    }
}

/// Devices whose words are made together, in vector registers.
const TOGETHER: usize = 64;

/// Word 0 of block 0 of each cell and plane.
#[multiversion::multiversion(targets("x86_64+avx2"))]
fn first_words(
    words: &mut [u32; TOGETHER],
    (cells, planes): (&[u32; TOGETHER], &[u32; TOGETHER]),
    (seed, stream): (u64, Stream),
) {
    for (word, (&cell, &plane)) in words.iter_mut().zip(cells.iter().zip(planes)) {
        *word = CellRng::new(seed, stream, cell).in_plane(plane).block(0)[0];
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
    pub pulses: u16,
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

/// A device effect: changes devices at a moment, each by its own numbers alone.
pub trait Effect: Send + Sync {
    /// Applies the effect to devices, each by itself.
    fn apply(&self, at: &Moment, devices: &mut [Device]);
}
