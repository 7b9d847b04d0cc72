//! `bitspike array`: an RRAM array, programmed and measured.

use std::path::{Path, PathBuf};

use bitspike_device::presets::{PRESETS, Preset};
use bitspike_device::{ArrayConfig, WeightMatrix, files};
use bitspike_spec::CrossbarImage;
use serde_json::json;

use super::exit::Exit;
use super::folder::Folder;
use super::inputs::quoted;
use super::output::{files_line, print, print_json};
use super::progress::Terminal;
use crate::array::{ArrayFile, InputFile, Job, MeasuredArray, Origin};
use crate::array::{measure, read_core, read_weights, test_pattern, with_epochs};
use crate::control::{Control, Interrupt};
use crate::error::Error;
use crate::results::report::array_report;
use crate::results::{ToolVersion, array_json, array_text, sha256_hex};

/// Program an RRAM array and measure it
///
/// Conductances of each level, error before and after write-verify, pulses, drift, IR drop, converters and errors of sums: a table in the
/// terminal, array.json, report.html and an SVG of each plot in the folder of the results. ARRAY.toml holds the keys of the section [array]; a core.toml with that section does too.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Examples:
  bitspike array --list-presets
  bitspike array --preset hfox_wan --epochs 1,3600,86400,2592000
  bitspike array array.toml --weights weights.csv --seed 7 --hand-over out/images
  bitspike array core.toml
  bitspike array array.toml --json | jq .figures.mvm_error")]
pub(super) struct Args {
    /// The array: a file with a section [array], or with its keys alone
    #[arg(value_name = "ARRAY.toml", required_unless_present_any = ["preset", "list_presets"])]
    array: Option<PathBuf>,
    /// Preset whose numbers stand where the file gives none, instead of the file's `device`
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// List the presets with the sources of their numbers
    #[arg(long)]
    list_presets: bool,
    /// Seed of all random numbers: equal seeds give equal bytes [default: that of the file, else 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Weights as CSV, a line for each word line, without header [default: those of a core.toml; else a test pattern of all integer weights, 64 x 64 or as large as the chip]
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Seconds since programming at which the array is read, rising, instead of the file's epochs
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    epochs: Vec<f64>,
    /// Folder of the results; made if missing, files in it are replaced
    #[arg(long, short, value_name = "DIR", default_value = "out/array")]
    out: PathBuf,
    /// Also write manifest.json and the $readmemh images of every epoch into this folder; epochs of --epochs have no clock cycle
    #[arg(long, value_name = "DIR", conflicts_with = "epochs")]
    hand_over: Option<PathBuf>,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(args: &Args, interrupt: &Interrupt) -> Result<Exit, Error> {
    if args.list_presets {
        print(&PRESETS.iter().map(entry).collect::<String>())?;
        return Ok(Exit::Ok);
    }
    let file = ArrayFile::read(args.array.as_deref())?;
    let config = with_epochs(file.config(args.preset.as_deref())?, &args.epochs)?;
    let (weights, config) = args.weights(&file, config)?;
    let origin = args.origin(&file, &config)?;
    let mut folder = Folder::create(&args.out)?;
    let progress = Terminal::new();
    let seed = args.seed.unwrap_or(config.seed);
    let job = Job { weights, config, seed };
    let measured = measure(job, Control { interrupt, progress: &progress }).map_err(|error| file.explain(error))?;
    drop(progress);
    let Some((array, characteristics)) = measured else { return Err(stopped()) };
    report(args, &mut folder, &MeasuredArray { array, characteristics, origin })?;
    Ok(Exit::Ok)
}

/// Nothing is kept of an array that is not measured to its end.
fn stopped() -> Error {
    Error::Option { option: "Ctrl-C", problem: "stopped the measurement, nothing is kept".to_owned() }
}

/// Name and sources of a preset.
fn entry(preset: &Preset) -> String {
    format!("{:<15} {}\n", preset.name, preset.source)
}

fn report(args: &Args, folder: &mut Folder, measured: &MeasuredArray) -> Result<(), Error> {
    let json = array_json(measured);
    let pages = array_report(measured);
    folder.write("array.json", &format!("{json:#}\n"))?;
    folder.write("report.html", &pages.html)?;
    for (name, svg) in &pages.plots {
        folder.write(name, svg)?;
    }
    let handed_over = args.hand_over.as_deref().map(|path| hand_over(path, measured)).transpose()?;
    if args.json {
        let handed_over = handed_over.as_ref().map(Folder::files).unwrap_or_default();
        let mut json = json;
        json["files"] = json!([folder.files(), handed_over].concat());
        return print_json(&json);
    }
    let images = handed_over
        .map(|folder| format!("{} files for the RTL in {}\n", folder.names().len(), folder.path().display()))
        .unwrap_or_default();
    print(&format!("{}{}{images}", array_text(measured), files_line(folder)))
}

fn hand_over(path: &Path, measured: &MeasuredArray) -> Result<Folder, Error> {
    let mut folder = Folder::create(path)?;
    let (_, files) = files::hand_over(&measured.array)?;
    for (name, text) in &files {
        folder.write(name, text)?;
    }
    Ok(folder)
}

impl Args {
    fn weights(&self, file: &ArrayFile, config: ArrayConfig) -> Result<(WeightMatrix, ArrayConfig), Error> {
        match (&self.weights, &self.array) {
            (Some(path), _) => Ok((read_weights(path)?, config)),
            (None, Some(path)) if file.is_core() => Ok((WeightMatrix::from(&weights_of(path)?), config)),
            (None, _) => Ok(test_pattern(config)),
        }
    }

    fn origin(&self, file: &ArrayFile, config: &ArrayConfig) -> Result<Origin, Error> {
        let preset = PRESETS.iter().find(|preset| preset.name == config.device);
        let array = self
            .array
            .as_ref()
            .map(|path| InputFile { file: path.display().to_string(), sha256: sha256_hex(file.text().as_bytes()) });
        Ok(Origin {
            command: self.command(),
            source: preset.map(|preset| preset.source.to_owned()).unwrap_or_default(),
            array,
            weights: self.weights.as_deref().map(input_file).transpose()?,
            tools: vec![ToolVersion { name: "bitspike".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }],
        })
    }

    /// The command that measures the same array again.
    fn command(&self) -> String {
        let mut words = vec!["bitspike array".to_owned()];
        words.extend(self.array.as_deref().map(quoted));
        words.extend(self.preset.as_ref().map(|name| format!("--preset {name}")));
        words.extend(self.seed.map(|seed| format!("--seed {seed}")));
        words.extend(self.weights.as_deref().map(|path| format!("--weights {}", quoted(path))));
        if !self.epochs.is_empty() {
            let seconds: Vec<String> = self.epochs.iter().map(ToString::to_string).collect();
            words.push(format!("--epochs {}", seconds.join(",")));
        }
        words.join(" ")
    }
}

/// The weights of a core.
fn weights_of(core: &Path) -> Result<CrossbarImage, Error> {
    let weights = read_core(core)?.image()?;
    Ok(weights.expect("an array with the keys of devices has weights to program"))
}

fn input_file(path: &Path) -> Result<InputFile, Error> {
    let bytes = std::fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    Ok(InputFile { file: path.display().to_string(), sha256: sha256_hex(&bytes) })
}
