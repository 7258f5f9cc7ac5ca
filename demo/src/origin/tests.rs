//! The helpdesk believes the edge's tokens and nothing else.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use deskgate_core::crypto::{PrivateKey, RustCrypto};
use deskgate_core::identity::Identity;
use deskgate_core::jose::{JwkSet, SigningKey};
use deskgate_core::session::{
    AttributeNames, NewOriginToken, NewSession, Session, mint_origin_token,
};
use deskgate_core::time::UnixTime;
use deskgate_origin::{DeskClient, Get, Verifier};
use tower::ServiceExt as _;

use super::{Helpdesk, router};

const DESK: &str = "http://127.0.0.1:8787";
const ORIGIN: &str = "http://127.0.0.1:9100";

fn signing_key() -> SigningKey {
    let key = PrivateKey::ed25519_from_seed(&[7; 32]).unwrap();
    SigningKey::from_private(key, &RustCrypto::new()).unwrap()
}

fn token(method: &str, path_and_query: &str) -> String {
    let crypto = RustCrypto::new();
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let now = UnixTime::from_seconds(since.as_secs());
    let names = AttributeNames::default();
    let value = |name: &str, value: &str| deskgate_core::identity::Attribute {
        name: name.to_owned().into(),
        values: vec![value.to_owned().into()],
    };
    let identity = Identity {
        issuer: "http://localhost:8181/".to_owned(),
        name_id: Some(deskgate_core::identity::NameId {
            value: "B.Simon@contoso.com".to_owned(),
            format: None,
            name_qualifier: None,
            sp_name_qualifier: None,
        }),
        attributes: vec![value(&names.name[0], "B. Simon")],
    };
    let new = NewSession {
        identity: &identity,
        attribute_names: &names,
        connection: "contoso",
        email_domains: &[],
        authenticated_at: None,
        authn_context: None,
        session_not_on_or_after: None,
        lifetime: std::time::Duration::from_secs(3600),
        entropy: [1; 16],
    };
    let session = Session::begin(&new, now, &crypto).unwrap();
    let request =
        NewOriginToken { desk_url: DESK, origin: ORIGIN, method, path_and_query, entropy: [2; 16] };
    mint_origin_token(&session, &request, now, &signing_key(), &crypto).unwrap()
}

/// The keys of the desk, without a desk.
#[derive(Debug)]
struct Keys;

impl DeskClient for Keys {
    fn get(&self, _: &Get<'_>) -> Result<Vec<u8>, String> {
        let keys = JwkSet::new(vec![signing_key().verification_key()]).unwrap();
        Ok(keys.to_json().into_bytes())
    }
}

/// Status and text of the page at `path`, asked for with this assertion.
async fn page(path: &str, assertion: Option<&str>) -> (u16, String) {
    let mut helpdesk = Helpdesk::new(ORIGIN, DESK).unwrap();
    helpdesk.verifier = Verifier::with_client(DESK, ORIGIN, Keys).unwrap();
    let mut request = Request::builder().uri(path);
    if let Some(assertion) = assertion {
        request = request.header("Deskgate-Assertion", assertion);
    }
    let response = router(helpdesk).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[track_caller]
fn check(path: &str, assertion: Option<&str>, status: u16, text: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (found, body) = runtime.block_on(page(path, assertion));
    assert_eq!(found, status, "{body}");
    assert!(body.contains(text), "{body}");
}

#[test]
fn somebody_with_a_token_for_this_request_is_greeted_by_name() {
    check("/", Some(&token("GET", "/")), 200, "Hello, B. Simon");
    check("/tickets/4218?a=%2F", Some(&token("GET", "/tickets/4218?a=%2F")), 200, "Label printer");
    check("/tickets/1", Some(&token("GET", "/tickets/1")), 404, "There is no ticket 1.");
}

#[test]
fn nobody_sees_tickets_without_a_token() {
    check("/", None, 401, "Nobody is signed in");
    check("/tickets/4218", Some(""), 403, "jose.");
}

#[test]
fn a_token_for_another_request_is_not_believed() {
    check("/tickets/4218", Some(&token("GET", "/tickets/4217")), 403, "session.path_mismatch");
    check("/", Some(&token("POST", "/")), 403, "session.method_mismatch");
}

#[test]
fn a_changed_token_is_not_believed() {
    let token = token("GET", "/");
    let (start, signature) = token.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { "B" } else { "A" };
    check("/", Some(&format!("{start}.{other}{}", &signature[1..])), 403, "jose.");
}
