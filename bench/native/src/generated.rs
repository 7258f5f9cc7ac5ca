//! Documents of a given size, and those that are the worst which the limits allow. Nobody signed them: they
//! are validated with digests and signatures answered from memory.

use core::fmt::Write as _;

use deskgate_core::base64;
use deskgate_core::crypto::{KeyRules, PublicKey};
use deskgate_core::dsig::{self, SignatureRules};
use deskgate_core::limits::XmlLimits;
use deskgate_core::xml::Document;

use crate::remembered::Remembered;

const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const SAMLP: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";

/// What makes a document hard.
pub const SHAPES: [&str; 6] =
    ["normal", "deepest", "most-attributes", "most-namespaces", "longest-names", "most-elements"];

/// Longer documents than messages may be, to see how work grows.
const LIMITS: XmlLimits =
    XmlLimits { max_bytes: 2 * 1024 * 1024, max_elements: 100_000, ..XmlLimits::MESSAGE };

/// Base64 to the verified assertion: decoding, parsing, canonicalization and the rules of signatures.
///
/// # Panics
/// When the document is refused.
pub fn verify(response: &Response) {
    let xml = base64::decode(&response.post_value).expect("base64");
    let document = Document::parse(&xml, &LIMITS).expect("a document");
    let assertion = document.root().child_elements().last().expect("an assertion");
    let (rules, crypto) = (SignatureRules::default(), Remembered::granting(&[0; 32]));
    dsig::verify(assertion, &response.keys, &rules, &crypto).expect("a signed assertion");
}

/// A response that nobody signed.
#[derive(Debug)]
pub struct Response {
    post_value: String,
    keys: [PublicKey; 1],
    bytes: usize,
}

impl Response {
    /// A response of Entra's shape of at most `bytes` bytes, if that is possible, in which `shape` fills
    /// the rest.
    ///
    /// # Panics
    /// When there is no such shape.
    #[must_use]
    pub fn new(shape: &str, bytes: usize) -> Self {
        let xml = response(shape, bytes);
        let key = PublicKey::from_rsa_components(&[0xff; 256], &[1, 0, 1], KeyRules::default());
        Self {
            post_value: base64::encode(xml.as_bytes()),
            keys: [key.expect("a key")],
            bytes: xml.len(),
        }
    }

    /// Length of the XML.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }
}

fn response(shape: &str, bytes: usize) -> String {
    let (before, after) = frame();
    let rest = bytes.saturating_sub(before.len() + after.len());
    let mut xml = before;
    let filling = match shape {
        "normal" => normal as fn(usize) -> String,
        "deepest" => deepest,
        "most-attributes" => most_attributes,
        "most-namespaces" => most_namespaces,
        "longest-names" => longest_names,
        "most-elements" => most_elements,
        _ => panic!("no such shape"),
    };
    let end = xml.len() + rest;
    for number in 0.. {
        let next = filling(number);
        if xml.len() + next.len() > end {
            break;
        }
        xml.push_str(&next);
    }
    xml + &after
}

/// An attribute with a dozen groups.
fn normal(number: usize) -> String {
    let mut text = format!("<Attribute Name=\"http://schemas.microsoft.com/claims/{number}\">");
    for value in 0..12 {
        let _ = write!(
            text,
            "<AttributeValue>{number:08x}-1c2d-4e3f-8a4b-{value:012x}</AttributeValue>"
        );
    }
    text + "</Attribute>"
}

/// Response, Assertion, AttributeStatement, Attribute and AttributeValue are five levels.
fn deepest(number: usize) -> String {
    let levels = XmlLimits::MESSAGE.max_depth - 5;
    let (open, close) = ("<d>".repeat(levels), "</d>".repeat(levels));
    format!(
        "<Attribute Name=\"d{number}\"><AttributeValue>{open}{close}</AttributeValue></Attribute>"
    )
}

fn most_attributes(number: usize) -> String {
    let mut text = format!("<Attribute Name=\"a{number}\"><AttributeValue");
    // Descending: canonical XML sorts them.
    for attribute in (0..XmlLimits::MESSAGE.max_attributes).rev() {
        let _ = write!(text, " a{attribute:02}=\"\"");
    }
    text + "/></Attribute>"
}

fn most_namespaces(number: usize) -> String {
    let mut text = format!("<Attribute Name=\"n{number}\"><AttributeValue");
    let most = XmlLimits::MESSAGE.max_namespaces;
    for prefix in (0..most).rev() {
        let _ = write!(text, " xmlns:p{prefix:02}=\"urn:{prefix:02}\"");
    }
    text.push('>');
    for prefix in 0..most {
        let _ = write!(text, "<p{prefix:02}:e p{:02}:a=\"\"/>", most - 1 - prefix);
    }
    text + "</AttributeValue></Attribute>"
}

fn longest_names(number: usize) -> String {
    let (name, prefix) = ("n".repeat(16_000), "p".repeat(16_000));
    format!(
        "<Attribute Name=\"l{number}\"><AttributeValue><{prefix}:{name} xmlns:{prefix}=\"urn:u\" {prefix}:{name}=\"\"/>\
         </AttributeValue></Attribute>"
    )
}

fn most_elements(_: usize) -> String {
    "<Attribute/>".repeat(100)
}

/// All that must be there, up to the attributes, and from there on.
fn frame() -> (String, String) {
    let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
    let digest = base64::encode(&[0; 32]);
    let value = base64::encode(&[0; 256]);
    let issuer = "https://sts.windows.net/3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607/";
    let before = format!(
        "<samlp:Response ID=\"_response\" Version=\"2.0\" IssueInstant=\"2026-11-21T12:00:00Z\" \
         Destination=\"http://127.0.0.1:47887/deskgate/acs\" xmlns:samlp=\"{SAMLP}\">\
         <Issuer xmlns=\"{SAML}\">{issuer}</Issuer><samlp:Status><samlp:StatusCode \
         Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>\
         <Assertion ID=\"_assertion\" IssueInstant=\"2026-11-21T12:00:00Z\" Version=\"2.0\" xmlns=\"{SAML}\">\
         <Issuer>{issuer}</Issuer><Signature xmlns=\"{DS}\"><SignedInfo><CanonicalizationMethod \
         Algorithm=\"{exclusive}\"/><SignatureMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/><Reference URI=\"#_assertion\">\
         <Transforms><Transform Algorithm=\"{DS}enveloped-signature\"/><Transform Algorithm=\"{exclusive}\"/>\
         </Transforms><DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\
         <DigestValue>{digest}</DigestValue></Reference></SignedInfo><SignatureValue>{value}</SignatureValue>\
         </Signature><Subject><NameID>B.Simon@contoso.com</NameID><SubjectConfirmation \
         Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><SubjectConfirmationData \
         NotOnOrAfter=\"2026-11-21T13:00:00Z\" Recipient=\"http://127.0.0.1:47887/deskgate/acs\"/>\
         </SubjectConfirmation></Subject><Conditions><AudienceRestriction>\
         <Audience>http://127.0.0.1:47887/deskgate/metadata</Audience></AudienceRestriction></Conditions>\
         <AuthnStatement AuthnInstant=\"2026-11-21T11:42:07Z\"><AuthnContext><AuthnContextClassRef>\
         urn:oasis:names:tc:SAML:2.0:ac:classes:Password</AuthnContextClassRef></AuthnContext>\
         </AuthnStatement><AttributeStatement>"
    );
    (before, "</AttributeStatement></Assertion></samlp:Response>".to_owned())
}
