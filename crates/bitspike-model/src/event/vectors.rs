//! The inner loops of row updates, compiled for the vector instructions found at run time.

use super::rows::{Cell, RowLane};
use crate::cast::{count, index};
use bitspike_spec::fx::Overflow;

/// Lanes held in registers while several rows are applied; few enough that the compiler unrolls loops over them, which is
/// what keeps arrays in registers.
pub(crate) const BLOCK: usize = 16;

/// Most rows added at a time: all overflows of a block of them fit the narrowest lane.
pub(crate) const MOST_ROWS: usize = 64;

const _: () = assert!(MOST_ROWS * BLOCK <= 1 << 12, "overflows of a block fit a lane");

/// How sums are fitted, and who takes part.
#[derive(Clone, Debug)]
pub(crate) struct Limits<L> {
    pub(crate) overflow: Overflow,
    /// A neuron may fire when its lane is above this, the lane's maximum where operations do not fire.
    pub(crate) silent_up_to: Vec<L>,
    /// All ones for the neurons that take part, else 0.
    pub(crate) active: Vec<L>,
    pub(crate) all_active: bool,
    /// The blocks in which a sum was out of range the last time.
    pub(crate) overflowing: Vec<bool>,
}

/// What additions came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Added {
    pub(crate) overflows: u64,
    pub(crate) may_fire: bool,
}

/// What of a row's weights is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All.
    All,
    /// Those of the neurons that take part.
    Active,
    /// Those above 0.
    Positive,
    /// Those below 0.
    Negative,
}

const ALL: u8 = 0;
const ACTIVE: u8 = 1;
const POSITIVE: u8 = 2;
const NEGATIVE: u8 = 3;

/// How rows are added.
#[derive(Clone, Copy, Debug)]
pub(crate) struct How {
    pub(crate) part: Part,
    /// No state can leave its range at both ends among these rows.
    pub(crate) may_guess: bool,
}

/// The vector instructions to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vectors {
    /// What every machine of the target has.
    Baseline,
    /// AVX2 of x86-64.
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Vectors {
    /// The best this machine has.
    pub(crate) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            return Vectors::Avx2;
        }
        Vectors::Baseline
    }

    /// Adds the rows of word lines to whole blocks of states. The cells are those of one block after the other, in each the
    /// rows of all word lines. The states are of no use when a neuron may fire.
    pub(crate) fn add<L: RowLane, C: Cell<L>>(
        self,
        states: &mut [L],
        rows: (&[[C; BLOCK]], &[u32]),
        limits: &mut Limits<L>,
        how: How,
    ) -> Added {
        match self {
            Vectors::Baseline => add(states, rows, limits, how),
            // SAFETY: AVX2 was detected.
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2 => unsafe { add_avx2(states, rows, limits, how) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn add_avx2<L: RowLane, C: Cell<L>>(
    states: &mut [L],
    rows: (&[[C; BLOCK]], &[u32]),
    limits: &mut Limits<L>,
    how: How,
) -> Added {
    add(states, rows, limits, how)
}

#[inline(always)]
fn add<L: RowLane, C: Cell<L>>(
    states: &mut [L],
    rows: (&[[C; BLOCK]], &[u32]),
    limits: &mut Limits<L>,
    how: How,
) -> Added {
    match how.part {
        Part::All => add_blocks::<L, C, ALL>(states, rows, limits, how.may_guess),
        Part::Active => add_blocks::<L, C, ACTIVE>(states, rows, limits, how.may_guess),
        Part::Positive => add_blocks::<L, C, POSITIVE>(states, rows, limits, how.may_guess),
        Part::Negative => add_blocks::<L, C, NEGATIVE>(states, rows, limits, how.may_guess),
    }
}

/// One block of the rows of every word line.
#[derive(Clone, Copy)]
struct Block<'a, L, C> {
    cells: &'a [[C; BLOCK]],
    word_lines: &'a [u32],
    active: &'a [L; BLOCK],
    silent: &'a [L; BLOCK],
}

impl<'a, L: RowLane, C: Cell<L>> Block<'a, L, C> {
    #[inline(always)]
    fn row(self, word_line: u32) -> &'a [C; BLOCK] {
        &self.cells[index(word_line)]
    }

    /// Hands every row to `add`, in order; the loop is unrolled by hand.
    #[inline(always)]
    fn each_row(self, mut add: impl FnMut(&[C; BLOCK])) {
        let (fours, rest) = self.word_lines.as_chunks();
        for &[a, b, c, d] in fours {
            add(self.row(a));
            add(self.row(b));
            add(self.row(c));
            add(self.row(d));
        }
        for &word_line in rest {
            add(self.row(word_line));
        }
    }

    #[inline(always)]
    fn weight<const PART: u8>(self, row: &[C; BLOCK], lane: usize) -> L {
        let weight = row[lane].weight();
        match PART {
            ACTIVE => weight.and(self.active[lane]),
            POSITIVE => weight.max(L::default()),
            NEGATIVE => weight.min(L::default()),
            _ => weight,
        }
    }

    /// Whether a lane that came as high as this may have fired.
    #[inline(always)]
    fn may_fire(self, high: [L; BLOCK]) -> bool {
        any(|lane| L::from_bit(high[lane] > self.silent[lane]))
    }
}

#[inline(always)]
fn add_blocks<L: RowLane, C: Cell<L>, const PART: u8>(
    states: &mut [L],
    (cells, word_lines): (&[[C; BLOCK]], &[u32]),
    limits: &mut Limits<L>,
    may_guess: bool,
) -> Added {
    let mut total = Added::default();
    let constants = blocks(&limits.active).iter().zip(blocks(&limits.silent_up_to));
    let cells = cells.chunks_exact(cells.len() / limits.overflowing.len());
    let states = states.as_chunks_mut().0.iter_mut().zip(&mut limits.overflowing);
    for (((sums, overflowing), (active, silent)), cells) in states.zip(constants).zip(cells) {
        let block = Block { cells, word_lines, active, silent };
        if may_guess
            && !*overflowing
            && let Some(may_fire) = add_unless_overflowing::<L, C, PART>(sums, block)
        {
            total.may_fire |= may_fire;
        } else {
            let added = match limits.overflow {
                Overflow::Saturate => add_counting::<L, C, PART>(sums, block, L::saturating_add),
                Overflow::Wrap => add_counting::<L, C, PART>(sums, block, L::wrapping_add),
            };
            *overflowing = added.overflows > 0;
            total.overflows += added.overflows;
            total.may_fire |= added.may_fire;
        }
    }
    total
}

/// Adds the rows if no sum leaves the range on the way: then, and only then, both sums are the same in the end.
#[inline(always)]
fn add_unless_overflowing<L: RowLane, C: Cell<L>, const PART: u8>(
    states: &mut [L; BLOCK],
    block: Block<L, C>,
) -> Option<bool> {
    let (mut sums, mut wrapped, mut high) = (*states, *states, [L::LEAST; BLOCK]);
    block.each_row(|row| {
        for lane in 0..BLOCK {
            let weight = block.weight::<PART>(row, lane);
            sums[lane] = sums[lane].saturating_add(weight);
            wrapped[lane] = wrapped[lane].wrapping_add(weight);
            high[lane] = high[lane].max(sums[lane]);
        }
    });
    if any(|lane| L::from_bit(sums[lane] != wrapped[lane])) {
        return None;
    }
    *states = sums;
    Some(block.may_fire(high))
}

/// Adds the rows and counts the sums out of range.
#[inline(always)]
fn add_counting<L: RowLane, C: Cell<L>, const PART: u8>(
    states: &mut [L; BLOCK],
    block: Block<L, C>,
    fitted: impl Fn(L, L) -> L,
) -> Added {
    let (mut sums, mut exact, mut high) = (*states, [L::default(); BLOCK], [L::LEAST; BLOCK]);
    block.each_row(|row| {
        for lane in 0..BLOCK {
            let (sum, weight) = (sums[lane], block.weight::<PART>(row, lane));
            let is_exact = sum.saturating_add(weight) == sum.wrapping_add(weight);
            sums[lane] = fitted(sum, weight);
            exact[lane] = exact[lane].wrapping_add(L::from_bit(is_exact));
            high[lane] = high[lane].max(sums[lane]);
        }
    });
    *states = sums;
    let total: i64 = exact.into_iter().fold(L::default(), L::wrapping_add).into();
    let overflows = i64::from(count(BLOCK * block.word_lines.len())) - total;
    Added { overflows: u64::try_from(overflows).expect("a count"), may_fire: block.may_fire(high) }
}

/// Whether a lane has a 1. The flags are as wide as the lanes, for the sake of the vectors.
#[inline(always)]
fn any<L: RowLane>(flag: impl Fn(usize) -> L) -> bool {
    let mut highest = L::default();
    for lane in 0..BLOCK {
        highest = highest.max(flag(lane));
    }
    highest != L::default()
}

fn blocks<L>(states: &[L]) -> &[[L; BLOCK]] {
    states.as_chunks().0
}
