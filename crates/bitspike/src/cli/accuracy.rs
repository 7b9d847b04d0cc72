//! `bitspike accuracy`: the layers from continuous time to RTL, and the figures between them.

use std::path::PathBuf;

use bitspike_reference::core::RealParameters;
use serde_json::{Value, json};

use super::exit::Exit;
use super::folder::Folder;
use super::inputs::{InputArgs, Inputs, quoted};
use super::output::{files_line, print, print_json};
use super::progress::Terminal;
use super::rtl::Rtl;
use crate::accuracy::{AccuracyOptions, AccuracyReport, Case, Layers, in_whole_steps, measure, model_layer, text};
use crate::control::{Control, Interrupt};
use crate::cosim::CosimOutcome;
use crate::devices::DeviceCore;
use crate::devices::costs::{CostRequest, costs};
use crate::error::Error;
use crate::results::Manifest;
use crate::results::report::accuracy_html;

/// Show what bit widths cost: continuous time, time steps, rounded constants, fixed point and RTL side by side
///
/// Devices in [array] are a layer of their own, and every cause of their error is shown alone, over many arrays. Each layer adds one cause of error to the layer before it. Writes accuracy.json and accuracy.html into the folder of the results and prints
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
    /// Arrays that are programmed for each cause of error, each with a seed of its own, if devices in [array] hold the weights
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replicates: u32,
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
        if self.replicates != 20 {
            command += &format!(" --replicates {}", self.replicates);
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
    let rtl = if args.rtl { Some(Rtl::find(args.hdl.as_deref(), &mut manifest)?) } else { None };
    let devices = DeviceCore::new(&inputs.core)?;
    let case = case(args, &inputs, devices.as_ref())?;
    let mut folder = Folder::create(&args.input.out)?;
    let progress = Terminal::new();
    let control = Control { interrupt, progress: &progress };
    let mut layers = Layers::run(&case, control)?;
    let core = in_whole_steps(&inputs.core.core)?.0;
    if devices.is_some() {
        layers.device = Some(model_layer(&case, &core, control));
    }
    if let (Some(rtl), false) = (&rtl, interrupt.is_set()) {
        let seeds = &inputs.stimulus.x_seeds;
        layers.rtl = Some(rtl.compare((&core, &case.stimulus), seeds, &args.command(), control)?);
    }
    control.progress.phase("figures");
    let mut report = measure(&case, &layers)?;
    if let (Some(core), false) = (&devices, interrupt.is_set()) {
        let labels = inputs.labels();
        let (ideal, stimulus, replicates) = (&case.core, &case.stimulus, args.replicates);
        report.devices = costs(&CostRequest { core, ideal, stimulus, labels: &labels, replicates }, control)?;
    }
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

/// The case of the core, with ideal weights where devices hold them.
fn case(args: &Args, inputs: &Inputs, devices: Option<&DeviceCore>) -> Result<Case, Error> {
    let core = match devices {
        None => inputs.core.core.clone(),
        Some(devices) => {
            let no_ideal =
                |reason| Error::Option { option: "[array]", problem: format!("has no ideal weights: {reason}") };
            devices.ideal().map_err(no_ideal)?
        }
    };
    let real = RealParameters::ideal(&core, &inputs.core.ideal_values());
    Case::new(&core, (real, inputs.core.dt()), &inputs.stimulus.stimulus, args.options())
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
