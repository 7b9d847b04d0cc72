//! Fits the weights of the digits task and writes `examples/quickstart/weights.csv`.
//!
//! `cargo run --release -p bitspike --example train_digits` from anywhere in the repository.

use std::error::Error;
use std::fs::{self, File};
use std::path::PathBuf;

use bitspike::digits::rate_code::{self, Drive};
use bitspike::digits::{self, CLASSES, Image, Split, Trained};

/// Bits of the weights written.
const BITS: u32 = 4;
/// Bits of the weights printed for comparison.
const COMPARISON_BITS: u32 = 6;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/quickstart");
    let images = digits::read_images(File::open(folder.join("digits.csv"))?)?;
    let parts = digits::split(&images)?;
    let trained = digits::train(&parts, BITS)?;
    report("64 word lines", &parts, &trained, BITS);
    report("64 word lines", &parts, &digits::train(&parts, COMPARISON_BITS)?, COMPARISON_BITS);
    compare_bias(&images, &trained)?;
    compare_interleaved(&images)?;
    fs::write(folder.join("weights.csv"), digits::weights_csv(&trained.weights))?;
    println!("\nwrote examples/quickstart/weights.csv ({} rows, {BITS} bits)", trained.weights.len());
    Ok(())
}

fn compare_bias(images: &[Image], trained: &Trained) -> Result<(), Box<dyn Error>> {
    let biased: Vec<Image> = images.iter().map(Image::with_bias).collect();
    let parts = digits::split(&biased)?;
    let with_bias = digits::train(&parts, BITS)?;
    report("65 word lines, the last one always on", &parts, &with_bias, BITS);
    let share = trained.validation.integer;
    let gain = with_bias.validation.integer - share;
    let error = (share * (1.0 - share) / parts.train.len() as f64).sqrt();
    println!("  bias adds {:+.2} % in validation, whose standard error is {:.2} %", 100.0 * gain, 100.0 * error);
    Ok(())
}

/// Holds back every fifth image instead of the last 360.
fn compare_interleaved(images: &[Image]) -> Result<(), Box<dyn Error>> {
    let (back, front): (Vec<_>, Vec<_>) = images.iter().cloned().enumerate().partition(|(i, _)| i % 5 == 0);
    let reordered: Vec<Image> = front.into_iter().chain(back).map(|(_, image)| image).collect();
    let parts = digits::split(&reordered)?;
    report("64 word lines, every fifth image held back", &parts, &digits::train(&parts, BITS)?, BITS);
    Ok(())
}

fn report(title: &str, parts: &Split<'_>, trained: &Trained, bits: u32) {
    println!("\n{title}, {bits}-bit weights: lambda {}, scale {:.3}", trained.lambda, trained.scale);
    println!(
        "  validation             float {:6.2} %   {bits}-bit {:6.2} %",
        100.0 * trained.validation.float,
        100.0 * trained.validation.integer
    );
    println!("                            train   held back");
    print_line("(a) float ridge", parts, |image| digits::argmax(&digits::float_scores(image, &trained.float)));
    print_line("(b) integer argmax", parts, |image| digits::argmax(&digits::integer_scores(image, &trained.weights)));
    print_spiking(parts, &trained.weights);
}

fn print_line(name: &str, parts: &Split<'_>, class: impl Fn(&Image) -> usize) {
    let percent = |images: &[Image]| 100.0 * digits::accuracy(images, images.iter().map(&class));
    println!("  {name:22} {:6.2} %    {:6.2} %", percent(parts.train), percent(parts.held_back));
}

fn print_spiking(parts: &Split<'_>, weights: &[[i32; CLASSES]]) {
    let threshold = rate_code::choose_threshold(parts.train, weights);
    let score = |images: &[Image]| {
        let drives: Vec<Drive> = images.iter().map(|image| rate_code::drive(image, weights)).collect();
        rate_code::score(images, &drives, threshold)
    };
    let (train, held_back) = (score(parts.train), score(parts.held_back));
    println!("  {:22} {:6.2} %    {:6.2} %", "(c) spiking", 100.0 * train.accuracy, 100.0 * held_back.accuracy);
    println!(
        "      threshold {threshold}; counts tied {:.2} % (train), {:.2} % (held back)",
        100.0 * train.tied,
        100.0 * held_back.tied
    );
}
