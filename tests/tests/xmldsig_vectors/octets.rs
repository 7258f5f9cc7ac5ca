//! What was digested and signed, computed without the rules of the profile.

use deskgate_core::base64;
use deskgate_core::c14n::{
    Canonicalization, Comments, Method, canonicalize, canonicalize_document,
};
use deskgate_core::crypto::{Crypto as _, DigestAlgorithm, SignatureAlgorithm};
use deskgate_core::dsig;
use deskgate_core::limits::XmlLimits;
use deskgate_core::xml::{Document, Element};
use deskgate_tests::corpus::{Corpus, Row};

use crate::{CRYPTO, keys};

#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// The digests and the signature are right.
    Same(SignatureAlgorithm),
    Differs,
    /// An algorithm, a transform or a reference that we do not have.
    Beyond(&'static str),
}

/// Judges the first Signature of the row's document, or of a twin of it.
pub(crate) fn check(corpus: &Corpus, row: &Row, document: &[u8]) -> Outcome {
    let mut bytes = document.to_vec();
    if row.settings["preprocess"] == "remove whitespace between elements" {
        bytes = without_space_between_elements(&bytes);
    }
    let Ok(document) = Document::parse(&bytes, &XmlLimits::METADATA) else {
        return Outcome::Beyond("the parser refuses the document");
    };
    let Some(signature) = dsig::signatures(&document).next() else {
        return Outcome::Beyond("no Signature");
    };
    match is_right(corpus, row, &document, signature) {
        Ok((algorithm, true)) => Outcome::Same(algorithm),
        Ok((_, false)) => Outcome::Differs,
        Err(what) => Outcome::Beyond(what),
    }
}

fn without_space_between_elements(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let parts = text.split('>').map(|part| {
        let trimmed = part.trim_start();
        if trimmed.starts_with('<') || trimmed.is_empty() { trimmed } else { part }
    });
    parts.collect::<Vec<_>>().join(">").into_bytes()
}

fn is_right(
    corpus: &Corpus,
    row: &Row,
    document: &Document<'_>,
    signature: Element<'_>,
) -> Result<(SignatureAlgorithm, bool), &'static str> {
    let info = child(signature, "SignedInfo")?;
    let algorithm = SignatureAlgorithm::from_xml_uri(algorithm(child(info, "SignatureMethod")?))
        .ok_or("SignatureMethod")?;
    let references = info.child_elements().filter(|child| child.local_name() == "Reference");
    let mut is_right = true;
    for reference in references {
        let octets = octets(document, signature, reference)?;
        let digest = DigestAlgorithm::from_xml_uri(algorithm_of(reference, "DigestMethod")?)
            .ok_or("DigestMethod")?;
        let digest = CRYPTO.digest(digest, &octets);
        is_right &= digest.matches(&binary(child(reference, "DigestValue")?)?);
    }
    let how = canonicalization(child(info, "CanonicalizationMethod")?)?;
    let mut octets = Vec::new();
    canonicalize(info, &how, None, &mut octets).map_err(|_| "canonicalization")?;
    let value = binary(child(signature, "SignatureValue")?)?;
    let keys = keys::of(corpus, row, document);
    if !keys.iter().any(|key| algorithm.fits(key.kind())) {
        return Err("no key");
    }
    let verifies = |key| CRYPTO.verify(algorithm, key, &octets, &value).is_ok();
    Ok((algorithm, is_right && keys.iter().any(verifies)))
}

/// The octets of a same-document reference (XML-DSig 4.4.3.2). Without a canonicalization among its
/// transforms a node-set is written in Canonical XML 1.0.
fn octets(
    document: &Document<'_>,
    signature: Element<'_>,
    reference: Element<'_>,
) -> Result<Vec<u8>, &'static str> {
    let mut without = None;
    let mut how = Canonicalization {
        method: Method::Inclusive10,
        comments: Comments::Omit,
        prefix_list: Vec::new(),
    };
    let transforms = reference.child_elements().filter(|e| e.local_name() == "Transforms");
    for transform in transforms.flat_map(Element::child_elements) {
        match algorithm(transform) {
            "http://www.w3.org/2000/09/xmldsig#enveloped-signature" => without = Some(signature),
            "http://www.w3.org/TR/1999/REC-xpath-19991116" if is_enveloped(transform) => {
                without = Some(signature);
            }
            _ => how = canonicalization(transform)?,
        }
    }
    // A Reference without XPointer selects no comments (XML-DSig 4.4.3.3).
    how.comments = Comments::Omit;
    let mut octets = Vec::new();
    let done = match reference.attribute("URI").ok_or("a Reference without URI")? {
        "" if without.is_none() => canonicalize_document(document, &how, &mut octets),
        // Nodes beside the root are comments, which are not selected, and instructions.
        "" if document.has_processing_instruction().is_some() => {
            return Err("a processing instruction");
        }
        "" => canonicalize(document.root(), &how, without, &mut octets),
        uri => {
            let id = uri.strip_prefix('#').ok_or("a Reference to another document")?;
            let is_meant = |element: &Element<'_>| {
                ["ID", "Id", "id"].iter().any(|name| element.attribute(name) == Some(id))
            };
            let element = document.elements().find(is_meant).ok_or("XPointer")?;
            canonicalize(element, &how, without, &mut octets)
        }
    };
    done.map_err(|_| "canonicalization")?;
    Ok(octets)
}

/// The suite of xmlsec writes the enveloped-signature transform as an XPath.
fn is_enveloped(transform: Element<'_>) -> bool {
    let expression = transform.child_elements().next().and_then(|xpath| xpath.text().ok());
    expression.is_some_and(|text| text.trim() == "not(ancestor-or-self::dsig:Signature)")
}

fn canonicalization(element: Element<'_>) -> Result<Canonicalization<'_>, &'static str> {
    let (method, comments) = Method::from_uri(algorithm(element)).ok_or("a transform")?;
    let list = element.child_elements().find_map(|child| child.attribute("PrefixList"));
    let prefix_list = list.unwrap_or_default().split_ascii_whitespace().collect();
    Ok(Canonicalization { method, comments, prefix_list })
}

fn algorithm<'doc>(element: Element<'doc>) -> &'doc str {
    element.attribute("Algorithm").unwrap_or_default()
}

fn algorithm_of<'doc>(parent: Element<'doc>, name: &str) -> Result<&'doc str, &'static str> {
    Ok(algorithm(child(parent, name)?))
}

fn child<'doc>(parent: Element<'doc>, name: &str) -> Result<Element<'doc>, &'static str> {
    parent.child_elements().find(|child| child.local_name() == name).ok_or("an element is absent")
}

fn binary(element: Element<'_>) -> Result<Vec<u8>, &'static str> {
    let text: String = element.text().map_err(|_| "mixed content")?.split_whitespace().collect();
    base64::decode(&text).map_err(|_| "base64")
}
