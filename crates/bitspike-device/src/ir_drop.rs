//! IR drop: what the wires of an array do to its currents.
//!
//! ```text
//! V_i --[driver + r_wl]-- w_i0 --[r_wl]-- w_i1 -- ... -- w_i,n-1                      word line i
//!                          |G_i0           |G_i1
//!                         b_i0            b_i1     --[r_bl]-- b_i+1,j ... --[r_bl + sense]-- 0 V     bit line j
//! ```
//!
//! Kirchhoff's current law at the `2 m n` nodes, `g_w = 1/r_wl`, `g_b = 1/r_bl`:
//!
//! ```text
//! g_w (w_ij - w_i,j-1) + g_w (w_ij - w_i,j+1) + i(w_ij - b_ij) = 0       w_i,-1 = V_i, none right of the last column
//! g_b (b_ij - b_i-1,j) + g_b (b_ij - b_i+1,j) - i(w_ij - b_ij) = 0       b_m,j = 0 V, none above row 0
//! I_j = g_b b_m-1,j
//! ```
//!
//! The driver's resistance is in series with the first segment of a word line, the sense resistance with the last of a
//! bit line. The topology is that of badcrossbar and of the ngspice netlists the tests compare with.

mod effective;
mod lines;
mod solve;

pub use effective::{Fold, effective_matrix, fold};
pub use solve::{Network, Settings, Solution};

use crate::error::{DeviceError, check_range};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an idle word line does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Topology {
    /// Every word line is driven, idle ones to 0 V. Currents are linear in the voltages: folds exactly.
    #[default]
    DrivenRows,
    /// Idle word lines float: the network depends on which are active. Needs `r_wl` above 0.
    FloatingRows,
    /// The input switches the cells of its word line (1T1R, input on the gate): idle cells are open.
    GatedCells,
}

/// How the array is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReadMode {
    /// One word line at a time.
    #[default]
    Event,
    /// Any set of word lines at once.
    Analogue,
}

impl Topology {
    /// Whether one code for each cell gives the exact currents of linear cells in every read of that mode.
    ///
    /// With driven rows the network is one linear operator. In the others it changes with the set of active rows, so it
    /// is exact only when the set has one row.
    #[must_use]
    pub fn folds_exactly(self, mode: ReadMode) -> bool {
        match (self, mode) {
            (Topology::DrivenRows, _) | (Topology::FloatingRows | Topology::GatedCells, ReadMode::Event) => true,
            (Topology::FloatingRows | Topology::GatedCells, ReadMode::Analogue) => false,
        }
    }
}

/// `[array.wires]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wires {
    /// Resistance of a word-line segment, ohms, 0 to 1e6.
    pub r_wl: f64,
    /// Resistance of a bit-line segment, ohms, 0 to 1e6.
    pub r_bl: f64,
    /// Resistance of a word line's driver, ohms, 0 to 1e6; needs `r_wl` above 0.
    #[serde(default)]
    pub r_driver: f64,
    /// Resistance between a bit line and its virtual ground, ohms, 0 to 1e6; needs `r_bl` above 0.
    #[serde(default)]
    pub r_sense: f64,
    /// What an idle word line does.
    #[serde(default)]
    pub topology: Topology,
    /// Relative residual at which a solution is good, 1e-14 to 1e-3.
    #[serde(default = "default_tolerance")]
    pub tolerance: f64,
}

fn default_tolerance() -> f64 {
    Settings::default().tolerance
}

impl Wires {
    /// Wires of equal segments, driven rows, nothing else in series.
    #[must_use]
    pub fn new(r_wl: f64, r_bl: f64) -> Self {
        let topology = Topology::default();
        Wires { r_wl, r_bl, r_driver: 0.0, r_sense: 0.0, topology, tolerance: default_tolerance() }
    }

    /// Checks ranges and what goes with what.
    ///
    /// # Errors
    /// [`DeviceError`] for a resistance outside 0 to 1e6 ohms, a tolerance outside 1e-14 to 1e-3, a series resistance on
    /// wires without any, floating rows without `r_wl`.
    pub fn check(&self) -> Result<(), DeviceError> {
        let ohms = (0.0, 1e6);
        for (key, value, range) in [
            ("r_wl", self.r_wl, ohms),
            ("r_bl", self.r_bl, ohms),
            ("r_driver", self.r_driver, ohms),
            ("r_sense", self.r_sense, ohms),
            ("tolerance", self.tolerance, (1e-14, 1e-3)),
        ] {
            check_range(&format!("array.wires.{key}"), value, range)?;
        }
        let needs =
            |key: &str, wire: &str| Err(DeviceError::conflict(key, format!("needs array.wires.{wire} above 0")));
        if self.r_driver > 0.0 && self.r_wl == 0.0 {
            return needs("array.wires.r_driver", "r_wl");
        }
        if self.r_sense > 0.0 && self.r_bl == 0.0 {
            return needs("array.wires.r_sense", "r_bl");
        }
        if self.topology == Topology::FloatingRows && self.r_wl == 0.0 {
            return needs("array.wires.topology = \"floating_rows\"", "r_wl");
        }
        Ok(())
    }
}
