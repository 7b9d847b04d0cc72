//! Programming: every weight into its devices, and the devices as they are at a moment.

use crate::config::ArrayConfig;
use crate::device::{Device, Draws, Effect, Moment, Place};
use crate::effects::{AGEING, PROGRAMMING, switched_on};
use crate::error::DeviceError;
use crate::mapping::Levels;
use crate::weights::WeightMatrix;
use std::num::NonZeroUsize;

/// The devices of one plane, word line major.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    /// The devices.
    pub devices: Vec<Device>,
}

/// Every device of an array after programming.
#[derive(Clone, Debug, PartialEq)]
pub struct Devices {
    /// Number of word lines.
    pub word_lines: u32,
    /// Number of bit lines.
    pub bit_lines: u32,
    /// Levels for one unit of weight.
    pub scale: f64,
    /// The integer weights, word line major.
    pub weights: Vec<i32>,
    /// Weights that fell outside the levels and were clamped.
    pub clamped: u64,
    /// Plane `2 s` adds in slice `s`, plane `2 s + 1` subtracts; one plane for a single-device mapping.
    pub planes: Vec<Plane>,
}

impl Devices {
    /// Programs every device.
    ///
    /// ```text
    /// w = clamp(round(scale * weight))       ties away from zero
    /// mapping -> stuck -> spread -> write-verify -> relaxation -> endurance
    /// ```
    ///
    /// Each device is a function of its own weight, its place and the seed, so neither the size of the array around it nor
    /// the number of threads matters.
    ///
    /// # Errors
    /// [`DeviceError`] for weights or a configuration that are not allowed.
    pub fn program(
        matrix: &WeightMatrix,
        config: &ArrayConfig,
        (seed, threads): (u64, NonZeroUsize),
    ) -> Result<Self, DeviceError> {
        config.check()?;
        matrix.check()?;
        let levels = Levels::new(config);
        let (low, high) = levels.range();
        let largest = matrix.largest();
        let scale = config.scale.unwrap_or(if largest > 0.0 { f64::from(high) / largest } else { 1.0 });
        let level = |weight: &f64| (scale * weight).round();
        let weights: Vec<i32> =
            matrix.weights.iter().map(|w| level(w).clamp(f64::from(low), f64::from(high)) as i32).collect();
        let clamped = matrix.weights.iter().zip(&weights).filter(|(w, k)| level(w) != f64::from(**k)).count() as u64;
        let effects = switched_on(&PROGRAMMING, config)?;
        let maker = Maker { levels, effects, at: Moment { draws: Draws::new(seed), seconds: 0.0 } };
        let &WeightMatrix { word_lines, bit_lines, .. } = matrix;
        let planes = (0..levels.planes()).map(|plane| maker.plane((plane, bit_lines), &weights, threads)).collect();
        Ok(Devices { word_lines, bit_lines, scale, weights, clamped, planes })
    }

    /// The conductances of a plane `seconds` after programming, µS, word line major; `seconds` at the reference temperature.
    ///
    /// ```text
    /// drift -> telegraph noise
    /// ```
    ///
    /// # Errors
    /// [`DeviceError`] for an effect's parameter out of range.
    ///
    /// # Panics
    /// If the array has no such plane.
    pub fn conductances(
        &self,
        plane: usize,
        config: &ArrayConfig,
        (seed, seconds): (u64, f64),
    ) -> Result<Vec<f64>, DeviceError> {
        let effects = switched_on(&AGEING, config)?;
        let at = Moment { draws: Draws::new(seed), seconds };
        let aged = |device: &Device| {
            let mut device = *device;
            effects.iter().for_each(|effect| effect.apply(&at, &mut device));
            device.g()
        };
        Ok(self.planes[plane].devices.iter().map(aged).collect())
    }
}

/// What makes a device of a weight.
struct Maker {
    levels: Levels,
    effects: Vec<Box<dyn Effect>>,
    at: Moment,
}

impl Maker {
    fn device(&self, place: Place, weight: i32) -> Device {
        let mut device = Device::new(place, self.levels.target(place.plane, weight));
        self.effects.iter().for_each(|effect| effect.apply(&self.at, &mut device));
        device
    }

    fn plane(&self, (plane, bit_lines): (u32, u32), weights: &[i32], threads: NonZeroUsize) -> Plane {
        let columns = bit_lines as usize;
        let rows = weights.len() / columns;
        let block = rows.div_ceil(threads.get()) * columns;
        let some = |first: usize, weights: &[i32]| -> Vec<Device> {
            let devices = weights.iter().enumerate().map(|(k, &weight)| {
                let cell = first + k;
                let place = Place { plane, word_line: (cell / columns) as u32, bit_line: (cell % columns) as u32 };
                self.device(place, weight)
            });
            devices.collect()
        };
        if threads.get() == 1 {
            return Plane { devices: some(0, weights) };
        }
        let devices = std::thread::scope(|scope| {
            let start = |(k, weights)| scope.spawn(move || some(k * block, weights));
            let workers: Vec<_> = weights.chunks(block).enumerate().map(start).collect();
            workers.into_iter().flat_map(|w| w.join().expect("programming does not panic")).collect()
        });
        Plane { devices }
    }
}
