//! What each cause of error of the devices costs: alone, and together with the others.

use bitspike_model::{Model, Observer, Spike};
use bitspike_spec::{Core, Stimulus};
use serde::Serialize;

use super::{Cause, DeviceCore, Estimate, run_all};
use crate::accuracy::in_whole_steps;
use crate::control::{Control, Interrupt};
use crate::error::Error;
use crate::metrics::decisions;
use crate::results::{Label, Recorder, RecorderOptions};

/// What runs, and how often.
#[derive(Clone, Copy, Debug)]
pub struct CostRequest<'a> {
    /// The core.
    pub core: &'a DeviceCore,
    /// The core with ideal weights, with which every array is compared.
    pub ideal: &'a Core,
    /// What is driven into it, in whole time steps.
    pub stimulus: &'a Stimulus,
    /// Windows of the stimulus whose class is known.
    pub labels: &'a [Label],
    /// Arrays that are programmed, with the seeds from that of the core on.
    pub replicates: u32,
}

/// What the devices cost.
#[derive(Clone, Debug, Serialize)]
pub struct Costs {
    /// Arrays for each row.
    pub replicates: u32,
    /// Seed of the first.
    pub first_seed: u64,
    /// Spikes with ideal weights.
    pub ideal_spikes: u64,
    /// Share of the windows classified as labelled with ideal weights; nothing without labels.
    pub ideal_accuracy: Option<f64>,
    /// Levels alone, levels and one cause, levels and all causes.
    pub rows: Vec<Cost>,
}

/// What some causes cost, beside the rounding to levels and codes.
#[derive(Clone, Debug, Serialize)]
pub struct Cost {
    /// `levels`, a cause, or `together`.
    pub name: &'static str,
    /// The causes that are on.
    pub causes: Vec<Cause>,
    /// Sum of the differences of the neurons' spike counts, without their signs, as a share of the spikes with ideal weights.
    pub count_error: Estimate,
    /// Share of the neurons that fire in the same time steps as with ideal weights.
    pub equal_neurons: Estimate,
    /// Share of the windows classified as labelled; nothing without labels.
    pub accuracy: Option<Estimate>,
}

/// Runs arrays with every cause alone and with all; `None` when the user stopped it.
///
/// # Errors
/// [`Error::Device`] and [`Error::Core`] for arrays that cannot be programmed.
pub fn costs(request: &CostRequest<'_>, control: Control<'_>) -> Result<Option<Costs>, Error> {
    control.progress.phase("devices");
    let ideal = run(request.ideal, request, control.interrupt)?;
    let kinds = kinds(request.core);
    let first = request.core.config().seed;
    let seeds = (0..u64::from(request.replicates)).map(|k| first.wrapping_add(k));
    let jobs: Vec<(usize, u64)> = seeds.flat_map(|seed| (0..kinds.len()).map(move |kind| (kind, seed))).collect();
    let work = |&(kind, seed): &(usize, u64)| -> Result<Figures, Error> {
        let devices = request.core.only(&kinds[kind].1);
        let (core, _) = in_whole_steps(&request.core.with(request.core.program(&devices, seed)?)?)?;
        Ok(run(&core, request, control.interrupt)?.against(&ideal))
    };
    let Some(found) = run_all(&jobs, control, work)? else { return Ok(None) };
    let row = |(kind, (name, causes)): (usize, (&'static str, Vec<Cause>))| {
        let figures = || jobs.iter().zip(&found).filter(move |((k, _), _)| *k == kind).map(|(_, figures)| figures);
        let sample = |value: fn(&Figures) -> f64| Estimate::of(&figures().map(value).collect::<Vec<f64>>());
        let accuracy = Estimate::of(&figures().filter_map(|figures| figures.accuracy).collect::<Vec<f64>>());
        let (count_error, equal_neurons) = (sample(|f| f.count_error)?, sample(|f| f.equal_neurons)?);
        Some(Cost { name, causes, count_error, equal_neurons, accuracy })
    };
    Ok(Some(Costs {
        replicates: request.replicates,
        first_seed: first,
        ideal_spikes: ideal.spikes(),
        ideal_accuracy: ideal.accuracy,
        rows: kinds.into_iter().enumerate().filter_map(row).collect(),
    }))
}

fn kinds(core: &DeviceCore) -> Vec<(&'static str, Vec<Cause>)> {
    let causes = core.causes();
    let alone = causes.iter().map(|&cause| (cause.name(), vec![cause]));
    std::iter::once(("levels", Vec::new())).chain(alone).chain([("together", causes.clone())]).collect()
}

/// Spikes of a run, and what it classified.
struct Outcome {
    steps: Vec<Vec<u64>>,
    accuracy: Option<f64>,
}

/// A run against the one with ideal weights.
struct Figures {
    count_error: f64,
    equal_neurons: f64,
    accuracy: Option<f64>,
}

impl Outcome {
    fn spikes(&self) -> u64 {
        self.steps.iter().map(|steps| steps.len() as u64).sum()
    }

    fn against(&self, ideal: &Outcome) -> Figures {
        let pairs = || self.steps.iter().zip(&ideal.steps);
        let differences: u64 = pairs().map(|(found, ideal)| found.len().abs_diff(ideal.len()) as u64).sum();
        let equal = pairs().filter(|(found, ideal)| found == ideal).count();
        Figures {
            count_error: differences as f64 / ideal.spikes().max(1) as f64,
            equal_neurons: equal as f64 / self.steps.len().max(1) as f64,
            accuracy: self.accuracy,
        }
    }
}

/// Keeps the time steps of the spikes.
struct Watcher<'a> {
    steps: Vec<Vec<u64>>,
    interrupt: &'a Interrupt,
}

impl Observer for Watcher<'_> {
    const EVERY_CYCLE: bool = false;

    fn spike(&mut self, spike: Spike) {
        self.steps[spike.neuron as usize].push(spike.time_step);
    }

    fn is_stopped(&self) -> bool {
        self.interrupt.is_set()
    }
}

fn run(core: &Core, request: &CostRequest<'_>, interrupt: &Interrupt) -> Result<Outcome, Error> {
    let labels = request.labels.to_vec();
    let options = RecorderOptions { spikes: None, traces: None, neurons: Vec::new(), labels };
    let mut recorder = Recorder::new(core, options);
    let mut watcher = Watcher { steps: vec![Vec::new(); core.structure().neurons as usize], interrupt };
    let summary = Model::run(core, request.stimulus, &mut (&mut recorder, &mut watcher));
    let finished = recorder.finish(core, summary.cycles, summary.counters);
    let result = finished.map_err(|source| Error::Write { path: "the recorder".into(), source })?;
    let decisions = decisions(&result);
    let correct = decisions.iter().filter(|decision| decision.is_correct()).count();
    let accuracy = (!decisions.is_empty()).then(|| correct as f64 / decisions.len() as f64);
    // Within a step, spikes leave in the order of the groups; a neuron's own are in order.
    Ok(Outcome { steps: watcher.steps, accuracy })
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    #[test]
    fn figures_against_ideal_weights_by_hand() {
        let ideal = Outcome { steps: vec![vec![1, 5], vec![2], vec![]], accuracy: None };
        let found = Outcome { steps: vec![vec![1], vec![2], vec![3, 4]], accuracy: Some(0.5) };
        let figures = found.against(&ideal);
        assert_eq!((figures.count_error, figures.equal_neurons, figures.accuracy), (1.0, 1.0 / 3.0, Some(0.5)));
    }
}
