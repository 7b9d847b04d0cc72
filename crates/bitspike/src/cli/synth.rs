//! `bitspike synth`: area, cells by module and clock frequency of one core.

use std::fmt::Write as _;
use std::path::PathBuf;

use bitspike_cosim::rtl::RtlSource;
use serde_json::json;

use super::exit::Exit;
use super::output::{print, print_json};
use super::progress::Terminal;
use crate::array::read_core;
use crate::control::Progress;
use crate::error::Error;
use crate::synth::{self, Area, CellClass, Detail, Origin, SynthRequest, SynthResult, Target, synthesise};

/// Synthesise a core, or one of its modules: area, cells by module, clock frequency, critical path
///
/// Needs Yosys; the clock frequency needs nextpnr. What is not installed is named and left out. The module is measured in a wrapper with
/// registers at its ports; the area is that of the module alone.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Examples:
  bitspike synth core.toml
  bitspike synth core.toml --module lane --target ice40,ecp5,xilinx --seeds 1,2,3
  bitspike synth core.toml --target asic --liberty cells.lib --json")]
pub(super) struct Args {
    /// The core: core.toml
    core: PathBuf,
    /// Module of the RTL: the whole core, one neuron (lane), or any other whose parameters a core sets
    #[arg(long, value_name = "NAME", default_value = synth::CORE)]
    module: String,
    /// Technologies
    #[arg(long, value_enum, value_delimiter = ',', default_value = "ice40")]
    target: Vec<Target>,
    /// Cell library in Liberty format, for --target asic
    #[arg(long, value_name = "FILE")]
    liberty: Option<PathBuf>,
    /// Seeds of placement: the clock frequency differs from seed to seed
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "1")]
    seeds: Vec<u32>,
    /// Your own copy of the RTL, a folder with files.f; without it the RTL inside bitspike is used
    #[arg(long, value_name = "DIR")]
    hdl: Option<PathBuf>,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(args: &Args) -> Result<Exit, Error> {
    let core = read_core(&args.core)?;
    let source = match &args.hdl {
        Some(folder) => RtlSource::folder(folder)?,
        None => RtlSource::embedded(),
    };
    let progress = Terminal::new();
    let mut results = Vec::new();
    for &target in &args.target {
        progress.phase(&format!("synthesis for {target}"));
        results.push(synthesise(&SynthRequest {
            source: &source,
            structure: core.core.structure(),
            module: &args.module,
            target,
            liberty: args.liberty.clone(),
            seeds: args.seeds.clone(),
            detail: Detail::Modules,
        })?);
    }
    drop(progress);
    if args.json {
        print_json(&results.iter().map(|(result, _)| json!(result)).collect())?;
    } else {
        print(&results.iter().map(|(result, origin)| text(result, *origin)).collect::<Vec<_>>().join("\n"))?;
    }
    Ok(Exit::Ok)
}

const CLASSES: [(CellClass, &str); 6] = [
    (CellClass::Lut, "LUT"),
    (CellClass::Carry, "carry"),
    (CellClass::FlipFlop, "FF"),
    (CellClass::Dsp, "DSP"),
    (CellClass::Ram, "RAM"),
    (CellClass::Other, "other"),
];

fn text(result: &SynthResult, origin: Origin) -> String {
    let tools: Vec<&str> = result.tools.iter().map(|(_, version)| version.as_str()).collect();
    let cached = if origin == Origin::Cached { ", from the cache" } else { "" };
    let mut text = format!(
        "{} for {} ({}){cached}\n{}",
        result.module,
        result.target,
        tools.join("; "),
        row("module", 0, &CLASSES.map(|(_, name)| name.to_owned()))
    );
    text += &row("whole, mapped flat", 1, &counts(result.target, &result.area));
    for module in &result.modules {
        text += &row(&module.module, module.instances, &counts(result.target, &module.area));
    }
    if let Some(area) = result.area.chip_area {
        writeln!(text, "area {area:.1} in the unit of the library").expect("a string takes any text");
    }
    text + &clock(result) + &result.notes.iter().map(|note| format!("note: {note}\n")).collect::<String>()
}

fn counts(target: Target, area: &Area) -> [String; 6] {
    CLASSES.map(|(class, _)| area.count(target, class).to_string())
}

fn row(name: &str, instances: u64, cells: &[String; 6]) -> String {
    let times = if instances == 0 { "count".to_owned() } else { instances.to_string() };
    let cells: String = cells.iter().map(|cell| format!("{cell:>8}")).collect();
    format!("{name:<24}{times:>6}{cells}\n")
}

fn clock(result: &SynthResult) -> String {
    let Some(clock) = &result.clock else { return String::new() };
    let ((low, high), seeds) = (clock.range(), clock.mhz.len());
    let mut text = format!("clock {:.1} MHz (median of {seeds} placements, {low:.1} to {high:.1})\n", clock.median());
    let total: f64 = clock.critical_path.iter().map(|step| step.delay).sum();
    writeln!(text, "critical path {total:.2} ns").expect("a string takes any text");
    for step in clock.critical_path.iter().filter(|step| step.kind != "routing") {
        writeln!(text, "  {:>6.2} ns  {:<9} {}", step.delay, step.kind, step.through).expect("a string takes any text");
    }
    text
}
