//! The raster of a run as plain text for the terminal.

use std::fmt::Write as _;

use super::RunResult;

/// Most lines of neurons.
const LINES: usize = 24;
/// Characters before and after the raster itself.
const MARGIN: usize = 24;
/// From silent to the busiest bin.
const SHADES: [char; 5] = [' ', '.', ':', '*', '#'];

/// Draws the spikes of a run, at most `width` characters wide and 24 lines of neurons high.
///
/// Neurons and time steps share a character where they must; the shade says how many spikes it stands for. The number at the end of
/// a line counts its spikes.
#[must_use]
pub fn raster(run: &RunResult, width: usize) -> String {
    let columns = width.saturating_sub(MARGIN).clamp(16, 200);
    let cells = run.grid.shrink(LINES, columns);
    let busiest = cells.iter().flatten().copied().max().unwrap_or(0);
    if busiest == 0 {
        return format!("no spikes in {} time steps\n", run.time_steps);
    }
    let mut text = String::new();
    let per_line = run.grid.rows().div_ceil(LINES) as u32 * run.grid.neurons_per_row();
    for (line, row) in cells.iter().enumerate() {
        let shades: String = row.iter().map(|&count| shade(count, busiest)).collect();
        let first = line as u32 * per_line;
        let name = line_name(first, (first + per_line).min(run.grid.neurons()) - 1);
        writeln!(text, "{name:>11} |{shades}| {}", row.iter().sum::<u64>()).expect("a string takes any text");
    }
    text.push_str(&axis(run, cells[0].len()));
    text
}

fn line_name(first: u32, last: u32) -> String {
    if first == last { format!("{first}") } else { format!("{first}-{last}") }
}

/// Shade of a bin: blank for none, else by its share of the busiest bin, rounded up.
fn shade(count: u64, busiest: u64) -> char {
    let top = (SHADES.len() - 1) as u64;
    SHADES[(count * top).div_ceil(busiest) as usize]
}

fn axis(run: &RunResult, columns: usize) -> String {
    let last = format!("{}", run.time_steps.saturating_sub(1));
    let gap = columns.saturating_sub(1 + last.len());
    format!("{:>11}  0{:gap$}{last}  time step\n", "neuron", "")
}

#[cfg(test)]
mod tests {
    use super::{raster, shade};
    use crate::metrics::tests::tiny_run;

    #[test]
    fn shades_rise_with_the_count() {
        let shades: String = [0, 1, 25, 26, 50, 75, 76, 100].map(|count| shade(count, 100)).into_iter().collect();
        assert_eq!(shades, " ..::*##");
    }

    #[test]
    fn a_small_run_has_one_character_per_neuron_and_step() {
        let text = raster(&tiny_run(&[]), 80);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "          0 | ## | 2");
        assert_eq!(lines[1], "          1 |##  | 2");
        assert_eq!(lines[2], "          2 |   #| 1");
        assert!(lines[3].ends_with("time step"));
    }
}
