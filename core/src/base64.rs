//! Strict base64: one text per value, so that two spellings of one signature or token cannot exist.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use ::base64::Engine as _;
use ::base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// A text that is not canonical base64 of the expected alphabet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidBase64;

impl fmt::Display for InvalidBase64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not canonical base64")
    }
}

impl core::error::Error for InvalidBase64 {}

/// Decodes xs:base64Binary: the standard alphabet with padding, XML white space anywhere.
///
/// The URL-safe alphabet, missing padding, bits after the value and a `+` that a form decoder turned
/// into a space (which leaves a wrong length) are refused, never repaired.
///
/// # Errors
/// [`InvalidBase64`].
pub fn decode(text: &str) -> Result<Vec<u8>, InvalidBase64> {
    let is_white_space = |b: &u8| matches!(*b, b' ' | b'\t' | b'\r' | b'\n');
    decode_dense(text.as_bytes()).or_else(|invalid| {
        if !text.as_bytes().iter().any(is_white_space) {
            return Err(invalid);
        }
        let dense: Vec<u8> = text.bytes().filter(|b| !is_white_space(b)).collect();
        decode_dense(&dense)
    })
}

/// Without white space. A message is 10 KB of base64 and more: a table look-up for each character and
/// nothing else takes half of the time of the library, to which the last group with its padding is
/// left.
fn decode_dense(text: &[u8]) -> Result<Vec<u8>, InvalidBase64> {
    let (groups, last) = match text.split_last_chunk::<4>() {
        Some((groups, last)) => (groups.as_chunks::<4>(), last.as_slice()),
        None => ((&[][..], &[][..]), text),
    };
    let (groups, []) = groups else { return Err(InvalidBase64) };
    let mut decoded = Vec::with_capacity(groups.len() * 3 + 3);
    decoded.resize(groups.len() * 3, 0);
    let mut seen = 0;
    for (octets, &[a, b, c, d]) in decoded.as_chunks_mut::<3>().0.iter_mut().zip(groups) {
        let (a, b, c, d) = (sextet(a), sextet(b), sextet(c), sextet(d));
        seen |= a | b | c | d;
        *octets = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
    }
    if seen & NO_SEXTET != 0 {
        return Err(InvalidBase64);
    }
    STANDARD.decode_vec(last, &mut decoded).map_err(|_| InvalidBase64)?;
    Ok(decoded)
}

/// Has a bit that no sextet has.
const NO_SEXTET: u8 = 0x80;

/// The value of each character of the standard alphabet (RFC 4648, section 4).
const SEXTETS: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [NO_SEXTET; 256];
    let (mut value, mut rest) = (0, alphabet.as_slice());
    while let [first, after @ ..] = rest {
        #[expect(
            clippy::as_conversions,
            clippy::indexing_slicing,
            reason = "the compiler runs this"
        )]
        (table[*first as usize] = value);
        (value, rest) = (value + 1, after);
    }
    table
};

fn sextet(character: u8) -> u8 {
    SEXTETS.get(usize::from(character)).copied().unwrap_or(NO_SEXTET)
}

/// Encodes with the standard alphabet and padding, without line breaks.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Decodes base64url without padding (RFC 7515, section 2).
///
/// # Errors
/// [`InvalidBase64`] also for padding, white space and non-zero trailing bits.
pub fn decode_url(text: &str) -> Result<Vec<u8>, InvalidBase64> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidBase64)
}

/// Encodes as base64url without padding (RFC 7515, section 2).
#[must_use]
pub fn encode_url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_allowed_in_xml_only() {
        assert_eq!(decode("aGVs\r\n bG8=\t").as_deref(), Ok(b"hello".as_slice()));
        assert_eq!(decode_url("aGVs bG8"), Err(InvalidBase64));
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in ["aGVsbG8", "aGVsbG9=", "aGVsbG8==", "aGVsbG8=A", "a-_=", "=", "a"] {
            assert_eq!(decode(text), Err(InvalidBase64), "{text}");
        }
        for text in ["aGVsbG8=", "aGVsbG9", "a+/A", "a"] {
            assert_eq!(decode_url(text), Err(InvalidBase64), "{text}");
        }
    }

    /// Byte for byte as the library decides, wherever in the text the character stands.
    #[test]
    fn every_character_is_taken_or_refused_as_the_library_does() {
        for at in 0..12 {
            for character in 0..=127u8 {
                let mut text = *b"AbCdEfGhIjKl";
                text[at] = character;
                let text = core::str::from_utf8(&text).unwrap();
                let dense: String = text.chars().filter(|c| !" \t\r\n".contains(*c)).collect();
                let expected = STANDARD.decode(dense).map_err(|_| InvalidBase64);
                assert_eq!(decode(text), expected, "{text:?}");
            }
        }
        for length in 0..12 {
            let text = "\u{e4}+/8=A===".get(..length).unwrap_or("AA==");
            assert_eq!(decode(text), STANDARD.decode(text).map_err(|_| InvalidBase64), "{text:?}");
        }
    }

    #[test]
    fn encoding_is_what_decoding_reads() {
        assert_eq!(encode(&[0xfb, 0xff]), "+/8=");
        assert_eq!(encode_url(&[0xfb, 0xff]), "-_8");
    }
}
