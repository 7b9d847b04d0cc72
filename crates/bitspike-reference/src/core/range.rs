//! Smallest and largest value of every signal.

use bitspike_spec::Structure;

/// Smallest and largest value seen; both NaN-free, `low > high` while nothing was seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
}

impl Range {
    /// Nothing seen.
    pub const EMPTY: Range = Range { low: f64::INFINITY, high: f64::NEG_INFINITY };

    /// Sees a value.
    #[inline]
    pub fn see(&mut self, x: f64) {
        if x < self.low {
            self.low = x;
        }
        if x > self.high {
            self.high = x;
        }
    }

    /// Whether nothing was seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.low > self.high
    }
}

/// Ranges of the states of a core, over all neurons: of every value that the hardware brings into a state's width, also
/// those between two states, as the membrane potential before its reset.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranges {
    /// Membrane potential.
    pub v: Range,
    /// Membrane recovery; empty where there is none.
    pub u: Range,
    /// The synaptic current that a time step integrates, without the bias; it has no width of its own.
    pub current: Range,
    /// Each accumulator of the synaptic current.
    pub i_syn: Vec<Range>,
    /// Weights waiting for their time step, for each polarity; none where inputs are not buffered.
    pub input: Vec<Range>,
}

impl Ranges {
    pub(super) fn new(structure: &Structure) -> Self {
        let inputs = if structure.synapse.is_buffered() { structure.synapse.polarities() } else { 0 };
        Ranges {
            v: Range::EMPTY,
            u: Range::EMPTY,
            current: Range::EMPTY,
            i_syn: vec![Range::EMPTY; structure.accumulators() as usize],
            input: vec![Range::EMPTY; inputs as usize],
        }
    }
}
