//! deskgate as SAML identity provider of apps.

use core::time::Duration;

use deskgate_core::base64;
use deskgate_core::crypto::{DigestAlgorithm, KeyRules, PublicKey, SignatureAlgorithm};
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::dsig::{SignatureRules, SigningKey};
use deskgate_core::identity::NameId;
use deskgate_core::saml::logout::LogoutRequest;
use deskgate_core::saml::metadata::IdentityProviderMetadata;
use deskgate_core::saml::{
    AuthnRequest, ExpectedResponse, FurtherDemands, RequiredSignature, Solicitation,
    VerifiedAssertion, verify_response,
};
use deskgate_core::session::break_glass::mint_break_glass;
use deskgate_core::xenc::EncryptionRules;
use deskgate_core::{saml, x509};
use serde_json::{Value, json};

use super::admin::{deployment_with, send_signed};
use super::browser::{Browser, NAVIGATION, location, settings};
use super::harness::{CRYPTO, Deployment, secret};
use super::identity_provider::{Claims, respond};
use crate::http::{Parameters, Response, query_of};

const JITBIT: &str = "https://www.jitbit.com/web-helpdesk/";
const JITBIT_ACS: &str = "https://contoso.jitbit.com/helpdesk/Saml/Consume";
const SSO: &str = "https://help.contoso.com/deskgate/idp/jitbit/sso";

fn with_apps() -> Value {
    let app = |name: &str, helpdesk: &str, table: Value| {
        json!({
            "name": name, "helpdesk": helpdesk, "mode": "bridge", "provisioning": "just_in_time",
            helpdesk: table,
        })
    };
    let mut settings = settings();
    let certificate = certificate_of_an_app();
    settings["apps"] = json!([
        app("jitbit", "jitbit", json!({ "url": "https://contoso.jitbit.com/helpdesk" })),
        app(
            "scout",
            "help_scout",
            json!({
                "audience": "urn:helpscout:contoso",
                "acs_url": "https://secure.helpscout.net/saml/contoso",
            })
        ),
        app(
            "signing",
            "generic",
            json!({
                "audience": "https://app.contoso.com/",
                "acs_url": "https://app.contoso.com/acs",
                "name_id": "persistent",
                "logout_url": "https://app.contoso.com/slo",
                "request_certificate": certificate,
                "encryption_certificate": certificate,
            })
        ),
    ]);
    settings
}

/// An app's own key is the third that the harness has.
fn app_key() -> deskgate_core::crypto::PrivateKey {
    let pkcs8 = include_bytes!("testdata/third-rsa-2048.pk8");
    deskgate_core::crypto::PrivateKey::from_pkcs8_der(pkcs8, KeyRules::default()).unwrap()
}

const RSA: SignatureAlgorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);

fn certificate_of_an_app() -> String {
    let from = super::harness::NOW;
    let until = from.saturating_add(Duration::from_secs(86_400));
    let der = x509::self_signed("app", [1; 16], from, until, RSA, &app_key(), &CRYPTO).unwrap();
    base64::encode(&der)
}

/// A request of an app, as a change of one of Jitbit.
fn request<'a>(deployment: &Deployment, id: &'a str) -> AuthnRequest<'a> {
    AuthnRequest {
        id,
        issue_instant: deployment.now,
        sp_entity_id: JITBIT,
        acs_url: JITBIT_ACS,
        destination: SSO,
        force_authn: false,
        authn_contexts: &[],
    }
}

fn path_of(request: &AuthnRequest<'_>) -> String {
    let url = request.redirect_url(Some("a state&\"<"), None, &CRYPTO).unwrap();
    url.strip_prefix("https://help.contoso.com").unwrap().to_owned()
}

fn path_on_desk(response: &Response) -> String {
    let location = location(response);
    location.strip_prefix("https://help.contoso.com").unwrap_or(location).to_owned()
}

/// From the page that sends somebody to sign in, to where the sign-in ends.
#[track_caller]
fn sign_in(browser: &mut Browser, deployment: &mut Deployment, to_login: &Response) -> String {
    let to_idp = browser.open(deployment, &path_on_desk(to_login)).response();
    let query = location(&to_idp).split_once('?').unwrap().1.to_owned();
    let id = Parameters::parse(query.as_bytes()).once("RelayState").unwrap().unwrap().to_owned();
    let assertion_id = format!("_assertion{}", deployment.asked);
    let claims = Claims {
        in_response_to: Some(&id),
        assertion_id: &assertion_id,
        issued_at: deployment.now,
        ..Claims::default()
    };
    let welcome = browser.complete(deployment, &respond(&claims), &id);
    assert_eq!(welcome.status, 303, "{}", welcome.body);
    path_on_desk(&welcome)
}

fn signed_in(deployment: &mut Deployment) -> Browser {
    let mut browser = Browser::default();
    let to_login = browser.open(deployment, "/").response();
    sign_in(&mut browser, deployment, &to_login);
    browser
}

/// The form of a page: where it goes, and its fields.
#[track_caller]
fn form(page: &Response) -> (String, String, Option<String>) {
    let text = |before: &str| {
        let (_, rest) = page.body.split_once(before)?;
        let text = rest.split_once('"').unwrap().0;
        let text = text.replace("&#34;", "\"").replace("&#60;", "<").replace("&#38;", "&");
        Some(text.replace("&quot;", "\"").replace("&lt;", "<").replace("&amp;", "&"))
    };
    let response = text("name=\"SAMLResponse\" value=\"").unwrap_or_else(|| panic!("{page:?}"));
    let xml = String::from_utf8(base64::decode(&response).unwrap()).unwrap();
    (text("action=\"").unwrap(), xml, text("name=\"RelayState\" value=\""))
}

fn keys(deployment: &mut Deployment) -> Vec<PublicKey> {
    let metadata =
        Browser::default().open(deployment, "/deskgate/idp/jitbit/metadata").response().body;
    let read =
        IdentityProviderMetadata::parse(metadata.as_bytes(), None, KeyRules::default()).unwrap();
    read.signing_certificates.iter().map(|certificate| certificate.public_key().clone()).collect()
}

fn verify(
    deployment: &mut Deployment,
    app: &str,
    (audience, acs_url): (&str, &str),
    solicitation: Solicitation<'_>,
    xml: &str,
) -> Result<VerifiedAssertion<'static>, saml::Error> {
    let keys = &keys(deployment)[..1];
    let expected = ExpectedResponse {
        idp_entity_id: &format!("https://help.contoso.com/deskgate/idp/{app}/metadata"),
        keys,
        audience,
        acs_url,
        solicitation,
        clock_skew: Duration::ZERO,
        signature_rules: SignatureRules::default(),
        required_signature: RequiredSignature::Both,
        decryption_keys: &[app_key()],
        encryption_rules: EncryptionRules::default(),
        further: FurtherDemands::default(),
    };
    verify_response(xml.as_bytes(), &expected, deployment.now, &CRYPTO)
        .map(VerifiedAssertion::into_owned)
}

#[track_caller]
fn check_answer(
    deployment: &mut Deployment,
    page: &Response,
    id: &str,
) -> VerifiedAssertion<'static> {
    let (action, xml, relay_state) = form(page);
    assert_eq!(action, JITBIT_ACS);
    assert_eq!(relay_state.as_deref(), Some("a state&\"<"));
    let asked = Solicitation::InResponseTo(id);
    let verified = verify(deployment, "jitbit", (JITBIT, JITBIT_ACS), asked, &xml).unwrap();
    let name_id = verified.identity.name_id.as_ref().unwrap();
    assert_eq!(name_id.value, "B.Simon@contoso.com");
    verified
}

#[track_caller]
fn check_status(deployment: &mut Deployment, page: &Response, expected: &str) {
    let (action, xml, relay_state) = form(page);
    assert_eq!(action, JITBIT_ACS);
    assert_eq!(relay_state.as_deref(), Some("a state&\"<"));
    let asked = Solicitation::InResponseTo("_1");
    let error = verify(deployment, "jitbit", (JITBIT, JITBIT_ACS), asked, &xml).unwrap_err();
    assert_eq!(error.code(), "saml.status");
    assert!(error.found().unwrap().contains(expected), "{error:?}");
}

fn last_event(deployment: &Deployment) -> Value {
    let lines = deployment.host.lines.borrow();
    serde_json::from_str(lines.last().unwrap()).unwrap()
}

#[test]
fn what_an_app_asked_survives_the_sign_in_and_is_answered() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = Browser::default();
    let path = path_of(&request(&deployment, "_1"));
    let to_login = browser.open(&mut deployment, &path).response();
    assert_eq!(to_login.status, 302, "{}", to_login.body);
    deployment.advance(500);
    let back = sign_in(&mut browser, &mut deployment, &to_login);
    assert!(back.starts_with("/deskgate/idp/jitbit/continue?state="), "{back}");
    let page = browser.open(&mut deployment, &back).response();
    let verified = check_answer(&mut deployment, &page, "_1");
    assert_eq!(
        verified.authn_context_class.as_deref(),
        Some("urn:oasis:names:tc:SAML:2.0:ac:classes:Password")
    );
    let event = last_event(&deployment);
    assert_eq!((&event["event"], &event["app"]), (&json!("bridge"), &json!("jitbit")));
    assert_eq!(event["token"], verified.response_id);
    assert_eq!(event["session"], verified.session_index.unwrap());
    assert!(!event.to_string().contains("B.Simon"));
    // The session names the assertion that it came from.
    let lines = deployment.host.lines.borrow();
    let accepted: Value = serde_json::from_str(&lines[lines.len() - 2]).unwrap();
    assert_eq!(accepted["event"], "login.accepted");
    assert_eq!(accepted["session"], event["session"]);
    assert!(accepted["assertion"].as_str().unwrap().starts_with("_assertion"));
}

#[test]
fn somebody_with_a_session_is_taken_on_at_once() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = signed_in(&mut deployment);
    let path = path_of(&request(&deployment, "_1"));
    let page = browser.open(&mut deployment, &path).response();
    check_answer(&mut deployment, &page, "_1");
    let header = |name: &str| page.headers.iter().find(|(n, _)| *n == name).unwrap().1.clone();
    assert_eq!(header("Cache-Control"), "private, no-store");
    assert_eq!(header("X-Frame-Options"), "DENY");
}

#[test]
fn a_posted_request_comes_back_as_a_navigation_with_cookies() {
    let mut deployment = deployment_with(&with_apps());
    let browser = signed_in(&mut deployment);
    let value = request(&deployment, "_1").post_value(None, &CRYPTO).unwrap();
    let body = query_of(&[("SAMLRequest", &value), ("RelayState", "a state&\"<")]);
    let headers = format!(
        "{NAVIGATION}content-type:application/x-www-form-urlencoded\n\
         origin:https://contoso.jitbit.com\nsec-fetch-site:cross-site\n"
    );
    // Without its cookies, which are SameSite=Lax.
    let mut crossing = Browser::default();
    let path = "/deskgate/idp/jitbit/sso";
    let kept = crossing.send(&mut deployment, "POST", path, &headers, &body).response();
    assert_eq!(kept.status, 303, "{}", kept.body);
    let mut browser = browser;
    let page = browser.open(&mut deployment, &path_on_desk(&kept)).response();
    check_answer(&mut deployment, &page, "_1");
}

#[test]
fn nobody_is_asked_when_the_app_wants_that() {
    let mut deployment = deployment_with(&with_apps());
    let xml =
        request(&deployment, "_1").to_xml().replace(" Version", " IsPassive=\"true\" Version");
    let message = saml::binding::redirect::deflate_value(&xml);
    let query = query_of(&[("SAMLRequest", &message), ("RelayState", "a state&\"<")]);
    let path = format!("/deskgate/idp/jitbit/sso?{query}");
    let page = Browser::default().open(&mut deployment, &path).response();
    check_status(&mut deployment, &page, "status:NoPassive");
    let event = last_event(&deployment);
    assert_eq!(event["event"], "bridge.refused");
    let page = signed_in(&mut deployment).open(&mut deployment, &path).response();
    check_answer(&mut deployment, &page, "_1");
}

#[test]
fn a_forced_sign_in_is_a_new_one_at_the_company_too() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = signed_in(&mut deployment);
    deployment.advance(1);
    let path = path_of(&AuthnRequest { force_authn: true, ..request(&deployment, "_1") });
    let to_login = browser.open(&mut deployment, &path).response();
    let to_idp = browser.open(&mut deployment, &path_on_desk(&to_login)).response();
    let query = location(&to_idp).split_once('?').unwrap().1.to_owned();
    let parameters = Parameters::parse(query.as_bytes());
    let value = parameters.once("SAMLRequest").unwrap().unwrap();
    let upstream = saml::binding::redirect::inflate_value(value).unwrap();
    assert!(upstream.contains(" ForceAuthn=\"true\""), "{upstream}");

    // The company's session of an hour ago is none that answers.
    let id = parameters.once("RelayState").unwrap().unwrap().to_owned();
    let claims =
        Claims { in_response_to: Some(&id), issued_at: deployment.now, ..Claims::default() };
    let hour_ago = deployment.now.saturating_sub(Duration::from_secs(3600));
    let old = respond(&Claims { issued_at: hour_ago, ..claims.clone() });
    assert_ne!(browser.clone().complete(&mut deployment, &old, &id).status, 303);

    let welcome = browser.complete(&mut deployment, &respond(&claims), &id);
    let page = browser.open(&mut deployment, &path_on_desk(&welcome)).response();
    check_answer(&mut deployment, &page, "_1");
}

#[test]
fn a_session_from_before_the_forced_request_does_not_answer_it() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = signed_in(&mut deployment);
    deployment.advance(1);
    let path = path_of(&AuthnRequest { force_authn: true, ..request(&deployment, "_1") });
    let to_login = browser.open(&mut deployment, &path).response();
    let query = location(&to_login).split_once('?').unwrap().1.to_owned();
    let back = Parameters::parse(query.as_bytes()).once("return").unwrap().unwrap().to_owned();
    let again = browser.open(&mut deployment, &back).response();
    assert_eq!(again.status, 302);
    assert!(location(&again).contains("/deskgate/login?"), "{again:?}");
}

#[track_caller]
fn check_refused(deployment: &mut Deployment, path: &str, headers: &str, status: u16, code: &str) {
    let mut browser = signed_in(deployment);
    let page = browser.send(deployment, "GET", path, headers, "").response();
    assert_eq!(page.status, status, "{}", page.body);
    assert!(!page.body.contains("SAMLResponse"), "{}", page.body);
    let event = last_event(deployment);
    assert_eq!((&event["event"], &event["code"]), (&json!("bridge.refused"), &json!(code)));
}

#[test]
fn a_request_that_is_not_the_apps_is_answered_to_nobody() {
    let mut deployment = deployment_with(&with_apps());
    let good = request(&deployment, "_1");
    let old = good.issue_instant.saturating_sub(Duration::from_secs(3600));
    for (request, code) in [
        (AuthnRequest { acs_url: "https://evil.example/acs", ..good }, "acs_url_mismatch"),
        (AuthnRequest { sp_entity_id: "https://evil.example/", ..good }, "issuer_mismatch"),
        (AuthnRequest { issue_instant: old, ..good }, "expired"),
    ] {
        let code = format!("identity_provider.{code}");
        check_refused(&mut deployment, &path_of(&request), NAVIGATION, 400, &code);
    }
    let misdirected =
        AuthnRequest { destination: "https://help.contoso.com/deskgate/idp/scout/sso", ..good };
    let path = path_of(&misdirected).replace("/scout/", "/jitbit/");
    let code = "identity_provider.destination_mismatch";
    check_refused(&mut deployment, &path, NAVIGATION, 400, code);
    let twice = format!("{}&RelayState=x", path_of(&good));
    check_refused(&mut deployment, &twice, NAVIGATION, 400, "dsig.parameter");
    let bomb = saml::binding::redirect::deflate_value(&" ".repeat(100_000));
    let path = format!("/deskgate/idp/jitbit/sso?{}", query_of(&[("SAMLRequest", &bomb)]));
    check_refused(&mut deployment, &path, NAVIGATION, 400, "saml.redirect_value");
    let long = path_of(&good).replace("a%20state", &"x".repeat(1025));
    let code = "identity_provider.relay_state_too_long";
    check_refused(&mut deployment, &long, NAVIGATION, 400, code);
}

#[test]
fn nothing_is_given_to_a_frame_or_a_script() {
    let mut deployment = deployment_with(&with_apps());
    let path = path_of(&request(&deployment, "_1"));
    for headers in [
        "accept:text/html\nsec-fetch-mode:navigate\nsec-fetch-dest:iframe\n",
        "accept:*/*\nsec-fetch-mode:no-cors\nsec-fetch-dest:image\n",
        "accept:text/html\nsec-fetch-mode:navigate\nsec-fetch-dest:document\nsec-purpose:prefetch\n",
    ] {
        check_refused(&mut deployment, &path, headers, 403, "handoff.not_navigated");
    }
}

#[test]
fn what_was_kept_is_for_one_app_and_for_minutes() {
    let mut deployment = deployment_with(&with_apps());
    let path = path_of(&request(&deployment, "_1"));
    let to_login = Browser::default().open(&mut deployment, &path).response();
    let query = location(&to_login).split_once('?').unwrap().1.to_owned();
    let back = Parameters::parse(query.as_bytes()).once("return").unwrap().unwrap().to_owned();
    let page = signed_in(&mut deployment).open(&mut deployment, &back).response();
    check_answer(&mut deployment, &page, "_1");
    let refused = |deployment: &mut Deployment, path: &str| {
        check_refused(deployment, path, NAVIGATION, 400, "handoff.expired");
    };
    refused(&mut deployment, &back.replace("/jitbit/", "/scout/"));
    let changed = if back.ends_with('A') { "B" } else { "A" };
    refused(&mut deployment, &format!("{}{changed}", &back[..back.len() - 1]));
    refused(&mut deployment, "/deskgate/idp/jitbit/continue");
    deployment.advance(600);
    refused(&mut deployment, &back);
}

#[test]
fn people_begin_here_where_the_app_takes_that() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = Browser::default();
    let to_login = browser.open(&mut deployment, "/deskgate/idp/scout/start").response();
    let back = sign_in(&mut browser, &mut deployment, &to_login);
    assert_eq!(back, "/deskgate/idp/scout/start");
    // Nobody chooses by a link where in the app it leads.
    for query in ["", "?RelayState=https://evil.example/"] {
        let page = browser.open(&mut deployment, &format!("{back}{query}")).response();
        let (action, xml, relay_state) = form(&page);
        assert_eq!(action, "https://secure.helpscout.net/saml/contoso");
        assert_eq!(relay_state, None);
        let app = ("urn:helpscout:contoso", "https://secure.helpscout.net/saml/contoso");
        let verified = verify(&mut deployment, "scout", app, Solicitation::Unsolicited, &xml);
        let verified = verified.unwrap();
        assert_eq!(verified.identity.attribute("email").unwrap().values, ["B.Simon@contoso.com"]);
        // Whoever gets it at another app is told so.
        let other = (JITBIT, JITBIT_ACS);
        let error = verify(&mut deployment, "scout", other, Solicitation::Unsolicited, &xml);
        assert_eq!(error.unwrap_err().code(), "saml.destination_mismatch");
    }
    let elsewhere = browser.open(&mut deployment, "/deskgate/idp/jitbit/start").response();
    assert_eq!(location(&elsewhere), "https://contoso.jitbit.com/helpdesk/User/Login");
}

#[test]
fn an_app_with_a_key_signs_its_requests_and_reads_what_is_encrypted() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = signed_in(&mut deployment);
    let app = ("https://app.contoso.com/", "https://app.contoso.com/acs");
    let request = AuthnRequest {
        sp_entity_id: app.0,
        acs_url: app.1,
        destination: "https://help.contoso.com/deskgate/idp/signing/sso",
        ..request(&deployment, "_1")
    };
    let unsigned = path_of(&request);
    let code = "identity_provider.request_not_signed";
    check_refused(&mut deployment, &unsigned, NAVIGATION, 400, code);
    let key = app_key();
    let signing_key = SigningKey { algorithm: RSA, key: &key, certificate: None };
    let url = request.redirect_url(None, Some(&signing_key), &CRYPTO).unwrap();
    let path = url.strip_prefix("https://help.contoso.com").unwrap();
    let page = browser.open(&mut deployment, path).response();
    let (action, xml, _) = form(&page);
    assert_eq!(action, app.1);
    assert!(xml.contains("EncryptedAssertion") && !xml.contains("B.Simon"), "{xml}");
    let asked = Solicitation::InResponseTo("_1");
    let verified = verify(&mut deployment, "signing", app, asked, &xml).unwrap();
    let name_id = verified.identity.name_id.unwrap();
    assert_eq!(
        name_id.format.as_deref(),
        Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent")
    );
    assert!(!name_id.value.contains('@'));
}

#[test]
fn whoever_is_not_meant_to_come_is_not_taken_on() {
    let mut settings = with_apps();
    settings["apps"][0]["provisioning"] = "by_hand".into();
    settings["apps"][0]["ask"] = "Ann of IT, extension 100".into();
    let mut deployment = deployment_with(&settings);
    let mut browser = signed_in(&mut deployment);
    let path = path_of(&request(&deployment, "_1"));
    let page = browser.open(&mut deployment, &path).response();
    assert_eq!(page.status, 403, "{}", page.body);
    assert!(page.body.contains("Ann of IT, extension 100"), "{}", page.body);
    settings["apps"][0]["enabled"] = false.into();
    let mut deployment = deployment_with(&settings);
    check_refused(&mut deployment, &path, NAVIGATION, 403, "handoff.switched_off");
}

#[test]
fn the_object_is_asked_before_anything_is_given() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = signed_in(&mut deployment);
    let path = path_of(&request(&deployment, "_1"));
    deployment.object_answers = false;
    let page = browser.open(&mut deployment, &path).response();
    assert_eq!(page.status, 503, "{}", page.body);
    assert!(!page.body.contains("SAMLResponse"));
}

#[test]
fn certificates_change_in_two_steps_while_both_are_published() {
    let mut deployment = deployment_with(&with_apps());
    let rotate = |deployment: &mut Deployment, step: &str, id: u8| {
        let body = format!("{{\"rotate\":\"{step}\"}}");
        send_signed("POST", "/deskgate/admin/keys", &body, id, deployment)
    };
    let get = |deployment: &mut Deployment, page: &str| {
        let path = format!("/deskgate/idp/jitbit/{page}");
        Browser::default().open(deployment, &path).response().body
    };
    let first = keys(&mut deployment);
    assert_eq!(first.len(), 1);
    let text = get(&mut deployment, "certificate.txt");
    let pem = get(&mut deployment, "certificate.pem");
    let parse = |text: &str| {
        let parsed = x509::Certificate::parse_all(text.as_bytes(), KeyRules::default());
        parsed.unwrap()[0].public_key().spki_der().to_vec()
    };
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n") && !text.contains('-'));
    assert_eq!(parse(&text), first[0].spki_der());
    assert_eq!(parse(&pem), first[0].spki_der());

    assert_eq!(rotate(&mut deployment, "switch", 2).status, 409);
    assert_eq!(rotate(&mut deployment, "announce", 3).status, 200);
    let both = keys(&mut deployment);
    assert_eq!(both.len(), 2);
    assert_eq!(both[0].spki_der(), first[0].spki_der());
    let mut browser = signed_in(&mut deployment);
    let path = path_of(&request(&deployment, "_1"));
    let page = browser.open(&mut deployment, &path).response();
    check_answer(&mut deployment, &page, "_1");
    assert_eq!(rotate(&mut deployment, "announce", 4).status, 409);

    assert_eq!(rotate(&mut deployment, "switch", 5).status, 200);
    let last = keys(&mut deployment);
    assert_eq!(last.len(), 1);
    assert_eq!(last[0].spki_der(), both[1].spki_der());
    let page = browser.open(&mut deployment, &path).response();
    check_answer(&mut deployment, &page, "_1");
    assert_eq!(parse(&get(&mut deployment, "certificate.txt")), last[0].spki_der());
}

/// A LogoutRequest of the app with a key; `None` for one without signature.
fn logout_query(deployment: &Deployment, session_index: &str, signed: bool) -> String {
    let name_id = NameId {
        value: "somebody".into(),
        format: None,
        name_qualifier: None,
        sp_name_qualifier: None,
    };
    let request = LogoutRequest {
        id: "_logout",
        issue_instant: deployment.now,
        sp_entity_id: "https://app.contoso.com/",
        destination: "https://help.contoso.com/deskgate/idp/signing/slo",
        name_id: &name_id,
        session_index: Some(session_index),
    };
    let key = app_key();
    let signing_key = SigningKey { algorithm: RSA, key: &key, certificate: None };
    let url = request.redirect_url(&signing_key, &CRYPTO).unwrap();
    let path = url.strip_prefix("https://help.contoso.com").unwrap();
    let (message, signature) = path.split_once("&SigAlg=").unwrap();
    if signed { format!("{message}&SigAlg={signature}") } else { message.to_owned() }
}

#[test]
fn an_app_with_a_key_ends_the_session_that_it_was_told_of_once() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = signed_in(&mut deployment);
    let other = signed_in(&mut deployment);
    let session = browser.cookies["__Host-deskgate"].clone();
    let claims = session.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&base64::decode_url(claims).unwrap()).unwrap();
    let sid = claims["sid"].as_str().unwrap();

    let unsigned = logout_query(&deployment, sid, false);
    let page = browser.open(&mut deployment, &unsigned).response();
    assert_eq!(page.status, 403, "{}", page.body);
    assert!(browser.has_session());
    let forged = logout_query(&deployment, sid, true).replace("&Signature=", "&Signature=AAAA");
    assert_eq!(browser.clone().open(&mut deployment, &forged).response().status, 403);

    let path = logout_query(&deployment, sid, true);
    let answer = browser.open(&mut deployment, &path).response();
    let to = location(&answer);
    assert!(to.starts_with("https://app.contoso.com/slo?SAMLResponse="), "{to}");
    assert!(to.contains("&Signature=") && !browser.has_session());
    browser.cookies.insert("__Host-deskgate".into(), session);
    assert_eq!(browser.open(&mut deployment, "/").response().status, 302);
    other.clone().open(&mut deployment, "/").forward();
    let again = browser.open(&mut deployment, &path).response();
    assert_eq!(again.status, 403, "{}", again.body);
    assert_eq!(last_event(&deployment)["code"], "logout.request_replayed");
}

#[test]
fn an_app_without_a_key_ends_nothing_by_itself() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = signed_in(&mut deployment);
    let path = logout_query(&deployment, "x", true).replace("/signing/", "/jitbit/");
    let page = browser.open(&mut deployment, &path).response();
    assert_eq!(location(&page), "/deskgate/logout");
    assert!(browser.has_session());
}

#[test]
fn a_sign_in_begun_at_the_company_ends_in_the_app() {
    let mut settings = with_apps();
    settings["connections"][0]["allow_idp_initiated"] = true.into();
    settings["connections"][0]["idp_initiated_target"] = "/deskgate/idp/scout/start".into();
    let mut deployment = deployment_with(&settings);
    let mut browser = Browser::default();
    let welcome = browser.complete(&mut deployment, &respond(&Claims::default()), "");
    assert_eq!(path_on_desk(&welcome), "/deskgate/idp/scout/start");
    let page = browser.open(&mut deployment, &path_on_desk(&welcome)).response();
    assert_eq!(form(&page).0, "https://secure.helpscout.net/saml/contoso");
}

#[test]
fn a_break_glass_session_opens_no_app() {
    let mut settings = with_apps();
    settings["owners"] = json!(["owner@contoso.com"]);
    let mut deployment = deployment_with(&settings);
    let desk = "https://help.contoso.com";
    let (lifetime, now) = (Duration::from_secs(600), deployment.now);
    let owner = "owner@contoso.com";
    let token = mint_break_glass(desk, owner, lifetime, now, [7; 16], &secret(), &CRYPTO).unwrap();
    let mut browser = Browser::default();
    let used = browser.submit(&mut deployment, "/deskgate/break-glass", &[("token", &token)]);
    assert_eq!((used.status, browser.has_session()), (303, true), "{}", used.body);
    let path = path_of(&request(&deployment, "_1"));
    let page = browser.open(&mut deployment, &path).response();
    assert_eq!(page.status, 403, "{}", page.body);
    assert!(!page.body.contains("SAMLResponse"));
}

#[test]
fn a_signature_that_nobody_can_verify_is_told_to_the_log_only() {
    let mut deployment = deployment_with(&with_apps());
    let mut browser = signed_in(&mut deployment);
    let key = app_key();
    let signing_key = SigningKey { algorithm: RSA, key: &key, certificate: None };
    let request = request(&deployment, "_1");
    let url = request.redirect_url(Some("a state&\"<"), Some(&signing_key), &CRYPTO).unwrap();
    let path = url.strip_prefix("https://help.contoso.com").unwrap();
    let page = browser.open(&mut deployment, path).response();
    let event = last_event(&deployment);
    assert_eq!(event["found"], "a signature of the request, and no key to verify it with");
    check_answer(&mut deployment, &page, "_1");
    browser.open(&mut deployment, &path_of(&request)).response();
    assert_eq!(last_event(&deployment).get("found"), None);
}

#[test]
fn the_identifier_by_which_an_app_knows_a_person_stands_in_every_assertion() {
    let mut settings = with_apps();
    let generic = json!({
        "audience": "urn:app",
        "acs_url": "https://app.contoso.com/acs",
        "idp_initiated": true,
        "attributes": { "id": "uid" },
    });
    settings["apps"].as_array_mut().unwrap().push(json!({
        "name": "known", "helpdesk": "generic", "mode": "bridge",
        "provisioning": "just_in_time", "generic": generic,
    }));
    let mut deployment = deployment_with(&settings);
    let mut browser = signed_in(&mut deployment);
    let mut identifier = || {
        let page = browser.open(&mut deployment, "/deskgate/idp/known/start").response();
        let (_, xml, _) = form(&page);
        let app = ("urn:app", "https://app.contoso.com/acs");
        let verified = verify(&mut deployment, "known", app, Solicitation::Unsolicited, &xml);
        verified.unwrap().identity.attribute("uid").unwrap().values.clone()
    };
    let first = identifier();
    assert_eq!(first.len(), 1);
    assert_eq!(identifier(), first);
}
