//! The comparison loop.

use std::collections::VecDeque;

use super::pairs::{ByTime, Filter, InSequence, Pair, PairSource};
use super::verdict::{Agreement, Divergence, DivergenceKind, SignalDifference, Verdict, WindowRow};
use crate::waveform::{OwnedRecord, Record, RecordLayout, RecordSource, WaveformError, near_matches};

/// Which records stand opposite each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Pairing {
    /// Record by record; cycle numbers must be equal.
    #[default]
    Cycle,
    /// Only records in which the 1-bit signal `condition` is 1 (not x), in sequence, whatever their cycles.
    Transaction {
        /// A recorded signal, such as the write enable of a state port.
        condition: String,
    },
    /// At each time at which either side has a record; a side holds its values between records. The range of an option is then in
    /// units of time.
    Time,
}

/// What x and z mean in a comparison. A bit that is x on both sides, or z on both, is always equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownRule {
    /// A bit that is x or z on one side only is a difference.
    #[default]
    Differs,
    /// A left bit that is x or z is not compared.
    IgnoreLeft,
    /// A right bit that is x or z is not compared.
    IgnoreRight,
    /// A bit that is x or z on any side is not compared.
    IgnoreEither,
}

/// What to compare, and how much to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompareOptions {
    /// First cycle compared (first time with [`Pairing::Time`]).
    pub start: u64,
    /// Last cycle compared (last time with [`Pairing::Time`]), or all.
    pub end: Option<u64>,
    /// Signals left out: names, or beginnings of names followed by `*`.
    pub ignore: Vec<String>,
    /// Meaning of x and z.
    pub unknown: UnknownRule,
    /// Which records stand opposite each other.
    pub pairing: Pairing,
    /// Pairs shown before a divergence, and again after it.
    pub window: usize,
}

impl Default for CompareOptions {
    /// Everything, per cycle, x is a difference, 8 pairs around a divergence.
    fn default() -> Self {
        Self {
            start: 0,
            end: None,
            ignore: Vec::new(),
            unknown: UnknownRule::default(),
            pairing: Pairing::default(),
            window: 8,
        }
    }
}

/// Compares two streams of records until they part or both end.
///
/// Memory: `2 * window + 1` pairs of records; nothing grows with the streams.
///
/// # Errors
/// [`WaveformError::DifferentSignals`] unless both layouts have the same signals in the same order;
/// [`WaveformError::UnknownOptionSignal`] if `ignore` or the condition names no signal; [`WaveformError::WrongWidth`] if the condition is wider than
/// 1 bit; [`WaveformError::NothingCompared`] if neither side has a record in the range, or every signal is ignored; and any error of a
/// source.
pub fn compare_streams<L: RecordSource, R: RecordSource>(
    left: L,
    right: R,
    options: &CompareOptions,
) -> Result<Verdict, WaveformError> {
    let layout = left.layout().clone();
    check_layouts(&layout, right.layout())?;
    let comparer = Comparer::new(layout, options)?;
    let (start, end) = (options.start, options.end);
    match &options.pairing {
        Pairing::Cycle => comparer.run(InSequence::new(left, right, Filter { start, end, condition: None })),
        Pairing::Transaction { condition } => {
            let condition = Some(condition_word(&comparer.layout, condition)?);
            comparer.run(InSequence::new(left, right, Filter { start, end, condition }))
        }
        Pairing::Time => comparer.run(ByTime::new(left, right, Filter { start, end, condition: None })?),
    }
}

fn check_layouts(left: &RecordLayout, right: &RecordLayout) -> Result<(), WaveformError> {
    let (a, b) = (left.signals(), right.signals());
    if a.len() != b.len() {
        return Err(WaveformError::DifferentSignals(format!(
            "{} signals on the left, {} on the right",
            a.len(),
            b.len()
        )));
    }
    let Some((a, b)) = a.iter().zip(b).find(|(a, b)| a != b) else { return Ok(()) };
    let text = format!("`{}` of {} bits on the left, `{}` of {} bits on the right", a.name, a.width, b.name, b.width);
    Err(WaveformError::DifferentSignals(text))
}

fn condition_word(layout: &RecordLayout, name: &str) -> Result<usize, WaveformError> {
    let index = layout.position(name).ok_or_else(|| unknown_option(layout, "condition", name))?;
    let found = layout.signals()[index].width;
    if found != 1 {
        return Err(WaveformError::WrongWidth { signal: name.to_string(), expected: 1, found });
    }
    Ok(layout.range(index).start)
}

fn unknown_option(layout: &RecordLayout, option: &'static str, name: &str) -> WaveformError {
    let near = near_matches(name, layout.signals().iter().map(|signal| signal.name.as_str()));
    WaveformError::UnknownOptionSignal { option, signal: name.to_string(), near }
}

/// Whether an entry of an ignore list covers `name`.
pub(crate) fn covers(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

/// Cycle and time of a side's last record.
#[derive(Debug, Clone, Copy, Default)]
struct Position {
    cycle: u64,
    time: u64,
}

impl From<&Record<'_>> for Position {
    fn from(record: &Record<'_>) -> Self {
        Self { cycle: record.cycle, time: record.time }
    }
}

struct Comparer {
    layout: RecordLayout,
    masks: Vec<u32>,
    ignored: Vec<String>,
    rule: UnknownRule,
    same_cycles: bool,
    window: usize,
    before: VecDeque<WindowRow>,
    records: u64,
    with_unknown: u64,
    first_cycle: u64,
    left: Position,
    right: Position,
}

impl Comparer {
    fn new(layout: RecordLayout, options: &CompareOptions) -> Result<Self, WaveformError> {
        let (masks, ignored) = masks(&layout, &options.ignore)?;
        if ignored.len() == layout.signals().len() {
            return Err(WaveformError::NothingCompared("no signal is left to compare".to_string()));
        }
        Ok(Self {
            layout,
            masks,
            ignored,
            rule: options.unknown,
            same_cycles: options.pairing == Pairing::Cycle,
            window: options.window,
            before: VecDeque::with_capacity(options.window),
            records: 0,
            with_unknown: 0,
            first_cycle: 0,
            left: Position::default(),
            right: Position::default(),
        })
    }

    fn run(mut self, mut pairs: impl PairSource) -> Result<Verdict, WaveformError> {
        loop {
            let (kind, row) = match pairs.next_pair()? {
                Pair::Both(left, right) => match self.check(&left, &right)? {
                    Some(kind) => (kind, row_of(Some(&left), Some(&right))),
                    None => continue,
                },
                Pair::LeftOnly(left) => (DivergenceKind::RightEnded, row_of(Some(&left), None)),
                Pair::RightOnly(right) => (DivergenceKind::LeftEnded, row_of(None, Some(&right))),
                Pair::End => return self.agree(),
            };
            let after = read_after(&mut pairs, self.window)?;
            return Ok(Verdict::Divergence(Box::new(self.diverge(kind, row, after))));
        }
    }

    /// Compares one pair; `None` if it is equal.
    #[inline]
    fn check(&mut self, left: &Record<'_>, right: &Record<'_>) -> Result<Option<DivergenceKind>, WaveformError> {
        self.layout.check(left)?;
        self.layout.check(right)?;
        if self.same_cycles && left.cycle != right.cycle {
            return Ok(Some(DivergenceKind::Cycles));
        }
        if !self.equal(left, right) {
            return Ok(Some(DivergenceKind::Values));
        }
        self.remember(left, right);
        Ok(None)
    }

    #[inline]
    fn equal(&self, left: &Record<'_>, right: &Record<'_>) -> bool {
        if left.unknowns.is_some() || right.unknowns.is_some() {
            return (0..self.masks.len()).all(|word| self.difference(word, left, right) == 0);
        }
        let words = left.values.iter().zip(right.values).zip(&self.masks);
        words.fold(0, |all, ((left, right), mask)| all | (left ^ right) & mask) == 0
    }

    /// Differing bits of one word.
    fn difference(&self, word: usize, left: &Record<'_>, right: &Record<'_>) -> u32 {
        let unknown = |record: &Record<'_>| record.unknowns.map_or(0, |plane| plane[word]);
        let (left_unknown, right_unknown) = (unknown(left), unknown(right));
        let skipped = match self.rule {
            UnknownRule::Differs => 0,
            UnknownRule::IgnoreLeft => left_unknown,
            UnknownRule::IgnoreRight => right_unknown,
            UnknownRule::IgnoreEither => left_unknown | right_unknown,
        };
        ((left.values[word] ^ right.values[word]) | (left_unknown ^ right_unknown)) & self.masks[word] & !skipped
    }

    #[inline]
    fn remember(&mut self, left: &Record<'_>, right: &Record<'_>) {
        if self.records == 0 {
            self.first_cycle = left.cycle;
        }
        self.records += 1;
        self.with_unknown += u64::from(left.unknowns.is_some() || right.unknowns.is_some());
        (self.left, self.right) = (left.into(), right.into());
        if self.window == 0 {
            return;
        }
        let mut row =
            if self.before.len() < self.window { None } else { self.before.pop_front() }.unwrap_or_else(empty_row);
        copy_side(&mut row.left, left);
        copy_side(&mut row.right, right);
        self.before.push_back(row);
    }

    fn agree(self) -> Result<Verdict, WaveformError> {
        if self.records == 0 {
            return Err(WaveformError::NothingCompared("neither side has a record in the range".to_string()));
        }
        Ok(Verdict::Agreement(Agreement {
            records: self.records,
            signals: self.layout.signals().len() - self.ignored.len(),
            ignored: self.ignored,
            records_with_unknown: self.with_unknown,
            first_cycle: self.first_cycle,
            last_cycle: self.left.cycle,
        }))
    }

    fn diverge(mut self, kind: DivergenceKind, row: WindowRow, after: Vec<WindowRow>) -> Divergence {
        self.left = row.left.as_ref().map_or(self.left, |record| (&record.as_record()).into());
        self.right = row.right.as_ref().map_or(self.right, |record| (&record.as_record()).into());
        let differences = match kind {
            DivergenceKind::Values => self.differences(&row),
            DivergenceKind::LeftEnded | DivergenceKind::RightEnded | DivergenceKind::Cycles => Vec::new(),
        };
        let at = self.before.len();
        let window = self.before.into_iter().chain([row]).chain(after).collect();
        Divergence {
            kind,
            records_before: self.records,
            left_cycle: self.left.cycle,
            right_cycle: self.right.cycle,
            left_time: self.left.time,
            right_time: self.right.time,
            differences,
            window,
            at,
            layout: self.layout,
            ignored: self.ignored,
        }
    }

    fn differences(&self, row: &WindowRow) -> Vec<SignalDifference> {
        let (Some(left), Some(right)) = (&row.left, &row.right) else { return Vec::new() };
        let (left, right) = (left.as_record(), right.as_record());
        let differs = |index: &usize| self.layout.range(*index).any(|word| self.difference(word, &left, &right) != 0);
        let named = |index| SignalDifference {
            index,
            name: self.layout.signals()[index].name.clone(),
            left: self.layout.value(index, &left),
            right: self.layout.value(index, &right),
        };
        (0..self.layout.signals().len()).filter(differs).map(named).collect()
    }
}

/// Bits that are compared, and the names of the signals that are not.
fn masks(layout: &RecordLayout, ignore: &[String]) -> Result<(Vec<u32>, Vec<String>), WaveformError> {
    let is_ignored = |name: &str| ignore.iter().any(|pattern| covers(pattern, name));
    for pattern in ignore {
        if !layout.signals().iter().any(|signal| covers(pattern, &signal.name)) {
            return Err(unknown_option(layout, "ignore", pattern));
        }
    }
    let mut masks = layout.all_bits();
    let mut ignored = Vec::new();
    for (index, signal) in layout.signals().iter().enumerate().filter(|(_, signal)| is_ignored(&signal.name)) {
        masks[layout.range(index)].fill(0);
        ignored.push(signal.name.clone());
    }
    Ok((masks, ignored))
}

fn empty_row() -> WindowRow {
    WindowRow { left: None, right: None }
}

fn copy_side(side: &mut Option<OwnedRecord>, record: &Record<'_>) {
    side.get_or_insert_default().copy_from(record);
}

fn row_of(left: Option<&Record<'_>>, right: Option<&Record<'_>>) -> WindowRow {
    WindowRow { left: left.map(|record| (*record).into()), right: right.map(|record| (*record).into()) }
}

/// Up to `count` more pairs. An error there must not hide the divergence, so it ends the window.
fn read_after(pairs: &mut impl PairSource, count: usize) -> Result<Vec<WindowRow>, WaveformError> {
    let mut rows = Vec::new();
    while rows.len() < count {
        rows.push(match pairs.next_pair() {
            Ok(Pair::Both(left, right)) => row_of(Some(&left), Some(&right)),
            Ok(Pair::LeftOnly(left)) => row_of(Some(&left), None),
            Ok(Pair::RightOnly(right)) => row_of(None, Some(&right)),
            Ok(Pair::End) | Err(_) => break,
        });
    }
    Ok(rows)
}
