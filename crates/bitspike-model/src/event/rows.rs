//! Whole rows of weights applied to a whole state memory, several rows at a time.
//!
//! The values are those of [`crate::neuron::synaptic_operation`] in the cases told; a test holds the two equal.

use super::vectors::{BLOCK, Clipped, Limits, Vectors};
use crate::cast::{Lane, index};
use crate::neuron::{Rules, StateRule};
use bitspike_spec::fx::Overflow;
use bitspike_spec::{Compare, Core, FireCheck, Integrate};

/// Machine arithmetic of a lane: additions that wrap or saturate at the lane's own width.
pub(crate) trait RowLane: Lane + Ord {
    const LANE_BITS: u32;
    const LEAST: Self;
    const MOST: Self;
    fn wrapping_add(self, other: Self) -> Self;
    fn saturating_add(self, other: Self) -> Self;
    fn and(self, other: Self) -> Self;
    /// The signed number in the low bits, `unused` bits narrower than the lane.
    fn sign_extend(self, unused: u32) -> Self;
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
            fn sign_extend(self, unused: u32) -> Self { (self << unused) >> unused }
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

/// The array for row updates, each row padded to whole blocks.
#[derive(Clone, Debug)]
enum Cells<L> {
    Narrow(Vec<i8>),
    Wide(Vec<Full<L>>),
}

/// Range and overflow rule of the state in lanes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range<L> {
    pub(crate) least: L,
    pub(crate) most: L,
    pub(crate) unused: u32,
    pub(crate) overflow: Overflow,
}

impl<L: RowLane> Range<L> {
    fn new(rule: &StateRule) -> Self {
        let bits = u32::from(rule.format.bits());
        let half = 1_i64 << (bits - 1);
        Range { least: L::store(-half), most: L::store(half - 1), unused: L::LANE_BITS - bits, overflow: rule.overflow }
    }
}

/// What became of an attempt to apply rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// Applied; so many updates were out of range.
    Applied(u64),
    /// Not applied: a neuron may have fired.
    MayFire,
}

/// The synapse array, ready to be applied to the state memory it is integrated into.
#[derive(Clone, Debug)]
pub(crate) struct Rows<L> {
    cells: Cells<L>,
    columns: usize,
    range: Range<L>,
    /// A neuron may fire when its state is above this; all at the lane's maximum when no operation fires.
    silent_up_to: Vec<L>,
    /// All ones for the neurons that take part, else 0.
    active: Vec<L>,
    all_active: bool,
    /// Rows that can be applied before a sum can leave the lane.
    headroom: usize,
    vectors: Vectors,
    block: Vec<L>,
}

impl<L: RowLane> Rows<L> {
    /// The array of a core; nothing when lanes of this width cannot hold its states, weights or firing bounds.
    pub(crate) fn new(core: &Core, rules: &Rules) -> Option<Self> {
        let s = core.structure();
        let rule = match rules.semantics.integrate {
            Integrate::Membrane => rules.v,
            Integrate::Current => rules.i_syn,
        };
        let input_bits = s.weight_bits + s.weight_shift;
        if s.v_bits.max(s.i_syn_bits).max(input_bits) > L::LANE_BITS {
            return None;
        }
        let columns = index(s.neurons);
        let padded = columns.next_multiple_of(BLOCK);
        let mut active = vec![L::store(-1); columns];
        active.resize(padded, L::default());
        Some(Rows {
            cells: cells(core, input_bits),
            columns,
            range: Range::new(&rule),
            silent_up_to: silent_up_to(core, rules, padded)?,
            active,
            all_active: true,
            headroom: headroom::<L>(u32::from(rule.format.bits()), input_bits),
            vectors: Vectors::detect(),
            block: vec![L::default(); padded],
        })
    }

    /// Leaves out the neurons whose refractory counter runs.
    pub(crate) fn hold(&mut self, refractory: &[u16]) {
        self.all_active = true;
        for (active, &refractory) in self.active.iter_mut().zip(refractory) {
            *active = L::store(if refractory == 0 { -1 } else { 0 });
            self.all_active &= refractory == 0;
        }
    }

    /// Whether a neuron with this state may fire.
    #[inline(always)]
    pub(crate) fn may_fire(&self, neuron: usize, state: L) -> bool {
        state > self.silent_up_to[neuron]
    }

    /// Applies rows in order, unless a neuron may fire.
    pub(crate) fn apply(&mut self, state: &mut [L], word_lines: &[u32]) -> Attempt {
        let clipped = self.clip(state, word_lines);
        if clipped.may_fire {
            return Attempt::MayFire;
        }
        state.copy_from_slice(&self.block[..self.columns]);
        Attempt::Applied(clipped.overflows)
    }

    /// The states after one row, before any firing, and the overflows.
    pub(crate) fn one(&mut self, state: &[L], word_line: u32) -> (&[L], u64) {
        let clipped = self.clip(state, &[word_line]);
        (&self.block[..self.columns], clipped.overflows)
    }

    fn clip(&mut self, state: &[L], word_lines: &[u32]) -> Clipped {
        self.block[..self.columns].copy_from_slice(state);
        let limits = Limits {
            range: self.range,
            try_plain: self.all_active && word_lines.len() <= self.headroom,
            active: &self.active,
            silent_up_to: &self.silent_up_to,
        };
        match &self.cells {
            Cells::Narrow(cells) => self.vectors.clip(&mut self.block, cells, word_lines, &limits),
            Cells::Wide(cells) => self.vectors.clip(&mut self.block, cells, word_lines, &limits),
        }
    }
}

fn cells<L: RowLane>(core: &Core, input_bits: u32) -> Cells<L> {
    let shift = core.structure().weight_shift;
    let padded = index(core.structure().neurons).next_multiple_of(BLOCK);
    let rows = || (0..core.structure().word_lines).map(|word_line| core.values().image.row(word_line));
    let shifted = |code: &i16| i64::from(*code) << shift;
    if input_bits <= 8 {
        let narrow = |code| i8::try_from(shifted(code)).expect("weight and shift have at most 8 bits");
        Cells::Narrow(rows().flat_map(|row| padded_row(row.iter().map(narrow), padded, 0)).collect())
    } else {
        let wide = |code| Full(L::store(shifted(code)));
        Cells::Wide(rows().flat_map(|row| padded_row(row.iter().map(wide), padded, Full(L::default()))).collect())
    }
}

fn padded_row<C: Copy>(row: impl Iterator<Item = C>, padded: usize, nothing: C) -> impl Iterator<Item = C> {
    row.chain(std::iter::repeat(nothing)).take(padded)
}

/// The largest state of each neuron that certainly does not fire; nothing when a lane cannot tell.
///
/// For `eq` it is that of `ge`: a larger state may fire or not.
fn silent_up_to<L: RowLane>(core: &Core, rules: &Rules, padded: usize) -> Option<Vec<L>> {
    let mut bounds = vec![L::MOST; padded];
    if rules.semantics.fire_check == FireCheck::PerOperation {
        let most = i64::from(rules.v.format.bits()) - 1;
        for (n, bound) in (0..core.structure().neurons).zip(&mut bounds) {
            let threshold = core.parameters(n).threshold;
            let silent = match rules.semantics.compare {
                Compare::Ge | Compare::Eq => threshold - 1,
                Compare::Gt => threshold,
            };
            if silent < L::LEAST.into() {
                return None;
            }
            *bound = L::store(silent.min((1 << most) - 1));
        }
    }
    Some(bounds)
}

/// `floor((2^(lane-1) - 2^(state-1)) / 2^(input-1))`
fn headroom<L: RowLane>(state_bits: u32, input_bits: u32) -> usize {
    let room = (1_i64 << (L::LANE_BITS - 1)) - (1 << (state_bits - 1));
    usize::try_from(room >> (input_bits - 1)).unwrap_or(0)
}
