//! A desk on loopback that checks admin tokens as the edge does.

use std::process::{Command, Output};
use std::thread;

use deskgate_core::base64;
use deskgate_core::crypto::{RustCrypto, SecretKey};
use deskgate_core::desk::Desk;
use deskgate_core::session::admin_token::{AdminRequest, verify_admin_token};
use deskgate_core::time::UnixTime;
use serde_json::{Value, json};
use tiny_http::{Header, Method, Request, Response, Server};

pub(crate) const SECRET: [u8; 32] = [7; 32];
pub(crate) const OTHER_SECRET: [u8; 32] = [8; 32];
pub(crate) const SETTINGS: &str = "/deskgate/admin/settings";
const LOST: &str = "/deskgate/admin/settings?lost_secret=yes";
const AUDIT: &str = "/deskgate/admin/audit";
const KEYS: &str = "/deskgate/admin/keys";
const PEOPLE: &str = "/deskgate/admin/people";
const RESTORE: &str = "/deskgate/admin/restore";
const SERVICE_TOKENS: &str = "/deskgate/admin/service-tokens";
const SESSIONS: &str = "/deskgate/admin/sessions";
const VERSIONS: &str = "/deskgate/admin/versions";

/// A desk on loopback that ends after `requests` requests and answers with what it has then.
pub(crate) struct FakeDesk {
    pub(crate) url: String,
    thread: thread::JoinHandle<Option<Value>>,
}

impl FakeDesk {
    pub(crate) fn start(settings: Option<Value>, requests: usize) -> Self {
        let server = Server::http("127.0.0.1:0").unwrap();
        let url = format!("http://{}", server.server_addr());
        let address = url.clone();
        let thread = thread::spawn(move || {
            let mut settings = settings;
            for mut request in server.incoming_requests().take(requests) {
                let (status, body) = answer(&mut request, &address, &mut settings);
                let response = Response::from_string(body.to_string()).with_status_code(status);
                request.respond(response).unwrap();
            }
            settings
        });
        Self { url, thread }
    }

    pub(crate) fn settings(self) -> Option<Value> {
        self.thread.join().unwrap()
    }
}

/// A command about the desk at `url`, with this secret.
pub(crate) fn deskgate(url: &str, secret: &[u8], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deskgate"));
    command
        .args(arguments)
        .args(["--desk", "tests/data/desks/desk.toml", "--url", url])
        .env("DESKGATE_SECRET", base64::encode_url(secret))
        .env("NO_PROXY", "127.0.0.1");
    command
}

fn answer(request: &mut Request, url: &str, settings: &mut Option<Value>) -> (u16, Value) {
    let mut body = Vec::new();
    request.as_reader().read_to_end(&mut body).unwrap();
    if !is_authorized(request, url, &body) {
        return (401, json!({ "code": "admin.token_refused" }));
    }
    if request.url() == AUDIT {
        return (200, json!({ "events": events() }));
    }
    match request.url() {
        VERSIONS => {
            let versions = [2, 1].map(|n| json!({ "version": n, "applied_at": 1_795_262_400 }));
            return (200, json!({ "versions": versions }));
        }
        KEYS if *request.method() == Method::Get => {
            let key = |kid: &str, purpose: &str, used_from: Option<u64>| json!({ "kid": kid, "purpose": purpose, "used_from": used_from });
            let keys = [key("k1", "tokens", Some(1_795_262_400)), key("k2", "bridge", None)];
            let secret = json!({ "sealed_since": 1_795_262_400, "fallback": "opens" });
            return (200, json!({ "keys": keys, "secret": secret }));
        }
        KEYS => {
            assert_eq!(*request.method(), Method::Post);
            return match serde_json::from_slice::<Value>(&body).unwrap()["rotate"].as_str() {
                Some("announce" | "tokens_now") => (200, json!({ "version": 4 })),
                _ => (409, json!({ "code": "admin.not_the_turn" })),
            };
        }
        SERVICE_TOKENS if *request.method() == Method::Get => {
            let near = now().seconds() + 7 * 24 * 3600 - 60;
            let tokens = [("nightly-export", 4_102_444_800), ("zendesk", near), ("old", 1)];
            let tokens = tokens.map(|(name, expires_at)| service_token(name, expires_at));
            return (200, json!({ "service_tokens": tokens }));
        }
        SERVICE_TOKENS => return changed_service_token(&serde_json::from_slice(&body).unwrap()),
        SESSIONS => {
            assert_eq!(*request.method(), Method::Post);
            let body: Value = serde_json::from_slice(&body).unwrap();
            let known = [json!("everybody"), json!({ "email": "b.simon@contoso.com" })];
            return (200, json!({ "sessions_ended": u8::from(known.contains(&body["end"])) }));
        }
        path if path.starts_with(SESSIONS) => {
            assert_eq!(*request.method(), Method::Get);
            let of_simon = "?email=b.simon%40contoso.com&after=";
            let sessions = match path.strip_prefix(SESSIONS) {
                Some(query) if query == of_simon => json!([session()]),
                _ => json!([]),
            };
            return (200, json!({ "sessions": sessions }));
        }
        PEOPLE => {
            assert_eq!(*request.method(), Method::Post);
            let body: Value = serde_json::from_slice(&body).unwrap();
            let changes = body["changes"].as_array().unwrap();
            let is_known = |change: &Value| change["disable"] != "nobody@contoso.com";
            return match changes.iter().all(is_known) {
                true => {
                    *settings = Some(body);
                    (200, json!({}))
                }
                false => (404, json!({ "code": "admin.no_such_person" })),
            };
        }
        path if path.starts_with(PEOPLE) => {
            let is_first = path.ends_with("?after=");
            return (
                200,
                json!({ "people": if is_first { json!([person()]) } else { json!([]) } }),
            );
        }
        RESTORE => {
            assert_eq!(*request.method(), Method::Post);
            return match serde_json::from_slice::<Value>(&body).unwrap()["version"].as_u64() {
                Some(1) => (200, json!({ "version": 3 })),
                _ => (404, json!({ "code": "admin.no_such_version" })),
            };
        }
        LOST => {
            assert_eq!(*request.method(), Method::Put);
            return match settings {
                Some(_) => (409, json!({ "code": "admin.secret_not_lost" })),
                None => (200, json!({ "version": 5 })),
            };
        }
        other => assert_eq!(other, SETTINGS),
    }
    match (request.method(), settings.as_ref()) {
        (Method::Put, _) => {
            let new: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(Desk::from_json(&new).unwrap().to_json(), new);
            *settings = Some(new);
            (200, json!({ "version": 2 }))
        }
        (Method::Get, Some(settings)) => {
            let desk = Desk::from_json(settings).unwrap();
            let fingerprint = desk.fingerprint(&SecretKey::new(&SECRET), &RustCrypto::new());
            let shown = desk.to_json_redacted();
            (200, json!({ "version": 1, "settings": shown, "fingerprint": fingerprint }))
        }
        (_, None) => (404, json!({ "code": "admin.not_set_up" })),
        (method, _) => panic!("{method}"),
    }
}

fn is_authorized(request: &Request, url: &str, body: &[u8]) -> bool {
    let is_authorization = |header: &&Header| header.field.equiv("Authorization");
    let header = request.headers().iter().find(is_authorization).unwrap();
    let token = header.value.as_str().strip_prefix("Bearer ").unwrap();
    let expected = AdminRequest {
        desk_url: url,
        method: request.method().as_str(),
        path_and_query: request.url(),
        body,
    };
    verify_admin_token(token, &expected, now(), &SecretKey::new(&SECRET), &RustCrypto::new())
        .is_ok()
}

fn now() -> UnixTime {
    UnixTime::from_seconds(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs())
}

/// Made at 2026-11-21T12:00:00Z, and used on that day.
fn service_token(name: &str, expires_at: u64) -> Value {
    json!({
        "name": name, "id": "01010101010101010101010101010101.deskgate", "paths": ["/api/"],
        "methods": ["GET"], "created_at": 1_795_262_400, "expires_at": expires_at,
        "former_secret_until": null, "last_used_on": 1_795_219_200,
    })
}

/// As the edge answers: what is known of the token, and never a secret.
fn changed_service_token(change: &Value) -> (u16, Value) {
    if change["remove"] == "nobody" {
        return (404, json!({ "code": "admin.no_such_service_token" }));
    }
    let new = [&change["add"], &change["rotate"]].into_iter().find(|new| new.is_object());
    let mut token = service_token("nightly-export", 4_102_444_800);
    if let Some(new) = new {
        let digest = base64::decode_url(new["secret_sha256"].as_str().unwrap()).unwrap();
        assert_eq!(digest.len(), 32);
        assert!(new.get("secret").is_none());
    }
    if change["add"].is_object() {
        for part in ["id", "paths", "methods"] {
            token[part] = change["add"][part].clone();
        }
        assert_eq!(change["add"]["days"], 365);
    }
    if change["rotate"].is_object() {
        assert_eq!(change["rotate"]["grace_seconds"], 24 * 3600);
        token["former_secret_until"] = json!(1_795_348_800);
    }
    (200, token)
}

/// Ten hours from 2026-11-21T12:00:00Z.
fn session() -> Value {
    json!({
        "session": "s1", "connection": "contoso", "subject": "x",
        "email": "b.simon@contoso.com", "began_at": 1_795_262_400, "expires_at": 1_795_298_400
    })
}

/// Added and signed in at 2026-11-21T12:00:00Z.
fn person() -> Value {
    json!({
        "email": "b.simon@contoso.com", "username": null, "given_name": "B.",
        "family_name": "=Simon", "disabled": false, "pinned_connection": "contoso",
        "pinned_id": "x", "added_by": "hand", "added_at": 1_795_262_400,
        "last_sign_in": 1_795_262_400,
    })
}

/// A refused sign-in and a sign-out, newest first (2026-11-21T12:00:00Z and a minute before).
fn events() -> Value {
    json!([
        {
            "event": "login.refused", "at": 1_795_262_400, "reference": "C6YX-B0NP",
            "desk": "help.contoso.com", "client_address": "192.0.2.7", "connection": "contoso",
            "code": "saml.audience_mismatch", "expected": "urn:a", "found": "urn:b", "help": "Change it."
        },
        {
            "event": "logout", "at": 1_795_262_340, "reference": "AAAA-BBBB",
            "desk": "help.contoso.com", "client_address": "192.0.2.8", "session": "s1"
        },
        {
            "event": "bridge", "at": 1_795_262_280, "reference": "CCCC-DDDD",
            "desk": "help.contoso.com", "client_address": "192.0.2.8", "session": "s1",
            "app": "jitbit", "token": "_r1"
        },
    ])
}

#[track_caller]
pub(crate) fn check(output: &Output, status: i32, expected: &[(&str, Value)]) -> Value {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(status), "{text}");
    let found: Value = serde_json::from_str(&text).unwrap();
    for (pointer, value) in expected {
        assert_eq!(found.pointer(pointer), Some(value), "{pointer} in {text}");
    }
    found
}
