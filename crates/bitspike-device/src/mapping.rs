//! Level mapping: a weight becomes the conductances of its devices.

use crate::config::ArrayConfig;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a weight becomes conductances. `L` levels, `w` the integer weight.
///
/// ```text
/// g(k) = g_min + (g_max - g_min) k / (L - 1)                        k = 0 .. L-1, siemens
/// one_sided    w in -(L-1)..L-1     plus g(max(w, 0)),  minus g(max(-w, 0))
/// two_sided    w in -(L-1)..L-1     plus g((L-1 + w)/2), minus g((L-1 - w)/2): the sum stays
/// offset       w in -L/2..L/2-1     one device g(w + L/2); g(L/2) is taken off digitally for each active word line
/// bit_sliced   |w| < L^S            |w| = sum over slices s of L^s k_s, each digit one-sided with the sign of w
/// ```
///
/// Source: the styles of CrossSim 3.2.0. A pair cancels `g_min` exactly, as long as nothing disturbs its devices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mapping {
    /// A pair, one device at `g_min`.
    #[default]
    OneSided,
    /// A pair moved in opposite directions from the middle.
    TwoSided,
    /// A single device and a digital zero.
    Offset,
    /// A pair for each digit of the weight.
    BitSliced,
}

/// The mapping of one array: levels and conductances in µS.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    mapping: Mapping,
    levels: u32,
    slices: u32,
    g_min: f64,
    step: f64,
}

impl Levels {
    /// The mapping of a checked configuration.
    #[must_use]
    pub fn new(config: &ArrayConfig) -> Self {
        let step = (config.g_max - config.g_min) * 1e6 / f64::from(config.levels - 1);
        let &ArrayConfig { mapping, levels, slices, .. } = config;
        Levels { mapping, levels, slices, g_min: config.g_min * 1e6, step }
    }

    /// Smallest and largest integer weight.
    #[must_use]
    pub fn range(&self) -> (i32, i32) {
        let levels = self.levels as i32;
        match self.mapping {
            Mapping::OneSided | Mapping::TwoSided => (1 - levels, levels - 1),
            Mapping::Offset => (-levels / 2, levels / 2 - 1),
            Mapping::BitSliced => {
                let limit = levels.pow(self.slices) - 1;
                (-limit, limit)
            }
        }
    }

    /// Planes of devices: two for each slice, or one for `offset`.
    #[must_use]
    pub fn planes(&self) -> u32 {
        match self.mapping {
            Mapping::OneSided | Mapping::TwoSided => 2,
            Mapping::Offset => 1,
            Mapping::BitSliced => 2 * self.slices,
        }
    }

    /// Target conductance of the device of `plane`, µS; even planes add, odd ones subtract.
    #[inline]
    #[must_use]
    pub fn target(&self, plane: u32, w: i32) -> f64 {
        let signed = if plane.is_multiple_of(2) { w } else { -w };
        let level = match self.mapping {
            Mapping::OneSided => f64::from(signed.max(0)),
            Mapping::TwoSided => 0.5 * f64::from(self.levels as i32 - 1 + signed),
            Mapping::Offset => f64::from(w + self.levels as i32 / 2),
            Mapping::BitSliced => f64::from((signed.max(0) as u32 >> (plane / 2 * self.levels.ilog2())) % self.levels),
        };
        self.g_min + self.step * level
    }

    /// Conductance of one level, which is one unit of a slice's digit, µS.
    #[must_use]
    pub fn unit(&self) -> f64 {
        self.step
    }

    /// Conductance taken off digitally for each active word line, µS.
    #[must_use]
    pub fn zero(&self) -> f64 {
        match self.mapping {
            Mapping::Offset => self.target(0, 0),
            Mapping::OneSided | Mapping::TwoSided | Mapping::BitSliced => 0.0,
        }
    }

    /// Left shift of a slice's code, bits.
    #[must_use]
    pub fn shift(&self, slice: u32) -> u32 {
        slice * self.levels.ilog2()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(mapping: Mapping, levels: u32, slices: u32) -> Levels {
        Levels::new(&ArrayConfig { mapping, levels, slices, g_min: 1e-6, g_max: 16e-6, ..ArrayConfig::default() })
    }

    /// The definition of each mapping: what comes back from the conductances is the weight.
    #[test]
    fn the_conductances_hold_the_weight() {
        for (mapping, count, slices) in [
            (Mapping::OneSided, 16, 1),
            (Mapping::TwoSided, 16, 1),
            (Mapping::OneSided, 5, 1),
            (Mapping::Offset, 16, 1),
            (Mapping::BitSliced, 4, 3),
        ] {
            let map = levels(mapping, count, slices);
            let (low, high) = map.range();
            for w in low..=high {
                let found: f64 = (0..map.planes())
                    .map(|plane| {
                        let sign = if plane % 2 == 0 { 1.0 } else { -1.0 };
                        let digit = f64::from(1_u32 << map.shift(plane / 2));
                        sign * digit * map.target(plane, w)
                    })
                    .sum();
                assert!(((found - map.zero()) / map.unit() - f64::from(w)).abs() < 1e-9, "{mapping:?} {w}: {found}");
                for plane in 0..map.planes() {
                    assert!((0.999_999..=16.000_001).contains(&map.target(plane, w)), "{mapping:?} {w}");
                }
            }
        }
    }

    #[test]
    fn a_two_sided_pair_keeps_its_sum_and_a_one_sided_pair_one_device_low() {
        for w in -15..=15 {
            let two = levels(Mapping::TwoSided, 16, 1);
            assert!((two.target(0, w) + two.target(1, w) - 17.0).abs() < 1e-12);
            let one = levels(Mapping::OneSided, 16, 1);
            assert_eq!(one.target(0, w).min(one.target(1, w)), 1.0);
        }
    }

    #[test]
    fn ranges() {
        assert_eq!(levels(Mapping::OneSided, 16, 1).range(), (-15, 15));
        assert_eq!(levels(Mapping::Offset, 16, 1).range(), (-8, 7));
        assert_eq!(levels(Mapping::BitSliced, 4, 3).range(), (-63, 63));
    }
}
