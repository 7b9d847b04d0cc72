//! `bitspike new`: a folder with a commented core and stimulus.

use std::fs;
use std::path::{Path, PathBuf};

use bitspike_spec::config::templates;

use super::exit::Exit;
use super::inputs::quoted;
use super::output::print;
use crate::error::Error;

/// The stimulus that goes with every template.
const STIMULUS: &str = include_str!("stimulus_template.toml");

/// Make a folder with a commented core.toml and stimulus.toml
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Examples:
  bitspike new --list
  bitspike new my_core
  bitspike new my_core --template full")]
pub(super) struct Args {
    /// Folder to make; files that are there already are never replaced
    #[arg(required_unless_present = "list")]
    folder: Option<PathBuf>,
    /// Template of the core
    #[arg(long, value_name = "NAME", default_value = "minimal")]
    template: String,
    /// List the templates
    #[arg(long)]
    list: bool,
}

pub(super) fn execute(args: &Args) -> Result<Exit, Error> {
    match &args.folder {
        Some(folder) if !args.list => create(folder, &args.template)?,
        Some(_) | None => print(&templates().iter().map(|(name, text)| entry(name, text)).collect::<String>())?,
    }
    Ok(Exit::Ok)
}

/// Name and first comment line of a template.
fn entry(name: &str, text: &str) -> String {
    format!("{name:<10} {}\n", text.lines().next().unwrap_or_default().trim_start_matches("# "))
}

fn create(folder: &Path, template: &str) -> Result<(), Error> {
    let (_, core) = templates().iter().find(|(name, _)| *name == template).ok_or_else(|| unknown(template))?;
    fs::create_dir_all(folder).map_err(|source| Error::Write { path: folder.to_owned(), source })?;
    let (core_file, stimulus_file) = (folder.join("core.toml"), folder.join("stimulus.toml"));
    for path in [&core_file, &stimulus_file] {
        if path.exists() {
            let problem = format!("{} is there already and is not replaced", path.display());
            return Err(Error::Option { option: "DIR", problem });
        }
    }
    write_new(&core_file, core)?;
    write_new(&stimulus_file, STIMULUS)?;
    let (core, stimulus) = (quoted(&core_file), quoted(&stimulus_file));
    print(&format!("made {core} and {stimulus}\nnext: bitspike run {core} --stimulus {stimulus}\n"))
}

fn write_new(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(|source| Error::Write { path: path.to_owned(), source })
}

fn unknown(template: &str) -> Error {
    let names: Vec<&str> = templates().iter().map(|(name, _)| *name).collect();
    Error::Option { option: "--template", problem: format!("is \"{template}\", must be one of: {}", names.join(", ")) }
}
