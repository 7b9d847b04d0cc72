//! The tools a co-simulation runs: where they are, which version, how to install what is missing.

mod search;
mod version;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::rtl::RtlError;
pub use search::SearchPath;
pub use version::Version;

/// Smallest Verilator that accepts the RTL (`--timing`, `--binary`): the one of Debian 12.
pub const VERILATOR_REQUIRED: &str = "5.006";

/// Whether a co-simulation can do without a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// No co-simulation without it.
    Required,
    /// Something else is lost without it.
    Optional,
}

/// A tool that bitspike runs or recommends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Name shown to the user.
    pub name: &'static str,
    /// Programs looked for, in order.
    pub programs: &'static [&'static str],
    /// Environment variable that names the program instead.
    pub variable: Option<&'static str>,
    /// What is lost without it.
    pub needed_for: &'static str,
    /// Command that installs it on Debian or Ubuntu.
    pub install: &'static str,
    /// Whether a co-simulation can do without it.
    pub need: Need,
}

const VERILATOR: Tool = Tool {
    name: "verilator",
    programs: &["verilator", "verilator-cli"],
    variable: Some("BITSPIKE_VERILATOR"),
    needed_for: "building the RTL",
    install: "apt-get install -y verilator",
    need: Need::Required,
};
const COMPILER: Tool = Tool {
    name: "C++ compiler",
    programs: &["g++", "clang++"],
    variable: Some("CXX"),
    needed_for: "compiling the Verilated RTL",
    install: "apt-get install -y g++",
    need: Need::Required,
};
const MAKE: Tool = Tool {
    name: "make",
    programs: &["make", "gmake"],
    variable: None,
    needed_for: "compiling the Verilated RTL",
    install: "apt-get install -y make",
    need: Need::Required,
};
const CCACHE: Tool =
    optional("ccache", &["ccache"], "compiling the same RTL again in less time", "apt-get install -y ccache");

/// Every tool, required ones first.
pub const TOOLS: [Tool; 12] = [
    VERILATOR,
    COMPILER,
    MAKE,
    optional("yosys", &["yosys"], "synthesis, area and proofs", "apt-get install -y yosys"),
    optional("nextpnr-ice40", &["nextpnr-ice40"], "clock frequency on iCE40", "apt-get install -y nextpnr-ice40"),
    optional("nextpnr-ecp5", &["nextpnr-ecp5"], "clock frequency on ECP5", "see https://github.com/YosysHQ/nextpnr"),
    optional("slurm", &["sbatch"], "sweeps on a cluster", "apt-get install -y slurm-wlm"),
    optional("gtkwave", &["gtkwave"], "looking at waveforms", "apt-get install -y gtkwave"),
    optional("surfer", &["surfer"], "looking at waveforms", "see https://surfer-project.org"),
    CCACHE,
    optional("mdbook", &["mdbook"], "building the book", "cargo install mdbook"),
    optional("just", &["just"], "the developer's recipes", "cargo install just"),
];

const fn optional(
    name: &'static str,
    programs: &'static [&'static str],
    needed_for: &'static str,
    install: &'static str,
) -> Tool {
    Tool { name, programs, variable: None, needed_for, install, need: Need::Optional }
}

/// A tool that was found, with the first line it prints about its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundTool {
    /// The program.
    pub path: PathBuf,
    /// First non-empty line of `--version`.
    pub version: String,
}

/// Tools of a co-simulation, all of them present and new enough.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// Verilator, 5.006 or later.
    pub verilator: FoundTool,
    /// g++ or clang++.
    pub compiler: FoundTool,
    /// GNU make.
    pub make: FoundTool,
    /// ccache, if it is installed.
    pub ccache: Option<PathBuf>,
}

impl Toolchain {
    /// Finds the tools through `BITSPIKE_VERILATOR`, `CXX` and `PATH`.
    ///
    /// # Errors
    /// [`RtlError::ToolMissing`] with the command that installs it, [`RtlError::ToolTooOld`], [`RtlError::ToolRun`].
    pub fn find() -> Result<Self, RtlError> {
        Self::find_in(&SearchPath::from_environment())
    }

    /// Finds the tools in the given places.
    ///
    /// # Errors
    /// As [`Toolchain::find`].
    pub fn find_in(places: &SearchPath) -> Result<Self, RtlError> {
        let verilator = require(&VERILATOR, places)?;
        version::require_verilator(&verilator)?;
        Ok(Toolchain {
            verilator,
            compiler: require(&COMPILER, places)?,
            make: require(&MAKE, places)?,
            ccache: places.find(&CCACHE),
        })
    }

    /// Whether the compiler is clang.
    pub(crate) fn is_clang(&self) -> bool {
        self.compiler.version.contains("clang")
    }
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}; {}", self.verilator.version, self.compiler.version, self.make.version)
    }
}

/// The tool of [`TOOLS`] with this name.
///
/// # Errors
/// [`RtlError::ToolMissing`] with the command that installs it, [`RtlError::ToolRun`].
///
/// # Panics
/// If [`TOOLS`] has no such name.
pub fn find_tool(name: &str) -> Result<FoundTool, RtlError> {
    let tool = TOOLS.iter().find(|tool| tool.name == name).expect("callers name a tool of the table");
    require(tool, &SearchPath::from_environment())
}

fn require(tool: &Tool, places: &SearchPath) -> Result<FoundTool, RtlError> {
    let path = places.find(tool).ok_or_else(|| RtlError::ToolMissing {
        tool: tool.name,
        looked_at: places.describe(tool),
        needed_for: tool.needed_for,
        install: tool.install,
    })?;
    let version = version_line(&path)?;
    Ok(FoundTool { path, version })
}

/// First non-empty line a program prints for `--version`, on either stream.
fn version_line(path: &Path) -> Result<String, RtlError> {
    let run = |source| RtlError::ToolRun { path: path.to_owned(), source };
    let output = Command::new(path).arg("--version").output().map_err(run)?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    Ok(line.unwrap_or("no version printed").to_owned())
}

/// What `doctor` says about one tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolReport {
    /// Name of the tool.
    pub name: &'static str,
    /// The program, if it was found.
    pub path: Option<PathBuf>,
    /// What it says about its version.
    pub version: Option<String>,
    /// What is lost without it.
    pub needed_for: &'static str,
    /// Command that installs it.
    pub install: &'static str,
    /// Whether a co-simulation can do without it.
    pub need: Need,
    /// Why the program found cannot be used.
    pub problem: Option<String>,
}

impl ToolReport {
    /// Whether the tool is there and usable.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.path.is_some() && self.problem.is_none()
    }
}

/// Reports on every tool of [`TOOLS`], present or not.
#[must_use]
pub fn doctor() -> Vec<ToolReport> {
    doctor_in(&SearchPath::from_environment())
}

/// Reports on every tool of [`TOOLS`] as found in the given places.
#[must_use]
pub fn doctor_in(places: &SearchPath) -> Vec<ToolReport> {
    TOOLS.iter().map(|tool| report(tool, places)).collect()
}

fn report(tool: &Tool, places: &SearchPath) -> ToolReport {
    let path = places.find(tool);
    let found = path.as_deref().map(version_line).transpose();
    let (version, mut problem) = match found {
        Ok(version) => (version, None),
        Err(error) => (None, Some(error.to_string())),
    };
    if let (true, Some(path), Some(version)) = (*tool == VERILATOR, &path, &version) {
        let found = FoundTool { path: path.clone(), version: version.clone() };
        problem = version::require_verilator(&found).err().map(|error| error.to_string());
    }
    let Tool { name, needed_for, install, need, .. } = *tool;
    ToolReport { name, path, version, needed_for, install, need, problem }
}
