//! Scopes and signals of a waveform, and how they are found by name.

use std::collections::HashMap;
use std::fmt;

use super::WaveformError;

/// What a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VariableKind {
    /// Bits of four states.
    Bits,
    /// A floating-point number.
    Real,
    /// Text.
    Text,
    /// A named event without a value.
    Event,
}

impl VariableKind {
    fn name(self) -> &'static str {
        match self {
            Self::Bits => "bits",
            Self::Real => "real",
            Self::Text => "string",
            Self::Event => "event",
        }
    }
}

/// One declared variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Full name: scopes and variable, joined by dots, without the bit range.
    pub name: String,
    /// Width in bits.
    pub width: u32,
    /// What it holds.
    pub kind: VariableKind,
    /// Identifier in the file; aliases share it.
    pub id: u64,
}

/// The unit in which a waveform counts time: `factor * 10^exponent` seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeUnit {
    /// 1, 10 or 100.
    pub factor: u32,
    /// Power of ten in seconds, such as -9 for nanoseconds.
    pub exponent: i32,
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}e{} s", self.factor, self.exponent)
    }
}

/// All scopes and variables of a waveform.
#[derive(Debug, Clone, Default)]
pub struct Hierarchy {
    scopes: Vec<String>,
    variables: Vec<Variable>,
    by_name: HashMap<String, usize>,
    time_unit: Option<TimeUnit>,
}

impl Hierarchy {
    pub(crate) fn set_time_unit(&mut self, unit: Option<TimeUnit>) {
        self.time_unit = unit;
    }

    pub(crate) fn add_scope(&mut self, path: String) {
        self.scopes.push(path);
    }

    /// Adds a variable; of two with one name, the first is found by name.
    pub(crate) fn add_variable(&mut self, variable: Variable) {
        self.by_name.entry(variable.name.clone()).or_insert(self.variables.len());
        self.variables.push(variable);
    }

    /// Full paths of all scopes, in file order.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// All variables, in file order.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Unit of time, if the file states it.
    pub fn time_unit(&self) -> Option<TimeUnit> {
        self.time_unit
    }

    /// Full path of the scope called `name`: a full path, or the end of exactly one (`u_core.u_probe`, `u_probe`). The empty name is
    /// the root.
    ///
    /// # Errors
    /// [`WaveformError::MissingScope`] or [`WaveformError::AmbiguousScope`].
    pub fn find_scope(&self, name: &str) -> Result<&str, WaveformError> {
        if name.is_empty() {
            return Ok("");
        }
        if let Some(path) = self.scopes.iter().find(|path| *path == name) {
            return Ok(path);
        }
        let mut candidates: Vec<&String> = self.scopes.iter().filter(|path| ends_in(path, name)).collect();
        candidates.dedup();
        match candidates.as_slice() {
            [] => Err(WaveformError::MissingScope { scope: name.to_string(), near: self.near_scopes(name) }),
            [only] => Ok(only),
            several => Err(WaveformError::AmbiguousScope {
                scope: name.to_string(),
                candidates: several.iter().map(|path| (*path).clone()).collect(),
            }),
        }
    }

    /// Index of the variable called `name` inside the scope path `scope`, or with that full name.
    pub fn find_variable(&self, scope: &str, name: &str) -> Option<usize> {
        self.by_name.get(&join(scope, name)).or_else(|| self.by_name.get(name)).copied()
    }

    /// Index of a variable that must exist with `width` bits.
    pub(crate) fn require(&self, scope: &str, name: &str, width: u32) -> Result<usize, WaveformError> {
        let index = self.find_variable(scope, name).ok_or_else(|| WaveformError::MissingSignal {
            signal: name.to_string(),
            scope: scope.to_string(),
            width,
            near: self.near_variables(scope, name),
        })?;
        self.check(index, width)?;
        Ok(index)
    }

    /// Index of a clock.
    pub(crate) fn require_clock(&self, scope: &str, clock: &str) -> Result<usize, WaveformError> {
        let index = self.find_variable(scope, clock).ok_or_else(|| WaveformError::MissingClock {
            clock: clock.to_string(),
            scope: scope.to_string(),
            near: self.near_variables(scope, clock),
        })?;
        self.check(index, 1)?;
        Ok(index)
    }

    fn check(&self, index: usize, width: u32) -> Result<(), WaveformError> {
        let Variable { name, width: found, kind, .. } = &self.variables[index];
        if *kind != VariableKind::Bits {
            return Err(WaveformError::NotBits { signal: name.clone(), kind: kind.name() });
        }
        if *found != width {
            return Err(WaveformError::WrongWidth { signal: name.clone(), expected: width, found: *found });
        }
        Ok(())
    }

    fn near_scopes(&self, name: &str) -> Vec<String> {
        near_matches(name, self.scopes.iter().map(String::as_str))
    }

    fn near_variables(&self, scope: &str, name: &str) -> Vec<String> {
        let inside = self.variables.iter().filter_map(|variable| relative(scope, &variable.name));
        let near = near_matches(name, inside);
        if !near.is_empty() {
            return near;
        }
        near_matches(name, self.variables.iter().map(|variable| variable.name.as_str()))
    }
}

/// `scope.name`, or `name` in the root.
pub(crate) fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_string() } else { format!("{scope}.{name}") }
}

/// `name` without the leading `scope.`, if it lies in that scope.
pub(crate) fn relative<'a>(scope: &str, name: &'a str) -> Option<&'a str> {
    if scope.is_empty() {
        return Some(name);
    }
    name.strip_prefix(scope)?.strip_prefix('.')
}

fn ends_in(path: &str, name: &str) -> bool {
    path.strip_suffix(name).is_some_and(|head| head.ends_with('.'))
}

/// Up to four candidates whose last name is a few edits from that of `name`, or contains it, nearest first.
pub(crate) fn near_matches<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted = last_name(name);
    let limit = wanted.chars().count() / 3 + 1;
    let mut ranked: Vec<(usize, &str)> = candidates
        .map(|candidate| (distance(wanted, last_name(candidate)), candidate))
        .filter(|(edits, candidate)| *edits <= limit || last_name(candidate).contains(wanted))
        .collect();
    ranked.sort();
    ranked.dedup();
    ranked.into_iter().take(4).map(|(_, candidate)| candidate.to_string()).collect()
}

fn last_name(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(_, last)| last)
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, cb) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
