//! The bulk VCD writer: clock, reset and records as a waveform, only changes.

use std::io::Write;

use vcd::TimescaleUnit;

use super::WaveformError;
use super::planes::mask_of;
use super::record::{Record, RecordLayout, SignalSpec, bit_char};

const FLUSH_AT: usize = 64 * 1024;
/// Rising edges before the reset is released.
const RESET_EDGES: u64 = 2;

/// What a written waveform declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VcdHeader {
    /// Path of the scope of all signals, joined by dots.
    pub scope: String,
    /// Name of the clock.
    pub clock: String,
    /// Name of the active-low reset.
    pub reset: String,
    /// Half a clock period in nanoseconds, at least 1.
    pub half_period: u64,
    /// Signals of a record, in order.
    pub signals: Vec<SignalSpec>,
}

/// Writes records as a VCD file that a simulator of the same core could have written.
///
/// ```text
/// edge(k)   = (2 * (k + 2) + 1) * half_period      rising edge of cycle k; edges -2 and -1 are in reset
/// value(k)  changes at edge(k - 1)                 so it is what is sampled just before edge(k)
/// reset     rises half a period before edge(0)
/// ```
///
/// Times are in nanoseconds. Signals are x until edge -1. Vectors are written at full width.
///
/// # Example
/// ```
/// use bitspike_cosim::waveform::{Record, SignalSpec, VcdHeader, VcdWriter};
/// let header = VcdHeader {
///     scope: "top.u_probe".into(), clock: "clk_i".into(), reset: "rst_ni".into(), half_period: 5,
///     signals: vec![SignalSpec::new("v", 4)],
/// };
/// let mut writer = VcdWriter::new(Vec::new(), &header)?;
/// writer.write(&Record { cycle: 0, time: 0, values: &[9], unknowns: None })?;
/// let text = String::from_utf8(writer.finish()?).expect("VCD is ASCII");
/// assert!(text.contains("#15\n1!\nb1001 #\n"));
/// # Ok::<(), bitspike_cosim::waveform::WaveformError>(())
/// ```
#[derive(Debug)]
pub struct VcdWriter<W> {
    out: W,
    text: Vec<u8>,
    layout: RecordLayout,
    /// ` id\n` of each signal.
    tails: Vec<Vec<u8>>,
    clock: Vec<u8>,
    reset: Vec<u8>,
    half_period: u64,
    records: u64,
    values: Vec<u32>,
    unknowns: Vec<u32>,
    known: Vec<u32>,
}

impl<W: Write> VcdWriter<W> {
    /// Writes the header and the time in reset.
    ///
    /// # Errors
    /// [`WaveformError::Invalid`] for an empty name or one with white space, a width or half period of 0; [`WaveformError::Io`].
    pub fn new(out: W, header: &VcdHeader) -> Result<Self, WaveformError> {
        check_header(header)?;
        let (text, ids) = header_text(header).map_err(WaveformError::io("write the VCD header"))?;
        let layout = RecordLayout::new(header.signals.clone());
        let mut writer = Self {
            out,
            text,
            tails: ids[2..].iter().map(|id| format!(" {id}\n").into_bytes()).collect(),
            clock: format!("{}\n", ids[0]).into_bytes(),
            reset: format!("{}\n", ids[1]).into_bytes(),
            half_period: header.half_period,
            records: 0,
            values: vec![0; layout.words()],
            unknowns: layout.all_bits(),
            known: vec![0; layout.words()],
            layout,
        };
        writer.begin();
        Ok(writer)
    }

    /// Writes the next clock cycle. `cycle` and `time` of the record are not used: cycles are counted here from 0.
    ///
    /// # Errors
    /// [`WaveformError::RecordLength`], [`WaveformError::ExtraBits`] or [`WaveformError::Io`].
    pub fn write(&mut self, record: &Record<'_>) -> Result<(), WaveformError> {
        self.layout.check(record)?;
        let edge = (2 * (self.records + RESET_EDGES - 1) + 1) * self.half_period;
        self.clock_edge(edge, b'1');
        self.changes(record)?;
        self.clock_edge(edge + self.half_period, b'0');
        if self.records == 0 {
            self.reset_level(b'1');
        }
        self.records += 1;
        if self.text.len() >= FLUSH_AT {
            self.drain()?;
        }
        Ok(())
    }

    /// Writes the rising edge of the last cycle and returns the sink.
    ///
    /// # Errors
    /// [`WaveformError::Io`].
    pub fn finish(mut self) -> Result<W, WaveformError> {
        if self.records > 0 {
            let edge = (2 * (self.records + RESET_EDGES - 1) + 1) * self.half_period;
            self.clock_edge(edge, b'1');
        }
        self.drain()?;
        self.out.flush().map_err(WaveformError::io("write the waveform"))?;
        Ok(self.out)
    }

    fn begin(&mut self) {
        self.text.extend_from_slice(b"#0\n$dumpvars\n0");
        self.text.extend_from_slice(&self.clock);
        self.reset_level(b'0');
        for index in 0..self.tails.len() {
            let width = self.layout.signals()[index].width;
            self.text.extend_from_slice(if width == 1 { b"x" } else { b"bx" });
            self.text.extend_from_slice(&self.tails[index][usize::from(width == 1)..]);
        }
        self.text.extend_from_slice(b"$end\n");
        for edge in 0..RESET_EDGES - 1 {
            self.clock_edge((2 * edge + 1) * self.half_period, b'1');
            self.clock_edge((2 * edge + 2) * self.half_period, b'0');
        }
    }

    #[inline]
    fn clock_edge(&mut self, time: u64, level: u8) {
        self.text.push(b'#');
        push_decimal(&mut self.text, time);
        self.text.extend_from_slice(&[b'\n', level]);
        self.text.extend_from_slice(&self.clock);
    }

    fn reset_level(&mut self, level: u8) {
        self.text.push(level);
        self.text.extend_from_slice(&self.reset);
    }

    #[inline]
    fn changes(&mut self, record: &Record<'_>) -> Result<(), WaveformError> {
        let known = std::mem::take(&mut self.known);
        let unknowns = record.unknowns.unwrap_or(&known);
        let result = (0..self.tails.len()).try_for_each(|index| self.change(index, record.values, unknowns));
        self.known = known;
        result
    }

    #[inline]
    fn change(&mut self, index: usize, values: &[u32], unknowns: &[u32]) -> Result<(), WaveformError> {
        let range = self.layout.range(index);
        let (value, unknown) = (&values[range.clone()], &unknowns[range.clone()]);
        if same(value, &self.values[range.clone()]) && same(unknown, &self.unknowns[range.clone()]) {
            return Ok(());
        }
        let SignalSpec { name, width } = &self.layout.signals()[index];
        let (last, mask) = (value.len() - 1, mask_of(*width, value.len() - 1));
        if (value[last] | unknown[last]) & !mask != 0 {
            return Err(WaveformError::ExtraBits { signal: name.clone(), width: *width });
        }
        let tail = &self.tails[index][usize::from(*width == 1)..];
        push_value(&mut self.text, *width, value, unknown);
        self.text.extend_from_slice(tail);
        self.values[range.clone()].copy_from_slice(value);
        self.unknowns[range].copy_from_slice(unknown);
        Ok(())
    }

    fn drain(&mut self) -> Result<(), WaveformError> {
        self.out.write_all(&self.text).map_err(WaveformError::io("write the waveform"))?;
        self.text.clear();
        Ok(())
    }
}

/// Slice equality without the call for one or two words.
#[inline]
fn same(a: &[u32], b: &[u32]) -> bool {
    a.iter().zip(b).all(|(a, b)| a == b)
}

fn check_header(header: &VcdHeader) -> Result<(), WaveformError> {
    let scopes = header.scope.split('.').map(|name| ("scope", name));
    let clocks = [("clock", header.clock.as_str()), ("reset", header.reset.as_str())];
    let signals = header.signals.iter().map(|signal| ("signal", signal.name.as_str()));
    for (what, name) in scopes.chain(clocks).chain(signals) {
        check_name(what, name)?;
    }
    if let Some(signal) = header.signals.iter().find(|signal| signal.width == 0) {
        let found = format!("0 ({})", signal.name);
        return Err(WaveformError::Invalid { what: "width", found, allowed: "1 or more" });
    }
    if header.half_period == 0 {
        return Err(WaveformError::Invalid { what: "half_period", found: "0".into(), allowed: "1 or more" });
    }
    Ok(())
}

pub(crate) fn check_name(what: &'static str, name: &str) -> Result<(), WaveformError> {
    if name.is_empty() || name.bytes().any(|byte| !byte.is_ascii_graphic()) {
        let allowed = "printable ASCII without white space, at least one character";
        return Err(WaveformError::Invalid { what, found: name.to_string(), allowed });
    }
    Ok(())
}

/// The declarations, and the identifiers of clock, reset and signals.
fn header_text(header: &VcdHeader) -> std::io::Result<(Vec<u8>, Vec<String>)> {
    let mut writer = vcd::Writer::new(Vec::new());
    writer.timescale(1, TimescaleUnit::NS)?;
    let depth = header.scope.split('.').map(|name| writer.add_module(name)).collect::<Result<Vec<()>, _>>()?.len();
    let mut ids = vec![writer.add_wire(1, &header.clock)?, writer.add_wire(1, &header.reset)?];
    for signal in &header.signals {
        ids.push(writer.add_wire(signal.width, &signal.name)?);
    }
    (0..depth).try_for_each(|_| writer.upscope())?;
    writer.enddefinitions()?;
    let text = std::mem::take(writer.writer());
    Ok((text, ids.iter().map(ToString::to_string).collect()))
}

/// `1` or `b0110`, without the identifier.
#[inline]
fn push_value(text: &mut Vec<u8>, width: u32, value: &[u32], unknown: &[u32]) {
    if width > 1 {
        text.push(b'b');
    }
    if unknown.iter().any(|&word| word != 0) {
        text.extend((0..width).rev().map(|bit| bit_char(value, unknown, bit) as u8));
        return;
    }
    let top = width as usize - 32 * (value.len() - 1);
    for (index, &word) in value.iter().enumerate().rev() {
        let digits = binary_digits(word);
        text.extend_from_slice(if index + 1 == value.len() { &digits[32 - top..] } else { &digits });
    }
}

/// The 32 digits of a word, most significant first.
#[inline]
fn binary_digits(word: u32) -> [u8; 32] {
    let mut digits = [0; 32];
    for (eight, byte) in digits.chunks_exact_mut(8).zip(word.to_be_bytes()) {
        eight.copy_from_slice(&DIGITS[byte as usize]);
    }
    digits
}

static DIGITS: [[u8; 8]; 256] = digit_table();

const fn digit_table() -> [[u8; 8]; 256] {
    let mut table = [[b'0'; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut bit = 0;
        while bit < 8 {
            if byte >> (7 - bit) & 1 == 1 {
                table[byte][bit] = b'1';
            }
            bit += 1;
        }
        byte += 1;
    }
    table
}

#[inline]
fn push_decimal(text: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    text.extend_from_slice(&digits[first..]);
}
