//! Exit codes: stable, documented in the book.

use std::process::ExitCode;

use bitspike_cosim::rtl::RtlError;

use crate::error::Error;

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; if anything was compared, it agrees.
    Ok,
    /// Model and RTL, or two waveforms, differ.
    Divergence,
    /// A wrong file, option or argument, or a file that cannot be read or written.
    BadInput,
    /// A tool is missing or failed.
    Tool,
    /// Stopped by Ctrl-C.
    Interrupted,
}

impl Exit {
    /// The number the shell sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Exit::Ok => 0,
            Exit::Divergence => 1,
            Exit::BadInput => 2,
            Exit::Tool => 3,
            Exit::Interrupted => 130,
        }
    }

    /// The ending for an error.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        match error {
            Error::Rtl(error) => Exit::of_rtl(error),
            Error::Waveform(error) => std::error::Error::source(error)
                .and_then(|source| source.downcast_ref::<RtlError>())
                .map_or(Exit::BadInput, Exit::of_rtl),
            Error::Tool { .. } => Exit::Tool,
            Error::Config(_)
            | Error::Core(_)
            | Error::Device(_)
            | Error::Reference(_)
            | Error::Read { .. }
            | Error::Write { .. }
            | Error::Sweep { .. }
            | Error::Store { .. }
            | Error::Option { .. } => Exit::BadInput,
        }
    }

    /// RTL that is not usable is input; everything else is a tool's failure.
    fn of_rtl(error: &RtlError) -> Self {
        let is_input = matches!(
            error,
            RtlError::Source { .. } | RtlError::ProbeSignal { .. } | RtlError::Stimulus(_) | RtlError::Waveform(_)
        );
        if is_input { Exit::BadInput } else { Exit::Tool }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}
