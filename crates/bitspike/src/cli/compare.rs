//! `bitspike compare`: two waveforms, signal by signal.

use std::path::PathBuf;

use bitspike_cosim::compare::{
    CompareOptions, Divergence, DivergenceKind, Pairing, ScopePair, UnknownRule, Verdict, WaveformComparison,
    WaveformOptions, compare_waveforms,
};
use bitspike_cosim::waveform::{Sampling, WaveformError, open_waveform};
use serde_json::{Value, json};

use super::exit::Exit;
use super::output::{print, print_json};
use crate::error::Error;

/// Compare the signals of two waveforms (VCD or FST)
///
/// With --clock, at each rising edge of the clock, as sampled just before it; else at every time. Exit status 0 if they agree, 1 if not.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Examples:
  bitspike compare model.vcd rtl.vcd --scope u_probe --clock clk_i --condition rst_ni --common
  bitspike compare old.fst new.fst --scope tb.dut --ignore 'debug*' --start 100 --end 2000
  bitspike compare a.vcd b.vcd --scope top.core_a=top.core_b --clock clk --transaction write_valid")]
pub(super) struct Args {
    /// First waveform
    left: PathBuf,
    /// Second waveform
    right: PathBuf,
    /// Scope to compare, by full path or unique end; LEFT=RIGHT where the names differ [default: everything]
    #[arg(long, value_name = "SCOPE")]
    scope: Option<String>,
    /// Sample at the rising edges of this signal
    #[arg(long, value_name = "SIGNAL")]
    clock: Option<String>,
    /// Sample only where this signal is 1, such as a reset that is active low; cycles are counted from the first such edge
    #[arg(long, value_name = "SIGNAL", requires = "clock")]
    condition: Option<String>,
    /// Compare only records where this 1-bit signal is 1, in sequence, whatever their cycles
    #[arg(long, value_name = "SIGNAL", requires = "clock")]
    transaction: Option<String>,
    /// Signals left out: names, or beginnings of names followed by *
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Compare only the signals that both sides have; the others are listed
    #[arg(long)]
    common: bool,
    /// What x and z mean
    #[arg(long, value_enum, default_value_t = UnknownArg::Differs)]
    unknown: UnknownArg,
    /// First cycle (or time, without --clock)
    #[arg(long, value_name = "N", default_value_t = 0)]
    start: u64,
    /// Last cycle (or time)
    #[arg(long, value_name = "N")]
    end: Option<u64>,
    /// Records shown before and after a divergence
    #[arg(long, value_name = "N", default_value_t = 8)]
    window: u16,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

/// Meaning of x and z.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum UnknownArg {
    /// x on one side only is a difference
    Differs,
    /// Bits that are x in the first waveform are not compared
    IgnoreLeft,
    /// Bits that are x in the second waveform are not compared
    IgnoreRight,
    /// Bits that are x in either are not compared
    IgnoreEither,
}

impl UnknownArg {
    fn rule(self) -> UnknownRule {
        match self {
            UnknownArg::Differs => UnknownRule::Differs,
            UnknownArg::IgnoreLeft => UnknownRule::IgnoreLeft,
            UnknownArg::IgnoreRight => UnknownRule::IgnoreRight,
            UnknownArg::IgnoreEither => UnknownRule::IgnoreEither,
        }
    }
}

impl Args {
    fn options(&self) -> WaveformOptions {
        let scope = self.scope.clone().unwrap_or_default();
        let (left, right) = scope.split_once('=').unwrap_or((&scope, &scope));
        let sampling = match &self.clock {
            Some(clock) => Sampling::RisingEdge { clock: clock.clone(), condition: self.condition.clone() },
            None => Sampling::EveryTime,
        };
        let pairing = match &self.transaction {
            Some(condition) => Pairing::Transaction { condition: condition.clone() },
            None => Pairing::Cycle,
        };
        WaveformOptions {
            scopes: ScopePair { left: left.to_owned(), right: right.to_owned() },
            sampling,
            compare: CompareOptions {
                start: self.start,
                end: self.end,
                ignore: self.ignore.clone(),
                unknown: self.unknown.rule(),
                pairing,
                window: usize::from(self.window),
            },
        }
    }
}

pub(super) fn execute(args: &Args) -> Result<Exit, Error> {
    let comparison = compare(args)?;
    if args.json {
        print_json(&comparison_json(&comparison))?;
    } else {
        print(&text(args, &comparison))?;
    }
    Ok(match comparison.verdict {
        Verdict::Agreement(_) => Exit::Ok,
        Verdict::Divergence(_) => Exit::Divergence,
    })
}

fn compare(args: &Args) -> Result<WaveformComparison, Error> {
    let mut options = args.options();
    let first = compare_waveforms(&args.left, &args.right, &options);
    let result = match first {
        Err(WaveformError::OneSided { left_only, right_only }) if args.common => {
            options.compare.ignore.extend(left_only.into_iter().chain(right_only));
            compare_waveforms(&args.left, &args.right, &options)
        }
        result => result,
    };
    result.map_err(|error| named(args, error))
}

/// An error of opening one of the files says which.
fn named(args: &Args, error: WaveformError) -> Error {
    let unreadable = [&args.left, &args.right].into_iter().find(|path| open_waveform(path).is_err());
    match unreadable {
        Some(path) => Error::Option { option: "waveform", problem: format!("{}: {error}", path.display()) },
        None => Error::Waveform(error),
    }
}

fn text(args: &Args, comparison: &WaveformComparison) -> String {
    let mut text = format!("left  {}\nright {}\n", args.left.display(), args.right.display());
    for (what, names) in [("on one side only, ignored", &comparison.one_sided), ("not compared", &comparison.skipped)] {
        if !names.is_empty() {
            text += &format!("{what}: {}\n", names.join(", "));
        }
    }
    text + &format!("{}\n", comparison.verdict)
}

fn comparison_json(comparison: &WaveformComparison) -> Value {
    let mut json = match &comparison.verdict {
        Verdict::Agreement(agreement) => json!({
            "verdict": "agreement",
            "records": agreement.records,
            "signals": agreement.signals,
            "first_cycle": agreement.first_cycle,
            "last_cycle": agreement.last_cycle,
            "records_with_unknown": agreement.records_with_unknown,
        }),
        Verdict::Divergence(divergence) => divergence_json(divergence),
    };
    json["one_sided"] = json!(comparison.one_sided);
    json["skipped"] = json!(comparison.skipped);
    json
}

fn divergence_json(divergence: &Divergence) -> Value {
    let kind = match divergence.kind {
        DivergenceKind::Values => "values",
        DivergenceKind::LeftEnded => "left_ended",
        DivergenceKind::RightEnded => "right_ended",
        DivergenceKind::Cycles => "cycles",
    };
    let difference = |d: &bitspike_cosim::compare::SignalDifference| json!({ "signal": d.name, "left": d.left.to_string(), "right": d.right.to_string() });
    json!({
        "verdict": "divergence",
        "kind": kind,
        "records_before": divergence.records_before,
        "left_cycle": divergence.left_cycle,
        "right_cycle": divergence.right_cycle,
        "left_time": divergence.left_time,
        "right_time": divergence.right_time,
        "differences": divergence.differences.iter().map(difference).collect::<Vec<_>>(),
    })
}
