//! `docs/src/contract/array.md` once more: what a read gives, literally, in `i128`.

use bitspike_spec::fx::Rounding;
use bitspike_spec::{AnalogueArray, AnalogueRead, Converter, Core};
use std::sync::LazyLock;

pub fn philox(mut c: [u64; 4], mut k: [u64; 2]) -> [u64; 4] {
    for _ in 0..10 {
        let (p0, p1) = (0xD251_1F53 * c[0], 0xCD9E_8D57 * c[2]);
        let (h0, l0, h1, l1) = (p0 >> 32, p0 & 0xFFFF_FFFF, p1 >> 32, p1 & 0xFFFF_FFFF);
        c = [h1 ^ c[1] ^ k[0], l1, h0 ^ c[3] ^ k[1], l0];
        k = [(k[0] + 0x9E37_79B9) & 0xFFFF_FFFF, (k[1] + 0xBB67_AE85) & 0xFFFF_FFFF];
    }
    c
}

/// `-quantile(p)` by Newton's method on the tail probability.
fn upper_quantile(p: f64) -> f64 {
    let tail = |z: f64| 0.5 * libm::erfc(z / std::f64::consts::SQRT_2);
    let density = |z: f64| (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let mut z = if p < 0.1 { (-2.0 * p.ln()).sqrt() - 0.5 } else { 0.0 };
    for _ in 0..60 {
        z += ((tail(z) - p) / density(z)).clamp(-0.5, 0.5);
    }
    z
}

/// The nodes by their formula, not those of the crate.
static NODES: LazyLock<Vec<i128>> = LazyLock::new(|| {
    let octaves = (0..=24).flat_map(|o| (64..=127_u64).map(move |m| m << o));
    let node = |u: u64| (2_f64.powi(27) * upper_quantile((u as f64 + 0.5) / 2_f64.powi(32))).round() as i128;
    (0..=63).chain(octaves).chain([1 << 31]).map(node).collect()
});

pub fn gaussian(word: u64) -> i128 {
    let u = word % (1 << 31);
    let msb = (0..31).rev().find(|&bit| u >> bit & 1 == 1).unwrap_or(0);
    let o = msb.max(6) - 6;
    let i = (64 * o + (u >> o)) as usize;
    let rest = i128::from(u % (1 << o));
    let magnitude = NODES[i] - (((NODES[i] - NODES[i + 1]) * rest) >> o);
    if word < 1 << 31 { magnitude } else { -magnitude }
}

pub fn root(x: i128) -> i128 {
    let (mut low, mut high) = (0, 1 << 40);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if middle * middle <= x { low = middle } else { high = middle }
    }
    low
}

/// An array with analogue read.
#[derive(Clone, Copy)]
pub struct NaiveArray<'a> {
    pub read: AnalogueRead,
    pub array: &'a AnalogueArray,
    pub bit_lines: usize,
}

impl<'a> NaiveArray<'a> {
    pub fn new(core: &'a Core) -> Option<Self> {
        let (read, array) = (core.structure().array.analogue()?, core.values().array.analogue()?);
        Some(NaiveArray { read, array, bit_lines: core.structure().neurons as usize })
    }

    pub fn noise(&self, (s, j): (usize, usize), variance: i128, n: u64) -> i128 {
        if self.read.variance_bits == 0 {
            return 0;
        }
        let seed = self.array.noise_seed;
        let counter = [j as u64 / 4, 256 * s as u64 + 25, n % (1 << 32), 0];
        let word = philox(counter, [seed % (1 << 32), seed / (1 << 32)])[j % 4];
        let k = 31 + self.array.images[0].variance_shift() / 2;
        (gaussian(word) * root(256 * variance) + (1 << (k - 1))) >> k
    }

    /// `x` of slice `s` and bit line `j` for these active word lines.
    pub fn x(&self, (s, j): (usize, usize), rows: &[usize], (epoch, n): (usize, u64)) -> i128 {
        let (slice, adc) = (&self.array.images[epoch].slices()[s], &self.array.converters[s]);
        let of = |list: &[u16], i: usize| list.get(i * self.bit_lines + j).map_or(0, |&code| i128::from(code));
        let (mut acc, mut variance) = (0, 0);
        for &i in rows {
            acc += of(&slice.plus, i) - of(&slice.minus, i) - i128::from(slice.zero_code);
            variance += of(&slice.variance, i);
        }
        let half = self.read.adc_rounding == Rounding::HalfUp && adc.shift > 0;
        let noise = self.noise((s, j), variance, n);
        (acc + noise + i128::from(adc.offsets[j])) * i128::from(adc.multipliers[j])
            + if half { 1 << (adc.shift - 1) } else { 0 }
    }

    /// What the comparator says.
    pub fn above(&self, s: usize, x: i128, trial: i128) -> bool {
        x >= (trial - (1 << (self.read.adc_bits - 1))) * (1_i128 << self.array.converters[s].shift)
    }

    /// `T`
    pub fn conversion_cycles(&self) -> u32 {
        match self.read.converter {
            Converter::Sar => self.read.adc_bits + 1,
            Converter::Ramp => 1 << self.read.adc_bits,
        }
    }

    /// Trial of a converter that holds `code`, in a step, and the code after it.
    pub fn convert_step(&self, s: usize, x: i128, (step, code): (u32, i128)) -> (i128, i128) {
        match self.read.converter {
            Converter::Sar if step == 0 => (0, code),
            Converter::Sar => {
                let trial = code + (1 << (self.read.adc_bits - step));
                (trial, if self.above(s, x, trial) { trial } else { code })
            }
            Converter::Ramp => {
                let trial = i128::from(step);
                (trial, if self.above(s, x, trial) { trial } else { code })
            }
        }
    }

    /// `code[s][j]` at the end of a conversion, two's complement.
    pub fn code(&self, s: usize, x: i128) -> i128 {
        let steps = 0..self.conversion_cycles();
        let code = steps.fold(0, |code, step| self.convert_step(s, x, (step, code)).1);
        code - (1 << (self.read.adc_bits - 1))
    }
}
