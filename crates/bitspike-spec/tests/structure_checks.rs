//! Every range and every pair of choices that a structure and its values must keep.

use bitspike_spec::array::ArrayShape;
use bitspike_spec::fx::{Overflow, Rounding};
use bitspike_spec::{
    Adc, AnalogueArray, AnalogueRead, ArrayImage, ArrayRead, ArrayStructure, Converter, Core, CoreError, CrossbarImage,
    Filter, FireCheck, Integrate, Izhikevich, IzhikevichConstants, NeuronModel, NeuronParameters, Order, Polarity,
    Products, Recovery, ReduceForm, Reset, SliceImage, Structure, Synapse, SynapseArray, TimeScale, UpdateOrder,
    Values, config,
};

const MODEL: Izhikevich = Izhikevich {
    products: Products::Multiplier { multipliers: 0 },
    update: UpdateOrder::Sequential,
    recovery: Recovery::Standard,
    u_bits: 18,
    u_overflow: Overflow::Saturate,
    rounding: Rounding::HalfUp,
    time_scale: TimeScale::Shift(0),
    substeps: 2,
    constant_bits: 18,
    constant_frac: 16,
};

/// A LIF core with a split three-exponential synapse and eight delay slots.
fn lif() -> Structure {
    let text = "core = { neurons = 4, word_lines = 4 }\nneuron = { integrate = \"current\", i_syn.bits = 16 }\n\
                synapse.image.fill = 0\nvalues.threshold = 9\n";
    let structure = *config::from_str(text, ".").expect("a small core").core.structure();
    let synapse =
        Synapse { filter: Filter::ThreeTau, polarity: Polarity::Split, shift: 2, gain_bits: 8, delay_slots: 8 };
    Structure { synapse, ..structure }
}

fn izhikevich() -> Structure {
    with_model(MODEL)
}

fn with_model(model: Izhikevich) -> Structure {
    let mut structure = Structure { v_bits: 18, frac: 8, model: NeuronModel::Izhikevich(model), ..lif() };
    structure.semantics.reset = Reset::Value;
    structure
}

fn shift_add() -> Structure {
    with_model(Izhikevich { products: Products::ShiftAdd { segment_bits: 4, digits: 2 }, ..MODEL })
}

fn values(s: &Structure) -> Values {
    let three_tau = s.synapse.filter == Filter::ThreeTau;
    Values {
        neurons: vec![NeuronParameters::default()],
        v_init: 0,
        u_init: 0,
        i_syn_decay: vec![0; s.accumulators() as usize],
        gain: vec![[0; 2]; if three_tau { s.synapse.polarities() as usize } else { 0 }],
        izhikevich: IzhikevichConstants::default(),
        refractory_steps: 0,
        lfsr_seed: 1,
        first_word_line: 0,
        loop_back_delay: 0,
        array: CrossbarImage::new(4, 4, vec![0; 16]).expect("16 codes").into(),
        epoch_starts: Vec::new(),
    }
}

/// The error of a structure after `change`, which must name `key`.
fn refused(mut structure: Structure, change: impl FnOnce(&mut Structure), key: &str) -> CoreError {
    structure.check().unwrap_or_else(|error| panic!("before the change: {error}"));
    change(&mut structure);
    let error = structure.check().expect_err(key);
    assert_eq!(error.key(), key, "{error}");
    error
}

/// The range named by the error of values after `change`, which must name `key`.
fn refused_value(structure: Structure, change: impl FnOnce(&mut Values), key: &str) -> CoreError {
    let mut values = values(&structure);
    Core::new(structure, values.clone()).unwrap_or_else(|error| panic!("before the change: {error}"));
    change(&mut values);
    let error = Core::new(structure, values).expect_err(key);
    assert_eq!(error.key(), key, "{error}");
    error
}

#[track_caller]
fn range(error: &CoreError) -> (i64, i64) {
    match error {
        CoreError::OutOfRange { low, high, .. } => (*low, *high),
        CoreError::Conflict { .. } => panic!("not a range: {error}"),
    }
}

fn model(structure: &mut Structure, change: impl FnOnce(&mut Izhikevich)) {
    let mut model = structure.izhikevich().expect("has the model");
    change(&mut model);
    structure.model = NeuronModel::Izhikevich(model);
}

#[test]
fn izhikevich_leaves_no_choice_of_reset_fire_check_order_leak_and_refractory() {
    refused(izhikevich(), |s| s.semantics.reset = Reset::Zero, "neuron.reset");
    refused(izhikevich(), |s| s.semantics.reset = Reset::Subtract, "neuron.reset");
    refused(izhikevich(), |s| s.semantics.order = Order::IntegrateLeakFire, "neuron.order");
    refused(izhikevich(), |s| s.semantics.order = Order::IntegrateFireLeak, "neuron.order");
    refused(izhikevich(), |s| s.semantics.leak.form = ReduceForm::Shift, "neuron.leak.form");
    refused(izhikevich(), |s| s.semantics.max_spikes = 2, "neuron.max_spikes");
    let per_operation = |s: &mut Structure| {
        (s.i_syn_bits, s.synapse) = (0, Synapse::DIRECT);
        (s.semantics.integrate, s.semantics.fire_check) = (Integrate::Membrane, FireCheck::PerOperation);
    };
    refused(izhikevich(), per_operation, "neuron.fire_check");
    let error = refused(izhikevich(), |s| s.refractory_bits = 1, "neuron.refractory_bits");
    assert_eq!(range(&error), (0, 0));
    let error = refused(izhikevich(), |s| s.semantics.reset = Reset::Zero, "neuron.reset").to_string();
    assert_eq!(error, "neuron.reset is \"zero\", must be \"value\" with neuron.model = \"izhikevich\"");
}

#[test]
fn izhikevich_may_integrate_into_the_membrane() {
    let mut structure = izhikevich();
    (structure.i_syn_bits, structure.synapse) = (0, Synapse::DIRECT);
    structure.semantics.integrate = Integrate::Membrane;
    assert_eq!(structure.check(), Ok(()));
}

#[test]
fn izhikevich_widths_and_counts_have_ranges() {
    let check = |change: fn(&mut Izhikevich, u32), key: &str, allowed: (u32, u32)| {
        for bad in [allowed.0.wrapping_sub(1), allowed.1 + 1] {
            if allowed.0 == 0 && bad > 100 {
                continue;
            }
            let error = refused(izhikevich(), |s| model(s, |m| change(m, bad)), key);
            assert_eq!(range(&error), (i64::from(allowed.0), i64::from(allowed.1)), "{key}");
        }
    };
    check(|m, x| m.u_bits = x, "neuron.izhikevich.u.bits", (4, 32));
    check(|m, x| m.constant_bits = x, "neuron.izhikevich.constant.bits", (4, 32));
    check(|m, x| m.constant_frac = x, "neuron.izhikevich.constant.frac", (1, 31));
    check(|m, x| m.substeps = x, "neuron.izhikevich.substeps", (1, 2));
    check(|m, x| m.time_scale = TimeScale::Shift(x), "neuron.izhikevich.dt_shift", (0, 15));
    check(|m, x| m.products = Products::Multiplier { multipliers: x }, "neuron.izhikevich.multipliers", (0, 7));
    let shift_add = |segment_bits, digits| Products::ShiftAdd { segment_bits, digits };
    for (segment_bits, digits, key) in [
        (0, 2, "neuron.izhikevich.segment_bits"),
        (5, 2, "neuron.izhikevich.segment_bits"),
        (2, 0, "neuron.izhikevich.digits"),
        (2, 5, "neuron.izhikevich.digits"),
    ] {
        let error = refused(izhikevich(), |s| model(s, |m| m.products = shift_add(segment_bits, digits)), key);
        assert_eq!(range(&error), (1, 4));
    }
}

#[test]
fn the_fraction_of_izhikevich_states_ends_at_24() {
    let wide = |frac| Structure { v_bits: 26, frac, ..with_model(Izhikevich { u_bits: 4, constant_bits: 4, ..MODEL }) };
    assert_eq!(wide(24).check(), Ok(()));
    assert_eq!(range(&wide(25).check().expect_err("one more")), (0, 24));
}

#[test]
fn two_substeps_need_the_sequential_update() {
    let simultaneous = |substeps| with_model(Izhikevich { update: UpdateOrder::Simultaneous, substeps, ..MODEL });
    assert_eq!(simultaneous(1).check(), Ok(()));
    let error = simultaneous(2).check().expect_err("two");
    assert_eq!(
        error.to_string(),
        "neuron.izhikevich.substeps is 2, which needs neuron.izhikevich.update = \"sequential\""
    );
}

/// The width of `name`, which must be there.
fn width(s: &Structure, name: &str) -> u32 {
    let widths = s.intermediate_widths();
    widths.iter().find(|(found, _)| *found == name).unwrap_or_else(|| panic!("{name} in {widths:?}")).1
}

#[test]
fn intermediate_widths_are_those_counted_by_hand() {
    let s = izhikevich();
    // 16 bits of i_syn, 8 accumulators: 19; shifted by 2 and rounded up: 18. No bias.
    assert_eq!((width(&s, "current_sum"), width(&s, "current"), width(&s, "drive")), (19, 18, 18));
    // gain 9 bits unsigned, 10 signed.
    assert_eq!(width(&s, "gain_product"), 26);
    // 18 + 18 = 36; less 16, one for rounding: 21, plus k1 (20 bits): 22.
    assert_eq!((width(&s, "product_0"), width(&s, "q")), (36, 22));
    // 22 + 18 = 40; less 8, one for rounding: 33, plus k0: 34; minus u: 35; plus drive: 36.
    assert_eq!((width(&s, "product_1"), width(&s, "poly"), width(&s, "slope")), (40, 34, 36));
    assert_eq!((width(&s, "scaled"), width(&s, "v_sum")), (37, 38));
    // v - v_zero: 21; times b: 39; less 16: 24; minus u: 25; times a: 43; less 16: 28; plus u: 29.
    let names = ["distance", "product_6", "e", "product_7", "u_sum"];
    assert_eq!(names.map(|name| width(&s, name)), [21, 39, 25, 43, 29]);
    // |v - k1|: 21 bits signed, below 2^20; its square below 2^40: 41; less 8: 34; times k2: 52; less 16: 37; plus k0: 38.
    let names = ["x", "product_0", "y", "product_1", "poly"];
    assert_eq!(names.map(|name| width(&shift_add(), name)), [21, 41, 34, 52, 38]);
    let scaled = with_model(Izhikevich { time_scale: TimeScale::Constant, ..MODEL });
    assert_eq!((width(&scaled, "product_2"), width(&scaled, "scaled")), (54, 39));
}

#[test]
fn a_bias_and_no_current_make_a_drive_of_the_bias() {
    let direct = Structure { i_syn_bits: 0, synapse: Synapse::DIRECT, bias_bits: 7, ..izhikevich() };
    assert_eq!(width(&direct, "drive"), 7);
    assert_eq!(width(&Structure { bias_bits: 0, ..direct }, "drive"), 1);
    assert_eq!(width(&Structure { bias_bits: 30, v_bits: 32, ..izhikevich() }, "drive"), 31);
}

#[test]
fn an_intermediate_result_above_63_bits_is_refused() {
    // product_2 has 18 + 36 bits, and one more for each of the constants'.
    let constant = |bits| with_model(Izhikevich { time_scale: TimeScale::Constant, constant_bits: bits, ..MODEL });
    let widest = |s: &Structure| s.intermediate_widths().into_iter().map(|(_, bits)| bits).max();
    let most = (4..=32).rev().find(|&bits| constant(bits).check().is_ok()).expect("18 do");
    assert!(widest(&constant(most)) <= Some(63) && widest(&constant(most + 1)) > Some(63), "{most}");
    let error = constant(most + 1).check().expect_err("one more").to_string();
    assert!(error.contains("for product_2, must be at most 63"), "{error}");
}

#[test]
fn synapse_widths_and_slots_have_ranges() {
    assert_eq!(range(&refused(lif(), |s| s.synapse.shift = 16, "neuron.i_syn.shift")), (0, 15));
    for bad in [0, 17] {
        assert_eq!(range(&refused(lif(), |s| s.synapse.gain_bits = bad, "neuron.i_syn.gain_bits")), (1, 16));
    }
    for filter in [Filter::Exponential, Filter::DoubleExponential] {
        assert_eq!(range(&refused(lif(), |s| s.synapse.filter = filter, "neuron.i_syn.gain_bits")), (0, 0));
    }
    for bad in [0, 65] {
        assert_eq!(range(&refused(lif(), |s| s.synapse.delay_slots = bad, "events.delay_slots")), (1, 64));
    }
    refused(lif(), |s| s.synapse.delay_slots = 12, "events.delay_slots");
}

#[test]
fn without_a_current_the_synapse_is_direct() {
    let mut membrane = lif();
    (membrane.i_syn_bits, membrane.synapse) = (0, Synapse::DIRECT);
    membrane.semantics.integrate = Integrate::Membrane;
    let three_tau = |s: &mut Structure| (s.synapse.filter, s.synapse.gain_bits) = (Filter::ThreeTau, 8);
    refused(membrane, three_tau, "neuron.i_syn.filter");
    refused(membrane, |s| s.synapse.polarity = Polarity::Split, "neuron.i_syn.polarity");
    refused(membrane, |s| s.synapse.shift = 1, "neuron.i_syn.shift");
    refused(membrane, |s| s.synapse.delay_slots = 2, "events.delay_slots");
}

#[test]
fn an_event_has_at_most_32_bits() {
    let wide = |delay_slots| {
        let mut structure = Structure { neurons: 4096, lanes: 4, weight_bits: 16, ..lif() };
        structure.synapse.delay_slots = delay_slots;
        structure
    };
    // 2 + 12 + 16 = 30 bits and two of delay.
    assert_eq!(wide(4).check(), Ok(()));
    let error = refused(wide(4), |s| s.synapse.delay_slots = 8, "events.delay_slots").to_string();
    assert!(error.contains("events of 33 bits, must be at most 32"), "{error}");
}

#[test]
fn decays_and_gains_are_one_for_each_accumulator_and_polarity() {
    refused_value(lif(), |v| v.i_syn_decay.truncate(7), "values.i_syn_decay");
    refused_value(lif(), |v| v.gain.truncate(1), "values.gain");
    assert_eq!(range(&refused_value(lif(), |v| v.gain[1][0] = 257, "values.gain[1][0]")), (0, 256));
    assert_eq!(range(&refused_value(lif(), |v| v.gain[0][1] = -1, "values.gain[0][1]")), (0, 256));
    assert_eq!(range(&refused_value(lif(), |v| v.i_syn_decay[3] = 1, "values.i_syn_decay[3]")), (0, 0));
    let mut double = lif();
    double.synapse = Synapse { filter: Filter::DoubleExponential, gain_bits: 0, ..double.synapse };
    refused_value(double, |v| v.gain = vec![[0, 0]], "values.gain");
}

#[test]
fn izhikevich_values_fit_their_widths() {
    let constant = (-(1 << 17), (1 << 17) - 1);
    let (k, u) = ((-(1 << 19), (1 << 19) - 1), (-(1 << 17), (1 << 17) - 1));
    let check = |change: fn(&mut Values, i64), key: &str, (low, high): (i64, i64)| {
        for bad in [low - 1, high + 1] {
            assert_eq!(range(&refused_value(izhikevich(), |v| change(v, bad), key)), (low, high), "{key}");
        }
        assert_eq!(range(&refused_value(lif(), |v| change(v, 1), key)), (0, 0), "{key}");
    };
    check(|v, x| v.neurons[0].a = x, "values.izhikevich.a", constant);
    check(|v, x| v.neurons[0].b = x, "values.izhikevich.b", constant);
    check(|v, x| v.neurons[0].u_step = x, "values.izhikevich.d", u);
    check(|v, x| v.u_init = x, "values.u_init", u);
    check(|v, x| v.izhikevich.k2 = x, "values.izhikevich.k2", constant);
    check(|v, x| v.izhikevich.k1 = x, "values.izhikevich.k1", k);
    check(|v, x| v.izhikevich.k0 = x, "values.izhikevich.k0", k);
    check(|v, x| v.izhikevich.v_zero = x, "values.izhikevich.v_zero", k);
    assert_eq!(range(&refused_value(izhikevich(), |v| v.izhikevich.dt = 1, "values.izhikevich.dt")), (0, 0));
    let scaled = with_model(Izhikevich { time_scale: TimeScale::Constant, ..MODEL });
    let error = refused_value(scaled, |v| v.izhikevich.dt = 1 << 17, "values.izhikevich.dt");
    assert_eq!(range(&error), constant);
}

#[test]
fn with_shift_add_constants_have_few_digits() {
    let error = refused_value(shift_add(), |v| v.izhikevich.k2 = 0b10101, "values.izhikevich.k2").to_string();
    assert!(
        error.contains("needs 3 signed digits, must be at most neuron.izhikevich.digits = 2; 20 is near"),
        "{error}"
    );
    refused_value(shift_add(), |v| v.neurons[0].a = 0b10101, "values.izhikevich.a");
    refused_value(shift_add(), |v| v.neurons[0].b = 0b10101, "values.izhikevich.b");
    // The states' constants are no multipliers, and have as many digits as they like.
    let mut values = values(&shift_add());
    (values.izhikevich.k1, values.izhikevich.k0, values.izhikevich.v_zero) = (0b10101, 0b10101, 0b10101);
    (values.izhikevich.k2, values.neurons[0].u_step) = (0b111, 0b10101);
    Core::new(shift_add(), values).expect("7 = 8 - 1 has two digits");
}

#[test]
fn per_neuron_values_name_their_neuron() {
    let mut structure = izhikevich();
    structure.schedule.per_neuron = true;
    let mut values = values(&structure);
    values.neurons = vec![NeuronParameters::default(); 4];
    values.neurons[2].a = 1 << 17;
    assert_eq!(Core::new(structure, values).expect_err("too large").key(), "values.izhikevich.a[2]");
}

#[test]
fn looped_back_spikes_wait_at_most_the_slots_there_are() {
    assert_eq!(range(&refused_value(lif(), |v| v.loop_back_delay = 1, "values.loop_back_delay")), (0, 0));
    let mut looped = lif();
    looped.schedule.loop_back = true;
    assert_eq!(range(&refused_value(looped, |v| v.loop_back_delay = 8, "values.loop_back_delay")), (0, 7));
}

#[test]
fn k_constants_have_two_bits_more_than_v_but_no_more_than_the_bus() {
    let bits = |v_bits| Structure { v_bits, ..lif() }.k_bits();
    assert_eq!([4, 18, 29, 30, 31, 32].map(bits), [6, 20, 31, 32, 32, 32]);
}

const READ: AnalogueRead = AnalogueRead {
    rows_per_read: 2,
    settle_cycles: 1,
    converter: Converter::Sar,
    columns_per_converter: 2,
    adc_bits: 4,
    adc_rounding: Rounding::HalfUp,
    code_bits: 6,
    devices_per_cell: 2,
    slices: 2,
    slice_bits: 2,
    variance_bits: 0,
};

fn analogue(read: AnalogueRead) -> Structure {
    let lif = lif();
    let synapse = Synapse { delay_slots: 1, ..lif.synapse };
    Structure { lanes: 2, synapse, array: ArrayStructure { epochs: 2, read: ArrayRead::Analogue(read) }, ..lif }
}

#[test]
fn an_analogue_read_keeps_its_ranges() {
    let refused = |read: AnalogueRead| analogue(read).check().expect_err("refused").to_string();
    assert_eq!(analogue(READ).check(), Ok(()));
    assert_eq!(refused(AnalogueRead { rows_per_read: 5, ..READ }), "array.rows_per_read is 5, must be 1 to 4");
    assert_eq!(refused(AnalogueRead { settle_cycles: 16, ..READ }), "array.settle_cycles is 16, must be 1 to 15");
    assert_eq!(refused(AnalogueRead { adc_bits: 13, ..READ }), "array.adc.bits is 13, must be 1 to 12");
    assert_eq!(refused(AnalogueRead { code_bits: 5, ..READ }), "array.code_bits is 5, must be 6 to 12");
    assert_eq!(refused(AnalogueRead { devices_per_cell: 3, ..READ }), "array.devices_per_cell is 3, must be 1 to 2");
    assert_eq!(refused(AnalogueRead { slices: 9, ..READ }), "array.slices is 9, must be 1 to 8");
    assert_eq!(refused(AnalogueRead { slices: 1, ..READ }), "array.slice_bits is 2, must be 1 to 1");
    assert_eq!(refused(AnalogueRead { variance_bits: 3, ..READ }), "array.variance_bits is 3, must be 4 to 16");
    assert_eq!(
        refused(AnalogueRead { columns_per_converter: 4, ..READ }),
        "array.adc.columns_per_converter is 4, must be a power of two that divides core.neurons / core.lanes = 2"
    );
    assert_eq!(
        refused(AnalogueRead { adc_rounding: Rounding::HalfEven, ..READ }),
        "array.adc.rounding must be floor or half_up"
    );
    assert_eq!(
        refused(AnalogueRead { slices: 8, slice_bits: 4, ..READ }),
        "array.slices makes reads of 33 bits, shifted by synapse.weight_shift = 0: must be at most 32"
    );
    let mut delayed = analogue(READ);
    delayed.synapse.delay_slots = 2;
    assert_eq!(
        delayed.check().expect_err("refused").to_string(),
        "events.delay_slots is 2, must be 1 with array.read_mode = \"analogue\""
    );
    let mut many = lif();
    many.array.epochs = 17;
    assert_eq!(many.check().expect_err("refused").to_string(), "array.epochs is 17, must be 1 to 16");
    let huge = Structure { neurons: 4096, word_lines: 4096, lanes: 1, ..many };
    let huge = Structure { weight_bits: 4, array: ArrayStructure { epochs: 16, ..ArrayStructure::EVENT }, ..huge };
    assert_eq!(huge.check(), Ok(()), "2^28 words just fit");
    let mut more = Structure { neurons: 4096, word_lines: 4096, ..analogue(AnalogueRead { code_bits: 12, ..READ }) };
    more.array.epochs = 16;
    assert_eq!(
        more.check().expect_err("refused").to_string(),
        "array.epochs make an array of 536870912 bus words, must be at most 2^28"
    );
}

fn analogue_values() -> Values {
    let slice = |shift| SliceImage { shift, plus: vec![1; 16], minus: vec![2; 16], ..SliceImage::default() };
    let shape = ArrayShape { word_lines: 4, bit_lines: 4, code_bits: 6, variance_shift: 0 };
    let image = ArrayImage::new(shape, vec![slice(0), slice(2)]).expect("valid");
    let adc =
        Adc { shift: 1, rounding: Rounding::HalfUp, low: -8, high: 7, offsets: vec![0; 4], multipliers: vec![1; 4] };
    let array = AnalogueArray { images: vec![image; 2], converters: vec![adc; 2], noise_seed: 1 };
    Values { array: SynapseArray::Analogue(array), epoch_starts: vec![9], ..values(&analogue(READ)) }
}

#[test]
fn an_array_fits_its_structure() {
    let structure = analogue(READ);
    assert!(Core::new(structure, analogue_values()).is_ok());
    let refused = |change: &dyn Fn(&mut AnalogueArray)| {
        let mut values = analogue_values();
        let SynapseArray::Analogue(array) = &mut values.array else { panic!("analogue") };
        change(array);
        Core::new(structure, values).expect_err("refused").to_string()
    };
    let slices = |change: fn(&mut SliceImage)| {
        move |array: &mut AnalogueArray| {
            let image = &array.images[1];
            let mut slices = image.slices().to_vec();
            change(&mut slices[0]);
            let shape = ArrayShape {
                word_lines: image.word_lines(),
                bit_lines: image.bit_lines(),
                code_bits: image.code_bits(),
                variance_shift: image.variance_shift(),
            };
            array.images[1] = ArrayImage::new(shape, slices).expect("valid by itself");
        }
    };
    assert_eq!(refused(&|a| a.images.truncate(1)), "array.epochs has 1 images, must have 2, one for each epoch");
    assert_eq!(refused(&|a| a.converters.truncate(1)), "array.adc are those of 1 slices, must be 2");
    assert_eq!(refused(&|a| a.converters[0].low = -7), "array.adc.low is -7, must be -8 to -8");
    assert_eq!(refused(&|a| a.converters[0].high = 8), "array.adc.high is 8, must be 7 to 7");
    assert_eq!(
        refused(&|a| a.converters[1].rounding = Rounding::Floor),
        "array.adc.rounding is not that of the structure"
    );
    assert_eq!(
        refused(&|a| a.converters[1].offsets[0] = 1 << 27),
        "array.adc.offsets is 134217728, must be -134217728 to 134217727"
    );
    assert_eq!(
        refused(&|a| {
            a.converters[1].offsets.push(0);
            a.converters[1].multipliers.push(1);
        }),
        "array.adc.offsets has 5 entries, must have 4"
    );
    assert_eq!(refused(&slices(|s| s.minus.clear())), "array.minus must have a code for each cell");
    assert_eq!(refused(&slices(|s| s.variance = vec![0; 16])), "array.variance must have no codes");
    assert_eq!(refused(&slices(|s| s.zero_code = 1)), "array.zero_code is 1, must be 0 to 0");
    assert_eq!(refused(&slices(|s| s.shift = 1)), "array.slice.shift is 1, must be 0 to 0");
    let wrong = |values: Values| Core::new(structure, values).expect_err("refused").to_string();
    let weights = CrossbarImage::new(4, 4, vec![0; 16]).expect("16 codes");
    let event = Values { array: SynapseArray::Event(vec![weights; 2]), ..analogue_values() };
    assert_eq!(wrong(event), "array.read_mode is not the one the array was made for");
    for starts in [vec![0], vec![3, 3], vec![]] {
        let problem = if starts.len() == 1 {
            "array.epochs.at_cycle must be cycles above 0 in strictly rising order".to_owned()
        } else {
            format!("array.epochs.at_cycle has {} cycles of later epochs, must have 1", starts.len())
        };
        assert_eq!(wrong(Values { epoch_starts: starts, ..analogue_values() }), problem);
    }
}

#[test]
fn an_image_of_another_shape_or_another_zero_is_refused() {
    let single = AnalogueRead { devices_per_cell: 1, slices: 1, slice_bits: 1, variance_bits: 4, ..READ };
    let image = |(rows, zero_code, variance): (u32, i32, u16)| {
        let shape = ArrayShape { word_lines: rows, bit_lines: 4, code_bits: 6, variance_shift: 0 };
        let cells = rows as usize * 4;
        let slice =
            SliceImage { plus: vec![1; cells], variance: vec![variance; cells], zero_code, ..SliceImage::default() };
        ArrayImage::new(shape, vec![slice]).expect("valid")
    };
    let adc =
        Adc { shift: 1, rounding: Rounding::HalfUp, low: -8, high: 7, offsets: vec![0; 4], multipliers: vec![1; 4] };
    let core = |second: ArrayImage| {
        let array =
            AnalogueArray { images: vec![image((4, 3, 1)), second], converters: vec![adc.clone()], noise_seed: 1 };
        let values = Values { array: SynapseArray::Analogue(array), ..analogue_values() };
        Core::new(analogue(single), values)
    };
    assert!(core(image((4, 3, 15))).is_ok());
    let refused = |second: ArrayImage| core(second).expect_err("refused").to_string();
    assert_eq!(refused(image((5, 3, 1))), "array.word_lines is 5 in an image, must be 4");
    assert_eq!(refused(image((4, 3, 16))), "array.variance is 16, must be 0 to 15");
    assert_eq!(
        refused(image((4, 2, 1))),
        "array.epochs have another variance_shift or zero_code than the first: they must not change"
    );
}
