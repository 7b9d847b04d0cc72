//! Labelled windows of time steps.

/// A run of time steps in which the stimulus shows something of known class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Label {
    /// First time step.
    pub first_step: u64,
    /// Number of time steps.
    pub steps: u64,
    /// The class.
    pub label: u32,
}

impl Label {
    /// The time step after the last.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.first_step + self.steps
    }
}

/// Labels in the order of time, searched by time step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelWindows {
    labels: Vec<Label>,
}

impl LabelWindows {
    /// Sorts the labels by their first step.
    #[must_use]
    pub fn new(mut labels: Vec<Label>) -> Self {
        labels.sort_by_key(|label| label.first_step);
        LabelWindows { labels }
    }

    /// The labels, in order.
    #[must_use]
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// Index of the label whose window holds `time_step`.
    #[must_use]
    pub fn at(&self, time_step: u64) -> Option<usize> {
        let after = self.labels.partition_point(|label| label.first_step <= time_step);
        let index = after.checked_sub(1)?;
        (time_step < self.labels[index].end()).then_some(index)
    }

    /// Number of classes: the largest label and 1.
    #[must_use]
    pub fn classes(&self) -> u32 {
        self.labels.iter().map(|label| label.label + 1).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Label, LabelWindows};

    #[test]
    fn a_time_step_belongs_to_the_window_that_holds_it() {
        let label = |first_step, label| Label { first_step, steps: 4, label };
        let windows = LabelWindows::new(vec![label(10, 7), label(0, 2)]);
        let found: Vec<Option<usize>> = [0, 3, 4, 9, 10, 13, 14].map(|step| windows.at(step)).into();
        assert_eq!(found, [Some(0), Some(0), None, None, Some(1), Some(1), None]);
        assert_eq!(windows.classes(), 8);
        assert_eq!(LabelWindows::default().classes(), 0);
    }
}
