//! The event-level engine against the every-cycle engine: equal spikes, states, counters and cycles (contract C5).

use bitspike_model::{Model, NullObserver, Observer, Spike, States, Summary};
use bitspike_spec::testing::{arb_array_core, arb_core, arb_stimulus};
use bitspike_spec::{Core, CrossbarImage, Stimulus, SynapseArray, Values};
use proptest::prelude::*;

/// What a run shows: spikes in order, `v`, and all states, after each time step.
#[derive(Debug, Default, PartialEq)]
struct Shown<const EVERY_CYCLE: bool> {
    spikes: Vec<Spike>,
    v: Vec<(u64, Vec<i64>)>,
    states: Vec<(u64, States)>,
}

impl<const EVERY_CYCLE: bool> Observer for Shown<EVERY_CYCLE> {
    const EVERY_CYCLE: bool = EVERY_CYCLE;
    const TIME_STEPS: bool = true;
    const STATES: bool = true;

    fn spike(&mut self, spike: Spike) {
        self.spikes.push(spike);
    }

    fn time_step(&mut self, index: u64, v: &[i64]) {
        self.v.push((index, v.to_vec()));
    }

    fn states(&mut self, index: u64, states: &States) {
        self.states.push((index, states.clone()));
    }
}

type Everything = (Summary, Vec<Spike>, Vec<(u64, Vec<i64>)>, Vec<(u64, States)>);

fn show<const EVERY_CYCLE: bool>(core: &Core, stimulus: &Stimulus) -> Everything {
    let mut shown = Shown::<EVERY_CYCLE>::default();
    let summary = Model::run(core, stimulus, &mut shown);
    (summary, shown.spikes, shown.v, shown.states)
}

fn with_stimulus(core: impl Strategy<Value = Core>) -> impl Strategy<Value = (Core, Stimulus)> {
    core.prop_flat_map(|core| {
        let stimulus = arb_stimulus(core.structure());
        (Just(core), stimulus)
    })
}

fn core_and_stimulus() -> impl Strategy<Value = (Core, Stimulus)> {
    with_stimulus(arb_core())
}

/// The same core with one cell in ten at most, so that rows are added cell by cell.
fn thinned(core: &Core) -> Core {
    let kept = |(cell, &code): (usize, &i16)| if cell % 10 == 3 { code } else { 0 };
    let thin = |image: &CrossbarImage| {
        let codes = image.codes().iter().enumerate().map(kept).collect();
        CrossbarImage::new(image.word_lines(), image.bit_lines(), codes).expect("as many codes")
    };
    let array = SynapseArray::Event(core.values().array.event_images().iter().map(thin).collect());
    Core::new(*core.structure(), Values { array, ..core.values().clone() }).expect("smaller weights")
}

/// Wants no more from the start.
struct Stopped<const EVERY_CYCLE: bool>;

impl<const EVERY_CYCLE: bool> Observer for Stopped<EVERY_CYCLE> {
    const EVERY_CYCLE: bool = EVERY_CYCLE;

    fn is_stopped(&self) -> bool {
        true
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, max_shrink_iters: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn engines_agree((core, stimulus) in core_and_stimulus()) {
        prop_assert_eq!(stimulus.check(core.structure()), Ok(()));
        prop_assert_eq!(show::<false>(&core, &stimulus), show::<true>(&core, &stimulus));
    }

    #[test]
    fn engines_agree_on_few_weights((core, stimulus) in core_and_stimulus()) {
        let core = thinned(&core);
        prop_assert_eq!(show::<false>(&core, &stimulus), show::<true>(&core, &stimulus));
    }

    /// Either run would take days.
    #[test]
    fn stopped_runs_end((core, stimulus) in core_and_stimulus()) {
        let endless = Stimulus { repeat: 1 << 40, period: 1, cycles: Some(1 << 40), ..stimulus };
        let is_busy = |cycles: u64| endless.events.is_empty() || cycles < 1 << 32;
        prop_assert!(is_busy(Model::run(&core, &endless, &mut Stopped::<false>).cycles));
        prop_assert!(is_busy(Model::run(&core, &endless, &mut (NullObserver, Stopped::<true>)).cycles));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, max_shrink_iters: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Their cells take most of the time to make up, so there are fewer cases.
    #[test]
    fn engines_agree_on_arrays((core, stimulus) in with_stimulus(arb_array_core())) {
        prop_assert_eq!(show::<false>(&core, &stimulus), show::<true>(&core, &stimulus));
        if core.structure().array.analogue().is_none() {
            let core = thinned(&core);
            prop_assert_eq!(show::<false>(&core, &stimulus), show::<true>(&core, &stimulus));
        }
    }
}
