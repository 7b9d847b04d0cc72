//! Formats of every width against arbitrary-precision rationals.

use bitspike_spec::fx::{
    FxNumber, Overflow, QFormat, Rounding, Target, add, convert, fit, multiply, round_shift, subtract,
};
use num_bigint::BigInt;
use proptest::prelude::*;

fn power(exponent: u32) -> BigInt {
    BigInt::from(2).pow(exponent)
}

/// Quotient towards minus infinity and remainder of at least zero.
fn divide_floor(numerator: &BigInt, denominator: &BigInt) -> (BigInt, BigInt) {
    let remainder = ((numerator % denominator) + denominator) % denominator;
    ((numerator - &remainder) / denominator, remainder)
}

/// `numerator / 2^by` under a rule, by the distance to the two neighbouring integers.
fn divide(numerator: &BigInt, by: u32, rounding: Rounding, random: i128) -> BigInt {
    let denominator = power(by);
    let (below, distance) = divide_floor(numerator, &denominator);
    let to_above = &denominator - &distance;
    let round_up = match rounding {
        Rounding::Floor => false,
        Rounding::TowardZero => numerator < &BigInt::ZERO && distance != BigInt::ZERO,
        Rounding::HalfUp => distance >= to_above,
        Rounding::HalfEven => distance > to_above || (distance == to_above && below.bit(0)),
        Rounding::Stochastic => divide_floor(&random.into(), &denominator).1 >= to_above,
    };
    below + BigInt::from(u8::from(round_up))
}

fn confine(x: &BigInt, format: QFormat, overflow: Overflow) -> (i128, bool) {
    let turn = power(format.bits().into());
    let half: BigInt = &turn / 2;
    let min = if format.is_signed() { -half } else { BigInt::ZERO };
    let max: BigInt = &min + &turn - 1;
    let confined = match overflow {
        Overflow::Saturate => x.clone().clamp(min.clone(), max.clone()),
        Overflow::Wrap => divide_floor(&(x - &min), &turn).1 + &min,
    };
    (confined.try_into().expect("64 bits at most"), x < &min || x > &max)
}

/// `numerator * 2^-frac` as a raw integer of the target.
fn expected(numerator: BigInt, frac: u32, target: Target, random: i128) -> (i128, bool) {
    let target_frac = u32::from(target.format.frac());
    let rounded = if target_frac >= frac {
        numerator * power(target_frac - frac)
    } else {
        divide(&numerator, frac - target_frac, target.rounding, random)
    };
    confine(&rounded, target.format, target.overflow)
}

fn frac(number: FxNumber) -> u32 {
    number.format().frac().into()
}

fn aligned(number: FxNumber, to_frac: u32) -> BigInt {
    BigInt::from(number.raw()) * power(to_frac - frac(number))
}

/// All widths, with half of the cases at 63 and 64 bits, where intermediate results are widest.
fn format() -> impl Strategy<Value = QFormat> {
    (prop_oneof![2_u8..=64, 63_u8..=64], 0_u8..=64, any::<bool>())
        .prop_map(|(bits, frac, signed)| QFormat::new(bits, frac.min(bits).min(63), signed).expect("a legal format"))
}

/// Numbers of all magnitudes, and the ends of the range.
fn number() -> impl Strategy<Value = FxNumber> {
    (format(), any::<u64>(), 0_u32..64, 0_u8..8).prop_map(|(format, word, shift, choice)| {
        let (min, max) = (format.min_raw(), format.max_raw());
        let raw = match choice {
            0 => min,
            1 => max,
            2 => i128::from(word >> shift).min(max),
            3 => (-i128::from(word >> shift)).max(min),
            _ => min + i128::from(word).rem_euclid(max - min + 1),
        };
        FxNumber::new(raw, format).expect("in range")
    })
}

fn rounding() -> impl Strategy<Value = Rounding> {
    prop::sample::select(Rounding::ALL.to_vec())
}

fn overflow() -> impl Strategy<Value = Overflow> {
    prop::sample::select(Overflow::ALL.to_vec())
}

fn target() -> impl Strategy<Value = Target> {
    (format(), rounding(), overflow()).prop_map(|(format, rounding, overflow)| Target { format, rounding, overflow })
}

/// Random words as wide as a product's fraction, and 32-bit words as the generator makes them.
fn random() -> impl Strategy<Value = i128> {
    prop_oneof![any::<i128>(), any::<u32>().prop_map(i128::from)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn multiply_is_exact(a in number(), b in number(), target in target(), random in random()) {
        let product = BigInt::from(a.raw()) * BigInt::from(b.raw());
        let expected = expected(product, frac(a) + frac(b), target, random);
        prop_assert_eq!(multiply(a, b, target, random), expected);
    }

    #[test]
    fn add_and_subtract_are_exact(a in number(), b in number(), target in target(), random in random()) {
        let exact_frac = frac(a).max(frac(b));
        let (x, y) = (aligned(a, exact_frac), aligned(b, exact_frac));
        prop_assert_eq!(add(a, b, target, random), expected(&x + &y, exact_frac, target, random));
        prop_assert_eq!(subtract(a, b, target, random), expected(&x - &y, exact_frac, target, random));
    }

    #[test]
    fn convert_is_exact(a in number(), target in target(), random in random()) {
        let expected = expected(a.raw().into(), frac(a), target, random);
        prop_assert_eq!(convert(a, target, random), expected);
    }

    /// The whole room of each carrier: the last value before `x + bias` would leave it.
    #[test]
    fn round_shift_uses_the_whole_carrier(word in any::<i128>(), by in 0_u32..126, rounding in rounding()) {
        let (narrow_by, middle_by) = (by % 31, by % 63);
        let narrow = (word as i32).min(i32::MAX - (1 << narrow_by));
        let middle = (word as i64).min(i64::MAX - (1 << middle_by));
        let wide = word.min(i128::MAX - (1 << by));
        let random = word.rotate_left(64);
        prop_assert_eq!(
            BigInt::from(round_shift(&narrow, &(narrow_by as i32), rounding, &(random as i32))),
            divide(&narrow.into(), narrow_by, rounding, (random as i32).into())
        );
        prop_assert_eq!(
            BigInt::from(round_shift(&middle, &middle_by.into(), rounding, &(random as i64))),
            divide(&middle.into(), middle_by, rounding, (random as i64).into())
        );
        prop_assert_eq!(
            BigInt::from(round_shift(&wide, &by.into(), rounding, &random)),
            divide(&wide.into(), by, rounding, random)
        );
    }

    #[test]
    fn fit_uses_the_whole_carrier(word in any::<i128>(), format in format(), overflow in overflow()) {
        prop_assert_eq!(fit(&word, format, overflow), confine(&word.into(), format, overflow));
        if format.bits() <= 63 || format.is_signed() {
            let (value, outside) = fit(&(word as i64), format, overflow);
            prop_assert_eq!((value.into(), outside), confine(&(word as i64).into(), format, overflow));
        }
        if format.bits() <= 31 || (format.bits() == 32 && format.is_signed()) {
            let (value, outside) = fit(&(word as i32), format, overflow);
            prop_assert_eq!((value.into(), outside), confine(&(word as i32).into(), format, overflow));
        }
    }

    /// The constant is built from an integer and a power of two, so the exact rational is known without decoding.
    #[test]
    fn from_real_is_exact(
        mantissa in -(1_i64 << 53)..=1 << 53,
        scale in 0_u32..53,
        exponent in -150_i32..150,
        target in target(),
    ) {
        let mantissa = mantissa >> scale;
        let value = mantissa as f64 * 2_f64.powi(exponent);
        let numerator = BigInt::from(mantissa) * power((exponent + 150).cast_unsigned());
        if target.rounding != Rounding::Stochastic {
            let raw = target.format.from_real(value, target.rounding, target.overflow);
            prop_assert_eq!(raw, Ok(expected(numerator, 150, target, 0)));
        }
    }

    #[test]
    fn real_values_come_back(number in number()) {
        let real = number.to_real();
        if number.raw().unsigned_abs() <= 1 << 53 {
            for rounding in [Rounding::Floor, Rounding::TowardZero, Rounding::HalfUp, Rounding::HalfEven] {
                let back = number.format().from_real(real, rounding, Overflow::Saturate);
                prop_assert_eq!(back, Ok((number.raw(), false)));
            }
        }
        prop_assert_eq!(real, number.raw() as f64 / 2_f64.powi(number.format().frac().into()));
    }
}

/// The least and the greatest numbers an `f64` holds, of either sign.
#[test]
fn from_real_takes_every_finite_number() {
    let format = QFormat::new(64, 63, true).expect("a legal format");
    let raw = |value, rounding, overflow| format.from_real(value, rounding, overflow).expect("finite");
    let tiny = f64::from_bits(1);
    for value in [tiny, f64::MIN_POSITIVE] {
        assert_eq!(raw(-value, Rounding::Floor, Overflow::Wrap), (-1, false));
        assert_eq!(raw(-value, Rounding::TowardZero, Overflow::Wrap), (0, false));
        assert_eq!(raw(value, Rounding::HalfUp, Overflow::Wrap), (0, false));
        assert_eq!(raw(-value, Rounding::HalfEven, Overflow::Wrap), (0, false));
    }
    for value in [f64::MAX, 2_f64.powi(200)] {
        assert_eq!(raw(value, Rounding::Floor, Overflow::Saturate), (i64::MAX.into(), true));
        assert_eq!(raw(-value, Rounding::Floor, Overflow::Saturate), (i64::MIN.into(), true));
        assert_eq!(raw(value, Rounding::Floor, Overflow::Wrap), (0, true));
    }
    assert_eq!(raw(0.0, Rounding::Floor, Overflow::Saturate), (0, false));
    assert_eq!(raw(-0.0, Rounding::Floor, Overflow::Saturate), (0, false));
}

/// The ends of the widest ranges meet in every pairing: the results that need the most room.
#[test]
fn the_corners_of_the_widest_formats_are_exact() {
    let mut formats = Vec::new();
    for (bits, frac) in [(63, 0), (63, 63), (64, 0), (64, 32), (64, 63)] {
        formats.extend([false, true].map(|signed| QFormat::new(bits, frac, signed).expect("a legal format")));
    }
    let ends = |format: &QFormat| [format.min_raw(), format.max_raw()].map(|raw| FxNumber::new(raw, *format));
    let numbers: Vec<_> = formats.iter().flat_map(ends).map(|number| number.expect("in range")).collect();
    for (a, b) in numbers.iter().flat_map(|a| numbers.iter().map(move |b| (*a, *b))) {
        for format in &formats {
            for (rounding, overflow) in [(Rounding::Floor, Overflow::Wrap), (Rounding::HalfUp, Overflow::Saturate)] {
                check_corner(a, b, Target { format: *format, rounding, overflow });
            }
        }
    }
}

fn check_corner(a: FxNumber, b: FxNumber, target: Target) {
    let exact_frac = frac(a).max(frac(b));
    let (x, y) = (aligned(a, exact_frac), aligned(b, exact_frac));
    let product = BigInt::from(a.raw()) * BigInt::from(b.raw());
    let message = format!("{a:?}, {b:?}, {target:?}");
    assert_eq!(multiply(a, b, target, 0), expected(product, frac(a) + frac(b), target, 0), "{message}");
    assert_eq!(add(a, b, target, 0), expected(&x + &y, exact_frac, target, 0), "{message}");
    assert_eq!(subtract(a, b, target, 0), expected(&x - &y, exact_frac, target, 0), "{message}");
}
