//! The Verilog of the core: embedded in this crate, or a user's own copy.

mod array;
mod bus;
mod error;
mod probe;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

pub use bus::{BusProgram, BusWrite, COUNTER_REGISTERS, IDENTITY_REGISTERS, IdentityRegister, counters_from, identity};
pub use error::RtlError;
pub use probe::probe_layout;

pub(crate) use array::array_words;
pub(crate) use bus::{COUNTERS_ADDRESS, check_identity, epoch_write};

static HDL: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../hdl");
static TESTBENCHES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../testbenches");

/// Name of the file list in a folder of RTL; paths in it are relative to that folder.
pub const FILE_LIST: &str = "files.f";

/// Name of the Verilator configuration that limits a waveform to the probe scope.
pub const PROBE_ONLY: &str = "probe_only.vlt";

const EXTENSIONS: [&str; 6] = ["sv", "svh", "v", "vh", "vlt", "f"];

/// The files of one version of the RTL, held in memory so that what is hashed is what is built.
///
/// Paths are relative to the folder that holds [`FILE_LIST`]. The testbenches and the lock-step wrapper are always the embedded
/// ones: they are what checks a user's RTL.
#[derive(Clone, Debug)]
pub struct RtlSource {
    folder: Option<PathBuf>,
    files: BTreeMap<String, Cow<'static, [u8]>>,
}

impl RtlSource {
    /// The RTL embedded in this crate.
    #[must_use]
    pub fn embedded() -> Self {
        let mut files = BTreeMap::new();
        collect_embedded(&HDL, &mut files);
        RtlSource { folder: None, files }
    }

    /// The RTL of a folder with a `files.f`: every Verilog source, header, file list and Verilator configuration below it.
    ///
    /// # Errors
    /// [`RtlError::Source`] without `files.f`, [`RtlError::File`] for what cannot be read.
    pub fn folder(folder: &Path) -> Result<Self, RtlError> {
        if !folder.join(FILE_LIST).is_file() {
            let problem = format!("has no {FILE_LIST} (the list of its source files, relative to that folder)");
            return Err(RtlError::Source { origin: folder.display().to_string(), problem });
        }
        let mut files = BTreeMap::new();
        collect_folder(folder, "", &mut files)?;
        Ok(RtlSource { folder: Some(folder.to_owned()), files })
    }

    /// A copy in which the only occurrence of `from` in file `path` is replaced by `to`, for seeded faults.
    ///
    /// # Errors
    /// [`RtlError::Source`] when there is no such file, or `from` does not occur in it exactly once.
    pub fn with_replacement(&self, path: &str, from: &str, to: &str) -> Result<Self, RtlError> {
        let fault = |problem| RtlError::Source { origin: self.origin(), problem };
        let text = self.files.get(path).ok_or_else(|| fault(format!("has no file {path}")))?;
        let text = String::from_utf8_lossy(text);
        let found = text.matches(from).count();
        if found != 1 {
            return Err(fault(format!("{path} has {found} times `{from}`, must have it once")));
        }
        let edited = text.replacen(from, to, 1).into_bytes();
        let mut copy = self.clone();
        copy.files.insert(path.to_owned(), Cow::Owned(edited));
        Ok(copy)
    }

    /// The folder, or `embedded`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.folder.as_ref().map_or_else(|| "embedded".to_owned(), |folder| folder.display().to_string())
    }

    /// Paths of the files, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Text of the file at `path`.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<Cow<'_, str>> {
        self.files.get(path).map(|bytes| String::from_utf8_lossy(bytes))
    }

    /// Paths of the sources in the order of [`FILE_LIST`].
    #[must_use]
    pub fn listed(&self) -> Vec<String> {
        let list = self.text(FILE_LIST).unwrap_or_default();
        list.lines().map(str::trim).filter(|line| self.files.contains_key(*line)).map(str::to_owned).collect()
    }

    /// SHA-256 over names and contents of these files and of the embedded testbenches, in hexadecimal.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut digest = Sha256::new();
        for (path, text) in self.files.iter().chain(&testbenches()) {
            add_to_hash(&mut digest, path.as_bytes());
            add_to_hash(&mut digest, text);
        }
        hex(&digest.finalize())
    }

    /// Writes `hdl/**` and `testbenches/**` below `folder`, with the embedded [`PROBE_ONLY`] if this RTL has none.
    ///
    /// # Errors
    /// [`RtlError::File`] for what cannot be written.
    pub fn write_to(&self, folder: &Path) -> Result<(), RtlError> {
        let mut files = self.files.clone();
        if let Some(file) = HDL.get_file(PROBE_ONLY) {
            files.entry(PROBE_ONLY.to_owned()).or_insert(Cow::Borrowed(file.contents()));
        }
        write_files(&folder.join("hdl"), &files)?;
        write_files(&folder.join("testbenches"), &testbenches())
    }

    /// A message of a tool that ran on the files of [`RtlSource::write_to`], with the user's paths instead.
    pub(crate) fn localise(&self, message: &str) -> String {
        match &self.folder {
            Some(folder) => message.replace("hdl/", &format!("{}/", folder.display())),
            None => message.to_owned(),
        }
    }
}

fn testbenches() -> BTreeMap<String, Cow<'static, [u8]>> {
    let mut files = BTreeMap::new();
    collect_embedded(&TESTBENCHES, &mut files);
    files
}

fn add_to_hash(digest: &mut Sha256, bytes: &[u8]) {
    digest.update((bytes.len() as u64).to_le_bytes());
    digest.update(bytes);
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known))
}

fn collect_embedded(folder: &Dir<'static>, files: &mut BTreeMap<String, Cow<'static, [u8]>>) {
    for file in folder.files().filter(|file| is_source(file.path())) {
        files.insert(portable(file.path()), Cow::Borrowed(file.contents()));
    }
    for child in folder.dirs() {
        collect_embedded(child, files);
    }
}

fn collect_folder(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, Cow<'static, [u8]>>,
) -> Result<(), RtlError> {
    let entries = fs::read_dir(folder).map_err(RtlError::file("read", folder))?;
    for entry in entries {
        let path = entry.map_err(RtlError::file("read", folder))?.path();
        let name = format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            collect_folder(&path, &format!("{name}/"), files)?;
        } else if is_source(&path) {
            let text = fs::read(&path).map_err(RtlError::file("read", &path))?;
            files.insert(name, Cow::Owned(text));
        }
    }
    Ok(())
}

fn portable(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn write_files(folder: &Path, files: &BTreeMap<String, Cow<'static, [u8]>>) -> Result<(), RtlError> {
    for (name, text) in files {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(RtlError::file("create", parent))?;
        fs::write(&path, text).map_err(RtlError::file("write", &path))?;
    }
    Ok(())
}
