//! From devices to integer images: epochs, wires, codes, converters.

use crate::adc::{AdcRange, calibrate, percentile};
use crate::config::{ArrayConfig, EpochConfig};
use crate::effects::read_noise;
use crate::effects::temperature::effective_seconds;
use crate::error::DeviceError;
use crate::ir_drop::{Fold, fold};
use crate::mapping::Levels;
use crate::mvm::{Patterns, Slice};
use crate::program::Devices;
use crate::weights::WeightMatrix;
use bitspike_spec::array::ArrayShape;
use bitspike_spec::{Adc, ArrayImage, SliceImage};
use std::num::NonZeroUsize;

/// The image of one epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochImage {
    /// When it holds.
    pub epoch: EpochConfig,
    /// Seconds since programming at the reference temperature.
    pub effective_seconds: f64,
    /// The codes.
    pub image: ArrayImage,
    /// Currents above the largest code and variances above the largest variance code, which were clamped.
    pub clamped: u64,
}

/// An array after programming: all that a run needs, and what a report shows.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgrammedArray {
    /// The configuration it was made from.
    pub config: ArrayConfig,
    /// The seed it was made from.
    pub seed: u64,
    /// The devices right after programming.
    pub devices: Devices,
    /// Amperes of one current LSB.
    pub i_lsb: f64,
    /// One image for each epoch.
    pub epochs: Vec<EpochImage>,
    /// The converters of each slice.
    pub adcs: Vec<Adc>,
}

/// Programs an array: from weights, configuration and seed to integers, on one thread.
///
/// ```text
/// devices    mapping -> stuck -> spread -> write-verify -> relaxation -> endurance          once
/// epoch      drift (temperature) -> telegraph noise -> wires and I-V -> codes, variances    for each epoch
/// code       = round(I / i_lsb), clamped to 0 .. 2^code_bits - 1                            unsigned, each device
/// variance   = round(2^variance_shift (s+^2 + s-^2) / i_lsb^2), clamped to variance_bits    each cell
/// converter  calibrated on the first epoch, the same for all
/// ```
///
/// `I` is the current at `v_read` as the bit line sees it, with wires and I-V. A device's noise `s` is its conductance
/// noise times `I / g`: wires weaken noise as they weaken the current. `i_lsb` is the configuration's, or the largest
/// current of any epoch over the largest code. `variance_shift` is the largest even number that lets the largest variance fit.
///
/// # Errors
/// [`DeviceError`] for weights or a configuration that are not allowed, for wires that cannot be folded, and for a solve
/// that does not converge.
///
/// # Example
/// ```
/// use bitspike_device::{ArrayConfig, WeightMatrix, program};
///
/// let weights = WeightMatrix { word_lines: 1, bit_lines: 3, weights: vec![1.0, -0.2, 0.0] };
/// let array = program(&weights, &ArrayConfig::default(), 7)?;
/// let slice = &array.epochs[0].image.slices()[0];
/// assert_eq!(slice.plus, [1023, 26, 26]); // 40 µS, 1 µS, 1 µS at ten bits
/// assert_eq!(slice.minus, [26, 225, 26]); // level 3 of 15: 8.8 µS
/// # Ok::<(), bitspike_device::DeviceError>(())
/// ```
pub fn program(weights: &WeightMatrix, config: &ArrayConfig, seed: u64) -> Result<ProgrammedArray, DeviceError> {
    program_with_threads(weights, config, (seed, NonZeroUsize::MIN))
}

/// As [`program`], on several threads: the same bytes, sooner.
///
/// # Errors
/// As [`program`].
pub fn program_with_threads(
    weights: &WeightMatrix,
    config: &ArrayConfig,
    (seed, threads): (u64, NonZeroUsize),
) -> Result<ProgrammedArray, DeviceError> {
    let devices = Devices::program(weights, config, (seed, threads))?;
    let physical = config
        .epochs
        .iter()
        .map(|epoch| Physical::new(&devices, config, (epoch, seed, threads)))
        .collect::<Result<Vec<_>, _>>()?;
    let code_max = f64::from((1_u32 << config.code_bits) - 1);
    let largest = physical.iter().flat_map(|p| &p.currents).flatten().fold(0.0_f64, |a, &i| a.max(i));
    let i_lsb = config.i_lsb.unwrap_or(if largest > 0.0 { largest / code_max } else { 1e-9 });
    let coder = Coder::new(config, &physical, i_lsb);
    let shape = coder.shape(&devices);
    let epochs = physical.into_iter().map(|p| coder.epoch(&p, shape)).collect::<Result<Vec<_>, _>>()?;
    let adcs = converters(&epochs[0].image, config, (seed, coder.unit))?;
    Ok(ProgrammedArray { config: config.clone(), seed, devices, i_lsb, epochs, adcs })
}

/// Currents and variances of one epoch, amperes.
struct Physical {
    epoch: EpochConfig,
    seconds: f64,
    currents: Vec<Vec<f64>>,
    variances: Vec<Vec<f64>>,
}

impl Physical {
    fn new(
        devices: &Devices,
        config: &ArrayConfig,
        (epoch, seed, threads): (&EpochConfig, u64, NonZeroUsize),
    ) -> Result<Self, DeviceError> {
        let seconds = effective_seconds(config.temperature.as_ref(), (epoch.seconds, epoch.kelvin))?;
        let sources = read_noise::sources(config)?;
        let &ArrayConfig { v_read, read_mode: mode, nonlinear: form, .. } = config;
        let how = Fold { wires: config.wires.as_ref(), v_read, mode, form, threads };
        let (mut currents, mut variances) = (Vec::new(), Vec::new());
        for plane in 0..devices.planes.len() {
            let g = devices.conductances(plane, config, (seed, seconds))?;
            let siemens: Vec<f64> = g.iter().map(|g| g * 1e-6).collect();
            let folded = fold(&siemens, devices.bit_lines as usize, &how)?;
            let variance = |(&g, &i): (&f64, &f64)| {
                let volts = if g > 0.0 { i / (g * 1e-6) } else { v_read };
                let sum: f64 = sources.iter().map(|source| source.variance(g, epoch.seconds)).sum();
                sum * (1e-6 * volts).powi(2)
            };
            if !sources.is_empty() {
                variances.push(g.iter().zip(&folded).map(variance).collect());
            }
            currents.push(folded);
        }
        Ok(Physical { epoch: epoch.clone(), seconds, currents, variances })
    }

    /// Variance of each cell of a slice: its two devices together.
    fn variance(&self, slice: usize) -> Vec<f64> {
        let Some(plus) = self.variances.get(2 * slice) else { return Vec::new() };
        match self.variances.get(2 * slice + 1) {
            Some(minus) => plus.iter().zip(minus).map(|(a, b)| a + b).collect(),
            None => plus.clone(),
        }
    }

    fn slices(&self) -> usize {
        self.currents.len().div_ceil(2)
    }
}

/// The rule from amperes to codes, the same for all epochs.
struct Coder {
    levels: Levels,
    code_bits: u32,
    variance_bits: u32,
    variance_shift: u32,
    i_lsb: f64,
    zero_code: i32,
    unit: f64,
}

impl Coder {
    fn new(config: &ArrayConfig, physical: &[Physical], i_lsb: f64) -> Self {
        let levels = Levels::new(config);
        let largest =
            physical.iter().flat_map(|p| (0..p.slices()).flat_map(|slice| p.variance(slice))).fold(0.0_f64, f64::max);
        let room = f64::from((1_u32 << config.variance_bits) - 1) * i_lsb * i_lsb;
        let fits = |shift: &u32| largest * libm::scalbn(1.0, *shift as i32) <= room;
        let codes = |g: f64| config.nonlinear.current(g * 1e-6, config.v_read) / i_lsb;
        Coder {
            levels,
            code_bits: config.code_bits,
            variance_bits: config.variance_bits,
            variance_shift: (0..=20).rev().map(|half| 2 * half).find(fits).unwrap_or(0),
            i_lsb,
            zero_code: codes(levels.zero()).round() as i32,
            unit: levels.unit() * 1e-6 * config.v_read / i_lsb,
        }
    }

    fn shape(&self, devices: &Devices) -> ArrayShape {
        let &Devices { word_lines, bit_lines, .. } = devices;
        ArrayShape { word_lines, bit_lines, code_bits: self.code_bits, variance_shift: self.variance_shift }
    }

    fn epoch(&self, p: &Physical, shape: ArrayShape) -> Result<EpochImage, DeviceError> {
        let mut clamped = 0;
        let current = |i: &f64| i / self.i_lsb;
        let scale = libm::scalbn(1.0, self.variance_shift as i32) / (self.i_lsb * self.i_lsb);
        let slices = (0..p.slices()).map(|slice| {
            let plane = |plane: usize| p.currents.get(plane).map(Vec::as_slice).unwrap_or_default().iter().map(current);
            let variances = p.variance(slice);
            let mut codes = |values: &mut dyn Iterator<Item = f64>, bits: u32| -> Vec<u16> {
                let high = f64::from((1_u32 << bits) - 1);
                values
                    .map(|x| x.round())
                    .inspect(|x| clamped += u64::from(*x > high))
                    .map(|x| x.min(high) as u16)
                    .collect()
            };
            SliceImage {
                shift: self.levels.shift(slice as u32),
                plus: codes(&mut plane(2 * slice), self.code_bits),
                minus: codes(&mut plane(2 * slice + 1), self.code_bits),
                variance: codes(&mut variances.iter().map(|v| v * scale), self.variance_bits),
                zero_code: self.zero_code,
            }
        });
        let slices: Vec<SliceImage> = slices.collect();
        let image = ArrayImage::new(shape, slices)?;
        Ok(EpochImage { epoch: p.epoch.clone(), effective_seconds: p.seconds, image, clamped })
    }
}

/// Calibrates the converters of every slice on an image.
fn converters(image: &ArrayImage, config: &ArrayConfig, (seed, unit): (u64, f64)) -> Result<Vec<Adc>, DeviceError> {
    let one = |(k, slice): (usize, &SliceImage)| {
        let full_scale = match config.adc.range {
            AdcRange::Max => largest_sum(slice, (image.bit_lines(), config.rows_per_read(image.word_lines()))),
            AdcRange::Percentile(p) => percentile(&profile(image, slice, (config, seed)), p),
            AdcRange::Granular => unit * f64::from(1_u32 << (config.adc.bits - 1)),
        };
        calibrate(&config.adc, full_scale.max(1.0), (image.bit_lines(), k as u32, seed))
    };
    image.slices().iter().enumerate().map(one).collect()
}

/// The largest magnitude a sum of a block of `rows` word lines can have: all cells of one sign on the worst bit line.
fn largest_sum(slice: &SliceImage, (columns, rows): (u32, u32)) -> f64 {
    let columns = columns as usize;
    let mut largest = 0;
    for first in (0..slice.plus.len()).step_by(columns * rows as usize) {
        let mut sums = vec![[0_i64; 2]; columns];
        for cell in first..slice.plus.len().min(first + columns * rows as usize) {
            let difference = slice.difference(cell);
            sums[cell % columns][usize::from(difference < 0)] += difference.abs();
        }
        largest = sums.iter().flatten().fold(largest, |a, &b| a.max(b));
    }
    largest as f64
}

/// Sums of random input patterns on every bit line, a block of word lines at a time.
fn profile(image: &ArrayImage, slice: &SliceImage, (config, seed): (&ArrayConfig, u64)) -> Vec<i64> {
    const PATTERNS: u64 = 256;
    let kernel = Slice::new(image, slice);
    let patterns = Patterns { seed, density: config.adc.profile_density };
    let mut acc = vec![0_i32; image.bit_lines() as usize];
    let mut sums = Vec::new();
    let rows = config.rows_per_read(image.word_lines());
    for pattern in 0..PATTERNS {
        for block in blocks(&patterns.active(image.word_lines(), pattern), (image.word_lines(), rows)) {
            kernel.event_sums(block, &mut acc);
            sums.extend(acc.iter().map(|&sum| i64::from(sum)));
        }
    }
    sums
}

/// The active word lines, rising, of each block of `rows` of an array of `word_lines`, which are read together.
pub(crate) fn blocks(active: &[u32], (word_lines, rows): (u32, u32)) -> impl Iterator<Item = &[u32]> {
    let below = |end: u32| active.partition_point(|&word_line| word_line < end);
    (0..word_lines).step_by(rows as usize).map(move |first| &active[below(first)..below(first.saturating_add(rows))])
}
