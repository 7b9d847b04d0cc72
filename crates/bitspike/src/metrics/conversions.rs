//! Conversions of an array with analogue read.
//!
//! ```text
//! conversions = reads * neurons * slices
//! ```
//!
//! Exact count; absent without analogue read. A read is that of a block of word lines, and converts every bit line of every slice once.

use super::{Figure, Metric, Quantity};
use crate::results::RunResult;

pub(super) struct Conversions;

impl Metric for Conversions {
    fn name(&self) -> &'static str {
        "conversions"
    }

    fn measure(&self, run: &RunResult) -> Vec<Figure> {
        let s = run.core.structure();
        let conversions = |slices: u32| run.counters.reads * u64::from(s.neurons) * u64::from(slices);
        let figure = |count| Figure { name: "conversions", value: Quantity::Count(count), unit: "" };
        s.array.analogue().map(|read| figure(conversions(read.slices))).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Conversions, Metric, Quantity};
    use crate::metrics::tests::{sliced_core, tiny_run, tiny_run_of};
    use bitspike_spec::Counters;

    /// 5 reads of 3 bit lines in 2 slices.
    #[test]
    fn each_bit_line_of_each_slice_is_converted_in_each_read() {
        let counters = Counters { reads: 5, time_steps: 4, ..Counters::default() };
        let run = tiny_run_of(&sliced_core(), (&[], counters));
        assert_eq!(Conversions.measure(&run)[0].value, Quantity::Count(30));
        assert_eq!(Conversions.measure(&tiny_run(&[])), []);
    }
}
