//! From point to trust: its co-simulation against the RTL.

use bitspike_cosim::build::Builder;
use bitspike_cosim::compare::CompareOptions;
use bitspike_cosim::rtl::RtlSource;

use super::candidate::Candidate;
use super::store::Verdict;
use crate::control::Control;
use crate::cosim::{CosimRequest, SideBySideOptions, Way, cosim};
use crate::error::Error;

/// The RTL of the binary and the tools that build it, for many points.
pub struct Verifier {
    source: RtlSource,
    builder: Builder,
}

impl Verifier {
    /// Finds the tools.
    ///
    /// # Errors
    /// [`Error::Rtl`] if one is missing.
    pub fn new() -> Result<Self, Error> {
        Ok(Verifier { source: RtlSource::embedded(), builder: Builder::new()? })
    }

    /// Runs the model beside the RTL, compares every probe signal in every cycle, and says how it ended; nothing if it was interrupted.
    ///
    /// # Errors
    /// [`Error::Rtl`] if the RTL cannot be built or run.
    pub fn verify(&self, candidate: &Candidate, command: &str, control: Control<'_>) -> Result<Option<Verdict>, Error> {
        let request = CosimRequest {
            core: &candidate.core.core,
            stimulus: &candidate.workload.loaded.stimulus,
            source: &self.source,
            builder: &self.builder,
            ways: &[Way::Lockstep],
            x_seeds: &[1],
            options: SideBySideOptions { compare: CompareOptions::default(), keep: 0 },
            keep: None,
            replay: &|_, _, _| command.to_owned(),
        };
        let outcome = cosim(&request, control)?;
        let verdict = if outcome.agrees() { "agreement" } else { "divergence" };
        let cycles = outcome.cycles_compared();
        let verdict = Verdict { verdict: verdict.to_owned(), cycles, command: command.to_owned() };
        Ok((!outcome.is_interrupted()).then_some(verdict))
    }
}
