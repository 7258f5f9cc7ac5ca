//! What can be said of a document in a few bytes, the same wherever it is read.

use deskgate_core::c14n::{Canonicalization, Comments, Method, canonicalize};
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::limits::XmlLimits;
use deskgate_core::xml::Document;

/// The canonical form of a document, or the code of why it is refused and the byte; a zero behind it.
#[must_use]
pub fn canonical_or_refusal(xml: &str) -> Vec<u8> {
    let (method, comments) = (Method::Exclusive10, Comments::Keep);
    let how = Canonicalization { method, comments, prefix_list: Vec::new() };
    let mut octets = Vec::new();
    match Document::parse(xml.as_bytes(), &XmlLimits::MESSAGE) {
        Ok(document) => {
            let _ = canonicalize(document.root(), &how, None, &mut octets);
        }
        Err(error) => octets = format!("{} {}", error.code(), error.position.byte).into_bytes(),
    }
    octets.push(0);
    octets
}
