//! From a point to a core: the base with the point's keys, elaborated.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use bitspike_reference::core::RealParameters;
use bitspike_spec::config::{self, LoadedCore};
use bitspike_spec::stimulus::{LoadedStimulus, read_stimulus};

use super::program::Programmer;
use super::space::{Point, Space};
use crate::error::Error;
use crate::metrics::METRICS;
use crate::results::{Label, sha256_hex};

/// A point that was elaborated.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The point.
    pub point: Point,
    /// Its core.
    pub core: LoadedCore,
    /// What its constants stand for, before they were rounded.
    pub real: RealParameters,
    /// The workload.
    pub workload: Arc<Workload>,
    /// The hash under which its result is stored.
    pub key: String,
}

/// The stimulus as a core of some shape sees it.
#[derive(Clone, Debug)]
pub struct Workload {
    /// The stimulus.
    pub loaded: LoadedStimulus,
    /// SHA-256 of its events and labels.
    hash: String,
}

impl Workload {
    /// SHA-256 of its events and labels.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The windows whose class is known.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        let labels = self.loaded.labels.iter();
        labels.filter_map(|l| l.label.map(|label| Label { first_step: l.first_step, steps: l.steps, label })).collect()
    }
}

/// Elaborates points; keeps the stimulus for each shape of core.
pub struct Elaborator<'a> {
    space: &'a Space<'a>,
    /// The base core.
    base: PathBuf,
    /// By word lines, neurons, weight width and bits of `dt`: what a stimulus depends on.
    workloads: Mutex<BTreeMap<[u64; 4], Arc<Workload>>>,
    programmer: Programmer,
}

/// Raised when results of an equal core and workload change their meaning.
const FORMAT: u32 = 3;

impl<'a> Elaborator<'a> {
    /// Elaborates the points of a space.
    #[must_use]
    pub fn new(space: &'a Space<'a>) -> Self {
        Elaborator {
            space,
            base: space.sweep().core_path(),
            workloads: Mutex::new(BTreeMap::new()),
            programmer: Programmer::default(),
        }
    }

    /// The space.
    #[must_use]
    pub fn space(&self) -> &'a Space<'a> {
        self.space
    }

    /// The core, workload and key of a point.
    ///
    /// # Errors
    /// [`Error::Config`] for a core that means nothing, [`Error::Sweep`] for a key that cannot be set.
    pub fn candidate(&self, point: Point) -> Result<Candidate, Error> {
        let text = self.core_toml(&point)?;
        let core = config::from_str_with(&text, self.base_folder(), &self.programmer)?;
        let workload = self.workload(&core)?;
        let metrics: Vec<&str> = METRICS.iter().map(|metric| metric.name()).collect();
        let version = env!("CARGO_PKG_VERSION");
        let mut text = format!("{FORMAT} {version} {metrics:?} {}\n{}", workload.hash, core.core.to_toml());
        let real = RealParameters::ideal(&core.core, &core.ideal_values());
        if let Some(options) = &self.space.sweep().file.accuracy {
            text += &format!("{options:?} {real:?} {}", core.dt());
        }
        Ok(Candidate { point, core, real, workload, key: sha256_hex(text.as_bytes()) })
    }

    /// The `core.toml` of a point: the base with the point's keys.
    ///
    /// # Errors
    /// [`Error::Sweep`] for a key below one that holds no table.
    pub fn core_toml(&self, point: &Point) -> Result<String, Error> {
        Ok(text(&self.core_table(point)?))
    }

    fn core_table(&self, point: &Point) -> Result<toml::Table, Error> {
        let mut table = self.space.sweep().base.clone();
        for (key, value) in &point.settings {
            set(&mut table, key, value).map_err(|problem| self.space.sweep().wrong(key, &problem))?;
        }
        Ok(table)
    }

    /// Writes the `core.toml` of a point into a folder, with copies of the files it names beside it, and returns its path.
    ///
    /// # Errors
    /// As [`Elaborator::core_toml`]; [`Error::Write`].
    pub fn write_core(&self, point: &Point, (name, folder): (&str, &Path)) -> Result<PathBuf, Error> {
        let wrong = |source| Error::Write { path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(wrong)?;
        let mut table = self.core_table(point)?;
        set(&mut table, "core.name", &name.into())
            .map_err(|problem| self.space.sweep().wrong("core.name", &problem))?;
        bring_files(&mut table, self.base_folder(), folder).map_err(wrong)?;
        let path = folder.join("core.toml");
        fs::write(&path, text(&table)).map_err(wrong)?;
        Ok(path)
    }

    /// The folder from which a core finds the files it names.
    fn base_folder(&self) -> &Path {
        self.base.parent().unwrap_or(Path::new(""))
    }

    fn workload(&self, core: &LoadedCore) -> Result<Arc<Workload>, Error> {
        let s = core.core.structure();
        let shape = [u64::from(s.word_lines), u64::from(s.neurons), u64::from(s.weight_bits), core.dt().to_bits()];
        let mut workloads = self.workloads.lock().expect("no thread panics with the lock");
        if let Some(found) = workloads.get(&shape) {
            return Ok(Arc::clone(found));
        }
        let loaded = read_stimulus(self.space.sweep().stimulus_path(), core)?;
        let text = format!("{}{:?}", loaded.stimulus.to_toml(), loaded.labels);
        let workload = Arc::new(Workload { hash: sha256_hex(text.as_bytes()), loaded });
        workloads.insert(shape, Arc::clone(&workload));
        Ok(workload)
    }
}

fn text(table: &toml::Table) -> String {
    toml::to_string(table).expect("a table of plain values")
}

/// Copies every file that a key `file` names, and makes the key name the copy.
fn bring_files(table: &mut toml::Table, from: &Path, to: &Path) -> std::io::Result<()> {
    for (key, value) in table.iter_mut() {
        if let toml::Value::Table(below) = value {
            bring_files(below, from, to)?;
        } else if let (true, Some(file)) = (key == "file", value.as_str().map(Path::new)) {
            let name = file.file_name().unwrap_or_default();
            fs::copy(from.join(file), to.join(name))?;
            *value = name.to_string_lossy().as_ref().into();
        }
    }
    Ok(())
}

/// Sets a dotted key, making the tables above it.
fn set(table: &mut toml::Table, key: &str, value: &toml::Value) -> Result<(), String> {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value.clone());
            Ok(())
        }
        Some((name, rest)) => {
            let below = table.entry(name).or_insert_with(|| toml::Table::new().into());
            if let toml::Value::Table(below) = below {
                return set(below, rest, value);
            }
            Err(format!("cannot be set: {name} is {below} in the base core, must be a table"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::set;

    #[test]
    fn dotted_keys_reach_into_tables_and_make_them() {
        let mut table: toml::Table = "a = { b = 1, c = 2 }\nd = 3".parse().expect("a table");
        set(&mut table, "a.b", &7.into()).expect("a table");
        set(&mut table, "e.f.g", &true.into()).expect("new tables");
        let expected: toml::Table = "a = { b = 7, c = 2 }\nd = 3\ne.f.g = true".parse().expect("a table");
        assert_eq!(table, expected);
        let problem = set(&mut table, "d.x", &1.into()).expect_err("d is no table");
        assert!(problem.contains("d is 3 in the base core"), "{problem}");
    }
}
