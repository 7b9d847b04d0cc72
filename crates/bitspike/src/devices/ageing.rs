//! Accuracy of a classifier against the age of its array.

use bitspike_device::ArrayConfig;
use bitspike_spec::array::{AnalogueArray, ArrayStructure, SynapseArray};
use bitspike_spec::config::ArrayContent;
use bitspike_spec::{Core, Stimulus};
use serde::Serialize;

use super::{Cause, Converters, DeviceCore, Estimate, run_all};
use crate::control::{Control, Interrupt, NoProgress};
use crate::error::Error;
use crate::metrics::decisions;
use crate::results::{Label, Recorder, RecorderOptions};
use crate::run::{RunRequest, simulate};

/// What is classified, and how often.
#[derive(Clone, Copy, Debug)]
pub struct AgeingRequest<'a> {
    /// The core; its epochs are the ages.
    pub core: &'a DeviceCore,
    /// What is driven into it.
    pub stimulus: &'a Stimulus,
    /// Windows of the stimulus whose class is known.
    pub labels: &'a [Label],
    /// Arrays that are programmed, with the seeds from that of the core on.
    pub replicates: u32,
}

/// Accuracy at every age.
#[derive(Clone, Debug, Serialize)]
pub struct Ageing {
    /// Seconds since programming.
    pub seconds: Vec<f64>,
    /// Windows classified.
    pub windows: usize,
    /// Arrays for each curve.
    pub replicates: u32,
    /// Accuracy with digital weights.
    pub digital: Option<f64>,
    /// Why there is none.
    pub digital_left_out: Option<String>,
    /// The core as it is, then with one limit lifted, then with ideal devices.
    pub curves: Vec<Curve>,
}

/// Accuracy of one kind of array.
#[derive(Clone, Debug, Serialize)]
pub struct Curve {
    /// What it is.
    pub name: &'static str,
    /// Accuracy at each age, a ratio.
    pub accuracy: Vec<Estimate>,
}

/// Devices of a curve.
type Devices = (ArrayConfig, Converters);

/// Classifies with arrays of every kind, seed and age; `None` when the user stopped it.
///
/// At an age the array holds the image of that epoch from the first cycle to the last. Converters stay as they were calibrated in the
/// first epoch.
///
/// # Errors
/// [`Error::Option`] without labels; [`Error::Device`] and [`Error::Core`] for arrays that cannot be programmed.
pub fn ageing(request: &AgeingRequest<'_>, control: Control<'_>) -> Result<Option<Ageing>, Error> {
    if request.labels.is_empty() {
        let problem = "shows no images with labels, so nothing is classified".to_owned();
        return Err(Error::Option { option: "--stimulus", problem });
    }
    control.progress.phase("ageing");
    let kinds = kinds(request.core);
    let first = request.core.config().seed;
    let seeds = (0..u64::from(request.replicates)).map(|k| first.wrapping_add(k));
    let jobs: Vec<(usize, u64)> = seeds.flat_map(|seed| (0..kinds.len()).map(move |kind| (kind, seed))).collect();
    let work = |&(kind, seed): &(usize, u64)| by_age(request, (&kinds[kind].1, seed), control.interrupt);
    let Some(found) = run_all(&jobs, control, work)? else { return Ok(None) };
    let ages = request.core.config().epochs.len();
    let curve = |(kind, (name, _)): (usize, &(&'static str, Devices))| {
        let runs = || jobs.iter().zip(&found).filter(move |((k, _), _)| *k == kind).map(|(_, run)| run);
        let at = |age: usize| Estimate::of(&runs().map(|run| run[age]).collect::<Vec<f64>>());
        Curve { name, accuracy: (0..ages).filter_map(at).collect() }
    };
    let digital = match request.core.ideal() {
        Ok(core) => Ok(accuracy(&core, (request.stimulus, request.labels), control.interrupt)?),
        Err(reason) => Err(reason),
    };
    Ok(Some(Ageing {
        seconds: request.core.config().epochs.iter().map(|epoch| epoch.seconds).collect(),
        windows: request.labels.len(),
        replicates: request.replicates,
        digital: digital.as_ref().ok().copied(),
        digital_left_out: digital.err(),
        curves: kinds.iter().enumerate().map(curve).collect(),
    }))
}

/// The kinds of array, each with one limit lifted that the core has.
fn kinds(core: &DeviceCore) -> Vec<(&'static str, Devices)> {
    let (config, causes) = (core.config(), core.causes());
    let as_it_is = (config.clone(), Converters::AsTheyAre);
    let mut kinds = vec![("as it is", as_it_is)];
    if config.write_verify.is_some() {
        let config = ArrayConfig { write_verify: None, ..config.clone() };
        kinds.push(("without write-verify", (config, Converters::AsTheyAre)));
    }
    if causes.contains(&Cause::IrDrop) {
        kinds.push(("without IR drop", (Cause::IrDrop.off(config.clone()), Converters::AsTheyAre)));
    }
    if causes.contains(&Cause::Adc) {
        kinds.push(("without limits of the ADC", (Cause::Adc.off(config.clone()), Converters::Wide)));
    }
    kinds.push(("ideal devices", core.only(&[])));
    kinds
}

fn by_age(
    request: &AgeingRequest<'_>,
    (devices, seed): (&Devices, u64),
    interrupt: &Interrupt,
) -> Result<Vec<f64>, Error> {
    let content = request.core.program(devices, seed)?;
    let of_age = |age| {
        let core = request.core.with(at_age(&content, age))?;
        accuracy(&core, (request.stimulus, request.labels), interrupt)
    };
    (0..content.array.epochs()).map(of_age).collect()
}

/// The array of one epoch, for a whole run.
fn at_age(content: &ArrayContent, age: usize) -> ArrayContent {
    let array = match &content.array {
        SynapseArray::Event(images) => SynapseArray::Event(vec![images[age].clone()]),
        SynapseArray::Analogue(array) => {
            SynapseArray::Analogue(AnalogueArray { images: vec![array.images[age].clone()], ..array.clone() })
        }
    };
    let structure = ArrayStructure { epochs: 1, ..content.structure };
    ArrayContent { structure, array, epoch_starts: Vec::new() }
}

/// The cores of every age of the array as it is, with the core's own seed.
///
/// # Errors
/// [`Error::Device`] and [`Error::Core`] as [`ageing`].
pub fn aged_cores(core: &DeviceCore) -> Result<Vec<Core>, Error> {
    let content = core.program(&(core.config().clone(), Converters::AsTheyAre), core.config().seed)?;
    (0..content.array.epochs()).map(|age| Ok(core.with(at_age(&content, age))?)).collect()
}

/// Share of the windows that are classified as labelled.
pub(crate) fn accuracy(
    core: &Core,
    (stimulus, labels): (&Stimulus, &[Label]),
    interrupt: &Interrupt,
) -> Result<f64, Error> {
    let options = RecorderOptions { spikes: None, traces: None, neurons: Vec::new(), labels: labels.to_vec() };
    let request = RunRequest { core, stimulus, recorder: Recorder::new(core, options), trace: None };
    let run = simulate(request, Control { interrupt, progress: &NoProgress })?;
    let correct = decisions(&run).iter().filter(|decision| decision.is_correct()).count();
    Ok(correct as f64 / labels.len() as f64)
}
