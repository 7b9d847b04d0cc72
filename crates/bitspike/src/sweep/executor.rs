//! Evaluates points on this machine: threads, one store.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bitspike_cosim::rtl::RtlSource;
use bitspike_spec::Structure;

use super::candidate::{Candidate, Elaborator};
use super::evaluate::Evaluator;
use super::file::SynthSection;
use super::space::Space;
use super::store::{Claim, Store, Synthesis};
use crate::control::{Control, Interrupt};
use crate::error::Error;
use crate::results::sha256_hex;
use crate::synth::{CellClass, Detail, ModuleParameters, SynthRequest, SynthResult, Target, synthesise, tool_versions};

/// Time between two looks at the progress, and between two at a point that another process computes.
const TICK: Duration = Duration::from_millis(100);
/// Work of about this length is committed at once.
const COMMIT: f64 = 0.25;
/// Most points committed at once.
const CHUNK: usize = 64;

/// What became of some points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// Computed now.
    pub computed: u64,
    /// Found in the store.
    pub found: u64,
    /// Left out by a constraint over keys.
    pub excluded: u64,
    /// Without a core.
    pub invalid: u64,
}

impl Tally {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.computed + self.found + self.excluded + self.invalid
    }

    /// Adds another tally.
    pub fn add(&mut self, other: Tally) {
        self.computed += other.computed;
        self.found += other.found;
        self.excluded += other.excluded;
        self.invalid += other.invalid;
    }
}

/// Evaluates points of a space on this machine.
pub struct Local<'a> {
    space: &'a Space<'a>,
    hash: String,
    elaborator: Elaborator<'a>,
    evaluator: Evaluator,
    store: Mutex<Store>,
    threads: usize,
}

/// What a point is.
enum Examined {
    /// A core to run.
    Ready(Box<Candidate>),
    /// Left out by a constraint.
    Excluded,
    /// No core.
    Invalid,
}

struct Shared<'s> {
    ids: Mutex<&'s mut (dyn Iterator<Item = u64> + Send)>,
    later: Mutex<Vec<u64>>,
    tally: Mutex<Tally>,
    done: AtomicU64,
    error: Mutex<Option<Error>>,
    interrupt: &'s Interrupt,
}

impl Shared<'_> {
    fn goes_on(&self) -> bool {
        !self.interrupt.is_set() && self.error.lock().expect("no thread panics with the lock").is_none()
    }

    fn take(&self, count: usize) -> Vec<u64> {
        let mut ids = self.ids.lock().expect("no thread panics with the lock");
        std::iter::from_fn(|| ids.next()).take(count).collect()
    }

    fn fail(&self, error: Error) {
        self.error.lock().expect("no thread panics with the lock").get_or_insert(error);
    }

    fn count(&self, change: impl FnOnce(&mut Tally)) {
        change(&mut self.tally.lock().expect("no thread panics with the lock"));
    }
}

impl<'a> Local<'a> {
    /// Evaluates into `store` with `threads` threads.
    #[must_use]
    pub fn new(space: &'a Space<'a>, store: Store, threads: usize) -> Self {
        Local {
            space,
            hash: space.hash(),
            elaborator: Elaborator::new(space),
            evaluator: Evaluator::new(&space.sweep().file),
            store: Mutex::new(store),
            threads: threads.max(1),
        }
    }

    /// The store.
    ///
    /// # Panics
    /// Never: no thread panics with the lock.
    pub fn with_store<T>(&self, work: impl FnOnce(&mut Store) -> T) -> T {
        work(&mut self.store.lock().expect("no thread panics with the lock"))
    }

    /// Elaborates points.
    #[must_use]
    pub fn elaborator(&self) -> &Elaborator<'a> {
        &self.elaborator
    }

    /// Evaluates points, and synthesises their structures; stops early on Ctrl-C, and what was computed until then is in the store.
    ///
    /// # Errors
    /// The first error of the store, of a stimulus, or of synthesis. A point whose core means nothing is no error.
    pub fn evaluate(&self, ids: &[u64], control: Control<'_>) -> Result<Tally, Error> {
        let tally = self.run(&mut ids.iter().copied(), ids.len() as u64, control)?;
        self.synthesise(ids, control)?;
        Ok(tally)
    }

    fn run(
        &self,
        ids: &mut (dyn Iterator<Item = u64> + Send),
        total: u64,
        control: Control<'_>,
    ) -> Result<Tally, Error> {
        control.progress.phase("points");
        let (mut tally, mut later) = self.pass(ids, (0, total), control)?;
        while !later.is_empty() && !control.interrupt.is_set() {
            thread::sleep(TICK);
            let (more, still) = self.pass(&mut later.into_iter(), (tally.total(), total), control)?;
            tally.add(more);
            later = still;
        }
        self.with_store(Store::release)?;
        Ok(tally)
    }

    /// One pass; the points that another process computes are left for later.
    fn pass(
        &self,
        ids: &mut (dyn Iterator<Item = u64> + Send),
        (before, total): (u64, u64),
        control: Control<'_>,
    ) -> Result<(Tally, Vec<u64>), Error> {
        let shared = Shared {
            ids: Mutex::new(ids),
            later: Mutex::default(),
            tally: Mutex::default(),
            done: AtomicU64::new(before),
            error: Mutex::default(),
            interrupt: control.interrupt,
        };
        thread::scope(|scope| {
            let workers: Vec<_> = (0..self.threads).map(|_| scope.spawn(|| self.work(&shared))).collect();
            while !workers.iter().all(thread::ScopedJoinHandle::is_finished) {
                control.progress.points(shared.done.load(Ordering::Relaxed), total);
                thread::sleep(if total < 1000 { TICK / 20 } else { TICK });
            }
        });
        let expect = "no thread panics with the lock";
        match shared.error.into_inner().expect(expect) {
            Some(error) => Err(error),
            None => Ok((shared.tally.into_inner().expect(expect), shared.later.into_inner().expect(expect))),
        }
    }

    fn work(&self, shared: &Shared<'_>) {
        let mut size = 1;
        while shared.goes_on() {
            let ids = shared.take(size);
            if ids.is_empty() {
                break;
            }
            let begin = Instant::now();
            if let Err(error) = self.chunk(&ids, shared) {
                shared.fail(error);
            }
            let each = begin.elapsed().as_secs_f64() / ids.len() as f64;
            size = ((COMMIT / each.max(1e-6)) as usize).clamp(1, CHUNK);
        }
    }

    fn chunk(&self, ids: &[u64], shared: &Shared<'_>) -> Result<(), Error> {
        let mut candidates = Vec::new();
        for &id in ids {
            candidates.extend(self.candidate(id, shared)?);
        }
        let keys: Vec<(u64, String)> = candidates.iter().map(|c| (c.point.id, c.key.clone())).collect();
        let claims = self.with_store(|store| store.claim(&self.hash, &keys))?;
        let mut results = Vec::new();
        for (candidate, claim) in candidates.iter().zip(claims) {
            match claim {
                Claim::Done => shared.count(|tally| tally.found += 1),
                Claim::Theirs => {
                    shared.later.lock().expect("no thread panics with the lock").push(candidate.point.id);
                    continue;
                }
                Claim::Ours => results.extend(self.evaluator.evaluate(candidate, shared.interrupt)?),
            }
            shared.done.fetch_add(1, Ordering::Relaxed);
        }
        shared.count(|tally| tally.computed += results.len() as u64);
        self.with_store(|store| store.add(&results))
    }

    /// The candidate of a point, if it is allowed and means something.
    fn candidate(&self, id: u64, shared: &Shared<'_>) -> Result<Option<Candidate>, Error> {
        match self.examine(id)? {
            Examined::Ready(candidate) => return Ok(Some(*candidate)),
            Examined::Excluded => shared.count(|tally| tally.excluded += 1),
            Examined::Invalid => shared.count(|tally| tally.invalid += 1),
        }
        shared.done.fetch_add(1, Ordering::Relaxed);
        Ok(None)
    }

    /// Elaborates a point; the reason is recorded if it has no core.
    fn examine(&self, id: u64) -> Result<Examined, Error> {
        let point = self.space.point(id)?;
        if !self.space.is_allowed(&point)? {
            return Ok(Examined::Excluded);
        }
        match self.elaborator.candidate(point) {
            Ok(candidate) => Ok(Examined::Ready(Box::new(candidate))),
            Err(Error::Config(error)) => {
                let problem = error.to_string();
                let line = problem.lines().next().unwrap_or_default();
                self.with_store(|store| store.add_problem(&self.hash, id, line))?;
                Ok(Examined::Invalid)
            }
            Err(error) => Err(error),
        }
    }

    /// Records the keys of some points, for others to compute them: the points without a result, and what became of the rest.
    ///
    /// # Errors
    /// As [`Local::evaluate`].
    pub fn register(&self, ids: &[u64]) -> Result<(Vec<u64>, Tally), Error> {
        let (keys, mut tally) = self.keys(ids)?;
        let allowed: Vec<u64> = keys.iter().map(|(id, _)| *id).collect();
        let missing = self.with_store(|store| {
            store.register(&self.hash, &keys)?;
            store.missing(&self.hash, &allowed)
        })?;
        tally.found = (allowed.len() - missing.len()) as u64;
        Ok((missing, tally))
    }

    /// The keys of those points that have one, and what became of the rest.
    fn keys(&self, ids: &[u64]) -> Result<(Vec<(u64, String)>, Tally), Error> {
        let share = ids.len().div_ceil(self.threads).max(1);
        let of_share = |ids: &[u64]| {
            let (mut keys, mut tally) = (Vec::new(), Tally::default());
            for &id in ids {
                match self.examine(id)? {
                    Examined::Ready(candidate) => keys.push((id, candidate.key)),
                    Examined::Excluded => tally.excluded += 1,
                    Examined::Invalid => tally.invalid += 1,
                }
            }
            Ok((keys, tally))
        };
        let shares: Vec<Result<_, Error>> = thread::scope(|scope| {
            let workers: Vec<_> = ids.chunks(share).map(|ids| scope.spawn(move || of_share(ids))).collect();
            workers.into_iter().map(|worker| worker.join().expect("no thread panics")).collect()
        });
        let (mut keys, mut tally) = (Vec::new(), Tally::default());
        for found in shares {
            let (more, of_share) = found?;
            keys.extend(more);
            tally.add(of_share);
        }
        Ok((keys, tally))
    }

    /// Synthesises every structure of some points that the store does not know yet.
    fn synthesise(&self, ids: &[u64], control: Control<'_>) -> Result<(), Error> {
        let Some(section) = &self.space.sweep().file.synth else { return Ok(()) };
        control.progress.phase("synthesis");
        let jobs = self.jobs(ids, section)?;
        let (total, next, done) = (jobs.len() as u64, Mutex::new(jobs.into_values()), AtomicU64::new(0));
        let error = Mutex::new(None);
        let fails = || error.lock().expect("no thread panics with the lock").is_some();
        let (interrupt, progress) = (control.interrupt, control.progress);
        let work = || {
            while !interrupt.is_set() && !fails() {
                let Some(job) = next.lock().expect("no thread panics with the lock").next() else { break };
                if let Err(problem) = self.job(&job, section) {
                    error.lock().expect("no thread panics with the lock").get_or_insert(problem);
                }
                done.fetch_add(1, Ordering::Relaxed);
            }
        };
        thread::scope(|scope| {
            let workers: Vec<_> = (0..self.threads).map(|_| scope.spawn(work)).collect();
            while !workers.iter().all(thread::ScopedJoinHandle::is_finished) {
                progress.points(done.load(Ordering::Relaxed), total);
                thread::sleep(TICK / 20);
            }
        });
        error.into_inner().expect("no thread panics with the lock").map_or(Ok(()), Err)
    }

    /// One job for each different set of the module's parameters.
    fn jobs(&self, ids: &[u64], section: &SynthSection) -> Result<BTreeMap<String, Job>, Error> {
        let source = RtlSource::embedded();
        let prefix = synthesis_prefix(self.space, section);
        let rows = self.with_store(|store| store.rows_of(&self.hash, ids))?;
        let mut representatives = BTreeMap::new();
        for row in &rows {
            if let Some(result) = &row.result {
                representatives.entry(result.structure.clone()).or_insert(row.id);
            }
        }
        let mut jobs = BTreeMap::<String, Job>::new();
        for (hash, id) in representatives {
            let key = format!("{prefix}{hash}");
            if self.with_store(|store| store.synthesis(&key))?.is_none() {
                let structure = *self.elaborator.candidate(self.space.point(id)?)?.core.core.structure();
                let parameters = ModuleParameters::of(&source, &structure, &section.module)?;
                let job = jobs.entry(format!("{parameters:?}")).or_insert_with(|| Job { structure, keys: Vec::new() });
                job.keys.push(key);
            }
        }
        Ok(jobs)
    }

    fn job(&self, job: &Job, section: &SynthSection) -> Result<(), Error> {
        let source = RtlSource::embedded();
        let mut synthesis = Synthesis::default();
        for &target in &section.targets {
            let request = SynthRequest {
                source: &source,
                structure: &job.structure,
                module: &section.module,
                target,
                liberty: section.liberty.as_ref().map(|path| self.space.sweep().folder().join(path)),
                seeds: section.seeds.clone(),
                detail: Detail::Total,
            };
            match synthesise(&request) {
                Ok((result, _)) => add_figures(&mut synthesis, &result),
                Err(error @ (Error::Rtl(_) | Error::Tool { .. })) => synthesis.notes.push(format!("{target}: {error}")),
                Err(error) => return Err(error),
            }
        }
        self.with_store(|store| job.keys.iter().try_for_each(|key| store.add_synthesis(key, &synthesis)))
    }
}

/// Structures that share the parameters of the module.
struct Job {
    structure: Structure,
    keys: Vec<String>,
}

/// What the key of a synthesis begins with: everything but the structure.
#[must_use]
pub fn synthesis_prefix(space: &Space<'_>, section: &SynthSection) -> String {
    let versions: Vec<String> = section.targets.iter().map(|&target| tool_versions(target)).collect();
    let liberty =
        section.liberty.as_ref().map(|path| std::fs::read(space.sweep().folder().join(path)).unwrap_or_default());
    let text = format!("{} {section:?} {versions:?} {liberty:?}", RtlSource::embedded().hash());
    format!("{}:", &sha256_hex(text.as_bytes())[..16])
}

fn add_figures(synthesis: &mut Synthesis, result: &SynthResult) {
    let target = result.target;
    let mut add = |name: &str, value: f64| synthesis.figures.insert(format!("{name}_{target}"), value);
    match target {
        Target::Asic => {
            add("cells", result.area.total() as f64);
        }
        Target::Ice40 | Target::Ecp5 | Target::Xilinx => {
            for (class, name) in [
                (CellClass::Lut, "lut"),
                (CellClass::Carry, "carry"),
                (CellClass::FlipFlop, "ff"),
                (CellClass::Dsp, "dsp"),
                (CellClass::Ram, "ram"),
            ] {
                add(name, result.area.count(target, class) as f64);
            }
        }
    }
    if let Some(area) = result.area.chip_area {
        add("area", area);
    }
    if let Some(clock) = &result.clock {
        add("clock_mhz", clock.median());
    }
    synthesis.notes.extend(result.notes.iter().cloned());
}
