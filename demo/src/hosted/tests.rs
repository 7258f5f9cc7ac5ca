//! The hosted helpdesks believe deskgate and nobody else.

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use axum::response::Response;
use deskgate_core::crypto::{JwsAlgorithm, RustCrypto, SecretKey};
use deskgate_core::jose::json::Object;
use deskgate_core::jose::{SigningKey, sign_jwt};
use tower::ServiceExt as _;

use super::{ServiceProvider, Zendesk, now};

const EDGE: &str = "http://127.0.0.1:8787";
const URL: &str = "http://localhost:9200";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn token(secret: &str, issued_at: u64, id: &str) -> String {
    let key = SecretKey::new(secret.as_bytes());
    let key = SigningKey::from_secret(key, JwsAlgorithm::Hs256, None).unwrap();
    let claims = Object::new()
        .with("iat", issued_at)
        .with("jti", id)
        .with("email", "b.simon@contoso.com")
        .with("name", "B. Simon");
    sign_jwt(&claims, "JWT", &key, &RustCrypto::new()).unwrap()
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(work)
}

fn post(path: &str, body: String) -> Request<Body> {
    let form = "application/x-www-form-urlencoded";
    let request = Request::builder().method("POST").uri(path).header(header::CONTENT_TYPE, form);
    request.body(Body::from(body)).unwrap()
}

fn location(response: &Response) -> &str {
    response.headers()[header::LOCATION].to_str().unwrap()
}

#[track_caller]
fn check(tokens: &[String], expected: &str) {
    let zendesk = Zendesk::new(URL, EDGE, "zendesk", SECRET).unwrap().router();
    let mut last = String::new();
    for token in tokens {
        let path = "/access/jwt?return_to=http%3A%2F%2Flocalhost%3A9200%2Fhc";
        let response = run(zendesk.clone().oneshot(post(path, format!("jwt={token}"))));
        last = location(&response.unwrap()).to_owned();
    }
    assert!(last.contains(expected), "{last}");
}

#[test]
fn a_token_with_the_shared_secret_signs_in_once_and_returns() {
    let seconds = now().seconds();
    check(&[token(SECRET, seconds, "1")], "http://localhost:9200/hc");
    check(&[token(SECRET, seconds, "1"), token(SECRET, seconds, "1")], "used+before");
    check(&[token(SECRET, seconds - 200, "1")], "Invalid+iat+parameter");
    let other = "0123456789abcdef0123456789abcdeX";
    check(&[token(other, seconds, "1")], "JWT+signature+invalid");
}

#[test]
fn a_return_address_elsewhere_is_not_followed() {
    let zendesk = Zendesk::new(URL, EDGE, "zendesk", SECRET).unwrap().router();
    let path = "/access/jwt?return_to=http%3A%2F%2Flocalhost%3A9200.evil.example%2F";
    let body = format!("jwt={}", token(SECRET, now().seconds(), "1"));
    let response = run(zendesk.oneshot(post(path, body))).unwrap();
    assert_eq!(location(&response), "/");
}

#[test]
fn who_is_not_signed_in_is_sent_to_deskgate() {
    let get = |path: &str| Request::builder().uri(path).body(Body::empty()).unwrap();
    let zendesk = Zendesk::new(URL, EDGE, "zendesk", SECRET).unwrap().router();
    let response = run(zendesk.oneshot(get("/sign-in"))).unwrap();
    let start = "http://127.0.0.1:8787/deskgate/handoff/zendesk?return_to=http%3A%2F%2Flocalhost";
    assert!(location(&response).starts_with(start), "{}", location(&response));
    let provider = ServiceProvider::new("http://localhost:9300", EDGE, "help-scout").router();
    let response = run(provider.clone().oneshot(get("/sign-in"))).unwrap();
    let start = "http://127.0.0.1:8787/deskgate/idp/help-scout/sso?SAMLRequest=";
    assert!(location(&response).starts_with(start), "{}", location(&response));
    let response = run(provider.oneshot(get("/"))).unwrap();
    let body = run(to_bytes(response.into_body(), 1 << 20)).unwrap();
    assert!(String::from_utf8_lossy(&body).contains("Sign in to Scout Helpdesk"));
}
