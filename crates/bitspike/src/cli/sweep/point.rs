//! Commands on single designs: show, open, verify.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bitspike_spec::random::philox;
use serde_json::json;

use super::super::exit::Exit;
use super::super::inputs::{InputArgs, quoted};
use super::super::output::{print, print_json};
use super::super::progress::Terminal;
use super::super::run;
use super::{Common, open_store, text, write_results};
use crate::control::{Control, Interrupt, Progress};
use crate::error::Error;
use crate::sweep::candidate::{Candidate, Elaborator};
use crate::sweep::export::{columns, json_row};
use crate::sweep::file::Sweep;
use crate::sweep::space::Space;
use crate::sweep::table::{Design, Table};
use crate::sweep::verify::Verifier;

#[derive(clap::Args, Clone, Debug)]
pub(super) struct PointArgs {
    /// The sweep: sweep.toml
    sweep: PathBuf,
    /// Number of the design
    design: u64,
    /// Folder of the results, with the store
    #[arg(long, short, value_name = "DIR", default_value = "out/sweep")]
    out: PathBuf,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Clone, Debug)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    common: Common,
    /// A random sample of all designs instead of the front
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    /// Seed of the sample
    #[arg(long, value_name = "N", default_value_t = 1, requires = "sample")]
    seed: u32,
    /// Designs checked at most
    #[arg(long, value_name = "N", default_value_t = 64)]
    limit: usize,
}

fn wrong_design(space: &Space<'_>, design: u64) -> Result<(), Error> {
    if design < space.designs() {
        return Ok(());
    }
    let problem = format!("is {design}, the space has designs 0 to {}", space.designs() - 1);
    Err(Error::Option { option: "DESIGN", problem })
}

pub(super) fn show(args: &PointArgs) -> Result<Exit, Error> {
    let sweep = Sweep::read(&args.sweep)?;
    let space = Space::new(&sweep)?;
    wrong_design(&space, args.design)?;
    let table = Table::read(&space, &open_store(&args.out)?)?;
    let Ok(row) = table.designs.binary_search_by_key(&args.design, |design| design.number) else {
        let problem = format!("is {}, which was not evaluated yet", args.design);
        return Err(Error::Option { option: "DESIGN", problem });
    };
    if args.json {
        print_json(&json_row(&columns(&space, &table), row))?;
    } else {
        print(&description(&space, &table.designs[row]))?;
    }
    Ok(Exit::Ok)
}

fn description(space: &Space<'_>, design: &Design) -> String {
    let mut out = format!("design {} of {}\n", design.number, space.sweep().file.sweep.name);
    for (key, value) in &design.point.settings {
        out += &format!("  {key} = {value}\n");
    }
    for (name, spread) in &design.figures {
        let deviation =
            if spread.deviation > 0.0 { format!(" ± {}", text::number(spread.deviation)) } else { String::new() };
        out += &format!("{name:<32}{:>14}{deviation}\n", text::number(spread.mean));
    }
    for constraint in &design.violated {
        out += &format!("breaks {constraint}\n");
    }
    if let Some(verdict) = &design.verdict {
        out += &format!("RTL: {} over {} cycles; again with: {}\n", verdict.verdict, verdict.cycles, verdict.command);
    }
    out
}

/// The first point of a design, elaborated.
fn candidate(space: &Space<'_>, elaborator: &Elaborator<'_>, design: u64) -> Result<Candidate, Error> {
    elaborator.candidate(space.point(design * space.sweep().replicates())?)
}

/// Writes a design's own `core.toml` below the folder of the results.
fn write_core(candidate: &Candidate, elaborator: &Elaborator<'_>, out: &Path) -> Result<PathBuf, Error> {
    let design = candidate.point.design;
    let name = format!("{}, design {design}", elaborator.space().sweep().file.sweep.name);
    elaborator.write_core(&candidate.point, (&name, &out.join("points").join(design.to_string())))
}

pub(super) fn open(args: &PointArgs, interrupt: &Interrupt) -> Result<Exit, Error> {
    let sweep = Sweep::read(&args.sweep)?;
    let space = Space::new(&sweep)?;
    wrong_design(&space, args.design)?;
    let elaborator = Elaborator::new(&space);
    let candidate = candidate(&space, &elaborator, args.design)?;
    let core = write_core(&candidate, &elaborator, &args.out)?;
    let out = core.parent().expect("the path has a folder").to_owned();
    let input =
        InputArgs { core, stimulus: sweep.stimulus_path(), out, cycles: None, neurons: Vec::new(), json: args.json };
    run::execute(&run::Args::of(input), interrupt)
}

pub(super) fn verify(args: &VerifyArgs, interrupt: &Interrupt) -> Result<Exit, Error> {
    let sweep = Sweep::read(&args.common.sweep)?;
    let space = Space::new(&sweep)?;
    let mut store = open_store(&args.common.out)?;
    let table = Table::read(&space, &store)?;
    let (verifier, elaborator, progress) = (Verifier::new()?, Elaborator::new(&space), Terminal::new());
    let mut verdicts = Vec::new();
    for design in chosen(args, &table) {
        progress.phase(&format!("design {design}"));
        let candidate = candidate(&space, &elaborator, design)?;
        let core = write_core(&candidate, &elaborator, &args.common.out)?;
        let stimulus = sweep.stimulus_path();
        let command = format!("bitspike cosim {} --stimulus {} --way lockstep", quoted(&core), quoted(&stimulus));
        let control = Control { interrupt, progress: &progress };
        let Some(verdict) = verifier.verify(&candidate, &command, control)? else { break };
        store.add_verdict(&candidate.key, &verdict)?;
        verdicts.push((design, verdict));
    }
    drop(progress);
    let table = Table::read(&space, &store)?;
    write_results(&space, &table, &args.common.out)?;
    if args.common.json {
        let row = |(design, verdict): &(u64, crate::sweep::store::Verdict)| json!({ "design": design, "verdict": verdict.verdict, "cycles": verdict.cycles, "command": verdict.command });
        print_json(&verdicts.iter().map(row).collect())?;
    } else {
        let line = |(design, verdict): &(u64, crate::sweep::store::Verdict)| {
            format!("design {design}: {} over {} cycles\n", verdict.verdict, verdict.cycles)
        };
        print(&verdicts.iter().map(line).collect::<String>())?;
    }
    let diverges = verdicts.iter().any(|(_, verdict)| verdict.verdict != "agreement");
    Ok(match (diverges, interrupt.is_set()) {
        (true, _) => Exit::Divergence,
        (false, true) => Exit::Interrupted,
        (false, false) => Exit::Ok,
    })
}

/// The front, or a random sample of all designs.
fn chosen(args: &VerifyArgs, table: &Table) -> Vec<u64> {
    let mut all: Vec<u64> = match args.sample {
        None => table.front().map(|design| design.number).collect(),
        Some(_) => table.designs.iter().map(|design| design.number).collect(),
    };
    let count = args.sample.unwrap_or(args.limit).min(args.limit);
    if args.sample.is_some() {
        all.sort_by_key(|&design| philox([design as u32, (design >> 32) as u32, 0, 0], [args.seed, 3]));
    }
    all.truncate(count);
    all.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}
