//! Sums of codes over active rows.

use crate::cast::index;

/// Bit lines whose codes stand together: enough to pay for the walk through the rows, few enough that their sums stay in
/// registers.
pub(super) const BLOCK: usize = 64;

/// A code of a cell, 16 bits, whose sums of a few rows fit 16 bits too.
pub(super) trait Code: Copy + Default + Into<i32> {
    /// The largest sum.
    const MOST: u32;
    fn plus(self, other: Self) -> Self;
}

impl Code for i16 {
    const MOST: u32 = 0x7FFF;
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
}

impl Code for u16 {
    const MOST: u32 = 0xFFFF;
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
}

/// Codes padded to whole blocks of bit lines: one block after the other, in each the rows of all word lines.
#[derive(Clone, Debug)]
pub(super) struct Cells<C> {
    codes: Vec<[C; BLOCK]>,
    word_lines: usize,
    /// Rows whose sum fits a code's 16 bits.
    span: usize,
}

impl<C: Code> Cells<C> {
    /// Codes of at most `most` in magnitude, by cell `word_line * bit_lines + bit_line`.
    pub(super) fn new((word_lines, bit_lines): (usize, usize), most: u32, code: impl Fn(usize) -> C) -> Self {
        let lane = |row: usize, column: usize| {
            if column < bit_lines { code(row * bit_lines + column) } else { C::default() }
        };
        let firsts = (0..bit_lines).step_by(BLOCK);
        let codes = firsts
            .flat_map(|first| (0..word_lines).map(move |row| (first, row)))
            .map(|(first, row)| std::array::from_fn(|column| lane(row, first + column)))
            .collect();
        Cells { codes, word_lines, span: index(C::MOST / most) }
    }

    /// The sum of the rows on every bit line; a sum of 4096 codes of 16 bits fits 29 bits.
    #[inline(always)]
    pub(super) fn sum(&self, rows: &[u32], sums: &mut [i32]) {
        let sums = sums.as_chunks_mut().0;
        for (sum, cells) in sums.iter_mut().zip(self.codes.chunks_exact(self.word_lines)) {
            *sum = self.sum_block(cells, rows);
        }
    }

    #[inline(always)]
    fn sum_block(&self, cells: &[[C; BLOCK]], rows: &[u32]) -> [i32; BLOCK] {
        let mut total = [0; BLOCK];
        for rows in rows.chunks(self.span) {
            let mut part = [C::default(); BLOCK];
            for &row in rows {
                let row = &cells[index(row)];
                for lane in 0..BLOCK {
                    part[lane] = part[lane].plus(row[lane]);
                }
            }
            for lane in 0..BLOCK {
                total[lane] += part[lane].into();
            }
        }
        total
    }
}
