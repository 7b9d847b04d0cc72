//! The model alone: a stimulus through the bit-exact core, recorded.

use std::io::Write;

use bitspike_cosim::waveform::{Record, SignalSpec, VcdHeader, VcdWriter};
use bitspike_model::{Model, Observer, Run, Summary};
use bitspike_spec::{Core, ProbeSchema, Stimulus};

use crate::control::{Control, Interrupt};
use crate::error::Error;
use crate::results::{Recorder, RunResult, Spike};

/// Half a clock period of written waveforms, in nanoseconds, as in the testbench.
const HALF_PERIOD: u64 = 5;

impl Observer for Recorder {
    const EVERY_CYCLE: bool = false;
    const TIME_STEPS: bool = true;

    fn spike(&mut self, spike: bitspike_model::Spike) {
        let bitspike_model::Spike { cycle, time_step, neuron } = spike;
        Recorder::spike(self, Spike { time_step, cycle, neuron });
    }

    fn time_step(&mut self, _index: u64, v: &[i64]) {
        Recorder::time_step(self, |neuron| v[neuron as usize]);
    }
}

/// Ends a run on Ctrl-C; what was recorded so far stays.
struct Stop<'a>(&'a Interrupt);

impl Observer for Stop<'_> {
    const EVERY_CYCLE: bool = false;

    fn is_stopped(&self) -> bool {
        self.0.is_set()
    }
}

/// What to run, and what to write while it runs.
pub struct RunRequest<'a> {
    /// The core.
    pub core: &'a Core,
    /// The stimulus, checked against the core.
    pub stimulus: &'a Stimulus,
    /// Watches the run.
    pub recorder: Recorder,
    /// Sink of a VCD of the probe, if wanted.
    pub trace: Option<Box<dyn Write>>,
}

/// Runs the model to the end of the stimulus, or until it is interrupted, and returns what was recorded so far.
///
/// The event-level engine, which skips cycles, runs where it can; the result is the same. A trace needs every cycle, the numbering of time
/// steps over resets needs to see the resets, and a loop-back core without a set length may run for ever and must stop for Ctrl-C.
///
/// # Errors
/// [`Error::Write`] if spikes, traces or the waveform cannot be written.
pub fn simulate(request: RunRequest<'_>, control: Control<'_>) -> Result<RunResult, Error> {
    control.progress.phase("model");
    let RunRequest { core, stimulus, mut recorder, trace } = request;
    let summary = match trace {
        None if can_skip(core, stimulus) => Model::run(core, stimulus, &mut (&mut recorder, Stop(control.interrupt))),
        None => every_cycle(core, stimulus, &mut recorder, control, |_, _| Ok(()))?,
        Some(sink) => {
            let mut writer = VcdWriter::new(sink, &vcd_header(core))?;
            let write = |cycle, values: &[u32]| Ok(writer.write(&Record { cycle, time: 0, values, unknowns: None })?);
            let summary = every_cycle(core, stimulus, &mut recorder, control, write)?;
            writer.finish()?;
            summary
        }
    };
    let written = recorder.finish(core, summary.cycles, summary.counters);
    written.map_err(|source| Error::Write { path: "spikes.csv or v.csv".into(), source })
}

fn can_skip(core: &Core, stimulus: &Stimulus) -> bool {
    stimulus.resets.is_empty() && (stimulus.cycles.is_some() || !core.structure().schedule.loop_back)
}

/// The signals of the probe as a waveform declares them.
#[must_use]
pub fn signal_specs(core: &Core) -> Vec<SignalSpec> {
    let schema = ProbeSchema::new(core.structure());
    schema.signals().iter().map(|signal| SignalSpec::new(signal.name, signal.width)).collect()
}

fn vcd_header(core: &Core) -> VcdHeader {
    VcdHeader {
        scope: "model.u_probe".to_owned(),
        clock: "clk_i".to_owned(),
        reset: "rst_ni".to_owned(),
        half_period: HALF_PERIOD,
        signals: signal_specs(core),
    }
}

/// Steps every cycle; time steps are numbered on over resets.
fn every_cycle(
    core: &Core,
    stimulus: &Stimulus,
    recorder: &mut Recorder,
    control: Control<'_>,
    mut each: impl FnMut(u64, &[u32]) -> Result<(), Error>,
) -> Result<Summary, Error> {
    let mut run = Run::new(core, stimulus);
    let mut epoch = Epoch::new(&stimulus.resets);
    while let Some((cycle, record)) = run.step() {
        each(cycle, record)?;
        epoch.enter(cycle);
        if let Some(bitspike_model::Spike { cycle, time_step, neuron }) = run.spike() {
            recorder.spike(Spike { time_step: epoch.base + time_step, cycle, neuron });
        }
        if epoch.completes(run.model().counters().time_steps) {
            let v = run.model().v();
            recorder.time_step(|neuron| v[neuron as usize]);
        }
        if !control.goes_on(cycle, stimulus.cycles) {
            break;
        }
    }
    Ok(run.summary())
}

/// The time between two resets, in which the core's own count of time steps rises.
struct Epoch<'a> {
    resets: &'a [u64],
    base: u64,
    steps: u64,
}

impl<'a> Epoch<'a> {
    fn new(resets: &'a [u64]) -> Self {
        Epoch { resets, base: 0, steps: 0 }
    }

    fn enter(&mut self, cycle: u64) {
        if self.resets.first() == Some(&cycle) {
            self.resets = &self.resets[1..];
            self.base += self.steps;
            self.steps = 0;
        }
    }

    /// Whether the core's count says that a time step was completed.
    fn completes(&mut self, time_steps: u64) -> bool {
        let completed = time_steps > self.steps;
        self.steps = time_steps;
        completed
    }
}

#[cfg(test)]
mod tests {
    use super::{RunRequest, simulate};
    use crate::control::{Control, Interrupt, NoProgress};
    use crate::metrics::tests::tiny_core;
    use crate::results::{Recorder, RecorderOptions, RunResult};
    use bitspike_spec::{AerEvent, Stimulus};

    fn recorded(stimulus: &Stimulus) -> RunResult {
        let core = tiny_core();
        let options = RecorderOptions { spikes: None, traces: None, neurons: Vec::new(), labels: Vec::new() };
        let recorder = Recorder::new(&core, options);
        let request = RunRequest { core: &core, stimulus, recorder, trace: None };
        simulate(request, Control { interrupt: &Interrupt::default(), progress: &NoProgress })
            .expect("nothing to write")
    }

    /// Word line 0 adds 1, -8 and 7: neuron 2 reaches 20 with the third event.
    fn three_events_and_a_step() -> Vec<AerEvent> {
        vec![AerEvent::word_line(0), AerEvent::word_line(0), AerEvent::word_line(0), AerEvent::TimeStep]
    }

    #[test]
    fn a_neuron_that_reaches_its_threshold_is_recorded() {
        let run = recorded(&Stimulus::dense(three_events_and_a_step()));
        // leak first: 21 - (21 >> 4) = 20, which is the threshold
        assert_eq!(run.detail_spikes.iter().map(|s| (s.time_step, s.neuron)).collect::<Vec<_>>(), [(0, 2)]);
        // the others: 3 - 0, and -24 - (-2) = -22
        assert_eq!(run.detail_v, [vec![3, -22, 0]]);
        assert_eq!(run.counters.synaptic_ops, 9);
    }

    #[test]
    fn time_steps_are_numbered_on_over_a_reset() {
        let mut events = three_events_and_a_step();
        events.extend(three_events_and_a_step());
        let mut stimulus = Stimulus::dense(events);
        for timed in &mut stimulus.events[4..] {
            timed.not_before = 101;
        }
        stimulus.resets = vec![100];
        let run = recorded(&stimulus);
        assert_eq!(run.detail_spikes.iter().map(|s| (s.time_step, s.neuron)).collect::<Vec<_>>(), [(0, 2), (1, 2)]);
        assert_eq!((run.time_steps, run.counters.time_steps), (2, 1));
        assert_eq!(run.detail_v, [vec![3, -22, 0], vec![3, -22, 0]]);
    }
}
