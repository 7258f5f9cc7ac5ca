//! Sessions that somebody else ends, and all sessions of a person at once.

use serde_json::{Value, json};

use super::admin::send_signed;
use super::browser::Browser;
use super::gate::signed_in;
use super::harness::{Deployment, Outcome};
use super::people::{change, deployment, sign_in};
use crate::host::Storage;

const PATH: &str = "/deskgate/admin/sessions";
const SIMON: &str = "B.Simon@Contoso.com";

fn is_signed_in(deployment: &mut Deployment, browser: &Browser) -> bool {
    matches!(browser.clone().open(deployment, "/tickets/1"), Outcome::Forwarded(_))
}

fn list(deployment: &mut Deployment, query: &str) -> Value {
    let response = send_signed("GET", &format!("{PATH}{query}"), "", 90, deployment);
    assert_eq!(response.status, 200, "{}", response.body);
    serde_json::from_str::<Value>(&response.body).unwrap()["sessions"].take()
}

/// How many sessions that were known have ended.
fn end(deployment: &mut Deployment, id: u8, whose: &Value) -> u64 {
    let body = json!({ "end": whose }).to_string();
    let response = send_signed("POST", PATH, &body, id, deployment);
    assert_eq!(response.status, 200, "{}", response.body);
    serde_json::from_str::<Value>(&response.body).unwrap()["sessions_ended"].as_u64().unwrap()
}

/// The session ends here and in an isolate that begins, and the next sign-in is good.
#[track_caller]
fn check_ends(whose: &Value, known: u64) {
    let (mut deployment, browser) = signed_in();
    assert!(is_signed_in(&mut deployment, &browser));
    assert_eq!(end(&mut deployment, 2, whose), known, "{whose}");
    assert!(!is_signed_in(&mut deployment, &browser), "{whose}");
    deployment.new_isolate();
    assert!(!is_signed_in(&mut deployment, &browser), "{whose}");
    assert_eq!(list(&mut deployment, ""), json!([]));
    assert_eq!(deployment.events().last().unwrap(), "sessions.ended");
    deployment.advance(1);
    let (again, _) = sign_in(&mut deployment, 7);
    assert!(is_signed_in(&mut deployment, &again), "{whose}");
}

#[test]
fn an_administrator_ends_the_sessions_of_a_person_a_connection_or_everybody() {
    check_ends(&json!({ "email": SIMON }), 1);
    check_ends(&json!({ "connection": "contoso" }), 1);
    check_ends(&json!("everybody"), 1);
}

#[test]
fn sessions_of_others_go_on() {
    let (mut deployment, browser) = signed_in();
    for (id, whose) in [
        (2, json!({ "email": "zoe@contoso.com" })),
        (3, json!({ "connection": "fabrikam" })),
        (4, json!({ "subject": "B.Simon@Contoso.com" })),
    ] {
        assert_eq!(end(&mut deployment, id, &whose), 0, "{whose}");
        assert!(is_signed_in(&mut deployment, &browser), "{whose}");
    }
}

#[test]
fn sessions_that_nobody_wrote_down_end_with_everybodys() {
    for whose in [json!("everybody"), json!({ "connection": "contoso" })] {
        let (mut deployment, browser) = signed_in();
        deployment.storage.execute("DELETE FROM sessions", &[]).unwrap();
        assert_eq!(end(&mut deployment, 2, &whose), 0);
        assert!(!is_signed_in(&mut deployment, &browser), "{whose}");
    }
}

#[test]
fn a_list_names_a_session_by_what_ends_it() {
    let (mut deployment, browser) = signed_in();
    let sessions = list(&mut deployment, "?email=b.simon%40CONTOSO.com");
    assert_eq!(sessions.as_array().unwrap().len(), 1, "{sessions}");
    let session = &sessions[0];
    assert_eq!(session["email"], "b.simon@contoso.com");
    assert_eq!(session["connection"], "contoso");
    assert_eq!(session["began_at"], deployment.now.seconds());
    assert!(!session.to_string().contains("name_id"));
    assert_eq!(list(&mut deployment, "?connection=fabrikam"), json!([]));
    let after = format!("?after={}", session["session"].as_str().unwrap());
    assert_eq!(list(&mut deployment, &after), json!([]));
    let whose = json!({ "subject": session["subject"] });
    assert_eq!(end(&mut deployment, 2, &whose), 1);
    assert!(!is_signed_in(&mut deployment, &browser));
}

#[test]
fn what_names_nobody_ends_nothing() {
    let (mut deployment, browser) = signed_in();
    for (body, code) in [
        ("{}", "admin.not_json"),
        (r#"{"end":{}}"#, "admin.not_json"),
        (r#"{"end":"nobody"}"#, "admin.not_json"),
        (r#"{"end":{"email":"a@b@c"}}"#, "admin.not_an_address"),
        (r#"{"end":{"connection":""}}"#, "admin.not_an_address"),
    ] {
        let refused = send_signed("POST", PATH, body, 2, &mut deployment);
        assert!(refused.body.contains(code), "{body}: {}", refused.body);
    }
    let path = format!("{PATH}?email=b.simon@contoso.com&connection=contoso");
    assert_eq!(send_signed("GET", &path, "", 3, &mut deployment).status, 404);
    assert_eq!(send_signed("PUT", PATH, "", 4, &mut deployment).status, 405);
    assert!(is_signed_in(&mut deployment, &browser));
}

#[test]
fn the_gate_asks_nobody_whether_a_session_has_ended() {
    let (mut deployment, _) = signed_in();
    end(&mut deployment, 2, &json!("everybody"));
    deployment.advance(1);
    let (browser, _) = sign_in(&mut deployment, 7);
    assert!(is_signed_in(&mut deployment, &browser));
    let asked = deployment.asked;
    for _ in 0..10 {
        assert!(is_signed_in(&mut deployment, &browser));
    }
    assert_eq!(deployment.asked, asked);
}

#[test]
fn whoever_is_shut_out_of_the_directory_is_signed_out() {
    for word in ["disable", "remove", "unpin"] {
        let mut deployment = deployment("just_in_time");
        let (browser, _) = sign_in(&mut deployment, 1);
        assert!(is_signed_in(&mut deployment, &browser));
        change(&mut deployment, 2, &json!([{ "enable": "b.simon@contoso.com" }]));
        assert!(is_signed_in(&mut deployment, &browser));
        change(&mut deployment, 3, &json!([{ word: "b.simon@contoso.com" }]));
        assert!(!is_signed_in(&mut deployment, &browser), "{word}");
    }
}

#[test]
fn a_person_signs_out_on_all_devices() {
    let mut deployment = deployment("off");
    let (mut browser, _) = sign_in(&mut deployment, 1);
    let (phone, _) = sign_in(&mut deployment, 2);
    let page = browser.open(&mut deployment, "/deskgate/logout").response().body;
    assert!(page.contains(r#"formaction="/deskgate/logout/all""#), "{page}");
    let refused =
        browser.clone().send(&mut deployment, "POST", "/deskgate/logout/all", "", "").response();
    assert_eq!(refused.status, 403, "only a form of our own page");
    assert_eq!(browser.open(&mut deployment, "/deskgate/logout/all").response().status, 405);
    let copy = browser.clone();
    browser.submit(&mut deployment, "/deskgate/logout/all", &[]);
    assert!(!browser.has_session());
    for _ in 0..2 {
        assert!(!is_signed_in(&mut deployment, &copy) && !is_signed_in(&mut deployment, &phone));
        deployment.new_isolate();
    }
}

#[test]
fn signing_out_here_leaves_the_other_devices_alone() {
    let mut deployment = deployment("off");
    let (mut browser, _) = sign_in(&mut deployment, 1);
    let (phone, _) = sign_in(&mut deployment, 2);
    browser.submit(&mut deployment, "/deskgate/logout", &[]);
    deployment.new_isolate();
    assert!(is_signed_in(&mut deployment, &phone));
}
