//! Comparison of two waveform files by signal name.

use std::collections::BTreeMap;
use std::path::Path;

use super::streams::{CompareOptions, Pairing, compare_streams, covers};
use super::verdict::Verdict;
use crate::waveform::{
    Hierarchy, SampleRequest, Sampling, SignalSpec, VariableKind, Waveform, WaveformError, open_waveform, relative,
};

/// The scopes whose signals correspond; a renamed instance is two different paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopePair {
    /// Scope in the left file: a full path, the end of exactly one, or empty for the root.
    pub left: String,
    /// Scope in the right file.
    pub right: String,
}

/// What to compare of two waveform files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaveformOptions {
    /// Scopes that correspond; all bit signals below them are compared by their relative names.
    pub scopes: ScopePair,
    /// At each rising edge of a clock (name relative to each scope, or full), or at every time. Then [`Pairing::Time`] is used whatever
    /// `compare` says.
    pub sampling: Sampling,
    /// Range, ignored signals, x rule, pairing, window.
    pub compare: CompareOptions,
}

/// What the comparison of two files ended with.
#[derive(Debug, Clone, PartialEq)]
pub struct WaveformComparison {
    /// Agreement or divergence.
    pub verdict: Verdict,
    /// Signals on both sides, in record order.
    pub signals: Vec<SignalSpec>,
    /// Signals on one side only, which the ignore list covers.
    pub one_sided: Vec<String>,
    /// Reals, strings and events of either side, which are not compared.
    pub skipped: Vec<String>,
}

/// Compares the signals of two VCD or FST files by name.
///
/// VCD files stream in constant memory; FST files are loaded.
///
/// # Errors
/// A file that cannot be read; a missing scope, clock or condition; [`WaveformError::OneSided`] for signals on one side only that
/// `ignore` does not cover; [`WaveformError::WrongWidth`] for a signal of two widths; [`WaveformError::Timescales`] when comparing by time with
/// different units; and those of [`compare_streams`].
pub fn compare_waveforms(
    left: &Path,
    right: &Path,
    options: &WaveformOptions,
) -> Result<WaveformComparison, WaveformError> {
    let (left, right) = (open_waveform(left)?, open_waveform(right)?);
    let by_time = options.sampling == Sampling::EveryTime;
    if by_time {
        check_units(&left, &right)?;
    }
    let matched = match_signals(left.hierarchy(), right.hierarchy(), options)?;
    let request = |scope: &str| SampleRequest {
        scope: scope.to_string(),
        sampling: options.sampling.clone(),
        signals: matched.signals.clone(),
    };
    let left = left.sample(&request(&options.scopes.left))?;
    let right = right.sample(&request(&options.scopes.right))?;
    let verdict = compare_streams(left, right, &stream_options(options, &matched, by_time))?;
    let Matched { signals, one_sided, skipped } = matched;
    Ok(WaveformComparison { verdict, signals, one_sided, skipped })
}

struct Matched {
    signals: Vec<SignalSpec>,
    one_sided: Vec<String>,
    skipped: Vec<String>,
}

fn check_units(left: &Waveform, right: &Waveform) -> Result<(), WaveformError> {
    let (left, right) = (left.hierarchy().time_unit(), right.hierarchy().time_unit());
    if left == right {
        return Ok(());
    }
    let text = |unit: Option<crate::waveform::TimeUnit>| unit.map_or("not stated".to_string(), |unit| unit.to_string());
    Err(WaveformError::Timescales { left: text(left), right: text(right) })
}

/// Entries of the ignore list that only cover one-sided signals have done their work.
fn stream_options(options: &WaveformOptions, matched: &Matched, by_time: bool) -> CompareOptions {
    let mut compare = options.compare.clone();
    compare.ignore.retain(|pattern| {
        let shared = matched.signals.iter().any(|signal| covers(pattern, &signal.name));
        shared || !matched.one_sided.iter().any(|name| covers(pattern, name))
    });
    if by_time {
        compare.pairing = Pairing::Time;
    }
    compare
}

fn match_signals(left: &Hierarchy, right: &Hierarchy, options: &WaveformOptions) -> Result<Matched, WaveformError> {
    let left = Side::new(left, &options.scopes.left)?;
    let right = Side::new(right, &options.scopes.right)?;
    let is_ignored = |name: &String| options.compare.ignore.iter().any(|pattern| covers(pattern, name));
    let (left_ignored, left_only): (Vec<String>, Vec<String>) = left.without(&right).partition(is_ignored);
    let (right_ignored, right_only): (Vec<String>, Vec<String>) = right.without(&left).partition(is_ignored);
    if !(left_only.is_empty() && right_only.is_empty()) {
        return Err(WaveformError::OneSided { left_only, right_only });
    }
    let mut skipped: Vec<String> = left.skipped.iter().chain(&right.skipped).cloned().collect();
    skipped.sort();
    skipped.dedup();
    let one_sided = left_ignored.into_iter().chain(right_ignored).collect();
    Ok(Matched { signals: shared_signals(&left, &right)?, one_sided, skipped })
}

/// Bit signals below a scope by relative name, and the names of the others.
struct Side {
    widths: BTreeMap<String, u32>,
    skipped: Vec<String>,
}

impl Side {
    fn new(hierarchy: &Hierarchy, scope: &str) -> Result<Self, WaveformError> {
        let scope = hierarchy.find_scope(scope)?;
        let mut side = Self { widths: BTreeMap::new(), skipped: Vec::new() };
        for variable in hierarchy.variables() {
            let Some(name) = relative(scope, &variable.name) else { continue };
            match variable.kind {
                VariableKind::Bits => {
                    side.widths.entry(name.to_string()).or_insert(variable.width);
                }
                VariableKind::Real | VariableKind::Text | VariableKind::Event => side.skipped.push(name.to_string()),
            }
        }
        Ok(side)
    }

    fn without<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = String> + 'a {
        self.widths.keys().filter(|name| !other.widths.contains_key(*name)).cloned()
    }
}

fn shared_signals(left: &Side, right: &Side) -> Result<Vec<SignalSpec>, WaveformError> {
    let shared = left.widths.iter().filter_map(|(name, &width)| Some((name, width, *right.widths.get(name)?)));
    shared
        .map(|(name, expected, found)| {
            if expected == found {
                return Ok(SignalSpec::new(name, expected));
            }
            Err(WaveformError::WrongWidth { signal: format!("{name} (right against left)"), expected, found })
        })
        .collect()
}
