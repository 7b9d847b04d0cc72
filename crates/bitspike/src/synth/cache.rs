//! Results kept in the user's cache: one JSON file each, moved into place whole.

use std::fs;
use std::path::PathBuf;

use bitspike_cosim::build::user_folder;

use super::{ModuleParameters, SynthRequest, SynthResult};
use crate::error::Error;
use crate::results::sha256_hex;

/// To be raised when results change their meaning.
const FORMAT: u32 = 1;

/// The hash of everything a result depends on.
pub(super) fn key(
    request: &SynthRequest<'_>,
    parameters: &ModuleParameters,
    tools: &[(String, String)],
) -> Result<String, Error> {
    let library = match &request.liberty {
        None => String::new(),
        Some(path) => sha256_hex(&fs::read(path).map_err(|source| Error::Read { path: path.clone(), source })?),
    };
    let SynthRequest { source, target, seeds, detail, .. } = request;
    let (rtl, device) = (source.hash(), target.device());
    let text = format!("{FORMAT} {rtl} {parameters:?} {target} {device:?} {library} {seeds:?} {detail:?} {tools:?}");
    Ok(sha256_hex(text.as_bytes()))
}

fn path(key: &str) -> PathBuf {
    user_folder().join("synth").join(format!("{key}.json"))
}

/// The result, unless it is missing or damaged.
pub(super) fn load(key: &str) -> Option<SynthResult> {
    serde_json::from_slice(&fs::read(path(key)).ok()?).ok()
}

pub(super) fn save(key: &str, result: &SynthResult) -> Result<(), Error> {
    let path = path(key);
    let folder = path.parent().expect("the path has a folder");
    let write = |source| Error::Write { path: path.clone(), source };
    fs::create_dir_all(folder).map_err(write)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(write)?;
    serde_json::to_writer(&mut file, result).map_err(|error| write(error.into()))?;
    file.persist(&path).map_err(|error| write(error.error))?;
    Ok(())
}
