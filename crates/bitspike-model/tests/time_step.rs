//! Whole updates at full widths, neuron and synapse of any checked core, against an independent formulation.

#![allow(missing_docs)]

mod naive;

use bitspike_model::neuron::{
    IzhikevichParameters, IzhikevichRules, ModelUnit, NeuronState, Parameters, Random, Rules, SynapseParameters,
    Synaptic, Unit, receive, time_step,
};
use bitspike_spec::Core;
use bitspike_spec::testing::arb_core;
use naive::{Neuron, Outcome, State};
use proptest::collection::vec;
use proptest::prelude::*;

/// A signed number of `bits` bits, 0 where there are none: small, anything, or an end of the range.
fn arb_signed(bits: u32) -> BoxedStrategy<i128> {
    if bits == 0 {
        return Just(0).boxed();
    }
    let half = 1_i128 << (bits - 1);
    prop_oneof![3 => -half..half, 2 => (-half).max(-40)..half.min(40), 1 => Just(-half), 1 => Just(half - 1)].boxed()
}

fn arb_state(core: &Core) -> impl Strategy<Value = State> + use<> {
    let s = core.structure();
    let inputs = if s.synapse.is_buffered() { s.synapse.polarities() as usize } else { 0 };
    let refractory = (0..=(1_i128 << s.refractory_bits) - 1).boxed();
    let refractory = prop_oneof![2 => Just(0_i128), 1 => refractory];
    let currents = |count: usize| vec(arb_signed(s.i_syn_bits), count);
    let state = (arb_signed(s.v_bits), arb_signed(s.u_bits()), refractory);
    (state, currents(s.accumulators() as usize), currents(inputs))
        .prop_map(|((v, u, refractory), i_syn, input)| State { v, u, i_syn, input, refractory })
}

fn narrow(words: &[i128]) -> Vec<i64> {
    words.iter().map(|&word| i64::try_from(word).expect("a state")).collect()
}

/// The time step of the model, on neuron 0.
fn model_step(core: &Core, state: &mut State, word: u32) -> Outcome {
    let (rules, izhikevich) = (Rules::new(core.structure()), IzhikevichRules::of_core(core));
    let (synapse, constants) = (SynapseParameters::new(core), IzhikevichParameters::new(core, 0));
    let parameters = Parameters::new(core.parameters(0), core.values().refractory_steps);
    let model = izhikevich.as_ref().map_or(ModelUnit::Lif, |rules| ModelUnit::Izhikevich(rules, &constants));
    let unit = Unit { rules: &rules, parameters: &parameters, synapse: &synapse, model };
    let [v, u, refractory] = narrow(&[state.v, state.u, state.refractory])[..] else { panic!("three words") };
    let (mut i_syn, mut input) = (narrow(&state.i_syn), narrow(&state.input));
    let synaptic = Synaptic { i_syn: &mut i_syn, input: &mut input };
    let update = time_step(&NeuronState { v, u, refractory }, synaptic, &unit, &Random(word.into()));
    let wide = |words: Vec<i64>| words.into_iter().map(i128::from).collect();
    *state = State {
        v: update.state.v.into(),
        u: update.state.u.into(),
        i_syn: wide(i_syn),
        input: wide(input),
        refractory: update.state.refractory.into(),
    };
    Outcome {
        emitted: update.emitted.into(),
        v_overflow: update.v_overflow,
        u_overflow: update.u_overflow,
        i_syn_overflow: update.i_syn_overflow,
    }
}

fn core_and_state() -> impl Strategy<Value = (Core, State)> {
    arb_core().prop_flat_map(|core| {
        let state = arb_state(&core);
        (Just(core), state)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_time_step_is_that_of_the_contract((core, before) in core_and_state(), words in vec(any::<u32>(), 4)) {
        let (mut state, mut expected) = (before.clone(), before);
        for word in words {
            let outcome = Neuron { core: &core, n: 0 }.time_step(&mut expected, word);
            prop_assert_eq!(model_step(&core, &mut state, word), outcome);
            prop_assert_eq!(&state, &expected);
        }
    }

    #[test]
    fn weights_come_to_their_polarity((core, state) in core_and_state(), weight in any::<i16>()) {
        let s = core.structure();
        if s.accumulators() == 0 {
            return Ok(());
        }
        let weight = i64::from(weight) >> (16 - s.weight_bits);
        let mut expected = if s.synapse.is_buffered() { state.input } else { state.i_syn };
        let mut words = narrow(&expected);
        let outcome = Neuron { core: &core, n: 0 }.receive(&mut expected, weight.into());
        prop_assert_eq!(receive(&mut words, &weight, &Rules::new(s)), outcome.i_syn_overflow);
        prop_assert_eq!(words, narrow(&expected));
    }
}
