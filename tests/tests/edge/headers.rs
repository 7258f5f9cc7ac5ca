//! Nothing that a client sends may look to the origin like deskgate's word (attacks G-01 to G-06).

use std::time::Duration;

use deskgate_core::crypto::RustCrypto;
use deskgate_core::jose::{JwkKind, JwkSet};
use deskgate_core::policy::headers::{ASSERTION_HEADER, fold};
use deskgate_core::session::{ExpectedOriginToken, verify_origin_token};
use deskgate_tests::browser::{Browser, Request};
use deskgate_tests::origin::{Origin, Seen};
use deskgate_tests::sign_in::signed_in;
use serde_json::json;

use crate::setting::{Setting, claims, desk};

/// Spellings of the header of the origin token, and headers of other gateways and proxies.
const FORGED: &[&str] = &[
    "Deskgate-Assertion",
    "deskgate-assertion",
    "DESKGATE-ASSERTION",
    "Deskgate_Assertion",
    "DESKGATE_ASSERTION",
    "deskgate_Assertion",
    "Deskgate.Assertion",
    "Deskgate~Assertion",
    "Deskgate\u{e9}Assertion",
    "X-Deskgate-User",
    "X-Forwarded-User",
    "X_Forwarded_User",
    "x-forwarded-for",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Prefix",
    "Forwarded",
    "X-Real-IP",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X-HTTP-Method-Override",
    "Remote-User",
    "REMOTE_USER",
    "Remote\u{e9}User",
    "X-Remote-User",
    "X-Authenticated-User",
    "X-Auth-Request-Email",
    "Cf-Access-Jwt-Assertion",
    "X-Goog-Authenticated-User-Email",
    "X-Amzn-Oidc-Data",
    "X-WEBAUTH-USER",
    "Ssl-Client-Cert",
];

/// Sends every forged header on one request each and looks at what arrives.
#[track_caller]
fn check_forged(browser: &mut Browser, origin: &Origin, request: &Request, expected_tokens: usize) {
    for name in FORGED {
        let before = origin.seen().len();
        let reply =
            browser.send(&request.clone().header(name, "forged").header(name, "forged again"));
        let seen = origin.seen();
        if seen.len() == before {
            assert_eq!(reply.status, 400, "{name}: {reply}");
            continue;
        }
        assert_clean(&seen[seen.len() - 1], name, expected_tokens);
    }
}

#[track_caller]
fn assert_clean(seen: &Seen, name: &str, expected_tokens: usize) {
    for (sent, value) in &seen.headers {
        assert!(!value.contains("forged"), "{sent} reached the origin, from {name}: {value}");
    }
    let tokens =
        seen.headers.iter().filter(|(sent, _)| fold(sent) == fold(ASSERTION_HEADER)).count();
    assert_eq!(tokens, expected_tokens, "{name}");
}

#[test]
fn forged_headers_do_not_reach_the_origin_with_a_session() {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    check_forged(&mut browser, &origin, &Request::navigation("/tickets/1"), 1);
}

#[test]
fn forged_headers_do_not_reach_the_origin_on_public_paths() {
    let Some(Setting { worker, origin, .. }) = desk() else { return };
    check_forged(&mut worker.browser(), &origin, &Request::navigation("/robots.txt"), 0);
}

#[test]
fn forged_headers_do_not_reach_the_origin_with_a_websocket() {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let browser = signed_in(&worker, &issuer);
    for name in FORGED {
        let request = crate::streams::websocket(&worker, "/live").header(name, "forged");
        let before = origin.seen().len();
        let reply = browser.clone().begin(&request).expect("an answer");
        if reply.status == 101 {
            assert_clean(&origin.last(), name, 1);
        } else {
            assert_eq!(origin.seen().len(), before, "{name}");
        }
    }
}

#[test]
fn connection_cannot_take_the_origin_token_away() {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    for named in
        ["Deskgate-Assertion", "close, deskgate-assertion", "Cookie, Deskgate-Assertion", "x-y"]
    {
        let request =
            Request::navigation("/tickets/1").header("Connection", named).header("X-Y", "hop");
        let reply = browser.send(&request);
        assert!(matches!(reply.status, 200 | 400), "{named}: {reply}");
        if reply.status == 200 {
            let seen = origin.last();
            assert!(seen.header("Deskgate-Assertion").is_some(), "{named}: {seen:?}");
            let connection = seen.header("Connection").unwrap_or_default();
            assert!(!connection.to_ascii_lowercase().contains("deskgate"), "{named}: {connection}");
        }
    }
}

#[test]
fn headers_of_one_hop_are_not_forwarded() {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let request = Request::navigation("/tickets/1")
        .header("Connection", "x-only-for-the-gate")
        .header("X-Only-For-The-Gate", "1")
        .header("Keep-Alive", "timeout=5")
        .header("Proxy-Authorization", "Basic eDp5")
        .header("TE", "trailers");
    let reply = browser.send(&request);
    assert_eq!(reply.status, 200, "{reply}");
    let seen = origin.last();
    for name in ["x-only-for-the-gate", "keep-alive", "proxy-authorization", "te"] {
        assert_eq!(seen.header(name), None, "{name}: {seen:?}");
    }
}

#[test]
fn ordinary_headers_reach_the_origin_unchanged() {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let sent = [
        ("Accept-Language", "de, en;q=0.5"),
        ("Authorization", "Bearer of-the-helpdesk"),
        ("If-None-Match", "\"abc\""),
        ("X-CSRF-Token", "abc"),
        ("Range", "bytes=0-9"),
        ("User-Agent", "tests"),
        ("Referer", "http://127.0.0.1/"),
    ];
    let request = sent.iter().fold(Request::navigation("/tickets/1"), |r, (n, v)| r.header(n, v));
    browser.send(&request);
    let seen = origin.last();
    for (name, value) in sent {
        assert_eq!(seen.header(name), Some(value), "{name}: {seen:?}");
    }
}

#[test]
fn plain_headers_say_who_it_is_where_the_settings_want_them_and_never_what_a_client_sent() {
    let Some(Setting { worker, origin, issuer, mut settings }) = desk() else { return };
    let names =
        ["Remote-User", "Remote-Email", "Remote-Name", "X-Forwarded-User", "X-Forwarded-Email"];
    let forge = |target: &str| {
        names.iter().fold(Request::navigation(target), |request, name| {
            let request = request.header(name, "forged").header(&name.to_uppercase(), "forged");
            request.header(&name.replace('-', "_"), "forged")
        })
    };
    let mut browser = signed_in(&worker, &issuer);
    let mut check = |target: &str, expected: [Option<&str>; 5]| {
        assert_eq!(browser.send(&forge(target)).status, 200, "{target}");
        let seen = origin.last();
        for (name, expected) in names.iter().zip(expected) {
            assert_eq!(seen.header(name), expected, "{target} {name}");
            assert_eq!(seen.count_folded(name), usize::from(expected.is_some()), "{target} {name}");
        }
    };
    check("/tickets/1", [None; 5]);
    settings["origin_headers"] = json!({ "remote_user": "email", "x_forwarded_user": "name" });
    worker.apply(&settings);
    check("/tickets/1", [Some("b.simon@contoso.com"), None, None, Some("B. Simon"), None]);
    check("/robots.txt", [None; 5]);
    settings["force_saml"] = false.into();
    worker.apply(&settings);
    assert_eq!(worker.browser().send(&forge("/tickets/1")).status, 200);
    for name in names {
        assert_eq!(origin.last().count_folded(name), 0, "without a session: {name}");
    }
}

#[test]
fn our_cookies_stay_at_the_gate_and_others_pass() {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let ours = browser.cookies().clone();
    browser.cookies().push(deskgate_tests::browser::Cookie {
        name: "helpdesk_session".to_owned(),
        value: "a=b\"c\"".to_owned(),
        cross_site: false,
    });
    browser.open("/tickets/1");
    let cookie = origin.last().header("Cookie").expect("the helpdesk's own cookie").to_owned();
    assert_eq!(cookie, "helpdesk_session=a=b\"c\"");
    *browser.cookies() = ours;
    browser.open("/tickets/1");
    assert_eq!(origin.last().header("Cookie"), None);
}

#[test]
fn the_origin_cannot_set_our_cookies() {
    let origin = Origin::start_with(Box::new(|_, wire| {
        let headers = [
            ("Set-Cookie", "helpdesk_session=1; Path=/"),
            ("Set-Cookie", "__Host-deskgate=x; Secure; Path=/"),
            ("Set-Cookie", "__host-DESKGATE=x; Secure; Path=/"),
            ("Set-Cookie", "__Host-deskgate-login=x; Secure; Path=/"),
            ("Set-Cookie", "helpdesk_language=de; Path=/; HttpOnly"),
        ];
        deskgate_tests::origin::answer(wire, 200, &headers, b"ok")
    }));
    let Some(Setting { worker, issuer, .. }) = crate::setting::desk_with(origin, |_| {}) else {
        return;
    };
    let mut browser = signed_in(&worker, &issuer);
    for target in ["/tickets/1", "/robots.txt"] {
        let reply = browser.open(target);
        let set: Vec<&str> = reply
            .headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
            .map(|(_, value)| value.split('=').next().unwrap_or_default())
            .collect();
        assert_eq!(set, ["helpdesk_session", "helpdesk_language"], "{target}: {reply}");
    }
}

#[test]
fn pages_behind_the_gate_are_not_kept_by_shared_caches() {
    let origin = Origin::start_with(Box::new(|_, wire| {
        let headers = [("Cache-Control", "public, max-age=3600")];
        deskgate_tests::origin::answer(wire, 200, &headers, b"ok")
    }));
    let Some(Setting { worker, issuer, .. }) = crate::setting::desk_with(origin, |_| {}) else {
        return;
    };
    let reply = signed_in(&worker, &issuer).open("/tickets/1.css");
    let cache_control = reply.header("cache-control").unwrap_or_default();
    assert!(cache_control.contains("private") && !cache_control.contains("public"), "{reply}");
}

#[test]
fn the_origin_token_is_good_for_its_own_request_only_and_for_a_minute() {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let jwks = worker.browser().open("/deskgate/jwks.json").text();
    let keys = JwkSet::parse(jwks.as_bytes(), JwkKind::ALL).expect("a key set");
    browser.send(&Request::new("POST", "/tickets/1?a=b"));
    let token = origin.last().header("Deskgate-Assertion").expect("an origin token").to_owned();
    let verdict = |method: &str, path_and_query: &str, aud: &str, later: u64| {
        let expected =
            ExpectedOriginToken { desk_url: &worker.url(), origin: aud, method, path_and_query };
        let now = worker.now().saturating_add(Duration::from_secs(later));
        verify_origin_token(&token, &keys, &expected, now, &RustCrypto::new()).is_ok()
    };
    let here = origin.url();
    assert!(verdict("POST", "/tickets/1?a=b", &here, 0));
    assert!(!verdict("GET", "/tickets/1?a=b", &here, 0), "another method");
    assert!(!verdict("POST", "/tickets/2?a=b", &here, 0), "another path");
    assert!(!verdict("POST", "/tickets/1?a=c", &here, 0), "another query");
    assert!(!verdict("POST", "/tickets/1?a=b", "https://other.example", 0), "another origin");
    assert!(!verdict("POST", "/tickets/1?a=b", &here, 150), "too late");
    browser.send(&Request::new("POST", "/tickets/1?a=b"));
    let again = origin.last().header("Deskgate-Assertion").expect("an origin token").to_owned();
    assert_ne!(claims(&token)["jti"], claims(&again)["jti"]);
}
