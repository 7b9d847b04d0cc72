//! Exponentials that the compiler can vectorise and that give the same bits on every machine.
//!
//! `libm::exp` branches and looks up tables, so a loop over neurons stays scalar. Here every operation is a
//! comparison, an addition, a multiplication, a division or an integer shift, each rounded once by IEEE 754 and never
//! fused, so scalar and vector code of any width agree bit for bit.

const SHIFT: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52: adding it rounds to an integer, held in the low bits
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1; // 32 leading bits of ln 2, so that k * LN_2_HIGH is exact
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
const SMALLEST: f64 = -708.0;
const LARGEST: f64 = 709.0;

/// Exponential function.
///
/// ```text
/// x = k ln 2 + r, |r| <= ln(2) / 2        exp(x) = 2^k (1 + p(r)),  p the Taylor polynomial of degree 13
/// ```
///
/// At most 1 unit in the last place from `libm::exp`. `x` is clamped to -708..709, so the result is never 0 nor
/// infinite; NaN stays NaN.
///
/// # Example
///
/// ```
/// assert_eq!(bitspike_reference::exp::exp(0.0), 1.0);
/// assert!((bitspike_reference::exp::exp(1.0) - std::f64::consts::E).abs() <= 2.0 * f64::EPSILON);
/// ```
#[inline(always)]
#[must_use]
pub fn exp(x: f64) -> f64 {
    let (scale, p) = reduce(x);
    scale + scale * p
}

/// `(exp(x) - 1) / x`, 1 at 0: the form in which the rates of ion channels have no singularity.
///
/// ```text
/// exprel(x) = (2^k p(r) + (2^k - 1)) / x
/// ```
///
/// At most 3 units in the last place from `libm::expm1(x) / x`; `x` is clamped inside the exponential as in [`exp`].
///
/// # Example
///
/// ```
/// assert_eq!(bitspike_reference::exp::exprel(0.0), 1.0);
/// ```
#[inline(always)]
#[must_use]
pub fn exprel(x: f64) -> f64 {
    let (scale, p) = reduce(x);
    let quotient = (scale * p + (scale - 1.0)) / x;
    if x == 0.0 { 1.0 } else { quotient }
}

/// `2^k` and `p(r) = exp(r) - 1` with `x = k ln 2 + r`.
#[inline(always)]
fn reduce(x: f64) -> (f64, f64) {
    let x = if x < SMALLEST { SMALLEST } else { x };
    let x = if x > LARGEST { LARGEST } else { x };
    let shifted = x * std::f64::consts::LOG2_E + SHIFT;
    let k = shifted - SHIFT;
    let scale = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1_f64.to_bits()));
    (scale, exp_m1_near_zero((x - k * LN_2_HIGH) - k * LN_2_LOW))
}

/// `r + r^2/2! + ... + r^13/13!`; the next term is below 5e-18 for |r| <= ln(2) / 2.
#[inline(always)]
fn exp_m1_near_zero(r: f64) -> f64 {
    let pair = |n: usize| INVERSE_FACTORIALS[n] + r * INVERSE_FACTORIALS[n + 1];
    let r2 = r * r;
    let r4 = r2 * r2;
    let low = pair(2) + r2 * pair(4);
    let middle = pair(6) + r2 * pair(8);
    let high = pair(10) + r2 * pair(12);
    r + r2 * (low + r4 * (middle + r4 * high))
}

/// `1 / n!`
const INVERSE_FACTORIALS: [f64; 14] = {
    let (mut table, mut factorial, mut n) = ([1.0; 14], 1_u64, 1);
    while n < 14 {
        factorial *= n as u64;
        table[n] = 1.0 / factorial as f64;
        n += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Distance in units of the last place of `b`.
    fn ulps(a: f64, b: f64) -> f64 {
        let exponent = (b.to_bits() >> 52) & 0x7ff;
        (a - b).abs() / f64::from_bits(exponent << 52) / f64::EPSILON
    }

    /// Arguments spread over the range by the golden ratio, dense near 0.
    fn arguments(range: f64) -> impl Iterator<Item = f64> {
        (1..200_000).map(move |i| ((f64::from(i) * 0.618_033_988_749_894_9).fract() * 2.0 - 1.0) * range)
    }

    #[test]
    fn exp_is_within_a_unit_in_the_last_place_of_libm() {
        for range in [708.0, 30.0, 1.0, 1e-6] {
            let worst = arguments(range).map(|x| ulps(exp(x), libm::exp(x))).fold(0.0, f64::max);
            assert!(worst <= 1.0, "{worst} ulp within {range}");
        }
    }

    #[test]
    fn exprel_is_within_three_units_in_the_last_place_of_libm() {
        for range in [700.0, 30.0, 1.0, 1e-6, 1e-300] {
            let worst = arguments(range).map(|x| ulps(exprel(x), libm::expm1(x) / x)).fold(0.0, f64::max);
            assert!(worst <= 3.0, "{worst} ulp within {range}");
        }
        assert_eq!((exprel(0.0), exprel(-0.0)), (1.0, 1.0));
    }

    #[test]
    fn the_ends_of_the_range_are_kept() {
        assert_eq!((exp(-1e9), exp(1e9)), (exp(-708.0), exp(709.0)));
        assert_eq!(exp(f64::NEG_INFINITY), exp(-708.0));
        assert!(exp(-708.0) > f64::MIN_POSITIVE && exp(709.0) < f64::MAX);
        assert!(exp(f64::NAN).is_nan());
    }

    #[multiversion::multiversion(targets = "simd")]
    fn exp_of_all(values: &mut [f64]) {
        values.iter_mut().for_each(|x| *x = exp(*x) + exprel(*x));
    }

    #[test]
    fn vector_instructions_give_the_bits_of_scalar_ones() {
        let mut vector: Vec<f64> = arguments(50.0).collect();
        exp_of_all(&mut vector);
        for (x, vector) in arguments(50.0).zip(vector) {
            assert_eq!(std::hint::black_box(exp(x) + exprel(x)), vector, "{x}");
        }
    }
}
