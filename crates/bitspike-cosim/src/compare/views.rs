//! Files that show a divergence in a waveform viewer: a merged VCD, a GTKWave save file, a Surfer command file.
//!
//! GTKWave opens one dump file, so the window around the divergence is written as one VCD with a scope for each side and a scope `differs`
//! with one bit per signal. Both view files lay the left value above the right one, differing signals first, with a marker at the
//! divergence. One record takes 10 ns there, and the record of left cycle c lies at `10 c` ns as long as cycles are consecutive.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use vcd::{IdCode, ReferenceIndex, TimescaleUnit, Value, VarType};

use super::verdict::{Divergence, WindowRow};
use crate::waveform::{OwnedRecord, RawValue, SignalSpec, WaveformError, check_name};

/// Nanoseconds of one record in the merged waveform.
const RECORD_TIME: u64 = 10;
const DIFFERS: &str = "differs";

/// What the two sides are called in the views.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideNames {
    /// Scope of the left side.
    pub left: String,
    /// Scope of the right side.
    pub right: String,
}

impl Default for SideNames {
    /// `model` and `rtl`.
    fn default() -> Self {
        Self { left: "model".to_string(), right: "rtl".to_string() }
    }
}

/// The files written by [`write_views`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewFiles {
    /// `both.vcd`: the window of both sides.
    pub merged: PathBuf,
    /// `both.gtkw`: open it with `gtkwave both.vcd both.gtkw` in that folder.
    pub gtkwave: PathBuf,
    /// `both.sucl`: open it with `surfer -c both.sucl` in that folder.
    pub surfer: PathBuf,
}

/// Writes `both.vcd`, `both.gtkw` and `both.sucl` into `folder`, which must exist.
///
/// # Errors
/// [`WaveformError::Io`], or [`WaveformError::Invalid`] for a name that VCD cannot hold.
pub fn write_views(folder: &Path, divergence: &Divergence, names: &SideNames) -> Result<ViewFiles, WaveformError> {
    let files = ViewFiles {
        merged: folder.join("both.vcd"),
        gtkwave: folder.join("both.gtkw"),
        surfer: folder.join("both.sucl"),
    };
    let mut merged = Vec::new();
    write_merged(&mut merged, divergence, names)?;
    write_file(&files.merged, &merged)?;
    write_file(&files.gtkwave, gtkwave_text("both.vcd", divergence, names).as_bytes())?;
    write_file(&files.surfer, surfer_text("both.vcd", divergence, names).as_bytes())?;
    Ok(files)
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), WaveformError> {
    fs::write(path, bytes).map_err(WaveformError::io(format!("write {}", path.display())))
}

/// Writes the window of both sides as one VCD; a side without a record is x there, and differs.
///
/// # Errors
/// [`WaveformError::Io`], or [`WaveformError::Invalid`] for a name that VCD cannot hold.
pub fn write_merged(out: impl Write, divergence: &Divergence, names: &SideNames) -> Result<(), WaveformError> {
    for signal in divergence.layout.signals() {
        check_name("signal", &signal.name)?;
    }
    check_name("scope", &names.left)?;
    check_name("scope", &names.right)?;
    merged(out, divergence, names).map_err(WaveformError::io("write the merged waveform"))
}

fn merged(out: impl Write, divergence: &Divergence, names: &SideNames) -> std::io::Result<()> {
    let mut writer = vcd::Writer::new(out);
    writer.timescale(1, TimescaleUnit::NS)?;
    let signals = divergence.layout.signals();
    let left = declare(&mut writer, &names.left, signals)?;
    let right = declare(&mut writer, &names.right, signals)?;
    let bits: Vec<SignalSpec> = signals.iter().map(|signal| SignalSpec::new(&signal.name, 1)).collect();
    let differs = declare(&mut writer, DIFFERS, &bits)?;
    writer.enddefinitions()?;
    for (position, row) in divergence.window.iter().enumerate() {
        writer.timestamp(row_time(divergence, position))?;
        for index in 0..signals.len() {
            let (a, b) = (value(divergence, index, row.left.as_ref()), value(divergence, index, row.right.as_ref()));
            change(&mut writer, left[index], &a)?;
            change(&mut writer, right[index], &b)?;
            writer.change_scalar(differs[index], a != b || row.left.is_none() || row.right.is_none())?;
        }
    }
    writer.timestamp(row_time(divergence, divergence.window.len()))?;
    writer.flush()
}

/// Declares the signals below `scope`; dots in their names are scopes too.
fn declare<W: Write>(writer: &mut vcd::Writer<W>, scope: &str, signals: &[SignalSpec]) -> std::io::Result<Vec<IdCode>> {
    let mut ids = Vec::new();
    writer.add_module(scope)?;
    for SignalSpec { name, width } in signals {
        let mut path: Vec<&str> = name.split('.').collect();
        let last = path.pop().unwrap_or_default();
        path.iter().try_for_each(|inner| writer.add_module(inner))?;
        let range = i32::try_from(*width).ok().filter(|&width| width > 1);
        let index = range.map(|width| ReferenceIndex::Range(width - 1, 0));
        ids.push(writer.add_var(VarType::Wire, *width, last, index)?);
        path.iter().try_for_each(|_| writer.upscope())?;
    }
    writer.upscope()?;
    Ok(ids)
}

fn value(divergence: &Divergence, index: usize, side: Option<&OwnedRecord>) -> RawValue {
    let Some(record) = side else { return unknown_value(divergence.layout.signals()[index].width) };
    divergence.layout.value(index, &record.as_record())
}

fn unknown_value(width: u32) -> RawValue {
    let words = width.div_ceil(32) as usize;
    RawValue { width, value: vec![0; words], unknown: vec![u32::MAX; words] }
}

fn change<W: Write>(writer: &mut vcd::Writer<W>, id: IdCode, value: &RawValue) -> std::io::Result<()> {
    let mut bits = value.binary().chars().map(state).collect::<Vec<Value>>();
    match (bits.pop(), bits.is_empty()) {
        (Some(only), true) => writer.change_scalar(id, only),
        (last, _) => writer.change_vector(id, bits.into_iter().chain(last)),
    }
}

fn state(digit: char) -> Value {
    match digit {
        '0' => Value::V0,
        '1' => Value::V1,
        'z' => Value::Z,
        _ => Value::X,
    }
}

/// Time of a row of the window in the merged waveform.
fn row_time(divergence: &Divergence, position: usize) -> u64 {
    let cycle = |row: &WindowRow| row.left.as_ref().or(row.right.as_ref()).map(|record| record.cycle);
    let first = divergence.window.first().and_then(cycle).unwrap_or(0);
    RECORD_TIME * (first + position as u64)
}

/// Signals of the window, differing ones first.
fn ordered(divergence: &Divergence) -> Vec<(&SignalSpec, bool)> {
    let differs = |index: usize| divergence.differences.iter().any(|difference| difference.index == index);
    let all = divergence.layout.signals().iter().enumerate().map(|(index, signal)| (signal, differs(index)));
    let (mut first, rest): (Vec<_>, Vec<_>) = all.partition(|(_, differs)| *differs);
    first.extend(rest);
    first
}

/// The GTKWave save file for the merged waveform `dump`.
pub fn gtkwave_text(dump: &str, divergence: &Divergence, names: &SideNames) -> String {
    let marker = row_time(divergence, divergence.at);
    let unset = " -1".repeat(26);
    let mut text = format!(
        "[*] written by bitspike\n[dumpfile] \"{dump}\"\n[timestart] {}\n*-5.000000 {marker}{unset}\n",
        row_time(divergence, 0)
    );
    for (signal, differs) in ordered(divergence) {
        text += &format!("@200\n-{}{}\n", signal.name, if differs { " (differs)" } else { "" });
        text += if signal.width > 1 { "@22\n" } else { "@28\n" };
        for side in [&names.left, &names.right] {
            text += if differs { "[color] 1\n" } else { "" };
            text += &format!("{side}.{}{}\n", signal.name, range_text(signal.width));
        }
        text += &format!("@28\n{DIFFERS}.{}\n", signal.name);
    }
    text
}

fn range_text(width: u32) -> String {
    if width > 1 { format!("[{}:0]", width - 1) } else { String::new() }
}

/// The Surfer command file for the merged waveform `dump`.
pub fn surfer_text(dump: &str, divergence: &Divergence, names: &SideNames) -> String {
    let marker = row_time(divergence, divergence.at);
    let mut text = format!("load_file {dump}\n");
    for (signal, differs) in ordered(divergence) {
        text += &format!("divider_add {}{}\n", signal.name, if differs { "_differs" } else { "" });
        for scope in [names.left.as_str(), names.right.as_str(), DIFFERS] {
            text += &format!("variable_add {scope}.{}\n", signal.name);
        }
    }
    text + &format!("marker_set divergence {marker}\ncursor_set {marker}\nzoom_fit\n")
}
