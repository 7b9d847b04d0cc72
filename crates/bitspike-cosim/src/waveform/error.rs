//! What can go wrong while reading, writing or comparing waveforms.

use std::io;

/// An error of the waveform readers, writers and comparers.
///
/// Every message names what was looked for, what was found, and, where there is one, the line (from 1) and byte offset (from 0)
/// in the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WaveformError {
    /// The operating system refused a read or a write.
    #[error("{action}: {source}")]
    Io {
        /// What was being done, with the file if it is known.
        action: String,
        /// The reason given by the operating system.
        source: io::Error,
    },
    /// The declarations before `$enddefinitions` cannot be read.
    #[error("line {line} of the VCD header: {reason}")]
    Header {
        /// Line number from 1.
        line: u64,
        /// What was found and what is allowed there.
        reason: String,
    },
    /// A value change, time or keyword of the body is not VCD.
    #[error("line {line}, byte {offset}: {reason}")]
    Malformed {
        /// Line number from 1.
        line: u64,
        /// Offset of the first byte of the faulty item.
        offset: u64,
        /// What was found and what is allowed there.
        reason: String,
    },
    /// The file ends inside an item.
    #[error("line {line}, byte {offset}: the file ends inside {item}; was the simulator interrupted?")]
    Truncated {
        /// Line number from 1.
        line: u64,
        /// Offset of the first byte of the unfinished item.
        offset: u64,
        /// What was being read.
        item: String,
    },
    /// An FST file that cannot be read.
    #[error("FST file: {0}")]
    Fst(String),
    /// No scope has the name asked for.
    #[error("no scope `{scope}` in the waveform; expected a full path or a last name{}", near_text(near))]
    MissingScope {
        /// The name asked for.
        scope: String,
        /// Scopes with a similar name.
        near: Vec<String>,
    },
    /// Several scopes have the last name asked for.
    #[error("scope `{scope}` is ambiguous, give the full path: {}", candidates.join(", "))]
    AmbiguousScope {
        /// The name asked for.
        scope: String,
        /// The full paths that end in it.
        candidates: Vec<String>,
    },
    /// The clock is not in the waveform.
    #[error("no clock `{clock}` in scope `{scope}` nor as a full path; expected 1 bit{}", near_text(near))]
    MissingClock {
        /// The name asked for.
        clock: String,
        /// The scope searched.
        scope: String,
        /// Signals with a similar name.
        near: Vec<String>,
    },
    /// A signal is not in the waveform.
    #[error("no signal `{signal}` in scope `{scope}`; expected {width} bits{}", near_text(near))]
    MissingSignal {
        /// The name asked for.
        signal: String,
        /// The scope searched.
        scope: String,
        /// The width expected.
        width: u32,
        /// Signals with a similar name.
        near: Vec<String>,
    },
    /// A signal has another width than expected.
    #[error("signal `{signal}` has {found} bits, expected {expected}")]
    WrongWidth {
        /// The full name in the waveform.
        signal: String,
        /// Bits expected.
        expected: u32,
        /// Bits found.
        found: u32,
    },
    /// A signal is a real, a string or an event.
    #[error("signal `{signal}` is of kind {kind}, expected bits")]
    NotBits {
        /// The full name in the waveform.
        signal: String,
        /// `real`, `string` or `event`.
        kind: &'static str,
    },
    /// A record has another number of words than its signals need.
    #[error("a record has {found} words, its signals need {expected}")]
    RecordLength {
        /// Words needed.
        expected: usize,
        /// Words given.
        found: usize,
    },
    /// A value has bits above the width of its signal.
    #[error("signal `{signal}`: a bit above its {width} bits is set")]
    ExtraBits {
        /// The signal.
        signal: String,
        /// Its width.
        width: u32,
    },
    /// A name or a number given to a writer cannot be expressed in the format.
    #[error("{what}: found `{found}`, allowed: {allowed}")]
    Invalid {
        /// The setting.
        what: &'static str,
        /// The value found.
        found: String,
        /// The range allowed.
        allowed: &'static str,
    },
    /// The two sides of a comparison describe different signals.
    #[error("the two sides record different signals: {0}")]
    DifferentSignals(String),
    /// An option names a signal that is not compared.
    #[error("option `{option}` names signal `{signal}`, which is not recorded{}", near_text(near))]
    UnknownOptionSignal {
        /// The option.
        option: &'static str,
        /// The name given.
        signal: String,
        /// Signals with a similar name.
        near: Vec<String>,
    },
    /// Signals exist on one side only.
    #[error("signals on one side only: {}", one_sided_text(left_only, right_only))]
    OneSided {
        /// Names only the left waveform has.
        left_only: Vec<String>,
        /// Names only the right waveform has.
        right_only: Vec<String>,
    },
    /// Two waveforms compared by time count it in different units.
    #[error(
        "time unit of the left waveform is {left}, of the right one {right}; compare by clock, or dump with one unit"
    )]
    Timescales {
        /// Unit of the left waveform.
        left: String,
        /// Unit of the right waveform.
        right: String,
    },
    /// Not a single record was compared.
    #[error("nothing was compared: {0}")]
    NothingCompared(String),
    /// A record source outside this crate failed.
    #[error("record source: {0}")]
    Source(#[from] Box<dyn std::error::Error + Send + Sync>),
}

impl WaveformError {
    /// Wraps an operating system error with what was being done.
    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }
}

fn near_text(near: &[String]) -> String {
    if near.is_empty() {
        return "; nothing there has a similar name".to_string();
    }
    format!("; similar: {}", near.join(", "))
}

fn one_sided_text(left_only: &[String], right_only: &[String]) -> String {
    let sides = [("left", left_only), ("right", right_only)];
    let parts = sides.iter().filter(|(_, names)| !names.is_empty());
    parts.map(|(side, names)| format!("only {side}: {}", names.join(", "))).collect::<Vec<_>>().join("; ")
}
