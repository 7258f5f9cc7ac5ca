//! `deskgate audit`: from the reference on a page to its cause.

use std::process::Output;

use serde_json::json;

use crate::fake_desk::{FakeDesk, OTHER_SECRET, SECRET, check, deskgate};

fn audit(url: &str, secret: &[u8], arguments: &[&str]) -> Output {
    deskgate(url, secret, &["audit"]).args(arguments).output().unwrap()
}

#[test]
fn events_are_shown_newest_first_with_what_to_do() {
    let desk = FakeDesk::start(None, 1);
    let output = audit(&desk.url, &SECRET, &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    let expected = "\
2026-11-21T12:00:00Z  login.refused
  reference     C6YX-B0NP
  connection    contoso
  code          saml.audience_mismatch
  found         urn:b
  expected      urn:a
  what to do    Change it.
  address       192.0.2.7

2026-11-21T11:59:00Z  logout
  reference     AAAA-BBBB
  session       s1
  address       192.0.2.8

2026-11-21T11:58:00Z  bridge
  reference     CCCC-DDDD
  session       s1
  app           jitbit
  token         _r1
  address       192.0.2.8
";
    assert_eq!(text, expected);
}

#[test]
fn a_reference_finds_its_event_however_it_is_typed() {
    let desk = FakeDesk::start(None, 1);
    let output = audit(&desk.url, &SECRET, &["--json", "--reference", " aaaa-bbbb"]);
    let found = check(&output, 0, &[("/events/0/event", json!("logout"))]);
    assert_eq!(found["events"].as_array().unwrap().len(), 1);
}

#[test]
fn an_unknown_reference_is_refused() {
    let desk = FakeDesk::start(None, 1);
    let output = audit(&desk.url, &SECRET, &["--json", "--reference", "XXXX-XXXX"]);
    check(&output, 1, &[("/code", json!("cli.unknown_reference"))]);
}

#[test]
fn without_the_right_secret_nothing_is_shown() {
    let desk = FakeDesk::start(None, 1);
    let output = audit(&desk.url, &OTHER_SECRET, &["--json"]);
    check(&output, 1, &[("/code", json!("admin.token_refused"))]);
}
