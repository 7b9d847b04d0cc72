//! The digits of the quickstart and the weights made from them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs::{self, File};
use std::path::PathBuf;

use bitspike::digits::rate_code::{self, Drive};
use bitspike::digits::{self, CLASSES, Image};

fn quickstart(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/quickstart").join(file)
}

fn images() -> Vec<Image> {
    digits::read_images(File::open(quickstart("digits.csv")).unwrap()).unwrap()
}

/// Counts per class of the test part as its donors published them.
#[test]
fn all_images_of_the_published_test_part_are_there() {
    let mut per_class = [0; CLASSES];
    for image in images() {
        per_class[usize::from(image.label)] += 1;
    }
    assert_eq!(per_class, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
}

#[test]
fn training_again_reproduces_the_weights_byte_for_byte() {
    let images = images();
    let trained = digits::train(&digits::split(&images).unwrap(), 4).unwrap();
    let again = digits::weights_csv(&trained.weights);
    assert_eq!(again, fs::read_to_string(quickstart("weights.csv")).unwrap());
}

#[test]
fn the_held_back_images_do_not_reach_the_weights() {
    let mut images = images();
    let weights = digits::train(&digits::split(&images).unwrap(), 4).unwrap().weights;
    let first = images.len() - digits::HELD_BACK;
    for image in &mut images[first..] {
        image.label = 0;
        image.pixels.fill(16);
    }
    assert_eq!(digits::train(&digits::split(&images).unwrap(), 4).unwrap().weights, weights);
}

/// The quickstart promises at least 85 % on images nobody fitted.
#[test]
fn spiking_neurons_classify_the_held_back_images() {
    let images = images();
    let parts = digits::split(&images).unwrap();
    let weights = digits::train(&parts, 4).unwrap().weights;
    let threshold = rate_code::choose_threshold(parts.train, &weights);
    let drives: Vec<Drive> = parts.held_back.iter().map(|image| rate_code::drive(image, &weights)).collect();
    let score = rate_code::score(parts.held_back, &drives, threshold);
    assert!(score.accuracy >= 0.85, "{score:?} at threshold {threshold}");
}
