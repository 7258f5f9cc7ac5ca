//! The keys that sign sessions and origin tokens, as browsers and origin servers see them.

use deskgate_core::jose::{JwkKind, JwkSet};
use serde_json::Value;

use super::admin::send_signed;
use super::browser::Browser;
use super::gate::signed_in;
use super::harness::Deployment;
use super::identity_provider::{Claims, respond};

fn published(deployment: &mut Deployment) -> Vec<String> {
    let page = Browser::default().open(deployment, "/deskgate/jwks.json").response();
    assert!(JwkSet::parse(page.body.as_bytes(), JwkKind::PUBLIC).is_ok());
    let set: Value = serde_json::from_str(&page.body).unwrap();
    let keys = set["keys"].as_array().unwrap();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_next_key_is_published_while_the_current_one_signs() {
    let (mut deployment, mut browser) = signed_in();
    let first = published(&mut deployment);
    assert_eq!(first.len(), 1);
    let rings_at = deployment.storage.alarm().unwrap();
    // The alarm is lost; the next refresh does the same.
    deployment.advance(rings_at.seconds() - deployment.now.seconds());
    let both = published(&mut deployment);
    assert_eq!(both.len(), 2);
    assert!(both.contains(&first[0]));
    assert!(deployment.storage.alarm() > Some(rings_at));
    // The session has ended long ago; a new one begins with the first key.
    browser.cookies.clear();
    let id = browser.begin(&mut deployment, "/");
    let claims = Claims {
        in_response_to: Some(&id),
        assertion_id: "_2",
        issued_at: deployment.now,
        ..Claims::default()
    };
    assert_eq!(browser.complete(&mut deployment, &respond(&claims), &id).status, 303);
    let kid = kid(&browser.cookies["__Host-deskgate"]);
    assert_eq!(kid, first[0]);
}

fn kid(token: &str) -> String {
    let header = deskgate_core::base64::decode_url(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

#[test]
fn in_an_emergency_all_keys_are_replaced_and_everybody_signs_in_again() {
    let (mut deployment, mut browser) = signed_in();
    let first = published(&mut deployment);
    browser.open(&mut deployment, "/").forward();
    let body = r#"{"rotate":"tokens_now"}"#;
    let reply = send_signed("POST", "/deskgate/admin/keys", body, 9, &mut deployment);
    assert_eq!((reply.status, reply.body.as_str()), (200, r#"{"version":2}"#));
    let second = published(&mut deployment);
    assert_eq!(second.len(), 1);
    assert_ne!(first, second);
    browser.open(&mut deployment, "/").response();
    browser.cookies.clear();
    let id = browser.begin(&mut deployment, "/");
    let response =
        respond(&Claims { in_response_to: Some(&id), assertion_id: "_2", ..Claims::default() });
    assert_eq!(browser.complete(&mut deployment, &response, &id).status, 303);
    browser.open(&mut deployment, "/").forward();
    assert!(deployment.events().contains(&"keys.replaced".to_owned()));
}
