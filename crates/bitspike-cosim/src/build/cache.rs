//! The cache folder: entries with a manifest of hashes, moved into place whole, guarded by lock files.

use std::env;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::rtl::{RtlError, hex};

const MANIFEST: &str = "manifest";

/// `BITSPIKE_CACHE`, else the user's cache folder, else the temporary folder.
#[must_use]
pub fn user_folder() -> PathBuf {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("BITSPIKE_CACHE")
        .or_else(|| Some(set("XDG_CACHE_HOME")?.join("bitspike")))
        .or_else(|| Some(set("HOME")?.join(".cache/bitspike")))
        .unwrap_or_else(|| env::temp_dir().join("bitspike-cache"))
}

/// A folder of entries.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    folder: PathBuf,
}

/// Whether an entry can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryState {
    Missing,
    Damaged,
    Whole,
}

/// One entry of a cache.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    folder: PathBuf,
    lock: PathBuf,
}

impl Cache {
    pub(super) fn new(folder: PathBuf) -> Self {
        Cache { folder }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn entry(&self, section: &str, key: &str) -> Entry {
        let folder = self.folder.join(section);
        Entry { lock: folder.join(format!("{key}.lock")), folder: folder.join(key) }
    }
}

impl Entry {
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Reads the manifest and hashes every file it names.
    pub(super) fn state(&self) -> EntryState {
        if !self.folder.exists() {
            return EntryState::Missing;
        }
        let whole = self.manifest().is_some_and(|lines| {
            lines.iter().all(|(hash, name)| fs::read(self.file(name)).is_ok_and(|bytes| hash_of(&bytes) == *hash))
        });
        if whole { EntryState::Whole } else { EntryState::Damaged }
    }

    /// Paths of the files in the order they were installed.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        self.manifest().unwrap_or_default().iter().map(|(_, name)| self.file(name)).collect()
    }

    fn manifest(&self) -> Option<Vec<(String, String)>> {
        let text = fs::read_to_string(self.file(MANIFEST)).ok()?;
        let split = |line: &str| line.split_once(' ').map(|(hash, name)| (hash.to_owned(), name.to_owned()));
        let lines: Option<Vec<_>> = text.lines().map(split).collect();
        lines.filter(|lines| !lines.is_empty())
    }

    /// Waits until no other process works on this entry; the lock ends with the returned file.
    pub(super) fn lock(&self, waiting: &mut dyn FnMut()) -> Result<File, RtlError> {
        let parent = self.lock.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(RtlError::file("create the cache folder", parent))?;
        let file = File::create(&self.lock).map_err(RtlError::file("create the lock file", &self.lock))?;
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => waiting(),
            Err(TryLockError::Error(source)) => return Err(RtlError::file("lock", &self.lock)(source)),
        }
        file.lock().map_err(RtlError::file("lock", &self.lock))?;
        Ok(file)
    }

    /// Copies files into the entry: beside it first, then by one rename. Needs the lock.
    pub(super) fn install(&self, files: &[PathBuf]) -> Result<(), RtlError> {
        let parent = self.folder.parent().unwrap_or(Path::new("."));
        let staging = tempfile::Builder::new().prefix("staging-").tempdir_in(parent);
        let staging = staging.map_err(RtlError::file("create a folder in", parent))?;
        let mut manifest = String::new();
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let bytes = fs::read(file).map_err(RtlError::file("read", file))?;
            manifest.push_str(&format!("{} {name}\n", hash_of(&bytes)));
            let copy = staging.path().join(&*name);
            fs::copy(file, &copy).map_err(RtlError::file("write", &copy))?;
        }
        let path = staging.path().join(MANIFEST);
        fs::write(&path, manifest).map_err(RtlError::file("write", &path))?;
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder).map_err(RtlError::file("remove the damaged", &self.folder))?;
        }
        let staged = staging.keep();
        fs::rename(&staged, &self.folder).map_err(RtlError::file("create", &self.folder))
    }
}

fn hash_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
