//! Random cores and stimuli, model against RTL in process; a failing case is shrunk.

use std::cell::{Cell, RefCell};

use bitspike_cosim::build::{BuildKind, BuildRequest, Builder};
use bitspike_cosim::lockstep::{InitialState, Instance, Lockstep};
use bitspike_cosim::rtl::RtlSource;
use bitspike_spec::testing::{arb_array_structure, arb_core_of, arb_stimulus, arb_structure};
use bitspike_spec::{Core, Stimulus, Structure};
use proptest::prop_oneof;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::control::{Control, Interrupt, NoProgress};
use crate::cosim::{SideBySide, SideBySideOptions, lockstep};
use crate::error::Error;

/// Most steps of shrinking a failing case.
const SHRINK_STEPS: u32 = 4096;

/// What to draw.
#[derive(Clone, Copy, Debug)]
pub struct FuzzRequest<'a> {
    /// The structures, or how many to draw.
    pub structures: Structures<'a>,
    /// Cases of values and stimulus for each structure.
    pub cases: u32,
    /// Equal seeds draw equal cases.
    pub seed: u64,
    /// The RTL.
    pub source: &'a RtlSource,
    /// Builds it.
    pub builder: &'a Builder,
}

/// Which structures to try.
#[derive(Clone, Copy, Debug)]
pub enum Structures<'a> {
    /// This one.
    Of(&'a Structure),
    /// So many random ones.
    Random(u32),
}

/// What was tried, and the failing case if there is one.
#[derive(Clone, Debug, Default)]
pub struct FuzzResult {
    /// Structures built.
    pub structures: u32,
    /// Cases that agree.
    pub cases: u64,
    /// Cycles compared in them.
    pub cycles: u64,
    /// The first failing case, shrunk.
    pub failure: Option<Box<Failure>>,
}

/// A case in which model and RTL differ.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The core.
    pub core: Core,
    /// The stimulus.
    pub stimulus: Stimulus,
    /// How they differ.
    pub comparison: SideBySide,
}

/// Compares model and RTL on random cases until one fails, all are done, or the user interrupts.
///
/// # Errors
/// [`Error::Rtl`] if the RTL cannot be built or stops.
pub fn fuzz(request: &FuzzRequest<'_>, control: Control<'_>) -> Result<FuzzResult, Error> {
    let mut result = FuzzResult::default();
    let count = match request.structures {
        Structures::Of(_) => 1,
        Structures::Random(count) => count,
    };
    for index in 0..count {
        if control.interrupt.is_set() || result.failure.is_some() {
            break;
        }
        let mut runner = runner(request, index);
        let structure = match request.structures {
            Structures::Of(structure) => *structure,
            Structures::Random(_) => draw(&mut runner),
        };
        let mut instance = build(request, &structure, control)?;
        control.progress.phase(&format!("structure {} of {count}", result.structures + 1));
        try_structure(&mut runner, &structure, &mut instance, &mut result, control)?;
        result.structures += 1;
    }
    Ok(result)
}

/// A runner counts its cases over all its runs, so each structure has its own.
fn runner(request: &FuzzRequest<'_>, index: u32) -> TestRunner {
    let config =
        Config { cases: request.cases, failure_persistence: None, max_shrink_iters: SHRINK_STEPS, ..Config::default() };
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&request.seed.to_le_bytes());
    seed[8..12].copy_from_slice(&index.to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// One in three has an array with epochs or analogue read.
fn draw(runner: &mut TestRunner) -> Structure {
    let any = prop_oneof![2 => arb_structure(), 1 => arb_array_structure()];
    any.new_tree(runner).expect("no structure is rejected").current()
}

fn build(request: &FuzzRequest<'_>, structure: &Structure, control: Control<'_>) -> Result<Instance, Error> {
    let wanted = BuildRequest { source: request.source, structure, kind: BuildKind::Lockstep };
    let build = request.builder.build(&wanted, &mut |phase| control.progress.phase(&phase.to_string()))?;
    let seed = (request.seed % u64::from(u32::MAX)) as u32;
    Ok(Lockstep::load(&build)?.instance(InitialState::Random(seed))?)
}

fn try_structure(
    runner: &mut TestRunner,
    structure: &Structure,
    instance: &mut Instance,
    result: &mut FuzzResult,
    control: Control<'_>,
) -> Result<(), Error> {
    let strategy = (arb_core_of(*structure), arb_stimulus(structure).prop_map(at_least_one_cycle));
    let instance = RefCell::new(instance);
    let (cases, cycles, error) = (Cell::new(result.cases), Cell::new(result.cycles), RefCell::new(None));
    let ended = runner.run(&strategy, |(core, stimulus)| {
        if control.interrupt.is_set() || error.borrow().is_some() {
            return Ok(());
        }
        match compare(&mut instance.borrow_mut(), &core, &stimulus) {
            Ok(side) if side.agrees() => {
                cases.set(cases.get() + 1);
                cycles.set(cycles.get() + side.cycles);
                Ok(())
            }
            Ok(_) => Err(TestCaseError::fail("model and RTL differ")),
            Err(problem) => {
                *error.borrow_mut() = Some(problem);
                Ok(())
            }
        }
    });
    (result.cases, result.cycles) = (cases.get(), cycles.get());
    if let Some(error) = error.into_inner() {
        return Err(error);
    }
    if let Err(TestError::Fail(_, (core, stimulus))) = ended {
        let comparison = compare(&mut instance.borrow_mut(), &core, &stimulus)?;
        result.failure = Some(Box::new(Failure { core, stimulus, comparison }));
    }
    Ok(())
}

/// Nothing can be compared in no cycle.
fn at_least_one_cycle(mut stimulus: Stimulus) -> Stimulus {
    stimulus.cycles = stimulus.cycles.map(|cycles| cycles.max(1));
    stimulus
}

fn compare(instance: &mut Instance, core: &Core, stimulus: &Stimulus) -> Result<SideBySide, Error> {
    let never = Interrupt::default();
    let control = Control { interrupt: &never, progress: &NoProgress };
    lockstep(instance, core, stimulus, &SideBySideOptions::default(), control)
}
