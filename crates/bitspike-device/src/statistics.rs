//! Tests of distributions, for the tests of the effects.

use crate::device::{Device, Draws, Effect, Moment, Place};

/// Standard normal distribution function.
pub(crate) fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

/// P value of the one-sample Kolmogorov-Smirnov test against a continuous distribution function.
pub(crate) fn ks_p(mut samples: Vec<f64>, cdf: impl Fn(f64) -> f64) -> f64 {
    samples.sort_by(f64::total_cmp);
    let n = samples.len() as f64;
    let distance = samples.iter().enumerate().fold(0.0_f64, |d, (i, &x)| {
        let f = cdf(x);
        d.max(f - i as f64 / n).max((i + 1) as f64 / n - f)
    });
    kolmogorov(distance, n)
}

/// P value of the two-sample test.
pub(crate) fn ks_two_p(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let (mut i, mut j, mut distance) = (0, 0, 0.0_f64);
    while i < a.len() && j < b.len() {
        let x = a[i].min(b[j]);
        i += a[i..].iter().take_while(|&&y| y <= x).count();
        j += b[j..].iter().take_while(|&&y| y <= x).count();
        distance = distance.max((i as f64 / a.len() as f64 - j as f64 / b.len() as f64).abs());
    }
    kolmogorov(distance, (a.len() * b.len()) as f64 / (a.len() + b.len()) as f64)
}

/// `2 sum (-1)^(k-1) exp(-2 k^2 lambda^2)` with Stephens' correction (Press et al., Numerical Recipes, section 14.3).
fn kolmogorov(distance: f64, n: f64) -> f64 {
    let lambda = (n.sqrt() + 0.12 + 0.11 / n.sqrt()) * distance;
    if lambda < 0.2 {
        return 1.0; // the series is 1 to twelve digits, and slow
    }
    let term = |k: i32| f64::from(1 - 2 * ((k + 1) % 2)) * libm::exp(-2.0 * f64::from(k * k) * lambda * lambda);
    (2.0 * (1..=100).map(term).sum::<f64>()).clamp(0.0, 1.0)
}

/// Chi-squared statistic of counts against expected counts.
pub(crate) fn chi_squared(counts: &[u64], expected: &[f64]) -> f64 {
    counts.iter().zip(expected).map(|(&n, e)| (n as f64 - e).powi(2) / e).sum()
}

/// Mean and standard deviation.
pub(crate) fn moments(samples: &[f64]) -> (f64, f64) {
    let n = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / n;
    (mean, (samples.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt())
}

/// The `n`-th device of a large array, at `target` µS.
pub(crate) fn device(n: u32, target: f64) -> Device {
    Device::new(Place::new(0, n / 1024, n % 1024), target)
}

/// A moment `seconds` after programming.
pub(crate) fn moment(seconds: f64) -> Moment {
    Moment { draws: Draws::new(2026), seconds }
}

/// The conductances of `n` devices after an effect.
pub(crate) fn after(effect: &dyn Effect, at: &Moment, (n, target): (u32, f64)) -> Vec<f64> {
    let mut devices: Vec<Device> = (0..n).map(|k| device(k, target)).collect();
    effect.apply(at, &mut devices);
    devices.iter().map(Device::g).collect()
}

/// A million, the number of samples of a distribution test.
pub(crate) const MILLION: u32 = 1_000_000;

#[test]
fn the_tests_accept_what_is_so_and_refuse_what_is_not() {
    let ramp = |n: u32| (0..n).map(move |k| (f64::from(k) + 0.5) / f64::from(n)).collect::<Vec<f64>>();
    assert!(ks_p(ramp(1000), |x| x) > 0.999);
    assert!(ks_p(ramp(1000), |x| x * x) < 1e-9);
    assert!(ks_two_p(ramp(1000), ramp(777)) > 0.999);
    assert!(ks_two_p(ramp(1000), ramp(1000).iter().map(|x| x * x).collect()) < 1e-9);
    // Critical value at 1 %: 1.628 / sqrt(n).
    assert!((kolmogorov(1.628 / 1000.0, 1e6) - 0.01).abs() < 1e-4);
}
