//! The bulk VCD scanner: a byte loop over the body, four states, any `Read`.

use std::io::Read;

use super::WaveformError;
use super::buffer::ByteBuffer;
use super::header::read_header;
use super::hierarchy::Hierarchy;
use super::ids::{IdTable, IdUse};
use super::lexer::{Lexeme, Stop, Token, lex};
use super::planes::{BadDigits, Planes};
use super::sample::ChangeSource;

/// What the scanner met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanEvent {
    /// A time stamp, in the unit of the file. Times never decrease.
    Time(u64),
    /// The watched slot got a value, which may equal its old one.
    Change(usize),
}

/// What a scan passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScanNotes {
    /// Changes of `real` variables, skipped.
    pub reals: u64,
    /// Changes of `string` variables, skipped.
    pub strings: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    None,
    Dump,
    Comment,
}

/// Reads a VCD stream, front to back and once, in constant memory.
///
/// The header is parsed by the `vcd` crate, the body by a byte loop. Only watched variables are decoded; each bit has four states
/// (see [`Record`](super::Record)) and is x before its first change. Short values are extended to the left: with 0 after a leading 0 or
/// 1, with x or z after a leading x or z (IEEE 1364-2005, 18.2.1). Reals and strings are skipped and counted.
///
/// # Example
/// ```
/// use bitspike_cosim::waveform::{ScanEvent, VcdScanner};
/// let text = "$timescale 1 ns $end $scope module top $end $var wire 8 ! v $end $upscope $end $enddefinitions $end\n#5\nb101 !\n";
/// let mut scanner = VcdScanner::new(text.as_bytes())?;
/// let slot = scanner.watch(&[0])[0];
/// assert_eq!(scanner.next_event()?, Some(ScanEvent::Time(5)));
/// assert_eq!(scanner.next_event()?, Some(ScanEvent::Change(slot)));
/// assert_eq!(scanner.value(slot), &[5]);
/// assert_eq!(scanner.next_event()?, None);
/// # Ok::<(), bitspike_cosim::waveform::WaveformError>(())
/// ```
#[derive(Debug)]
pub struct VcdScanner<R> {
    buffer: ByteBuffer<R>,
    hierarchy: Hierarchy,
    ids: IdTable,
    planes: Planes,
    time: u64,
    section: Section,
    notes: ScanNotes,
}

impl<R: Read> VcdScanner<R> {
    /// Reads the header; nothing is watched yet.
    ///
    /// # Errors
    /// [`WaveformError::Header`], [`WaveformError::Truncated`] or [`WaveformError::Io`].
    pub fn new(input: R) -> Result<Self, WaveformError> {
        let mut buffer = ByteBuffer::new(input);
        let hierarchy = read_header(&mut buffer)?;
        let mut ids = IdTable::default();
        hierarchy.variables().iter().for_each(|variable| ids.declare(variable.id));
        let (planes, section, notes) = (Planes::default(), Section::None, ScanNotes::default());
        Ok(Self { buffer, hierarchy, ids, planes, time: 0, section, notes })
    }

    /// Scopes, variables and time unit.
    pub fn hierarchy(&self) -> &Hierarchy {
        &self.hierarchy
    }

    /// Keeps the values of these variables (indices into [`Hierarchy::variables`]) from here on; returns the slot of each. Aliases share a slot.
    ///
    /// # Panics
    /// If an index is not below the number of variables.
    pub fn watch(&mut self, variables: &[usize]) -> Vec<usize> {
        variables.iter().map(|&index| self.watch_one(index)).collect()
    }

    fn watch_one(&mut self, index: usize) -> usize {
        let variable = &self.hierarchy.variables()[index];
        if let IdUse::Slot(slot) = self.ids.get(variable.id) {
            return slot;
        }
        let slot = self.planes.add(variable.width);
        self.ids.watch(variable.id, slot);
        slot
    }

    /// Value plane of a slot, least significant word first.
    #[inline]
    pub fn value(&self, slot: usize) -> &[u32] {
        self.planes.value(slot)
    }

    /// Unknown plane of a slot: 1 where the bit is x (value 0) or z (value 1).
    #[inline]
    pub fn unknown(&self, slot: usize) -> &[u32] {
        self.planes.unknown(slot)
    }

    /// What was passed over so far.
    pub fn notes(&self) -> ScanNotes {
        self.notes
    }

    /// The next time stamp or change of a watched variable, `None` at the end of the file.
    ///
    /// # Errors
    /// [`WaveformError::Malformed`] or [`WaveformError::Truncated`] with line and byte offset, or [`WaveformError::Io`].
    #[inline]
    pub fn next_event(&mut self) -> Result<Option<ScanEvent>, WaveformError> {
        loop {
            if !self.buffer.skip_blank()? {
                return self.finish();
            }
            if self.section == Section::Comment {
                self.skip_comment_word()?;
                continue;
            }
            match lex(self.buffer.bytes(), self.buffer.pos()) {
                Ok(lexeme) => {
                    if let Some(event) = self.accept(lexeme)? {
                        return Ok(Some(event));
                    }
                }
                Err(stop) => self.recover(stop)?,
            }
        }
    }

    #[inline]
    fn accept(&mut self, lexeme: Lexeme) -> Result<Option<ScanEvent>, WaveformError> {
        let event = match lexeme.token {
            Token::Scalar { digit, id } => self.change(id, |planes, _, slot| planes.store_scalar(slot, digit))?,
            Token::Vector { first, last, id } => {
                self.change(id, |planes, bytes, slot| planes.store_digits(slot, &bytes[first..last]))?
            }
            Token::Time(time) => Some(self.advance_time(time)?),
            Token::Real { id } => self.pass_over(id, |notes| &mut notes.reals)?,
            Token::Text { id } => self.pass_over(id, |notes| &mut notes.strings)?,
            Token::Keyword { first, last } => self.keyword(first, last)?,
        };
        self.buffer.advance_to(lexeme.end, lexeme.lines);
        Ok(event)
    }

    #[inline]
    fn change(
        &mut self,
        id: u64,
        store: impl FnOnce(&mut Planes, &[u8], usize) -> Result<(), BadDigits>,
    ) -> Result<Option<ScanEvent>, WaveformError> {
        match self.ids.get(id) {
            IdUse::Slot(slot) => match store(&mut self.planes, self.buffer.bytes(), slot) {
                Ok(()) => Ok(Some(ScanEvent::Change(slot))),
                Err(bad) => Err(self.bad_digits(bad, slot)),
            },
            IdUse::Unwatched => Ok(None),
            IdUse::Undeclared => Err(self.undeclared()),
        }
    }

    #[inline]
    fn advance_time(&mut self, time: u64) -> Result<ScanEvent, WaveformError> {
        if time < self.time {
            let reason = format!("time goes back from #{} to #{time}", self.time);
            return Err(self.buffer.malformed(reason));
        }
        self.time = time;
        Ok(ScanEvent::Time(time))
    }

    #[cold]
    fn pass_over(
        &mut self,
        id: u64,
        count: impl FnOnce(&mut ScanNotes) -> &mut u64,
    ) -> Result<Option<ScanEvent>, WaveformError> {
        if self.ids.get(id) == IdUse::Undeclared {
            return Err(self.undeclared());
        }
        *count(&mut self.notes) += 1;
        Ok(None)
    }

    #[cold]
    fn keyword(&mut self, first: usize, last: usize) -> Result<Option<ScanEvent>, WaveformError> {
        let next = match (&self.buffer.bytes()[first..last], self.section) {
            (b"$dumpvars" | b"$dumpall" | b"$dumpon" | b"$dumpoff", Section::None) => Section::Dump,
            (b"$comment", Section::None) => Section::Comment,
            (b"$end", Section::Dump) => Section::None,
            (b"$end", _) => return Err(self.fault("`$end` closes nothing")),
            (_, Section::Dump) => return Err(self.fault("expected value changes or `$end` of the dump section")),
            _ => return Err(self.fault("expected $dumpvars, $dumpall, $dumpon, $dumpoff or $comment")),
        };
        self.section = next;
        Ok(None)
    }

    #[cold]
    fn skip_comment_word(&mut self) -> Result<(), WaveformError> {
        if self.buffer.word()? == b"$end" {
            self.section = Section::None;
        }
        Ok(())
    }

    /// Reads on after an incomplete item; any other stop is an error.
    #[cold]
    fn recover(&mut self, stop: Stop) -> Result<(), WaveformError> {
        match stop {
            Stop::Incomplete if self.buffer.refill()? => Ok(()),
            Stop::Incomplete => Err(self.buffer.truncated(&format!("`{}`", self.buffer.excerpt()))),
            Stop::NoId if self.at_end_of_file() => Err(self.buffer.truncated(&format!("`{}`", self.buffer.excerpt()))),
            Stop::NoId => Err(self.fault("a value without identifier")),
            Stop::BadId => Err(self.fault("expected an identifier of 1 to 9 characters from `!` to `~`")),
            Stop::NoDigits => Err(self.fault("expected binary digits after `b`")),
            Stop::BadTime => Err(self.fault("expected a whole number below 2^64 after `#`")),
            Stop::BadStart(_) => Err(self.fault("expected a value change, `#time` or a `$keyword`")),
        }
    }

    /// Whether the next byte is the last one of the file.
    fn at_end_of_file(&self) -> bool {
        self.buffer.ended() && self.buffer.pos() + 2 == self.buffer.bytes().len()
    }

    fn finish(&self) -> Result<Option<ScanEvent>, WaveformError> {
        match self.section {
            Section::None => Ok(None),
            Section::Dump => Err(self.buffer.truncated("a dump section (no `$end`)")),
            Section::Comment => Err(self.buffer.truncated("a comment (no `$end`)")),
        }
    }

    #[cold]
    fn fault(&self, expected: &str) -> WaveformError {
        self.buffer.malformed(format!("found `{}`: {expected}", self.buffer.excerpt()))
    }

    #[cold]
    fn undeclared(&self) -> WaveformError {
        self.fault("the identifier is not declared in the header")
    }

    #[cold]
    fn bad_digits(&self, bad: BadDigits, slot: usize) -> WaveformError {
        match bad {
            BadDigits::TooMany => {
                self.fault(&format!("more digits than the {} bits declared", self.planes.width(slot)))
            }
            BadDigits::NotADigit(digit) => {
                self.fault(&format!("`{}` is not one of the digits 0, 1, x, z", char::from(digit)))
            }
        }
    }
}

impl<R: Read> ChangeSource for VcdScanner<R> {
    fn hierarchy(&self) -> &Hierarchy {
        &self.hierarchy
    }

    fn watch(&mut self, variables: &[usize]) -> Vec<usize> {
        self.watch(variables)
    }

    #[inline]
    fn next_event(&mut self) -> Result<Option<ScanEvent>, WaveformError> {
        self.next_event()
    }

    #[inline]
    fn planes(&self) -> &Planes {
        &self.planes
    }
}
