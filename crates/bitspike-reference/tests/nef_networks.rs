//! The spiking integrator and oscillator of Nengo, spike by spike (tests/data/nef/README.md).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod golden;

use bitspike_reference::decoding::{LowPass, decode};
use bitspike_reference::encoding::{LifTimes, Population, SpikingLif, Tuning};
use golden::Table;

const DT: f64 = 1e-3;
const TAU: f64 = 0.1;
const TAU_PROBE: f64 = 0.01;

/// A recurrent population: its input and its own decoded spikes come back through filters of `TAU`.
struct Network {
    population: Population,
    lif: SpikingLif,
    input: LowPass,
    recurrent: LowPass,
    probe: LowPass,
    recurrent_decoders: Vec<Vec<f64>>,
    decoders: Vec<Vec<f64>>,
    spikes: Vec<bool>,
}

impl Network {
    fn read(neurons: &Table, dimensions: usize) -> Self {
        let tuning = neurons.values("gain").into_iter().zip(neurons.values("bias"));
        let tuning: Vec<Tuning> = tuning.map(|(gain, bias)| Tuning { gain, bias }).collect();
        let mut lif = SpikingLif::new(LifTimes { tau_m: 0.02, tau_ref: 0.002 }, DT, tuning.len()).unwrap();
        lif.set_v(&neurons.values("v0")).unwrap();
        let filter = |tau| LowPass::new(tau, DT, dimensions).unwrap();
        Self {
            population: Population::new(&neurons.columns("encoder", dimensions), &tuning, 1.0).unwrap(),
            lif,
            input: filter(TAU),
            recurrent: filter(TAU),
            probe: filter(TAU_PROBE),
            recurrent_decoders: neurons.columns("wrec", dimensions),
            decoders: neurons.columns("dec", dimensions),
            spikes: vec![false; tuning.len()],
        }
    }

    /// One step; `u` is the input already scaled by B'.
    fn step(&mut self, u: &[f64]) {
        let x: Vec<f64> = self.input.y().iter().zip(self.recurrent.y()).map(|(a, b)| a + b).collect();
        let mut j = vec![0.0; self.spikes.len()];
        self.population.currents(&x, &mut j);
        self.lif.step(&j, &mut self.spikes);
        let rates: Vec<f64> = self.spikes.iter().map(|&spike| if spike { 1.0 / DT } else { 0.0 }).collect();
        self.input.step(u);
        self.recurrent.step(&decode(&self.recurrent_decoders, &rates).unwrap());
        self.probe.step(&decode(&self.decoders, &rates).unwrap());
    }
}

/// Runs a golden network: every spike of the raster, every count, the probe to 1e-12. The number of spikes.
fn run(name: &str, dimensions: usize, input_gain: f64) -> u32 {
    let table = |part: &str| Table::read(&format!("nef/{name}_{part}.csv"));
    let (neurons, trajectory, raster) = (table("neurons"), table("trajectory"), table("spikes").rows);
    let (us, ys) = (trajectory.columns("u", dimensions), trajectory.columns("y", dimensions));
    let mut network = Network::read(&neurons, dimensions);
    let (mut count, mut seen) = (0, Vec::new());
    assert_eq!(us.len(), 3000);
    for (step, n_spikes) in trajectory.values("n_spikes").into_iter().enumerate() {
        for (y, golden) in network.probe.y().iter().zip(&ys[step]) {
            assert!((y - golden).abs() <= 1e-12, "{name} step {step}: y {y}, golden {golden}");
        }
        network.step(&us[step].iter().map(|u| input_gain * u).collect::<Vec<f64>>());
        let fired = (0..network.spikes.len()).filter(|&neuron| network.spikes[neuron]);
        let fired: Vec<Vec<f64>> = fired.map(|neuron| vec![step as f64, neuron as f64]).collect();
        assert_eq!(fired.len() as f64, n_spikes, "{name} step {step}: spikes");
        count += fired.len() as u32;
        seen.extend(fired);
    }
    let shown = raster.last().unwrap()[0];
    seen.retain(|spike| spike[0] <= shown);
    assert_eq!(seen, raster, "{name}: raster");
    count
}

/// B = 1, B' = tau.
#[test]
fn the_integrator_fires_every_spike_of_nengo() {
    assert_eq!(run("integrator", 1, TAU), 29_199);
}

/// B = 10 I, B' = 10 tau.
#[test]
fn the_oscillator_fires_every_spike_of_nengo() {
    assert_eq!(run("oscillator", 2, 10.0 * TAU), 62_529);
}
