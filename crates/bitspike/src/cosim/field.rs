//! Fields of a probe signal: the bits of one value of a lane as a number.

use bitspike_cosim::waveform::{RawValue, Record, RecordLayout};
use bitspike_spec::SignalKind;

/// The bits of one field of a signal, or of the whole signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// Lowest bit.
    pub(super) low: u32,
    /// Number of bits, at most 64.
    pub(super) bits: u32,
    /// Whether the highest bit is a sign.
    pub(super) signed: bool,
}

impl Field {
    /// Field `position`, counted from the lowest bits, or the whole signal where it has no fields.
    pub(super) fn of(kind: SignalKind, width: u32, position: u32) -> Self {
        match kind {
            SignalKind::Unsigned => Field { low: 0, bits: width.min(64), signed: false },
            SignalKind::SignedLanes(bits) => Field { low: position * bits, bits, signed: true },
            SignalKind::UnsignedLanes(bits) => Field { low: position * bits, bits, signed: false },
        }
    }

    /// The number in these bits; `None` if one of them is x or z.
    pub(super) fn number(self, value: &RawValue) -> Option<i64> {
        let bit = |plane: &[u32], at: u32| u64::from(plane[(at / 32) as usize] >> (at % 32) & 1);
        let gather = |plane: &[u32]| (0..self.bits).fold(0_u64, |word, i| word | bit(plane, self.low + i) << i);
        if gather(&value.unknown) != 0 {
            return None;
        }
        let raw = gather(&value.value).cast_signed();
        let shift = 64 - self.bits;
        Some(if self.signed { raw << shift >> shift } else { raw })
    }

    /// Whether these bits are the same on both sides, x and z included.
    pub(super) fn same(self, left: &RawValue, right: &RawValue) -> bool {
        let differs =
            |a: &[u32], b: &[u32], at: u32| (a[(at / 32) as usize] ^ b[(at / 32) as usize]) >> (at % 32) & 1 == 1;
        !(self.low..self.low + self.bits)
            .any(|at| differs(&left.value, &right.value, at) || differs(&left.unknown, &right.unknown, at))
    }

    /// The number as text, or its bits if one is x or z.
    pub(super) fn text(self, value: &RawValue) -> String {
        self.number(value).map_or_else(|| self.binary(value), |number| number.to_string())
    }

    fn binary(self, value: &RawValue) -> String {
        let bits = value.binary();
        let end = (value.width - self.low) as usize;
        bits[end - self.bits as usize..end].to_owned()
    }
}

/// An unsigned signal of a record, if it is there and known.
pub(super) fn unsigned(layout: &RecordLayout, record: &Record<'_>, name: &str) -> Option<u64> {
    let index = layout.position(name)?;
    let value = layout.value(index, record);
    Field::of(SignalKind::Unsigned, value.width, 0).number(&value).map(i64::cast_unsigned)
}

#[cfg(test)]
mod tests {
    use super::Field;
    use bitspike_cosim::waveform::RawValue;
    use bitspike_spec::SignalKind;

    #[test]
    fn lanes_are_cut_out_and_sign_extended_across_words() {
        // three lanes of 12 bits: -1, 5, -2048 (lane 2 lies across the first and the second word)
        let packed: u64 = 0xFFF | 5 << 12 | 0x800 << 24;
        let value = RawValue { width: 36, value: vec![packed as u32, (packed >> 32) as u32], unknown: vec![0, 0] };
        let lane = |lane| Field::of(SignalKind::SignedLanes(12), 36, lane).number(&value);
        assert_eq!([lane(0), lane(1), lane(2)], [Some(-1), Some(5), Some(-2048)]);
    }

    #[test]
    fn an_unknown_bit_makes_its_lane_unknown_and_no_other() {
        let value = RawValue { width: 8, value: vec![0x35], unknown: vec![0x40] };
        let text = |lane| Field::of(SignalKind::UnsignedLanes(4), 8, lane).text(&value);
        assert_eq!([text(0), text(1)], ["5".to_owned(), "0x11".to_owned()]);
    }

    #[test]
    fn only_the_lane_that_differs_differs() {
        let raw = |value| RawValue { width: 8, value: vec![value], unknown: vec![0] };
        let same = |lane| Field::of(SignalKind::UnsignedLanes(4), 8, lane).same(&raw(0x35), &raw(0x45));
        assert_eq!([same(0), same(1)], [true, false]);
    }
}
