//! The interspike intervals that hold at each instant of a recording, shared by ISI- and SPIKE-distance.

use super::{Recording, SpikeTrain};

/// The spikes of a train, or both ends of the recording if it has none (the convention of PySpike).
pub(super) fn spikes(train: SpikeTrain, recording: Recording) -> Vec<f64> {
    if train.times().is_empty() { vec![recording.start(), recording.end()] } else { train.times().to_vec() }
}

/// A stretch of the recording between two spikes of one train, or between a spike and an end of the recording.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interval {
    /// First instant, seconds.
    pub from: f64,
    /// Last instant, seconds.
    pub to: f64,
    /// Interspike interval that counts here, seconds.
    pub isi: f64,
    /// Index of the spike at its start and of that at its end; the same at the ends of the recording.
    pub spikes: (usize, usize),
}

/// The stretches that cover the recording, those of length 0 left out.
///
/// Before the first spike the interval counts as `max(t_0 - start, t_1 - t_0)`, after the last spike likewise.
pub(super) fn intervals(spikes: &[f64], recording: Recording) -> Vec<Interval> {
    let last = spikes.len() - 1;
    let isi = |k: usize| if k < last { spikes[k + 1] - spikes[k] } else { 0.0 };
    let edge = |(from, to, neighbour, spike): (f64, f64, f64, usize)| Interval {
        from,
        to,
        isi: neighbour.max(to - from),
        spikes: (spike, spike),
    };
    let head = edge((recording.start(), spikes[0], isi(0), 0));
    let tail = edge((spikes[last], recording.end(), isi(last.saturating_sub(1)), last));
    let inner = (0..last).map(|k| Interval { from: spikes[k], to: spikes[k + 1], isi: isi(k), spikes: (k, k + 1) });
    std::iter::once(head).chain(inner).chain([tail]).filter(|interval| interval.from < interval.to).collect()
}

/// Mean over the recording of `mean(a, b, from, to)`, the mean of a profile between two instants in which one interval
/// of each train holds.
pub(super) fn average(
    (a, b): (&[Interval], &[Interval]),
    mean: impl Fn(&Interval, &Interval, (f64, f64)) -> f64,
) -> f64 {
    let (mut i, mut j, mut integral) = (0, 0, 0.0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        let (from, to) = (x.from.max(y.from), x.to.min(y.to));
        integral += mean(x, y, (from, to)) * (to - from);
        i += usize::from(x.to <= to);
        j += usize::from(y.to <= to);
    }
    integral / (a[a.len() - 1].to - a[0].from)
}
