//! The figures of a run as plain text for the terminal.

use std::fmt::Write as _;

use super::RunResult;
use crate::metrics::{Figure, Quantity, measure};

/// Figures and non-zero counters of a run, one line for each.
#[must_use]
pub fn summary(run: &RunResult) -> String {
    let s = run.core.structure();
    let mut text = format!(
        "{} neurons, {} word lines, {} lanes, v {} bits, weights {} bits\n",
        s.neurons, s.word_lines, s.lanes, s.v_bits, s.weight_bits
    );
    for figure in measure(run) {
        if figure.value != Quantity::Count(0) {
            let value = number(&figure);
            writeln!(text, "{:<24}{value:>14} {}", figure.name, figure.unit).expect("a string takes any text");
        }
    }
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn number(figure: &Figure) -> String {
    match figure.value {
        Quantity::Count(count) => grouped(count),
        Quantity::Real(real) => format!("{real:.4}"),
    }
}

/// A number with a space between groups of three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let (head, tail) = digits.split_at(first);
    let groups = tail.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    std::iter::once(head.to_owned()).filter(|head| !head.is_empty()).chain(groups).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{grouped, summary};
    use crate::metrics::tests::tiny_run;

    #[test]
    fn digits_come_in_threes() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1 000", "1 234 567"]);
    }

    #[test]
    fn zero_counters_are_left_out() {
        let text = summary(&tiny_run(&[1, 2]));
        assert!(text.contains("accuracy                        1.0000\n"), "{text}");
        assert!(!text.contains("events_dropped"), "{text}");
    }
}
