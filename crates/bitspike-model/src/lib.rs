//! The bit-exact, cycle-accurate core, integers only.
//!
//! Written from the contract pages `docs/src/contract/{arithmetic,schedule,array,probe}.md`. One set of [`neuron`] step
//! functions serves two engines: [`CycleModel`] makes the probe record of every cycle, and [`Model::run`] with an
//! observer that does not ask for every cycle works on whole rows and skips cycles in closed form.

#![deny(clippy::float_arithmetic, clippy::as_conversions)]

pub mod neuron;

mod analogue;
mod cast;
mod cycle;
mod event;
mod machine;
mod memory;
mod observer;
mod record;
mod run;

pub use cycle::CycleModel;
pub use observer::{NullObserver, Observer, Spike, States};
pub use run::{FinalState, Model, Run, Summary};
