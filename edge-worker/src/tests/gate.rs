//! What reaches the origin.

use deskgate_core::session::{ExpectedOriginToken, verify_origin_token};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::admin::{apply, deployment_with};
use super::browser::{Browser, NAVIGATION, location, settings};
use super::harness::{CRYPTO, Deployment};
use super::identity_provider::{Claims, respond};
use super::people::sign_in;
use crate::gate::Forward;
use crate::http::tests::request;

pub(super) fn signed_in() -> (Deployment, Browser) {
    let mut deployment = deployment_with(&settings());
    let mut browser = Browser::default();
    let id = browser.begin(&mut deployment, "/");
    let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() });
    assert_eq!(browser.complete(&mut deployment, &response, &id).status, 303);
    (deployment, browser)
}

/// As the shim reads it.
impl Serialize for Forward {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.lines(None, None);
        let lines: Vec<&str> = text.split('\n').collect();
        let ["forward", url, is, "", "", remove, ref set @ ..] = lines[..] else {
            panic!("{text}");
        };
        let is = |letter| is.contains(letter);
        let forward = json!({
            "url": url,
            "personal": is('p'),
            "renews": is('n'),
            "replays": is('b'),
            "watched": is('w'),
            "remove": remove.split(' ').collect::<Vec<_>>(),
            "set": set.chunks(2).collect::<Vec<_>>(),
        });
        forward.serialize(serializer)
    }
}

pub(super) fn read(forward: &Forward) -> Value {
    json!(forward)
}

pub(super) fn set<'a>(forward: &'a Value, name: &str) -> Option<&'a str> {
    let pairs = forward["set"].as_array().unwrap();
    pairs.iter().find(|pair| pair[0] == name).map(|pair| pair[1].as_str().unwrap())
}

fn removes(forward: &Value, name: &str) -> bool {
    forward["remove"].as_array().unwrap().iter().any(|removed| removed == name)
}

#[test]
fn the_origin_learns_who_is_calling_from_a_token_for_this_request() {
    let (mut deployment, mut browser) = signed_in();
    let outcome = browser.send(&mut deployment, "PUT", "/tickets/1?a=b", "", "");
    let forward = read(&outcome.forward());
    assert_eq!(forward["url"], "https://tickets.internal/tickets/1?a=b");
    assert_eq!(forward["personal"], true);
    let keys = browser.open(&mut deployment, "/deskgate/jwks.json").response().body;
    let keys =
        deskgate_core::jose::JwkSet::parse(keys.as_bytes(), deskgate_core::jose::JwkKind::PUBLIC);
    let expected = ExpectedOriginToken {
        desk_url: "https://help.contoso.com",
        origin: "https://tickets.internal",
        method: "PUT",
        path_and_query: "/tickets/1?a=b",
    };
    let token = set(&forward, "Deskgate-Assertion").unwrap();
    let token =
        verify_origin_token(token, &keys.unwrap(), &expected, deployment.now, &CRYPTO).unwrap();
    assert_eq!(token.session().person().name.as_deref(), Some("B. Simon"));
}

#[test]
fn headers_that_only_we_may_set_are_replaced_or_removed() {
    let (mut deployment, mut browser) = signed_in();
    let headers = "deskgate-assertion:evil\nDeskgate_Assertion:evil\nx_forwarded_user:evil\n\
        remote-user:evil\nx-forwarded-for:192.0.2.99\nx-original-url:/admin\n\
        connection:close, x-trace\nx-trace:1\nexpect:100-continue\nhost:help.contoso.com\naccept:text/html\n";
    let forward = read(&browser.send(&mut deployment, "GET", "/", headers, "").forward());
    for name in [
        "deskgate-assertion",
        "Deskgate_Assertion",
        "x_forwarded_user",
        "remote-user",
        "x-original-url",
        "connection",
        "x-trace",
        "expect",
        "host",
        "cookie",
    ] {
        assert!(removes(&forward, name), "{name}");
    }
    assert!(!removes(&forward, "accept"));
    assert_eq!(set(&forward, "X-Forwarded-For"), Some("192.0.2.7"));
    assert_eq!(set(&forward, "X-Forwarded-Host"), Some("help.contoso.com"));
    assert_eq!(set(&forward, "X-Forwarded-Proto"), Some("https"));
}

#[test]
fn a_header_that_cannot_be_removed_is_refused_with_its_request() {
    let (mut deployment, mut browser) = signed_in();
    for path in ["/tickets/1", "/assets/a.js"] {
        // As workerd shows a byte that is not of UTF-8.
        let headers = "accept:text/html\nremote\u{fffd}user:evil\n";
        let page = browser.send(&mut deployment, "GET", path, headers, "").response();
        assert_eq!(page.status, 400, "{path}");
    }
}

#[test]
fn a_get_with_a_body_is_refused_instead_of_blaming_the_origin() {
    let (mut deployment, mut browser) = signed_in();
    for path in ["/tickets/1", "/assets/a.js"] {
        let headers = "accept:text/html\ncontent-length:2\n";
        let page = browser.send(&mut deployment, "GET", path, headers, "{}").response();
        assert_eq!(page.status, 400, "{path}");
    }
}

#[test]
fn public_paths_need_no_session_and_carry_no_identity() {
    let (mut deployment, mut browser) = signed_in();
    browser.cookies.insert("app".to_owned(), "1".to_owned());
    let headers = "remote-user:evil\n";
    let forward =
        read(&browser.send(&mut deployment, "GET", "/assets/a.js", headers, "").forward());
    assert!(removes(&forward, "remote-user"));
    assert_eq!(set(&forward, "Deskgate-Assertion"), None);
    assert_eq!(set(&forward, "Cookie"), Some("app=1"));
    assert_eq!(forward["personal"], false);
    for path in ["/assets/..%2fadmin", "/assets", "/assets/%2e%2e/admin", "/Assets/a.js"] {
        let outcome = Browser::default().open(&mut deployment, path);
        assert_eq!(outcome.response().status, 302, "{path}");
    }
}

#[test]
fn a_script_without_a_session_is_told_so_in_json() {
    let (mut deployment, _) = signed_in();
    let response = deployment.handle(request("GET", "/api", "accept:*/*\n"), b"").response();
    assert_eq!(response.status, 401);
    let body: Value = serde_json::from_str(&response.body).unwrap();
    assert_eq!(body["code"], "session.required");
    assert_eq!(body["login_url"], "https://help.contoso.com/deskgate/login");
}

#[test]
fn a_form_sent_without_a_session_is_not_lost_silently() {
    let (mut deployment, _) = signed_in();
    let headers = format!("{NAVIGATION}referer:https://help.contoso.com/tickets/1/reply\n");
    let page = deployment.handle(request("POST", "/tickets/1", &headers), b"text=x").response();
    assert_eq!(page.status, 401);
    assert!(page.body.contains("Your session has ended"));
    assert!(page.body.contains("/deskgate/login?return=%2Ftickets%2F1%2Freply"), "{}", page.body);
}

#[test]
fn a_web_socket_needs_a_session_and_a_page_of_the_own_origin() {
    let (mut deployment, mut browser) = signed_in();
    let upgrade = |origin: &str| format!("connection:Upgrade\nupgrade:websocket\n{origin}");
    let own = upgrade("origin:https://help.contoso.com\n");
    let forward = read(&browser.send(&mut deployment, "GET", "/live", &own, "").forward());
    assert!(set(&forward, "Deskgate-Assertion").is_some());
    assert!(!removes(&forward, "upgrade"));
    for origin in ["", "origin:https://evil.example\n", "origin:null\n"] {
        let outcome = browser.send(&mut deployment, "GET", "/live", &upgrade(origin), "");
        assert_eq!(outcome.response().status, 403, "{origin}");
    }
    let stranger = Browser::default().send(&mut deployment, "GET", "/live", &own, "");
    assert_eq!(stranger.response().status, 401);
}

#[test]
fn sessions_end_with_the_connection_that_they_came_through() {
    for change in ["switched off", "removed"] {
        let (mut deployment, mut browser) = signed_in();
        browser.open(&mut deployment, "/").forward();
        let mut settings = settings();
        match change {
            "removed" => settings["connections"][0]["name"] = json!("fabrikam"),
            _ => settings["connections"][0]["enabled"] = json!(false),
        }
        assert_eq!(apply(&settings, 2, &mut deployment).status, 200);
        let response = browser.open(&mut deployment, "/").response();
        assert_eq!(response.status, 302, "{change}");
    }
}

#[test]
fn a_session_cookie_that_stands_there_twice_does_not_count() {
    let (mut deployment, browser) = signed_in();
    let token = &browser.cookies["__Host-deskgate"];
    let headers = format!("{NAVIGATION}cookie:__Host-deskgate={token}; __Host-deskgate=x\n");
    let response = deployment.handle(request("GET", "/", &headers), b"").response();
    assert_eq!(response.status, 302);
    assert!(response.headers.iter().any(|(name, value)| *name == "Set-Cookie"
        && value.starts_with("__Host-deskgate=; Path=/; Max-Age=0;")));
}

#[test]
fn a_forged_or_foreign_token_does_not_count() {
    let (mut deployment, browser) = signed_in();
    let token = browser.cookies["__Host-deskgate"].clone();
    let mut forged = token.clone().into_bytes();
    let at = forged.len() - 20;
    forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
    for cookie in [String::from_utf8(forged).unwrap(), token.to_lowercase(), "x".to_owned()] {
        let headers = format!("cookie:__Host-deskgate={cookie}\n");
        let response = deployment.handle(request("GET", "/", &headers), b"").response();
        assert_eq!(response.status, 401);
    }
    let headers = format!("cookie:__Host-deskgate={token}\n");
    deployment.handle(request("GET", "/", &headers), b"").forward();
}

#[test]
fn our_own_paths_never_reach_the_origin() {
    let (mut deployment, mut browser) = signed_in();
    for path in ["/deskgate/", "/deskgate/none", "/deskgate/login/x", "/deskgate/admin/x"] {
        assert_eq!(browser.open(&mut deployment, path).response().status, 404, "{path}");
    }
    let response = browser.send(&mut deployment, "DELETE", "/deskgate/login", NAVIGATION, "");
    assert_eq!(response.response().status, 405);
    let keys = browser.open(&mut deployment, "/.well-known/deskgate/jwks.json").response();
    assert_eq!(keys.status, 200);
}

#[test]
fn plain_http_leads_to_https() {
    let (mut deployment, browser) = signed_in();
    let token = &browser.cookies["__Host-deskgate"];
    let headers = format!("cookie:__Host-deskgate={token}\n");
    let mut head = request("GET", "/tickets?a=b", &headers);
    head.scheme = "http".to_owned();
    let response = deployment.handle(head.clone(), b"").response();
    assert_eq!(response.status, 308);
    assert_eq!(location(&response), "https://help.contoso.com/tickets?a=b");
    head.method = "POST".to_owned();
    assert_eq!(deployment.handle(head, b"").response().status, 421);
}

#[test]
fn the_session_is_shown_to_people_and_to_scripts() {
    let (mut deployment, mut browser) = signed_in();
    let page = browser.open(&mut deployment, "/deskgate/session").response();
    for part in ["B. Simon", "B.Simon@contoso.com", "Contoso", "2026-11-21 22:00 UTC"] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let json = browser.send(&mut deployment, "GET", "/deskgate/session", "", "").response();
    let json: Value = serde_json::from_str(&json.body).unwrap();
    assert_eq!(json["email"], "B.Simon@contoso.com");
    let nobody = Browser::default().open(&mut deployment, "/deskgate/session").response();
    assert_eq!(nobody.status, 401);
}

#[test]
fn over_plain_http_neither_the_helpdesk_nor_our_pages_answer() {
    let mut deployment = deployment_with(&settings());
    for path in ["/tickets/1?a=b", "/deskgate/login", "/deskgate/session"] {
        let mut head = request("GET", path, "");
        head.scheme = "http".to_owned();
        let response = deployment.handle(head, b"").response();
        assert_eq!(response.status, 308, "{path}");
        assert_eq!(location(&response), format!("https://help.contoso.com{path}"));
    }
    let mut head =
        request("POST", "/deskgate/acs", "content-type:application/x-www-form-urlencoded\n");
    head.scheme = "http".to_owned();
    assert_eq!(deployment.handle(head, b"SAMLResponse=AAAA").response().status, 421);
}

#[test]
fn without_forced_sign_in_the_origins_own_stays_reachable() {
    let mut settings = settings();
    settings["force_saml"] = json!(false);
    let mut deployment = deployment_with(&settings);
    let mut browser = Browser::default();
    let headers = format!("{NAVIGATION}deskgate-assertion:evil\nremote-user:evil\n");
    for cookie in [None, Some("not-a-session")] {
        if let Some(value) = cookie {
            browser.cookies.insert("__Host-deskgate".to_owned(), value.to_owned());
        }
        for method in ["GET", "POST"] {
            let outcome = browser.send(&mut deployment, method, "/login", &headers, "");
            let forward = read(&outcome.forward());
            // The origin may know who this is, and no cache may give their page to others (G-12).
            assert_eq!(forward["personal"], true);
            assert_eq!(set(&forward, "Deskgate-Assertion"), None);
            assert!(removes(&forward, "deskgate-assertion") && removes(&forward, "remote-user"));
            assert_eq!(set(&forward, "Cookie"), None);
        }
    }
    // Whoever signs in is known to the origin all the same.
    let mut browser = Browser::default();
    let id = browser.begin(&mut deployment, "/");
    let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() });
    assert_eq!(browser.complete(&mut deployment, &response, &id).status, 303);
    let forward = read(&browser.open(&mut deployment, "/login").forward());
    assert_eq!(forward["personal"], true);
    assert!(set(&forward, "Deskgate-Assertion").is_some());
}

#[test]
fn a_desk_without_an_origin_shows_its_apps() {
    let mut settings = settings();
    settings.as_object_mut().unwrap().remove("origin");
    let app = |name: &str, more: Value| {
        let mut app = json!({
            "name": name, "helpdesk": "zendesk", "mode": "hand_off", "display_name": name,
            "zendesk": { "subdomain": "contoso", "shared_secret": "0123456789abcdef" },
        });
        app.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app
    };
    settings["apps"] = json!([
        app("tickets", json!({})),
        app("asleep", json!({ "enabled": false })),
        app("staff", json!({ "mode": "bridge", "zendesk": { "subdomain": "staff" } })),
    ]);
    let mut deployment = deployment_with(&settings);
    let mut browser = Browser::default();
    let page = browser.open(&mut deployment, "/").response();
    assert_eq!(page.status, 200);
    assert!(page.body.contains("href=\"/deskgate/login\"") && !page.body.contains("tickets"));
    for (method, path) in [("GET", "/tickets"), ("POST", "/"), ("GET", "/assets/a.js")] {
        let page = browser.send(&mut deployment, method, path, NAVIGATION, "").response();
        assert_eq!(page.status, 404, "{method} {path}");
    }
    let id = browser.begin(&mut deployment, "/");
    let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() });
    assert_eq!(browser.complete(&mut deployment, &response, &id).status, 303);
    let page = browser.open(&mut deployment, "/").response();
    assert!(page.body.contains("signed in as B. Simon"), "{}", page.body);
    assert!(page.body.contains("href=\"/deskgate/handoff/tickets\""));
    assert!(page.body.contains("href=\"/deskgate/idp/staff/start\""));
    assert!(!page.body.contains("asleep"));
}

#[test]
fn plain_headers_say_what_the_desk_wants_and_never_what_the_client_does() {
    let mut settings = settings();
    settings["origin_headers"] = json!({ "remote_user": "email", "x_forwarded_user": "id" });
    let mut deployment = deployment_with(&settings);
    let mut browser = Browser::default();
    let id = browser.begin(&mut deployment, "/");
    let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() });
    assert_eq!(browser.complete(&mut deployment, &response, &id).status, 303);
    let headers = "remote-user:evil\nREMOTE_USER:evil\nx-forwarded-user:evil\nRemote-Email:evil\n\
        connection:close, remote-user\n";
    let forward = read(&browser.send(&mut deployment, "GET", "/", headers, "").forward());
    assert_eq!(set(&forward, "Remote-User"), Some("b.simon@contoso.com"));
    assert!(set(&forward, "Deskgate-Assertion").is_some());
    // Not known of this person, or not wanted: nobody says it.
    for name in ["X-Forwarded-User", "Remote-Email", "Remote-Name", "X-Forwarded-Email"] {
        assert_eq!(set(&forward, name), None, "{name}");
    }
    for name in ["remote-user", "REMOTE_USER", "x-forwarded-user", "Remote-Email"] {
        assert!(removes(&forward, name), "{name}");
    }
    // Neither on public paths nor for somebody who is not signed in.
    let forward =
        read(&browser.send(&mut deployment, "GET", "/assets/a.js", headers, "").forward());
    assert!(removes(&forward, "remote-user"));
    assert_eq!(set(&forward, "Remote-User"), None);
    settings["force_saml"] = json!(false);
    let mut deployment = deployment_with(&settings);
    let outcome = Browser::default().send(&mut deployment, "GET", "/", headers, "");
    assert_eq!(set(&read(&outcome.forward()), "Remote-User"), None);
}

#[test]
fn a_path_that_wants_a_recent_sign_in_asks_for_one_and_leads_back() {
    let mut settings = settings();
    settings["fresh"] = json!([{ "path": "/admin/", "max_age_seconds": 900 }]);
    let mut deployment = deployment_with(&settings);
    let (mut browser, _) = sign_in(&mut deployment, 1);
    deployment.advance(900);
    browser.open(&mut deployment, "/admin/users").forward();
    deployment.advance(1);
    for path in ["/admin/users", "/Admin/users", "/%61dmin", "/x/..%2fadmin"] {
        assert_eq!(browser.open(&mut deployment, path).response().status, 302, "{path}");
    }
    browser.open(&mut deployment, "/tickets").forward();
    let script =
        browser.send(&mut deployment, "GET", "/admin/users", "accept:*/*\n", "").response();
    assert_eq!(script.status, 401);
    assert!(script.body.contains("session.not_fresh"), "{}", script.body);
    let path = "/deskgate/login?return=%2Fadmin%2Fusers";
    let to_login = browser.open(&mut deployment, "/admin/users").response();
    assert_eq!(location(&to_login), format!("https://help.contoso.com{path}"));
    // An identity provider that answers with the old sign-in is refused, and nothing turns in circles.
    let id = browser.begin(&mut deployment, "/admin/users");
    let old = Claims { in_response_to: Some(&id), assertion_id: "_old", ..Claims::default() };
    assert_eq!(browser.complete(&mut deployment, &respond(&old), &id).status, 403);
    assert_eq!(deployment.events().last().unwrap(), "saml.authn_too_old");
    let id = browser.begin(&mut deployment, "/admin/users");
    let new = Claims {
        in_response_to: Some(&id),
        assertion_id: "_new",
        issued_at: deployment.now,
        ..Claims::default()
    };
    let back = browser.complete(&mut deployment, &respond(&new), &id);
    assert_eq!(location(&back), "https://help.contoso.com/admin/users");
    browser.open(&mut deployment, "/admin/users").forward();
}
