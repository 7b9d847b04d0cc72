//! FST files, through `wellen`.

use std::convert::Infallible;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use wellen::stream::{Filter, StreamError, StreamingWaveform};
use wellen::{LoadOptions, SignalEncoding, SignalRef, SignalValueRef};

use super::WaveformError;
use super::header::without_range;
use super::hierarchy::{Hierarchy, TimeUnit, Variable, VariableKind};
use super::planes::Planes;
use super::sample::ChangeSource;
use super::scanner::ScanEvent;

/// An FST file as a sequence of changes.
///
/// All changes of the watched signals are held in memory (about 24 bytes and one byte per bit each): meant for files of up to some
/// hundred megabytes. Convert longer traces to VCD, which is read in constant memory.
pub struct FstChanges {
    file: StreamingWaveform<BufReader<File>>,
    hierarchy: Hierarchy,
    planes: Planes,
    slots: Vec<(SignalRef, usize)>,
    changes: Option<Changes>,
    time: Option<u64>,
}

#[derive(Debug, Default)]
struct Changes {
    entries: Vec<Change>,
    digits: Vec<u8>,
    next: usize,
}

#[derive(Debug, Clone, Copy)]
struct Change {
    time: u64,
    slot: u32,
    first: usize,
}

impl std::fmt::Debug for FstChanges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FstChanges").field("variables", &self.hierarchy.variables().len()).finish_non_exhaustive()
    }
}

impl FstChanges {
    /// Opens the file and reads its declarations.
    ///
    /// # Errors
    /// [`WaveformError::Io`] if the file cannot be opened, [`WaveformError::Fst`] if it is not FST.
    pub fn open(path: &Path) -> Result<Self, WaveformError> {
        File::open(path).map_err(WaveformError::io(format!("open {}", path.display())))?;
        let options = LoadOptions { multi_thread: false, ..LoadOptions::default() };
        let file = wellen::stream::read_from_file(path, &options).map_err(|error| fst_error(path, &error))?;
        if file.hierarchy().file_format() != wellen::FileFormat::Fst {
            return Err(WaveformError::Fst(format!("{} is {:?}", path.display(), file.hierarchy().file_format())));
        }
        let hierarchy = hierarchy_of(file.hierarchy());
        let (planes, slots) = (Planes::default(), Vec::new());
        Ok(Self { file, hierarchy, planes, slots, changes: None, time: None })
    }

    /// Scopes, variables and time unit.
    pub fn hierarchy(&self) -> &Hierarchy {
        &self.hierarchy
    }

    fn watch_one(&mut self, index: usize) -> usize {
        let variable = &self.hierarchy.variables()[index];
        let signal = usize::try_from(variable.id).ok().and_then(SignalRef::from_index);
        let signal = signal.expect("ids of an FST hierarchy are signal indices");
        if let Some((_, slot)) = self.slots.iter().find(|(known, _)| *known == signal) {
            return *slot;
        }
        let slot = self.planes.add(variable.width);
        self.slots.push((signal, slot));
        slot
    }

    fn load(&mut self) -> Result<Changes, WaveformError> {
        let mut changes = Changes::default();
        let signals: Vec<SignalRef> = self.slots.iter().map(|(signal, _)| *signal).collect();
        let slots = &self.slots;
        let result = self.file.stream_changes(Filter::include_signals(&signals), |time, signal, value| {
            let slot = slots.iter().find(|(known, _)| *known == signal).map(|(_, slot)| *slot);
            slot.into_iter().for_each(|slot| changes.push(time, slot, value));
            Ok::<(), Infallible>(())
        });
        match result {
            Ok(()) => {}
            Err(StreamError::Wellen(error)) => return Err(WaveformError::Fst(error.to_string())),
            Err(StreamError::Callback(never)) => match never {},
        }
        changes.entries.sort_by_key(|change| change.time);
        Ok(changes)
    }
}

impl Changes {
    fn push(&mut self, time: u64, slot: usize, value: SignalValueRef<'_>) {
        let Some(bits) = value.to_bit_string() else { return };
        self.entries.push(Change { time, slot: u32::try_from(slot).unwrap_or(u32::MAX), first: self.digits.len() });
        self.digits.extend(bits.bytes().map(four_state));
        self.digits.push(b' ');
    }

    fn digits(&self, change: Change) -> &[u8] {
        let rest = &self.digits[change.first..];
        &rest[..rest.iter().position(|&byte| byte == b' ').unwrap_or(rest.len())]
    }
}

/// The nine states of FST as four: weak levels count as levels, uninitialised and don't-care as x.
fn four_state(digit: u8) -> u8 {
    match digit.to_ascii_lowercase() {
        b'0' | b'l' => b'0',
        b'1' | b'h' => b'1',
        b'z' => b'z',
        _ => b'x',
    }
}

impl ChangeSource for FstChanges {
    fn hierarchy(&self) -> &Hierarchy {
        &self.hierarchy
    }

    fn watch(&mut self, variables: &[usize]) -> Vec<usize> {
        variables.iter().map(|&index| self.watch_one(index)).collect()
    }

    fn next_event(&mut self) -> Result<Option<ScanEvent>, WaveformError> {
        if self.changes.is_none() {
            self.changes = Some(self.load()?);
        }
        let Some(changes) = &mut self.changes else { return Ok(None) };
        let Some(&change) = changes.entries.get(changes.next) else { return Ok(None) };
        if self.time != Some(change.time) {
            self.time = Some(change.time);
            return Ok(Some(ScanEvent::Time(change.time)));
        }
        changes.next += 1;
        let slot = change.slot as usize;
        let stored = self.planes.store_digits(slot, changes.digits(change));
        stored.map_err(|bad| WaveformError::Fst(format!("time {}: bad value ({bad:?})", change.time)))?;
        Ok(Some(ScanEvent::Change(slot)))
    }

    fn planes(&self) -> &Planes {
        &self.planes
    }
}

fn fst_error(path: &Path, error: &wellen::WellenError) -> WaveformError {
    WaveformError::Fst(format!("{}: {error}", path.display()))
}

fn hierarchy_of(source: &wellen::Hierarchy) -> Hierarchy {
    let mut hierarchy = Hierarchy::default();
    hierarchy.set_time_unit(source.timescale().and_then(|scale| {
        let exponent = scale.unit.to_exponent()?;
        Some(TimeUnit { factor: scale.factor, exponent: i32::from(exponent) })
    }));
    for scope in source.all_scopes() {
        hierarchy.add_scope(plain_name(&source[scope].full_name(source)));
    }
    for var in source.all_vars() {
        hierarchy.add_variable(variable(source, &source[var]));
    }
    hierarchy
}

fn variable(source: &wellen::Hierarchy, var: &wellen::Var) -> Variable {
    let (width, kind) = match var.signal_encoding(source) {
        SignalEncoding::String => (0, VariableKind::Text),
        SignalEncoding::Real => (64, VariableKind::Real),
        SignalEncoding::BitVector(0) => (0, VariableKind::Event),
        SignalEncoding::BitVector(width) => (width, VariableKind::Bits),
    };
    let name = plain_name(&var.full_name(source));
    Variable { name: without_range(&name).to_string(), width, kind, id: var.signal_ref().index() as u64 }
}

/// `wellen` makes a scope of an array, `v.[3]`; VCD calls the element `v[3]`.
fn plain_name(name: &str) -> String {
    name.replace(".[", "[")
}
