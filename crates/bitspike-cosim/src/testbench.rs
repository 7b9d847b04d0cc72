//! The RTL in its own testbench, as a program beside this process: the way of any simulator, over a waveform.
//!
//! VCD is streamed through a pipe that the program inherits, so there is no file, no named pipe to wait for, and the end of either
//! process ends the other. Contract: `docs/src/contract/probe.md`, section Files of the testbench.

mod files;
mod output;
mod process;

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bitspike_spec::{Core, CoreError, Counters, ProbeSchema, Stimulus, Structure};
use tempfile::TempDir;

use crate::build::{Build, BuildKind};
use crate::lockstep::InitialState;
use crate::rtl::{RtlError, check_identity, counters_from, probe_layout};
use crate::waveform::{
    Record, RecordLayout, RecordSource, SampleRequest, Sampling, WaveformError, open_waveform, sample_vcd,
};
use output::Registers;
use process::Process;

/// Where the waveform of a run goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaveformTarget {
    /// To the records only.
    Stream,
    /// To the records and to this file.
    Keep(PathBuf),
}

/// One run of the testbench.
#[derive(Clone, Debug)]
pub struct RunRequest<'a> {
    /// The core, with the structure of the build.
    pub core: &'a Core,
    /// What is driven into it.
    pub stimulus: &'a Stimulus,
    /// Cycles to play, at least 1.
    pub cycles: u64,
    /// What registers and memories hold before reset.
    pub initial: InitialState,
    /// Where the waveform goes.
    pub waveform: WaveformTarget,
    /// How long the program may let its reader wait for VCD before it is ended. FST, which is read after the run, has no such limit.
    pub stall_limit: Duration,
}

impl<'a> RunRequest<'a> {
    /// A run from the all-zero state that keeps no waveform and gives up after a minute without data.
    #[must_use]
    pub fn new(core: &'a Core, stimulus: &'a Stimulus, cycles: u64) -> Self {
        let (initial, waveform) = (InitialState::Zero, WaveformTarget::Stream);
        RunRequest { core, stimulus, cycles, initial, waveform, stall_limit: Duration::from_secs(60) }
    }
}

/// A built testbench.
#[derive(Clone, Debug)]
pub struct Testbench {
    build: Build,
}

impl Testbench {
    /// The testbench of a build.
    ///
    /// # Errors
    /// [`RtlError::Kind`] for a lock-step library.
    pub fn new(build: &Build) -> Result<Self, RtlError> {
        match build.kind() {
            BuildKind::TestbenchVcd | BuildKind::TestbenchFst => Ok(Testbench { build: build.clone() }),
            BuildKind::Lockstep => {
                build.require_kind(BuildKind::TestbenchVcd).map(|()| Testbench { build: build.clone() })
            }
        }
    }

    /// Starts a run; with FST, also waits for its end.
    ///
    /// # Errors
    /// [`RtlError::Structure`], [`RtlError::Stimulus`], [`RtlError::File`], [`RtlError::ToolRun`], and what the program or its
    /// waveform does wrong: [`RtlError::Testbench`], [`RtlError::Stalled`], [`RtlError::Waveform`].
    pub fn start(&self, request: &RunRequest<'_>) -> Result<TestbenchRun, RtlError> {
        let structure = request.core.structure();
        self.build.require_structure(structure)?;
        request.stimulus.check(structure)?;
        if request.cycles == 0 {
            return Err(CoreError::conflict("cycles", "is 0, the testbench plays at least 1".to_owned()).into());
        }
        let folder = tempfile::Builder::new().prefix("bitspike-run-").tempdir();
        let folder = folder.map_err(RtlError::file("create a folder in", std::env::temp_dir()))?;
        let arguments = files::write(folder.path(), request)?;
        let (process, source) = match self.build.kind() {
            BuildKind::TestbenchFst => self.run_fst(request, arguments, folder.path())?,
            BuildKind::TestbenchVcd | BuildKind::Lockstep => self.stream_vcd(request, arguments)?,
        };
        Ok(TestbenchRun { process, source, structure: *structure, cycle: 0, cycles: request.cycles, _folder: folder })
    }

    fn stream_vcd(&self, request: &RunRequest<'_>, mut arguments: Vec<String>) -> Result<Started, RtlError> {
        arguments.push("+vcd=/dev/stdin".to_owned());
        let (mut process, mut stream) = Process::stream(self.build.artefact(), &arguments, request.stall_limit)?;
        if let WaveformTarget::Keep(path) = &request.waveform {
            stream.copy_to(keep_file(path)?);
        }
        let reader = sample_vcd(stream, &sample_request(request.core.structure()));
        let reader = reader.map_err(|error| process.explain(error, 0))?;
        Ok((process, Box::new(reader)))
    }

    fn run_fst(
        &self,
        request: &RunRequest<'_>,
        mut arguments: Vec<String>,
        folder: &Path,
    ) -> Result<Started, RtlError> {
        let path = match &request.waveform {
            WaveformTarget::Stream => folder.join("probe.fst"),
            WaveformTarget::Keep(path) => path.clone(),
        };
        arguments.push(format!("+vcd={}", path.display()));
        let mut process = Process::start(self.build.artefact(), &arguments)?;
        process.finish()?;
        let source = open_waveform(&path)?.sample(&sample_request(request.core.structure()))?;
        Ok((process, source))
    }
}

type Started = (Process, Box<dyn RecordSource + Send>);

fn keep_file(path: &Path) -> Result<BufWriter<File>, RtlError> {
    Ok(BufWriter::with_capacity(1 << 16, File::create(path).map_err(RtlError::file("create", path))?))
}

fn sample_request(structure: &Structure) -> SampleRequest {
    SampleRequest {
        scope: "u_probe".to_owned(),
        sampling: Sampling::RisingEdge { clock: "clk_i".to_owned(), condition: Some("rst_ni".to_owned()) },
        signals: probe_layout(&ProbeSchema::new(structure)).signals().to_vec(),
    }
}

/// What a finished run leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunReport {
    /// Counters, read over the register bus in the cycles after the last one played.
    pub counters: Counters,
    /// Cycles played.
    pub cycles: u64,
    /// The last lines the program printed.
    pub output: Vec<String>,
}

/// A running testbench, as a source of records: one for each cycle. Dropping it ends the program.
pub struct TestbenchRun {
    process: Process,
    source: Box<dyn RecordSource + Send>,
    structure: Structure,
    cycle: u64,
    cycles: u64,
    // The program reads its stimulus from here until it ends.
    _folder: TempDir,
}

impl std::fmt::Debug for TestbenchRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestbenchRun").field("cycle", &self.cycle).field("cycles", &self.cycles).finish_non_exhaustive()
    }
}

impl TestbenchRun {
    /// Plays what is left, waits for the end of the program, and checks its registers.
    ///
    /// # Errors
    /// [`RtlError::Testbench`] if the program failed, printed no counters or played another number of cycles,
    /// [`RtlError::Identity`], [`RtlError::Stalled`], [`RtlError::Waveform`].
    pub fn finish(mut self) -> Result<RunReport, RtlError> {
        while self.advance()?.is_some() {}
        drop(self.source);
        self.process.finish()?;
        let output = self.process.output();
        let registers = Registers::parse(&output)?;
        check_identity(&self.structure, &registers.identity)?;
        registers.require_cycles(self.cycles, &output)?;
        Ok(RunReport { counters: counters_from(registers.counters), cycles: self.cycles, output })
    }

    fn advance(&mut self) -> Result<Option<Record<'_>>, RtlError> {
        match self.source.next_record() {
            Ok(Some(record)) if self.cycle < self.cycles => {
                self.cycle += 1;
                Ok(Some(record))
            }
            Ok(None) if self.cycle == self.cycles => Ok(None),
            Ok(Some(_)) => Err(self.process.failure(format!("it played more than {} cycles", self.cycles))),
            Ok(None) => Err(self.process.ended_early(self.cycle, self.cycles)),
            Err(error) => Err(self.process.explain(error, self.cycle)),
        }
    }
}

impl RecordSource for TestbenchRun {
    fn layout(&self) -> &RecordLayout {
        self.source.layout()
    }

    fn next_record(&mut self) -> Result<Option<Record<'_>>, WaveformError> {
        self.advance().map_err(WaveformError::from)
    }
}
