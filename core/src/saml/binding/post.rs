//! HTTP-POST binding (SAML Bindings 3.5): a form value that is the base64 of the message.

use alloc::string::String;
use alloc::vec::Vec;

use crate::base64;
use crate::limits::XmlLimits;
use crate::saml::Error;

/// Longest form value that is decoded: the largest message as base64 with line breaks of CRLF every
/// 76 characters, rounded up. The largest real response has 18 KB.
pub const MAX_VALUE_BYTES: usize = XmlLimits::MESSAGE.max_bytes / 54 * 76;

/// The message of a `SAMLResponse` form value.
///
/// White space between the characters is skipped, as browsers and identity providers wrap lines.
/// Nothing else is repaired: not the URL-safe alphabet, not missing padding, not a `+` that a broken
/// form decoder turned into a space. The result is never inflated: compression belongs to the
/// redirect binding, and "try both" is how bombs get in (attacks B-03, B-04).
///
/// # Errors
/// [`Error::FormValueTooLong`] before any work, [`Error::FormValueNotBase64`].
pub fn decode_value(value: impl AsRef<[u8]>) -> Result<Vec<u8>, Error> {
    let value = value.as_ref();
    if value.len() > MAX_VALUE_BYTES {
        return Err(Error::FormValueTooLong { limit: MAX_VALUE_BYTES });
    }
    let message = base64::decode_bytes(value).map_err(|_| Error::FormValueNotBase64)?;
    if message.is_empty() {
        return Err(Error::FormValueNotBase64);
    }
    Ok(message)
}

/// The form value of a message that deskgate sends.
#[must_use]
pub fn encode_value(message: &str) -> String {
    base64::encode(message.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: Result<&[u8], Error>) {
        assert_eq!(decode_value(value).as_deref(), expected.as_ref().copied(), "{value:.40}");
    }

    #[test]
    fn lines_may_be_wrapped() {
        check("PGEv\r\nPg==", Ok(b"<a/>"));
        check(" PGEvPg==\n", Ok(b"<a/>"));
        check(&encode_value("<a/>"), Ok(b"<a/>"));
    }

    #[test]
    fn other_spellings_are_refused_not_repaired() {
        for value in
            ["", " ", "PGEvPg", "PGEvPg=", "PGEvPh==", "PGEv%50g==", "PD4-", "PGEvPg==PGEvPg=="]
        {
            check(value, Err(Error::FormValueNotBase64));
        }
    }

    #[test]
    fn a_long_value_is_refused_before_it_is_decoded() {
        let longest = "A".repeat(MAX_VALUE_BYTES);
        assert!(decode_value(&longest).is_ok());
        check(
            &"A".repeat(MAX_VALUE_BYTES + 4),
            Err(Error::FormValueTooLong { limit: MAX_VALUE_BYTES }),
        );
    }

    #[test]
    fn a_deflated_message_stays_deflated() {
        let value = base64::encode(&[0xb3, 0x49, 0xd4, 0xb7, 0x03, 0x00]);
        check(&value, Ok(&[0xb3, 0x49, 0xd4, 0xb7, 0x03, 0x00]));
    }
}
