//! The LIF neuron against Brian2 (tests/data/README.md) and against theory.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod golden;

use bitspike_reference::Method;
use bitspike_reference::lif::{Compare, Lif, LifParameters, Reset};
use golden::Table;

const DT: f64 = 0.1e-3;

const PARAMETERS: LifParameters = LifParameters {
    c_m: 100e-12,
    r_m: 100e6,
    v_rest: 0.0,
    threshold: 15e-3,
    compare: Compare::Above,
    reset: Reset::Zero,
    tau_ref: 2e-3,
};

/// Steps in which one neuron fires under a constant current.
fn spike_steps(parameters: LifParameters, method: Method, dt: f64, (i_syn, steps): (f64, usize)) -> Vec<usize> {
    let mut lif = Lif::new(parameters, method, dt, 1).unwrap();
    let mut spike = [false];
    let mut fires = |_: &usize| {
        lif.step(&[i_syn], &mut spike);
        spike[0]
    };
    (0..steps).filter(|step| fires(step)).collect()
}

fn assert_trace(method: Method, v_column: usize) {
    let mut lif = Lif::new(PARAMETERS, method, DT, 1).unwrap();
    let mut spike = [false];
    let mut spikes = 0;
    let golden = Table::read("lif_trace.csv").rows;
    assert_eq!(golden.len(), 3000);
    for row in &golden {
        let error = (lif.v()[0] * 1e3 - row[v_column]).abs();
        assert!(error <= 1e-10, "{method:?} step {}: v differs by {error} mV", row[0]);
        lif.step(&[row[1] * 1e-9], &mut spike);
        assert_eq!(f64::from(u8::from(spike[0])), row[v_column + 1], "{method:?} step {}: spike", row[0]);
        spikes += u32::from(spike[0]);
    }
    assert!(spikes > 0, "the golden trace has spikes");
}

#[test]
fn euler_follows_brian2_within_a_tenth_of_a_picovolt() {
    assert_trace(Method::Euler, 2);
}

#[test]
fn exact_follows_brian2_within_a_tenth_of_a_picovolt() {
    assert_trace(Method::Exact, 4);
}

fn assert_fi(method: Method, column: usize) {
    let golden = Table::read("lif_fi.csv").rows;
    assert_eq!(golden.len(), 51);
    for row in golden {
        let steps = spike_steps(PARAMETERS, method, DT, (row[0] * 1e-9, 10_000));
        let step = |found: Option<&usize>| found.map_or(-1.0, |&step| step as f64);
        let found = [steps.len() as f64, step(steps.first()), step(steps.last())];
        assert_eq!(found, row[column..column + 3], "{method:?} at {} nA", row[0]);
    }
}

#[test]
fn euler_has_the_spike_counts_of_brian2() {
    assert_fi(Method::Euler, 1);
}

#[test]
fn exact_has_the_spike_counts_of_brian2() {
    assert_fi(Method::Exact, 4);
}

/// Both sides evaluate one formula; the condition number of the logarithm near threshold is below 100 here.
#[test]
fn the_closed_form_rate_is_the_golden_one() {
    for row in Table::read("lif_fi.csv").rows {
        let rate = PARAMETERS.rate(row[0] * 1e-9);
        assert!((rate - row[7]).abs() <= 100.0 * f64::EPSILON * row[7], "{} nA: {rate} Hz", row[0]);
    }
}

/// The exact method fires at the first grid point past the continuous crossing, n = ceil(T / dt) updates after the
/// reset, and the first of them comes tau_ref after the spike: intervals lie in [T + tau_ref - dt, T + tau_ref).
#[test]
fn exact_intervals_are_those_of_theory_up_to_one_step() {
    for dt in [1e-4, 2e-5, 1e-5] {
        for reset in [Reset::Zero, Reset::Value(-5e-3), Reset::Value(5e-3)] {
            let parameters = LifParameters { reset, ..PARAMETERS };
            for i_syn in [0.1631e-9, 0.3137e-9, 1.0371e-9] {
                let steps = spike_steps(parameters, Method::Exact, dt, (i_syn, (0.2 / dt) as usize));
                let interval = (steps[2] - steps[1]) as f64 * dt;
                let late = interval - 1.0 / parameters.rate(i_syn);
                assert!((-dt..=1e-12).contains(&late), "{reset:?}, dt {dt}, {i_syn} A: {late} s");
            }
        }
    }
}

/// Forward Euler from 0: v_n = v_inf (1 - (1 - dt/tau)^n) crosses at n = ceil(ln(1 - threshold / v_inf) / ln(1 - dt/tau)).
#[test]
fn euler_intervals_are_those_of_the_difference_equation() {
    for i_syn in [0.1631e-9, 0.3137e-9, 1.0371e-9] {
        let log = |x: f64| (-x).ln_1p();
        let updates = (log(15e-3 / (100e6 * i_syn)) / log(DT / 10e-3)).ceil() as usize;
        let steps = spike_steps(PARAMETERS, Method::Euler, DT, (i_syn, 3000));
        assert_eq!(steps[0], updates - 1, "{i_syn} A: first spike");
        assert!(steps.windows(2).all(|pair| pair[1] - pair[0] == updates + 19), "{i_syn} A: intervals");
    }
}

/// v = 2 V at the first update, exactly the threshold.
fn spikes_at_threshold(compare: Compare) -> bool {
    let parameters = LifParameters { c_m: 1.0, r_m: 1.0, threshold: 2.0, compare, tau_ref: 0.0, ..PARAMETERS };
    !spike_steps(parameters, Method::Euler, 1.0, (2.0, 1)).is_empty()
}

#[test]
fn only_at_least_fires_at_the_threshold_itself() {
    assert!(spikes_at_threshold(Compare::AtLeast));
    assert!(!spikes_at_threshold(Compare::Above));
}

/// With dt = tau = 1 s the Euler update sets v = i_syn: what a reset leaves shows undecayed.
#[test]
fn each_reset_leaves_its_own_potential() {
    for (reset, left) in [(Reset::Zero, 0.0), (Reset::Value(-0.5), -0.5), (Reset::Subtract, 0.75)] {
        let parameters = LifParameters { c_m: 1.0, r_m: 1.0, threshold: 2.0, reset, tau_ref: 0.0, ..PARAMETERS };
        let mut lif = Lif::new(parameters, Method::Euler, 1.0, 1).unwrap();
        let mut spike = [false];
        lif.step(&[2.75], &mut spike);
        assert_eq!((spike[0], lif.v()[0]), (true, left), "{reset:?}");
    }
}

#[test]
fn a_refractory_neuron_holds_even_what_is_above_threshold() {
    let parameters =
        LifParameters { c_m: 1.0, r_m: 1.0, threshold: 2.0, reset: Reset::Subtract, tau_ref: 3.0, ..PARAMETERS };
    let mut lif = Lif::new(parameters, Method::Euler, 1.0, 1).unwrap();
    let mut spike = [false];
    let mut seen = Vec::new();
    for i_syn in [7.0, 9.0, 9.0, 9.0] {
        lif.step(&[i_syn], &mut spike);
        seen.push((spike[0], lif.v()[0]));
    }
    assert_eq!(seen, [(true, 5.0), (false, 5.0), (false, 5.0), (true, 7.0)]);
}

#[test]
fn the_resting_potential_shifts_everything() {
    let shifted = LifParameters { v_rest: -70e-3, threshold: -55e-3, reset: Reset::Value(-70e-3), ..PARAMETERS };
    let steps = |parameters| spike_steps(parameters, Method::Exact, DT, (0.3137e-9, 3000));
    assert_eq!(steps(shifted), steps(PARAMETERS));
    assert!((shifted.rate(0.3137e-9) - PARAMETERS.rate(0.3137e-9)).abs() < 1e-10);
}

#[test]
fn parameters_out_of_range_are_named() {
    let message = |parameters| Lif::new(parameters, Method::Exact, DT, 1).unwrap_err().to_string();
    for (parameters, expected) in [
        (LifParameters { c_m: 0.0, ..PARAMETERS }, "c_m is 0e0, must be a finite number above 0"),
        (LifParameters { r_m: -1.0, ..PARAMETERS }, "r_m is -1e0, must be a finite number above 0"),
        (LifParameters { v_rest: f64::NAN, ..PARAMETERS }, "v_rest is NaN, must be a finite number"),
        (LifParameters { tau_ref: -1e-3, ..PARAMETERS }, "tau_ref is -1e-3, must be a finite number, 0 or above"),
        (
            LifParameters { reset: Reset::Value(15e-3), ..PARAMETERS },
            "threshold is 1.5e-2 V, must be above the potential after a reset, 1.5e-2 V",
        ),
    ] {
        assert_eq!(message(parameters), expected);
    }
}
