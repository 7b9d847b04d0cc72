//! Spike-train metrics against elephant and PySpike (tests/data/metrics/README.md) and against values by hand.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod golden;

use bitspike_reference::ReferenceError;
use bitspike_reference::metrics::coincidence::gamma;
use bitspike_reference::metrics::first_divergent_step::first_divergent_step;
use bitspike_reference::metrics::isi_distance::isi_distance;
use bitspike_reference::metrics::lead_lag::lead_lag;
use bitspike_reference::metrics::matched::match_spikes;
use bitspike_reference::metrics::membrane::membrane_error;
use bitspike_reference::metrics::spike_count::{rate_error, spike_count_difference};
use bitspike_reference::metrics::spike_distance::spike_distance;
use bitspike_reference::metrics::van_rossum::van_rossum;
use bitspike_reference::metrics::victor_purpura::victor_purpura;
use bitspike_reference::metrics::{Options, Recording, SpikeTrain, compare_trains, times_of_steps};
use golden::Table;

fn train(times: &[f64]) -> SpikeTrain<'_> {
    SpikeTrain::new("tested", times).unwrap()
}

/// The two trains of a pair, seconds.
fn pair(file: &str, unit: f64, pair: f64) -> [Vec<f64>; 2] {
    let table = Table::read(file);
    [0.0, 1.0].map(|side| {
        let rows = table.rows.iter().filter(|row| row[0] == pair && row[1] == side);
        rows.map(|row| row[2] * unit).collect()
    })
}

#[test]
fn victor_purpura_and_van_rossum_are_those_of_elephant() {
    let golden = Table::read("metrics/metrics.csv").rows;
    assert_eq!(golden.len(), 30);
    for row in golden {
        let [a, b] = pair("metrics/metrics_trains.csv", 1e-3, row[0]);
        assert_eq!((a.len() as f64, b.len() as f64), (row[1], row[2]));
        let vp = victor_purpura(train(&a), train(&b), row[3] * 1e3).unwrap();
        let vr = van_rossum(train(&a), train(&b), row[5] * 1e-3).unwrap();
        assert!((vp - row[4]).abs() <= 1e-9, "pair {}: {vp}, elephant {}", row[0], row[4]);
        assert!((vr - row[6]).abs() <= 1e-9, "pair {}: {vr}, elephant {}", row[0], row[6]);
    }
}

/// The trains of the bench, values by elephant 1.2.1 and PySpike 0.9.0. Relative: sums of 2000 terms.
#[test]
fn a_thousand_spikes_have_the_distances_of_elephant_and_pyspike() {
    let jitter = |k: usize, phase: usize| ((k * 7919 + phase * 104_729) % 1009) as f64 / 1009.0;
    let [a, b] = [1, 2].map(|p| (0..1000).map(|k| 20e-3 * k as f64 + 4e-3 * jitter(k, p)).collect::<Vec<f64>>());
    let (a, b, recording) = (train(&a), train(&b), Recording::new(0.0, 21.0).unwrap());
    for (found, golden) in [
        (victor_purpura(a, b, 100.0).unwrap(), 130.180_376_610_489_87),
        (van_rossum(a, b, 10e-3).unwrap(), 15.357_432_030_598_282),
        (isi_distance(a, b, recording).unwrap(), 0.052_527_246_276_383_94),
        (spike_distance(a, b, recording).unwrap(), 0.061_747_139_107_308_634),
    ] {
        assert!((found - golden).abs() <= 1e-11 * golden, "{found} {golden}");
    }
}

/// Both sides sum fewer than 100 stretches of a profile below 1.
#[test]
fn isi_and_spike_distance_are_those_of_pyspike() {
    let golden = Table::read("metrics/kreuz_distances.csv").rows;
    assert_eq!(golden.len(), 24);
    for row in golden {
        let (file, unit) = if row[0] < 10.0 { ("metrics_trains", 1e-3) } else { ("kreuz_trains", 1.0) };
        let [a, b] = pair(&format!("metrics/{file}.csv"), unit, row[0]);
        assert_eq!((a.len() as f64, b.len() as f64), (row[1], row[2]));
        let recording = Recording::new(row[3], row[4]).unwrap();
        let isi = isi_distance(train(&a), train(&b), recording).unwrap();
        let spike = spike_distance(train(&a), train(&b), recording).unwrap();
        assert!((isi - row[5]).abs() <= 1e-12, "pair {}: ISI {isi}, PySpike {}", row[0], row[5]);
        assert!((spike - row[6]).abs() <= 1e-12, "pair {}: SPIKE {spike}, PySpike {}", row[0], row[6]);
    }
}

#[test]
fn distances_of_lone_spikes_are_those_of_theory() {
    let (empty, one, far) = (train(&[]), train(&[1.0]), train(&[100.0]));
    assert_eq!(van_rossum(empty, one, 0.01), Ok(1.0));
    assert!((van_rossum(far, one, 0.01).unwrap() - 2.0_f64.sqrt()).abs() <= 2.0 * f64::EPSILON);
    assert_eq!(victor_purpura(empty, one, 7.0), Ok(1.0));
    assert_eq!(victor_purpura(far, one, 7.0), Ok(2.0));
    assert_eq!(victor_purpura(empty, empty, 7.0), Ok(0.0));
    assert_eq!(van_rossum(empty, empty, 7.0), Ok(0.0));
}

/// A pair of spikes `d` apart: `D^2 = 2 (1 - exp(-d / tau))`, to a few units in the last place even for tiny `d`.
#[test]
fn van_rossum_keeps_its_digits_when_trains_are_close() {
    for d in [2.0_f64.powi(-60), 2.0_f64.powi(-40), 2.0_f64.powi(-20), 0.5, 3.0] {
        let theory = (-2.0 * (-d / 0.25).exp_m1()).sqrt();
        let found = van_rossum(train(&[0.0]), train(&[d]), 0.25).unwrap();
        assert!((found - theory).abs() <= 8.0 * f64::EPSILON * theory, "{d}: {found}, {theory}");
    }
}

#[test]
fn counts_and_rates_are_tested_less_reference() {
    let (reference, tested) = (train(&[0.5, 1.0, 1.5]), train(&[1.0]));
    assert_eq!(spike_count_difference(reference, tested), -2);
    let recording = Recording::new(-1.0, 3.0).unwrap();
    assert_eq!((recording.start(), recording.end(), recording.duration()), (-1.0, 3.0, 4.0));
    assert_eq!(rate_error(reference, tested, recording), Ok(-0.5));
}

#[test]
fn the_first_divergent_step_is_the_first_of_either_train() {
    let first = |a: &[u64], b: &[u64]| {
        let (a, b) = (times_of_steps(a, 1e-4).unwrap(), times_of_steps(b, 1e-4).unwrap());
        first_divergent_step(train(&a), train(&b), 1e-4).unwrap()
    };
    assert_eq!(first(&[1, 77, 99_999], &[1, 77, 99_999]), None);
    assert_eq!(first(&[1, 77], &[1, 78]), Some(77));
    assert_eq!(first(&[1, 78], &[1, 77]), Some(77));
    assert_eq!(first(&[1, 77, 80], &[1, 80]), Some(77));
    assert_eq!(first(&[1], &[1, 80]), Some(80));
    assert_eq!(first(&[3], &[]), Some(3));
}

#[test]
fn a_late_train_has_a_positive_lag() {
    let (reference, tested) = (train(&[0.0, 1.0, 2.0]), train(&[0.0, 1.25]));
    assert_eq!(lead_lag(reference, tested, 1), Some(0.25));
    assert_eq!(lead_lag(tested, reference, 1), Some(-0.25));
    assert_eq!(lead_lag(reference, tested, 2), None);
}

/// By hand: 0 and 3 against 2.9, window 3. Either spike may match; the nearer one must.
#[test]
fn matching_takes_the_nearest_of_equally_many_pairs() {
    let matched = match_spikes(train(&[0.0, 3.0]), train(&[2.75]), 3.0).unwrap();
    assert_eq!((matched.pairs, matched.unmatched_reference, matched.unmatched_tested), (1, 1, 0));
    assert_eq!((matched.mean_error, matched.largest_error), (Some(0.25), Some(0.25)));
}

/// By hand: a lag of 1 at intervals of 1.5 leaves each spike nearer to the next one's partner, but three pairs beat two.
#[test]
fn matching_takes_more_pairs_before_nearer_ones() {
    let matched = match_spikes(train(&[0.0, 1.5, 3.0]), train(&[1.0, 2.5, 4.0]), 1.0).unwrap();
    assert_eq!((matched.pairs, matched.mean_error, matched.largest_error), (3, Some(1.0), Some(1.0)));
    let apart = match_spikes(train(&[0.0]), train(&[1.0]), 0.5).unwrap();
    assert_eq!((apart.pairs, apart.mean_error, apart.largest_error), (0, None, None));
}

#[test]
fn spikes_a_window_apart_on_the_grid_match() {
    let (early, late) = ([0.015], [0.017]);
    assert!(late[0] - early[0] > 0.002, "rounding puts them further apart");
    assert_eq!(match_spikes(train(&early), train(&late), 0.002).unwrap().pairs, 1);
}

/// By hand, window 2 ms, 1 s: 4 reference spikes, 6 tested, 3 coincide. nu = 6 Hz, chance 0.024,
/// Gamma = (3 - 0.096) / (5 * 0.976).
#[test]
fn gamma_is_that_of_kistler() {
    let reference = [0.1, 0.2, 0.3, 0.4];
    let tested = [0.1, 0.15, 0.201, 0.25, 0.299, 0.5];
    let recording = Recording::new(0.0, 1.0).unwrap();
    let found = gamma(train(&reference), train(&tested), recording, 2e-3).unwrap().unwrap();
    assert!((found - 2.904 / 4.88).abs() <= 1e-14, "{found}");
    let chance = gamma(train(&reference), train(&[0.7]), recording, 2e-3).unwrap().unwrap();
    assert!((chance + 0.016 / (2.5 * 0.996)).abs() <= 1e-14, "nothing coincides: below 0, {chance}");
}

#[test]
fn gamma_is_undefined_without_spikes_and_when_chance_fills_the_time() {
    let recording = Recording::new(0.0, 1.0).unwrap();
    assert_eq!(gamma(train(&[]), train(&[]), recording, 2e-3), Ok(None));
    assert_eq!(gamma(train(&[0.5]), train(&[0.25, 0.5]), recording, 0.25), Ok(None));
    assert_eq!(gamma(train(&[0.5]), train(&[]), recording, 0.25), Ok(Some(0.0)));
}

#[test]
fn the_membrane_error_ends_at_the_given_step() {
    let error = |steps| membrane_error(&[0.0, 0.0, 0.0, 9.0], &[3.0, -4.0, 4.0, 0.0], steps);
    let three = error(3).unwrap().unwrap();
    assert_eq!((three.rmse, three.largest, three.largest_at), ((41.0_f64 / 3.0).sqrt(), 4.0, 1));
    assert_eq!(error(4).unwrap().unwrap().largest_at, 3);
    assert_eq!(error(0), Ok(None));
    assert_eq!(error(5).unwrap_err().to_string(), "the reference trace has 4 values, must have 5");
    assert!(membrane_error(&[0.0, f64::NAN, 1.0], &[0.0; 3], 3).unwrap().unwrap().largest.is_nan());
}

/// 3 * 0.1 ms is not 0.3 ms in floating point, and neither divides to 3.
#[test]
fn rounding_of_times_is_no_divergence() {
    let (written, stepped) = ([0.3e-3], times_of_steps(&[3], 1e-4).unwrap());
    assert_ne!(written.as_slice(), stepped);
    assert_eq!(first_divergent_step(train(&written), train(&stepped), 1e-4), Ok(None));
}

/// The trains of pair 5, 11 and 9 spikes, differ by two lone spikes, at 115.2 and 211.2 ms.
#[test]
fn a_comparison_gathers_every_figure() {
    let [a, b] = pair("metrics/metrics_trains.csv", 1e-3, 5.0);
    let options = Options::new(Recording::new(0.0, 0.5).unwrap(), 1e-4);
    let found = compare_trains(&a, &b, &options).unwrap();
    assert_eq!((found.reference_spikes, found.tested_spikes, found.spike_count_difference), (11, 9, -2));
    assert_eq!((found.rate_error, found.first_divergent_step), (-4.0, Some(1152)));
    assert_eq!((found.matched.pairs, found.matched.unmatched_reference, found.matched.unmatched_tested), (9, 2, 0));
    assert_eq!(found.matched.largest_error, Some(0.0));
    // Ninth spikes: 400.4 ms against 493.2 ms.
    assert!((found.lead_lag.unwrap() - 0.0928).abs() <= 1e-12);
    // nu = 18 Hz: chance 0.072, (9 - 0.792) / (10 * 0.928).
    assert!((found.gamma.unwrap() - 8.208 / 9.28).abs() <= 1e-12);
    let golden = [2.0, 1.4142614530110886, 0.18150892739094118, 0.07645127245791312];
    let distances = [found.victor_purpura, found.van_rossum, found.isi_distance, found.spike_distance];
    for (found, golden) in distances.iter().zip(golden) {
        assert!((found - golden).abs() <= 1e-9, "{found} {golden}");
    }
    let third = compare_trains(&a, &b, &Options { lead_lag_spike: Some(2), ..options }).unwrap();
    assert!((third.lead_lag.unwrap() - 0.0443).abs() <= 1e-12);
}

#[test]
fn a_comparison_is_written_as_json() {
    let options = Options::new(Recording::new(0.0, 1.0).unwrap(), 1e-3);
    let json = serde_json::to_value(compare_trains(&[0.25], &[0.25, 0.5], &options).unwrap()).unwrap();
    assert_eq!(json["spike_count_difference"], 1);
    assert_eq!(json["first_divergent_step"], 500);
    assert_eq!(json["matched"]["unmatched_tested"], 1);
    assert_eq!(json["lead_lag"], 0.0);
}

#[test]
fn bad_trains_are_refused_with_the_spike_named() {
    let recording = Recording::new(0.0, 1.0).unwrap();
    let message = |a: &[f64], b: &[f64]| compare_trains(a, b, &Options::new(recording, 1e-3)).unwrap_err().to_string();
    assert_eq!(message(&[0.2, 0.1], &[]), "spike 1 of reference is at 1e-1 s, must be finite and after 2e-1 s");
    assert_eq!(message(&[], &[0.2, 0.2]), "spike 1 of tested is at 2e-1 s, must be finite and after 2e-1 s");
    assert_eq!(message(&[], &[f64::NAN]), "spike 0 of tested is at NaN s, must be finite and after -inf s");
    assert_eq!(message(&[f64::INFINITY], &[]), "spike 0 of reference is at inf s, must be finite and after -inf s");
    assert_eq!(message(&[], &[1.5]), "tested has a spike at 1.5e0 s, must lie in the recording, 0e0 s to 1e0 s");
    assert_eq!(message(&[-0.5], &[]), "reference has a spike at -5e-1 s, must lie in the recording, 0e0 s to 1e0 s");
}

#[test]
fn bad_parameters_are_refused_by_name() {
    let train = train(&[0.5]);
    let recording = Recording::new(0.0, 1.0).unwrap();
    let options = Options::new(recording, 1e-3);
    let message = |options: Options| compare_trains(&[0.5], &[0.5], &options).unwrap_err().to_string();
    assert_eq!(message(Options { dt: 0.0, ..options }), "dt is 0e0, must be a finite number above 0");
    assert_eq!(message(Options { window: -1.0, ..options }), "window is -1e0, must be a finite number, 0 or above");
    let cost = Options { victor_purpura_cost: f64::INFINITY, ..options };
    assert_eq!(message(cost), "cost is inf, must be a finite number, 0 or above");
    let tau = Options { van_rossum_tau: 0.0, ..options };
    assert_eq!(message(tau), "tau is 0e0, must be a finite number above 0");
    assert_eq!(
        Recording::new(1.0, 1.0).unwrap_err().to_string(),
        "the recording ends at 1e0 s, must end at a finite time after its start, 1e0 s"
    );
    assert!(matches!(Recording::new(f64::NAN, 1.0), Err(ReferenceError::NotFinite { name: "start", .. })));
    let outside = Recording::new(0.75, 1.0).unwrap();
    let empty = SpikeTrain::new("reference", &[]).unwrap();
    for (a, b) in [(train, empty), (empty, train)] {
        for error in [
            isi_distance(a, b, outside).unwrap_err(),
            spike_distance(a, b, outside).unwrap_err(),
            gamma(a, b, outside, 0.0).unwrap_err(),
            rate_error(a, b, outside).unwrap_err(),
        ] {
            assert!(matches!(error, ReferenceError::SpikeOutside { .. }), "{error}");
        }
    }
    assert!(times_of_steps(&[], -1.0).is_err());
}
