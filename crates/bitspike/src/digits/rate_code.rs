//! What the integer weights are worth to spiking neurons: a plain rate code, without leak and without a core.
//!
//! This is for orientation when weights and threshold are chosen. It is not the core's model and shares no code
//! with it.

use super::{CLASSES, Image, PIXEL_MAX, accuracy};

/// Time steps for which each image is shown.
pub const TIME_STEPS: usize = 20;
/// Range of the membrane potential, signed 12 bits.
pub const V_RANGE: (i32, i32) = (-2048, 2047);
/// Largest threshold tried by [`choose_threshold`].
pub const THRESHOLD_MAX: i32 = 400;

/// Sum of the weights of the spiking word lines, per time step and neuron.
pub type Drive = [[i32; CLASSES]; TIME_STEPS];

/// The word lines that spike in each time step.
///
/// ```text
/// acc = acc + p;   spike = acc >= 16;   acc = spike ? acc - 16 : acc        acc starts at 0
/// ```
///
/// A pixel p thus spikes floor(20 p / 16) times, spread evenly. Exact integers.
#[must_use]
pub fn spikes(image: &Image) -> [Vec<usize>; TIME_STEPS] {
    let mut acc = vec![0; image.pixels.len()];
    std::array::from_fn(|_| (0..acc.len()).filter(|&i| accumulate(&mut acc[i], image.pixels[i])).collect())
}

fn accumulate(acc: &mut u8, pixel: u8) -> bool {
    *acc += pixel;
    let spike = *acc >= PIXEL_MAX;
    if spike {
        *acc -= PIXEL_MAX;
    }
    spike
}

/// The input of each neuron in each time step: the weights of the spiking word lines, summed exactly.
///
/// # Panics
///
/// When the image has more word lines than `weights` has rows.
#[must_use]
pub fn drive(image: &Image, weights: &[[i32; CLASSES]]) -> Drive {
    spikes(image).map(|lines| {
        let mut sums = [0; CLASSES];
        for line in lines {
            for (sum, weight) in sums.iter_mut().zip(&weights[line]) {
                *sum += weight;
            }
        }
        sums
    })
}

/// What the ten neurons did during one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Response {
    /// Spikes of each neuron, at most one per time step.
    pub counts: [u32; CLASSES],
    /// Membrane potentials after the last time step, raw.
    pub v: [i32; CLASSES],
}

impl Response {
    /// The class decided for: most spikes, then the higher membrane potential, then the lower index.
    #[must_use]
    pub fn class(&self) -> usize {
        let rank = |&class: &usize| (self.counts[class], self.v[class], std::cmp::Reverse(class));
        (0..CLASSES).max_by_key(rank).expect("there are ten classes")
    }

    /// Whether the spike counts alone leave the decision open.
    #[must_use]
    pub fn is_tied(&self) -> bool {
        let most = self.counts.iter().max();
        self.counts.iter().filter(|&count| Some(count) == most).count() > 1
    }
}

/// Runs ten neurons without leak from v = 0 through the drive of one image.
///
/// ```text
/// v = sat12(v + drive);   spike = v >= threshold;   v = spike ? v - threshold : v
/// ```
///
/// Raw integers; the addition saturates in [`V_RANGE`]; one threshold check per time step.
#[must_use]
pub fn respond(drive: &Drive, threshold: i32) -> Response {
    let mut response = Response { counts: [0; CLASSES], v: [0; CLASSES] };
    for step in drive {
        for ((v, count), input) in response.v.iter_mut().zip(&mut response.counts).zip(step) {
            *v = (*v + input).clamp(V_RANGE.0, V_RANGE.1);
            if *v >= threshold {
                *v -= threshold;
                *count += 1;
            }
        }
    }
    response
}

/// Accuracy and share of tied spike counts over a set of images, both 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Share of images whose class was found.
    pub accuracy: f64,
    /// Share of images whose largest spike count was shared by several neurons.
    pub tied: f64,
}

/// Runs all images at one threshold.
#[must_use]
pub fn score(images: &[Image], drives: &[Drive], threshold: i32) -> Score {
    let responses: Vec<Response> = drives.iter().map(|drive| respond(drive, threshold)).collect();
    let tied = responses.iter().filter(|response| response.is_tied()).count();
    let classes = responses.iter().map(Response::class);
    Score { accuracy: accuracy(images, classes), tied: tied as f64 / images.len() as f64 }
}

/// The threshold 1 to [`THRESHOLD_MAX`] with the best accuracy on `images`; among equals the one with the fewest
/// tied spike counts, then the lowest.
#[must_use]
pub fn choose_threshold(images: &[Image], weights: &[[i32; CLASSES]]) -> i32 {
    let drives: Vec<Drive> = images.iter().map(|image| drive(image, weights)).collect();
    let mut best = (1, score(images, &drives, 1));
    for threshold in 2..=THRESHOLD_MAX {
        let found = score(images, &drives, threshold);
        if (found.accuracy, -found.tied) > (best.1.accuracy, -best.1.tied) {
            best = (threshold, found);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn single(pixel: u8) -> Image {
        Image { label: 0, pixels: vec![pixel] }
    }

    #[test]
    fn a_pixel_spikes_floor_of_twenty_sixteenths_times() {
        for pixel in 0..=PIXEL_MAX {
            let count: usize = spikes(&single(pixel)).iter().map(Vec::len).sum();
            assert_eq!(count, TIME_STEPS * usize::from(pixel) / 16, "pixel {pixel}");
        }
    }

    #[test]
    fn half_intensity_spikes_in_every_second_step() {
        let lines = spikes(&single(8));
        assert!(lines.iter().enumerate().all(|(step, lines)| lines.len() == step % 2));
    }

    #[test]
    fn the_reset_subtracts_and_at_most_one_spike_leaves_per_step() {
        let mut weights = [[0; CLASSES]];
        weights[0][0] = 3;
        weights[0][1] = 12;
        weights[0][2] = 5;
        let response = respond(&drive(&single(16), &weights), 5);
        assert_eq!(response.counts[..3], [12, 20, 20]);
        assert_eq!(response.v[..3], [0, 140, 0]);
        assert!(response.is_tied());
        assert_eq!(response.class(), 1);
    }

    #[test]
    fn the_membrane_saturates_at_twelve_bits() {
        let drive = [[-512, 512, 0, 0, 0, 0, 0, 0, 0, 0]; TIME_STEPS];
        assert_eq!(respond(&drive, 4000).v[..2], [-2048, 2047]);
    }

    #[test]
    fn equal_counts_and_membranes_fall_to_the_lower_index() {
        let response = Response { counts: [0, 2, 2, 2, 0, 0, 0, 0, 0, 0], v: [9, 1, 3, 3, 0, 0, 0, 0, 0, 0] };
        assert_eq!(response.class(), 2);
    }

    #[test]
    fn the_threshold_that_separates_is_chosen() {
        let images = [Image { label: 1, pixels: vec![16] }];
        let mut weights = [[0; CLASSES]];
        (weights[0][0], weights[0][1]) = (4, 5);
        let threshold = choose_threshold(&images, &weights);
        let found = score(&images, &[drive(&images[0], &weights)], threshold);
        assert_eq!((threshold, found.accuracy, found.tied), (5, 1.0, 0.0));
    }
}
