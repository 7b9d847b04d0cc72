//! Metrics: one run turned into figures.
//!
//! A metric is one file in this folder and one line in [`METRICS`]. Its file states the definition as an equation.

mod accuracy;
mod conversions;
mod counters;
mod cycles_per_synaptic_op;
mod cycles_per_time_step;
mod memory;
mod spikes_per_step;
mod synaptic_ops_per_cycle;

use crate::results::RunResult;

pub use accuracy::{Confusion, Decision, confusion, decisions};

/// A number with its meaning.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Name, as in `counters.json`.
    pub name: &'static str,
    /// The value.
    pub value: Quantity,
    /// Unit; empty for a pure number.
    pub unit: &'static str,
}

/// The value of a figure.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[serde(untagged)]
pub enum Quantity {
    /// An exact count.
    Count(u64),
    /// A ratio of counts, in double precision.
    Real(f64),
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Quantity::Count(count) => count.fmt(f),
            Quantity::Real(real) => write!(f, "{real:.4}"),
        }
    }
}

/// Turns a finished run into figures.
pub trait Metric: Sync {
    /// Name of the metric.
    fn name(&self) -> &'static str;

    /// The figures; none where the metric does not apply, such as accuracy without labels.
    fn measure(&self, run: &RunResult) -> Vec<Figure>;
}

/// Every metric, in the order of reports.
pub static METRICS: &[&dyn Metric] = &[
    &accuracy::Accuracy,
    &spikes_per_step::SpikesPerStep,
    &synaptic_ops_per_cycle::SynapticOpsPerCycle,
    &cycles_per_time_step::CyclesPerTimeStep,
    &cycles_per_synaptic_op::CyclesPerSynapticOp,
    &memory::Memory,
    &conversions::Conversions,
    &counters::CountersMetric,
];

/// The figures of every metric.
#[must_use]
pub fn measure(run: &RunResult) -> Vec<Figure> {
    METRICS.iter().flat_map(|metric| metric.measure(run)).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::results::{Label, Recorder, RecorderOptions, RunResult, Spike};
    use bitspike_spec::config;
    use bitspike_spec::{Core, Counters};

    /// Three neurons, two word lines.
    pub(crate) fn tiny_core() -> Core {
        let text = r#"
            core = { neurons = 3, word_lines = 2, lanes = 1 }
            values = { threshold = 20, leak = 4 }
            [neuron]
            v = { bits = 8, frac = 2, overflow = "saturate" }
            leak = { form = "shift", rounding = "floor", clamp = "none" }
            order = "leak_integrate_fire"
            fire_check = "per_time_step"
            compare = "ge"
            reset = "zero"
            [synapse]
            weight_bits = 4
            image = { rows = [[1, -8, 7], [0, 3, -2]] }
        "#;
        config::from_str(text, ".").expect("a valid core").core
    }

    /// As [`tiny_core`], its weights as pairs of devices in two slices.
    pub(crate) fn sliced_core() -> Core {
        let text = r#"
            core = { neurons = 3, word_lines = 2, lanes = 1 }
            neuron.v.bits = 12
            values.threshold = 20
            synapse.image.rows = [[1, -8, 7], [0, 3, -2]]
            array = { mapping = "bit_sliced", slices = 2, levels = 4, read_mode = "analogue", code_bits = 9, adc.bits = 6 }
        "#;
        crate::array::core_from_str(text, ".").expect("a valid core").core
    }

    /// Four steps in two windows of two: neuron 1 wins the first, neurons 0 and 2 tie in the second and 2 has the higher v.
    pub(crate) fn tiny_run(labels: &[u32]) -> RunResult {
        let counters = Counters { synaptic_ops: 30, spikes: 5, time_steps: 4, ..Counters::default() };
        tiny_run_of(&tiny_core(), (labels, counters))
    }

    /// That run of another core of three neurons.
    pub(crate) fn tiny_run_of(core: &Core, (labels, counters): (&[u32], Counters)) -> RunResult {
        let windows = labels.iter().enumerate();
        let labels = windows.map(|(i, &label)| Label { first_step: 2 * i as u64, steps: 2, label }).collect();
        let options = RecorderOptions { spikes: None, traces: None, neurons: Vec::new(), labels };
        let mut recorder = Recorder::new(core, options);
        for (time_step, neuron) in [(0, 1), (1, 1), (1, 0), (2, 0), (3, 2)] {
            recorder.spike(Spike { time_step, cycle: 10 * time_step + 5, neuron });
        }
        for step in 0..4 {
            recorder.time_step(|neuron| i64::from(neuron) + step);
        }
        recorder.finish(core, 40, counters).expect("no file to fail")
    }
}
