//! How fast each side is alone.

use std::time::Instant;

use bitspike_cosim::lockstep::{Instance, RtlRun};
use bitspike_model::{Model, NullObserver, Run};
use bitspike_spec::{Core, Stimulus};

use crate::error::Error;

/// Cycles measured at most.
const CYCLES: u64 = 100_000;

/// Clock cycles per second of wall time.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Speeds {
    /// The model without probe records.
    pub model: f64,
    /// The model with the probe record of every cycle.
    pub model_every_cycle: f64,
    /// The RTL stepped in process, with its probe record, nothing compared.
    pub rtl: f64,
}

/// Measures both sides on the first 100 000 cycles of a stimulus with a set number of cycles.
///
/// # Errors
/// [`Error::Rtl`] if the instance was built for another structure or stops.
pub fn speeds(instance: &mut Instance, core: &Core, stimulus: &Stimulus) -> Result<Speeds, Error> {
    let cycles = stimulus.cycles.unwrap_or(CYCLES).min(CYCLES);
    let short = Stimulus { cycles: Some(cycles), ..stimulus.clone() };
    let begin = Instant::now();
    Model::run(core, &short, &mut NullObserver);
    let model = rate(cycles, begin);
    let mut run = Run::new(core, &short);
    let begin = Instant::now();
    while run.step().is_some() {}
    let model_every_cycle = rate(cycles, begin);
    let mut run = RtlRun::new(instance, core, &short, cycles)?;
    let begin = Instant::now();
    while run.step()?.is_some() {}
    Ok(Speeds { model, model_every_cycle, rtl: rate(cycles, begin) })
}

fn rate(cycles: u64, begin: Instant) -> f64 {
    cycles as f64 / begin.elapsed().as_secs_f64().max(1e-9)
}
