//! Where a result comes from: files, hashes, versions.

use bitspike_spec::Structure;
use sha2::{Digest, Sha256};

/// Name and version of a tool that took part.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ToolVersion {
    /// Name.
    pub name: String,
    /// Version as the tool prints it.
    pub version: String,
}

/// SHA-256 of what went in, in hexadecimal.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Hashes {
    /// Bytes of the core file.
    pub core_file: String,
    /// Bytes of the stimulus file.
    pub stimulus_file: String,
    /// `name=value` lines of the Verilog parameters: equal for cores that share a build.
    pub structure: String,
    /// The RTL sources, if RTL ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtl: Option<String>,
}

/// Where a result comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Manifest {
    /// Name of the core.
    pub name: String,
    /// The command that makes the result again.
    pub command: String,
    /// The core file.
    pub core_file: String,
    /// The stimulus file.
    pub stimulus_file: String,
    /// Hashes of what went in.
    pub hashes: Hashes,
    /// Tools and their versions, bitspike first.
    pub tools: Vec<ToolVersion>,
}

/// SHA-256 of some bytes, in lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash of a structure: of its Verilog parameters as `name=value` lines.
#[must_use]
pub fn structure_hash(structure: &Structure) -> String {
    let lines: String = structure.parameters().iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    sha256_hex(lines.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::sha256_hex;

    #[test]
    fn sha256_of_abc_is_the_one_of_the_standard() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
