//! What `run` and `cosim` read: a core and a stimulus.

use std::fs;
use std::path::{Path, PathBuf};

use bitspike_spec::config::LoadedCore;
use bitspike_spec::stimulus::{LoadedStimulus, read_stimulus};

use crate::array::read_core;
use crate::error::Error;
use crate::results::{Hashes, Label, Manifest, ToolVersion, sha256_hex, structure_hash};

/// The files and options that say what runs.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct InputArgs {
    /// The core: core.toml
    pub(super) core: PathBuf,
    /// What is driven into it: stimulus.toml
    #[arg(long, short, value_name = "FILE")]
    pub(super) stimulus: PathBuf,
    /// Folder of the results; made if missing, files in it are replaced
    #[arg(long, short, value_name = "DIR", default_value = "out")]
    pub(super) out: PathBuf,
    /// Clock cycles to run, instead of what the stimulus says
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) cycles: Option<u64>,
    /// Neurons whose membrane potential goes to v.csv and is drawn first
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(super) neurons: Vec<u32>,
    /// Print the result as JSON on standard output
    #[arg(long)]
    pub(super) json: bool,
}

/// A core and a stimulus that were read and checked.
pub(super) struct Inputs {
    pub(super) core: LoadedCore,
    pub(super) stimulus: LoadedStimulus,
}

impl InputArgs {
    /// Reads and checks both files.
    pub(super) fn read(&self) -> Result<Inputs, Error> {
        let core = read_core(&self.core)?;
        let mut stimulus = read_stimulus(&self.stimulus, &core)?;
        if self.cycles.is_some() {
            stimulus.stimulus.cycles = self.cycles;
        }
        self.check_neurons(core.core.structure().neurons)?;
        Ok(Inputs { core, stimulus })
    }

    fn check_neurons(&self, count: u32) -> Result<(), Error> {
        match self.neurons.iter().find(|&&neuron| neuron >= count) {
            None => Ok(()),
            Some(neuron) => {
                let problem = format!("names neuron {neuron}, the core has neurons 0 to {}", count - 1);
                Err(Error::Option { option: "--neurons", problem })
            }
        }
    }

    /// `bitspike COMMAND core.toml --stimulus s.toml`, for replays and manifests.
    pub(super) fn command(&self, command: &str) -> String {
        let (core, stimulus) = (quoted(&self.core), quoted(&self.stimulus));
        let cycles = self.cycles.map(|cycles| format!(" --cycles {cycles}")).unwrap_or_default();
        format!("bitspike {command} {core} --stimulus {stimulus}{cycles}")
    }

    pub(super) fn manifest(&self, inputs: &Inputs, command: &str) -> Result<Manifest, Error> {
        let structure = structure_hash(inputs.core.core.structure());
        let hashes = Hashes {
            core_file: file_hash(&self.core)?,
            stimulus_file: file_hash(&self.stimulus)?,
            structure,
            rtl: None,
        };
        Ok(Manifest {
            name: inputs.core.config.core.name.clone(),
            command: self.command(command),
            core_file: self.core.display().to_string(),
            stimulus_file: self.stimulus.display().to_string(),
            hashes,
            tools: vec![ToolVersion { name: "bitspike".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }],
        })
    }
}

impl Inputs {
    /// The windows of the stimulus whose class is known.
    pub(super) fn labels(&self) -> Vec<Label> {
        let labels = self.stimulus.labels.iter();
        labels.filter_map(|l| l.label.map(|label| Label { first_step: l.first_step, steps: l.steps, label })).collect()
    }
}

fn file_hash(path: &Path) -> Result<String, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    Ok(sha256_hex(&bytes))
}

/// A path as a shell takes it.
pub(super) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=,".contains(c);
    if text.chars().all(is_plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::quoted;
    use std::path::Path;

    #[test]
    fn paths_with_spaces_and_quotes_survive_the_shell() {
        assert_eq!(quoted(Path::new("a/b-1.toml")), "a/b-1.toml");
        assert_eq!(quoted(Path::new("my core's.toml")), r"'my core'\''s.toml'");
    }
}
