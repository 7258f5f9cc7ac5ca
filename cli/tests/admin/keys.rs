//! `deskgate keys rotate` and `deskgate keys list`.

use std::process::Output;

use serde_json::json;

use crate::fake_desk::{FakeDesk, OTHER_SECRET, SECRET, check, deskgate};

fn rotate(url: &str, secret: &[u8], step: &str) -> Output {
    run(url, secret, &["--bridge", step])
}

fn run(url: &str, secret: &[u8], which: &[&str]) -> Output {
    deskgate(url, secret, &["keys", "rotate", "--json"]).args(which).output().unwrap()
}

#[test]
fn a_step_is_sent_and_answered_with_the_version_that_has_it() {
    let desk = FakeDesk::start(None, 1);
    let output = rotate(&desk.url, &SECRET, "announce");
    check(&output, 0, &[("/step", json!("announce")), ("/version", json!(4))]);
}

#[test]
fn a_step_out_of_turn_is_refused() {
    let desk = FakeDesk::start(None, 1);
    let output = rotate(&desk.url, &SECRET, "switch");
    check(&output, 1, &[("/code", json!("admin.not_the_turn"))]);
}

#[test]
fn without_the_right_secret_no_key_changes() {
    let desk = FakeDesk::start(None, 1);
    let output = rotate(&desk.url, &OTHER_SECRET, "announce");
    check(&output, 1, &[("/code", json!("admin.token_refused"))]);
}

#[test]
fn all_keys_for_tokens_are_replaced_only_by_somebody_who_says_yes() {
    let desk = FakeDesk::start(None, 1);
    let output = run(&desk.url, &SECRET, &["--tokens", "--now"]);
    check(&output, 1, &[("/code", json!("cli.not_confirmed"))]);
    let output = run(&desk.url, &SECRET, &["--tokens", "--now", "--yes"]);
    check(&output, 0, &[("/step", json!("tokens_now")), ("/version", json!(4))]);
}

fn list(url: &str, arguments: &[&str]) -> Output {
    deskgate(url, &SECRET, &["keys", "list"]).args(arguments).output().unwrap()
}

#[test]
fn keys_are_listed_and_until_when_the_fallback_is_needed() {
    let desk = FakeDesk::start(None, 2);
    let expected = [
        ("/keys/0/kid", json!("k1")),
        ("/keys/1/used_from", json!(null)),
        ("/secret/sealed_since", json!(1_795_262_400)),
        ("/fallback_needed_until", json!(1_795_266_000)),
    ];
    check(&list(&desk.url, &["--json"]), 0, &expected);
    let text = String::from_utf8(list(&desk.url, &[]).stdout).unwrap();
    assert!(text.contains("tokens        k1 from 2026-11-21T12:00:00Z"), "{text}");
    assert!(text.contains("apps          k2 announced"), "{text}");
    assert!(text.contains("not needed after 2026-11-21T13:00:00Z"), "{text}");
}
