//! `deskgate keys rotate`.

use std::process::{Command, Output};

use deskgate_core::base64;
use serde_json::json;

use crate::fake_desk::{FakeDesk, OTHER_SECRET, SECRET, check};

fn rotate(url: &str, secret: &[u8], step: &str) -> Output {
    run(url, secret, &["--bridge", step])
}

fn run(url: &str, secret: &[u8], which: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_deskgate"))
        .args(["keys", "rotate", "--json", "--url", url])
        .args(which)
        .arg("tests/data/desks/desk.toml")
        .env("DESKGATE_SECRET", base64::encode_url(secret))
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap()
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
