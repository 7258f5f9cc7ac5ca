//! An identity provider that signs what a test wants.

use std::time::Duration;

use deskgate_core::base64;
use deskgate_core::crypto::{PrivateKey, SignatureAlgorithm};
use deskgate_core::dsig::{SigningKey, sign_enveloped};
use deskgate_core::identity::NameId;
use deskgate_core::saml::logout::{LogoutRequest, LogoutResponse, LogoutStatus};
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
    /// The seed of the key.
    pub(super) key: u8,
    pub(super) groups: usize,
    pub(super) name_id: &'a str,
}

/// The seed of the key whose certificate the desk has.
pub(super) const KEY: u8 = 42;

impl Default for Claims<'_> {
    fn default() -> Self {
        Self {
            issuer: "https://idp.contoso.com/",
            audience: AUDIENCE,
            in_response_to: None,
            assertion_id: "_assertion1",
            issued_at: NOW,
            key: KEY,
            groups: 0,
            name_id: "B.Simon@contoso.com",
        }
    }
}

fn key(seed: u8) -> PrivateKey {
    PrivateKey::ed25519_from_seed(&[seed; 32]).unwrap()
}

/// The certificate in base64, as an administrator pastes it.
pub(super) fn certificate() -> String {
    certificate_of(KEY)
}

/// The certificate of another key.
pub(super) fn certificate_of(seed: u8) -> String {
    let (from, to) = (UnixTime::from_seconds(0), UnixTime::from_seconds(2_000_000_000));
    let algorithm = SignatureAlgorithm::Ed25519;
    let der = x509::self_signed("idp", [1; 16], from, to, algorithm, &key(seed), &CRYPTO).unwrap();
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
        .replace("{groups}", &groups(claims.groups))
        .replace("{name_id}", claims.name_id)
        .replace("{until}", &until.to_string());
    let key = key(claims.key);
    let signing_key =
        SigningKey { algorithm: SignatureAlgorithm::Ed25519, key: &key, certificate: None };
    sign_enveloped(&response, assertion_id, &signing_key, &CRYPTO).unwrap()
}

/// So many groups, named as those of Entra ID are.
fn groups(count: usize) -> String {
    let name = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups";
    let values: String = (0..count)
        .map(|group| {
            let value = format!("8c1f6c0a-0000-4000-8000-{group:012}");
            format!("<saml:AttributeValue>{value}</saml:AttributeValue>")
        })
        .collect();
    match count {
        0 => String::new(),
        _ => format!("<saml:Attribute Name=\"{name}\">{values}</saml:Attribute>"),
    }
}

pub(super) const SLO: &str = "https://help.contoso.com/deskgate/slo";

/// What is said in a logout request. Each test changes what it is about.
#[derive(Clone, Debug)]
pub(super) struct Logout<'a> {
    pub(super) issuer: &'a str,
    pub(super) id: &'a str,
    pub(super) name_id: &'a str,
    pub(super) session_index: Option<&'a str>,
    pub(super) destination: &'a str,
    pub(super) issued_at: UnixTime,
    pub(super) key: u8,
}

impl Default for Logout<'_> {
    fn default() -> Self {
        Self {
            issuer: "https://idp.contoso.com/",
            id: "_logout1",
            name_id: "B.Simon@contoso.com",
            session_index: Some("s1"),
            destination: SLO,
            issued_at: NOW,
            key: KEY,
        }
    }
}

impl Logout<'_> {
    fn sign<T>(&self, how: impl FnOnce(&LogoutRequest<'_>, &SigningKey<'_>) -> T) -> T {
        let name_id = NameId {
            value: self.name_id.into(),
            format: Some("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress".into()),
            name_qualifier: None,
            sp_name_qualifier: None,
        };
        let request = LogoutRequest {
            id: self.id,
            issue_instant: self.issued_at,
            sp_entity_id: self.issuer,
            destination: self.destination,
            name_id: &name_id,
            session_index: self.session_index,
        };
        let key = key(self.key);
        let algorithm = SignatureAlgorithm::Ed25519;
        how(&request, &SigningKey { algorithm, key: &key, certificate: None })
    }

    /// The signed query of HTTP-Redirect.
    pub(super) fn query(&self) -> String {
        let url = self.sign(|request, key| request.redirect_url(key, &CRYPTO).unwrap());
        url.split_once('?').unwrap().1.to_owned()
    }

    /// The signed form value of HTTP-POST.
    pub(super) fn form_value(&self) -> String {
        self.sign(|request, key| request.post_value(key, &CRYPTO).unwrap())
    }
}

/// The query of a signed answer, and without its signature.
pub(super) fn answer_logout(request_id: &str, status: LogoutStatus) -> (String, String) {
    let response = LogoutResponse {
        id: "_answer",
        issue_instant: NOW,
        sp_entity_id: "https://idp.contoso.com/",
        destination: SLO,
        in_response_to: request_id,
        status,
    };
    let key = key(KEY);
    let signing_key =
        SigningKey { algorithm: SignatureAlgorithm::Ed25519, key: &key, certificate: None };
    let url = response.redirect_url(None, &signing_key, &CRYPTO).unwrap();
    let query = url.split_once('?').unwrap().1.to_owned();
    let unsigned = query.split_once("&SigAlg=").unwrap().0.to_owned();
    (query, unsigned)
}
