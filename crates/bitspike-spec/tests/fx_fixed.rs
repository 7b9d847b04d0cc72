//! Widths of 8, 16, 32 and 64 bits against the `fixed` crate.
//!
//! Where `fixed` coincides: `from_num` between fixed-point types and multiplication discard low bits (floor), `from_num`
//! of a float rounds to nearest with ties to even, `round_to_zero`, `round_ties_even` and `floor` name their rule.

use std::fmt::Debug;
use std::ops::Shr;

use bitspike_spec::fx::{FxNumber, Overflow, QFormat, Rounding, Target, add, convert, multiply, subtract};
use fixed::traits::{Fixed, FromFixed, ToFixed};
use fixed::types::extra::{U0, U3, U4, U7, U8, U14, U15, U16, U20, U31, U32, U40, U62, U63};
use fixed::{FixedI8, FixedI16, FixedI32, FixedI64, FixedU8, FixedU16, FixedU32, FixedU64};
use proptest::prelude::*;

/// A type of `fixed` whose raw integers proptest can draw.
trait Oracle: Fixed<Bits: Arbitrary + Into<i128> + Shr<u32, Output = Self::Bits>> + ToFixed + FromFixed + Debug {
    fn format() -> QFormat {
        let bits = Self::INT_NBITS + Self::FRAC_NBITS;
        QFormat::new(bits as u8, Self::FRAC_NBITS as u8, Self::IS_SIGNED).expect("a legal format")
    }

    fn target(rounding: Rounding, overflow: Overflow) -> Target {
        Target { format: Self::format(), rounding, overflow }
    }

    fn raw(self) -> i128 {
        self.to_bits().into()
    }

    fn number(self) -> FxNumber {
        FxNumber::new(self.raw(), Self::format()).expect("same width and sign")
    }

    /// Numbers of all magnitudes, and the ends of the range.
    fn any() -> BoxedStrategy<Self> {
        let magnitudes = (any::<Self::Bits>(), 0..Self::INT_NBITS + Self::FRAC_NBITS)
            .prop_map(|(bits, shift)| Self::from_bits(bits >> shift));
        prop_oneof![
            8 => magnitudes,
            4 => any::<Self::Bits>().prop_map(Self::from_bits),
            1 => Just(Self::MIN),
            1 => Just(Self::MAX),
        ]
        .boxed()
    }
}

impl<F> Oracle for F where
    F: Fixed<Bits: Arbitrary + Into<i128> + Shr<u32, Output = F::Bits>> + ToFixed + FromFixed + Debug
{
}

/// A result of `fixed`, as `fx` returns it.
fn raw_pair<F: Oracle>((value, outside): (F, bool)) -> (i128, bool) {
    (value.raw(), outside)
}

fn check_arithmetic<F: Oracle>(a: F, b: F) {
    let wrap = F::target(Rounding::Floor, Overflow::Wrap);
    assert_eq!(multiply(a.number(), b.number(), wrap, 0), raw_pair(a.overflowing_mul(b)));
    assert_eq!(add(a.number(), b.number(), wrap, 0), raw_pair(a.overflowing_add(b)));
    assert_eq!(subtract(a.number(), b.number(), wrap, 0), raw_pair(a.overflowing_sub(b)));
    let saturate = F::target(Rounding::Floor, Overflow::Saturate);
    assert_eq!(multiply(a.number(), b.number(), saturate, 0).0, a.saturating_mul(b).raw());
    assert_eq!(add(a.number(), b.number(), saturate, 0).0, a.saturating_add(b).raw());
    assert_eq!(subtract(a.number(), b.number(), saturate, 0).0, a.saturating_sub(b).raw());
}

fn check_convert<From: Oracle, To: Oracle>(a: From) {
    let wrap = To::target(Rounding::Floor, Overflow::Wrap);
    assert_eq!(convert(a.number(), wrap, 0), raw_pair(To::overflowing_from_num(a)), "{a:?}");
    let saturate = To::target(Rounding::Floor, Overflow::Saturate);
    assert_eq!(convert(a.number(), saturate, 0).0, To::saturating_from_num(a).raw(), "{a:?}");
}

/// Rounding to integers, compared where `fixed` says that the rounded value is in range.
fn check_rounding<F: Oracle>(a: F) {
    let rules = [
        (Rounding::Floor, a.checked_floor()),
        (Rounding::TowardZero, Some(a.round_to_zero())),
        (Rounding::HalfEven, a.checked_round_ties_even()),
    ];
    let bits = F::INT_NBITS + F::FRAC_NBITS;
    let format = QFormat::new(bits as u8, 0, F::IS_SIGNED).expect("a legal format");
    for (rounding, rounded) in rules {
        let target = Target { format, rounding, overflow: Overflow::Saturate };
        if let Some(rounded) = rounded {
            let integer = rounded.raw().div_euclid(2_i128.pow(F::FRAC_NBITS));
            assert_eq!(convert(a.number(), target, 0), (integer, false), "{a:?} {rounding:?}");
        }
    }
}

fn check_real<F: Oracle>(a: F, real: f64) {
    let format = F::format();
    assert_eq!(format.to_real(a.raw()), a.to_num::<f64>());
    assert_eq!(format.lsb(), F::DELTA.to_num::<f64>());
    let wrapped = format.from_real(real, Rounding::HalfEven, Overflow::Wrap).expect("finite");
    assert_eq!(wrapped, raw_pair(F::overflowing_from_num(real)), "{real:e}");
    let saturated = format.from_real(real, Rounding::HalfEven, Overflow::Saturate).expect("finite");
    assert_eq!(saturated.0, F::saturating_from_num(real).raw(), "{real:e}");
}

/// Reals at which the format rounds or overflows: a few units of one sixteenth of its least significant bit and up.
fn reals<F: Oracle>() -> impl Strategy<Value = f64> {
    let bits = F::INT_NBITS + F::FRAC_NBITS;
    (any::<i64>(), 0_u32..64).prop_map(move |(word, shift)| {
        let sixteenths = (word >> shift) as f64;
        let widest = if bits < 60 { sixteenths } else { sixteenths * 32.0 };
        widest * F::DELTA.to_num::<f64>() / 16.0
    })
}

macro_rules! against_fixed {
    ($($name:ident: $fixed:ty),* $(,)?) => {$(
        mod $name {
            use super::*;

            type F = $fixed;

            proptest! {
                #![proptest_config(ProptestConfig::with_cases(2000))]

                #[test]
                fn arithmetic(a in F::any(), b in F::any()) {
                    check_arithmetic(a, b);
                }

                #[test]
                fn rounding(a in F::any()) {
                    check_rounding(a);
                }

                #[test]
                fn real_values(a in F::any(), real in reals::<F>()) {
                    check_real(a, real);
                }

                #[test]
                fn conversions(a in F::any()) {
                    check_convert::<F, FixedI8<U4>>(a);
                    check_convert::<F, FixedU8<U0>>(a);
                    check_convert::<F, FixedI16<U15>>(a);
                    check_convert::<F, FixedU16<U8>>(a);
                    check_convert::<F, FixedI32<U16>>(a);
                    check_convert::<F, FixedU32<U32>>(a);
                    check_convert::<F, FixedI64<U63>>(a);
                    check_convert::<F, FixedU64<U0>>(a);
                }
            }
        }
    )*};
}

against_fixed! {
    i8_0: FixedI8<U0>, i8_3: FixedI8<U3>, i8_7: FixedI8<U7>, i8_8: FixedI8<U8>,
    u8_0: FixedU8<U0>, u8_4: FixedU8<U4>, u8_8: FixedU8<U8>,
    i16_0: FixedI16<U0>, i16_8: FixedI16<U8>, i16_14: FixedI16<U14>, i16_16: FixedI16<U16>,
    u16_0: FixedU16<U0>, u16_7: FixedU16<U7>, u16_16: FixedU16<U16>,
    i32_0: FixedI32<U0>, i32_16: FixedI32<U16>, i32_31: FixedI32<U31>,
    u32_0: FixedU32<U0>, u32_20: FixedU32<U20>, u32_32: FixedU32<U32>,
    i64_0: FixedI64<U0>, i64_32: FixedI64<U32>, i64_63: FixedI64<U63>,
    u64_0: FixedU64<U0>, u64_40: FixedU64<U40>, u64_62: FixedU64<U62>,
}
