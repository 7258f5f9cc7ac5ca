//! The one Reference of a SAML signature: what it must point at, and how its digest is made.

use alloc::format;
use alloc::vec::Vec;

use super::{Error, canonicalization};
use crate::base64;
use crate::c14n::Canonicalization;
use crate::crypto::DigestAlgorithm;
use crate::diagnostic::Excerpt;
use crate::xml::{self, Element, Sequence, names};

/// `http://www.w3.org/2000/09/xmldsig#enveloped-signature` (XML-DSig 6.6.4).
pub(super) const ENVELOPED_SIGNATURE: &str =
    "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// A ds:Reference whose structure is right; nothing about it is trusted yet.
#[derive(Debug)]
pub(super) struct Reference<'doc> {
    pub(super) uri: Option<&'doc str>,
    pub(super) canonicalization: Canonicalization<'doc>,
    pub(super) digest_algorithm: DigestAlgorithm,
    pub(super) digest_value: Vec<u8>,
}

impl<'doc> Reference<'doc> {
    /// Transforms, DigestMethod, DigestValue, in this order and each once (XML-DSig 4.3.3).
    pub(super) fn parse(element: Element<'doc>) -> Result<Self, Error> {
        xml::check_attributes(element, &["Id", "URI", "Type"])?;
        let mut children = Sequence::of(element)?;
        let canonicalization = parse_transforms(children.required(names::DSIG, "Transforms")?)?;
        let digest_method = children.required(names::DSIG, "DigestMethod")?;
        let digest_value = children.required(names::DSIG, "DigestValue")?;
        children.end()?;

        let digest_uri = parse_method(digest_method)?;
        let digest_algorithm = DigestAlgorithm::from_xml_uri(digest_uri)
            .ok_or_else(|| Error::UnsupportedDigest(Excerpt::new(digest_uri)))?;
        let digest_value = parse_base64(digest_value, "DigestValue")?;
        Ok(Self { uri: element.attribute("URI"), canonicalization, digest_algorithm, digest_value })
    }

    /// The URI must be `#` and the ID of the element that the Signature is a child of
    /// (SAML Core 5.4.2), byte for byte.
    ///
    /// No search by ID happens anywhere: the element is given, and the Reference has to agree. Empty
    /// URIs, XPointers, percent-encoding and external documents cannot be equal to one.
    pub(super) fn check_covers(&self, element: Element<'_>) -> Result<(), Error> {
        let id = element
            .attribute("ID")
            .ok_or_else(|| Error::MissingId { element: Excerpt::new(element.local_name()) })?;
        if !xml::is_id(id) {
            return Err(Error::InvalidId(Excerpt::new(id)));
        }
        if self.uri.and_then(|uri| uri.strip_prefix('#')) == Some(id) {
            return Ok(());
        }
        Err(Error::ReferenceMismatch {
            expected: Excerpt::new(&format!("#{id}")),
            found: self.uri.map(Excerpt::new),
        })
    }
}

/// enveloped-signature, then one canonicalization; two transforms, each once (SAML Core 5.4.4).
///
/// Compared before anything is computed: a Transform is a program that the sender chose.
fn parse_transforms(element: Element<'_>) -> Result<Canonicalization<'_>, Error> {
    xml::check_attributes(element, &[])?;
    let mut transforms = Sequence::of(element)?;
    let enveloped = transforms.required(names::DSIG, "Transform")?;
    let enveloped_uri = parse_method(enveloped)?;
    if enveloped_uri != ENVELOPED_SIGNATURE {
        return Err(Error::UnsupportedTransforms(Excerpt::new(enveloped_uri)));
    }
    let canonicalization = transforms.required(names::DSIG, "Transform")?;
    let canonicalization =
        canonicalization::parse(canonicalization).map_err(|error| match error {
            Error::UnsupportedCanonicalization(uri) => Error::UnsupportedTransforms(uri),
            other => other,
        })?;
    transforms.end()?;
    Ok(canonicalization)
}

/// The Algorithm of a method element without parameters.
///
/// HMACOutputLength (CVE-2009-0217), RSAPSSParams and XPath are children and therefore refused.
pub(super) fn parse_method(element: Element<'_>) -> Result<&str, Error> {
    xml::check_attributes(element, &["Algorithm"])?;
    Sequence::of(element)?.end()?;
    Ok(xml::required_attribute(element, "Algorithm")?)
}

/// The base64 text of an element. All its character data counts, whatever comments stand between
/// (CVE-2025-29775: a reader that took the first text node).
pub(super) fn parse_base64(element: Element<'_>, name: &'static str) -> Result<Vec<u8>, Error> {
    base64::decode(&element.text()?).map_err(|_| Error::Base64 { element: name })
}
