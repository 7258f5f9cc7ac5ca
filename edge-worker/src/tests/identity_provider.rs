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
    let response = include_str!("testdata/response.xml")
        .replace("{acs}", ACS)
        .replace("{audience}", audience)
        .replace("{id}", assertion_id)
        .replace("{in_response_to}", &in_response_to)
        .replace("{issued_at}", &issued_at.to_string())
        .replace("{issuer}", issuer)
        .replace("{until}", &until.to_string());
    let key = key();
    let signing_key =
        SigningKey { algorithm: SignatureAlgorithm::Ed25519, key: &key, certificate: None };
    sign_enveloped(&response, assertion_id, &signing_key, &CRYPTO).unwrap()
}
