//! The device effects and the order in which they act.

pub mod drift;
pub mod endurance;
pub mod flicker;
pub mod nonlinear;
pub mod read_noise;
pub mod relaxation;
pub mod spread;
pub mod stuck;
pub mod telegraph;
pub mod temperature;
pub mod write_verify;

use crate::config::ArrayConfig;
use crate::device::Effect;
use crate::error::DeviceError;

/// Makes an effect from the configuration, or nothing when it is off.
pub(crate) type Make = fn(&ArrayConfig) -> Result<Option<Box<dyn Effect>>, DeviceError>;

/// Effects of programming, once, in this order.
pub(crate) const PROGRAMMING: [Make; 5] =
    [stuck::make, spread::make, write_verify::make, relaxation::make, endurance::make];

/// Effects of time, in this order, on the programmed devices anew at each epoch.
pub(crate) const AGEING: [Make; 2] = [drift::make, telegraph::make];

/// The effects of a table that are on.
///
/// # Errors
/// [`DeviceError`] for a parameter out of its range.
pub(crate) fn switched_on(table: &[Make], config: &ArrayConfig) -> Result<Vec<Box<dyn Effect>>, DeviceError> {
    table.iter().filter_map(|make| make(config).transpose()).collect()
}
