//! Speed of the RTL runner: builds, lock-step with and without records, a whole run, the testbench over VCD.
//!
//! `cargo bench -p bitspike-cosim --bench lockstep` prints the best of several rounds; a busy machine shows in their spread.

use std::time::{Duration, Instant};

use bitspike_cosim::build::{Build, BuildKind, BuildRequest, Builder};
use bitspike_cosim::lockstep::{InitialState, Instance, Lockstep, RtlRun};
use bitspike_cosim::rtl::{RtlError, RtlSource};
use bitspike_cosim::testbench::{RunRequest, Testbench, WaveformTarget};
use bitspike_cosim::toolchain::Toolchain;
use bitspike_spec::fx::Rounding;
use bitspike_spec::random::{CellRng, Stream};
use bitspike_spec::stimulus::InPins;
use bitspike_spec::testing::PLAIN;
use bitspike_spec::{
    AerEvent, Clamp, Core, CrossbarImage, EventKind, IzhikevichConstants, NeuronParameters, Order, Reduce, ReduceForm,
    Semantics, Stimulus, Structure, Values,
};

const CYCLES: u64 = 300_000;
const ROUNDS: usize = 5;

fn main() -> Result<(), RtlError> {
    let cache =
        tempfile::tempdir().map_err(|source| RtlError::File { action: "create", path: "cache".into(), source })?;
    let builder = Builder::with(Toolchain::find()?, cache.path().to_owned());
    println!("{}", builder.toolchain());
    let lockstep = builds(&builder)?;
    let core = core();
    let stimulus = dense(&core);
    cycles(&lockstep, &core, &stimulus)?;
    vcd(&builder, &core, &stimulus)
}

/// Cold build, another width with the runtime cached, cache hit.
fn builds(builder: &Builder) -> Result<Build, RtlError> {
    let source = RtlSource::embedded();
    let structure = structure();
    let build = |structure: &Structure| {
        let request = BuildRequest { source: &source, structure, kind: BuildKind::Lockstep };
        builder.build(&request, &mut |_| {})
    };
    let cold = build(&structure)?;
    let wider = build(&Structure { v_bits: 13, ..structure })?;
    let hit = build(&structure)?;
    for (name, build) in [("cold build", &cold), ("new width", &wider), ("cache hit", &hit)] {
        let t = build.timings();
        println!(
            "{name:<28} {:>8.3} s (verilate {:.2}, compile {:.2}, link {:.2})",
            t.total.as_secs_f64(),
            t.verilate.as_secs_f64(),
            t.compile.as_secs_f64(),
            t.link.as_secs_f64()
        );
    }
    Ok(cold)
}

fn cycles(build: &Build, core: &Core, stimulus: &Stimulus) -> Result<(), RtlError> {
    let mut instance = Lockstep::load(build)?.instance(InitialState::Random(1))?;
    let start = Instant::now();
    instance.configure(core)?;
    println!("{:<28} {:>8.3} s", "configure over the bus", start.elapsed().as_secs_f64());
    let mut best = [Duration::MAX; 3];
    for _ in 0..ROUNDS {
        instance.reset()?;
        keep(&mut best[0], || drive(&mut instance, core, Instance::cycle_unrecorded))?;
        instance.reset()?;
        keep(&mut best[1], || drive(&mut instance, core, Instance::cycle))?;
        let mut run = RtlRun::new(&mut instance, core, stimulus, CYCLES)?;
        keep(&mut best[2], || {
            while run.step()?.is_some() {}
            Ok(())
        })?;
    }
    for (name, best) in ["cycle, no record", "cycle, record", "run: sender, receiver, record"].iter().zip(best) {
        println!("{name:<28} {:>8.1} ns/cycle", best.as_nanos() as f64 / CYCLES as f64);
    }
    Ok(())
}

fn keep(best: &mut Duration, mut work: impl FnMut() -> Result<(), RtlError>) -> Result<(), RtlError> {
    let start = Instant::now();
    work()?;
    *best = start.elapsed().min(*best);
    Ok(())
}

/// Word lines as fast as they are taken: the smallest sender there is.
fn drive(
    instance: &mut Instance,
    core: &Core,
    cycle: impl Fn(&mut Instance, InPins) -> Result<bitspike_spec::stimulus::OutPins, RtlError>,
) -> Result<(), RtlError> {
    let words: Vec<u32> = events().map(|event| event.word(core.structure())).collect();
    let mut next = 0;
    for _ in 0..CYCLES {
        let pins = InPins { aer_in_req: true, aer_in_data: words[next], aer_out_ack: true };
        if cycle(instance, pins)?.aer_in_ack {
            next = (next + 1) % words.len();
        }
    }
    Ok(())
}

fn vcd(builder: &Builder, core: &Core, stimulus: &Stimulus) -> Result<(), RtlError> {
    let source = RtlSource::embedded();
    let request = BuildRequest { source: &source, structure: core.structure(), kind: BuildKind::TestbenchVcd };
    let build = builder.build(&request, &mut |_| {})?;
    println!("{:<28} {:>8.3} s", "testbench, cold build", build.timings().total.as_secs_f64());
    let bench = Testbench::new(&build)?;
    let kept = builder.cache().join("probe.vcd");
    let mut best = [Duration::MAX; 2];
    for _ in 0..ROUNDS {
        keep(&mut best[0], || bench.start(&RunRequest::new(core, stimulus, CYCLES))?.finish().map(drop))?;
        let waveform = WaveformTarget::Keep(kept.clone());
        let request = RunRequest { waveform, ..RunRequest::new(core, stimulus, CYCLES) };
        keep(&mut best[1], || bench.start(&request)?.finish().map(drop))?;
    }
    let bytes = kept.metadata().map(|data| data.len()).unwrap_or_default() as f64;
    println!("{:<28} {:>8.1} bytes/cycle", "VCD", bytes / CYCLES as f64);
    for (name, best) in ["VCD to records", "VCD to records and file"].iter().zip(best) {
        let seconds = best.as_secs_f64();
        println!("{name:<28} {:>8.1} ns/cycle, {:.0} MB/s", seconds * 1e9 / CYCLES as f64, bytes / seconds / 1e6);
    }
    Ok(())
}

/// The core of the speed figures: 256 x 256, 16 lanes, 4-bit weights, fire check per time step.
fn structure() -> Structure {
    let leak = Reduce { form: ReduceForm::Shift, rounding: Rounding::Floor, clamp: Clamp::None, bits: 5 };
    Structure {
        neurons: 256,
        word_lines: 256,
        lanes: 16,
        v_bits: 12,
        spike_queue_depth: 16,
        semantics: Semantics { leak, order: Order::IntegrateFireLeak, ..PLAIN.semantics },
        ..PLAIN
    }
}

fn core() -> Core {
    let structure = structure();
    let weight = |cell| (CellRng::new(1, Stream::Weights, cell).block(0)[0] % 16) as i16 - 8;
    let codes = (0..structure.neurons * structure.word_lines).map(weight).collect();
    let parameters = NeuronParameters {
        threshold: 100,
        leak: 4,
        v_reset: 0,
        bias: 0,
        output_enable: true,
        ..NeuronParameters::default()
    };
    let values = Values {
        neurons: vec![parameters],
        v_init: 0,
        u_init: 0,
        i_syn_decay: Vec::new(),
        gain: Vec::new(),
        izhikevich: IzhikevichConstants::default(),
        refractory_steps: 0,
        lfsr_seed: 1,
        first_word_line: 0,
        loop_back_delay: 0,
        array: CrossbarImage::new(structure.word_lines, structure.neurons, codes)
            .expect("one code for each cell")
            .into(),
        epoch_starts: Vec::new(),
    };
    Core::new(structure, values).expect("the figures are in range")
}

/// 63 word lines and a time step, again and again.
fn events() -> impl Iterator<Item = AerEvent> {
    (0..1024_u32).map(|n| if n % 64 == 63 { AerEvent::TimeStep } else { AerEvent::word_line(n * 37 % 256) })
}

fn dense(core: &Core) -> Stimulus {
    let slots = u64::from(core.structure().slots(EventKind::WordLine));
    Stimulus { repeat: CYCLES / slots / 1024 + 1, ..Stimulus::dense(events()) }
}
