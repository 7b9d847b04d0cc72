//! What bit widths cost: the layers of a core side by side.
//!
//! ```text
//! continuous  ->  discretised  ->  constants  ->  fixed_point  ->  rtl
//!     discretisation   rounded constants   widths and rounding   must be nothing
//! ```
//!
//! The layers run the same [`Case`]. [`float_layers`] does not depend on the widths of a core and is computed once for all cores of
//! an equal [`FloatKey`]; [`constants_layer`] and [`fixed_layer`] belong to one core. [`measure`] compares whatever layers there are.

mod case;
mod comparison;
mod constants;
mod figures;
mod fixed;
mod float;
mod float_key;
mod sensitivity;
mod signals;
mod text;

use std::sync::Arc;

use bitspike_reference::core::{FloatRun, NeuronTrace, StepSpike};
use bitspike_reference::metrics;

pub use case::Case;
pub(crate) use case::in_whole_steps;
pub use comparison::{LayerComparison, NeuronComparison, Totals};
pub use constants::ConstantFigures;
pub use figures::figures;
pub use fixed::{FixedRun, fixed_layer, model_layer};
pub use float::{FloatLayers, constants_layer, float_layers, moved_start};
pub use float_key::FloatKey;
pub use sensitivity::{RULE, Sensitivity};
pub use signals::{SignalFigures, Span};
pub use text::text;
pub(crate) use text::{constant_cells, cost_rows, figure_rows, number, pair_name, rtl_result, signal_cells};

use crate::control::Control;
use crate::cosim::CosimOutcome;
use crate::devices::costs::Costs;
use crate::error::Error;

/// A layer: one more cause of error than the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Differential equations in continuous time.
    Continuous,
    /// The hardware's order of operations in `f64`.
    Discretised,
    /// The same with the constants a core has stored.
    Constants,
    /// The bit-exact model; with digital weights where devices hold them.
    FixedPoint,
    /// The bit-exact model with the array as it was programmed.
    Device,
    /// The Verilog.
    Rtl,
}

impl Layer {
    /// Every layer, in order.
    pub const ALL: [Layer; 6] =
        [Layer::Continuous, Layer::Discretised, Layer::Constants, Layer::FixedPoint, Layer::Device, Layer::Rtl];

    /// Name in text and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Layer::Continuous => "continuous",
            Layer::Discretised => "discretised",
            Layer::Constants => "constants",
            Layer::FixedPoint => "fixed_point",
            Layer::Device => "device",
            Layer::Rtl => "rtl",
        }
    }

    /// What sets it apart from the layer before it.
    #[must_use]
    pub const fn cause(self) -> &'static str {
        match self {
            Layer::Continuous => "",
            Layer::Discretised => "time steps",
            Layer::Constants => "rounded constants",
            Layer::FixedPoint => "widths, rounding",
            Layer::Device => "levels, devices, converters",
            Layer::Rtl => "must be nothing",
        }
    }
}

/// A layer's result, or why there is none.
pub type Outcome<T> = Result<T, String>;

/// Why a layer that Ctrl-C ended is left out.
const INTERRUPTED: &str = "interrupted";

/// Parameters of the figures.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccuracyOptions {
    /// Window of matching and of the coincidence factor, seconds.
    pub window: f64,
    /// Cost of Victor-Purpura, 1/second.
    pub victor_purpura_cost: f64,
    /// Time constant of van Rossum, seconds.
    pub van_rossum_tau: f64,
    /// Spike, from 0, whose lateness is given; nothing: the last that both trains have.
    pub lead_lag_spike: Option<usize>,
    /// Neurons whose membrane potential is compared and drawn before all others; a sweep takes them in their order.
    #[serde(skip_deserializing)]
    pub neurons: Vec<u32>,
}

impl Default for AccuracyOptions {
    /// Window 2 ms, Victor-Purpura cost 100 /s (0.1 per ms), van Rossum tau 10 ms, the last common spike.
    fn default() -> Self {
        AccuracyOptions {
            window: 2e-3,
            victor_purpura_cost: 100.0,
            van_rossum_tau: 10e-3,
            lead_lag_spike: None,
            neurons: Vec::new(),
        }
    }
}

impl AccuracyOptions {
    /// The first parameter out of its range: its name, its value, and what is allowed.
    #[must_use]
    pub fn problem(&self) -> Option<(&'static str, f64, &'static str)> {
        let is_length = |x: f64| x.is_finite() && x >= 0.0;
        let AccuracyOptions { window, victor_purpura_cost, van_rossum_tau, .. } = *self;
        let parameters = [
            ("window", window, is_length(window), "0 or above"),
            ("victor_purpura_cost", victor_purpura_cost, is_length(victor_purpura_cost), "0 or above"),
            ("van_rossum_tau", van_rossum_tau, is_length(van_rossum_tau) && van_rossum_tau > 0.0, "above 0"),
        ];
        let wrong = parameters.into_iter().find(|(_, _, is_right, _)| !is_right);
        wrong.map(|(name, value, _, allowed)| (name, value, allowed))
    }

    /// The options of the metrics for `steps` time steps of `dt` seconds.
    fn of_trains(&self, steps: u64, dt: f64) -> Result<metrics::Options, Error> {
        let recording = metrics::Recording::new(0.0, steps as f64 * dt)?;
        Ok(metrics::Options {
            window: self.window,
            victor_purpura_cost: self.victor_purpura_cost,
            van_rossum_tau: self.van_rossum_tau,
            lead_lag_spike: self.lead_lag_spike,
            ..metrics::Options::new(recording, dt)
        })
    }
}

/// Spikes and membrane potentials of one layer.
#[derive(Clone, Copy, Debug)]
pub struct LayerRun<'a> {
    /// Which layer.
    pub layer: Layer,
    /// Spikes, in order of their time steps.
    pub spikes: &'a [StepSpike],
    /// Membrane potentials of the traced neurons, the same neurons in every layer.
    pub traces: &'a [NeuronTrace],
}

/// Everything that ran.
#[derive(Debug)]
pub struct Layers {
    /// The layers that do not depend on widths, shared by the cores of a sweep.
    pub float: Arc<FloatLayers>,
    /// What one LSB at the start does to the discretised layer.
    pub sensitivity: Outcome<Sensitivity>,
    /// The discretised layer with stored constants.
    pub constants: Outcome<FloatRun>,
    /// The bit-exact model.
    pub fixed: Outcome<FixedRun>,
    /// The bit-exact model with the array as it was programmed, if devices hold the weights.
    pub device: Option<Outcome<FixedRun>>,
    /// The comparison with the Verilog, if it was asked for.
    pub rtl: Option<CosimOutcome>,
}

impl Layers {
    /// Runs every layer but the Verilog.
    ///
    /// # Errors
    /// [`Error::Reference`] when float layers cannot run this core at all.
    pub fn run(case: &Case, control: Control<'_>) -> Result<Self, Error> {
        let fixed = fixed_layer(case, control);
        let constants = constants_layer(case, control)?;
        let float = Arc::new(float_layers(case, control)?);
        Ok(Layers {
            sensitivity: moved_start(case, &float, control)?,
            float,
            constants,
            fixed,
            device: None,
            rtl: None,
        })
    }

    /// The layers that ran, in order; the Verilog, which agrees with the model or has no run of its own, is not among them.
    #[must_use]
    pub fn runs(&self) -> Vec<LayerRun<'_>> {
        let runs = [
            float_run(Layer::Continuous, &self.float.continuous),
            float_run(Layer::Discretised, &self.float.discretised),
            float_run(Layer::Constants, &self.constants),
            self.fixed.as_ref().ok().map(|run| model_run(Layer::FixedPoint, run)),
            self.device.as_ref().and_then(|run| run.as_ref().ok()).map(|run| model_run(Layer::Device, run)),
        ];
        runs.into_iter().flatten().collect()
    }
}

fn float_run(layer: Layer, outcome: &Outcome<FloatRun>) -> Option<LayerRun<'_>> {
    let FloatRun { spikes, traces, .. } = outcome.as_ref().ok()?;
    Some(LayerRun { layer, spikes, traces })
}

fn model_run(layer: Layer, FixedRun { spikes, traces, .. }: &FixedRun) -> LayerRun<'_> {
    LayerRun { layer, spikes, traces }
}

/// A layer in a report.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct LayerSummary {
    /// Which layer.
    pub layer: Layer,
    /// Spikes that left their neurons; nothing if the layer is left out, or ran beside the model as `rtl` does.
    pub spikes: Option<u64>,
    /// Why the layer is left out.
    pub left_out: Option<String>,
}

/// The figures of one case.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AccuracyReport {
    /// Time steps compared.
    pub time_steps: u64,
    /// Length of a time step, seconds.
    pub dt: f64,
    /// Neurons of the core.
    pub neurons: u32,
    /// Neurons whose membrane potential is compared.
    pub traced_neurons: usize,
    /// One LSB of `v`.
    pub lsb: f64,
    /// Parameters of the figures.
    pub options: AccuracyOptions,
    /// What is different from the core's own way of running, and what was lost.
    pub notes: Vec<String>,
    /// The layers.
    pub layers: Vec<LayerSummary>,
    /// Neighbouring layers, then the first with the last.
    pub comparisons: Vec<LayerComparison>,
    /// Width of every signal.
    pub signals: Vec<SignalFigures>,
    /// Rounding of every constant; of those of single neurons the worst.
    pub constants: Vec<ConstantFigures>,
    /// What one LSB at the start does.
    pub sensitivity: Option<Sensitivity>,
    /// What each cause of error of the devices costs, if they hold the weights.
    pub devices: Option<Costs>,
    /// The comparison with the Verilog.
    pub rtl: Option<CosimOutcome>,
}

impl AccuracyReport {
    /// The comparison of these two layers.
    #[must_use]
    pub fn comparison(&self, reference: Layer, tested: Layer) -> Option<&LayerComparison> {
        self.comparisons.iter().find(|c| c.reference == reference && c.tested == tested)
    }

    /// The comparison of the first layer that ran with the last.
    #[must_use]
    pub fn end_to_end(&self) -> Option<&LayerComparison> {
        self.comparisons.last()
    }
}

/// Compares the layers of a case.
///
/// Spike times are `step * dt` in every layer; `n` spikes of a neuron in one step lie in its first half, `dt / (2 n)` apart.
///
/// # Errors
/// [`Error::Reference`] for a parameter of the figures out of its range.
pub fn measure(case: &Case, layers: &Layers) -> Result<AccuracyReport, Error> {
    let runs = layers.runs();
    Ok(AccuracyReport {
        time_steps: case.steps,
        dt: case.dt,
        neurons: case.core.structure().neurons,
        traced_neurons: case.traced.len(),
        lsb: case.lsb(),
        options: case.options.clone(),
        notes: notes(case, layers),
        layers: summaries(layers),
        comparisons: comparison::compare_layers(case, &runs)?,
        signals: signals::signals(case, layers),
        constants: constants::constants(case),
        sensitivity: layers.sensitivity.clone().ok(),
        devices: None,
        rtl: layers.rtl.clone(),
    })
}

fn summaries(layers: &Layers) -> Vec<LayerSummary> {
    let float = |layer, outcome: &Outcome<FloatRun>| summary(layer, outcome.as_ref().map(|run| run.spikes.len()));
    let rtl = layers.rtl.iter().map(|_| LayerSummary { layer: Layer::Rtl, spikes: None, left_out: None });
    let others = [
        float(Layer::Continuous, &layers.float.continuous),
        float(Layer::Discretised, &layers.float.discretised),
        float(Layer::Constants, &layers.constants),
        summary(Layer::FixedPoint, layers.fixed.as_ref().map(|run| run.spikes.len())),
    ];
    let device = layers.device.iter().map(|run| summary(Layer::Device, run.as_ref().map(|run| run.spikes.len())));
    others.into_iter().chain(device).chain(rtl).collect()
}

fn summary(layer: Layer, spikes: Result<usize, &String>) -> LayerSummary {
    LayerSummary { layer, spikes: spikes.ok().map(|count| count as u64), left_out: spikes.err().cloned() }
}

fn notes(case: &Case, layers: &Layers) -> Vec<String> {
    let mut notes = case.notes.clone();
    let dropped = layers.fixed.as_ref().map_or(0, |run| run.counters.loop_back_dropped);
    if dropped > 0 {
        notes.push(format!(
            "{dropped} spikes that loop back met a full event queue and were lost in fixed_point; the float layers have them (events.queue_depth = {})",
            case.core.structure().queue_depth
        ));
    }
    if case.traced.len() < case.core.structure().neurons as usize {
        notes.push(format!("membrane potentials are compared for {} neurons, to bound memory", case.traced.len()));
    }
    notes
}
