//! `bitspike sweep`: many designs from one file.

mod point;
mod text;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use clap::Subcommand;
use serde_json::json;

use super::exit::Exit;
use super::output::{print, print_json};
use super::progress::Terminal;
use crate::control::{Control, Interrupt};
use crate::error::Error;
use crate::sweep::executor::Local;
use crate::sweep::export::{columns, json_row, write};
use crate::sweep::file::Sweep;
use crate::sweep::report::{FrontPicture, html};
use crate::sweep::session::Session;
use crate::sweep::slurm::{Slurm, SlurmOptions};
use crate::sweep::space::Space;
use crate::sweep::store::Store;
use crate::sweep::table::Table;

/// Name of the store in the folder of the results.
const STORE: &str = "store.sqlite";

/// Evaluate many designs: accuracy, cycles, area, clock frequency and energy in one sweep
///
/// A sweep file names a base core and the axes to vary. Results are kept in store.sqlite in the folder of the results: Ctrl-C or a kill loses
/// the points in flight only, and the same command goes on where it stopped.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Examples:
  bitspike sweep run sweep.toml --out out/widths
  bitspike sweep run sweep.toml --out out/widths --executor slurm --shards 64
  bitspike sweep verify sweep.toml --out out/widths
  bitspike sweep open sweep.toml 17 --out out/widths
  bitspike sweep export sweep.toml --out out/widths --to widths.parquet")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Clone, Debug)]
enum Command {
    /// Evaluate the designs the strategy asks for, and write report.html, front.svg, front.png and results.csv
    Run(RunArgs),
    /// Write the report again
    Report(Common),
    /// Write every design to a CSV, JSON or Parquet file
    Export(ExportArgs),
    /// Show everything known of a design
    Show(point::PointArgs),
    /// Write a design's core.toml and run it: spikes, counters, its own report
    Open(point::PointArgs),
    /// Co-simulate designs with the RTL: those of the front, or a random sample
    Verify(point::VerifyArgs),
    /// Evaluate a list of points into a store: one task of a job array
    #[command(hide = true)]
    Task(TaskArgs),
}

/// What every command of a sweep takes.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct Common {
    /// The sweep: sweep.toml
    pub(super) sweep: PathBuf,
    /// Folder of the results, with the store
    #[arg(long, short, value_name = "DIR", default_value = "out/sweep")]
    pub(super) out: PathBuf,
    /// Print the result as JSON on standard output
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(clap::Args, Clone, Debug)]
struct RunArgs {
    #[command(flatten)]
    common: Common,
    /// Threads; of each task, with --executor slurm [default: all processors, 1 for a task]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Who does the work
    #[arg(long, value_enum, default_value_t = ExecutorArg::Local)]
    executor: ExecutorArg,
    /// Tasks of the Slurm job array
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    shards: u16,
    /// Job arrays sent at most, each with the points that are still missing
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    attempts: u32,
    /// An option for sbatch, may be repeated: --sbatch=--partition=hardware
    #[arg(long, value_name = "OPTION", allow_hyphen_values = true)]
    sbatch: Vec<String>,
}

/// Who does the work.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum ExecutorArg {
    /// This machine
    Local,
    /// A Slurm cluster
    Slurm,
}

#[derive(clap::Args, Clone, Debug)]
struct ExportArgs {
    #[command(flatten)]
    common: Common,
    /// The file to write: .csv, .json or .parquet
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

#[derive(clap::Args, Clone, Debug)]
struct TaskArgs {
    /// The sweep: sweep.toml
    sweep: PathBuf,
    /// Numbers of points, one on each line
    #[arg(long)]
    points: PathBuf,
    /// The store
    #[arg(long)]
    store: PathBuf,
    /// Threads
    #[arg(long, default_value_t = 1)]
    jobs: usize,
}

pub(super) fn execute(args: &Args, interrupt: &Interrupt) -> Result<Exit, Error> {
    match &args.command {
        Command::Run(args) => run(args, interrupt),
        Command::Report(common) => report(common),
        Command::Export(args) => export(args),
        Command::Show(args) => point::show(args),
        Command::Open(args) => point::open(args, interrupt),
        Command::Verify(args) => point::verify(args, interrupt),
        Command::Task(args) => task(args, interrupt),
    }
}

/// All processors this process may use.
fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

pub(super) fn open_store(out: &Path) -> Result<Store, Error> {
    fs::create_dir_all(out).map_err(|source| Error::Write { path: out.to_owned(), source })?;
    Store::open(&out.join(STORE))
}

fn run(args: &RunArgs, interrupt: &Interrupt) -> Result<Exit, Error> {
    let begin = std::time::Instant::now();
    let sweep = Sweep::read(&args.common.sweep)?;
    let space = Space::new(&sweep)?;
    let progress = Terminal::new();
    let slurm = (args.executor == ExecutorArg::Slurm).then(|| Slurm {
        space: &space,
        folder: std::path::absolute(args.common.out.join("shards")).unwrap_or_else(|_| args.common.out.join("shards")),
        options: SlurmOptions {
            shards: usize::from(args.shards),
            attempts: args.attempts,
            threads: args.jobs.map_or(1, usize::from),
            sbatch: args.sbatch.clone(),
        },
    });
    let local = Local::new(&space, open_store(&args.common.out)?, args.jobs.map_or_else(processors, usize::from));
    let control = Control { interrupt, progress: &progress };
    let tally = Session { space: &space, local: &local, slurm, control }.run()?;
    drop(progress);
    let seconds = begin.elapsed().as_secs_f64();
    let table = local.with_store(|store| Table::read(&space, store))?;
    let files = write_results(&space, &table, &args.common.out)?;
    if args.common.json {
        let mut value = text::json(&space, &table);
        value["tally"] = json!(tally);
        value["seconds"] = json!(seconds);
        value["interrupted"] = json!(interrupt.is_set());
        value["files"] = json!(files);
        print_json(&value)?;
    } else {
        print(&(text::tally(tally, seconds) + &text::front(&space, &table) + &text::files(&files)))?;
    }
    Ok(if interrupt.is_set() { Exit::Interrupted } else { Exit::Ok })
}

/// Writes report, pictures and table; returns their names.
fn write_results(space: &Space<'_>, table: &Table, out: &Path) -> Result<Vec<PathBuf>, Error> {
    let put = |name: &str, bytes: &[u8]| {
        let path = out.join(name);
        fs::write(&path, bytes).map_err(|source| Error::Write { path: path.clone(), source }).map(|()| path)
    };
    let mut files = vec![put("report.html", html(space, table, out).as_bytes())?];
    if let Some(front) = FrontPicture::new(space, table) {
        files.push(put("front.svg", front.svg().as_bytes())?);
        files.push(put("front.png", &front.png())?);
    }
    let results = out.join("results.csv");
    write(&columns(space, table), &results)?;
    files.push(results);
    Ok(files)
}

fn report(common: &Common) -> Result<Exit, Error> {
    let sweep = Sweep::read(&common.sweep)?;
    let space = Space::new(&sweep)?;
    let table = Table::read(&space, &open_store(&common.out)?)?;
    let files = write_results(&space, &table, &common.out)?;
    if common.json {
        let mut value = text::json(&space, &table);
        value["files"] = json!(files);
        print_json(&value)?;
    } else {
        print(&(text::front(&space, &table) + &text::files(&files)))?;
    }
    Ok(Exit::Ok)
}

fn export(args: &ExportArgs) -> Result<Exit, Error> {
    let sweep = Sweep::read(&args.common.sweep)?;
    let space = Space::new(&sweep)?;
    let table = Table::read(&space, &open_store(&args.common.out)?)?;
    let columns = columns(&space, &table);
    write(&columns, &args.to)?;
    if args.common.json {
        print_json(&(0..table.designs.len()).map(|row| json_row(&columns, row)).collect())?;
    } else {
        print(&format!("{} designs in {}\n", table.designs.len(), args.to.display()))?;
    }
    Ok(Exit::Ok)
}

fn task(args: &TaskArgs, interrupt: &Interrupt) -> Result<Exit, Error> {
    let sweep = Sweep::read(&args.sweep)?;
    let space = Space::new(&sweep)?;
    let list = fs::read_to_string(&args.points);
    let list = list.map_err(|source| Error::Read { path: args.points.clone(), source })?;
    let points: Vec<u64> = list.lines().filter_map(|line| line.parse().ok()).collect();
    let progress = Terminal::new();
    let local = Local::new(&space, Store::open(&args.store)?, args.jobs);
    let tally = local.evaluate(&points, Control { interrupt, progress: &progress })?;
    print(&text::tally(tally, 0.0))?;
    Ok(if interrupt.is_set() { Exit::Interrupted } else { Exit::Ok })
}
