//! Random cores and stimuli for property-based tests, every knob in every value.
//!
//! Cores are small (at most 48 neurons) and shrink towards one neuron, one word line and the first value of each knob, which
//! is a leaky integrate-and-fire neuron with a direct synapse.

mod array;
mod izhikevich;

pub use array::{arb_array_core, arb_array_structure};
pub use izhikevich::arb_izhikevich_structure;

use crate::fx::{Overflow, Rounding};
use crate::stimulus::{Stimulus, TimedEvent};
use crate::structure::{Door, FullPolicy, Handshake, Schedule, Structure, TimeStepPolicy, signed_range};
use crate::synapse::{Filter, Polarity};
use crate::{
    AerEvent, ArrayStructure, Clamp, Compare, Core, FireCheck, Integrate, NeuronModel, NeuronParameters, Order, Reduce,
    ReduceForm, Reset, Semantics, Synapse, Values,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Four neurons in one group, everything plain: the smallest structure on which most blocks show.
pub const PLAIN: Structure = Structure {
    neurons: 4,
    word_lines: 4,
    lanes: 4,
    weight_bits: 4,
    weight_shift: 0,
    v_bits: 8,
    i_syn_bits: 0,
    frac: 0,
    model: NeuronModel::Lif,
    synapse: Synapse::DIRECT,
    bias_bits: 0,
    refractory_bits: 0,
    queue_depth: 16,
    spike_queue_depth: 4,
    semantics: Semantics {
        v_overflow: Overflow::Saturate,
        i_syn_overflow: Overflow::Saturate,
        leak: Reduce::NONE,
        decay: Reduce::NONE,
        compare: Compare::Ge,
        reset: Reset::Zero,
        order: Order::LeakIntegrateFire,
        fire_check: FireCheck::PerTimeStep,
        integrate: Integrate::Membrane,
        max_spikes: 1,
    },
    schedule: Schedule {
        initiation_interval: 1,
        time_step: TimeStepPolicy::InOrder,
        full_policy: FullPolicy::Stall,
        handshake: Handshake::Synchronous,
        loop_back: false,
        per_neuron: false,
        door: Door::Overlapped,
    },
    array: ArrayStructure::EVENT,
};

/// A core of any checked structure, with values that make neurons fire now and then.
pub fn arb_core() -> impl Strategy<Value = Core> {
    arb_structure().prop_flat_map(arb_core_of)
}

/// A core of this structure, with values that make neurons fire now and then.
///
/// # Panics
/// When the structure was not checked.
pub fn arb_core_of(structure: Structure) -> impl Strategy<Value = Core> {
    arb_values(structure).prop_map(move |values| Core::new(structure, values).expect("generated cores are checked"))
}

/// Any checked structure of at most 48 neurons and 60 word lines, of either model.
pub fn arb_structure() -> impl Strategy<Value = Structure> {
    prop_oneof![arb_lif_structure(), arb_izhikevich_structure()]
}

/// Any checked structure of leaky integrate-and-fire neurons, with any synapse.
pub fn arb_lif_structure() -> impl Strategy<Value = Structure> {
    (arb_counts(), arb_widths(), arb_semantics(), arb_schedule(), arb_synapse()).prop_map(structure_of)
}

type StructureParts = ((u32, u32, u32, u32, u32), (u32, u32, u32, u32, u32, u32), Semantics, Schedule, Synapse);

fn structure_of((counts, widths, semantics, schedule, synapse): StructureParts) -> Structure {
    let (log_lanes, groups, extra_word_lines, queue_depth, spike_queue_depth) = counts;
    let (weight_bits, weight_shift, v_bits, i_syn_bits, bias_bits, refractory_bits) = widths;
    let neurons = groups << log_lanes;
    let has_current = semantics.integrate == Integrate::Current;
    Structure {
        neurons,
        word_lines: extra_word_lines + if schedule.loop_back { neurons } else { 0 },
        lanes: 1 << log_lanes,
        weight_bits,
        weight_shift,
        v_bits,
        i_syn_bits: if has_current { i_syn_bits } else { 0 },
        frac: 0,
        model: NeuronModel::Lif,
        synapse: if has_current { synapse } else { Synapse::DIRECT },
        bias_bits: bias_bits.min(v_bits),
        refractory_bits,
        queue_depth,
        spike_queue_depth,
        semantics,
        schedule,
        array: ArrayStructure::EVENT,
    }
}

fn arb_synapse() -> impl Strategy<Value = Synapse> {
    let shift = prop_oneof![2 => Just(0), 1 => 1..=4_u32, 1 => 5..=15_u32];
    let slots = prop_oneof![2 => Just(1_u32), 1 => (1..=3_u32).prop_map(|log| 1 << log), 1 => Just(64)];
    (select(Filter::ALL), select(Polarity::ALL), shift, 1..=16_u32, slots).prop_map(
        |(filter, polarity, shift, gain_bits, delay_slots)| Synapse {
            filter,
            polarity,
            shift,
            gain_bits: if filter == Filter::ThreeTau { gain_bits } else { 0 },
            delay_slots,
        },
    )
}

fn arb_counts() -> impl Strategy<Value = (u32, u32, u32, u32, u32)> {
    let depth = |least: u32| prop_oneof![3 => Just(least), 3 => least..=9, 1 => 10..=80_u32];
    (0..=3_u32, 1..=6_u32, 1..=12_u32, depth(2), depth(4))
}

fn arb_widths() -> impl Strategy<Value = (u32, u32, u32, u32, u32, u32)> {
    let state = || prop_oneof![4..=8_u32, 9..=16_u32, 17..=32_u32];
    let absent_or = |bits: std::ops::RangeInclusive<u32>| prop_oneof![Just(0), bits];
    let weight = prop_oneof![2 => 2..=5_u32, 1 => 6..=16_u32];
    let shift = prop_oneof![2 => Just(0), 1 => 1..=4_u32, 1 => 5..=15_u32];
    (weight, shift, state(), state(), absent_or(2..=8), prop_oneof![2 => Just(0), 2 => 1..=3_u32, 1 => 4..=16_u32])
}

fn arb_reduce() -> impl Strategy<Value = Reduce> {
    (select(ReduceForm::ALL), select(Rounding::ALL.as_slice()), any::<bool>(), 1..=31_u32).prop_map(
        |(form, rounding, clamped, bits)| {
            let (clamp, bits) = match form {
                ReduceForm::None | ReduceForm::Clear => (Clamp::None, bits),
                ReduceForm::Subtract => (Clamp::Zero, bits),
                ReduceForm::Shift => (Clamp::MinOne, bits),
                ReduceForm::Multiply => (Clamp::MinOne, bits.div_ceil(2)),
            };
            Reduce { form, rounding, clamp: if clamped { clamp } else { Clamp::None }, bits }
        },
    )
}

fn arb_semantics() -> impl Strategy<Value = Semantics> {
    let overflow = || select(Overflow::ALL.as_slice());
    let max_spikes = prop_oneof![2 => Just(1_u32), 1 => 2..=31_u32];
    let check = (select(Compare::ALL), select(Reset::ALL), max_spikes);
    let times = (select(Order::ALL), select(FireCheck::ALL), select(Integrate::ALL));
    (overflow(), overflow(), arb_reduce(), arb_reduce(), check, times).prop_map(
        |(v_overflow, i_syn_overflow, leak, decay, (compare, reset, max_spikes), (order, fire_check, integrate))| {
            Semantics {
                v_overflow,
                i_syn_overflow,
                leak,
                decay,
                compare,
                reset,
                order,
                fire_check: if integrate == Integrate::Current { FireCheck::PerTimeStep } else { fire_check },
                integrate,
                max_spikes: if reset == Reset::Subtract { max_spikes } else { 1 },
            }
        },
    )
}

fn arb_schedule() -> impl Strategy<Value = Schedule> {
    let interval = prop_oneof![3 => Just(1_u32), 2 => Just(2), 1 => 3..=15_u32];
    let policies = (select(TimeStepPolicy::ALL), select(FullPolicy::ALL), select(Handshake::ALL));
    let flags = (prop::bool::weighted(0.25), any::<bool>(), any::<bool>());
    (interval, policies, flags).prop_map(
        |(initiation_interval, (time_step, full_policy, handshake), (loop_back, per_neuron, between_events))| {
            Schedule {
                initiation_interval,
                time_step,
                full_policy,
                handshake,
                loop_back,
                per_neuron,
                door: if between_events && handshake == Handshake::FourPhase && full_policy == FullPolicy::Stall {
                    Door::BetweenEvents
                } else {
                    Door::Overlapped
                },
            }
        },
    )
}

/// A signed number of `bits` bits: small, anything, or an end of the range.
fn arb_signed(bits: u32) -> BoxedStrategy<i64> {
    if bits == 0 {
        return Just(0).boxed();
    }
    let (low, high) = signed_range(bits);
    prop_oneof![4 => low.max(-8)..=high.min(24), 2 => low..=high, 1 => Just(low), 1 => Just(high)].boxed()
}

fn arb_amount(reduce: Reduce) -> BoxedStrategy<i64> {
    let limit = reduce.amount_limit();
    prop_oneof![3 => 0..=limit.min(5), 2 => 0..=limit, 1 => Just(limit)].boxed()
}

fn arb_lif_neuron(s: Structure) -> impl Strategy<Value = NeuronParameters> {
    let (_, v_high) = signed_range(s.v_bits);
    let never = signed_range(s.threshold_bits()).1.min(v_high + 1);
    let threshold = prop_oneof![4 => 1..=v_high.min(60), 2 => Just(never), 1 => arb_signed(s.threshold_bits())];
    let state = (threshold, arb_amount(s.semantics.leak), arb_signed(s.v_bits), arb_signed(s.bias_bits));
    (state, prop::bool::weighted(0.8)).prop_map(|((threshold, leak, v_reset, bias), output_enable)| NeuronParameters {
        threshold,
        leak,
        v_reset,
        bias,
        output_enable,
        ..NeuronParameters::default()
    })
}

fn arb_values(s: Structure) -> impl Strategy<Value = Values> {
    let entries = if s.schedule.per_neuron { s.neurons as usize } else { 1 };
    let neurons = match s.izhikevich() {
        None => vec(arb_lif_neuron(s), entries).boxed(),
        Some(izhikevich) => vec(izhikevich::arb_neuron(s, izhikevich), entries).boxed(),
    };
    let array = (array::arb_array(s), array::arb_epoch_starts(s));
    (neurons, arb_shared(s), arb_rest(s), array, izhikevich::arb_constants(s)).prop_map(
        move |(neurons, shared, rest, (array, epoch_starts), izhikevich)| Values {
            neurons,
            v_init: shared.0,
            u_init: shared.1,
            i_syn_decay: shared.2,
            gain: shared.3,
            izhikevich,
            refractory_steps: rest.0,
            lfsr_seed: rest.1,
            first_word_line: rest.2,
            loop_back_delay: rest.3,
            array,
            epoch_starts,
        },
    )
}

/// `v_init`, `u_init`, `i_syn_decay` and `gain`.
fn arb_shared(s: Structure) -> impl Strategy<Value = (i64, i64, Vec<i64>, Vec<[i64; 2]>)> {
    let one = 1_i64 << s.synapse.gain_bits;
    let gain = || prop_oneof![2 => 0..=one, 1 => Just(one)];
    let pairs = if s.synapse.gain_bits == 0 { 0 } else { s.synapse.polarities() as usize };
    let decay = vec(arb_amount(s.semantics.decay), s.accumulators() as usize);
    (arb_signed(s.v_bits), arb_signed(s.u_bits()), decay, vec((gain(), gain()).prop_map(<[i64; 2]>::from), pairs))
}

/// `refractory_steps`, `lfsr_seed`, `first_word_line` and `loop_back_delay`.
fn arb_rest(s: Structure) -> impl Strategy<Value = (u32, u32, u32, u32)> {
    let most = (1_u32 << s.refractory_bits) - 1;
    let steps = prop_oneof![0..=most.min(3), 0..=most];
    let (first, delay) =
        if s.schedule.loop_back { (s.word_lines - s.neurons, s.synapse.delay_slots - 1) } else { (0, 0) };
    (steps, any::<u32>(), 0..=first, 0..=delay)
}

fn arb_delay(s: Structure) -> impl Strategy<Value = u32> {
    let most = s.synapse.delay_slots - 1;
    prop_oneof![2 => 0..=most.min(3), 1 => 0..=most]
}

fn arb_event(s: Structure) -> impl Strategy<Value = AerEvent> {
    let weight = arb_signed(s.weight_bits).prop_map(|weight| weight as i16);
    prop_oneof![
        8 => (0..s.word_lines, arb_delay(s)).prop_map(|(word_line, delay)| AerEvent::WordLine { word_line, delay }),
        2 => Just(AerEvent::TimeStep),
        2 => (0..s.neurons, weight, arb_delay(s))
            .prop_map(|(neuron, weight, delay)| AerEvent::Inject { neuron, weight, delay }),
        1 => (0..s.neurons).prop_map(AerEvent::TimeStepOne),
    ]
}

/// A stimulus for a core of this structure: dense and sparse events, repeats, ready patterns, resets.
///
/// A loop-back core may never fall silent, so there the number of cycles is always set.
pub fn arb_stimulus(structure: &Structure) -> impl Strategy<Value = Stimulus> + use<> {
    let s = *structure;
    let gap = prop_oneof![4 => Just(0_u64), 2 => 0..=12_u64, 1 => 0..=200_u64];
    let ready = prop_oneof![
        2 => Just(vec![true]),
        2 => vec(any::<bool>(), 1..=9).prop_filter("needs a 1", |bits| bits.contains(&true)),
        1 => (1..=40_usize).prop_map(|zeros| [vec![false; zeros], vec![true]].concat()),
    ];
    let resets = prop_oneof![4 => Just(Vec::new()), 1 => vec(1..=400_u64, 1..=3)];
    let cycles = if s.schedule.loop_back {
        (0..=900_u64).prop_map(Some).boxed()
    } else {
        prop_oneof![3 => Just(None), 1 => (0..=900_u64).prop_map(Some)].boxed()
    };
    let repeats = prop_oneof![3 => Just((1_u64, 0_u64)), 1 => (1..=4_u64, 0..=300_u64)];
    (vec((gap, arb_event(s)), 0..=60), repeats, ready, resets, cycles).prop_map(assemble)
}

type Parts = (Vec<(u64, AerEvent)>, (u64, u64), Vec<bool>, Vec<u64>, Option<u64>);

fn assemble((gaps, (repeat, period), ready, mut resets, cycles): Parts) -> Stimulus {
    let mut not_before = 0;
    let events = gaps
        .into_iter()
        .map(|(gap, event)| {
            not_before += gap;
            TimedEvent { not_before, event }
        })
        .collect();
    resets.sort_unstable();
    resets.dedup();
    Stimulus { events, repeat, period, ready: ready.into_iter().collect(), resets, cycles }
}
