//! Signed digits against exhaustive search and against their definition.

use bitspike_spec::fx::{MAX_DIGITS, digit_word, nearest_with_digits, signed_digits};

const BITS: u32 = 9;

/// Every sum of at most `digits` signed powers of two up to `2^BITS`, found by adding.
fn sums(digits: u32) -> Vec<i64> {
    let mut sums = vec![0_i64];
    for _ in 0..digits {
        let more: Vec<i64> =
            sums.iter().flat_map(|sum| (0..=BITS).flat_map(move |e| [sum + (1 << e), sum - (1 << e)])).collect();
        sums.extend(more);
        sums.sort_unstable();
        sums.dedup();
    }
    sums
}

#[test]
fn the_form_is_the_value_and_has_no_neighbours() {
    for value in -70_000..=70_000_i64 {
        let digits = signed_digits(value);
        assert_eq!(digits.iter().map(|&(exponent, sign)| sign << exponent).sum::<i64>(), value);
        assert!(digits.iter().all(|&(_, sign)| sign.abs() == 1), "{value}: {digits:?}");
        assert!(digits.windows(2).all(|pair| pair[1].0 >= pair[0].0 + 2), "{value}: {digits:?}");
    }
    let ends = [i64::from(i32::MAX), i64::from(i32::MIN), 1 << 62];
    let counts = ends.map(|value| signed_digits(value).len());
    assert_eq!(counts, [2, 1, 1]);
}

#[test]
fn no_sum_has_fewer_digits() {
    let by_count: Vec<Vec<i64>> = (0..=MAX_DIGITS).map(sums).collect();
    let (low, high) = (-(1 << (BITS - 1)), 1 << (BITS - 1));
    for value in low..=high {
        let fewest = by_count.iter().position(|sums| sums.binary_search(&value).is_ok());
        let digits = signed_digits(value).len();
        assert_eq!(fewest.unwrap_or(digits), digits, "{value}");
    }
}

#[test]
fn the_nearest_value_is_that_of_an_exhaustive_search() {
    for digits in 1..=MAX_DIGITS {
        let sums = sums(digits);
        for bits in [4, 8, BITS] {
            let (low, high) = (-(1_i64 << (bits - 1)), (1_i64 << (bits - 1)) - 1);
            // Quarters, so that targets lie on, between and midway of integers.
            for quarters in 4 * low..=4 * high {
                let target = quarters as f64 / 4.0;
                let allowed = sums.iter().filter(|sum| (low..=high).contains(*sum));
                let nearest = allowed.min_by_key(|&&sum| ((4 * sum - quarters).abs(), sum.abs())).expect("has 0");
                assert_eq!(nearest_with_digits(target, digits, (low, high)), *nearest, "{target}, {digits} digits");
            }
        }
    }
}

#[test]
fn wide_constants_keep_their_leading_digits() {
    let range = (i64::from(i32::MIN), i64::from(i32::MAX));
    // 2^31 - 1 = 2^31 - 2^0 has two digits; with one, 2^31 is out of range and 2^30 is left.
    assert_eq!(nearest_with_digits(2_147_483_647.0, 2, range), i64::from(i32::MAX));
    assert_eq!(nearest_with_digits(2_147_483_647.0, 1, range), 1 << 30);
    assert_eq!(nearest_with_digits(-2_147_483_648.0, 1, range), i64::from(i32::MIN));
    // 0.04 * 2^20 = 41943.04 = 2^15 + 2^13 + 983.04; 1024 is nearest to the rest.
    assert_eq!(nearest_with_digits(41_943.04, 3, range), 32_768 + 8_192 + 1_024);
}

#[test]
fn words_hold_the_digits_where_the_contract_says() {
    for value in -40_000..=40_000_i64 {
        let digits = signed_digits(value);
        let Some(word) = digit_word(value) else {
            assert!(digits.len() > MAX_DIGITS as usize, "{value}");
            continue;
        };
        let read = (0..4).map(|i| {
            let field = word >> (7 * i);
            let magnitude = i64::from(field >> 6 & 1) << (field & 31);
            if field >> 5 & 1 == 1 { -magnitude } else { magnitude }
        });
        assert_eq!((read.sum::<i64>(), word >> 28), (value, 0));
    }
    assert_eq!(digit_word(1 << 32), None);
}
