//! Forms that meet an ended session.

use std::time::Duration;

use deskgate_tests::browser::{Browser, Reply, Request};
use deskgate_tests::html::first_form;
use deskgate_tests::issuer::Issuer;
use deskgate_tests::sign_in::{signed_in, solicited};
use deskgate_tests::worker::Worker;

use crate::setting::{Setting, desk};

const TARGET: &str = "/tickets/1/replies?draft=%22a%22&to[]=%C3%A9";

fn path(worker: &Worker, url: &str) -> String {
    url.strip_prefix(&worker.url()).expect(url).to_owned()
}

/// Sends a form after the session has ended; answers the page that asks, after a new sign-in.
fn asked(worker: &mut Worker, issuer: &Issuer, browser: &mut Browser, body: &[u8]) -> Reply {
    worker.set_clock_ahead(Duration::from_secs(11 * 3600));
    let form = Request::new("POST", TARGET)
        .header("Accept", "text/html")
        .header("Sec-Fetch-Mode", "navigate")
        .header("Sec-Fetch-Dest", "document")
        .header("Content-Type", "multipart/form-data; boundary=----x")
        .header("Referer", "http://elsewhere.example/")
        .body(body);
    let kept = browser.send(&form);
    assert_eq!(kept.status, 303, "{kept}");
    let page = path(worker, kept.location());
    // Nothing of it is in the isolate only.
    worker.restart();
    assert_eq!(browser.open(&page).status, 401);
    let login = format!("/deskgate/login?return={page}");
    let back = solicited(worker, issuer, browser, &login, |_| {});
    assert_eq!(path(worker, back.location()), page);
    browser.open(&page)
}

fn send(worker: &Worker, browser: &mut Browser, page: &Reply) -> Reply {
    let (action, fields) = first_form(&page.text());
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    browser.send(&Request::form(&path(worker, &action), &fields))
}

#[test]
fn every_byte_of_a_form_arrives_after_the_new_sign_in_and_once() {
    let Some(Setting { mut worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let body: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let page = asked(&mut worker, &issuer, &mut browser, &body);
    assert_eq!(page.status, 200, "{page}");
    assert!(!origin.seen().iter().any(|seen| seen.method == "POST"));
    let answer = send(&worker, &mut browser, &page);
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!(send(&worker, &mut browser, &page).status, 404);
    let seen: Vec<_> = origin.seen().into_iter().filter(|seen| seen.method == "POST").collect();
    let [seen] = &seen[..] else { panic!("once: {seen:?}") };
    assert_eq!(seen.target, TARGET);
    assert!(seen.body == body, "{} bytes", seen.body.len());
    assert_eq!(seen.header("content-type"), Some("multipart/form-data; boundary=----x"));
    assert_eq!(seen.header("content-length"), Some("300000"));
    assert_eq!(seen.header("referer"), None);
    assert_eq!(seen.count_folded("deskgate-assertion"), 1);
    assert_eq!(seen.count_folded("cookie"), 0);
}

#[test]
fn a_form_is_still_there_when_the_helpdesk_did_not_answer() {
    let Some(Setting { mut worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let page = asked(&mut worker, &issuer, &mut browser, b"text");
    origin.stop();
    let answer = send(&worker, &mut browser, &page);
    assert_eq!(answer.status, 303, "{answer}");
    let page = browser.open(&path(&worker, answer.location()));
    assert!(page.text().contains("the helpdesk did not answer"), "{page}");
}

#[test]
fn what_is_too_large_is_told_before_it_is_read() {
    let Some(Setting { mut worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    worker.set_clock_ahead(Duration::from_secs(11 * 3600));
    let page = browser.send(&Request::form(TARGET, &[]).body(&vec![b'x'; 600_000]));
    assert_eq!(page.status, 413, "{page}");
    assert!(page.text().contains("Your browser still has it"), "{page}");
    assert!(!origin.seen().iter().any(|seen| seen.method == "POST"));
}
