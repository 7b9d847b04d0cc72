//! Analogue read: the marked word lines, and the registers that steer a read through its blocks.
//!
//! The array, its converters and the sum of the slices are in [`crate::analogue`]; what a converter tries on its way to a code is known from the code.

use super::{Machine, StoredEvent, Wires};
use crate::analogue::{Array, Sample};
use crate::cast::{Lane, index};
use bitspike_spec::{AnalogueRead, Converter, Core, EventKind, FireCheck};
use std::ops::Range;

/// State of a read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ReadState {
    /// Nothing is being read.
    #[default]
    None,
    /// Looks for the next block.
    Select,
    /// The currents of a block settle.
    Settle,
    /// The converters work.
    Convert,
    /// What the converters found is applied.
    Issue,
    /// The block is done.
    Clear,
}

impl ReadState {
    /// Its code in the probe.
    pub(crate) const fn code(self) -> u32 {
        match self {
            ReadState::None => 0,
            ReadState::Select => 1,
            ReadState::Settle => 2,
            ReadState::Convert => 3,
            ReadState::Issue => 4,
            ReadState::Clear => 5,
        }
    }
}

/// The marked word lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Active(Vec<u64>);

impl Active {
    fn new(word_lines: u32) -> Self {
        Active(vec![0; index(word_lines.div_ceil(u64::BITS))])
    }

    /// Marks a word line; whether it was marked already.
    #[inline(always)]
    fn mark(&mut self, word_line: u32) -> bool {
        let (word, bit) = (&mut self.0[index(word_line / u64::BITS)], 1 << (word_line % u64::BITS));
        let was_marked = *word & bit != 0;
        *word |= bit;
        was_marked
    }

    /// The lowest marked word line.
    fn lowest(&self) -> Option<u32> {
        let (place, word) = (0..).zip(&self.0).find(|&(_, &word)| word != 0)?;
        Some(place * u64::BITS + word.trailing_zeros())
    }

    /// Lists the marked word lines of a range.
    fn list(&self, Range { start, end }: Range<u32>, rows: &mut Vec<u32>) {
        rows.clear();
        for place in start / u64::BITS..end.div_ceil(u64::BITS) {
            let first = place * u64::BITS;
            let mut word = self.0[index(place)];
            while word != 0 {
                rows.push(first + word.trailing_zeros());
                word &= word - 1;
            }
        }
        rows.retain(|row| (start..end).contains(row));
    }

    fn clear(&mut self, rows: &[u32]) {
        rows.iter().for_each(|&row| self.0[index(row / u64::BITS)] &= !(1 << (row % u64::BITS)));
    }
}

/// The registers of analogue read, and the array.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    structure: AnalogueRead,
    word_lines: u32,
    groups: u32,
    lanes: u32,
    /// Cycles between two groups issued.
    interval: u32,
    may_fire: bool,
    pub(crate) state: ReadState,
    step: u32,
    phase: u32,
    block: u32,
    active: Active,
    array: Array,
    /// The marked word lines of the block being read.
    rows: Vec<u32>,
    pub(crate) sample: Sample,
}

impl Reader {
    /// The reader of a core in its first epoch; nothing with event read.
    pub(super) fn new(core: &Core) -> Option<Self> {
        let s = core.structure();
        let array = Array::new(core, 0)?;
        Some(Reader {
            structure: s.array.analogue()?,
            word_lines: s.word_lines,
            groups: s.groups(),
            lanes: s.lanes,
            interval: s.schedule.initiation_interval,
            may_fire: s.semantics.fire_check == FireCheck::PerOperation,
            state: ReadState::None,
            step: 0,
            phase: 0,
            block: 0,
            active: Active::new(s.word_lines),
            sample: array.room(),
            array,
            rows: Vec::new(),
        })
    }

    pub(super) fn reset(&mut self) {
        self.state = ReadState::None;
        (self.step, self.phase, self.block) = (0, 0, 0);
        self.active.0.fill(0);
    }

    pub(super) fn enter_epoch(&mut self, core: &Core, epoch: u32) {
        self.array.enter(core, epoch);
    }

    /// Whether a time step is being held back.
    #[inline(always)]
    pub(crate) fn is_busy(&self) -> bool {
        self.state != ReadState::None
    }

    /// The word lines of a block.
    fn block_rows(&self, block: u32) -> Range<u32> {
        let first = block * self.structure.rows_per_read;
        first..(first + self.structure.rows_per_read).min(self.word_lines)
    }

    /// The lowest block with a marked word line.
    pub(crate) fn next_block(&self) -> Option<u32> {
        Some(self.active.lowest()? / self.structure.rows_per_read)
    }

    /// Marks a word line; whether it was marked already.
    #[inline(always)]
    pub(crate) fn mark(&mut self, word_line: u32) -> bool {
        self.active.mark(word_line)
    }

    /// The group that would be issued in this cycle.
    fn issue_pending(&self) -> Option<u32> {
        let is_issue = self.state == ReadState::Issue && self.step.is_multiple_of(self.interval);
        is_issue.then(|| self.step / self.interval * self.structure.columns_per_converter + self.phase)
    }

    /// Reads the marked word lines of a block, as the array is now.
    pub(crate) fn sample(&mut self, block: u32, number: u64) {
        let rows = self.block_rows(block);
        self.active.list(rows, &mut self.rows);
        self.array.read(&self.rows, number, &mut self.sample);
    }

    /// Takes the marks off the block read last.
    pub(crate) fn clear(&mut self) {
        self.active.clear(&self.rows);
    }

    /// Conversions of a group that gave the lowest or the highest code.
    pub(super) fn at_limit(&self, group: u32) -> u32 {
        let first = index(group) * index(self.lanes);
        self.array.at_limit(&self.sample, first..first + index(self.lanes))
    }

    /// Goes on to a state and its first step.
    fn go(&mut self, state: ReadState) {
        (self.state, self.step) = (state, 0);
    }

    /// Whether this is the last of so many steps; else counts on.
    fn ends(&mut self, steps: u32) -> bool {
        self.step += 1;
        self.step == steps
    }

    /// The edge that ends a cycle without a stall; `number` is the counter `reads`.
    fn edge(&mut self, number: u64) {
        match self.state {
            ReadState::None => {}
            ReadState::Select => self.select(),
            ReadState::Settle => {
                if self.ends(self.structure.settle_cycles) {
                    self.sample(self.block, number);
                    self.phase = 0;
                    self.go(ReadState::Convert);
                }
            }
            ReadState::Convert => {
                if self.ends(self.structure.conversion_cycles()) {
                    self.go(ReadState::Issue);
                }
            }
            ReadState::Issue => self.issue_edge(),
            ReadState::Clear => {
                self.clear();
                self.go(ReadState::Select);
            }
        }
    }

    fn select(&mut self) {
        match self.next_block() {
            Some(block) => {
                self.block = block;
                self.go(ReadState::Settle);
            }
            None => self.go(ReadState::None),
        }
    }

    fn issue_edge(&mut self) {
        if !self.ends(self.interval * (self.groups / self.structure.columns_per_converter)) {
            return;
        }
        if self.phase + 1 < self.structure.columns_per_converter {
            self.phase += 1;
            self.go(ReadState::Convert);
        } else {
            self.go(ReadState::Clear);
        }
    }

    /// `block`, where the probe shows it.
    pub(crate) fn shown_block(&self) -> u32 {
        match self.state {
            ReadState::None | ReadState::Select => 0,
            ReadState::Settle | ReadState::Convert | ReadState::Issue | ReadState::Clear => self.block,
        }
    }

    /// `phase`, where the probe shows it.
    pub(crate) fn shown_phase(&self) -> u32 {
        match self.state {
            ReadState::Convert | ReadState::Issue => self.phase,
            ReadState::None | ReadState::Select | ReadState::Settle | ReadState::Clear => 0,
        }
    }

    /// Words of the record that the codes of a group take.
    pub(crate) fn shown_words(&self) -> usize {
        index((self.lanes * self.structure.slices * self.structure.adc_bits).div_ceil(u32::BITS))
    }

    /// What the converters of a group's lanes show: of lane 0 every slice, then of lane 1.
    fn of_group(&self, group: u32) -> impl Iterator<Item = i64> + '_ {
        let first = index(group) * index(self.lanes);
        let slices = 0..index(self.structure.slices);
        (first..first + index(self.lanes))
            .flat_map(move |line| slices.clone().map(move |slice| self.sample.codes(slice)[line].into()))
    }

    /// The codes of a group.
    pub(crate) fn codes(&self, group: u32) -> impl Iterator<Item = i64> + '_ {
        self.of_group(group)
    }

    /// The trials of the first converter of each lane and slice, which serves the group `phase`.
    pub(crate) fn trials(&self) -> impl Iterator<Item = i64> + '_ {
        let half = 1_i64 << (self.structure.adc_bits - 1);
        self.of_group(self.phase).map(move |code| self.trial(code + half))
    }

    /// What a converter tries in this step on its way to a code.
    fn trial(&self, code: i64) -> i64 {
        match self.structure.converter {
            Converter::Ramp => self.step.into(),
            Converter::Sar if self.step == 0 => 0,
            Converter::Sar => {
                let open = self.structure.adc_bits - self.step;
                (code >> open << open) | 1 << open
            }
        }
    }

    /// Cycles of the read of a block.
    pub(crate) fn block_cycles(&self) -> u64 {
        self.structure.block_cycles(self.interval, self.groups).into()
    }

    /// Cycles from the start of the read of a block to the issue of a group.
    pub(crate) fn cycles_to_issue(&self, group: u32) -> u64 {
        let AnalogueRead { columns_per_converter, settle_cycles, .. } = self.structure;
        let (converter, phase) = (group / columns_per_converter, group % columns_per_converter);
        let conversion = self.structure.conversion_cycles();
        let phase_cycles = conversion + self.interval * (self.groups / columns_per_converter);
        (1 + settle_cycles + phase * phase_cycles + conversion + converter * self.interval).into()
    }

    /// Group issued so many cycles after the start of the read of a block, if one is.
    pub(crate) fn issued_after(&self, cycles: u64) -> Option<u32> {
        if cycles >= self.block_cycles() {
            return None;
        }
        (0..self.groups).rev().find(|&group| self.cycles_to_issue(group) == cycles)
    }

    /// Whether what is read can make neurons fire.
    pub(crate) fn may_fire(&self) -> bool {
        self.may_fire
    }

    /// Conversions of the whole block that gave the lowest or the highest code.
    pub(crate) fn all_at_limit(&self) -> u32 {
        self.array.at_limit(&self.sample, 0..index(self.groups) * index(self.lanes))
    }
}

impl<L: Lane> Machine<'_, L> {
    /// What reading has come to.
    #[inline(always)]
    pub(crate) fn read_state(&self) -> ReadState {
        self.reader.as_ref().map_or(ReadState::None, |reader| reader.state)
    }

    /// Takes an event from the queue into the control unit: a time step first reads the array.
    #[inline(always)]
    pub(crate) fn begin(&mut self, event: StoredEvent) {
        if let (EventKind::TimeStep, Some(reader)) = (event.kind, &mut self.reader) {
            reader.state = ReadState::Select;
        }
    }

    /// The group of a read that would be issued in this cycle.
    pub(super) fn read_pending(&self) -> Option<u32> {
        self.reader.as_ref()?.issue_pending()
    }

    /// Whether what is issued in this cycle can make neurons fire.
    #[inline(always)]
    pub(super) fn may_fire_now(&self, kind: EventKind) -> bool {
        match &self.reader {
            Some(reader) if reader.is_busy() => reader.may_fire,
            Some(_) | None => self.fixed.may_fire(kind),
        }
    }

    /// The edge that ends a cycle of a read, or does nothing between reads.
    pub(super) fn read_edge(&mut self, wires: &Wires) {
        let Some(reader) = &mut self.reader else { return };
        if wires.stall {
            self.counters.stall_cycles += 1;
            return;
        }
        let is_done = reader.state == ReadState::Clear;
        reader.edge(self.counters.reads);
        self.counters.reads += u64::from(is_done);
    }

    /// Marks the word line of an event.
    #[inline(always)]
    pub(crate) fn mark(&mut self, event: StoredEvent) {
        let word_line = self.fixed.word_line(event);
        let Some(reader) = &mut self.reader else { return };
        if reader.mark(word_line) {
            self.counters.word_lines_merged += 1;
        } else {
            self.counters.synaptic_ops += u64::from(self.fixed.structure.neurons);
        }
    }

    /// Writes the register `epoch`: what the cycles from now on see.
    pub(crate) fn enter_epoch(&mut self, epoch: u32) {
        self.epoch = epoch;
        if let Some(reader) = &mut self.reader {
            reader.enter_epoch(&self.fixed.core, epoch);
        }
    }
}
