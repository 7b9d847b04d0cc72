//! The current value of each watched signal, as a value plane and an unknown plane.

use super::record::words_of;

/// Why the digits of a value change cannot be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadDigits {
    /// More digits than the signal has bits.
    TooMany,
    /// A digit other than 0, 1, x, z.
    NotADigit(u8),
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    offset: usize,
    words: usize,
    width: u32,
    unknown: bool,
}

/// Values of a list of slots; every bit is x before its first change.
#[derive(Debug, Default)]
pub struct Planes {
    values: Vec<u32>,
    unknowns: Vec<u32>,
    slots: Vec<Slot>,
}

impl Planes {
    /// Adds a signal of `width` bits and returns its slot.
    pub(crate) fn add(&mut self, width: u32) -> usize {
        let (offset, words) = (self.values.len(), words_of(width));
        self.slots.push(Slot { offset, words, width, unknown: true });
        self.values.resize(offset + words, 0);
        self.unknowns.extend((0..words).map(|word| mask_of(width, word)));
        self.slots.len() - 1
    }

    pub(crate) fn width(&self, slot: usize) -> u32 {
        self.slots[slot].width
    }

    #[inline]
    pub(crate) fn value(&self, slot: usize) -> &[u32] {
        let Slot { offset, words, .. } = self.slots[slot];
        &self.values[offset..offset + words]
    }

    #[inline]
    pub(crate) fn unknown(&self, slot: usize) -> &[u32] {
        let Slot { offset, words, .. } = self.slots[slot];
        &self.unknowns[offset..offset + words]
    }

    /// Whether any bit of the slot is x or z.
    #[inline]
    pub(crate) fn is_unknown(&self, slot: usize) -> bool {
        self.slots[slot].unknown
    }

    /// Stores one digit, extended to the left by the VCD rule.
    #[inline]
    pub(crate) fn store_scalar(&mut self, slot: usize, digit: u8) -> Result<(), BadDigits> {
        let entry = self.slots[slot];
        if entry.words != 1 || digit & 0xfe != b'0' {
            return self.store_digits(slot, std::slice::from_ref(&digit));
        }
        self.values[entry.offset] = u32::from(digit & 1);
        self.clear_unknown(slot);
        Ok(())
    }

    /// Stores binary digits, most significant first, extended to the left: with 0 after a leading 0 or 1, with x or z after
    /// a leading x or z.
    #[inline]
    pub(crate) fn store_digits(&mut self, slot: usize, digits: &[u8]) -> Result<(), BadDigits> {
        let Slot { offset, words, width, .. } = self.slots[slot];
        if digits.len() > width as usize {
            return Err(BadDigits::TooMany);
        }
        let mut rest = digits;
        for value in &mut self.values[offset..offset + words] {
            let (upper, chunk) = rest.split_at(rest.len().saturating_sub(32));
            let Some(word) = two_state_word(chunk) else {
                return self.store_four_state(slot, digits);
            };
            *value = word;
            rest = upper;
        }
        self.clear_unknown(slot);
        Ok(())
    }

    #[inline]
    fn clear_unknown(&mut self, slot: usize) {
        let Slot { offset, words, unknown, .. } = self.slots[slot];
        if unknown {
            self.unknowns[offset..offset + words].fill(0);
            self.slots[slot].unknown = false;
        }
    }

    #[cold]
    fn store_four_state(&mut self, slot: usize, digits: &[u8]) -> Result<(), BadDigits> {
        let Slot { offset, words, width, .. } = self.slots[slot];
        let lead = extension(digits.first().copied().unwrap_or(b'0'))?;
        self.fill(slot, lead);
        for (bit, &digit) in digits.iter().rev().enumerate() {
            let (value, unknown) = states(digit)?;
            set_bit(&mut self.values[offset..offset + words], bit, value);
            set_bit(&mut self.unknowns[offset..offset + words], bit, unknown);
        }
        self.slots[slot].unknown = self.unknowns[offset..offset + words].iter().any(|&word| word != 0);
        debug_assert!(digits.len() <= width as usize);
        Ok(())
    }

    fn fill(&mut self, slot: usize, (value, unknown): (bool, bool)) {
        let Slot { offset, words, width, .. } = self.slots[slot];
        for word in 0..words {
            let mask = mask_of(width, word);
            self.values[offset + word] = if value { mask } else { 0 };
            self.unknowns[offset + word] = if unknown { mask } else { 0 };
        }
    }
}

/// The bits of word `word` that a signal of `width` bits uses.
pub(crate) fn mask_of(width: u32, word: usize) -> u32 {
    let used = width.saturating_sub(32 * u32::try_from(word).unwrap_or(u32::MAX / 32)).min(32);
    if used == 32 { u32::MAX } else { (1 << used) - 1 }
}

/// Up to 32 digits, most significant first, as a word; `None` if one is neither 0 nor 1.
#[inline]
fn two_state_word(digits: &[u8]) -> Option<u32> {
    let mut eights = digits.rchunks_exact(8);
    let (mut word, mut shift) = (0u32, 0u32);
    for eight in &mut eights {
        word |= eight_digits(eight.try_into().ok()?)? << shift;
        shift += 8;
    }
    let mut upper = 0u32;
    for &digit in eights.remainder() {
        if digit & 0xfe != b'0' {
            return None;
        }
        upper = upper << 1 | u32::from(digit & 1);
    }
    Some(if shift < 32 { word | upper << shift } else { word })
}

/// Eight digits at once: the multiplication moves bit 0 of byte `i` to bit `63 - i` (terms `8 i + 9 j` never collide).
#[inline]
fn eight_digits(digits: [u8; 8]) -> Option<u32> {
    let all = u64::from_le_bytes(digits);
    if all & 0xfefe_fefe_fefe_fefe != 0x3030_3030_3030_3030 {
        return None;
    }
    let gathered = (all & 0x0101_0101_0101_0101).wrapping_mul(0x8040_2010_0804_0201) >> 56;
    Some(gathered as u32)
}

/// (value, unknown) of one digit.
fn states(digit: u8) -> Result<(bool, bool), BadDigits> {
    match digit {
        b'0' => Ok((false, false)),
        b'1' => Ok((true, false)),
        b'x' | b'X' => Ok((false, true)),
        b'z' | b'Z' => Ok((true, true)),
        other => Err(BadDigits::NotADigit(other)),
    }
}

/// (value, unknown) of the bits to the left of a leading digit.
fn extension(lead: u8) -> Result<(bool, bool), BadDigits> {
    let (value, unknown) = states(lead)?;
    Ok((value && unknown, unknown))
}

fn set_bit(words: &mut [u32], bit: usize, on: bool) {
    let mask = 1 << (bit % 32);
    if on { words[bit / 32] |= mask } else { words[bit / 32] &= !mask }
}
