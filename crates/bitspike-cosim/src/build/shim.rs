//! The C++ around a Verilated model: functions to step it in process, or the `main` of the testbench program.

use std::fmt::Write;

use bitspike_spec::{ProbeSchema, Signal, Structure};

use super::BuildKind;

/// Compiler flags of a lock-step library: only the functions of the shim are visible, and `$fatal` reaches the shim.
pub(super) const LOCKSTEP_FLAGS: &str = "-fPIC -fvisibility=hidden -DVL_USER_FATAL -DVL_USER_STOP -DVL_USER_FINISH";
/// The same for g++, whose unique symbols would tie two libraries together.
pub(super) const LOCKSTEP_FLAGS_GCC: &str =
    "-fPIC -fvisibility=hidden -DVL_USER_FATAL -DVL_USER_STOP -DVL_USER_FINISH -fno-gnu-unique";

const LOCKSTEP: &str = include_str!("shim/lockstep.cpp");
const TESTBENCH: &str = include_str!("shim/testbench.cpp");

/// The C++ source for a kind of build.
pub(super) fn source(kind: BuildKind, structure: &Structure) -> String {
    match kind {
        BuildKind::Lockstep => LOCKSTEP.replace("    // BITSPIKE_SAMPLE\n", &sample_body(&ProbeSchema::new(structure))),
        BuildKind::TestbenchVcd | BuildKind::TestbenchFst => TESTBENCH.to_owned(),
    }
}

/// One statement for each signal: ports up to 64 bits are integers, wider ones arrays of 32-bit words.
fn sample_body(schema: &ProbeSchema) -> String {
    let mut body = String::new();
    for signal in schema.signals() {
        sample_signal(&mut body, signal).expect("writing to a string");
    }
    body
}

fn sample_signal(body: &mut String, signal: &Signal) -> std::fmt::Result {
    let Signal { name, offset, width, .. } = *signal;
    let port = format!("top.probe_{name}_o");
    if width <= 32 {
        return writeln!(body, "    record[{offset}] = {port};");
    }
    if width <= 64 {
        writeln!(body, "    record[{offset}] = static_cast<uint32_t>({port});")?;
        return writeln!(body, "    record[{}] = static_cast<uint32_t>({port} >> 32);", offset + 1);
    }
    writeln!(body, "    for (int i = 0; i < {}; ++i) record[{offset} + i] = {port}[i];", signal.words())
}
