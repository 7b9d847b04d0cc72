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
        let (mut weights, mut clamped) = (Vec::with_capacity(matrix.weights.len()), 0);
        for weight in &matrix.weights {
            let rounded = (scale * weight).round();
            let level = rounded.clamp(f64::from(low), f64::from(high));
            clamped += u64::from(level != rounded);
            weights.push(level as i32);
        }
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
        let devices = &self.planes[plane].devices;
        let mut g = Vec::with_capacity(devices.len());
        for row in devices.chunks(self.bit_lines as usize) {
            let mut row = row.to_vec();
            effects.iter().for_each(|effect| effect.apply(&at, &mut row));
            g.extend(row.iter().map(Device::g));
        }
        Ok(g)
    }
}

/// What makes a device of a weight.
struct Maker {
    levels: Levels,
    effects: Vec<Box<dyn Effect>>,
    at: Moment,
}

impl Maker {
    /// The devices of some adjacent word lines, the first of which is `first`.
    fn rows(&self, (plane, bit_lines): (u32, u32), first: u32, weights: &[i32]) -> Vec<Device> {
        let mut devices = Vec::with_capacity(weights.len());
        for (word_line, row) in (first..).zip(weights.chunks(bit_lines as usize)) {
            let start = devices.len();
            devices.extend((0..).zip(row).map(|(bit_line, &weight)| {
                Device::new(Place::new(plane, word_line, bit_line), self.levels.target(plane, weight))
            }));
            self.effects.iter().for_each(|effect| effect.apply(&self.at, &mut devices[start..]));
        }
        devices
    }

    fn plane(&self, (plane, bit_lines): (u32, u32), weights: &[i32], threads: NonZeroUsize) -> Plane {
        let columns = bit_lines as usize;
        let rows = (weights.len() / columns).div_ceil(threads.get());
        let some = |first: usize, weights: &[i32]| self.rows((plane, bit_lines), first as u32, weights);
        if threads.get() == 1 {
            return Plane { devices: some(0, weights) };
        }
        let devices = std::thread::scope(|scope| {
            let start = |(k, weights)| scope.spawn(move || some(k * rows, weights));
            let workers: Vec<_> = weights.chunks(rows * columns).enumerate().map(start).collect();
            workers.into_iter().flat_map(|w| w.join().expect("programming does not panic")).collect()
        });
        Plane { devices }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL_EFFECTS: &str = r#"
        scale = 3.0
        stuck = { low = 0.02, high = 0.05, open = 0.01, word_line = 0.02, bit_line = 0.02 }
        spread = { sigma = { fit = "hfox_wan_1s" } }
        write_verify = { tolerance = 2e-6, gain = 0.7, sigma_pulse = 2e-6, sigma_read = 5e-7, max_pulses = 20 }
        relaxation = { sigma = { relative = 0.02 } }
        endurance = { cycles = 1e5, scale = 1e6, shape = 1.5, closure_per_decade = 0.01 }
        drift = { power_law = { nu_mean = 0.05, nu_sigma = 0.01, t0 = 1.0 } }
        telegraph = { amplitude = 0.05, amplitude_sigma = 0.3, tau_0 = 1.0, tau_1 = 2.0, read_interval = 0.1 }
    "#;

    fn everything() -> ArrayConfig {
        toml::from_str(ALL_EFFECTS).expect("good TOML")
    }

    fn matrix(word_lines: u32, bit_lines: u32) -> WeightMatrix {
        let weight = |i: u32, j: u32| f64::from((i * 31 + j * 17) % 11) - 5.0;
        let cells = (0..word_lines).flat_map(|i| (0..bit_lines).map(move |j| weight(i, j)));
        WeightMatrix { word_lines, bit_lines, weights: cells.collect() }
    }

    fn programmed(matrix: &WeightMatrix, threads: usize) -> Devices {
        let threads = NonZeroUsize::new(threads).expect("above 0");
        Devices::program(matrix, &everything(), (11, threads)).expect("valid")
    }

    proptest! {
        /// Any number of threads, any part of the array, any order of evaluation, after programming and long after it.
        #[test]
        fn threads_size_and_order_change_nothing(
            (rows, columns) in (1..40_u32, 1..40_u32),
            (part_rows, part_columns) in (1..40_u32, 1..40_u32),
            (seed, stride) in (any::<u64>(), 1..1000_usize),
            seconds in 0.0..1e6,
        ) {
            let config = everything();
            let program = |(rows, columns), threads| {
                let threads = NonZeroUsize::new(threads).expect("above 0");
                Devices::program(&matrix(rows, columns), &config, (seed, threads)).expect("valid")
            };
            let aged = |devices: &Devices, plane| devices.conductances(plane, &config, (seed, seconds)).expect("valid");
            let whole = program((rows, columns), 1);
            for threads in [2, 8, 64] {
                prop_assert_eq!(&program((rows, columns), threads), &whole);
            }

            let (part_rows, part_columns) = (part_rows.min(rows), part_columns.min(columns));
            let part = program((part_rows, part_columns), 1);
            for plane in 0..2 {
                let (old, part_old) = (aged(&whole, plane), aged(&part, plane));
                for (k, part_g) in part_old.into_iter().enumerate() {
                    let cell = k / part_columns as usize * columns as usize + k % part_columns as usize;
                    prop_assert_eq!(part.planes[plane].devices[k], whole.planes[plane].devices[cell]);
                    prop_assert_eq!(part_g, old[cell]);
                }
            }

            let cells = (rows * columns) as usize;
            let by_column = (0..cells).map(|k| k % rows as usize * columns as usize + k / rows as usize);
            let jumping = (0..cells).map(|k| k * stride % cells); // every cell when the stride has no common factor
            let effects = switched_on(&PROGRAMMING, &config).expect("valid");
            let at = Moment { draws: Draws::new(seed), seconds: 0.0 };
            let levels = Levels::new(&config);
            for cell in by_column.chain(jumping).chain((0..cells).rev()) {
                let (row, column) = (cell as u32 / columns, cell as u32 % columns);
                let mut device = Device::new(Place::new(1, row, column), levels.target(1, whole.weights[cell]));
                let alone = std::slice::from_mut(&mut device);
                effects.iter().for_each(|effect| effect.apply(&at, alone));
                prop_assert_eq!(device, whole.planes[1].devices[cell]);
            }
        }
    }

    #[test]
    fn weights_are_rounded_and_clamped() {
        let weights = WeightMatrix { word_lines: 1, bit_lines: 4, weights: vec![0.5, -1.2, 9.0, -7.0] };
        let devices = programmed(&weights, 1);
        assert_eq!((devices.weights, devices.clamped), (vec![2, -4, 15, -15], 2));
        let config = ArrayConfig { scale: None, ..everything() };
        let devices = Devices::program(&weights, &config, (1, NonZeroUsize::MIN)).expect("valid");
        assert_eq!((devices.weights, devices.clamped), (vec![1, -2, 15, -12], 0));
        let zero = WeightMatrix { word_lines: 1, bit_lines: 1, weights: vec![0.0] };
        assert_eq!(Devices::program(&zero, &config, (1, NonZeroUsize::MIN)).expect("valid").scale, 1.0);
    }

    #[test]
    fn refuses_weights_it_cannot_program() {
        let error = |m: &WeightMatrix| {
            Devices::program(m, &everything(), (1, NonZeroUsize::MIN)).expect_err("refused").to_string()
        };
        let infinite = WeightMatrix { word_lines: 1, bit_lines: 2, weights: vec![0.0, f64::INFINITY] };
        assert_eq!(error(&infinite), "weight of word line 0, bit line 1 is inf, must be finite");
        let none = WeightMatrix { word_lines: 0, bit_lines: 2, weights: vec![] };
        assert_eq!(error(&none), "word_lines is 0, must be 1 to 4096");
    }
}
