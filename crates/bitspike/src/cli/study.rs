//! `bitspike study`: how many bits, and which form, do the firing patterns need, and how does a classifier age?

use clap::Subcommand;
use serde_json::{Value, json};

use super::exit::Exit;
use super::folder::Folder;
use super::output::{files_line, print, print_json};
use super::unit::{RoundingArg, UnitArgs};
use crate::control::Interrupt;
use crate::error::Error;
use crate::patterns::agreement::Bound;
use crate::patterns::forms::forms;
use crate::patterns::map::map;
use crate::patterns::study::{WidthRequest, width_study};
use crate::patterns::text::{choice_json, choice_text, forms_text, study_csv, study_json, study_text};
use crate::patterns::unit::UnitChoice;
use crate::results::pictures::picture_page;

/// Questions of an architect: widths and forms of the Izhikevich unit, the age of an array
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Examples:
  bitspike study widths
  bitspike study widths --bound ms=1 --roundings half_even,stochastic --out out/widths
  bitspike study forms
  bitspike study ageing examples/ageing_classifier/core.toml --stimulus examples/ageing_classifier/stimulus.toml")]
pub(super) struct Args {
    #[command(subcommand)]
    study: Study,
}

#[derive(Subcommand, Clone, Debug)]
enum Study {
    Widths(WidthArgs),
    Forms(FormArgs),
    Ageing(super::ageing::Args),
}

/// Fraction bits 8 to 30, every rounding asked for, constants as wide as the states or of 32 fraction bits
///
/// Writes widths.csv, widths.svg, widths.png and widths.html into the folder of the results.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Example:\n  bitspike study widths --bound exact")]
struct WidthArgs {
    /// What is good enough: exact, count or ms=X (as many spikes, the k-th within X milliseconds)
    #[arg(long, value_name = "BOUND", default_value = "exact")]
    bound: String,
    /// Roundings to try
    #[arg(long, value_enum, value_name = "LIST", value_delimiter = ',', default_value = "half_even,floor,toward_zero")]
    roundings: Vec<RoundingArg>,
    #[command(flatten)]
    unit: UnitArgs,
}

/// The forms without multipliers beside the form with them
///
/// Every number of segments and digits at the same widths, and the parabola by two and by four straight pieces in float. Writes forms.json.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Example:\n  bitspike study forms")]
struct FormArgs {
    /// Folder of the results; made if missing, files in it are replaced
    #[arg(long, short, value_name = "DIR", default_value = "out")]
    out: std::path::PathBuf,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(args: &Args, interrupt: &Interrupt) -> Result<Exit, Error> {
    match &args.study {
        Study::Ageing(args) => return super::ageing::execute(args, interrupt),
        Study::Widths(args) => widths(args)?,
        Study::Forms(args) => of_forms(args)?,
    }
    Ok(Exit::Ok)
}

fn widths(args: &WidthArgs) -> Result<(), Error> {
    let bound: Bound = args.bound.parse()?;
    let mut roundings = Vec::new();
    for rounding in args.roundings.iter().map(|rounding| rounding.rounding()) {
        if !roundings.contains(&rounding) {
            roundings.push(rounding);
        }
    }
    let (products, update, seed) = (args.unit.products()?, args.unit.update(), args.unit.seed);
    let study = width_study(&WidthRequest { roundings, products, update, seed });
    let (picture, text) = (map(&study), study_text(&study, bound));
    let mut folder = Folder::create(&args.unit.out)?;
    folder.write("widths.csv", &study_csv(&study))?;
    folder.write("widths.svg", &picture.svg)?;
    folder.write_bytes("widths.png", &picture.png)?;
    folder.write("widths.html", &picture_page("Width study of the Izhikevich unit", &picture.svg, &text))?;
    report(args.unit.json, study_json(&study, bound), &text, &folder)
}

fn of_forms(args: &FormArgs) -> Result<(), Error> {
    let choice = UnitChoice::default();
    let rows = forms(&choice);
    let json = json!({ "unit": choice_json(&choice), "forms": rows });
    let mut folder = Folder::create(&args.out)?;
    folder.write("forms.json", &format!("{json:#}\n"))?;
    report(args.json, json, &format!("{}\n\n{}", choice_text(&choice), forms_text(&rows)), &folder)
}

fn report(is_json: bool, mut json: Value, text: &str, folder: &Folder) -> Result<(), Error> {
    if is_json {
        json["files"] = json!(folder.files());
        print_json(&json)
    } else {
        print(&format!("{text}\n{}", files_line(folder)))
    }
}
