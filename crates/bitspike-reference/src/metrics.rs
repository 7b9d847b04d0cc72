//! Figures of a pair of spike trains: how far is the tested train from the reference?
//!
//! One file per metric, its equation on top. Times are in seconds and strictly increasing within a train; a
//! [`SpikeTrain`] is checked once, so that the metrics need not. The book page `reference/metrics.md` says what each
//! metric sees and what it hides.
//!
//! | file | figure |
//! |---|---|
//! | [`spike_count`] | difference of spike counts, error of the mean rate |
//! | [`first_divergent_step`] | first time step in which only one train fires |
//! | [`matched`] | spike-time errors of matched spikes, spikes without a partner |
//! | [`lead_lag`] | how late the k-th spike is |
//! | [`coincidence`] | coincidence factor Gamma |
//! | [`victor_purpura`] | cheapest edit of one train into the other |
//! | [`van_rossum`] | distance of the filtered trains |
//! | [`isi_distance`] | relative difference of the interspike intervals |
//! | [`spike_distance`] | relative distance of the nearest spikes |
//! | [`membrane`] | error of a membrane potential up to a time step |
//! | [`comparison`] | all figures of a pair of trains |

pub mod coincidence;
pub mod comparison;
pub mod first_divergent_step;
mod intervals;
pub mod isi_distance;
pub mod lead_lag;
pub mod matched;
pub mod membrane;
pub mod spike_count;
pub mod spike_distance;
mod train;
pub mod van_rossum;
pub mod victor_purpura;

pub use comparison::{Options, TrainComparison, compare_trains};
pub use train::{Recording, SpikeTrain, times_of_steps};
