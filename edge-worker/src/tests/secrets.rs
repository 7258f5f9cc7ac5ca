//! The secret of the Worker changes, or is lost.

use core::time::Duration;

use deskgate_core::crypto::SecretKey;
use deskgate_core::session::Secrets;
use deskgate_core::session::admin_token::{AdminRequest, mint_admin_token};
use deskgate_core::session::break_glass::mint_break_glass;
use serde_json::{Value, json};

use super::admin::{apply, send_signed};
use super::browser::{Browser, settings};
use super::gate::signed_in;
use super::harness::{CRYPTO, Deployment};
use super::identity_provider::{Claims, respond};
use crate::desk_object;
use crate::host::Storage as _;
use crate::http::Response;
use crate::http::tests::request;
use crate::isolate;
use crate::secret;

const SETTINGS: &str = "/deskgate/admin/settings";
const KEYS: &str = "/deskgate/admin/keys";

/// The one that every deployment of these tests begins with.
const OLD: u8 = 7;
const NEW: u8 = 8;
const LOST: u8 = 9;

fn key(byte: u8) -> SecretKey {
    SecretKey::new(&[byte; 32])
}

/// The Worker is deployed again, with these secrets.
fn deploy(deployment: &mut Deployment, secret: u8, fallback: Option<u8>) {
    deployment.secrets = Secrets::new(key(secret), fallback.map(key));
    deployment.new_isolate();
}

/// An isolate that begins with other secrets than the object has.
fn begin_isolate(deployment: &mut Deployment, secret: u8, fallback: Option<u8>) {
    let of_object = deployment.secrets.clone();
    deploy(deployment, secret, fallback);
    deployment.secrets = of_object;
}

/// Everything sealed that the object keeps.
fn sealed(deployment: &Deployment) -> Vec<Value> {
    ["SELECT kid, sealed FROM signing_keys ORDER BY kid", "SELECT * FROM settings"]
        .map(|rows| json!(deployment.storage.execute(rows, &[]).unwrap()))
        .into()
}

fn sign_in(deployment: &mut Deployment, assertion_id: &str) -> Browser {
    let mut browser = Browser::default();
    let id = browser.begin(deployment, "/");
    let claims = Claims { in_response_to: Some(&id), assertion_id, ..Claims::default() };
    assert_eq!(browser.complete(deployment, &respond(&claims), &id).status, 303);
    browser
}

#[track_caller]
fn check_refused(response: &Response, status: u16, code: &str) {
    let body: Value = serde_json::from_str(&response.body).unwrap();
    assert_eq!((response.status, body["code"].as_str()), (status, Some(code)), "{body}");
}

#[track_caller]
fn check_keys_do_not_open(deployment: &mut Deployment, browser: &mut Browser) {
    let page = browser.open(deployment, "/").response();
    assert_eq!(page.status, 503);
    assert!(page.body.contains("This gateway cannot open its keys"), "{}", page.body);
    assert_eq!(deployment.events().last().unwrap(), "desk.keys_do_not_open");
}

#[test]
fn a_changed_secret_signs_nobody_out() {
    let (mut deployment, mut browser) = signed_in();
    deploy(&mut deployment, OLD, Some(NEW));
    browser.open(&mut deployment, "/").forward();
    let before = sealed(&deployment);
    deploy(&mut deployment, NEW, Some(OLD));
    browser.open(&mut deployment, "/").forward();
    assert_ne!(sealed(&deployment), before);
    let after = sealed(&deployment);
    deploy(&mut deployment, NEW, None);
    browser.open(&mut deployment, "/").forward();
    assert_eq!(sealed(&deployment), after, "sealed anew once");
    sign_in(&mut deployment, "_2").open(&mut deployment, "/").forward();
    let metadata = browser.open(&mut deployment, "/deskgate/metadata").response();
    assert_eq!(metadata.status, 200, "the RSA keys open too");
    let events = deployment.events();
    assert_eq!(events.iter().filter(|event| *event == "secret.changed").count(), 1, "{events:?}");
}

#[test]
fn a_secret_changed_without_the_one_before_opens_nothing_and_destroys_nothing() {
    let (mut deployment, mut browser) = signed_in();
    let before = sealed(&deployment);
    for fallback in [None, Some(LOST)] {
        deploy(&mut deployment, NEW, fallback);
        check_keys_do_not_open(&mut deployment, &mut browser);
        let body = r#"{"rotate":"tokens_now"}"#;
        for reply in [
            apply(&settings(), 20, &mut deployment),
            send_signed("GET", SETTINGS, "", 21, &mut deployment),
            send_signed("POST", KEYS, body, 22, &mut deployment),
        ] {
            check_refused(&reply, 409, "admin.other_secret");
        }
        let alarm = deployment.storage.alarm().unwrap();
        let (secrets, storage) = (&deployment.secrets, &deployment.storage);
        desk_object::wake(secrets, storage, deployment.host, alarm).unwrap();
        assert_eq!(sealed(&deployment), before);
    }
    deploy(&mut deployment, OLD, None);
    browser.open(&mut deployment, "/").forward();
}

#[test]
fn the_fallback_is_needed_until_the_object_was_called() {
    let (mut deployment, mut browser) = signed_in();
    deploy(&mut deployment, NEW, Some(OLD));
    deploy(&mut deployment, NEW, None);
    check_keys_do_not_open(&mut deployment, &mut browser);
    deploy(&mut deployment, NEW, Some(OLD));
    let alarm = deployment.storage.alarm().unwrap();
    let (secrets, storage) = (&deployment.secrets, &deployment.storage);
    desk_object::wake(secrets, storage, deployment.host, alarm).unwrap();
    deploy(&mut deployment, NEW, None);
    browser.open(&mut deployment, "/").forward();
}

#[test]
fn a_sign_in_that_began_before_the_change_is_finished_after_it() {
    let (mut deployment, _) = signed_in();
    let mut browser = Browser::default();
    let mut other = Browser::default();
    let id = browser.begin(&mut deployment, "/");
    let other_id = other.begin(&mut deployment, "/");
    deploy(&mut deployment, NEW, Some(OLD));
    let claims = Claims { in_response_to: Some(&id), assertion_id: "_2", ..Claims::default() };
    assert_eq!(browser.complete(&mut deployment, &respond(&claims), &id).status, 303);
    // Too early without.
    deploy(&mut deployment, NEW, None);
    let claims =
        Claims { in_response_to: Some(&other_id), assertion_id: "_3", ..Claims::default() };
    assert_ne!(other.complete(&mut deployment, &respond(&claims), &other_id).status, 303);
    assert!(!other.has_session());
}

/// While a deployment goes through the world, some isolates have the new secret and some the old one.
#[test]
fn isolates_before_and_after_the_change_share_what_they_seal() {
    let (mut deployment, mut browser) = signed_in();
    deploy(&mut deployment, NEW, Some(OLD));
    browser.open(&mut deployment, "/").forward();
    begin_isolate(&mut deployment, OLD, Some(NEW));
    browser.open(&mut deployment, "/").forward();
    let mut begun_before = Browser::default();
    let id = begun_before.begin(&mut deployment, "/");
    begin_isolate(&mut deployment, NEW, Some(OLD));
    let claims = Claims { in_response_to: Some(&id), assertion_id: "_2", ..Claims::default() };
    assert_eq!(begun_before.complete(&mut deployment, &respond(&claims), &id).status, 303);
    let mut begun_after = Browser::default();
    let id = begun_after.begin(&mut deployment, "/");
    begin_isolate(&mut deployment, OLD, Some(NEW));
    let claims = Claims { in_response_to: Some(&id), assertion_id: "_3", ..Claims::default() };
    assert_eq!(begun_after.complete(&mut deployment, &respond(&claims), &id).status, 303);
}

#[test]
fn a_roll_back_seals_under_the_old_secret_again() {
    let (mut deployment, mut browser) = signed_in();
    for (secret, fallback) in [(NEW, OLD), (OLD, NEW)] {
        deploy(&mut deployment, secret, Some(fallback));
        browser.open(&mut deployment, "/").forward();
    }
    deploy(&mut deployment, NEW, None);
    check_keys_do_not_open(&mut deployment, &mut browser);
    deploy(&mut deployment, OLD, None);
    browser.open(&mut deployment, "/").forward();
}

#[test]
fn an_isolate_of_the_old_secret_alone_goes_on_with_what_it_knows_and_learns_nothing() {
    let (mut deployment, mut browser) = signed_in();
    let known_there = isolate::with(core::mem::take);
    deploy(&mut deployment, NEW, Some(OLD));
    browser.open(&mut deployment, "/").forward();
    let after = sealed(&deployment);
    isolate::with(|isolate| *isolate = known_there);
    deployment.advance(60);
    browser.open(&mut deployment, "/").forward();
    begin_isolate(&mut deployment, OLD, None);
    check_keys_do_not_open(&mut deployment, &mut browser);
    assert_eq!(sealed(&deployment), after);
}

#[test]
fn settings_that_another_isolate_sealed_are_sealed_under_the_secret_of_the_object() {
    let (mut deployment, mut browser) = signed_in();
    deploy(&mut deployment, NEW, Some(OLD));
    browser.open(&mut deployment, "/").forward();
    let mut changed = settings();
    changed["name"] = "Another name".into();
    let body = changed.to_string();
    let send = |secret: u8, id: u8, deployment: &mut Deployment| {
        let token = admin_token("PUT", SETTINGS, &body, secret, id, deployment);
        let headers = format!("authorization:Bearer {token}\n");
        deployment.handle(request("PUT", SETTINGS, &headers), body.as_bytes()).response()
    };
    begin_isolate(&mut deployment, OLD, Some(NEW));
    assert_eq!(send(OLD, 30, &mut deployment).body, r#"{"version":2}"#);
    deploy(&mut deployment, NEW, None);
    assert!(
        browser.open(&mut deployment, "/deskgate/session").response().body.contains("Another name")
    );
    // The fingerprint is of the new secret too: the same settings are no change.
    assert_eq!(send(NEW, 31, &mut deployment).body, r#"{"version":2}"#);
    let before = sealed(&deployment);
    begin_isolate(&mut deployment, LOST, None);
    check_refused(&send(LOST, 32, &mut deployment), 409, "admin.other_secret");
    assert_eq!(sealed(&deployment), before);
}

fn admin_token(
    method: &str,
    path: &str,
    body: &str,
    secret: u8,
    id: u8,
    deployment: &Deployment,
) -> String {
    let request = AdminRequest {
        desk_url: "https://help.contoso.com",
        method,
        path_and_query: path,
        body: body.as_bytes(),
    };
    mint_admin_token(&request, deployment.now, [id; 16], &key(secret), &CRYPTO).unwrap()
}

#[test]
fn the_fallback_opens_and_commands_nothing() {
    let (mut deployment, _) = signed_in();
    let mut with_owner = settings();
    with_owner["owners"] = json!(["owner@contoso.com"]);
    assert_eq!(apply(&with_owner, 40, &mut deployment).status, 200);
    deploy(&mut deployment, NEW, Some(OLD));
    for (secret, status) in [(OLD, 401), (NEW, 200)] {
        let token = admin_token("GET", SETTINGS, "", secret, 41, &deployment);
        let headers = format!("authorization:Bearer {token}\n");
        let reply = deployment.handle(request("GET", SETTINGS, &headers), b"").response();
        assert_eq!(reply.status, status, "{}", reply.body);
        let (desk, owner) = ("https://help.contoso.com", "owner@contoso.com");
        let (lifetime, now) = (Duration::from_secs(600), deployment.now);
        let link =
            mint_break_glass(desk, owner, lifetime, now, [secret; 16], &key(secret), &CRYPTO);
        let mut browser = Browser::default();
        let fields = [("token", link.unwrap())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        browser.submit(&mut deployment, "/deskgate/break-glass", &fields);
        assert_eq!(browser.has_session(), secret == NEW);
    }
}

fn keys(id: u8, deployment: &mut Deployment) -> Value {
    let reply = send_signed("GET", KEYS, "", id, deployment);
    assert_eq!(reply.status, 200, "{}", reply.body);
    serde_json::from_str(&reply.body).unwrap()
}

#[test]
fn an_administrator_sees_when_the_fallback_is_no_longer_needed() {
    let (mut deployment, _) = signed_in();
    let at = deployment.now.seconds();
    let first = keys(50, &mut deployment);
    assert_eq!(first["keys"].as_array().unwrap().len(), 3);
    assert!(!first.to_string().contains("sealed\":\""), "{first}");
    assert_eq!(first["secret"], json!({"sealed_since": at, "fallback": "none"}));
    deploy(&mut deployment, OLD, Some(NEW));
    let announced = keys(51, &mut deployment);
    assert_eq!(announced["secret"], json!({"sealed_since": at, "fallback": "opens"}));
    deployment.advance(60);
    deploy(&mut deployment, NEW, Some(OLD));
    let changed = keys(52, &mut deployment);
    assert_eq!(changed["secret"], json!({"sealed_since": at + 60, "fallback": "opens"}));
    assert_eq!(changed["keys"], first["keys"]);
    deploy(&mut deployment, LOST, None);
    let lost = keys(53, &mut deployment);
    assert_eq!(lost["secret"], json!({"sealed_since": null, "fallback": "none"}));
}

#[test]
fn tables_from_before_secrets_could_change_are_sealed_anew_too() {
    let (mut deployment, mut browser) = signed_in();
    deployment.storage.execute("DELETE FROM sealed_under", &[]).unwrap();
    deploy(&mut deployment, LOST, None);
    check_keys_do_not_open(&mut deployment, &mut browser);
    deploy(&mut deployment, NEW, Some(OLD));
    browser.open(&mut deployment, "/").forward();
    deploy(&mut deployment, NEW, None);
    browser.open(&mut deployment, "/").forward();
}

#[test]
fn without_the_secret_an_operator_begins_anew_by_saying_so() {
    let (mut deployment, mut browser) = signed_in();
    let lost = format!("{SETTINGS}?lost_secret=yes");
    let body = settings().to_string();
    let before = sealed(&deployment);
    // Nothing is lost: not by mistake.
    let refused = send_signed("PUT", &lost, &body, 60, &mut deployment);
    check_refused(&refused, 409, "admin.secret_not_lost");
    let other = format!("{SETTINGS}?lost_secret=no");
    let refused = send_signed("PUT", &other, &body, 61, &mut deployment);
    check_refused(&refused, 404, "admin.not_found");
    assert_eq!(sealed(&deployment), before);
    browser.open(&mut deployment, "/").forward();
    deploy(&mut deployment, LOST, None);
    check_keys_do_not_open(&mut deployment, &mut browser);
    let reply = send_signed("PUT", &lost, &body, 62, &mut deployment);
    assert_eq!((reply.status, reply.body.as_str()), (200, r#"{"version":2}"#));
    browser.open(&mut deployment, "/").response();
    assert!(!browser.has_session());
    deployment.advance(1);
    sign_in(&mut deployment, "_2").open(&mut deployment, "/").forward();
    assert!(deployment.events().contains(&"secret.lost".to_owned()));
    // The settings before are kept for whoever finds the secret again.
    let first = format!("{SETTINGS}?version=1");
    let reply = send_signed("GET", &first, "", 63, &mut deployment);
    check_refused(&reply, 409, "admin.other_secret");
    deploy(&mut deployment, LOST, Some(OLD));
    assert_eq!(send_signed("GET", &first, "", 64, &mut deployment).status, 200);
}

#[track_caller]
fn check_fallback(text: &str, expected: &str, has_fallback: bool) {
    let secret = deskgate_core::base64::encode_url(&[OLD; 32]);
    isolate::with(|isolate| {
        secret::set(isolate, &secret, text);
        assert_eq!(isolate.fallback.name(), expected, "{text}");
        assert_eq!(isolate.secrets.as_ref().unwrap().has_fallback(), has_fallback, "{text}");
    });
}

#[test]
fn a_fallback_that_is_none_is_not_used_and_said_to_be_none() {
    let of = |bytes: &[u8]| deskgate_core::base64::encode_url(bytes);
    check_fallback("", "none", false);
    check_fallback(&of(&[NEW; 32]), "opens", true);
    check_fallback(&format!("{}\n", of(&[NEW; 32])), "opens", true);
    check_fallback(&of(&[OLD; 32]), "same", false);
    check_fallback(&of(&[NEW; 31]), "unusable", false);
    check_fallback("hunter2!", "unusable", false);
}
