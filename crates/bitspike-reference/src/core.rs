//! A whole core as floats: the layers in front of the fixed-point model.
//!
//! A [`FloatCore`] takes the events of a stimulus and the structure of a core, but real parameters, no widths and no
//! rounding. Two layers are two ways to advance the neurons:
//!
//! | layer | advances by |
//! |---|---|
//! | [`FloatCore::discretised`] | the hardware's own operations in the hardware's order, in `f64` |
//! | [`FloatCore::continuous`] | the differential equations behind them, inside each time step |
//!
//! The discretised layer with [`RealParameters::stored`] has quantised constants and exact states.
//!
//! **Order.** Time is counted in time steps. Events act in the order of the stimulus: all that stand before a `time_step`
//! act before it, as in a core whose time steps are a barrier. Spikes of time step k that loop back are word-line events
//! before time step k + 1.
//!
//! Units: `v`, `u` and currents are `raw * 2^-frac`, as in the reports of the core (`izhikevich`: mV and ms).

mod continuous;
mod discretised;
mod parameters;
mod range;
mod run;
mod state;

pub use continuous::SUB_STEPS;
pub use parameters::{Parabola, RealNeuron, RealParameters, Reduction, SharedIzhikevich, lsb};
pub use range::{Range, Ranges};
pub use run::{FloatCore, FloatRun, NeuronTrace, StepSpike, Watch};
