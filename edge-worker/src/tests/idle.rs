//! The idle limit of a session, and what goes on for long after the gate.

use serde_json::{Value, json};

use super::admin::{apply, deployment_with};
use super::browser::{Browser, NAVIGATION, settings};
use super::gate::signed_in;
use super::harness::{Deployment, Outcome};
use super::people::sign_in;
use crate::entry;
use crate::host::{Storage, parameters};
use crate::renewal;
use crate::watch::{self, Look};

fn deployment() -> Deployment {
    let mut settings = settings();
    settings["session"] = json!({ "idle_seconds": 1800 });
    deployment_with(&settings)
}

/// What the browser gets with the answer of the origin: perhaps a new cookie.
#[track_caller]
fn use_desk(deployment: &mut Deployment, browser: &mut Browser, headers: &str) -> bool {
    let outcome = browser.send(deployment, "GET", "/tickets/1", headers, "");
    let renews = json!(outcome.forward())["renews"] == true;
    let head = browser.head("GET", "/tickets/1", headers);
    let renewed = renewal::of_answer(head, deployment.now, deployment.now, deployment.host);
    assert_eq!(renewed.is_some(), renews);
    if let Some(cookie) = &renewed {
        let (pair, attributes) = cookie.split_once(';').unwrap();
        assert!(attributes.ends_with("; Secure; HttpOnly; SameSite=Lax"), "{cookie}");
        let (name, value) = pair.split_once('=').unwrap();
        browser.cookies.insert(name.to_owned(), value.to_owned());
    }
    renews
}

fn session(deployment: &mut Deployment, browser: &Browser) -> (u16, Value) {
    let asked = browser.clone().send(deployment, "GET", "/deskgate/session", "accept:*/*\n", "");
    let response = asked.response();
    (response.status, serde_json::from_str(&response.body).unwrap())
}

#[test]
fn a_session_that_is_used_outlives_the_idle_limit_and_not_the_absolute_one() {
    let mut deployment = deployment();
    let (mut browser, _) = sign_in(&mut deployment, 1);
    let begun = session(&mut deployment, &browser).1;
    assert_eq!(begun["idle_expires_at"], deployment.now.seconds() + 1800);
    for _ in 0..35 {
        deployment.advance(1000);
        assert!(use_desk(&mut deployment, &mut browser, NAVIGATION));
        assert!(!use_desk(&mut deployment, &mut browser, NAVIGATION));
    }
    let mut used = session(&mut deployment, &browser).1;
    assert_eq!(used["idle_expires_at"], used["expires_at"], "ten hours in all");
    used["idle_expires_at"] = begun["idle_expires_at"].clone();
    assert_eq!(used, begun);
    deployment.advance(1000);
    assert_eq!(session(&mut deployment, &browser).0, 401);
}

#[test]
fn a_session_that_nobody_used_leads_to_the_sign_in() {
    let mut deployment = deployment();
    let (browser, _) = sign_in(&mut deployment, 1);
    deployment.advance(1799);
    assert_eq!(session(&mut deployment, &browser).0, 200);
    deployment.advance(1);
    let (status, body) = session(&mut deployment, &browser);
    assert_eq!((status, &body["code"]), (401, &json!("session.idle")));
    let script = browser.clone().send(&mut deployment, "GET", "/tickets/1", "accept:*/*\n", "");
    assert!(script.response().body.contains("session.idle"));
    let mut person = browser.clone();
    let page = person.open(&mut deployment, "/tickets/1").response();
    assert_eq!(page.status, 302);
    let head = browser.head("GET", "/tickets/1", NAVIGATION);
    assert_eq!(renewal::of_answer(head, deployment.now, deployment.now, deployment.host), None);
}

/// What a browser does by itself keeps nobody signed in.
#[test]
fn connections_that_stay_open_and_questions_about_the_session_are_no_activity() {
    let mut deployment = deployment();
    let (mut browser, _) = sign_in(&mut deployment, 1);
    deployment.advance(1000);
    let socket = "upgrade:websocket\nconnection:upgrade\norigin:https://help.contoso.com\n";
    assert!(!use_desk(&mut deployment, &mut browser, socket));
    assert!(!use_desk(&mut deployment, &mut browser, "accept:text/event-stream\n"));
    let before = browser.cookies.clone();
    browser.open(&mut deployment, "/deskgate/session");
    assert_eq!(browser.cookies, before);
    let outcome = browser.open(&mut deployment, "/robots.txt");
    assert_eq!(json!(outcome.forward())["renews"], false);
    assert!(use_desk(&mut deployment, &mut browser, "accept:*/*\n"));
}

#[test]
fn a_renewal_revives_nothing() {
    let mut deployment = deployment();
    let (mut browser, _) = sign_in(&mut deployment, 1);
    deployment.advance(1000);
    let old = browser.clone();
    assert!(use_desk(&mut deployment, &mut browser, NAVIGATION));
    let renewed = browser.clone();
    let head = old.head("GET", "/tickets/1", NAVIGATION);
    browser.submit(&mut deployment, "/deskgate/logout", &[]);
    // The answer to a request from before the sign-out comes late.
    assert_eq!(renewal::of_answer(head, deployment.now, deployment.now, deployment.host), None);
    for _ in 0..2 {
        for copy in [&old, &renewed] {
            let outcome = copy.clone().open(&mut deployment, "/tickets/1");
            assert!(matches!(outcome, Outcome::Answered(_)));
        }
        deployment.new_isolate();
    }
}

/// In another isolate, which has not learned of it: the browser may be somebody else's by now.
#[test]
fn an_answer_that_comes_late_brings_no_cookie() {
    let mut deployment = deployment();
    let (mut browser, _) = sign_in(&mut deployment, 1);
    deployment.advance(1000);
    assert!(use_desk(&mut deployment, &mut browser.clone(), NAVIGATION));
    let asked_at = deployment.now;
    let head = || browser.head("GET", "/tickets/1", NAVIGATION);
    let renewed = |deployment: &Deployment| {
        renewal::of_answer(head(), asked_at, deployment.now, deployment.host).is_some()
    };
    deployment.advance(5);
    assert!(renewed(&deployment));
    deployment.advance(1);
    assert!(!renewed(&deployment));
    assert!(use_desk(&mut deployment, &mut browser, NAVIGATION), "the next one does");
}

#[test]
fn a_change_of_the_limit_counts_from_the_next_request_on() {
    let (mut deployment, mut browser) = signed_in();
    assert!(!use_desk(&mut deployment, &mut browser, NAVIGATION));
    let mut settings = settings();
    settings["session"] = json!({ "idle_seconds": 1800 });
    deployment.advance(5000);
    assert_eq!(apply(&settings, 9, &mut deployment).status, 200);
    assert!(use_desk(&mut deployment, &mut browser, NAVIGATION));
    let found = session(&mut deployment, &browser).1;
    assert_eq!(found["idle_expires_at"], deployment.now.seconds() + 1800);
    settings["session"] = json!({});
    assert_eq!(apply(&settings, 10, &mut deployment).status, 200);
    assert!(use_desk(&mut deployment, &mut browser, NAVIGATION));
    assert_eq!(session(&mut deployment, &browser).1["idle_expires_at"], Value::Null);
}

const SOCKET: &str = "upgrade:websocket\norigin:https://help.contoso.com\n";

/// What the shim does every ten seconds.
fn look(deployment: &mut Deployment, browser: &Browser, path: &str, headers: &str) -> Look {
    let found =
        watch::look(browser.head("GET", path, headers), false, deployment.now, deployment.host);
    let Look::Refresh(operation) = found else { return found };
    let reply = deployment.ask("help.contoso.com", *operation);
    entry::install("help.contoso.com", reply, deployment.now, deployment.host);
    watch::look(browser.head("GET", path, headers), true, deployment.now, deployment.host)
}

#[track_caller]
fn check_ends(deployment: &mut Deployment, browser: &Browser, headers: &str, why: &'static str) {
    assert_eq!(look(deployment, browser, "/live", headers), Look::Ended(why));
}

/// The isolate learns of it although no request comes.
#[test]
fn what_is_open_ends_within_thirty_seconds_of_its_session() {
    let (mut deployment, browser) = signed_in();
    for _ in 0..6 {
        deployment.advance(10);
        assert_eq!(look(&mut deployment, &browser, "/live", SOCKET), Look::Passes);
    }
    let now = deployment.now.seconds();
    let statement = "INSERT INTO cutoffs (connection, began_until) VALUES (?, ?)";
    let cutoff = parameters!["", now];
    deployment.storage.execute(statement, &cutoff).unwrap();
    let mut passed = 0;
    while look(&mut deployment, &browser, "/live", SOCKET) == Look::Passes {
        deployment.advance(10);
        passed += 10;
    }
    assert!(passed <= 20, "{passed}");
    check_ends(&mut deployment, &browser, SOCKET, "the session has ended");
}

#[test]
fn what_is_open_ends_with_the_session_by_whatever_ends_it() {
    let mut deployment = deployment();
    let (browser, _) = sign_in(&mut deployment, 1);
    deployment.advance(1799);
    assert_eq!(look(&mut deployment, &browser, "/live", SOCKET), Look::Passes);
    deployment.advance(1);
    check_ends(&mut deployment, &browser, SOCKET, "the session was not used");
    check_ends(&mut deployment, &browser, "accept:text/event-stream\n", "the session was not used");
    // A download of somebody who works on in another tab.
    assert_eq!(look(&mut deployment, &browser, "/live", NAVIGATION), Look::Passes);
    deployment.advance(36_000);
    check_ends(&mut deployment, &browser, NAVIGATION, "the session has ended");

    let mut settings = settings();
    settings["fresh"] = json!([{ "path": "/live", "max_age_seconds": 600 }]);
    let mut deployment = deployment_with(&settings);
    let (browser, _) = sign_in(&mut deployment, 1);
    assert_eq!(look(&mut deployment, &browser, "/live", SOCKET), Look::Passes);
    deployment.advance(700);
    check_ends(&mut deployment, &browser, SOCKET, "a recent sign-in is needed");
    assert_eq!(look(&mut deployment, &browser, "/tickets", SOCKET), Look::Passes);
}

#[test]
fn what_is_open_stays_so_as_long_as_requests_would_pass_without_the_object() {
    let (mut deployment, browser) = signed_in();
    deployment.object_answers = false;
    for _ in 0..60 {
        deployment.advance(10);
        assert_eq!(look(&mut deployment, &browser, "/live", SOCKET), Look::Passes);
    }
    deployment.advance(10);
    let why = "it cannot be known whether the session has ended";
    check_ends(&mut deployment, &browser, SOCKET, why);
}
