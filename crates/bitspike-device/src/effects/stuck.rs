//! Stuck devices and broken lines.

use crate::config::ArrayConfig;
use crate::device::{Device, Effect, Moment};
use crate::error::{DeviceError, check_range};
use bitspike_spec::random::{Stream, uniform};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[array.stuck]`: probabilities, each 0 to 1; `low + high + open` at most 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StuckConfig {
    /// Stuck at `g_min` (high resistance, also called SA0).
    pub low: f64,
    /// Stuck at `g_max` (low resistance, also called SA1).
    pub high: f64,
    /// Open: conducts nothing.
    pub open: f64,
    /// A whole word line of a plane is open.
    pub word_line: f64,
    /// A whole bit line of a plane is open.
    pub bit_line: f64,
}

/// Stuck devices: one uniform number `u` for each device and each line.
///
/// ```text
/// u(line) < p_line                              0     (open)
/// u < p_high                                    g_max
/// u > 1 - p_low                                 g_min
/// 1 - p_low - p_open < u <= 1 - p_low           0
/// ```
///
/// Streams `Stuck`, `WordLine`, `BitLine`, block 0. Published rates: 9.77 % and 13.48 % of the devices of two measured
/// ReRAM arrays are corrupt (presets of aihwkit 1.2.0, IEDM 2022).
#[derive(Clone, Debug)]
pub struct Stuck {
    rates: StuckConfig,
    g_min: f64,
    g_max: f64,
}

pub(crate) fn make(config: &ArrayConfig) -> Result<Option<Box<dyn Effect>>, DeviceError> {
    let Some(rates) = &config.stuck else { return Ok(None) };
    let keys = [("low", rates.low), ("high", rates.high), ("open", rates.open)];
    for (key, rate) in keys.into_iter().chain([("word_line", rates.word_line), ("bit_line", rates.bit_line)]) {
        check_range(&format!("array.stuck.{key}"), rate, (0.0, 1.0))?;
    }
    check_range("array.stuck: low + high + open", rates.low + rates.high + rates.open, (0.0, 1.0))?;
    Ok(Some(Box::new(Stuck { rates: rates.clone(), g_min: config.g_min * 1e6, g_max: config.g_max * 1e6 })))
}

impl Stuck {
    fn line_is_open(&self, at: &Moment, device: &Device) -> bool {
        let place = device.place;
        let open =
            |stream, line, rate| rate > 0.0 && uniform(at.draws.line(stream, (place.plane(), line), 0)[0]) < rate;
        open(Stream::WordLine, place.word_line(), self.rates.word_line)
            || open(Stream::BitLine, place.bit_line(), self.rates.bit_line)
    }
}

impl Effect for Stuck {
    fn apply(&self, at: &Moment, devices: &mut [Device]) {
        at.draws.each(Stream::Stuck, devices, |device, word| {
            if self.line_is_open(at, device) {
                device.stick(0.0);
            } else {
                self.stick(device, uniform(word));
            }
        });
    }
}

impl Stuck {
    #[inline]
    fn stick(&self, device: &mut Device, u: f64) {
        let rates = &self.rates;
        if u < rates.high {
            device.stick(self.g_max);
        } else if u > 1.0 - rates.low {
            device.stick(self.g_min);
        } else if u > 1.0 - rates.low - rates.open {
            device.stick(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{MILLION, after, chi_squared, moment};

    fn stuck(rates: StuckConfig) -> Stuck {
        Stuck { rates, g_min: 1.0, g_max: 40.0 }
    }

    /// Three degrees of freedom: 11.34 is the 1 % point of chi-squared.
    #[test]
    fn shares_are_the_probabilities() {
        let rates = StuckConfig { low: 0.0175, high: 0.0904, open: 0.01, ..StuckConfig::default() };
        let g = after(&stuck(rates), &moment(0.0), (MILLION, 20.0));
        let count = |value: f64| g.iter().filter(|&&g| g == value).count() as u64;
        let counts = [count(1.0), count(40.0), count(0.0), count(20.0)];
        assert_eq!(counts.iter().sum::<u64>(), 1_000_000);
        let chi = chi_squared(&counts, &[17_500.0, 90_400.0, 10_000.0, 882_100.0]);
        assert!(chi < 11.34, "{chi}: {counts:?}");
    }

    /// One degree of freedom each: 6.63 is the 1 % point.
    #[test]
    fn whole_lines_are_open_and_nothing_else() {
        for (rates, by_row) in [
            (StuckConfig { word_line: 0.1, ..StuckConfig::default() }, true),
            (StuckConfig { bit_line: 0.1, ..StuckConfig::default() }, false),
        ] {
            let g = after(&stuck(rates), &moment(0.0), (MILLION, 20.0));
            let (lines, cells) = if by_row { (976, 1024) } else { (1024, 976) };
            let at = |line: usize, k: usize| if by_row { line * 1024 + k } else { k * 1024 + line };
            let open = (0..lines).filter(|&line| g[at(line, 0)] == 0.0).count() as u64;
            for line in 0..lines {
                assert!((0..cells).all(|k| g[at(line, k)] == g[at(line, 0)]), "line {line}");
            }
            let (n, total) = (0.1 * lines as f64, lines as u64);
            let chi = chi_squared(&[open, total - open], &[n, total as f64 - n]);
            assert!(chi < 6.63, "{open} of {lines}");
        }
    }
}
