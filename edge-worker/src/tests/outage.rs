//! The object or the secret is not there.

use deskgate_core::session::Secrets;

use super::admin::{apply, deployment_with, send_signed};
use super::browser::{Browser, settings};
use super::harness::Deployment;
use super::identity_provider::{Claims, respond};
use crate::desk_object::Operation;
use crate::entry;
use crate::http::tests::request;
use crate::isolate;
use crate::step::Step;

fn signed_in() -> (Deployment, Browser) {
    let mut deployment = deployment_with(&settings());
    let mut browser = Browser::default();
    let id = browser.begin(&mut deployment, "/");
    let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() });
    assert_eq!(browser.complete(&mut deployment, &response, &id).status, 303);
    (deployment, browser)
}

#[test]
fn a_busy_isolate_asks_for_a_snapshot_twice_a_minute_and_never_waits() {
    let (mut deployment, mut browser) = signed_in();
    deployment.asked = 0;
    for _ in 0..60 {
        deployment.advance(1);
        browser.open(&mut deployment, "/").forward();
    }
    assert!((3..=4).contains(&deployment.asked), "{}", deployment.asked);
}

#[test]
fn without_the_object_sessions_live_ten_minutes_and_no_login_begins() {
    let (mut deployment, mut browser) = signed_in();
    deployment.object_answers = false;
    deployment.advance(60);
    browser.open(&mut deployment, "/tickets").forward();
    let login = browser.open(&mut deployment, "/deskgate/login").response();
    assert_eq!(login.status, 503);
    assert!(login.body.contains("Signing in is not possible right now"));
    let health = browser.open(&mut deployment, "/deskgate/health").response();
    assert_eq!((health.status, health.body.as_str()), (503, r#"{"status":"degraded"}"#));
    deployment.advance(540);
    browser.open(&mut deployment, "/tickets").forward();
    deployment.advance(6);
    assert_eq!(browser.open(&mut deployment, "/tickets").response().status, 503);
    deployment.object_answers = true;
    browser.open(&mut deployment, "/tickets").forward();
}

#[test]
fn an_unreachable_object_is_not_asked_by_every_request() {
    let (mut deployment, mut browser) = signed_in();
    deployment.object_answers = false;
    deployment.advance(60);
    deployment.asked = 0;
    for _ in 0..100 {
        browser.open(&mut deployment, "/tickets").forward();
    }
    assert_eq!(deployment.asked, 1);
    deployment.object_answers = true;
    deployment.advance(5);
    browser.open(&mut deployment, "/tickets").forward();
    assert_eq!(deployment.asked, 2, "behind the request");
    assert_eq!(browser.open(&mut deployment, "/deskgate/login").response().status, 303);
}

#[test]
fn a_revoked_session_gains_nothing_from_two_requests_at_once() {
    let (mut deployment, mut browser) = signed_in();
    let mut copy = browser.clone();
    let known_here = isolate::with(core::mem::take);
    deployment.new_isolate();
    browser.submit(&mut deployment, "/deskgate/logout", &[]);
    // Another isolate, which saw no request since before the session ended.
    isolate::with(|isolate| *isolate = known_here);
    deployment.advance(300);
    let first = entry::enter(copy.head("GET", "/tickets", ""), deployment.now, deployment.host);
    assert!(matches!(first.0, Step::Ask(..)));
    assert_eq!(copy.open(&mut deployment, "/tickets").response().status, 302);
}

#[test]
fn an_outage_that_is_over_lets_no_revoked_session_through() {
    let (mut deployment, mut browser) = signed_in();
    let mut copy = browser.clone();
    deployment.object_answers = false;
    deployment.advance(60);
    copy.open(&mut deployment, "/tickets").forward();
    deployment.object_answers = true;
    let known_here = isolate::with(core::mem::take);
    deployment.new_isolate();
    browser.submit(&mut deployment, "/deskgate/logout", &[]);
    // Another isolate, whose last request came while the object was lost.
    isolate::with(|isolate| *isolate = known_here);
    deployment.advance(300);
    assert_eq!(copy.open(&mut deployment, "/tickets").response().status, 302);
}

#[test]
fn an_answer_that_was_long_on_its_way_does_not_bring_old_settings_back() {
    let mut deployment = deployment_with(&settings());
    let host = "help.contoso.com";
    let old = deployment.ask(host, Operation::Snapshot { known: None });
    let mut changed = settings();
    changed["name"] = "Another name".into();
    apply(&changed, 2, &mut deployment);
    let mut browser = Browser::default();
    browser.open(&mut deployment, "/deskgate/session");
    entry::install(host, old, deployment.now, deployment.host);
    let page = browser.open(&mut deployment, "/deskgate/session").response();
    assert!(page.body.contains("Another name"), "{}", page.body);
}

#[test]
fn an_old_answer_brings_no_ended_session_back() {
    let (mut deployment, mut browser) = signed_in();
    let host = "help.contoso.com";
    let old = deployment.ask(host, Operation::Snapshot { known: None });
    let mut copy = browser.clone();
    let path = "/deskgate/admin/sessions";
    send_signed("POST", path, r#"{"end":"everybody"}"#, 2, &mut deployment);
    assert_eq!(browser.open(&mut deployment, "/tickets").response().status, 302);
    entry::install(host, old, deployment.now, deployment.host);
    assert_eq!(copy.open(&mut deployment, "/tickets").response().status, 302);
}

#[test]
fn without_the_object_a_response_signs_nobody_in() {
    let mut deployment = deployment_with(&settings());
    let mut browser = Browser::default();
    let id = browser.begin(&mut deployment, "/");
    let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() });
    deployment.object_answers = false;
    assert_eq!(browser.complete(&mut deployment, &response, &id).status, 503);
    assert!(!browser.has_session());
    assert_eq!(deployment.events().last().unwrap(), "login.unavailable");
    deployment.object_answers = true;
    assert_eq!(
        browser.complete(&mut deployment, &response, &id).status,
        303,
        "nothing was used up"
    );
}

#[test]
fn without_the_object_signing_out_still_signs_out() {
    let (mut deployment, mut browser) = signed_in();
    let mut copy = browser.clone();
    deployment.object_answers = false;
    let page = browser.submit(&mut deployment, "/deskgate/logout", &[]);
    assert_eq!(page.status, 200);
    assert!(browser.cookies.is_empty());
    assert_eq!(deployment.events().last().unwrap(), "logout.not_recorded");
    assert_eq!(copy.open(&mut deployment, "/").response().status, 302);
}

#[test]
fn a_new_isolate_without_the_object_lets_nobody_through() {
    let (mut deployment, mut browser) = signed_in();
    deployment.new_isolate();
    deployment.object_answers = false;
    assert_eq!(browser.open(&mut deployment, "/").response().status, 503);
}

#[test]
fn a_host_that_nobody_set_up_gets_a_page() {
    let mut deployment = Deployment::new();
    let page = Browser::default().open(&mut deployment, "/").response();
    assert_eq!(page.status, 404);
    assert!(page.body.contains("No helpdesk is set up here"));
}

#[test]
fn without_a_secret_nothing_is_forwarded_and_nothing_applied() {
    let (mut deployment, mut browser) = signed_in();
    isolate::with(|isolate| isolate.secrets = None);
    for path in ["/", "/assets/a.js", "/deskgate/login", "/deskgate/admin/settings"] {
        assert_eq!(browser.open(&mut deployment, path).response().status, 500, "{path}");
    }
}

#[test]
fn keys_sealed_under_another_secret_let_nobody_through() {
    let (mut deployment, mut browser) = signed_in();
    deployment.new_isolate();
    let other = deskgate_core::crypto::SecretKey::new(&[9; 32]);
    isolate::with(|isolate| isolate.secrets = Some(Secrets::from(other).into()));
    assert_eq!(browser.open(&mut deployment, "/").response().status, 503);
    assert_eq!(deployment.events().last().unwrap(), "desk.keys_do_not_open");
}

#[test]
fn a_page_tells_that_the_origin_is_down() {
    let (deployment, _) = signed_in();
    let head = request("GET", "/", "accept:text/html\n");
    let Step::Respond(page, events) =
        entry::origin_unreachable(head, deployment.now, deployment.host)
    else {
        panic!("no answer")
    };
    assert_eq!(page.status, 502);
    assert!(page.body.contains("The helpdesk does not answer"));
    assert_eq!(events.len(), 1);
}
