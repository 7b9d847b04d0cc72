//! Errors of the command line and its library.

use std::path::PathBuf;

use bitspike_cosim::rtl::RtlError;
use bitspike_cosim::waveform::WaveformError;
use bitspike_spec::config::ConfigError;

/// What can end a command early. The text says what was found and what is allowed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A core or stimulus file that is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A core that means nothing.
    #[error(transparent)]
    Core(#[from] bitspike_spec::CoreError),
    /// An array that cannot be programmed.
    #[error(transparent)]
    Device(#[from] bitspike_device::DeviceError),
    /// A tool that is missing or fails, RTL that cannot be built, or a simulation that stops.
    #[error(transparent)]
    Rtl(#[from] RtlError),
    /// A waveform that cannot be read, written or compared.
    #[error(transparent)]
    Waveform(#[from] WaveformError),
    /// A core that float layers cannot run, or a parameter of a figure out of its range.
    #[error(transparent)]
    Reference(#[from] bitspike_reference::ReferenceError),
    /// A file that cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file or folder that cannot be written.
    #[error("{}: cannot be written: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A tool that ran and did not do its work.
    #[error("{tool} failed on {what}: {problem}")]
    Tool {
        /// The tool.
        tool: &'static str,
        /// What it worked on.
        what: String,
        /// The end of what it said.
        problem: String,
    },
    /// A sweep file that is wrong.
    #[error("{file}: {key} {problem}")]
    Sweep {
        /// The file.
        file: String,
        /// The key.
        key: String,
        /// What was found and what is allowed.
        problem: String,
    },
    /// The store of a sweep.
    #[error("{}: {source}", path.display())]
    Store {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// An option of the command line that does not fit the core or the files.
    #[error("{option} {problem}")]
    Option {
        /// The option.
        option: &'static str,
        /// What was found and what is allowed.
        problem: String,
    },
}
