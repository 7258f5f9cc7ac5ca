//! An identity provider that writes what Entra ID writes, and signs whatever a test makes of it.
//!
//! The signatures come from our own `dsig::sign_enveloped`, because a test against the real clock needs
//! fresh times. That our verifier does not merely agree with our signer is shown by the responses of
//! `tests/vectors`, which xmlsec1 signed, and by the browser journey with SimpleSAMLphp.

mod logout;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deskgate_core::base64;
use deskgate_core::crypto::{
    Crypto as _, DigestAlgorithm, PrivateKey, RustCrypto, SignatureAlgorithm,
};
use deskgate_core::dsig::{SigningKey, sign_enveloped};
use deskgate_core::time::UnixTime;

use crate::vectors;

pub use logout::Logout;

/// The shape of a response, shared with `vectors/generate.py`.
const TEMPLATE: &str = include_str!("../vectors/response.xml");

/// Where the names of claims of Entra ID begin.
pub const CLAIMS: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";
const MICROSOFT: &str = "http://schemas.microsoft.com";

/// Someone who signs responses.
#[derive(Debug)]
pub struct Issuer {
    key: PrivateKey,
    /// The certificate that an administrator pastes.
    pub certificate_pem: String,
    certificate_der: Vec<u8>,
    /// Its entity ID.
    pub entity_id: String,
}

/// What is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// The assertion, as Entra ID does by default.
    Assertion,
    /// Both.
    Both,
    /// Nothing.
    Nothing,
    /// The response only.
    Response,
}

/// The fields of a response before it is signed; every one may be set to something wrong.
#[derive(Clone, Debug)]
pub struct Response {
    /// `Response/@ID`.
    pub response_id: String,
    /// `Assertion/@ID`.
    pub assertion_id: String,
    /// `Response/Issuer`.
    pub response_issuer: String,
    /// `Assertion/Issuer`.
    pub issuer: String,
    /// `Response/@Destination`.
    pub destination: String,
    /// `SubjectConfirmationData/@Recipient`.
    pub recipient: String,
    /// `Audience`.
    pub audience: String,
    /// `@InResponseTo` in both places; `None` for a response that nobody asked for.
    pub in_response_to: Option<String>,
    /// `@IssueInstant` of both.
    pub issue_instant: UnixTime,
    /// `Conditions/@NotBefore`.
    pub not_before: UnixTime,
    /// `Conditions/@NotOnOrAfter`.
    pub not_on_or_after: UnixTime,
    /// `SubjectConfirmationData/@NotOnOrAfter`.
    pub confirmation_not_on_or_after: UnixTime,
    /// `AuthnStatement/@SessionNotOnOrAfter`.
    pub session_not_on_or_after: Option<UnixTime>,
    /// `StatusCode/@Value`.
    pub status: String,
    /// `NameID`.
    pub name_id: String,
    /// `NameID/@Format`.
    pub name_id_format: String,
    /// Attribute names and values.
    pub attributes: Vec<(String, Vec<String>)>,
    /// What is signed.
    pub signed: Signed,
    /// How it is signed.
    pub algorithm: SignatureAlgorithm,
}

impl Issuer {
    /// An identity provider with the key and certificate `NAME` of `tests/vectors/keys`.
    #[must_use]
    pub fn with_key(name: &str) -> Self {
        let certificate = vectors::certificate(name);
        Self {
            key: vectors::private_key(name),
            certificate_pem: vectors::certificate_pem(name),
            certificate_der: certificate.der().to_vec(),
            entity_id: "https://sts.windows.net/3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607/".to_owned(),
        }
    }

    /// A response for B.Simon@contoso.com that is right at `now` for this service provider.
    #[must_use]
    pub fn respond(&self, now: UnixTime, audience: &str, acs_url: &str) -> Response {
        let in_an_hour = now.saturating_add(Duration::from_secs(3600));
        Response {
            response_id: fresh_id(),
            assertion_id: fresh_id(),
            response_issuer: self.entity_id.clone(),
            issuer: self.entity_id.clone(),
            destination: acs_url.to_owned(),
            recipient: acs_url.to_owned(),
            audience: audience.to_owned(),
            in_response_to: None,
            issue_instant: now,
            not_before: now.saturating_sub(Duration::from_secs(300)),
            not_on_or_after: in_an_hour,
            confirmation_not_on_or_after: in_an_hour,
            session_not_on_or_after: None,
            status: "urn:oasis:names:tc:SAML:2.0:status:Success".to_owned(),
            name_id: "B.Simon@contoso.com".to_owned(),
            name_id_format: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress".to_owned(),
            attributes: b_simon(),
            signed: Signed::Assertion,
            algorithm: SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
        }
    }

    /// The XML of `response`, signed as it says.
    ///
    /// # Panics
    /// When it cannot be signed.
    #[must_use]
    #[track_caller]
    pub fn sign(&self, response: &Response) -> String {
        let mut xml = response.to_xml();
        // The assertion first: the signature of the response covers it.
        if matches!(response.signed, Signed::Assertion | Signed::Both) {
            xml = self.sign_element(&xml, &response.assertion_id, response.algorithm);
        }
        if matches!(response.signed, Signed::Response | Signed::Both) {
            xml = self.sign_element(&xml, &response.response_id, response.algorithm);
        }
        xml
    }

    /// The value of the form field `SAMLResponse`.
    #[must_use]
    #[track_caller]
    pub fn post_value(&self, response: &Response) -> String {
        base64::encode(self.sign(response).as_bytes())
    }

    #[track_caller]
    fn sign_element(&self, xml: &str, id: &str, algorithm: SignatureAlgorithm) -> String {
        let signing_key =
            SigningKey { algorithm, key: &self.key, certificate: Some(&self.certificate_der) };
        let crypto = RustCrypto::with_dangerous_rsa_private_operations();
        sign_enveloped(xml, id, &signing_key, &crypto).expect("the template can be signed")
    }
}

impl Response {
    /// The XML without signatures.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let attributes: String =
            self.attributes.iter().map(|(name, values)| attribute(name, values)).collect();
        let optional = |name: &str, value: Option<String>| {
            value.map(|value| format!(" {name}=\"{}\"", escape(&value))).unwrap_or_default()
        };
        let fields = [
            ("response_id", escape(&self.response_id)),
            ("assertion_id", escape(&self.assertion_id)),
            ("response_issuer", escape(&self.response_issuer)),
            ("issuer", escape(&self.issuer)),
            ("destination", escape(&self.destination)),
            ("recipient", escape(&self.recipient)),
            ("audience", escape(&self.audience)),
            ("in_response_to", optional("InResponseTo", self.in_response_to.clone())),
            ("issue_instant", self.issue_instant.to_string()),
            ("authn_instant", self.issue_instant.to_string()),
            ("not_before", self.not_before.to_string()),
            ("not_on_or_after", self.not_on_or_after.to_string()),
            ("confirmation_not_on_or_after", self.confirmation_not_on_or_after.to_string()),
            (
                "session_not_on_or_after",
                optional(
                    "SessionNotOnOrAfter",
                    self.session_not_on_or_after.map(|at| at.to_string()),
                ),
            ),
            ("status", escape(&self.status)),
            ("name_id", escape(&self.name_id)),
            ("name_id_format", escape(&self.name_id_format)),
            ("attributes", attributes),
            ("assertion_signature", String::new()),
            ("response_signature", String::new()),
        ];
        fill(TEMPLATE.trim_end(), &fields)
    }
}

/// What Entra ID says about B.Simon.
#[must_use]
pub fn b_simon() -> Vec<(String, Vec<String>)> {
    let one = |name: String, value: &str| (name, vec![value.to_owned()]);
    vec![
        one(
            format!("{MICROSOFT}/identity/claims/tenantid"),
            "3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607",
        ),
        one(
            format!("{MICROSOFT}/identity/claims/objectidentifier"),
            "9a4f6a1e-0b7c-4a53-9d5e-6f0d1c2b3a4d",
        ),
        one(format!("{MICROSOFT}/identity/claims/displayname"), "B. Simon"),
        (
            format!("{MICROSOFT}/ws/2008/06/identity/claims/groups"),
            vec!["agents".to_owned(), "escalation".to_owned()],
        ),
        one(format!("{CLAIMS}/givenname"), "B."),
        one(format!("{CLAIMS}/surname"), "Simon"),
        one(format!("{CLAIMS}/emailaddress"), "B.Simon@contoso.com"),
        one(format!("{CLAIMS}/name"), "B.Simon@contoso.com"),
    ]
}

/// An ID that no other response of this machine has.
#[must_use]
pub fn fresh_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let moment =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let seed = format!("{} {} {count}", std::process::id(), moment.as_nanos());
    let digest = RustCrypto::new().digest(DigestAlgorithm::Sha256, seed.as_bytes());
    let hex: String = digest.as_bytes().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("_{hex}")
}

fn attribute(name: &str, values: &[String]) -> String {
    let values: String = values
        .iter()
        .map(|value| format!("<AttributeValue>{}</AttributeValue>", escape(value)))
        .collect();
    format!("<Attribute Name=\"{}\">{values}</Attribute>", escape(name))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Replaces each `{name}` in one pass, so that a value may contain braces.
fn fill(template: &str, fields: &[(&str, String)]) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').expect("a closed placeholder");
        let (_, value) =
            fields.iter().find(|(field, _)| *field == name).expect("a known placeholder");
        filled.push_str(before);
        filled.push_str(value);
        rest = after;
    }
    filled + rest
}
