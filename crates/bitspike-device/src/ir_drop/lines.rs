//! Exact solves along lines: one tridiagonal system for each word line or bit line.

/// Rows that are swept together, to hide the latency of the recurrence.
const TOGETHER: usize = 8;

/// The factors of the tridiagonal matrices of all lines of one direction (Thomas' algorithm).
///
/// Along a line the matrix is `-g` beside the diagonal; the diagonal is the sum of the segments and the cell at a node.
/// `inverse` holds the inverse pivots, word line major whatever the direction.
pub(super) struct Lines {
    columns: usize,
    g: f64,
    inverse: Vec<f64>,
}

impl Lines {
    /// Word lines: `ends[i]` is the conductance from `V_i` to the first node, 0 for a floating line.
    pub(super) fn word(cells: &[f64], columns: usize, (g, ends): (f64, &[f64])) -> Self {
        let mut inverse = vec![0.0; cells.len()];
        for ((cells, inverse), end) in cells.chunks(columns).zip(inverse.chunks_mut(columns)).zip(ends) {
            let (mut before, mut from_left) = (0.0, *end);
            for j in 0..columns {
                let right = if j + 1 < columns { g } else { 0.0 };
                let pivot = cells[j] + from_left + right - before;
                inverse[j] = inverse_pivot(pivot, g);
                (before, from_left) = (g * g * inverse[j], g);
            }
        }
        Lines { columns, g, inverse }
    }

    /// Bit lines: `end` is the conductance from the last node to ground.
    pub(super) fn bit(cells: &[f64], columns: usize, (g, end): (f64, f64)) -> Self {
        let mut inverse = vec![0.0; cells.len()];
        let rows = cells.len() / columns;
        for k in 0..cells.len() {
            let above = if k >= columns { g - g * g * inverse[k - columns] } else { 0.0 };
            let below = if k / columns + 1 < rows { g } else { end };
            inverse[k] = inverse_pivot(cells[k] + above + below, g);
        }
        Lines { columns, g, inverse }
    }

    /// Solves all word lines in place.
    pub(super) fn solve_word(&self, x: &mut [f64]) {
        let size = TOGETHER * self.columns;
        for (x, inverse) in x.chunks_mut(size).zip(self.inverse.chunks(size)) {
            if x.len() == size {
                sweep_rows::<TOGETHER>(x, inverse, self.g);
            } else {
                for (x, inverse) in x.chunks_mut(self.columns).zip(inverse.chunks(self.columns)) {
                    sweep_rows::<1>(x, inverse, self.g);
                }
            }
        }
    }

    /// Solves all bit lines in place.
    pub(super) fn solve_bit(&self, x: &mut [f64]) {
        sweep_columns(x, &self.inverse, (self.columns, self.g));
    }
}

/// A floating line without cells has no current: its voltage is taken as 0.
fn inverse_pivot(pivot: f64, g: f64) -> f64 {
    if pivot > 1e-14 * g { 1.0 / pivot } else { 0.0 }
}

fn sweep_rows<const N: usize>(x: &mut [f64], inverse: &[f64], g: f64) {
    let columns = x.len() / N;
    let mut carry = [0.0; N];
    for j in 0..columns {
        for (row, carry) in carry.iter_mut().enumerate() {
            let at = row * columns + j;
            *carry = (x[at] + g * *carry) * inverse[at];
            x[at] = *carry;
        }
    }
    carry = [0.0; N];
    for j in (0..columns).rev() {
        for (row, carry) in carry.iter_mut().enumerate() {
            let at = row * columns + j;
            *carry = x[at] + g * inverse[at] * *carry;
            x[at] = *carry;
        }
    }
}

#[multiversion::multiversion(targets("x86_64+avx2"))]
fn sweep_columns(x: &mut [f64], inverse: &[f64], (columns, g): (usize, f64)) {
    scale(&mut x[..columns], &inverse[..columns]);
    for k in (columns..x.len()).step_by(columns) {
        let (above, here) = x.split_at_mut(k);
        let lines = above[k - columns..].iter().zip(&inverse[k..k + columns]);
        for (x, (above, inverse)) in here[..columns].iter_mut().zip(lines) {
            *x = (*x + g * above) * inverse;
        }
    }
    for k in (columns..x.len()).step_by(columns).rev() {
        let (above, below) = x.split_at_mut(k);
        let lines = below[..columns].iter().zip(&inverse[k - columns..k]);
        for (x, (below, inverse)) in above[k - columns..].iter_mut().zip(lines) {
            *x += g * inverse * below;
        }
    }
}

fn scale(x: &mut [f64], by: &[f64]) {
    for (x, by) in x.iter_mut().zip(by) {
        *x *= by;
    }
}
