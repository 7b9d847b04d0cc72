//! Number formats, rounding and overflow: every integer of the machine is rounded and brought into range here.
//!
//! A *raw* integer `x` in a [`QFormat`] with `frac` fraction bits stands for the real number `x * 2^-frac`.
//! Arithmetic is two steps: [`round_shift`] divides by a power of two under a [`Rounding`] rule, [`fit`] brings the
//! result into the range of a format under an [`Overflow`] rule. Both are written once over the abstract integer
//! [`Word`]: with machine integers they simulate, with a symbolic word they print a circuit.
//!
//! [`add`], [`subtract`], [`multiply`] and [`convert`] combine the two for formats known only at run time, exactly
//! at every width from 2 to 64 bits.

mod digits;
mod error;
mod format;
mod lfsr;
mod number;
mod overflow;
mod rounding;
mod wide;
mod word;

pub use digits::{MAX_DIGITS, digit_word, nearest_with_digits, signed_digits};
pub use error::FxError;
pub use format::QFormat;
pub use lfsr::Lfsr;
pub use number::{FxNumber, Target, add, convert, multiply, subtract};
pub use overflow::{Overflow, OverflowCounts, fit};
pub use rounding::{Rounding, round_shift};
pub use word::Word;
