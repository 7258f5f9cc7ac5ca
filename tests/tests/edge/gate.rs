//! Who gets through without a session, and what the others are told (attacks G-07).

use deskgate_tests::browser::Request;
use deskgate_tests::sign_in::signed_in;
use serde_json::json;

use crate::setting::{Setting, desk, desk_where};

#[test]
fn a_person_is_redirected_and_a_script_gets_a_401_that_it_can_read() {
    let Some(Setting { worker, origin, .. }) = desk() else { return };
    let page = worker.browser().open("/tickets/1");
    assert!(matches!(page.status, 302 | 303), "{page}");
    assert_eq!(page.header("cache-control"), Some("private, no-store"), "{page}");
    let scripts = [
        Request::new("GET", "/api/tickets").header("Accept", "application/json"),
        Request::new("GET", "/api/tickets")
            .header("Accept", "*/*")
            .header("Sec-Fetch-Mode", "cors"),
        Request::new("GET", "/api/tickets")
            .header("Accept", "text/html")
            .header("X-Requested-With", "XMLHttpRequest"),
        Request::new("PUT", "/api/tickets/1").header("Accept", "text/html"),
        Request::new("DELETE", "/api/tickets/1"),
    ];
    for request in scripts {
        let reply = worker.browser().send(&request);
        assert_eq!(reply.status, 401, "{reply}");
        assert!(
            reply.header("content-type").unwrap_or_default().starts_with("application/json"),
            "{reply}"
        );
        let body = reply.json();
        assert!(body.is_object(), "{reply}");
        assert_eq!(reply.header("cache-control"), Some("private, no-store"), "{reply}");
        assert_eq!(reply.header("location"), None, "{reply}");
    }
    assert!(origin.seen().is_empty());
}

#[test]
fn a_get_with_a_body_is_refused_and_one_with_an_empty_body_is_not() {
    let Some(Setting { worker, origin, .. }) = desk() else { return };
    let request = || Request::navigation("/assets/app.css");
    let reply = worker.browser().send(&request().body(b"{}"));
    assert_eq!(reply.status, 400, "{reply}");
    assert!(origin.seen().is_empty());
    let reply = worker.browser().send(&request().header("Content-Length", "0"));
    assert_eq!(reply.status, 200, "{reply}");
}

#[test]
fn a_form_sent_after_the_session_ended_is_told_so() {
    let Some(Setting { worker, origin, .. }) = desk() else { return };
    let reply = worker.browser().send(&Request::form("/tickets/1/reply", &[("text", "hello")]));
    assert!((400..500).contains(&reply.status), "{reply}");
    assert!(origin.seen().is_empty());
}

#[test]
fn public_paths_need_no_session_and_only_these() {
    let Some(Setting { worker, origin, .. }) = desk() else { return };
    for path in ["/robots.txt", "/robots.txt?x=/../secret", "/assets/app.css", "/assets/a/b.js?v=1"]
    {
        let reply = worker.browser().open(path);
        assert_eq!(reply.text(), format!("helpdesk: GET {path}"), "{reply}");
    }
    let before = origin.seen().len();
    let protected = [
        "/",
        "/robots.txt/",
        "/robots.txtx",
        "/ROBOTS.TXT",
        "/assets",
        "/Assets/app.css",
        "/assets/../tickets",
        "/assets/./../tickets",
        "/assets/%2e%2e/tickets",
        "/assets/%2E%2E%2Ftickets",
        "/assets/..%2ftickets",
        "/assets/..%5ctickets",
        "/assets/..\\tickets",
        "/assets//tickets",
        "/assets/;/tickets",
        "/assets/..;/tickets",
        "/assets/%00",
        "/assets/%",
        "/x?/assets/",
        "/x#/assets/",
        "//assets/app.css",
        "/%61ssets/app.css",
    ];
    for path in protected {
        let reply = worker.browser().send(&Request::new("GET", path));
        assert!((300..500).contains(&reply.status), "{path}: {reply}");
        assert_eq!(origin.seen().len(), before, "{path} reached the origin");
    }
}

#[test]
fn no_header_opens_a_path() {
    let Some(Setting { worker, origin, .. }) = desk() else { return };
    let tricks = [
        ("X-Original-URL", "/robots.txt"),
        ("X-Rewrite-URL", "/robots.txt"),
        ("X-Forwarded-Uri", "/robots.txt"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-HTTP-Method-Override", "OPTIONS"),
        ("User-Agent", "GoogleHC/1.0"),
        ("User-Agent", "kube-probe/1.29"),
        ("Referer", "http://127.0.0.1/robots.txt"),
    ];
    for (name, value) in tricks {
        for method in ["GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND"] {
            let reply =
                worker.browser().send(&Request::new(method, "/tickets/1").header(name, value));
            assert!(reply.status >= 400, "{method} {name}: {reply}");
        }
    }
    assert!(origin.seen().is_empty());
}

#[test]
fn the_reserved_prefix_never_reaches_the_origin() {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    for path in ["/deskgate/", "/deskgate/nothing", "/deskgate/health", "/deskgate/jwks.json"] {
        browser.open(path);
        browser.send(&Request::new("POST", path));
    }
    assert!(origin.seen().is_empty());
}

#[test]
fn the_reserved_prefix_is_configurable() {
    let Some(Setting { worker, issuer, .. }) =
        desk_where(|settings| settings["public_paths"] = json!(["/deskgate-help/"]))
    else {
        return;
    };
    let reply = worker.browser().open("/deskgate-help/index.html");
    assert_eq!(reply.text(), "helpdesk: GET /deskgate-help/index.html");
    let _ = signed_in(&worker, &issuer);
}

#[test]
fn redirects_of_the_helpdesk_are_passed_on_and_not_followed() {
    let origin = deskgate_tests::origin::Origin::start_with(Box::new(|_, wire| {
        let headers = [("Location", "/tickets/2"), ("X-Helpdesk", "1")];
        deskgate_tests::origin::answer(wire, 302, &headers, b"")
    }));
    let Some(Setting { worker, issuer, origin, .. }) = crate::setting::desk_with(origin, |_| {})
    else {
        return;
    };
    let reply = signed_in(&worker, &issuer).open("/tickets/1");
    assert_eq!((reply.status, reply.location()), (302, "/tickets/2"), "{reply}");
    assert_eq!(reply.header("x-helpdesk"), Some("1"));
    assert_eq!(origin.seen().len(), 1);
}

#[test]
fn health_answers_without_a_session() {
    let Some(Setting { worker, .. }) = desk() else { return };
    let reply = worker.browser().send(&Request::new("GET", "/deskgate/health"));
    assert_eq!(reply.status, 200, "{reply}");
}
