//! The float layers of a case.

use bitspike_reference::ReferenceError;
use bitspike_reference::core::{FloatCore, FloatRun, RealParameters, Watch};

use super::sensitivity::{Sensitivity, sensitivity};
use super::{Case, INTERRUPTED, Outcome};
use crate::control::Control;
use crate::error::Error;

/// The layers that depend on real parameters and weights only, not on the widths of a core.
#[derive(Clone, Debug)]
pub struct FloatLayers {
    /// Continuous time.
    pub continuous: Outcome<FloatRun>,
    /// The hardware's order of operations.
    pub discretised: Outcome<FloatRun>,
}

/// Runs the continuous and the discretised layer.
///
/// # Errors
/// [`Error::Reference`] when no float layer can run the core: loop-back with a fire check per operation.
pub fn float_layers(case: &Case, control: Control<'_>) -> Result<FloatLayers, Error> {
    control.progress.phase("discretised layer");
    let discretised = run(&FloatCore::discretised(&case.core, case.real.clone())?, case, control);
    control.progress.phase("continuous layer");
    let continuous = match FloatCore::continuous(&case.core, case.real.clone()) {
        Ok(core) => run(&core, case, control),
        Err(error @ ReferenceError::NotContinuous { .. }) => Err(error.to_string()),
        Err(error) => return Err(error.into()),
    };
    Ok(FloatLayers { continuous, discretised })
}

/// The discretised layer once more with every neuron's `v` starting one LSB higher.
///
/// # Errors
/// As [`float_layers`].
pub fn moved_start(case: &Case, float: &FloatLayers, control: Control<'_>) -> Result<Outcome<Sensitivity>, Error> {
    control.progress.phase("sensitivity");
    let base = match &float.discretised {
        Ok(base) => base,
        Err(reason) => return Ok(Err(reason.clone())),
    };
    let real = RealParameters { v_init: case.real.v_init + case.lsb(), ..case.real.clone() };
    let moved = run(&FloatCore::discretised(&case.core, real)?, case, control);
    Ok(moved.map(|moved| sensitivity(case, base, &moved)))
}

/// The discretised layer with the constants the core has stored; left out where they are the real ones.
///
/// # Errors
/// As [`float_layers`].
pub fn constants_layer(case: &Case, control: Control<'_>) -> Result<Outcome<FloatRun>, Error> {
    control.progress.phase("layer of stored constants");
    if !case.has_rounded_constants() {
        return Ok(Err("no constant was rounded, so it is the discretised layer".to_owned()));
    }
    Ok(run(&FloatCore::discretised(&case.core, RealParameters::stored(&case.core))?, case, control))
}

fn run(core: &FloatCore<'_>, case: &Case, control: Control<'_>) -> Outcome<FloatRun> {
    let goes_on = |steps| {
        control.progress.steps(steps, case.steps);
        !control.interrupt.is_set()
    };
    let mut run = core.run(&case.stimulus, &Watch { traced: &case.traced, goes_on: &goes_on });
    if control.interrupt.is_set() {
        return Err(INTERRUPTED.to_owned());
    }
    run.spikes.sort_unstable();
    Ok(run)
}
