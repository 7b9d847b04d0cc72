//! Records: the values of a fixed list of signals at one clock edge.

use std::fmt;

use super::WaveformError;
use super::planes::mask_of;

/// Name and width of one recorded signal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SignalSpec {
    /// Name relative to the scope.
    pub name: String,
    /// Width in bits, at least 1.
    pub width: u32,
}

impl SignalSpec {
    /// A signal of `width` bits.
    pub fn new(name: impl Into<String>, width: u32) -> Self {
        Self { name: name.into(), width }
    }

    /// Number of 32-bit words a value takes: `ceil(width / 32)`.
    pub fn words(&self) -> usize {
        words_of(self.width)
    }
}

/// Number of 32-bit words that hold `width` bits.
pub(crate) fn words_of(width: u32) -> usize {
    width.div_ceil(32) as usize
}

/// Where each signal of a list lies in a packed record.
///
/// Signals follow each other in the order of the list, each in `ceil(width / 32)` words, least significant word first; unused upper
/// bits are 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordLayout {
    signals: Vec<SignalSpec>,
    offsets: Vec<usize>,
    words: usize,
}

impl RecordLayout {
    /// Lays out `signals` one after the other.
    pub fn new(signals: Vec<SignalSpec>) -> Self {
        let ends = signals.iter().scan(0, |end, signal| {
            *end += signal.words();
            Some(*end)
        });
        let ends: Vec<usize> = ends.collect();
        let words = ends.last().copied().unwrap_or(0);
        let offsets = ends.iter().zip(&signals).map(|(end, signal)| end - signal.words()).collect();
        Self { signals, offsets, words }
    }

    /// The signals, in record order.
    pub fn signals(&self) -> &[SignalSpec] {
        &self.signals
    }

    /// Words of one record.
    pub fn words(&self) -> usize {
        self.words
    }

    /// Words of signal `index` inside a record.
    ///
    /// # Panics
    /// If `index` is not below the number of signals.
    pub fn range(&self, index: usize) -> std::ops::Range<usize> {
        self.offsets[index]..self.offsets[index] + self.signals[index].words()
    }

    /// A record's words with every used bit set.
    pub(crate) fn all_bits(&self) -> Vec<u32> {
        self.signals.iter().flat_map(|signal| (0..signal.words()).map(|word| mask_of(signal.width, word))).collect()
    }

    /// Position of the signal called `name`.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.signals.iter().position(|signal| signal.name == name)
    }

    /// The value of signal `index` in `record`.
    ///
    /// # Panics
    /// If `index` is not below the number of signals or the record is shorter than [`words`](Self::words).
    pub fn value(&self, index: usize, record: &Record<'_>) -> RawValue {
        let range = self.range(index);
        let value = record.values[range.clone()].to_vec();
        let unknown = record.unknowns.map_or_else(|| vec![0; value.len()], |plane| plane[range].to_vec());
        RawValue { width: self.signals[index].width, value, unknown }
    }

    /// Refuses a record of another length.
    pub(crate) fn check(&self, record: &Record<'_>) -> Result<(), WaveformError> {
        let unknown_words = record.unknowns.map_or(self.words, <[u32]>::len);
        let found = if record.values.len() == self.words { unknown_words } else { record.values.len() };
        if found == self.words { Ok(()) } else { Err(WaveformError::RecordLength { expected: self.words, found }) }
    }
}

/// One record: the packed values of all signals, and where they are in time.
///
/// Four states per bit: with `unknowns` bit 0 the bit is `values` (0 or 1); with `unknowns` bit 1 it is x where `values` is 0 and z
/// where `values` is 1. `unknowns` is `None` when every bit is 0 or 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// Clock cycle, counted from 0 by the source.
    pub cycle: u64,
    /// Time of the clock edge in the unit of the source.
    pub time: u64,
    /// Value plane, packed as [`RecordLayout`] says.
    pub values: &'a [u32],
    /// Unknown plane, packed alike.
    pub unknowns: Option<&'a [u32]>,
}

/// A stream of records with the same signals.
pub trait RecordSource {
    /// The signals and their places in each record.
    fn layout(&self) -> &RecordLayout;

    /// The next record, or `None` after the last.
    ///
    /// # Errors
    /// Whatever stops the source; [`WaveformError::Source`] wraps errors of other crates.
    fn next_record(&mut self) -> Result<Option<Record<'_>>, WaveformError>;
}

impl<S: RecordSource + ?Sized> RecordSource for &mut S {
    fn layout(&self) -> &RecordLayout {
        (**self).layout()
    }

    fn next_record(&mut self) -> Result<Option<Record<'_>>, WaveformError> {
        (**self).next_record()
    }
}

impl<S: RecordSource + ?Sized> RecordSource for Box<S> {
    fn layout(&self) -> &RecordLayout {
        (**self).layout()
    }

    fn next_record(&mut self) -> Result<Option<Record<'_>>, WaveformError> {
        (**self).next_record()
    }
}

/// The bits of one signal, four states per bit as in [`Record`].
///
/// Prints as a Verilog literal: hexadecimal when every bit is 0 or 1, else binary.
///
/// ```
/// use bitspike_cosim::waveform::RawValue;
/// let known = RawValue { width: 12, value: vec![0xabc], unknown: vec![0] };
/// assert_eq!(known.to_string(), "12'habc");
/// let mixed = RawValue { width: 4, value: vec![0b0110], unknown: vec![0b0011] };
/// assert_eq!(mixed.to_string(), "4'b01zx");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RawValue {
    /// Width in bits.
    pub width: u32,
    /// Value plane, least significant word first.
    pub value: Vec<u32>,
    /// Unknown plane, least significant word first.
    pub unknown: Vec<u32>,
}

impl RawValue {
    /// Whether every bit is 0 or 1.
    pub fn is_known(&self) -> bool {
        self.unknown.iter().all(|&word| word == 0)
    }

    /// The bits as `0`, `1`, `x`, `z`, most significant first.
    pub fn binary(&self) -> String {
        (0..self.width).rev().map(|bit| bit_char(&self.value, &self.unknown, bit)).collect()
    }

    fn hexadecimal(&self) -> String {
        let digit = |index: u32| (self.value[(index / 8) as usize] >> (4 * (index % 8))) & 15;
        (0..self.width.div_ceil(4)).rev().filter_map(|index| char::from_digit(digit(index), 16)).collect()
    }
}

impl fmt::Display for RawValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_known() {
            return write!(f, "{}'h{}", self.width, self.hexadecimal());
        }
        write!(f, "{}'b{}", self.width, self.binary())
    }
}

/// The character of one bit of a pair of planes.
pub(crate) fn bit_char(value: &[u32], unknown: &[u32], bit: u32) -> char {
    let (word, shift) = ((bit / 32) as usize, bit % 32);
    match ((unknown[word] >> shift) & 1 == 1, (value[word] >> shift) & 1 == 1) {
        (false, false) => '0',
        (false, true) => '1',
        (true, false) => 'x',
        (true, true) => 'z',
    }
}

/// An owned copy of a [`Record`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnedRecord {
    /// Clock cycle.
    pub cycle: u64,
    /// Time in the unit of the source.
    pub time: u64,
    /// Value plane.
    pub values: Vec<u32>,
    /// Unknown plane.
    pub unknowns: Option<Vec<u32>>,
}

impl OwnedRecord {
    /// The record as a borrowed view.
    pub fn as_record(&self) -> Record<'_> {
        Record { cycle: self.cycle, time: self.time, values: &self.values, unknowns: self.unknowns.as_deref() }
    }

    /// Takes over the contents of `record`, keeping its own storage.
    pub fn copy_from(&mut self, record: &Record<'_>) {
        (self.cycle, self.time) = (record.cycle, record.time);
        self.values.clear();
        self.values.extend_from_slice(record.values);
        match (&mut self.unknowns, record.unknowns) {
            (Some(own), Some(plane)) => plane.clone_into(own),
            (own, plane) => *own = plane.map(<[u32]>::to_vec),
        }
    }
}

impl From<Record<'_>> for OwnedRecord {
    fn from(record: Record<'_>) -> Self {
        let mut owned = Self::default();
        owned.copy_from(&record);
        owned
    }
}
