//! The recorder: what is kept of a run while it goes on.

use std::io::{self, Write};

use bitspike_spec::{Core, Counters};

use super::{Grid, Label, LabelWindows};

/// Time steps from the first for which every spike and every membrane potential is kept.
pub const DETAIL_STEPS: u64 = 240;
/// Neurons whose membrane potential is kept for those steps.
const DETAIL_NEURONS: usize = 1024;

/// A spike that left the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Spike {
    /// Time step of the update that fired, counted over the whole run.
    pub time_step: u64,
    /// Cycle in which the spike left the serialiser.
    pub cycle: u64,
    /// The neuron.
    pub neuron: u32,
}

/// Where a recorder writes, and what it listens to.
pub struct RecorderOptions {
    /// Sink of `spikes.csv`.
    pub spikes: Option<Box<dyn Write + Send>>,
    /// Sink of `v.csv`, the membrane potential of `neurons` after each time step.
    pub traces: Option<Box<dyn Write + Send>>,
    /// Neurons asked for: in `v.csv`, and first in the pictures.
    pub neurons: Vec<u32>,
    /// Labelled windows of the stimulus.
    pub labels: Vec<Label>,
}

/// Keeps of a run what results and pictures need, in memory that does not grow with its length.
pub struct Recorder {
    options: RecorderOptions,
    neurons: u32,
    labels: LabelWindows,
    grid: Grid,
    detail_spikes: Vec<Spike>,
    detail_v: Vec<Vec<i64>>,
    label_counts: Vec<Vec<u32>>,
    label_v: Vec<Vec<i64>>,
    steps: u64,
    error: Option<io::Error>,
}

impl Recorder {
    /// A recorder for a core; writes the headers of its files.
    pub fn new(core: &Core, mut options: RecorderOptions) -> Self {
        let neurons = core.structure().neurons;
        let labels = LabelWindows::new(std::mem::take(&mut options.labels));
        let count = labels.labels().len();
        let mut recorder = Recorder {
            options,
            neurons,
            grid: Grid::new(neurons),
            detail_spikes: Vec::new(),
            detail_v: Vec::new(),
            label_counts: vec![vec![0; neurons as usize]; count],
            label_v: vec![Vec::new(); count],
            labels,
            steps: 0,
            error: None,
        };
        recorder.headers();
        recorder
    }

    fn headers(&mut self) {
        let names = self.options.neurons.iter().map(|neuron| format!(",v{neuron}")).collect::<String>();
        self.write_spikes("time_step,cycle,neuron\n");
        self.write_traces(&format!("time_step{names}\n"));
    }

    fn write_spikes(&mut self, text: &str) {
        if let Some(sink) = &mut self.options.spikes {
            keep_first(&mut self.error, sink.write_all(text.as_bytes()));
        }
    }

    fn write_traces(&mut self, text: &str) {
        if let Some(sink) = &mut self.options.traces {
            keep_first(&mut self.error, sink.write_all(text.as_bytes()));
        }
    }

    /// A spike left the core.
    pub fn spike(&mut self, spike: Spike) {
        if self.options.spikes.is_some() {
            self.write_spikes(&format!("{},{},{}\n", spike.time_step, spike.cycle, spike.neuron));
        }
        self.grid.add(spike.time_step, spike.neuron);
        if spike.time_step < DETAIL_STEPS {
            self.detail_spikes.push(spike);
        }
        if let Some(index) = self.labels.at(spike.time_step) {
            self.label_counts[index][spike.neuron as usize] += 1;
        }
    }

    /// A time step of all neurons is complete; `v` holds their membrane potentials, raw.
    pub fn time_step(&mut self, v: impl Fn(u32) -> i64) {
        let step = self.steps;
        self.steps += 1;
        self.grid.reach(step);
        if self.options.traces.is_some() {
            let values = self.options.neurons.iter().map(|&neuron| format!(",{}", v(neuron))).collect::<String>();
            self.write_traces(&format!("{step}{values}\n"));
        }
        if step < DETAIL_STEPS && self.neurons as usize <= DETAIL_NEURONS {
            self.detail_v.push((0..self.neurons).map(&v).collect());
        }
        if let Some(index) = self.labels.at(step)
            && step + 1 == self.labels.labels()[index].end()
        {
            self.label_v[index] = (0..self.neurons).map(&v).collect();
        }
    }

    /// Ends the recording.
    ///
    /// # Errors
    /// The first error of writing `spikes.csv` or `v.csv`.
    pub fn finish(mut self, core: &Core, cycles: u64, counters: Counters) -> io::Result<RunResult> {
        for sink in [&mut self.options.spikes, &mut self.options.traces].into_iter().flatten() {
            keep_first(&mut self.error, sink.flush());
        }
        if let Some(error) = self.error {
            return Err(error);
        }
        Ok(RunResult {
            core: core.clone(),
            cycles,
            counters,
            time_steps: self.steps,
            labels: self.labels,
            grid: self.grid,
            detail_spikes: self.detail_spikes,
            detail_v: self.detail_v,
            label_counts: self.label_counts,
            label_v: self.label_v,
            neurons: self.options.neurons,
        })
    }
}

fn keep_first(kept: &mut Option<io::Error>, result: io::Result<()>) {
    if let Err(error) = result {
        kept.get_or_insert(error);
    }
}

/// A finished run.
#[derive(Clone, Debug)]
pub struct RunResult {
    /// The core that ran.
    pub core: Core,
    /// Cycles from the first rising edge after reset.
    pub cycles: u64,
    /// Counters at the end, as the register bus would show them.
    pub counters: Counters,
    /// Time steps of all neurons completed, over resets.
    pub time_steps: u64,
    /// Labelled windows of the stimulus.
    pub labels: LabelWindows,
    /// All spikes, binned.
    pub grid: Grid,
    /// Every spike of the first [`DETAIL_STEPS`] time steps.
    pub detail_spikes: Vec<Spike>,
    /// Membrane potential of every neuron after each of these time steps; empty above 1024 neurons.
    pub detail_v: Vec<Vec<i64>>,
    /// Spikes of each neuron in each labelled window.
    pub label_counts: Vec<Vec<u32>>,
    /// Membrane potential of every neuron at the end of each labelled window; empty for a window the run did not finish.
    pub label_v: Vec<Vec<i64>>,
    /// Neurons asked for.
    pub neurons: Vec<u32>,
}

impl RunResult {
    /// Spikes of each bin of neurons ([`Grid::rows`]).
    #[must_use]
    pub fn spikes_per_row(&self) -> Vec<u64> {
        let columns = 0..self.grid.columns();
        let total = |row| columns.clone().map(|column| u64::from(self.grid.count(row, column))).sum();
        (0..self.grid.rows()).map(total).collect()
    }

    /// Neurons whose membrane potential is worth drawing: those asked for, else the `count` most active in the detail window,
    /// lower indices first among equals.
    #[must_use]
    pub fn interesting_neurons(&self, count: usize) -> Vec<u32> {
        if !self.neurons.is_empty() {
            return self.neurons.iter().copied().take(count).collect();
        }
        let mut totals: Vec<(u32, u32)> = (0..self.core.structure().neurons).map(|neuron| (0, neuron)).collect();
        for spike in &self.detail_spikes {
            totals[spike.neuron as usize].0 += 1;
        }
        totals.sort_by_key(|&(total, neuron)| (std::cmp::Reverse(total), neuron));
        let mut chosen: Vec<u32> = totals.into_iter().take(count).map(|(_, neuron)| neuron).collect();
        chosen.sort_unstable();
        chosen
    }
}
