//! What each cause of error of the devices costs: table and picture.

use super::table;
use crate::accuracy::{cost_rows, number};
use crate::devices::Estimate;
use crate::devices::costs::{Cost, Costs};
use crate::results::report::card;
use crate::results::report::chart::{Axis, Chart};

const WIDTH: f64 = 980.0;
const ROW: f64 = 46.0;

/// The card, if devices hold the weights.
pub(super) fn section(costs: Option<&Costs>) -> String {
    let Some(costs) = costs else { return String::new() };
    let caption = format!(
        "{} arrays for each row, seeds {} to {}. Levels alone, one cause beside them, all causes together; against ideal weights with {} spikes. Means with their 95 % confidence intervals.",
        costs.replicates,
        costs.first_seed,
        costs.first_seed + u64::from(costs.replicates) - 1,
        costs.ideal_spikes
    );
    card("Devices", &caption, &(picture(costs) + &table(&cost_rows(costs))))
}

/// Accuracy if windows are labelled, else the error of the spike counts.
fn picture(costs: &Costs) -> String {
    let value = |cost: &Cost| -> Estimate { cost.accuracy.unwrap_or(cost.count_error) };
    let name = if costs.ideal_accuracy.is_some() { "accuracy, %" } else { "error of spike counts, %" };
    let values = || costs.rows.iter().map(value);
    let ends = costs.ideal_accuracy.into_iter();
    let low = values().map(|v| v.low.min(v.least)).chain(ends.clone()).fold(f64::INFINITY, f64::min);
    let high = values().map(|v| v.high.max(v.most)).chain(ends).fold(f64::NEG_INFINITY, f64::max);
    let room = 0.02 * (high - low).max(0.01);
    let axes = (Axis::linear((100.0 * (low - room), 100.0 * (high + room)), name), Axis::linear((0.0, 1.0), ""));
    let count = costs.rows.len() as f64;
    let mut chart = Chart::without_y("what devices cost", (WIDTH, 70.0 + ROW * count), axes);
    for (index, cost) in costs.rows.iter().enumerate() {
        let (y, v) = (1.0 - (index as f64 + 0.68) / count, value(cost));
        chart.range(y, (100.0 * v.least, 100.0 * v.most), (100.0 * v.low, 100.0 * v.high));
        chart.note((100.0 * (low - room), y), (8.0, -14.0), &format!("{}: {}", cost.name, number(100.0 * v.mean)));
    }
    chart.finish()
}
