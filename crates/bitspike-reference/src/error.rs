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
    /// A spike time that is not finite, or not after the spike before it.
    #[error("spike {index} of {train} is at {time:e} s, must be finite and after {after:e} s")]
    SpikeTime {
        /// Which train.
        train: &'static str,
        /// Index of the spike, from 0.
        index: usize,
        /// Time found, seconds.
        time: f64,
        /// Time of the spike before it, seconds; minus infinity for the first.
        after: f64,
    },
    /// A spike outside the recording.
    #[error("{train} has a spike at {time:e} s, must lie in the recording, {start:e} s to {end:e} s")]
    SpikeOutside {
        /// Which train.
        train: &'static str,
        /// Time found, seconds.
        time: f64,
        /// Start of the recording, seconds.
        start: f64,
        /// End of the recording, seconds.
        end: f64,
    },
    /// A recording that ends before it starts.
    #[error("the recording ends at {end:e} s, must end at a finite time after its start, {start:e} s")]
    EmptyRecording {
        /// Start found, seconds.
        start: f64,
        /// End found, seconds.
        end: f64,
    },
    /// A slice of the wrong length.
    #[error("{name} has {found} values, must have {required}")]
    Length {
        /// Name of the argument.
        name: &'static str,
        /// Values found.
        found: usize,
        /// Values needed.
        required: usize,
    },
    /// A value that must be below a limit.
    #[error("{name} is {value:e}, must be below {limit:e}")]
    NotBelow {
        /// Name of the parameter.
        name: &'static str,
        /// Value found.
        value: f64,
        /// The limit.
        limit: f64,
    },
    /// The matrix to factor is not positive definite to working precision.
    #[error("ridge: pivot {row} is {pivot:e}, must be above 0: raise the penalty")]
    NotPositiveDefinite {
        /// Row of the pivot.
        row: usize,
        /// Value of the pivot before its square root.
        pivot: f64,
    },
    /// A choice of a core that means something in time steps only.
    #[error("{key} {what}")]
    NotContinuous {
        /// Key of the core file.
        key: &'static str,
        /// Its value, and why continuous time has nothing like it.
        what: &'static str,
    },
    /// Spikes that fire within a time step and come back in an order that depends on clock cycles.
    #[error(
        "events.loop_back with neuron.fire_check = \"per_operation\": the order of the spikes that come back depends on clock cycles, which float layers do not have"
    )]
    UnorderedLoopBack,
    /// A core whose array changes or is read through converters: it has no weights that hold for a whole run.
    #[error("the array has epochs or analogue read: float layers need the core with its ideal weights instead")]
    NoWeights,
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

pub(crate) fn length(name: &'static str, found: usize, required: usize) -> Result<(), ReferenceError> {
    if found == required { Ok(()) } else { Err(ReferenceError::Length { name, found, required }) }
}

pub(crate) fn below(name: &'static str, value: f64, limit: f64) -> Result<(), ReferenceError> {
    finite(name, value)?;
    if value < limit { Ok(()) } else { Err(ReferenceError::NotBelow { name, value, limit }) }
}

pub(crate) fn index_below(name: &'static str, index: u32, count: u32) -> Result<(), ReferenceError> {
    if index < count { Ok(()) } else { Err(ReferenceError::NoSuchIndex { name, index, count }) }
}

pub(crate) fn same_size(name: &'static str, found: usize, neurons: usize) -> Result<(), ReferenceError> {
    let (found, neurons) = (found as u32, neurons as u32);
    if found == neurons { Ok(()) } else { Err(ReferenceError::SizeMismatch { name, found, neurons }) }
}
