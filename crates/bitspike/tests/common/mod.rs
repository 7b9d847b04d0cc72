//! Shared by the tests that run model and RTL side by side.
//!
//! They need Verilator, a C++ compiler and make: without them they fail and say what to install.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod fault;

pub use bitspike_spec::testing::PLAIN;

use bitspike::control::{Control, Interrupt, NoProgress};
use bitspike::cosim::{SideBySide, SideBySideOptions, TestbenchSide, lockstep, through_waveform};
use bitspike_cosim::build::{Build, BuildKind, BuildRequest, Builder};
use bitspike_cosim::lockstep::{InitialState, Lockstep};
use bitspike_cosim::rtl::RtlSource;
use bitspike_cosim::testbench::Testbench;
use bitspike_spec::{Core, CrossbarImage, IzhikevichConstants, NeuronParameters, Stimulus, Structure, Values};
use std::sync::Mutex;

/// Builds RTL with the installed tools.
pub fn builder() -> Builder {
    Builder::new().unwrap_or_else(|error| panic!("this test runs the RTL, which cannot be built: {error}"))
}

/// The build of one structure.
pub fn build(builder: &Builder, source: &RtlSource, structure: &Structure, kind: BuildKind) -> Build {
    let request = BuildRequest { source, structure, kind };
    builder.build(&request, &mut |_| ()).unwrap_or_else(|error| panic!("{kind} of {structure:?}: {error}"))
}

/// Compares model and RTL in process.
pub fn in_process(build: &Build, core: &Core, stimulus: &Stimulus, initial: InitialState) -> SideBySide {
    let mut instance =
        Lockstep::load(build).and_then(|library| library.instance(initial)).expect("the build just made loads");
    with_control(|control| lockstep(&mut instance, core, stimulus, &SideBySideOptions::default(), control))
}

/// Compares model and RTL through the VCD that the testbench writes into a pipe.
pub fn through_vcd(build: &Build, core: &Core, stimulus: &Stimulus, initial: InitialState) -> SideBySide {
    let testbench = Testbench::new(build).expect("the build just made is a testbench");
    let side = TestbenchSide { testbench: &testbench, initial, keep: None };
    with_control(|control| through_waveform(&side, core, stimulus, &SideBySideOptions::default(), control))
}

fn with_control(compare: impl FnOnce(Control<'_>) -> Result<SideBySide, bitspike::Error>) -> SideBySide {
    let never = Interrupt::default();
    compare(Control { interrupt: &never, progress: &NoProgress }).unwrap_or_else(|error| panic!("{error}"))
}

/// Runs `work` on every item with as many threads as there are processors; results in the order of the items.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = Mutex::new(0..items.len());
    let results = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(index) = next.lock().expect("no thread panics with the lock").next() else { break };
                    let result = work(&items[index]);
                    results.lock().expect("no thread panics with the lock").push((index, result));
                }
            });
        }
    });
    let mut results = results.into_inner().expect("no thread panics with the lock");
    results.sort_by_key(|&(index, _)| index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Values of a plain core: threshold 10, `v_init` 0, and weights 5, -3, 7 and 1 on word lines 0, 1, 2 and 3 on (modulo 4).
pub fn plain_values(structure: &Structure) -> Values {
    let entry = NeuronParameters {
        threshold: 10,
        leak: 0,
        v_reset: 0,
        bias: 0,
        output_enable: true,
        ..NeuronParameters::default()
    };
    let entries = if structure.schedule.per_neuron { structure.neurons as usize } else { 1 };
    let codes = (0..structure.word_lines)
        .flat_map(|row| std::iter::repeat_n([5, -3, 7, 1][row as usize % 4], structure.neurons as usize))
        .collect();
    Values {
        neurons: vec![entry; entries],
        v_init: 0,
        u_init: 0,
        i_syn_decay: Vec::new(),
        gain: Vec::new(),
        izhikevich: IzhikevichConstants::default(),
        refractory_steps: 0,
        lfsr_seed: 1,
        first_word_line: 0,
        loop_back_delay: 0,
        array: CrossbarImage::new(structure.word_lines, structure.neurons, codes)
            .expect("one code for each cell")
            .into(),
        epoch_starts: Vec::new(),
    }
}
