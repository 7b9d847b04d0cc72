//! What spike-train metrics hold on any trains: identity, symmetry, triangle, shifts, and brute force on small trains.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use bitspike_reference::metrics::coincidence::gamma;
use bitspike_reference::metrics::isi_distance::isi_distance;
use bitspike_reference::metrics::matched::match_spikes;
use bitspike_reference::metrics::spike_distance::spike_distance;
use bitspike_reference::metrics::van_rossum::van_rossum;
use bitspike_reference::metrics::victor_purpura::victor_purpura;
use bitspike_reference::metrics::{Options, Recording, SpikeTrain, compare_trains};
use proptest::collection::btree_set;
use proptest::prelude::*;

/// Times in seconds on a grid of 2^-10 s within 1 s, which sums and shifts on that grid leave exact.
fn times(most: usize) -> impl Strategy<Value = Vec<f64>> {
    btree_set(0_u32..=1024, 0..=most).prop_map(|steps| steps.into_iter().map(|step| f64::from(step) / 1024.0).collect())
}

fn train(times: &[f64]) -> SpikeTrain<'_> {
    SpikeTrain::new("tested", times).unwrap()
}

/// The four distances at a cost of 1/tau.
fn distances(a: &[f64], b: &[f64], (tau, start): (f64, f64)) -> [f64; 4] {
    let (a, b, recording) = (train(a), train(b), Recording::new(start, start + 1.0).unwrap());
    [
        victor_purpura(a, b, 1.0 / tau).unwrap(),
        van_rossum(a, b, tau).unwrap(),
        isi_distance(a, b, recording).unwrap(),
        spike_distance(a, b, recording).unwrap(),
    ]
}

/// Sums of fewer than a thousand terms below 10.
const ROUNDING: f64 = 1e4 * f64::EPSILON;

/// `D^2` as the sum over all pairs: the other form of the same distance, with its cancellation.
fn van_rossum_squared_by_pairs(a: &[f64], b: &[f64], tau: f64) -> f64 {
    let sum = |a: &[f64], b: &[f64]| {
        let pairs = a.iter().flat_map(|x| b.iter().map(move |y| (-(x - y).abs() / tau).exp()));
        pairs.sum::<f64>()
    };
    sum(a, a) + sum(b, b) - 2.0 * sum(a, b)
}

/// Every one-to-one set of pairs, as (number of pairs, their distances), crossing ones included.
fn matchings(a: &[f64], b: &[f64]) -> Vec<Vec<f64>> {
    let Some((first, rest)) = a.split_first() else { return vec![Vec::new()] };
    let mut all = matchings(rest, b);
    for (j, other) in b.iter().enumerate() {
        let mut left = b.to_vec();
        left.remove(j);
        all.extend(matchings(rest, &left).into_iter().map(|mut pairs| {
            pairs.push((first - other).abs());
            pairs
        }));
    }
    all
}

proptest! {
    #[test]
    fn equal_trains_have_distance_zero(a in times(30), tau in 1e-3..1.0) {
        prop_assert_eq!(distances(&a, &a, (tau, 0.0)), [0.0; 4]);
        let comparison = compare_trains(&a, &a, &Options::new(Recording::new(0.0, 1.0).unwrap(), 1.0 / 1024.0)).unwrap();
        prop_assert_eq!(comparison.first_divergent_step, None);
        prop_assert_eq!(comparison.matched.pairs, a.len());
        prop_assert_eq!(comparison.lead_lag, a.last().map(|_| 0.0));
        if let Some(gamma) = comparison.gamma {
            prop_assert!((gamma - 1.0).abs() <= ROUNDING);
        }
    }

    #[test]
    fn distances_are_symmetric_and_bounded(a in times(30), b in times(30), tau in 1e-3..1.0) {
        let (ab, ba) = (distances(&a, &b, (tau, 0.0)), distances(&b, &a, (tau, 0.0)));
        for (ab, ba) in ab.iter().zip(ba) {
            prop_assert!((ab - ba).abs() <= ROUNDING, "{ab} {ba}");
            prop_assert!(*ab >= 0.0);
        }
        prop_assert!(ab[0] <= (a.len() + b.len()) as f64);
        prop_assert!(ab[2] <= 1.0 && ab[3] <= 1.0);
        prop_assert!((ab[0] > 0.0) == (a != b) && (ab[1] > 0.0) == (a != b), "0 only for equal trains");
    }

    #[test]
    fn matching_is_symmetric_and_gamma_at_most_one(a in times(30), b in times(30), window in 0.0..0.1) {
        let (ab, ba) = (match_spikes(train(&a), train(&b), window).unwrap(), match_spikes(train(&b), train(&a), window).unwrap());
        prop_assert_eq!((ab.pairs, ab.unmatched_reference, ab.unmatched_tested), (ba.pairs, ba.unmatched_tested, ba.unmatched_reference));
        prop_assert_eq!(ab.mean_error, ba.mean_error);
        let gamma = gamma(train(&a), train(&b), Recording::new(0.0, 1.0).unwrap(), window).unwrap();
        prop_assert!(gamma.is_none_or(|gamma| gamma <= 1.0 + ROUNDING));
    }

    /// SPIKE-distance is left out: it is no metric.
    #[test]
    fn the_triangle_inequality_holds(a in times(20), b in times(20), c in times(20), tau in 1e-3..1.0) {
        let [ab, bc, ac] = [(&a, &b), (&b, &c), (&a, &c)].map(|(x, y)| distances(x, y, (tau, 0.0)));
        for metric in 0..3 {
            prop_assert!(ac[metric] <= ab[metric] + bc[metric] + ROUNDING, "metric {metric}");
        }
    }

    /// The grid keeps shifted times and their differences exact, so all figures but those in steps are equal.
    #[test]
    fn a_common_shift_changes_nothing(a in times(30), b in times(30), shift in -64_i32..64) {
        let shift = f64::from(shift) / 64.0;
        let moved = |times: &[f64]| times.iter().map(|time| time + shift).collect::<Vec<f64>>();
        let dt = 1.0 / 1024.0;
        let before = compare_trains(&a, &b, &Options::new(Recording::new(0.0, 1.0).unwrap(), dt)).unwrap();
        let after = Options::new(Recording::new(shift, shift + 1.0).unwrap(), dt);
        let mut after = compare_trains(&moved(&a), &moved(&b), &after).unwrap();
        after.first_divergent_step = after.first_divergent_step.map(|step| step - (shift * 1024.0) as i64);
        prop_assert_eq!(before, after);
    }

    #[test]
    fn van_rossum_is_the_sum_over_pairs(a in times(30), b in times(30), tau in 1e-3..1.0) {
        let squared = van_rossum(train(&a), train(&b), tau).unwrap().powi(2);
        let by_pairs = van_rossum_squared_by_pairs(&a, &b, tau);
        prop_assert!((squared - by_pairs).abs() <= 60.0 * ROUNDING, "{squared} {by_pairs}");
    }

    /// n + m less what shifts save: the best one-to-one set of pairs, each saving 2 - cost |dt|.
    #[test]
    fn victor_purpura_is_the_cheapest_edit(a in times(5), b in times(5), cost in 0.0..50.0) {
        let saved = |pairs: &Vec<f64>| pairs.iter().map(|dt| 2.0 - cost * dt).sum::<f64>();
        let most = matchings(&a, &b).iter().map(saved).fold(0.0, f64::max);
        let found = victor_purpura(train(&a), train(&b), cost).unwrap();
        prop_assert!((found - ((a.len() + b.len()) as f64 - most)).abs() <= ROUNDING);
    }

    #[test]
    fn victor_purpura_at_no_cost_is_the_difference_of_counts(a in times(30), b in times(30)) {
        prop_assert_eq!(victor_purpura(train(&a), train(&b), 0.0).unwrap(), a.len().abs_diff(b.len()) as f64);
    }

    /// Windows off the grid, so that no pair sits on the edge.
    #[test]
    fn matching_is_the_best_of_all(a in times(5), b in times(5), window in 0_u32..512) {
        let window = (f64::from(window) + 0.5) / 1024.0;
        let within = |pairs: &Vec<f64>| pairs.iter().all(|&dt| dt <= window);
        let value = |pairs: &Vec<f64>| (pairs.len(), -pairs.iter().sum::<f64>());
        let best = matchings(&a, &b).into_iter().filter(within).map(|pairs| value(&pairs));
        let (pairs, total) = best.max_by(|x, y| x.partial_cmp(y).unwrap()).unwrap();
        let found = match_spikes(train(&a), train(&b), window).unwrap();
        prop_assert_eq!(found.pairs, pairs);
        let mean = found.mean_error.unwrap_or(0.0);
        prop_assert!((mean * pairs as f64 + total).abs() <= ROUNDING);
        prop_assert!(found.largest_error.unwrap_or(0.0) <= window && found.largest_error.unwrap_or(0.0) >= mean);
    }
}
