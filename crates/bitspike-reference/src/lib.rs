//! Float reference models: what the fixed-point core approximates.
//!
//! One file per model, one population per value; SI units, or the units of the literature where every textbook uses
//! them (said beside each number). Nothing here shares arithmetic with the bit-exact model; that independence is what
//! an accuracy figure rests on. Exponentials and logarithms come from `libm` or from [`exp`], so a run yields the same
//! bits on every platform.
//!
//! | file | model |
//! |---|---|
//! | [`core`] | a whole core in `f64`: the layers in front of the fixed-point model |
//! | [`decoding`] | low-pass filters, decoders by regularised least squares |
//! | [`encoding`] | population encoders, rates and spikes of Nengo's LIF neuron |
//! | [`exp`](mod@exp) | exponentials that vectorise and give the same bits everywhere |
//! | [`f_i`] | f-I curve of any neuron |
//! | [`hodgkin_huxley`] | Hodgkin-Huxley squid axon; forward Euler, exponential Euler, Runge-Kutta 4 |
//! | [`izhikevich`] | Izhikevich neuron; sequential, simultaneous, Runge-Kutta 4, half steps; the 20 patterns of 2004 |
//! | [`lif`] | leaky integrate-and-fire neuron, its rate in closed form |
//! | [`metrics`] | figures of a pair of spike trains |
//! | [`network`] | populations, connections with delays; CUBA, COBAHH, the network of Izhikevich 2003 |
//! | [`synapse`] | exponential, double-exponential and 3-tau synapses, current or conductance based; postsynaptic potential |

pub mod core;
pub mod decoding;
pub mod encoding;
mod error;
pub mod exp;
pub mod f_i;
pub mod hodgkin_huxley;
pub mod izhikevich;
pub mod lif;
mod method;
pub mod metrics;
pub mod network;
mod random;
pub mod synapse;

pub use error::ReferenceError;
pub use method::Method;
