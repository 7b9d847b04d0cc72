//! `bitspike patterns`: the figure of the 20 firing patterns.

use serde_json::json;

use super::exit::Exit;
use super::folder::Folder;
use super::output::{files_line, print, print_json};
use super::unit::{RoundingArg, UnitArgs};
use crate::error::Error;
use crate::patterns::figure::figure;
use crate::patterns::pair::run_pairs;
use crate::patterns::text::{pairs_json, pairs_text};
use crate::patterns::unit::{CONSTANT_FRAC_RANGE, FRAC_RANGE, UnitChoice};
use crate::results::pictures::picture_page;

/// Draw the 20 firing patterns of Izhikevich 2004, float beside the bit-exact unit
///
/// Runs every pattern of the published figure in the float64 reference and in the bit-exact Izhikevich unit, prints a table of spikes and of the first
/// difference, and writes patterns.svg, patterns.png and patterns.html into the folder of the results.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Examples:
  bitspike patterns
  bitspike patterns --frac 10 --rounding floor --out out/coarse
  bitspike patterns --form shift_add --segment-bits 4 --digits 4 --json | jq '.patterns[].fixed_spikes'")]
pub(super) struct Args {
    /// Fraction bits of the states, which have 10 bits before the point
    #[arg(long, value_name = "N", default_value_t = UnitChoice::default().frac, value_parser = frac_parser(FRAC_RANGE))]
    frac: u32,
    /// Fraction bits of the constants
    #[arg(long, value_name = "N", default_value_t = UnitChoice::default().constant_frac, value_parser = frac_parser(CONSTANT_FRAC_RANGE))]
    constant_frac: u32,
    /// Rounding of products
    #[arg(long, value_enum, default_value_t = RoundingArg::HalfEven)]
    rounding: RoundingArg,
    #[command(flatten)]
    unit: UnitArgs,
}

fn frac_parser((low, high): (u32, u32)) -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(i64::from(low)..=i64::from(high))
}

pub(super) fn execute(args: &Args) -> Result<Exit, Error> {
    let choice = UnitChoice {
        frac: args.frac,
        constant_frac: args.constant_frac,
        rounding: args.rounding.rounding(),
        products: args.unit.products()?,
        update: args.unit.update(),
        seed: args.unit.seed,
    };
    let pairs = run_pairs(&choice);
    let (picture, text) = (figure(&choice, &pairs), pairs_text(&choice, &pairs));
    let mut folder = Folder::create(&args.unit.out)?;
    folder.write("patterns.svg", &picture.svg)?;
    folder.write_bytes("patterns.png", &picture.png)?;
    folder.write("patterns.html", &picture_page("The 20 firing patterns of Izhikevich 2004", &picture.svg, &text))?;
    if args.unit.json {
        let mut json = pairs_json(&choice, &pairs);
        json["files"] = json!(folder.files());
        print_json(&json)?;
    } else {
        print(&format!("{text}\n{}", files_line(&folder)))?;
    }
    Ok(Exit::Ok)
}
