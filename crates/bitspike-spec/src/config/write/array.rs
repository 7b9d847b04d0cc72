//! The plain form of an array with epochs or converters: `[array.raw]`.

use super::list;
use crate::array::{Adc, AnalogueArray, AnalogueRead, ArrayImage, ArrayRead, SliceImage, SynapseArray};
use crate::core::{Core, CrossbarImage};

/// The section, or nothing for weights that never change, which are `synapse.image`.
pub(super) fn raw(core: &Core) -> String {
    let values = core.values();
    let content = match (&core.structure().array.read, &values.array) {
        (ArrayRead::Analogue(read), SynapseArray::Analogue(array)) => analogue(read, array),
        (_, SynapseArray::Event(images)) if images.len() > 1 => {
            let images: String = images.iter().map(|image| format!("  [\n{}  ],\n", rows(image))).collect();
            format!("weights = [\n{images}]\n")
        }
        (_, SynapseArray::Event(_) | SynapseArray::Analogue(_)) => return String::new(),
    };
    format!("[array.raw]\nepoch_starts = [{}]\n{content}\n", list(&values.epoch_starts))
}

/// The rows of an image, a line each.
pub(super) fn rows(image: &CrossbarImage) -> String {
    (0..image.word_lines()).map(|w| format!("  [{}],\n", list(image.row(w)))).collect()
}

fn analogue(read: &AnalogueRead, array: &AnalogueArray) -> String {
    let shift = array.images.first().map_or(0, ArrayImage::variance_shift);
    let seed = array.noise_seed;
    let lines = [
        format!("rows_per_read = {}", read.rows_per_read),
        format!("settle_cycles = {}", read.settle_cycles),
        format!("converter = \"{}\"", read.converter),
        format!("columns_per_converter = {}", read.columns_per_converter),
        format!("adc_bits = {}", read.adc_bits),
        format!("adc_rounding = \"{}\"", read.adc_rounding.name()),
        format!("code_bits = {}", read.code_bits),
        format!("devices_per_cell = {}", read.devices_per_cell),
        format!("slice_bits = {}", read.slice_bits),
        format!("variance_bits = {}", read.variance_bits),
        format!("variance_shift = {shift}"),
        format!("noise_seed = [{}, {}]", seed & 0xFFFF_FFFF, seed >> 32),
        format!("converters = [\n{}]", converters(array)),
        format!("epochs = [\n{}]", array.images.iter().map(epoch).collect::<String>()),
    ];
    format!("\n[array.raw.analogue]\n{}\n", lines.join("\n"))
}

fn converters(array: &AnalogueArray) -> String {
    let slices = array.images.first().map(ArrayImage::slices).unwrap_or_default();
    array.converters.iter().zip(slices).map(|(adc, slice)| converter(adc, slice.zero_code)).collect()
}

fn converter(adc: &Adc, zero_code: i32) -> String {
    let Adc { shift, offsets, multipliers, .. } = adc;
    let (offsets, multipliers) = (list(offsets), list(multipliers));
    format!("  {{ zero_code = {zero_code}, shift = {shift}, offsets = [{offsets}], multipliers = [{multipliers}] }},\n")
}

fn epoch(image: &ArrayImage) -> String {
    let slice = |slice: &SliceImage| {
        let SliceImage { plus, minus, variance, .. } = slice;
        let (plus, minus, variance) = (list(plus), list(minus), list(variance));
        format!("    {{ plus = [{plus}], minus = [{minus}], variance = [{variance}] }},\n")
    };
    format!("  [\n{}  ],\n", image.slices().iter().map(slice).collect::<String>())
}
