//! Why one side refuses a document that the other one takes: a closed list.

use deskgate_core::xml::ErrorKind;

use super::libxml2::Refusal;

/// A class of documents that have no canonical forms to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Not refused, but written otherwise: libxml2 2.9 keeps `&amp;` in a namespace name as `&#38;` and
    /// writes it like that. C14N 1.0, section 2.3, has `&amp;`, for namespace nodes as for attributes.
    AmpersandInNamespaceName,
    /// Not refused: libxml2 leaves out an inherited `xml:base` that it cannot join, because one of the
    /// values is no URI. All else is compared.
    BaseIsNoUri,
    /// Malformed, for both.
    BothRefuse,
    /// Document type declarations are refused here, whole (CVE-2025-25291).
    Doctype,
    /// Not refused: libxml2 leaves out an empty `xml:base` also where nothing is omitted. All else is
    /// compared.
    EmptyBase,
    /// libxml2 takes a namespace name that is no URI by its characters.
    InvalidNamespaceName,
    /// libxml2 takes `encoding="UTF-8"standalone="no"`; the white space is due (XML 2.8, production 32).
    NoSpaceBeforeStandalone,
    /// libxml2 parses namespace names as URIs, and takes `http://tp:x/` for none because a port has
    /// digits; we look at the characters. Namespaces in XML compares them as text.
    NamespaceNameIsNoUri,
    /// libxml2 warns of a relative namespace name, for which C14N is undefined (CVE-2025-66568).
    RelativeNamespaceName,
    /// libxml2 knows more encodings; SAML messages are UTF-8.
    UnsupportedEncoding,
    /// libxml2 takes a version 1.x that it does not know.
    UnsupportedVersion,
    /// libxml2 wants an NCName in `xml:id` (xml:id 1.0, section 4), which no SAML message uses and we
    /// take for any other attribute.
    XmlIdIsNoName,
}

/// `xmlParserErrors` of libxml2.
const XML_DTD_XMLID_VALUE: u32 = 539;
const XML_WAR_NS_URI: u32 = 99;

impl Class {
    /// For a document that we refuse and libxml2 takes.
    pub(super) fn of_ours(kind: ErrorKind, text: &[u8]) -> Option<Self> {
        match kind {
            ErrorKind::Doctype => Some(Self::Doctype),
            ErrorKind::InvalidNamespaceName => Some(Self::InvalidNamespaceName),
            ErrorKind::InvalidXmlDeclaration if lacks_space(text) => {
                Some(Self::NoSpaceBeforeStandalone)
            }
            ErrorKind::RelativeNamespaceName => Some(Self::RelativeNamespaceName),
            ErrorKind::UnsupportedEncoding => Some(Self::UnsupportedEncoding),
            ErrorKind::UnsupportedVersion => Some(Self::UnsupportedVersion),
            _ => None,
        }
    }

    /// For a document that we take and libxml2 refuses.
    pub(super) fn of_theirs(refusal: Refusal) -> Option<Self> {
        match refusal.code {
            XML_DTD_XMLID_VALUE => Some(Self::XmlIdIsNoName),
            XML_WAR_NS_URI => Some(Self::NamespaceNameIsNoUri),
            _ => None,
        }
    }
}

fn lacks_space(text: &[u8]) -> bool {
    text.windows(11).any(|window| matches!(window, b"'standalone" | b"\"standalone"))
}
