//! The figures of a report by name, as a sweep has them.

use serde_json::Value;

use super::comparison::compare;
use super::{AccuracyReport, Case, ConstantFigures, Layer, LayerRun, Layers, Sensitivity, Totals};
use crate::error::Error;

/// Every figure of a report by name.
///
/// ```text
/// discretisation_*    continuous -> discretised                     * is a field of Totals
/// constants_*         discretised -> constants; where no constant was rounded, discretised against itself
/// quantisation_*      constants, or discretised where no constant was rounded -> fixed_point
/// fixed_point_*       discretised -> fixed_point: constants, widths and rounding together
/// end_to_end_*        the first layer that ran -> fixed_point
/// integer_bits_needed_*   of each signal;  constant_error_*  largest relative error of the constants of a name
/// sensitivity_*       of one LSB at the start
/// ```
///
/// `*_first_divergent_step` is the number of time steps where no spike differs. Figures that a design has not are absent.
///
/// # Errors
/// [`Error::Reference`] for a parameter of the figures out of its range.
pub fn figures(case: &Case, layers: &Layers, report: &AccuracyReport) -> Result<Vec<(String, f64)>, Error> {
    let mut all = Vec::new();
    let runs = layers.runs();
    for comparison in report.comparisons.iter().take(runs.len().saturating_sub(1)) {
        if let Some(prefix) = prefix(comparison.tested) {
            all.extend(totals(prefix, &comparison.totals, report.time_steps));
        }
    }
    all.extend(more(case, &runs, report.time_steps)?);
    let end = report.end_to_end().filter(|comparison| comparison.tested == Layer::FixedPoint);
    all.extend(end.into_iter().flat_map(|comparison| totals("end_to_end", &comparison.totals, report.time_steps)));
    for signal in &report.signals {
        let name = format!("integer_bits_needed_{}", signal.name.replace('[', "_").replace(']', ""));
        all.extend(signal.integer_bits_needed.map(|bits| (name, bits as f64)));
    }
    all.extend(constant_errors(&report.constants));
    all.extend(report.sensitivity.iter().flat_map(sensitivity));
    Ok(all)
}

/// What the difference of a layer from the one before it is called.
const fn prefix(tested: Layer) -> Option<&'static str> {
    match tested {
        Layer::Discretised => Some("discretisation"),
        Layer::Constants => Some("constants"),
        Layer::FixedPoint => Some("quantisation"),
        Layer::Continuous | Layer::Device | Layer::Rtl => None,
    }
}

/// Pairs of layers that are no neighbours, or one and the same.
fn more(case: &Case, runs: &[LayerRun<'_>], time_steps: u64) -> Result<Vec<(String, f64)>, Error> {
    let run = |layer| runs.iter().find(|run| run.layer == layer);
    let Some(discretised) = run(Layer::Discretised) else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    if !case.has_rounded_constants() {
        all.extend(totals("constants", &compare(case, discretised, discretised)?.totals, time_steps));
    }
    if let Some(fixed) = run(Layer::FixedPoint) {
        all.extend(totals("fixed_point", &compare(case, discretised, fixed)?.totals, time_steps));
    }
    Ok(all)
}

fn totals(prefix: &str, totals: &Totals, time_steps: u64) -> Vec<(String, f64)> {
    let steps = totals.first_divergent_step.unwrap_or(time_steps);
    let totals = Totals { first_divergent_step: Some(steps), first_divergent_neuron: None, ..totals.clone() };
    let Ok(Value::Object(fields)) = serde_json::to_value(totals) else { return Vec::new() };
    fields.into_iter().filter_map(|(name, value)| Some((format!("{prefix}_{name}"), value.as_f64()?))).collect()
}

/// The largest relative error of the constants of each name, whatever their index.
fn constant_errors(constants: &[ConstantFigures]) -> Vec<(String, f64)> {
    let mut errors: Vec<(String, f64)> = Vec::new();
    for constant in constants {
        let Some(error) = constant.relative_error.map(f64::abs) else { continue };
        let name = format!("constant_error_{}", constant.name.split('[').next().unwrap_or_default());
        match errors.iter_mut().find(|(known, _)| *known == name) {
            Some((_, largest)) => *largest = largest.max(error),
            None => errors.push((name, error)),
        }
    }
    errors
}

fn sensitivity(figures: &Sensitivity) -> Vec<(String, f64)> {
    let named = [
        ("growth", figures.growth),
        ("largest_shift", figures.largest_shift as f64),
        ("moved_neurons", f64::from(figures.moved_neurons)),
        ("changed_counts", f64::from(figures.changed_counts)),
        ("ill_conditioned", f64::from(u8::from(figures.ill_conditioned))),
    ];
    named.map(|(name, value)| (format!("sensitivity_{name}"), value)).into()
}
