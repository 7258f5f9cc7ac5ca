//! The demo identity provider says what deskgate accepts, and answers only its own desk.

use std::time::Duration;

use deskgate_core::crypto::{KeyRules, RustCrypto};
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::saml::metadata::IdentityProviderMetadata;
use deskgate_core::saml::{
    AuthnRequest, DEFAULT_CLOCK_SKEW, ExpectedResponse, RequiredSignature, Solicitation,
    verify_response,
};
use deskgate_core::time::UnixTime;
use deskgate_core::x509::Certificate;

use super::request::{self, Received};
use super::{IdentityProvider, Message, metadata, response};

/// 2026-11-21T12:00:00Z
const NOW: UnixTime = UnixTime::from_seconds(1_795_262_400);

const URL: &str = "http://localhost:8181/";
const DESK: &str = "http://127.0.0.1:8787";

/// One for all tests of this process: its RSA key takes a while.
fn idp() -> &'static IdentityProvider {
    static IDP: std::sync::OnceLock<IdentityProvider> = std::sync::OnceLock::new();
    IDP.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("deskgate-demo-{}", std::process::id()));
        let first = IdentityProvider::open(URL, DESK, &folder).unwrap();
        let again = IdentityProvider::open(URL, DESK, &folder).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        assert_eq!(first.signing.certificate_pem(), again.signing.certificate_pem());
        again
    })
}

fn verify(solicitation: Solicitation<'_>, message: &str, now: UnixTime) -> Result<String, String> {
    let certificate = idp().signing.certificate_pem();
    let certificates = Certificate::parse_all(certificate.as_bytes(), KeyRules::default()).unwrap();
    let keys = [certificates[0].public_key().clone()];
    let expected = ExpectedResponse {
        idp_entity_id: URL,
        keys: &keys,
        audience: "http://127.0.0.1:8787/deskgate/metadata",
        acs_url: "http://127.0.0.1:8787/deskgate/acs",
        solicitation,
        clock_skew: DEFAULT_CLOCK_SKEW,
        signature_rules: Default::default(),
        required_signature: RequiredSignature::Assertion,
        decryption_keys: &[],
        encryption_rules: Default::default(),
        further: Default::default(),
    };
    verify_response(message.as_bytes(), &expected, now, &RustCrypto::new())
        .map(|verified| verified.identity.name_id.unwrap().value)
        .map_err(|error| error.to_string())
}

#[test]
fn deskgate_accepts_what_it_asked_for_and_what_it_did_not() {
    let answer = response::signed(idp(), Some("_request"), NOW).unwrap();
    let name = Ok("B.Simon@contoso.com".to_owned());
    assert_eq!(verify(Solicitation::InResponseTo("_request"), &answer, NOW), name);
    let unsolicited = response::signed(idp(), None, NOW).unwrap();
    assert_eq!(verify(Solicitation::Unsolicited, &unsolicited, NOW), name);
}

#[test]
fn an_answer_is_for_one_request_and_for_minutes() {
    let answer = response::signed(idp(), Some("_request"), NOW).unwrap();
    assert!(verify(Solicitation::InResponseTo("_other"), &answer, NOW).is_err());
    let later = NOW.saturating_add(Duration::from_secs(10 * 60));
    assert!(verify(Solicitation::InResponseTo("_request"), &answer, later).is_err());
    let changed = answer.replacen("B. Simon", "C. Simon", 1);
    assert!(verify(Solicitation::InResponseTo("_request"), &changed, NOW).is_err());
}

#[test]
fn metadata_reads_back() {
    let document = metadata::document(idp());
    let read = IdentityProviderMetadata::parse(document.as_bytes(), None, KeyRules::default());
    assert_eq!(read.unwrap().entity_id, URL);
}

#[track_caller]
fn check_request(sp_entity_id: &str, acs_url: &str, expected: &str) {
    let request = AuthnRequest {
        id: "_r1",
        issue_instant: NOW,
        sp_entity_id,
        acs_url,
        destination: "http://localhost:8181/saml2",
        force_authn: false,
        authn_contexts: &[],
    };
    let saml_request = deskgate_core::base64::encode(request.to_xml().as_bytes());
    let posted = Message { saml_request, relay_state: None };
    let query = request.redirect_url(None, None, &RustCrypto::new()).unwrap();
    let (_, query) = query.split_once('?').unwrap();
    for received in [Received::Post(&posted), Received::Redirect(query)] {
        let read = request::read(&received, idp(), NOW);
        let code = read.as_ref().map_or_else(|error| error.code(), |request| &request.id);
        assert_eq!(code, expected);
    }
}

#[test]
fn requests_of_the_one_registered_desk_are_answered() {
    let (sp, acs) = (idp().sp_entity_id(), idp().acs_url());
    check_request(&sp, &acs, "_r1");
    check_request("http://elsewhere/", &acs, "identity_provider.issuer_mismatch");
    check_request(&sp, "http://elsewhere/", "identity_provider.acs_url_mismatch");
}
