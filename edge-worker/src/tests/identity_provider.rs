//! An identity provider that signs what a test wants.

use std::time::Duration;

use deskgate_core::base64;
use deskgate_core::crypto::{PrivateKey, SignatureAlgorithm};
use deskgate_core::dsig::{SigningKey, sign_enveloped};
use deskgate_core::time::UnixTime;
use deskgate_core::x509;

use super::harness::{CRYPTO, NOW};

pub(super) const ACS: &str = "https://help.contoso.com/deskgate/acs";
pub(super) const AUDIENCE: &str = "https://help.contoso.com/deskgate/metadata";

/// What is said in a response. Each test changes what it is about.
#[derive(Clone, Debug)]
pub(super) struct Claims<'a> {
    pub(super) issuer: &'a str,
    pub(super) audience: &'a str,
    pub(super) in_response_to: Option<&'a str>,
    pub(super) assertion_id: &'a str,
    pub(super) issued_at: UnixTime,
}

impl Default for Claims<'_> {
    fn default() -> Self {
        Self {
            issuer: "https://idp.contoso.com/",
            audience: AUDIENCE,
            in_response_to: None,
            assertion_id: "_assertion1",
            issued_at: NOW,
        }
    }
}

fn key() -> PrivateKey {
    PrivateKey::ed25519_from_seed(&[42; 32]).unwrap()
}

/// The certificate in base64, as an administrator pastes it.
pub(super) fn certificate() -> String {
    let (from, to) = (UnixTime::from_seconds(0), UnixTime::from_seconds(2_000_000_000));
    let algorithm = SignatureAlgorithm::Ed25519;
    let der = x509::self_signed("idp", [1; 16], from, to, algorithm, &key(), &CRYPTO).unwrap();
    base64::encode(&der)
}

/// A response with a signed assertion.
pub(super) fn respond(claims: &Claims<'_>) -> String {
    let Claims { issuer, audience, assertion_id, issued_at, .. } = claims;
    let in_response_to =
        claims.in_response_to.map(|id| format!(" InResponseTo=\"{id}\"")).unwrap_or_default();
    let until = issued_at.saturating_add(Duration::from_secs(300));
    let response = format!(
        r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r{assertion_id}" Version="2.0" IssueInstant="{issued_at}" Destination="{ACS}"{in_response_to}><saml:Issuer>{issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><saml:Assertion ID="{assertion_id}" Version="2.0" IssueInstant="{issued_at}"><saml:Issuer>{issuer}</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">B.Simon@contoso.com</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="{ACS}"{in_response_to}/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{issued_at}" NotOnOrAfter="{until}"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="{issued_at}" SessionIndex="s1"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement><saml:Attribute Name="http://schemas.microsoft.com/identity/claims/displayname"><saml:AttributeValue>B. Simon</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion></samlp:Response>"#
    );
    let key = key();
    let signing_key =
        SigningKey { algorithm: SignatureAlgorithm::Ed25519, key: &key, certificate: None };
    sign_enveloped(&response, assertion_id, &signing_key, &CRYPTO).unwrap()
}
