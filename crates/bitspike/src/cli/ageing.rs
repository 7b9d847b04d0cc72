//! `bitspike study ageing`: accuracy of a classifier against the age of its array.

use serde_json::json;

use super::exit::Exit;
use super::folder::Folder;
use super::inputs::{InputArgs, Inputs, quoted};
use super::output::{files_line, print, print_json};
use super::progress::Terminal;
use super::rtl::Rtl;
use crate::control::{Control, Interrupt};
use crate::cosim::CosimOutcome;
use crate::devices::DeviceCore;
use crate::devices::ageing::{Ageing, AgeingRequest, aged_cores, ageing};
use crate::error::Error;
use crate::results::Manifest;
use crate::results::report::{age, ageing_html, ageing_svg, ageing_text};

/// Accuracy against the age of an array: as it is, with one limit lifted, with ideal devices
///
/// The core needs devices in [array], whose epochs are the ages, and the stimulus labelled images. Many arrays are programmed, each with a seed of its own.
/// Writes ageing.json, ageing.svg and ageing.html into the folder of the results.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Examples:
  bitspike study ageing examples/ageing_classifier/core.toml --stimulus examples/ageing_classifier/stimulus.toml
  bitspike study ageing core.toml --stimulus stimulus.toml --replicates 100 --rtl --out out/ageing")]
pub(super) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Arrays that are programmed, each with a seed of its own
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replicates: u32,
    /// Also run the RTL beside the model at every age, in process; a difference ends with exit status 1
    #[arg(long)]
    rtl: bool,
}

pub(super) fn execute(args: &Args, interrupt: &Interrupt) -> Result<Exit, Error> {
    let inputs = args.input.read()?;
    let mut manifest = Manifest { command: args.command(), ..args.input.manifest(&inputs, "study ageing")? };
    let rtl = if args.rtl { Some(Rtl::find(None, &mut manifest)?) } else { None };
    let Some(core) = DeviceCore::new(&inputs.core)? else { return Err(no_devices(args)) };
    let mut folder = Folder::create(&args.input.out)?;
    let progress = Terminal::new();
    let control = Control { interrupt, progress: &progress };
    let labels = inputs.labels();
    let stimulus = &inputs.stimulus.stimulus;
    let request = AgeingRequest { core: &core, stimulus, labels: &labels, replicates: args.replicates };
    let Some(found) = ageing(&request, control)? else { return Ok(Exit::Interrupted) };
    let compared = match rtl {
        Some(rtl) => compare(&rtl, (&core, &inputs, &manifest.command), control)?,
        None => Vec::new(),
    };
    drop(progress);
    report(args, (&found, &compared), &manifest, &mut folder)?;
    Ok(exit(&compared, interrupt))
}

impl Args {
    fn command(&self) -> String {
        let rtl = if self.rtl { " --rtl" } else { "" };
        format!("{} --replicates {}{rtl}", self.input.command("study ageing"), self.replicates)
    }
}

fn no_devices(args: &Args) -> Error {
    let problem = format!("{} has no devices: it needs a section [array]", quoted(&args.input.core));
    Error::Option { option: "study ageing", problem }
}

/// The Verilog at every age, on the whole stimulus.
fn compare(
    rtl: &Rtl,
    (core, inputs, command): (&DeviceCore, &Inputs, &str),
    control: Control<'_>,
) -> Result<Vec<CosimOutcome>, Error> {
    let seeds = &inputs.stimulus.x_seeds;
    let one = |aged: &bitspike_spec::Core| rtl.compare((aged, &inputs.stimulus.stimulus), seeds, command, control);
    aged_cores(core)?.iter().map(one).collect()
}

fn report(
    args: &Args,
    (found, compared): (&Ageing, &[CosimOutcome]),
    manifest: &Manifest,
    folder: &mut Folder,
) -> Result<(), Error> {
    let mut json = json!(found);
    json["rtl"] = json!(compared);
    json["manifest"] = json!(manifest);
    folder.write("ageing.json", &format!("{json:#}\n"))?;
    folder.write("ageing.svg", &ageing_svg(found))?;
    folder.write("ageing.html", &ageing_html(found, (&manifest.name, &manifest.command)))?;
    if args.input.json {
        json["files"] = json!(folder.files());
        return print_json(&json);
    }
    print(&format!("{}{}\n{}", ageing_text(found), verdicts(found, compared), files_line(folder)))
}

fn verdicts(found: &Ageing, compared: &[CosimOutcome]) -> String {
    let verdict = |(&seconds, outcome): (&f64, &CosimOutcome)| match outcome.divergence() {
        Some(divergence) => format!("RTL at {}: {divergence}\n", age(seconds)),
        None if outcome.agrees() => {
            format!("RTL at {}: agreement, {} cycles\n", age(seconds), outcome.cycles_compared())
        }
        None => format!("RTL at {}: not the same\n", age(seconds)),
    };
    found.seconds.iter().zip(compared).map(verdict).collect()
}

fn exit(compared: &[CosimOutcome], interrupt: &Interrupt) -> Exit {
    if compared.iter().any(|outcome| !outcome.agrees() && !outcome.is_interrupted()) {
        Exit::Divergence
    } else if interrupt.is_set() {
        Exit::Interrupted
    } else {
        Exit::Ok
    }
}
