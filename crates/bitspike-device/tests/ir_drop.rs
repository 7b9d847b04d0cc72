//! Wires against ngspice, badcrossbar, a dense solve of all nodes, and themselves.

use bitspike_device::effects::nonlinear::CurrentVoltage;
use bitspike_device::ir_drop::{Fold, Network, ReadMode, Settings, Topology, Wires, effective_matrix, fold};
use std::num::NonZeroUsize;

const ONE: NonZeroUsize = NonZeroUsize::MIN;
const TIGHT: Settings = Settings { tolerance: 1e-14, max_iterations: 5000 };

struct Golden {
    columns: usize,
    wires: Wires,
    g: Vec<f64>,
    volts: Vec<f64>,
    ngspice: Vec<f64>,
    badcrossbar: Vec<f64>,
}

fn golden(text: &str) -> Golden {
    let numbers = |rest: &str| -> Vec<f64> { rest.split(',').map(|x| x.parse().expect("a number")).collect() };
    let rows = |key: &str| -> Vec<Vec<f64>> {
        text.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix(',')).map(numbers).collect()
    };
    let one = |key: &str| rows(key)[0][0];
    let g: Vec<f64> = rows("G").iter().flat_map(|row| row[1..].to_vec()).collect();
    let volts = rows("V").iter().map(|row| row[1]).collect();
    let columns = one("cols") as usize;
    assert_eq!(g.len(), columns * one("rows") as usize);
    let wires = Wires::new(one("r_wl_ohm"), one("r_bl_ohm"));
    let (ngspice, badcrossbar) = (rows("I_ngspice_A").concat(), rows("I_badcrossbar_A").concat());
    Golden { columns, wires, g, volts, ngspice, badcrossbar }
}

fn cases() -> [Golden; 2] {
    [golden(include_str!("data/a32.csv")), golden(include_str!("data/b64.csv"))]
}

fn error(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).map(|(a, b)| (a / b - 1.0).abs()).fold(0.0, f64::max)
}

fn inputs(volts: &[f64]) -> Vec<Option<f64>> {
    volts.iter().map(|&v| (v != 0.0).then_some(v)).collect()
}

#[test]
fn currents_are_those_of_ngspice_and_badcrossbar() {
    for case in cases() {
        let network = Network::new(&case.wires, case.columns, case.g).expect("valid");
        let default = network.solve(&inputs(&case.volts), Settings::default()).expect("converges");
        let tight = network.solve(&inputs(&case.volts), TIGHT).expect("converges");
        for expected in [&case.ngspice, &case.badcrossbar] {
            assert!(error(&default.currents, expected) < 1e-9, "{}", error(&default.currents, expected));
            assert!(error(&tight.currents, expected) < 1e-12, "{}", error(&tight.currents, expected));
        }
        assert!(default.kirchhoff < 1e-9 && tight.kirchhoff < 1e-12, "{} {}", default.kirchhoff, tight.kirchhoff);
        assert!(default.iterations <= 12, "{}", default.iterations);
    }
}

#[test]
fn the_effective_matrix_gives_the_same_currents() {
    for case in cases() {
        let network = Network::new(&case.wires, case.columns, case.g).expect("valid");
        let matrix = effective_matrix(&network, TIGHT, ONE).expect("converges");
        let mut currents = vec![0.0; case.columns];
        for (row, v) in matrix.chunks(case.columns).zip(&case.volts) {
            currents.iter_mut().zip(row).for_each(|(i, t)| *i += v * t);
        }
        assert!(error(&currents, &case.ngspice) < 1e-12, "{}", error(&currents, &case.ngspice));
    }
}

/// Small arrays with cells over two decades.
fn small(rows: usize, columns: usize) -> Vec<f64> {
    (0..rows * columns).map(|k| 1e-6 * 100.0_f64.powf((k * 7 % 11) as f64 / 10.0)).collect()
}

/// Kirchhoff's law at every node as a dense system, solved by Gaussian elimination with pivoting: nothing in common with
/// the sweeps. Idle word lines (`None`) are driven to 0 V, float or have open cells.
fn dense(wires: &Wires, columns: usize, (g, inputs): (&[f64], &[Option<f64>])) -> Vec<f64> {
    let rows = inputs.len();
    let n = rows * columns;
    let (g_w, g_b) = (1.0 / wires.r_wl, 1.0 / wires.r_bl);
    let (g_in, g_out) = (1.0 / (wires.r_wl + wires.r_driver), 1.0 / (wires.r_bl + wires.r_sense));
    let mut a = vec![vec![0.0; 2 * n + 1]; 2 * n];
    let join = |a: &mut Vec<Vec<f64>>, p: usize, q: usize, g: f64| {
        a[p][p] += g;
        a[q][q] += g;
        a[p][q] -= g;
        a[q][p] -= g;
    };
    for i in 0..rows {
        for j in 0..columns {
            let k = i * columns + j;
            let open = wires.topology == Topology::GatedCells && inputs[i].is_none();
            join(&mut a, k, n + k, if open { 0.0 } else { g[k] });
            if j + 1 < columns {
                join(&mut a, k, k + 1, g_w);
            }
            if i + 1 < rows {
                join(&mut a, n + k, n + k + columns, g_b);
            } else {
                a[n + k][n + k] += g_out;
            }
        }
        let floats = wires.topology == Topology::FloatingRows && inputs[i].is_none();
        if !floats {
            a[i * columns][i * columns] += g_in;
            a[i * columns][2 * n] += g_in * inputs[i].unwrap_or(0.0);
        }
    }
    let nodes = eliminate(a);
    nodes[2 * n - columns..].iter().map(|b| g_out * b).collect()
}

fn eliminate(mut a: Vec<Vec<f64>>) -> Vec<f64> {
    let n = a.len();
    for k in 0..n {
        let pivot = (k..n).max_by(|&p, &q| a[p][k].abs().total_cmp(&a[q][k].abs())).expect("not empty");
        a.swap(k, pivot);
        for row in k + 1..n {
            let factor = a[row][k] / a[k][k];
            if factor != 0.0 {
                let (above, below) = a.split_at_mut(row);
                below[0][k..].iter_mut().zip(&above[k][k..]).for_each(|(x, y)| *x -= factor * y);
            }
        }
    }
    let mut x = vec![0.0; n];
    for k in (0..n).rev() {
        let sum: f64 = (k + 1..n).map(|j| a[k][j] * x[j]).sum();
        x[k] = (a[k][n] - sum) / a[k][k];
    }
    x
}

fn all_wires() -> Vec<Wires> {
    let topologies = [Topology::DrivenRows, Topology::FloatingRows, Topology::GatedCells];
    let wires = |topology| {
        [
            Wires { topology, ..Wires::new(3.0, 7.0) },
            Wires { topology, r_driver: 150.0, r_sense: 80.0, ..Wires::new(200.0, 11.0) },
        ]
    };
    topologies.into_iter().flat_map(wires).collect()
}

#[test]
fn every_topology_and_shape_agrees_with_a_dense_solve() {
    for wires in all_wires() {
        for (rows, columns) in [(1, 1), (1, 6), (7, 1), (5, 9), (10, 6), (17, 3)] {
            let g = small(rows, columns);
            let network = Network::new(&wires, columns, g.clone()).expect("valid");
            let inputs: Vec<Option<f64>> = (0..rows).map(|i| (i % 3 != 1).then_some(0.1 + 0.01 * i as f64)).collect();
            let solution = network.solve(&inputs, TIGHT).expect("converges");
            let expected = dense(&wires, columns, (&g, &inputs));
            // Condition of the dense matrix: up to 1e6 (segments against cells), times the rounding of a double.
            let worst = error(&solution.currents, &expected);
            assert!(worst < 1e-9, "{wires:?} {rows}x{columns}: {worst}");
            // Rounding of a node's voltage times the conductance of a segment, over the current of one small cell.
            assert!(solution.kirchhoff < 1e-9, "{wires:?} {rows}x{columns}: {}", solution.kirchhoff);
        }
    }
}

#[test]
fn wires_without_resistance_are_the_limit_of_small_ones() {
    let (g, columns) = (small(6, 5), 5);
    let inputs: Vec<Option<f64>> = (0..6).map(|i| Some(0.05 * i as f64)).collect();
    for (r_wl, r_bl) in [(0.0, 0.0), (0.0, 20.0), (20.0, 0.0)] {
        let solve = |r_wl: f64, r_bl: f64| {
            let network = Network::new(&Wires::new(r_wl, r_bl), columns, g.clone()).expect("valid");
            network.solve(&inputs, TIGHT).expect("converges")
        };
        let (exact, near) = (solve(r_wl, r_bl), solve(r_wl.max(1e-5), r_bl.max(1e-5)));
        // 1e-5 ohms against cells of at least 10 kilohms, 30 of them on a line: below 1e-7.
        assert!(error(&exact.currents, &near.currents) < 1e-7);
        assert!(exact.kirchhoff < 1e-12, "{r_wl} {r_bl}: {}", exact.kirchhoff);
    }
}

#[test]
fn rows_and_adjoint_columns_give_one_matrix_on_any_number_of_threads() {
    for (rows, columns) in [(4, 9), (9, 4)] {
        let wires = Wires { r_driver: 30.0, r_sense: 20.0, ..Wires::new(5.0, 9.0) };
        let network = Network::new(&wires, columns, small(rows, columns)).expect("valid");
        let matrix = effective_matrix(&network, TIGHT, ONE).expect("converges");
        for row in 0..rows {
            let inputs: Vec<Option<f64>> = (0..rows).map(|i| (i == row).then_some(1.0)).collect();
            let solution = network.solve(&inputs, TIGHT).expect("converges");
            assert!(error(&matrix[row * columns..][..columns], &solution.currents) < 1e-11);
        }
        for threads in [2, 8] {
            let threads = NonZeroUsize::new(threads).expect("above 0");
            assert_eq!(effective_matrix(&network, TIGHT, threads).expect("converges"), matrix);
        }
    }
}

/// A single cell between two resistors: `i = g sinh(b (V - i R)) / b`, by bisection.
#[test]
fn newton_solves_a_diode_like_cell() {
    let (g, b, v, r) = (2e-3, 6.0, 0.5, 700.0);
    let network =
        Network::new(&Wires::new(300.0, 400.0), 1, vec![g]).expect("valid").with_cells(CurrentVoltage::Sinh(b));
    let solution = network.solve(&[Some(v)], TIGHT).expect("converges");
    let (mut low, mut high) = (0.0, v / r);
    for _ in 0..200 {
        let i = 0.5 * (low + high);
        if g * (b * (v - i * r)).sinh() / b > i { low = i } else { high = i }
    }
    assert!((solution.currents[0] / low - 1.0).abs() < 1e-12, "{} {low}", solution.currents[0]);
}

#[test]
fn newton_keeps_kirchhoffs_law_in_an_array() {
    let cells = CurrentVoltage::Sinh(4.0);
    let network = Network::new(&Wires::new(40.0, 30.0), 8, small(9, 8)).expect("valid").with_cells(cells);
    let inputs: Vec<Option<f64>> = (0..9).map(|i| (i % 2 == 0).then_some(0.4)).collect();
    let solution = network.solve(&inputs, TIGHT).expect("converges");
    assert!(solution.kirchhoff < 1e-12, "{}", solution.kirchhoff);
    let linear = Network::new(&Wires::new(40.0, 30.0), 8, small(9, 8)).expect("valid");
    let linear = linear.solve(&inputs, TIGHT).expect("converges");
    assert!(solution.currents.iter().zip(&linear.currents).all(|(a, b)| *a > 1.1 * b), "sinh conducts more");
}

fn how(wires: &Wires, mode: ReadMode) -> Fold<'_> {
    Fold { wires: Some(wires), v_read: 0.2, mode, form: CurrentVoltage::Linear, threads: ONE }
}

#[test]
fn folding_is_exact_where_it_is_said_to_be() {
    let (g, rows, columns) = (small(8, 6), 8, 6);
    for wires in all_wires() {
        let wires = Wires { tolerance: 1e-14, ..wires };
        for mode in [ReadMode::Event, ReadMode::Analogue] {
            let folded = fold(&g, columns, &how(&wires, mode));
            if !wires.topology.folds_exactly(mode) {
                assert!(folded.expect_err("refused").to_string().starts_with("array.wires cannot be folded"));
                continue;
            }
            let folded = folded.expect("folds");
            let patterns: &[&[usize]] = match mode {
                ReadMode::Event => &[&[0], &[3], &[7]],
                ReadMode::Analogue => &[&[0, 3, 7], &[1, 2, 4, 5, 6], &[5]],
            };
            for active in patterns {
                let inputs: Vec<Option<f64>> = (0..rows).map(|i| active.contains(&i).then_some(0.2)).collect();
                let expected = dense(&wires, columns, (&g, &inputs));
                let sum = |j: usize| active.iter().map(|i| folded[i * columns + j]).sum::<f64>();
                let found: Vec<f64> = (0..columns).map(sum).collect();
                assert!(error(&found, &expected) < 1e-9, "{wires:?} {mode:?} {active:?}");
            }
        }
    }
}

#[test]
fn non_linear_cells_fold_by_newton_for_events_and_are_refused_for_analogue_reads() {
    let wires = Wires { tolerance: 1e-13, ..Wires::new(40.0, 30.0) };
    let (g, form) = (small(4, 5), CurrentVoltage::Sinh(4.0));
    let event = fold(&g, 5, &Fold { form, ..how(&wires, ReadMode::Event) }).expect("folds");
    let network = Network::new(&wires, 5, g.clone()).expect("valid").with_cells(form);
    let inputs = [None, Some(0.2), None, None];
    let currents = network.solve(&inputs, TIGHT).expect("converges").currents;
    assert!(error(&event[5..10], &currents) < 1e-11);
    assert!(fold(&g, 5, &Fold { form, ..how(&wires, ReadMode::Analogue) }).is_err());
    let ideal = fold(&g, 5, &Fold { form, wires: None, ..how(&wires, ReadMode::Analogue) }).expect("no wires");
    assert!((ideal[0] / form.current(g[0], 0.2) - 1.0).abs() < 1e-15);
}

#[test]
fn a_solve_that_does_not_converge_says_so() {
    let case = golden(include_str!("data/b64.csv"));
    let network = Network::new(&case.wires, case.columns, case.g).expect("valid");
    let few = Settings { tolerance: 1e-10, max_iterations: 2 };
    let message = network.solve(&inputs(&case.volts), few).expect_err("refused").to_string();
    assert!(message.starts_with("IR drop: 2 iterations left a residual of "), "{message}");
    assert!(message.ends_with("must be 1e-10 or less"), "{message}");
    let odd = Network::new(&Wires::new(1.0, 1.0), 3, vec![1e-6; 4]).expect_err("refused").to_string();
    assert_eq!(odd, "cells are 4, must fill rows of 3");
}
