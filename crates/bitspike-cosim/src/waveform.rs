//! Waveforms: reading VCD and FST, sampling them at clock edges, writing VCD.
//!
//! | need | use |
//! |---|---|
//! | one record per clock edge of a file or pipe | [`open_waveform`] and [`Waveform::sample`], or [`sample_vcd`] |
//! | every change of chosen variables | [`VcdScanner`] |
//! | a waveform of a model's records | [`VcdWriter`] |
//!
//! VCD is read and written in constant memory; FST is loaded into memory first.

mod buffer;
mod error;
mod fst;
mod header;
mod hierarchy;
mod ids;
mod lexer;
mod planes;
mod record;
mod sample;
mod scanner;
mod writer;

use std::fs::File;
use std::io::Read;
use std::path::Path;

pub use error::WaveformError;
pub use fst::FstChanges;
pub use hierarchy::{Hierarchy, TimeUnit, Variable, VariableKind};
pub(crate) use hierarchy::{near_matches, relative};
pub use record::{OwnedRecord, RawValue, Record, RecordLayout, RecordSource, SignalSpec};
pub use sample::{SampleReader, SampleRequest, Sampling};
pub use scanner::{ScanEvent, ScanNotes, VcdScanner};
pub(crate) use writer::check_name;
pub use writer::{VcdHeader, VcdWriter};

/// An opened waveform file whose declarations are read.
#[derive(Debug)]
pub enum Waveform {
    /// A VCD file or pipe.
    Vcd(Box<VcdScanner<File>>),
    /// An FST file.
    Fst(Box<FstChanges>),
}

impl Waveform {
    /// Scopes, variables and time unit.
    pub fn hierarchy(&self) -> &Hierarchy {
        match self {
            Self::Vcd(scanner) => scanner.hierarchy(),
            Self::Fst(changes) => changes.hierarchy(),
        }
    }

    /// Samples the signals of `request`.
    ///
    /// # Errors
    /// A missing scope, clock or signal, or one of another width or kind.
    pub fn sample(self, request: &SampleRequest) -> Result<Box<dyn RecordSource + Send>, WaveformError> {
        Ok(match self {
            Self::Vcd(scanner) => Box::new(SampleReader::new(*scanner, request)?),
            Self::Fst(changes) => Box::new(SampleReader::new(*changes, request)?),
        })
    }
}

/// Opens a waveform: FST if the name ends in `.fst`, else VCD (which may be a pipe).
///
/// # Errors
/// The file cannot be opened, or its declarations cannot be read.
pub fn open_waveform(path: &Path) -> Result<Waveform, WaveformError> {
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("fst")) {
        return Ok(Waveform::Fst(Box::new(FstChanges::open(path)?)));
    }
    let file = File::open(path).map_err(WaveformError::io(format!("open {}", path.display())))?;
    Ok(Waveform::Vcd(Box::new(VcdScanner::new(file)?)))
}

/// Samples a VCD stream, such as the pipe of a running simulator.
///
/// # Errors
/// As [`VcdScanner::new`], and a missing scope, clock or signal, or one of another width or kind.
///
/// # Example
/// ```
/// use bitspike_cosim::waveform::{RecordSource, SampleRequest, Sampling, SignalSpec, sample_vcd};
/// let text = "$scope module top $end $var wire 1 ! clk $end $var wire 4 # v $end $upscope $end $enddefinitions $end
/// #0 0! b11 #
/// #5 1! b100 #
/// ";
/// let sampling = Sampling::RisingEdge { clock: "clk".into(), condition: None };
/// let signals = vec![SignalSpec::new("v", 4)];
/// let mut reader = sample_vcd(text.as_bytes(), &SampleRequest { scope: "top".into(), sampling, signals })?;
/// let record = reader.next_record()?.expect("one edge");
/// assert_eq!((record.time, record.values), (5, &[3][..]));
/// # Ok::<(), bitspike_cosim::waveform::WaveformError>(())
/// ```
pub fn sample_vcd<R: Read>(input: R, request: &SampleRequest) -> Result<SampleReader<VcdScanner<R>>, WaveformError> {
    SampleReader::new(VcdScanner::new(input)?, request)
}
