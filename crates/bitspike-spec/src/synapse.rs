//! The structure of a synapse: filter, polarities, delay slots.
//!
//! Contract: `docs/src/contract/arithmetic.md`, sections State and parameters, Synaptic operation, Time step.

use crate::coded::coded_enum;

coded_enum! {
    /// Filter between the spikes and the synaptic current.
    Filter {
        /// One accumulator: `exp(-t/tau)`.
        Exponential = 0 => "exponential",
        /// Two accumulators: `exp(-t/tau_slow) - exp(-t/tau_rise)`.
        DoubleExponential = 1 => "double_exponential",
        /// Four accumulators: `(1 - exp(-t/tau_rise)) (a exp(-t/tau_fast) + (1-a) exp(-t/tau_slow))`.
        ThreeTau = 2 => "three_tau",
    }
}

coded_enum! {
    /// Whether excitatory and inhibitory weights share their accumulators.
    Polarity {
        /// They do: one set, one set of time constants.
        Signed = 0 => "signed",
        /// Weights of either sign have accumulators and time constants of their own.
        Split = 1 => "split",
    }
}

/// Choices and widths of the synaptic current, besides its own width, overflow and decay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Synapse {
    /// Filter.
    pub filter: Filter,
    /// Polarities.
    pub polarity: Polarity,
    /// Right shift of the summed current on its way to the neuron, 0 to 15.
    pub shift: u32,
    /// Fraction bits of the gains, 1 to 16 with `three_tau`, else 0.
    pub gain_bits: u32,
    /// Time steps an event can be held back, plus 1; a power of two, 1 to 64.
    pub delay_slots: u32,
}

impl Synapse {
    /// What a core has that says nothing: one accumulator, fed at once.
    pub const DIRECT: Synapse =
        Synapse { filter: Filter::Exponential, polarity: Polarity::Signed, shift: 0, gain_bits: 0, delay_slots: 1 };

    /// Polarities `Q`, 1 or 2.
    #[must_use]
    pub const fn polarities(&self) -> u32 {
        match self.polarity {
            Polarity::Signed => 1,
            Polarity::Split => 2,
        }
    }

    /// Filters `F` of a polarity, 1, 2 or 4.
    #[must_use]
    pub const fn filters(&self) -> u32 {
        match self.filter {
            Filter::Exponential => 1,
            Filter::DoubleExponential => 2,
            Filter::ThreeTau => 4,
        }
    }

    /// Whether weights wait in the input memory for their time step.
    #[must_use]
    pub const fn is_buffered(&self) -> bool {
        !matches!(self.filter, Filter::Exponential) || self.delay_slots > 1
    }

    /// Bits of an event's delay, `log2 delay_slots`.
    #[must_use]
    pub const fn delay_bits(&self) -> u32 {
        self.delay_slots.trailing_zeros()
    }

    /// The packed `Synapse` parameter of the RTL.
    #[must_use]
    pub const fn pack(&self) -> u32 {
        self.filter.code() | self.polarity.code() << 2 | self.shift << 3 | self.gain_bits << 7 | self.delay_bits() << 12
    }
}
