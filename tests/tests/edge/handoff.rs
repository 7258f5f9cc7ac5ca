//! From a session in the real Worker to the token of each hosted helpdesk, judged by libraries that
//! nobody here wrote.

use deskgate_tests::browser::{Browser, Reply, Request};
use deskgate_tests::html::first_form;
use deskgate_tests::judge::{PYTHON, judge};
use deskgate_tests::sign_in::{decode, signed_in, solicited};
use serde_json::{Value, json};

use crate::setting::{Setting, claims, desk_where};

const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";

const EMAIL: &str = "B.Simon@contoso.com";

const FRESHWORKS_REDIRECT: &str = "https://contoso.freshworks.com/sp/OIDC/123/implicit";

fn app(name: &str, helpdesk: &str, table: &Value) -> Value {
    json!({
        "name": name, "helpdesk": helpdesk, "mode": "hand_off", "provisioning": "just_in_time",
        helpdesk: table,
    })
}

fn with_apps() -> Option<Setting> {
    desk_where(|settings| {
        settings["apps"] = json!([
            app(
                "zendesk",
                "zendesk",
                &json!({
                    "subdomain": "contoso",
                    "brands": { "360001": "contoso-parts" },
                    "shared_secret": SECRET,
                    "send_external_id": true,
                })
            ),
            app(
                "docs",
                "help_scout",
                &json!({
                    "docs_url": "https://contoso.helpscoutdocs.com",
                    "docs_secret": SECRET,
                    "beacon_secret": SECRET,
                    "beacon_sites": ["https://www.contoso.com"],
                })
            ),
            app(
                "jitbit",
                "jitbit",
                &json!({
                    "url": "https://contoso.jitbit.com/helpdesk",
                    "autologin_secret": SECRET,
                })
            ),
            app(
                "freshworks",
                "freshworks",
                &json!({
                    "account": "contoso.freshworks.com",
                    "client_id": "client-1",
                    "redirect_uris": [FRESHWORKS_REDIRECT],
                })
            ),
        ]);
    })
}

/// Where a redirect with a token leads, after a look at what keeps it from being kept.
#[track_caller]
fn redirected(browser: &mut Browser, target: &str) -> String {
    let reply = browser.open(target);
    assert_eq!(reply.status, 303, "{reply}");
    assert_eq!(reply.header("Cache-Control"), Some("private, no-store"), "{reply}");
    assert_eq!(reply.header("Referrer-Policy"), Some("no-referrer"), "{reply}");
    reply.location().to_owned()
}

#[track_caller]
fn parameter(address: &str, name: &str) -> String {
    let (_, query) = address.split_once('?').expect("a query");
    let found = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    decode(&found.unwrap_or_else(|| panic!("no {name}: {address}")).replace('+', " "))
}

/// The form of the page for Zendesk: its address, and the token.
#[track_caller]
fn zendesk_form(page: &Reply) -> (String, String) {
    assert_eq!(page.status, 200, "{page}");
    let (action, fields) = first_form(&page.text());
    let [(name, token)] = &fields[..] else { panic!("one field: {fields:?}") };
    assert_eq!(name, "jwt");
    (action, token.clone())
}

/// A token as a case of the vectors: all of its claims are as expected, those that are new each time as
/// they are.
fn jwt_case(kind: &str, token: &str, more: Value, expected: Value) -> Value {
    let found = claims(token);
    let mut expected = expected;
    for claim in ["iat", "exp", "jti", "sub", "external_id"] {
        if let (None, Some(value)) = (expected.get(claim), found.get(claim)) {
            expected[claim] = value.clone();
        }
    }
    let mut case = json!({ "kind": kind, "token": token, "claims": expected, "expected": "ok" });
    case.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    case
}

fn zendesk_case(browser: &mut Browser) -> Value {
    let (_, token) = zendesk_form(&browser.open("/deskgate/handoff/zendesk"));
    let more = json!({ "secret": SECRET, "algorithm": "HS256" });
    jwt_case("zendesk", &token, more, json!({ "email": EMAIL, "name": "B. Simon" }))
}

fn docs_case(browser: &mut Browser) -> Value {
    let address = redirected(browser, "/deskgate/handoff/docs?returnTo=%2Farticle%2F1");
    let token = parameter(&address, "token");
    let more = json!({ "secret": SECRET, "algorithm": "HS512", "address": address });
    jwt_case("help_scout_docs", &token, more, json!({ "sub": EMAIL }))
}

fn jitbit_case(browser: &mut Browser, date: &str) -> Value {
    let path = "/deskgate/handoff/jitbit?ReturnUrl=%2Fhelpdesk%2FTicket%2F17";
    json!({
        "kind": "jitbit", "secret": SECRET, "link": redirected(browser, path),
        "day": &date[8..10], "month": &date[5..7],
        "given_name": "B.", "family_name": "Simon", "organization": null, "expected": "ok",
    })
}

fn freshworks_case(browser: &mut Browser, desk_url: &str) -> Value {
    let path = format!(
        "/deskgate/handoff/freshworks?client_id=client-1&state=a%2Bb%26c&nonce=n%2F1&redirect_uri=\
         {FRESHWORKS_REDIRECT}"
    );
    let address = redirected(browser, &path);
    let token = parameter(&address, "id_token");
    let more = json!({ "algorithm": "RS256", "address": address, "state": "a+b&c" });
    let expected = json!({
        "iss": desk_url, "aud": "client-1", "email": EMAIL, "nonce": "n/1", "name": "B. Simon",
        "given_name": "B.", "family_name": "Simon",
    });
    jwt_case("freshworks", &token, more, expected)
}

fn ask_beacon(browser: &mut Browser, site: &str, origin: Option<&str>) -> Reply {
    let mut request = Request::new("GET", "/deskgate/handoff/docs/beacon")
        .header("Sec-Fetch-Mode", "cors")
        .header("Sec-Fetch-Dest", "empty")
        .header("Sec-Fetch-Site", site);
    if let Some(origin) = origin {
        request = request.header("Origin", origin);
    }
    browser.send(&request)
}

fn beacon_case(browser: &mut Browser) -> Value {
    let reply = ask_beacon(browser, "same-origin", None);
    assert_eq!(reply.status, 200, "{reply}");
    let found = reply.json();
    assert_eq!((&found["email"], &found["name"]), (&EMAIL.into(), &"B. Simon".into()));
    json!({
        "kind": "help_scout_beacon", "secret": SECRET, "email": EMAIL,
        "signature": found["signature"], "expected": "ok",
    })
}

#[test]
fn each_helpdesk_gets_what_jose_node_and_pyjwt_verify() {
    let Some(Setting { worker, issuer, .. }) = with_apps() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let now = worker.now();
    let cases = [
        zendesk_case(&mut browser),
        docs_case(&mut browser),
        beacon_case(&mut browser),
        jitbit_case(&mut browser, &now.to_string()),
        freshworks_case(&mut browser, &worker.url()),
    ];
    let key = browser.open("/deskgate/handoff/freshworks/public-key.pem");
    assert_eq!(key.status, 200, "{key}");
    let iat = cases[0]["claims"]["iat"].as_u64().expect("whole seconds");
    assert!(iat.abs_diff(now.seconds()) < 60, "{iat}");
    let input = json!({ "now": now.seconds() + 1, "public_key": key.text(), "cases": cases });
    for (program, script) in
        [("node", "tests/interop/helpdesk.mjs"), (PYTHON, "tests/interop/helpdesk.py")]
    {
        if let Some(said) = judge(program, script, &input) {
            assert_eq!(said.trim(), "5 cases", "{script}");
        }
    }
}

#[test]
fn the_way_from_zendesk_through_the_sign_in_and_back_loses_nothing() {
    let Some(Setting { worker, issuer, .. }) = with_apps() else { return };
    let mut browser = worker.browser();
    let sent = "brand_id=360001&locale_id=1&return_to=https%3A%2F%2Fcontoso-parts.zendesk.com%2Fhc%3Fa\
                %3Db%26c&timestamp=1795262390";
    let target = format!("/deskgate/handoff/zendesk?{sent}");
    let welcome = solicited(&worker, &issuer, &mut browser, &target, |_| {});
    assert_eq!(welcome.status, 303, "{welcome}");
    let back = welcome.location().strip_prefix(&worker.url()).expect("our own address").to_owned();
    let (action, token) = zendesk_form(&browser.open(&back));
    assert_eq!(
        action,
        "https://contoso-parts.zendesk.com/access/jwt?return_to=https%3A%2F%2Fcontoso-parts.zendesk.com\
         %2Fhc%3Fa%3Db%26c&brand_id=360001&locale_id=1&timestamp=1795262390"
    );
    assert_eq!(claims(&token)["external_id"], "9a4f6a1e-0b7c-4a53-9d5e-6f0d1c2b3a4d");
    let (_, later) = zendesk_form(&browser.open(&back));
    assert_eq!(claims(&later).get("external_id"), None, "only while Zendesk has none");
}

#[test]
fn nothing_but_a_window_and_no_link_elsewhere_gets_a_token() {
    let Some(Setting { worker, issuer, .. }) = with_apps() else { return };
    let mut browser = signed_in(&worker, &issuer);
    for (mode, dest) in
        [("navigate", "iframe"), ("navigate", "embed"), ("cors", "empty"), ("no-cors", "image")]
    {
        let request = Request::new("GET", "/deskgate/handoff/zendesk")
            .header("Accept", "text/html")
            .header("Sec-Fetch-Mode", mode)
            .header("Sec-Fetch-Dest", dest);
        let reply = browser.send(&request);
        assert_eq!(reply.status, 403, "{mode} {dest}: {reply}");
        assert!(!reply.text().contains("eyJ"), "{mode} {dest}: {reply}");
    }
    for link in [
        "zendesk?return_to=https%3A%2F%2Fevil.example",
        "zendesk?return_to=%2F%5Cevil.example",
        "zendesk?return_to=/a&return_to=https%3A%2F%2Fevil.example",
        "zendesk?brand_id=1%0d%0aX-Injected:%201",
        "docs?returnTo=%2F%2Fevil.example",
        "jitbit?ReturnUrl=https%3A%2F%2Fevil.example",
        "freshworks?state=s&nonce=n&redirect_uri=https%3A%2F%2Fevil.example",
    ] {
        let reply = browser.open(&format!("/deskgate/handoff/{link}"));
        assert_eq!(reply.status, 400, "{link}: {reply}");
        assert_eq!(reply.header("X-Injected"), None, "{link}");
        assert!(!reply.text().contains("evil.example"), "{link}: {reply}");
    }
}

#[test]
fn a_message_in_the_name_of_zendesk_is_not_shown() {
    let Some(Setting { worker, .. }) = with_apps() else { return };
    let path = "/deskgate/handoff/zendesk/logout?kind=error&message=%3Cb%3ECall%20%2B1%20555%3C%2Fb%3E\
                %0d%0aSet-Cookie:%20a=b%E2%80%AE";
    let reply = worker.browser().open(path);
    assert_eq!(reply.status, 403, "{reply}");
    assert_eq!(reply.header("Set-Cookie"), None, "{reply}");
    let page = reply.text();
    assert!(!page.contains("555") && !page.contains('\u{202e}'), "{page}");
    for way in ["/access/normal", "/access/sso_bypass"] {
        assert!(page.contains(&format!("https://contoso.zendesk.com{way}")), "{page}");
    }
}

#[test]
fn the_beacon_answers_the_sites_of_the_settings_and_no_other() {
    let Some(Setting { worker, issuer, .. }) = with_apps() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let named = ask_beacon(&mut browser, "same-site", Some("https://www.contoso.com"));
    assert_eq!(named.status, 200, "{named}");
    assert_eq!(named.header("Access-Control-Allow-Origin"), Some("https://www.contoso.com"));
    assert_eq!(named.header("Access-Control-Allow-Credentials"), Some("true"));
    for origin in ["https://evil.example", "null", "https://www.contoso.com.evil.example"] {
        let refused = ask_beacon(&mut browser, "same-site", Some(origin));
        assert_eq!(refused.status, 403, "{refused}");
        assert_eq!(refused.header("Access-Control-Allow-Origin"), None, "{refused}");
        assert!(!refused.text().contains("signature"), "{refused}");
    }
    let nobody = ask_beacon(&mut worker.browser(), "same-origin", None);
    assert_eq!(nobody.status, 401, "{nobody}");
}
