//! A mean over seeds, and how well it is known.

use serde::Serialize;

/// Mean of a sample with the 95 % confidence interval of Student's t.
///
/// ```text
/// low, high = mean -+ t s / sqrt(n)      s² = sum (x - mean)² / (n - 1),  t: 97.5 % quantile of n - 1 degrees of freedom
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// How many.
    pub count: usize,
    /// Mean.
    pub mean: f64,
    /// Lower end of the interval; the mean with one value only.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Smallest value.
    pub least: f64,
    /// Largest value.
    pub most: f64,
}

impl Estimate {
    /// Of a sample; nothing of an empty one.
    #[must_use]
    pub fn of(sample: &[f64]) -> Option<Self> {
        let count = sample.len();
        if count == 0 {
            return None;
        }
        let n = count as f64;
        let mean = sample.iter().sum::<f64>() / n;
        let half = if count == 1 {
            0.0
        } else {
            let variance = sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
            student(n - 1.0) * (variance / n).sqrt()
        };
        let extreme = |pick: fn(f64, f64) -> f64| sample.iter().copied().fold(mean, pick);
        let (least, most) = (extreme(f64::min), extreme(f64::max));
        Some(Estimate { count, mean, low: mean - half, high: mean + half, least, most })
    }

    /// `mean ± half of the interval`, both times `scale`, with one decimal.
    #[must_use]
    pub fn text(&self, scale: f64) -> String {
        let half = 0.5 * scale.abs() * (self.high - self.low);
        format!("{:.1} ± {half:.1}", scale * self.mean)
    }
}

/// 97.5 % quantile of Student's t: exact for 1 and 2 degrees of freedom, else the expansion of Cornish and Fisher, good to 0.3 %.
fn student(freedom: f64) -> f64 {
    const Z: f64 = 1.959_963_985;
    if freedom < 1.5 {
        return 12.706_205;
    }
    if freedom < 2.5 {
        return 4.302_653;
    }
    let (z3, z5, z7, z9) = (Z.powi(3), Z.powi(5), Z.powi(7), Z.powi(9));
    Z + (z3 + Z) / (4.0 * freedom)
        + (5.0 * z5 + 16.0 * z3 + 3.0 * Z) / (96.0 * freedom.powi(2))
        + (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * Z) / (384.0 * freedom.powi(3))
        + (79.0 * z9 + 776.0 * z7 + 1482.0 * z5 - 1920.0 * z3 - 945.0 * Z) / (92_160.0 * freedom.powi(4))
}

#[cfg(test)]
mod tests {
    use super::{Estimate, student};

    /// Tabulated quantiles.
    #[test]
    fn quantiles_of_student() {
        for (freedom, t) in [(1.0, 12.706), (2.0, 4.303), (3.0, 3.182), (4.0, 2.776), (9.0, 2.262), (19.0, 2.093)] {
            assert!((student(freedom) / t - 1.0).abs() < 4e-3, "{freedom}: {}", student(freedom));
        }
    }

    /// 1, 2, 3, 4: mean 2.5, s² = 5/3, t of 3 degrees 3.182.
    #[test]
    fn a_mean_and_its_interval_by_hand() {
        let found = Estimate::of(&[4.0, 1.0, 3.0, 2.0]).expect("a sample");
        let half = 3.182 * (5.0_f64 / 3.0 / 4.0).sqrt();
        assert_eq!((found.count, found.mean, found.least, found.most), (4, 2.5, 1.0, 4.0));
        assert!((found.high - 2.5 - half).abs() < 0.01 && (2.5 - found.low - half).abs() < 0.01);
        assert_eq!(Estimate::of(&[]), None);
        let one = Estimate::of(&[7.0]).expect("a sample");
        assert_eq!((one.low, one.mean, one.high), (7.0, 7.0, 7.0));
        assert_eq!(one.text(100.0), "700.0 ± 0.0");
    }
}
