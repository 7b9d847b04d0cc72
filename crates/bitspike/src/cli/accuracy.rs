//! `bitspike accuracy`: the layers from continuous time to RTL, and the figures between them.

use std::path::PathBuf;

use bitspike_cosim::build::Builder;
use bitspike_cosim::compare::CompareOptions;
use bitspike_cosim::rtl::RtlSource;
use bitspike_reference::core::RealParameters;
use serde_json::{Value, json};

use super::exit::Exit;
use super::folder::Folder;
use super::inputs::{InputArgs, Inputs, quoted};
use super::output::{files_line, print, print_json};
use super::progress::Terminal;
use crate::accuracy::{AccuracyOptions, AccuracyReport, Case, Layers, measure, text};
use crate::control::{Control, Interrupt};
use crate::cosim::{CosimOutcome, CosimRequest, SideBySideOptions, Way, cosim};
use crate::error::Error;
use crate::results::report::accuracy_html;
use crate::results::{Manifest, ToolVersion};

/// Show what bit widths cost: continuous time, time steps, rounded constants, fixed point and RTL side by side
///
/// Each layer adds one cause of error to the layer before it. Writes accuracy.json and accuracy.html into the folder of the results and prints
/// the figures: spikes and membrane potentials of neighbouring layers compared, the bits every signal needs, and what one LSB at the start does.
/// Time is counted in time steps: --cycles and the cycles of the stimulus only say which time steps are complete.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Examples:
  bitspike accuracy core.toml --stimulus stimulus.toml
  bitspike accuracy core.toml --stimulus stimulus.toml --rtl --neurons 0,3 --out out/accuracy
  bitspike accuracy core.toml --stimulus stimulus.toml --window 5 --json | jq '.comparisons[-1].totals'")]
pub(super) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Also run the RTL beside the model, in process; a difference ends with exit status 1
    #[arg(long)]
    rtl: bool,
    /// Your own copy of the RTL, a folder with files.f, with --rtl
    #[arg(long, value_name = "DIR", requires = "rtl")]
    hdl: Option<PathBuf>,
    /// Window in which spikes match, for time errors and the coincidence factor, in ms
    #[arg(long, value_name = "MS", default_value_t = 2.0)]
    window: f64,
    /// Cost of the Victor-Purpura distance, per ms
    #[arg(long, value_name = "PER_MS", default_value_t = 0.1)]
    victor_purpura_cost: f64,
    /// Time constant of the van Rossum distance, in ms
    #[arg(long, value_name = "MS", default_value_t = 10.0)]
    van_rossum_tau: f64,
    /// Spike, from 0, whose lead or lag is shown [default: the last that both layers have]
    #[arg(long, value_name = "K")]
    lead_lag_spike: Option<usize>,
}

impl Args {
    fn options(&self) -> AccuracyOptions {
        AccuracyOptions {
            window: self.window * 1e-3,
            victor_purpura_cost: self.victor_purpura_cost * 1e3,
            van_rossum_tau: self.van_rossum_tau * 1e-3,
            lead_lag_spike: self.lead_lag_spike,
            neurons: self.input.neurons.clone(),
        }
    }

    /// Before anything runs.
    fn check(&self) -> Result<(), Error> {
        let Some((name, _, allowed)) = self.options().problem() else { return Ok(()) };
        let (option, value, unit) = match name {
            "window" => ("--window", self.window, "of ms"),
            "van_rossum_tau" => ("--van-rossum-tau", self.van_rossum_tau, "of ms"),
            _ => ("--victor-purpura-cost", self.victor_purpura_cost, "per ms"),
        };
        Err(Error::Option { option, problem: format!("is {value}, must be a finite number {unit}, {allowed}") })
    }

    /// Everything on the command line that changes a figure.
    fn command(&self) -> String {
        let mut command = self.input.command("accuracy");
        let defaults = AccuracyOptions::default();
        let options = self.options();
        let changed = [
            ("--window", self.window, options.window.to_bits() != defaults.window.to_bits()),
            (
                "--victor-purpura-cost",
                self.victor_purpura_cost,
                options.victor_purpura_cost.to_bits() != defaults.victor_purpura_cost.to_bits(),
            ),
            (
                "--van-rossum-tau",
                self.van_rossum_tau,
                options.van_rossum_tau.to_bits() != defaults.van_rossum_tau.to_bits(),
            ),
        ];
        for (name, value, _) in changed.into_iter().filter(|(_, _, is_changed)| *is_changed) {
            command += &format!(" {name} {value}");
        }
        if let Some(spike) = self.lead_lag_spike {
            command += &format!(" --lead-lag-spike {spike}");
        }
        if self.rtl {
            command += " --rtl";
        }
        command + &self.hdl.as_deref().map(|folder| format!(" --hdl {}", quoted(folder))).unwrap_or_default()
    }
}

pub(super) fn execute(args: &Args, interrupt: &Interrupt) -> Result<Exit, Error> {
    args.check()?;
    let inputs = args.input.read()?;
    let mut manifest = Manifest { command: args.command(), ..args.input.manifest(&inputs, "accuracy")? };
    let rtl = if args.rtl { Some(Rtl::find(args, &mut manifest)?) } else { None };
    let case = case(args, &inputs)?;
    let mut folder = Folder::create(&args.input.out)?;
    let progress = Terminal::new();
    let control = Control { interrupt, progress: &progress };
    let mut layers = Layers::run(&case, control)?;
    if let (Some(rtl), false) = (&rtl, interrupt.is_set()) {
        layers.rtl = Some(rtl.compare(args, &inputs, &case, control)?);
    }
    control.progress.phase("figures");
    let report = measure(&case, &layers)?;
    drop(progress);
    let json = json(&report, &manifest);
    folder.write("accuracy.json", &format!("{json:#}\n"))?;
    folder.write("accuracy.html", &accuracy_html(&case, &layers, &report, &manifest))?;
    if args.input.json {
        print_json(&with_files(json, &folder, interrupt))?;
    } else {
        print(&format!("{}{}\n{}", text(&report), divergence(&report), files_line(&folder)))?;
    }
    Ok(exit(&report, interrupt))
}

fn case(args: &Args, inputs: &Inputs) -> Result<Case, Error> {
    let core = &inputs.core.core;
    let real = RealParameters::ideal(core, &inputs.core.ideal_values());
    Case::new(core, (real, inputs.core.dt()), &inputs.stimulus.stimulus, args.options())
}

fn exit(report: &AccuracyReport, interrupt: &Interrupt) -> Exit {
    let differs = report.rtl.as_ref().is_some_and(|rtl| !rtl.agrees() && !rtl.is_interrupted());
    if differs {
        Exit::Divergence
    } else if interrupt.is_set() {
        Exit::Interrupted
    } else {
        Exit::Ok
    }
}

fn divergence(report: &AccuracyReport) -> String {
    let divergence = report.rtl.as_ref().and_then(CosimOutcome::divergence);
    divergence.map(|divergence| format!("\n{divergence}\n")).unwrap_or_default()
}

fn json(report: &AccuracyReport, manifest: &Manifest) -> Value {
    let mut json = json!(report);
    json["manifest"] = json!(manifest);
    json
}

fn with_files(mut json: Value, folder: &Folder, interrupt: &Interrupt) -> Value {
    json["files"] = json!(folder.files());
    json["interrupted"] = json!(interrupt.is_set());
    json
}

/// The Verilog and what builds it.
struct Rtl {
    source: RtlSource,
    builder: Builder,
}

impl Rtl {
    fn find(args: &Args, manifest: &mut Manifest) -> Result<Self, Error> {
        let source = match &args.hdl {
            Some(folder) => RtlSource::folder(folder)?,
            None => RtlSource::embedded(),
        };
        let builder = Builder::new()?;
        manifest.hashes.rtl = Some(source.hash());
        let toolchain = builder.toolchain();
        for (name, found) in [("verilator", &toolchain.verilator), ("C++ compiler", &toolchain.compiler)] {
            manifest.tools.push(ToolVersion { name: name.to_owned(), version: found.version.clone() });
        }
        Ok(Rtl { source, builder })
    }

    /// The model beside the Verilog on the case, in every cycle.
    fn compare(&self, args: &Args, inputs: &Inputs, case: &Case, control: Control<'_>) -> Result<CosimOutcome, Error> {
        let seed = inputs.stimulus.x_seeds.first().copied().unwrap_or(1);
        let request = CosimRequest {
            core: &case.core,
            stimulus: &case.stimulus,
            source: &self.source,
            builder: &self.builder,
            ways: &[Way::Lockstep],
            x_seeds: &[seed],
            options: SideBySideOptions { compare: CompareOptions::default(), keep: 0 },
            keep: None,
            replay: &|_, _, _| args.command(),
        };
        cosim(&request, control)
    }
}
