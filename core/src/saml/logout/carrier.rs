//! How a logout message came, and what it says before anything is verified.

use alloc::string::String;
use alloc::vec::Vec;

use super::expected::ExpectedLogout;
use super::message::parse_head;
use crate::crypto::Crypto;
use crate::dsig;
use crate::dsig::redirect::{self as query, Message};
use crate::saml::Error;
use crate::saml::binding::{post, redirect};
use crate::saml::message;
use crate::xml::{Element, names};

/// What the browser brought.
#[derive(Clone, Copy, Debug)]
pub enum Carrier<'a> {
    /// HTTP-POST: the value of the form field (SAML Bindings 3.5.4).
    Post(&'a str),
    /// HTTP-Redirect: the query as it was received, without its `?` (SAML Bindings 3.4.4).
    Redirect(&'a str),
}

/// What a logout message claims. Only good for choosing what to verify it against.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PeekedLogout {
    /// Issuer.
    pub issuer: String,
    /// `InResponseTo` of a LogoutResponse.
    pub in_response_to: Option<String>,
}

/// Reads the Issuer that a message claims, to choose among configured connections.
///
/// # Errors
/// [`Error`] when it is no logout message of this kind with an Issuer.
pub fn peek_logout(kind: Message, carrier: Carrier<'_>) -> Result<PeekedLogout, Error> {
    let xml = match carrier {
        Carrier::Post(value) => post::decode_value(value)?,
        Carrier::Redirect(text) => {
            redirect::inflate_value(&query::unverified_message(text, kind)?)?.into_bytes()
        }
    };
    let document = message::parse(&xml)?;
    let head = parse_head(document.root(), kind)?;
    let in_response_to = document.root().attribute("InResponseTo").map(String::from);
    Ok(PeekedLogout { issuer: head.issuer.into_owned(), in_response_to })
}

/// The root element of a message that a verified signature covers whole. The only way to claims.
#[derive(Clone, Copy, Debug)]
pub(super) struct SignedRoot<'doc>(Element<'doc>);

impl<'doc> SignedRoot<'doc> {
    pub(super) fn element(self) -> Element<'doc> {
        self.0
    }
}

/// Verifies the signature where the binding has it, then reads the very octets that it covers.
pub(super) fn read_signed<T>(
    kind: Message,
    carrier: Carrier<'_>,
    expected: &ExpectedLogout<'_>,
    crypto: &dyn Crypto,
    read: impl FnOnce(SignedRoot<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let xml = match carrier {
        Carrier::Post(value) => post::decode_value(value)?,
        Carrier::Redirect(text) => verify_query(kind, text, expected, crypto)?,
    };
    let document = message::parse(&xml)?;
    let root = document.root();
    if matches!(carrier, Carrier::Post(_)) {
        // A query was verified already, as a whole; a Signature inside it may be anything.
        check_enveloped(root, expected, crypto)?;
    }
    read(SignedRoot(root))
}

/// SAML Bindings 3.4.4.1: what is inflated is the very value that was signed.
fn verify_query(
    kind: Message,
    text: &str,
    expected: &ExpectedLogout<'_>,
    crypto: &dyn Crypto,
) -> Result<Vec<u8>, Error> {
    if !query::is_signed(text)? {
        return Err(Error::LogoutNotSigned);
    }
    let ExpectedLogout { keys, signature_rules, .. } = expected;
    let signed = query::verify_query(text, kind, keys, signature_rules, crypto)?;
    Ok(redirect::inflate_value(&signed.decoded_message()?)?.into_bytes())
}

/// SAML Bindings 3.5.4: the message carries its own signature.
fn check_enveloped(
    root: Element<'_>,
    expected: &ExpectedLogout<'_>,
    crypto: &dyn Crypto,
) -> Result<(), Error> {
    if !root.child_elements().any(|child| child.is(names::DSIG, "Signature")) {
        return Err(Error::LogoutNotSigned);
    }
    dsig::verify(root, expected.keys, &expected.signature_rules, crypto)?;
    Ok(())
}
