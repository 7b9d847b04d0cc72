//! From value changes to one record per clock edge.

use super::WaveformError;
use super::hierarchy::Hierarchy;
use super::planes::Planes;
use super::record::{Record, RecordLayout, RecordSource, SignalSpec};
use super::scanner::ScanEvent;

/// A waveform as a sequence of times and value changes. Public in a private module: nothing outside can implement it.
pub trait ChangeSource {
    fn hierarchy(&self) -> &Hierarchy;
    fn watch(&mut self, variables: &[usize]) -> Vec<usize>;
    fn next_event(&mut self) -> Result<Option<ScanEvent>, WaveformError>;
    fn planes(&self) -> &Planes;
}

/// When a record is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sampling {
    /// At each rising edge of `clock` (to 1 from 0, x or z; the first value in the file is no edge), with the values *just before* the
    /// edge: changes with the time of the edge do not count yet.
    RisingEdge {
        /// Clock, relative to the scope or a full name.
        clock: String,
        /// A 1-bit signal, relative or full, that must be 1 just before the edge, such as `rst_ni`. Edges without it are not counted as
        /// cycles.
        condition: Option<String>,
    },
    /// After each time at which a wanted signal got a value, with all changes of that time applied.
    EveryTime,
}

/// Which signals to sample, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleRequest {
    /// Scope of the signals: a full path, the end of exactly one, or empty for the root.
    pub scope: String,
    /// When a record is taken.
    pub sampling: Sampling,
    /// Signals in record order; names relative to the scope, or full names.
    pub signals: Vec<SignalSpec>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Unseen,
    Low,
    High,
    Unknown,
}

#[derive(Debug, Clone, Copy)]
enum Trigger {
    Edge { clock: usize, condition: Option<usize> },
    Time,
}

/// Yields one [`Record`] per sampling moment of a waveform.
///
/// `cycle` counts the records from 0; `time` is the time of the edge. Open one with [`sample_vcd`](super::sample_vcd) or
/// [`Waveform::sample`](super::Waveform::sample).
#[derive(Debug)]
pub struct SampleReader<S> {
    source: S,
    layout: RecordLayout,
    trigger: Trigger,
    routes: Vec<Vec<usize>>,
    settled: Settled,
    dirty: Vec<usize>,
    is_dirty: Vec<bool>,
    clock: Level,
    condition: Level,
    time: u64,
    next_time: u64,
    cycle: u64,
    commit_pending: bool,
    ended: bool,
}

/// The record as of the end of the last complete time.
#[derive(Debug)]
struct Settled {
    values: Vec<u32>,
    unknowns: Vec<u32>,
    slot_unknown: Vec<bool>,
    unknown_slots: usize,
}

impl<S: ChangeSource> SampleReader<S> {
    /// Finds the signals of `request` in `source`.
    pub(crate) fn new(mut source: S, request: &SampleRequest) -> Result<Self, WaveformError> {
        let (variables, extra) = find_variables(source.hierarchy(), request)?;
        let slots = source.watch(&variables);
        let layout = RecordLayout::new(request.signals.clone());
        let routes = routes(&layout, &slots, extra);
        let settled = Settled::new(&layout, &routes);
        let trigger = match (&request.sampling, &slots[..extra]) {
            (Sampling::RisingEdge { .. }, [clock, rest @ ..]) => {
                Trigger::Edge { clock: *clock, condition: rest.first().copied() }
            }
            (Sampling::RisingEdge { .. } | Sampling::EveryTime, _) => Trigger::Time,
        };
        Ok(Self {
            is_dirty: vec![false; routes.len()],
            source,
            layout,
            trigger,
            routes,
            settled,
            dirty: Vec::new(),
            clock: Level::Unseen,
            condition: Level::Unseen,
            time: 0,
            next_time: 0,
            cycle: 0,
            commit_pending: false,
            ended: false,
        })
    }

    /// Advances to the next sampling moment; false at the end.
    #[inline]
    fn advance(&mut self) -> Result<bool, WaveformError> {
        if self.commit_pending {
            self.commit();
        }
        while !self.ended {
            match self.source.next_event()? {
                Some(ScanEvent::Change(slot)) => self.mark(slot),
                Some(ScanEvent::Time(time)) if time == self.next_time => {}
                Some(ScanEvent::Time(time)) => {
                    self.time = std::mem::replace(&mut self.next_time, time);
                    if self.close_time() {
                        return Ok(true);
                    }
                }
                None => {
                    (self.ended, self.time) = (true, self.next_time);
                    return Ok(self.close_time());
                }
            }
        }
        Ok(false)
    }

    #[inline]
    fn mark(&mut self, slot: usize) {
        if !self.is_dirty[slot] {
            self.is_dirty[slot] = true;
            self.dirty.push(slot);
        }
    }

    /// Ends one time; true if it is a sampling moment.
    #[inline]
    fn close_time(&mut self) -> bool {
        match self.trigger {
            Trigger::Edge { clock, condition } => self.close_edge(clock, condition),
            Trigger::Time => {
                let sampled = !self.dirty.is_empty();
                self.commit();
                sampled
            }
        }
    }

    #[inline]
    fn close_edge(&mut self, clock: usize, condition: Option<usize>) -> bool {
        let enabled = condition.is_none() || self.condition == Level::High;
        if let Some(slot) = condition.filter(|&slot| self.is_dirty[slot]) {
            self.condition = level(self.source.planes(), slot);
        }
        let before = self.clock;
        if self.is_dirty[clock] {
            self.clock = level(self.source.planes(), clock);
        }
        let rises = self.clock == Level::High && matches!(before, Level::Low | Level::Unknown);
        self.commit_pending = true;
        if !(rises && enabled) {
            self.commit();
        }
        rises && enabled
    }

    /// Takes the changes of the closed time into the record.
    #[inline]
    fn commit(&mut self) {
        for &slot in &self.dirty {
            self.is_dirty[slot] = false;
            self.settled.take(self.source.planes(), slot, &self.routes[slot]);
        }
        self.dirty.clear();
        self.commit_pending = false;
    }
}

impl<S: ChangeSource> RecordSource for SampleReader<S> {
    fn layout(&self) -> &RecordLayout {
        &self.layout
    }

    fn next_record(&mut self) -> Result<Option<Record<'_>>, WaveformError> {
        if !self.advance()? {
            return Ok(None);
        }
        let cycle = self.cycle;
        self.cycle += 1;
        let unknowns = (self.settled.unknown_slots > 0).then_some(&self.settled.unknowns[..]);
        Ok(Some(Record { cycle, time: self.time, values: &self.settled.values, unknowns }))
    }
}

impl Settled {
    /// Everything is x at first.
    fn new(layout: &RecordLayout, routes: &[Vec<usize>]) -> Self {
        let slot_unknown: Vec<bool> = routes.iter().map(|route| !route.is_empty()).collect();
        let unknown_slots = slot_unknown.iter().filter(|&&unknown| unknown).count();
        Self { values: vec![0; layout.words()], unknowns: layout.all_bits(), slot_unknown, unknown_slots }
    }

    #[inline]
    fn take(&mut self, planes: &Planes, slot: usize, route: &[usize]) {
        let value = planes.value(slot);
        for &offset in route {
            copy_words(&mut self.values[offset..offset + value.len()], value);
        }
        if !route.is_empty() && (planes.is_unknown(slot) || self.slot_unknown[slot]) {
            self.take_unknown(planes, slot, route);
        }
    }

    #[cold]
    fn take_unknown(&mut self, planes: &Planes, slot: usize, route: &[usize]) {
        let unknown = planes.unknown(slot);
        for &offset in route {
            self.unknowns[offset..offset + unknown.len()].copy_from_slice(unknown);
        }
        self.unknown_slots -= usize::from(self.slot_unknown[slot]);
        self.slot_unknown[slot] = planes.is_unknown(slot);
        self.unknown_slots += usize::from(self.slot_unknown[slot]);
    }
}

/// `copy_from_slice` without the call for the one or two words most signals have.
#[inline]
fn copy_words(target: &mut [u32], source: &[u32]) {
    for (to, from) in target.iter_mut().zip(source) {
        *to = *from;
    }
}

fn level(planes: &Planes, slot: usize) -> Level {
    match (planes.is_unknown(slot), planes.value(slot)[0] & 1) {
        (true, _) => Level::Unknown,
        (false, 0) => Level::Low,
        (false, _) => Level::High,
    }
}

/// Variables to watch, and how many of them (clock, condition) come before the wanted signals.
fn find_variables(hierarchy: &Hierarchy, request: &SampleRequest) -> Result<(Vec<usize>, usize), WaveformError> {
    let scope = hierarchy.find_scope(&request.scope)?;
    let mut variables = Vec::new();
    if let Sampling::RisingEdge { clock, condition } = &request.sampling {
        variables.push(hierarchy.require_clock(scope, clock)?);
        if let Some(condition) = condition {
            variables.push(hierarchy.require(scope, condition, 1)?);
        }
    }
    let extra = variables.len();
    for signal in &request.signals {
        variables.push(hierarchy.require(scope, &signal.name, signal.width)?);
    }
    Ok((variables, extra))
}

/// Places in the record that each slot fills.
fn routes(layout: &RecordLayout, slots: &[usize], extra: usize) -> Vec<Vec<usize>> {
    let mut routes = vec![Vec::new(); slots.iter().max().map_or(0, |last| last + 1)];
    for (index, &slot) in slots[extra..].iter().enumerate() {
        routes[slot].push(layout.range(index).start);
    }
    routes
}
