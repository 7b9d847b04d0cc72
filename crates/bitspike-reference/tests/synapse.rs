//! Synapses against their closed forms and against Brian2 (tests/data/README.md).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod golden;

use bitspike_reference::Method;
use bitspike_reference::synapse::{Coupling, Kernel, PostsynapticPotential, Synapse};
use golden::Table;

const TAU: f64 = 5e-3;
const DT: f64 = 1e-4;
const SPIKES: [usize; 7] = [50, 120, 125, 400, 405, 410, 900];

/// Largest difference from the sum over past spikes of `kernel(steps since the jump)`, over 1000 steps, unit weights.
fn largest_error(method: Method, kernel: impl Fn(f64) -> f64) -> f64 {
    let mut synapse = Synapse::new(Kernel::Exponential { tau: TAU }, method, DT, 1).unwrap();
    let mut largest = 0.0_f64;
    for step in 0..1000 {
        let past = SPIKES.iter().filter(|&&spike| spike < step);
        let closed: f64 = past.map(|&spike| kernel((step - spike - 1) as f64)).sum();
        largest = largest.max((synapse.g()[0] - closed).abs());
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
fn each_neuron_has_its_own_conductance() {
    let mut synapse = Synapse::new(Kernel::Exponential { tau: 2.0 }, Method::Euler, 1.0, 2).unwrap();
    synapse.step(&[1.0, 0.0]);
    synapse.step(&[0.0, 8.0]);
    assert_eq!(synapse.g(), [0.5, 8.0]);
}

const KERNELS: [(&str, Kernel); 3] = [
    ("exp", Kernel::Exponential { tau: 5e-3 }),
    ("dexp", Kernel::DoubleExponential { tau_rise: 2e-3, tau_decay: 80e-3 }),
    ("3tau", Kernel::ThreeTau { tau_rise: 2e-3, tau_fast: 10e-3, tau_slow: 80e-3, a: 0.7 }),
];

/// Largest differences of g and of the potential behind 20 ms from two golden columns, every second step.
fn golden_error((name, kernel): (&str, Kernel), method: Method, label: &str) -> (f64, f64) {
    let table = Table::read("syn.csv");
    let (g, v) = (table.column(&format!("g_{name}_{label}")), table.column(&format!("v_{name}_{label}")));
    let mut synapse = Synapse::new(kernel, method, DT, 1).unwrap();
    let mut membrane = PostsynapticPotential::new(synapse.clone(), 20e-3, method, DT).unwrap();
    let (mut g_error, mut v_error) = (0.0_f64, 0.0_f64);
    for step in 0..2 * table.rows.len() {
        if step % 2 == 0 {
            let row = &table.rows[step / 2];
            assert_eq!(row[0], step as f64);
            g_error = g_error.max((synapse.g()[0] - row[g]).abs());
            v_error = v_error.max((membrane.v()[0] - row[v]).abs());
        }
        let input = [if SPIKES.contains(&step) { 1.0 } else { 0.0 }];
        synapse.step(&input);
        membrane.step(&input);
    }
    (g_error, v_error)
}

/// Required: 1e-12, for the conductance and for the postsynaptic potential.
#[test]
fn exact_kernels_are_the_closed_forms_and_those_of_brian2() {
    for kernel in KERNELS {
        for label in ["closed", "exact"] {
            let (g, v) = golden_error(kernel, Method::Exact, label);
            assert!(g <= 1e-12 && v <= 1e-12, "{} against {label}: {g} {v}", kernel.0);
        }
    }
}

#[test]
fn euler_kernels_are_those_of_brian2() {
    for kernel in KERNELS {
        let (g, v) = golden_error(kernel, Method::Euler, "euler");
        assert!(g <= 1e-12 && v <= 1e-12, "{}: {g} {v}", kernel.0);
    }
}

#[test]
fn a_conductance_drives_towards_its_reversal_potential() {
    let excitatory = Coupling::Conductance { e_rev: 0.0 };
    let inhibitory = Coupling::Conductance { e_rev: -80e-3 };
    assert!(excitatory.i_syn(1e-9, -60e-3) > 0.0 && inhibitory.i_syn(1e-9, -60e-3) < 0.0);
    assert_eq!(inhibitory.i_syn(1e-9, -80e-3), 0.0);
    assert_eq!(Coupling::Current.i_syn(-1e-9, -80e-3), -1e-9);
}

#[test]
fn parameters_out_of_range_are_named() {
    let message = |kernel, method, dt| Synapse::new(kernel, method, dt, 1).unwrap_err().to_string();
    let three = |tau_rise, tau_fast, tau_slow, a| Kernel::ThreeTau { tau_rise, tau_fast, tau_slow, a };
    let double = |tau_rise, tau_decay| Kernel::DoubleExponential { tau_rise, tau_decay };
    let positive = |name: &str| format!("{name} is 0e0, must be a finite number above 0");
    for (kernel, expected) in [
        (Kernel::Exponential { tau: 0.0 }, positive("tau")),
        (double(1.0, 0.0), positive("tau_decay")),
        (double(0.0, 1.0), positive("tau")),
        (double(3.0, 2.0), "tau_rise is 3e0, must be 0e0 to 2e0".to_owned()),
        (three(0.0, 1.0, 1.0, 0.5), positive("tau_rise")),
        (three(1.0, 0.0, 1.0, 0.5), positive("tau_fast")),
        (three(1.0, 1.0, 0.0, 0.5), positive("tau_slow")),
        (three(1.0, 1.0, 1.0, 1.5), "a is 1.5e0, must be 0e0 to 1e0".to_owned()),
    ] {
        assert_eq!(message(kernel, Method::Exact, 1e-4), expected);
    }
    let fine = Kernel::Exponential { tau: 1.0 };
    assert_eq!(message(fine, Method::Exact, 0.0), positive("dt"));
    let too_long = "dt is 2e0 s, must be at most the time constant, 1e0 s, for the Euler method";
    assert_eq!(message(fine, Method::Euler, 2.0), too_long);
    let synapse = Synapse::new(fine, Method::Exact, 1e-4, 1).unwrap();
    let membrane = PostsynapticPotential::new(synapse, 0.0, Method::Exact, 1e-4);
    assert_eq!(membrane.unwrap_err().to_string(), positive("tau_m"));
}
