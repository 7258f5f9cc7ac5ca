//! Namespace names, each written once.

use super::order::is_same;

/// XML Signature (XML-DSig, section 1.2).
pub const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// Exclusive XML Canonicalization: the namespace of `InclusiveNamespaces`.
pub const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// SAML 2.0 assertions (SAML Core, section 1.1).
pub const SAML_ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// SAML 2.0 metadata (SAML Metadata, section 1.1).
pub const SAML_METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
/// What login pages show of an entity (SAML Metadata Extensions for Login and Discovery UI, section 2).
pub const SAML_METADATA_UI: &str = "urn:oasis:names:tc:SAML:metadata:ui";
/// SAML 2.0 protocol (SAML Core, section 1.1).
pub const SAML_PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
/// XML Encryption 1.0.
pub const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
/// XML Encryption 1.1.
pub const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";
/// What the prefix `xml` is bound to, always and alone (Namespaces in XML, section 3).
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// What the prefix `xmlns` is bound to, always and alone (Namespaces in XML, section 3).
pub const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
/// XML Schema, as in the value of `xsi:type`.
pub const XS: &str = "http://www.w3.org/2001/XMLSchema";
/// XML Schema instances: `xsi:type`, `xsi:nil`.
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// What documents declare, nearly always.
const KNOWN: [&str; 10] = [
    SAML_ASSERTION,
    DSIG,
    SAML_PROTOCOL,
    EXC_C14N,
    XS,
    XSI,
    XENC,
    XENC11,
    SAML_METADATA,
    SAML_METADATA_UI,
];

/// The constant that is this namespace name, which then need not be looked at again.
pub(super) fn known(uri: &str) -> Option<&'static str> {
    KNOWN.into_iter().find(|known| is_same(known.as_bytes(), uri.as_bytes()))
}
