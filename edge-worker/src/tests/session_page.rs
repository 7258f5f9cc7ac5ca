//! `session`: what scripts of a page and the origin learn there.

use deskgate_core::jose::{JwkKind, JwkSet};
use deskgate_core::session::{ExpectedOriginToken, verify_origin_token};
use serde_json::Value;

use super::admin::deployment_with;
use super::browser::{Browser, settings};
use super::gate::{read, set, signed_in};
use super::harness::{CRYPTO, Deployment};
use super::identity_provider::{Claims, respond};
use crate::http::Response;
use crate::http::tests::request;

/// Somebody in so many groups who is signed in.
fn signed_in_with(groups: usize) -> (Deployment, Browser) {
    let mut deployment = deployment_with(&settings());
    let mut browser = Browser::default();
    let id = browser.begin(&mut deployment, "/");
    let response = respond(&Claims { in_response_to: Some(&id), groups, ..Claims::default() });
    assert_eq!(browser.complete(&mut deployment, &response, &id).status, 303);
    (deployment, browser)
}

/// The token of a request that reaches the origin.
fn token(deployment: &mut Deployment, browser: &mut Browser) -> String {
    let forward = read(&browser.open(deployment, "/tickets/1").forward());
    set(&forward, "Deskgate-Assertion").unwrap().to_owned()
}

/// The origin asks about a caller.
fn ask(deployment: &mut Deployment, token: &str) -> Response {
    let headers = format!("accept:application/json\nauthorization:Bearer {token}\n");
    let head = request("GET", "/.well-known/deskgate/session", &headers);
    deployment.handle(head, b"").response()
}

fn json(response: &Response) -> Value {
    assert_eq!(response.status, 200, "{}", response.body);
    serde_json::from_str(&response.body).unwrap()
}

fn assertion(response: &Response) -> &str {
    let mut headers = response.headers.iter();
    &headers.find(|(name, _)| *name == "Deskgate-Assertion").unwrap().1
}

#[test]
fn groups_that_the_token_has_no_room_for_are_told_to_the_origin_and_to_scripts() {
    let (mut deployment, mut browser) = signed_in_with(400);
    let forwards = deployment.asked;
    let token = token(&mut deployment, &mut browser);
    assert_eq!(deployment.asked, forwards, "the gate asks the object nothing");
    assert!(token.len() < 4096, "{}", token.len());
    let found = json(&ask(&mut deployment, &token));
    assert_eq!(found["groups"].as_array().unwrap().len(), 400);
    assert_eq!(found["groups"][399], "8c1f6c0a-0000-4000-8000-000000000399");
    assert_eq!(found["groups_omitted"], false);
    // Of the session, and not of the token.
    assert_eq!(found["expires_at"], deployment.now.seconds() + 36_000);
    let to_script = browser.send(&mut deployment, "GET", "/deskgate/session", "", "").response();
    assert_eq!(json(&to_script), found);
}

#[test]
fn few_groups_are_in_the_token_and_the_object_is_not_asked() {
    let (mut deployment, mut browser) = signed_in_with(20);
    let asked = deployment.asked;
    let page = browser.send(&mut deployment, "GET", "/deskgate/session", "", "").response();
    assert_eq!(json(&page)["groups"].as_array().unwrap().len(), 20);
    assert_eq!(deployment.asked, asked);
    // The origin may ask all the same.
    let token = token(&mut deployment, &mut browser);
    assert_eq!(json(&ask(&mut deployment, &token))["groups"], json(&page)["groups"]);
}

#[test]
fn only_a_token_for_the_origin_of_a_session_in_force_is_answered() {
    let (mut deployment, mut browser) = signed_in_with(400);
    let token = token(&mut deployment, &mut browser);
    let page = browser.send(&mut deployment, "GET", "/deskgate/session", "", "").response();
    let for_page = assertion(&page);
    let session = browser.cookies["__Host-deskgate"].clone();
    let asked = deployment.asked;
    let forged = format!("{}AAAA", &token[..token.len() - 4]);
    for other in ["", "x", &forged, &session, for_page] {
        assert_eq!(ask(&mut deployment, other).status, 401, "{other}");
    }
    assert_eq!(deployment.asked, asked, "a bad token is no question to the object");
    // The session of the browser does not stand in for a token that is refused.
    let bad = "authorization:Bearer x\n";
    assert_eq!(
        browser.send(&mut deployment, "GET", "/deskgate/session", bad, "").response().status,
        401
    );

    assert_eq!(ask(&mut deployment, &token).status, 200);
    deployment.object_answers = false;
    assert_eq!(ask(&mut deployment, &token).status, 503);
    deployment.object_answers = true;
    browser.submit(&mut deployment, "/deskgate/logout/all", &[]);
    assert_eq!(ask(&mut deployment, &token).status, 401, "the session has ended");
}

#[test]
fn a_token_is_answered_for_a_minute() {
    let (mut deployment, mut browser) = signed_in_with(400);
    let token = token(&mut deployment, &mut browser);
    deployment.advance(59);
    assert_eq!(ask(&mut deployment, &token).status, 200);
    deployment.advance(1);
    assert_eq!(ask(&mut deployment, &token).status, 401);
}

#[test]
fn a_script_can_verify_what_it_is_told() {
    let (mut deployment, mut browser) = signed_in();
    let keys = browser.open(&mut deployment, "/deskgate/jwks.json").response().body;
    let keys = JwkSet::parse(keys.as_bytes(), JwkKind::PUBLIC).unwrap();
    let page = browser.send(&mut deployment, "GET", "/deskgate/session", "", "").response();
    let check = |origin, path_and_query| {
        let expected = ExpectedOriginToken {
            desk_url: "https://help.contoso.com",
            origin,
            method: "GET",
            path_and_query,
        };
        verify_origin_token(assertion(&page), &keys, &expected, deployment.now, &CRYPTO).is_ok()
    };
    assert!(check("https://help.contoso.com", "/deskgate/session"));
    assert!(!check("https://tickets.internal", "/deskgate/session"));
    assert!(!check("https://help.contoso.com", "/"));
}
