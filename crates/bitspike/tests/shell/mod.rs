//! Runs the `bitspike` command as a user does.
#![allow(dead_code, clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The command, to be run in `folder`, without colours and with a fixed width.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bitspike"));
    command.current_dir(folder);
    command
}

/// How one call ended.
pub struct Call {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Call {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Call { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Call {
    /// Both streams, for messages of failing tests.
    pub fn all(&self) -> String {
        format!("exit {:?}\n--- stdout\n{}\n--- stderr\n{}", self.code, self.stdout, self.stderr)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{}", self.all()))
    }
}

/// Calls `bitspike` with words in `folder`.
pub fn bitspike(folder: &Path, words: &[&str]) -> Call {
    command(folder).args(words).output().unwrap().into()
}

/// Copies a folder and everything in it.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A core of two neurons and two word lines: neuron 0 fires on two spikes of word line 0, neuron 1 on one of word line 1.
pub const CORE: &str = r#"
[core]
name = "pair"
neurons = 2
word_lines = 2
lanes = 1
[neuron]
v = { bits = 8, frac = 2, overflow = "saturate" }
leak = { form = "none" }
reset = "zero"
fire_check = "per_time_step"
[synapse]
weight_bits = 4
image = { rows = [[3, 0], [0, 7]] }
[values]
threshold = 6
"#;

/// Word line 0 in steps 0 and 1, word line 1 in step 2.
pub const STIMULUS: &str = r#"
time_steps = 3
[[source]]
kind = "events"
events = [{ step = 0, word_line = 0 }, { step = 1, word_line = 0 }, { step = 2, word_line = 1 }]
"#;

/// A fresh folder with [`CORE`] and [`STIMULUS`].
pub fn pair() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("core.toml"), CORE).unwrap();
    fs::write(folder.path().join("stimulus.toml"), STIMULUS).unwrap();
    folder
}
