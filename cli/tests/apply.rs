//! `deskgate apply` against a desk that checks its tokens as the edge does.

use std::process::{Command, Output};
use std::thread;

use deskgate_core::base64;
use deskgate_core::crypto::{RustCrypto, SecretKey};
use deskgate_core::desk::Desk;
use deskgate_core::session::admin_token::{AdminRequest, verify_admin_token};
use deskgate_core::time::UnixTime;
use serde_json::{Value, json};
use tiny_http::{Header, Method, Request, Response, Server};

const SECRET: [u8; 32] = [7; 32];
const OTHER_SECRET: [u8; 32] = [8; 32];
const PATH: &str = "/deskgate/admin/settings";

/// A desk on loopback that ends after `requests` requests and answers with what it has then.
struct FakeDesk {
    url: String,
    thread: thread::JoinHandle<Option<Value>>,
}

impl FakeDesk {
    fn start(settings: Option<Value>, requests: usize) -> Self {
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

    fn settings(self) -> Option<Value> {
        self.thread.join().unwrap()
    }
}

fn answer(request: &mut Request, url: &str, settings: &mut Option<Value>) -> (u16, Value) {
    let mut body = Vec::new();
    request.as_reader().read_to_end(&mut body).unwrap();
    if !is_authorized(request, url, &body) {
        return (401, json!({ "code": "admin.token_refused" }));
    }
    match (request.method(), settings.as_ref()) {
        (Method::Put, _) => {
            let new: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(Desk::from_json(&new).unwrap().to_json(), new);
            *settings = Some(new);
            (200, json!({ "version": 2 }))
        }
        (Method::Get, Some(settings)) => {
            (200, json!({ "version": 1, "applied_at": "", "settings": settings }))
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
        path_and_query: PATH,
        body,
    };
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let now = UnixTime::from_seconds(now);
    assert_eq!(request.url(), PATH);
    verify_admin_token(token, &expected, now, &SecretKey::new(&SECRET), &RustCrypto::new()).is_ok()
}

fn apply(url: &str, secret: &[u8], arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_deskgate"))
        .args(["apply", "--url", url, "tests/data/desks/desk.toml"])
        .args(arguments)
        .env("DESKGATE_SECRET", base64::encode_url(secret))
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap()
}

#[track_caller]
fn check(output: &Output, status: i32, expected: &[(&str, Value)]) -> Value {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(status), "{text}");
    let found: Value = serde_json::from_str(&text).unwrap();
    for (pointer, value) in expected {
        assert_eq!(found.pointer(pointer), Some(value), "{pointer} in {text}");
    }
    found
}

#[test]
fn the_first_settings_are_sent_and_all_fields_are_new() {
    let desk = FakeDesk::start(None, 2);
    let output = apply(&desk.url, &SECRET, &["--json"]);
    let expected = [
        ("/verdict", json!("accepted")),
        ("/url", json!(desk.url)),
        ("/version", json!(2)),
        ("/sent", json!(true)),
        ("/is_first", json!(true)),
        ("/changes/0/before", Value::Null),
    ];
    check(&output, 0, &expected);
    let url = desk.url.clone();
    let settings = desk.settings().unwrap();
    assert_eq!(settings["url"], json!(url));
    assert_eq!(settings["connections"][0]["certificates"].as_array().unwrap().len(), 2);
}

#[test]
fn only_what_changes_is_shown() {
    let first = FakeDesk::start(None, 2);
    apply(&first.url, &SECRET, &[]);
    let mut settings = first.settings().unwrap();
    settings["support"] = json!("other@contoso.com");
    let desk = FakeDesk::start(Some(settings), 2);
    let output = apply(&desk.url, &SECRET, &["--json"]);
    let found = check(&output, 0, &[("/sent", json!(true))]);
    let changes = found["changes"].as_array().unwrap();
    let fields: Vec<_> = changes.iter().map(|change| change["field"].as_str().unwrap()).collect();
    // What follows from the address changes with it.
    assert_eq!(fields, ["connections[contoso].sp_entity_id", "support", "url"]);
    assert_eq!(changes[1]["before"], json!("other@contoso.com"));
    assert_eq!(changes[1]["after"], json!("it@contoso.com"));
    assert_eq!(desk.settings().unwrap()["support"], json!("it@contoso.com"));
}

#[test]
fn the_same_settings_are_not_sent_again() {
    // Asked twice, sent to once.
    let desk = FakeDesk::start(None, 3);
    apply(&desk.url, &SECRET, &[]);
    let output = apply(&desk.url, &SECRET, &["--json"]);
    let expected = [("/sent", json!(false)), ("/changes", json!([])), ("/version", json!(1))];
    check(&output, 0, &expected);
    assert!(desk.settings().is_some());
}

#[test]
fn people_see_what_changes() {
    let desk = FakeDesk::start(None, 5);
    let url = desk.url.clone();
    let text = |arguments: &[&str]| {
        let output = apply(&url, &SECRET, arguments);
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap().replace(&url, "URL")
    };
    let dry = "accepted  URL would get its first settings; nothing was sent\n";
    assert_eq!(text(&["--dry-run"]), dry);
    assert_eq!(text(&[]), "accepted  URL has its first settings\n  version       2\n");
    let same = "accepted  URL has these settings already\n  version       1\n";
    assert_eq!(text(&[]), same);
    assert_eq!(text(&["--dry-run"]), same);
    assert!(desk.settings().is_some());
}

#[test]
fn a_dry_run_sends_nothing() {
    let desk = FakeDesk::start(None, 1);
    let output = apply(&desk.url, &SECRET, &["--json", "--dry-run"]);
    check(&output, 0, &[("/sent", json!(false)), ("/version", Value::Null)]);
    assert_eq!(desk.settings(), None);
}

#[test]
fn another_secret_is_refused() {
    let desk = FakeDesk::start(None, 1);
    let output = apply(&desk.url, &OTHER_SECRET, &["--json"]);
    let expected = [("/verdict", json!("rejected")), ("/code", json!("admin.token_refused"))];
    check(&output, 1, &expected);
    assert_eq!(desk.settings(), None);
}

#[test]
fn a_secret_of_another_form_is_not_used() {
    let output = apply("http://127.0.0.1:1", b"short", &["--json"]);
    check(&output, 2, &[("/code", json!("cli.invalid_secret"))]);
}

#[test]
fn a_server_that_is_no_deskgate_is_told() {
    let server = Server::http("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.server_addr());
    let thread = thread::spawn(move || {
        let request = server.recv().unwrap();
        request.respond(Response::from_string("<html>Zammad</html>")).unwrap();
    });
    let output = apply(&url, &SECRET, &["--json"]);
    check(&output, 2, &[("/code", json!("cli.not_deskgate")), ("/at", json!(url))]);
    thread.join().unwrap();
}

#[test]
fn the_token_does_not_follow_a_redirect() {
    let (front, other) =
        (Server::http("127.0.0.1:0").unwrap(), Server::http("127.0.0.1:0").unwrap());
    let url = format!("http://{}", front.server_addr());
    let location = format!("Location: http://{}{PATH}", other.server_addr());
    let thread = thread::spawn(move || {
        let header: Header = location.parse().unwrap();
        let request = front.recv().unwrap();
        request.respond(Response::empty(307).with_header(header)).unwrap();
    });
    let output = apply(&url, &SECRET, &["--json"]);
    check(&output, 2, &[("/verdict", json!("not_carried_out"))]);
    assert!(other.try_recv().unwrap().is_none());
    thread.join().unwrap();
}

#[test]
fn a_server_that_does_not_answer_is_told() {
    let output = apply("http://127.0.0.1:1", &SECRET, &["--json"]);
    check(&output, 2, &[("/code", json!("cli.unreachable"))]);
}
