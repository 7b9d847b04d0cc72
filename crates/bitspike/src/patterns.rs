//! The 20 firing patterns of Izhikevich 2004 in the bit-exact unit, beside the float reference: how many bits do they need?
//!
//! The unit is that of the bit-exact model, at widths beyond those of a core; the spikes of the float reference in the same order are the measure.

pub mod agreement;
pub mod study;
pub mod unit;
