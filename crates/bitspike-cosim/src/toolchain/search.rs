//! Where programs are looked for.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Tool;

/// The places tools are looked for: a search path, and programs named by environment variables.
#[derive(Clone, Debug, Default)]
pub struct SearchPath {
    path: OsString,
    named: Vec<(String, OsString)>,
}

impl SearchPath {
    /// `PATH` and the tools' own variables, as they are now.
    #[must_use]
    pub fn from_environment() -> Self {
        let named = super::TOOLS.iter().filter_map(|tool| tool.variable);
        let named =
            named.filter_map(|name| Some((name.to_owned(), env::var_os(name).filter(|value| !value.is_empty())?)));
        SearchPath { path: env::var_os("PATH").unwrap_or_default(), named: named.collect() }
    }

    /// Folders in the syntax of `PATH`, no variables.
    #[must_use]
    pub fn new(path: impl Into<OsString>) -> Self {
        SearchPath { path: path.into(), named: Vec::new() }
    }

    /// Adds a program named by a variable.
    #[must_use]
    pub fn with_variable(mut self, name: &str, program: impl Into<OsString>) -> Self {
        self.named.push((name.to_owned(), program.into()));
        self
    }

    /// The program of `tool`: the one its variable names, else the first of its programs on the path.
    ///
    /// A variable that names nothing that exists is not passed over: the tool then counts as missing.
    pub(crate) fn find(&self, tool: &Tool) -> Option<PathBuf> {
        match self.named(tool) {
            Some(program) => self.resolve(program),
            None => tool.programs.iter().find_map(|program| self.resolve(&OsString::from(program))),
        }
    }

    /// The places looked at for `tool`, for a message.
    pub(crate) fn describe(&self, tool: &Tool) -> String {
        match (self.named(tool), tool.variable) {
            (Some(program), Some(variable)) => format!("{variable}={}", program.display()),
            (None, Some(variable)) => format!("{variable}, which is not set, and PATH={}", self.path.display()),
            (_, None) => format!("PATH={}", self.path.display()),
        }
    }

    fn named(&self, tool: &Tool) -> Option<&OsString> {
        let variable = tool.variable?;
        self.named.iter().find(|(name, _)| name == variable).map(|(_, program)| program)
    }

    fn resolve(&self, program: &OsString) -> Option<PathBuf> {
        let path = Path::new(program);
        if path.components().count() > 1 {
            return is_program(path).then(|| path.to_owned());
        }
        env::split_paths(&self.path).map(|folder| folder.join(program)).find(|candidate| is_program(candidate))
    }
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}
