//! Model and RTL side by side: compared in every cycle, in process and through a waveform.

mod explain;
mod field;
mod model_records;
mod text;

pub use explain::{Cell, DivergenceReport, NeuronReport, SignalReport, WindowLine, explain};
pub use model_records::ModelRecords;

/// The comparisons of one `cosim` command.
#[derive(Clone, Debug, serde::Serialize)]
pub struct CosimOutcome {
    /// One for each way and seed, in the order they ran.
    pub comparisons: Vec<Comparison>,
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

/// How a comparison ended.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Every signal is the same in every cycle.
    Agreement,
    /// The sides part.
    Divergence(Box<DivergenceReport>),
    /// The user stopped it; what was compared agrees.
    Interrupted,
}

impl CosimOutcome {
    /// The first divergence.
    #[must_use]
    pub fn divergence(&self) -> Option<&DivergenceReport> {
        self.comparisons.iter().find_map(|comparison| match &comparison.ending {
            Ending::Divergence(report) => Some(&**report),
            Ending::Agreement | Ending::Interrupted => None,
        })
    }

    /// Whether every comparison ran to its end and agrees.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.comparisons.iter().all(|comparison| matches!(comparison.ending, Ending::Agreement))
    }

    /// Cycles compared, summed over the comparisons.
    #[must_use]
    pub fn cycles_compared(&self) -> u64 {
        self.comparisons.iter().map(|comparison| comparison.cycles).sum()
    }
}
