//! Verilator versions, odd version strings included.

use std::fs;
use std::process::Command;

use super::{FoundTool, VERILATOR, VERILATOR_REQUIRED};
use crate::rtl::RtlError;

/// A version of Verilator: `5.006` is major 5, minor 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Before the point.
    pub major: u32,
    /// After the point.
    pub minor: u32,
}

impl Version {
    /// The first `major.minor` after the word `Verilator`, if the text has one.
    ///
    /// ```
    /// use bitspike_cosim::toolchain::Version;
    /// assert_eq!(Version::parse("Verilator 5.006 2023-01-22"), Some(Version { major: 5, minor: 6 }));
    /// assert_eq!(Version::parse(" rev vUNKNOWN-built20260516"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.trim().strip_prefix("Verilator ")?.split_whitespace().next()?;
        let (major, minor) = number.split_once('.')?;
        let minor: String = minor.chars().take_while(char::is_ascii_digit).collect();
        Some(Version { major: major.parse().ok()?, minor: minor.parse().ok()? })
    }
}

const REQUIRED: Version = Version { major: 5, minor: 6 };

/// Checks that Verilator is new enough: by its number, or, if it prints none, by what it accepts.
pub(super) fn require_verilator(found: &FoundTool) -> Result<(), RtlError> {
    let new_enough = match Version::parse(&found.version) {
        Some(version) => version >= REQUIRED,
        None => accepts_timing(found)?,
    };
    if new_enough {
        return Ok(());
    }
    Err(RtlError::ToolTooOld {
        tool: "Verilator",
        path: found.path.clone(),
        found: found.version.clone(),
        required: VERILATOR_REQUIRED,
        install: VERILATOR.install,
    })
}

/// Whether Verilator accepts a delay with `--timing`, which came with version 5.
fn accepts_timing(found: &FoundTool) -> Result<bool, RtlError> {
    let folder = tempfile::tempdir().map_err(RtlError::file("create a folder in", std::env::temp_dir()))?;
    let source = folder.path().join("timing.sv");
    fs::write(&source, "module timing; initial #1 $finish; endmodule\n").map_err(RtlError::file("write", &source))?;
    let run = Command::new(&found.path).args(["--lint-only", "--timing"]).arg(&source).output();
    let output = run.map_err(|error| RtlError::ToolRun { path: found.path.clone(), source: error })?;
    Ok(output.status.success())
}
