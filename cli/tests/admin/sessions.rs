//! `deskgate sessions`.

use std::process::Output;

use serde_json::json;

use crate::fake_desk::{FakeDesk, OTHER_SECRET, SECRET, check, deskgate};

fn sessions(url: &str, secret: &[u8], arguments: &[&str]) -> Output {
    deskgate(url, secret, &[&["sessions", "--json"], arguments].concat()).output().unwrap()
}

#[test]
fn sessions_are_listed_page_by_page() {
    let desk = FakeDesk::start(None, 2);
    let output = sessions(&desk.url, &SECRET, &["list", "--user", "B.Simon@Contoso.com"]);
    let expected =
        [("/sessions/0/connection", json!("contoso")), ("/sessions/0/session", json!("s1"))];
    let found = check(&output, 0, &expected);
    assert_eq!(found["sessions"].as_array().unwrap().len(), 1);
}

#[test]
fn those_of_a_person_or_of_everybody_end() {
    for arguments in [&["end", "--user", "B.Simon@Contoso.com"][..], &["end", "--everybody"]] {
        let desk = FakeDesk::start(None, 1);
        check(&sessions(&desk.url, &SECRET, arguments), 0, &[("/sessions", json!(1))]);
    }
}

#[test]
fn a_connection_has_to_be_one_of_the_settings() {
    let nowhere = "http://127.0.0.1:9";
    let misspelled = sessions(nowhere, &SECRET, &["end", "--connection", "contso"]);
    let expected = [("/code", json!("cli.no_such_connection")), ("/found", json!("contso"))];
    check(&misspelled, 1, &expected);
    let desk = FakeDesk::start(None, 1);
    let output = sessions(&desk.url, &SECRET, &["end", "--connection", "contoso"]);
    check(&output, 0, &[("/whose/connection", json!("contoso"))]);
}

#[test]
fn nothing_ends_without_a_word_about_whose_or_without_the_right_secret() {
    let nowhere = "http://127.0.0.1:9";
    assert_eq!(sessions(nowhere, &SECRET, &["end"]).status.code(), Some(2));
    let both = ["end", "--everybody", "--connection", "contoso"];
    assert_eq!(sessions(nowhere, &SECRET, &both).status.code(), Some(2));
    let address = sessions(nowhere, &SECRET, &["end", "--user", "a@b@c"]);
    check(&address, 1, &[("/code", json!("cli.not_an_address"))]);
    let desk = FakeDesk::start(None, 1);
    let output = sessions(&desk.url, &OTHER_SECRET, &["end", "--everybody"]);
    check(&output, 1, &[("/code", json!("admin.token_refused"))]);
}
