//! Throughput of the waveform readers and writers on one generated file, in MB/s of VCD text.
//!
//! `cargo bench -p bitspike-cosim --bench waveform`; `WAVEFORM_BENCH_MB` sets the size of the file (default 200), `WAVEFORM_BENCH_DIR`
//! keeps it in that folder; `WAVEFORM_BENCH_QUICK=1` leaves out the slow `vcd` crate. The `vcd` crate runs on the same file for comparison. Rounds are interleaved and the best of each is printed,
//! because the machine may be shared. `WAVEFORM_BENCH_MEMORY=1` prints the peak memory of a comparison of 10^6 and 10^7 cycles instead.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use bitspike_cosim::compare::{
    CompareOptions, ScopePair, Verdict, WaveformOptions, compare_streams, compare_waveforms,
};
use bitspike_cosim::waveform::{
    Record, RecordLayout, RecordSource, SampleRequest, Sampling, SignalSpec, VcdHeader, VcdScanner, VcdWriter,
    WaveformError, sample_vcd,
};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const ROUNDS: usize = 3;
const SCOPE: &str = "TOP.core_tb.u_core.u_probe";

/// Fourteen signals like those of a probe: flags, counters, an index, a spike mask and sixteen 16-bit states in one port.
fn signals() -> Vec<SignalSpec> {
    let widths = [1, 1, 1, 1, 4, 8, 8, 10, 16, 16, 24, 32, 64, 256];
    widths.iter().enumerate().map(|(index, &width)| SignalSpec::new(format!("signal_{index}"), width)).collect()
}

/// Records without a file: SplitMix64 words, masked to the widths, of which about half change in a cycle.
struct Generated {
    layout: RecordLayout,
    masks: Vec<u32>,
    values: Vec<u32>,
    state: u64,
    cycle: u64,
    cycles: u64,
}

impl Generated {
    fn new(cycles: u64) -> Self {
        let layout = RecordLayout::new(signals());
        let masks = layout.signals().iter().flat_map(|signal| {
            (0..signal.words()).map(|word| {
                if signal.width >= 32 * (word as u32 + 1) { u32::MAX } else { (1 << (signal.width % 32)) - 1 }
            })
        });
        Self { masks: masks.collect(), values: vec![0; layout.words()], layout, state: 7, cycle: 0, cycles }
    }
}

impl RecordSource for Generated {
    fn layout(&self) -> &RecordLayout {
        &self.layout
    }

    fn next_record(&mut self) -> Result<Option<Record<'_>>, WaveformError> {
        if self.cycle == self.cycles {
            return Ok(None);
        }
        for (value, mask) in self.values.iter_mut().zip(&self.masks) {
            self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.state ^ self.state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            if mixed >> 63 == 1 {
                *value = (mixed >> 20) as u32 & mask;
            }
        }
        let cycle = self.cycle;
        self.cycle += 1;
        Ok(Some(Record { cycle, time: cycle, values: &self.values, unknowns: None }))
    }
}

/// One record again and again: the cost of the reader alone.
struct Stored {
    layout: RecordLayout,
    words: Vec<u32>,
    next: usize,
}

impl RecordSource for Stored {
    fn layout(&self) -> &RecordLayout {
        &self.layout
    }

    fn next_record(&mut self) -> Result<Option<Record<'_>>, WaveformError> {
        let width = self.layout.words();
        let Some(values) = self.words.get(self.next * width..(self.next + 1) * width) else { return Ok(None) };
        let cycle = self.next as u64;
        self.next += 1;
        Ok(Some(Record { cycle, time: cycle, values, unknowns: None }))
    }
}

fn stored(cycles: u64) -> Outcome<Stored> {
    let mut source = Generated::new(cycles);
    let mut words = Vec::new();
    while let Some(record) = source.next_record()? {
        words.extend_from_slice(record.values);
    }
    Ok(Stored { layout: RecordLayout::new(signals()), words, next: 0 })
}

fn header() -> VcdHeader {
    let (clock, reset) = ("clk_i".into(), "rst_ni".into());
    VcdHeader { scope: SCOPE.into(), clock, reset, half_period: 5, signals: signals() }
}

fn request() -> SampleRequest {
    let sampling = Sampling::RisingEdge { clock: "clk_i".into(), condition: Some("rst_ni".into()) };
    SampleRequest { scope: "u_probe".into(), sampling, signals: signals() }
}

fn write(path: &Path, source: &mut impl RecordSource) -> Outcome<()> {
    let mut writer = VcdWriter::new(File::create(path)?, &header())?;
    while let Some(record) = source.next_record()? {
        writer.write(&record)?;
    }
    writer.finish()?;
    Ok(())
}

fn scan(path: &Path) -> Outcome<u64> {
    let mut scanner = VcdScanner::new(File::open(path)?)?;
    let all: Vec<usize> = (0..scanner.hierarchy().variables().len()).collect();
    scanner.watch(&all);
    let mut events = 0;
    while scanner.next_event()?.is_some() {
        events += 1;
    }
    Ok(events)
}

fn sample(path: &Path) -> Outcome<u64> {
    let mut reader = sample_vcd(File::open(path)?, &request())?;
    let mut records = 0;
    while let Some(record) = reader.next_record()? {
        records += 1;
        black_box(record.values);
    }
    Ok(records)
}

fn agreed(verdict: &Verdict) -> Outcome<u64> {
    match verdict {
        Verdict::Agreement(agreement) => Ok(agreement.records),
        Verdict::Divergence(divergence) => Err(divergence.to_string().into()),
    }
}

fn compare_memory(path: &Path, right: impl RecordSource) -> Outcome<u64> {
    agreed(&compare_streams(sample_vcd(File::open(path)?, &request())?, right, &CompareOptions::default())?)
}

fn compare_files(left: &Path, right: &Path) -> Outcome<u64> {
    let scopes = ScopePair { left: SCOPE.into(), right: SCOPE.into() };
    let options = WaveformOptions { scopes, sampling: request().sampling, compare: CompareOptions::default() };
    agreed(&compare_waveforms(left, right, &options)?.verdict)
}

fn vcd_crate_read(path: &Path) -> Outcome<u64> {
    let mut parser = vcd::Parser::new(BufReader::with_capacity(1 << 18, File::open(path)?));
    parser.parse_header()?;
    let mut commands = 0;
    for command in parser {
        black_box(command?);
        commands += 1;
    }
    Ok(commands)
}

fn vcd_crate_copy(path: &Path, target: &Path) -> Outcome<u64> {
    let mut parser = vcd::Parser::new(BufReader::with_capacity(1 << 18, File::open(path)?));
    let mut writer = vcd::Writer::new(BufWriter::with_capacity(1 << 18, File::create(target)?));
    writer.header(&parser.parse_header()?)?;
    let mut commands = 0;
    for command in parser {
        writer.command(&command?)?;
        commands += 1;
    }
    writer.flush()?;
    Ok(commands)
}

fn read_bytes(path: &Path) -> Outcome<u64> {
    let (mut file, mut block, mut total) = (File::open(path)?, vec![0u8; 1 << 18], 0);
    loop {
        let count = file.read(&mut block)?;
        if count == 0 {
            return Ok(total);
        }
        total += count as u64;
        black_box(&block[..count]);
    }
}

/// Best wall time and best processor time so far, in seconds.
#[derive(Clone, Copy)]
struct Best {
    wall: f64,
    processor: f64,
}

/// Seconds this process has spent on a processor, as Linux counts them; NaN elsewhere.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|field| field.parse::<f64>().ok()).map_or(f64::NAN, |nanoseconds| nanoseconds / 1e9)
}

fn timed<T>(best: &mut Best, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    let (wall, processor) = (Instant::now(), processor_seconds());
    let result = work()?;
    best.wall = best.wall.min(wall.elapsed().as_secs_f64());
    best.processor = best.processor.min(processor_seconds() - processor);
    Ok(result)
}

fn throughput(folder: &Path) -> Outcome<()> {
    let megabytes: u64 = std::env::var("WAVEFORM_BENCH_MB").ok().and_then(|text| text.parse().ok()).unwrap_or(200);
    let cycles = megabytes * 1_000_000 / 405;
    let (path, copy) = (folder.join("a.vcd"), folder.join("b.vcd"));
    let records = stored(cycles)?;
    let again = || Stored { layout: records.layout.clone(), words: records.words.clone(), next: 0 };
    let names = [
        "write",
        "read bytes",
        "scan",
        "sample",
        "compare with memory",
        "compare two files",
        "vcd crate read",
        "vcd crate copy",
    ];
    let mut best = [Best { wall: f64::INFINITY, processor: f64::INFINITY }; 8];
    for _ in 0..ROUNDS {
        let (mut to_write, to_compare) = (again(), again());
        timed(&mut best[0], || write(&path, &mut to_write))?;
        timed(&mut best[1], || read_bytes(&path))?;
        timed(&mut best[2], || scan(&path))?;
        assert_eq!(timed(&mut best[3], || sample(&path))?, cycles);
        assert_eq!(timed(&mut best[4], || compare_memory(&path, to_compare))?, cycles);
        std::fs::copy(&path, &copy)?;
        assert_eq!(timed(&mut best[5], || compare_files(&path, &copy))?, cycles);
    }
    if std::env::var_os("WAVEFORM_BENCH_QUICK").is_none() {
        timed(&mut best[6], || vcd_crate_read(&path))?;
        timed(&mut best[7], || vcd_crate_copy(&path, &copy))?;
    }
    let size = std::fs::metadata(&path)?.len() as f64 / 1e6;
    println!("{size:.0} MB, {cycles} cycles, {} signals; best of {ROUNDS} (vcd crate: 1)", signals().len());
    println!("{:<20} {:>18} {:>24}", "", "wall", "processor");
    for (index, (name, Best { wall, processor })) in names.iter().zip(best).enumerate() {
        if wall.is_infinite() {
            continue;
        }
        let bytes = if index == 5 { 2.0 * size } else { size };
        let (by_wall, by_processor) = (bytes / wall, bytes / processor);
        println!("{name:<20} {wall:>8.3} s {by_wall:>8.0} MB/s {processor:>8.3} s {by_processor:>8.0} MB/s");
    }
    Ok(())
}

/// Peak resident memory of this process, as the kernel reports it.
fn peak_memory() -> Outcome<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    Ok(line.unwrap_or("VmHWM: not reported").to_string())
}

fn memory(folder: &Path) -> Outcome<()> {
    for cycles in [1_000_000, 10_000_000] {
        let path = folder.join("long.vcd");
        write(&path, &mut Generated::new(cycles))?;
        let size = std::fs::metadata(&path)?.len() / 1_000_000;
        compare_memory(&path, Generated::new(cycles))?;
        compare_files(&path, &path)?;
        println!("{cycles} cycles, {size} MB: peak memory so far {}", peak_memory()?);
        std::fs::remove_file(&path)?;
    }
    Ok(())
}

fn main() -> Outcome<()> {
    let scratch = tempfile::tempdir()?;
    let folder = std::env::var_os("WAVEFORM_BENCH_DIR").map_or(scratch.path().to_path_buf(), PathBuf::from);
    if std::env::var_os("WAVEFORM_BENCH_MEMORY").is_some() { memory(&folder) } else { throughput(&folder) }
}
