//! Signatures over the query of the HTTP-Redirect binding (SAML Bindings 3.4.4.1).
//!
//! The signed octets are the parameters as they were sent, percent-encoding and all, in the order of
//! the binding. A verifier that decodes and encodes again, or joins duplicates, checks another text
//! than the one its application reads (CVE-2025-27773): here everything is cut out of the raw query.

use alloc::format;
use alloc::string::{String, ToString as _};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::verify::{check_keys, key_that_signed};
use super::{Error, SignatureRules, SigningKey};
use crate::base64;
use crate::crypto::{Crypto, PublicKey, SignatureAlgorithm};
use crate::diagnostic::Excerpt;

/// Everything but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Which message a query carries; a query with both is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// `SAMLRequest`.
    Request,
    /// `SAMLResponse`.
    Response,
}

impl Message {
    /// Name of the parameter.
    #[must_use]
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Request => Self::Response,
            Self::Response => Self::Request,
        }
    }
}

/// Percent-encodes a value for a query.
#[must_use]
pub fn encode_value(value: &str) -> String {
    utf8_percent_encode(value, ENCODED).to_string()
}

/// Appends `SigAlg` and `Signature` to a query that holds the message and RelayState, in this order
/// and already percent-encoded.
///
/// # Errors
/// [`Error::SigningFailed`] when the key cannot sign; [`Error::Sha1`].
pub fn sign_query(
    query: &str,
    signing_key: &SigningKey<'_>,
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    if signing_key.algorithm.uses_sha1() {
        return Err(Error::Sha1 { element: "SigAlg" });
    }
    let signed = format!("{query}&SigAlg={}", encode_value(signing_key.algorithm.xml_uri()));
    let value = crypto
        .sign(signing_key.algorithm, signing_key.key, signed.as_bytes())
        .map_err(|_| Error::SigningFailed)?;
    Ok(format!("{signed}&Signature={}", encode_value(&base64::encode(&value))))
}

/// A query whose signature was verified, still percent-encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedQuery<'q> {
    message: &'q str,
    relay_state: Option<&'q str>,
    key_index: usize,
}

impl<'q> SignedQuery<'q> {
    /// Value of `SAMLRequest` or `SAMLResponse` as sent.
    #[must_use]
    pub fn message(&self) -> &'q str {
        self.message
    }

    /// Value of `RelayState` as sent.
    #[must_use]
    pub fn relay_state(&self) -> Option<&'q str> {
        self.relay_state
    }

    /// The same value, percent-decoded.
    ///
    /// # Errors
    /// [`Error::Parameter`] when it is not UTF-8.
    pub fn decoded_message(&self) -> Result<String, Error> {
        decode_value(self.message, "SAMLRequest or SAMLResponse")
    }

    /// Which of the given keys made the signature.
    #[must_use]
    pub fn key_index(&self) -> usize {
        self.key_index
    }
}

/// Value of `SAMLRequest` or `SAMLResponse`, percent-decoded. Nothing is verified.
///
/// # Errors
/// [`Error::Parameter`] when it is missing or there twice, or the other one is there.
pub fn unverified_message(query: &str, message: Message) -> Result<String, Error> {
    decode_value(only_message(query, message)?, message.parameter())
}

/// Whether a query claims to be signed at all; [`verify_query`] says whether it is.
///
/// # Errors
/// [`Error::Parameter`] when `SigAlg` or `Signature` is there twice.
pub fn is_signed(query: &str) -> Result<bool, Error> {
    Ok(parameter(query, "SigAlg")?.is_some() || parameter(query, "Signature")?.is_some())
}

/// Verifies the signature of a raw query string (without the `?`).
///
/// # Errors
/// [`Error::Parameter`] when a parameter is missing, is there twice, or both kinds of message are
/// there; otherwise as [`super::verify()`].
pub fn verify_query<'q>(
    query: &'q str,
    message: Message,
    keys: &[PublicKey],
    rules: &SignatureRules,
    crypto: &dyn Crypto,
) -> Result<SignedQuery<'q>, Error> {
    check_keys(keys)?;
    let text = only_message(query, message)?;
    let required = |name: &'static str| parameter(query, name)?.ok_or(Error::Parameter { name });
    let relay_state = parameter(query, "RelayState")?;
    let sig_alg = required("SigAlg")?;
    let signature = required("Signature")?;

    let algorithm = parse_algorithm(sig_alg, rules)?;
    let value = base64::decode(&decode_value(signature, "Signature")?)
        .map_err(|_| Error::Base64 { element: "Signature" })?;
    let name = message.parameter();
    let signed = relay_state.map_or_else(
        || format!("{name}={text}&SigAlg={sig_alg}"),
        |relay_state| format!("{name}={text}&RelayState={relay_state}&SigAlg={sig_alg}"),
    );
    let key_index = key_that_signed(algorithm, keys, signed.as_bytes(), &value, crypto)?;
    Ok(SignedQuery { message: text, relay_state, key_index })
}

/// The raw value of the message, in a query that has this kind of message and not the other.
fn only_message(query: &str, message: Message) -> Result<&str, Error> {
    let other = message.other().parameter();
    if parameter(query, other)?.is_some() {
        return Err(Error::Parameter { name: other });
    }
    let name = message.parameter();
    parameter(query, name)?.ok_or(Error::Parameter { name })
}

/// The raw value of the parameter with exactly this name, not verified.
///
/// # Errors
/// [`Error::Parameter`] when it is there twice.
pub fn parameter<'q>(query: &'q str, name: &'static str) -> Result<Option<&'q str>, Error> {
    let mut values = query.split('&').filter_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        // A name that only becomes ours by decoding is counted too, so that it cannot shadow.
        (key == name || percent_decode_str(key).eq(name.bytes())).then_some((key, value))
    });
    let first = values.next();
    if values.next().is_some() || first.is_some_and(|(key, _)| key != name) {
        return Err(Error::Parameter { name });
    }
    Ok(first.map(|(_, value)| value))
}

fn parse_algorithm(sig_alg: &str, rules: &SignatureRules) -> Result<SignatureAlgorithm, Error> {
    let uri = decode_value(sig_alg, "SigAlg")?;
    let algorithm = SignatureAlgorithm::from_xml_uri(&uri)
        .ok_or_else(|| Error::UnsupportedSignature(Excerpt::new(&uri)))?;
    if algorithm.uses_sha1() && !rules.allow_sha1 {
        return Err(Error::Sha1 { element: "SigAlg" });
    }
    Ok(algorithm)
}

/// `+` stays what it is, because base64 has it.
fn decode_value(value: &str, name: &'static str) -> Result<String, Error> {
    percent_decode_str(value)
        .decode_utf8()
        .map(|text| text.into_owned())
        .map_err(|_| Error::Parameter { name })
}
