//! Analogue read and epochs, cycle by cycle, against the page read by someone else.

#![allow(missing_docs)]

mod naive;

use bitspike_model::Run;
use bitspike_spec::testing::{arb_array_core, arb_stimulus};
use bitspike_spec::{Core, Stimulus};
use naive::witness::Witness;
use proptest::prelude::*;

fn core_and_stimulus() -> impl Strategy<Value = (Core, Stimulus)> {
    arb_array_core().prop_flat_map(|core| {
        let stimulus = arb_stimulus(core.structure());
        (Just(core), stimulus)
    })
}

/// Runs every cycle past a witness.
fn watched<'a>(core: &'a Core, stimulus: &Stimulus) -> Witness<'a> {
    let mut witness = Witness::new(core, &stimulus.resets);
    let mut run = Run::new(core, stimulus);
    while let Some((cycle, record)) = run.step() {
        witness.see(cycle, record);
    }
    let counters = run.summary().counters;
    let counted = [counters.word_lines_merged, counters.conversions_at_limit, counters.reads];
    assert_eq!(counted, [witness.word_lines_merged, witness.conversions_at_limit, witness.reads]);
    witness
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_shrink_iters: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_cycle_is_that_of_the_page((core, stimulus) in core_and_stimulus()) {
        prop_assert_eq!(stimulus.check(core.structure()), Ok(()));
        watched(&core, &stimulus);
    }
}
