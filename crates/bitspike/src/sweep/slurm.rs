//! Sweeps on a cluster: a Slurm job array of shards.
//!
//! Slurm does the scheduling, the retries after a node failure (`--requeue`) and the accounting. Each task evaluates the points of one list into
//! a store of its own; when the array has ended the stores are merged, and what is still missing goes into another array. A task that is run
//! again finds in its store what it had finished.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use bitspike_cosim::toolchain::find_tool;

use super::space::Space;
use super::store::Store;
use crate::control::Control;
use crate::error::Error;

/// Time between two looks at the queue.
const TICK: Duration = Duration::from_secs(1);

/// How a sweep is spread.
#[derive(Clone, Debug)]
pub struct SlurmOptions {
    /// Tasks of an array.
    pub shards: usize,
    /// Arrays sent, each with what is missing after the one before.
    pub attempts: u32,
    /// Processors asked for each task; it runs as many threads as Slurm gives it processors.
    pub threads: usize,
    /// More options of `sbatch`, such as `--partition=hardware`.
    pub sbatch: Vec<String>,
}

/// Evaluates points through job arrays.
pub struct Slurm<'a> {
    /// The space.
    pub space: &'a Space<'a>,
    /// Folder of lists, stores, script and logs; the nodes must see it.
    pub folder: PathBuf,
    /// How.
    pub options: SlurmOptions,
}

impl Slurm<'_> {
    /// Evaluates points that `store` knows the keys of, and merges their results into it; returns how many are still missing.
    ///
    /// # Errors
    /// [`Error::Rtl`] without Slurm, [`Error::Tool`] if it refuses, [`Error::Write`], [`Error::Store`].
    pub fn evaluate(&self, ids: &[u64], store: &mut Store, control: Control<'_>) -> Result<u64, Error> {
        let tool = find_tool("slurm")?;
        fs::create_dir_all(&self.folder).map_err(|source| self.unwritable(source))?;
        let hash = self.space.hash();
        self.merge(store)?;
        let mut missing = store.missing(&hash, ids)?;
        for attempt in 0..self.options.attempts {
            if missing.is_empty() || control.interrupt.is_set() {
                break;
            }
            let tasks = self.write_lists(&missing)?;
            let job = self.submit(&tool.path, tasks)?;
            control.progress.phase(&format!(
                "Slurm job {job}, array {} of at most {}",
                attempt + 1,
                self.options.attempts
            ));
            self.wait(&job, ids.len() as u64, control)?;
            self.merge(store)?;
            missing = store.missing(&hash, ids)?;
        }
        Ok(missing.len() as u64)
    }

    /// Deals the points out, so that neighbours, which cost alike, go to different tasks.
    fn write_lists(&self, ids: &[u64]) -> Result<usize, Error> {
        let tasks = self.options.shards.clamp(1, ids.len());
        for task in 0..tasks {
            let list: String = ids.iter().skip(task).step_by(tasks).map(|id| format!("{id}\n")).collect();
            fs::write(self.list(task), list).map_err(|source| self.unwritable(source))?;
        }
        Ok(tasks)
    }

    fn list(&self, task: usize) -> PathBuf {
        self.folder.join(format!("{task}.points"))
    }

    fn script(&self) -> Result<PathBuf, Error> {
        let path = self.folder.join("task.sh");
        let absolute =
            |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string();
        let program = std::env::current_exe().map_err(|source| self.unwritable(source))?;
        let (sweep, folder) = (absolute(&self.space.sweep().path), absolute(&self.folder));
        let text = format!(
            "#!/bin/sh\n# One task of a sweep: its list of points into its own store.\nexec '{}' sweep task '{sweep}' \
             --points '{folder}'/\"$SLURM_ARRAY_TASK_ID\".points --store '{folder}'/\"$SLURM_ARRAY_TASK_ID\".sqlite --jobs \"${{SLURM_CPUS_PER_TASK:-{}}}\"\n",
            program.display(),
            self.options.threads
        );
        fs::write(&path, text).map_err(|source| self.unwritable(source))?;
        Ok(path)
    }

    fn submit(&self, sbatch: &Path, tasks: usize) -> Result<String, Error> {
        let mut command = Command::new(sbatch);
        command.args(["--parsable", "--requeue", "--open-mode=append", "--job-name=bitspike-sweep"]);
        command.arg(format!("--array=0-{}", tasks - 1)).arg(format!("--cpus-per-task={}", self.options.threads));
        command.arg(format!("--output={}/%a.log", self.folder.display())).args(&self.options.sbatch);
        let text = said("sbatch", command.arg(self.script()?))?;
        Ok(text.trim().split(';').next().unwrap_or_default().to_owned())
    }

    /// Waits until the array has left the queue; Ctrl-C cancels it.
    fn wait(&self, job: &str, total: u64, control: Control<'_>) -> Result<(), Error> {
        let begin = Instant::now();
        loop {
            thread::sleep(TICK.min(begin.elapsed() / 4 + TICK / 10));
            if control.interrupt.is_set() {
                return said("scancel", Command::new("scancel").arg(job)).map(|_| ());
            }
            let queue = Command::new("squeue").args(["--noheader", "--jobs", job]).output();
            let queue = queue.map_err(|source| self.unwritable(source))?;
            let text = String::from_utf8_lossy(&queue.stdout);
            let is_gone = String::from_utf8_lossy(&queue.stderr).contains("Invalid job id");
            if is_gone || (queue.status.success() && text.trim().is_empty()) {
                return Ok(());
            }
            control.progress.points(0, total);
        }
    }

    /// Takes over what the tasks have finished.
    fn merge(&self, store: &mut Store) -> Result<(), Error> {
        let entries = fs::read_dir(&self.folder).map_err(|source| self.unwritable(source))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.extension().is_some_and(|extension| extension == "sqlite") {
                store.merge(&path)?;
            }
        }
        Ok(())
    }

    fn unwritable(&self, source: std::io::Error) -> Error {
        Error::Write { path: self.folder.clone(), source }
    }
}

/// What a program of Slurm prints.
fn said(tool: &'static str, command: &mut Command) -> Result<String, Error> {
    let failed = |problem: String| Error::Tool { tool, what: "the job array".to_owned(), problem };
    let output = command.output().map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}
