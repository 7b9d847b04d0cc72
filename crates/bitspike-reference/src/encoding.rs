//! Encoding: from a vector to the currents, rates and spikes of a population.
//!
//! ```text
//! J_i = gain_i <e_i, x / radius> + bias_i           current, the threshold being J = 1
//! a_i = G[J_i]                                      rate, hertz
//! ```
//!
//! The first principle of the Neural Engineering Framework, with the rules of Nengo. In Nengo's units the current and
//! the potential have no dimension: a constant current of 1 just reaches the threshold 1. Source: Eliasmith & Anderson
//! 2003, *Neural Engineering*, chapter 4.
//!
//! | item | is |
//! |---|---|
//! | [`Population`] | encoders, gains and biases; currents and tuning curves |
//! | [`Nonlinearity`] | G\[J\], and the gain and bias that give a wanted maximum rate and intercept |
//! | [`SpikingLif`] | the spiking neuron behind the LIF rate |

mod nonlinearity;
mod population;
mod spiking_lif;

pub use nonlinearity::{LifTimes, Nonlinearity, Tuning};
pub use population::Population;
pub use spiking_lif::SpikingLif;
