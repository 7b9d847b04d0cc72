//! The store of a sweep: one SQLite file that survives a kill, and that several processes may share.
//!
//! Results are kept under the hash of the elaborated core, the workload and the versions, so an edited sweep finds what it already knows.
//! Every commit is synchronous: a kill or a power loss costs the points in flight and nothing else. A process claims the points it works
//! on; a claim counts as long as its process lives, which shows in a lock on a file that the operating system lets go with the process.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::error::Error;

/// How long a process waits for another that is writing.
const PATIENCE: Duration = Duration::from_secs(60);

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS points (space TEXT, id INTEGER, key TEXT, problem TEXT, PRIMARY KEY (space, id)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, structure TEXT, figures TEXT, seconds REAL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS notes (key TEXT PRIMARY KEY, notes TEXT) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS syntheses (key TEXT PRIMARY KEY, figures TEXT, notes TEXT) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS verified (key TEXT PRIMARY KEY, verdict TEXT, cycles INTEGER, command TEXT) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS claims (key TEXT PRIMARY KEY, owner TEXT) WITHOUT ROWID;";

const ROWS: &str = "SELECT id, problem, points.key, structure, figures, seconds, verdict, cycles, command, notes FROM points \
    LEFT JOIN results ON results.key = points.key LEFT JOIN verified ON verified.key = points.key LEFT JOIN notes ON notes.key = points.key";

/// Figures by name.
pub type Figures = BTreeMap<String, f64>;

/// The result of a point.
#[derive(Clone, Debug, PartialEq)]
pub struct PointResult {
    /// The hash of core and workload.
    pub key: String,
    /// The hash of the structure.
    pub structure: String,
    /// Figures of the run.
    pub figures: Figures,
    /// What is missing, and why.
    pub notes: Vec<String>,
    /// Seconds of work.
    pub seconds: f64,
}

/// What synthesis found for a structure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Synthesis {
    /// Figures.
    pub figures: Figures,
    /// What is missing, and why.
    pub notes: Vec<String>,
}

/// A point that was co-simulated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// `agreement` or `divergence`.
    pub verdict: String,
    /// Cycles compared.
    pub cycles: u64,
    /// The command that does it again.
    pub command: String,
}

/// Whether a point must be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is this process's to compute.
    Ours,
    /// Its result is there.
    Done,
    /// Another live process computes it.
    Theirs,
}

/// A row of a space: a point and its result, if it has one.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Number of the point.
    pub id: u64,
    /// Why there is no core.
    pub problem: Option<String>,
    /// Its result.
    pub result: Option<PointResult>,
    /// What co-simulation said.
    pub verdict: Option<Verdict>,
}

/// An open store.
pub struct Store {
    path: PathBuf,
    connection: Connection,
    owner: String,
    /// Locked as long as this process lives.
    _life: File,
}

impl Store {
    /// Opens a store, or makes it.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Write`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        let folder = lives(path);
        fs::create_dir_all(&folder).map_err(|source| Error::Write { path: folder.clone(), source })?;
        let wrong = |source| Error::Store { path: path.to_owned(), source };
        let connection = Connection::open(path).map_err(wrong)?;
        connection.busy_timeout(PATIENCE).map_err(wrong)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(wrong)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(wrong)?;
        connection.execute_batch(SCHEMA).map_err(wrong)?;
        let (owner, life) = life(&folder)?;
        Ok(Store { path: path.to_owned(), connection, owner, _life: life })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn write<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T, Error> {
        let path = self.path.clone();
        let wrong = |source| Error::Store { path: path.clone(), source };
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(wrong)?;
        let result = work(&transaction).map_err(wrong)?;
        transaction.commit().map_err(wrong)?;
        Ok(result)
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        work(&self.connection).map_err(|source| Error::Store { path: self.path.clone(), source })
    }

    /// Records which keys some points have, and claims those that nobody has computed or computes.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn claim(&mut self, space: &str, points: &[(u64, String)]) -> Result<Vec<Claim>, Error> {
        let (owner, folder) = (self.owner.clone(), lives(&self.path));
        self.write(|store| {
            points
                .iter()
                .map(|(id, key)| {
                    add_point(store, space, *id, Ok(key))?;
                    claim(store, key, &owner, &folder)
                })
                .collect()
        })
    }

    /// Records which keys some points have.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn register(&mut self, space: &str, points: &[(u64, String)]) -> Result<(), Error> {
        self.write(|store| points.iter().try_for_each(|(id, key)| add_point(store, space, *id, Ok(key))))
    }

    /// Records points whose core means nothing.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn add_problem(&mut self, space: &str, id: u64, problem: &str) -> Result<(), Error> {
        self.write(|store| add_point(store, space, id, Err(problem)))
    }

    /// Adds results and lets their claims go.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn add(&mut self, results: &[PointResult]) -> Result<(), Error> {
        self.write(|store| {
            for result in results {
                let PointResult { key, structure, figures, notes, seconds } = result;
                let row = params![key, structure, json(figures), seconds];
                store.prepare_cached("INSERT OR IGNORE INTO results VALUES (?, ?, ?, ?)")?.execute(row)?;
                store.prepare_cached("DELETE FROM claims WHERE key = ?")?.execute([key])?;
                if !notes.is_empty() {
                    let row = [key, &notes.join("\n")];
                    store.prepare_cached("INSERT OR REPLACE INTO notes VALUES (?, ?)")?.execute(row)?;
                }
            }
            Ok(())
        })
    }

    /// Lets the claims go of points that are not computed after all.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn release(&mut self) -> Result<(), Error> {
        let owner = self.owner.clone();
        self.write(|store| store.execute("DELETE FROM claims WHERE owner = ?", [owner]).map(|_| ()))
    }

    /// Whether synthesis results are there.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn synthesis(&self, key: &str) -> Result<Option<Synthesis>, Error> {
        self.read(|store| {
            let mut statement = store.prepare_cached("SELECT figures, notes FROM syntheses WHERE key = ?")?;
            let read = |row: &rusqlite::Row<'_>| {
                Ok(Synthesis { figures: figures(&row.get::<_, String>(0)?), notes: lines(&row.get::<_, String>(1)?) })
            };
            statement.query_row([key], read).optional()
        })
    }

    /// Adds synthesis results.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn add_synthesis(&mut self, key: &str, synthesis: &Synthesis) -> Result<(), Error> {
        let row = params![key, json(&synthesis.figures), synthesis.notes.join("\n")];
        self.write(|store| store.execute("INSERT OR REPLACE INTO syntheses VALUES (?, ?, ?)", row).map(|_| ()))
    }

    /// Records what co-simulation said.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn add_verdict(&mut self, key: &str, verdict: &Verdict) -> Result<(), Error> {
        let row = params![key, verdict.verdict, verdict.cycles as i64, verdict.command];
        self.write(|store| store.execute("INSERT OR REPLACE INTO verified VALUES (?, ?, ?, ?)", row).map(|_| ()))
    }

    /// Every point of a space, in order of its number.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn rows(&self, space: &str) -> Result<Vec<Row>, Error> {
        self.read(|store| {
            let mut statement = store.prepare(&format!("{ROWS} WHERE space = ? ORDER BY id"))?;
            statement.query_map([space], row)?.collect()
        })
    }

    /// Those of some points that are known, in the order given.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn rows_of(&self, space: &str, ids: &[u64]) -> Result<Vec<Row>, Error> {
        self.read(|store| {
            let mut statement = store.prepare(&format!("{ROWS} WHERE space = ? AND id = ?"))?;
            let mut rows = Vec::new();
            for &id in ids {
                rows.extend(statement.query_row(params![space, id as i64], row).optional()?);
            }
            Ok(rows)
        })
    }

    /// Which of some points have no result.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn missing(&self, space: &str, ids: &[u64]) -> Result<Vec<u64>, Error> {
        self.read(|store| {
            let mut statement = store.prepare(
                "SELECT 1 FROM points LEFT JOIN results ON results.key = points.key \
                 WHERE space = ? AND id = ? AND results.key IS NOT NULL",
            )?;
            let mut missing = Vec::new();
            for &id in ids {
                if !statement.exists(params![space, id as i64])? {
                    missing.push(id);
                }
            }
            Ok(missing)
        })
    }

    /// Takes over the results that another store has, and says how many were new.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn merge(&mut self, other: &Path) -> Result<usize, Error> {
        let wrong = |source| Error::Store { path: other.to_owned(), source };
        self.connection.execute("ATTACH ? AS shard", [other.display().to_string()]).map_err(wrong)?;
        let copied = self.write(|store| {
            let copy = |table: &str| {
                store.execute(&format!("INSERT OR IGNORE INTO main.{table} SELECT * FROM shard.{table}"), [])
            };
            copy("syntheses")?;
            copy("notes")?;
            copy("results")
        });
        self.connection.execute("DETACH shard", []).map_err(wrong)?;
        copied
    }
}

fn add_point(store: &Transaction<'_>, space: &str, id: u64, key: Result<&String, &str>) -> rusqlite::Result<()> {
    let row = params![space, id as i64, key.ok(), key.err()];
    store.prepare_cached("INSERT OR REPLACE INTO points VALUES (?, ?, ?, ?)")?.execute(row).map(|_| ())
}

fn claim(store: &Transaction<'_>, key: &str, owner: &str, folder: &Path) -> rusqlite::Result<Claim> {
    if store.prepare_cached("SELECT 1 FROM results WHERE key = ?")?.exists([key])? {
        return Ok(Claim::Done);
    }
    let mut claims = store.prepare_cached("SELECT owner FROM claims WHERE key = ?")?;
    let holder: Option<String> = claims.query_row([key], |row| row.get(0)).optional()?;
    if holder.is_some_and(|holder| holder == owner || lives_on(folder, &holder)) {
        return Ok(Claim::Theirs);
    }
    store.prepare_cached("INSERT OR REPLACE INTO claims VALUES (?, ?)")?.execute([key, owner])?;
    Ok(Claim::Ours)
}

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let structure: Option<String> = row.get(3)?;
    let result = match structure {
        None => None,
        Some(structure) => {
            let figures = figures(&row.get::<_, String>(4)?);
            let notes = row.get::<_, Option<String>>(9)?.as_deref().map(lines).unwrap_or_default();
            Some(PointResult { key: row.get(2)?, structure, figures, notes, seconds: row.get(5)? })
        }
    };
    let verdict = match row.get(6)? {
        None => None,
        Some(verdict) => Some(Verdict { verdict, cycles: row.get::<_, i64>(7)? as u64, command: row.get(8)? }),
    };
    Ok(Row { id: row.get::<_, i64>(0)? as u64, problem: row.get(1)?, result, verdict })
}

fn json(figures: &Figures) -> String {
    serde_json::to_string(figures).expect("figures are finite numbers")
}

fn figures(text: &str) -> Figures {
    serde_json::from_str(text).unwrap_or_default()
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// The folder of the files that show which processes live.
fn lives(store: &Path) -> PathBuf {
    let mut name = store.file_name().unwrap_or_default().to_owned();
    name.push(".processes");
    store.with_file_name(name)
}

/// A locked file for this process, and its name; removes those of processes that ended.
fn life(folder: &Path) -> Result<(String, File), Error> {
    let wrong = |source| Error::Write { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(wrong)?.flatten() {
        if !lives_on(folder, &entry.file_name().to_string_lossy()) {
            let _ = fs::remove_file(entry.path());
        }
    }
    let named = tempfile::Builder::new().prefix("process-").tempfile_in(folder).map_err(wrong)?;
    let (file, path) = named.keep().map_err(|error| wrong(error.error))?;
    file.lock().map_err(wrong)?;
    Ok((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), file))
}

/// Whether a process still holds its file.
fn lives_on(folder: &Path, owner: &str) -> bool {
    File::open(folder.join(owner)).is_ok_and(|file| file.try_lock().is_err())
}
