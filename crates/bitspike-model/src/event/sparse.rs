//! Rows of few weights, added to currents one by one: a zero changes nothing.
//!
//! The values are those of [`crate::neuron::receive`].

use crate::cast::{Lane, count, index};
use crate::neuron::{Rules, StateRule};
use bitspike_spec::{Core, Polarity};

/// Rows are sparse when at most one cell in so many is not zero.
const LEAST_CELLS: usize = 8;

/// Cells looked at together.
const CHUNK: usize = 16;

/// The cells of an array that are not zero, row by row, one epoch after the other.
#[derive(Clone, Debug)]
pub(super) struct SparseRows {
    state: StateRule,
    /// Where each row starts, and the end of the last.
    starts: Vec<u32>,
    /// Word that a weight goes to: `polarity * neurons + neuron`.
    targets: Vec<u32>,
    /// Weights, shifted.
    inputs: Vec<i32>,
}

impl SparseRows {
    /// Nothing when weights do not go to currents or are not few.
    pub(super) fn new(core: &Core, rules: &Rules) -> Option<Self> {
        let images = core.values().array.event_images();
        let most = images.iter().map(|image| image.codes().len()).sum::<usize>() / LEAST_CELLS;
        let mut rows = SparseRows { state: rules.i_syn, starts: vec![0], targets: Vec::new(), inputs: Vec::new() };
        for (image, word_line) in images.iter().flat_map(|image| (0..image.word_lines()).map(move |w| (image, w))) {
            if rules.accumulators == 0 || rows.inputs.len() > most {
                return None;
            }
            rows.push(image.row(word_line), rules);
        }
        (!images.is_empty()).then_some(rows)
    }

    fn push(&mut self, row: &[i16], rules: &Rules) {
        let inhibitory = match rules.synapse.polarity {
            Polarity::Signed => 0,
            Polarity::Split => row.len(),
        };
        for (chunk, codes) in row.chunks(CHUNK).enumerate() {
            if codes.iter().fold(0, |any, code| any | code) == 0 {
                continue;
            }
            for (lane, &code) in codes.iter().enumerate().filter(|&(_, &code)| code != 0) {
                let base = if code < 0 { inhibitory } else { 0 };
                self.targets.push(count(base + chunk * CHUNK + lane));
                self.inputs.push(i32::from(code) << rules.weight_shift);
            }
        }
        self.starts.push(count(self.inputs.len()));
    }

    /// Adds a row to currents or to what waits for them; how many sums were out of range.
    pub(super) fn add<L: Lane>(&self, words: &mut [L], word_line: u32) -> u64 {
        let row = index(self.starts[index(word_line)])..index(self.starts[index(word_line) + 1]);
        let mut overflows = 0;
        for (&target, &input) in self.targets[row.clone()].iter().zip(&self.inputs[row]) {
            let word = &mut words[index(target)];
            let (sum, outside) = self.state.fit(&((*word).into() + i64::from(input)));
            *word = L::store(sum);
            overflows += u64::from(outside);
        }
        overflows
    }
}
