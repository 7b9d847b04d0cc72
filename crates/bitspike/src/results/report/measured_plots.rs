//! The plots of a measured array.

use bitspike_device::characterise::{DriftPoint, LevelHistogram, MvmError, Statistics};
use bitspike_device::{Characteristics, ProgrammedArray};

use super::array::{CELLS, frame};
use super::chart::{Axis, Chart};
use super::plot::{WIDTH, colour};
use crate::results::array_figures::working_error;
use crate::results::png::{Colour, Picture};
use crate::results::svg::{Anchor, Area};

/// Width of two plots side by side.
const HALF: (f64, f64) = (520.0, 300.0);
/// Most bars of the pulses.
const BARS: usize = 64;
/// Shades of the heat map.
const SHADES: usize = 200;
const DROP: [u8; 3] = [208, 72, 40];

/// A plot with its words.
pub(super) struct Plate {
    /// Name of its file, without extension.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) caption: String,
    pub(super) svg: String,
}

/// Conductances after programming, a histogram for each level.
pub(super) fn histograms(c: &Characteristics) -> Plate {
    let top = c.levels.iter().map(|level| level.g.largest.max(level.target)).fold(0.0, f64::max) * 1.04;
    let tallest = c.levels.iter().flat_map(shares).fold(0.0, f64::max) * 1.05;
    let axes =
        (Axis::linear((0.0, top), "conductance, µS"), Axis::linear((0.0, tallest), "share of the level's devices"));
    let mut chart = Chart::new("conductance of each level", (WIDTH, 300.0), axes);
    for (index, level) in (0..).zip(&c.levels) {
        let (edges, values) = outline(level, c.histogram_top);
        chart.steps(&format!("level fill stroke {}", colour(index)), (&edges, &values));
        if (index as usize).is_multiple_of(c.levels.len().div_ceil(16)) {
            chart.note((level.target, tallest), (2.0, 11.0), &format!("{:.1}", level.target));
        }
    }
    Plate {
        name: "levels",
        title: "Conductance of each level",
        caption: format!(
            "Right after programming, each of {} target conductances on its own; the numbers are targets in µS. The largest level has {} devices.",
            c.levels.len(),
            c.levels.last().map_or(0, |level| level.g.count)
        ),
        svg: chart.finish(),
    }
}

/// Edges and heights of the bins that hold devices, between two empty bins.
fn outline(level: &LevelHistogram, top: f64) -> (Vec<f64>, Vec<f64>) {
    let width = top / level.counts.len() as f64;
    let first = level.counts.iter().position(|&count| count > 0).unwrap_or(0);
    let last = level.counts.iter().rposition(|&count| count > 0).unwrap_or(0);
    let heights: Vec<f64> = shares(level).collect();
    let values = [&[0.0], &heights[first..=last], &[0.0]].concat();
    let edges = (0..=values.len()).map(|k| width * (first as f64 + k as f64 - 1.0)).collect();
    (edges, values)
}

fn shares(level: &LevelHistogram) -> impl Iterator<Item = f64> + '_ {
    let all = level.g.count.max(1) as f64;
    level.counts.iter().map(move |&count| f64::from(count) / all)
}

/// Error of the conductances before and after write-verify.
pub(super) fn errors(array: &ProgrammedArray, c: &Characteristics) -> Plate {
    let mut rows = vec![("as programmed", c.error_after_verify)];
    if array.config.write_verify.is_some() {
        rows = vec![("before write-verify", c.error_before_verify), ("after write-verify", c.error_after_verify)];
    }
    if c.stuck > 0 {
        rows.push(("without stuck devices", working_error(array)));
    }
    let reach = rows.iter().map(|(_, s)| s.largest.abs().max(s.smallest.abs())).fold(1e-6, f64::max) * 1.05;
    let axes = (Axis::linear((-reach, reach), "conductance less target, µS"), Axis::linear((0.0, 1.0), ""));
    let mut chart = Chart::without_y("programming error", (HALF.0, 60.0 + 70.0 * rows.len() as f64), axes);
    for (index, (name, s)) in rows.iter().enumerate() {
        let y = 1.0 - (index as f64 + 0.62) / rows.len() as f64;
        chart.range(y, (s.smallest, s.largest), (s.mean - s.deviation, s.mean + s.deviation));
        let words = format!(
            "{name}: mean {:.3}, deviation {:.3}, from {:.3} to {:.3} µS",
            s.mean, s.deviation, s.smallest, s.largest
        );
        chart.note((-reach, y), (8.0, -18.0), &words);
    }
    Plate { name: "error", title: "Programming error", caption: verify_caption(array), svg: chart.finish() }
}

fn verify_caption(array: &ProgrammedArray) -> String {
    let words = "Box: one deviation on either side of the mean; line: smallest to largest, stuck devices too.";
    match &array.config.write_verify {
        None => format!("{words} Write-verify is off."),
        Some(verify) => format!("{words} Write-verify accepts ± {:.3} µS.", verify.tolerance * 1e6),
    }
}

/// Devices by the pulses they took.
pub(super) fn pulses(c: &Characteristics) -> Plate {
    let bin = c.pulses.len().div_ceil(BARS);
    let bars: Vec<u64> = c.pulses.chunks(bin).map(|counts| counts.iter().sum()).collect();
    let tallest = bars.iter().copied().max().unwrap_or(1).max(1) as f64 * 1.05;
    let end = (bars.len() * bin) as f64;
    let axes = (Axis::linear((-0.5, end - 0.5), "pulses of write-verify"), Axis::linear((0.0, tallest), "devices"));
    let mut chart = Chart::new("pulses", HALF, axes);
    for (index, &count) in bars.iter().enumerate() {
        let from = (index * bin) as f64 - 0.5;
        chart.bar((from + 0.08 * bin as f64, from + 0.92 * bin as f64), count as f64);
    }
    let caption = format!("How many devices took how many pulses after the first write, {bin} to a bar.");
    Plate { name: "pulses", title: "Pulses of each device", caption, svg: chart.finish() }
}

/// Mean conductance of each level over time; `None` with a single epoch.
pub(super) fn drift(array: &ProgrammedArray, c: &Characteristics) -> Option<Plate> {
    let seconds: Vec<f64> = array.epochs.iter().map(|epoch| epoch.epoch.seconds).collect();
    let first = seconds.iter().copied().find(|&s| s > 0.0)?;
    if seconds.len() < 2 {
        return None;
    }
    let start = if seconds[0] > 0.0 { first } else { first / 10.0 };
    let top = c.drift.iter().map(|p| p.g.mean + p.g.deviation).fold(0.0, f64::max) * 1.05;
    let end = seconds.last().copied().unwrap_or(first);
    let axes = (Axis::log((start, end), "seconds since programming"), Axis::linear((0.0, top), "conductance, µS"));
    let mut chart = Chart::new("drift", HALF, axes);
    let mut labelled = f64::NEG_INFINITY;
    for (index, level) in (0..).zip(&c.levels) {
        let points: Vec<&DriftPoint> = c.drift.iter().filter(|p| p.target == level.target).collect();
        let line = |at: fn(&Statistics) -> f64| -> Vec<(f64, f64)> {
            points.iter().map(|p| (p.seconds.max(start), at(&p.g))).collect()
        };
        chart.line(&colour(index), &line(|g| g.mean));
        chart.marks(&colour(index), &line(|g| g.mean));
        if c.levels.len() <= 8 {
            chart.line(&format!("dashed {}", colour(index)), &line(|g| g.mean + g.deviation));
            chart.line(&format!("dashed {}", colour(index)), &line(|g| g.mean - g.deviation));
        }
        if level.target - labelled > 0.055 * top {
            labelled = level.target;
            let mean = points.last().map_or(0.0, |p| p.g.mean);
            chart.note((end, mean), (-6.0, -4.0), &format!("{:.1}", level.target));
        }
    }
    let caption =
        "Mean of each level; dashed, with up to 8 levels: one deviation on either side. The numbers are targets in µS.";
    Some(Plate { name: "drift", title: "Drift", caption: caption.to_owned(), svg: chart.finish() })
}

/// Share of the current that the wires take; `None` without wires.
pub(super) fn ir_drop(array: &ProgrammedArray, c: &Characteristics) -> Option<Plate> {
    if c.ir_drop.is_empty() {
        return None;
    }
    let (rows, columns) = (array.devices.word_lines as usize, array.devices.bit_lines as usize);
    let drop = Statistics::of(c.ir_drop.iter().map(|share| 100.0 * share));
    let largest = drop.largest.max(1e-12);
    let picture = heat(&c.ir_drop, (rows, columns), largest / 100.0);
    let mut svg = frame("IR drop", &picture, (rows, columns));
    let strip = Picture { width: SHADES, height: 1, palette: palette(), pixels: (0..SHADES).map(shade).collect() };
    svg.text("name", (146.0, 13.0), Anchor::End, "0");
    svg.image(Area { x: 152.0, y: 4.0, width: 100.0, height: 10.0 }, &strip.data_address());
    svg.text("name", (258.0, 13.0), Anchor::Start, &format!("{largest:.3} %"));
    Some(Plate {
        name: "ir_drop",
        title: "IR drop",
        caption: format!(
            "Share of each cell's current that the wires take, plane 0, first epoch: mean {:.3} %, largest {:.3} %. Word lines (rows) are driven from the left, bit lines (columns) end at the bottom.",
            drop.mean, drop.largest
        ),
        svg: svg.finish(),
    })
}

fn shade(level: usize) -> u8 {
    u8::try_from(level.min(SHADES - 1)).expect("at most 200 shades")
}

/// From clear to full.
fn palette() -> Vec<Colour> {
    let [r, g, b] = DROP;
    (0..SHADES).map(|level| [r, g, b, u8::try_from(level * 255 / (SHADES - 1)).expect("at most 255")]).collect()
}

/// The shares as a picture; cells of a large array share a pixel and show their mean.
fn heat(shares: &[f64], (rows, columns): (usize, usize), largest: f64) -> Picture {
    let (row_bin, column_bin) = (rows.div_ceil(CELLS), columns.div_ceil(CELLS));
    let (height, width) = (rows.div_ceil(row_bin), columns.div_ceil(column_bin));
    let pixel = |index: usize| {
        let row_range = index / width * row_bin..(index / width * row_bin + row_bin).min(rows);
        let column_range = index % width * column_bin..(index % width * column_bin + column_bin).min(columns);
        let count = (row_range.len() * column_range.len()) as f64;
        let sum: f64 = row_range.map(|row| shares[row * columns..][column_range.clone()].iter().sum::<f64>()).sum();
        shade((sum / count / largest * SHADES as f64).max(0.0) as usize)
    };
    Picture { width, height, palette: palette(), pixels: (0..width * height).map(pixel).collect() }
}

/// Code over sum of the converter of bit line 0, one curve for each slice.
pub(super) fn transfer(array: &ProgrammedArray, c: &Characteristics) -> Plate {
    let ends = c.adc.iter().filter_map(|t| Some((*t.edges.first()? as f64, *t.edges.last()? as f64)));
    let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), (a, b)| (low.min(a), high.max(b)));
    let margin = 0.05 * (high - low).max(1.0);
    let (low, high) = (low - margin, high + margin);
    let codes = array.adcs.iter().fold((0, 1), |(a, b), adc| (a.min(adc.low), b.max(adc.high)));
    let axes = (
        Axis::linear((low, high), "sum, current codes"),
        Axis::linear((f64::from(codes.0), f64::from(codes.1)), "code of the converter"),
    );
    let mut chart = Chart::new("transfer of the converter", HALF, axes);
    for ((slice, curve), adc) in (0..).zip(&c.adc).zip(&array.adcs) {
        let inner = curve.edges.iter().map(|&edge| edge as f64);
        let edges: Vec<f64> = std::iter::once(low).chain(inner).chain(std::iter::once(high)).collect();
        let values: Vec<f64> = (adc.low..=adc.high).map(f64::from).collect();
        chart.steps(&format!("trace stroke {}", colour(slice)), (&edges, &values));
    }
    let caption = format!("Bit line 0, {} bits; a curve for each slice ({}).", array.config.adc.bits, c.adc.len());
    Plate { name: "adc_transfer", title: "Transfer of the converter", caption, svg: chart.finish() }
}

/// Integral and differential non-linearity of the converter of bit line 0.
pub(super) fn linearity(array: &ProgrammedArray, c: &Characteristics) -> Plate {
    let all = c.adc.iter().flat_map(|t| t.inl.iter().chain(&t.dnl));
    let reach = all.fold(0.01_f64, |reach, value| reach.max(value.abs())) * 1.1;
    let codes = array.adcs.first().map_or((0.0, 1.0), |adc| (f64::from(adc.low), f64::from(adc.high)));
    let axes = (Axis::linear(codes, "code"), Axis::linear((-reach, reach), "non-linearity, codes"));
    let mut chart = Chart::new("non-linearity of the converter", HALF, axes);
    chart.across(0.0);
    chart.legend("c0", "integral");
    chart.legend("dashed c0", "differential");
    for (slice, curve) in (0..).zip(&c.adc) {
        let line = |values: &[f64]| -> Vec<(f64, f64)> {
            values.iter().enumerate().map(|(k, &value)| (codes.0 + 1.0 + k as f64, value)).collect()
        };
        chart.line(&format!("dashed {}", colour(slice)), &line(&curve.dnl));
        chart.line(&colour(slice), &line(&curve.inl));
    }
    let caption =
        "Against the line through the first and the last edge; edges are exact, from the converter's integers.";
    Plate { name: "adc_linearity", title: "INL and DNL", caption: caption.to_owned(), svg: chart.finish() }
}

/// Deviation of sums over random inputs.
pub(super) fn sums(array: &ProgrammedArray, c: &Characteristics) -> Plate {
    let (densest, widest) = c.mvm.iter().fold((0.0_f64, 1e-6_f64), |(density, wide), error| {
        (density.max(error.density), wide.max(error.array.deviation).max(error.converted.deviation))
    });
    let axes = (
        Axis::linear((0.0, 105.0 * densest), "active word lines, %"),
        Axis::linear((0.0, 1.1 * widest), "deviation, weight units"),
    );
    let mut chart = Chart::new("errors of sums", HALF, axes);
    chart.legend("dashed c0", "with converter");
    chart.legend("c0", "array");
    let mut labelled = f64::NEG_INFINITY;
    for (index, epoch) in (0..).zip(&array.epochs) {
        let errors: Vec<&MvmError> = c.mvm.iter().filter(|error| error.epoch == index as usize).collect();
        let line = |deviation: fn(&MvmError) -> f64| -> Vec<(f64, f64)> {
            errors.iter().map(|error| (100.0 * error.density, deviation(error))).collect()
        };
        chart.line(&colour(index), &line(|error| error.array.deviation));
        chart.marks(&colour(index), &line(|error| error.array.deviation));
        chart.line(&format!("dashed {}", colour(index)), &line(|error| error.converted.deviation));
        if let Some(last) = errors.last().filter(|last| (last.array.deviation - labelled).abs() > 0.06 * widest) {
            labelled = last.array.deviation;
            let point = (100.0 * last.density, last.array.deviation);
            chart.note(point, (-8.0, -6.0), &format!("{} s", epoch.epoch.seconds));
        }
    }
    let caption = "Sum of a bit line less the exact sum of integer weights, over 64 random inputs at each density; a curve for each epoch.";
    Plate { name: "mvm_error", title: "Errors of sums", caption: caption.to_owned(), svg: chart.finish() }
}
