//! From images to integer weights: penalty, float weights, scale, rounding.

use bitspike_reference::decoding::ridge;

use super::{CLASSES, DigitsError, Image, PIXEL_MAX, Split};

/// Ridge penalties tried, in ascending order.
const LAMBDAS: [f64; 10] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0];
/// Blocks of consecutive training images that take turns in validation.
const BLOCKS: usize = 5;
/// Bit lines of the array; those beyond the classes carry weight 0.
const BIT_LINES: usize = 16;

/// Share of right answers, 0 to 1, before and after rounding the weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Validation {
    /// With the float weights.
    pub float: f64,
    /// With the integer weights.
    pub integer: f64,
}

/// Weights fitted to the training part of a split.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// Ridge penalty chosen by validation.
    pub lambda: f64,
    /// Accuracy in validation at this penalty: each training image judged by weights fitted without its block.
    pub validation: Validation,
    /// Float weights fitted to the whole training part, one row per word line.
    pub float: Vec<[f64; CLASSES]>,
    /// Integers per unit of float weight.
    pub scale: f64,
    /// Rounded weights, one row per word line.
    pub weights: Vec<[i32; CLASSES]>,
}

/// Fits one-vs-rest ridge regression to pixel rates and rounds the weights to signed integers.
///
/// ```text
/// x = p / 16;   t[c] = (label == c) ? 1 : 0;   W = ridge(x, t, lambda);   weights = quantize(W, scale, bits)
/// ```
///
/// `lambda` has the best integer accuracy when each fifth of the training part (consecutive images, so mostly
/// writers of its own) is judged by weights fitted to the other four; among equals the largest. `scale` has the best
/// integer accuracy on the images fitted; among equals the smallest. The held-back part is never read.
///
/// Targets are 0 and 1, not -1 and 1: without a bias the latter drive most neurons below zero and few spikes remain.
///
/// # Errors
///
/// [`DigitsError::Ridge`] if the normal equations cannot be solved.
///
/// # Panics
///
/// When `bits` is not 2 to 16.
pub fn train(parts: &Split<'_>, bits: u32) -> Result<Trained, DigitsError> {
    let (lambda, validation) = choose_lambda(parts.train, bits)?;
    let float = fit(parts.train, lambda)?;
    let scale = choose_scale(&float, parts.train, bits);
    let weights = quantize(&float, scale, bits);
    Ok(Trained { lambda, validation, float, scale, weights })
}

fn fit(images: &[Image], lambda: f64) -> Result<Vec<[f64; CLASSES]>, DigitsError> {
    let inputs: Vec<Vec<f64>> = images.iter().map(rates).collect();
    let targets: Vec<[f64; CLASSES]> = images.iter().map(one_hot).collect();
    let weights = ridge(&inputs, &targets, lambda)?;
    Ok(weights.into_iter().map(|row| row.try_into().expect("as many columns as targets")).collect())
}

fn rates(image: &Image) -> Vec<f64> {
    image.pixels.iter().map(|&p| f64::from(p) / f64::from(PIXEL_MAX)).collect()
}

fn one_hot(image: &Image) -> [f64; CLASSES] {
    std::array::from_fn(|class| if class == usize::from(image.label) { 1.0 } else { 0.0 })
}

fn choose_lambda(images: &[Image], bits: u32) -> Result<(f64, Validation), DigitsError> {
    let mut best = (0.0, Validation { float: 0.0, integer: 0.0 });
    for lambda in LAMBDAS {
        let found = validate(images, lambda, bits)?;
        if found.integer >= best.1.integer {
            best = (lambda, found);
        }
    }
    Ok(best)
}

fn validate(images: &[Image], lambda: f64, bits: u32) -> Result<Validation, DigitsError> {
    let mut sum = Validation { float: 0.0, integer: 0.0 };
    for block in 0..BLOCKS {
        let (from, to) = (block * images.len() / BLOCKS, (block + 1) * images.len() / BLOCKS);
        let others = [&images[..from], &images[to..]].concat();
        let float = fit(&others, lambda)?;
        let integer = quantize(&float, choose_scale(&float, &others, bits), bits);
        let share = (to - from) as f64 / images.len() as f64;
        sum.float += share * float_accuracy(&images[from..to], &float);
        sum.integer += share * integer_accuracy(&images[from..to], &integer);
    }
    Ok(sum)
}

/// Tries scales that send the largest weight to 1 to 6 times the end of the integer range, in steps of 1/4: below 1,
/// codes would stay unused.
fn choose_scale(weights: &[[f64; CLASSES]], images: &[Image], bits: u32) -> f64 {
    let largest = weights.as_flattened().iter().fold(0.0, |m: f64, w| m.max(w.abs()));
    let full = f64::from(1 << (bits - 1));
    let mut best = (0.0, -1.0);
    for quarters in 4..=24 {
        let scale = full * f64::from(quarters) / (4.0 * largest);
        let found = integer_accuracy(images, &quantize(weights, scale, bits));
        if found > best.1 {
            best = (scale, found);
        }
    }
    best.0
}

/// Rounds weights to signed integers.
///
/// ```text
/// q = clamp(round(scale w), -2^(bits-1), 2^(bits-1) - 1)
/// ```
///
/// Rounds to the nearest integer, halves away from zero; saturates.
///
/// # Panics
///
/// When `bits` is not 2 to 16.
///
/// # Example
///
/// ```
/// let row = [0.5, -0.5, 1.49, 9.0, -9.0, 0.0, 0.0, 0.0, 0.0, 0.0];
/// let rounded = bitspike::digits::quantize(&[row], 1.0, 4);
/// assert_eq!(rounded[0][..5], [1, -1, 1, 7, -8]);
/// ```
#[must_use]
pub fn quantize(weights: &[[f64; CLASSES]], scale: f64, bits: u32) -> Vec<[i32; CLASSES]> {
    assert!((2..=16).contains(&bits), "bits is {bits}, must be 2 to 16");
    let end = f64::from(1 << (bits - 1));
    weights.iter().map(|row| row.map(|w| (w * scale).round().clamp(-end, end - 1.0) as i32)).collect()
}

/// Score of each class with float weights on pixel rates: sum of `w p / 16` over the word lines, dimensionless.
#[must_use]
pub fn float_scores(image: &Image, weights: &[[f64; CLASSES]]) -> [f64; CLASSES] {
    let mut scores = [0.0; CLASSES];
    for (x, row) in rates(image).into_iter().zip(weights) {
        for (score, w) in scores.iter_mut().zip(row) {
            *score += x * w;
        }
    }
    scores
}

/// Score of each class with integer weights on pixels: sum of `w p` over the word lines, exact.
#[must_use]
pub fn integer_scores(image: &Image, weights: &[[i32; CLASSES]]) -> [i32; CLASSES] {
    let mut scores = [0; CLASSES];
    for (&pixel, row) in image.pixels.iter().zip(weights) {
        for (score, w) in scores.iter_mut().zip(row) {
            *score += i32::from(pixel) * w;
        }
    }
    scores
}

/// Index of the largest score, the lowest index among equals.
#[must_use]
pub fn argmax<T: PartialOrd>(scores: &[T; CLASSES]) -> usize {
    (1..CLASSES).fold(0, |best, class| if scores[class] > scores[best] { class } else { best })
}

/// Share of images, 0 to 1, whose label is the class found for them.
#[must_use]
pub fn accuracy(images: &[Image], classes: impl Iterator<Item = usize>) -> f64 {
    let right = images.iter().zip(classes).filter(|(image, class)| usize::from(image.label) == *class).count();
    right as f64 / images.len() as f64
}

fn float_accuracy(images: &[Image], weights: &[[f64; CLASSES]]) -> f64 {
    accuracy(images, images.iter().map(|image| argmax(&float_scores(image, weights))))
}

fn integer_accuracy(images: &[Image], weights: &[[i32; CLASSES]]) -> f64 {
    accuracy(images, images.iter().map(|image| argmax(&integer_scores(image, weights))))
}

/// The weights as text: one row per word line, 16 comma-separated columns of which 10 to 15 are 0, no header.
#[must_use]
pub fn weights_csv(weights: &[[i32; CLASSES]]) -> String {
    let cell = |row: &[i32; CLASSES], column| row.get(column).copied().unwrap_or(0).to_string();
    let line = |row| (0..BIT_LINES).map(|column| cell(row, column)).collect::<Vec<_>>().join(",");
    weights.iter().map(|row| line(row) + "\n").collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_index_wins_a_tie() {
        assert_eq!(argmax(&[0, 3, 1, 3, 0, 0, 0, 0, 0, 0]), 1);
    }

    #[test]
    fn float_and_integer_scores_agree_up_to_the_sixteenth() {
        let image = Image { label: 0, pixels: vec![16, 3] };
        let weights = [[7, -8, 1, 0, 0, 0, 0, 0, 0, 2], [1, 5, -8, 7, 0, 0, 0, 0, 0, 0]];
        let integer = integer_scores(&image, &weights);
        assert_eq!(integer[..4], [115, -113, -8, 21]);
        let float = float_scores(&image, &weights.map(|row| row.map(f64::from)));
        assert_eq!(float.map(|score| score * 16.0), integer.map(f64::from));
    }

    #[test]
    fn equal_pixels_without_penalty_are_refused() {
        let error = fit(&[Image { label: 0, pixels: vec![16, 16] }], 0.0).unwrap_err();
        assert_eq!(error.to_string(), "ridge: pivot 1 is 0e0, must be above 0: raise the penalty");
    }

    #[test]
    fn accuracy_is_the_share_of_right_answers() {
        let images = [3, 1, 2, 2].map(|label| Image { label, pixels: vec![] });
        assert_eq!(accuracy(&images, [3, 1, 0, 2].into_iter()), 0.75);
    }

    #[test]
    fn among_equals_the_smallest_scale_and_the_largest_penalty_win() {
        let images = vec![Image { label: 0, pixels: vec![16] }; 10];
        let mut weights = [[0.0; CLASSES]];
        weights[0][0] = 0.5;
        assert_eq!(choose_scale(&weights, &images, 4), 16.0);
        assert_eq!(choose_lambda(&images, 4).unwrap().0, 300.0);
    }

    #[test]
    fn unused_bit_lines_are_zero() {
        let text = weights_csv(&[[-8, 7, 0, 0, 0, 0, 0, 0, 0, 1]]);
        assert_eq!(text, "-8,7,0,0,0,0,0,0,0,1,0,0,0,0,0,0\n");
    }

    #[test]
    #[should_panic(expected = "bits is 1, must be 2 to 16")]
    fn a_single_bit_is_refused() {
        let _ = quantize(&[], 1.0, 1);
    }
}
