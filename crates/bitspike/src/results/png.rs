//! A small PNG writer for pictures with a palette, as `data:` addresses inside a report.
//!
//! Source: PNG specification (ISO/IEC 15948), deflate with stored blocks (RFC 1951, section 3.2.4), base64 (RFC 4648).

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
        let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
        let mut header = be32(self.width).to_vec();
        header.extend(be32(self.height));
        header.extend([8, 3, 0, 0, 0]);
        chunk(&mut out, b"IHDR", &header);
        chunk(&mut out, b"PLTE", &self.palette.iter().flat_map(|c| [c[0], c[1], c[2]]).collect::<Vec<u8>>());
        chunk(&mut out, b"tRNS", &self.palette.iter().map(|c| c[3]).collect::<Vec<u8>>());
        let lines = self.pixels.chunks(self.width).flat_map(|line| std::iter::once(&0).chain(line).copied());
        chunk(&mut out, b"IDAT", &zlib(&lines.collect::<Vec<u8>>()));
        chunk(&mut out, b"IEND", &[]);
        out
    }
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

/// Deflate without compression, in a zlib frame.
fn zlib(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let last = data.len().div_ceil(65535).max(1) - 1;
    for (index, block) in data.chunks(65535).enumerate() {
        let length = u16::try_from(block.len()).expect("blocks have at most 65535 bytes");
        out.push(u8::from(index == last));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    out.extend(adler32(data).to_be_bytes());
    out
}

fn adler32(data: &[u8]) -> u32 {
    let (a, b) = data.iter().fold((1, 0), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65521;
        (a, (b + a) % 65521)
    });
    b << 16 | a
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
    use super::{adler32, base64, crc32};

    #[test]
    fn known_answers_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
        let encoded = [&b""[..], b"f", b"fo", b"foo", b"foobar"].map(base64);
        assert_eq!(encoded, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYmFy"]);
    }
}
