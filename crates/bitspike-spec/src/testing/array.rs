//! Arrays with epochs, and arrays read through converters.

use super::{arb_core_of, arb_structure};
use crate::array::{
    Adc, AnalogueArray, AnalogueRead, ArrayImage, ArrayRead, ArrayShape, ArrayStructure, Converter, SliceImage,
    SynapseArray,
};
use crate::core::{Core, CrossbarImage};
use crate::fx::Rounding;
use crate::structure::{Structure, signed_range};
use crate::synapse::Synapse;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;

/// A core of any structure whose array has epochs, analogue read or both, and whose sums reach the ends of the converters.
pub fn arb_array_core() -> impl Strategy<Value = Core> {
    arb_array_structure().prop_flat_map(arb_core_of)
}

/// Any structure as of [`arb_structure`], with an array that has epochs, analogue read or both.
pub fn arb_array_structure() -> impl Strategy<Value = Structure> {
    let epochs = || prop_oneof![2 => Just(1_u32), 2 => 2..=4_u32, 1 => Just(16)];
    prop_oneof![
        1 => (arb_structure(), 2..=5_u32).prop_map(|(structure, epochs)| {
            Structure { array: ArrayStructure { epochs, read: ArrayRead::Event }, ..structure }
        }),
        3 => (arb_structure(), epochs()).prop_flat_map(|(structure, epochs)| arb_analogue_of(structure, epochs)),
    ]
}

fn arb_analogue_of(structure: Structure, epochs: u32) -> impl Strategy<Value = Structure> {
    let structure = Structure { synapse: Synapse { delay_slots: 1, ..structure.synapse }, ..structure };
    let converter = (select(Converter::ALL), 1..=12_u32, select([Rounding::Floor, Rounding::HalfUp].as_slice()));
    let columns = 0..=structure.groups().trailing_zeros();
    let cell = (6..=12_u32, 1..=2_u32, prop_oneof![Just(0), 4..=16_u32]);
    let slices = prop_oneof![2 => Just((1_u32, 1_u32)), 2 => (2..=4_u32, 1..=4_u32), 1 => Just((8, 1))];
    let rows = prop_oneof![1..=structure.word_lines, Just(1), Just(structure.word_lines)];
    let settle = prop_oneof![3 => 1..=3_u32, 1 => Just(15)];
    (converter, columns, cell, slices, rows, settle).prop_map(
        move |((converter, bits, adc_rounding), columns, cell, (slices, slice_bits), rows_per_read, settle_cycles)| {
            let (code_bits, devices_per_cell, variance_bits) = cell;
            let read = AnalogueRead {
                rows_per_read,
                settle_cycles,
                converter,
                columns_per_converter: 1 << columns,
                adc_bits: if converter == Converter::Ramp { bits.min(6) } else { bits },
                adc_rounding,
                code_bits,
                devices_per_cell,
                slices,
                slice_bits,
                variance_bits,
            };
            let room = 32 - read.read_bits().min(31);
            let weight_shift = structure.weight_shift.min(room);
            Structure { weight_shift, array: ArrayStructure { epochs, read: ArrayRead::Analogue(read) }, ..structure }
        },
    )
}

/// The content of the array of a structure: small weights or random cells, one image for each epoch.
pub(super) fn arb_array(s: Structure) -> BoxedStrategy<SynapseArray> {
    let epochs = s.array.epochs as usize;
    match s.array.read {
        ArrayRead::Event => vec(arb_weights(s), epochs).prop_map(SynapseArray::Event).boxed(),
        ArrayRead::Analogue(read) => arb_analogue_array(s, read).boxed(),
    }
}

/// First cycles of the later epochs, close together and far apart.
pub(super) fn arb_epoch_starts(s: Structure) -> BoxedStrategy<Vec<u64>> {
    let later = s.array.epochs as usize - 1;
    btree_set(prop_oneof![1..=80_u64, 1..=900_u64], later..=later).prop_map(|set| set.into_iter().collect()).boxed()
}

fn arb_weights(s: Structure) -> impl Strategy<Value = CrossbarImage> {
    let weight = super::arb_signed(s.weight_bits).prop_map(|weight| weight as i16);
    vec(weight, (s.neurons * s.word_lines) as usize)
        .prop_map(move |codes| CrossbarImage::new(s.word_lines, s.neurons, codes).expect("one code for each cell"))
}

fn arb_analogue_array(s: Structure, read: AnalogueRead) -> impl Strategy<Value = SynapseArray> {
    let zeros = vec(-40..=2000_i32, read.slices as usize);
    let shift = (0..=20_u32).prop_map(|half| 2 * half);
    let parts = (zeros, shift, vec(arb_adc(s, read), read.slices as usize), any::<u64>());
    parts.prop_flat_map(move |(zeros, variance_shift, converters, noise_seed)| {
        let images = vec(arb_image(s, read, (zeros, variance_shift)), s.array.epochs as usize);
        images.prop_map(move |images| {
            SynapseArray::Analogue(AnalogueArray { images, converters: converters.clone(), noise_seed })
        })
    })
}

/// `plus`, `minus` and `variance` of a slice.
type Codes = (Vec<u16>, Vec<u16>, Vec<u16>);

fn arb_image(
    s: Structure,
    read: AnalogueRead,
    (zeros, variance_shift): (Vec<i32>, u32),
) -> impl Strategy<Value = ArrayImage> {
    let cells = (s.neurons * s.word_lines) as usize;
    let codes = |bits: u32, there: bool| {
        let most = ((1_u32 << bits) - 1) as u16;
        let code = prop_oneof![3 => 0..=most, 1 => Just(0), 1 => Just(most)];
        if there { vec(code, cells).boxed() } else { Just(Vec::new()).boxed() }
    };
    let plus = codes(read.code_bits, true);
    let minus = codes(read.code_bits, read.devices_per_cell == 2);
    let variance = codes(read.variance_bits.max(1), read.variance_bits > 0);
    vec((plus, minus, variance), read.slices as usize).prop_map(move |slices| {
        let slice = |(index, (plus, minus, variance)): (usize, Codes)| SliceImage {
            shift: index as u32 * read.slice_bits,
            plus,
            minus,
            variance,
            zero_code: if read.devices_per_cell == 1 { zeros[index] } else { 0 },
        };
        let shape =
            ArrayShape { word_lines: s.word_lines, bit_lines: s.neurons, code_bits: read.code_bits, variance_shift };
        ArrayImage::new(shape, slices.into_iter().enumerate().map(slice).collect()).expect("codes in range")
    })
}

/// Converters whose range is between a single code and all the sums: some saturate, some use a few codes.
fn arb_adc(s: Structure, read: AnalogueRead) -> impl Strategy<Value = Adc> {
    let neurons = s.neurons as usize;
    let (low, high) = signed_range(read.adc_bits);
    let multiplier = prop_oneof![2 => 1..=40_i32, 1 => (1 << 15)..=(1 << 16), 1 => Just(1 << 20)];
    let offset = prop_oneof![3 => -30..=30_i32, 1 => Just(0), 1 => -(1 << 20)..=1 << 20];
    let extra = prop_oneof![3 => 0..=12_u32, 1 => 0..=40_u32];
    (vec(multiplier, 1), vec(offset, neurons), extra, vec(-3..=3_i32, neurons)).prop_map(
        move |(multiplier, offsets, extra, gains)| {
            let shift = (multiplier[0].ilog2() + extra).min(40);
            let own = |gain: &i32| (multiplier[0] + gain * (multiplier[0] / 64)).clamp(1, 1 << 20);
            Adc {
                shift,
                rounding: read.adc_rounding,
                low: low as i32,
                high: high as i32,
                offsets: offsets.clone(),
                multipliers: gains.iter().map(own).collect(),
            }
        },
    )
}
