//! `deskgate apply`: what is sent, and what is said about it.

use std::process::{Command, Output};
use std::thread;

use deskgate_core::base64;
use serde_json::{Value, json};
use tiny_http::{Header, Response, Server};

use crate::fake_desk::{FakeDesk, OTHER_SECRET, SECRET, SETTINGS, check, deskgate};

fn apply(url: &str, secret: &[u8], arguments: &[&str]) -> Output {
    deskgate(url, secret, &["apply"]).args(arguments).output().unwrap()
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
fn a_secret_that_changed_is_sent_and_not_shown() {
    let desk = FakeDesk::start(None, 6);
    let applied = |secret: &str| {
        let file = with_zendesk(secret);
        let mut command = Command::new(env!("CARGO_BIN_EXE_deskgate"));
        command.args(["apply", "--json", "--url", &desk.url, "--desk"]).arg(&file);
        command.env("DESKGATE_SECRET", base64::encode_url(&SECRET)).env("NO_PROXY", "127.0.0.1");
        check(&command.output().unwrap(), 0, &[])
    };
    assert_eq!(applied("0123456789abcdef")["is_first"], json!(true));
    let changed = applied("fedcba9876543210");
    assert_eq!(changed["sent"], json!(true));
    let secret = json!({ "field": "a secret", "before": "(hidden)", "after": "(hidden)" });
    assert_eq!(changed["changes"], json!([secret]));
    assert_eq!(applied("fedcba9876543210")["sent"], json!(false));
    // The sixth request.
    assert_eq!(applied("fedcba9876543210")["changes"], json!([]));
    let settings = desk.settings().unwrap();
    assert_eq!(settings["apps"][0]["zendesk"]["shared_secret"], "fedcba9876543210");
}

/// The settings of the other tests, and an app with this secret.
fn with_zendesk(secret: &str) -> std::path::PathBuf {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{secret}.toml"));
    let folder = std::fs::canonicalize("tests/data/desks").unwrap();
    let text = std::fs::read_to_string("tests/data/desks/desk.toml").unwrap();
    let text = text.replace("\"../", &format!("\"{}/../", folder.display()));
    let app = format!(
        "[[apps]]\nname = \"zendesk\"\nhelpdesk = \"zendesk\"\nmode = \"hand_off\"\n\
         [apps.zendesk]\nsubdomain = \"contoso\"\nshared_secret = \"{secret}\"\n"
    );
    std::fs::write(&file, format!("{text}\n{app}")).unwrap();
    file
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
fn a_desk_whose_secret_is_lost_begins_anew_only_for_somebody_who_says_yes() {
    let desk = FakeDesk::start(None, 1);
    let output = apply(&desk.url, &SECRET, &["--json", "--lost-secret"]);
    assert_eq!(output.status.code(), Some(2));
    let output = apply(&desk.url, &SECRET, &["--json", "--lost-secret", "--yes"]);
    check(&output, 0, &[("/verdict", json!("accepted")), ("/version", json!(5))]);
    let desk = FakeDesk::start(Some(json!({})), 1);
    let output = apply(&desk.url, &SECRET, &["--json", "--lost-secret", "--yes"]);
    check(&output, 1, &[("/code", json!("admin.secret_not_lost"))]);
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
    let location = format!("Location: http://{}{SETTINGS}", other.server_addr());
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
