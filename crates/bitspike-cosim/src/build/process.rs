//! Running a tool to its end.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::rtl::RtlError;

/// Variables of an outer `make` or of the user's own builds, which must not change these.
const FOREIGN_VARIABLES: [&str; 6] = ["MAKEFLAGS", "MFLAGS", "MAKELEVEL", "CPPFLAGS", "CXXFLAGS", "LDFLAGS"];

/// What a tool printed, and whether it succeeded.
pub(super) struct Finished {
    pub(super) success: bool,
    pub(super) text: String,
}

/// Runs a tool in `folder` and collects both of its output streams.
pub(super) fn run(program: &Path, arguments: &[String], folder: &Path) -> Result<Finished, RtlError> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    for name in FOREIGN_VARIABLES {
        command.env_remove(name);
    }
    let failed = |source| RtlError::ToolRun { path: program.to_owned(), source };
    let output = command.output().map_err(failed)?;
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    Ok(Finished { success: output.status.success(), text })
}
