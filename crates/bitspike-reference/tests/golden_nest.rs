//! A network of `iaf_psc_exp` neurons against NEST (tests/data/README.md).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod golden;

use bitspike_reference::lif::Compare;
use bitspike_reference::network::{
    Connections, LifPopulation, LifPopulationParameters, Link, Network, Population, Projection, Receptor,
};
use golden::Table;

/// Membrane resistance: 20 ms / 250 pF, ohm. A weight of 1 pA is this many picovolts.
const R_M: f64 = 20e-3 / 250e-12;

fn network() -> Network<LifPopulation> {
    let parameters = LifPopulationParameters {
        tau_m: 20e-3,
        tau_e: 2e-3,
        tau_i: 6e-3,
        threshold: -50e-3,
        compare: Compare::AtLeast,
        v_reset: -65e-3,
        held_steps: 20,
    };
    let neurons = Table::read("nest_lif_net_neurons.csv");
    let start = |row: &Vec<f64>| (row[2] * 1e-3, -65e-3 + R_M * row[3] * 1e-12);
    let start: Vec<(f64, f64)> = neurons.rows.iter().map(start).collect();
    let mut network = Network::new(vec![LifPopulation::new(parameters, 0.1e-3, &start).unwrap()]);
    for (receptor, links) in links() {
        for (delay, connections) in Connections::from_links(100, 100, &links).unwrap() {
            network.connect(Projection { source: 0, target: 0, receptor, delay, connections }).unwrap();
        }
    }
    network
}

/// NEST sorts by sign: positive weights excite.
fn links() -> [(Receptor, Vec<Link>); 2] {
    let link = |row: &Vec<f64>| Link {
        source: row[0] as u32,
        target: row[1] as u32,
        weight: R_M * row[2] * 1e-12,
        delay: row[3] as u32,
    };
    let links: Vec<Link> = Table::read("nest_lif_net_synapses.csv").rows.iter().map(link).collect();
    let (excitatory, inhibitory) = links.into_iter().partition(|link| link.weight > 0.0);
    [(Receptor::Excitatory, excitatory), (Receptor::Inhibitory, inhibitory)]
}

/// NEST stamps with the end of the step: step k has stamp k + 1.
#[test]
fn every_spike_is_that_of_nest() {
    let golden = Table::read("nest_lif_net_spikes.csv").rows;
    let mut network = network();
    let mut spikes = Vec::new();
    for step in 0..5000 {
        network.step();
        spikes.extend(network.spikes(0).iter().map(|&neuron| vec![f64::from(step + 1), f64::from(neuron)]));
    }
    assert_eq!((golden.len(), spikes), (765, golden));
}

/// Rounding of 600 steps of numbers up to 65 mV and some hundred pA, by a factor of a hundred.
#[test]
fn potentials_and_currents_are_those_of_nest() {
    let mut golden = Table::read("nest_lif_net_v.csv").rows;
    golden.sort_by_key(|row| row[0] as u32);
    assert_eq!(golden.len(), 1800);
    let mut network = network();
    let mut stamp = 0;
    for row in golden {
        while stamp < row[0] as u32 {
            network.step();
            stamp += 1;
        }
        let neuron = row[1] as usize;
        let population = network.population_mut(0);
        let g = [Receptor::Excitatory, Receptor::Inhibitory].map(|receptor| population.input(receptor)[neuron]);
        let v_error = (population.v()[neuron] * 1e3 - row[2]).abs();
        let g_error = (g[0] / R_M * 1e12 - row[3]).abs().max((g[1] / R_M * 1e12 - row[4]).abs());
        assert!(v_error <= 1e-10 && g_error <= 1e-10, "stamp {stamp}, neuron {neuron}: {v_error} mV, {g_error} pA");
    }
}
