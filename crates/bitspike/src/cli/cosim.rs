//! `bitspike cosim`: the model beside the Verilog, compared in every cycle.

use std::path::PathBuf;

use bitspike_cosim::build::Builder;
use bitspike_cosim::compare::CompareOptions;
use bitspike_cosim::compare::views::write_views;
use bitspike_cosim::rtl::RtlSource;
use serde_json::{Value, json};

use super::exit::Exit;
use super::folder::Folder;
use super::inputs::{InputArgs, Inputs, quoted};
use super::output::{files_line, print, print_json, width};
use super::progress::Terminal;
use super::verdict::verdict_text;
use crate::control::{Control, Interrupt};
use crate::cosim::{CosimOutcome, CosimRequest, SideBySideOptions, Way, cosim, side_names};
use crate::error::Error;
use crate::results::report::{Report, html};
use crate::results::{Manifest, RunResult, ToolVersion, counters_json, raster, summary};
use crate::run::{RunRequest, simulate};

/// Run the model beside the Verilog and compare every probe signal in every cycle
///
/// Builds the core with Verilator (kept in a cache), runs both on the same stimulus and ends with agreement (exit status 0) or with the
/// first divergence (exit status 1): cycle, signal, time step, neuron, both values, the cycles around it and the command that replays it.
/// Both ways run unless --way says otherwise: first in process (lock-step), then through the waveform of the Verilog testbench.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Examples:
  bitspike cosim core.toml --stimulus stimulus.toml
  bitspike cosim core.toml --stimulus stimulus.toml --hdl my_hdl --way lockstep
  bitspike cosim core.toml --stimulus stimulus.toml --x-seeds 1,2,3 --keep-vcd --out out/seeds")]
pub(super) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// How to compare
    #[arg(long, value_enum, default_value_t = WayArg::Both)]
    way: WayArg,
    /// Your own copy of the RTL, a folder with files.f; without it the RTL inside bitspike is used
    #[arg(long, value_name = "DIR")]
    hdl: Option<PathBuf>,
    /// Seeds of the values that registers and memories hold before reset, one run for each; 0 is all zero [default: those of the stimulus, or 1]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    x_seeds: Vec<u32>,
    /// Keep the waveform of the whole run of both sides: model.vcd and rtl.vcd (or rtl.fst)
    #[arg(long)]
    keep_vcd: bool,
    /// Cycles shown before and after a divergence
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16))]
    window: u16,
    /// Cycles of both sides in both.vcd when they agree
    #[arg(long, value_name = "N", default_value_t = 2000)]
    view_cycles: u32,
}

/// A choice of ways.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum WayArg {
    /// In process, without files: fastest
    Lockstep,
    /// The Verilog testbench dumps VCD into a pipe
    Vcd,
    /// The Verilog testbench dumps an FST file
    Fst,
    /// Lock-step, then VCD
    Both,
}

impl WayArg {
    fn ways(self) -> &'static [Way] {
        match self {
            WayArg::Lockstep => &[Way::Lockstep],
            WayArg::Vcd => &[Way::Vcd],
            WayArg::Fst => &[Way::Fst],
            WayArg::Both => &[Way::Lockstep, Way::Vcd],
        }
    }
}

pub(super) fn execute(args: &Args, interrupt: &Interrupt) -> Result<Exit, Error> {
    let inputs = args.input.read()?;
    let source = match &args.hdl {
        Some(folder) => RtlSource::folder(folder)?,
        None => RtlSource::embedded(),
    };
    let builder = Builder::new()?;
    let manifest = manifest(args, &inputs, &source, &builder)?;
    let mut folder = Folder::create(&args.input.out)?;
    let progress = Terminal::new();
    let control = Control { interrupt, progress: &progress };
    let run = model(args, &inputs, &mut folder, control)?;
    let outcome = compare(args, &inputs, (&source, &builder), &mut folder, control)?;
    drop(progress);
    write(&mut folder, &run, &manifest, &outcome)?;
    if args.input.json {
        print_json(&result_json(&run, &manifest, &outcome, &folder))?;
    } else {
        let verdict = verdict_text(&run, &outcome);
        print(&format!("{}\n{}\n{verdict}\n{}", raster(&run, width()), summary(&run), files_line(&folder)))?;
    }
    Ok(exit(&outcome, interrupt))
}

fn exit(outcome: &CosimOutcome, interrupt: &Interrupt) -> Exit {
    if outcome.is_interrupted() || (interrupt.is_set() && outcome.agrees()) {
        Exit::Interrupted
    } else if outcome.agrees() {
        Exit::Ok
    } else {
        Exit::Divergence
    }
}

fn manifest(args: &Args, inputs: &Inputs, source: &RtlSource, builder: &Builder) -> Result<Manifest, Error> {
    let mut manifest = args.input.manifest(inputs, "cosim")?;
    if let Some(folder) = &args.hdl {
        manifest.command += &format!(" --hdl {}", quoted(folder));
    }
    manifest.hashes.rtl = Some(source.hash());
    let toolchain = builder.toolchain();
    for (name, found) in [("verilator", &toolchain.verilator), ("C++ compiler", &toolchain.compiler)] {
        manifest.tools.push(ToolVersion { name: name.to_owned(), version: found.version.clone() });
    }
    Ok(manifest)
}

/// The model alone: what results and pictures show.
fn model(args: &Args, inputs: &Inputs, folder: &mut Folder, control: Control<'_>) -> Result<RunResult, Error> {
    let recorder = folder.recorder(&inputs.core.core, &args.input.neurons, inputs.labels())?;
    let trace: Option<Box<dyn std::io::Write>> =
        if args.keep_vcd { Some(Box::new(folder.open("model.vcd")?)) } else { None };
    simulate(RunRequest { core: &inputs.core.core, stimulus: &inputs.stimulus.stimulus, recorder, trace }, control)
}

fn compare(
    args: &Args,
    inputs: &Inputs,
    (source, builder): (&RtlSource, &Builder),
    folder: &mut Folder,
    control: Control<'_>,
) -> Result<CosimOutcome, Error> {
    let core = &inputs.core.core;
    let keep = keep_name(args).map(|name| folder.path().join(name));
    let replay = |way: Way, seed: u32, cycles: u64| {
        let input = InputArgs { cycles: Some(cycles), ..args.input.clone() };
        let hdl = args.hdl.as_deref().map(|folder| format!(" --hdl {}", quoted(folder))).unwrap_or_default();
        format!("{} --way {} --x-seeds {seed} --window {}{hdl}", input.command("cosim"), way.name(), args.window)
    };
    let window = usize::from(args.window);
    let request = CosimRequest {
        core,
        stimulus: &inputs.stimulus.stimulus,
        source,
        builder,
        ways: args.way.ways(),
        x_seeds: &seeds(args, inputs),
        options: SideBySideOptions {
            compare: CompareOptions { window, ..CompareOptions::default() },
            keep: args.view_cycles as usize,
        },
        keep: keep.as_deref(),
        replay: &replay,
    };
    let outcome = cosim(&request, control)?;
    if let Some(name) = keep_name(args).filter(|name| folder.path().join(name).exists()) {
        folder.note(name);
    }
    Ok(outcome)
}

fn seeds(args: &Args, inputs: &Inputs) -> Vec<u32> {
    let given = if args.x_seeds.is_empty() { &inputs.stimulus.x_seeds } else { &args.x_seeds };
    if given.is_empty() { vec![1] } else { given.clone() }
}

fn keep_name(args: &Args) -> Option<&'static str> {
    match args.way {
        WayArg::Vcd | WayArg::Both if args.keep_vcd => Some("rtl.vcd"),
        WayArg::Fst if args.keep_vcd => Some("rtl.fst"),
        WayArg::Lockstep | WayArg::Vcd | WayArg::Fst | WayArg::Both => None,
    }
}

fn write(folder: &mut Folder, run: &RunResult, manifest: &Manifest, outcome: &CosimOutcome) -> Result<(), Error> {
    let json = result_json(run, manifest, outcome, folder);
    folder.write("counters.json", &format!("{json:#}\n"))?;
    folder.write("report.html", &html(&Report { run, manifest, cosim: Some(outcome) }))?;
    if let Some(window) = &outcome.window {
        write_views(folder.path(), window, &side_names())?;
        for name in ["both.vcd", "both.gtkw", "both.sucl"] {
            folder.note(name);
        }
    }
    Ok(())
}

fn result_json(run: &RunResult, manifest: &Manifest, outcome: &CosimOutcome, folder: &Folder) -> Value {
    let mut json = counters_json(run, manifest);
    json["verdict"] = json!(verdict_name(outcome));
    json["cosim"] = json!(outcome);
    json["files"] = json!(folder.files());
    json
}

fn verdict_name(outcome: &CosimOutcome) -> &'static str {
    if outcome.is_interrupted() {
        "interrupted"
    } else if outcome.agrees() {
        "agreement"
    } else {
        "divergence"
    }
}
