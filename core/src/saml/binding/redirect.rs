//! HTTP-Redirect binding (SAML Bindings 3.4): DEFLATE, base64, percent-encoding in a query.

use alloc::format;
use alloc::string::String;

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use crate::base64;
use crate::crypto::Crypto;
use crate::dsig::SigningKey;
use crate::dsig::redirect::{Message, encode_value, sign_query};
use crate::saml::Error;

/// Longest inflated message. Requests and logout messages have 1 to 4 KB; a bomb stops here
/// (CVE-2023-28119, CVE-2025-25293).
pub const MAX_INFLATED_BYTES: usize = 64 * 1024;

/// Longest value that is looked at before base64; DEFLATE never makes XML longer than itself by much.
pub const MAX_VALUE_BYTES: usize = 64 * 1024;

/// zlib's level 6, the usual one; requests are so small that others make no difference.
const COMPRESSION_LEVEL: u8 = 6;

/// The value of `SAMLRequest` or `SAMLResponse`, before percent-encoding.
#[must_use]
pub fn deflate_value(message: &str) -> String {
    base64::encode(&compress_to_vec(message.as_bytes(), COMPRESSION_LEVEL))
}

/// The message of a value, after percent-decoding: of logout messages, never of sign-in responses.
///
/// # Errors
/// [`Error::RedirectValue`] when it is too long before or after inflating, is not canonical base64,
/// not one raw DEFLATE stream, has bytes after it, or is not UTF-8.
pub fn inflate_value(value: &str) -> Result<String, Error> {
    if value.len() > MAX_VALUE_BYTES {
        return Err(Error::RedirectValue);
    }
    let compressed = base64::decode(value).map_err(|_| Error::RedirectValue)?;
    let mut message = alloc::vec![0; MAX_INFLATED_BYTES];
    let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut decompressor = DecompressorOxide::new();
    let (status, read, written) =
        decompress(&mut decompressor, &compressed, &mut message, 0, flags);
    if status != TINFLStatus::Done || read != compressed.len() {
        return Err(Error::RedirectValue);
    }
    message.truncate(written);
    String::from_utf8(message).map_err(|_| Error::RedirectValue)
}

/// The address to send the browser to: `destination` with the message, `RelayState` and, with a
/// key, the query signature. A query that `destination` already has is kept (SAML Bindings 3.4.3).
///
/// # Errors
/// [`Error::Dsig`] when the key cannot sign.
pub fn message_url(
    kind: Message,
    message: &str,
    destination: &str,
    relay_state: Option<&str>,
    signing_key: Option<&SigningKey<'_>>,
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    let mut query = format!("{}={}", kind.parameter(), encode_value(&deflate_value(message)));
    if let Some(relay_state) = relay_state {
        query.push_str("&RelayState=");
        query.push_str(&encode_value(relay_state));
    }
    if let Some(signing_key) = signing_key {
        query = sign_query(&query, signing_key, crypto)?;
    }
    let separator = if destination.contains('?') { '&' } else { '?' };
    Ok(format!("{destination}{separator}{query}"))
}
