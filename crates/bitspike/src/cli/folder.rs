//! The folder of the results.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::results::{Label, Recorder, RecorderOptions};
use bitspike_spec::Core;

/// A folder that results are written to, and the names written so far.
pub(super) struct Folder {
    path: PathBuf,
    written: Vec<String>,
}

impl Folder {
    /// Makes the folder.
    pub(super) fn create(path: &Path) -> Result<Self, Error> {
        fs::create_dir_all(path).map_err(|source| Error::Write { path: path.to_owned(), source })?;
        Ok(Folder { path: path.to_owned(), written: Vec::new() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a file for writing.
    pub(super) fn open(&mut self, name: &str) -> Result<BufWriter<File>, Error> {
        let path = self.path.join(name);
        let file = File::create(&path).map_err(|source| Error::Write { path, source })?;
        self.note(name);
        Ok(BufWriter::new(file))
    }

    /// Writes a whole text file.
    pub(super) fn write(&mut self, name: &str, text: &str) -> Result<(), Error> {
        self.write_bytes(name, text.as_bytes())
    }

    /// Writes a whole file.
    pub(super) fn write_bytes(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let mut file = self.open(name)?;
        let written = file.write_all(bytes).and_then(|()| file.flush());
        written.map_err(|source| Error::Write { path: self.path.join(name), source })
    }

    /// Removes a file of an earlier run that this run does not write.
    pub(super) fn remove(&self, name: &str) -> Result<(), Error> {
        let path = self.path.join(name);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Error::Write { path, source }),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Notes a file that was written by others.
    pub(super) fn note(&mut self, name: &str) {
        self.written.push(name.to_owned());
    }

    /// Names of the files written.
    pub(super) fn names(&self) -> &[String] {
        &self.written
    }

    /// Full names of the files written.
    pub(super) fn files(&self) -> Vec<String> {
        self.written.iter().map(|name| self.path.join(name).display().to_string()).collect()
    }

    /// A recorder that writes `spikes.csv`, and `v.csv` if neurons are asked for.
    pub(super) fn recorder(&mut self, core: &Core, neurons: &[u32], labels: Vec<Label>) -> Result<Recorder, Error> {
        let spikes: Box<dyn Write + Send> = Box::new(self.open("spikes.csv")?);
        let traces: Option<Box<dyn Write + Send>> = if neurons.is_empty() {
            self.remove("v.csv")?;
            None
        } else {
            Some(Box::new(self.open("v.csv")?))
        };
        Ok(Recorder::new(core, RecorderOptions { spikes: Some(spikes), traces, neurons: neurons.to_vec(), labels }))
    }
}
