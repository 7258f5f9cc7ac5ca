//! Single logout: what ends a session, what does not, and that the local session always ends.

use deskgate_core::base64;
use deskgate_core::crypto::{KeyRules, PrivateKey, PublicKey, SignatureAlgorithm};
use deskgate_core::desk::Desk;
use deskgate_core::dsig::SigningKey;
use deskgate_core::dsig::redirect::sign_query;
use deskgate_core::saml::logout::{
    Carrier, ExpectedLogout, LogoutOutcome, LogoutStatus, VerifiedLogoutRequest,
    verify_logout_request, verify_logout_response,
};
use deskgate_core::time::UnixTime;
use serde_json::{Value, json};

use super::admin::{apply, deployment_with};
use super::browser::{Browser, NAVIGATION, location, settings};
use super::harness::{CRYPTO, Deployment, NOW};
use super::identity_provider::{
    AUDIENCE, Claims, KEY, Logout, SLO, answer_logout, certificate_of, respond,
};
use crate::http::{Response, query_of};

const IDP_SLO: &str = "https://idp.contoso.com/slo";
const IDP_SLO_DONE: &str = "https://idp.contoso.com/slo/done";

/// The key of the other connection.
const OTHER_KEY: u8 = 43;

/// A desk whose connection has single logout, and another one with another identity provider.
fn with_single_logout() -> Value {
    let mut settings = settings();
    let connection = &mut settings["connections"][0];
    connection["slo_url"] = IDP_SLO.into();
    connection["slo_response_url"] = IDP_SLO_DONE.into();
    // Both name the same people, who are told apart by their connection.
    connection["dangerous_any_email_domain"] = true.into();
    let mut other = connection.clone();
    other["name"] = "fabrikam".into();
    other["idp_entity_id"] = "https://idp.fabrikam.com/".into();
    other["certificates"] = json!([certificate_of(OTHER_KEY)]);
    settings["connections"].as_array_mut().unwrap().push(other);
    settings
}

fn deployment() -> Deployment {
    deployment_with(&with_single_logout())
}

/// Somebody who signed in through a connection.
fn signed_in(deployment: &mut Deployment, connection: &str) -> Browser {
    let mut browser = Browser::default();
    let path = format!("/deskgate/login?connection={connection}");
    let response = browser.open(deployment, &path).response();
    let (_, id) = location(&response).split_once("RelayState=").unwrap();
    let assertion_id = format!("_assertion_{id}");
    let claims =
        Claims { in_response_to: Some(id), assertion_id: &assertion_id, ..Claims::default() };
    let claims = match connection {
        "fabrikam" => Claims { issuer: "https://idp.fabrikam.com/", key: OTHER_KEY, ..claims },
        _ => claims,
    };
    let welcome = browser.complete(deployment, &respond(&claims), id);
    assert_eq!(welcome.status, 303, "{}", welcome.body);
    browser
}

#[track_caller]
fn check_session(deployment: &mut Deployment, browser: &Browser, is_there: bool) {
    let outcome = browser.clone().open(deployment, "/");
    assert_eq!(matches!(outcome, super::harness::Outcome::Forwarded(_)), is_there, "{outcome:?}");
}

/// Opens `slo` with this query.
fn slo(browser: &mut Browser, deployment: &mut Deployment, query: &str) -> Response {
    browser.open(deployment, &format!("/deskgate/slo?{query}")).response()
}

/// A form of the identity provider's own page: another site, so without the cookies.
fn post(deployment: &mut Deployment, fields: &[(&str, &str)]) -> Response {
    let headers = format!(
        "{NAVIGATION}content-type:application/x-www-form-urlencoded\n\
         origin:https://idp.contoso.com\nsec-fetch-site:cross-site\n"
    );
    let body = query_of(fields);
    Browser::default().send(deployment, "POST", "/deskgate/slo", &headers, &body).response()
}

/// The key that the desk signs with.
fn desk_key() -> PublicKey {
    let pkcs8 = include_bytes!("testdata/rsa-2048.pk8");
    PrivateKey::from_pkcs8_der(pkcs8, KeyRules::default()).unwrap().public_key().clone()
}

/// What the identity provider expects of the desk's messages.
fn at_identity_provider<'a>(keys: &'a [PublicKey], url: &'a str) -> ExpectedLogout<'a> {
    let desk = Box::leak(Box::new(Desk::from_json(&with_single_logout()).unwrap()));
    let expected = desk.expected_logout(&desk.connections[0], &[], NOW);
    ExpectedLogout { idp_entity_id: AUDIENCE, keys, slo_url: url, ..expected }
}

/// How the desk's answer reads at the identity provider.
#[track_caller]
fn check_answer(response: &Response, request_id: &str, is_success: bool) {
    let query = location(response).strip_prefix("https://idp.contoso.com/slo/done?").unwrap();
    let keys = [desk_key()];
    let expected = at_identity_provider(&keys, IDP_SLO_DONE);
    let verified =
        verify_logout_response(Carrier::Redirect(query), &expected, request_id, NOW, &CRYPTO);
    assert_eq!(verified.unwrap().outcome == LogoutOutcome::Everywhere, is_success);
}

#[test]
fn a_logout_of_the_identity_provider_ends_the_session_everywhere_and_is_answered() {
    let mut deployment = deployment();
    let mut browser = signed_in(&mut deployment, "contoso");
    let copy = browser.clone();
    let query = Logout::default().query();
    let response = slo(&mut browser, &mut deployment, &query);
    assert_eq!(response.status, 303, "{}", response.body);
    check_answer(&response, "_logout1", true);
    assert!(!browser.has_session(), "the cookie is cleared");
    check_session(&mut deployment, &copy, false);
    deployment.new_isolate();
    check_session(&mut deployment, &copy, false);
    assert_eq!(deployment.events().last().unwrap(), "logout");
}

#[test]
fn a_posted_logout_ends_the_session_though_it_brings_no_cookie() {
    let mut settings = with_single_logout();
    settings["connections"][0]["slo_binding"] = "post".into();
    let mut deployment = deployment_with(&settings);
    let browser = signed_in(&mut deployment, "contoso");
    let value = Logout::default().form_value();
    let page = post(&mut deployment, &[("SAMLRequest", &value), ("RelayState", "a&\"b")]);
    assert_eq!(page.status, 200);
    assert!(page.body.contains(&format!("<form method=\"post\" action=\"{IDP_SLO_DONE}\">")));
    assert!(page.body.contains("name=\"RelayState\" value=\"a&#38;&#34;b\""), "{}", page.body);
    let (_, rest) = page.body.split_once("name=\"SAMLResponse\" value=\"").unwrap();
    let answer = rest.split('"').next().unwrap().replace("&#43;", "+");
    let keys = [desk_key()];
    let expected = at_identity_provider(&keys, IDP_SLO_DONE);
    let verified =
        verify_logout_response(Carrier::Post(&answer), &expected, "_logout1", NOW, &CRYPTO);
    assert_eq!(verified.unwrap().outcome, LogoutOutcome::Everywhere);
    check_session(&mut deployment, &browser, false);
}

#[test]
fn the_relay_state_goes_back_as_it_came() {
    let mut deployment = deployment();
    signed_in(&mut deployment, "contoso");
    let query = Logout::default().query();
    let (message, _) = query.split_once("&SigAlg=").unwrap();
    // Signed together with it, as SAML Bindings 3.4.4.1 wants.
    let key = PrivateKey::ed25519_from_seed(&[KEY; 32]).unwrap();
    let algorithm = SignatureAlgorithm::Ed25519;
    let signing_key = SigningKey { algorithm, key: &key, certificate: None };
    let query = format!("{message}&RelayState=https%3a%2f%2fx.example%2f+%26");
    let query = sign_query(&query, &signing_key, &CRYPTO).unwrap();
    let response = slo(&mut Browser::default(), &mut deployment, &query);
    let back = location(&response);
    assert!(back.starts_with(IDP_SLO_DONE), "{back}");
    assert!(back.contains("&RelayState=https%3A%2F%2Fx.example%2F%20%26&SigAlg="), "{back}");
}

#[test]
fn only_the_sessions_of_that_person_connection_and_index_end() {
    let mut deployment = deployment();
    let simon = signed_in(&mut deployment, "contoso");
    let elsewhere = signed_in(&mut deployment, "fabrikam");
    let mut nobody = Browser::default();
    for (logout, ends) in [
        (Logout { name_id: "zoe@contoso.com", id: "_1", ..Logout::default() }, false),
        (Logout { session_index: Some("s2"), id: "_2", ..Logout::default() }, false),
        (Logout { session_index: None, id: "_3", ..Logout::default() }, true),
    ] {
        let response = slo(&mut nobody, &mut deployment, &logout.query());
        check_answer(&response, logout.id, true);
        check_session(&mut deployment, &simon, !ends);
    }
    check_session(&mut deployment, &elsewhere, true);
    // The identity provider of one connection cannot speak for the other, whoever it says it is.
    for logout in [
        Logout { issuer: "https://idp.fabrikam.com/", id: "_4", ..Logout::default() },
        Logout { key: OTHER_KEY, id: "_5", ..Logout::default() },
    ] {
        let page = slo(&mut nobody, &mut deployment, &logout.query());
        assert_eq!(page.status, 403);
        assert_eq!(deployment.events().last().unwrap(), "dsig.signature_mismatch");
    }
    check_session(&mut deployment, &elsewhere, true);
}

#[test]
fn what_must_not_end_a_session_does_not() {
    let mut deployment = deployment();
    let mut browser = signed_in(&mut deployment, "contoso");
    let good = Logout::default().query();
    let (unsigned, signature) = good.split_once("&SigAlg=").unwrap();
    let evil = Logout { name_id: "admin@contoso.com", ..Logout::default() }.query();
    let (evil, _) = evil.split_once("&SigAlg=").unwrap();
    let an_hour_ago = UnixTime::from_seconds(NOW.seconds() - 3600);
    let query_of = |logout: Logout<'_>| logout.query();
    for (query, code) in [
        (unsigned.to_owned(), "saml.logout_not_signed"),
        (good.split_once("&Signature=").unwrap().0.to_owned(), "dsig.parameter"),
        (format!("{evil}&SigAlg={signature}"), "dsig.signature_mismatch"),
        (format!("{evil}&{good}"), "logout.parameter_repeated"),
        (format!("{good}&SAMLResponse=x"), "logout.parameter_repeated"),
        (format!("{good}&Signature=x"), "dsig.parameter"),
        (format!("{good}&RelayState=x"), "dsig.signature_mismatch"),
        ("x=y".to_owned(), "logout.no_message"),
        ("SAMLRequest=x".to_owned(), "saml.redirect_value"),
        (query_of(Logout { issuer: "https://evil.example/", ..Logout::default() }), UNKNOWN_ISSUER),
        (query_of(Logout { destination: IDP_SLO, ..Logout::default() }), WRONG_DESTINATION),
        (query_of(Logout { issued_at: an_hour_ago, ..Logout::default() }), "saml.expired"),
    ] {
        let page = slo(&mut browser, &mut deployment, &query);
        assert_eq!(page.status, 403, "{code} {}", page.body);
        assert!(page.body.contains("was not accepted"), "{code} {}", page.body);
        assert_eq!(deployment.events().last().unwrap(), code);
    }
    let plain = base64::encode(b"<a/>");
    let forms: [(&[(&str, &str)], _); 3] = [
        (&[("SAMLRequest", plain.as_str())], "saml.not_a_logout_message"),
        (&[("SAMLRequest", "x"), ("SAMLRequest", "y")], "logout.parameter_repeated"),
        (&[("RelayState", "x")], "logout.no_message"),
    ];
    for (fields, code) in forms {
        assert_eq!(post(&mut deployment, fields).status, 403);
        assert_eq!(deployment.events().last().unwrap(), code);
    }
    let long = "x".repeat(200_000);
    post(&mut deployment, &[("SAMLRequest", &long)]);
    assert_eq!(deployment.events().last().unwrap(), "logout.body_too_large");
    let head = browser.send(&mut deployment, "HEAD", &format!("/deskgate/slo?{good}"), "", "");
    assert_eq!(head.response().status, 405);
    assert!(browser.has_session());
    check_session(&mut deployment, &browser, true);
    // And the good one does.
    assert_eq!(slo(&mut browser, &mut deployment, &good).status, 303);
    check_session(&mut deployment, &browser, false);
}

const UNKNOWN_ISSUER: &str = "logout.unknown_issuer";
const WRONG_DESTINATION: &str = "saml.logout_destination_mismatch";

#[test]
fn a_logout_request_is_good_once() {
    let mut deployment = deployment();
    let query = Logout::default().query();
    assert_eq!(slo(&mut Browser::default(), &mut deployment, &query).status, 303);
    let mut browser = signed_in(&mut deployment, "contoso");
    deployment.new_isolate();
    let page = slo(&mut browser, &mut deployment, &query);
    assert_eq!(page.status, 403);
    assert_eq!(deployment.events().last().unwrap(), "logout.request_replayed");
    check_session(&mut deployment, &browser, true);
}

/// Signs out at the desk and answers the request that goes to the identity provider.
#[track_caller]
fn sign_out(
    browser: &mut Browser,
    deployment: &mut Deployment,
) -> (VerifiedLogoutRequest, Response) {
    let response = browser.submit(deployment, "/deskgate/logout", &[]);
    let query = location(&response).strip_prefix("https://idp.contoso.com/slo?").unwrap();
    let keys = [desk_key()];
    let expected = at_identity_provider(&keys, IDP_SLO);
    let verified = verify_logout_request(Carrier::Redirect(query), &expected, NOW, &CRYPTO);
    (verified.unwrap(), response)
}

#[test]
fn signing_out_ends_the_session_first_and_then_asks_the_identity_provider() {
    let mut deployment = deployment();
    let mut browser = signed_in(&mut deployment, "contoso");
    let copy = browser.clone();
    let (request, response) = sign_out(&mut browser, &mut deployment);
    assert_eq!(response.status, 303);
    assert_eq!(request.name_id.value, "B.Simon@contoso.com");
    assert_eq!(request.name_id.name_qualifier, None);
    assert_eq!(request.session_indexes, ["s1"]);
    // Whether or not anybody ever comes back from there.
    assert!(browser.cookies.is_empty());
    check_session(&mut deployment, &copy, false);
    deployment.new_isolate();
    check_session(&mut deployment, &copy, false);
}

/// Browsers hold a form's redirects against `form-action` as well.
#[test]
fn the_policy_of_the_sign_out_page_lets_its_form_lead_on_to_the_identity_provider() {
    for (settings, may_lead_on) in [(with_single_logout(), true), (settings(), false)] {
        let mut deployment = deployment_with(&settings);
        let mut browser = signed_in(&mut deployment, "contoso");
        let page = browser.open(&mut deployment, "/deskgate/logout").response();
        let policy = page.headers.iter().find(|(name, _)| *name == "Content-Security-Policy");
        assert_eq!(!policy.unwrap().1.contains("form-action"), may_lead_on, "{policy:?}");
    }
}

#[test]
fn the_page_at_the_end_says_what_ended_and_no_answer_brings_a_session_back() {
    let mut deployment = deployment();
    let mut browser = signed_in(&mut deployment, "contoso");
    let copy = browser.clone();
    let (request, _) = sign_out(&mut browser, &mut deployment);
    let (success, unsigned) = answer_logout(&request.id, LogoutStatus::Success);
    let (refused, _) = answer_logout(&request.id, LogoutStatus::Responder);
    let (unknown, _) = answer_logout("_other", LogoutStatus::Success);
    for (query, status, heading, code) in [
        (success.as_str(), 200, "You are signed out", "logout"),
        (&refused, 200, "You are signed out here", "logout.incomplete"),
        (&unsigned, 200, "You are signed out here", "saml.logout_not_signed"),
        (&unknown, 403, NOT_OURS, "session.logout_unknown"),
        ("SAMLResponse=x", 403, NOT_OURS, "saml.redirect_value"),
    ] {
        let page = slo(&mut browser, &mut deployment, query);
        assert_eq!(page.status, status, "{}", page.body);
        assert!(page.body.contains(&format!("<h1>{heading}</h1>")), "{}", page.body);
        assert_eq!(deployment.events().last().unwrap(), code);
        assert!(browser.cookies.is_empty());
        check_session(&mut deployment, &copy, false);
    }
    deployment.advance(600);
    let page = slo(&mut browser, &mut deployment, &success);
    assert!(page.body.contains(NOT_OURS), "too late");
}

const NOT_OURS: &str = "This does not belong to a sign-out that began here";

#[test]
fn an_answer_ends_no_session_that_began_since() {
    let mut deployment = deployment();
    let mut browser = signed_in(&mut deployment, "contoso");
    let (request, _) = sign_out(&mut browser, &mut deployment);
    let mut again = signed_in(&mut deployment, "contoso");
    let (success, _) = answer_logout(&request.id, LogoutStatus::Success);
    let page = slo(&mut again, &mut deployment, &success);
    assert!(page.body.contains("<h1>You are signed in</h1>"), "{}", page.body);
    assert!(again.has_session());
    check_session(&mut deployment, &again, true);
}

#[test]
fn without_the_object_the_browser_is_signed_out_and_the_identity_provider_is_told_the_truth() {
    let mut deployment = deployment();
    let mut browser = signed_in(&mut deployment, "contoso");
    let other = signed_in(&mut deployment, "contoso");
    deployment.object_answers = false;
    let response = slo(&mut other.clone(), &mut deployment, &Logout::default().query());
    check_answer(&response, "_logout1", false);
    let page = browser.submit(&mut deployment, "/deskgate/logout", &[]);
    assert!(page.body.contains("<h1>You are signed out here</h1>"), "{}", page.body);
    assert!(browser.cookies.is_empty());
    assert_eq!(deployment.events().last().unwrap(), "logout.not_recorded");
}

#[test]
fn without_an_address_of_the_identity_provider_there_are_pages_instead() {
    let mut deployment = deployment_with(&settings());
    let mut browser = signed_in(&mut deployment, "contoso");
    let page = slo(&mut browser, &mut deployment, &Logout::default().query());
    assert!(page.body.contains("<h1>You are signed out</h1>"), "{}", page.body);
    assert!(!browser.has_session());
    let mut browser = signed_in(&mut deployment, "contoso");
    let page = browser.submit(&mut deployment, "/deskgate/logout", &[]);
    assert!(page.body.contains("may still be signed in at your organization"), "{}", page.body);
    let metadata = browser.open(&mut deployment, "/deskgate/metadata").response();
    assert!(!metadata.body.contains("SingleLogoutService"));
    apply(&with_single_logout(), 2, &mut deployment);
    let metadata = browser.open(&mut deployment, "/deskgate/metadata").response();
    assert_eq!(metadata.body.matches(&format!("Location=\"{SLO}\"")).count(), 2);
}

#[test]
fn an_identity_provider_that_is_switched_off_ends_nothing() {
    let mut deployment = deployment();
    let mut settings = with_single_logout();
    settings["connections"][0]["enabled"] = false.into();
    apply(&settings, 2, &mut deployment);
    let page = slo(&mut Browser::default(), &mut deployment, &Logout::default().query());
    assert_eq!(page.status, 403);
    assert_eq!(deployment.events().last().unwrap(), UNKNOWN_ISSUER);
}
