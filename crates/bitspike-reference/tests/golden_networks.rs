//! Small current-based and conductance-based networks against Brian2 (tests/data/README.md).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod golden;

use bitspike_reference::lif::Compare;
use bitspike_reference::network::{
    Connections, LifPopulation, LifPopulationParameters, Link, Network, Population, Projection, Receptor,
    TraubMilesParameters, TraubMilesPopulation, TraubMilesStart,
};
use golden::Table;

/// One population of 100, wired as the golden list says: neurons 0 to 79 excite, the rest inhibit, no delay.
fn wired<P: Population>(population: P, [w_e, w_i]: [f64; 2]) -> Network<P> {
    let table = Table::read("small_net_synapses.csv");
    let link = |row: &Vec<f64>| {
        let weight = if row[0] < 80.0 { w_e } else { w_i };
        Link { source: row[0] as u32, target: row[1] as u32, weight, delay: 0 }
    };
    let (excitatory, inhibitory): (Vec<Link>, Vec<Link>) =
        table.rows.iter().map(link).partition(|link| link.source < 80);
    let mut network = Network::new(vec![population]);
    for (receptor, links) in [(Receptor::Excitatory, excitatory), (Receptor::Inhibitory, inhibitory)] {
        let [(delay, connections)] = Connections::from_links(100, 100, &links).unwrap().try_into().unwrap();
        network.connect(Projection { source: 0, target: 0, receptor, delay, connections }).unwrap();
    }
    network
}

/// Runs a network and compares every spike; `check` sees the network before each step.
fn assert_spikes<P: Population>(
    mut network: Network<P>,
    (file, steps): (&str, u32),
    mut check: impl FnMut(u32, &mut P),
) {
    let golden = Table::read(file).rows;
    let mut spikes = Vec::new();
    for step in 0..steps {
        check(step, network.population_mut(0));
        network.step();
        spikes.extend(network.spikes(0).iter().map(|&neuron| vec![f64::from(step), f64::from(neuron)]));
    }
    assert!(!golden.is_empty());
    assert_eq!(spikes, golden);
}

fn cuba() -> Network<LifPopulation> {
    let parameters = LifPopulationParameters {
        tau_m: 20e-3,
        tau_e: 5e-3,
        tau_i: 10e-3,
        threshold: -50e-3,
        compare: Compare::Above,
        v_reset: -60e-3,
        held_steps: 49,
    };
    let start: Vec<_> = Table::read("small_net_start.csv").rows.iter().map(|row| (row[1] * 1e-3, -49e-3)).collect();
    wired(LifPopulation::new(parameters, 0.1e-3, &start).unwrap(), [3e-3, -12e-3])
}

/// Rounding of 3000 steps on 60 mV: 3000 * 60 * 1.1e-16 = 2e-11 mV at most.
#[test]
fn a_current_based_network_is_that_of_brian2() {
    let golden = Table::read("small_cuba_v.csv").rows;
    assert_spikes(cuba(), ("small_cuba_spikes.csv", 3000), |step, population| {
        for row in golden.iter().filter(|row| row[0] == f64::from(step)) {
            let neuron = row[1] as usize;
            let g = [Receptor::Excitatory, Receptor::Inhibitory].map(|receptor| population.input(receptor)[neuron]);
            for (found, golden) in [population.v()[neuron], g[0], g[1]].iter().zip(&row[2..]) {
                assert!((found * 1e3 - golden).abs() <= 2e-11, "step {step}, neuron {neuron}: {found} V, {golden} mV");
            }
        }
    });
}

fn cobahh() -> Network<TraubMilesPopulation> {
    let start = |row: &Vec<f64>| TraubMilesStart { v: row[2], g_e: row[3], g_i: row[4] };
    let start: Vec<_> = Table::read("small_net_start.csv").rows.iter().map(start).collect();
    wired(TraubMilesPopulation::new(TraubMilesParameters::COBAHH, 0.1, &start).unwrap(), [12.0, 67.0])
}

/// Every spike in its step; potentials within the microvolt asked of a Hodgkin-Huxley trace.
#[test]
fn a_conductance_based_network_is_that_of_brian2() {
    let golden = Table::read("small_cobahh_v.csv").rows;
    assert_spikes(cobahh(), ("small_cobahh_spikes.csv", 1000), |step, population| {
        for row in golden.iter().filter(|row| row[0] == f64::from(step)) {
            let neuron = row[1] as usize;
            let g = [Receptor::Excitatory, Receptor::Inhibitory].map(|receptor| population.input(receptor)[neuron]);
            let [m, h, n] = population.gates().map(|gate| gate[neuron]);
            for (found, golden) in [population.v()[neuron], m, h, n, g[0], g[1]].iter().zip(&row[2..]) {
                let error = (found - golden).abs();
                assert!(error <= 1e-6, "step {step}, neuron {neuron}: {found}, {golden}");
            }
        }
    });
}
