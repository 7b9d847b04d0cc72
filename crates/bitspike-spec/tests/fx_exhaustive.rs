//! Every format up to 8 bits against a definition by Euclidean division, without shifts or masks.

use std::cmp::Ordering;

use bitspike_spec::fx::{
    FxNumber, Overflow, QFormat, Rounding, Target, Word, add, convert, fit, multiply, round_shift, subtract,
};

/// `2^exponent`, listed because the tests below ask for it some hundred million times.
fn power(exponent: u8) -> i32 {
    const POWERS: [i32; 17] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536];
    POWERS[usize::from(exponent)]
}

/// `numerator / denominator` under a rule, by quotient and remainder.
fn divide(numerator: i32, denominator: i32, rounding: Rounding, random: i32) -> i32 {
    let quotient = numerator.div_euclid(denominator);
    let remainder = numerator.rem_euclid(denominator);
    let round_up = match rounding {
        Rounding::Floor => false,
        Rounding::TowardZero => return numerator / denominator,
        Rounding::HalfUp => 2 * remainder >= denominator,
        Rounding::HalfEven => match (2 * remainder).cmp(&denominator) {
            Ordering::Less => false,
            Ordering::Equal => quotient.rem_euclid(2) == 1,
            Ordering::Greater => true,
        },
        Rounding::Stochastic => remainder + random.rem_euclid(denominator) >= denominator,
    };
    quotient + i32::from(round_up)
}

fn range(format: QFormat) -> (i32, i32) {
    let count = power(format.bits());
    if format.is_signed() { (-count / 2, count / 2 - 1) } else { (0, count - 1) }
}

/// The value brought into range, by clamping or by adding and subtracting whole turns.
fn confine(x: i32, format: QFormat, overflow: Overflow) -> (i32, bool) {
    let (min, max) = range(format);
    let confined = match overflow {
        Overflow::Saturate => x.clamp(min, max),
        Overflow::Wrap => (x - min).rem_euclid(max - min + 1) + min,
    };
    (confined, !(min..=max).contains(&x))
}

/// `numerator * 2^-frac` as a raw integer of the target.
fn expected(numerator: i32, frac: u8, target: Target, random: i32) -> (i128, bool) {
    let scaled = numerator * power(target.format.frac());
    let random = if target.rounding == Rounding::Stochastic { stretched(random, target, frac) } else { 0 };
    let rounded = divide(scaled, power(frac), target.rounding, random);
    let (raw, outside) = confine(rounded, target.format, target.overflow);
    (raw.into(), outside)
}

/// A random word counts in units of the exact result; `expected` divides by more when the target has a fraction.
fn stretched(random: i32, target: Target, frac: u8) -> i32 {
    let lost = power(frac.saturating_sub(target.format.frac()));
    random.rem_euclid(lost) * (power(frac) / lost)
}

fn formats(max_bits: u8) -> Vec<QFormat> {
    let mut formats = Vec::new();
    for bits in 2..=max_bits {
        for frac in 0..=bits {
            for signed in [false, true] {
                formats.push(QFormat::new(bits, frac, signed).expect("a legal format"));
            }
        }
    }
    formats
}

fn targets(max_bits: u8) -> Vec<Target> {
    let mut targets = Vec::new();
    for format in formats(max_bits) {
        for rounding in Rounding::ALL {
            for overflow in Overflow::ALL {
                targets.push(Target { format, rounding, overflow });
            }
        }
    }
    targets
}

fn numbers(format: QFormat) -> impl Iterator<Item = FxNumber> {
    let (min, max) = range(format);
    (min..=max).map(move |raw| FxNumber::new(raw.into(), format).expect("in range"))
}

/// All random words that differ to a shift of `lost` bits; one suffices for rules that ignore them.
fn random_words(target: Target, frac: u8) -> std::ops::Range<i32> {
    let lost = frac.saturating_sub(target.format.frac());
    if target.rounding == Rounding::Stochastic { 0..power(lost) } else { 0..1 }
}

fn raw(number: FxNumber) -> i32 {
    i32::try_from(number.raw()).expect("narrow formats only")
}

#[test]
fn the_ends_of_every_range_are_its_definition() {
    for format in formats(8) {
        let (min, max) = range(format);
        assert_eq!((format.min_raw(), format.max_raw()), (min.into(), max.into()), "{format}");
    }
}

#[test]
fn round_shift_is_rounded_division() {
    for by in 0..=9 {
        for x in -1100..=1100 {
            for rounding in Rounding::ALL {
                let randoms = if rounding == Rounding::Stochastic { -3..power(by) + 3 } else { 7..8 };
                for random in randoms {
                    let expected = divide(x, power(by), rounding, random);
                    check_round_shift(x, by, rounding, random, expected);
                }
            }
        }
    }
}

fn check_round_shift(x: i32, by: u8, rounding: Rounding, random: i32, expected: i32) {
    let narrow = round_shift(&x, &i32::from(by), rounding, &random);
    let middle = round_shift(&i64::from(x), &i64::from(by), rounding, &random.into());
    let wide = round_shift(&i128::from(x), &i128::from(by), rounding, &random.into());
    assert_eq!(
        (narrow, middle, wide),
        (expected, expected.into(), expected.into()),
        "{x} / 2^{by}, {rounding:?}, random {random}"
    );
}

#[test]
fn fit_is_clamping_or_whole_turns() {
    for format in formats(8) {
        for overflow in Overflow::ALL {
            for x in -1100_i32..=1100 {
                let (value, outside) = confine(x, format, overflow);
                let message = format!("{x} into {format}, {overflow:?}");
                assert_eq!(fit(&x, format, overflow), (value, outside), "{message}");
                assert_eq!(fit(&i64::from(x), format, overflow), (value.into(), outside), "{message}");
                assert_eq!(fit(&i128::from(x), format, overflow), (value.into(), outside), "{message}");
            }
        }
    }
}

/// Every value of every format into every format under every rule, with every random word.
#[test]
fn convert_is_exact() {
    let targets = targets(8);
    for number in formats(8).into_iter().flat_map(numbers) {
        let frac = number.format().frac();
        for target in &targets {
            for random in random_words(*target, frac) {
                assert_eq!(
                    convert(number, *target, random.into()),
                    expected(raw(number), frac, *target, random),
                    "{number:?} to {target:?}, random {random}"
                );
            }
        }
    }
}

/// All pairs of values of all formats up to 3 bits, into all formats up to 3 bits under every rule, with every
/// random word.
#[test]
fn arithmetic_is_exact_up_to_3_bits() {
    let numbers: Vec<_> = formats(3).into_iter().flat_map(numbers).collect();
    let targets = targets(3);
    for a in &numbers {
        for b in &numbers {
            for target in &targets {
                for random in random_words(*target, a.format().frac() + b.format().frac()) {
                    check_multiply(*a, *b, *target, random);
                    check_add(*a, *b, *target, random);
                    check_subtract(*a, *b, *target, random);
                }
            }
        }
    }
}

/// Calls `check` with all pairs of raw values at all fractions up to 8 bits, signed and unsigned, each in the narrowest
/// format that holds it, while targets, rules and random words turn.
fn for_all_pairs(check: impl Fn(FxNumber, FxNumber, Target, i32)) {
    let targets = targets(8);
    let numbers: Vec<_> = formats(8).into_iter().flat_map(numbers).filter(is_narrowest).collect();
    let mut turning = targets.iter().cycle().zip((0..65_521).cycle());
    for a in &numbers {
        for b in &numbers {
            let (target, random) = turning.next().expect("endless");
            check(*a, *b, *target, random);
        }
    }
}

fn is_narrowest(number: &FxNumber) -> bool {
    let format = number.format();
    QFormat::new(format.bits() - 1, format.frac(), format.is_signed())
        .map_or(true, |narrower| !narrower.contains(number.raw()))
}

#[test]
fn multiply_is_exact_up_to_8_bits() {
    for_all_pairs(check_multiply);
}

#[test]
fn add_is_exact_up_to_8_bits() {
    for_all_pairs(check_add);
}

#[test]
fn subtract_is_exact_up_to_8_bits() {
    for_all_pairs(check_subtract);
}

fn check_multiply(a: FxNumber, b: FxNumber, target: Target, random: i32) {
    let product = expected(raw(a) * raw(b), a.format().frac() + b.format().frac(), target, random);
    let found = multiply(a, b, target, random.into());
    assert_eq!(found, product, "{a:?} * {b:?} to {target:?}, random {random}");
}

fn check_add(a: FxNumber, b: FxNumber, target: Target, random: i32) {
    let frac = a.format().frac().max(b.format().frac());
    let sum = expected(align(a, frac) + align(b, frac), frac, target, random);
    assert_eq!(add(a, b, target, random.into()), sum, "{a:?} + {b:?} to {target:?}, random {random}");
}

fn check_subtract(a: FxNumber, b: FxNumber, target: Target, random: i32) {
    let frac = a.format().frac().max(b.format().frac());
    let difference = expected(align(a, frac) - align(b, frac), frac, target, random);
    let found = subtract(a, b, target, random.into());
    assert_eq!(found, difference, "{a:?} - {b:?} to {target:?}, random {random}");
}

fn align(number: FxNumber, frac: u8) -> i32 {
    raw(number) * power(frac - number.format().frac())
}

#[test]
fn machine_words_are_integers() {
    for a in -9_i64..=9 {
        for b in -9_i64..=9 {
            assert_eq!((a.add(&b), a.sub(&b), a.mul(&b), a.neg()), (a + b, a - b, a * b, -a));
            assert_eq!((a.less_than(&b), a.equals(&b)), (a < b, a == b));
            assert_eq!(i64::select(&(a < b), &a, &b), a.min(b));
            assert_eq!(Word::and(&a, &7), a.rem_euclid(8));
        }
        assert_eq!(a.shift_left(&3), a * 8);
        assert_eq!(a.shift_right_floor(&1), a.div_euclid(2));
    }
    for (a, b) in [(false, false), (false, true), (true, false), (true, true)] {
        assert_eq!((i32::bit_and(&a, &b), i32::bit_or(&a, &b)), (a && b, a || b));
        assert_eq!((i32::bit_not(&a), i32::from_bit(&a)), (!a, if a { 1 } else { 0 }));
    }
}
