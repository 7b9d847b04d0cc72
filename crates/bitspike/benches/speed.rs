//! Speed of model, RTL and comparison on the same dense events, one thread, all measured in turn in one run.
//!
//! `cargo bench -p bitspike --bench speed` prints medians of seven rounds with their ranges, ratios, and peak memory of child processes.
//! The RTL is the lock-step library (`-O3`), driven without records and without comparison unless the line says otherwise.

use std::env;
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use bitspike::control::{Control, Interrupt, NoProgress};
use bitspike::cosim::{SideBySideOptions, TestbenchSide, lockstep, through_waveform};
use bitspike_cosim::build::{Build, BuildKind, BuildRequest, Builder};
use bitspike_cosim::compare::{CompareOptions, ScopePair, WaveformOptions, compare_waveforms};
use bitspike_cosim::lockstep::{InitialState, Instance, Lockstep, RtlRun};
use bitspike_cosim::rtl::RtlSource;
use bitspike_cosim::testbench::{RunRequest, Testbench, WaveformTarget};
use bitspike_cosim::waveform::Sampling;
use bitspike_model::{Model, NullObserver};
use bitspike_spec::random::{CellRng, Stream};
use bitspike_spec::stimulus::{InPins, Receiver, Sender};
use bitspike_spec::{AerEvent, Core, Stimulus, config};

type Outcome<T> = Result<T, Box<dyn Error>>;

const ROUNDS: usize = 7;
const NEURONS: u32 = 256;
/// Word lines between two time steps: hardly a spike, or many.
const DENSE: u64 = 249;
const FIRING: u64 = 31;
/// Set in a child process: way and cycles of the run whose peak memory it prints.
const MEMORY_RUN: &str = "BITSPIKE_BENCH_MEMORY";

fn main() -> Outcome<()> {
    if let Ok(run) = env::var(MEMORY_RUN) {
        return memory_child(&run);
    }
    let mut bench = Bench::new()?;
    for round in 0..ROUNDS {
        eprintln!("round {} of {ROUNDS}", round + 1);
        bench.round()?;
    }
    bench.print();
    print_memory()
}

/// The 256 x 256 core: 4-bit random weights, 12-bit saturating `v`, shift leak.
fn core(lanes: u32, fire_check: &str, threshold: u32) -> Outcome<Core> {
    let text = format!(
        "[core]\nneurons = 256\nword_lines = 256\nlanes = {lanes}\n\
         [neuron]\nmodel = \"lif\"\nv = {{ bits = 12, frac = 0, overflow = \"saturate\" }}\nfire_check = \"{fire_check}\"\n\
         leak = {{ form = \"shift\", rounding = \"floor\" }}\nreset = \"zero\"\n\
         [synapse]\nweight_bits = 4\nimage = {{ random = {{ seed = 1, low = -8, high = 7 }} }}\n\
         [values]\nthreshold = {threshold}\nleak = 4\n"
    );
    Ok(config::from_str(&text, ".")?.core)
}

fn tinyodin() -> Outcome<Core> {
    Ok(config::from_str("preset = \"tinyodin\"\n[values]\nthreshold = 300\nleak = 20\n", ".")?.core)
}

/// Events of 32 time steps, each after so many random word lines, played for ever: the core never waits.
fn dense(word_lines: u64, cycles: u64) -> Stimulus {
    let numbers = &CellRng::new(11, Stream::Poisson, 0);
    let step = |step: u64| {
        let word_line = move |index| AerEvent::word_line(numbers.block(word_lines * step + index)[0] % NEURONS);
        (0..word_lines).map(word_line).chain([AerEvent::TimeStep])
    };
    let events = (0..32).flat_map(step);
    Stimulus { repeat: 1 << 40, cycles: Some(cycles), ..Stimulus::dense(events) }
}

/// Nanoseconds, or another figure, of each round.
#[derive(Default)]
struct Series(Vec<f64>);

impl Series {
    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    fn median(&self) -> f64 {
        self.sorted()[self.0.len() / 2]
    }

    fn text(&self) -> String {
        let sorted = self.sorted();
        format!("{:>10.3}  ({:.3} to {:.3})", self.median(), sorted[0], sorted[sorted.len() - 1])
    }
}

/// Median over the rounds of the ratio within each round.
fn ratio(over: &Series, under: &Series) -> Series {
    Series(over.0.iter().zip(&under.0).map(|(over, under)| over / under).collect())
}

fn nanoseconds(per: u64, mut work: impl FnMut() -> Outcome<()>) -> Outcome<f64> {
    let begin = Instant::now();
    work()?;
    Ok(begin.elapsed().as_secs_f64() * 1e9 / per as f64)
}

/// One core: model against RTL.
struct Lane {
    name: &'static str,
    /// Ratio that is asked for.
    ask: Option<f64>,
    core: Core,
    word_lines: u64,
    instance: Instance,
    model_cycles: u64,
    rtl_cycles: u64,
    spikes_per_thousand_events: f64,
    model: Series,
    rtl: Series,
    operations_per_nanosecond: Series,
}

impl Lane {
    fn new(
        name: &'static str,
        ask: Option<f64>,
        load: (Core, u64),
        cycles: (u64, u64),
        builder: &Builder,
    ) -> Outcome<Self> {
        let (core, word_lines) = load;
        let build = build(builder, &core, BuildKind::Lockstep)?;
        let mut instance = Lockstep::load(&build)?.instance(InitialState::Zero)?;
        instance.configure(&core)?;
        let counters = Model::run(&core, &dense(word_lines, 1_000_000), &mut NullObserver).counters;
        Ok(Lane {
            name,
            ask,
            core,
            word_lines,
            instance,
            model_cycles: cycles.0,
            rtl_cycles: cycles.1,
            spikes_per_thousand_events: 1000.0 * counters.spikes as f64 / counters.events_accepted as f64,
            model: Series::default(),
            rtl: Series::default(),
            operations_per_nanosecond: Series::default(),
        })
    }

    fn round(&mut self) -> Outcome<()> {
        let stimulus = dense(self.word_lines, self.model_cycles);
        let begin = Instant::now();
        let summary = black_box(Model::run(&self.core, &stimulus, &mut NullObserver));
        let spent = begin.elapsed().as_secs_f64() * 1e9;
        self.model.0.push(spent / summary.cycles as f64);
        self.operations_per_nanosecond.0.push(summary.counters.synaptic_ops as f64 / spent);
        let stimulus = dense(self.word_lines, self.rtl_cycles);
        self.rtl.0.push(drive(&mut self.instance, &self.core, &stimulus, self.rtl_cycles)?);
        Ok(())
    }

    fn print(&self) {
        let ask = self.ask.map_or_else(String::new, |ask| format!("   ask: {ask:.0}"));
        println!("{} ({:.1} spikes per thousand events)", self.name, self.spikes_per_thousand_events);
        println!("  model, null observer      ns/cycle {}", self.model.text());
        println!("  model                       GSOP/s {}", self.operations_per_nanosecond.text());
        println!("  RTL alone                 ns/cycle {}", self.rtl.text());
        println!("  RTL / model                  ratio {}{ask}", ratio(&self.rtl, &self.model).text());
    }
}

fn build(builder: &Builder, core: &Core, kind: BuildKind) -> Outcome<Build> {
    let source = RtlSource::embedded();
    Ok(builder.build(&BuildRequest { source: &source, structure: core.structure(), kind }, &mut |_| ())?)
}

/// The RTL with its sender and receiver, without records; nanoseconds for each cycle.
fn drive(instance: &mut Instance, core: &Core, stimulus: &Stimulus, cycles: u64) -> Outcome<f64> {
    let mut sender = Sender::new(stimulus, core.structure());
    let mut receiver = Receiver::new(stimulus, core.structure());
    instance.reset()?;
    nanoseconds(cycles, || {
        for t in 0..cycles {
            let (aer_in_req, aer_in_data) = sender.pins(t);
            let out = instance.cycle_unrecorded(InPins { aer_in_req, aer_in_data, aer_out_ack: receiver.pin(t) })?;
            sender.tick(t, out.aer_in_ack);
            receiver.tick(t, out.aer_out_req);
        }
        Ok(())
    })
}

/// Everything that is measured.
struct Bench {
    lanes: Vec<Lane>,
    testbench: Testbench,
    folder: tempfile::TempDir,
    traced: Series,
    recorded: Series,
    compared: Series,
    bare: Series,
    megabytes_per_second: Series,
}

/// Cycles of the runs with a trace or a comparison, all on the first lane's core.
const COMPARED_CYCLES: u64 = 300_000;

impl Bench {
    fn new() -> Outcome<Self> {
        let builder = Builder::new()?;
        let lane = |name, ask, load, cycles| Lane::new(name, ask, load, cycles, &builder);
        let step = |lanes, threshold| core(lanes, "per_time_step", threshold);
        let operation = |threshold| core(16, "per_operation", threshold);
        let long = (200_000_000, 400_000);
        let lanes = vec![
            lane("P = 16, fire check per time step", Some(200.0), (step(16, 500)?, DENSE), (40_000_000, 200_000))?,
            lane("P = 16, fire check per operation", Some(100.0), (operation(1500)?, DENSE), (40_000_000, 200_000))?,
            lane("P = 1, fire check per time step", Some(800.0), (step(1, 500)?, DENSE), long)?,
            lane("tinyODIN class", None, (tinyodin()?, DENSE), long)?,
            lane("P = 16, per time step, firing", None, (step(16, 90)?, FIRING), (20_000_000, 200_000))?,
            lane("P = 16, per operation, firing", None, (operation(90)?, FIRING), (10_000_000, 200_000))?,
        ];
        let testbench = Testbench::new(&build(&builder, &lanes[0].core, BuildKind::TestbenchVcd)?)?;
        let folder = tempfile::tempdir()?;
        let [traced, recorded, compared, bare, megabytes_per_second] = [(); 5].map(|()| Series::default());
        Ok(Bench { lanes, testbench, folder, traced, recorded, compared, bare, megabytes_per_second })
    }

    fn round(&mut self) -> Outcome<()> {
        for lane in &mut self.lanes {
            lane.round()?;
        }
        self.trace()?;
        self.compare()?;
        self.bare.0.push(bare_loop(&self.lanes[0].core));
        self.megabytes_per_second.0.push(compare_files(self.folder.path())?);
        Ok(())
    }

    /// The testbench writing VCD, read and dropped here.
    fn trace(&mut self) -> Outcome<()> {
        let core = &self.lanes[0].core;
        let stimulus = dense(DENSE, COMPARED_CYCLES);
        let waveform = WaveformTarget::Keep(self.folder.path().join("rtl.vcd"));
        let request = RunRequest { waveform, ..RunRequest::new(core, &stimulus, COMPARED_CYCLES) };
        self.traced.0.push(nanoseconds(COMPARED_CYCLES, || Ok(self.testbench.start(&request)?.finish().map(drop)?))?);
        Ok(())
    }

    /// Records alone, then records compared with the model's.
    fn compare(&mut self) -> Outcome<()> {
        let Lane { core, instance, .. } = &mut self.lanes[0];
        let stimulus = dense(DENSE, COMPARED_CYCLES);
        let mut run = RtlRun::new(instance, core, &stimulus, COMPARED_CYCLES)?;
        self.recorded.0.push(nanoseconds(COMPARED_CYCLES, || {
            while run.step()?.is_some() {}
            Ok(())
        })?);
        instance.reset()?;
        let never = Interrupt::default();
        let control = Control { interrupt: &never, progress: &NoProgress };
        let result = lockstep(instance, core, &stimulus, &SideBySideOptions::default(), control)?;
        assert!(result.agrees(), "{:?}", result.verdict);
        let configured = configure_seconds(instance, core)?;
        let seconds = result.elapsed.as_secs_f64() - configured;
        self.compared.0.push(seconds * 1e9 / COMPARED_CYCLES as f64);
        Ok(())
    }

    fn print(&self) {
        println!("medians of {ROUNDS} rounds, (range); 256 x 256, 4-bit weights, 12-bit v, dense events\n");
        self.lanes.iter().for_each(Lane::print);
        let first = &self.lanes[0];
        let bare_share = ratio(&first.operations_per_nanosecond, &self.bare);
        println!("P = 16, fire check per time step, {COMPARED_CYCLES} cycles");
        println!("  RTL, VCD written and read ns/cycle {}", self.traced.text());
        println!("  RTL with VCD / model         ratio {}", ratio(&self.traced, &first.model).text());
        println!("  RTL with probe records    ns/cycle {}", self.recorded.text());
        println!("  lock-step, compared       ns/cycle {}", self.compared.text());
        println!(
            "  lock-step / RTL alone        ratio {}   ask: at most 1.3",
            ratio(&self.compared, &first.rtl).text()
        );
        println!("  bare loop adding rows       GSOP/s {}", self.bare.text());
        println!("  model / bare loop            ratio {}   ask: at least 0.5", bare_share.text());
        println!("  VCD comparison                MB/s {}   ask: at least 250", self.megabytes_per_second.text());
    }
}

/// Seconds that loading the values takes: part of a comparison's time, but not of a cycle's.
fn configure_seconds(instance: &mut Instance, core: &Core) -> Outcome<f64> {
    let begin = Instant::now();
    instance.configure(core)?;
    Ok(begin.elapsed().as_secs_f64())
}

/// With the vector instructions of this machine.
#[multiversion::multiversion(targets = "simd")]
fn add_row(v: &mut [i16], row: &[i16]) {
    for (v, &weight) in v.iter_mut().zip(row) {
        *v = v.wrapping_add(weight);
    }
}

/// Adds rows of the array to 16-bit potentials, nothing else; operations per nanosecond.
fn bare_loop(core: &Core) -> f64 {
    const EVENTS: usize = 1 << 20;
    let rows: Vec<u32> = dense(DENSE, 1)
        .events
        .iter()
        .filter_map(|timed| match timed.event {
            AerEvent::WordLine { word_line: row, .. } => Some(row),
            AerEvent::TimeStep | AerEvent::TimeStepOne(_) | AerEvent::Inject { .. } => None,
        })
        .collect();
    let mut v = [0_i16; NEURONS as usize];
    let begin = Instant::now();
    for index in 0..EVENTS {
        add_row(&mut v, core.values().weights().expect("event read").row(rows[index % rows.len()]));
        black_box(&mut v);
    }
    (EVENTS * v.len()) as f64 / (begin.elapsed().as_secs_f64() * 1e9)
}

/// Compares the traced waveform with itself; megabytes of both files in a second.
fn compare_files(folder: &Path) -> Outcome<f64> {
    let file = folder.join("rtl.vcd");
    let scopes = ScopePair { left: "u_probe".to_owned(), right: "u_probe".to_owned() };
    let sampling = Sampling::RisingEdge { clock: "clk_i".to_owned(), condition: Some("rst_ni".to_owned()) };
    let options = WaveformOptions { scopes, sampling, compare: CompareOptions::default() };
    let begin = Instant::now();
    black_box(compare_waveforms(&file, &file, &options)?);
    Ok(2.0 * file.metadata()?.len() as f64 / begin.elapsed().as_secs_f64() / 1e6)
}

/// Peak memory against the length of the run, each in a process of its own.
fn print_memory() -> Outcome<()> {
    println!("peak memory of the comparing process (VmHWM)");
    for way in ["lockstep", "vcd"] {
        for cycles in [1_000_000_u64, 10_000_000] {
            let output = Command::new(env::current_exe()?).env(MEMORY_RUN, format!("{way} {cycles}")).output()?;
            let text = String::from_utf8(output.stdout)?;
            let shown = if output.status.success() { text } else { String::from_utf8(output.stderr)? };
            println!("  {way:<10} {cycles:>10} cycles  {}", shown.trim());
        }
    }
    Ok(())
}

fn memory_child(run: &str) -> Outcome<()> {
    let (way, cycles) = run.split_once(' ').ok_or("a way and a number of cycles are needed")?;
    let (core, stimulus) = (core(16, "per_time_step", 500)?, dense(DENSE, cycles.parse()?));
    let builder = Builder::new()?;
    let never = Interrupt::default();
    let control = Control { interrupt: &never, progress: &NoProgress };
    let options = SideBySideOptions::default();
    let result = if way == "lockstep" {
        let built = build(&builder, &core, BuildKind::Lockstep)?;
        let mut instance = Lockstep::load(&built)?.instance(InitialState::Zero)?;
        lockstep(&mut instance, &core, &stimulus, &options, control)?
    } else {
        let testbench = Testbench::new(&build(&builder, &core, BuildKind::TestbenchVcd)?)?;
        let side = TestbenchSide { testbench: &testbench, initial: InitialState::Zero, keep: None };
        through_waveform(&side, &core, &stimulus, &options, control)?
    };
    assert!(result.agrees(), "{:?}", result.verdict);
    println!("{}", peak_memory()?);
    Ok(())
}

fn peak_memory() -> Outcome<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM on this system")?;
    Ok(line.trim().to_owned())
}
