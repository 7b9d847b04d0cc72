//! The figures of a measured array: a table for the terminal, and everything as JSON.

use bitspike_device::ProgrammedArray;
use bitspike_device::adc::Transfer;
use bitspike_device::characterise::{MvmError, Statistics};
use serde_json::{Value, json};

use super::grouped;
use crate::array::MeasuredArray;
use crate::metrics::{Figure, Quantity};

/// Density of the inputs whose errors of sums are among the figures.
const DENSITY: f64 = 0.2;

/// The figures of an array; what is off in its configuration has none.
#[must_use]
pub fn array_figures(measured: &MeasuredArray) -> Vec<Figure> {
    [shape(&measured.array), programming(measured), time_and_wires(measured), reading(measured)].concat()
}

fn count(name: &'static str, value: u64, unit: &'static str) -> Figure {
    Figure { name, value: Quantity::Count(value), unit }
}

fn real(name: &'static str, value: f64, unit: &'static str) -> Figure {
    Figure { name, value: Quantity::Real(value), unit }
}

fn shape(array: &ProgrammedArray) -> Vec<Figure> {
    let devices = &array.devices;
    let cells = u64::from(devices.word_lines) * u64::from(devices.bit_lines);
    vec![
        count("word_lines", devices.word_lines.into(), ""),
        count("bit_lines", devices.bit_lines.into(), ""),
        count("devices", cells * devices.planes.len() as u64, ""),
        count("levels", array.config.levels.into(), ""),
        count("weights_clamped", devices.clamped, ""),
        real("current_lsb", array.i_lsb * 1e9, "nA"),
    ]
}

fn programming(measured: &MeasuredArray) -> Vec<Figure> {
    let c = &measured.characteristics;
    let mut figures = Vec::new();
    if let Some(verify) = &measured.array.config.write_verify {
        figures.push(real("error_before_verify", c.error_before_verify.deviation, "uS, deviation"));
        figures.push(real("error_before_verify_largest", largest(&c.error_before_verify), "uS"));
        figures.push(real("pulses_per_device", mean_pulses(&c.pulses), ""));
        figures.push(count("pulses_largest", c.pulses.len() as u64 - 1, ""));
        figures.push(count("devices_outside_window", outside(&measured.array, verify.tolerance * 1e6), ""));
    }
    figures.push(real("programming_error", c.error_after_verify.deviation, "uS, deviation"));
    figures.push(real("programming_error_mean", c.error_after_verify.mean, "uS"));
    figures.push(real("programming_error_largest", largest(&c.error_after_verify), "uS"));
    figures.push(count("stuck_devices", c.stuck, ""));
    if c.stuck > 0 {
        figures.push(real("programming_error_working", working_error(&measured.array).deviation, "uS, deviation"));
    }
    figures
}

/// Conductance less target of the devices that are not stuck, µS.
pub(super) fn working_error(array: &ProgrammedArray) -> Statistics {
    let devices = array.devices.planes.iter().flat_map(|plane| &plane.devices);
    Statistics::of(devices.filter(|device| !device.is_stuck()).map(|device| device.g() - device.target))
}

/// Devices farther from their target than the window of write-verify, µS: stuck ones, and those that verifying reads deceived.
fn outside(array: &ProgrammedArray, tolerance: f64) -> u64 {
    let devices = array.devices.planes.iter().flat_map(|plane| &plane.devices);
    devices.filter(|device| (device.g() - device.target).abs() > tolerance).count() as u64
}

fn time_and_wires(measured: &MeasuredArray) -> Vec<Figure> {
    let c = &measured.characteristics;
    let mut figures = vec![count("epochs", measured.array.epochs.len() as u64, "")];
    if measured.array.epochs.len() > 1 {
        let targets = c.levels.len();
        let (first, last) = (&c.drift[..targets], &c.drift[c.drift.len() - targets..]);
        let moved = first.iter().zip(last).map(|(a, b)| (b.g.mean - a.g.mean).abs()).fold(0.0, f64::max);
        figures.push(real("drift_of_a_mean_largest", moved, "uS"));
    }
    if !c.ir_drop.is_empty() {
        let drop = Statistics::of(c.ir_drop.iter().map(|share| 100.0 * share));
        figures.push(real("ir_drop_mean", drop.mean, "%"));
        figures.push(real("ir_drop_largest", drop.largest, "%"));
    }
    figures.push(count("codes_clamped", measured.array.epochs.iter().map(|epoch| epoch.clamped).sum(), ""));
    figures
}

fn reading(measured: &MeasuredArray) -> Vec<Figure> {
    let c = &measured.characteristics;
    let farthest = |values: fn(&Transfer) -> &[f64]| {
        c.adc.iter().flat_map(values).fold(0.0, |far: f64, value| far.max(value.abs()))
    };
    let mut figures = vec![
        real("adc_inl_largest", farthest(|t| &t.inl), "codes"),
        real("adc_dnl_largest", farthest(|t| &t.dnl), "codes"),
    ];
    if let Some(error) = typical(&c.mvm) {
        figures.push(real("mvm_error", error.array.deviation, "weight units, deviation, 20 % active"));
        figures.push(real("mvm_error_converted", error.converted.deviation, "weight units, deviation, 20 % active"));
        figures.push(real("conversions_clamped", 100.0 * error.clamped, "%, 20 % active"));
    }
    figures
}

/// The errors of sums at the first epoch and the density of the figures.
fn typical(errors: &[MvmError]) -> Option<&MvmError> {
    errors.iter().find(|error| error.epoch == 0 && error.density == DENSITY)
}

/// Largest magnitude of a set of numbers.
fn largest(statistics: &Statistics) -> f64 {
    statistics.largest.abs().max(statistics.smallest.abs())
}

fn mean_pulses(counts: &[u64]) -> f64 {
    let sum: u64 = (0..).zip(counts).map(|(pulses, count): (u64, &u64)| pulses * count).sum();
    sum as f64 / counts.iter().sum::<u64>().max(1) as f64
}

/// Figures of an array as plain text, one line for each.
#[must_use]
pub fn array_text(measured: &MeasuredArray) -> String {
    let head = format!("{}: {}\n", measured.array.config.device, measured.origin.source);
    let line = |figure: &Figure| {
        let text = format!("{:<28}{:>12} {}", figure.name, figure_value(figure), figure.unit);
        format!("{}\n", text.trim_end())
    };
    head + &array_figures(measured).iter().map(line).collect::<String>()
}

/// The value of a figure as a person reads it.
pub(super) fn figure_value(figure: &Figure) -> String {
    match figure.value {
        Quantity::Count(count) => grouped(count),
        Quantity::Real(real) if real != 0.0 && real.abs() < 1e-3 => format!("{real:.2e}"),
        Quantity::Real(real) => format!("{real:.4}"),
    }
}

/// Everything about a measured array.
///
/// # Example
/// ```
/// use bitspike::results::array_json;
/// # use bitspike::array::{MeasuredArray, Origin};
/// # use bitspike_device::{ArrayConfig, WeightMatrix, characterise};
/// # let weights = WeightMatrix { word_lines: 1, bit_lines: 2, weights: vec![1.0, -1.0] };
/// # let one = std::num::NonZeroUsize::MIN;
/// # let (array, characteristics) = characterise(&weights, &ArrayConfig::default(), (1, one)).expect("valid");
/// # let origin = Origin { command: String::new(), source: String::new(), array: None, weights: None, tools: Vec::new() };
/// let measured = MeasuredArray { array, characteristics, origin };
/// assert_eq!(array_json(&measured)["figures"]["devices"], 4);
/// ```
#[must_use]
pub fn array_json(measured: &MeasuredArray) -> Value {
    let MeasuredArray { array, characteristics, origin } = measured;
    let figures: serde_json::Map<String, Value> =
        array_figures(measured).iter().map(|figure| (figure.name.to_owned(), json!(figure.value))).collect();
    let epoch = |epoch: &bitspike_device::EpochImage| {
        json!({
            "seconds": epoch.epoch.seconds, "kelvin": epoch.epoch.kelvin, "at_cycle": epoch.epoch.at_cycle,
            "effective_seconds": epoch.effective_seconds, "codes_clamped": epoch.clamped,
        })
    };
    json!({
        "manifest": origin,
        "seed": array.seed,
        "config": array.config,
        "scale": array.devices.scale,
        "figures": figures,
        "epochs": array.epochs.iter().map(epoch).collect::<Vec<_>>(),
        "characteristics": characteristics,
    })
}
