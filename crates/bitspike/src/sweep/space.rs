//! The space of a sweep: every design has a number, whatever strategy chooses it.
//!
//! ```text
//! point  = design * replicates + replicate
//! design = (..(p[0] * n[1] + p[1]) * n[2] + ..) + p[last]        p: position on each axis, n: values of each axis
//! ```

use super::expression::Term;
use super::file::Sweep;
use crate::error::Error;
use crate::results::sha256_hex;

/// A point: one design with one seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its number.
    pub id: u64,
    /// The number of its design.
    pub design: u64,
    /// Position on each axis.
    pub positions: Vec<usize>,
    /// Keys set, in the order in which they are set.
    pub settings: Vec<(String, toml::Value)>,
}

/// The space of a sweep.
#[derive(Clone, Debug)]
pub struct Space<'a> {
    sweep: &'a Sweep,
    designs: u64,
}

impl<'a> Space<'a> {
    /// The space of a sweep.
    ///
    /// # Errors
    /// [`Error::Sweep`] if it has more than `2^62` points.
    pub fn new(sweep: &'a Sweep) -> Result<Self, Error> {
        let mut sizes = sweep.axes.iter().map(|axis| axis.values.len() as u64);
        let designs = sizes.try_fold(1, u64::checked_mul);
        let fits = |designs: &u64| designs.checked_mul(sweep.replicates()).is_some_and(|points| points < 1 << 62);
        let designs = designs.filter(fits).ok_or_else(|| sweep.wrong("axis", "span more than 2^62 points"))?;
        Ok(Space { sweep, designs })
    }

    /// The sweep.
    #[must_use]
    pub fn sweep(&self) -> &'a Sweep {
        self.sweep
    }

    /// Number of designs.
    #[must_use]
    pub fn designs(&self) -> u64 {
        self.designs
    }

    /// Number of values of each axis.
    #[must_use]
    pub fn sizes(&self) -> Vec<usize> {
        self.sweep.axes.iter().map(|axis| axis.values.len()).collect()
    }

    /// The hash of the base core, the axes, the keys set and the seeds: points of equal number under an equal hash are the same point.
    #[must_use]
    pub fn hash(&self) -> String {
        let Sweep { axes, set, base, file, .. } = self.sweep;
        let files = (&file.sweep.core, &file.sweep.stimulus);
        sha256_hex(format!("{base} {axes:?} {set:?} {:?} {files:?}", file.replicates).as_bytes())
    }

    /// The positions of a design.
    #[must_use]
    pub fn positions(&self, design: u64) -> Vec<usize> {
        let mut rest = design;
        let mut positions: Vec<usize> = self.sizes().iter().rev().map(|&size| digit(&mut rest, size)).collect();
        positions.reverse();
        positions
    }

    /// The design at these positions.
    #[must_use]
    pub fn design(&self, positions: &[usize]) -> u64 {
        let digits = positions.iter().zip(self.sizes());
        digits.fold(0, |number, (&position, size)| number * size as u64 + position as u64)
    }

    /// The points of a design, one for each seed.
    pub fn points_of(&self, design: u64) -> impl Iterator<Item = u64> + use<> {
        let replicates = self.sweep.replicates();
        (0..replicates).map(move |replicate| design * replicates + replicate)
    }

    /// The point of a number.
    ///
    /// # Errors
    /// [`Error::Sweep`] for a key of `set` that cannot be worked out.
    pub fn point(&self, id: u64) -> Result<Point, Error> {
        let (design, replicate) = (id / self.sweep.replicates(), id % self.sweep.replicates());
        let positions = self.positions(design);
        let mut settings = Vec::new();
        for (axis, &position) in self.sweep.axes.iter().zip(&positions) {
            settings.extend(axis.keys.iter().cloned().zip(axis.values[position].iter().cloned()));
        }
        for (key, expression) in &self.sweep.set {
            let term = expression.evaluate(&|name| self.lookup(&settings, &positions, name));
            let term = term.map_err(|problem| self.sweep.wrong(&format!("set.\"{key}\""), &problem))?;
            settings.push((key.clone(), value(term)));
        }
        if let Some(replicates) = &self.sweep.file.replicates {
            settings.push((replicates.key.clone(), toml::Value::Integer(replicates.first + replicate as i64)));
        }
        Ok(Point { id, design, positions, settings })
    }

    /// The value of an axis, a key set, or a key of the base core.
    #[must_use]
    pub fn key(&self, point: &Point, name: &str) -> Option<Term> {
        self.lookup(&point.settings, &point.positions, name)
    }

    fn lookup(&self, settings: &[(String, toml::Value)], positions: &[usize], name: &str) -> Option<Term> {
        let axis = || self.sweep.axes.iter().zip(positions).find(|(axis, _)| axis.name == name);
        let set = settings.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        term(set.or_else(|| axis().map(|(axis, &position)| axis.label(position))).or_else(|| self.base(name))?)
    }

    fn base(&self, name: &str) -> Option<&toml::Value> {
        let mut names = name.split('.');
        let first = self.sweep.base.get(names.next()?);
        names.fold(first, |value, name| value?.get(name))
    }

    /// Whether the constraints over keys alone hold.
    ///
    /// # Errors
    /// [`Error::Sweep`] for one that cannot be worked out.
    pub fn is_allowed(&self, point: &Point) -> Result<bool, Error> {
        for (index, constraint) in self.sweep.constraints.iter().enumerate() {
            let over_keys = constraint.names().iter().all(|name| self.key(point, name).is_some());
            if over_keys {
                let term = constraint.evaluate(&|name| self.key(point, name));
                let wrong = |problem: String| self.sweep.wrong(&format!("sweep.constraints[{index}]"), &problem);
                if !term.map_err(wrong)?.is_true() {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

fn digit(rest: &mut u64, size: usize) -> usize {
    let digit = *rest % size as u64;
    *rest /= size as u64;
    digit as usize
}

/// A configuration value as a term of an expression.
pub(super) fn term(value: &toml::Value) -> Option<Term> {
    match value {
        toml::Value::Integer(integer) => Some(Term::Number(*integer as f64)),
        toml::Value::Float(float) => Some(Term::Number(*float)),
        toml::Value::Boolean(boolean) => Some(Term::Number(f64::from(u8::from(*boolean)))),
        toml::Value::String(text) => Some(Term::Text(text.clone())),
        toml::Value::Datetime(_) | toml::Value::Array(_) | toml::Value::Table(_) => None,
    }
}

/// A term as a configuration value: whole numbers are integers.
fn value(term: Term) -> toml::Value {
    match term {
        Term::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => toml::Value::Integer(number as i64),
        Term::Number(number) => toml::Value::Float(number),
        Term::Text(text) => toml::Value::String(text),
    }
}
