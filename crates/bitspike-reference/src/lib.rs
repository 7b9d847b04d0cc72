//! Float reference models: what the fixed-point core approximates.
//!
//! One file per model, SI units, one population per value. Nothing here shares arithmetic with the bit-exact
//! model; that independence is what an accuracy figure rests on. Exponentials and logarithms come from `libm`, so
//! a run yields the same bits on every platform.
//!
//! | file | model |
//! |---|---|
//! | [`core`] | a whole core in `f64`: the layers in front of the fixed-point model |
//! | [`decoding`] | low-pass filters, decoders by regularised least squares |
//! | [`encoding`] | population encoders, rates and spikes of Nengo's LIF neuron |
//! | [`f_i`] | f-I curve of any neuron |
//! | [`lif`] | leaky integrate-and-fire neuron, its rate in closed form |
//! | [`metrics`] | figures of a pair of spike trains |
//! | [`synapse`] | exponential synapse |

pub mod core;
pub mod decoding;
pub mod encoding;
mod error;
pub mod f_i;
pub mod lif;
mod method;
pub mod metrics;
pub mod synapse;

pub use error::ReferenceError;
pub use method::Method;
