//! What one LSB at the start does: how much of a difference says nothing about widths.

use bitspike_reference::core::FloatRun;
use serde::Serialize;

use super::Case;
use super::comparison::steps_by_neuron;

/// Growth above which a case is called ill-conditioned.
const GROWTH: f64 = 100.0;

/// When a case is called ill-conditioned.
pub const RULE: &str = "one LSB more at the start moves a spike by more than one time step, changes a number of spikes, or grows more than 100-fold";

/// The discretised layer against itself from a start one LSB higher, all neurons at once.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sensitivity {
    /// The LSB.
    pub lsb: f64,
    /// Largest difference of a membrane potential before its neuron's spikes part, in LSB.
    pub growth: f64,
    /// Neuron of that difference.
    pub growth_neuron: u32,
    /// Time step of that difference.
    pub growth_step: u64,
    /// Largest move of a k-th spike, in time steps, among neurons whose number of spikes stays.
    pub largest_shift: u64,
    /// Neurons whose spikes move.
    pub moved_neurons: u32,
    /// Neurons whose number of spikes changes.
    pub changed_counts: u32,
    /// Whether [`RULE`] holds.
    pub ill_conditioned: bool,
}

pub(super) fn sensitivity(case: &Case, base: &FloatRun, moved: &FloatRun) -> Sensitivity {
    let neurons = case.core.structure().neurons;
    let [before, after] = [base, moved].map(|run| steps_by_neuron(neurons, &run.spikes));
    let mut figures = Sensitivity {
        lsb: case.lsb(),
        growth: 0.0,
        growth_neuron: 0,
        growth_step: 0,
        largest_shift: 0,
        moved_neurons: 0,
        changed_counts: 0,
        ill_conditioned: false,
    };
    for (before, after) in before.iter().zip(&after) {
        figures.see_spikes(before, after);
    }
    for (a, b) in base.traces.iter().zip(&moved.traces) {
        let n = a.neuron as usize;
        let parted = first_difference(&before[n], &after[n]).unwrap_or(case.steps);
        figures.see_potential(a.neuron, &a.v[..parted as usize], &b.v);
    }
    figures.ill_conditioned = figures.changed_counts > 0 || figures.largest_shift > 1 || figures.growth > GROWTH;
    figures
}

impl Sensitivity {
    fn see_spikes(&mut self, before: &[u64], after: &[u64]) {
        self.moved_neurons += u32::from(before != after);
        if before.len() == after.len() {
            let shifts = before.iter().zip(after).map(|(a, b)| a.abs_diff(*b));
            self.largest_shift = shifts.fold(self.largest_shift, u64::max);
        } else {
            self.changed_counts += 1;
        }
    }

    fn see_potential(&mut self, neuron: u32, before: &[f64], after: &[f64]) {
        for (step, (a, b)) in (0..).zip(before.iter().zip(after)) {
            let growth = (b - a).abs() / self.lsb;
            if growth > self.growth {
                (self.growth, self.growth_neuron, self.growth_step) = (growth, neuron, step);
            }
        }
    }
}

/// The first time step in which only one of two trains fires, or fires oftener.
pub(super) fn first_difference(a: &[u64], b: &[u64]) -> Option<u64> {
    let common = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let next = |train: &[u64]| train.get(common).copied();
    match (next(a), next(b)) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (only, None) | (None, only) => only,
    }
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn trains_part_at_the_first_spike_of_only_one() {
        assert_eq!(first_difference(&[1, 4], &[1, 4]), None);
        assert_eq!(first_difference(&[1, 4], &[1, 6]), Some(4));
        assert_eq!(first_difference(&[1, 4], &[1]), Some(4));
        assert_eq!(first_difference(&[1, 1], &[1, 2]), Some(1));
        assert_eq!(first_difference(&[], &[0]), Some(0));
    }
}
