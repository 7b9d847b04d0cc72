//! Model and RTL compared record by record, in process or through the testbench's waveform.

use std::path::Path;
use std::time::{Duration, Instant};

use bitspike_cosim::compare::views::SideNames;
use bitspike_cosim::compare::{
    Agreement, CompareOptions, Divergence, DivergenceKind, Verdict, WindowRow, compare_streams,
};
use bitspike_cosim::lockstep::{InitialState, Instance, RtlRun};
use bitspike_cosim::testbench::{RunRequest, Testbench, WaveformTarget};
use bitspike_cosim::waveform::{OwnedRecord, Record, RecordLayout, RecordSource, WaveformError};
use bitspike_model::{Model, NullObserver};
use bitspike_spec::{Core, Counters, Stimulus};

use super::ModelRecords;
use crate::control::Control;
use crate::error::Error;

/// Time without waveform data after which a testbench counts as stuck.
const STALL_LIMIT: Duration = Duration::from_secs(60);

/// What to compare, and how much of it to keep.
#[derive(Clone, Debug, Default)]
pub struct SideBySideOptions {
    /// Range, signals left out, window.
    pub compare: CompareOptions,
    /// Records of each side kept from the first cycle on, for a waveform view.
    pub keep: usize,
}

/// A finished comparison.
#[derive(Clone, Debug)]
pub struct SideBySide {
    /// Agreement, or where the sides (left the model, right the RTL) part.
    pub verdict: Verdict,
    /// Whether it was interrupted; what was compared until then agrees.
    pub is_interrupted: bool,
    /// Cycles that agree.
    pub cycles: u64,
    /// Wall time of the comparison, both sides running.
    pub elapsed: Duration,
    /// Counters at the end that differ: name, model, RTL, modulo 2^32. Read over the register bus, only where the core is drained.
    pub counters: Vec<(&'static str, u64, u64)>,
    /// Bytes of waveform written by the testbench, if it was kept as a file.
    pub bytes: Option<u64>,
    /// The first records of both sides.
    pub kept: Vec<WindowRow>,
    /// The signals of these records.
    pub layout: RecordLayout,
}

impl SideBySide {
    /// Whether the whole run agrees, counters included.
    #[must_use]
    pub fn agrees(&self) -> bool {
        matches!(self.verdict, Verdict::Agreement(_)) && self.counters.is_empty() && !self.is_interrupted
    }

    /// The kept records as a window that a waveform view can show, with the marker at the first record.
    #[must_use]
    pub fn first_window(&self) -> Divergence {
        Divergence {
            kind: DivergenceKind::Values,
            records_before: 0,
            left_cycle: 0,
            right_cycle: 0,
            left_time: 0,
            right_time: 0,
            differences: Vec::new(),
            window: self.kept.clone(),
            at: 0,
            layout: self.layout.clone(),
            ignored: Vec::new(),
        }
    }
}

/// Names of the sides in views.
#[must_use]
pub fn side_names() -> SideNames {
    SideNames { left: "model".to_owned(), right: "rtl".to_owned() }
}

/// The stimulus with its number of cycles: that of the file, or what the model takes until everything is drained.
///
/// A loop-back core that never falls silent never drains: give such a stimulus its cycles.
#[must_use]
pub fn with_cycles(core: &Core, stimulus: &Stimulus) -> Stimulus {
    let cycles = stimulus.cycles.unwrap_or_else(|| Model::run(core, stimulus, &mut NullObserver).cycles);
    Stimulus { cycles: Some(cycles), ..stimulus.clone() }
}

/// Steps the model beside an RTL instance in this process and compares every signal in every cycle.
///
/// # Errors
/// [`Error::Rtl`] if the instance was built for another structure or stops, [`Error::Waveform`] for wrong options.
pub fn lockstep(
    instance: &mut Instance,
    core: &Core,
    stimulus: &Stimulus,
    options: &SideBySideOptions,
    control: Control<'_>,
) -> Result<SideBySide, Error> {
    let timed = with_cycles(core, stimulus);
    let begin = Instant::now();
    let mut rtl = RtlRun::new(instance, core, &timed, cycles(&timed))?;
    let sides = Sides { core, original: stimulus, timed: &timed, options, control };
    let mut result = sides.compare(&mut rtl, begin)?;
    if sides.counters_are_comparable(&result) {
        result.counters = sides.counter_differences(&rtl.finish()?);
    }
    Ok(result)
}

/// Which testbench run to compare with.
pub struct TestbenchSide<'a> {
    /// The built testbench; its kind says whether it dumps VCD or FST.
    pub testbench: &'a Testbench,
    /// What registers and memories hold before reset.
    pub initial: InitialState,
    /// Where to keep the waveform, if it is to be kept.
    pub keep: Option<&'a Path>,
}

/// Runs the testbench beside this process and compares the waveform it dumps with the model, while it is dumped.
///
/// # Errors
/// [`Error::Rtl`] if the testbench fails or hangs, [`Error::Waveform`] for a waveform that cannot be read or has other signals.
pub fn through_waveform(
    side: &TestbenchSide<'_>,
    core: &Core,
    stimulus: &Stimulus,
    options: &SideBySideOptions,
    control: Control<'_>,
) -> Result<SideBySide, Error> {
    let timed = with_cycles(core, stimulus);
    let begin = Instant::now();
    let waveform = side.keep.map_or(WaveformTarget::Stream, |path| WaveformTarget::Keep(path.to_owned()));
    let mut run = side.testbench.start(&RunRequest {
        core,
        stimulus: &timed,
        cycles: cycles(&timed),
        initial: side.initial,
        waveform,
        stall_limit: STALL_LIMIT,
    })?;
    let sides = Sides { core, original: stimulus, timed: &timed, options, control };
    let mut result = sides.compare(&mut run, begin)?;
    if sides.counters_are_comparable(&result) {
        result.counters = sides.counter_differences(&run.finish()?.counters);
    }
    result.bytes = side.keep.and_then(|path| path.metadata().ok()).map(|data| data.len());
    Ok(result)
}

fn cycles(timed: &Stimulus) -> u64 {
    timed.cycles.expect("with_cycles sets them")
}

/// What both ways have in common.
struct Sides<'a> {
    core: &'a Core,
    original: &'a Stimulus,
    timed: &'a Stimulus,
    options: &'a SideBySideOptions,
    control: Control<'a>,
}

impl Sides<'_> {
    fn compare(&self, rtl: &mut impl RecordSource, begin: Instant) -> Result<SideBySide, Error> {
        let mut model = ModelRecords::new(self.core, self.timed, self.control);
        let layout = model.layout().clone();
        let mut left = Tap::new(&mut model, self.options.keep);
        let mut right = Tap::new(rtl, self.options.keep);
        let verdict = compare_streams(&mut left, &mut right, &self.options.compare)?;
        let kept = pair(left.kept, right.kept);
        let (verdict, is_interrupted) = self.interrupted(verdict);
        Ok(SideBySide {
            cycles: cycles_of(&verdict),
            verdict,
            is_interrupted,
            elapsed: begin.elapsed(),
            counters: Vec::new(),
            bytes: None,
            kept,
            layout,
        })
    }

    /// An interrupted model ends before the RTL: what was compared until then agrees.
    fn interrupted(&self, verdict: Verdict) -> (Verdict, bool) {
        match verdict {
            Verdict::Divergence(divergence)
                if divergence.kind == DivergenceKind::LeftEnded && self.control.interrupt.is_set() =>
            {
                (Verdict::Agreement(agreement_before(&divergence)), true)
            }
            verdict @ (Verdict::Agreement(_) | Verdict::Divergence(_)) => (verdict, false),
        }
    }

    /// The bus shows the counters a few cycles after the run: they stand still only in a core that was run until it was drained.
    fn counters_are_comparable(&self, result: &SideBySide) -> bool {
        let is_whole = self.options.compare.end.is_none();
        self.original.cycles.is_none()
            && is_whole
            && !result.is_interrupted
            && matches!(result.verdict, Verdict::Agreement(_))
    }

    fn counter_differences(&self, rtl: &Counters) -> Vec<(&'static str, u64, u64)> {
        let model = Model::run(self.core, self.timed, &mut NullObserver).counters;
        let wrap = |value: u64| value & u64::from(u32::MAX);
        let pairs = model.named().into_iter().zip(rtl.named());
        let pairs = pairs.map(|((name, model), (_, rtl))| (name, wrap(model), wrap(rtl)));
        pairs.filter(|(_, model, rtl)| model != rtl).collect()
    }
}

fn agreement_before(divergence: &Divergence) -> Agreement {
    Agreement {
        records: divergence.records_before,
        signals: divergence.layout.signals().len(),
        ignored: divergence.ignored.clone(),
        records_with_unknown: 0,
        first_cycle: 0,
        last_cycle: divergence.left_cycle,
    }
}

fn cycles_of(verdict: &Verdict) -> u64 {
    match verdict {
        Verdict::Agreement(agreement) => agreement.records,
        Verdict::Divergence(divergence) => divergence.records_before,
    }
}

fn pair(left: Vec<OwnedRecord>, right: Vec<OwnedRecord>) -> Vec<WindowRow> {
    left.into_iter().zip(right).map(|(left, right)| WindowRow { left: Some(left), right: Some(right) }).collect()
}

/// Passes records on and keeps the first ones.
struct Tap<'a, S> {
    source: &'a mut S,
    kept: Vec<OwnedRecord>,
    limit: usize,
}

impl<'a, S> Tap<'a, S> {
    fn new(source: &'a mut S, limit: usize) -> Self {
        Tap { source, kept: Vec::new(), limit }
    }
}

impl<S: RecordSource> RecordSource for &mut Tap<'_, S> {
    fn layout(&self) -> &RecordLayout {
        self.source.layout()
    }

    #[inline]
    fn next_record(&mut self) -> Result<Option<Record<'_>>, WaveformError> {
        let record = self.source.next_record()?;
        if self.kept.len() < self.limit
            && let Some(record) = &record
        {
            self.kept.push(OwnedRecord::from(*record));
        }
        Ok(record)
    }
}
