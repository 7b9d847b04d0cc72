//! The synapse array: heat map and histogram of the weight codes.

use super::card;
use crate::results::RunResult;
use crate::results::png::{Colour, Picture};
use crate::results::svg::{Anchor, Area, Svg};
use bitspike_spec::{AnalogueRead, ArrayRead, Core, Structure, SynapseArray};

/// Most cells drawn along a side; above, cells share a pixel and show their mean.
pub(super) const CELLS: usize = 256;
/// Shades on either side of zero.
const SHADES: i64 = 60;
const WIDTH: f64 = 500.0;
const NEGATIVE: [u8; 3] = [208, 72, 40];
const POSITIVE: [u8; 3] = [46, 108, 214];

/// Signed codes of cells, word line major.
struct Cells {
    word_lines: usize,
    bit_lines: usize,
    codes: Vec<i64>,
}

impl Cells {
    /// Of the first epoch: weights, or with analogue read the codes of the slices added up.
    fn of(core: &Core) -> Option<Self> {
        let s = core.structure();
        let codes = match &core.values().array {
            SynapseArray::Event(images) => images.first()?.codes().iter().map(|&code| i64::from(code)).collect(),
            SynapseArray::Analogue(array) => {
                let slices = array.images.first()?.slices();
                let cells = s.word_lines as usize * s.neurons as usize;
                let code = |cell| slices.iter().map(|slice| slice.difference(cell) << slice.shift).sum();
                (0..cells).map(code).collect()
            }
        };
        Some(Cells { word_lines: s.word_lines as usize, bit_lines: s.neurons as usize, codes })
    }
}

pub(super) fn section(run: &RunResult) -> String {
    let s = run.core.structure();
    let Some(cells) = Cells::of(&run.core) else { return String::new() };
    let what = match &s.array.read {
        ArrayRead::Event => format!("{} bits", s.weight_bits),
        ArrayRead::Analogue(read) => analogue(s, read),
    };
    let caption = format!(
        "{} word lines (rows) x {} bit lines (columns), {what}{}; blue positive, red negative, clear zero. Below: how many cells hold each code.",
        s.word_lines,
        s.neurons,
        epochs(run)
    );
    card("Synapse array", &caption, &(heat_map(&cells) + &histogram(&cells)))
}

/// How an array is read through converters.
fn analogue(s: &Structure, read: &AnalogueRead) -> String {
    let devices = if read.devices_per_cell == 2 { "pairs of devices" } else { "single devices" };
    let converters = s.neurons / read.columns_per_converter * read.slices;
    format!(
        "{devices}, {} slices, codes of {} bits, variances of {} bits; analogue read of {} word lines at once, {converters} {} converters of {} bits, {} cycles a conversion",
        read.slices,
        read.code_bits,
        read.variance_bits,
        read.rows_per_read,
        read.converter,
        read.adc_bits,
        read.conversion_cycles()
    )
}

/// The epochs after the first, which is the one drawn.
fn epochs(run: &RunResult) -> String {
    let starts: Vec<String> = run.core.values().epoch_starts.iter().map(ToString::to_string).collect();
    if starts.is_empty() {
        return String::new();
    }
    format!("; the first of {} epochs, the others from cycle {}", starts.len() + 1, starts.join(", "))
}

fn heat_map(image: &Cells) -> String {
    let (rows, columns) = (image.word_lines, image.bit_lines);
    let (row_bin, column_bin) = (rows.div_ceil(CELLS), columns.div_ceil(CELLS));
    let (height, width) = (rows.div_ceil(row_bin), columns.div_ceil(column_bin));
    let largest = image.codes.iter().map(|code| code.abs()).max().unwrap_or(0).max(1);
    let pixel = |index: usize| {
        let mean = mean(image, (index / width * row_bin, row_bin), (index % width * column_bin, column_bin));
        let shade = (mean / largest as f64 * SHADES as f64).round() as i64;
        u8::try_from(shade + SHADES).expect("at most 2 * 60 shades")
    };
    let picture = Picture { width, height, palette: palette(), pixels: (0..width * height).map(pixel).collect() };
    frame("synapse array", &picture, (rows, columns)).finish()
}

fn mean(image: &Cells, (row, rows): (usize, usize), (column, columns): (usize, usize)) -> f64 {
    let row_range = row..(row + rows).min(image.word_lines);
    let column_range = column..(column + columns).min(image.bit_lines);
    let count = row_range.len() * column_range.len();
    let row_sum = |row: usize| -> i64 { image.codes[row * image.bit_lines..][column_range.clone()].iter().sum() };
    row_range.map(row_sum).sum::<i64>() as f64 / count as f64
}

/// From most negative over clear to most positive.
fn palette() -> Vec<Colour> {
    let shade = |level: i64| {
        let [r, g, b] = if level < 0 { NEGATIVE } else { POSITIVE };
        [r, g, b, u8::try_from(level.abs() * 255 / SHADES).expect("at most 255")]
    };
    (-SHADES..=SHADES).map(shade).collect()
}

/// A picture of the array in its frame, with the numbers of the first and last lines.
pub(super) fn frame(title: &str, picture: &Picture, (rows, columns): (usize, usize)) -> Svg {
    let (left, top, room) = (46.0, 20.0, WIDTH - 60.0);
    let cell = (room / picture.width as f64).min(340.0 / picture.height as f64);
    let area_width = (cell * picture.width as f64).max(room.min(300.0));
    let area = Area { x: left, y: top, width: area_width, height: (cell * picture.height as f64).max(60.0) };
    let mut svg = Svg::new(WIDTH, area.y + area.height + 10.0, title);
    svg.rect("plot", area);
    svg.image(area, &picture.data_address());
    svg.rect("frame", area);
    svg.text("", (left, 13.0), Anchor::Start, "bit line 0");
    svg.text("", (left + area.width, 13.0), Anchor::End, &(columns - 1).to_string());
    svg.text("", (left - 6.0, top + 11.0), Anchor::End, "0");
    svg.text("", (left - 6.0, top + area.height), Anchor::End, &(rows - 1).to_string());
    svg
}

/// Cells of each code; codes share bars if there are more than 64 of them.
fn histogram(image: &Cells) -> String {
    let low = image.codes.iter().copied().min().unwrap_or(0);
    let high = image.codes.iter().copied().max().unwrap_or(0);
    let bin = (high - low) / 64 + 1;
    let mut bars = vec![0_u64; ((high - low) / bin + 1) as usize];
    for &code in &image.codes {
        bars[((code - low) / bin) as usize] += 1;
    }
    bar_picture(&bars, (low, high))
}

fn bar_picture(bars: &[u64], (low, high): (i64, i64)) -> String {
    let (left, top, height) = (46.0, 16.0, 90.0);
    let room = WIDTH - 60.0;
    let tallest = bars.iter().copied().max().unwrap_or(1).max(1);
    let mut svg = Svg::new(WIDTH, top + height + 22.0, "histogram of weight codes");
    let step = room / bars.len() as f64;
    for (index, &count) in bars.iter().enumerate() {
        let bar = height * count as f64 / tallest as f64;
        let x = left + step * (index as f64 + 0.08);
        svg.rect("bar", Area { x, y: top + height - bar, width: step * 0.84, height: bar });
    }
    svg.line("grid", (left, top + height), (left + room, top + height));
    svg.text("", (left, top + height + 15.0), Anchor::Start, &low.to_string());
    svg.text("", (left + room, top + height + 15.0), Anchor::End, &high.to_string());
    svg.text("", (left - 6.0, top + 10.0), Anchor::End, &tallest.to_string());
    svg.finish()
}
