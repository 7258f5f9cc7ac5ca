//! Core validation (XML-DSig 3.2) of one enveloped signature.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use super::Error;
use super::canonicalization::keeps_comments;
use super::signature::{Signature, child_signature};
use crate::base64;
use crate::c14n::{self, Canonicalization, Comments};
use crate::crypto::{Crypto, DigestAlgorithm, DigestValue, PublicKey, SignatureAlgorithm};
use crate::diagnostic::Excerpt;
use crate::xml::{Element, Node, names};

/// Keys that may be tried for one signature. An identity provider has one key, two while it rolls
/// over; each further key costs a verification per forged message (attacks 2.9).
pub const MAX_TRUSTED_KEYS: usize = 8;

/// Text of a certificate in KeyInfo that is still fingerprinted for an error message.
const MAX_EMBEDDED_CERTIFICATE_BYTES: usize = 16 * 1024;

/// What a connection allows beyond the strict profile. The default allows nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignatureRules {
    /// Accept SHA-1 in SignatureMethod and DigestMethod. Collisions in SHA-1 are practical, so this
    /// is an opt-in per connection with an end date.
    pub allow_sha1: bool,
}

/// An element that a verified signature covers, whole, as it stands in the tree.
///
/// Only [`verify`] makes one. Whoever reads claims takes this type and reads from
/// [`SignedElement::element`], never by searching the document again.
#[derive(Clone, Copy, Debug)]
pub struct SignedElement<'doc> {
    element: Element<'doc>,
    signature: Element<'doc>,
    algorithm: SignatureAlgorithm,
    digest_algorithm: DigestAlgorithm,
    key_index: usize,
}

impl<'doc> SignedElement<'doc> {
    /// The element. Its Signature child is part of the tree but not of what was signed.
    #[must_use]
    pub fn element(&self) -> Element<'doc> {
        self.element
    }

    /// The ds:Signature that was verified.
    #[must_use]
    pub fn signature(&self) -> Element<'doc> {
        self.signature
    }

    /// The algorithm of the signature.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The algorithm of the digest.
    #[must_use]
    pub fn digest_algorithm(&self) -> DigestAlgorithm {
        self.digest_algorithm
    }

    /// Which of the given keys made it, counted from zero.
    #[must_use]
    pub fn key_index(&self) -> usize {
        self.key_index
    }
}

/// Verifies the enveloped signature of `element` with `keys` from configuration.
///
/// In this order, each step before the next one costs anything:
///
/// 1. the element has exactly one Signature child of the right structure, with algorithms of the
///    table and of `rules` (SAML Core 5.4, XML-DSig 4);
/// 2. its Reference means this very element (SAML Core 5.4.2);
/// 3. the signature over the canonical SignedInfo was made by one of `keys`. KeyInfo is never asked:
///    a key in the message proves nothing (CVE-2021-21239);
/// 4. the digest of the element without this Signature is the signed one.
///
/// # Errors
/// When several keys fail: [`Error::SignatureMismatch`] if any of them was of the right kind, else
/// [`Error::NoFittingKey`]. Otherwise the first step that fails.
pub fn verify<'doc>(
    element: Element<'doc>,
    keys: &[PublicKey],
    rules: &SignatureRules,
    crypto: &dyn Crypto,
) -> Result<SignedElement<'doc>, Error> {
    check_keys(keys)?;
    let signature = Signature::parse(child_signature(element)?)?;
    signature.check_algorithms(rules)?;
    signature.reference.check_covers(element)?;
    let key_index = verify_signed_info(&signature, keys, crypto)?;
    check_digest(element, &signature, crypto)?;
    Ok(SignedElement {
        element,
        signature: signature.element,
        algorithm: signature.algorithm,
        digest_algorithm: signature.reference.digest_algorithm,
        key_index,
    })
}

/// An empty list must not mean "nothing to check" (CVE-2026-28323).
pub(super) fn check_keys(keys: &[PublicKey]) -> Result<(), Error> {
    match keys.len() {
        0 => Err(Error::NoKeys),
        1..=MAX_TRUSTED_KEYS => Ok(()),
        _ => Err(Error::TooManyKeys),
    }
}

/// Signature validation (XML-DSig 3.2.2): which key made the signature.
fn verify_signed_info(
    signature: &Signature<'_>,
    keys: &[PublicKey],
    crypto: &dyn Crypto,
) -> Result<usize, Error> {
    let message = c14n::octets(signature.signed_info, &signature.canonicalization)?;
    key_that_signed(signature.algorithm, keys, &message, &signature.value, crypto).map_err(
        |error| match error {
            Error::SignatureMismatch { .. } => Error::SignatureMismatch {
                embedded_certificate: embedded_certificate(signature.key_info, crypto),
            },
            other => other,
        },
    )
}

/// The first of `keys` that fits the algorithm and made `value` over `message`.
pub(super) fn key_that_signed(
    algorithm: SignatureAlgorithm,
    keys: &[PublicKey],
    message: &[u8],
    value: &[u8],
    crypto: &dyn Crypto,
) -> Result<usize, Error> {
    let mut error = Error::NoFittingKey { algorithm };
    for (index, key) in keys.iter().enumerate() {
        if !algorithm.fits(key.kind()) {
            continue;
        }
        if crypto.verify(algorithm, key, message, value).is_ok() {
            return Ok(index);
        }
        error = Error::SignatureMismatch { embedded_certificate: None };
    }
    Err(error)
}

/// Reference validation (XML-DSig 3.2.1) over the element itself, minus exactly this Signature.
fn check_digest(
    element: Element<'_>,
    signature: &Signature<'_>,
    crypto: &dyn Crypto,
) -> Result<(), Error> {
    let reference = &signature.reference;
    if keeps_comments(&reference.canonicalization) && holds_comment(element) {
        return Err(Error::CommentSigned);
    }
    // A same-document reference without XPointer never selects comments (XML-DSig 4.3.3.3).
    let canonicalization =
        Canonicalization { comments: Comments::Omit, ..reference.canonicalization.clone() };
    let digest = digest_of(
        element,
        &canonicalization,
        Some(signature.element),
        reference.digest_algorithm,
        crypto,
    )?;
    if digest.matches(&reference.digest_value) { Ok(()) } else { Err(Error::DigestMismatch) }
}

/// The digest of the canonical form of `element`, made while the form is written.
pub(super) fn digest_of(
    element: Element<'_>,
    canonicalization: &Canonicalization<'_>,
    without: Option<Element<'_>>,
    algorithm: DigestAlgorithm,
    crypto: &dyn Crypto,
) -> Result<DigestValue, Error> {
    let mut hasher = crypto.hasher(algorithm);
    // The form is never empty (see `c14n`): the digest of nothing, a well-known value (CVE-2025-66568),
    // cannot come out of this.
    c14n::canonicalize(element, canonicalization, without, &mut hasher)?;
    Ok(hasher.finish())
}

/// Whether a comment stands anywhere below `element`.
fn holds_comment(element: Element<'_>) -> bool {
    let mut open: Vec<Element<'_>> = Vec::from([element]);
    while let Some(element) = open.pop() {
        for child in element.children() {
            match child {
                Node::Comment(_) => return true,
                Node::Element(child) => open.push(child),
                Node::ProcessingInstruction { .. } | Node::Text(_) => {}
            }
        }
    }
    false
}

/// Fingerprint of the first X509Certificate in KeyInfo, for the error message only.
#[cold]
fn embedded_certificate(key_info: Option<Element<'_>>, crypto: &dyn Crypto) -> Option<Excerpt> {
    let data = key_info?.child_elements().find(|child| child.is(names::DSIG, "X509Data"))?;
    let certificate =
        data.child_elements().find(|child| child.is(names::DSIG, "X509Certificate"))?;
    let text = certificate.text().ok()?;
    if text.len() > MAX_EMBEDDED_CERTIFICATE_BYTES {
        return None;
    }
    let digest = crypto.digest(DigestAlgorithm::Sha256, &base64::decode(&text).ok()?);
    let mut fingerprint = String::new();
    for (index, byte) in digest.as_bytes().iter().enumerate() {
        let separator = if index == 0 { "" } else { ":" };
        write!(fingerprint, "{separator}{byte:02X}").ok()?;
    }
    Some(Excerpt::new(&fingerprint))
}
