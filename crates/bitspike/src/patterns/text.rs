//! The figures as text and as JSON.

use std::fmt::Write as _;

use bitspike_reference::izhikevich::patterns::{PATTERNS, Pattern};
use bitspike_spec::Products;
use bitspike_spec::fx::Rounding;
use serde_json::{Value, json};

use super::agreement::{Agreement, Bound};
use super::forms::FormRow;
use super::pair::Pair;
use super::study::{Constants, FRACS, Smallest, Tally, WidthStudy};
use super::unit::{INTEGER_BITS, UnitChoice};

/// How products are made, in words.
#[must_use]
pub fn products_text(products: Products) -> String {
    match products {
        Products::Multiplier { .. } => "multiplier".to_owned(),
        Products::ShiftAdd { segment_bits, digits } => {
            format!("shift_add, segment_bits {segment_bits}, digits {digits}")
        }
    }
}

/// A unit in one line.
#[must_use]
pub fn choice_text(choice: &UnitChoice) -> String {
    let UnitChoice { frac, constant_frac, rounding, products, update, seed } = *choice;
    let seed = if rounding == Rounding::Stochastic { format!(" (seed {seed})") } else { String::new() };
    format!(
        "states of {} bits, {frac} of them fraction; constants of {constant_frac} fraction bits; {}{seed}; {}; {update}",
        INTEGER_BITS + frac,
        rounding.name(),
        products_text(products),
    )
}

/// Letter and name of a pattern.
#[must_use]
pub fn title(pattern: &Pattern) -> String {
    format!("{} {}", pattern.letter, pattern.name.replace('_', " "))
}

/// Spike counts and where the difference starts.
pub(super) fn agreement_text(pattern: &Pattern, agreement: &Agreement) -> String {
    let (float, fixed) = (agreement.float_spikes, agreement.fixed_spikes);
    match agreement.first_divergent_step {
        None => format!("{float} / {fixed} spikes, all in the same step"),
        Some(step) => format!("{float} / {fixed} spikes, apart from {:.2} ms", step as f64 * pattern.dt),
    }
}

fn optional(value: Option<f64>, decimals: usize) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.decimals$}"))
}

/// The table of the patterns.
#[must_use]
pub fn pairs_text(choice: &UnitChoice, pairs: &[Pair]) -> String {
    let mut text = format!("{}\n\n", choice_text(choice));
    text += "pattern                        spikes          first divergent  largest error\n";
    text += "                               float  fixed    step       ms     of a spike, ms   Gamma\n";
    for pair in pairs {
        let a = &pair.agreement;
        let step = a.first_divergent_step.map_or("-".to_owned(), |step| step.to_string());
        let at = optional(a.first_divergent_step.map(|step| step as f64 * pair.pattern.dt), 2);
        let (name, error, gamma) = (title(pair.pattern), optional(a.largest_error_ms, 3), optional(a.gamma, 3));
        let counts = (a.float_spikes, a.fixed_spikes);
        writeln!(text, "{name:<30} {:>5}  {:>5}  {step:>6} {at:>8}  {error:>15}  {gamma:>6}", counts.0, counts.1)
            .expect("a string takes any text");
    }
    text + &format!("\n{}\n", sum_text(pairs))
}

fn sum_text(pairs: &[Pair]) -> String {
    let count = |of: fn(&Agreement) -> bool| pairs.iter().filter(|pair| of(&pair.agreement)).count();
    let saturated: u64 = pairs.iter().map(|pair| pair.saturations).sum();
    format!(
        "{} of {} patterns with every spike in the same time step, {} with as many spikes; {saturated} saturations",
        count(Agreement::is_exact),
        pairs.len(),
        count(Agreement::has_same_count),
    )
}

/// The unit as JSON.
#[must_use]
pub fn choice_json(choice: &UnitChoice) -> Value {
    let UnitChoice { frac, constant_frac, rounding, products, update, seed } = *choice;
    json!({
        "state_bits": INTEGER_BITS + frac, "frac": frac, "constant_frac": constant_frac, "rounding": rounding,
        "products": products_text(products), "order": update, "seed": seed,
    })
}

/// The table of the patterns as JSON.
#[must_use]
pub fn pairs_json(choice: &UnitChoice, pairs: &[Pair]) -> Value {
    let row = |pair: &Pair| {
        let mut row = json!(pair.agreement);
        row["pattern"] = json!(pair.pattern.letter);
        row["name"] = json!(pair.pattern.name);
        row["dt_ms"] = json!(pair.pattern.dt);
        row["saturations"] = json!(pair.saturations);
        row["float_steps"] = json!(pair.float.spikes);
        row["fixed_steps"] = json!(pair.fixed.spikes);
        row
    };
    json!({ "unit": choice_json(choice), "patterns": pairs.iter().map(row).collect::<Vec<_>>() })
}

/// The tallies and smallest widths of a study.
#[must_use]
pub fn study_text(study: &WidthStudy, bound: Bound) -> String {
    format!("{}\n{}\n{}", tallies_text(study), smallest_text(study, bound), notes_text(study))
}

/// Two lines above the columns: schemes of constants, roundings.
fn heading(study: &WidthStudy, first: &str) -> String {
    let ways = study.ways.len() / Constants::ALL.len();
    let schemes = Constants::ALL.map(|scheme| format!("  {:<1$}", scheme.name(), 14 * ways - 2)).concat();
    let roundings: String = study.ways.iter().map(|way| format!("{:>14}", way.rounding.name())).collect();
    format!("{:<28}{}\n{first:<28}{roundings}\n", "", schemes.trim_end())
}

fn tallies_text(study: &WidthStudy) -> String {
    let mut text = "patterns of 20 with every spike in the same time step / with as many spikes\n\n".to_owned();
    text += &heading(study, "fraction bits of the states");
    for frac in FRACS {
        let cell = |Tally { exact, count, .. }: Tally| format!("{:>14}", format!("{exact:2}/{count:2}"));
        let cells: String = study.ways.iter().map(|&way| cell(study.tally(way, frac))).collect();
        writeln!(text, "{frac:>28}{cells}").expect("a string takes any text");
    }
    text
}

fn smallest_text(study: &WidthStudy, bound: Bound) -> String {
    let mut text = format!(
        "fewest fraction bits for {bound}\n(a..b: met at a, but at every width tried only from b on; ..: not even at the widest)\n\n"
    );
    text += &heading(study, "pattern");
    for pattern in &PATTERNS {
        let cells = study.ways.iter().map(|&way| smallest_cell(study.smallest(pattern.letter, way, bound)));
        let cells: String = cells.map(|cell| format!("{cell:>14}")).collect();
        writeln!(text, "{:<28}{cells}", title(pattern)).expect("a string takes any text");
    }
    text
}

fn smallest_cell(smallest: Smallest) -> String {
    match (smallest.first, smallest.always) {
        (None, _) => "-".to_owned(),
        (Some(first), Some(always)) if first == always => first.to_string(),
        (Some(first), Some(always)) => format!("{first}..{always}"),
        (Some(first), None) => format!("{first}.."),
    }
}

/// Statements about the whole study.
#[must_use]
pub fn notes(study: &WidthStudy) -> Vec<String> {
    let monotone = |bound| {
        let all = study.all_smallest(bound);
        (all.iter().filter(|smallest| !smallest.is_monotone()).count(), all.len())
    };
    let ((exact, all), (count, _)) = (monotone(Bound::Exact), monotone(Bound::Count));
    let mut notes = vec![format!(
        "{}: of {all} pairs of pattern and column, {exact} lose exact spikes again at a greater width, {count} the right number of spikes",
        if exact + count > 0 { "not monotone" } else { "monotone" },
    )];
    notes.extend(hidden_note(study));
    let saturated = study.rows.iter().filter(|row| row.saturations > 0).count();
    notes.push(format!("{saturated} of {} runs saturate a state of {INTEGER_BITS} integer bits", study.rows.len()));
    notes
}

/// The worst run that its number of spikes does not show.
fn hidden_note(study: &WidthStudy) -> Option<String> {
    let counted = study.rows.iter().filter(|row| row.agreement.has_same_count());
    let error = |row: &&super::study::WidthRow| row.agreement.largest_error_ms.unwrap_or(0.0);
    let worst = counted.max_by(|a, b| error(a).total_cmp(&error(b)))?;
    Some(format!(
        "the number of spikes hides errors: pattern {} at {} fraction bits ({}, {}) has as many spikes, one of them {:.1} ms off, Gamma {}",
        worst.pattern,
        worst.frac,
        worst.way.constants.name(),
        worst.way.rounding.name(),
        error(&worst),
        optional(worst.agreement.gamma, 2),
    ))
}

fn notes_text(study: &WidthStudy) -> String {
    notes(study).iter().map(|note| format!("{note}\n")).collect()
}

/// The study as JSON.
#[must_use]
pub fn study_json(study: &WidthStudy, bound: Bound) -> Value {
    json!({
        "bound": bound.to_string(),
        "tallies": study.tallies(),
        "smallest": study.all_smallest(bound),
        "notes": notes(study),
        "rows": study.rows,
    })
}

/// The study as CSV, one line for each run.
#[must_use]
pub fn study_csv(study: &WidthStudy) -> String {
    let mut text = "pattern,constants,rounding,frac,constant_frac,float_spikes,fixed_spikes,first_divergent_step,mean_error_ms,largest_error_ms,gamma,saturations\n".to_owned();
    let cell = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    for row in &study.rows {
        let a = &row.agreement;
        let constants = match row.way.constants {
            Constants::Same => "same",
            Constants::Separate => "separate",
        };
        let step = a.first_divergent_step.map_or(String::new(), |step| step.to_string());
        let rounding = row.way.rounding.name();
        let (frac, constant_frac) = (row.frac, row.way.constants.frac(row.frac));
        writeln!(
            text,
            "{},{constants},{rounding},{frac},{constant_frac},{},{},{step},{},{},{},{}",
            row.pattern,
            a.float_spikes,
            a.fixed_spikes,
            cell(a.mean_error_ms),
            cell(a.largest_error_ms),
            cell(a.gamma),
            row.saturations
        )
        .expect("a string takes any text");
    }
    text
}

/// The table of the forms.
#[must_use]
pub fn forms_text(rows: &[FormRow]) -> String {
    let mut text =
        "form                                  patterns of 20               error of a spike, ms\n".to_owned();
    text += "                                      exact  in 1 ms  same count   mean   largest   another count in\n";
    for row in rows {
        let FormRow { name, exact, near, count, mean_error_ms, largest_error_ms, wrong } = row;
        writeln!(
            text,
            "{name:<36}  {exact:>5}  {near:>7}  {count:>10} {mean_error_ms:>7.3} {largest_error_ms:>8.2}   {}",
            if wrong.is_empty() { "-" } else { wrong }
        )
        .expect("a string takes any text");
    }
    text
}
