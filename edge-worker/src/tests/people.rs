//! The directory at sign-in.

use deskgate_core::identity::{Attribute, Identity};
use deskgate_core::session::{AttributeNames, Person};
use serde_json::{Value, json};

use super::admin::{deployment_with, send_signed};
use super::browser::{Browser, settings};
use super::harness::Deployment;
use super::identity_provider::{Claims, respond};
use crate::error::SignInRefusal;
use crate::http::Response;

const PATH: &str = "/deskgate/admin/people";
const SIMON: &str = "b.simon@contoso.com";

pub(super) fn deployment(provisioning: &str) -> Deployment {
    let mut settings = settings();
    settings["provisioning"] = json!(provisioning);
    settings["support"] = json!("it@contoso.com");
    deployment_with(&settings)
}

pub(super) fn change(deployment: &mut Deployment, id: u8, changes: &Value) {
    let body = json!({ "changes": changes }).to_string();
    let response = send_signed("POST", PATH, &body, id, deployment);
    assert_eq!(response.status, 200, "{}", response.body);
}

fn people(deployment: &mut Deployment) -> Value {
    let response = send_signed("GET", PATH, "", 99, deployment);
    serde_json::from_str::<Value>(&response.body).unwrap()["people"].take()
}

/// Signs B. Simon in with a fresh assertion.
pub(super) fn sign_in(deployment: &mut Deployment, number: u8) -> (Browser, Response) {
    let mut browser = Browser::default();
    let id = browser.begin(deployment, "/");
    let assertion_id = format!("_assertion{number}");
    let claims =
        Claims { in_response_to: Some(&id), assertion_id: &assertion_id, ..Claims::default() };
    let response = browser.complete(deployment, &respond(&claims), &id);
    (browser, response)
}

#[track_caller]
fn check(deployment: &mut Deployment, number: u8, status: u16, code: &str) -> Response {
    let (browser, response) = sign_in(deployment, number);
    assert_eq!((response.status, browser.has_session()), (status, status == 303));
    assert_eq!(deployment.events().last().unwrap(), code);
    response
}

#[test]
fn somebody_nobody_added_sees_whom_to_ask() {
    let mut deployment = deployment("by_hand");
    let (browser, response) = sign_in(&mut deployment, 1);
    assert!(!browser.has_session());
    assert_eq!(response.status, 403);
    assert!(response.body.contains("You have no account at this helpdesk yet"));
    assert!(response.body.contains("it@contoso.com"));
    change(&mut deployment, 2, &json!([{ "put": { "email": "B.Simon@Contoso.com" } }]));
    check(&mut deployment, 2, 303, "login.accepted");
    assert_eq!(people(&mut deployment)[0]["pinned_connection"], "contoso");
}

#[test]
fn the_first_sign_in_adds_a_person_where_it_may() {
    let mut deployment = deployment("just_in_time");
    check(&mut deployment, 1, 303, "login.accepted");
    let people = people(&mut deployment);
    assert_eq!((&people[0]["email"], &people[0]["added_by"]), (&json!(SIMON), &json!("sign_in")));
}

#[test]
fn without_provisioning_nobody_is_written_down() {
    let mut deployment = deployment("off");
    check(&mut deployment, 1, 303, "login.accepted");
    assert_eq!(people(&mut deployment), json!([]));
}

#[test]
fn somebody_disabled_stays_out() {
    let mut deployment = deployment("just_in_time");
    check(&mut deployment, 1, 303, "login.accepted");
    change(&mut deployment, 2, &json!([{ "disable": SIMON }]));
    let page = check(&mut deployment, 2, 403, "people.disabled");
    assert!(page.body.contains("Your access to this helpdesk has ended"), "{}", page.body);
    change(&mut deployment, 3, &json!([{ "enable": SIMON }]));
    check(&mut deployment, 3, 303, "login.accepted");
}

#[test]
fn changes_that_name_somebody_unknown_or_no_address_are_refused_whole() {
    let mut deployment = deployment("by_hand");
    let body =
        json!({ "changes": [{ "put": { "email": SIMON } }, { "disable": "x@contoso.com" }] });
    let refused = send_signed("POST", PATH, &body.to_string(), 2, &mut deployment);
    assert!(refused.body.contains("admin.no_such_person"), "{}", refused.body);
    for email in ["", "x", "a@b@c", "x_gmail.com#EXT#@contoso.com"] {
        let body = json!({ "changes": [{ "put": { "email": email } }] }).to_string();
        let refused = send_signed("POST", PATH, &body, 3, &mut deployment);
        assert!(refused.body.contains("admin.not_an_address"), "{}", refused.body);
    }
    assert_eq!(people(&mut deployment), json!([]));
}

#[test]
fn the_log_says_why_there_is_no_address() {
    let help = |values: &[&str]| {
        let identity = Identity {
            issuer: "https://sts.windows.net/3e1f/".to_owned(),
            name_id: None,
            attributes: vec![Attribute {
                name: "email".into(),
                values: values.iter().map(|value| (*value).into()).collect(),
            }],
        };
        let person = Person::from_identity(&identity, &AttributeNames::default());
        SignInRefusal::NoAddress.describe_for(&person).help
    };
    assert!(help(&[]).contains("mailbox"));
    assert!(help(&["b_gmail.com#EXT#@contoso.onmicrosoft.com"]).contains("#EXT#"));
    assert!(help(&["a@b@c"]).contains("one @"));
    assert!(help(&["b@contoso.com"]).contains("user.mail"));
}

/// A session outlives nobody's place in the directory by more than the age of a snapshot.
#[test]
fn the_sessions_of_somebody_disabled_or_removed_end() {
    for word in ["disable", "remove"] {
        let mut deployment = deployment("just_in_time");
        let (mut browser, welcome) = sign_in(&mut deployment, 1);
        assert_eq!(welcome.status, 303);
        browser.open(&mut deployment, "/tickets").forward();
        change(&mut deployment, 2, &json!([{ "put": { "email": "x@contoso.com" } }]));
        change(&mut deployment, 3, &json!([{ word: "x@contoso.com" }]));
        deployment.advance(31);
        browser.open(&mut deployment, "/tickets").forward();
        change(&mut deployment, 4, &json!([{ word: SIMON }]));
        deployment.advance(31);
        assert_eq!(browser.open(&mut deployment, "/tickets").response().status, 302, "{word}");
    }
}
