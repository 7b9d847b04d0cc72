//! Izhikevich neurons, each with its own parameters, under noise: the neurons of the network of 2003.

use bitspike_spec::random::{CellRng, Stream};

use super::lanes::{Block, Lanes, largest, push_above};
use super::{Population, Receptor};
use crate::error::{ReferenceError, finite};
use crate::random::fill_normal;

/// One neuron of [`IzhikevichPopulation`]; see [`crate::izhikevich::IzhikevichParameters`] for a, b, c, d.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NoisyIzhikevich {
    /// Rate of recovery, 1/ms.
    pub a: f64,
    /// Sensitivity of u to v.
    pub b: f64,
    /// Potential after a spike, mV.
    pub c: f64,
    /// Step of u at a spike.
    pub d: f64,
    /// Standard deviation of the input drawn anew in each time step.
    pub noise: f64,
}

/// A population of Izhikevich neurons at a time step of 1 ms.
///
/// ```text
/// I = noise N + summed weights of the spikes that arrived          N standard normal, drawn per neuron and step
/// v = v + 0.5 (0.04 v v + 5 v + 140 - u + I)                       twice
/// u = u + a (b v - u)                                              with the new v
/// spike if v >= 30: v = c, u = u + d
/// ```
///
/// Both receptors are the same input. Starts at v = -65 mV, u = b v. The random numbers depend on the seed, the time
/// step and the neuron alone. Source: Izhikevich 2003, IEEE Trans. Neural Networks 14, and its published script.
#[derive(Debug, Clone, PartialEq)]
pub struct IzhikevichPopulation {
    seed: u64,
    steps: u32,
    v: Lanes,
    u: Lanes,
    input: Lanes,
    normal: Lanes,
    a_b_noise: [Lanes; 3],
    c_d: Vec<(f64, f64)>,
}

impl IzhikevichPopulation {
    /// A population of these neurons; `seed` makes the noise.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::NotFinite`] unless every parameter is finite.
    pub fn new(neurons: &[NoisyIzhikevich], seed: u64) -> Result<Self, ReferenceError> {
        for &NoisyIzhikevich { a, b, c, d, noise } in neurons {
            for (name, value) in [("a", a), ("b", b), ("c", c), ("d", d), ("noise", noise)] {
                finite(name, value)?;
            }
        }
        let lanes = |value: fn(&NoisyIzhikevich) -> f64| Lanes::new(neurons.iter().map(value));
        Ok(Self {
            seed,
            steps: 0,
            v: lanes(|_| -65.0),
            u: lanes(|neuron| neuron.b * -65.0),
            input: lanes(|_| 0.0),
            normal: lanes(|_| 0.0),
            a_b_noise: [lanes(|neuron| neuron.a), lanes(|neuron| neuron.b), lanes(|neuron| neuron.noise)],
            c_d: neurons.iter().map(|neuron| (neuron.c, neuron.d)).collect(),
        })
    }

    /// Recovery variables at the end of the last time step.
    #[must_use]
    pub fn u(&self) -> &[f64] {
        self.u.values()
    }
}

impl Population for IzhikevichPopulation {
    fn v(&self) -> &[f64] {
        self.v.values()
    }

    fn input(&mut self, _receptor: Receptor) -> &mut [f64] {
        self.input.values_mut()
    }

    fn step(&mut self, spikes: &mut Vec<u32>) {
        let before = spikes.len();
        fill_normal(&CellRng::new(self.seed, Stream::NetworkNoise, self.steps), self.normal.values_mut());
        self.steps += 1;
        advance(self, spikes);
        for &neuron in &spikes[before..] {
            let (c, d) = self.c_d[neuron as usize];
            self.v.values_mut()[neuron as usize] = c;
            self.u.values_mut()[neuron as usize] += d;
        }
    }
}

#[multiversion::multiversion(targets = "simd")]
fn advance(population: &mut IzhikevichPopulation, spikes: &mut Vec<u32>) {
    let IzhikevichPopulation { v, u, input, normal, a_b_noise: [a, b, noise], c_d, .. } = population;
    let constants = normal.blocks().iter().zip(noise.blocks()).zip(a.blocks().iter().zip(b.blocks()));
    let states = v.blocks_mut().iter_mut().zip(u.blocks_mut()).zip(input.blocks_mut());
    for (block, (((v, u), input), ((normal, noise), (a, b)))) in states.zip(constants).enumerate() {
        let current: Block = std::array::from_fn(|i| noise[i] * normal[i] + input[i]);
        let half = |v: Block, u: &Block| -> Block {
            std::array::from_fn(|i| v[i] + 0.5 * (0.04 * v[i] * v[i] + 5.0 * v[i] + 140.0 - u[i] + current[i]))
        };
        *v = half(half(*v, u), u);
        *u = std::array::from_fn(|i| u[i] + a[i] * (b[i] * v[i] - u[i]));
        *input = [0.0; 8];
        if largest(v) >= 30.0 {
            push_above(spikes, (block, c_d.len()), (v, 30_f64.next_down()));
        }
    }
}
