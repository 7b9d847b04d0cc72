//! The 20 firing patterns of Izhikevich 2004 in the bit-exact unit, beside the float reference: how many bits do they need?
//!
//! The unit is that of the bit-exact model, at widths beyond those of a core; the spikes of the float reference in the same order are the measure.
//! [`pair`] runs both, [`figure`] draws the figure of the paper, [`study`] tries widths and roundings, [`forms`] the forms without multipliers.

pub mod agreement;
pub mod figure;
pub mod forms;
pub mod map;
pub mod pair;
pub mod piecewise_linear;
pub mod study;
pub mod text;
pub mod unit;
