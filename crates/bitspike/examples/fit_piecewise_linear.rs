//! Searches the straight pieces with which most firing patterns keep their number of spikes.
//!
//! `cargo run --release -p bitspike --example fit_piecewise_linear` prints the constants of `patterns/piecewise_linear.rs`.

use bitspike::patterns::agreement::{Agreement, Bound};
use bitspike::patterns::piecewise_linear::Pieces;
use bitspike_reference::izhikevich::Scheme;
use bitspike_reference::izhikevich::patterns::{PATTERNS, Pattern};

/// Patterns with as many spikes, then those within 1 ms, then fewest spikes too many or too few.
fn score(pieces: &Pieces, expected: &[(&Pattern, Vec<u64>)]) -> (usize, usize, std::cmp::Reverse<usize>) {
    let agreements: Vec<Agreement> =
        expected.iter().map(|(pattern, float)| Agreement::of(pattern, float, &pieces.spikes(pattern))).collect();
    let meet = |bound| agreements.iter().filter(|a| a.meets(bound)).count();
    let off = agreements.iter().map(|a| a.float_spikes.abs_diff(a.fixed_spikes).min(20)).sum();
    (meet(Bound::Count), meet(Bound::Milliseconds(1.0)), std::cmp::Reverse(off))
}

/// Slopes a circuit multiplies by with one shift, or with two shifts and an addition.
const SLOPES: [f64; 9] = [0.25, 0.375, 0.5, 0.625, 0.75, 1.0, 1.25, 1.5, 2.0];
/// What the slope grows by, 0 for two pieces.
const BEYOND: [f64; 6] = [0.5, 1.0, 2.0, 3.0, 4.0, 6.0];

/// Everything that is tried with these growths of the slope and places of the growth.
fn candidates(beyond: &[f64], places: &[f64]) -> Vec<Pieces> {
    let mut found = Vec::new();
    for s in SLOPES {
        for &t in beyond {
            for &p in places {
                found.extend((-8..16).map(|c| Pieces { s, t, p, c: f64::from(c) / 4.0 }));
            }
        }
    }
    found
}

fn main() {
    let spikes = |pattern: &Pattern| pattern.spike_steps(Scheme::Sequential).expect("in range");
    let expected: Vec<(&Pattern, Vec<u64>)> =
        PATTERNS.iter().map(|p| (p, spikes(p).into_iter().map(|step| step as u64).collect())).collect();
    let places: Vec<f64> = (2..30).map(f64::from).collect();
    for (name, candidates) in [("two", candidates(&[0.0], &[0.0])), ("four", candidates(&BEYOND, &places))] {
        let best = candidates.into_iter().max_by_key(|pieces| score(pieces, &expected)).expect("there are candidates");
        println!("{name} pieces: {best:?}, {:?}", score(&best, &expected));
    }
}
