//! JWS in compact serialization (RFC 7515, sections 5 and 7.1).

use alloc::string::String;
use alloc::vec::Vec;

use crate::base64;
use crate::crypto::{Crypto, JwsAlgorithm};
use crate::diagnostic::Excerpt;
use crate::jose::header::Header;
use crate::jose::jwk::{SigningMaterial, VerificationMaterial};
use crate::jose::{Error, Jwk, JwkSet, Part, SigningKey};

/// Most bytes of a token (CVE-2025-30204). A cookie holds 4 KiB, a header line 8 KiB at most servers.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// The configured keys of a verifier.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Keys<'k> {
    /// Exactly this key. A token that names another `kid` is refused; one without `kid` is not.
    One(&'k Jwk),
    /// The key of the set that the token names. A token without `kid` is refused.
    Set(&'k JwkSet),
}

impl<'k> Keys<'k> {
    /// Equality is all that happens to a `kid`: it never reaches a file, a query or an address.
    fn select(self, kid: Option<&str>) -> Result<&'k Jwk, Error> {
        let unknown = |kid: &str| Error::KeyIdUnknown { found: Excerpt::new(kid) };
        match (self, kid) {
            (Self::One(key), Some(kid)) if key.key_id().is_some_and(|own| own != kid) => {
                Err(unknown(kid))
            }
            (Self::One(key), _) => Ok(key),
            (Self::Set(_), None) => Err(Error::KeyIdMissing),
            (Self::Set(set), Some(kid)) => set.key(kid).ok_or_else(|| unknown(kid)),
        }
    }
}

/// A payload that was signed by one of the configured keys. Only [`verify_jws`] makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedJws {
    header: Header,
    payload: Vec<u8>,
}

impl VerifiedJws {
    /// The protected header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The payload, the very bytes that were signed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }
}

/// Verifies a JWS: form, header, key, signature, in this order. Claims are not looked at.
///
/// `algorithms` is the verifier's list; a token with another `alg` is refused before any key is used.
///
/// # Errors
/// The [`Error`] of the first rule that the token breaks.
pub fn verify_jws(
    token: &str,
    keys: Keys<'_>,
    algorithms: &[JwsAlgorithm],
    crypto: &dyn Crypto,
) -> Result<VerifiedJws, Error> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Error::TooLong { limit: MAX_TOKEN_BYTES, found: token.len() });
    }
    let (signing_input, header, payload, signature) = segments(token)?;
    let header = Header::parse(&decode(header, Part::Header)?, algorithms)?;
    let signature = decode(signature, Part::Signature)?;
    let key = keys.select(header.key_id())?;
    check_algorithm(&header, key)?;
    check_signature(key, signing_input.as_bytes(), &signature, crypto)?;
    Ok(VerifiedJws { header, payload: decode(payload, Part::Claims)? })
}

/// Header, payload and signature, decoded and nothing else.
pub(super) fn decode_segments(token: &str) -> Result<[Vec<u8>; 3], Error> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Error::TooLong { limit: MAX_TOKEN_BYTES, found: token.len() });
    }
    let (_, header, payload, signature) = segments(token)?;
    Ok([
        decode(header, Part::Header)?,
        decode(payload, Part::Claims)?,
        decode(signature, Part::Signature)?,
    ])
}

/// RFC 7515, section 7.1: header, payload and signature; a JWE would have five (CVE-2023-51774).
fn segments(token: &str) -> Result<(&str, &str, &str, &str), Error> {
    let wrong_count = || Error::SegmentCount { found: token.split('.').count() };
    let (signing_input, signature) = token.rsplit_once('.').ok_or_else(wrong_count)?;
    let (header, payload) = signing_input.split_once('.').ok_or_else(wrong_count)?;
    if payload.contains('.') {
        return Err(wrong_count());
    }
    Ok((signing_input, header, payload, signature))
}

fn decode(segment: &str, part: Part) -> Result<Vec<u8>, Error> {
    base64::decode_url(segment).map_err(|_| Error::NotBase64Url { part })
}

/// RFC 8725, section 3.1: the algorithm is a property of the key (CVE-2015-9235, CVE-2026-22817).
fn check_algorithm(header: &Header, key: &Jwk) -> Result<(), Error> {
    if header.algorithm == key.algorithm() {
        return Ok(());
    }
    Err(Error::AlgorithmMismatch {
        expected: key.algorithm().name(),
        found: header.algorithm.name(),
    })
}

fn check_signature(
    key: &Jwk,
    signing_input: &[u8],
    signature: &[u8],
    crypto: &dyn Crypto,
) -> Result<(), Error> {
    let algorithm = key.algorithm();
    match (&key.material, algorithm.signature_algorithm(), algorithm.mac_digest()) {
        (VerificationMaterial::Public(public), Some(signature_algorithm), _) => crypto
            .verify(signature_algorithm, public, signing_input, signature)
            .map_err(|_| Error::SignatureInvalid),
        (VerificationMaterial::Secret(secret), _, Some(digest))
            if crypto.mac(digest, secret, signing_input).matches(signature) =>
        {
            Ok(())
        }
        _ => Err(Error::SignatureInvalid),
    }
}

/// Makes a JWS. `typ` becomes the header parameter of that name.
///
/// # Errors
/// [`Error::SigningFailed`] when this provider does not use such keys, [`Error::TooLong`].
pub fn sign_jws(
    payload: &[u8],
    typ: Option<&str>,
    key: &SigningKey,
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    let mut signing_input = protected_header(typ, key);
    signing_input.push('.');
    signing_input.push_str(&base64::encode_url(payload));
    sign(signing_input, key, crypto)
}

/// The first segment of the tokens of a key.
pub(crate) fn protected_header(typ: Option<&str>, key: &SigningKey) -> String {
    let header =
        Header { algorithm: key.algorithm, kid: key.kid.clone(), typ: typ.map(String::from) };
    base64::encode_url(header.to_json().as_bytes())
}

/// The token of a signing input (RFC 7515, section 5.1), whose header is [`protected_header`].
pub(crate) fn sign(
    signing_input: String,
    key: &SigningKey,
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    let signature = make_signature(key, signing_input.as_bytes(), crypto)?;
    let mut token = signing_input;
    token.push('.');
    token.push_str(&base64::encode_url(&signature));
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Error::TooLong { limit: MAX_TOKEN_BYTES, found: token.len() });
    }
    Ok(token)
}

fn make_signature(
    key: &SigningKey,
    signing_input: &[u8],
    crypto: &dyn Crypto,
) -> Result<Vec<u8>, Error> {
    match (&key.material, key.algorithm.signature_algorithm(), key.algorithm.mac_digest()) {
        (SigningMaterial::Private(private), Some(algorithm), _) => {
            crypto.sign(algorithm, private, signing_input).map_err(|_| Error::SigningFailed)
        }
        (SigningMaterial::Secret(secret), _, Some(digest)) => {
            Ok(crypto.mac(digest, secret, signing_input).as_bytes().to_vec())
        }
        _ => Err(Error::SigningFailed),
    }
}

#[cfg(test)]
mod tests;
