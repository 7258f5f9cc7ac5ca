//! XML canonicalization: Canonical XML 1.0 and 1.1 and Exclusive XML Canonicalization 1.0, of a whole
//! document or of a subtree.
//!
//! Node-sets that are not a subtree (less one enveloped signature) do not exist here: the SAML profile
//! of XML-DSig has no use for them (SAML Core, section 5.4.4), and attacks have.
//!
//! Either the whole canonical form reaches the sink or the result is an error. It is never empty: it
//! begins with `<` and the name of the apex element (C-01 of the attacks; CVE-2025-66568). Time and
//! output are linear in the size of the input times the bounded number of namespaces in scope.

mod base_uri;
mod canonicalizer;
mod error;
mod output;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;

pub use error::Error;
pub use output::Sink;

use crate::limits::MAX_PREFIX_LIST;
use crate::xml::{Document, Element, Node};
use canonicalizer::Canonicalizer;
use output::Output;

/// A canonicalization algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// Exclusive XML Canonicalization 1.0: only the namespaces that are used.
    Exclusive10,
    /// Canonical XML 1.0: all namespaces in scope, and `xml:*` attributes of the ancestors.
    Inclusive10,
    /// Canonical XML 1.1: as 1.0, but `xml:id` is not inherited and `xml:base` is joined.
    Inclusive11,
}

/// Whether comments are part of the canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "they are or they are not")]
pub enum Comments {
    /// `#WithComments`.
    Keep,
    /// The default of XML-DSig.
    Omit,
}

/// The algorithms and their identifiers (XML-DSig 1.1, section 6.5).
const IDENTIFIERS: [(Method, Comments, &str); 6] = [
    (Method::Exclusive10, Comments::Omit, "http://www.w3.org/2001/10/xml-exc-c14n#"),
    (Method::Exclusive10, Comments::Keep, "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"),
    (Method::Inclusive10, Comments::Omit, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
    (
        Method::Inclusive10,
        Comments::Keep,
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
    ),
    (Method::Inclusive11, Comments::Omit, "http://www.w3.org/2006/12/xml-c14n11"),
    (Method::Inclusive11, Comments::Keep, "http://www.w3.org/2006/12/xml-c14n11#WithComments"),
];

impl Method {
    /// The algorithm with exactly this identifier; there is no default (C-02).
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<(Self, Comments)> {
        let row = IDENTIFIERS.iter().find(|row| row.2 == uri)?;
        Some((row.0, row.1))
    }

    /// The identifier of this algorithm.
    #[must_use]
    pub fn uri(self, comments: Comments) -> &'static str {
        let row = IDENTIFIERS.iter().find(|row| row.0 == self && row.1 == comments);
        row.map_or("", |row| row.2)
    }
}

/// What to canonicalize with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the specifications have no more parameters")]
pub struct Canonicalization<'a> {
    /// The algorithm.
    pub method: Method,
    /// Whether comments are kept.
    pub comments: Comments,
    /// The PrefixList of `InclusiveNamespaces`, `#default` for the default namespace: what exclusive
    /// canonicalization treats as Canonical XML does. Ignored by the inclusive methods. At most
    /// [`MAX_PREFIX_LIST`]; a prefix that is not in scope is ignored (Exclusive C14N, section 3).
    pub prefix_list: Vec<&'a str>,
}

/// Writes the canonical form of `apex` and everything in it.
///
/// `without` is a descendant that is left out with everything in it: the signature, after the
/// transform `enveloped-signature` (XML-DSig, section 6.6.4).
///
/// ```
/// use deskgate_xmldsig::c14n::{Canonicalization, Comments, Method, canonicalize};
/// use deskgate_xmldsig::limits::XmlLimits;
/// use deskgate_xmldsig::xml::Document;
///
/// let document = Document::parse(b"<a  z='1' b='2'/>", &XmlLimits::MESSAGE)?;
/// let (method, comments) = (Method::Exclusive10, Comments::Omit);
/// let how = Canonicalization { method, comments, prefix_list: Vec::new() };
/// let mut octets = Vec::new();
/// canonicalize(document.root(), &how, None, &mut octets)?;
/// assert_eq!(octets, br#"<a b="2" z="1"></a>"#);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error`]; what the sink has got until then is to be thrown away.
pub fn canonicalize(
    apex: Element<'_>,
    how: &Canonicalization<'_>,
    without: Option<Element<'_>>,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    write_subtree(apex, how, without, Output::new(sink)).map(drop)
}

/// The canonical form of `apex` and everything in it, for those who need all of it at once.
///
/// # Errors
/// As [`canonicalize`].
pub fn octets(apex: Element<'_>, how: &Canonicalization<'_>) -> Result<Vec<u8>, Error> {
    // Declarations and end tags are added to what is written.
    let bytes = apex.byte_range().len();
    write_subtree(apex, how, None, Output::collecting(bytes + bytes / 4))
}

fn write_subtree<'a>(
    apex: Element<'_>,
    how: &'a Canonicalization<'a>,
    without: Option<Element<'_>>,
    output: Output<'a>,
) -> Result<Vec<u8>, Error> {
    check_prefix_list(how)?;
    if without.is_some_and(|element| !apex.contains(element)) {
        return Err(Error::NotADescendant);
    }
    let mut canonicalizer = Canonicalizer::new(how, output);
    canonicalizer.subtree(apex, without)?;
    canonicalizer.finish()
}

/// Writes the canonical form of a document: its root element, and the comments and processing
/// instructions around it on lines of their own (C14N 1.0, section 2.3).
///
/// # Errors
/// [`Error`]; what the sink has got until then is to be thrown away.
pub fn canonicalize_document(
    document: &Document<'_>,
    how: &Canonicalization<'_>,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    check_prefix_list(how)?;
    let mut canonicalizer = Canonicalizer::new(how, Output::new(sink));
    let mut is_after_root = false;
    for node in document.children() {
        if let Node::Element(root) = node {
            canonicalizer.subtree(root, None)?;
            is_after_root = true;
        } else {
            canonicalizer.outside_root(node, is_after_root);
        }
    }
    canonicalizer.finish().map(drop)
}

const fn check_prefix_list(how: &Canonicalization<'_>) -> Result<(), Error> {
    if how.prefix_list.len() > MAX_PREFIX_LIST { Err(Error::PrefixListTooLong) } else { Ok(()) }
}
