//! What a run leaves behind: spikes, traces, counters, and their files and pictures.
//!
//! A [`Recorder`] watches a run in constant memory: it streams spikes to a file and keeps what the pictures need, binned.

mod array_figures;
mod counters_json;
pub(crate) mod drawing;
mod grid;
mod label;
mod manifest;
pub(crate) mod pictures;
mod png;
mod raster;
mod recorder;
pub mod report;
mod summary;
pub(crate) mod svg;

pub use array_figures::{array_figures, array_json, array_text};
pub use counters_json::counters_json;
pub use grid::Grid;
pub use label::{Label, LabelWindows};
pub use manifest::{Hashes, Manifest, ToolVersion, sha256_hex, structure_hash};
pub use raster::raster;
pub use recorder::{DETAIL_STEPS, Recorder, RecorderOptions, RunResult, Spike};
pub(crate) use summary::grouped;
pub use summary::summary;
