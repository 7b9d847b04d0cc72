//! The verdict of a co-simulation as text.

use std::fmt::Write as _;

use crate::cosim::{Comparison, CosimOutcome, CounterDifference, Ending, Speeds};
use crate::results::RunResult;
use crate::results::grouped;

/// What was compared, how fast, and how it ended.
pub(super) fn verdict_text(run: &RunResult, outcome: &CosimOutcome) -> String {
    let mut text = format!("RTL ready after {:.1} s\n", outcome.build_seconds);
    for comparison in &outcome.comparisons {
        text += &comparison_text(run, comparison);
    }
    if let Some(speeds) = &outcome.speeds {
        text += &speed_text(speeds);
    }
    text + &ending_text(outcome)
}

fn comparison_text(run: &RunResult, comparison: &Comparison) -> String {
    let Comparison { way, x_seed, cycles, signals, seconds, bytes, ending } = comparison;
    let rate = *cycles as f64 / seconds.max(1e-9) / 1e6;
    let what = match ending {
        Ending::Agreement => "agreement",
        Ending::Divergence(_) | Ending::Counters(_) => "divergence",
        Ending::Interrupted => "interrupted",
    };
    let events = match ending {
        Ending::Agreement => format!(", {} events", grouped(run.counters.events_accepted)),
        Ending::Divergence(_) | Ending::Counters(_) | Ending::Interrupted => String::new(),
    };
    let kept = bytes.map(|bytes| format!(", {:.1} MB of waveform", bytes as f64 / 1e6)).unwrap_or_default();
    format!(
        "{:<9} {what}: {} cycles x {signals} signals{events}, x seed {x_seed}; {rate:.2} Mcycle/s{kept}\n",
        way.name(),
        grouped(*cycles),
    )
}

fn speed_text(speeds: &Speeds) -> String {
    let mega = |rate: f64| format!("{:.2} Mcycle/s", rate / 1e6);
    format!(
        "speed     model {}, model with every record {}, RTL {}\n",
        mega(speeds.model),
        mega(speeds.model_every_cycle),
        mega(speeds.rtl)
    )
}

fn ending_text(outcome: &CosimOutcome) -> String {
    if let Some(report) = outcome.divergence() {
        return format!("\n{report}\n");
    }
    if let Some(text) = outcome.comparisons.iter().find_map(counters_text) {
        return text;
    }
    if outcome.is_interrupted() {
        return "\ninterrupted: model and RTL agree in every cycle compared until then\n".to_owned();
    }
    "\nagreement: model and RTL are the same in every signal of every cycle\n".to_owned()
}

fn counters_text(comparison: &Comparison) -> Option<String> {
    let Ending::Counters(differences) = &comparison.ending else { return None };
    let mut text = "\ndivergence: every probe signal agrees, but counters read after the run differ\n".to_owned();
    for CounterDifference { name, model, rtl } in differences {
        writeln!(text, "  {name}: model {model}, rtl {rtl}").expect("a string takes any text");
    }
    Some(text)
}
