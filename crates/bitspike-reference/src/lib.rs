//! Float reference models: what the fixed-point core approximates.
//!
//! One file per model, SI units, one population per value. Nothing here shares arithmetic with the bit-exact
//! model; that independence is what an accuracy figure rests on. Exponentials and logarithms come from `libm`, so
//! a run yields the same bits on every platform.
//!
//! | file | model |
//! |---|---|
//! | [`lif`] | leaky integrate-and-fire neuron, its rate in closed form |
//! | [`synapse`] | exponential synapse |

mod error;
pub mod lif;
mod method;
pub mod synapse;

pub use error::ReferenceError;
pub use method::Method;
