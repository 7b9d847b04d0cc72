//! Encoding and decoding against Nengo (tests/data/nef/README.md) and against theory.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod golden;

use bitspike_reference::decoding::{LowPass, decode, decoders, ridge};
use bitspike_reference::encoding::{LifTimes, Nonlinearity, Population, SpikingLif, Tuning};
use golden::Table;

const TIMES: LifTimes = LifTimes { tau_m: 0.02, tau_ref: 0.002 };
const LIF: Nonlinearity = Nonlinearity::Lif(TIMES);

fn assert_close(found: f64, golden: f64, relative: f64, what: &str) {
    assert!((found - golden).abs() <= relative * golden.abs(), "{what}: {found}, golden {golden}");
}

#[test]
fn the_lif_rate_is_that_of_nengo() {
    let golden = Table::read("nef/lif_rate.csv").rows;
    assert_eq!(golden.len(), 121);
    for row in golden {
        assert_close(LIF.rate(row[0]), row[1], 1e-12, "rate");
    }
}

/// The rows are at J_i(k) = linspace(0.8, 12, 12)[i] (1 + 0.3 sin(2 pi k / 100)).
#[test]
fn the_spiking_lif_steps_as_nengo_does() {
    let mut lif = SpikingLif::new(TIMES, 1e-3, 12).unwrap();
    let (mut spikes, mut count) = ([false; 12], 0);
    let golden = Table::read("nef/lif_steps.csv").rows;
    assert_eq!(golden.len(), 400);
    for row in golden {
        let factor = 1.0 + 0.3 * (2.0 * std::f64::consts::PI * row[0] / 100.0).sin();
        let j: Vec<f64> = (0..12).map(|i| (0.8 + 11.2 / 11.0 * f64::from(i)) * factor).collect();
        lif.step(&j, &mut spikes);
        for (i, golden) in row[1..].chunks(3).enumerate() {
            let (v, refractory) = (lif.v()[i], lif.refractory()[i]);
            assert!((v - golden[0]).abs() <= 1e-12, "step {} neuron {i}: v {v}, golden {}", row[0], golden[0]);
            assert!((refractory - golden[1]).abs() <= 1e-12, "step {} neuron {i}: {refractory} s", row[0]);
            assert_eq!(f64::from(u8::from(spikes[i])), golden[2], "step {} neuron {i}: spike", row[0]);
            count += u32::from(spikes[i]);
        }
    }
    assert!(count > 100, "the golden run has spikes");
}

struct Ensemble {
    neurons: Table,
    population: Population,
    points: Vec<Vec<f64>>,
    activities: Vec<Vec<f64>>,
}

/// A golden ensemble, its gains and biases by our own rule.
fn ensemble(name: &str, dimensions: usize) -> Ensemble {
    let neurons = Table::read(&format!("nef/{name}_neurons.csv"));
    let wanted = neurons.values("max_rate_hz").into_iter().zip(neurons.values("intercept"));
    let tuning: Vec<Tuning> = wanted.map(|(rate, intercept)| LIF.tuning(rate, intercept).unwrap()).collect();
    let population = Population::new(&neurons.columns("encoder", dimensions), &tuning, 1.0).unwrap();
    let samples = Table::read(&format!("nef/{name}_activities.csv"));
    let (points, activities) = (samples.columns("x", dimensions), samples.columns("a", tuning.len()));
    for ((found, gain), bias) in tuning.iter().zip(neurons.values("gain")).zip(neurons.values("bias")) {
        assert_close(found.gain, gain, 1e-12, "gain");
        // The bias is 1 - gain intercept: absolute error that of its terms.
        assert!((found.bias - bias).abs() <= 1e-12 * (1.0 + gain.abs()), "bias {}, golden {bias}", found.bias);
    }
    Ensemble { neurons, population, points, activities }
}

fn assert_activities(name: &str, dimensions: usize) {
    let Ensemble { population, points, activities, neurons } = ensemble(name, dimensions);
    let found = population.tuning_curves(&LIF, &points);
    assert_eq!((found.len(), found[0].len()), (150, neurons.rows.len()));
    for (found, golden) in found.as_slice().concat().iter().zip(activities.as_slice().concat()) {
        assert_close(*found, golden, 1e-12, name);
    }
}

#[test]
fn tuning_curves_are_those_of_nengo() {
    assert_activities("ens1d", 1);
    assert_activities("ens2d", 2);
}

/// Largest difference of our decoders from the golden ones, relative to their largest.
fn decoder_error(ensemble: &Ensemble, columns: (&str, usize), function: impl Fn(&[f64]) -> Vec<f64>) -> f64 {
    let targets: Vec<Vec<f64>> = ensemble.points.iter().map(|x| function(x)).collect();
    let found = decoders(&ensemble.activities, &targets, 0.1).unwrap().as_slice().concat();
    let golden = ensemble.neurons.columns(columns.0, columns.1).as_slice().concat();
    let largest = golden.iter().fold(0.0_f64, |largest, d| largest.max(d.abs()));
    let differences = found.iter().zip(&golden).map(|(found, golden)| (found - golden).abs() / largest);
    assert_eq!(found.len(), golden.len());
    differences.fold(0.0, f64::max)
}

#[test]
fn decoders_are_those_of_nengo() {
    let one = ensemble("ens1d", 1);
    let two = ensemble("ens2d", 2);
    let errors = [
        decoder_error(&one, ("dec_identity_", 1), <[f64]>::to_vec),
        decoder_error(&one, ("dec_square_", 1), |x| vec![x[0] * x[0]]),
        decoder_error(&two, ("dec_identity_", 2), <[f64]>::to_vec),
        decoder_error(&two, ("dec_product_", 1), |x| vec![x[0] * x[1]]),
    ];
    assert!(errors.iter().all(|&error| error <= 1e-10), "{errors:?}");
}

/// Root of the mean squared error of the identity over all points: the figure of Nengo, 1 % of the range.
#[test]
fn decoding_gives_the_vector_back_as_well_as_nengo() {
    for (name, dimensions, golden) in [("ens1d", 1, 0.009_905_892_990_782_037), ("ens2d", 2, 0.018_826_370_664_758_695)]
    {
        let Ensemble { points, activities, .. } = ensemble(name, dimensions);
        let decoders = decoders(&activities, &points, 0.1).unwrap();
        let decoded = activities.iter().flat_map(|a| decode(&decoders, a).unwrap());
        let squares: f64 = decoded.zip(points.as_slice().concat()).map(|(found, x)| (found - x).powi(2)).sum();
        let rmse = (squares / (points.len() * dimensions) as f64).sqrt();
        assert_close(rmse, golden, 1e-9, name);
    }
}

#[test]
fn the_tuning_rule_hits_intercept_and_maximum_rate() {
    for (max_rate, intercept) in [(50.0, -0.9), (200.0, 0.0), (499.0, 0.9)] {
        for nonlinearity in [LIF, Nonlinearity::RectifiedLinear] {
            let Tuning { gain, bias } = nonlinearity.tuning(max_rate, intercept).unwrap();
            assert_close(nonlinearity.rate(gain + bias), max_rate, 1e-12, "rate at 1");
            let around = [-1e-9, 1e-9].map(|x| nonlinearity.rate(gain * (intercept + x) + bias));
            assert!(around[0] == 0.0 && around[1] > 0.0, "{nonlinearity:?}: {around:?} around {intercept}");
        }
    }
}

/// Spikes counted over 20 s differ from rate times time by less than the one at each end.
#[test]
fn the_spiking_rate_is_the_closed_form_at_any_step() {
    for dt in [1e-4, 1e-3, 1.9e-3] {
        for j in [1.02, 2.0, 9.0] {
            let mut lif = SpikingLif::new(TIMES, dt, 1).unwrap();
            let (mut spike, mut count) = ([false], 0);
            let steps = (20.0 / dt) as u32;
            for _ in 0..steps {
                lif.step(&[j], &mut spike);
                count += u32::from(spike[0]);
            }
            let expected = LIF.rate(j) * f64::from(steps) * dt;
            assert!((f64::from(count) - expected).abs() <= 2.0, "dt {dt}, J {j}: {count} spikes, {expected}");
        }
    }
}

/// After a spike at J = 100 the refractory period of 2 ms covers the next step of 1 ms whole.
#[test]
fn a_refractory_neuron_does_not_integrate() {
    for j in [-100.0, 100.0] {
        let mut lif = SpikingLif::new(TIMES, 1e-3, 1).unwrap();
        let mut spike = [false];
        lif.step(&[100.0], &mut spike);
        assert!(spike[0] && lif.refractory()[0] > 2e-3);
        lif.step(&[j], &mut spike);
        assert_eq!((spike[0], lif.v()[0]), (false, 0.0), "J {j}");
    }
}

#[test]
fn the_radius_scales_the_vector() {
    let tuning = [Tuning { gain: 3.0, bias: 0.5 }; 2];
    let encoders = [vec![0.5, -1.0], vec![1.0, 0.0]];
    let mut j = [[0.0; 2]; 2];
    Population::new(&encoders, &tuning, 1.0).unwrap().currents(&[0.25, 0.5], &mut j[0]);
    Population::new(&encoders, &tuning, 4.0).unwrap().currents(&[1.0, 2.0], &mut j[1]);
    assert_eq!(j, [[3.0 * (0.125 - 0.5) + 0.5, 3.0 * 0.25 + 0.5]; 2]);
}

/// y_n = u (1 - exp(-n dt / tau)) for a constant u, and area 1 under the response to a spike.
#[test]
fn the_low_pass_has_the_step_response_of_its_equation_and_unit_gain() {
    let (tau, dt) = (0.01, 1e-3);
    let mut filter = LowPass::new(tau, dt, 2).unwrap();
    for n in 1..=100 {
        filter.step(&[3.0, -1.0]);
        let response = -(-f64::from(n) * dt / tau).exp_m1();
        assert!((filter.y()[0] - 3.0 * response).abs() <= 100.0 * 3.0 * f64::EPSILON);
        assert!((filter.y()[1] + response).abs() <= 100.0 * f64::EPSILON);
    }
    let mut filter = LowPass::new(tau, dt, 2).unwrap();
    let mut area = [0.0; 2];
    for n in 0..1000 {
        filter.step_spikes(&[n == 0, false]);
        area = [area[0] + filter.y()[0] * dt, filter.y()[1]];
    }
    assert!((area[0] - 1.0).abs() <= 1000.0 * f64::EPSILON && area[1] == 0.0, "{area:?}");
}

/// X = [1 0; 1 1], penalty 1: X^T X + I = [3 1; 1 2], inverse [2 -1; -1 3] / 5.
/// T = (1, 2): X^T T = (3, 2), W = (4, 3) / 5. T = (0, 5): X^T T = (5, 5), W = (1, 2).
#[test]
fn ridge_solves_a_two_by_two_system_as_by_hand() {
    let weights = ridge(&[[1.0, 0.0], [1.0, 1.0]], &[[1.0, 0.0], [2.0, 5.0]], 1.0).unwrap();
    let by_hand = [0.8, 1.0, 0.6, 2.0];
    // Condition number of the matrix 2.6, a handful of operations: a few units in the last place.
    for (w, e) in weights.as_slice().concat().iter().zip(by_hand) {
        assert!((w - e).abs() <= 16.0 * f64::EPSILON, "{w} {e}");
    }
}

#[test]
fn the_residual_of_ridge_is_orthogonal_to_every_feature() {
    let inputs: Vec<Vec<f64>> =
        (0..9).map(|i| (0..4).map(|j| f64::from((i * i * (j + 2) + 3 * j + i) % 11)).collect()).collect();
    let targets: Vec<[f64; 1]> = (0..9).map(|i| [f64::from((i * 5) % 7)]).collect();
    let (penalty, weights) = (0.5, ridge(&inputs, &targets, 0.5).unwrap());
    let residual = |x: &Vec<f64>, t: &[f64; 1]| x.iter().zip(&weights).map(|(x, w)| x * w[0]).sum::<f64>() - t[0];
    for (feature, weight) in weights.iter().enumerate() {
        let fit: f64 = inputs.iter().zip(&targets).map(|(x, t)| x[feature] * residual(x, t)).sum();
        assert!((fit + penalty * weight[0]).abs() < 1e-10, "feature {feature}");
    }
}

#[test]
fn parameters_out_of_range_are_named() {
    let tuning = |max_rate, intercept| LIF.tuning(max_rate, intercept).unwrap_err().to_string();
    assert_eq!(tuning(0.0, 0.0), "max_rate is 0e0, must be a finite number above 0");
    assert_eq!(tuning(500.0, 0.0), "max_rate is 5e2, must be below 5e2");
    assert_eq!(tuning(100.0, 1.0), "intercept is 1e0, must be below 1e0");
    assert_eq!(tuning(100.0, f64::NAN), "intercept is NaN, must be a finite number");
    let times = LifTimes { tau_ref: -1.0, ..TIMES };
    let message = SpikingLif::new(times, 1e-3, 1).unwrap_err().to_string();
    assert_eq!(message, "tau_ref is -1e0, must be a finite number, 0 or above");
    let mut lif = SpikingLif::new(TIMES, 1e-3, 2).unwrap();
    assert_eq!(lif.set_v(&[0.0]).unwrap_err().to_string(), "v has 1 values, must have 2");
    let one = Tuning { gain: 1.0, bias: 0.0 };
    let population = |encoders: &[Vec<f64>], tuning: &[Tuning], radius| {
        Population::new(encoders, tuning, radius).unwrap_err().to_string()
    };
    assert_eq!(population(&[vec![1.0]], &[one], 0.0), "radius is 0e0, must be a finite number above 0");
    assert_eq!(population(&[vec![1.0]], &[], 1.0), "tuning has 0 values, must have 1");
    assert_eq!(population(&[vec![1.0], vec![]], &[one; 2], 1.0), "an encoder has 0 values, must have 1");
    assert_eq!(population(&[vec![f64::NAN]], &[one], 1.0), "an encoder is NaN, must be a finite number");
    let infinite = Tuning { gain: 1.0, bias: f64::INFINITY };
    assert_eq!(population(&[vec![1.0]], &[infinite], 1.0), "bias is inf, must be a finite number");
}

#[test]
fn systems_that_cannot_be_solved_are_refused() {
    let message = |inputs: &[[f64; 2]], penalty| ridge(inputs, &[[1.0]], penalty).unwrap_err().to_string();
    assert_eq!(message(&[[1.0, 1.0]], 0.0), "ridge: pivot 1 is 0e0, must be above 0: raise the penalty");
    assert!(ridge(&[[1.0, 1.0]], &[[1.0]], 1.0).is_ok());
    assert_eq!(message(&[[1.0, 1.0]], -1.0), "penalty is -1e0, must be a finite number, 0 or above");
    assert_eq!(message(&[[1.0, 1.0]; 2], 1.0), "targets has 1 values, must have 2");
    assert!(ridge(&[[f64::INFINITY]], &[[1.0]], 1.0).is_err());
    let ragged = ridge(&[vec![1.0], vec![]], &[[1.0]; 2], 1.0).unwrap_err().to_string();
    assert_eq!(ragged, "a row of inputs has 0 values, must have 1");
    assert!(decoders(&[[0.0]], &[[1.0]], 0.1).is_err(), "a silent population decodes nothing");
    assert!(decoders(&[[1.0]], &[[1.0]], 0.0).is_err());
    assert_eq!(decode(&[[1.0]], &[]).unwrap_err().to_string(), "activities has 0 values, must have 1");
}
