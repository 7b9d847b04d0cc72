//! The Izhikevich neuron against golden tables (tests/data/README.md) and its 20 patterns against their names.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod golden;

use std::fs;

use bitspike_reference::izhikevich::patterns::{PATTERNS, Pattern};
use bitspike_reference::izhikevich::{Izhikevich, IzhikevichParameters, Scheme};
use bitspike_reference::lif::Compare;
use golden::Table;

const GOLDEN: [char; 13] = ['A', 'B', 'C', 'E', 'F', 'G', 'I', 'J', 'L', 'M', 'P', 'Q', 'S'];

fn golden_pattern(letter: char) -> (&'static Pattern, Table) {
    let (pattern, table) = (Pattern::of(letter).unwrap(), Table::read(&format!("izh20_{letter}.csv")));
    assert_eq!(table.rows.len(), pattern.steps, "{letter}");
    (pattern, table)
}

#[test]
fn the_table_has_the_golden_parameters() {
    let table = Table::read("izh20_params.csv");
    assert_eq!(table.rows.len(), GOLDEN.len());
    for (row, letter) in table.rows.iter().zip(GOLDEN) {
        let pattern = Pattern::of(letter).unwrap();
        let IzhikevichParameters { a, b, c, d, k1, k0, .. } = pattern.parameters;
        let found = [a, b, c, d, pattern.v0, pattern.u0, pattern.dt, pattern.steps as f64, k1, k0];
        assert_eq!(found, row[2..12], "{letter}");
    }
}

#[test]
fn inputs_are_the_golden_ones_bit_for_bit() {
    for letter in GOLDEN {
        let (pattern, table) = golden_pattern(letter);
        let current = table.column("I");
        for (step, row) in table.rows.iter().enumerate() {
            assert_eq!(pattern.current(step), row[current], "{letter}, step {step}");
        }
    }
}

#[test]
fn sequential_is_the_golden_one_bit_for_bit() {
    for letter in GOLDEN {
        let (pattern, table) = golden_pattern(letter);
        let mut neuron = pattern.neuron(Scheme::Sequential).unwrap();
        let mut spike = [false];
        for (step, row) in table.rows.iter().enumerate() {
            assert_eq!((neuron.v()[0], neuron.u()[0]), (row[2], row[3]), "{letter}, step {step}");
            neuron.step(&[pattern.current(step)], &mut spike);
            assert_eq!(f64::from(u8::from(spike[0])), row[4], "{letter}, step {step}: spike");
        }
    }
}

/// The seven patterns without a golden table of their own, every fifth step.
#[test]
fn the_other_patterns_are_the_plain_loop_bit_for_bit() {
    let table = Table::read("izh20_others.csv");
    for letter in ['D', 'H', 'K', 'N', 'O', 'R', 'T'] {
        let pattern = Pattern::of(letter).unwrap();
        let mut neuron = pattern.neuron(Scheme::Sequential).unwrap();
        let mut spike = [false];
        let mut spikes = 0.0;
        let mut rows = table.rows.iter().filter(|row| row[0] == f64::from(u32::from(letter)));
        for step in 0..pattern.steps {
            if step % 5 == 0 {
                let found = [step as f64, pattern.current(step), neuron.v()[0], neuron.u()[0], spikes];
                assert_eq!(found, rows.next().unwrap()[1..], "{letter}");
            }
            neuron.step(&[pattern.current(step)], &mut spike);
            spikes += f64::from(u8::from(spike[0]));
        }
        assert!(rows.next().is_none(), "{letter} is {} steps long", pattern.steps);
    }
}

/// Required: 1e-7 mV.
#[test]
fn simultaneous_follows_brian2_within_a_tenth_of_a_nanovolt() {
    for letter in GOLDEN {
        let (pattern, table) = golden_pattern(letter);
        let mut neuron = pattern.neuron(Scheme::Simultaneous).unwrap();
        let mut spike = [false];
        for (step, row) in table.rows.iter().enumerate() {
            let error = (neuron.v()[0] - row[5]).abs();
            assert!(error <= 1e-7, "{letter}, step {step}: {error} mV");
            neuron.step(&[pattern.current(step)], &mut spike);
            assert_eq!(f64::from(u8::from(spike[0])), row[7], "{letter}, step {step}: spike");
        }
    }
}

/// Input of one of 50 parts of the time steps. Brian2 reads it at the times of the four stages: in the last part of a
/// time step the last stage, 1/6 of the weight, already sees the next value. The mean of the four is right to first order,
/// hence the tolerance below: one time step of the pattern, 50 parts.
fn part_current(pattern: &Pattern, part: usize) -> f64 {
    let (now, next) = (pattern.current(part / 50), pattern.current((part + 1) / 50));
    now + (next - now) / 6.0
}

/// Spike times (ms) of a pattern with 50 Runge-Kutta steps in each of its own.
fn runge_kutta_times(pattern: &Pattern) -> Vec<f64> {
    let (dt, parameters) =
        (pattern.dt / 50.0, IzhikevichParameters { compare: Compare::AtLeast, ..pattern.parameters });
    let start = [(pattern.v0, pattern.u0)];
    let mut neuron = Izhikevich::new(parameters, Scheme::RungeKutta4, dt, &start).unwrap();
    let mut spike = [false];
    let mut fires = |&step: &usize| {
        neuron.step(&[part_current(pattern, step)], &mut spike);
        spike[0]
    };
    (0..pattern.steps * 50).filter(|step| fires(step)).map(|step| (step + 1) as f64 * dt).collect()
}

#[test]
fn runge_kutta_has_the_spikes_of_brian2() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/izh20_params.csv");
    for line in fs::read_to_string(path).unwrap().lines().skip(1) {
        let pattern = Pattern::of(line.chars().next().unwrap()).unwrap();
        let golden: Vec<f64> =
            line.rsplit(',').next().unwrap().split_whitespace().map(|t| t.parse().unwrap()).collect();
        let times = runge_kutta_times(pattern);
        assert_eq!(times.len(), golden.len(), "{}", pattern.name);
        for (time, golden) in times.iter().zip(&golden) {
            assert!((time - golden).abs() <= pattern.dt, "{}: {time} ms, not {golden}", pattern.name);
        }
    }
}

/// The published script's spike counts, in the order of the letters.
#[test]
fn the_patterns_have_the_spike_counts_of_the_published_order() {
    let counts = PATTERNS.map(|pattern| pattern.spike_steps(Scheme::Sequential).unwrap().len());
    assert_eq!(counts, [5, 1, 28, 6, 6, 6, 10, 14, 1, 1, 1, 1, 1, 7, 1, 5, 1, 1, 3, 12]);
    let letters: String = PATTERNS.iter().map(|pattern| pattern.letter).collect();
    assert_eq!(letters, "ABCDEFGHIJKLMNOPQRST");
    assert_eq!(Pattern::of('U'), None);
}

/// Spike times (ms) of a pattern in the published order.
fn times(letter: char) -> Vec<f64> {
    let pattern = Pattern::of(letter).unwrap();
    let steps = pattern.spike_steps(Scheme::Sequential).unwrap();
    steps.into_iter().map(|step| step as f64 * pattern.dt).collect()
}

fn within(times: &[f64], from: f64, to: f64) -> usize {
    times.iter().filter(|&&t| from < t && t <= to).count()
}

fn intervals(times: &[f64]) -> Vec<f64> {
    times.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[test]
fn phasic_bursting_is_one_burst_at_the_onset() {
    let times = times('D');
    assert_eq!(within(&times, 20.0, 70.0), times.len());
    assert!(times.len() >= 3 && intervals(&times).iter().all(|&interval| interval < 10.0), "{times:?}");
}

/// Class 2: the first interval of a slow ramp is already short, the rate hardly grows; class 1 starts slowly.
#[test]
fn class_2_starts_at_a_high_rate_and_class_1_does_not() {
    let ratio = |letter| {
        let intervals = intervals(&times(letter));
        intervals[0] / intervals[intervals.len() - 1]
    };
    assert!(ratio('H') < 2.0 && ratio('G') > 2.5, "{} {}", ratio('H'), ratio('G'));
}

#[test]
fn a_resonator_answers_only_the_pair_of_pulses_of_its_own_period() {
    let times = times('K');
    assert_eq!((within(&times, 0.0, 320.0), within(&times, 320.0, 360.0)), (0, 1), "{times:?}");
}

#[test]
fn an_integrator_answers_only_the_close_pair_of_pulses() {
    let times = times('L');
    assert_eq!((within(&times, 0.0, 25.0), times.len()), (1, 1), "{times:?}");
}

#[test]
fn rebound_follows_the_end_of_inhibition_as_a_spike_or_a_burst() {
    for (letter, least) in [('M', 1), ('N', 3)] {
        let times = times(letter);
        assert!(within(&times, 25.0, 100.0) == times.len() && times.len() >= least, "{letter}: {times:?}");
    }
}

/// The same pulse at 10 and at 80 ms: only the one after an inhibition makes a spike.
#[test]
fn the_threshold_varies_with_what_came_before() {
    let times = times('O');
    assert_eq!((within(&times, 0.0, 80.0), within(&times, 80.0, 100.0)), (0, 1), "{times:?}");
}

/// No spike on the ramp to 8 in 200 ms, one on the ramp to 4 in 12.5 ms.
#[test]
fn accommodation_ignores_the_slow_ramp() {
    let times = times('R');
    assert_eq!((within(&times, 0.0, 300.0), within(&times, 300.0, 312.5)), (0, 1), "{times:?}");
}

/// While the current is lowered from 80 to 75 between 50 and 250 ms, and only then.
#[test]
fn inhibition_induces_spikes_or_bursts() {
    for (letter, least) in [('S', 2), ('T', 8)] {
        let times = times(letter);
        assert!(within(&times, 50.0, 250.0) == times.len() && times.len() >= least, "{letter}: {times:?}");
    }
    let gaps = intervals(&times('T'));
    assert_eq!(gaps.iter().filter(|&&gap| gap > 50.0).count(), 1, "two bursts: {gaps:?}");
    assert!(gaps.iter().all(|gap| !(6.0..=50.0).contains(gap)), "{gaps:?}");
}

/// From rest at v = -65, u = -14 with I = 10: v1 = -65 + 0.5 * (169 - 325 + 140 + 14 + 10) = -61,
/// v2 = -61 + 0.5 * (148.84 - 305 + 140 + 14 + 10) = -57.08, u = -14 + 0.02 * (0.2 * -57.08 + 14) = -13.94832.
#[test]
fn half_steps_move_v_twice_and_u_once() {
    let parameters = IzhikevichParameters::new([0.02, 0.2, -65.0, 8.0]);
    let mut neuron = Izhikevich::new(parameters, Scheme::HalfSteps, 1.0, &[(-65.0, -14.0)]).unwrap();
    neuron.step(&[10.0], &mut [false]);
    assert!((neuron.v()[0] + 57.08).abs() < 1e-12 && (neuron.u()[0] + 13.94832).abs() < 1e-12, "{neuron:?}");
}

#[test]
fn parameters_out_of_range_are_named() {
    let fine = IzhikevichParameters::new([0.02, 0.2, -65.0, 8.0]);
    let message =
        |parameters, dt, start| Izhikevich::new(parameters, Scheme::Sequential, dt, &[start]).unwrap_err().to_string();
    let finite = |name: &str| format!("{name} is NaN, must be a finite number");
    let nan = f64::NAN;
    for (parameters, name) in [
        (IzhikevichParameters { a: nan, ..fine }, "a"),
        (IzhikevichParameters { b: nan, ..fine }, "b"),
        (IzhikevichParameters { c: nan, ..fine }, "c"),
        (IzhikevichParameters { d: nan, ..fine }, "d"),
        (IzhikevichParameters { k1: nan, ..fine }, "k1"),
        (IzhikevichParameters { k0: nan, ..fine }, "k0"),
        (IzhikevichParameters { threshold: nan, ..fine }, "threshold"),
    ] {
        assert_eq!(message(parameters, 1.0, (0.0, 0.0)), finite(name));
    }
    assert_eq!(message(fine, 1.0, (nan, 0.0)), finite("v"));
    assert_eq!(message(fine, 1.0, (0.0, nan)), finite("u"));
    assert_eq!(message(fine, 0.0, (0.0, 0.0)), "dt is 0e0, must be a finite number above 0");
}
