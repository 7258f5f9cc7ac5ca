//! `deskgate service-tokens`.

use std::process::{Command, Output};

use deskgate_core::base64;
use deskgate_core::session::service_token::Credentials;
use serde_json::{Value, json};

use crate::fake_desk::{FakeDesk, OTHER_SECRET, SECRET, check, deskgate};

fn command(url: &str, arguments: &[&str]) -> Command {
    deskgate(url, &SECRET, &[&["service-tokens"], arguments].concat())
}

fn run(url: &str, arguments: &[&str]) -> Output {
    command(url, arguments).arg("--json").output().unwrap()
}

fn text(url: &str, arguments: &[&str]) -> String {
    let output = command(url, arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn is_credentials(found: &Value) -> String {
    let (id, secret) = (found["id"].as_str().unwrap(), found["secret"].as_str().unwrap());
    assert!(Credentials::read(Some(id), Some(secret), None).unwrap().is_some(), "{found}");
    secret.to_owned()
}

#[test]
fn a_new_token_is_shown_with_its_secret_once_and_no_two_are_alike() {
    let desk = FakeDesk::start(None, 2);
    let new = ["new", "nightly-export", "--paths", "/api/,/hooks/zendesk", "--methods", "GET"];
    let expected = [
        ("/verdict", json!("accepted")),
        ("/paths", json!(["/api/", "/hooks/zendesk"])),
        ("/methods", json!(["GET"])),
    ];
    let found = check(&run(&desk.url, &new), 0, &expected);
    let other = check(&run(&desk.url, &new), 0, &expected);
    assert_ne!(is_credentials(&found), is_credentials(&other));
    assert_ne!(found["id"], other["id"]);
}

#[test]
fn people_get_the_two_headers_to_copy() {
    let desk = FakeDesk::start(None, 2);
    let page = text(&desk.url, &["new", "nightly-export", "--paths", "/api/"]);
    for line in ["  Deskgate-Client-Id: ", "  Deskgate-Client-Secret: dgs_", "shown this once"] {
        assert!(page.contains(line), "{page}");
    }
    let page = text(&desk.url, &["rotate", "nightly-export"]);
    assert!(page.contains("  Deskgate-Client-Secret: dgs_"), "{page}");
    assert!(page.contains("good until 2026-11-22T12:00:00Z"), "{page}");
}

#[test]
fn what_no_desk_would_take_is_not_sent() {
    let nowhere = "http://127.0.0.1:9";
    for (arguments, code) in [
        (&["new", "A", "--paths", "/api/"][..], "service_token.name_malformed"),
        (&["new", "a", "--paths", "/a//b"], "service_token.path_malformed"),
        (&["new", "a", "--paths", "/a", "--methods", "get"], "service_token.method_malformed"),
    ] {
        check(&run(nowhere, arguments), 1, &[("/code", json!(code))]);
    }
    for arguments in [
        &["new", "a"][..],
        &["new", "a", "--paths", "/a", "--days", "731"],
        &["new", "a", "--paths", "/a", "--days", "0"],
        &["rotate", "a", "--grace", "31d"],
        &["rotate", "a", "--grace", "24"],
        &["rotate"],
        &["remove"],
    ] {
        assert_eq!(run(nowhere, arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn the_list_warns_of_tokens_that_end() {
    let desk = FakeDesk::start(None, 2);
    let listed = check(&run(&desk.url, &["list"]), 0, &[]);
    assert_eq!(listed["service_tokens"].as_array().unwrap().len(), 3);
    let page = text(&desk.url, &["list"]);
    for line in [
        "it expires in 7 days: deskgate service-tokens rotate zendesk",
        "it has expired: deskgate service-tokens rotate old",
        "last used     2026-11-21\n",
    ] {
        assert!(page.contains(line), "{page}");
    }
    assert!(!page.contains("rotate nightly-export"), "{page}");
}

#[test]
fn a_token_is_removed_by_its_name() {
    let desk = FakeDesk::start(None, 2);
    check(&run(&desk.url, &["remove", "nightly-export"]), 0, &[("/verdict", json!("accepted"))]);
    let expected = [("/code", json!("admin.no_such_service_token"))];
    check(&run(&desk.url, &["remove", "nobody"]), 1, &expected);
    let desk = FakeDesk::start(None, 1);
    let mut command = command(&desk.url, &["list", "--json"]);
    let output = command.env("DESKGATE_SECRET", base64::encode_url(&OTHER_SECRET)).output();
    check(&output.unwrap(), 1, &[("/code", json!("admin.token_refused"))]);
}
