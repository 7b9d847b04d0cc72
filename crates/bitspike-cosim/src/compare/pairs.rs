//! Pairs of records: how the records of two streams are matched.

use crate::waveform::{OwnedRecord, Record, RecordLayout, RecordSource, WaveformError};

/// What stands opposite each other.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pair<'a> {
    Both(Record<'a>, Record<'a>),
    LeftOnly(Record<'a>),
    RightOnly(Record<'a>),
    End,
}

/// Matches the records of two streams.
pub(crate) trait PairSource {
    fn next_pair(&mut self) -> Result<Pair<'_>, WaveformError>;
}

/// A range of cycles (or times), and the word whose lowest bit a record must have set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filter {
    pub(crate) start: u64,
    pub(crate) end: Option<u64>,
    pub(crate) condition: Option<usize>,
}

impl Filter {
    fn is_idle(&self) -> bool {
        self.start == 0 && self.end.is_none() && self.condition.is_none()
    }

    fn is_past(&self, position: u64) -> bool {
        self.end.is_some_and(|end| position > end)
    }

    fn accepts(&self, record: &Record<'_>) -> bool {
        let known = |word: usize| record.unknowns.is_none_or(|plane| plane[word] & 1 == 0);
        record.cycle >= self.start && self.condition.is_none_or(|word| record.values[word] & 1 == 1 && known(word))
    }
}

/// One side, filtered. An accepted record is copied, because a borrowed one cannot leave the loop that asks for more; without a
/// filter it passes through.
#[derive(Debug)]
struct Filtered<S> {
    source: S,
    filter: Filter,
    accepted: OwnedRecord,
    ended: bool,
}

impl<S: RecordSource> Filtered<S> {
    fn new(source: S, filter: Filter) -> Self {
        Self { source, filter, accepted: OwnedRecord::default(), ended: false }
    }

    #[inline]
    fn next_record(&mut self) -> Result<Option<Record<'_>>, WaveformError> {
        if self.filter.is_idle() && !self.ended {
            return self.source.next_record();
        }
        while !self.ended {
            match self.source.next_record()? {
                Some(record) if self.filter.is_past(record.cycle) => self.ended = true,
                Some(record) if self.filter.accepts(&record) => {
                    self.accepted.copy_from(&record);
                    return Ok(Some(self.accepted.as_record()));
                }
                Some(_) => {}
                None => self.ended = true,
            }
        }
        Ok(None)
    }
}

/// The n-th accepted record of one side opposite the n-th of the other.
#[derive(Debug)]
pub(crate) struct InSequence<L, R> {
    left: Filtered<L>,
    right: Filtered<R>,
}

impl<L: RecordSource, R: RecordSource> InSequence<L, R> {
    pub(crate) fn new(left: L, right: R, filter: Filter) -> Self {
        Self { left: Filtered::new(left, filter), right: Filtered::new(right, filter) }
    }
}

impl<L: RecordSource, R: RecordSource> PairSource for InSequence<L, R> {
    #[inline]
    fn next_pair(&mut self) -> Result<Pair<'_>, WaveformError> {
        Ok(match (self.left.next_record()?, self.right.next_record()?) {
            (Some(left), Some(right)) => Pair::Both(left, right),
            (Some(left), None) => Pair::LeftOnly(left),
            (None, Some(right)) => Pair::RightOnly(right),
            (None, None) => Pair::End,
        })
    }
}

/// The values of both sides at each time at which either changes; a side holds its values until its next record, and for ever after its
/// last. Before its first record a side is x.
#[derive(Debug)]
pub(crate) struct ByTime<L, R> {
    left: Held<L>,
    right: Held<R>,
    filter: Filter,
}

#[derive(Debug)]
struct Held<S> {
    source: S,
    current: OwnedRecord,
    next: Option<OwnedRecord>,
}

impl<S: RecordSource> Held<S> {
    fn new(mut source: S) -> Result<Self, WaveformError> {
        let current = unknown_record(source.layout());
        let next = source.next_record()?.map(OwnedRecord::from);
        Ok(Self { source, current, next })
    }

    fn next_time(&self) -> Option<u64> {
        self.next.as_ref().map(|record| record.time)
    }

    fn advance_to(&mut self, time: u64) -> Result<(), WaveformError> {
        if let Some(next) = &mut self.next
            && next.time == time
        {
            std::mem::swap(&mut self.current, next);
            match self.source.next_record()? {
                Some(record) => next.copy_from(&record),
                None => self.next = None,
            }
        }
        self.current.time = time;
        Ok(())
    }
}

fn unknown_record(layout: &RecordLayout) -> OwnedRecord {
    OwnedRecord { cycle: 0, time: 0, values: vec![0; layout.words()], unknowns: Some(layout.all_bits()) }
}

impl<L: RecordSource, R: RecordSource> ByTime<L, R> {
    pub(crate) fn new(left: L, right: R, filter: Filter) -> Result<Self, WaveformError> {
        Ok(Self { left: Held::new(left)?, right: Held::new(right)?, filter })
    }
}

impl<L: RecordSource, R: RecordSource> PairSource for ByTime<L, R> {
    fn next_pair(&mut self) -> Result<Pair<'_>, WaveformError> {
        loop {
            let times = [self.left.next_time(), self.right.next_time()];
            let Some(time) = times.into_iter().flatten().min() else { return Ok(Pair::End) };
            if self.filter.is_past(time) {
                return Ok(Pair::End);
            }
            self.left.advance_to(time)?;
            self.right.advance_to(time)?;
            if time >= self.filter.start {
                return Ok(Pair::Both(self.left.current.as_record(), self.right.current.as_record()));
            }
        }
    }
}
