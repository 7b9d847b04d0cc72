//! What the random cores of `testing` are: checked, of every knob, and small when shrunk.

use bitspike_spec::fx::Rounding;
use bitspike_spec::testing::{arb_core, arb_core_of, arb_izhikevich_structure, arb_stimulus, arb_structure};
use bitspike_spec::{Filter, NeuronModel, Polarity, Products, Recovery, Structure, Synapse, TimeScale, UpdateOrder};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

proptest! {
    #[test]
    fn structures_pass_their_check(structure in arb_structure()) {
        prop_assert_eq!(structure.check(), Ok(()));
    }

    #[test]
    fn stimuli_fit_their_core((core, stimulus) in arb_core().prop_flat_map(|core| {
        let stimulus = arb_stimulus(core.structure());
        (Just(core), stimulus)
    })) {
        prop_assert_eq!(stimulus.check(core.structure()), Ok(()));
    }
}

fn drawn(count: usize) -> Vec<Structure> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| arb_structure().new_tree(&mut runner).expect("never rejected").current()).collect()
}

/// Shares of 2000 drawn structures that have each knob; the rarest is meant to be in 1 of 16 or more.
#[test]
fn every_knob_is_drawn() {
    let structures = drawn(2000);
    let models: Vec<_> = structures.iter().filter_map(Structure::izhikevich).collect();
    let least = |what: &str, count: usize| assert!(count >= 60, "{what}: {count} of 2000");
    let synapses = |what: &str, is: &dyn Fn(&Synapse) -> bool| {
        least(what, structures.iter().filter(|s| s.i_syn_bits > 0 && is(&s.synapse)).count());
    };
    for &filter in Filter::ALL {
        synapses(filter.name(), &|s| s.filter == filter);
    }
    synapses("split", &|s| s.polarity == Polarity::Split);
    synapses("delays", &|s| s.delay_slots > 1);
    synapses("shift", &|s| s.shift > 0);
    least("lif", structures.iter().filter(|s| s.model == NeuronModel::Lif).count());
    least("multipliers", models.iter().filter(|m| m.step_cycles() > 1).count());
    least("shift_add", models.iter().filter(|m| matches!(m.products, Products::ShiftAdd { .. })).count());
    least("substeps", models.iter().filter(|m| m.substeps == 2).count());
    least("simultaneous", models.iter().filter(|m| m.update == UpdateOrder::Simultaneous).count());
    least("accommodation", models.iter().filter(|m| m.recovery == Recovery::Accommodation).count());
    least("dt", models.iter().filter(|m| m.time_scale == TimeScale::Constant).count());
    for rounding in Rounding::ALL {
        least("rounding", models.iter().filter(|m| m.rounding == rounding).count());
    }
}

/// Walks down every simplification, as a test that always fails would.
fn smallest<S: Strategy>(strategy: S) -> S::Value {
    let mut tree = strategy.new_tree(&mut TestRunner::deterministic()).expect("never rejected");
    while tree.simplify() {}
    tree.current()
}

#[test]
fn structures_shrink_to_a_direct_lif_neuron() {
    let least = smallest(arb_structure());
    assert_eq!((least.model, least.synapse, least.neurons), (NeuronModel::Lif, Synapse::DIRECT, 1));
}

/// Most neurons are the paper's where the widths can hold them: threshold above reset, recovery with the sign of `a`.
#[test]
fn izhikevich_neurons_can_fire() {
    let mut runner = TestRunner::deterministic();
    let mut apart = 0;
    for _ in 0..200 {
        let structure = arb_izhikevich_structure().new_tree(&mut runner).expect("never rejected").current();
        let core = arb_core_of(structure).new_tree(&mut runner).expect("never rejected").current();
        apart += usize::from(core.parameters(0).threshold > core.parameters(0).v_reset);
    }
    assert!(apart > 120, "{apart} of 200");
}
