//! From what people paste to DER certificates.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::Error;
use crate::crypto::der::{self, Reader, tag};
use crate::crypto::pem;
use crate::diagnostic::Excerpt;

/// Bytes that an administrator may paste. A certificate has 1 to 2 KB.
pub const MAX_INPUT_BYTES: usize = 64 * 1024;

/// Certificates in one paste: the current and the next one, with room for chains.
pub const MAX_CERTIFICATES: usize = 16;

/// id-signedData (RFC 5652, section 5.1) with its tag and length.
const PKCS7_SIGNED_DATA: [u8; 11] =
    [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// The start of the identifiers of password-based encryption, PKCS#5 and PKCS#12 (RFC 8018; RFC 7292).
const PASSWORD_BASED: [[u8; 8]; 2] = [
    [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05],
    [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c],
];

/// The DER of each pasted certificate, not yet parsed.
pub(super) fn certificates(pasted: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
    if pasted.len() > MAX_INPUT_BYTES {
        return Err(Error::TooLarge { bytes: pasted.len() });
    }
    let Some(text) = text_of(pasted) else {
        return Ok(vec![pasted.to_vec()]);
    };
    let decoded = match from_text(&text)? {
        Found::Blocks(blocks) => return Ok(blocks),
        Found::Bytes(decoded) => decoded,
    };
    // Base64 of a whole PEM file, unwrapped exactly once.
    match core::str::from_utf8(&decoded) {
        Ok(inner) if inner.contains("-----BEGIN ") => match from_text(inner)? {
            Found::Blocks(blocks) => Ok(blocks),
            Found::Bytes(_) => Err(Error::NotACertificate),
        },
        _ => Ok(vec![decoded]),
    }
}

/// The input as text, or `None` for binary. DER of a certificate is never UTF-8: its second byte is
/// 0x82. Windows editors save UTF-16 with a byte order mark.
fn text_of(pasted: &[u8]) -> Option<Cow<'_, str>> {
    if let Some(units) = pasted.strip_prefix(&[0xff, 0xfe]) {
        let (pairs, rest) = units.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        return rest.is_empty().then(|| String::from_utf16(&units).ok().map(Cow::Owned))?;
    }
    let text = core::str::from_utf8(pasted).ok()?;
    Some(Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)))
}

enum Found {
    /// The DER in each PEM block.
    Blocks(Vec<Vec<u8>>),
    /// What the bare base64 text decodes to.
    Bytes(Vec<u8>),
}

fn from_text(text: &str) -> Result<Found, Error> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Error::Empty);
    }
    if trimmed.contains("-----BEGIN ") {
        return from_blocks(text).map(Found::Blocks);
    }
    if trimmed.starts_with('<') {
        let start: String = trimmed.chars().take(1024).collect::<String>().to_ascii_lowercase();
        let is_html = start.starts_with("<!doctype html") || start.contains("<html");
        return Err(if is_html { Error::Html } else { Error::Xml });
    }
    if trimmed.contains("BEGIN CERTIFICATE") || trimmed.contains("END CERTIFICATE") {
        return Err(Error::DamagedPemLine);
    }
    if is_fingerprint(trimmed) {
        return Err(Error::Fingerprint);
    }
    if trimmed.starts_with("ssh-") {
        return Err(Error::PublicKeyOnly);
    }
    decode(text, 0, text).map(Found::Bytes)
}

fn from_blocks(text: &str) -> Result<Vec<Vec<u8>>, Error> {
    let mut found = Vec::new();
    let mut unfinished = None;
    let mut other = None;
    for block in pem::blocks(text) {
        let label = match &block {
            Ok(block) => block.label,
            Err(unfinished) => unfinished.label,
        };
        // First of all, whatever else is wrong: the person has to know about the leaked key.
        if label.ends_with("PRIVATE KEY") {
            return Err(Error::PrivateKeyPasted);
        }
        match (block, label) {
            (Ok(block), "CERTIFICATE" | "X509 CERTIFICATE") => found.push(block),
            (Ok(_), label) => other = Some(not_a_certificate_block(label)),
            (Err(block), _) => unfinished = Some(block),
        }
    }
    if let Some(unfinished) = unfinished {
        let damaged = unfinished.label.is_empty() || unfinished.rest.contains("END ");
        return Err(if damaged { Error::DamagedPemLine } else { Error::Truncated });
    }
    if let Some(other) = other {
        return Err(other);
    }
    if found.is_empty() {
        return Err(Error::NotACertificate);
    }
    if found.len() > MAX_CERTIFICATES {
        return Err(Error::TooMany);
    }
    found.iter().map(|block| decode(block.body, block.offset, text)).collect()
}

fn not_a_certificate_block(label: &str) -> Error {
    match label {
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Error::CertificateRequest,
        "PKCS7" | "CMS" => Error::Pkcs7,
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Error::PublicKeyOnly,
        other => Error::UnexpectedBlock(Excerpt::new(other)),
    }
}

/// 20 or 32 bytes in hexadecimal: SHA-1 or SHA-256, with or without colons.
fn is_fingerprint(text: &str) -> bool {
    let mut digits = 0_usize;
    for c in text.chars() {
        match c {
            ':' | ' ' => {}
            c if c.is_ascii_hexdigit() => digits += 1,
            _ => return false,
        }
    }
    matches!(digits, 40 | 64)
}

/// Decodes base64 with white space and the escapes `\n` and `\r`, which JSON files have for line ends.
/// `body` stands `offset` bytes after the start of `text`.
fn decode(body: &str, offset: usize, text: &str) -> Result<Vec<u8>, Error> {
    let body = body.replace("\\n", "  ").replace("\\r", "  ");
    let mut padding = false;
    for (at, c) in body.char_indices() {
        match c {
            '=' => padding = true,
            c if c.is_ascii_whitespace() => {}
            c if (c.is_ascii_alphanumeric() || c == '+' || c == '/') && !padding => {}
            _ => return Err(position(text, offset + at)),
        }
    }
    if body.trim().is_empty() {
        return Err(Error::Empty);
    }
    // Only base64 characters, but not whole groups of four: characters are missing at the end.
    crate::base64::decode(&body).map_err(|_| Error::Truncated)
}

/// `replace` above keeps every byte in its place, so the offset is one into the original text.
fn position(text: &str, offset: usize) -> Error {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Error::NotBase64 {
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
    }
}

/// What DER is that is not a certificate, told by its first elements.
pub(super) fn not_a_certificate(der: &[u8]) -> Error {
    let Some((content, length)) = sequence(der) else {
        return Error::NotACertificate;
    };
    if content.starts_with(&PKCS7_SIGNED_DATA) {
        return Error::Pkcs7;
    }
    match content {
        // Version 3, then a sequence.
        [0x02, 0x01, 0x03, 0x30, ..] => return Error::Pkcs12,
        // PKCS#8 and PKCS#1 private keys, SEC 1 private keys.
        [0x02, 0x01, 0x00 | 0x01, 0x30, ..]
        | [0x02, 0x01, 0x00, 0x02, ..]
        | [0x02, 0x01, 0x01, 0x04, ..] => return Error::PrivateKeyPasted,
        // PKCS#1 public keys: modulus, exponent.
        [0x02, 0x81..=0x84, ..] => return Error::PublicKeyOnly,
        _ => {}
    }
    match sequence(content) {
        // An algorithm, then a key.
        Some(([0x06, _, identifier @ ..], _)) => {
            let encrypted = PASSWORD_BASED.iter().any(|start| identifier.starts_with(start));
            return if encrypted { Error::PrivateKeyPasted } else { Error::PublicKeyOnly };
        }
        Some(_) => {}
        None => return Error::NotACertificate,
    }
    match length.map(|length| (length, der.len())) {
        Some((length, given)) if given < length => Error::Truncated,
        Some((length, given)) if given > length => Error::TrailingBytes { count: given - length },
        _ if is_request(content) => Error::CertificateRequest,
        _ => Error::Malformed,
    }
}

/// What is there of the content of a SEQUENCE, and how many bytes the whole should have. The
/// indefinite length of BER has no such number; Windows writes key stores with it.
fn sequence(der: &[u8]) -> Option<(&[u8], Option<usize>)> {
    if let Some(content) = der.strip_prefix(&[0x30, 0x80]) {
        return Some((content, None));
    }
    let (length, content) = der::read_length(der.strip_prefix(&[tag::SEQUENCE])?)?;
    let header_length = der.len().checked_sub(content.len())?;
    Some((content, Some(header_length.checked_add(length)?)))
}

/// Whether the content is that of a CertificationRequest (RFC 2986, section 4.2): version 1, a name, a
/// key and `[0]`, where a certificate has dates.
fn is_request(content: &[u8]) -> bool {
    let mut reader = Reader::new(content);
    let Some(mut request) = reader.read(tag::SEQUENCE).map(Reader::new) else { return false };
    request.read(tag::INTEGER) == Some(&[0])
        && request.read(tag::SEQUENCE).is_some()
        && request.read(tag::SEQUENCE).is_some()
        && request.read(tag::CONTEXT_0).is_some()
}
