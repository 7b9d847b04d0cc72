//! A small PNG writer: pictures with a palette, as `data:` addresses inside a report, and pictures of red, green and blue.
//!
//! Source: PNG specification (ISO/IEC 15948), base64 (RFC 4648).

use miniz_oxide::deflate::compress_to_vec_zlib;

/// Red, green, blue, opacity.
pub(super) type Colour = [u8; 4];

/// A palette picture, row by row.
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) palette: Vec<Colour>,
    pub(super) pixels: Vec<u8>,
}

impl Picture {
    /// The picture as a `data:image/png;base64,` address.
    pub(super) fn data_address(&self) -> String {
        format!("data:image/png;base64,{}", base64(&self.png()))
    }

    fn png(&self) -> Vec<u8> {
        let mut out = start((self.width, self.height), PALETTE);
        chunk(&mut out, b"PLTE", &self.palette.iter().flat_map(|c| [c[0], c[1], c[2]]).collect::<Vec<u8>>());
        chunk(&mut out, b"tRNS", &self.palette.iter().map(|c| c[3]).collect::<Vec<u8>>());
        finish(out, self.pixels.chunks(self.width))
    }
}

/// A picture of red, green and blue, row by row, `width` pixels each.
pub(crate) fn rgb_png(width: usize, pixels: &[[u8; 3]]) -> Vec<u8> {
    let out = start((width, pixels.len() / width), RGB);
    finish(out, pixels.as_flattened().chunks(3 * width))
}

/// Colour types of the specification, for 8 bits.
const RGB: u8 = 2;
const PALETTE: u8 = 3;

fn start((width, height): (usize, usize), colour_type: u8) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = be32(width).to_vec();
    header.extend(be32(height));
    header.extend([8, colour_type, 0, 0, 0]);
    chunk(&mut out, b"IHDR", &header);
    out
}

fn finish<'a>(mut out: Vec<u8>, lines: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let filtered: Vec<u8> = lines.flat_map(|line| std::iter::once(&0).chain(line).copied()).collect();
    chunk(&mut out, b"IDAT", &compress_to_vec_zlib(&filtered, 6));
    chunk(&mut out, b"IEND", &[]);
    out
}

fn be32(value: usize) -> [u8; 4] {
    u32::try_from(value).expect("pictures are far below 2^32 pixels").to_be_bytes()
}

fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    out.extend(be32(data.len()));
    let start = out.len();
    out.extend(kind);
    out.extend(data);
    let crc = crc32(&out[start..]);
    out.extend(crc.to_be_bytes());
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let word = (0..3).fold(0_usize, |word, i| word << 8 | usize::from(three.get(i).copied().unwrap_or(0)));
        let digit = |i: usize| if i <= three.len() { char::from(DIGITS[word >> (18 - 6 * i) & 63]) } else { '=' };
        (0..4).map(digit).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::{base64, crc32, rgb_png};
    use miniz_oxide::inflate::decompress_to_vec_zlib;

    #[test]
    fn known_answers_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        let encoded = [&b""[..], b"f", b"fo", b"foo", b"foobar"].map(base64);
        assert_eq!(encoded, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYmFy"]);
    }
    #[test]
    fn lines_survive_the_compression() {
        let png = rgb_png(2, &[[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]]);
        let header = [0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0];
        assert_eq!(&png[8..29], header);
        let length = u32::from_be_bytes(png[33..37].try_into().unwrap()) as usize;
        assert_eq!(&png[37..41], b"IDAT");
        let lines = decompress_to_vec_zlib(&png[41..41 + length]).unwrap();
        assert_eq!(lines, [0, 1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 10, 11, 12], "each line after its filter, 0");
    }
}
