//! The digits task: 8 x 8 handwritten digits, and integer crossbar weights that classify them.
//!
//! [`read_images`] loads them, [`split`] holds the last 360 back, [`train`] fits and rounds the weights, and
//! [`rate_code`] shows what the weights are worth to spiking neurons. Sums and products of pixels are exact in
//! `f64`, and what remains uses only correctly rounded operations in a fixed order, so [`train`] yields the same
//! weights on every platform.
//!
//! Origin and licence of the images: `examples/quickstart/DIGITS.md`.

pub mod rate_code;

mod train;

use std::io::Read;

pub use train::{Trained, Validation, accuracy, argmax, float_scores, integer_scores, quantize, train, weights_csv};

/// Pixels of an image, row by row from the top left: word lines 0 to 63.
pub const PIXELS: usize = 64;
/// Largest pixel value (the smallest is 0); a pixel of this value spikes in every time step.
pub const PIXEL_MAX: u8 = 16;
/// Classes, the digits 0 to 9: bit lines 0 to 9.
pub const CLASSES: usize = 10;
/// Images held back at the end of the file.
pub const HELD_BACK: usize = 360;

/// What can be wrong with the images, or with the normal equations made of them.
#[derive(Debug, thiserror::Error)]
pub enum DigitsError {
    /// Unreadable CSV, or a row with another number of fields than the header.
    #[error("digits: {0}")]
    Csv(#[from] csv::Error),
    /// The first line does not name the 65 columns.
    #[error(
        "digits: line 1: the header must be label,p0,...,p63 (65 columns), found {columns} columns beginning with `{first}`"
    )]
    Header {
        /// Number of columns found.
        columns: usize,
        /// Name of the first column found.
        first: String,
    },
    /// A label or pixel that is no integer of its range.
    #[error("digits: line {line}, column {column}: `{found}` must be an integer 0 to {max}")]
    Value {
        /// Line in the file, the header being line 1.
        line: u64,
        /// Name of the column.
        column: String,
        /// Text found.
        found: String,
        /// Largest value allowed.
        max: u8,
    },
    /// Too few images to train and hold back.
    #[error("digits: {found} images, must be at least {required}")]
    TooFew {
        /// Images found.
        found: usize,
        /// Smallest number allowed.
        required: usize,
    },
    /// The normal equations have no solution.
    #[error(transparent)]
    Ridge(#[from] bitspike_reference::ReferenceError),
}

/// One handwritten digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The digit, 0 to 9.
    pub label: u8,
    /// One value 0 to 16 per word line: [`PIXELS`] of them, one more after [`Image::with_bias`].
    pub pixels: Vec<u8>,
}

impl Image {
    /// The same image with a 65th word line that spikes in every time step, whose weights act as a bias.
    #[must_use]
    pub fn with_bias(&self) -> Self {
        let mut biased = self.clone();
        biased.pixels.push(PIXEL_MAX);
        biased
    }
}

/// Reads images from CSV with the header `label,p0,...,p63`.
///
/// # Errors
///
/// [`DigitsError::Csv`] for unreadable text or a row that has not 65 fields, [`DigitsError::Header`] for other
/// columns, [`DigitsError::Value`] for a label outside 0 to 9 or a pixel outside 0 to 16.
pub fn read_images(reader: impl Read) -> Result<Vec<Image>, DigitsError> {
    let mut csv = csv::Reader::from_reader(reader);
    let header = csv.headers()?.clone();
    check_header(&header)?;
    csv.records().map(|record| parse_image(&header, &record?)).collect()
}

fn check_header(header: &csv::StringRecord) -> Result<(), DigitsError> {
    let expected = std::iter::once("label".to_owned()).chain((0..PIXELS).map(|i| format!("p{i}")));
    if header.iter().map(str::to_owned).eq(expected) {
        return Ok(());
    }
    Err(DigitsError::Header { columns: header.len(), first: header.get(0).unwrap_or("").to_owned() })
}

fn parse_image(header: &csv::StringRecord, record: &csv::StringRecord) -> Result<Image, DigitsError> {
    let line = record.position().map_or(0, csv::Position::line);
    let mut values = record.iter().zip(header).map(|(found, column)| {
        let max = if column == "label" { 9 } else { PIXEL_MAX };
        let value = found.parse::<u8>().ok().filter(|value| *value <= max);
        value.ok_or_else(|| DigitsError::Value { line, column: column.to_owned(), found: found.to_owned(), max })
    });
    let label = values.next().expect("the header, and so each record, has 65 fields")?;
    Ok(Image { label, pixels: values.collect::<Result<_, _>>()? })
}

/// The images in two consecutive parts.
#[derive(Debug, Clone, Copy)]
pub struct Split<'a> {
    /// All images that may be looked at: those before the held-back part.
    pub train: &'a [Image],
    /// The last [`HELD_BACK`] images, for the final figure only.
    pub held_back: &'a [Image],
}

/// Holds the last 360 images back.
///
/// The file runs writer by writer. Cutting at a position instead of drawing at random therefore asks whether the
/// weights read the hand of people they were not fitted to, which is harder and is what a user meets; a random or
/// interleaved draw puts every writer on both sides. `DIGITS.md` has the figures of both, and how far the writers
/// of the two parts are really disjoint.
///
/// # Errors
///
/// [`DigitsError::TooFew`] unless there are at least twice as many images as are held back.
pub fn split(images: &[Image]) -> Result<Split<'_>, DigitsError> {
    let required = 2 * HELD_BACK;
    if images.len() < required {
        return Err(DigitsError::TooFew { found: images.len(), required });
    }
    let (train, held_back) = images.split_at(images.len() - HELD_BACK);
    Ok(Split { train, held_back })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn csv_with(label: &str, pixel_3: &str) -> String {
        let header = (0..64).map(|i| format!(",p{i}")).collect::<String>();
        let pixels = (0..64).map(|i| if i == 3 { format!(",{pixel_3}") } else { format!(",{}", i % 17) });
        format!("label{header}\n{label}{}\n", pixels.collect::<String>())
    }

    #[test]
    fn loads_label_and_pixels_in_order() {
        let images = read_images(csv_with("9", "16").as_bytes()).unwrap();
        let mut pixels: Vec<u8> = (0..64).map(|i| i % 17).collect();
        pixels[3] = 16;
        assert_eq!(images, [Image { label: 9, pixels }]);
    }

    #[test]
    fn the_bias_word_line_comes_last_and_is_always_on() {
        let image = &read_images(csv_with("1", "0").as_bytes()).unwrap()[0];
        let biased = image.with_bias();
        assert_eq!(biased.pixels[..64], image.pixels[..]);
        assert_eq!(biased.pixels[64..], [16]);
    }

    #[test]
    fn values_out_of_range_are_refused_with_line_and_column() {
        for (label, pixel, message) in [
            ("10", "0", "digits: line 2, column label: `10` must be an integer 0 to 9"),
            ("0", "17", "digits: line 2, column p3: `17` must be an integer 0 to 16"),
            ("0", "-1", "digits: line 2, column p3: `-1` must be an integer 0 to 16"),
            ("0", "1.5", "digits: line 2, column p3: `1.5` must be an integer 0 to 16"),
        ] {
            assert_eq!(read_images(csv_with(label, pixel).as_bytes()).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn another_header_or_row_length_is_refused() {
        let wrong = read_images("digit,p0\n1,2\n".as_bytes()).unwrap_err();
        assert!(matches!(&wrong, DigitsError::Header { columns: 2, first } if first == "digit"), "{wrong}");
        let swapped = csv_with("1", "2").replace("p1,p2", "p2,p1");
        assert!(matches!(read_images(swapped.as_bytes()), Err(DigitsError::Header { columns: 65, .. })));
        let short = csv_with("1", "2,3");
        assert!(matches!(read_images(short.as_bytes()), Err(DigitsError::Csv(_))));
    }

    #[test]
    fn the_parts_are_consecutive_and_cover_all_images() {
        let numbered = |n: usize| -> Vec<Image> {
            (0..n).map(|i| Image { label: 0, pixels: vec![(i / 256) as u8, (i % 256) as u8] }).collect()
        };
        let images = numbered(720);
        let parts = split(&images).unwrap();
        assert_eq!([parts.train, parts.held_back].concat(), images);
        assert_eq!((parts.train.len(), parts.held_back.len()), (360, 360));
        let few = split(&numbered(719)).unwrap_err();
        assert!(matches!(few, DigitsError::TooFew { found: 719, required: 720 }), "{few}");
    }
}
