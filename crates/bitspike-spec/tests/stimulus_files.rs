//! Stimulus files that are read: sources, order, pacing, labels.

use bitspike_spec::config::{self, LoadedCore};
use bitspike_spec::stimulus::{Label, LoadedStimulus, file};
use bitspike_spec::{AerEvent, TimedEvent};
use std::fmt::Write;
use std::path::Path;

const CORE: &str = "core = { neurons = 4, word_lines = 8 }\nsynapse.image = { fill = 1 }\nvalues.threshold = 10\n";

fn core() -> LoadedCore {
    config::from_str(CORE, ".").unwrap_or_else(|error| panic!("{error}"))
}

fn read_in(base: &Path, text: &str) -> LoadedStimulus {
    let core = core();
    file::from_str(text, base, core.core.structure(), core.dt()).unwrap_or_else(|error| panic!("{error}"))
}

fn read(text: &str) -> LoadedStimulus {
    read_in(Path::new("."), text)
}

/// Events as words: `3` a word line, `.` a time step, `t2` one for a neuron, `i1:-4` an injection.
fn shown(events: &[TimedEvent]) -> String {
    let mut text = String::new();
    for timed in events {
        let written = match timed.event {
            AerEvent::WordLine { word_line: w, .. } => write!(text, "{w} "),
            AerEvent::TimeStep => write!(text, ". "),
            AerEvent::TimeStepOne(n) => write!(text, "t{n} "),
            AerEvent::Inject { neuron, weight, .. } => write!(text, "i{neuron}:{weight} "),
        };
        written.expect("a string takes everything");
    }
    text.trim_end().to_owned()
}

fn events(text: &str) -> String {
    shown(&read(text).stimulus.events)
}

#[test]
fn every_time_step_ends_with_its_event() {
    assert_eq!(events("time_steps = 3"), ". . .");
    assert_eq!(events(""), "");
}

#[test]
fn regular_spikes_keep_their_interval_and_phase() {
    let source = "[[source]]\nkind = \"regular\"\nword_lines = [2, 3]\ninterval_steps = 2\nphase = 1\n";
    assert_eq!(events(&format!("time_steps = 5\n{source}")), ". 2 3 . . 2 3 . .");
}

#[test]
fn a_burst_sets_the_number_of_time_steps() {
    let source = "[[source]]\nkind = \"burst\"\nword_lines = [5, 5]\nstart = 1\ncount = 2\ninterval = 2\n";
    assert_eq!(events(source), ". 5 . . 5 .");
}

#[test]
fn latency_is_earlier_for_larger_values() {
    // floor((16 - v) * 4 / 16): 16 in step 0, 8 in step 2, 1 in step 3, 0 never.
    let source = "[[source]]\nkind = \"latency\"\nvalues = [8, 0, 16, 1]\nmax = 16\nsteps = 5\nfirst_word_line = 4\n";
    assert_eq!(events(source), "6 . . 4 . 7 . .");
}

#[test]
fn sources_stand_in_the_order_of_the_file() {
    let text = r#"
        [[source]]
        kind = "events"
        events = [{ step = 1, neuron = 1, weight = -4 }, { step = 0, time_step_one = 2 }, { step = 1, word_line = 7 }]
        [[source]]
        kind = "burst"
        word_lines = [0, 1]
        start = 1
        count = 1
    "#;
    assert_eq!(events(text), "t2 . i1:-4 7 0 1 .");
}

#[test]
fn cycle_events_come_first_and_as_they_stand() {
    let text = "events = [{ not_before = 9, word_line = 3 }, { time_step = true }]\ntime_steps = 1\n";
    let loaded = read(text);
    assert_eq!(shown(&loaded.stimulus.events), "3 . .");
    assert_eq!(loaded.stimulus.events[0].not_before, 9);
    assert_eq!(loaded.stimulus.events[1].not_before, 0);
}

#[test]
fn pacing_holds_each_step_until_its_cycle() {
    let text = "time_steps = 3\ncycles_per_step = 50\nrepeat = 2\n";
    let loaded = read(text);
    let cycles: Vec<u64> = loaded.stimulus.events.iter().map(|timed| timed.not_before).collect();
    assert_eq!(cycles, [0, 50, 100]);
    assert_eq!(loaded.stimulus.period, 150, "the next repetition follows without a gap");
    assert_eq!(loaded.stimulus.event(3).map(|timed| timed.not_before), Some(150));
}

#[test]
fn the_environment_is_taken_as_written() {
    let text = "cycles = 500\nresets = [10, 20]\nx_seeds = [1, 2]\nrepeat = 3\nperiod = 7\nreceiver.ready = \"0110\"\n";
    let loaded = read(text);
    assert_eq!(loaded.x_seeds, [1, 2]);
    let stimulus = loaded.stimulus;
    assert_eq!((stimulus.cycles, stimulus.repeat, stimulus.period), (Some(500), 3, 7));
    assert_eq!(stimulus.resets, [10, 20]);
    let ready: Vec<bool> = stimulus.ready.iter().map(|bit| *bit).collect();
    assert_eq!(ready, [false, true, true, false]);
}

#[test]
fn poisson_spikes_do_not_depend_on_the_other_word_lines() {
    let all = read("time_steps = 200\n[[source]]\nkind = \"poisson\"\nrate_hz = 100\nseed = 5\n");
    let one = read("time_steps = 200\n[[source]]\nkind = \"poisson\"\nword_lines = [3, 3]\nrate_hz = 100\nseed = 5\n");
    let kept = |event: &AerEvent| matches!(event, AerEvent::TimeStep | AerEvent::WordLine { word_line: 3, .. });
    let filtered: Vec<AerEvent> = all.stimulus.events.iter().map(|timed| timed.event).filter(kept).collect();
    let alone: Vec<AerEvent> = one.stimulus.events.iter().map(|timed| timed.event).collect();
    assert_eq!(filtered, alone);
}

#[test]
fn spikes_of_a_file_may_stand_in_any_order() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("s.csv"), "time_step,word_line\n2, 1\n0,7\n2,0\n").expect("a file");
    let loaded = read_in(folder.path(), "[[source]]\nkind = \"spikes\"\nfile = \"s.csv\"\n");
    assert_eq!(shown(&loaded.stimulus.events), "7 . . 0 1 .");
    assert_eq!(loaded.time_steps, 3);
}

#[test]
fn images_are_shown_one_after_the_other_with_their_labels() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("i.csv"), "label,p0,p1\n9,1,1\n3,16,8\n7,0,4\n").expect("a file");
    let text = "[[source]]\nkind = \"images\"\nfile = \"i.csv\"\nrows = [1, 2]\nmax = 16\ncode = \"rate\"\n\
                steps_per_image = 4\nrest_steps = 1\nfirst_word_line = 2\n";
    let loaded = read_in(folder.path(), text);
    assert_eq!(shown(&loaded.stimulus.events), "2 . 2 3 . 2 . 2 3 . . . . . 3 . .");
    let label = |first_step, label, row| Label { first_step, steps: 4, label: Some(label), row };
    assert_eq!(loaded.labels, [label(0, 3, 1), label(5, 7, 2)]);
    assert_eq!(loaded.time_steps, 10);
}

#[test]
fn images_may_be_coded_by_latency_and_go_without_labels() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("i.csv"), "p0,p1\n16,8\n").expect("a file");
    let text = "[[source]]\nkind = \"images\"\nfile = \"i.csv\"\nmax = 16\ncode = \"latency\"\nsteps_per_image = 5\n";
    let loaded = read_in(folder.path(), text);
    assert_eq!(shown(&loaded.stimulus.events), "0 . . 1 . . .");
    assert_eq!(loaded.labels, [Label { first_step: 0, steps: 5, label: None, row: 0 }]);
}

/// A core with four delay slots.
fn delayed() -> LoadedCore {
    let text = "core = { neurons = 4, word_lines = 8 }\nneuron = { integrate = \"current\", i_syn.bits = 8 }\n\
                events.delay_slots = 4\nsynapse.image.fill = 1\nvalues.threshold = 9\n";
    config::from_str(text, ".").unwrap_or_else(|error| panic!("{error}"))
}

/// Word line (or -1 for an injected weight) and delay of every event that has one.
fn delays(text: &str, folder: &Path) -> Vec<(i64, u32)> {
    let loaded =
        file::from_str(text, folder, delayed().core.structure(), 1e-3).unwrap_or_else(|error| panic!("{error}"));
    let delay = |timed: &TimedEvent| match timed.event {
        AerEvent::WordLine { word_line, delay } => Some((i64::from(word_line), delay)),
        AerEvent::Inject { delay, .. } => Some((-1, delay)),
        AerEvent::TimeStep | AerEvent::TimeStepOne(_) => None,
    };
    loaded.stimulus.events.iter().filter_map(delay).collect()
}

#[test]
fn events_and_sources_can_hold_spikes_back() {
    let text = "time_steps = 2\nevents = [{ word_line = 5, delay = 3 }, { neuron = 1, weight = 2, delay = 1 }]\n\
                [[source]]\nkind = \"regular\"\nword_lines = [1, 2]\ninterval_steps = 9\ndelay = 2\n\
                [[source]]\nkind = \"events\"\nevents = [{ step = 1, word_line = 3, delay = 1 }, { step = 1, word_line = 3 }]\n\
                [[source]]\nkind = \"latency\"\nvalues = [4]\nmax = 4\nsteps = 1\ndelay = 3\n";
    let expected = [(5, 3), (-1, 1), (1, 2), (2, 2), (0, 3), (3, 1), (3, 0)];
    assert_eq!(delays(text, Path::new(".")), expected);
}

#[test]
fn spikes_of_a_file_may_have_a_delay_each() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("s.csv"), "time_step,word_line,delay\n1,4,0\n0,6,3\n1,4,2\n").expect("a file");
    let text = "[[source]]\nkind = \"spikes\"\nfile = \"s.csv\"\n";
    assert_eq!(delays(text, folder.path()), [(6, 3), (4, 0), (4, 2)]);
}
