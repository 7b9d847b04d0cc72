//! What the testbench prints at its end.

use bitspike_spec::Counters;

use crate::rtl::{COUNTER_REGISTERS, IDENTITY_REGISTERS, RtlError};

/// Registers and cycle count, read from the last lines of the program.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Registers {
    pub(super) counters: [u32; COUNTER_REGISTERS],
    pub(super) identity: [u32; IDENTITY_REGISTERS],
    cycles: u64,
}

impl Registers {
    /// Reads the lines `counter <name> <value>`, `id <index> <value>` and `bitspike_tb done cycles=<n>`.
    pub(super) fn parse(output: &[String]) -> Result<Self, RtlError> {
        let mut registers =
            Registers { counters: [0; COUNTER_REGISTERS], identity: [0; IDENTITY_REGISTERS], cycles: 0 };
        for (word, (name, _)) in registers.counters.iter_mut().zip(Counters::default().named()) {
            *word = number(output, &format!("counter {name} "))?;
        }
        for (index, word) in registers.identity.iter_mut().enumerate() {
            *word = number(output, &format!("id {index} "))?;
        }
        registers.cycles = number(output, "bitspike_tb done cycles=")?;
        Ok(registers)
    }

    pub(super) fn require_cycles(&self, expected: u64, output: &[String]) -> Result<(), RtlError> {
        if self.cycles == expected {
            return Ok(());
        }
        Err(failure(format!("it says it played {} cycles, must be {expected}", self.cycles), output))
    }
}

fn number<T: std::str::FromStr>(output: &[String], prefix: &str) -> Result<T, RtlError> {
    let value = output.iter().rev().find_map(|line| line.trim().strip_prefix(prefix)?.trim().parse().ok());
    value.ok_or_else(|| failure(format!("it did not print `{}<number>`", prefix), output))
}

/// An error with the last lines of the program.
pub(super) fn failure(problem: String, output: &[String]) -> RtlError {
    let shown = &output[output.len().saturating_sub(12)..];
    RtlError::Testbench { problem, output: shown.join("\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> Vec<String> {
        let mut lines: Vec<String> = Counters::default()
            .named()
            .iter()
            .enumerate()
            .map(|(k, (name, _))| format!("counter {name} {k}"))
            .collect();
        lines.extend((0..16).map(|k| format!("id {k} {}", 100 + k)));
        lines.push("bitspike_tb done cycles=42".to_owned());
        lines
    }

    #[test]
    fn every_register_is_read_by_its_name() {
        let registers = Registers::parse(&complete()).unwrap();
        assert_eq!(registers.counters, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
        assert_eq!((registers.identity[0], registers.identity[15], registers.cycles), (100, 115, 42));
        assert!(registers.require_cycles(42, &[]).is_ok());
        let error = registers.require_cycles(41, &[]).unwrap_err().to_string();
        assert!(error.contains("it says it played 42 cycles, must be 41"), "{error}");
    }

    #[test]
    fn each_missing_line_is_named() {
        for missing in 0..complete().len() {
            let mut lines = complete();
            let line = lines.remove(missing);
            let name = line.rsplit_once([' ', '=']).unwrap().0;
            let error = Registers::parse(&lines).unwrap_err().to_string();
            assert!(error.contains(&format!("it did not print `{name}")), "{error}");
        }
    }
}
