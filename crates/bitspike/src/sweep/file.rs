//! `sweep.toml`: what is varied, measured and wanted.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::axis::{Axis, AxisSection};
use super::cost::EnergyTable;
use super::expression::Expression;
use crate::accuracy::AccuracyOptions;
use crate::error::Error;
use crate::synth::{self, Target};

/// `sweep.toml` as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepFile {
    /// Files, strategy, budget.
    pub sweep: SweepSection,
    /// What varies.
    pub axis: Vec<AxisSection>,
    /// Keys worked out from the others: `"values.threshold" = "round(19 * 2 ^ (synapse.weight_bits - 4))"`.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    /// Repetitions of every design with another seed.
    pub replicates: Option<ReplicatesSection>,
    /// Area and clock frequency.
    pub synth: Option<SynthSection>,
    /// Comparison with float, layer by layer; absent: none.
    pub accuracy: Option<AccuracyOptions>,
    /// Energy of each operation.
    #[serde(default)]
    pub energy: EnergyTable,
    /// What is wanted, the first along the vertical axis of the report.
    #[serde(default)]
    pub objective: Vec<Objective>,
}

/// Files, strategy, budget.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepSection {
    /// Name in reports.
    pub name: String,
    /// The base core, from the folder of `sweep.toml`.
    pub core: PathBuf,
    /// The workload, from the folder of `sweep.toml`.
    pub stimulus: PathBuf,
    /// How designs are chosen.
    #[serde(default)]
    pub strategy: Strategy,
    /// Designs evaluated by a sample or a search; needed there, unused by the grid.
    pub budget: Option<u64>,
    /// Seed of sample and search.
    #[serde(default)]
    pub seed: u32,
    /// Designs of one generation of the search, an even number of at least 4.
    #[serde(default = "population")]
    pub population: usize,
    /// Expressions that must hold. Those over keys alone keep a design from being evaluated, those with a figure keep it off the front.
    #[serde(default)]
    pub constraints: Vec<String>,
}

fn population() -> usize {
    32
}

/// How designs are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Every design.
    #[default]
    Grid,
    /// An Owen-scrambled Sobol sequence.
    Sobol,
    /// A Latin hypercube.
    LatinHypercube,
    /// NSGA-II, which looks for the front.
    Nsga2,
}

/// Repetitions of every design with another seed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplicatesSection {
    /// The key of the seed.
    pub key: String,
    /// First seed.
    #[serde(default = "one")]
    pub first: i64,
    /// Number of seeds, at least 1.
    pub count: u32,
}

fn one() -> i64 {
    1
}

/// Area and clock frequency.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SynthSection {
    /// Module of the RTL.
    #[serde(default = "core_module")]
    pub module: String,
    /// Technologies.
    pub targets: Vec<Target>,
    /// Seeds of placement; empty: no clock frequency.
    #[serde(default = "one_seed")]
    pub seeds: Vec<u32>,
    /// Cell library of the technology `asic`, from the folder of `sweep.toml`.
    pub liberty: Option<PathBuf>,
}

fn core_module() -> String {
    synth::CORE.to_owned()
}

fn one_seed() -> Vec<u32> {
    vec![1]
}

/// Something wanted.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// A figure or a key.
    pub metric: String,
    /// Direction.
    pub goal: Goal,
}

/// Direction of an objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// Smaller is better.
    Min,
    /// Larger is better.
    Max,
}

impl Objective {
    /// The value with smaller always better.
    #[must_use]
    pub fn cost(&self, value: f64) -> f64 {
        match self.goal {
            Goal::Min => value,
            Goal::Max => -value,
        }
    }
}

/// A sweep that was read and checked.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The file as the user named it.
    pub path: PathBuf,
    /// What it says.
    pub file: SweepFile,
    /// Axes with their values written out.
    pub axes: Vec<Axis>,
    /// Keys worked out from the others.
    pub set: Vec<(String, Expression)>,
    /// What must hold.
    pub constraints: Vec<Expression>,
    /// The base core.
    pub base: toml::Table,
}

impl Sweep {
    /// Reads `sweep.toml` and the core it names.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Sweep`] with key, value found and what is allowed.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = read(path)?;
        let file: SweepFile = toml::from_str(&text).map_err(|error| wrong(path, "", error.to_string().trim_end()))?;
        let axes = file.axis.iter().enumerate().map(|(index, axis)| {
            axis.expand().map_err(|(key, problem)| wrong(path, &format!("axis[{index}].{key}"), &problem))
        });
        let parse = |key: String, text: &str| Expression::parse(text).map_err(|problem| wrong(path, &key, &problem));
        let constraints = file.sweep.constraints.iter().enumerate();
        let core = folder(path).join(&file.sweep.core);
        let base = toml::from_str(&read(&core)?).map_err(|error| wrong(&core, "", &error.to_string()))?;
        let sweep = Sweep {
            path: path.to_owned(),
            axes: axes.collect::<Result<_, _>>()?,
            set: file
                .set
                .iter()
                .map(|(key, text)| Ok((key.clone(), parse(format!("set.\"{key}\""), text)?)))
                .collect::<Result<_, Error>>()?,
            constraints: constraints
                .map(|(index, text)| parse(format!("sweep.constraints[{index}]"), text))
                .collect::<Result<_, _>>()?,
            file,
            base,
        };
        sweep.check()?;
        Ok(sweep)
    }

    fn check(&self) -> Result<(), Error> {
        let SweepSection { strategy, budget, population, .. } = &self.file.sweep;
        if *strategy != Strategy::Grid && budget.is_none_or(|budget| budget == 0) {
            return Err(
                self.wrong("sweep.budget", "is missing or 0: the number of designs a sample or search evaluates")
            );
        }
        if *population < 4 || population % 2 == 1 {
            return Err(
                self.wrong("sweep.population", &format!("is {population}, must be an even number of at least 4"))
            );
        }
        if *strategy == Strategy::Nsga2 && self.file.objective.len() < 2 {
            return Err(self.wrong("objective", "needs two entries or more for a search"));
        }
        if self.file.replicates.as_ref().is_some_and(|replicates| replicates.count == 0) {
            return Err(self.wrong("replicates.count", "is 0, must be at least 1"));
        }
        if let Some((name, value, allowed)) = self.file.accuracy.as_ref().and_then(AccuracyOptions::problem) {
            let problem = format!("is {value}, must be a finite number {allowed}");
            return Err(self.wrong(&format!("accuracy.{name}"), &problem));
        }
        self.check_keys()
    }

    /// No key may be set twice.
    fn check_keys(&self) -> Result<(), Error> {
        let axes = self.axes.iter().flat_map(|axis| axis.keys.iter());
        let replicates = self.file.replicates.iter().map(|replicates| &replicates.key);
        let mut keys: Vec<&String> = axes.chain(self.set.iter().map(|(key, _)| key)).chain(replicates).collect();
        keys.sort();
        match keys.windows(2).find(|pair| pair[0] == pair[1]) {
            None => Ok(()),
            Some(pair) => Err(self.wrong(pair[0], "is set twice by axes, set and replicates, must be set once")),
        }
    }

    /// An error of this file.
    #[must_use]
    pub fn wrong(&self, key: &str, problem: &str) -> Error {
        wrong(&self.path, key, problem)
    }

    /// The folder from which the files it names are found.
    #[must_use]
    pub fn folder(&self) -> &Path {
        folder(&self.path)
    }

    /// The core file.
    #[must_use]
    pub fn core_path(&self) -> PathBuf {
        self.folder().join(&self.file.sweep.core)
    }

    /// The stimulus file.
    #[must_use]
    pub fn stimulus_path(&self) -> PathBuf {
        self.folder().join(&self.file.sweep.stimulus)
    }

    /// Repetitions of each design, 1 without replicates.
    #[must_use]
    pub fn replicates(&self) -> u64 {
        self.file.replicates.as_ref().map_or(1, |replicates| u64::from(replicates.count))
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}

fn wrong(path: &Path, key: &str, problem: &str) -> Error {
    Error::Sweep { file: path.display().to_string(), key: key.to_owned(), problem: problem.to_owned() }
}
