//! After a sign-in a person arrives on the desk's own host, whatever a link said (attacks B-06, G-19).

use deskgate_tests::browser::encode;
use deskgate_tests::sign_in::{begin, decode, deliver};

use crate::setting::{Setting, desk, desk_with_idp_initiated};

/// Texts that some browser or parser reads as another host.
const ELSEWHERE: &[&str] = &[
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "\t//evil.example/",
    " //evil.example/",
    "https:evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    ".evil.example",
    "/..//evil.example/",
    "/.//evil.example/",
    "/%2e//evil.example/",
    "http://127.0.0.1@evil.example/",
    "/\u{0}/evil.example",
    "/\u{2028}/evil.example",
];

/// Resolves a Location as a browser does, as far as the host goes.
#[track_caller]
fn stays_here(location: &str, url: &str, target: &str) {
    let rest =
        location.strip_prefix(url).unwrap_or_else(|| panic!("{target:?} leads to {location}"));
    assert!(rest.starts_with('/'), "{target:?} leads to {location}");
    assert!(!rest.starts_with("//") && !rest.contains('\\'), "{target:?} leads to {location}");
    assert!(rest.bytes().all(|b| b.is_ascii_graphic()), "{target:?} leads to {location}");
}

#[test]
fn a_crafted_login_link_does_not_lead_elsewhere() {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    for target in ELSEWHERE {
        let mut browser = worker.browser();
        let login = format!("/deskgate/login?return={}", encode(target));
        let reply = browser.open(&login);
        if reply.status >= 400 {
            continue;
        }
        let asked = begin(&mut browser, &login);
        let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
        response.in_response_to = Some(asked.request_id);
        let reply =
            deliver(&mut browser, &issuer.post_value(&response), asked.relay_state.as_deref());
        stays_here(reply.location(), &worker.url(), target);
    }
}

#[test]
fn a_login_link_leads_to_the_page_that_it_names() {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    for target in ["/tickets/9?x=1&y=%2F", "/", "/a/../b", "/caf%C3%A9"] {
        let mut browser = worker.browser();
        let asked = begin(&mut browser, &format!("/deskgate/login?return={}", encode(target)));
        let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
        response.in_response_to = Some(asked.request_id);
        let value = issuer.post_value(&response);
        let reply = deliver(&mut browser, &value, asked.relay_state.as_deref());
        stays_here(reply.location(), &worker.url(), target);
        if !target.contains("..") {
            assert_eq!(reply.location(), format!("{}{target}", worker.url()));
        }
    }
}

#[test]
fn a_crafted_relay_state_does_not_lead_elsewhere() {
    let Some(Setting { worker, issuer, .. }) = desk_with_idp_initiated() else { return };
    for target in ELSEWHERE {
        let mut browser = worker.browser();
        let response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
        let reply = deliver(&mut browser, &issuer.post_value(&response), Some(target));
        if reply.status < 400 {
            stays_here(reply.location(), &worker.url(), target);
        }
    }
}

#[test]
fn the_relay_state_of_a_solicited_response_has_no_say() {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    let mut browser = worker.browser();
    let asked = begin(&mut browser, "/tickets/7");
    let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    response.in_response_to = Some(asked.request_id);
    let reply =
        deliver(&mut browser, &issuer.post_value(&response), Some("/admin/delete-everything"));
    if reply.status < 400 {
        assert_eq!(reply.location(), format!("{}/tickets/7", worker.url()));
    }
}

#[test]
fn a_crafted_path_does_not_lead_elsewhere() {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    for target in
        ["//evil.example/", "/\\evil.example/", "/%5cevil.example", "/.//evil.example", "///x"]
    {
        let mut browser = worker.browser();
        let reply = browser.open(target);
        if reply.status >= 400 {
            continue;
        }
        let login = reply.location().to_owned();
        assert!(!login.starts_with("//") && !login.starts_with("/\\"), "{target} leads to {login}");
        let asked = begin(&mut browser, target);
        let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
        response.in_response_to = Some(asked.request_id);
        let reply =
            deliver(&mut browser, &issuer.post_value(&response), asked.relay_state.as_deref());
        stays_here(reply.location(), &worker.url(), &decode(target));
    }
}

#[test]
fn signing_out_does_not_lead_elsewhere() {
    let Some(Setting { worker, .. }) = desk() else { return };
    for target in ELSEWHERE {
        for parameter in ["return_to", "RelayState", "returnTo", "next", "url"] {
            let reply =
                worker.browser().open(&format!("/deskgate/logout?{parameter}={}", encode(target)));
            let location = reply.header("location").unwrap_or_default();
            assert!(!location.contains("evil"), "{target:?}: {reply}");
            assert!(!reply.text().contains("evil"), "{target:?}: {reply}");
        }
    }
}
