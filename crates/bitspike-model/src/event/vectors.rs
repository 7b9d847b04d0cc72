//! The inner loops of row updates, compiled for the vector instructions found at run time.

use super::rows::{Cell, Range, RowLane};
use crate::cast::index;
use bitspike_spec::fx::Overflow;

/// Lanes held in registers while several rows are applied.
pub(crate) const BLOCK: usize = 64;

/// How sums are fitted, and who takes part.
pub(crate) struct Limits<'a, L> {
    pub(crate) range: Range<L>,
    /// Whether plain sums cannot leave the lane, so that it suffices to look at their extremes.
    pub(crate) try_plain: bool,
    pub(crate) active: &'a [L],
    pub(crate) silent_up_to: &'a [L],
}

/// What fitted additions came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Clipped {
    pub(crate) overflows: u64,
    pub(crate) may_fire: bool,
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

    /// Adds rows to whole blocks of states and fits every sum.
    pub(crate) fn clip<L: RowLane, C: Cell<L>>(
        self,
        states: &mut [L],
        cells: &[C],
        word_lines: &[u32],
        limits: &Limits<L>,
    ) -> Clipped {
        match self {
            Vectors::Baseline => clip(states, cells, word_lines, limits),
            // SAFETY: AVX2 was detected.
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2 => unsafe { clip_avx2(states, cells, word_lines, limits) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn clip_avx2<L: RowLane, C: Cell<L>>(states: &mut [L], cells: &[C], word_lines: &[u32], limits: &Limits<L>) -> Clipped {
    clip(states, cells, word_lines, limits)
}

/// Block `first` to `first + BLOCK` of the row of a word line.
#[inline(always)]
fn cells_of<C>(cells: &[C], padded: usize, word_line: u32, first: usize) -> &[C; BLOCK] {
    cells[index(word_line) * padded + first..].first_chunk().expect("rows are padded to whole blocks")
}

/// One block of rows.
#[derive(Clone, Copy)]
struct Block<'a, C> {
    cells: &'a [C],
    padded: usize,
    word_lines: &'a [u32],
    first: usize,
}

impl<'a, C> Block<'a, C> {
    #[inline(always)]
    fn rows(self) -> impl Iterator<Item = &'a [C; BLOCK]> {
        self.word_lines.iter().map(move |&word_line| cells_of(self.cells, self.padded, word_line, self.first))
    }
}

/// The sums of a block, if none of them left the range on the way.
#[inline(always)]
fn plain<L: RowLane, C: Cell<L>>(
    states: &[L; BLOCK],
    block: Block<C>,
    least: L,
    most: &[L; BLOCK],
) -> Option<[L; BLOCK]> {
    let mut sums = *states;
    let (mut low, mut high) = ([L::MOST; BLOCK], [L::LEAST; BLOCK]);
    for row in block.rows() {
        for lane in 0..BLOCK {
            sums[lane] = sums[lane].wrapping_add(row[lane].weight());
            low[lane] = low[lane].min(sums[lane]);
            high[lane] = high[lane].max(sums[lane]);
        }
    }
    let mut left = false;
    for lane in 0..BLOCK {
        left |= (low[lane] < least) | (high[lane] > most[lane]);
    }
    if left { None } else { Some(sums) }
}

#[inline(always)]
fn clip<L: RowLane, C: Cell<L>>(states: &mut [L], cells: &[C], word_lines: &[u32], limits: &Limits<L>) -> Clipped {
    let Range { least, most, unused, .. } = limits.range;
    match limits.range.overflow {
        Overflow::Saturate => clip_with(states, cells, word_lines, limits, |x, w| {
            let fitted = x.saturating_add(w).clamp(least, most);
            (fitted, fitted != x.wrapping_add(w))
        }),
        Overflow::Wrap => clip_with(states, cells, word_lines, limits, |x, w| {
            let fitted = x.wrapping_add(w).sign_extend(unused);
            (fitted, fitted != x.saturating_add(w))
        }),
    }
}

/// `fit` gives the fitted sum and whether the sum was out of range.
#[inline(always)]
fn clip_with<L: RowLane, C: Cell<L>>(
    states: &mut [L],
    cells: &[C],
    word_lines: &[u32],
    limits: &Limits<L>,
    fit: impl Fn(L, L) -> (L, bool),
) -> Clipped {
    let padded = states.len();
    let (mut overflows, mut may_fire) = (0, false);
    let constants = blocks(limits.active).iter().zip(blocks(limits.silent_up_to));
    for (block, (states, (active, silent))) in blocks_mut(states).iter_mut().zip(constants).enumerate() {
        let block = Block { cells, padded, word_lines, first: block * BLOCK };
        if limits.try_plain {
            let mut bounds = *silent;
            for bound in &mut bounds {
                *bound = (*bound).min(limits.range.most);
            }
            if let Some(sums) = plain(states, block, limits.range.least, &bounds) {
                *states = sums;
                continue;
            }
        }
        let mut sums = *states;
        let (mut outside, mut high) = ([L::default(); BLOCK], [L::LEAST; BLOCK]);
        for row in block.rows() {
            for lane in 0..BLOCK {
                let (fitted, overflow) = fit(sums[lane], row[lane].weight().and(active[lane]));
                sums[lane] = fitted;
                outside[lane] = outside[lane].wrapping_add(L::from_bit(overflow));
                high[lane] = high[lane].max(fitted);
            }
        }
        *states = sums;
        overflows += outside.iter().map(|&n| n.into()).sum::<i64>();
        for lane in 0..BLOCK {
            may_fire |= high[lane] > silent[lane];
        }
    }
    Clipped { overflows: u64::try_from(overflows).expect("a count"), may_fire }
}

fn blocks<L>(states: &[L]) -> &[[L; BLOCK]] {
    states.as_chunks().0
}

fn blocks_mut<L>(states: &mut [L]) -> &mut [[L; BLOCK]] {
    states.as_chunks_mut().0
}
