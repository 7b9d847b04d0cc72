//! The Hodgkin-Huxley neuron against Brian2 (tests/data/README.md).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod golden;

use bitspike_reference::hodgkin_huxley::{HodgkinHuxley, HodgkinHuxleyParameters, Rates, Scheme};
use golden::Table;

const SQUID: HodgkinHuxleyParameters = HodgkinHuxleyParameters::SQUID;

/// The rates of the file come from other exponentials: a few units in the last place each.
#[test]
fn rates_are_those_of_brian2_even_at_the_removable_singularities() {
    let table = Table::read("hh_rates.csv");
    assert_eq!(table.rows.len(), 161);
    for row in &table.rows {
        let Rates { m, h, n } = Rates::at(row[0]);
        for (found, golden) in [m.alpha, m.beta, h.alpha, h.beta, n.alpha, n.beta].iter().zip(&row[1..]) {
            assert!((found - golden).abs() <= 16.0 * f64::EPSILON * golden, "{} mV: {found} {golden}", row[0]);
        }
    }
}

/// Largest difference of v (mV) and of the gates over 50 ms at 10 uA/cm2.
fn trace_error((scheme, dt): (Scheme, f64), label: &str) -> (f64, f64) {
    let table = Table::read("hh_trace.csv");
    let first = table.column(&format!("v_{label}"));
    let mut axon = HodgkinHuxley::new(SQUID, scheme, dt, 1).unwrap();
    let (mut v_error, mut gate_error) = (0.0_f64, 0.0_f64);
    assert_eq!(table.rows.len(), 1000);
    for row in &table.rows {
        let [v, gates @ ..] = axon.states()[0];
        v_error = v_error.max((v - row[first]).abs());
        for (gate, golden) in gates.iter().zip(&row[first + 1..]) {
            gate_error = gate_error.max((gate - golden).abs());
        }
        (0..(0.05 / dt).round() as u32).for_each(|_| axon.step(&[10.0], &mut [false]));
    }
    (v_error, gate_error)
}

/// Required: 1e-6 mV.
#[test]
fn every_scheme_follows_brian2_within_a_nanovolt() {
    for (scheme, label) in [
        ((Scheme::RungeKutta4, 0.0025), "rk4_0.0025"),
        ((Scheme::RungeKutta4, 0.01), "rk4_0.01"),
        ((Scheme::ExponentialEuler, 0.01), "exponential_euler_0.01"),
        ((Scheme::Euler, 0.01), "euler_0.01"),
    ] {
        let (v_error, gate_error) = trace_error(scheme, label);
        assert!(v_error <= 1e-6 && gate_error <= 1e-8, "{label}: {v_error} mV, gates {gate_error}");
    }
}

/// Count, first spike and last interval (ms) at every golden current, over 500 ms; -1 for none.
fn assert_fi(scheme: Scheme, dt: f64, label: &str) {
    let table = Table::read("hh_fi.csv");
    assert_eq!(table.rows.len(), 27);
    let currents: Vec<f64> = table.rows.iter().map(|row| row[0]).collect();
    let mut axons = HodgkinHuxley::new(SQUID, scheme, dt, currents.len()).unwrap();
    let mut flags = vec![false; currents.len()];
    let mut steps = vec![Vec::new(); currents.len()];
    for step in 1..=(500.0 / dt).round() as u32 {
        axons.step(&currents, &mut flags);
        (0..flags.len()).filter(|&i| flags[i]).for_each(|i| steps[i].push(step));
    }
    for (row, steps) in table.rows.iter().zip(steps) {
        assert_spikes(&row[table.column(&format!("n_{label}"))..][..3], &steps, dt);
    }
}

fn assert_spikes(golden: &[f64], steps: &[u32], dt: f64) {
    assert_eq!(steps.len() as f64, golden[0]);
    let first = steps.first().map_or(-1.0, |&step| f64::from(step) * dt);
    let last = steps.windows(2).last().map_or(-1.0, |pair| f64::from(pair[1] - pair[0]) * dt);
    assert!((first - golden[1]).abs() < dt / 2.0, "first spike at {first} ms, not {}", golden[1]);
    assert!((last - golden[2]).abs() < dt / 2.0, "last interval {last} ms, not {}", golden[2]);
}

#[test]
fn runge_kutta_has_the_f_i_curve_of_brian2() {
    assert_fi(Scheme::RungeKutta4, 0.01, "rk4_0.01");
}

#[test]
fn fine_runge_kutta_has_the_f_i_curve_of_brian2() {
    assert_fi(Scheme::RungeKutta4, 0.0025, "rk4_0.0025");
}

#[test]
fn exponential_euler_has_the_f_i_curve_of_brian2() {
    assert_fi(Scheme::ExponentialEuler, 0.01, "exponential_euler_0.01");
    assert_fi(Scheme::ExponentialEuler, 0.05, "exponential_euler_0.05");
}

#[test]
fn euler_has_the_f_i_curve_of_brian2() {
    assert_fi(Scheme::Euler, 0.01, "euler_0.01");
}

/// At rest nothing moves: -65 mV is the resting potential up to the three decimals of e_l.
#[test]
fn without_current_the_membrane_rests() {
    let mut axon = HodgkinHuxley::new(SQUID, Scheme::RungeKutta4, 0.01, 1).unwrap();
    (0..10_000).for_each(|_| axon.step(&[0.0], &mut [false]));
    assert!((axon.states()[0][0] + 65.0).abs() < 1e-2, "{:?}", axon.states());
}

#[test]
fn parameters_out_of_range_are_named() {
    let message = |parameters, dt| HodgkinHuxley::new(parameters, Scheme::Euler, dt, 1).unwrap_err().to_string();
    let positive = |name: &str| format!("{name} is 0e0, must be a finite number above 0");
    let finite = |name: &str| format!("{name} is NaN, must be a finite number");
    let nan = f64::NAN;
    for (parameters, dt, expected) in [
        (HodgkinHuxleyParameters { c_m: 0.0, ..SQUID }, 0.01, positive("c_m")),
        (HodgkinHuxleyParameters { g_na: 0.0, ..SQUID }, 0.01, positive("g_na")),
        (HodgkinHuxleyParameters { g_k: 0.0, ..SQUID }, 0.01, positive("g_k")),
        (HodgkinHuxleyParameters { g_l: 0.0, ..SQUID }, 0.01, positive("g_l")),
        (HodgkinHuxleyParameters { e_na: nan, ..SQUID }, 0.01, finite("e_na")),
        (HodgkinHuxleyParameters { e_k: nan, ..SQUID }, 0.01, finite("e_k")),
        (HodgkinHuxleyParameters { e_l: nan, ..SQUID }, 0.01, finite("e_l")),
        (HodgkinHuxleyParameters { threshold: nan, ..SQUID }, 0.01, finite("threshold")),
        (SQUID, 0.0, positive("dt")),
    ] {
        assert_eq!(message(parameters, dt), expected);
    }
}
