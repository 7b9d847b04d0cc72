//! `bitspike doctor`: which tools are there, what to install, what is lost without it.

use bitspike_cosim::toolchain::{Need, ToolReport, doctor};
use serde_json::json;

use super::exit::Exit;
use super::output::{print, print_json};
use crate::error::Error;

/// Show which tools are installed, which versions, and what to install
///
/// Exit status 3 if a tool is missing that co-simulation cannot do without. The model (`bitspike run`) needs none of them.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Examples:
  bitspike doctor
  bitspike doctor --json | jq '.[] | select(.ready | not)'")]
pub(super) struct Args {
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(args: &Args) -> Result<Exit, Error> {
    let reports = doctor();
    if args.json {
        print_json(&reports.iter().map(report_json).collect())?;
    } else {
        print(&reports.iter().map(line).collect::<String>())?;
    }
    let is_lost = |report: &ToolReport| report.need == Need::Required && !report.is_ready();
    Ok(if reports.iter().any(is_lost) { Exit::Tool } else { Exit::Ok })
}

fn need(report: &ToolReport) -> &'static str {
    match report.need {
        Need::Required => "required",
        Need::Optional => "optional",
    }
}

fn line(report: &ToolReport) -> String {
    let ToolReport { name, needed_for, install, .. } = report;
    if report.is_ready() {
        let version = report.version.as_deref().unwrap_or("no version printed");
        return format!("ok       {name:<14}{version}\n");
    }
    let state = if report.path.is_some() { "unusable" } else { "missing" };
    let problem = report.problem.as_ref().map(|problem| format!("\n         {problem}")).unwrap_or_default();
    format!("{state:<8} {name:<14}{}, for {needed_for}; install: {install}{problem}\n", need(report))
}

fn report_json(report: &ToolReport) -> serde_json::Value {
    json!({
        "name": report.name,
        "ready": report.is_ready(),
        "path": report.path,
        "version": report.version,
        "need": need(report),
        "needed_for": report.needed_for,
        "install": report.install,
        "problem": report.problem,
    })
}
