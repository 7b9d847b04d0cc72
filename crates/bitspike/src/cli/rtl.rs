//! The Verilog beside a model that another command runs.

use std::path::Path;

use bitspike_cosim::build::Builder;
use bitspike_cosim::compare::CompareOptions;
use bitspike_cosim::rtl::RtlSource;
use bitspike_spec::{Core, Stimulus};

use crate::control::Control;
use crate::cosim::{CosimOutcome, CosimRequest, SideBySideOptions, Way, cosim};
use crate::error::Error;
use crate::results::{Manifest, ToolVersion};

/// The Verilog and what builds it.
pub(super) struct Rtl {
    source: RtlSource,
    builder: Builder,
}

impl Rtl {
    /// The embedded RTL or a folder's, and the tools, which the manifest then names.
    pub(super) fn find(hdl: Option<&Path>, manifest: &mut Manifest) -> Result<Self, Error> {
        let source = match hdl {
            Some(folder) => RtlSource::folder(folder)?,
            None => RtlSource::embedded(),
        };
        let builder = Builder::new()?;
        manifest.hashes.rtl = Some(source.hash());
        let toolchain = builder.toolchain();
        for (name, found) in [("verilator", &toolchain.verilator), ("C++ compiler", &toolchain.compiler)] {
            manifest.tools.push(ToolVersion { name: name.to_owned(), version: found.version.clone() });
        }
        Ok(Rtl { source, builder })
    }

    /// The model beside the Verilog in every cycle, in process; `replay` is the command that does it again.
    pub(super) fn compare(
        &self,
        (core, stimulus): (&Core, &Stimulus),
        x_seeds: &[u32],
        replay: &str,
        control: Control<'_>,
    ) -> Result<CosimOutcome, Error> {
        let request = CosimRequest {
            core,
            stimulus,
            source: &self.source,
            builder: &self.builder,
            ways: &[Way::Lockstep],
            x_seeds: &[x_seeds.first().copied().unwrap_or(1)],
            options: SideBySideOptions { compare: CompareOptions::default(), keep: 0 },
            keep: None,
            replay: &|_, _, _| replay.to_owned(),
        };
        cosim(&request, control)
    }
}
