//! The inner loops of row updates, compiled for the vector instructions found at run time.

use super::rows::{Cell, Range, RowLane};
use crate::cast::{count, index};
use bitspike_spec::fx::Overflow;

/// Lanes held in registers while several rows are applied.
pub(crate) const BLOCK: usize = 64;

/// What a plain addition must not leave.
pub(crate) struct Bounds<'a, L> {
    pub(crate) least: L,
    pub(crate) most: L,
    pub(crate) silent_up_to: &'a [L],
}

/// How sums are fitted, and who takes part.
pub(crate) struct Limits<'a, L> {
    pub(crate) range: Range<L>,
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

    /// Adds rows to whole blocks of states; whether no sum left the bounds (else the states are of no use).
    pub(crate) fn plain<L: RowLane, C: Cell<L>>(
        self,
        states: &mut [L],
        cells: &[C],
        word_lines: &[u32],
        bounds: &Bounds<L>,
    ) -> bool {
        match self {
            Vectors::Baseline => plain(states, cells, word_lines, bounds),
            // SAFETY: AVX2 was detected.
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2 => unsafe { plain_avx2(states, cells, word_lines, bounds) },
        }
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
fn plain_avx2<L: RowLane, C: Cell<L>>(states: &mut [L], cells: &[C], word_lines: &[u32], bounds: &Bounds<L>) -> bool {
    plain(states, cells, word_lines, bounds)
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

#[inline(always)]
fn plain<L: RowLane, C: Cell<L>>(states: &mut [L], cells: &[C], word_lines: &[u32], bounds: &Bounds<L>) -> bool {
    let padded = states.len();
    let mut inside = true;
    for (block, (states, silent)) in blocks_mut(states).iter_mut().zip(blocks(bounds.silent_up_to)).enumerate() {
        let mut sums = *states;
        let (mut low, mut high) = ([bounds.most; BLOCK], [bounds.least; BLOCK]);
        for &word_line in word_lines {
            let row = cells_of(cells, padded, word_line, block * BLOCK);
            for lane in 0..BLOCK {
                sums[lane] = sums[lane].wrapping_add(row[lane].weight());
                low[lane] = low[lane].min(sums[lane]);
                high[lane] = high[lane].max(sums[lane]);
            }
        }
        *states = sums;
        let mut left = false;
        for lane in 0..BLOCK {
            left |= low[lane] < bounds.least || high[lane] > bounds.most.min(silent[lane]);
        }
        inside &= !left;
    }
    inside
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
    let mut clipped = Clipped::default();
    let constants = blocks(limits.active).iter().zip(blocks(limits.silent_up_to));
    for (block, (states, (active, silent))) in blocks_mut(states).iter_mut().zip(constants).enumerate() {
        let mut sums = *states;
        let (mut outside, mut high) = ([0_u8; BLOCK], [L::LEAST; BLOCK]);
        for &word_line in word_lines {
            let row = cells_of(cells, padded, word_line, block * BLOCK);
            for lane in 0..BLOCK {
                let (fitted, overflow) = fit(sums[lane], row[lane].weight().and(active[lane]));
                sums[lane] = fitted;
                outside[lane] += u8::from(overflow);
                high[lane] = high[lane].max(fitted);
            }
        }
        *states = sums;
        clipped.overflows += outside.iter().map(|&n| u64::from(n)).sum::<u64>();
        let above = high.iter().zip(silent).filter(|(high, silent)| high > silent);
        clipped.may_fire |= count(above.count()) > 0;
    }
    clipped
}

fn blocks<L>(states: &[L]) -> &[[L; BLOCK]] {
    states.as_chunks().0
}

fn blocks_mut<L>(states: &mut [L]) -> &mut [[L; BLOCK]] {
    states.as_chunks_mut().0
}
