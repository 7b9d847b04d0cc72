//! Cells of a netlist, by what they are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Target;

/// What a cell is, the same word for every technology.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CellClass {
    /// Look-up table.
    Lut,
    /// Carry chain.
    Carry,
    /// Flip-flop or latch.
    FlipFlop,
    /// Multiplier block.
    Dsp,
    /// Memory: block RAM, or look-up tables used as RAM.
    Ram,
    /// Anything else: multiplexers between look-up tables, buffers, standard cells.
    Other,
}

impl CellClass {
    /// The class of a cell by its name; standard cells, whose names are the library's own, are all [`CellClass::Other`].
    ///
    /// # Example
    /// ```
    /// use bitspike::synth::{CellClass, Target};
    /// let classes = ["SB_LUT4", "CCU2C", "FDCE", "DP16KD", "MUXF7"].map(|cell| CellClass::of(Target::Ice40, cell));
    /// use CellClass::*;
    /// assert_eq!(classes, [Lut, Carry, FlipFlop, Ram, Other]);
    /// assert_eq!(CellClass::of(Target::Asic, "INV"), Other);
    /// ```
    #[must_use]
    pub fn of(target: Target, cell: &str) -> Self {
        let starts = |names: &[&str]| names.iter().any(|name| cell.starts_with(name));
        match target {
            Target::Asic => CellClass::Other,
            _ if starts(&["SB_LUT", "LUT", "INV"]) => CellClass::Lut,
            _ if starts(&["SB_CARRY", "CCU2", "CARRY"]) => CellClass::Carry,
            _ if starts(&["SB_DFF", "TRELLIS_FF", "FDCE", "FDPE", "FDRE", "FDSE", "LDCE", "LDPE"]) => {
                CellClass::FlipFlop
            }
            _ if starts(&["SB_MAC", "MULT18", "DSP48"]) => CellClass::Dsp,
            _ if starts(&[
                "SB_RAM",
                "SB_SPRAM",
                "DP16",
                "PDPW16",
                "TRELLIS_DPR",
                "RAMB",
                "RAM3",
                "RAM6",
                "RAM1",
                "RAM2",
            ]) =>
            {
                CellClass::Ram
            }
            Target::Ice40 | Target::Ecp5 | Target::Xilinx => CellClass::Other,
        }
    }
}

/// Number of cells of each type.
pub type Cells = BTreeMap<String, u64>;

/// Cells of a netlist.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// Number of cells of each type.
    pub cells: Cells,
    /// Sum of the cells' areas in the unit of the library, for standard cells.
    pub chip_area: Option<f64>,
}

impl Area {
    /// Number of cells of a class.
    #[must_use]
    pub fn count(&self, target: Target, class: CellClass) -> u64 {
        self.cells.iter().filter(|(cell, _)| CellClass::of(target, cell) == class).map(|(_, count)| count).sum()
    }

    /// Number of all cells.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.cells.values().sum()
    }
}

/// Own cells of a module, without those of the modules in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModuleCells {
    /// Name in the RTL, all its parameterisations together.
    pub module: String,
    /// How often it occurs.
    pub instances: u64,
    /// Cells of all occurrences.
    pub area: Area,
}
