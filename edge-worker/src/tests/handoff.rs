//! Handing people to helpdesks that run elsewhere.

use core::time::Duration;

use deskgate_core::base64;
use deskgate_core::crypto::{
    Crypto as _, DigestAlgorithm, JwsAlgorithm, KeyRules, PublicKey, SecretKey,
};
use deskgate_core::jose::{Jwk, Keys, verify_jws};
use deskgate_core::session::break_glass::mint_break_glass;
use serde_json::{Value, json};

use super::admin::deployment_with;
use super::browser::{Browser, NAVIGATION, location, settings};
use super::harness::{CRYPTO, Deployment, NOW, secret};
use super::identity_provider::{Claims, respond};
use crate::audit::{Event, Name};
use crate::desk_object::{Change, OneTime, Operation, Reply, Use};
use crate::http::{Parameters, Response};

const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";

const ZENDESK: &str = "/deskgate/handoff/zendesk";

fn with_apps() -> Value {
    let app = |name: &str, helpdesk: &str, table: Value| {
        json!({
            "name": name, "helpdesk": helpdesk, "mode": "hand_off", "provisioning": "just_in_time",
            helpdesk: table,
        })
    };
    let mut settings = settings();
    settings["support"] = "it@contoso.com".into();
    settings["apps"] = json!([
        app(
            "zendesk",
            "zendesk",
            json!({
                "subdomain": "contoso",
                "host_mapping": "support.contoso.com",
                "brands": { "360001": "contoso-parts" },
                "shared_secret": SECRET,
            })
        ),
        app(
            "docs",
            "help_scout",
            json!({
                "docs_url": "https://contoso.helpscoutdocs.com",
                "docs_secret": SECRET,
                "beacon_secret": SECRET,
                "beacon_sites": ["https://www.contoso.com"],
            })
        ),
        app(
            "jitbit",
            "jitbit",
            json!({
                "url": "https://contoso.jitbit.com/helpdesk",
                "autologin_secret": SECRET,
            })
        ),
        app(
            "freshworks",
            "freshworks",
            json!({
                "account": "contoso.freshworks.com",
                "client_id": "client-1",
                "redirect_uris": ["https://contoso.freshworks.com/sp/OIDC/1/implicit"],
            })
        ),
    ]);
    settings
}

fn signed_in(deployment: &mut Deployment) -> Browser {
    let mut browser = Browser::default();
    finish_sign_in(&mut browser, deployment, "/");
    browser
}

/// Signs in through a link to the login page and answers where that leads.
fn finish_sign_in(browser: &mut Browser, deployment: &mut Deployment, target: &str) -> String {
    let id = browser.begin(deployment, target);
    let assertion_id = format!("_assertion{}", deployment.asked);
    let claims = Claims {
        in_response_to: Some(&id),
        assertion_id: &assertion_id,
        issued_at: deployment.now,
        ..Claims::default()
    };
    let welcome = browser.complete(deployment, &respond(&claims), &id);
    assert_eq!(welcome.status, 303, "{}", welcome.body);
    location(&welcome).to_owned()
}

fn header<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
    response.headers.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str())
}

/// The value of a hidden field of the page, and the address that its form goes to.
#[track_caller]
fn form(page: &Response) -> (String, String) {
    let between = |before: &str, after: &str| {
        let (_, rest) = page.body.split_once(before).unwrap_or_else(|| panic!("{}", page.body));
        let text = rest.split_once(after).unwrap().0;
        text.replace("&#38;", "&").replace("&amp;", "&")
    };
    (between("action=\"", "\""), between("name=\"jwt\" value=\"", "\""))
}

#[track_caller]
fn verified(token: &str, key: &Jwk) -> Value {
    let jws = verify_jws(token, Keys::One(key), &[key.algorithm()], &CRYPTO).unwrap();
    serde_json::from_slice(jws.payload()).unwrap()
}

fn shared(algorithm: JwsAlgorithm) -> Jwk {
    let secret = SecretKey::new(SECRET.as_bytes());
    Jwk::dangerous_from_secret_of_any_length(secret, algorithm, None).unwrap()
}

fn parameter(address: &str, name: &str) -> String {
    let (_, query) = address.split_once('?').unwrap();
    Parameters::parse(query.as_bytes()).once(name).unwrap().unwrap().to_owned()
}

fn change(deployment: &mut Deployment, change: Change) {
    let token = OneTime::new(Use::AdminToken, "admin", "directory", NOW, &CRYPTO);
    let event = Event::of_desk(Name::PeopleChanged, "x", NOW);
    let operation = Operation::ChangePeople { changes: vec![change], token, event };
    let reply = deployment.ask("help.contoso.com", operation);
    assert!(matches!(reply, Ok(Reply::EndedAll { .. })), "{reply:?}");
}

#[test]
fn zendesk_gets_a_token_in_a_form_with_all_that_it_sent() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = signed_in(&mut deployment);
    let query = "?brand_id=360001&locale_id=1&return_to=https%3A%2F%2Fcontoso-parts.zendesk.com%2Fhc\
                 &timestamp=1795262390";
    let page = browser.open(&mut deployment, &format!("{ZENDESK}{query}")).response();
    assert_eq!(page.status, 200, "{}", page.body);
    let (action, token) = form(&page);
    assert_eq!(
        action,
        "https://contoso-parts.zendesk.com/access/jwt?return_to=https%3A%2F%2Fcontoso-parts.zendesk.com\
         %2Fhc&brand_id=360001&locale_id=1&timestamp=1795262390"
    );
    let claims = verified(&token, &shared(JwsAlgorithm::Hs256));
    assert_eq!(claims["iat"], NOW.seconds());
    assert_eq!(claims["email"], "B.Simon@contoso.com");
    assert_eq!(claims.get("external_id"), None, "off unless the settings say so");
    assert_eq!(claims.get("role"), None, "no rules, no role");
    assert_eq!(header(&page, "Cache-Control"), Some("private, no-store"));
    assert_eq!(header(&page, "Referrer-Policy"), Some("strict-origin"));
    assert_eq!(header(&page, "X-Frame-Options"), Some("DENY"));
    let policy = header(&page, "Content-Security-Policy").unwrap();
    assert!(policy.contains("form-action https:") && policy.contains("frame-ancestors 'none'"));
    assert!(!page.body.contains(SECRET));
    let event = last_event(&deployment);
    assert_eq!(event["event"], "handoff");
    assert_eq!(event["app"], "zendesk");
    assert_eq!(event["token"], claims["jti"]);
    assert_eq!(event["connection"], "contoso");
    assert!(!event.to_string().contains("eyJ") && !event.to_string().contains("B.Simon"));
    let again = browser.open(&mut deployment, ZENDESK).response();
    let next = verified(&form(&again).1, &shared(JwsAlgorithm::Hs256));
    assert_ne!(next["jti"], claims["jti"], "each token has a name of its own");
}

fn last_event(deployment: &Deployment) -> Value {
    let lines = deployment.host.lines.borrow();
    serde_json::from_str(lines.last().unwrap()).unwrap()
}

/// For each kind of helpdesk: what it sends, and what of that has to be there after the sign-in.
#[test]
fn nothing_that_the_helpdesk_sent_is_lost_on_the_way_through_a_sign_in() {
    let redirect = "https%3A%2F%2Fcontoso.freshworks.com%2Fsp%2FOIDC%2F1%2Fimplicit";
    for (path, kept) in [
        (
            format!(
                "{ZENDESK}?brand_id=360001&return_to=https%3A%2F%2Fsupport.contoso.com%2Fhc%3Fa%3Db%26c&locale_id=8&timestamp=1"
            ),
            vec![
                "return_to=https%3A%2F%2Fsupport.contoso.com%2Fhc%3Fa%3Db%26c",
                "brand_id=360001",
                "locale_id=8",
                "timestamp=1",
            ],
        ),
        (
            "/deskgate/handoff/docs?returnTo=%2Farticle%2F1%3Fb%3Dc%26d".to_owned(),
            vec!["returnTo=%2Farticle%2F1%3Fb%3Dc%26d"],
        ),
        (
            "/deskgate/handoff/jitbit?ReturnUrl=%2Fhelpdesk%2FTicket%2F7&new_ticket=1".to_owned(),
            vec!["ReturnUrl=%2Fhelpdesk%2FTicket%2F7", "new_ticket=1"],
        ),
        (
            format!(
                "/deskgate/handoff/freshworks?state=a%2Bb%26c&nonce=n%2F1&client_id=client-1&redirect_uri={redirect}"
            ),
            vec!["state=a%2Bb%26c"],
        ),
    ] {
        let mut deployment = deployment_with(&with_apps());
        let mut browser = Browser::default();
        let refused = browser.open(&mut deployment, &path).response();
        assert_eq!(refused.status, 302, "{}", refused.body);
        let login = location(&refused).strip_prefix("https://help.contoso.com").unwrap().to_owned();
        let back = parameter(&login, "return");
        let welcome = finish_sign_in(&mut browser, &mut deployment, &back);
        let back = welcome.strip_prefix("https://help.contoso.com").unwrap().to_owned();
        let answer = browser.open(&mut deployment, &back).response();
        let address = match answer.status {
            200 => form(&answer).0,
            303 => location(&answer).to_owned(),
            status => panic!("{status}: {}", answer.body),
        };
        for part in kept {
            assert!(address.contains(part), "{part} in {address}");
        }
        let events = deployment.events();
        assert_eq!(events[events.len() - 2..], ["login.accepted", "handoff"]);
    }
}

#[test]
fn the_other_helpdesks_get_theirs_in_an_address_that_nobody_keeps() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = signed_in(&mut deployment);
    let mut open = |path: &str| {
        let answer = browser.open(&mut deployment, path).response();
        assert_eq!(answer.status, 303, "{}", answer.body);
        assert_eq!(header(&answer, "Cache-Control"), Some("private, no-store"));
        assert_eq!(header(&answer, "Referrer-Policy"), Some("no-referrer"));
        location(&answer).to_owned()
    };
    let docs = open("/deskgate/handoff/docs?returnTo=/article/1");
    assert!(docs.starts_with("https://contoso.helpscoutdocs.com/authcallback?token="), "{docs}");
    let claims = verified(&parameter(&docs, "token"), &shared(JwsAlgorithm::Hs512));
    assert_eq!(claims, json!({ "exp": NOW.seconds() + 300, "sub": "B.Simon@contoso.com" }));
    let jitbit = open("/deskgate/handoff/jitbit");
    assert!(jitbit.starts_with("https://contoso.jitbit.com/helpdesk/User/AutoLogin?"), "{jitbit}");
    assert_eq!(parameter(&jitbit, "userHash").len(), 28);
    let redirect = "https%3A%2F%2Fcontoso.freshworks.com%2Fsp%2FOIDC%2F1%2Fimplicit";
    let freshworks =
        open(&format!("/deskgate/handoff/freshworks?state=s&nonce=n&redirect_uri={redirect}"));
    assert_eq!(parameter(&freshworks, "state"), "s");
    let pem =
        browser.open(&mut deployment, "/deskgate/handoff/freshworks/public-key.pem").response();
    assert_eq!(pem.status, 200, "{}", pem.body);
    let spki: String = pem.body.lines().filter(|line| !line.starts_with('-')).collect();
    let public =
        PublicKey::from_spki_der(&base64::decode(&spki).unwrap(), KeyRules::default()).unwrap();
    let key = Jwk::from_public(public, None).unwrap();
    let claims = verified(&parameter(&freshworks, "id_token"), &key);
    assert_eq!(claims["email"], "B.Simon@contoso.com");
    assert_eq!(claims["nonce"], "n");
    let other = browser.open(&mut deployment, &format!("{ZENDESK}/public-key.pem")).response();
    assert_eq!(other.status, 404);
}

/// H-02. What a page of somebody else can make a browser send.
#[test]
fn only_a_window_that_navigates_gets_a_token() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = signed_in(&mut deployment);
    let html = "accept:text/html\n";
    for headers in [
        "sec-fetch-mode:navigate\nsec-fetch-dest:iframe\n",
        "sec-fetch-mode:navigate\nsec-fetch-dest:frame\n",
        "sec-fetch-mode:navigate\nsec-fetch-dest:embed\n",
        "sec-fetch-mode:navigate\nsec-fetch-dest:object\n",
        "sec-fetch-mode:no-cors\nsec-fetch-dest:image\n",
        "sec-fetch-mode:no-cors\nsec-fetch-dest:script\n",
        "sec-fetch-mode:cors\nsec-fetch-dest:empty\n",
        "sec-fetch-mode:same-origin\nsec-fetch-dest:empty\n",
        "sec-fetch-mode:navigate\nsec-fetch-dest:document\nsec-purpose:prefetch\n",
        "sec-fetch-mode:navigate\nsec-fetch-dest:document\nsec-purpose:prefetch;prerender\n",
        "x-requested-with:XMLHttpRequest\n",
        "upgrade:websocket\n",
    ] {
        let headers = format!("{html}{headers}");
        let answer = browser.send(&mut deployment, "GET", ZENDESK, &headers, "").response();
        assert_eq!(answer.status, 403, "{headers}: {}", answer.body);
        assert!(!answer.body.contains("eyJ"), "{headers}");
    }
    for method in ["HEAD", "POST", "PUT", "OPTIONS"] {
        let answer = browser.send(&mut deployment, method, ZENDESK, NAVIGATION, "").response();
        assert_eq!(answer.status, 405, "{method}");
        assert!(!answer.body.contains("eyJ"), "{method}");
    }
    // A helpdesk sends the browser here from its own site, and older browsers say nothing about it.
    for headers in
        [format!("{NAVIGATION}sec-fetch-site:cross-site\n"), "accept:text/html\n".to_owned()]
    {
        let answer = browser.send(&mut deployment, "GET", ZENDESK, &headers, "").response();
        assert_eq!(answer.status, 200, "{headers}");
    }
}

/// H-01.
#[test]
fn a_link_that_leads_elsewhere_is_refused_before_the_sign_in_and_after() {
    for (path, code) in [
        (format!("{ZENDESK}?return_to=https%3A%2F%2Fevil.example"), "helpdesk.address_refused"),
        (format!("{ZENDESK}?return_to=%2F%2Fevil.example"), "helpdesk.address_refused"),
        (format!("{ZENDESK}?brand_id=1&brand_id=2"), "helpdesk.parameter_repeated"),
        (format!("{ZENDESK}?brand_id=x%0d%0aSet-Cookie:a"), "helpdesk.parameter_malformed"),
        (format!("{ZENDESK}?return_to={}", "a".repeat(3000)), "helpdesk.parameter_too_long"),
        (
            "/deskgate/handoff/docs?returnTo=%2F%2Fevil.example".to_owned(),
            "helpdesk.address_refused",
        ),
        (
            "/deskgate/handoff/jitbit?ReturnUrl=https:%2F%2Fevil.example".to_owned(),
            "helpdesk.address_refused",
        ),
        (
            "/deskgate/handoff/freshworks?state=s&nonce=n&redirect_uri=https:%2F%2Fevil.example"
                .to_owned(),
            "helpdesk.address_refused",
        ),
        ("/deskgate/handoff/freshworks?state=s&nonce=n".to_owned(), "helpdesk.parameter_missing"),
    ] {
        let mut deployment = deployment_with(&with_apps());
        for mut browser in [Browser::default(), signed_in(&mut deployment)] {
            let page = browser.open(&mut deployment, &path).response();
            assert_eq!(page.status, 400, "{path}: {}", page.body);
            assert!(page.body.contains("This link does not lead to the helpdesk"), "{}", page.body);
            assert!(!page.body.contains("evil.example"), "{}", page.body);
            assert_eq!(deployment.events().last().unwrap(), code, "{path}");
        }
    }
}

#[test]
fn what_is_too_long_for_a_sign_in_is_told_and_not_dropped() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = Browser::default();
    let long = format!("{ZENDESK}?return_to=%2F{}", "a%3D".repeat(600));
    let page = browser.open(&mut deployment, &long).response();
    assert_eq!(page.status, 400);
    assert_eq!(deployment.events().last().unwrap(), "handoff.address_too_long");
}

#[test]
fn pages_of_zendesk_name_the_ways_around_and_whom_to_ask() {
    let mut settings = with_apps();
    settings["apps"][0]["ask"] = "desk@contoso.com".into();
    settings["apps"][0]["provisioning"] = "by_hand".into();
    let mut deployment = deployment_with(&settings);
    let mut browser = signed_in(&mut deployment);
    let page = browser.open(&mut deployment, ZENDESK).response();
    assert_eq!(page.status, 403);
    for text in [
        "You have no account at this helpdesk yet",
        "https://contoso.zendesk.com/access/normal",
        "https://contoso.zendesk.com/access/sso_bypass",
        "desk@contoso.com",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert_eq!(deployment.events().last().unwrap(), "people.not_in_directory");
}

/// The page of a sign-in that fails at the identity provider's end, on the way to Zendesk.
#[test]
fn a_sign_in_that_fails_on_the_way_to_zendesk_names_the_ways_around() {
    let mut deployment = deployment_with(&with_apps());
    let refused = |deployment: &mut Deployment, target: &str| {
        let mut browser = Browser::default();
        let id = browser.begin(deployment, target);
        let audience = "https://other.example";
        let claims = Claims { in_response_to: Some(&id), audience, ..Claims::default() };
        let page = browser.complete(deployment, &respond(&claims), &id);
        assert_eq!(page.status, 403, "{}", page.body);
        page.body
    };
    let on_the_way = refused(&mut deployment, &format!("{ZENDESK}?brand_id=360001"));
    for way in ["access/normal", "access/sso_bypass"] {
        assert!(on_the_way.contains(&format!("https://contoso.zendesk.com/{way}")), "{on_the_way}");
    }
    for elsewhere in ["/tickets", "/deskgate/handoff/docs"] {
        let page = refused(&mut deployment, elsewhere);
        assert!(!page.contains("zendesk.com"), "{page}");
    }
    let path = "/deskgate/login?return=%2Fdeskgate%2Fhandoff%2Fzendesk&connection=other";
    let page = Browser::default().open(&mut deployment, path).response();
    assert!(page.status == 404 && page.body.contains("/access/sso_bypass"), "{}", page.body);
}

#[test]
fn an_app_can_be_switched_off_or_be_for_other_people() {
    let mut settings = with_apps();
    let mut other = settings["connections"][0].clone();
    other["name"] = "fabrikam".into();
    other["idp_entity_id"] = "https://idp.fabrikam.com/".into();
    other["email_domains"] = json!(["fabrikam.com"]);
    settings["connections"][0]["email_domains"] = json!(["contoso.com"]);
    settings["connections"].as_array_mut().unwrap().push(other);
    settings["apps"][0]["connections"] = json!(["fabrikam"]);
    settings["apps"][1]["enabled"] = false.into();
    let mut deployment = deployment_with(&settings);
    let mut browser = Browser::default();
    let login = browser.open(&mut deployment, ZENDESK).response();
    assert!(location(&login).ends_with("&connection=fabrikam"), "{}", location(&login));
    let path = "/deskgate/login?return=%2F&connection=contoso";
    let begun = browser.open(&mut deployment, path).response();
    let id = parameter(location(&begun), "RelayState");
    let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() });
    assert_eq!(browser.complete(&mut deployment, &response, &id).status, 303);
    let page = browser.open(&mut deployment, ZENDESK).response();
    assert_eq!((page.status, page.body.contains("not for your organization")), (403, true));
    assert_eq!(deployment.events().last().unwrap(), "handoff.other_connection");
    let page = browser.open(&mut deployment, "/deskgate/handoff/docs").response();
    assert_eq!((page.status, page.body.contains("at the moment")), (403, true));
    assert_eq!(deployment.events().last().unwrap(), "handoff.switched_off");
    let page = browser.open(&mut deployment, "/deskgate/handoff/nothing").response();
    assert_eq!(page.status, 404);
}

/// H-04, the takeover by an external ID: only who is pinned has one, always the same, and no address
/// that belongs to somebody else brings it.
#[test]
fn an_external_id_is_sent_once_and_only_of_people_who_are_pinned() {
    let mut settings = with_apps();
    settings["apps"][0]["zendesk"]["send_external_id"] = true.into();
    let external_id = |settings: &Value, times: usize| {
        let mut deployment = deployment_with(settings);
        let mut browser = signed_in(&mut deployment);
        let mut found = Vec::new();
        for _ in 0..times {
            let page = browser.open(&mut deployment, ZENDESK).response();
            let claims = verified(&form(&page).1, &shared(JwsAlgorithm::Hs256));
            found.push(claims.get("external_id").cloned());
        }
        found
    };
    let sent = external_id(&settings, 2);
    assert!(sent[0].as_ref().is_some_and(Value::is_string), "{sent:?}");
    assert_eq!(sent[1], None, "only if absent");
    settings["apps"][0]["sync"] = json!({ "external_id": "always" });
    let sent = external_id(&settings, 2);
    assert!(sent[0].is_some() && sent[0] == sent[1], "{sent:?}");
    settings["apps"][0]["provisioning"] = "off".into();
    assert_eq!(external_id(&settings, 1), [None], "nobody is pinned");
}

#[test]
fn whoever_is_disabled_or_comes_as_somebody_else_gets_no_token() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = signed_in(&mut deployment);
    assert_eq!(browser.open(&mut deployment, ZENDESK).response().status, 200);
    change(&mut deployment, Change::Disable("b.simon@contoso.com".into()));
    for path in [ZENDESK, "/deskgate/handoff/docs", "/deskgate/handoff/jitbit"] {
        let page = browser.open(&mut deployment, path).response();
        assert_eq!(page.status, 403, "{path}: {}", page.body);
        let event = last_event(&deployment);
        assert_eq!(
            (&event["code"], &event["connection"]),
            (&json!("people.disabled"), &json!("contoso"))
        );
        assert!(event["subject"].is_string(), "{event}");
    }
}

#[test]
fn a_break_glass_session_opens_no_hosted_helpdesk() {
    let mut settings = with_apps();
    settings["owners"] = json!(["b.simon@contoso.com"]);
    let mut deployment = deployment_with(&settings);
    let mut browser = Browser::default();
    let token = mint_break_glass(
        "https://help.contoso.com",
        "b.simon@contoso.com",
        Duration::from_secs(600),
        NOW,
        [7; 16],
        &secret(),
        &CRYPTO,
    );
    let path = "/deskgate/break-glass";
    let used = browser.submit(&mut deployment, path, &[("token", &token.unwrap())]);
    assert_eq!((used.status, browser.has_session()), (303, true), "{}", used.body);
    for path in [ZENDESK, "/deskgate/handoff/docs"] {
        let page = browser.open(&mut deployment, path).response();
        assert_eq!(page.status, 403, "{}", page.body);
        assert!(page.body.contains("opens this helpdesk and nothing else"), "{}", page.body);
    }
    let headers = "sec-fetch-site:same-origin\n";
    let beacon = "/deskgate/handoff/docs/beacon";
    let told = browser.send(&mut deployment, "GET", beacon, headers, "").response();
    assert_eq!(told.status, 403, "{}", told.body);
}

#[test]
fn roles_are_sent_by_groups_and_only_with_rules() {
    let mut settings = with_apps();
    settings["apps"][0]["roles"] = json!({ "agent": ["support"], "admin": ["owners"] });
    let mut deployment = deployment_with(&settings);
    let mut browser = signed_in(&mut deployment);
    let page = browser.open(&mut deployment, ZENDESK).response();
    let claims = verified(&form(&page).1, &shared(JwsAlgorithm::Hs256));
    assert!(["user", "agent", "admin"].contains(&claims["role"].as_str().unwrap()), "{claims}");
}

#[test]
fn without_the_object_nobody_is_handed_over() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = signed_in(&mut deployment);
    deployment.object_answers = false;
    let page = browser.open(&mut deployment, ZENDESK).response();
    assert_eq!(page.status, 503);
    assert!(page.body.contains("/access/sso_bypass"), "{}", page.body);
    assert_eq!(deployment.events().last().unwrap(), "handoff.unavailable");
}

/// H-05.
#[test]
fn the_words_of_zendesk_are_decoded_and_never_shown() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = Browser::default();
    for (message, heading, code) in [
        ("Invalid+iat+parameter.+check+your+server+clock.", "That took too long", "zendesk.clock"),
        ("JWT+signature+invalid", "Zendesk does not trust this sign-in page", "zendesk.signature"),
        (
            "Users+are+not+allowed+to+sign+up",
            "Zendesk does not let you in",
            "zendesk.email_not_allowed",
        ),
        ("jti+was+used", "This sign-in was already used", "zendesk.token_used_before"),
        (
            "%3Cscript%3Ealert(1)%3C%2Fscript%3E+call+%2B1+555+0100%E2%80%AE%0d%0aSet-Cookie%3A+a%3Db",
            "Zendesk did not let you in",
            "zendesk.refused",
        ),
    ] {
        let path = format!("{ZENDESK}/logout?kind=error&message={message}&email=b%40contoso.com");
        let page = browser.open(&mut deployment, &path).response();
        assert_eq!(page.status, 403, "{}", page.body);
        assert!(page.body.contains(heading), "{}", page.body);
        for hostile in ["alert(1)", "555 0100", "\u{202e}", "b@contoso.com"] {
            assert!(!page.body.contains(hostile), "{hostile}: {}", page.body);
        }
        assert!(page.body.contains("https://contoso.zendesk.com/access/normal"), "{}", page.body);
        assert!(page.headers.iter().all(|(_, value)| !value.contains(['\r', '\n'])));
        let event = last_event(&deployment);
        assert_eq!((&event["code"], &event["app"]), (&code.into(), &"zendesk".into()));
        assert!(!event.to_string().contains('\u{202e}'));
    }
}

#[test]
fn a_sign_out_at_the_helpdesk_ends_nothing_here_by_itself() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = signed_in(&mut deployment);
    for path in [format!("{ZENDESK}/logout?email=x"), "/deskgate/handoff/docs/logout".to_owned()] {
        let page = browser.open(&mut deployment, &path).response();
        assert_eq!(page.status, 200);
        assert!(page.body.contains("action=\"/deskgate/logout\""), "{}", page.body);
        assert!(browser.has_session());
    }
}

/// H-06.
#[test]
fn the_beacon_is_told_only_to_pages_of_sites_that_the_settings_name() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = signed_in(&mut deployment);
    let path = "/deskgate/handoff/docs/beacon";
    let cors = "sec-fetch-mode:cors\nsec-fetch-dest:empty\n";
    let mut ask = |headers: &str| {
        let headers = format!("{cors}{headers}");
        browser.send(&mut deployment, "GET", path, &headers, "").response()
    };
    let own = ask("sec-fetch-site:same-origin\n");
    assert_eq!(own.status, 200, "{}", own.body);
    let body: Value = serde_json::from_str(&own.body).unwrap();
    let secret = SecretKey::new(SECRET.as_bytes());
    let mac = CRYPTO.mac(DigestAlgorithm::Sha256, &secret, b"B.Simon@contoso.com");
    let hex: String = mac.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(body["signature"], hex.as_str());
    assert_eq!(body["email"], "B.Simon@contoso.com");
    assert_eq!(header(&own, "Access-Control-Allow-Origin"), None);
    assert_eq!(header(&own, "Cache-Control"), Some("private, no-store"));
    let named = ask("sec-fetch-site:same-site\norigin:https://www.contoso.com\n");
    assert_eq!(named.status, 200);
    assert_eq!(header(&named, "Access-Control-Allow-Origin"), Some("https://www.contoso.com"));
    assert_eq!(header(&named, "Access-Control-Allow-Credentials"), Some("true"));
    assert_eq!(header(&named, "Vary"), Some("Origin, Cookie"));
    for headers in [
        "",
        "sec-fetch-site:cross-site\n",
        "sec-fetch-site:same-site\n",
        "sec-fetch-site:none\n",
        "origin:null\n",
        "origin:https://evil.example\n",
        "origin:https://www.contoso.com.evil.example\n",
        "origin:http://www.contoso.com\n",
        "origin:https://WWW.contoso.com\n",
        "origin:https://www.contoso.com, https://evil.example\n",
    ] {
        let refused = ask(headers);
        assert_eq!(refused.status, 403, "{headers}: {}", refused.body);
        assert!(!refused.body.contains("signature"));
        assert_eq!(header(&refused, "Access-Control-Allow-Origin"), None, "{headers}");
    }
    let headers = format!("{cors}sec-fetch-site:same-origin\n");
    let nobody = Browser::default().send(&mut deployment, "GET", path, &headers, "").response();
    assert_eq!(nobody.status, 401, "{}", nobody.body);
    let zendesk = format!("{ZENDESK}/beacon");
    let none = browser.send(&mut deployment, "GET", &zendesk, &headers, "").response();
    assert_eq!(none.status, 404);
}
