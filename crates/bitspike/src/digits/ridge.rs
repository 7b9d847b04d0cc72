//! Ridge regression by its normal equations.

use super::DigitsError;

/// Fits linear weights with a penalty on their squares.
///
/// ```text
/// W = argmin |X W - T|^2 + lambda |W|^2,   (X'X + lambda I) W = X'T
/// ```
///
/// `inputs` are the rows of X (samples x features), `targets` the rows of T (samples x N); the result has one row
/// per feature. Dimensionless; rounding is that of `f64` in a fixed order of summation. Source: Hoerl & Kennard
/// 1970, Technometrics 12:55.
///
/// # Errors
///
/// [`DigitsError::NotPositiveDefinite`] when `lambda` is too small for dependent features.
///
/// # Panics
///
/// When rows of `inputs` differ in length.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), bitspike::digits::DigitsError> {
/// let weights = bitspike::digits::ridge::ridge(&[vec![2.0]], &[[4.0]], 0.0)?;
/// assert_eq!(weights, [[2.0]]);
/// # Ok(())
/// # }
/// ```
pub fn ridge<const N: usize>(
    inputs: &[Vec<f64>],
    targets: &[[f64; N]],
    lambda: f64,
) -> Result<Vec<[f64; N]>, DigitsError> {
    let features = inputs.first().map_or(0, Vec::len);
    let mut gram = vec![vec![0.0; features]; features];
    let mut right = vec![[0.0; N]; features];
    for (input, target) in inputs.iter().zip(targets) {
        assert_eq!(input.len(), features, "every input has as many features as the first");
        for (i, &x) in input.iter().enumerate() {
            add_scaled(&mut gram[i], x, input);
            add_scaled(&mut right[i], x, target);
        }
    }
    for (i, row) in gram.iter_mut().enumerate() {
        row[i] += lambda;
    }
    cholesky(&mut gram)?;
    substitute(&gram, &mut right);
    Ok(right)
}

fn add_scaled(sum: &mut [f64], factor: f64, terms: &[f64]) {
    for (s, term) in sum.iter_mut().zip(terms) {
        *s += factor * term;
    }
}

/// Replaces the lower triangle of A by L, where A = L L'.
fn cholesky(a: &mut [Vec<f64>]) -> Result<(), DigitsError> {
    for row in 0..a.len() {
        for column in 0..row {
            let rest = a[row][column] - dot(&a[row][..column], &a[column][..column]);
            a[row][column] = rest / a[column][column];
        }
        let pivot = a[row][row] - dot(&a[row][..row], &a[row][..row]);
        if pivot.is_nan() || pivot <= 0.0 {
            return Err(DigitsError::NotPositiveDefinite { row, pivot });
        }
        a[row][row] = pivot.sqrt();
    }
    Ok(())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Replaces the right-hand side B by the solution of L L' X = B.
fn substitute<const N: usize>(l: &[Vec<f64>], b: &mut [[f64; N]]) {
    for (row, factors) in l.iter().enumerate() {
        let (known, rest) = b.split_at_mut(row);
        for (x, factor) in known.iter().zip(factors) {
            add_scaled(&mut rest[0], -factor, x);
        }
        rest[0] = rest[0].map(|x| x / factors[row]);
    }
    for (row, factors) in l.iter().enumerate().rev() {
        let (rest, known) = b.split_at_mut(row + 1);
        for (x, below) in known.iter().zip(&l[row + 1..]) {
            add_scaled(&mut rest[row], -below[row], x);
        }
        rest[row] = rest[row].map(|x| x / factors[row]);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    /// X = [1 0; 1 1], lambda = 1: X'X + I = [3 1; 1 2], inverse [2 -1; -1 3] / 5.
    /// T = (1, 2): X'T = (3, 2), W = (4, 3) / 5. T = (0, 5): X'T = (5, 5), W = (1, 2).
    #[test]
    fn solves_a_two_by_two_system_as_by_hand() {
        let weights = ridge(&[vec![1.0, 0.0], vec![1.0, 1.0]], &[[1.0, 0.0], [2.0, 5.0]], 1.0).unwrap();
        let by_hand = [[0.8, 1.0], [0.6, 2.0]];
        // Condition number of the matrix 2.6, a handful of operations: a few units in the last place.
        for (w, e) in weights.as_flattened().iter().zip(by_hand.as_flattened()) {
            assert!((w - e).abs() <= 16.0 * f64::EPSILON, "{w} {e}");
        }
    }

    #[test]
    fn the_residual_is_orthogonal_to_every_feature() {
        let inputs: Vec<Vec<f64>> =
            (0..9).map(|i| (0..4).map(|j| f64::from((i * i * (j + 2) + 3 * j + i) % 11)).collect()).collect();
        let targets: Vec<[f64; 1]> = (0..9).map(|i| [f64::from((i * 5) % 7)]).collect();
        let (lambda, weights) = (0.5, ridge(&inputs, &targets, 0.5).unwrap());
        for (feature, weight) in weights.iter().enumerate() {
            let gradient: f64 = inputs
                .iter()
                .zip(&targets)
                .map(|(x, t)| {
                    let fitted: f64 = x.iter().zip(&weights).map(|(x, w)| x * w[0]).sum();
                    x[feature] * (fitted - t[0])
                })
                .sum::<f64>()
                + lambda * weight[0];
            assert!(gradient.abs() < 1e-10, "feature {feature}: {gradient}");
        }
    }

    #[test]
    fn dependent_features_without_penalty_are_refused() {
        let error = ridge(&[vec![1.0, 1.0]], &[[1.0]], 0.0).unwrap_err();
        assert_eq!(error.to_string(), "ridge: pivot 1 is 0e0, must be above 0: raise lambda");
        assert!(ridge(&[vec![1.0, 1.0]], &[[1.0]], 1.0).is_ok());
    }
}
