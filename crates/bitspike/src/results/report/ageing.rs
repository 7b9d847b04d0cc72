//! Accuracy against the age of an array, as text, picture and page.

use super::chart::{Axis, Chart};
use super::measured::alone;
use super::{card, page};
use crate::devices::Estimate;
use crate::devices::ageing::{Ageing, Curve};
use crate::results::svg::escape;

const SIZE: (f64, f64) = (980.0, 420.0);

/// The table: a line for each age, a column for each kind of array.
#[must_use]
pub fn ageing_text(ageing: &Ageing) -> String {
    let mut text = format!("{:<12}", "age");
    for curve in &ageing.curves {
        text += &format!("  {:>25}", curve.name);
    }
    for (index, &seconds) in ageing.seconds.iter().enumerate() {
        text += &format!("\n{:<12}", age(seconds));
        for curve in &ageing.curves {
            text += &format!("  {:>25}", curve.accuracy[index].text(100.0));
        }
    }
    text + &format!("\n\n{}\n", caption(ageing))
}

fn caption(ageing: &Ageing) -> String {
    let digital = match (ageing.digital, &ageing.digital_left_out) {
        (Some(accuracy), _) => format!("With digital weights: {:.1} %.", 100.0 * accuracy),
        (None, reason) => {
            format!("Digital weights are left out: {}.", reason.as_deref().unwrap_or_default())
        }
    };
    format!(
        "Accuracy in percent on {} windows, mean of {} arrays with its 95 % confidence interval. {digital}",
        ageing.windows, ageing.replicates
    )
}

/// An age as a person says it.
pub(crate) fn age(seconds: f64) -> String {
    let units = [("a", 31_557_600.0), ("d", 86_400.0), ("h", 3600.0), ("min", 60.0)];
    let (unit, length) = units.into_iter().find(|(_, length)| seconds >= *length).unwrap_or(("s", 1.0));
    let number = format!("{:.1}", seconds / length);
    format!("{} {unit}", number.trim_end_matches('0').trim_end_matches('.'))
}

/// The picture as an SVG file of its own.
#[must_use]
pub fn ageing_svg(ageing: &Ageing) -> String {
    alone(&picture(ageing))
}

/// The page; `command` made it.
#[must_use]
pub fn ageing_html(ageing: &Ageing, (name, command): (&str, &str)) -> String {
    let table = format!("<div class=\"scroll\"><pre><code>{}</code></pre></div>\n", escape(&ageing_text(ageing)));
    let body = card("Accuracy against age", &caption(ageing), &picture(ageing))
        + &card("Figures", &format!("Made by: {command}"), &table);
    page(&format!("Ageing of {name}"), "", &body)
}

fn picture(ageing: &Ageing) -> String {
    let seconds: Vec<f64> = ageing.seconds.iter().map(|&seconds| seconds.max(1e-3)).collect();
    let (first, last) = (seconds.first().copied().unwrap_or(1.0), seconds.last().copied().unwrap_or(1.0));
    let all = || ageing.curves.iter().flat_map(|curve| &curve.accuracy);
    let digital = ageing.digital.map(|accuracy| 100.0 * accuracy);
    let low = all().map(|a| 100.0 * a.low).chain(digital).fold(100.0, f64::min).max(0.0);
    let high = all().map(|a| 100.0 * a.high).chain(digital).fold(0.0, f64::max).min(100.0);
    let room = 0.05 * (high - low).max(1.0);
    let axes = (
        Axis::log((first, last), "seconds since programming"),
        Axis::linear(((low - room).max(0.0), high + room), "accuracy, %"),
    );
    let mut chart = Chart::new("accuracy against age", SIZE, axes);
    for (index, curve) in ageing.curves.iter().enumerate().rev() {
        chart.legend(&format!("c{index}"), curve.name);
    }
    if let Some(accuracy) = digital {
        chart.across(accuracy);
        chart.note((first, accuracy), (6.0, -5.0), "digital weights");
    }
    for (index, curve) in ageing.curves.iter().enumerate() {
        draw(&mut chart, (&format!("c{index}"), curve), &seconds);
    }
    chart.finish()
}

fn draw(chart: &mut Chart, (class, curve): (&str, &Curve), seconds: &[f64]) {
    let points = |value: fn(&Estimate) -> f64| -> Vec<(f64, f64)> {
        seconds.iter().zip(&curve.accuracy).map(|(&s, a)| (s, 100.0 * value(a))).collect()
    };
    chart.line(class, &points(|a| a.mean));
    chart.marks(class, &points(|a| a.mean));
    for (low, high) in points(|a| a.low).into_iter().zip(points(|a| a.high)) {
        chart.line(class, &[low, high]);
    }
}

#[cfg(test)]
mod tests {
    use super::age;

    #[test]
    fn ages_are_said_as_a_person_does() {
        let ages = [0.5, 1.0, 90.0, 7200.0, 86_400.0, 315_576_000.0];
        assert_eq!(ages.map(age), ["0.5 s", "1 s", "1.5 min", "2 h", "1 d", "10 a"]);
    }
}
