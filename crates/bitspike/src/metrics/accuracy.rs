//! Accuracy of a labelled run.
//!
//! ```text
//! classes  = largest label + 1
//! decision = argmax over neurons 0 .. classes - 1 of (spikes in the window, v at the window's end, -neuron)
//! accuracy = windows decided as labelled / windows
//! ```
//!
//! Ties of the spike count go to the higher membrane potential at the end of the window's last time step, then to the lower index.
//! A window the run did not finish counts as not decided, and as wrong. Unit: a ratio, 0 to 1.
//! Source: rate decoding with one output neuron for each class, as in Diehl & Cook 2015.

use super::{Figure, Metric, Quantity};
use crate::results::RunResult;

pub(super) struct Accuracy;

impl Metric for Accuracy {
    fn name(&self) -> &'static str {
        "accuracy"
    }

    fn measure(&self, run: &RunResult) -> Vec<Figure> {
        let decisions = decisions(run);
        if decisions.is_empty() {
            return Vec::new();
        }
        let correct = decisions.iter().filter(|decision| decision.is_correct()).count();
        vec![
            Figure { name: "accuracy", value: Quantity::Real(correct as f64 / decisions.len() as f64), unit: "" },
            Figure { name: "accuracy_correct", value: Quantity::Count(correct as u64), unit: "windows" },
            Figure { name: "accuracy_windows", value: Quantity::Count(decisions.len() as u64), unit: "windows" },
        ]
    }
}

/// What the run decided for one labelled window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The label.
    pub label: u32,
    /// The class decided for; `None` if the run ended before the window did.
    pub decided: Option<u32>,
}

impl Decision {
    /// Whether the decision is the label.
    #[must_use]
    pub fn is_correct(&self) -> bool {
        self.decided == Some(self.label)
    }
}

/// The decision of every labelled window, in order of time.
#[must_use]
pub fn decisions(run: &RunResult) -> Vec<Decision> {
    let classes = run.labels.classes().min(run.core.structure().neurons);
    let windows = run.labels.labels().iter().zip(&run.label_counts).zip(&run.label_v);
    windows.map(|((label, counts), v)| Decision { label: label.label, decided: decide(classes, counts, v) }).collect()
}

fn decide(classes: u32, counts: &[u32], v: &[i64]) -> Option<u32> {
    if v.is_empty() {
        return None;
    }
    let rank = |&class: &u32| (counts[class as usize], v[class as usize], std::cmp::Reverse(class));
    (0..classes).max_by_key(rank)
}

/// How often each label was decided as each class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    /// Number of classes.
    pub classes: u32,
    /// Windows, `counts[label][decided]`.
    pub counts: Vec<Vec<u32>>,
    /// Windows of each label the run did not finish.
    pub undecided: Vec<u32>,
}

/// The confusion matrix of a labelled run, or `None` without labels.
#[must_use]
pub fn confusion(run: &RunResult) -> Option<Confusion> {
    let classes = run.labels.classes();
    if classes == 0 {
        return None;
    }
    let size = classes as usize;
    let mut matrix = Confusion { classes, counts: vec![vec![0; size]; size], undecided: vec![0; size] };
    for Decision { label, decided } in decisions(run) {
        match decided {
            Some(class) => matrix.counts[label as usize][class as usize] += 1,
            None => matrix.undecided[label as usize] += 1,
        }
    }
    Some(matrix)
}

#[cfg(test)]
mod tests {
    use super::{Accuracy, Metric, Quantity, confusion, decisions};
    use crate::metrics::tests::tiny_run;

    #[test]
    fn most_spikes_win_and_ties_go_to_the_higher_membrane_potential() {
        let run = tiny_run(&[1, 2]);
        let decided: Vec<Option<u32>> = decisions(&run).iter().map(|decision| decision.decided).collect();
        assert_eq!(decided, [Some(1), Some(2)]);
        assert_eq!(Accuracy.measure(&run)[0].value, Quantity::Real(1.0));
    }

    #[test]
    fn only_neurons_that_stand_for_a_class_decide() {
        let decided: Vec<Option<u32>> = decisions(&tiny_run(&[1, 0])).iter().map(|decision| decision.decided).collect();
        assert_eq!(decided, [Some(1), Some(0)], "classes 0 and 1 only, though neuron 2 has the higher v");
    }

    #[test]
    fn a_window_that_was_not_finished_is_wrong() {
        let run = tiny_run(&[1, 1, 2]);
        assert_eq!(Accuracy.measure(&run)[1].value, Quantity::Count(1));
        assert_eq!(Accuracy.measure(&run)[2].value, Quantity::Count(3));
        let matrix = confusion(&run).expect("labelled");
        assert_eq!(matrix.counts, [vec![0, 0, 0], vec![0, 1, 1], vec![0, 0, 0]]);
        assert_eq!(matrix.undecided, [0, 0, 1]);
    }

    #[test]
    fn a_run_without_labels_has_no_accuracy() {
        let run = tiny_run(&[]);
        assert_eq!(Accuracy.measure(&run), []);
        assert_eq!(confusion(&run), None);
    }
}
