//! From RTL to C++.

use std::path::Path;

use super::process::run;
use super::{BuildKind, BuildRequest, Builder, diagnose};
use crate::rtl::RtlError;

/// Class name of every Verilated model.
pub(super) const PREFIX: &str = "Vbitspike";

/// Verilator configuration that limits the waveform to the probe scope.
const PROBE_ONLY: &str = "hdl/probe_only.vlt";

/// Options of Verilator, to be run in the folder that holds `hdl/` and `testbenches/`.
///
/// Warnings do not stop a build (linting is another job), but an elaboration `$error` of the RTL does.
pub(super) fn arguments(request: &BuildRequest<'_>) -> Vec<String> {
    let fixed = ["--cc", "--prefix", PREFIX, "-O3", "--x-initial", "unique", "-Wno-fatal", "-Werror-USERERROR"];
    let mut arguments: Vec<String> = fixed.map(str::to_owned).into();
    arguments.extend(kind_options(request.kind).iter().map(|&option| option.to_owned()));
    let parameters = request.structure.parameters();
    arguments.extend(parameters.iter().map(|(name, value)| format!("-G{name}={value}")));
    arguments.extend(["-Mdir", "../objects", "-F", "hdl/files.f"].map(str::to_owned));
    arguments.push(format!("testbenches/{}", top_file(request.kind)));
    arguments
}

fn kind_options(kind: BuildKind) -> &'static [&'static str] {
    match kind {
        BuildKind::Lockstep => &["--no-timing", "--top-module", "lockstep_top"],
        BuildKind::TestbenchVcd => {
            &["--trace", "--timing", "--timescale", "1ns/1ns", PROBE_ONLY, "--top-module", "core_tb"]
        }
        BuildKind::TestbenchFst => {
            &["--trace-fst", "--timing", "--timescale", "1ns/1ns", PROBE_ONLY, "--top-module", "core_tb"]
        }
    }
}

fn top_file(kind: BuildKind) -> &'static str {
    match kind {
        BuildKind::Lockstep => "lockstep/lockstep_top.sv",
        BuildKind::TestbenchVcd | BuildKind::TestbenchFst => "core/core_tb.sv",
    }
}

/// Runs Verilator in `folder`; the C++ lands in its sibling `objects`.
pub(super) fn verilate(builder: &Builder, request: &BuildRequest<'_>, folder: &Path) -> Result<(), RtlError> {
    let finished = run(&builder.toolchain.verilator.path, &arguments(request), folder)?;
    match diagnose::port_width_error(&finished.text) {
        Some(error) => Err(error),
        None if finished.success => Ok(()),
        None => Err(diagnose::verilate_error(&request.source.localise(&finished.text))),
    }
}
