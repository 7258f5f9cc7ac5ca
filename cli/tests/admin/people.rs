//! `deskgate people`.

use std::path::Path;
use std::process::Output;

use serde_json::json;

use crate::fake_desk::{FakeDesk, OTHER_SECRET, SECRET, check, deskgate};

fn people(url: &str, arguments: &[&str]) -> Output {
    deskgate(url, &SECRET, &[&["people", "--json"], arguments].concat()).output().unwrap()
}

#[test]
fn the_directory_is_listed_page_by_page() {
    let desk = FakeDesk::start(None, 2);
    let expected = [
        ("/people/0/email", json!("b.simon@contoso.com")),
        ("/people/0/pinned_connection", json!("contoso")),
    ];
    let found = check(&people(&desk.url, &["list"]), 0, &expected);
    assert_eq!(found["people"].as_array().unwrap().len(), 1);
}

#[test]
fn a_person_is_added_with_the_address_in_lower_case() {
    let desk = FakeDesk::start(None, 1);
    let output = people(&desk.url, &["add", "B.Simon@contoso.com", "--username", "bsimon"]);
    check(&output, 0, &[("/email", json!("b.simon@contoso.com"))]);
    let person = json!({
        "email": "b.simon@contoso.com", "username": "bsimon", "given_name": null, "family_name": null,
    });
    assert_eq!(desk.settings().unwrap(), json!({ "changes": [{ "put": person }] }));
}

#[test]
fn each_word_about_people_is_sent_for_all_of_them() {
    for (word, state) in [
        ("disable", "disabled"),
        ("enable", "enabled"),
        ("unpin", "unpinned"),
        ("remove", "removed"),
    ] {
        let desk = FakeDesk::start(None, 1);
        let output = people(&desk.url, &[word, "A@contoso.com", "b@contoso.com"]);
        check(&output, 0, &[("/state", json!(state))]);
        let changes = json!([{ word: "a@contoso.com" }, { word: "b@contoso.com" }]);
        assert_eq!(desk.settings().unwrap()["changes"], changes);
    }
}

#[test]
fn what_is_exported_can_be_imported() {
    let desk = FakeDesk::start(None, 3);
    let output = deskgate(&desk.url, &SECRET, &["people", "export"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("'=Simon"), "{text}");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("people.csv");
    std::fs::write(&file, text).unwrap();
    let output = people(&desk.url, &["import", file.to_str().unwrap()]);
    check(&output, 0, &[("/people", json!(1))]);
    let put = &desk.settings().unwrap()["changes"][0]["put"];
    assert_eq!(put["family_name"], json!("=Simon"));
}

#[test]
fn what_is_refused_says_why() {
    let desk = FakeDesk::start(None, 2);
    let output = people(&desk.url, &["disable", "nobody@contoso.com"]);
    check(&output, 1, &[("/code", json!("admin.no_such_person"))]);
    let mut command = deskgate(&desk.url, &OTHER_SECRET, &["people", "list", "--json"]);
    check(&command.output().unwrap(), 1, &[("/code", json!("admin.token_refused"))]);
    let output = people("http://127.0.0.1:1", &["add", "B. Simon"]);
    check(&output, 1, &[("/code", json!("cli.not_an_address"))]);
}
