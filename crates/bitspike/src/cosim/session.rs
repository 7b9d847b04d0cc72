//! The comparisons of one command: every way, every seed, until the first divergence.

use std::path::Path;
use std::time::Instant;

use bitspike_cosim::build::{Build, BuildKind, BuildRequest, Builder};
use bitspike_cosim::compare::{Divergence, Verdict};
use bitspike_cosim::lockstep::{InitialState, Lockstep};
use bitspike_cosim::rtl::RtlSource;
use bitspike_cosim::testbench::Testbench;
use bitspike_spec::{Core, Stimulus};

use super::{
    Comparison, CosimOutcome, CounterDifference, Ending, SideBySide, SideBySideOptions, TestbenchSide, Way, explain,
    lockstep, speeds, through_waveform,
};
use crate::control::Control;
use crate::error::Error;

/// What to compare, and how.
pub struct CosimRequest<'a> {
    /// The core.
    pub core: &'a Core,
    /// The stimulus, checked against the core.
    pub stimulus: &'a Stimulus,
    /// The RTL.
    pub source: &'a RtlSource,
    /// Builds it.
    pub builder: &'a Builder,
    /// The ways, in order.
    pub ways: &'a [Way],
    /// Seeds of the initial state of registers and memories without reset; 0 is all zero.
    pub x_seeds: &'a [u32],
    /// Range, window, records kept.
    pub options: SideBySideOptions,
    /// Where the testbench's waveform is kept, if it is.
    pub keep: Option<&'a Path>,
    /// The command that shows a divergence again: way, seed, cycles to run.
    pub replay: &'a dyn Fn(Way, u32, u64) -> String,
}

/// Builds the RTL and compares it with the model in every way with every seed; stops at the first divergence.
///
/// # Errors
/// [`Error::Rtl`] if the RTL cannot be built or run, [`Error::Waveform`] if its waveform cannot be compared.
pub fn cosim(request: &CosimRequest<'_>, control: Control<'_>) -> Result<CosimOutcome, Error> {
    let mut session = Session {
        request,
        control,
        outcome: CosimOutcome { comparisons: Vec::new(), speeds: None, build_seconds: 0.0, window: None },
    };
    for &way in request.ways {
        if !session.goes_on() {
            break;
        }
        match way {
            Way::Lockstep => session.in_process()?,
            Way::Vcd => session.by_waveform(way, BuildKind::TestbenchVcd)?,
            Way::Fst => session.by_waveform(way, BuildKind::TestbenchFst)?,
        }
    }
    Ok(session.outcome)
}

struct Session<'a> {
    request: &'a CosimRequest<'a>,
    control: Control<'a>,
    outcome: CosimOutcome,
}

fn initial(seed: u32) -> InitialState {
    if seed == 0 { InitialState::Zero } else { InitialState::Random(seed) }
}

impl Session<'_> {
    fn goes_on(&self) -> bool {
        !self.control.interrupt.is_set() && self.outcome.comparisons.iter().all(Comparison::agrees)
    }

    fn build(&mut self, kind: BuildKind) -> Result<Build, Error> {
        let CosimRequest { source, builder, core, .. } = *self.request;
        let begin = Instant::now();
        let build = BuildRequest { source, structure: core.structure(), kind };
        let built = builder.build(&build, &mut |phase| self.control.progress.phase(&phase.to_string()))?;
        self.outcome.build_seconds += begin.elapsed().as_secs_f64();
        Ok(built)
    }

    fn in_process(&mut self) -> Result<(), Error> {
        let library = Lockstep::load(&self.build(BuildKind::Lockstep)?)?;
        let CosimRequest { core, stimulus, ref options, x_seeds, .. } = *self.request;
        for &seed in x_seeds {
            if !self.goes_on() {
                break;
            }
            self.control.progress.phase("lock-step");
            let mut instance = library.instance(initial(seed))?;
            let result = lockstep(&mut instance, core, stimulus, options, self.control)?;
            self.add(Way::Lockstep, seed, result);
            if self.outcome.speeds.is_none() && self.goes_on() {
                self.outcome.speeds = Some(speeds(&mut instance, core, stimulus)?);
            }
        }
        Ok(())
    }

    fn by_waveform(&mut self, way: Way, kind: BuildKind) -> Result<(), Error> {
        let testbench = Testbench::new(&self.build(kind)?)?;
        let CosimRequest { core, stimulus, ref options, x_seeds, keep, .. } = *self.request;
        for &seed in x_seeds {
            if !self.goes_on() {
                break;
            }
            self.control.progress.phase("testbench");
            let side = TestbenchSide { testbench: &testbench, initial: initial(seed), keep };
            let result = through_waveform(&side, core, stimulus, options, self.control)?;
            self.add(way, seed, result);
        }
        Ok(())
    }

    fn add(&mut self, way: Way, x_seed: u32, result: SideBySide) {
        let ending = self.ending(way, x_seed, &result);
        let comparison = Comparison {
            way,
            x_seed,
            ending,
            cycles: result.cycles,
            signals: result.layout.signals().len(),
            seconds: result.elapsed.as_secs_f64(),
            bytes: result.bytes,
        };
        self.outcome.comparisons.push(comparison);
        if let Verdict::Divergence(divergence) = result.verdict {
            self.outcome.window = Some(*divergence);
        } else if self.outcome.window.is_none() && !result.kept.is_empty() {
            self.outcome.window = Some(result.first_window());
        }
    }

    fn ending(&self, way: Way, x_seed: u32, result: &SideBySide) -> Ending {
        match &result.verdict {
            Verdict::Divergence(divergence) => Ending::Divergence(Box::new(self.report(way, x_seed, divergence))),
            Verdict::Agreement(_) if result.is_interrupted => Ending::Interrupted,
            Verdict::Agreement(_) if result.counters.is_empty() => Ending::Agreement,
            Verdict::Agreement(_) => {
                let difference = |&(name, model, rtl)| CounterDifference { name, model, rtl };
                Ending::Counters(result.counters.iter().map(difference).collect())
            }
        }
    }

    fn report(&self, way: Way, x_seed: u32, divergence: &Divergence) -> super::DivergenceReport {
        let until = divergence.left_cycle + self.request.options.compare.window as u64 + 1;
        explain(self.request.core, divergence, (self.request.replay)(way, x_seed, until))
    }
}
