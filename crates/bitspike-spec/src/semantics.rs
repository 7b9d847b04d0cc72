//! The semantics record of a neuron (contract C1): what each update means, as closed sets.
//!
//! Contract: `docs/src/contract/arithmetic.md`.

use crate::coded::coded_enum;
use crate::fx::{Overflow, Rounding};

coded_enum! {
    /// Form of a leak or decay: how a state moves towards zero.
    ReduceForm {
        /// The state keeps its value.
        None = 0 => "none",
        /// `x - amount`, or towards zero by `amount` with `clamp = zero`.
        Subtract = 1 => "subtract",
        /// `x - x / 2^amount`.
        Shift = 2 => "shift",
        /// `x * amount / 2^bits`.
        Multiply = 3 => "multiply",
        /// The state becomes 0.
        Clear = 4 => "clear",
    }
}

coded_enum! {
    /// What keeps a leak or decay from overshooting or sticking.
    Clamp {
        /// Nothing.
        None = 0 => "none",
        /// `subtract` stops at zero from either side.
        Zero = 1 => "zero",
        /// `shift` and `multiply` move a non-zero state by at least one LSB.
        MinOne = 2 => "min_one",
    }
}

coded_enum! {
    /// Comparison of the membrane potential with the threshold.
    Compare {
        /// Fires when `v >= threshold`.
        Ge = 0 => "ge",
        /// Fires when `v > threshold`.
        Gt = 1 => "gt",
        /// Fires when `v = threshold`.
        Eq = 2 => "eq",
    }
}

coded_enum! {
    /// Membrane potential after a spike.
    Reset {
        /// `v = 0`.
        Zero = 0 => "zero",
        /// `v = v_reset`.
        Value = 1 => "value",
        /// `v = v - threshold`.
        Subtract = 2 => "subtract",
    }
}

coded_enum! {
    /// Order of leak, integration and fire check in a time step.
    Order {
        /// Leak, then integrate, then fire check (Loihi, Xylo).
        LeakIntegrateFire = 0 => "leak_integrate_fire",
        /// Integrate, then leak, then fire check (RANC).
        IntegrateLeakFire = 1 => "integrate_leak_fire",
        /// Integrate, fire check, and leak if it did not fire.
        IntegrateFireLeak = 2 => "integrate_fire_leak",
    }
}

coded_enum! {
    /// When the membrane potential is compared with the threshold.
    FireCheck {
        /// After every synaptic operation, and in every time step.
        PerOperation = 0 => "per_operation",
        /// In every time step only.
        PerTimeStep = 1 => "per_time_step",
    }
}

coded_enum! {
    /// The state a weight is added to.
    Integrate {
        /// The membrane potential, at once.
        Membrane = 0 => "membrane",
        /// The synaptic current, which the time step adds to the membrane potential.
        Current = 1 => "current",
    }
}

/// Leak of `v` or decay of `i_syn`: form, rounding, clamp, and the width of its amount.
///
/// `bits` is the width of the amount for `subtract`, the number of fraction bits of the factor for `multiply`
/// (the factor then ranges over `[0, 2^bits]`), and is not used by `shift`, whose amount has 5 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reduce {
    /// The form.
    pub form: ReduceForm,
    /// Rounding of `shift` and `multiply`.
    pub rounding: Rounding,
    /// Guard against overshooting or sticking.
    pub clamp: Clamp,
    /// Width of the amount, see above.
    pub bits: u32,
}

impl Reduce {
    /// No leak, no decay.
    pub const NONE: Reduce = Reduce { form: ReduceForm::None, rounding: Rounding::Floor, clamp: Clamp::None, bits: 1 };

    /// Width of the amount as the hardware stores it, unsigned.
    ///
    /// `bits` for `subtract`, 5 for `shift`, `bits + 1` for `multiply`, 1 for the others.
    #[must_use]
    pub const fn amount_bits(&self) -> u32 {
        match self.form {
            ReduceForm::None | ReduceForm::Clear => 1,
            ReduceForm::Subtract => self.bits,
            ReduceForm::Shift => 5,
            ReduceForm::Multiply => self.bits + 1,
        }
    }

    /// Largest amount: `2^bits - 1` for `subtract`, 31 for `shift`, `2^bits` for `multiply`, 0 for the others.
    #[must_use]
    pub const fn max_amount(&self) -> i64 {
        match self.form {
            ReduceForm::None | ReduceForm::Clear => 0,
            ReduceForm::Subtract => (1 << self.bits) - 1,
            ReduceForm::Shift => 31,
            ReduceForm::Multiply => 1 << self.bits,
        }
    }
}

/// What one update of a neuron means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Semantics {
    /// Overflow of `v`.
    pub v_overflow: Overflow,
    /// Overflow of `i_syn`.
    pub i_syn_overflow: Overflow,
    /// Leak of `v`.
    pub leak: Reduce,
    /// Decay of `i_syn`.
    pub decay: Reduce,
    /// Comparison with the threshold.
    pub compare: Compare,
    /// Reset after a spike.
    pub reset: Reset,
    /// Order within a time step.
    pub order: Order,
    /// When the fire check happens.
    pub fire_check: FireCheck,
    /// The state a weight is added to.
    pub integrate: Integrate,
    /// Most spikes one update can fire, 1 to 31; above 1 only with `reset = subtract`.
    pub max_spikes: u32,
}

impl Semantics {
    /// The packed `Semantics` parameter of the RTL (bit fields in `docs/src/contract/arithmetic.md`).
    #[must_use]
    pub fn pack(&self) -> u32 {
        self.v_overflow.code()
            | self.i_syn_overflow.code() << 1
            | pack_reduce(&self.leak) << 2
            | pack_reduce(&self.decay) << 10
            | self.compare.code() << 18
            | self.reset.code() << 20
            | self.order.code() << 22
            | self.fire_check.code() << 24
            | self.integrate.code() << 25
            | self.max_spikes << 26
    }
}

fn pack_reduce(reduce: &Reduce) -> u32 {
    reduce.form.code() | reduce.rounding.code() << 3 | reduce.clamp.code() << 6
}
