//! Technologies.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A technology that Yosys maps to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Lattice iCE40 HX8K, ct256
    Ice40,
    /// Lattice ECP5 85K
    Ecp5,
    /// Xilinx 7 series; no clock frequency
    Xilinx,
    /// Standard cells of a Liberty file; no clock frequency
    Asic,
}

impl Target {
    /// Name in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Target::Ice40 => "ice40",
            Target::Ecp5 => "ecp5",
            Target::Xilinx => "xilinx",
            Target::Asic => "asic",
        }
    }

    /// The place and route program, if bitspike knows one.
    #[must_use]
    pub const fn nextpnr(self) -> Option<&'static str> {
        match self {
            Target::Ice40 => Some("nextpnr-ice40"),
            Target::Ecp5 => Some("nextpnr-ecp5"),
            Target::Xilinx | Target::Asic => None,
        }
    }

    /// Options of the place and route program that choose the device.
    pub(super) const fn device(self) -> &'static [&'static str] {
        match self {
            Target::Ice40 => &["--hx8k", "--package", "ct256"],
            Target::Ecp5 => &["--85k"],
            Target::Xilinx | Target::Asic => &[],
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
