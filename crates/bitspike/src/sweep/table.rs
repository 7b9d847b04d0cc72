//! Designs with their figures, read back from the store: seeds together, synthesis and costs joined, front marked.

use std::collections::{BTreeMap, BTreeSet};

use super::cost::add_costs;
use super::executor::synthesis_prefix;
use super::expression::Term;
use super::pareto;
use super::space::{Point, Space};
use super::store::{Figures, Row, Store, Verdict};
use crate::error::Error;

/// A figure over the seeds of a design.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Spread {
    /// Mean.
    pub mean: f64,
    /// Standard deviation of the sample; 0 for one seed.
    pub deviation: f64,
    /// Smallest.
    pub min: f64,
    /// Largest.
    pub max: f64,
}

impl Spread {
    /// The spread of some values, at least one.
    ///
    /// # Example
    /// ```
    /// let spread = bitspike::sweep::table::Spread::of(&[1.0, 3.0]);
    /// assert_eq!((spread.mean, spread.deviation, spread.min, spread.max), (2.0, 2f64.sqrt(), 1.0, 3.0));
    /// ```
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let min = values.iter().copied().fold(f64::INFINITY, f64::min);
        let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if min == max {
            // The mean of equal values would be rounded, and so decide between designs that are equal.
            return Spread { mean: min, deviation: 0.0, min, max };
        }
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Spread { mean, deviation: (squares / (count - 1.0)).sqrt(), min, max }
    }
}

/// A design.
#[derive(Clone, Debug)]
pub struct Design {
    /// Its number.
    pub number: u64,
    /// Its point with the first seed.
    pub point: Point,
    /// Seeds evaluated.
    pub seeds: u64,
    /// Figures over these seeds.
    pub figures: BTreeMap<String, Spread>,
    /// Constraints that do not hold.
    pub violated: Vec<String>,
    /// Whether no feasible design is better in every objective.
    pub is_on_front: bool,
    /// What co-simulation said of one of its points.
    pub verdict: Option<Verdict>,
}

/// Every design evaluated.
#[derive(Clone, Debug)]
pub struct Table {
    /// The designs with figures, in order of their number.
    pub designs: Vec<Design>,
    /// Points without a core: number and why.
    pub problems: Vec<(u64, String)>,
    /// What is missing from the figures, and why.
    pub notes: BTreeSet<String>,
    /// Seconds of work of all points.
    pub seconds: f64,
}

impl Table {
    /// Reads a space back.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::Sweep`] for an objective or constraint that names what is no figure and no key.
    pub fn read(space: &Space<'_>, store: &Store) -> Result<Self, Error> {
        let mut table = Table::of(space, store, &store.rows(&space.hash())?)?;
        table.mark_front(space)?;
        Ok(table)
    }

    /// The table of some rows, those of a design together; no front is marked.
    ///
    /// # Errors
    /// As [`Table::read`].
    pub fn of(space: &Space<'_>, store: &Store, rows: &[Row]) -> Result<Self, Error> {
        let mut table = Table { designs: Vec::new(), problems: Vec::new(), notes: BTreeSet::new(), seconds: 0.0 };
        let prefix = space.sweep().file.synth.as_ref().map(|section| synthesis_prefix(space, section));
        let mut syntheses = BTreeMap::new();
        for group in rows.chunk_by(|a, b| a.id / space.sweep().replicates() == b.id / space.sweep().replicates()) {
            table.problems.extend(group.iter().filter_map(|row| Some((row.id, row.problem.clone()?))));
            table.seconds += group.iter().filter_map(|row| Some(row.result.as_ref()?.seconds)).sum::<f64>();
            let mut figures = Vec::new();
            for row in group {
                figures.extend(table.figures(space, store, row, (prefix.as_deref(), &mut syntheses))?);
            }
            if !figures.is_empty() {
                table.designs.push(design(space, group, &figures)?);
            }
        }
        Ok(table)
    }

    /// The figures of one point with those of its synthesis and its costs.
    fn figures(
        &mut self,
        space: &Space<'_>,
        store: &Store,
        row: &Row,
        (prefix, known): (Option<&str>, &mut BTreeMap<String, Figures>),
    ) -> Result<Option<Figures>, Error> {
        let Some(result) = &row.result else { return Ok(None) };
        let mut figures = result.figures.clone();
        self.notes.extend(result.notes.iter().cloned());
        if let Some(prefix) = prefix {
            let key = format!("{prefix}{}", result.structure);
            if !known.contains_key(&key) {
                let synthesis = store.synthesis(&key)?.unwrap_or_default();
                self.notes.extend(synthesis.notes);
                known.insert(key.clone(), synthesis.figures);
            }
            figures.extend(known[&key].clone());
        }
        add_costs(&mut figures, &space.sweep().file.energy);
        Ok(Some(figures))
    }

    fn mark_front(&mut self, space: &Space<'_>) -> Result<(), Error> {
        let costs = self.costs(space)?;
        let feasible: Vec<usize> = (0..costs.len()).filter(|&index| costs[index].is_some()).collect();
        let of_feasible: Vec<Vec<f64>> = costs.into_iter().flatten().collect();
        if space.sweep().file.objective.is_empty() {
            return Ok(());
        }
        for position in pareto::front(&of_feasible) {
            self.designs[feasible[position]].is_on_front = true;
        }
        Ok(())
    }

    /// Costs of each design in each objective, smaller better; nothing for one that breaks a constraint or lacks a figure.
    ///
    /// # Errors
    /// [`Error::Sweep`] for an objective that is no figure and no key of any design.
    pub fn costs(&self, space: &Space<'_>) -> Result<Vec<Option<Vec<f64>>>, Error> {
        let objectives = &space.sweep().file.objective;
        for (index, objective) in objectives.iter().enumerate() {
            let found = self.designs.iter().any(|design| design.value(space, &objective.metric).is_some());
            if !found && !self.designs.is_empty() && self.notes.is_empty() {
                let names: Vec<&str> = self.metrics().into_iter().collect();
                let problem = format!("is {}, must be a key or one of: {}", objective.metric, names.join(", "));
                return Err(space.sweep().wrong(&format!("objective[{index}].metric"), &problem));
            }
        }
        let cost = |design: &Design| {
            let costs = objectives.iter().map(|o| Some(o.cost(design.value(space, &o.metric)?)));
            costs.collect::<Option<Vec<f64>>>().filter(|_| design.violated.is_empty())
        };
        Ok(self.designs.iter().map(cost).collect())
    }

    /// Names of all figures.
    #[must_use]
    pub fn metrics(&self) -> BTreeSet<&str> {
        self.designs.iter().flat_map(|design| design.figures.keys().map(String::as_str)).collect()
    }

    /// The designs on the front.
    pub fn front(&self) -> impl Iterator<Item = &Design> {
        self.designs.iter().filter(|design| design.is_on_front)
    }
}

impl Design {
    /// A figure's mean, or the number a key has.
    #[must_use]
    pub fn value(&self, space: &Space<'_>, name: &str) -> Option<f64> {
        if let Some(spread) = self.figures.get(name) {
            return Some(spread.mean);
        }
        match space.key(&self.point, name)? {
            Term::Number(number) => Some(number),
            Term::Text(_) => None,
        }
    }
}

fn design(space: &Space<'_>, rows: &[Row], of_seeds: &[Figures]) -> Result<Design, Error> {
    let number = rows[0].id / space.sweep().replicates();
    let point = space.point(number * space.sweep().replicates())?;
    let names: BTreeSet<&String> = of_seeds.iter().flat_map(Figures::keys).collect();
    let spread = |name: &String| {
        let values: Vec<f64> = of_seeds.iter().filter_map(|figures| figures.get(name).copied()).collect();
        (name.clone(), Spread::of(&values))
    };
    let mut design = Design {
        number,
        point,
        seeds: of_seeds.len() as u64,
        figures: names.into_iter().map(spread).collect(),
        violated: Vec::new(),
        is_on_front: false,
        verdict: rows.iter().find_map(|row| row.verdict.clone()),
    };
    design.violated = violated(space, &design)?;
    Ok(design)
}

/// Constraints that do not hold; one that names a figure which is missing does not.
fn violated(space: &Space<'_>, design: &Design) -> Result<Vec<String>, Error> {
    let value = |name: &str| {
        let figure = design.figures.get(name).map(|spread| Term::Number(spread.mean));
        figure.or_else(|| space.key(&design.point, name))
    };
    let constraints = space.sweep().constraints.iter();
    let broken = constraints.filter(|constraint| !constraint.evaluate(&value).is_ok_and(|term| term.is_true()));
    Ok(broken.map(|constraint| constraint.text().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::Spread;

    /// The sum of five 104/120 is rounded, and its fifth would not be 104/120.
    #[test]
    fn equal_values_have_no_spread() {
        for value in [0.825, 104.0 / 120.0, 385_534.0 / 3600.0] {
            assert_eq!(Spread::of(&[value; 5]), Spread { mean: value, deviation: 0.0, min: value, max: value });
        }
    }
}
