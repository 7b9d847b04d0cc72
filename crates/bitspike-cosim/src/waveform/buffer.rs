//! A growing window over a byte stream: forward only, so it also serves pipes.

use std::io::{ErrorKind, Read};

use super::WaveformError;

const CHUNK: usize = 256 * 1024;
/// No item of a VCD body (a value of 16 million bits) is longer.
const LONGEST_ITEM: usize = 16 * 1024 * 1024;

/// Bytes `pos..end` of `bytes` are read and not yet consumed.
///
/// At the end of the input one newline is appended, so that every item is followed by white space.
#[derive(Debug)]
pub(crate) struct ByteBuffer<R> {
    input: R,
    bytes: Vec<u8>,
    pos: usize,
    end: usize,
    base: u64,
    line: u64,
    ended: bool,
}

impl<R: Read> ByteBuffer<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, bytes: vec![0; CHUNK], pos: 0, end: 0, base: 0, line: 1, ended: false }
    }

    /// Everything read so far and not discarded; items start at [`pos`](Self::pos).
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.end]
    }

    #[inline]
    pub(crate) fn pos(&self) -> usize {
        self.pos
    }

    /// Line of the next byte, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Offset of the next byte in the input, from 0.
    pub(crate) fn offset(&self) -> u64 {
        self.base + self.pos as u64
    }

    /// Whether the input is exhausted.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Consumes up to `pos`, which held `lines` newlines.
    #[inline]
    pub(crate) fn advance_to(&mut self, pos: usize, lines: u64) {
        self.pos = pos;
        self.line += lines;
    }

    /// Consumes white space; false at the end of the input.
    #[inline]
    pub(crate) fn skip_blank(&mut self) -> Result<bool, WaveformError> {
        loop {
            while let Some(&byte) = self.bytes[..self.end].get(self.pos) {
                if byte > b' ' {
                    return Ok(true);
                }
                self.line += u64::from(byte == b'\n');
                self.pos += 1;
            }
            if !self.refill()? {
                return Ok(false);
            }
        }
    }

    /// Reads on, keeping the unconsumed bytes; false when the input had already ended.
    #[cold]
    pub(crate) fn refill(&mut self) -> Result<bool, WaveformError> {
        if self.ended {
            return Ok(false);
        }
        self.make_room()?;
        let count = self.read_some()?;
        self.end += count;
        if count == 0 {
            self.ended = true;
            self.bytes[self.end] = b'\n';
            self.end += 1;
        }
        Ok(true)
    }

    fn make_room(&mut self) -> Result<(), WaveformError> {
        self.bytes.copy_within(self.pos..self.end, 0);
        self.base += self.pos as u64;
        self.end -= self.pos;
        self.pos = 0;
        if self.end > LONGEST_ITEM {
            return Err(self.malformed(format!("an item longer than {LONGEST_ITEM} bytes; is this a VCD file?")));
        }
        if self.end + CHUNK / 2 > self.bytes.len() {
            self.bytes.resize(2 * self.bytes.len(), 0);
        }
        Ok(())
    }

    fn read_some(&mut self) -> Result<usize, WaveformError> {
        loop {
            match self.input.read(&mut self.bytes[self.end..]) {
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(WaveformError::io("read the waveform")(error)),
            }
        }
    }

    /// The word that starts at the next byte, which is not white space.
    pub(crate) fn word(&mut self) -> Result<&[u8], WaveformError> {
        loop {
            let length = self.bytes[self.pos..self.end].iter().position(|&byte| byte <= b' ');
            if let Some(length) = length {
                let start = self.pos;
                self.pos += length;
                return Ok(&self.bytes[start..start + length]);
            }
            self.refill()?;
        }
    }

    /// The next byte's position with `reason`.
    #[cold]
    pub(crate) fn malformed(&self, reason: String) -> WaveformError {
        WaveformError::Malformed { line: self.line, offset: self.offset(), reason }
    }

    /// The next byte's position, and that the file ends there inside `item`.
    #[cold]
    pub(crate) fn truncated(&self, item: &str) -> WaveformError {
        let past_the_added_newline = u64::from(self.ended && self.pos == self.end);
        WaveformError::Truncated {
            line: self.line - past_the_added_newline,
            offset: self.offset() - past_the_added_newline,
            item: item.to_string(),
        }
    }

    /// The rest of the current line, at most 40 bytes, for messages.
    #[cold]
    pub(crate) fn excerpt(&self) -> String {
        let rest = &self.bytes[self.pos..self.end];
        let length = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()).min(40);
        String::from_utf8_lossy(&rest[..length]).trim_end().to_string()
    }
}
