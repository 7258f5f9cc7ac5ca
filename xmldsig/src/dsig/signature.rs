//! ds:Signature as a typed value: exact children, order and cardinality (XML-DSig 4).

use alloc::vec::Vec;

use super::reference::{self, Reference};
use super::{Error, SignatureRules, canonicalization};
use crate::c14n::Canonicalization;
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm};
use crate::diagnostic::Excerpt;
use crate::xml::{self, Element, Sequence, names};

/// A ds:Signature whose structure is right; nothing about it is trusted yet.
#[derive(Debug)]
pub(super) struct Signature<'doc> {
    pub(super) element: Element<'doc>,
    pub(super) signed_info: Element<'doc>,
    pub(super) canonicalization: Canonicalization<'doc>,
    pub(super) algorithm: SignatureAlgorithm,
    pub(super) reference: Reference<'doc>,
    pub(super) value: Vec<u8>,
    pub(super) key_info: Option<Element<'doc>>,
}

impl<'doc> Signature<'doc> {
    /// SignedInfo, SignatureValue, KeyInfo?, in this order and each once. Object is refused: nothing
    /// in SAML uses it, and signature wrapping hides the original there (XSW8).
    pub(super) fn parse(element: Element<'doc>) -> Result<Self, Error> {
        xml::check_attributes(element, &["Id"])?;
        let mut children = Sequence::of(element)?;
        let signed_info = children.required(names::DSIG, "SignedInfo")?;
        let value = children.required(names::DSIG, "SignatureValue")?;
        let key_info = children.optional(names::DSIG, "KeyInfo")?;
        children.end()?;
        xml::check_attributes(value, &["Id"])?;
        let value = reference::parse_base64(value, "SignatureValue")?;

        xml::check_attributes(signed_info, &["Id"])?;
        let mut parts = Sequence::of(signed_info)?;
        let method = parts.required(names::DSIG, "CanonicalizationMethod")?;
        let canonicalization = canonicalization::parse(method)?;
        let signature_method = parts.required(names::DSIG, "SignatureMethod")?;
        let reference = parts.required(names::DSIG, "Reference")?;
        parts.end()?;

        let algorithm = parse_signature_method(signature_method)?;
        let reference = Reference::parse(reference)?;
        Ok(Self { element, signed_info, canonicalization, algorithm, reference, value, key_info })
    }

    /// SHA-1 only where the connection allows it, and the switch covers both places.
    pub(super) fn check_algorithms(&self, rules: &SignatureRules) -> Result<(), Error> {
        if rules.allow_sha1 {
            return Ok(());
        }
        if self.algorithm.uses_sha1() {
            return Err(Error::Sha1 { element: "SignatureMethod" });
        }
        if self.reference.digest_algorithm == DigestAlgorithm::Sha1 {
            return Err(Error::Sha1 { element: "DigestMethod" });
        }
        Ok(())
    }
}

/// A row of the table, by exact URI. HMAC has no row: with a public key as its secret anyone could
/// sign (CVE-2021-21239).
fn parse_signature_method(element: Element<'_>) -> Result<SignatureAlgorithm, Error> {
    let uri = reference::parse_method(element)?;
    SignatureAlgorithm::from_xml_uri(uri)
        .ok_or_else(|| Error::UnsupportedSignature(Excerpt::new(uri)))
}

/// The one Signature among the children of `element`.
pub(super) fn child_signature(element: Element<'_>) -> Result<Element<'_>, Error> {
    let mut signatures =
        element.child_elements().filter(|child| child.is(names::DSIG, "Signature"));
    let not_signed = || Error::NotSigned { element: Excerpt::new(element.local_name()) };
    let signature = signatures.next().ok_or_else(not_signed)?;
    match signatures.next() {
        None => Ok(signature),
        Some(_) => Err(Error::SeveralSignatures),
    }
}
