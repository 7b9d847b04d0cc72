//! What can be wrong with a number format or a number.

use super::QFormat;

/// Why a format, a number or a generator cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum FxError {
    /// The width is not in `[2, 64]`.
    #[error("bits = {bits}: a number format has 2 to 64 bits")]
    Bits {
        /// The width found.
        bits: u8,
    },
    /// The fraction bits are not in `[0, bits]`, or 64.
    #[error("frac = {frac}: a number format of {bits} bits has 0 to {max} fraction bits")]
    Frac {
        /// The width of the format.
        bits: u8,
        /// The fraction bits found.
        frac: u8,
        /// The most fraction bits allowed, `min(bits, 63)`.
        max: u8,
    },
    /// A raw integer is not in the range of its format.
    #[error("raw value {raw}: format {format} holds {} to {}", format.min_raw(), format.max_raw())]
    RawOutOfRange {
        /// The raw integer found.
        raw: i128,
        /// The format it was given.
        format: QFormat,
    },
    /// A real number is infinite or not a number.
    #[error("value {value}: only finite numbers can be brought into format {format}")]
    NotFinite {
        /// The value found.
        value: f64,
        /// The format asked for.
        format: QFormat,
    },
    /// A constant was to be rounded stochastically.
    #[error("rounding = stochastic: a constant is rounded once, by floor, toward_zero, half_up or half_even")]
    StochasticConstant,
    /// A generator was seeded with zero, the one state it never leaves.
    #[error("seed = 0: the generator needs a seed of 1 to 4294967295")]
    ZeroSeed,
}
