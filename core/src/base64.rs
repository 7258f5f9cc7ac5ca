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
    let is_white_space = |b: u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n');
    if text.bytes().any(is_white_space) {
        let dense: Vec<u8> = text.bytes().filter(|&b| !is_white_space(b)).collect();
        return STANDARD.decode(dense).map_err(|_| InvalidBase64);
    }
    STANDARD.decode(text).map_err(|_| InvalidBase64)
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

    #[test]
    fn encoding_is_what_decoding_reads() {
        assert_eq!(encode(&[0xfb, 0xff]), "+/8=");
        assert_eq!(encode_url(&[0xfb, 0xff]), "-_8");
    }
}
