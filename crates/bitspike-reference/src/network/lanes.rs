//! States of a population as blocks that fill vector registers.

/// Values of neighbouring neurons, one or two registers of vector instructions.
pub(crate) type Block = [f64; 8];

/// One value per neuron, padded to whole blocks by copies of the last.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lanes {
    blocks: Vec<Block>,
    neurons: usize,
}

impl Lanes {
    pub(crate) fn new(values: impl ExactSizeIterator<Item = f64>) -> Self {
        let neurons = values.len();
        let mut values: Vec<f64> = values.collect();
        values.resize(neurons.next_multiple_of(8), values.last().copied().unwrap_or_default());
        Self { blocks: values.as_chunks().0.to_vec(), neurons }
    }

    pub(crate) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    pub(crate) fn blocks_mut(&mut self) -> &mut [Block] {
        &mut self.blocks
    }

    pub(crate) fn values(&self) -> &[f64] {
        &self.blocks.as_flattened()[..self.neurons]
    }

    pub(crate) fn values_mut(&mut self) -> &mut [f64] {
        &mut self.blocks.as_flattened_mut()[..self.neurons]
    }
}

/// Appends the neurons of block number `block` whose flag is set, padding beyond `neurons` left out.
#[inline(always)]
pub(crate) fn push_above(spikes: &mut Vec<u32>, (block, neurons): (usize, usize), flags: &[bool; 8]) {
    if flags.iter().fold(false, |any, flag| any | flag) {
        push_flagged(spikes, (block, neurons), flags);
    }
}

#[cold]
fn push_flagged(spikes: &mut Vec<u32>, (block, neurons): (usize, usize), flags: &[bool; 8]) {
    let lanes = (0..8).filter(|&lane| flags[lane] && block * 8 + lane < neurons);
    spikes.extend(lanes.map(|lane| (block * 8 + lane) as u32));
}
