/// A parameter outside its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReferenceError {
    /// A quantity that must be a finite number above zero.
    #[error("{name} is {value:e}, must be a finite number above 0")]
    NotPositive {
        /// Name of the parameter.
        name: &'static str,
        /// Value found, SI units.
        value: f64,
    },
    /// A quantity that must be a finite number, zero or above.
    #[error("{name} is {value:e}, must be a finite number, 0 or above")]
    Negative {
        /// Name of the parameter.
        name: &'static str,
        /// Value found, SI units.
        value: f64,
    },
    /// A quantity that must be a finite number.
    #[error("{name} is {value}, must be a finite number")]
    NotFinite {
        /// Name of the parameter.
        name: &'static str,
        /// Value found.
        value: f64,
    },
    /// A quantity outside its bounds.
    #[error("{name} is {value:e}, must be {low:e} to {high:e}")]
    OutOfRange {
        /// Name of the parameter.
        name: &'static str,
        /// Value found.
        value: f64,
        /// Smallest value allowed.
        low: f64,
        /// Largest value allowed.
        high: f64,
    },
    /// An index of a neuron or a population that does not exist.
    #[error("{name} is {index}, must be below {count}")]
    NoSuchIndex {
        /// What the index is of.
        name: &'static str,
        /// Index found.
        index: u32,
        /// How many there are.
        count: u32,
    },
    /// Connections or start values for another number of neurons than the population has.
    #[error("{name} is {found}, must be {neurons}, the number of neurons of the population")]
    SizeMismatch {
        /// What was counted.
        name: &'static str,
        /// Number found.
        found: u32,
        /// Number of neurons of the population.
        neurons: u32,
    },
    /// A threshold that the neuron has crossed as soon as it is reset.
    #[error("threshold is {threshold:e} V, must be above the potential after a reset, {v_after_reset:e} V")]
    ThresholdTooLow {
        /// Threshold found, volts.
        threshold: f64,
        /// Potential right after a spike at threshold, volts.
        v_after_reset: f64,
    },
    /// A time step too long for the forward Euler method to decay.
    #[error("dt is {dt:e} s, must be at most the time constant, {tau:e} s, for the Euler method")]
    StepTooLong {
        /// Time step found, seconds.
        dt: f64,
        /// Time constant, seconds.
        tau: f64,
    },
}

pub(crate) fn positive(name: &'static str, value: f64) -> Result<(), ReferenceError> {
    if value.is_finite() && value > 0.0 { Ok(()) } else { Err(ReferenceError::NotPositive { name, value }) }
}

pub(crate) fn not_negative(name: &'static str, value: f64) -> Result<(), ReferenceError> {
    if value.is_finite() && value >= 0.0 { Ok(()) } else { Err(ReferenceError::Negative { name, value }) }
}

pub(crate) fn in_range(name: &'static str, value: f64, low: f64, high: f64) -> Result<(), ReferenceError> {
    if value >= low && value <= high { Ok(()) } else { Err(ReferenceError::OutOfRange { name, value, low, high }) }
}

pub(crate) fn finite(name: &'static str, value: f64) -> Result<(), ReferenceError> {
    if value.is_finite() { Ok(()) } else { Err(ReferenceError::NotFinite { name, value }) }
}

pub(crate) fn index_below(name: &'static str, index: u32, count: u32) -> Result<(), ReferenceError> {
    if index < count { Ok(()) } else { Err(ReferenceError::NoSuchIndex { name, index, count }) }
}

pub(crate) fn same_size(name: &'static str, found: usize, neurons: usize) -> Result<(), ReferenceError> {
    let (found, neurons) = (found as u32, neurons as u32);
    if found == neurons { Ok(()) } else { Err(ReferenceError::SizeMismatch { name, found, neurons }) }
}
