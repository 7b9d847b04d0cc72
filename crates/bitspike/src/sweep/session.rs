//! One run of a sweep: the strategy's designs through an executor.

use std::collections::BTreeMap;

use super::executor::{Local, Tally};
use super::file::{Strategy, SweepSection};
use super::search::{Costs, SearchOptions, nsga2};
use super::slurm::Slurm;
use super::space::Space;
use super::strategy::{latin_hypercube, sobol};
use super::table::Table;
use crate::control::Control;
use crate::error::Error;

/// Points of a grid evaluated together: bounds the memory of a grid of any size.
const SLAB: u64 = 1 << 20;

/// What evaluates.
pub struct Session<'a> {
    /// The space.
    pub space: &'a Space<'a>,
    /// This machine, and the store.
    pub local: &'a Local<'a>,
    /// The cluster, if it does the work.
    pub slurm: Option<Slurm<'a>>,
    /// Ctrl-C and progress.
    pub control: Control<'a>,
}

impl Session<'_> {
    /// Evaluates what the strategy asks for.
    ///
    /// # Errors
    /// Those of the executor.
    pub fn run(&self) -> Result<Tally, Error> {
        let SweepSection { strategy, budget, seed, population, .. } = self.space.sweep().file.sweep;
        let budget = budget.unwrap_or(0);
        match strategy {
            Strategy::Grid => self.grid(),
            Strategy::Sobol => self.designs(&sobol(self.space, budget, seed)),
            Strategy::LatinHypercube => self.designs(&latin_hypercube(self.space, budget, seed)),
            Strategy::Nsga2 => self.search(SearchOptions { budget, population, seed }),
        }
    }

    fn grid(&self) -> Result<Tally, Error> {
        let (points, mut tally, mut first) =
            (self.space.designs() * self.space.sweep().replicates(), Tally::default(), 0);
        while first < points && !self.control.interrupt.is_set() {
            let end = points.min(first + SLAB);
            tally.add(self.points(&(first..end).collect::<Vec<_>>())?);
            first = end;
        }
        Ok(tally)
    }

    fn designs(&self, designs: &[u64]) -> Result<Tally, Error> {
        let points: Vec<u64> = designs.iter().flat_map(|&design| self.space.points_of(design)).collect();
        self.points(&points)
    }

    fn points(&self, points: &[u64]) -> Result<Tally, Error> {
        let Some(slurm) = &self.slurm else { return self.local.evaluate(points, self.control) };
        let (wanted, mut tally) = self.local.register(points)?;
        let missing = self.local.with_store(|store| slurm.evaluate(&wanted, store, self.control))?;
        if missing > 0 && !self.control.interrupt.is_set() {
            let problem = format!("{missing} points are still missing; the logs are in {}", slurm.folder.display());
            return Err(Error::Tool { tool: "slurm", what: "the sweep".to_owned(), problem });
        }
        tally.computed = wanted.len() as u64 - missing;
        Ok(tally)
    }

    fn search(&self, options: SearchOptions) -> Result<Tally, Error> {
        let mut tally = Tally::default();
        nsga2(self.space, options, &mut |designs| {
            tally.add(self.designs(designs)?);
            if self.control.interrupt.is_set() {
                return Ok(Vec::new());
            }
            self.costs(designs)
        })?;
        Ok(tally)
    }

    /// Costs of some designs as the table has them.
    fn costs(&self, designs: &[u64]) -> Result<Vec<Costs>, Error> {
        let points: Vec<u64> = designs.iter().flat_map(|&design| self.space.points_of(design)).collect();
        let hash = self.space.hash();
        let table = self.local.with_store(|store| Table::of(self.space, store, &store.rows_of(&hash, &points)?))?;
        let numbers = table.designs.iter().map(|design| design.number);
        let costs: BTreeMap<u64, Costs> = numbers.zip(table.costs(self.space)?).collect();
        Ok(designs.iter().map(|design| costs.get(design).cloned().flatten()).collect())
    }
}
