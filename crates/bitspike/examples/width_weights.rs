//! Fits the digits weights at every width and writes them for the width study: `examples/width_study/weights<bits>.csv`.
//!
//! `cargo run --release -p bitspike --example width_weights` from anywhere in the repository. Prints the linked axis for `sweep.toml`, with the
//! threshold that suits each width best on the training part.

use std::error::Error;
use std::fs::{self, File};
use std::path::PathBuf;

use bitspike::digits;
use bitspike::digits::rate_code::choose_threshold;

fn main() -> Result<(), Box<dyn Error>> {
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let images = digits::read_images(File::open(examples.join("quickstart/digits.csv"))?)?;
    let parts = digits::split(&images)?;
    for bits in 2..=8 {
        let weights = digits::train(&parts, bits)?.weights;
        let threshold = choose_threshold(parts.train, &weights);
        fs::write(examples.join(format!("width_study/weights{bits}.csv")), digits::weights_csv(&weights))?;
        println!("  [{bits}, \"weights{bits}.csv\", {threshold}],");
    }
    Ok(())
}
