//! Networks against plain loops written here, and their rules of wiring, delay and refused values.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use bitspike_reference::ReferenceError;
use bitspike_reference::lif::Compare;
use bitspike_reference::network::{
    CobahhParameters, Connections, CubaParameters, Izhikevich2003Parameters, IzhikevichPopulation, LifPopulation,
    LifPopulationParameters, Link, Network, NoisyIzhikevich, Population, Projection, RandomLinks, Receptor,
    TraubMilesParameters, TraubMilesPopulation, TraubMilesStart,
};

/// Steps and neurons of all spikes.
fn raster<P: Population>(network: &mut Network<P>, steps: u32) -> Vec<(u32, u32)> {
    let mut raster = Vec::new();
    for step in 0..steps {
        network.step();
        raster.extend(network.spikes(0).iter().map(|&neuron| (step, neuron)));
    }
    raster
}

/// CUBA as a list of neurons, each written out: (v, g_e, g_i, step of the last spike).
fn plain_cuba(cuba: &CubaParameters, steps: u32) -> Vec<(u32, u32)> {
    let [excitatory, inhibitory] = cuba.connections().unwrap();
    let mut neurons: Vec<_> = cuba.v_start().into_iter().map(|v| (v, 0.0, 0.0, -1000_i64)).collect();
    let decay = |tau: f64| (-cuba.dt / tau).exp();
    let gain = |tau: f64| (decay(tau) - decay(cuba.tau_m)) * tau / (tau - cuba.tau_m);
    let mut raster = Vec::new();
    for step in 0..steps {
        let before = raster.len();
        for (index, (v, g_e, g_i, last)) in neurons.iter_mut().enumerate() {
            if i64::from(step) - *last >= 50 {
                *v = cuba.v_rest
                    + (*v - cuba.v_rest) * decay(cuba.tau_m)
                    + *g_e * gain(cuba.tau_e)
                    + *g_i * gain(cuba.tau_i);
            }
            *g_e *= decay(cuba.tau_e);
            *g_i *= decay(cuba.tau_i);
            if *v > cuba.threshold {
                (*v, *last) = (cuba.v_reset, i64::from(step));
                raster.push((step, index as u32));
            }
        }
        for &(_, source) in &raster[before..] {
            excitatory.row(source).iter().for_each(|&(target, w)| neurons[target as usize].1 += w);
            inhibitory.row(source).iter().for_each(|&(target, w)| neurons[target as usize].2 += w);
        }
    }
    raster
}

/// 1003 neurons: the last block of vector lanes is not full.
#[test]
fn cuba_is_its_plain_loop() {
    let cuba = CubaParameters { excitatory: 803, inhibitory: 200, probability: 0.08, ..Default::default() };
    let raster = raster(&mut cuba.network().unwrap(), 3000);
    assert!(raster.len() > 1000);
    assert_eq!(raster, plain_cuba(&cuba, 3000));
}

/// The published network fires at 5 to 6 Hz; Brian2 had 22 600 spikes in a second of another wiring.
#[test]
fn cuba_fires_at_the_published_rate() {
    let spikes = raster(&mut CubaParameters::default().network().unwrap(), 10_000).len();
    assert!((20_000..26_000).contains(&spikes), "{spikes}");
}

/// Brian2 has about 36 Hz: 14 400 spikes in 100 ms, the start included.
#[test]
fn cobahh_fires_at_the_published_rate() {
    let network = CobahhParameters::default();
    let spikes = raster(&mut network.network().unwrap(), 500).len() as f64;
    let rate = spikes / (f64::from(network.neurons()) * 0.05);
    assert!((20.0..60.0).contains(&rate), "{rate} Hz");
}

/// The network of 2003 without vector lanes, delivery row by row.
#[test]
fn the_network_of_2003_is_its_plain_loop() {
    let description = Izhikevich2003Parameters { excitatory: 83, inhibitory: 20, seed: 3 };
    let neurons = description.population();
    let weights = description.connections().unwrap();
    let noise = noise(&description, 300);
    let mut state: Vec<(f64, f64)> = neurons.iter().map(|neuron| (-65.0, neuron.b * -65.0)).collect();
    let (mut input, mut expected) = (vec![0.0; neurons.len()], Vec::new());
    for step in 0..300 {
        let mut fired = Vec::new();
        for (index, (v, u)) in state.iter_mut().enumerate() {
            let current = noise[step as usize][index] + input[index];
            for _ in 0..2 {
                *v += 0.5 * (0.04 * *v * *v + 5.0 * *v + 140.0 - *u + current);
            }
            *u += neurons[index].a * (neurons[index].b * *v - *u);
            if *v >= 30.0 {
                (*v, *u) = (neurons[index].c, *u + neurons[index].d);
                fired.push(index as u32);
            }
        }
        input.fill(0.0);
        for &source in &fired {
            weights.row(source).iter().for_each(|&(target, weight)| input[target as usize] += weight);
        }
        expected.extend(fired.into_iter().map(|neuron| (step, neuron)));
    }
    assert!(expected.len() > 100, "{}", expected.len());
    assert_eq!(raster(&mut description.network().unwrap(), 300), expected);
}

/// Noise of every step and neuron, from the random words by bisection of the normal distribution function.
fn noise(description: &Izhikevich2003Parameters, steps: usize) -> Vec<Vec<f64>> {
    use bitspike_spec::random::{CellRng, Stream};
    let neurons = description.population();
    let quantile = |p: f64| {
        let (mut low, mut high) = (-8.0_f64, 8.0_f64);
        while high - low > 1e-15 * high.abs().max(1e-3) {
            let middle = 0.5 * (low + high);
            if middle == low || middle == high {
                break;
            }
            if 0.5 * libm::erfc(-middle / std::f64::consts::SQRT_2) < p { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    };
    let of_step = |step: usize| {
        let rng = CellRng::new(description.seed, Stream::NetworkNoise, step as u32);
        let word = |index: usize| rng.block(index as u64 / 4)[index % 4];
        let normal = |index| quantile((f64::from(word(index)) + 0.5) / 2_f64.powi(32));
        neurons.iter().enumerate().map(|(index, neuron)| neuron.noise * normal(index)).collect()
    };
    (0..steps).map(of_step).collect()
}

/// About 7.6 Hz in Brian2.
#[test]
fn the_network_of_2003_fires_at_the_published_rate() {
    let spikes = raster(&mut Izhikevich2003Parameters::default().network().unwrap(), 1000).len();
    assert!((6000..9500).contains(&spikes), "{spikes}");
}

#[test]
fn the_same_seed_gives_the_same_network() {
    let cuba = CubaParameters { excitatory: 320, inhibitory: 80, probability: 0.2, ..Default::default() };
    let raster_of = |seed| raster(&mut CubaParameters { seed, ..cuba }.network().unwrap(), 1000);
    assert_eq!(raster_of(1), raster_of(1));
    assert_ne!(raster_of(1), raster_of(2));
}

fn rule(probability: f64) -> RandomLinks {
    RandomLinks { sources: 400, connected: 100..300, targets: 500, probability, weight: 2.0 }
}

/// The number of synapses is binomial: within five standard deviations of its mean; each target equally often.
#[test]
fn random_connections_have_the_probability_asked_for() {
    let rule = rule(0.1);
    let connections = Connections::random(&rule, 5).unwrap();
    let rows: Vec<_> = (0..400).map(|source| connections.row(source)).collect();
    let count: usize = rows.iter().map(Vec::len).sum();
    let (pairs, p) = (200.0 * 500.0, 0.1);
    assert!((count as f64 - pairs * p).abs() < 5.0 * (pairs * p * (1.0 - p)).sqrt(), "{count}");
    assert!(rows[..100].iter().chain(&rows[300..]).all(Vec::is_empty));
    let mut per_target = [0_u32; 500];
    rows.iter().flatten().for_each(|&(target, _)| per_target[target as usize] += 1);
    // Chi-square of 499 degrees of freedom: mean 499, standard deviation 32.
    let expected = count as f64 / 500.0;
    let chi_square: f64 = per_target.iter().map(|&n| (f64::from(n) - expected).powi(2) / expected).sum();
    assert!((chi_square / (1.0 - p) - 499.0).abs() < 5.0 * 32.0, "{chi_square}");
    for row in rows {
        assert!(row.windows(2).all(|pair| pair[0].0 < pair[1].0) && row.iter().all(|&(_, weight)| weight == 2.0));
    }
}

#[test]
fn probability_0_connects_none_and_1_all() {
    let length = |probability| Connections::random(&rule(probability), 5).unwrap().row(150).len();
    assert_eq!((length(0.0), length(1.0)), (0, 500));
}

/// Fires in every step in which its input is not 0.
#[derive(Debug)]
struct Relay {
    input: [f64; 2],
    v: [f64; 2],
}

impl Population for Relay {
    fn v(&self) -> &[f64] {
        &self.v
    }

    fn input(&mut self, _receptor: Receptor) -> &mut [f64] {
        &mut self.input
    }

    fn step(&mut self, spikes: &mut Vec<u32>) {
        spikes.extend((0..2).filter(|&neuron| self.input[neuron as usize] != 0.0));
        self.v = self.input;
        self.input = [0.0; 2];
    }
}

/// Neuron 0 of population 0 reaches neuron 1 of population 1, and this neuron 0 again; started by an input.
fn arrivals(delays: [u32; 2]) -> Vec<(u32, [f64; 2])> {
    let relay = || Relay { input: [0.0; 2], v: [0.0; 2] };
    let mut network = Network::new(vec![relay(), relay()]);
    for (population, delay) in [0, 1].into_iter().zip(delays) {
        let link = Link { source: population, target: 1 - population, weight: 1.5, delay };
        let [(delay, connections)] = Connections::from_links(2, 2, &[link]).unwrap().try_into().unwrap();
        let (source, target) = (population as usize, 1 - population as usize);
        network.connect(Projection { source, target, receptor: Receptor::Excitatory, delay, connections }).unwrap();
    }
    network.population_mut(0).input = [1.0, 0.0];
    let mut seen = Vec::new();
    for step in 0..10 {
        network.step();
        seen.push((step, [network.population(0).v[0], network.population(1).v[1]]));
    }
    seen.retain(|(_, v)| *v != [0.0; 2]);
    seen
}

/// A spike of step k acts in step k + 1 + delay.
#[test]
fn a_spike_acts_one_step_and_its_delay_later() {
    let first = (0, [1.0, 0.0]);
    assert_eq!(arrivals([0, 5]), [first, (1, [0.0, 1.5]), (7, [1.5, 0.0]), (8, [0.0, 1.5])]);
    assert_eq!(arrivals([3, 1]), [first, (4, [0.0, 1.5]), (6, [1.5, 0.0])]);
}

#[test]
fn populations_of_different_kinds_go_in_one_network() {
    let relay: Box<dyn Population> = Box::new(Relay { input: [1.0, 0.0], v: [0.0; 2] });
    let lif = LifPopulation::new(LIF, 1e-4, &[(-60e-3, -60e-3); 3]).unwrap();
    let mut network: Network<Box<dyn Population>> = Network::new(vec![relay, Box::new(lif)]);
    let link = Link { source: 0, target: 2, weight: 5e-3, delay: 0 };
    let [(delay, connections)] = Connections::from_links(2, 3, &[link]).unwrap().try_into().unwrap();
    network.connect(Projection { source: 0, target: 1, receptor: Receptor::Inhibitory, delay, connections }).unwrap();
    network.step();
    assert_eq!(network.population_mut(1).input(Receptor::Inhibitory), [0.0, 0.0, 5e-3]);
    assert_eq!((network.spikes(0), network.spikes(1)), (&[0][..], &[][..]));
    assert_eq!(network.projections()[0].connections.row(0), [(2, 5e-3)]);
}

#[test]
fn every_layout_delivers_its_rows() {
    let links = [(1, 1, 4.0), (0, 1, 0.5), (0, 0, 0.25)].map(|(source, target, weight)| (source, target, weight));
    let links = links.map(|(source, target, weight)| Link { source, target, weight, delay: 2 });
    let [(delay, listed)] = Connections::from_links(2, 2, &links).unwrap().try_into().unwrap();
    let dense = Connections::dense(2, vec![0.25, 0.5, 0.0, 4.0]).unwrap();
    let random =
        Connections::random(&RandomLinks { sources: 2, connected: 0..2, targets: 2, probability: 1.0, weight: 3.0 }, 1);
    assert_eq!(delay, 2);
    let cases = [
        (listed, [1.25, 5.5], [0.0, 4.0]),
        (dense, [1.25, 5.5], [0.0, 4.0]),
        (random.unwrap(), [7.0, 7.0], [3.0, 3.0]),
    ];
    for (connections, both, second) in cases {
        let delivered = |spikes: &[u32], mut input: [f64; 2]| {
            connections.deliver(spikes, &mut input);
            input
        };
        assert_eq!((delivered(&[0, 1], [1.0; 2]), delivered(&[1], [0.0; 2])), (both, second));
        let row = connections.row(1).into_iter().filter(|&(_, weight)| weight != 0.0);
        assert!(row.eq((0..2).zip(second).filter(|&(_, weight)| weight != 0.0)));
        assert_eq!((connections.sources(), connections.targets()), (2, 2));
    }
}

fn message<T>(result: Result<T, ReferenceError>) -> String {
    result.err().expect("refused").to_string()
}

#[test]
fn impossible_connections_are_refused() {
    let link = |source, target, weight| Connections::from_links(2, 3, &[Link { source, target, weight, delay: 0 }]);
    assert_eq!(message(link(2, 0, 1.0)), "source is 2, must be below 2");
    assert_eq!(message(link(0, 3, 1.0)), "target is 3, must be below 3");
    assert_eq!(message(link(0, 0, f64::NAN)), "weight is NaN, must be a finite number");
    assert_eq!(message(Connections::dense(1, vec![f32::INFINITY])), "weight is inf, must be a finite number");
    assert_eq!(message(Connections::random(&rule(1.5), 0)), "probability is 1.5e0, must be 0e0 to 1e0");
    assert_eq!(message(Connections::random(&rule(f64::NAN), 0)), "probability is NaN, must be 0e0 to 1e0");
    let weightless = RandomLinks { weight: f64::NAN, ..rule(0.5) };
    assert_eq!(message(Connections::random(&weightless, 0)), "weight is NaN, must be a finite number");
    let beyond = RandomLinks { connected: 0..401, ..rule(0.5) };
    assert_eq!(message(Connections::random(&beyond, 0)), "last connected neuron is 400, must be below 400");
}

#[test]
fn impossible_projections_are_refused() {
    let connect = |source, target, (sources, targets)| {
        let connections = Connections::dense(targets, vec![0.0; (sources * targets) as usize]).unwrap();
        let relay = || Relay { input: [0.0; 2], v: [0.0; 2] };
        let projection = Projection { source, target, receptor: Receptor::Excitatory, delay: 0, connections };
        Network::new(vec![relay(), relay()]).connect(projection)
    };
    assert_eq!(message(connect(2, 0, (2, 2))), "source population is 2, must be below 2");
    assert_eq!(message(connect(0, 2, (2, 2))), "target population is 2, must be below 2");
    assert_eq!(message(connect(0, 1, (3, 2))), "sources is 3, must be 2, the number of neurons of the population");
    assert_eq!(message(connect(0, 1, (2, 3))), "targets is 3, must be 2, the number of neurons of the population");
}

const LIF: LifPopulationParameters = LifPopulationParameters {
    tau_m: 20e-3,
    tau_e: 5e-3,
    tau_i: 10e-3,
    threshold: -50e-3,
    compare: Compare::Above,
    v_reset: -60e-3,
    held_steps: 0,
};

#[test]
fn impossible_lif_populations_are_refused() {
    let lif = |parameters, dt, start| message(LifPopulation::new(parameters, dt, &[start]));
    let positive = |name: &str| format!("{name} is 0e0, must be a finite number above 0");
    let finite = |name: &str| format!("{name} is NaN, must be a finite number");
    let nan = f64::NAN;
    for (parameters, expected) in [
        (LifPopulationParameters { tau_m: 0.0, ..LIF }, positive("tau_m")),
        (LifPopulationParameters { tau_e: 0.0, ..LIF }, positive("tau_e")),
        (LifPopulationParameters { tau_i: 0.0, ..LIF }, positive("tau_i")),
        (LifPopulationParameters { threshold: nan, ..LIF }, finite("threshold")),
        (LifPopulationParameters { v_reset: nan, ..LIF }, finite("v_reset")),
    ] {
        assert_eq!(lif(parameters, 1e-4, (0.0, 0.0)), expected);
    }
    assert_eq!(lif(LIF, 0.0, (0.0, 0.0)), positive("dt"));
    assert_eq!(lif(LIF, 1e-4, (nan, 0.0)), finite("v"));
    assert_eq!(lif(LIF, 1e-4, (0.0, nan)), finite("v_inf"));
    let low = LifPopulationParameters { v_reset: -50e-3, ..LIF };
    let expected = "threshold is -5e-2 V, must be above the potential after a reset, -5e-2 V";
    assert_eq!(lif(low, 1e-4, (0.0, 0.0)), expected);
}

#[test]
fn only_at_least_fires_at_the_threshold_itself() {
    let fires = |compare| {
        let parameters = LifPopulationParameters { compare, ..LIF };
        let mut spikes = Vec::new();
        LifPopulation::new(parameters, 1e-4, &[(-50e-3, -50e-3)]).unwrap().step(&mut spikes);
        !spikes.is_empty()
    };
    assert!(fires(Compare::AtLeast) && !fires(Compare::Above));
}

/// A current that crosses the threshold in one step: only the reset, the held steps and the next crossing remain.
#[test]
fn a_held_neuron_neither_moves_nor_fires() {
    let parameters = LifPopulationParameters { held_steps: 3, ..LIF };
    let mut population = LifPopulation::new(parameters, 1e-4, &[(-60e-3, -60e-3)]).unwrap();
    let (mut fired, mut v) = (Vec::new(), Vec::new());
    for step in 0..9 {
        population.input(Receptor::Excitatory)[0] = 5.0;
        let mut spikes = Vec::new();
        population.step(&mut spikes);
        fired.extend(spikes.iter().map(|_| step));
        v.push(population.v()[0]);
    }
    assert_eq!((fired, v), (vec![0, 4, 8], vec![-60e-3; 9]));
}

/// Above its threshold all the time: a spike, silent_steps without one, and again.
#[test]
fn a_traub_miles_neuron_is_silent_after_a_spike() {
    let parameters = TraubMilesParameters { threshold: -1000.0, silent_steps: 3, ..TraubMilesParameters::COBAHH };
    let start = TraubMilesStart { v: -65.0, g_e: 0.0, g_i: 0.0 };
    let mut population = TraubMilesPopulation::new(parameters, 0.1, &[start]).unwrap();
    let mut spikes = Vec::new();
    let steps = (0..10).filter(|_| {
        let before = spikes.len();
        population.step(&mut spikes);
        spikes.len() > before
    });
    assert_eq!(steps.collect::<Vec<_>>(), [0, 4, 8]);
}

#[test]
fn impossible_traub_miles_populations_are_refused() {
    let fine = TraubMilesParameters::COBAHH;
    let start = TraubMilesStart { v: -65.0, g_e: 0.0, g_i: 0.0 };
    let refused = |parameters, dt, start| message(TraubMilesPopulation::new(parameters, dt, &[start]));
    let positive = |name: &str| format!("{name} is 0e0, must be a finite number above 0");
    let finite = |name: &str| format!("{name} is NaN, must be a finite number");
    let nan = f64::NAN;
    for (parameters, expected) in [
        (TraubMilesParameters { c_m: 0.0, ..fine }, positive("c_m")),
        (TraubMilesParameters { g_l: 0.0, ..fine }, positive("g_l")),
        (TraubMilesParameters { g_na: 0.0, ..fine }, positive("g_na")),
        (TraubMilesParameters { g_k: 0.0, ..fine }, positive("g_k")),
        (TraubMilesParameters { tau_e: 0.0, ..fine }, positive("tau_e")),
        (TraubMilesParameters { tau_i: 0.0, ..fine }, positive("tau_i")),
        (TraubMilesParameters { e_l: nan, ..fine }, finite("e_l")),
        (TraubMilesParameters { e_na: nan, ..fine }, finite("e_na")),
        (TraubMilesParameters { e_k: nan, ..fine }, finite("e_k")),
        (TraubMilesParameters { v_t: nan, ..fine }, finite("v_t")),
        (TraubMilesParameters { e_e: nan, ..fine }, finite("e_e")),
        (TraubMilesParameters { e_i: nan, ..fine }, finite("e_i")),
        (TraubMilesParameters { threshold: nan, ..fine }, finite("threshold")),
    ] {
        assert_eq!(refused(parameters, 0.1, start), expected);
    }
    assert_eq!(refused(fine, 0.0, start), positive("dt"));
    assert_eq!(refused(fine, 0.1, TraubMilesStart { v: nan, ..start }), finite("v"));
    assert_eq!(refused(fine, 0.1, TraubMilesStart { g_e: nan, ..start }), finite("g_e"));
    assert_eq!(refused(fine, 0.1, TraubMilesStart { g_i: nan, ..start }), finite("g_i"));
}

#[test]
fn impossible_izhikevich_populations_are_refused() {
    let fine = NoisyIzhikevich { a: 0.02, b: 0.2, c: -65.0, d: 8.0, noise: 5.0 };
    let nan = f64::NAN;
    for (neuron, name) in [
        (NoisyIzhikevich { a: nan, ..fine }, "a"),
        (NoisyIzhikevich { b: nan, ..fine }, "b"),
        (NoisyIzhikevich { c: nan, ..fine }, "c"),
        (NoisyIzhikevich { d: nan, ..fine }, "d"),
        (NoisyIzhikevich { noise: nan, ..fine }, "noise"),
    ] {
        let expected = format!("{name} is NaN, must be a finite number");
        assert_eq!(message(IzhikevichPopulation::new(&[neuron], 1)), expected);
    }
}

#[test]
fn impossible_networks_are_refused() {
    let cuba = |cuba: CubaParameters| message(cuba.network());
    let fine = CubaParameters { excitatory: 4, inhibitory: 1, ..Default::default() };
    let negative = "tau_ref is -1e0, must be a finite number, 0 or above";
    assert_eq!(cuba(CubaParameters { tau_ref: -1.0, ..fine }), negative);
    assert_eq!(cuba(CubaParameters { dt: 0.0, ..fine }), "dt is 0e0, must be a finite number above 0");
    assert_eq!(cuba(CubaParameters { v_rest: f64::NAN, ..fine }), "v_rest is NaN, must be a finite number");
    assert_eq!(cuba(CubaParameters { w_i: f64::NAN, ..fine }), "weight is NaN, must be a finite number");
    assert_eq!(cuba(CubaParameters { probability: -1.0, ..fine }), "probability is -1e0, must be 0e0 to 1e0");
    let cobahh = |cobahh: CobahhParameters| message(cobahh.network());
    let fine = CobahhParameters { excitatory: 4, inhibitory: 1, ..Default::default() };
    assert_eq!(cobahh(CobahhParameters { tau_ref: -1.0, ..fine }), negative);
    assert_eq!(cobahh(CobahhParameters { dt: 0.0, ..fine }), "dt is 0e0, must be a finite number above 0");
    assert_eq!(cobahh(CobahhParameters { probability: 2.0, ..fine }), "probability is 2e0, must be 0e0 to 1e0");
}
