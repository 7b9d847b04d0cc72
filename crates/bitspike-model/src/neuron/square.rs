//! A square without a multiplier.

use bitspike_spec::fx::Word;

/// Widths halved to find a leading one: enough for words of 63 bits.
const STEPS: [u32; 6] = [32, 16, 8, 4, 2, 1];

/// The square of `x` by chords between the points whose leading `segment_bits + 1` bits are followed by zeros.
///
/// ```text
/// k = max(e - segment_bits, 0), e the position of the leading one;   m = x >> k;   r = x mod 2^k
/// square = m^2 * 2^(2k) + (2m + 1) * r * 2^k
/// ```
///
/// `x` is not negative and has at most 62 bits; `segment_bits` is 1 to 4. Exact at the points, else at most
/// `2^(-2 segment_bits - 2) x^2` above. Source: Mitchell 1962, "Computer multiplication and division using binary
/// logarithms", for the leading-one decomposition.
///
/// # Example
/// ```
/// use bitspike_model::neuron::square_by_chords;
///
/// assert_eq!(square_by_chords(&12_i64, 1), 144); // 1100: a point
/// assert_eq!(square_by_chords(&13_i64, 1), 172); // on the chord from 12 to 16, 169 on the parabola
/// ```
#[inline(always)]
#[must_use]
pub fn square_by_chords<W: Word>(x: &W, segment_bits: u32) -> W {
    let constant = |value: u32| W::constant(value.into());
    let (mut m, mut k) = (x.clone(), W::constant(0));
    for step in STEPS {
        let shifted = m.shift_right_floor(&constant(step));
        let is_high = W::bit_not(&shifted.shift_right_floor(&constant(segment_bits)).equals(&W::constant(0)));
        m = W::select(&is_high, &shifted, &m);
        k = W::select(&is_high, &k.add(&constant(step)), &k);
    }
    let r = x.sub(&m.shift_left(&k));
    let chord = m.add(&m).add(&W::constant(1)).mul(&r);
    m.mul(&m).shift_left(&k).add(&chord).shift_left(&k)
}
