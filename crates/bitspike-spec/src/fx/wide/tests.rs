//! `Wide` against arbitrary-precision integers.

use num_bigint::{BigInt, BigUint};
use proptest::prelude::*;

use super::Wide;
use crate::fx::Word;

fn big(x: Wide) -> BigInt {
    BigInt::from(x.high) * (BigInt::from(1) << 128) + BigInt::from(BigUint::from(x.low))
}

/// Integers of every magnitude below `2^bits`, with long runs of ones and zeros near powers of two.
fn wide(bits: u32) -> impl Strategy<Value = Wide> {
    (any::<i128>(), any::<u128>(), 256 - bits..256, -1_i64..=1).prop_map(|(high, low, by, nudge)| {
        let shifted = Wide { high, low }.shift_right_floor(&Wide::constant(i64::from(by)));
        let power = Wide::constant(1).shift_left(&Wide::constant(i64::from(254_u32.saturating_sub(by))));
        if low % 2 == 0 { shifted } else { power.add(&Wide::constant(nudge)) }
    })
}

proptest! {
    #[test]
    fn adds_subtracts_and_negates(a in wide(250), b in wide(250)) {
        prop_assert_eq!(big(a.add(&b)), big(a) + big(b));
        prop_assert_eq!(big(a.sub(&b)), big(a) - big(b));
        prop_assert_eq!(big(a.neg()), -big(a));
    }

    #[test]
    fn multiplies(a in wide(127), b in wide(127), c in wide(200), d in wide(54)) {
        prop_assert_eq!(big(a.mul(&b)), big(a) * big(b));
        prop_assert_eq!(big(c.mul(&d)), big(c) * big(d));
    }

    #[test]
    fn shifts(a in wide(256), narrow in wide(100), left in 0_i64..150, right in 0_i64..256) {
        prop_assert_eq!(big(narrow.shift_left(&Wide::constant(left))), big(narrow) << left);
        prop_assert_eq!(big(a.shift_right_floor(&Wide::constant(right))), big(a) >> right);
    }

    #[test]
    fn compares_and_masks(a in wide(256), b in wide(256)) {
        prop_assert_eq!(big(a.and(&b)), big(a) & big(b));
        prop_assert_eq!(a.less_than(&b), big(a) < big(b));
        prop_assert_eq!(a.equals(&b), big(a) == big(b));
        prop_assert!(a.equals(&a));
        prop_assert_eq!(Wide::select(&a.less_than(&b), &a, &b), if big(a) < big(b) { a } else { b });
    }

    #[test]
    fn holds_an_i128(value in any::<i128>()) {
        prop_assert_eq!(big(value.into()), BigInt::from(value));
        prop_assert_eq!(Wide::from(value).low_i128(), value);
    }
}

#[test]
fn combines_truth_values() {
    for (a, b) in [(false, false), (false, true), (true, false), (true, true)] {
        assert_eq!(Wide::bit_and(&a, &b), a && b);
        assert_eq!(Wide::bit_or(&a, &b), a || b);
        assert_eq!(Wide::bit_not(&a), !a);
        assert_eq!(big(Wide::from_bit(&a)), BigInt::from(u8::from(a)));
    }
}
