//! Constants as sums of few signed powers of two, which a circuit multiplies by with shifts and adds.

/// Most signed digits a constant register holds.
pub const MAX_DIGITS: u32 = 4;

/// The non-adjacent form of `value`: pairs of exponent and sign, the lowest exponent first.
///
/// ```text
/// value = sum of sign_i * 2^exponent_i,   exponent_(i+1) >= exponent_i + 2
/// ```
///
/// It is unique, and no sum of signed powers of two has fewer terms. Source: Reitwiesner 1960.
///
/// # Panics
/// When `|value|` is above `2^62`.
///
/// # Example
/// ```
/// use bitspike_spec::fx::signed_digits;
///
/// assert_eq!(signed_digits(7), [(0, -1), (3, 1)]);
/// assert_eq!(signed_digits(0), []);
/// ```
#[must_use]
pub fn signed_digits(value: i64) -> Vec<(u32, i64)> {
    assert!(value.unsigned_abs() <= 1 << 62, "{value} has no non-adjacent form in 64 bits");
    let (mut rest, mut exponent, mut digits) = (value, 0, Vec::new());
    while rest != 0 {
        let zeros = rest.trailing_zeros();
        exponent += zeros;
        rest >>= zeros;
        let sign = 2 - (rest & 3); // odd: 1 or 3 modulo 4
        digits.push((exponent, sign));
        rest -= sign;
    }
    digits
}

/// The integer nearest to `target` that is a sum of at most `digits` signed powers of two, and in `low ..= high`.
///
/// Of two equally near ones, the one nearer to zero. One of the two powers around what is missing is always part of a
/// best sum, so the search tries two to the number of digits.
///
/// # Panics
/// When `target` is not finite or `low > 0` or `high < 0`, as 0 needs no digit.
///
/// # Example
/// ```
/// use bitspike_spec::fx::nearest_with_digits;
///
/// assert_eq!(nearest_with_digits(41.0, 2, (-128, 127)), 40);
/// assert_eq!(nearest_with_digits(127.0, 1, (-128, 127)), 64);
/// ```
#[must_use]
pub fn nearest_with_digits(target: f64, digits: u32, (low, high): (i64, i64)) -> i64 {
    assert!(target.is_finite() && low <= 0 && 0 <= high, "{target} has a nearest value in {low} to {high}");
    let mut sums = vec![0_i64];
    let mut best = 0_i64;
    for _ in 0..digits {
        sums = sums.iter().flat_map(|&sum| next_sums(sum, target)).collect();
        for &sum in sums.iter().filter(|sum| (low..=high).contains(*sum)) {
            if is_nearer(sum, best, target) {
                best = sum;
            }
        }
    }
    best
}

/// The sums with one more power, the next below and the next above what is missing.
fn next_sums(sum: i64, target: f64) -> [i64; 2] {
    let missing = target - sum as f64;
    let magnitude = missing.abs().min(4_294_967_296.0) as i64;
    let sign = if missing < 0.0 { -1 } else { 1 };
    let floor = 63 - magnitude.max(1).leading_zeros();
    [sum + (sign << floor), sum + (sign << (floor + 1))]
}

fn is_nearer(a: i64, b: i64, target: f64) -> bool {
    let key = |x: i64| ((x as f64 - target).abs(), x.unsigned_abs());
    key(a) < key(b)
}

/// The register word of a constant that is a sum of at most four signed powers of two; `None` if it needs more or exponents above 31.
///
/// ```text
/// digit i, lowest exponent first:   bits 7i+4 : 7i exponent,   bit 7i+5 negative,   bit 7i+6 present
/// ```
///
/// # Example
/// ```
/// use bitspike_spec::fx::digit_word;
///
/// assert_eq!(digit_word(7), Some(0b1_0_00011__1_1_00000));
/// assert_eq!(digit_word(0), Some(0));
/// assert_eq!(digit_word(0b1_0101_0101), None);
/// ```
#[must_use]
pub fn digit_word(value: i64) -> Option<u32> {
    let digits = signed_digits(value);
    let fits = digits.len() <= MAX_DIGITS as usize && digits.iter().all(|&(exponent, _)| exponent < 32);
    fits.then(|| {
        digits
            .iter()
            .enumerate()
            .fold(0, |word, (i, &(exponent, sign))| word | (exponent | u32::from(sign < 0) << 5 | 1 << 6) << (7 * i))
    })
}
