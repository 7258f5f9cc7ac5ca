//! What a client may try besides signing in: other gateways' advisories, and answers that somebody
//! else could keep.

use std::collections::BTreeSet;

use deskgate_core::saml::binding::redirect::inflate_value;

use super::admin::deployment_with;
use super::browser::{Browser, NAVIGATION, location, settings};
use super::harness::{Deployment, Outcome};
use super::identity_provider::{ACS, Claims, respond};
use crate::http::tests::request;
use crate::http::{Parameters, Response};

const FORM: &str = "content-type:application/x-www-form-urlencoded\n";

fn signed_in() -> (Deployment, Browser) {
    let mut deployment = deployment_with(&settings());
    let mut browser = Browser::default();
    let id = browser.begin(&mut deployment, "/");
    let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() });
    assert_eq!(browser.complete(&mut deployment, &response, &id).status, 303);
    (deployment, browser)
}

/// Headers that opened other gateways: health checks by User-Agent (CVE-2026-34457), the address of an
/// outer proxy (CVE-2026-40575), another method, ECP (mod_auth_mellon CVE-2019-3878), addresses that
/// are trusted elsewhere.
const OPENERS: &[&str] = &[
    "user-agent:GoogleHC/1.0",
    "user-agent:kube-probe/1.29",
    "user-agent:ELB-HealthChecker/2.0",
    "x-forwarded-uri:/robots.txt",
    "x-original-url:/robots.txt",
    "x-original-uri:/robots.txt",
    "x-rewrite-url:/robots.txt",
    "x-forwarded-prefix:/assets/",
    "x-forwarded-path:/assets/a.js",
    "x-forwarded-for:127.0.0.1",
    "x-real-ip:127.0.0.1",
    "cf-connecting-ip:127.0.0.1",
    "forwarded:for=127.0.0.1;host=help.contoso.com;proto=https",
    "x-forwarded-host:127.0.0.1",
    "x-http-method-override:OPTIONS",
    "x-http-method:HEAD",
    "x-method-override:OPTIONS",
    "accept:application/vnd.paos+xml\npaos:ver='urn:liberty:paos:2003-08'",
    "authorization:Bearer x",
    "authorization:Basic YWRtaW46YWRtaW4=",
    "remote-user:admin",
    "deskgate-assertion:x",
    "referer:https://help.contoso.com/robots.txt",
    "connection:cookie, host",
    "upgrade:h2c\nconnection:Upgrade, HTTP2-Settings",
    "upgrade-insecure-requests:1",
    "sec-purpose:prefetch",
    "cookie:__Host-deskgate=",
    "cookie:__Host-deskgate=null; deskgate=admin",
];

#[test]
fn nothing_but_a_session_opens_a_protected_path() {
    let (mut deployment, _) = signed_in();
    let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X"];
    let paths = [
        "/tickets/1",
        "/",
        "/admin?next=/robots.txt",
        "/admin?/assets/",
        "/robots.txt/",
        "/robots.txt;/admin",
        "/assets/%2e%2e/admin",
        "/assets/..;/admin",
        "/assets/..%5cadmin",
        "/tickets/1/style.css",
        "/tickets/1%2fstyle.css",
        "/ROBOTS.TXT",
        "/.well-known/x",
        "/deskgate",
        "/Deskgate/health",
        "/%64eskgate/health",
    ];
    for header in ["", NAVIGATION].iter().chain(OPENERS) {
        for method in methods {
            for path in paths {
                let head = request(method, path, &format!("{header}\n"));
                let response = match deployment.handle(head, b"") {
                    Outcome::Answered(response) => response,
                    Outcome::Forwarded(forward) => panic!("{method} {path} {header}: {forward:?}"),
                };
                assert!(matches!(response.status, 302 | 401), "{method} {path}: {response:?}");
            }
        }
    }
}

/// No method stands for another one: what only POST may do, nothing else does.
#[test]
fn a_method_in_a_header_is_no_method() {
    let (mut deployment, mut browser) = signed_in();
    for header in ["x-http-method-override", "x-http-method", "x-method-override"] {
        let headers = format!("{NAVIGATION}{header}:POST\norigin:https://help.contoso.com\n");
        for path in ["/deskgate/logout?_method=POST", "/deskgate/acs/complete?SAMLResponse=x"] {
            browser.send(&mut deployment, "GET", path, &headers, "_method=POST");
        }
        browser.open(&mut deployment, "/").forward();
    }
}

fn header<'r>(response: &'r Response, name: &str) -> Vec<&'r str> {
    response.headers.iter().filter(|(n, _)| *n == name).map(|(_, v)| v.as_str()).collect()
}

/// G-12: whatever the extension of the path and whoever asks, no cache may keep what we answer. The
/// three public documents are the same for everybody and set no cookie.
#[test]
fn no_answer_of_our_own_is_kept_by_a_cache() {
    let (mut deployment, mut browser) = signed_in();
    let mut other = Browser::default();
    let id = other.begin(&mut deployment, "/");
    let mut answers = Vec::new();
    for who in [&mut Browser::default(), &mut browser] {
        for headers in [NAVIGATION, "accept:*/*\n", "accept:application/json\n"] {
            for method in ["GET", "HEAD", "POST", "DELETE"] {
                for path in [
                    "/tickets/1",
                    "/tickets/1.css",
                    "/deskgate/login",
                    "/deskgate/login?connection=none",
                    "/deskgate/login?return=/&return=/",
                    "/deskgate/logout",
                    "/deskgate/session",
                    "/deskgate/session.css",
                    "/deskgate/session/a.js",
                    "/deskgate/acs",
                    "/deskgate/acs/complete",
                    "/deskgate/health",
                    "/deskgate/admin/settings",
                    "/deskgate/none.png",
                    "/deskgate/",
                ] {
                    let headers = format!("{headers}{FORM}");
                    if let Outcome::Answered(answer) =
                        who.send(&mut deployment, method, path, &headers, "")
                    {
                        answers.push((format!("{method} {path}"), answer));
                    }
                }
            }
        }
    }
    for (response, relay_state) in [("<x/>", id.as_str()), ("<x/>", "")] {
        let answer = other.complete(&mut deployment, response, relay_state);
        answers.push(("refused".to_owned(), answer));
    }
    let claims = Claims { in_response_to: Some(&id), assertion_id: "_2", ..Claims::default() };
    let accepted = other.complete(&mut deployment, &respond(&claims), &id);
    assert_eq!(accepted.status, 303, "{}", accepted.body);
    answers.push(("accepted".to_owned(), accepted));
    let mut plain = request("GET", "/", NAVIGATION);
    plain.scheme = "http".to_owned();
    answers.push(("http".to_owned(), deployment.handle(plain, b"").response()));

    let mut seen = BTreeSet::new();
    for (what, answer) in &answers {
        seen.insert(answer.status);
        assert_eq!(header(answer, "Cache-Control"), ["private, no-store"], "{what}: {answer:?}");
    }
    for status in [200, 302, 303, 308, 400, 401, 403, 404, 405] {
        assert!(seen.contains(&status), "{status} was not among {seen:?}");
    }
    for path in ["/deskgate/metadata", "/deskgate/jwks.json", "/.well-known/deskgate/jwks.json"] {
        let document = browser.open(&mut deployment, path).response();
        assert_eq!(document.status, 200);
        assert!(header(&document, "Cache-Control")[0].starts_with("public, max-age="), "{path}");
        assert!(header(&document, "Set-Cookie").is_empty());
    }
}

/// B-10: where we are is configuration. What the client says about it changes no address of ours.
#[test]
fn forwarding_headers_have_no_say_in_our_own_addresses() {
    let mut deployment = deployment_with(&settings());
    let headers = format!(
        "{NAVIGATION}host:evil.example\nx-forwarded-host:evil.example\nx-forwarded-proto:http\n\
         x-forwarded-port:81\nx-forwarded-prefix:/evil\nx-original-host:evil.example\n\
         forwarded:host=evil.example;proto=http\nx-host:evil.example\n"
    );
    let mut open = |path: &str| {
        let answer = deployment.handle(request("GET", path, &headers), b"").response();
        for (name, value) in &answer.headers {
            assert!(!value.contains("evil"), "{path} {name}: {value}");
        }
        assert!(!answer.body.contains("evil"), "{path}: {}", answer.body);
        answer
    };
    let login = open("/deskgate/login");
    let query = location(&login).split_once('?').unwrap().1;
    let parameters = Parameters::parse(query.as_bytes());
    let message = inflate_value(parameters.once("SAMLRequest").unwrap().unwrap()).unwrap();
    assert!(message.contains(&format!("AssertionConsumerServiceURL=\"{ACS}\"")), "{message}");
    assert!(!message.contains("evil"), "{message}");
    assert!(open("/deskgate/metadata").body.contains(ACS));
    assert!(location(&open("/tickets/1")).starts_with("https://help.contoso.com/deskgate/login"));
    open("/deskgate/session");
    open("/deskgate/none");
}

/// Each question costs the object the time of those who sign in, and it would keep no more of them.
#[test]
fn a_flood_of_refusals_is_no_flood_of_questions() {
    let mut deployment = deployment_with(&settings());
    for (path, headers) in [
        ("/deskgate/global-token-revocation/contoso", "authorization:Bearer x\n"),
        ("/deskgate/admin/keys", "authorization:Bearer x\n"),
        ("/deskgate/acs/complete", FORM),
        ("/deskgate/break-glass", FORM),
    ] {
        deployment.advance(60);
        let asked = deployment.asked;
        for _ in 0..1_000 {
            let outcome =
                deployment.handle(request("POST", path, headers), b"SAMLResponse=x&token=x");
            assert!(outcome.response().status >= 400, "{path}");
        }
        assert!((1..=62).contains(&(deployment.asked - asked)), "{path}");
    }
}
