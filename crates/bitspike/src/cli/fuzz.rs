//! `bitspike fuzz`: random values and stimuli, model against RTL in process.

use std::path::PathBuf;

use bitspike_cosim::build::Builder;
use bitspike_cosim::compare::Verdict;
use bitspike_cosim::rtl::RtlSource;
use serde_json::{Value, json};

use super::exit::Exit;
use super::folder::Folder;
use super::inputs::quoted;
use super::output::{print, print_json};
use super::progress::Terminal;
use crate::array::read_core;
use crate::control::{Control, Interrupt};
use crate::cosim::explain;
use crate::error::Error;
use crate::fuzz::{Failure, FuzzRequest, FuzzResult, Structures, fuzz};
use crate::results::grouped;

/// Compare model and RTL in process on random values, weights and stimuli
///
/// Draws random values and stimuli for the structure of a core, or for random structures, and compares every probe signal in every cycle.
/// A failing case is shrunk and written as core.toml and stimulus.toml that `bitspike cosim` replays.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Examples:
  bitspike fuzz core.toml --cases 10000
  bitspike fuzz --random --structures 20 --cases 500 --seed 7
  bitspike fuzz --random --hdl my_hdl --out out/fuzz")]
pub(super) struct Args {
    /// The core whose structure is used; its values and weights are drawn anew
    #[arg(required_unless_present = "random", conflicts_with = "random")]
    core: Option<PathBuf>,
    /// Draw the structures too
    #[arg(long)]
    random: bool,
    /// Number of random structures; each is built
    #[arg(long, value_name = "N", default_value_t = 8, requires = "random")]
    structures: u32,
    /// Cases for each structure
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    cases: u32,
    /// Seed: equal seeds draw equal cases
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Your own copy of the RTL, a folder with files.f
    #[arg(long, value_name = "DIR")]
    hdl: Option<PathBuf>,
    /// Folder for a failing case
    #[arg(long, short, value_name = "DIR", default_value = "out/fuzz")]
    out: PathBuf,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(args: &Args, interrupt: &Interrupt) -> Result<Exit, Error> {
    let core = args.core.as_ref().map(read_core).transpose()?;
    let source = match &args.hdl {
        Some(folder) => RtlSource::folder(folder)?,
        None => RtlSource::embedded(),
    };
    let builder = Builder::new()?;
    let structures = match &core {
        Some(loaded) => Structures::Of(loaded.core.structure()),
        None => Structures::Random(args.structures),
    };
    let progress = Terminal::new();
    let request = FuzzRequest { structures, cases: args.cases, seed: args.seed, source: &source, builder: &builder };
    let result = fuzz(&request, Control { interrupt, progress: &progress })?;
    drop(progress);
    let files = result.failure.as_ref().map(|failure| write(args, failure)).transpose()?;
    report(args, &result, files.as_deref())?;
    Ok(match (&result.failure, interrupt.is_set()) {
        (Some(_), _) => Exit::Divergence,
        (None, true) => Exit::Interrupted,
        (None, false) => Exit::Ok,
    })
}

/// Writes the failing case; returns the command that replays it.
fn write(args: &Args, failure: &Failure) -> Result<String, Error> {
    let mut folder = Folder::create(&args.out)?;
    folder.write("core.toml", &failure.core.to_toml())?;
    folder.write("stimulus.toml", &failure.stimulus.to_toml())?;
    let (core, stimulus) = (quoted(&args.out.join("core.toml")), quoted(&args.out.join("stimulus.toml")));
    let hdl = args.hdl.as_deref().map(|hdl| format!(" --hdl {}", quoted(hdl))).unwrap_or_default();
    Ok(format!("bitspike cosim {core} --stimulus {stimulus} --way lockstep{hdl}"))
}

fn report(args: &Args, result: &FuzzResult, replay: Option<&str>) -> Result<(), Error> {
    let FuzzResult { structures, cases, cycles, failure } = result;
    if args.json {
        let divergence = failure.as_ref().zip(replay).map(|(failure, replay)| failure_json(failure, replay));
        return print_json(&json!({
            "structures": structures, "cases": cases, "cycles": cycles, "seed": args.seed, "divergence": divergence,
        }));
    }
    let (cases, cycles) = (grouped(*cases), grouped(*cycles));
    print(&format!("{structures} structures, {cases} cases, {cycles} cycles agree (seed {})\n", args.seed))?;
    match failure.as_ref().zip(replay) {
        None => Ok(()),
        Some((failure, replay)) => print(&failure_text(failure, replay)),
    }
}

fn failure_text(failure: &Failure, replay: &str) -> String {
    match &failure.comparison.verdict {
        Verdict::Divergence(divergence) => format!("\n{}\n", explain(&failure.core, divergence, replay.to_owned())),
        Verdict::Agreement(_) => {
            let line = |(name, model, rtl): &(&str, u64, u64)| format!("  {name}: model {model}, rtl {rtl}\n");
            let counters: String = failure.comparison.counters.iter().map(line).collect();
            format!("\ndivergence: counters read after the run differ\n{counters}\nreplay: {replay}\n")
        }
    }
}

fn failure_json(failure: &Failure, replay: &str) -> Value {
    match &failure.comparison.verdict {
        Verdict::Divergence(divergence) => json!(explain(&failure.core, divergence, replay.to_owned())),
        Verdict::Agreement(_) => {
            json!({ "kind": "counters", "counters": failure.comparison.counters, "replay": replay })
        }
    }
}
