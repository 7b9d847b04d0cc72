//! What an analogue read gives: sums of the active rows, read noise, converter codes, words.
//!
//! Contract: `docs/src/contract/array.md`. Both engines read through here, whole word lines at a time.

mod convert;
mod noise;
mod sums;

use crate::cast::{count, index};
use crate::event::Vectors;
use bitspike_spec::{AnalogueArray, AnalogueRead, ArrayImage, Core};
use convert::{Conversion, Converters};
use noise::Noise;
use sums::{BLOCK, Cells};

/// One bit slice of the array in one epoch.
#[derive(Clone, Debug)]
struct Slice {
    /// `plus - minus`
    differences: Cells<i16>,
    /// Nothing without read noise.
    variances: Option<Cells<u16>>,
    zero_code: i64,
}

/// The array in one epoch, ready to be read.
#[derive(Clone, Debug)]
pub(crate) struct Array {
    bit_lines: usize,
    slices: Vec<Slice>,
    converters: Vec<Converters>,
    noise: Noise,
    vectors: Vectors,
}

/// What a read gave. Lists are padded to whole blocks of bit lines.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// `w` of each bit line.
    pub(crate) words: Vec<i32>,
    /// `code[s][j]`, slice by slice.
    codes: Vec<i16>,
    sums: Vec<i32>,
    variances: Vec<i32>,
    draws: Vec<i32>,
}

impl Sample {
    /// Codes of one slice.
    pub(crate) fn codes(&self, slice: usize) -> &[i16] {
        &self.codes[slice * self.words.len()..][..self.words.len()]
    }
}

impl Array {
    /// The array of a core in an epoch; nothing with event read.
    pub(crate) fn new(core: &Core, epoch: u32) -> Option<Self> {
        let (read, array) = (core.structure().array.analogue()?, core.values().array.analogue()?);
        let image = &array.images[index(epoch)];
        Some(Array {
            bit_lines: index(image.bit_lines()),
            slices: slices(&read, image),
            converters: (0..)
                .zip(&array.converters)
                .map(|(s, adc)| Converters::new(adc, s * read.slice_bits))
                .collect(),
            noise: Noise::new(array.noise_seed, image.variance_shift()),
            vectors: Vectors::detect(),
        })
    }

    /// The array in another epoch, in which only the codes of the cells are others.
    pub(crate) fn enter(&mut self, core: &Core, epoch: u32) {
        let parts = (core.structure().array.analogue(), core.values().array.analogue());
        if let (Some(read), Some(AnalogueArray { images, .. })) = parts {
            self.slices = slices(&read, &images[index(epoch)]);
        }
    }

    /// Room for what a read gives.
    pub(crate) fn room(&self) -> Sample {
        let padded = self.bit_lines.next_multiple_of(BLOCK);
        let zeros = || vec![0; padded];
        let codes = vec![0; padded * self.slices.len()];
        Sample { words: zeros(), codes, sums: zeros(), variances: zeros(), draws: zeros() }
    }

    /// Reads the active rows; `number` is the counter `reads`.
    pub(crate) fn read(&self, rows: &[u32], number: u64, into: &mut Sample) {
        match self.vectors {
            Vectors::Baseline => self.read_in(rows, number, into),
            // SAFETY: AVX2 was detected.
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2 => unsafe { read_avx2(self, rows, number, into) },
        }
    }

    #[inline(always)]
    fn read_in(&self, rows: &[u32], number: u64, into: &mut Sample) {
        let Sample { words, codes, sums, variances, draws } = into;
        words.fill(0);
        let parts = self.slices.iter().zip(&self.converters).zip(codes.chunks_exact_mut(words.len()));
        for (plane, ((slice, converters), codes)) in (0..).zip(parts) {
            slice.differences.sum(rows, sums);
            if let Some(cells) = &slice.variances {
                cells.sum(rows, variances);
                self.noise.draw((plane, number), draws);
                self.noise.add(sums, variances, draws);
            }
            let taken = slice.zero_code * i64::from(count(rows.len()));
            converters.convert(Conversion { sums, taken, codes, words });
        }
    }

    /// Conversions of these bit lines that gave the lowest or the highest code.
    pub(crate) fn at_limit(&self, sample: &Sample, bit_lines: std::ops::Range<usize>) -> u32 {
        let of_slice = |(s, converters): (usize, &Converters)| converters.at_limit(&sample.codes(s)[bit_lines.clone()]);
        self.converters.iter().enumerate().map(of_slice).sum()
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn read_avx2(array: &Array, rows: &[u32], number: u64, into: &mut Sample) {
    array.read_in(rows, number, into);
}

fn slices(read: &AnalogueRead, image: &ArrayImage) -> Vec<Slice> {
    let shape = (index(image.word_lines()), index(image.bit_lines()));
    let slice = |slice: &bitspike_spec::SliceImage| {
        let signed = |code: u16| i16::try_from(code).expect("a code has at most 12 bits");
        let minus = |cell: usize| slice.minus.get(cell).map_or(0, |&code| signed(code));
        let most_variance = (1 << read.variance_bits) - 1;
        Slice {
            differences: Cells::new(shape, (1 << read.code_bits) - 1, |cell| signed(slice.plus[cell]) - minus(cell)),
            variances: (read.variance_bits > 0).then(|| Cells::new(shape, most_variance, |cell| slice.variance[cell])),
            zero_code: slice.zero_code.into(),
        }
    };
    image.slices().iter().map(slice).collect()
}
