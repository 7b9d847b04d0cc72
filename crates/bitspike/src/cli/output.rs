//! Standard output.

use std::io::{self, Write};

use super::folder::Folder;
use crate::error::Error;

/// Prints text; a reader that has gone away (`| head`) is no error.
pub(super) fn print(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::Write { path: "standard output".into(), source: error })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

pub(super) fn print_json(value: &serde_json::Value) -> Result<(), Error> {
    print(&format!("{value:#}\n"))
}

/// Width of the terminal in characters; 100 where there is none.
pub(super) fn width() -> usize {
    console::Term::stdout().size_checked().map_or(100, |(_, columns)| usize::from(columns))
}

/// The files of the results, one line.
pub(super) fn files_line(folder: &Folder) -> String {
    let names = folder.names().join(", ");
    format!("results in {}: {names}\n", folder.path().display())
}
