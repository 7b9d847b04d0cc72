//! State memories and generators of a core, and its parameters as words.

use crate::cast::{Lane, index};
use crate::neuron::{NeuronState, Parameters};
use bitspike_spec::Core;
use bitspike_spec::fx::Lfsr;

/// State memories, one entry for each neuron; what the core does not have stays 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Memory<L> {
    pub(crate) v: Vec<L>,
    pub(crate) i_syn: Vec<L>,
    pub(crate) refractory: Vec<u16>,
}

impl<L: Lane> Memory<L> {
    /// Memories of `neurons` entries, all 0: what the model takes a memory to hold before its first `INIT`.
    pub(crate) fn new(neurons: u32) -> Self {
        let neurons = index(neurons);
        Memory { v: vec![L::default(); neurons], i_syn: vec![L::default(); neurons], refractory: vec![0; neurons] }
    }

    /// State of neuron `n` as words.
    #[inline(always)]
    pub(crate) fn state(&self, n: usize) -> NeuronState<i64> {
        NeuronState { v: self.v[n].into(), i_syn: self.i_syn[n].into(), refractory: i64::from(self.refractory[n]) }
    }
}

/// Parameters of every neuron as words, also where the core shares one entry.
pub(crate) fn parameters(core: &Core) -> Vec<Parameters<i64>> {
    let values = core.values();
    (0..core.structure().neurons)
        .map(|n| {
            let i_syn_decay = values.i_syn_decay.first().copied().unwrap_or(0);
            Parameters::new(core.parameters(n), i_syn_decay, values.refractory_steps)
        })
        .collect()
}

/// The lanes' generators as the `INIT` state leaves them.
pub(crate) fn generators(core: &Core) -> Vec<Lfsr> {
    (0..core.structure().lanes).map(|lane| Lfsr::for_lane(core.values().lfsr_seed, lane)).collect()
}
