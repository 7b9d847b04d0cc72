//! Spike counts of a run of any length on a grid of bounded size.

/// Most columns (bins of time steps) of a grid.
const COLUMNS: usize = 1024;
/// Most rows (bins of neurons) of a grid.
const ROWS: u32 = 256;

/// Spike counts per bin of neurons and bin of time steps.
///
/// ```text
/// row    = neuron / neurons_per_row        neurons_per_row = ceil(neurons / 256)
/// column = time_step / steps_per_column    steps_per_column doubles whenever 1024 columns no longer reach
/// ```
///
/// Exact counts; memory is at most 1024 x 256 counts whatever the length of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    neurons: u32,
    neurons_per_row: u32,
    steps_per_column: u64,
    counts: Vec<u32>,
    used: usize,
}

impl Grid {
    /// An empty grid for `neurons` neurons, at least 1.
    #[must_use]
    pub fn new(neurons: u32) -> Self {
        let neurons_per_row = neurons.div_ceil(ROWS).max(1);
        let rows = neurons.div_ceil(neurons_per_row) as usize;
        Grid { neurons, neurons_per_row, steps_per_column: 1, counts: vec![0; rows * COLUMNS], used: 0 }
    }

    /// Counts one spike.
    ///
    /// # Panics
    /// If the grid has no such neuron.
    pub fn add(&mut self, time_step: u64, neuron: u32) {
        let column = self.reach(time_step);
        let row = (neuron / self.neurons_per_row) as usize;
        self.counts[row * COLUMNS + column] += 1;
    }

    /// Makes the grid reach `time_step` and returns its column.
    pub fn reach(&mut self, time_step: u64) -> usize {
        while time_step / self.steps_per_column >= COLUMNS as u64 {
            self.halve();
        }
        let column = (time_step / self.steps_per_column) as usize;
        self.used = self.used.max(column + 1);
        column
    }

    fn halve(&mut self) {
        for row in self.counts.chunks_exact_mut(COLUMNS) {
            for column in 0..COLUMNS / 2 {
                row[column] = row[2 * column] + row[2 * column + 1];
            }
            row[COLUMNS / 2..].fill(0);
        }
        self.used = self.used.div_ceil(2);
        self.steps_per_column *= 2;
    }

    /// Rows in use.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.counts.len() / COLUMNS
    }

    /// Columns in use.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.used
    }

    /// Time steps that share a column.
    #[must_use]
    pub fn steps_per_column(&self) -> u64 {
        self.steps_per_column
    }

    /// Neurons that share a row.
    #[must_use]
    pub fn neurons_per_row(&self) -> u32 {
        self.neurons_per_row
    }

    /// Neurons of the core.
    #[must_use]
    pub fn neurons(&self) -> u32 {
        self.neurons
    }

    /// Spikes in the bin.
    ///
    /// # Panics
    /// If there is no such row or column.
    #[must_use]
    pub fn count(&self, row: usize, column: usize) -> u32 {
        self.counts[row * COLUMNS + column]
    }

    /// The same counts on at most `rows` x `columns` bins, row by row.
    ///
    /// # Panics
    /// If `rows` or `columns` is 0.
    #[must_use]
    pub fn shrink(&self, rows: usize, columns: usize) -> Vec<Vec<u64>> {
        let (row_bin, column_bin) = (self.rows().div_ceil(rows), self.columns().div_ceil(columns).max(1));
        let sum = |low: usize, left: usize| -> u64 {
            let row_range = low..(low + row_bin).min(self.rows());
            let columns = left..(left + column_bin).min(self.columns());
            row_range.flat_map(|row| columns.clone().map(move |column| u64::from(self.count(row, column)))).sum()
        };
        let line = |low| (0..self.columns()).step_by(column_bin).map(|left| sum(low, left)).collect();
        (0..self.rows()).step_by(row_bin).map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Grid;

    #[test]
    fn short_runs_keep_one_step_per_column() {
        let mut grid = Grid::new(3);
        grid.add(0, 0);
        grid.add(5, 2);
        grid.add(5, 2);
        assert_eq!((grid.rows(), grid.columns(), grid.steps_per_column()), (3, 6, 1));
        assert_eq!((grid.count(0, 0), grid.count(2, 5), grid.count(1, 5)), (1, 2, 0));
    }

    #[test]
    fn long_runs_double_the_bin_and_lose_no_spike() {
        let mut grid = Grid::new(600);
        for step in 0..5000_u64 {
            grid.add(step, u32::try_from(step % 600).expect("below 600"));
        }
        assert_eq!((grid.steps_per_column(), grid.columns()), (8, 625));
        assert_eq!((grid.neurons_per_row(), grid.rows()), (3, 200));
        let total: u64 = grid.shrink(10, 7).iter().flatten().sum();
        assert_eq!(total, 5000);
        assert_eq!(grid.shrink(10, 7).len(), 10);
        assert!(grid.shrink(10, 7)[0].len() <= 7);
    }
}
