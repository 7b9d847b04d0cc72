//! Model and RTL side by side: compared in every cycle, in process and through a waveform.

mod explain;
mod field;
mod model_records;
mod session;
mod side_by_side;
mod speeds;
mod text;

use bitspike_cosim::compare::Divergence;

pub use explain::{Cell, DivergenceReport, NeuronReport, SignalReport, WindowLine, explain};
pub use model_records::ModelRecords;
pub use session::{CosimRequest, cosim};
pub use side_by_side::{
    SideBySide, SideBySideOptions, TestbenchSide, lockstep, side_names, through_waveform, with_cycles,
};
pub use speeds::{Speeds, speeds};

/// The comparisons of one `cosim` command.
#[derive(Clone, Debug, serde::Serialize)]
pub struct CosimOutcome {
    /// One for each way and seed, in the order they ran.
    pub comparisons: Vec<Comparison>,
    /// Speed of each side alone, measured in process on the first cycles of the run.
    pub speeds: Option<Speeds>,
    /// Seconds spent on building the RTL, or on finding it in the cache.
    pub build_seconds: f64,
    /// The records to be shown in a waveform viewer: around the divergence, or the first ones.
    #[serde(skip)]
    pub window: Option<Divergence>,
}

/// How model and RTL were compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// In process, without files.
    Lockstep,
    /// Through the VCD that the testbench dumps.
    Vcd,
    /// Through the FST that the testbench dumps.
    Fst,
}

impl Way {
    /// Name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Way::Lockstep => "lockstep",
            Way::Vcd => "vcd",
            Way::Fst => "fst",
        }
    }
}

/// One comparison.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Comparison {
    /// How.
    pub way: Way,
    /// Seed of the RTL's unknown initial values.
    pub x_seed: u32,
    /// How it ended.
    pub ending: Ending,
    /// Cycles that agree.
    pub cycles: u64,
    /// Signals compared in each cycle.
    pub signals: usize,
    /// Wall time in seconds.
    pub seconds: f64,
    /// Bytes of waveform read, for the ways through a file.
    pub bytes: Option<u64>,
}

impl Comparison {
    /// Whether it ran to its end and agrees.
    #[must_use]
    pub fn agrees(&self) -> bool {
        matches!(self.ending, Ending::Agreement)
    }
}

/// How a comparison ended.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Every signal is the same in every cycle.
    Agreement,
    /// The sides part.
    Divergence(Box<DivergenceReport>),
    /// Every probe signal agrees, but counters read over the register bus after the run differ.
    Counters(Vec<CounterDifference>),
    /// The user stopped it; what was compared agrees.
    Interrupted,
}

/// A counter that differs at the end of the run.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CounterDifference {
    /// Its name.
    pub name: &'static str,
    /// Value of the model, modulo `2^32`.
    pub model: u64,
    /// Value read from the RTL.
    pub rtl: u64,
}

impl CosimOutcome {
    /// The first divergence.
    #[must_use]
    pub fn divergence(&self) -> Option<&DivergenceReport> {
        self.comparisons.iter().find_map(|comparison| match &comparison.ending {
            Ending::Divergence(report) => Some(&**report),
            Ending::Agreement | Ending::Counters(_) | Ending::Interrupted => None,
        })
    }

    /// Whether every comparison ran to its end and agrees.
    #[must_use]
    pub fn agrees(&self) -> bool {
        !self.comparisons.is_empty() && self.comparisons.iter().all(Comparison::agrees)
    }

    /// Whether a comparison was stopped by the user, or none was begun.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.comparisons.is_empty()
            || self.comparisons.iter().any(|comparison| matches!(comparison.ending, Ending::Interrupted))
    }

    /// Cycles compared, summed over the comparisons.
    #[must_use]
    pub fn cycles_compared(&self) -> u64 {
        self.comparisons.iter().map(|comparison| comparison.cycles).sum()
    }
}
