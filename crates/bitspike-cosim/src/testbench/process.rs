//! The testbench as a child process: its pipes, a watch over its silence, its end.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, PipeReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::output::failure;
use crate::rtl::RtlError;
use crate::waveform::WaveformError;

const MOST_LINES: usize = 200;

/// A lock whose data stay sound when a holder panics: every critical section here is one assignment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The last lines of both output streams.
type Lines = Arc<Mutex<VecDeque<String>>>;

/// A running testbench; it is ended when this is dropped.
pub(super) struct Process {
    child: Arc<Mutex<Child>>,
    lines: Lines,
    collectors: Vec<JoinHandle<()>>,
    silence: Arc<Silence>,
    // Dropping it ends the watch.
    watch: Option<mpsc::Sender<()>>,
    limit: Duration,
}

impl Process {
    /// Starts the program with a pipe for its waveform, which it finds as `/dev/stdin`.
    pub(super) fn stream(program: &Path, arguments: &[String], limit: Duration) -> Result<(Self, Stream), RtlError> {
        let failed = |source| RtlError::ToolRun { path: program.to_owned(), source };
        let (reader, writer) = io::pipe().map_err(failed)?;
        let mut process = Self::spawn(program, arguments, Stdio::from(writer))?;
        process.limit = limit;
        process.watch = Some(process.start_watch());
        let silence = Arc::clone(&process.silence);
        Ok((process, Stream { pipe: reader, silence, copy: None }))
    }

    /// Starts the program without a pipe.
    pub(super) fn start(program: &Path, arguments: &[String]) -> Result<Self, RtlError> {
        Self::spawn(program, arguments, Stdio::null())
    }

    fn spawn(program: &Path, arguments: &[String], input: Stdio) -> Result<Self, RtlError> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().map_err(|source| RtlError::ToolRun { path: program.to_owned(), source })?;
        Ok(Self::adopt(child))
    }

    fn adopt(mut child: Child) -> Self {
        let lines = Lines::default();
        let mut collectors = Vec::new();
        collectors.extend(child.stdout.take().map(|stream| collect(stream, &lines)));
        collectors.extend(child.stderr.take().map(|stream| collect(stream, &lines)));
        let silence = Arc::new(Silence::default());
        Process { child: Arc::new(Mutex::new(child)), lines, collectors, silence, watch: None, limit: Duration::MAX }
    }

    /// Ends the program once its reader has waited longer than the limit.
    fn start_watch(&self) -> mpsc::Sender<()> {
        let (sender, receiver) = mpsc::channel();
        let (child, silence, limit) = (Arc::clone(&self.child), Arc::clone(&self.silence), self.limit);
        let pause = (limit / 4).clamp(Duration::from_millis(10), Duration::from_secs(1));
        thread::spawn(move || {
            while receiver.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                if silence.lasted() > limit {
                    silence.broken.store(true, Ordering::Relaxed);
                    // An error means that it has ended by itself.
                    let _ = lock(&child).kill();
                    return;
                }
            }
        });
        sender
    }

    /// Waits for the end of the program and checks its exit status.
    pub(super) fn finish(&mut self) -> Result<(), RtlError> {
        let status = self.wait();
        if status.success() { Ok(()) } else { Err(self.failure(format!("it ended with {status}"))) }
    }

    /// Its output closes when it ends, so it is not held while the watch may want to end it.
    fn wait(&mut self) -> ExitStatus {
        self.silence.begin();
        for collector in self.collectors.drain(..) {
            // A collector only panics if memory runs out; its lines are lost then, the exit status is not.
            let _ = collector.join();
        }
        self.silence.end();
        lock(&self.child).wait().unwrap_or_default()
    }

    /// The last lines printed.
    pub(super) fn output(&self) -> Vec<String> {
        lock(&self.lines).iter().cloned().collect()
    }

    /// An error about the program, with its last lines.
    pub(super) fn failure(&self, problem: String) -> RtlError {
        if self.silence.broken.load(Ordering::Relaxed) {
            let output = self.output().join("\n");
            return RtlError::Stalled { seconds: self.limit.as_secs(), output };
        }
        failure(problem, &self.output())
    }

    /// The waveform ended before the last cycle.
    pub(super) fn ended_early(&mut self, cycle: u64, cycles: u64) -> RtlError {
        let status = self.end();
        self.failure(format!("its waveform ends after {cycle} of {cycles} cycles ({status})"))
    }

    /// The cause of a waveform error: a program that failed leaves a waveform that is cut short.
    pub(super) fn explain(&mut self, error: WaveformError, cycle: u64) -> RtlError {
        let status = self.end();
        if status.success() || !is_cut_short(&error) {
            return RtlError::Waveform(error);
        }
        self.failure(format!("it stopped in cycle {cycle} ({status})"))
    }

    /// Waits for a program whose waveform has ended, ends one that still writes.
    fn end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + Duration::from_secs(1);
        while Instant::now() < deadline && matches!(lock(&self.child).try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(2));
        }
        // An error means that it has ended by itself.
        let _ = lock(&self.child).kill();
        self.wait()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let mut child = lock(&self.child);
        // An error means that it has ended by itself.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Whether an error is what a waveform shows when its writer dies.
fn is_cut_short(error: &WaveformError) -> bool {
    matches!(
        error,
        WaveformError::Truncated { .. }
            | WaveformError::Header { .. }
            | WaveformError::Io { .. }
            | WaveformError::MissingScope { .. }
    )
}

fn collect(stream: impl Read + Send + 'static, lines: &Lines) -> JoinHandle<()> {
    let lines = Arc::clone(lines);
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            let mut lines = lock(&lines);
            if lines.len() == MOST_LINES {
                lines.pop_front();
            }
            lines.push_back(text);
            line.clear();
        }
    })
}

/// Since when the reader waits for the program, and whether that was too long.
#[derive(Default)]
struct Silence {
    since: Mutex<Option<Instant>>,
    broken: AtomicBool,
}

impl Silence {
    fn begin(&self) {
        *lock(&self.since) = Some(Instant::now());
    }

    fn end(&self) {
        *lock(&self.since) = None;
    }

    fn lasted(&self) -> Duration {
        lock(&self.since).map_or(Duration::ZERO, |since| since.elapsed())
    }
}

/// The waveform as it is written, copied to a file if asked.
pub(super) struct Stream {
    pipe: PipeReader,
    silence: Arc<Silence>,
    copy: Option<io::BufWriter<std::fs::File>>,
}

impl Stream {
    pub(super) fn copy_to(&mut self, file: io::BufWriter<std::fs::File>) {
        self.copy = Some(file);
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.silence.begin();
        let result = self.pipe.read(buffer);
        self.silence.end();
        let length = result?;
        if let Some(copy) = &mut self.copy {
            copy.write_all(&buffer[..length])?;
            if length == 0 {
                copy.flush()?;
            }
        }
        Ok(length)
    }
}
