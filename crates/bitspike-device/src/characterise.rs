//! What an array is like: the numbers behind its report.

use crate::adc::{Transfer, transfer};
use crate::config::ArrayConfig;
use crate::device::Device;
use crate::error::DeviceError;
use crate::image::{ProgrammedArray, blocks, program_with_threads};
use crate::ir_drop::{Fold, fold};
use crate::mapping::Levels;
use crate::mvm::{Converters, Patterns, Slice};
use crate::program::Devices;
use crate::weights::WeightMatrix;
use serde::Serialize;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;

/// Mean, spread and extremes of a set of numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Statistics {
    /// How many.
    pub count: u64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub deviation: f64,
    /// Smallest.
    pub smallest: f64,
    /// Largest.
    pub largest: f64,
}

impl Statistics {
    /// Statistics of some numbers; all zero without any.
    pub fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let count = values.clone().count() as u64;
        if count == 0 {
            return Statistics::default();
        }
        let n = count as f64;
        let mean = values.clone().sum::<f64>() / n;
        let deviation = (values.clone().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
        let smallest = values.clone().fold(f64::INFINITY, f64::min);
        Statistics { count, mean, deviation, smallest, largest: values.fold(f64::NEG_INFINITY, f64::max) }
    }
}

/// Conductances of the devices that share a target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LevelHistogram {
    /// Target, µS.
    pub target: f64,
    /// Conductances after programming, µS.
    pub g: Statistics,
    /// Counts in equal bins from 0 to [`Characteristics::histogram_top`].
    pub counts: Vec<u32>,
}

/// Conductances of one target at one epoch.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DriftPoint {
    /// Seconds since programming.
    pub seconds: f64,
    /// Target, µS.
    pub target: f64,
    /// Conductances, µS.
    pub g: Statistics,
}

/// Errors of sums over random binary inputs, in units of the integer weights.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MvmError {
    /// Share of active word lines.
    pub density: f64,
    /// Epoch of the image.
    pub epoch: usize,
    /// `sum of codes / codes of one level - sum of integer weights`: the array.
    pub array: Statistics,
    /// The same after the converters: array, read noise and converters.
    pub converted: Statistics,
    /// Share of conversions at either end of the converter's codes.
    pub clamped: f64,
}

/// Everything the report of an array shows. Conductances in µS.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Characteristics {
    /// Top of the histograms, µS.
    pub histogram_top: f64,
    /// One histogram for each target conductance, rising.
    pub levels: Vec<LevelHistogram>,
    /// Conductance less target without write-verify.
    pub error_before_verify: Statistics,
    /// Conductance less target as programmed.
    pub error_after_verify: Statistics,
    /// `pulses[n]`: devices that took `n` pulses.
    pub pulses: Vec<u64>,
    /// Devices that are stuck.
    pub stuck: u64,
    /// Each target at each epoch.
    pub drift: Vec<DriftPoint>,
    /// Share of the ideal current that the wires take from each cell of plane 0 at the first epoch, word line major; empty
    /// without wires.
    pub ir_drop: Vec<f64>,
    /// Transfer of the converter of bit line 0, for each slice.
    pub adc: Vec<Transfer>,
    /// Errors of sums at several input densities and epochs.
    pub mvm: Vec<MvmError>,
}

/// Bins of a histogram.
pub const BINS: usize = 256;

const DENSITIES: [f64; 3] = [0.05, 0.2, 0.5];
const PATTERNS: u64 = 64;

/// Programs an array and measures it.
///
/// # Errors
/// As [`crate::program`].
pub fn characterise(
    weights: &WeightMatrix,
    config: &ArrayConfig,
    (seed, threads): (u64, NonZeroUsize),
) -> Result<(ProgrammedArray, Characteristics), DeviceError> {
    let array = program_with_threads(weights, config, (seed, threads))?;
    let blind = ArrayConfig { write_verify: None, ..config.clone() };
    let before = Devices::program(weights, &blind, (seed, threads))?;
    let devices = &array.devices;
    let histogram_top = config.g_clip() * 1e6;
    let characteristics = Characteristics {
        histogram_top,
        levels: levels(devices, histogram_top),
        error_before_verify: errors(&before),
        error_after_verify: errors(devices),
        pulses: pulses(devices),
        stuck: all(devices).filter(|device| device.is_stuck()).count() as u64,
        drift: drift(&array)?,
        ir_drop: ir_drop(&array, threads)?,
        adc: array.adcs.iter().map(|adc| transfer(adc, 0)).collect(),
        mvm: mvm(&array),
    };
    Ok((array, characteristics))
}

fn all(devices: &Devices) -> impl Iterator<Item = &Device> + Clone {
    devices.planes.iter().flat_map(|plane| &plane.devices)
}

fn errors(devices: &Devices) -> Statistics {
    Statistics::of(all(devices).map(|device| device.g() - device.target))
}

/// Indices of devices by target, rising; a conductance is never negative, so its bits rise with it.
fn by_target<'a>(devices: impl Iterator<Item = (&'a Device, f64)>) -> BTreeMap<u64, Vec<f64>> {
    let mut groups: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for (device, g) in devices {
        groups.entry(device.target.to_bits()).or_default().push(g);
    }
    groups
}

fn levels(devices: &Devices, top: f64) -> Vec<LevelHistogram> {
    let histogram = |(target, g): (u64, Vec<f64>)| {
        let mut counts = vec![0; BINS];
        for g in &g {
            counts[((g / top * BINS as f64) as usize).min(BINS - 1)] += 1;
        }
        LevelHistogram { target: f64::from_bits(target), g: Statistics::of(g.iter().copied()), counts }
    };
    by_target(all(devices).map(|device| (device, device.g()))).into_iter().map(histogram).collect()
}

fn pulses(devices: &Devices) -> Vec<u64> {
    let most = all(devices).map(|device| device.pulses).max().unwrap_or(0);
    let mut counts = vec![0; most as usize + 1];
    all(devices).for_each(|device| counts[device.pulses as usize] += 1);
    counts
}

fn drift(array: &ProgrammedArray) -> Result<Vec<DriftPoint>, DeviceError> {
    let mut points = Vec::new();
    for epoch in &array.epochs {
        let at = (array.seed, epoch.effective_seconds);
        let planes = (0..array.devices.planes.len())
            .map(|plane| array.devices.conductances(plane, &array.config, at))
            .collect::<Result<Vec<_>, _>>()?;
        let groups = by_target(all(&array.devices).zip(planes.concat()));
        points.extend(groups.into_iter().map(|(target, g)| DriftPoint {
            seconds: epoch.epoch.seconds,
            target: f64::from_bits(target),
            g: Statistics::of(g.iter().copied()),
        }));
    }
    Ok(points)
}

fn ir_drop(array: &ProgrammedArray, threads: NonZeroUsize) -> Result<Vec<f64>, DeviceError> {
    let config = &array.config;
    let Some(wires) = &config.wires else { return Ok(Vec::new()) };
    let at = (array.seed, array.epochs[0].effective_seconds);
    let g: Vec<f64> = array.devices.conductances(0, config, at)?.iter().map(|g| g * 1e-6).collect();
    let &ArrayConfig { v_read, read_mode: mode, nonlinear: form, .. } = config;
    let how = Fold { wires: Some(wires), v_read, mode, form, threads };
    let columns = array.devices.bit_lines as usize;
    let real = fold(&g, columns, &how)?;
    let ideal = fold(&g, columns, &Fold { wires: None, ..how })?;
    Ok(real.iter().zip(&ideal).map(|(real, ideal)| if *ideal > 0.0 { 1.0 - real / ideal } else { 0.0 }).collect())
}

fn mvm(array: &ProgrammedArray) -> Vec<MvmError> {
    let epochs = 0..array.epochs.len();
    epochs.flat_map(|epoch| DENSITIES.map(|density| mvm_error(array, (epoch, density)))).collect()
}

fn mvm_error(array: &ProgrammedArray, (epoch, density): (usize, f64)) -> MvmError {
    let image = &array.epochs[epoch].image;
    let slices: Vec<Slice> = image.slices().iter().map(|slice| Slice::new(image, slice)).collect();
    let columns = image.bit_lines() as usize;
    let unit = Levels::new(&array.config).unit() * 1e-6 * array.config.v_read / array.i_lsb;
    let patterns = Patterns { seed: array.seed, density };
    let converters: Vec<Converters> = array.adcs.iter().map(Converters::new).collect();
    let (mut acc, mut codes, mut variance) = (vec![0; columns], vec![0; columns], vec![0; columns]);
    let (mut errors, mut converted, mut clamped, mut conversion) = (Vec::new(), Vec::new(), 0_u64, 0_u64);
    for pattern in 0..PATTERNS {
        let active = patterns.active(image.word_lines(), pattern);
        let exact = exact_sums(&array.devices, &active);
        let (mut sums, mut outputs) = (vec![0.0; columns], vec![0.0; columns]);
        let each = blocks(&active, (image.word_lines(), array.config.rows_per_read(image.word_lines())))
            .filter(|block| !block.is_empty())
            .flat_map(|block| slices.iter().enumerate().map(move |(number, slice)| (block, number, slice)));
        for (block, number, slice) in each {
            let (adc, digit) = (&array.adcs[number], f64::from(1_u32 << image.slices()[number].shift) / unit);
            slice.event_sums(block, &mut acc);
            sums.iter_mut().zip(&acc).for_each(|(sum, &acc)| *sum += f64::from(acc) * digit);
            if slice.event_variances(block, &mut variance) {
                slice.add_noise(&mut acc, &variance, (array.seed, conversion));
            }
            converters[number].convert(&acc, &mut codes);
            for ((output, &code), &multiplier) in outputs.iter_mut().zip(&codes).zip(&adc.multipliers) {
                *output += f64::from(code) / libm::scalbn(f64::from(multiplier), -(adc.shift as i32)) * digit;
                clamped += u64::from(code == adc.low || code == adc.high);
            }
            conversion += 1;
        }
        errors.extend(sums.iter().zip(&exact).map(|(sum, exact)| sum - exact));
        converted.extend(outputs.iter().zip(&exact).map(|(sum, exact)| sum - exact));
    }
    MvmError {
        density,
        epoch,
        array: Statistics::of(errors.iter().copied()),
        converted: Statistics::of(converted.iter().copied()),
        clamped: clamped as f64 / (conversion.max(1) as f64 * columns as f64),
    }
}

fn exact_sums(devices: &Devices, active: &[u32]) -> Vec<f64> {
    let columns = devices.bit_lines as usize;
    let mut sums = vec![0.0; columns];
    for &row in active {
        let weights = &devices.weights[row as usize * columns..][..columns];
        sums.iter_mut().zip(weights).for_each(|(sum, &w)| *sum += f64::from(w));
    }
    sums
}
