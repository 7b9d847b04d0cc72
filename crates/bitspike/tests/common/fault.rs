//! Deliberate faults in the RTL: one substitution, the smallest case that reaches it, and what must show it first.

use super::{PLAIN, build, builder, in_parallel, in_process, plain_values};
use bitspike_cosim::build::{BuildKind, Builder, Optimisation};
use bitspike_cosim::compare::Verdict;
use bitspike_cosim::lockstep::InitialState;
use bitspike_cosim::rtl::RtlSource;
use bitspike_spec::{AerEvent, Core, Stimulus, Structure, Values};

/// One substitution in one file, the smallest case that reaches it, and what must show it first.
pub struct Fault {
    pub name: &'static str,
    pub file: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub structure: fn(&mut Structure),
    pub values: fn(&mut Values),
    pub events: &'static [AerEvent],
    /// First cycle and first signal, in the order of the probe table, that differ.
    pub cycle: u64,
    pub signal: &'static str,
}

fn case(fault: &Fault) -> (Core, Stimulus) {
    let mut structure = PLAIN;
    (fault.structure)(&mut structure);
    let mut values = plain_values(&structure);
    (fault.values)(&mut values);
    let core = Core::new(structure, values).unwrap_or_else(|error| panic!("{}: {error}", fault.name));
    let mut stimulus = Stimulus::dense(fault.events.iter().copied());
    stimulus.cycles = Some(60);
    if fault.name.starts_with("stall credit") {
        stimulus.ready = (0..41).map(|t| t == 40).collect();
    }
    (core, stimulus)
}

/// The first cycle and signal that differ, or what else happened.
fn first_difference(builder: &Builder, source: &RtlSource, fault: &Fault) -> Result<(), String> {
    let (core, stimulus) = case(fault);
    let built = build(builder, source, core.structure(), BuildKind::Lockstep);
    match in_process(&built, &core, &stimulus, InitialState::Random(7)).verdict {
        Verdict::Agreement(_) => Ok(()),
        Verdict::Divergence(divergence) => {
            let signal = divergence.first().map_or("none", |difference| &difference.name);
            Err(format!("{signal} in cycle {}", divergence.right_cycle))
        }
    }
}

fn try_fault(builder: &Builder, fault: &Fault) -> [Result<(), String>; 2] {
    let sound = RtlSource::embedded();
    let broken = sound.with_replacement(fault.file, fault.from, fault.to);
    let broken = broken.unwrap_or_else(|error| panic!("{}: {error}", fault.name));
    [first_difference(builder, &sound, fault), first_difference(builder, &broken, fault)]
}

/// Tries every fault on sound and on broken RTL, prints a table, and fails where something else shows first.
pub fn assert_found(faults: &[&Fault]) {
    // A case lasts 60 cycles, and every fault is a build.
    let builder = builder().with_optimisation(Optimisation::None);
    let results = in_parallel(faults, |fault| try_fault(&builder, fault));
    println!("{:<46} {:<22} first difference", "fault", "file");
    let mut wrong = Vec::new();
    for (fault, [sound, broken]) in faults.iter().zip(results) {
        let found = broken.err().unwrap_or_else(|| "none".to_owned());
        println!("{:<46} {:<22} {found}", fault.name, fault.file.rsplit('/').next().unwrap_or_default());
        let expected = format!("{} in cycle {}", fault.signal, fault.cycle);
        if found != expected {
            wrong.push(format!("{}: found {found}, expected {expected}", fault.name));
        }
        if let Err(difference) = sound {
            wrong.push(format!("{}: the unbroken RTL differs, {difference}", fault.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
