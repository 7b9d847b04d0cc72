//! Items of a VCD body: times, value changes, keywords.

const FIRST_ID: u8 = b'!';
const ID_CHARACTERS: u64 = 94;
/// Ten characters of 94 fit in 64 bits only in part; no simulator writes more than five.
const LONGEST_ID: usize = 9;

/// One item; digits are a range of the bytes given to [`lex`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Time(u64),
    Scalar { digit: u8, id: u64 },
    Vector { first: usize, last: usize, id: u64 },
    Real { id: u64 },
    Text { id: u64 },
    Keyword { first: usize, last: usize },
}

/// An item, the position of the white space behind it, and the newlines inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lexeme {
    pub(crate) token: Token,
    pub(crate) end: usize,
    pub(crate) lines: u64,
}

/// Why no item was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The bytes end before the white space behind the item.
    Incomplete,
    /// A value change without identifier.
    NoId,
    /// An identifier longer than any simulator writes, or with a character outside `!` to `~`.
    BadId,
    /// `b` or `B` without digits.
    NoDigits,
    /// `#` without a number below 2^64.
    BadTime,
    /// No item starts with this byte.
    BadStart(u8),
}

/// The item that starts at `start`, which is not white space.
#[inline]
pub(crate) fn lex(bytes: &[u8], start: usize) -> Result<Lexeme, Stop> {
    match bytes[start] {
        digit @ (b'0' | b'1' | b'x' | b'X' | b'z' | b'Z') => {
            let (id, end) = lex_id(bytes, start + 1)?;
            Ok(Lexeme { token: Token::Scalar { digit, id }, end, lines: 0 })
        }
        b'b' | b'B' => lex_vector(bytes, start + 1),
        b'#' => lex_time(bytes, start + 1),
        b'$' => {
            let last = word_end(bytes, start)?;
            Ok(Lexeme { token: Token::Keyword { first: start, last }, end: last, lines: 0 })
        }
        b'r' | b'R' => lex_other(bytes, start, |id| Token::Real { id }),
        b's' | b'S' => lex_other(bytes, start, |id| Token::Text { id }),
        other => Err(Stop::BadStart(other)),
    }
}

#[inline]
fn lex_vector(bytes: &[u8], first: usize) -> Result<Lexeme, Stop> {
    let last = word_end(bytes, first)?;
    if last == first {
        return Err(Stop::NoDigits);
    }
    let (start, lines) = skip_blank(bytes, last)?;
    let (id, end) = lex_id(bytes, start)?;
    Ok(Lexeme { token: Token::Vector { first, last, id }, end, lines })
}

fn lex_other(bytes: &[u8], start: usize, token: impl Fn(u64) -> Token) -> Result<Lexeme, Stop> {
    let (next, lines) = skip_blank(bytes, word_end(bytes, start)?)?;
    let (id, end) = lex_id(bytes, next)?;
    Ok(Lexeme { token: token(id), end, lines })
}

#[inline]
fn lex_time(bytes: &[u8], start: usize) -> Result<Lexeme, Stop> {
    let end = word_end(bytes, start)?;
    if end == start {
        return Err(Stop::BadTime);
    }
    let time = bytes[start..end].iter().try_fold(0u64, |time, &byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 { None } else { time.checked_mul(10)?.checked_add(u64::from(digit)) }
    });
    Ok(Lexeme { token: Token::Time(time.ok_or(Stop::BadTime)?), end, lines: 0 })
}

/// Identifier code at `start` as the `vcd` crate numbers it (first character least significant), and the position behind it.
#[inline]
fn lex_id(bytes: &[u8], start: usize) -> Result<(u64, usize), Stop> {
    let (mut code, mut scale, mut pos) = (0u64, 1u64, start);
    loop {
        let byte = *bytes.get(pos).ok_or(Stop::Incomplete)?;
        if byte <= b' ' {
            break;
        }
        if byte > b'~' || pos - start == LONGEST_ID {
            return Err(Stop::BadId);
        }
        code += u64::from(byte - FIRST_ID + 1) * scale;
        scale = scale.wrapping_mul(ID_CHARACTERS);
        pos += 1;
    }
    if pos == start { Err(Stop::NoId) } else { Ok((code - 1, pos)) }
}

/// Number of a whole identifier; `None` if it is not one.
pub(crate) fn id_of(id: &[u8]) -> Option<u64> {
    let mut bytes = id.to_vec();
    bytes.push(b' ');
    lex_id(&bytes, 0).ok().map(|(code, _)| code)
}

/// Position of the white space behind the word that contains `start`.
#[inline]
fn word_end(bytes: &[u8], start: usize) -> Result<usize, Stop> {
    let length = bytes[start..].iter().position(|&byte| byte <= b' ');
    length.map(|length| start + length).ok_or(Stop::Incomplete)
}

#[inline]
fn skip_blank(bytes: &[u8], start: usize) -> Result<(usize, u64), Stop> {
    let (mut pos, mut lines) = (start, 0);
    loop {
        let byte = *bytes.get(pos).ok_or(Stop::Incomplete)?;
        if byte > b' ' {
            return Ok((pos, lines));
        }
        lines += u64::from(byte == b'\n');
        pos += 1;
    }
}
