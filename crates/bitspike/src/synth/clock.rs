//! Clock frequency: nextpnr, once for each seed of placement.

use std::fs;
use std::process::Command;

use bitspike_cosim::toolchain::FoundTool;
use serde::{Deserialize, Serialize};

use super::yosys::{FLAT, Work};
use crate::error::Error;

/// What place and route found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// Highest clock frequency in MHz, one for each seed, in the order of the seeds.
    pub mhz: Vec<f64>,
    /// The slowest path from register to register, of the seed with the median frequency.
    pub critical_path: Vec<PathStep>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathStep {
    /// `logic`, `routing`, `clk-to-q` or `setup`.
    pub kind: String,
    /// The cell it ends in, or the net it goes over.
    pub through: String,
    /// Delay in nanoseconds.
    pub delay: f64,
}

impl Clock {
    /// Median over the seeds, in MHz; of an even number the lower of the two in the middle.
    ///
    /// # Panics
    /// Without a seed, which no result has.
    #[must_use]
    pub fn median(&self) -> f64 {
        let mut sorted = self.mhz.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[(sorted.len() - 1) / 2]
    }

    /// Smallest and largest over the seeds, in MHz.
    #[must_use]
    pub fn range(&self) -> (f64, f64) {
        let fold = |start: f64, choose: fn(f64, f64) -> f64| self.mhz.iter().copied().fold(start, choose);
        (fold(f64::INFINITY, f64::min), fold(0.0, f64::max))
    }
}

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    critical_paths: Vec<ReportPath>,
    #[serde(default)]
    fmax: std::collections::BTreeMap<String, Achieved>,
}

#[derive(Deserialize)]
struct Achieved {
    achieved: f64,
}

#[derive(Deserialize)]
struct ReportPath {
    from: String,
    to: String,
    path: Vec<ReportStep>,
}

#[derive(Deserialize)]
struct ReportStep {
    delay: f64,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    net: String,
    to: ReportEnd,
}

#[derive(Deserialize)]
struct ReportEnd {
    cell: String,
    port: String,
}

/// The clock frequency with each seed; the note if there is none.
pub(super) fn find(
    work: &Work<'_>,
    seeds: &[u32],
    nextpnr: &Result<FoundTool, String>,
) -> Result<Option<Clock>, Option<String>> {
    if seeds.is_empty() {
        return Ok(None);
    }
    let tool = nextpnr.as_ref().map_err(|note| Some(note.clone()))?;
    let runs = seeds.iter().map(|&seed| route(work, seed, tool));
    let mut runs: Vec<Run> =
        runs.collect::<Result<_, _>>().map_err(|error| Some(format!("no clock frequency: {error}")))?;
    let mhz = runs.iter().map(|run| run.mhz).collect();
    runs.sort_by(|a, b| a.mhz.total_cmp(&b.mhz));
    let median = runs.swap_remove((runs.len() - 1) / 2);
    Ok(Some(Clock { mhz, critical_path: median.path }))
}

struct Run {
    mhz: f64,
    path: Vec<PathStep>,
}

/// Missing the target frequency is no failure: the frequency reached is the result.
fn route(work: &Work<'_>, seed: u32, tool: &FoundTool) -> Result<Run, Error> {
    let report = work.path("timing.json");
    let mut command = Command::new(&tool.path);
    command.args(work.target().device()).arg("--json").arg(work.path(FLAT));
    command.args(["--timing-allow-fail", "--quiet", "--freq", "200", "--seed", &seed.to_string()]);
    command.arg("--report").arg(&report);
    work.execute("nextpnr", command)?;
    let text = fs::read_to_string(&report).map_err(|source| Error::Read { path: report.clone(), source })?;
    read(&text).ok_or_else(|| Error::Tool {
        tool: "nextpnr",
        what: "the netlist".to_owned(),
        problem: "its report names no clock frequency".to_owned(),
    })
}

fn read(text: &str) -> Option<Run> {
    let report: Report = serde_json::from_str(text).ok()?;
    let mhz = report.fmax.values().map(|clock| clock.achieved).min_by(f64::total_cmp)?;
    let inside = |path: &&ReportPath| path.from.starts_with("posedge") && path.to == path.from;
    let path = report.critical_paths.iter().find(inside).map(steps).unwrap_or_default();
    Some(Run { mhz, path })
}

fn steps(path: &ReportPath) -> Vec<PathStep> {
    let step = |step: &ReportStep| {
        let through = if step.net.is_empty() { format!("{}.{}", step.to.cell, step.to.port) } else { step.net.clone() };
        PathStep { kind: step.kind.clone(), through, delay: step.delay }
    };
    path.path.iter().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::{Clock, read};

    const REPORT: &str = r#"{"critical_paths": [
        {"from": "async", "to": "posedge clk", "path": []},
        {"from": "posedge clk", "to": "posedge clk", "path": [
            {"delay": 0.5, "type": "clk-to-q", "from": {"cell": "a", "port": "CLK"}, "to": {"cell": "a", "port": "O"}},
            {"delay": 1.5, "type": "routing", "net": "n", "from": {"cell": "a", "port": "O"}, "to": {"cell": "b", "port": "D"}}]}],
        "fmax": {"clk": {"achieved": 63.5, "constraint": 12}}, "utilization": {}}"#;

    #[test]
    fn the_path_between_registers_is_read_with_its_frequency() {
        let run = read(REPORT).expect("a report");
        assert_eq!(run.mhz, 63.5);
        let steps: Vec<(&str, f64)> = run.path.iter().map(|step| (step.through.as_str(), step.delay)).collect();
        assert_eq!(steps, [("a.O", 0.5), ("n", 1.5)]);
        assert!(read("{}").is_none());
    }

    #[test]
    fn the_median_is_one_of_the_frequencies() {
        let clock = |mhz: &[f64]| Clock { mhz: mhz.to_vec(), critical_path: Vec::new() };
        assert_eq!(clock(&[60.0, 50.0, 70.0]).median(), 60.0);
        assert_eq!(clock(&[60.0, 50.0]).median(), 50.0);
        assert_eq!(clock(&[60.0, 50.0, 70.0]).range(), (50.0, 70.0));
    }
}
