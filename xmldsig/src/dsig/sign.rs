//! Enveloped signatures for what deskgate itself sends.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::reference::ENVELOPED_SIGNATURE;
use super::verify::digest_of;
use super::{Error, check_ids};
use crate::base64;
use crate::c14n::{self, Canonicalization, Comments, Method};
use crate::crypto::{Crypto, DigestAlgorithm, PrivateKey, SignatureAlgorithm};
use crate::diagnostic::Excerpt;
use crate::limits::XmlLimits;
use crate::xml::{self, Document, Element, names};

/// A key of our own and how it signs.
#[derive(Clone, Copy)]
pub struct SigningKey<'a> {
    /// Must fit the key; SHA-1 is refused.
    pub algorithm: SignatureAlgorithm,
    /// The private key.
    pub key: &'a PrivateKey,
    /// DER of the certificate that goes into KeyInfo, where the receiver wants one (Zendesk does).
    pub certificate: Option<&'a [u8]>,
}

impl fmt::Debug for SigningKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// Exclusive C14N without comments and PrefixList, the only canonicalization that we send.
fn exclusive<'a>() -> Canonicalization<'a> {
    Canonicalization {
        method: Method::Exclusive10,
        comments: Comments::Omit,
        prefix_list: Vec::new(),
    }
}

/// Signs the element whose `ID` is `id` and returns the document with the Signature in its place:
/// after the Issuer, else before the first child element (SAML Core 3.2.1, SAML Metadata 2.3.2).
///
/// # Errors
/// [`Error::InvalidId`]; [`Error::TargetMissing`] when `document` has no such element, two of them, or one without children;
/// [`Error::Sha1`], [`Error::SigningFailed`]; [`Error::Xml`] when it is not well-formed.
pub fn sign_enveloped(
    document: &str,
    id: &str,
    signing_key: &SigningKey<'_>,
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    if signing_key.algorithm.uses_sha1() {
        return Err(Error::Sha1 { element: "SignatureMethod" });
    }
    if !xml::is_nc_name(id) {
        return Err(Error::InvalidId(Excerpt::new(id)));
    }
    let parsed = Document::parse(document.as_bytes(), &XmlLimits::METADATA)?;
    check_ids(&parsed)?;
    let target = parsed
        .elements()
        .find(|element| element.attribute("ID") == Some(id))
        .ok_or(Error::TargetMissing)?;
    let place = signature_place(target).ok_or(Error::TargetMissing)?;
    let digest = digest_of(target, &exclusive(), None, DigestAlgorithm::Sha256, crypto)?;

    let signed_info = signed_info(id, signing_key.algorithm, digest.as_bytes());
    let value = sign_signed_info(&signed_info, signing_key, crypto)?;
    let key_info = signing_key.certificate.map_or_else(String::new, key_info);
    let (before, after) = document.split_at_checked(place).ok_or(Error::TargetMissing)?;
    Ok(format!(
        "{before}<ds:Signature xmlns:ds=\"{dsig}\">{signed_info}<ds:SignatureValue>{value}\
         </ds:SignatureValue>{key_info}</ds:Signature>{after}",
        dsig = names::DSIG,
    ))
}

/// Offset in the input where the schema wants the Signature.
fn signature_place(target: Element<'_>) -> Option<usize> {
    let first = target.child_elements().next()?;
    let range = first.byte_range();
    Some(if first.is(names::SAML_ASSERTION, "Issuer") { range.end } else { range.start })
}

/// All values are from our own tables or an NCName that was found in the document: nothing to escape.
fn signed_info(id: &str, algorithm: SignatureAlgorithm, digest: &[u8]) -> String {
    format!(
        "<ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{c14n}\"/><ds:SignatureMethod \
         Algorithm=\"{signature}\"/><ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform \
         Algorithm=\"{ENVELOPED_SIGNATURE}\"/><ds:Transform Algorithm=\"{c14n}\"/></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{digest_method}\"/><ds:DigestValue>{digest}</ds:DigestValue>\
         </ds:Reference></ds:SignedInfo>",
        c14n = names::EXC_C14N,
        signature = algorithm.xml_uri(),
        digest_method = DigestAlgorithm::Sha256.xml_uri(),
        digest = base64::encode(digest),
    )
}

/// Exclusive C14N of SignedInfo is the same wherever the Signature is put, so a document of the
/// Signature alone is enough to compute it.
fn sign_signed_info(
    signed_info: &str,
    signing_key: &SigningKey<'_>,
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    let alone = format!("<ds:Signature xmlns:ds=\"{}\">{signed_info}</ds:Signature>", names::DSIG);
    let document = Document::parse(alone.as_bytes(), &XmlLimits::MESSAGE)?;
    let signed_info = document.root().child_elements().next().ok_or(Error::TargetMissing)?;
    let message = c14n::octets(signed_info, &exclusive())?;
    let value = crypto
        .sign(signing_key.algorithm, signing_key.key, &message)
        .map_err(|_| Error::SigningFailed)?;
    Ok(base64::encode(&value))
}

fn key_info(certificate: &[u8]) -> String {
    format!(
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data>\
         </ds:KeyInfo>",
        base64::encode(certificate)
    )
}
