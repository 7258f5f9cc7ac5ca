//! Scripts and webhooks that pass the gate as themselves (attacks K-01 to K-08).

use std::time::Duration;

use deskgate_core::base64;
use deskgate_core::session::service_token::{service_token_id, service_token_secret};
use deskgate_tests::browser::{Reply, Request};
use deskgate_tests::sign_in::signed_in;
use deskgate_tests::worker::{Worker, sha256};
use serde_json::json;

use crate::setting::{Setting, claims, desk};

const PATH: &str = "/deskgate/admin/service-tokens";

struct Script {
    id: String,
    secret: String,
}

impl Script {
    /// Adds it for `/api/` and `/live`.
    fn of(worker: &Worker) -> Self {
        let script = Self {
            id: service_token_id([7; 16]),
            secret: service_token_secret(&[8; 32]).to_string(),
        };
        let new = json!({ "add": {
            "name": "nightly-export", "id": script.id, "secret_sha256": sha256(&script.secret),
            "paths": ["/api/", "/live"], "methods": [], "days": 365,
        }});
        let reply = worker.admin_change(PATH, &new);
        assert_eq!(reply.status, 200, "{reply}");
        script
    }

    fn sign(&self, request: Request) -> Request {
        request
            .header("Deskgate-Client-Id", &self.id)
            .header("Deskgate-Client-Secret", &self.secret)
    }

    fn basic(&self, request: Request) -> Request {
        let pair = base64::encode(format!("{}:{}", self.id, self.secret).as_bytes());
        request.header("Authorization", &format!("Basic {pair}"))
    }
}

#[track_caller]
fn check_refused(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status, reply.json()["code"].as_str()), (status, Some(code)), "{reply}");
    assert_eq!(reply.header("Location"), None);
}

#[test]
fn a_script_passes_as_itself_and_its_secret_stays_at_the_gate() {
    let Some(Setting { worker, origin, .. }) = desk() else { return };
    let script = Script::of(&worker);
    for request in [
        script.sign(Request::new("POST", "/api/tickets?a=b").body(b"{}")),
        script.basic(Request::new("POST", "/api/tickets?a=b").body(b"{}")),
    ] {
        let reply = worker.browser().send(&request);
        assert_eq!(reply.status, 200, "{reply}");
        assert!(reply.header("Cache-Control").is_some_and(|value| value.starts_with("private")));
        let seen = origin.last();
        assert_eq!((seen.method.as_str(), seen.body.as_slice()), ("POST", b"{}".as_slice()));
        for name in ["Deskgate-Client-Id", "Deskgate-Client-Secret", "Authorization"] {
            assert_eq!(seen.count_folded(name), 0, "{name}");
        }
        let claims = claims(seen.header("Deskgate-Assertion").expect("an origin token"));
        assert_eq!(claims["sub"], format!("service-token:{}", script.id));
        assert_eq!(claims["connection"], "service-token");
        assert_eq!(claims["identity"], json!({ "name": "nightly-export" }));
    }
    let webhook =
        script.sign(Request::new("GET", "/api/")).header("Authorization", "Bearer theirs");
    assert_eq!(worker.browser().send(&webhook).status, 200);
    assert_eq!(origin.last().header("Authorization"), Some("Bearer theirs"));
}

#[test]
fn a_token_that_was_removed_is_refused_in_another_isolate_within_thirty_seconds() {
    let Some(Setting { mut worker, .. }) = desk() else { return };
    let script = Script::of(&worker);
    let request = script.sign(Request::new("GET", "/api/tickets"));
    let (mut here, mut elsewhere) = (worker.browser(), worker.elsewhere(worker.browser()));
    assert_eq!((here.send(&request).status, elsewhere.send(&request).status), (200, 200));
    // Written down behind the answers, once for both.
    let listed = worker.admin_read(PATH).json();
    assert!(listed["service_tokens"][0]["last_used_on"].is_u64(), "{listed}");
    assert_eq!(worker.admin_change(PATH, &json!({ "remove": "nightly-export" })).status, 200);
    check_refused(&here.send(&request), 401, "service_token.refused");
    worker.set_clock_ahead(Duration::from_secs(31));
    check_refused(&elsewhere.send(&request), 401, "service_token.refused");
    worker.restart();
    check_refused(&here.send(&request), 401, "service_token.refused");
}

#[test]
fn neither_a_trick_nor_a_cookie_makes_a_wrong_token_right() {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let script = Script::of(&worker);
    let mut browser = signed_in(&worker, &issuer);
    assert_eq!(browser.open("/api/tickets").status, 200);
    let before = origin.seen().len();
    for path in [
        "/tickets/1",
        "/api",
        "//api/",
        "/api//x",
        "/api/%2fadmin",
        "/api/..%2fadmin",
        "/api/..;/x",
    ] {
        let reply = browser.send(&script.sign(Request::navigation(path)));
        check_refused(&reply, 403, "service_token.path_not_allowed");
    }
    // Dot segments are resolved by the platform before anybody sees them.
    let reply = browser.send(&script.sign(Request::new("GET", "/api/%2e%2e/admin")));
    check_refused(&reply, 403, "service_token.path_not_allowed");
    let get = || Request::new("GET", "/api/");
    let twice = script.sign(get()).header("Deskgate-Client-Secret", &script.secret);
    check_refused(&browser.send(&twice), 401, "service_token.credentials_malformed");
    let twice = script.basic(script.basic(get()));
    check_refused(&browser.send(&twice), 401, "service_token.credentials_malformed");
    let other =
        Script { id: script.id.clone(), secret: service_token_secret(&[9; 32]).to_string() };
    for request in [other.sign(get()), other.basic(get())] {
        check_refused(&browser.send(&request), 401, "service_token.refused");
    }
    let two = other.basic(script.sign(get()));
    check_refused(&browser.send(&two), 401, "service_token.credentials_malformed");
    let Script { id, secret } = &script;
    let query = format!("/api/?Deskgate-Client-Id={id}&Deskgate-Client-Secret={secret}");
    check_refused(&worker.browser().send(&Request::new("GET", &query)), 401, "session.required");
    assert_eq!(origin.seen().len(), before);
}

#[test]
fn a_script_opens_a_websocket_without_a_page_of_ours() {
    let Some(Setting { worker, .. }) = desk() else { return };
    let script = Script::of(&worker);
    let upgrade = || {
        Request::new("GET", "/live")
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
    };
    let reply = worker.browser().begin(&script.sign(upgrade())).expect("an answer");
    assert_eq!(reply.status, 101);
    assert_eq!(worker.browser().begin(&upgrade()).expect("an answer").status, 403);
}
