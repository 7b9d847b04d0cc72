//! Generators: what one word line does in one time step, without state between word lines.

use crate::config::probability_words;
use crate::random::{CellRng, Stream};

/// Whether a word line spikes in a step of a Poisson source with the spike probability `p` per step.
///
/// ```text
/// spike = word(seed, poisson, word_line, step) < round(p * 2^32)
/// ```
///
/// `p` is clamped to `[0, 1]`; the answer does not depend on what was asked before.
#[must_use]
pub fn poisson(seed: u64, p: f64, word_line: u32, step: u64) -> bool {
    let [word, ..] = CellRng::new(seed, Stream::Poisson, word_line).block(step);
    u64::from(word) < probability_words(p.clamp(0.0, 1.0))
}

/// Steps of the spikes of a rate-coded value, spread evenly: `floor(steps * value / max)` of them.
///
/// ```text
/// acc = acc + value;   spike = acc >= max;   acc = spike ? acc - max : acc        acc starts at 0
/// ```
///
/// `value` is 0 to `max`, `max` at least 1. Exact integers.
///
/// # Example
/// ```
/// use bitspike_spec::stimulus::generate::rate;
///
/// assert_eq!(rate(8, 16, 5).collect::<Vec<_>>(), [1, 3]);
/// ```
pub fn rate(value: i64, max: i64, steps: u64) -> impl Iterator<Item = u64> {
    let mut acc = 0;
    (0..steps).filter(move |_| {
        acc += value;
        let spike = acc >= max;
        acc -= if spike { max } else { 0 };
        spike
    })
}

/// Step of the single spike of a latency-coded value: 0 for `max`, later for less, `None` for 0.
///
/// ```text
/// step = floor((max - value) * (steps - 1) / max)
/// ```
///
/// `value` is 0 to `max`, `max` at least 1, `steps` at least 1. Exact integers.
#[must_use]
pub fn latency(value: i64, max: i64, steps: u64) -> Option<u64> {
    let late = i128::from(max - value) * i128::from(steps - 1) / i128::from(max);
    (value > 0).then_some(late as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_code_spreads_its_spikes_evenly() {
        for max in 1..=17 {
            for value in 0..=max {
                for steps in 0..40 {
                    let spikes: Vec<u64> = rate(value, max, steps).collect();
                    // In closed form: a spike in step s when floor((s + 1) value / max) has grown.
                    let counted = |s: u64| (s as i64) * value / max;
                    let expected: Vec<u64> = (0..steps).filter(|&s| counted(s + 1) > counted(s)).collect();
                    assert_eq!(spikes, expected, "{value}/{max} in {steps}");
                }
            }
        }
    }

    #[test]
    fn brighter_means_earlier() {
        let steps = (0..=16).map(|value| latency(value, 16, 9)).collect::<Vec<_>>();
        assert_eq!(steps[0], None);
        assert_eq!(steps[16], Some(0));
        assert_eq!(steps[8], Some(4));
        assert_eq!(steps[1], Some(7), "15 * 8 / 16 = 7.5");
        assert!(steps[1..].is_sorted_by(|a, b| a >= b));
        assert_eq!(latency(1, 1, 1), Some(0));
    }

    #[test]
    fn poisson_counts_follow_the_binomial_law() {
        // 64 word lines x 5000 steps, p = 0.2: mean 64000, standard deviation sqrt(n p q) = 226.3; six of them.
        let count = (0..64).flat_map(|w| (0..5000).map(move |s| poisson(9, 0.2, w, s))).filter(|&spike| spike).count();
        assert!((count as f64 - 64_000.0).abs() < 6.0 * 226.3, "{count}");
        assert!((0..1000).all(|s| poisson(9, 1.0, 3, s)));
        assert!((0..1000).all(|s| !poisson(9, 0.0, 3, s)));
    }
}
