//! The confusion matrix of a labelled run.

use super::card;
use crate::metrics::{Confusion, confusion};
use crate::results::RunResult;

pub(super) fn section(run: &RunResult) -> String {
    let Some(matrix) = confusion(run) else { return String::new() };
    let correct: u32 = (0..matrix.classes as usize).map(|class| matrix.counts[class][class]).sum();
    let total = run.labels.labels().len();
    let undecided: u32 = matrix.undecided.iter().sum();
    let mut caption = format!(
        "{correct} of {total} windows decided as labelled ({:.1} %). Rows: label; columns: decision.",
        100.0 * f64::from(correct) / total as f64
    );
    if undecided > 0 {
        caption += &format!(" {undecided} windows were not finished.");
    }
    card("Confusion matrix", &caption, &format!("<div class=\"scroll\">{}</div>\n", table(&matrix)))
}

fn table(matrix: &Confusion) -> String {
    let head: String = (0..matrix.classes).map(|class| format!("<th>{class}</th>")).collect();
    let largest = matrix.counts.iter().flatten().copied().max().unwrap_or(1).max(1);
    let rows: String = matrix.counts.iter().enumerate().map(|(label, counts)| row(label, counts, largest)).collect();
    format!("<table class=\"matrix\"><tr><th></th>{head}</tr>\n{rows}</table>")
}

fn row(label: usize, counts: &[u32], largest: u32) -> String {
    let cell = |(class, &count): (usize, &u32)| {
        if count == 0 {
            return "<td></td>".to_owned();
        }
        let (name, colour) = if class == label { ("hit", "--good") } else { ("miss", "--bad") };
        let share = 14.0 + 56.0 * f64::from(count) / f64::from(largest);
        format!(
            "<td class=\"{name}\" style=\"background: color-mix(in srgb, var({colour}) {share:.0}%, transparent)\">{count}</td>"
        )
    };
    let cells: String = counts.iter().enumerate().map(cell).collect();
    format!("<tr><th>{label}</th>{cells}</tr>\n")
}
