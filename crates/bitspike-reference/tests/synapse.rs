//! The exponential synapse against its closed form.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use bitspike_reference::Method;
use bitspike_reference::synapse::ExponentialSynapse;

const TAU: f64 = 5e-3;
const DT: f64 = 1e-4;
const SPIKES: [usize; 7] = [50, 120, 125, 400, 405, 410, 900];

/// Largest difference from the sum over past spikes of `kernel(steps since the jump)`, over 1000 steps, unit weights.
fn largest_error(method: Method, kernel: impl Fn(f64) -> f64) -> f64 {
    let mut synapse = ExponentialSynapse::new(TAU, method, DT, 1).unwrap();
    let mut largest = 0.0_f64;
    for step in 0..1000 {
        let past = SPIKES.iter().filter(|&&spike| spike < step);
        let closed: f64 = past.map(|&spike| kernel((step - spike - 1) as f64)).sum();
        largest = largest.max((synapse.i_syn()[0] - closed).abs());
        synapse.step(&[if SPIKES.contains(&step) { 1.0 } else { 0.0 }]);
    }
    largest
}

/// Rounding only: a thousand products of relative error 1 ulp on a sum below 3.
const ROUNDING: f64 = 1000.0 * 3.0 * f64::EPSILON;

#[test]
fn exact_is_the_exponential() {
    let error = largest_error(Method::Exact, |n| (-n * DT / TAU).exp());
    assert!(error <= ROUNDING, "{error}");
}

#[test]
fn euler_is_the_power_of_its_factor() {
    let error = largest_error(Method::Euler, |n| (1.0 - DT / TAU).powf(n));
    assert!(error <= ROUNDING, "{error}");
}

/// With x = dt / tau and y = n x: 0 <= exp(-y) - (1 - x)^n <= y exp(-y) (-ln(1 - x) / x - 1) <= (-ln(1 - x) / x - 1) / e.
#[test]
fn euler_is_off_by_its_first_order_error() {
    let x = DT / TAU;
    let per_spike = (-(-x).ln_1p() / x - 1.0) / 1_f64.exp();
    let error = largest_error(Method::Euler, |n| (-n * x).exp());
    assert!(error >= per_spike / 2.0 && error <= SPIKES.len() as f64 * per_spike, "{error}");
}

#[test]
fn each_neuron_has_its_own_current() {
    let mut synapse = ExponentialSynapse::new(2.0, Method::Euler, 1.0, 2).unwrap();
    synapse.step(&[1.0, 0.0]);
    synapse.step(&[0.0, 8.0]);
    assert_eq!(synapse.i_syn(), [0.5, 8.0]);
}
