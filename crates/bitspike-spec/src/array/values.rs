//! What an array holds during a run.

use super::read::{AnalogueRead, ArrayRead};
use super::{Adc, ArrayImage, SliceImage};
use crate::core::CrossbarImage;
use crate::error::CoreError;
use crate::structure::{Structure, signed_range};

/// The content of the synapse array, one image for each epoch.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SynapseArray {
    /// Weights for event read.
    Event(Vec<CrossbarImage>),
    /// Cells and converters for analogue read.
    Analogue(AnalogueArray),
}

/// The content of an array with analogue read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AnalogueArray {
    /// Cell codes, one image for each epoch.
    pub images: Vec<ArrayImage>,
    /// Constants of the converters of each slice, the same in all epochs.
    pub converters: Vec<Adc>,
    /// Seed of the read noise.
    pub noise_seed: u64,
}

impl From<CrossbarImage> for SynapseArray {
    /// Weights that never change.
    fn from(image: CrossbarImage) -> Self {
        SynapseArray::Event(vec![image])
    }
}

impl SynapseArray {
    /// The weights of each epoch; empty with analogue read.
    #[must_use]
    pub fn event_images(&self) -> &[CrossbarImage] {
        match self {
            SynapseArray::Event(images) => images,
            SynapseArray::Analogue(_) => &[],
        }
    }

    /// The cells and converters, if the array is read that way.
    #[must_use]
    pub const fn analogue(&self) -> Option<&AnalogueArray> {
        match self {
            SynapseArray::Event(_) => None,
            SynapseArray::Analogue(array) => Some(array),
        }
    }

    /// The narrowest width that holds the weights of every epoch, two's complement, 2 to 16; 2 with analogue read.
    #[must_use]
    pub fn least_weight_bits(&self) -> u32 {
        let codes = || self.event_images().iter().flat_map(CrossbarImage::codes).map(|&code| i64::from(code));
        let fits = |bits: &u32| {
            let (low, high) = signed_range(*bits);
            codes().all(|code| (low..=high).contains(&code))
        };
        (2..16).find(fits).unwrap_or(16)
    }

    /// Number of images.
    #[must_use]
    pub fn epochs(&self) -> usize {
        match self {
            SynapseArray::Event(images) => images.len(),
            SynapseArray::Analogue(array) => array.images.len(),
        }
    }

    pub(crate) fn check(&self, structure: &Structure) -> Result<(), CoreError> {
        let epochs = structure.array.epochs as usize;
        if self.epochs() != epochs {
            let problem = format!("has {} images, must have {epochs}, one for each epoch", self.epochs());
            return Err(CoreError::conflict("array.epochs", problem));
        }
        match (self, &structure.array.read) {
            (SynapseArray::Event(images), ArrayRead::Event) => {
                images.iter().try_for_each(|image| check_weights(structure, image))
            }
            (SynapseArray::Analogue(array), ArrayRead::Analogue(read)) => array.check(structure, read),
            (SynapseArray::Event(_), ArrayRead::Analogue(_)) | (SynapseArray::Analogue(_), ArrayRead::Event) => {
                Err(CoreError::conflict("array.read_mode", "is not the one the array was made for".to_owned()))
            }
        }
    }
}

impl AnalogueArray {
    fn check(&self, structure: &Structure, read: &AnalogueRead) -> Result<(), CoreError> {
        for image in &self.images {
            check_image(structure, read, image)?;
        }
        let shift = self.images.first().map_or(0, ArrayImage::variance_shift);
        let zeros = |image: &ArrayImage| image.slices().iter().map(|slice| slice.zero_code).collect::<Vec<i32>>();
        let first = self.images.first().map(zeros);
        if self.images.iter().any(|image| image.variance_shift() != shift || Some(zeros(image)) != first) {
            let problem = "have another variance_shift or zero_code than the first: they must not change";
            return Err(CoreError::conflict("array.epochs", problem.to_owned()));
        }
        if self.converters.len() != read.slices as usize {
            let problem = format!("are those of {} slices, must be {}", self.converters.len(), read.slices);
            return Err(CoreError::conflict("array.adc", problem));
        }
        self.converters.iter().try_for_each(|adc| check_adc(structure, read, adc))
    }
}

fn check_image(structure: &Structure, read: &AnalogueRead, image: &ArrayImage) -> Result<(), CoreError> {
    let wanted = [
        ("word_lines", image.word_lines(), structure.word_lines),
        ("neurons", image.bit_lines(), structure.neurons),
        ("code_bits", image.code_bits(), read.code_bits),
        ("slices", image.slices().len() as u32, read.slices),
    ];
    if let Some((name, found, wanted)) = wanted.into_iter().find(|(_, found, wanted)| found != wanted) {
        return Err(CoreError::conflict(&format!("array.{name}"), format!("is {found} in an image, must be {wanted}")));
    }
    (0_u32..).zip(image.slices()).try_for_each(|(s, slice)| check_slice(read, s, slice))
}

fn check_slice(read: &AnalogueRead, s: u32, slice: &SliceImage) -> Result<(), CoreError> {
    let lists =
        [("minus", &slice.minus, read.devices_per_cell == 1), ("variance", &slice.variance, read.variance_bits == 0)];
    if let Some((name, _, absent)) = lists.into_iter().find(|(_, list, absent)| list.is_empty() != *absent) {
        let problem = if absent { "must have no codes" } else { "must have a code for each cell" };
        return Err(CoreError::conflict(&format!("array.{name}"), problem.to_owned()));
    }
    let most = (1_i64 << read.variance_bits) - 1;
    let variance = |&code: &u16| CoreError::check_range("array.variance", i64::from(code), 0, most);
    slice.variance.iter().try_for_each(variance)?;
    let (low, high) = if read.devices_per_cell == 2 { (0, 0) } else { (-(1 << 27), (1 << 27) - 1) };
    CoreError::check_range("array.zero_code", i64::from(slice.zero_code), low, high)?;
    let shift = i64::from(s * read.slice_bits);
    CoreError::check_range("array.slice.shift", i64::from(slice.shift), shift, shift)
}

fn check_adc(structure: &Structure, read: &AnalogueRead, adc: &Adc) -> Result<(), CoreError> {
    adc.check()?;
    let half = 1_i32 << (read.adc_bits - 1);
    CoreError::check_range("array.adc.low", i64::from(adc.low), i64::from(-half), i64::from(-half))?;
    CoreError::check_range("array.adc.high", i64::from(adc.high), i64::from(half - 1), i64::from(half - 1))?;
    if adc.rounding != read.adc_rounding {
        return Err(CoreError::conflict("array.adc.rounding", "is not that of the structure".to_owned()));
    }
    if adc.offsets.len() != structure.neurons as usize {
        let problem = format!("has {} entries, must have {}", adc.offsets.len(), structure.neurons);
        return Err(CoreError::conflict("array.adc.offsets", problem));
    }
    let offset =
        |&offset: &i32| CoreError::check_range("array.adc.offsets", i64::from(offset), -(1 << 27), (1 << 27) - 1);
    adc.offsets.iter().try_for_each(offset)
}

fn check_weights(structure: &Structure, image: &CrossbarImage) -> Result<(), CoreError> {
    if (image.word_lines(), image.bit_lines()) != (structure.word_lines, structure.neurons) {
        return Err(CoreError::conflict(
            "synapse.image",
            format!(
                "is {} x {}, must be core.word_lines x core.neurons = {} x {}",
                image.word_lines(),
                image.bit_lines(),
                structure.word_lines,
                structure.neurons
            ),
        ));
    }
    let (low, high) = structure.weight_range();
    for (index, &code) in image.codes().iter().enumerate() {
        let (row, column) = (index / image.bit_lines() as usize, index % image.bit_lines() as usize);
        let code = i64::from(code);
        if !(low..=high).contains(&code) {
            return CoreError::check_range(&format!("synapse.image[{row}][{column}]"), code, low, high);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_weights_hold_both_ends_of_every_epoch() {
        let bits = |codes: [i16; 2]| {
            let image = |code| CrossbarImage::new(1, 1, vec![code]).expect("one code");
            SynapseArray::Event(codes.map(image).into()).least_weight_bits()
        };
        let found = [[0, 1], [-2, 1], [2, 0], [7, -8], [8, 0], [0, -9], [i16::MAX, 0], [0, i16::MIN]].map(bits);
        assert_eq!(found, [2, 2, 3, 4, 5, 5, 16, 16]);
    }
}
