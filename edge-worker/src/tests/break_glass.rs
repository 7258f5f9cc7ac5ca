//! How an owner gets in without an identity provider, and nobody else.

use core::time::Duration;

use deskgate_core::session::break_glass::mint_break_glass;
use serde_json::{Value, json};

use super::admin::{apply, deployment_with};
use super::browser::{Browser, settings};
use super::harness::{CRYPTO, Deployment, secret};

const PATH: &str = "/deskgate/break-glass";

fn with_owners(owners: &[&str]) -> Value {
    let mut settings = settings();
    settings["owners"] = json!(owners);
    settings
}

fn link(email: &str, deployment: &Deployment) -> String {
    let (desk, lifetime) = ("https://help.contoso.com", Duration::from_secs(600));
    let entropy = [7; 16];
    mint_break_glass(desk, email, lifetime, deployment.now, entropy, &secret(), &CRYPTO).unwrap()
}

fn use_link(deployment: &mut Deployment, browser: &mut Browser, token: &str) -> u16 {
    browser.submit(deployment, PATH, &[("token", token)]).status
}

#[test]
fn a_link_signs_its_owner_in_once_and_everybody_learns_of_it() {
    let mut deployment = deployment_with(&with_owners(&["owner@contoso.com"]));
    let token = link("owner@contoso.com", &deployment);
    let mut browser = Browser::default();
    let page = browser.open(&mut deployment, &format!("{PATH}?token={token}")).response();
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Sign in as owner@contoso.com"), "{}", page.body);
    assert!(!browser.has_session());
    assert_eq!(use_link(&mut deployment, &mut browser, &token), 303);
    browser.open(&mut deployment, "/tickets").forward();
    let session = browser.open(&mut deployment, "/deskgate/session").response();
    assert!(session.body.contains("<dd>Emergency link</dd>"), "{}", session.body);
    let mut other = Browser::default();
    assert_eq!(use_link(&mut deployment, &mut other, &token), 403);
    assert!(!other.has_session());
    let expected = ["settings.applied", "break_glass.used", "login.break_glass_used_before"];
    assert_eq!(deployment.events(), expected);
}

#[test]
fn a_program_that_looks_at_the_link_does_not_use_it_up() {
    let mut deployment = deployment_with(&with_owners(&["owner@contoso.com"]));
    let token = link("owner@contoso.com", &deployment);
    let path = format!("{PATH}?token={token}");
    for method in ["GET", "HEAD", "GET"] {
        let outcome = Browser::default().send(&mut deployment, method, &path, "", "");
        assert_eq!(outcome.response().status, 200);
    }
    assert_eq!(use_link(&mut deployment, &mut Browser::default(), &token), 303);
}

#[test]
fn another_site_cannot_use_a_link_in_a_victims_browser() {
    let mut deployment = deployment_with(&with_owners(&["owner@contoso.com"]));
    let token = link("owner@contoso.com", &deployment);
    let headers = "content-type:application/x-www-form-urlencoded\norigin:https://evil.example\n";
    let mut browser = Browser::default();
    let body = format!("token={token}");
    let outcome = browser.send(&mut deployment, "POST", PATH, headers, &body);
    assert_eq!(outcome.response().status, 403);
    assert!(!browser.has_session());
}

#[test]
fn nobody_but_an_owner_gets_in() {
    let mut deployment = deployment_with(&with_owners(&["owner@contoso.com"]));
    for email in ["b.simon@contoso.com", "", "owner@contoso.com\u{0}"] {
        let token = link(email, &deployment);
        assert_eq!(use_link(&mut deployment, &mut Browser::default(), &token), 403, "{email}");
    }
    let late = link("owner@contoso.com", &deployment);
    deployment.advance(600);
    assert_eq!(use_link(&mut deployment, &mut Browser::default(), &late), 403);
    let mut without = deployment_with(&settings());
    let token = link("owner@contoso.com", &without);
    assert_eq!(use_link(&mut without, &mut Browser::default(), &token), 403);
}

#[test]
fn an_owner_who_is_taken_off_the_list_is_out() {
    let mut deployment = deployment_with(&with_owners(&["owner@contoso.com"]));
    let token = link("owner@contoso.com", &deployment);
    let mut browser = Browser::default();
    use_link(&mut deployment, &mut browser, &token);
    browser.open(&mut deployment, "/tickets").forward();
    apply(&with_owners(&["other@contoso.com"]), 9, &mut deployment);
    assert_eq!(browser.open(&mut deployment, "/tickets").response().status, 302);
}

#[test]
fn the_session_of_an_owner_ends_after_an_hour() {
    let mut deployment = deployment_with(&with_owners(&["owner@contoso.com"]));
    let token = link("owner@contoso.com", &deployment);
    let mut browser = Browser::default();
    use_link(&mut deployment, &mut browser, &token);
    deployment.advance(3599);
    browser.open(&mut deployment, "/tickets").forward();
    deployment.advance(1);
    assert_eq!(browser.open(&mut deployment, "/tickets").response().status, 302);
}

#[test]
fn a_body_that_is_held_back_does_not_outlive_the_link() {
    let mut deployment = deployment_with(&with_owners(&["owner@contoso.com"]));
    let token = link("owner@contoso.com", &deployment);
    deployment.body_takes = 600;
    let mut browser = Browser::default();
    assert_eq!(use_link(&mut deployment, &mut browser, &token), 403);
    assert!(!browser.has_session());
}
