//! Whole rows of weights applied to a whole state memory, several rows at a time.
//!
//! States and weights stand at the top of their lanes, `raw * 2^unused` with `unused = lane bits - state bits`, so that
//! the lane's own saturating and wrapping additions are those of the state. What saturation to the lane's maximum puts
//! into the unused bits changes nothing: a sum leaves the lane exactly when its raw number leaves the state's range, and
//! the shift back is a floor. The values are those of [`crate::neuron::synaptic_operation`] and [`crate::neuron::receive`] in the cases told; a test holds the two equal.

use super::vectors::{Added, BLOCK, How, Limits, Part, Vectors};
use crate::cast::{Lane, index};
use crate::neuron::{Rules, StateRule};
use bitspike_spec::{Compare, Core, CrossbarImage, FireCheck, Integrate, Polarity};

/// Machine arithmetic of a lane: additions that wrap or saturate at the lane's own width.
pub(crate) trait RowLane: Lane + Ord {
    const LANE_BITS: u32;
    const LEAST: Self;
    const MOST: Self;
    fn wrapping_add(self, other: Self) -> Self;
    fn saturating_add(self, other: Self) -> Self;
    fn and(self, other: Self) -> Self;
    fn shift_left(self, by: u32) -> Self;
    fn shift_right(self, by: u32) -> Self;
    fn from_narrow(weight: i8) -> Self;
    /// 1 where `bit` is true, else 0.
    fn from_bit(bit: bool) -> Self;
}

macro_rules! row_lane {
    ($($int:ty),*) => {$(
        impl RowLane for $int {
            const LANE_BITS: u32 = <$int>::BITS;
            const LEAST: Self = <$int>::MIN;
            const MOST: Self = <$int>::MAX;
            #[inline(always)]
            fn wrapping_add(self, other: Self) -> Self { self.wrapping_add(other) }
            #[inline(always)]
            fn saturating_add(self, other: Self) -> Self { self.saturating_add(other) }
            #[inline(always)]
            fn and(self, other: Self) -> Self { self & other }
            #[inline(always)]
            fn shift_left(self, by: u32) -> Self { self << by }
            #[inline(always)]
            fn shift_right(self, by: u32) -> Self { self >> by }
            #[inline(always)]
            fn from_narrow(weight: i8) -> Self { Self::from(weight) }
            #[inline(always)]
            fn from_bit(bit: bool) -> Self { Self::from(bit) }
        }
    )*};
}

row_lane!(i16, i32);

/// A weight as stored, already shifted.
pub(crate) trait Cell<L>: Copy {
    fn weight(self) -> L;
}

impl<L: RowLane> Cell<L> for i8 {
    #[inline(always)]
    fn weight(self) -> L {
        L::from_narrow(self)
    }
}

/// A weight as wide as its lane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Full<L>(L);

impl<L: RowLane> Cell<L> for Full<L> {
    #[inline(always)]
    fn weight(self) -> L {
        self.0
    }
}

/// The array for row updates, padded to whole blocks: one block after the other, in each the rows of all epochs and word lines.
#[derive(Clone, Debug)]
enum Cells<L> {
    Narrow(Vec<[i8; BLOCK]>),
    Wide(Vec<[Full<L>; BLOCK]>),
}

/// Widths of the state and of what is added to it.
#[derive(Clone, Copy, Debug)]
struct Widths {
    state: u32,
    input: u32,
    /// Bits of the lane that the state leaves unused.
    unused: u32,
}

/// The synapse array, ready to be applied to the state memory it is integrated into.
#[derive(Clone, Debug)]
pub(crate) struct Rows<L> {
    cells: Cells<L>,
    columns: usize,
    polarity: Polarity,
    widths: Widths,
    limits: Limits<L>,
    /// Rows among which no state can leave its range at both ends.
    headroom: usize,
    vectors: Vectors,
    /// States at the top of their lanes, padded to whole blocks.
    states: Vec<L>,
    after: Vec<L>,
    /// The states before rows that are only tried.
    before: Vec<L>,
}

impl<L: RowLane> Rows<L> {
    /// The array of a core; nothing when lanes of this width cannot hold its states or firing bounds, or when a
    /// weight is wider than the state it goes to.
    pub(crate) fn new(core: &Core, rules: &Rules) -> Option<Self> {
        let s = core.structure();
        let rule = match rules.semantics.integrate {
            Integrate::Membrane => rules.v,
            Integrate::Current => rules.i_syn,
        };
        let widths = widths::<L>(&rule, s.weight_bits + s.weight_shift)?;
        if !fits::<L>(core) {
            return None;
        }
        let columns = index(s.neurons);
        let padded = columns.next_multiple_of(BLOCK);
        let mut active = vec![L::store(-1); columns];
        active.resize(padded, L::default());
        let limits = Limits {
            overflow: rule.overflow,
            silent_up_to: silent_up_to(core, rules, padded, widths)?,
            active,
            all_active: true,
            overflowing: vec![false; padded / BLOCK],
        };
        Some(Rows {
            cells: cells(core, widths),
            columns,
            polarity: s.synapse.polarity,
            widths,
            limits,
            headroom: usize::try_from(((1_i64 << widths.state) - 1) >> (widths.input - 1)).unwrap_or(0),
            vectors: Vectors::detect(),
            states: vec![L::default(); padded],
            after: vec![L::default(); columns],
            before: vec![L::default(); padded],
        })
    }

    /// Leaves out the neurons whose refractory counter runs.
    pub(crate) fn hold(&mut self, refractory: &[u16]) {
        self.limits.all_active = true;
        for (active, &refractory) in self.limits.active.iter_mut().zip(refractory) {
            *active = L::store(if refractory == 0 { -1 } else { 0 });
            self.limits.all_active &= refractory == 0;
        }
    }

    /// Whether a neuron with this state may fire.
    #[inline(always)]
    pub(crate) fn may_fire(&self, neuron: usize, state: L) -> bool {
        state.shift_left(self.widths.unused) > self.limits.silent_up_to[neuron]
    }

    /// Applies rows in order; how many updates were out of range.
    ///
    /// # Errors
    /// When a neuron may fire: after how many rows. None was applied.
    pub(crate) fn apply(&mut self, state: &mut [L], word_lines: &[u32]) -> Result<u64, usize> {
        self.load(state);
        let added = self.add(word_lines, self.part());
        if added.may_fire {
            self.load(state);
            return Err(self.silent_rows(word_lines));
        }
        self.unload(state);
        Ok(added.overflows)
    }

    fn unload(&self, state: &mut [L]) {
        for (state, lane) in state.iter_mut().zip(&self.states) {
            *state = lane.shift_right(self.widths.unused);
        }
    }

    /// Adds rows to currents, in each row to those of its polarity; how many sums were out of range.
    pub(crate) fn add_to_currents(&mut self, words: &mut [L], word_lines: &[u32]) -> u64 {
        let mut overflows = 0;
        let parts: &[Part] = match self.polarity {
            Polarity::Signed => &[Part::All],
            Polarity::Split => &[Part::Positive, Part::Negative],
        };
        for (words, &part) in words.chunks_exact_mut(self.columns).zip(parts) {
            self.load(words);
            overflows += self.add(word_lines, part).overflows;
            self.unload(words);
        }
        overflows
    }

    /// The states after one row, before any firing, and the overflows.
    pub(crate) fn one(&mut self, state: &[L], word_line: u32) -> (&[L], u64) {
        self.load(state);
        let added = self.add(&[word_line], self.part());
        for (after, lane) in self.after.iter_mut().zip(&self.states) {
            *after = lane.shift_right(self.widths.unused);
        }
        (&self.after, added.overflows)
    }

    fn load(&mut self, state: &[L]) {
        for (lane, state) in self.states.iter_mut().zip(&state[..self.columns]) {
            *lane = state.shift_left(self.widths.unused);
        }
    }

    /// What is added to membranes: nothing where a neuron is held.
    fn part(&self) -> Part {
        if self.limits.all_active { Part::All } else { Part::Active }
    }

    fn add(&mut self, word_lines: &[u32], part: Part) -> Added {
        let may_guess = word_lines.len() <= self.headroom;
        let Rows { vectors, states, limits, .. } = self;
        let how = How { part, may_guess };
        match &self.cells {
            Cells::Narrow(cells) => vectors.add(states, (cells, word_lines), limits, how),
            Cells::Wide(cells) => vectors.add(states, (cells, word_lines), limits, how),
        }
    }

    /// Rows that can be applied before a neuron may fire, by halving; among all of these rows, one may.
    fn silent_rows(&mut self, word_lines: &[u32]) -> usize {
        let (mut silent, mut loud) = (0, word_lines.len());
        while loud - silent > 1 {
            let middle = usize::midpoint(silent, loud);
            self.before.copy_from_slice(&self.states);
            if self.add(&word_lines[silent..middle], self.part()).may_fire {
                self.states.copy_from_slice(&self.before);
                loud = middle;
            } else {
                silent = middle;
            }
        }
        silent
    }
}

/// Whether lanes of this width hold the states of a core.
pub(super) fn fits<L: RowLane>(core: &Core) -> bool {
    let s = core.structure();
    s.v_bits.max(s.i_syn_bits).max(s.u_bits()) <= L::LANE_BITS
}

/// Nothing when an input is wider than the state, whose sum one lane could not tell from an overflow.
fn widths<L: RowLane>(rule: &StateRule, input: u32) -> Option<Widths> {
    let state = u32::from(rule.format.bits());
    let unused = L::LANE_BITS.checked_sub(state)?;
    (input <= state).then_some(Widths { state, input, unused })
}

fn cells<L: RowLane>(core: &Core, widths: Widths) -> Cells<L> {
    let shift = core.structure().weight_shift + widths.unused;
    let shifted = |code: i16| i64::from(code) << shift;
    if widths.input + widths.unused <= 8 {
        let narrow = |code| i8::try_from(shifted(code)).expect("weight and shifts have at most 8 bits");
        Cells::Narrow(by_block(core, 0, narrow))
    } else {
        Cells::Wide(by_block(core, Full(L::default()), |code| Full(L::store(shifted(code)))))
    }
}

fn by_block<C: Copy>(core: &Core, nothing: C, cell: impl Fn(i16) -> C) -> Vec<[C; BLOCK]> {
    let (neurons, word_lines) = (index(core.structure().neurons), core.structure().word_lines);
    let images = core.values().array.event_images();
    let block = |first: usize, (image, word_line): (&CrossbarImage, u32)| {
        let row = &image.row(word_line)[first..];
        std::array::from_fn(|lane| row.get(lane).map_or(nothing, |&code| cell(code)))
    };
    let firsts = (0..neurons).step_by(BLOCK);
    firsts
        .flat_map(|first| images.iter().map(move |image| (first, image)))
        .flat_map(|(first, image)| (0..word_lines).map(move |w| (first, (image, w))))
        .map(|(first, row)| block(first, row))
        .collect()
}

/// The largest lane of each neuron that certainly does not fire; nothing when every state may fire.
///
/// For `eq` it is that of `ge`: a larger state may fire or not.
fn silent_up_to<L: RowLane>(core: &Core, rules: &Rules, padded: usize, widths: Widths) -> Option<Vec<L>> {
    let mut bounds = vec![L::MOST; padded];
    if rules.semantics.fire_check == FireCheck::PerOperation {
        let half = 1_i64 << (widths.state - 1);
        for (n, bound) in (0..core.structure().neurons).zip(&mut bounds) {
            let threshold = core.parameters(n).threshold;
            let fires_from = match rules.semantics.compare {
                Compare::Ge | Compare::Eq => threshold,
                Compare::Gt => threshold + 1,
            };
            if fires_from <= -half {
                return None;
            }
            *bound = L::store((fires_from.min(half) << widths.unused) - 1);
        }
    }
    Some(bounds)
}
