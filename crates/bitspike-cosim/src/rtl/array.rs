//! What the synapse array of the RTL holds: words of all its epochs, and the values of one that is read through converters.
//!
//! Contract: `docs/src/contract/array.md`, sections Cells and Bus.

use bitspike_spec::{
    AnalogueArray, AnalogueRead, ArrayImage, ArrayRead, Core, CrossbarImage, SliceImage, Structure, SynapseArray,
};

use super::bus::{BusWrite, registers, word};

const ARRAY_BASE: u32 = 0x2000_0000;
const NOISE: u32 = 0x3000_0000;
const SLICES: u32 = 0x3000_0100;
const BIT_LINES: u32 = 0x3100_0000;

/// Every word of the array in 32-bit chunks, by epoch, word line and group.
pub(crate) fn array_words(core: &Core) -> Box<dyn Iterator<Item = Vec<u32>> + '_> {
    let structure = *core.structure();
    match (&core.values().array, structure.array.read) {
        (SynapseArray::Event(images), _) => {
            Box::new(images.iter().flat_map(move |image| weight_words(structure, image)))
        }
        (SynapseArray::Analogue(array), ArrayRead::Analogue(read)) => {
            Box::new(array.images.iter().flat_map(move |image| cell_words(structure, read, image)))
        }
        (SynapseArray::Analogue(_), ArrayRead::Event) => unreachable!("the core was checked"),
    }
}

/// The writes of every word.
pub(super) fn array_writes(core: &Core) -> Vec<BusWrite> {
    let structure = core.structure();
    let stride = (structure.lanes * structure.cell_bits()).div_ceil(32).next_power_of_two();
    let words = (0_u32..).zip(array_words(core));
    words.flat_map(|(index, chunks)| registers(ARRAY_BASE + index * stride, chunks)).collect()
}

/// The writes of noise, slices and bit lines; none with event read.
pub(super) fn constant_writes(core: &Core) -> Vec<BusWrite> {
    let Some(array) = core.values().array.analogue() else { return Vec::new() };
    let slices = slice_values(array).flat_map(|(shift, zero)| [shift, zero]);
    let bit_lines = array.converters.iter().flat_map(|adc| adc.multipliers.iter().zip(&adc.offsets));
    let bit_lines = bit_lines.flat_map(|(&multiplier, &offset)| [multiplier, offset].map(i32::cast_unsigned));
    registers(NOISE, noise_values(array))
        .chain(registers(SLICES, slices))
        .chain(registers(BIT_LINES, bit_lines))
        .collect()
}

fn noise_values(array: &AnalogueArray) -> [u32; 3] {
    let shift = array.images.first().map_or(0, ArrayImage::variance_shift);
    [array.noise_seed as u32, (array.noise_seed >> 32) as u32, shift]
}

/// `adc_shift` and `zero_code` of each slice.
fn slice_values(array: &AnalogueArray) -> impl Iterator<Item = (u32, u32)> {
    let slices = array.images.first().map_or(&[][..], ArrayImage::slices);
    array.converters.iter().zip(slices).map(|(adc, slice)| (adc.shift, slice.zero_code.cast_unsigned()))
}

fn weight_words(structure: Structure, image: &CrossbarImage) -> impl Iterator<Item = Vec<u32>> {
    let groups = (0..image.word_lines()).flat_map(move |row| image.row(row).chunks(structure.lanes as usize));
    groups.map(move |weights| {
        let mut packed = Packed::default();
        weights.iter().for_each(|&weight| packed.push(word(i64::from(weight)), structure.weight_bits));
        packed.0
    })
}

fn cell_words(structure: Structure, read: AnalogueRead, image: &ArrayImage) -> impl Iterator<Item = Vec<u32>> {
    let groups = 0..structure.word_lines * structure.groups();
    groups.map(move |group| {
        let mut packed = Packed::default();
        for cell in group * structure.lanes..(group + 1) * structure.lanes {
            image.slices().iter().for_each(|slice| packed.push_cell(&read, slice, cell as usize));
        }
        packed.0
    })
}

/// Fields side by side, the first in the lowest bits, in 32-bit words.
#[derive(Default)]
struct Packed(Vec<u32>, u32);

impl Packed {
    /// Adds the low `bits` bits of a value.
    fn push(&mut self, value: u32, bits: u32) {
        let shifted = (u64::from(value) & ((1 << bits) - 1)) << (self.1 % 32);
        let place = (self.1 / 32) as usize;
        self.1 += bits;
        self.0.resize(self.1.div_ceil(32) as usize, 0);
        self.0[place] |= shifted as u32;
        if shifted >> 32 != 0 {
            self.0[place + 1] |= (shifted >> 32) as u32;
        }
    }

    /// Adds the codes of one cell of a slice, those there are.
    fn push_cell(&mut self, read: &AnalogueRead, slice: &SliceImage, cell: usize) {
        let codes =
            [(&slice.plus, read.code_bits), (&slice.minus, read.code_bits), (&slice.variance, read.variance_bits)];
        for (list, bits) in codes.into_iter().filter(|(list, _)| !list.is_empty()) {
            self.push(u32::from(list[cell]), bits);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(fields: &[i64], bits: u32) -> Vec<u32> {
        let mut packed = Packed::default();
        fields.iter().for_each(|&field| packed.push(word(field), bits));
        packed.0
    }

    #[test]
    fn weights_are_packed_across_word_boundaries() {
        assert_eq!(packed(&[1, -1, 7, -8], 4), [0x87f1]);
        assert_eq!(
            packed(&[1, 2, 3, 4, 5, 6, -1], 5),
            [1 | 2 << 5 | 3 << 10 | 4 << 15 | 5 << 20 | 6 << 25 | 3 << 30, 7]
        );
        assert_eq!(packed(&[-2, 0x1234], 16), [0x1234_fffe]);
    }

    /// Two slices of pairs with noise: `plus`, `minus`, `variance` of slice 0 lowest.
    #[test]
    fn a_cell_has_its_slices_one_above_the_other() {
        let read = AnalogueRead {
            rows_per_read: 1,
            settle_cycles: 1,
            converter: bitspike_spec::Converter::Sar,
            columns_per_converter: 1,
            adc_bits: 4,
            adc_rounding: bitspike_spec::fx::Rounding::Floor,
            code_bits: 6,
            devices_per_cell: 2,
            slices: 2,
            slice_bits: 2,
            variance_bits: 5,
        };
        let slice = |plus, minus, variance| SliceImage {
            plus: vec![plus],
            minus: vec![minus],
            variance: vec![variance],
            ..SliceImage::default()
        };
        let mut cell = Packed::default();
        for slice in [slice(1, 63, 17), slice(32, 0, 31)] {
            cell.push_cell(&read, &slice, 0);
        }
        assert_eq!((cell.0, cell.1), (vec![1 | 63 << 6 | 17 << 12 | 32 << 17 | (31 & 7) << 29, 31 >> 3], 34));
    }
}
