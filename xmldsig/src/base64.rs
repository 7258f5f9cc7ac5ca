//! Strict base64: one text per value, so that two spellings of one signature or token cannot exist.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base64_simd::{Base64, STANDARD, URL_SAFE_NO_PAD};

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
    decode_bytes(text.as_bytes())
}

/// The same for what may be no text.
///
/// # Errors
/// As [`decode`].
pub fn decode_bytes(text: &[u8]) -> Result<Vec<u8>, InvalidBase64> {
    let is_white_space = |b: &u8| matches!(*b, b' ' | b'\t' | b'\r' | b'\n');
    decode_dense(&STANDARD, text).or_else(|invalid| {
        if !text.iter().any(is_white_space) {
            return Err(invalid);
        }
        let mut dense = Vec::with_capacity(text.len());
        text.split(is_white_space).for_each(|part| dense.extend_from_slice(part));
        decode_dense(&STANDARD, &dense)
    })
}

fn decode_dense(alphabet: &Base64, text: &[u8]) -> Result<Vec<u8>, InvalidBase64> {
    alphabet.decode_to_vec(text).map_err(|_| InvalidBase64)
}

/// Encodes with the standard alphabet and padding, without line breaks.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode_to_string(bytes)
}

/// Decodes base64url without padding (RFC 7515, section 2).
///
/// # Errors
/// [`InvalidBase64`] also for padding, white space and non-zero trailing bits.
pub fn decode_url(text: &str) -> Result<Vec<u8>, InvalidBase64> {
    decode_dense(&URL_SAFE_NO_PAD, text.as_bytes())
}

/// Encodes as base64url without padding (RFC 7515, section 2).
#[must_use]
pub fn encode_url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(bytes)
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose;

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

    /// As `base64` decides, which looks at one byte after the other.
    #[track_caller]
    fn check(text: &[u8]) {
        let is_dense = |b: &u8| !b" \t\r\n".contains(b);
        let dense: Vec<u8> = text.iter().copied().filter(is_dense).collect();
        let expected = general_purpose::STANDARD.decode(dense).map_err(|_| InvalidBase64);
        assert_eq!(decode_bytes(text), expected, "{}", text.escape_ascii());
        let Ok(text) = core::str::from_utf8(text) else { return };
        let expected = general_purpose::URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidBase64);
        assert_eq!(decode_url(text), expected, "{text:?}");
    }

    /// Octets in which every sextet occurs.
    fn octets(length: usize) -> Vec<u8> {
        (0..length).map(|at| u8::try_from(at * at * 7 % 251).unwrap()).collect()
    }

    /// Vector instructions take 32 characters at a time, and leave the rest to others.
    #[test]
    fn every_byte_is_taken_or_refused_wherever_it_stands() {
        for text in [encode(&octets(73)), encode_url(&octets(73))] {
            for at in 0..text.len() {
                for byte in 0..=u8::MAX {
                    let mut text = text.clone().into_bytes();
                    text[at] = byte;
                    check(&text);
                }
            }
        }
    }

    #[test]
    fn every_length_is_taken_or_refused() {
        for length in 0..100 {
            let octets = octets(length);
            assert_eq!(encode(&octets), general_purpose::STANDARD.encode(&octets));
            assert_eq!(encode_url(&octets), general_purpose::URL_SAFE_NO_PAD.encode(&octets));
            for text in [encode(&octets), encode_url(&octets)] {
                for end in 0..=text.len() {
                    for after in ["", "=", "==", "===", "A", "A=", "g==", "B==", " =", "\n"] {
                        check([&text[..end], after].concat().as_bytes());
                    }
                }
            }
        }
    }

    #[test]
    fn encoding_is_what_decoding_reads() {
        assert_eq!(encode(&[0xfb, 0xff]), "+/8=");
        assert_eq!(encode_url(&[0xfb, 0xff]), "-_8");
    }
}
