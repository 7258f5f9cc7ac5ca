//! Requests through the layer, with real tokens; and the client for the keys, against a server.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::any;
use deskgate_core::crypto::{PrivateKey, RustCrypto};
use deskgate_core::identity::{Attribute, Identity};
use deskgate_core::jose::{JwkSet, SigningKey};
use deskgate_core::session::{
    AttributeNames, NewOriginToken, NewSession, Session, mint_origin_token, mint_session,
    verify_origin_token,
};
use deskgate_core::time::UnixTime;
use http::{Request, StatusCode};
use tower::ServiceExt as _;

use crate::once::{MAX_REMEMBERED, UsedTokens};
use crate::{AssertionLayer, Caller, DeskClient, Get, HttpClient, Refusal, Verifier};

const DESK: &str = "https://help.contoso.com";
const ORIGIN: &str = "https://tickets.internal";

fn signing_key(seed: u8) -> SigningKey {
    let key = PrivateKey::ed25519_from_seed(&[seed; 32]).unwrap();
    SigningKey::from_private(key, &RustCrypto::new()).unwrap()
}

/// The key set of a desk with the key of this seed.
pub(crate) fn keys(seed: u8) -> JwkSet {
    JwkSet::new(vec![signing_key(seed).verification_key()]).unwrap()
}

fn now() -> UnixTime {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    UnixTime::from_seconds(since.as_secs())
}

fn session(at: UnixTime) -> Session {
    let names = AttributeNames::default();
    let identity = Identity {
        issuer: "https://idp.contoso.com/".to_owned(),
        name_id: None,
        attributes: vec![
            Attribute { name: (&names.name[0]).into(), values: vec!["B. Simon".into()] },
            Attribute {
                name: (&names.email[0]).into(),
                values: vec!["B.Simon@contoso.com".into()],
            },
        ],
    };
    let new = NewSession {
        identity: &identity,
        attribute_names: &names,
        connection: "contoso",
        email_domains: &[],
        authenticated_at: None,
        authn_context: None,
        session_not_on_or_after: None,
        lifetime: Duration::from_secs(3600),
        entropy: [1; 16],
    };
    Session::begin(&new, at, &RustCrypto::new()).unwrap()
}

/// What the desk would send with a request, but for one difference.
struct Token {
    seed: u8,
    desk_url: &'static str,
    origin: &'static str,
    method: &'static str,
    path_and_query: &'static str,
    at: UnixTime,
}

impl Default for Token {
    fn default() -> Self {
        let (method, path_and_query) = ("GET", "/tickets/17?reply=1");
        Self { seed: 1, desk_url: DESK, origin: ORIGIN, method, path_and_query, at: now() }
    }
}

impl Token {
    fn mint(&self) -> String {
        static MINTED: AtomicUsize = AtomicUsize::new(0);
        let mut entropy = [0; 16];
        entropy[..8].copy_from_slice(&MINTED.fetch_add(1, Ordering::Relaxed).to_le_bytes());
        let Self { desk_url, origin, method, path_and_query, .. } = *self;
        let request = NewOriginToken { desk_url, origin, method, path_and_query, entropy };
        let key = signing_key(self.seed);
        mint_origin_token(&session(self.at), &request, self.at, &key, &RustCrypto::new()).unwrap()
    }
}

/// The keys of a desk, and how often they were asked for.
#[derive(Clone, Debug)]
struct Desk {
    answer: Arc<Mutex<Result<Vec<u8>, String>>>,
    asked: Arc<AtomicUsize>,
}

impl Desk {
    fn with_key(seed: u8) -> Self {
        let answer = Ok(keys(seed).to_json().into_bytes());
        Self { answer: Arc::new(Mutex::new(answer)), asked: Arc::default() }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    fn verifier(&self) -> Verifier {
        Verifier::with_client(DESK, ORIGIN, self.clone()).unwrap()
    }
}

impl DeskClient for Desk {
    fn get(&self, get: &Get<'_>) -> Result<Vec<u8>, String> {
        assert_eq!(get.url, "https://help.contoso.com/.well-known/deskgate/jwks.json");
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.answer.lock().unwrap().clone()
    }
}

async fn greet(caller: Caller) -> String {
    format!("Hello, {}", caller.person().name.as_deref().unwrap_or("you"))
}

fn app(verifier: Verifier) -> Router {
    let nested = Router::new().route("/{number}", any(greet));
    let app = Router::new().route("/", any(greet)).nest("/tickets", nested);
    app.layer(AssertionLayer::new(verifier))
}

fn request(tokens: &[&str]) -> Request<Body> {
    let mut request = Request::builder().uri("/tickets/17?reply=1");
    for token in tokens {
        request = request.header("Deskgate-Assertion", *token);
    }
    request.body(Body::empty()).unwrap()
}

async fn answer(app: &Router, request: Request<Body>) -> (u16, String) {
    let response = app.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 1 << 16).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap().trim_end().to_owned())
}

#[track_caller]
fn check(tokens: &[&str], status: u16, text: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let app = app(Desk::with_key(1).verifier());
    let found = runtime.block_on(answer(&app, request(tokens)));
    assert_eq!(found, (status, text.to_owned()));
}

#[test]
fn somebody_with_a_token_for_this_request_is_greeted() {
    check(&[&Token::default().mint()], 200, "Hello, B. Simon");
}

#[test]
fn a_request_without_exactly_one_token_is_refused() {
    check(&[], 401, "origin.assertion_missing");
    let token = Token::default().mint();
    check(&[&token, &token], 403, "origin.assertion_not_single");
    check(&[""], 403, "jose.segment_count");
}

#[test]
fn a_token_replayed_on_another_route_is_refused() {
    let path = |path_and_query| Token { path_and_query, ..Token::default() }.mint();
    for other in ["/tickets/18?reply=1", "/tickets/17", "/17?reply=1", "/"] {
        check(&[&path(other)], 403, "session.path_mismatch");
    }
    check(&[&Token { method: "POST", ..Token::default() }.mint()], 403, "session.method_mismatch");
}

#[test]
fn a_token_of_another_desk_or_for_another_server_is_refused() {
    let origin = "https://wiki.internal";
    check(&[&Token { origin, ..Token::default() }.mint()], 403, "jose.audience_mismatch");
    let desk_url = "https://help.fabrikam.com";
    check(&[&Token { desk_url, ..Token::default() }.mint()], 403, "jose.issuer_mismatch");
    check(&[&Token { seed: 2, ..Token::default() }.mint()], 403, "jose.key_id_unknown");
}

#[test]
fn a_stale_forged_or_foreign_token_is_refused() {
    let at = now().saturating_sub(Duration::from_secs(61));
    check(&[&Token { at, ..Token::default() }.mint()], 403, "jose.expired");
    let token = Token::default().mint();
    let (start, signature) = token.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { "B" } else { "A" };
    check(&[&format!("{start}.{first}{}", &signature[1..])], 403, "jose.signature_invalid");
    let session = mint_session(&session(now()), DESK, &signing_key(1), &RustCrypto::new()).unwrap();
    check(&[&session], 403, "jose.type_mismatch");
}

#[tokio::test]
async fn a_handler_without_the_layer_believes_nobody() {
    let app = Router::new().route("/tickets/17", any(greet));
    let found = answer(&app, request(&[&Token::default().mint()])).await;
    assert_eq!(found, (500, "origin.layer_missing".to_owned()));
}

#[tokio::test]
async fn a_token_can_be_made_to_count_once() {
    let app = app(Desk::with_key(1).verifier().accepting_each_token_once());
    let token = Token::default().mint();
    assert_eq!(answer(&app, request(&[&token])).await.0, 200);
    let found = answer(&app, request(&[&token])).await;
    assert_eq!(found, (403, "origin.replayed".to_owned()));
    assert_eq!(answer(&app, request(&[&Token::default().mint()])).await.0, 200);
}

#[tokio::test]
async fn the_keys_are_asked_for_once_and_not_again_for_made_up_ones() {
    let desk = Desk::with_key(1);
    let app = app(desk.verifier());
    let made_up = Token { seed: 9, ..Token::default() }.mint();
    for _ in 0..20 {
        assert_eq!(answer(&app, request(&[&Token::default().mint()])).await.0, 200);
        assert_eq!(answer(&app, request(&[&made_up])).await.0, 403);
    }
    assert_eq!(desk.asked(), 1);
}

#[tokio::test]
async fn requests_that_arrive_together_ask_for_the_keys_together() {
    let desk = Desk::with_key(1);
    let app = app(desk.verifier());
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let app = app.clone();
        requests.spawn(async move { answer(&app, request(&[&Token::default().mint()])).await.0 });
    }
    let statuses: BTreeSet<u16> = requests.join_all().await.into_iter().collect();
    assert_eq!(statuses, BTreeSet::from([200]));
    assert_eq!(desk.asked(), 1);
}

#[tokio::test]
async fn without_keys_the_answer_is_that_it_cannot_be_known() {
    let desk = Desk::with_key(1);
    for wrong in [Err("refused".to_owned()), Ok(b"<html>".to_vec()), Ok(b"{}".to_vec())] {
        *desk.answer.lock().unwrap() = wrong;
        let app = app(desk.verifier());
        let found = answer(&app, request(&[&Token::default().mint()])).await;
        assert_eq!(found, (503, "origin.keys_unavailable".to_owned()));
    }
}

#[test]
fn more_tokens_than_are_remembered_are_refused_and_old_ones_are_forgotten() {
    let crypto = RustCrypto::new();
    let token = |at: UnixTime, entropy: u128| {
        let request = NewOriginToken {
            desk_url: DESK,
            origin: ORIGIN,
            method: "GET",
            path_and_query: "/",
            entropy: entropy.to_le_bytes(),
        };
        mint_origin_token(&session(at), &request, at, &signing_key(1), &crypto).unwrap()
    };
    let verified = |token: &str, at: UnixTime| {
        let expected = deskgate_core::session::ExpectedOriginToken {
            desk_url: DESK,
            origin: ORIGIN,
            method: "GET",
            path_and_query: "/",
        };
        verify_origin_token(token, &keys(1), &expected, at, &crypto).unwrap()
    };
    let at = now();
    let mut used = UsedTokens::default();
    let first = verified(&token(at, 0), at);
    used.accept(&first, at).unwrap();
    assert_eq!(used.accept(&first, at), Err(Refusal::Replayed));
    used.fill_for_test(MAX_REMEMBERED, at.saturating_add(Duration::from_secs(60)));
    let second = verified(&token(at, 1), at);
    assert_eq!(used.accept(&second, at), Err(Refusal::TooManyTokens));
    let later = at.saturating_add(Duration::from_secs(121));
    used.accept(&verified(&token(later, 2), later), later).unwrap();
    assert_eq!(used.len(), 1);
}

/// Answers one request with these bytes; its address.
fn serve(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 1024];
        assert!(stream.read(&mut request).unwrap() > 0);
        // The client may hang up when it has read enough.
        let _ = stream.write_all(&answer);
    });
    format!("http://{address}/")
}

fn http(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut answer =
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{headers}\r\n").into_bytes();
    answer.extend_from_slice(body);
    answer
}

#[test]
fn keys_come_only_from_a_plain_answer_of_the_desk_itself() {
    let keys = keys(1).to_json().into_bytes();
    let fetch = |answer| {
        let get = Get { url: &serve(answer), bearer: None, max_bytes: 64 * 1024 };
        HttpClient::default().get(&get)
    };
    assert_eq!(fetch(http("200 OK", "", &keys)), Ok(keys.clone()));
    let elsewhere = serve(http("200 OK", "", &keys));
    for status in ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let refused = fetch(http(status, &format!("Location: {elsewhere}\r\n"), b""));
        assert!(refused.is_err(), "{status}");
    }
    for status in ["204 No Content", "404 Not Found", "500 Oops"] {
        assert!(fetch(http(status, "", b"")).is_err(), "{status}");
    }
    assert!(fetch(http("200 OK", "", &vec![b' '; 1 << 20])).is_err());
    assert!(fetch(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}".to_vec()).is_err());
}

#[test]
fn only_addresses_that_cannot_be_read_on_the_way_are_accepted() {
    assert!(Verifier::new("http://help.contoso.com", ORIGIN).is_err());
    assert!(Verifier::new("https://help.contoso.com/deskgate", ORIGIN).is_err());
    assert!(Verifier::new(DESK, "tickets.internal").is_err());
    let verifier = Verifier::new("http://127.0.0.1:8787", "http://127.0.0.1:9100").unwrap();
    assert_eq!(verifier.keys_url(), "http://127.0.0.1:8787/.well-known/deskgate/jwks.json");
}

#[test]
fn statuses_say_whose_turn_it_is() {
    assert_eq!(Refusal::AssertionMissing.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(Refusal::Replayed.status(), StatusCode::FORBIDDEN);
    assert_eq!(Refusal::TooManyTokens.status(), StatusCode::SERVICE_UNAVAILABLE);
}
