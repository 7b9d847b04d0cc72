//! What can go wrong between a core description and a running Verilated core.

use std::io;
use std::path::PathBuf;

use bitspike_spec::CoreError;

use crate::build::BuildKind;
use crate::waveform::WaveformError;

/// An error of finding tools, building RTL or running it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RtlError {
    /// A tool is not installed.
    #[error("{tool} was not found (looked at {looked_at}); it is needed for {needed_for}. Install it with: {install}")]
    ToolMissing {
        /// Name of the tool.
        tool: &'static str,
        /// Environment variable and search path that were looked at.
        looked_at: String,
        /// What cannot be done without it.
        needed_for: &'static str,
        /// Command that installs it.
        install: &'static str,
    },
    /// A tool is older than what the RTL needs.
    #[error("{} says \"{found}\", but {tool} {required} or later is needed. Install it with: {install}", path.display())]
    ToolTooOld {
        /// Name of the tool.
        tool: &'static str,
        /// The program found.
        path: PathBuf,
        /// What it says about its version.
        found: String,
        /// Smallest version allowed.
        required: &'static str,
        /// Command that installs it.
        install: &'static str,
    },
    /// A tool could not be started.
    #[error("cannot run {}: {source}", path.display())]
    ToolRun {
        /// The program.
        path: PathBuf,
        /// The reason given by the operating system.
        source: io::Error,
    },
    /// A file of a build, of the cache or of a run cannot be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was being done.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The reason given by the operating system.
        source: io::Error,
    },
    /// A folder of RTL, or an edit of it, is not usable.
    #[error("RTL {origin}: {problem}")]
    Source {
        /// The folder, or `embedded`.
        origin: String,
        /// What is wrong and what is needed.
        problem: String,
    },
    /// The build folder has a name that `make` cannot work in.
    #[error("builds run in {}, which has a space in its name; set TMPDIR to a folder without spaces", path.display())]
    BuildFolder {
        /// The folder.
        path: PathBuf,
    },
    /// The RTL's probe scope has no such signal, or one of another width.
    #[error("probe signal `{signal}`: {problem}")]
    ProbeSignal {
        /// Name in the probe scope.
        signal: String,
        /// `missing in the RTL`, or the widths found and expected.
        problem: String,
    },
    /// Verilator refuses the RTL.
    #[error("Verilator refuses the RTL at {location}:\n{messages}")]
    Verilate {
        /// File and line of the first error, or `unknown place`.
        location: String,
        /// The errors, as Verilator prints them.
        messages: String,
    },
    /// The C++ compiler or the linker fails on the generated code.
    #[error("{phase} failed at {location}:\n{messages}")]
    Compile {
        /// What was being built.
        phase: &'static str,
        /// File and line of the first error, or `unknown place`.
        location: String,
        /// The last lines of the tool.
        messages: String,
    },
    /// A build of one kind was used as another.
    #[error("this build is a {found}, a {expected} is needed")]
    Kind {
        /// Kind of the build given.
        found: BuildKind,
        /// Kind of build needed.
        expected: BuildKind,
    },
    /// The shared library of a build cannot be loaded.
    #[error("cannot load {}: {source}", path.display())]
    Load {
        /// The library.
        path: PathBuf,
        /// The reason given by the loader.
        source: libloading::Error,
    },
    /// The core's structure is not the one that was built.
    #[error("the build has {parameter} = {built}, the core has {parameter} = {wanted}: build again for this structure")]
    Structure {
        /// The Verilog parameter.
        parameter: &'static str,
        /// Value of the build.
        built: u32,
        /// Value of the core.
        wanted: u32,
    },
    /// The identification registers of the running RTL do not echo the structure.
    #[error("register {address:#04x} of the RTL reads {found:#010x}, must be {expected:#010x} ({what})")]
    Identity {
        /// Register address.
        address: u32,
        /// What the register echoes.
        what: &'static str,
        /// Word read.
        found: u32,
        /// Word that follows from the structure.
        expected: u32,
    },
    /// The RTL stopped the simulation itself.
    #[error("the RTL stopped the simulation: {message}")]
    Simulation {
        /// The text of `$fatal`, `$stop` or `$finish`, with its place.
        message: String,
    },
    /// A stimulus does not fit the core.
    #[error("stimulus: {0}")]
    Stimulus(#[from] CoreError),
    /// The testbench failed, or ended before its last cycle.
    #[error("testbench: {problem}\n{output}")]
    Testbench {
        /// What happened.
        problem: String,
        /// The last lines it printed.
        output: String,
    },
    /// The testbench wrote nothing for too long and was ended.
    #[error("testbench: no waveform data for {seconds} s, so it was ended (is the simulation stuck?)\n{output}")]
    Stalled {
        /// The time limit.
        seconds: u64,
        /// The last lines it printed.
        output: String,
    },
    /// The waveform of the testbench cannot be read.
    #[error(transparent)]
    Waveform(#[from] WaveformError),
}

impl RtlError {
    /// Wraps an operating system error with what was being done to which file.
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}

impl From<RtlError> for WaveformError {
    fn from(error: RtlError) -> Self {
        let RtlError::Waveform(inner) = error else {
            return WaveformError::Source(Box::new(error));
        };
        inner
    }
}
