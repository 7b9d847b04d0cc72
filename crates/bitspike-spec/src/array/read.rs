//! How an array is read: by events or in blocks of word lines, through which converters.

use crate::coded::coded_enum;
use crate::error::CoreError;
use crate::fx::Rounding;
use crate::structure::{Structure, index_bits};

coded_enum! {
    /// How a converter finds its code.
    Converter {
        /// Successive approximation: one bit a cycle, from the highest down.
        Sar = 0 => "sar",
        /// A ramp: one code a cycle, from the lowest up.
        Ramp = 1 => "ramp",
    }
}

/// The structure of the synapse array: epochs and how it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ArrayStructure {
    /// Images the array holds one after the other, 1 to 16.
    pub epochs: u32,
    /// How it is read.
    pub read: ArrayRead,
}

/// How the synapse array is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArrayRead {
    /// An event reads one word line: digital weights, one for each bit line.
    Event,
    /// A time step reads the word lines marked by events, in blocks, through converters.
    Analogue(AnalogueRead),
}

/// Counts, widths and choices of an analogue read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AnalogueRead {
    /// Word lines of a block `R`, which are summed together, 1 to `word_lines`.
    pub rows_per_read: u32,
    /// Cycles the currents settle before they are sampled, 1 to 15.
    pub settle_cycles: u32,
    /// Kind of converter.
    pub converter: Converter,
    /// Bit lines `C` that share a converter, a power of two that divides the groups.
    pub columns_per_converter: u32,
    /// Width of a converter's code `B`, 1 to 12.
    pub adc_bits: u32,
    /// Rounding of the converters, `floor` or `half_up`.
    pub adc_rounding: Rounding,
    /// Width of a device's current code, unsigned, 6 to 12.
    pub code_bits: u32,
    /// Devices of a cell: 2 (one adds, one subtracts) or 1.
    pub devices_per_cell: u32,
    /// Bit slices, 1 to 8.
    pub slices: u32,
    /// Left shift from one slice to the next, 1 to 8; 1 with one slice.
    pub slice_bits: u32,
    /// Width of a variance code, unsigned, 4 to 16, or 0 without read noise.
    pub variance_bits: u32,
}

impl ArrayStructure {
    /// What a core has that says nothing: event read, one image for ever.
    pub const EVENT: ArrayStructure = ArrayStructure { epochs: 1, read: ArrayRead::Event };

    /// The analogue read, if the array has it.
    #[must_use]
    pub const fn analogue(&self) -> Option<AnalogueRead> {
        match self.read {
            ArrayRead::Event => None,
            ArrayRead::Analogue(read) => Some(read),
        }
    }

    /// The packed `Array` parameter of the RTL (bit fields in `docs/src/contract/array.md`).
    #[must_use]
    pub const fn pack(&self) -> u32 {
        let read = match self.read {
            ArrayRead::Event => 0,
            ArrayRead::Analogue(read) => read.pack(),
        };
        read | (self.epochs - 1) << 27
    }

    /// The packed `ArrayWidths` parameter of the RTL.
    #[must_use]
    pub const fn pack_widths(&self) -> u32 {
        match self.read {
            ArrayRead::Event => 0,
            ArrayRead::Analogue(read) => read.pack_widths(),
        }
    }
}

impl AnalogueRead {
    /// Blocks of word lines of an array of `word_lines`.
    #[must_use]
    pub const fn blocks(&self, word_lines: u32) -> u32 {
        word_lines.div_ceil(self.rows_per_read)
    }

    /// Cycles of one conversion, `T`: `adc_bits + 1` for `sar`, `2^adc_bits` for `ramp`.
    #[must_use]
    pub const fn conversion_cycles(&self) -> u32 {
        match self.converter {
            Converter::Sar => self.adc_bits + 1,
            Converter::Ramp => 1 << self.adc_bits,
        }
    }

    /// Width of what a read applies to a neuron, two's complement: `B + (slices - 1) slice_bits`, and 1 more with several slices.
    #[must_use]
    pub const fn read_bits(&self) -> u32 {
        self.adc_bits + (self.slices - 1) * self.slice_bits + if self.slices > 1 { 1 } else { 0 }
    }

    /// Bits of a cell in the array's words.
    #[must_use]
    pub const fn cell_bits(&self) -> u32 {
        self.slices * (self.devices_per_cell * self.code_bits + self.variance_bits)
    }

    /// Bits of the index of a block.
    #[must_use]
    pub const fn block_bits(&self, word_lines: u32) -> u32 {
        index_bits(self.blocks(word_lines))
    }

    /// Cycles of the read of one block without stalls, for `groups` groups at the interval `interval`.
    ///
    /// ```text
    /// 2 + settle_cycles + C * T + interval * groups
    /// ```
    #[must_use]
    pub const fn block_cycles(&self, interval: u32, groups: u32) -> u32 {
        2 + self.settle_cycles + self.columns_per_converter * self.conversion_cycles() + interval * groups
    }

    const fn pack(&self) -> u32 {
        let half_up = match self.adc_rounding {
            Rounding::HalfUp => 1,
            Rounding::Floor | Rounding::TowardZero | Rounding::HalfEven | Rounding::Stochastic => 0,
        };
        1 | self.converter.code() << 1
            | self.adc_bits << 2
            | half_up << 6
            | self.settle_cycles << 7
            | self.columns_per_converter.trailing_zeros() << 11
            | (self.rows_per_read - 1) << 15
    }

    const fn pack_widths(&self) -> u32 {
        self.code_bits
            | (self.devices_per_cell - 1) << 4
            | (self.slices - 1) << 5
            | (self.slice_bits - 1) << 8
            | self.variance_bits << 11
    }

    fn check(&self, structure: &Structure) -> Result<(), CoreError> {
        in_range("array.rows_per_read", self.rows_per_read, 1, structure.word_lines)?;
        in_range("array.settle_cycles", self.settle_cycles, 1, 15)?;
        in_range("array.adc.bits", self.adc_bits, 1, 12)?;
        self.check_converters(structure)?;
        in_range("array.code_bits", self.code_bits, 6, 12)?;
        in_range("array.devices_per_cell", self.devices_per_cell, 1, 2)?;
        in_range("array.slices", self.slices, 1, 8)?;
        in_range("array.slice_bits", self.slice_bits, 1, if self.slices == 1 { 1 } else { 8 })?;
        if self.variance_bits != 0 {
            in_range("array.variance_bits", self.variance_bits, 4, 16)?;
        }
        self.check_width(structure)
    }

    fn check_converters(&self, structure: &Structure) -> Result<(), CoreError> {
        let (columns, groups) = (self.columns_per_converter, structure.groups());
        if !columns.is_power_of_two() || !groups.is_multiple_of(columns) {
            let problem =
                format!("is {columns}, must be a power of two that divides core.neurons / core.lanes = {groups}");
            return Err(CoreError::conflict("array.adc.columns_per_converter", problem));
        }
        match self.adc_rounding {
            Rounding::Floor | Rounding::HalfUp => Ok(()),
            Rounding::TowardZero | Rounding::HalfEven | Rounding::Stochastic => {
                Err(CoreError::conflict("array.adc.rounding", "must be floor or half_up".to_owned()))
            }
        }
    }

    fn check_width(&self, structure: &Structure) -> Result<(), CoreError> {
        if structure.synapse.delay_slots != 1 {
            let problem =
                format!("is {}, must be 1 with array.read_mode = \"analogue\"", structure.synapse.delay_slots);
            return Err(CoreError::conflict("events.delay_slots", problem));
        }
        let bits = self.read_bits() + structure.weight_shift;
        if bits > 32 {
            let problem = format!(
                "makes reads of {} bits, shifted by synapse.weight_shift = {}: must be at most 32",
                self.read_bits(),
                structure.weight_shift
            );
            return Err(CoreError::conflict("array.slices", problem));
        }
        Ok(())
    }
}

impl Structure {
    /// Width of a lane's field in the words of the array: a weight, or with analogue read a cell.
    #[must_use]
    pub const fn cell_bits(&self) -> u32 {
        match self.array.read {
            ArrayRead::Event => self.weight_bits,
            ArrayRead::Analogue(read) => read.cell_bits(),
        }
    }

    /// Checks epochs and read, and that the register bus reaches all of the array.
    pub(crate) fn check_array(&self) -> Result<(), CoreError> {
        in_range("array.epochs", self.array.epochs, 1, 16)?;
        if let ArrayRead::Analogue(read) = &self.array.read {
            read.check(self)?;
        }
        let stride = u64::from((self.lanes * self.cell_bits()).div_ceil(32).next_power_of_two());
        let words = u64::from(self.array.epochs) * u64::from(self.word_lines) * u64::from(self.groups()) * stride;
        if words <= 1 << 28 {
            return Ok(());
        }
        Err(CoreError::conflict("array.epochs", format!("make an array of {words} bus words, must be at most 2^28")))
    }
}

fn in_range(key: &'static str, value: u32, low: u32, high: u32) -> Result<(), CoreError> {
    CoreError::check_range(key, i64::from(value), i64::from(low), i64::from(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: AnalogueRead = AnalogueRead {
        rows_per_read: 64,
        settle_cycles: 3,
        converter: Converter::Ramp,
        columns_per_converter: 4,
        adc_bits: 8,
        adc_rounding: Rounding::HalfUp,
        code_bits: 10,
        devices_per_cell: 2,
        slices: 3,
        slice_bits: 2,
        variance_bits: 12,
    };

    /// Bit fields and widths of the contract page, by hand.
    #[allow(clippy::unusual_byte_groupings)] // a group for each field
    #[test]
    fn packs_as_the_contract_says() {
        let array = ArrayStructure { epochs: 5, read: ArrayRead::Analogue(READ) };
        assert_eq!(array.pack(), 0b0_0100_0000_0011_1111_0010_0011_1_1000_1_1);
        assert_eq!(array.pack_widths(), 0b01100_001_010_1_1010);
        assert_eq!((ArrayStructure::EVENT.pack(), ArrayStructure::EVENT.pack_widths()), (0, 0));
        assert_eq!((READ.read_bits(), READ.cell_bits()), (8 + 4 + 1, 3 * (20 + 12)));
        assert_eq!((READ.blocks(64), READ.blocks(65)), (1, 2));
        assert_eq!(READ.conversion_cycles(), 256);
        assert_eq!(AnalogueRead { converter: Converter::Sar, ..READ }.conversion_cycles(), 9);
    }
}
