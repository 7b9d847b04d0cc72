//! `bitspike run`: the bit-exact model alone.

use serde_json::json;

use super::exit::Exit;
use super::folder::Folder;
use super::inputs::InputArgs;
use super::output::{files_line, print, print_json, width};
use super::progress::Terminal;
use crate::control::{Control, Interrupt};
use crate::error::Error;
use crate::results::report::{Report, html};
use crate::results::{counters_json, raster, summary};
use crate::run::{RunRequest, simulate};

/// Run the bit-exact model on a stimulus
///
/// Writes spikes.csv, counters.json and report.html into the folder of the results, and prints a raster and the figures.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Examples:
  bitspike run core.toml --stimulus stimulus.toml
  bitspike run core.toml --stimulus stimulus.toml --neurons 0,3 --trace --out out/first
  bitspike run core.toml --stimulus stimulus.toml --json | jq .metrics.accuracy")]
pub(super) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Also write every probe signal of every cycle to model.vcd
    #[arg(long)]
    trace: bool,
}

impl Args {
    /// A run without a waveform.
    pub(super) fn of(input: InputArgs) -> Self {
        Args { input, trace: false }
    }
}

pub(super) fn execute(args: &Args, interrupt: &Interrupt) -> Result<Exit, Error> {
    let inputs = args.input.read()?;
    let manifest = args.input.manifest(&inputs, "run")?;
    let core = &inputs.core.core;
    let mut folder = Folder::create(&args.input.out)?;
    let recorder = folder.recorder(core, &args.input.neurons, inputs.labels())?;
    let trace: Option<Box<dyn std::io::Write>> =
        if args.trace { Some(Box::new(folder.open("model.vcd")?)) } else { None };
    let progress = Terminal::new();
    let control = Control { interrupt, progress: &progress };
    let request = RunRequest { core, stimulus: &inputs.stimulus.stimulus, recorder, trace };
    let run = simulate(request, control)?;
    drop(progress);
    let json = counters_json(&run, &manifest);
    folder.write("counters.json", &format!("{json:#}\n"))?;
    folder.write("report.html", &html(&Report { run: &run, manifest: &manifest, cosim: None }))?;
    if args.input.json {
        print_json(&with_files(json, &folder, interrupt))?;
    } else {
        print(&format!("{}\n{}\n{}", raster(&run, width()), summary(&run), files_line(&folder)))?;
    }
    Ok(if interrupt.is_set() { Exit::Interrupted } else { Exit::Ok })
}

fn with_files(mut json: serde_json::Value, folder: &Folder, interrupt: &Interrupt) -> serde_json::Value {
    json["files"] = json!(folder.files());
    json["interrupted"] = json!(interrupt.is_set());
    json
}
