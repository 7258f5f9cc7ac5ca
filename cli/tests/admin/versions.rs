//! `deskgate versions` and `deskgate restore`.

use std::process::Output;

use serde_json::json;

use crate::fake_desk::{FakeDesk, OTHER_SECRET, SECRET, check, deskgate};

fn run(url: &str, secret: &[u8], arguments: &[&str]) -> Output {
    deskgate(url, secret, arguments).output().unwrap()
}

#[test]
fn versions_are_listed_newest_first() {
    let desk = FakeDesk::start(None, 1);
    let output = run(&desk.url, &SECRET, &["versions"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let at = "2026-11-21T12:00:00Z";
    let rows: Vec<Vec<_>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows, [vec!["2", at], vec!["1", at]]);
}

#[test]
fn a_version_that_is_restored_becomes_the_newest() {
    let desk = FakeDesk::start(None, 1);
    let output = run(&desk.url, &SECRET, &["restore", "--version", "1", "--json"]);
    check(&output, 0, &[("/restored", json!(1)), ("/version", json!(3))]);
}

#[test]
fn a_version_that_does_not_exist_is_refused() {
    let desk = FakeDesk::start(None, 1);
    let output = run(&desk.url, &SECRET, &["restore", "--version", "9", "--json"]);
    check(&output, 1, &[("/code", json!("admin.no_such_version"))]);
}

#[test]
fn without_the_right_secret_nothing_is_restored() {
    let desk = FakeDesk::start(None, 1);
    let output = run(&desk.url, &OTHER_SECRET, &["restore", "--version", "1", "--json"]);
    check(&output, 1, &[("/code", json!("admin.token_refused"))]);
}
