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

/// Largest of a block: three vector comparisons.
#[inline(always)]
pub(crate) fn largest(block: &Block) -> f64 {
    let larger = |a: f64, b: f64| if a > b { a } else { b };
    let four: [f64; 4] = std::array::from_fn(|i| larger(block[i], block[i + 4]));
    let two: [f64; 2] = std::array::from_fn(|i| larger(four[i], four[i + 2]));
    larger(two[0], two[1])
}

/// Appends the neurons of block number `block` whose potential is above `highest`, padding beyond `neurons` left out.
#[cold]
pub(crate) fn push_above(spikes: &mut Vec<u32>, (block, neurons): (usize, usize), (v, highest): (&Block, f64)) {
    let lanes = (0..8).filter(|&lane| v[lane] > highest && block * 8 + lane < neurons);
    spikes.extend(lanes.map(|lane| (block * 8 + lane) as u32));
}
