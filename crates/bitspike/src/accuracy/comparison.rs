//! Two layers compared: every metric for each neuron, and summed.

use bitspike_reference::core::StepSpike;
use bitspike_reference::metrics::membrane::{MembraneError, membrane_error};
use bitspike_reference::metrics::{Options, TrainComparison, compare_trains};
use serde::Serialize;

use super::sensitivity::first_difference;
use super::{Case, Layer, LayerRun};
use crate::error::Error;

/// The figures of one neuron in two layers.
#[derive(Clone, Debug, Serialize)]
pub struct NeuronComparison {
    /// The neuron.
    pub neuron: u32,
    /// Spikes.
    #[serde(flatten)]
    pub train: TrainComparison,
    /// Membrane potential up to the first divergent step; nothing for a neuron without trace, or that parts in step 0.
    pub membrane: Option<MembraneError>,
}

/// Two layers compared.
#[derive(Clone, Debug, Serialize)]
pub struct LayerComparison {
    /// The layer taken for right.
    pub reference: Layer,
    /// The other.
    pub tested: Layer,
    /// What sets them apart.
    pub cause: String,
    /// Over all neurons.
    pub totals: Totals,
    /// Neuron by neuron.
    pub neurons: Vec<NeuronComparison>,
}

/// The figures of all neurons in two layers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Totals {
    /// Spikes of the reference.
    pub reference_spikes: u64,
    /// Spikes of the tested layer.
    pub tested_spikes: u64,
    /// Sum of the differences of the neurons' spike counts, without their signs.
    pub spike_count_error: u64,
    /// Mean of the differences of the neurons' rates, without their signs, hertz.
    pub rate_error: f64,
    /// Neurons that fire in the same time steps.
    pub equal_neurons: u32,
    /// First time step in which a neuron fires in one layer only.
    pub first_divergent_step: Option<u64>,
    /// The lowest neuron that parts there.
    pub first_divergent_neuron: Option<u32>,
    /// Matched pairs of spikes.
    pub matched_spikes: u64,
    /// Spikes of either layer without a partner.
    pub unmatched_spikes: u64,
    /// Mean error of matched spike times, seconds.
    pub mean_time_error: Option<f64>,
    /// Largest error of a matched spike time, seconds.
    pub largest_time_error: Option<f64>,
    /// Mean lateness of the k-th spike, seconds; positive: the tested layer is late.
    pub mean_lead_lag: Option<f64>,
    /// Largest lateness of a k-th spike, late or early, seconds.
    pub largest_lead_lag: Option<f64>,
    /// Mean coincidence factor of the neurons that have one.
    pub gamma: Option<f64>,
    /// Sum of the Victor-Purpura distances.
    pub victor_purpura: f64,
    /// Root of the sum of squares of the van Rossum distances.
    pub van_rossum: f64,
    /// Mean ISI distance.
    pub isi_distance: f64,
    /// Mean SPIKE distance.
    pub spike_distance: f64,
    /// Root of the mean squared error of the membrane potentials, each up to its neuron's first divergent step.
    pub membrane_rmse: Option<f64>,
    /// Largest error of a membrane potential there.
    pub membrane_largest: Option<f64>,
}

/// Time steps of the spikes of each neuron.
pub(super) fn steps_by_neuron(neurons: u32, spikes: &[StepSpike]) -> Vec<Vec<u64>> {
    let mut steps = vec![Vec::new(); neurons as usize];
    for spike in spikes {
        steps[spike.neuron as usize].push(spike.step);
    }
    steps
}

/// Neighbouring layers, and if there are more than two, the first with the last.
pub(super) fn compare_layers(case: &Case, runs: &[LayerRun<'_>]) -> Result<Vec<LayerComparison>, Error> {
    let mut pairs: Vec<[&LayerRun<'_>; 2]> = runs.windows(2).map(|pair| [&pair[0], &pair[1]]).collect();
    if let (true, Some(first), Some(last)) = (runs.len() > 2, runs.first(), runs.last()) {
        pairs.push([first, last]);
    }
    pairs.into_iter().map(|[reference, tested]| compare(case, reference, tested)).collect()
}

/// Compares two layers.
pub(super) fn compare(case: &Case, reference: &LayerRun<'_>, tested: &LayerRun<'_>) -> Result<LayerComparison, Error> {
    let neurons = case.core.structure().neurons;
    let options = case.options.of_trains(case.steps, case.dt)?;
    let [expected, found] = [reference, tested].map(|run| steps_by_neuron(neurons, run.spikes));
    let trace_of = traces_by_neuron(case);
    let mut compared = Vec::with_capacity(neurons as usize);
    let mut membranes = Membranes::default();
    for (neuron, (expected, found)) in (0..).zip(expected.iter().zip(&found)) {
        let (expected, found) = (within(expected, case.steps), within(found, case.steps));
        let train = compare_steps(expected, found, case.dt, &options)?;
        let steps = first_difference(expected, found).unwrap_or(case.steps) as usize;
        let membrane = match trace_of[neuron as usize] {
            Some(k) => membranes.add(membrane_error(&reference.traces[k].v, &tested.traces[k].v, steps)?, steps),
            None => None,
        };
        compared.push(NeuronComparison { neuron, train, membrane });
    }
    Ok(LayerComparison {
        reference: reference.layer,
        tested: tested.layer,
        cause: cause(case, reference.layer, tested.layer),
        totals: totals(&compared, &membranes),
        neurons: compared,
    })
}

/// What the layers after `reference`, up to `tested`, add.
fn cause(case: &Case, reference: Layer, tested: Layer) -> String {
    let added = |layer: &&Layer| {
        reference < **layer && **layer <= tested && (**layer != Layer::Constants || case.has_rounded_constants())
    };
    let causes: Vec<&str> = Layer::ALL.iter().filter(added).map(|layer| layer.cause()).collect();
    causes.join(", ")
}

/// Spikes of complete time steps.
fn within(steps: &[u64], count: u64) -> &[u64] {
    &steps[..steps.partition_point(|&step| step < count)]
}

/// Where each neuron's trace is, if it has one.
fn traces_by_neuron(case: &Case) -> Vec<Option<usize>> {
    let mut index = vec![None; case.core.structure().neurons as usize];
    for (k, &neuron) in case.traced.iter().enumerate() {
        index[neuron as usize] = Some(k);
    }
    index
}

fn compare_steps(expected: &[u64], found: &[u64], dt: f64, options: &Options) -> Result<TrainComparison, Error> {
    Ok(compare_trains(&times(expected, dt), &times(found, dt), options)?)
}

/// Spike times in seconds: `step dt`, and `n` spikes of one step `dt / (2 n)` apart from there.
fn times(steps: &[u64], dt: f64) -> Vec<f64> {
    let groups = steps.chunk_by(|a, b| a == b);
    let spread = |group: &[u64]| {
        let (step, count) = (group[0] as f64, group.len() as f64);
        (0..group.len()).map(move |j| (step + j as f64 / (2.0 * count)) * dt).collect::<Vec<f64>>()
    };
    groups.flat_map(spread).collect()
}

/// Membrane errors of all neurons.
#[derive(Default)]
struct Membranes {
    squares: f64,
    steps: f64,
    largest: f64,
}

impl Membranes {
    fn add(&mut self, error: Option<MembraneError>, steps: usize) -> Option<MembraneError> {
        let error = error?;
        self.squares += error.rmse * error.rmse * steps as f64;
        self.steps += steps as f64;
        self.largest = self.largest.max(error.largest);
        Some(error)
    }
}

fn totals(neurons: &[NeuronComparison], membranes: &Membranes) -> Totals {
    let trains = || neurons.iter().map(|neuron| &neuron.train);
    let mean = |values: &mut dyn Iterator<Item = f64>| mean(values).unwrap_or(0.0);
    let first = neurons.iter().filter_map(|n| Some((n.train.first_divergent_step?, n.neuron))).min();
    let matched: usize = trains().map(|train| train.matched.pairs).sum();
    let time_errors = trains().filter_map(|train| Some(train.matched.mean_error? * train.matched.pairs as f64));
    let has_membrane = membranes.steps > 0.0;
    Totals {
        reference_spikes: trains().map(|train| train.reference_spikes as u64).sum(),
        tested_spikes: trains().map(|train| train.tested_spikes as u64).sum(),
        spike_count_error: trains().map(|train| train.spike_count_difference.unsigned_abs()).sum(),
        rate_error: mean(&mut trains().map(|train| train.rate_error.abs())),
        equal_neurons: trains().filter(|train| train.first_divergent_step.is_none()).count() as u32,
        first_divergent_step: first.map(|(step, _)| step.unsigned_abs()),
        first_divergent_neuron: first.map(|(_, neuron)| neuron),
        matched_spikes: matched as u64,
        unmatched_spikes: trains()
            .map(|train| (train.matched.unmatched_reference + train.matched.unmatched_tested) as u64)
            .sum(),
        mean_time_error: (matched > 0).then(|| time_errors.sum::<f64>() / matched as f64),
        largest_time_error: largest(trains().filter_map(|train| train.matched.largest_error)),
        mean_lead_lag: self::mean(&mut trains().filter_map(|train| train.lead_lag)),
        largest_lead_lag: largest(trains().filter_map(|train| train.lead_lag)),
        gamma: self::mean(&mut trains().filter_map(|train| train.gamma)),
        victor_purpura: trains().map(|train| train.victor_purpura).sum(),
        van_rossum: trains().map(|train| train.van_rossum * train.van_rossum).sum::<f64>().sqrt(),
        isi_distance: mean(&mut trains().map(|train| train.isi_distance)),
        spike_distance: mean(&mut trains().map(|train| train.spike_distance)),
        membrane_rmse: has_membrane.then(|| (membranes.squares / membranes.steps).sqrt()),
        membrane_largest: has_membrane.then_some(membranes.largest),
    }
}

fn mean(values: &mut dyn Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    (count > 0.0).then(|| sum / count)
}

/// The value farthest from 0, with its sign.
fn largest(values: impl Iterator<Item = f64>) -> Option<f64> {
    values.reduce(|worst, value| if value.abs() > worst.abs() { value } else { worst })
}

#[cfg(test)]
mod tests {
    use super::{largest, times, within};

    #[test]
    fn spikes_of_one_step_share_its_first_half() {
        assert_eq!(times(&[2, 2, 5, 7, 7, 7, 7], 0.5), [1.0, 1.125, 2.5, 3.5, 3.5625, 3.625, 3.6875]);
    }

    #[test]
    fn spikes_after_the_last_complete_step_do_not_count() {
        assert_eq!(within(&[0, 3, 3, 4], 4), [0, 3, 3]);
    }

    #[test]
    fn the_largest_error_keeps_its_sign() {
        assert_eq!(largest([1.0, -3.0, 2.0].into_iter()), Some(-3.0));
    }
}
