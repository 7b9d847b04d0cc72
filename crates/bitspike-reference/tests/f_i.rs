//! The f-I curve helper against Brian2 (tests/data/README.md).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod golden;

use bitspike_reference::Method;
use bitspike_reference::f_i::f_i_curve;
use bitspike_reference::lif::{Compare, Lif, LifParameters, Reset};
use golden::Table;

const PARAMETERS: LifParameters = LifParameters {
    c_m: 100e-12,
    r_m: 100e6,
    v_rest: 0.0,
    threshold: 15e-3,
    compare: Compare::Above,
    reset: Reset::Zero,
    tau_ref: 2e-3,
};

#[test]
fn the_curve_has_the_counts_and_steps_of_brian2() {
    let golden = Table::read("lif_fi.csv").rows;
    let currents: Vec<f64> = golden.iter().map(|row| row[0] * 1e-9).collect();
    let neuron = || {
        let (mut lif, mut spike) = (Lif::new(PARAMETERS, Method::Exact, 1e-4, 1).unwrap(), [false]);
        move |i_syn| {
            lif.step(&[i_syn], &mut spike);
            spike[0]
        }
    };
    let curve = f_i_curve(&currents, (10_000, 1e-4), neuron).unwrap();
    assert_eq!(curve.len(), 51);
    for ((point, row), current) in curve.iter().zip(golden).zip(currents) {
        let step = |step: Option<u64>| step.map_or(-1.0, |step| step as f64);
        assert_eq!([point.spikes as f64, step(point.first), step(point.last)], row[4..7], "{} nA", row[0]);
        assert_eq!((point.input, point.rate), (current, point.spikes as f64), "1 s: as many hertz as spikes");
    }
}

#[test]
fn a_curve_of_no_time_has_no_rate() {
    let curve = f_i_curve(&[1.0], (0, 1e-4), || |_| true).unwrap();
    assert_eq!((curve[0].spikes, curve[0].rate), (0, 0.0));
    let error = f_i_curve(&[1.0], (1, 0.0), || |_| true).unwrap_err();
    assert_eq!(error.to_string(), "dt is 0e0, must be a finite number above 0");
}
