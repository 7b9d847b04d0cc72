use crate::ReferenceError;
use crate::error::{length, not_negative};

/// Fits linear weights with a penalty on their squares, by the normal equations and a Cholesky factor.
///
/// ```text
/// W = argmin |X W - T|^2 + penalty |W|^2,   (X^T X + penalty I) W = X^T T
/// ```
///
/// `inputs` are the rows of X (samples x features), `targets` the rows of T (samples x columns); the result has one row
/// per feature. Dimensionless; rounding is that of `f64` in a fixed order of summation. Source: Hoerl & Kennard 1970,
/// *Technometrics* 12:55.
///
/// # Errors
///
/// [`ReferenceError::Length`] unless `targets` has one row per sample, and every row of either as many elements as the
/// first; [`ReferenceError::Negative`] unless `penalty` is finite and at least 0;
/// [`ReferenceError::NotPositiveDefinite`] when `penalty` is too small for dependent features, or an input is not
/// finite.
///
/// # Example
///
/// ```
/// assert_eq!(bitspike_reference::decoding::ridge(&[[2.0]], &[[4.0]], 0.0), Ok(vec![vec![2.0]]));
/// ```
pub fn ridge<X: AsRef<[f64]>, T: AsRef<[f64]>>(
    inputs: &[X],
    targets: &[T],
    penalty: f64,
) -> Result<Vec<Vec<f64>>, ReferenceError> {
    not_negative("penalty", penalty)?;
    length("targets", targets.len(), inputs.len())?;
    let features = width("a row of inputs", inputs)?;
    let mut right = vec![vec![0.0; width("a row of targets", targets)?]; features];
    let mut gram: Vec<Vec<f64>> = (1..=features).map(|row| vec![0.0; row]).collect();
    for (i, (row, right)) in gram.iter_mut().zip(&mut right).enumerate() {
        for (input, target) in inputs.iter().zip(targets) {
            let input = input.as_ref();
            add_scaled(row, input[i], &input[..=i]);
            add_scaled(right, input[i], target.as_ref());
        }
        row[i] += penalty;
    }
    cholesky(&mut gram)?;
    substitute(&gram, &mut right);
    Ok(right)
}

/// The common length of the rows.
fn width<R: AsRef<[f64]>>(name: &'static str, rows: &[R]) -> Result<usize, ReferenceError> {
    let width = rows.first().map_or(0, |row| row.as_ref().len());
    rows.iter().try_for_each(|row| length(name, row.as_ref().len(), width))?;
    Ok(width)
}

pub(super) fn add_scaled(sum: &mut [f64], factor: f64, terms: &[f64]) {
    for (s, term) in sum.iter_mut().zip(terms) {
        *s += factor * term;
    }
}

/// Replaces the lower triangle of A (row i has i + 1 elements) by L, where A = L L^T.
fn cholesky(a: &mut [Vec<f64>]) -> Result<(), ReferenceError> {
    for row in 0..a.len() {
        let (above, rest) = a.split_at_mut(row);
        let current = &mut rest[0];
        for (column, above) in above.iter().enumerate() {
            let rest = current[column] - dot(&current[..column], &above[..column]);
            current[column] = rest / above[column];
        }
        let pivot = current[row] - dot(&current[..row], &current[..row]);
        if !pivot.is_finite() || pivot <= 0.0 {
            return Err(ReferenceError::NotPositiveDefinite { row, pivot });
        }
        current[row] = pivot.sqrt();
    }
    Ok(())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Replaces the right-hand side B by the solution of L L^T X = B.
fn substitute(l: &[Vec<f64>], b: &mut [Vec<f64>]) {
    for (row, factors) in l.iter().enumerate() {
        let (known, rest) = b.split_at_mut(row);
        for (x, factor) in known.iter().zip(factors) {
            add_scaled(&mut rest[0], -factor, x);
        }
        rest[0].iter_mut().for_each(|x| *x /= factors[row]);
    }
    for (row, factors) in l.iter().enumerate().rev() {
        let (rest, known) = b.split_at_mut(row + 1);
        for (x, below) in known.iter().zip(&l[row + 1..]) {
            add_scaled(&mut rest[row], -below[row], x);
        }
        rest[row].iter_mut().for_each(|x| *x /= factors[row]);
    }
}
