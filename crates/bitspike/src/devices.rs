//! What the devices of a core's array cost: the core with one cause of error more or less, many times over.
//!
//! [`DeviceCore`] programs the array of a core anew, with other causes and another seed; [`Estimate`] is a mean over seeds with its
//! confidence interval; [`ageing`] is accuracy against time, [`costs`] what each cause costs.

pub mod ageing;
pub mod costs;

mod cause;
mod device_core;
mod estimate;
mod pool;

pub use cause::Cause;
pub use device_core::{Converters, DeviceCore};
pub use estimate::Estimate;
pub(crate) use pool::run_all;
