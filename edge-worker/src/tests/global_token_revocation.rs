//! An identity provider ends the sessions of its people, and of nobody else's.

use deskgate_core::base64;
use deskgate_core::crypto::{DigestAlgorithm, JwsAlgorithm, KeyRules, PrivateKey, SecretKey};
use deskgate_core::crypto::{SignatureAlgorithm, SignatureAlgorithm::RsaPkcs1};
use deskgate_core::jose::{SigningKey, sign_jws};
use deskgate_core::time::UnixTime;
use deskgate_core::x509;
use serde_json::{Value, json};

use super::admin::{apply, deployment_with};
use super::browser::{Browser, settings};
use super::harness::{CRYPTO, Deployment, NOW, Outcome};
use super::identity_provider::certificate;
use super::people::sign_in;
use crate::http::Response;
use crate::http::tests::request;
use crate::isolate;

const PATH: &str = "/deskgate/global-token-revocation/contoso";
const ENDPOINT: &str = "https://help.contoso.com/deskgate/global-token-revocation/contoso";
const TYPE: &str = "global-token-revocation+jwt";
const SIMON: &str = "B.Simon@contoso.com";

fn rsa_key() -> PrivateKey {
    let pkcs8 = include_bytes!("testdata/rsa-2048.pk8");
    PrivateKey::from_pkcs8_der(pkcs8, KeyRules::default()).unwrap()
}

fn other_rsa_key() -> PrivateKey {
    let pkcs8 = include_bytes!("testdata/second-rsa-2048.pk8");
    PrivateKey::from_pkcs8_der(pkcs8, KeyRules::default()).unwrap()
}

fn rsa_certificate() -> String {
    let (from, to) = (UnixTime::from_seconds(0), UnixTime::from_seconds(2_000_000_000));
    let algorithm: SignatureAlgorithm = RsaPkcs1(DigestAlgorithm::Sha256);
    let der = x509::self_signed("idp", [2; 16], from, to, algorithm, &rsa_key(), &CRYPTO);
    base64::encode(&der.unwrap())
}

/// The connection has two certificates; the second one is of the key that signs tokens.
fn with_certificates() -> Value {
    let mut settings = settings();
    settings["connections"][0]["certificates"] = json!([certificate(), rsa_certificate()]);
    settings["connections"][0]["email_domains"] = json!(["contoso.com"]);
    settings
}

fn signed_in() -> (Deployment, Browser) {
    let mut deployment = deployment_with(&with_certificates());
    let (browser, response) = sign_in(&mut deployment, 1);
    assert_eq!(response.status, 303);
    (deployment, browser)
}

/// As Okta makes them for a SAML app, in the shape that Auth0's documentation and Okta's samples tell.
fn claims() -> Value {
    let now = NOW.seconds();
    json!({
        "jti": "1", "iss": "https://idp.contoso.com/", "sub": "0oa1", "aud": ENDPOINT,
        "iat": now, "nbf": now - 300, "exp": now + 300
    })
}

fn signed(claims: &Value, typ: &str, key: PrivateKey) -> String {
    let key = SigningKey::from_private(key, &CRYPTO).unwrap();
    sign_jws(claims.to_string().as_bytes(), Some(typ), &key, &CRYPTO).unwrap()
}

fn token(claims: &Value) -> String {
    signed(claims, TYPE, rsa_key())
}

fn email(address: &str) -> String {
    json!({ "sub_id": { "format": "email", "email": address } }).to_string()
}

fn iss_sub(issuer: &str, subject: &str) -> String {
    json!({ "sub_id": { "format": "iss_sub", "iss": issuer, "sub": subject } }).to_string()
}

fn send(deployment: &mut Deployment, path: &str, token: &str, body: &str) -> Response {
    let headers = format!("authorization:Bearer {token}\ncontent-type:application/json\n");
    deployment.handle(request("POST", path, &headers), body.as_bytes()).response()
}

fn is_signed_in(deployment: &mut Deployment, browser: &Browser) -> bool {
    matches!(browser.clone().open(deployment, "/tickets/1"), Outcome::Forwarded(_))
}

#[track_caller]
fn check_ends(body: &str) {
    let (mut deployment, browser) = signed_in();
    let elsewhere = isolate::with(core::mem::take);
    deployment.new_isolate();
    let response = send(&mut deployment, PATH, &token(&claims()), body);
    assert_eq!((response.status, response.body.as_str()), (204, ""), "{body}");
    assert!(!is_signed_in(&mut deployment, &browser), "{body}");
    assert_eq!(deployment.events().last().unwrap(), "revocation");
    // In another isolate after its next refresh.
    isolate::with(|isolate| *isolate = elsewhere);
    assert!(is_signed_in(&mut deployment, &browser), "{body}");
    deployment.advance(31);
    assert!(!is_signed_in(&mut deployment, &browser), "{body}");
    let (again, _) = sign_in(&mut deployment, 7);
    assert!(is_signed_in(&mut deployment, &again), "{body}");
}

#[test]
fn the_sessions_of_a_person_end_by_address_and_by_name() {
    check_ends(&email(SIMON));
    check_ends(&email("b.simon@CONTOSO.com"));
    check_ends(&iss_sub("https://idp.contoso.com/", SIMON));
}

/// Nothing ends, the log has this code, and another request with a right token is good.
#[track_caller]
fn check_refused(token: &str, body: &str, status: u16, code: &str) {
    let (mut deployment, browser) = signed_in();
    let response = send(&mut deployment, PATH, token, body);
    assert_eq!((response.status, response.body.as_str()), (status, ""), "{code} {body}");
    assert_eq!(deployment.events().last().unwrap(), code, "{body}");
    assert!(is_signed_in(&mut deployment, &browser), "{code} {body}");
    let mut other = claims();
    other["jti"] = "another".into();
    assert_eq!(send(&mut deployment, PATH, &self::token(&other), &email(SIMON)).status, 204);
    assert!(!is_signed_in(&mut deployment, &browser), "{code} {body}");
}

#[track_caller]
fn check_claim(name: &str, value: Value, code: &str) {
    let mut claims = claims();
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    check_refused(&token(&claims), &email(SIMON), 401, code);
}

#[test]
fn a_token_counts_for_its_issuer_endpoint_and_minutes() {
    let now = NOW.seconds();
    check_claim("aud", "https://help.contoso.com/".into(), "jose.audience_mismatch");
    check_claim(
        "aud",
        ENDPOINT.replace("contoso.com/", "fabrikam.com/").into(),
        "jose.audience_mismatch",
    );
    check_claim("aud", ENDPOINT.replace("/contoso", "/fabrikam").into(), "jose.audience_mismatch");
    check_claim("aud", Value::Null, "jose.claim_missing");
    check_claim("iss", "http://www.okta.com/other".into(), "jose.issuer_mismatch");
    check_claim("iss", Value::Null, "jose.claim_missing");
    check_claim("exp", now.into(), "jose.expired");
    check_claim("exp", (now + 601).into(), "jose.lifetime_too_long");
    check_claim("exp", Value::Null, "jose.claim_missing");
    check_claim("iat", (now + 120).into(), "jose.issued_in_future");
    check_claim("iat", Value::Null, "jose.claim_missing");
    check_claim("nbf", (now + 120).into(), "jose.not_yet_valid");
    check_claim("jti", Value::Null, "jose.claim_missing");
}

#[test]
fn only_a_key_of_the_connection_makes_a_token() {
    check_refused(
        &signed(&claims(), TYPE, other_rsa_key()),
        &email(SIMON),
        401,
        "jose.signature_invalid",
    );
    check_refused(&signed(&claims(), "JWT", rsa_key()), &email(SIMON), 401, "jose.type_mismatch");
    // The certificate of the connection is public: it must not serve as a shared secret.
    let certificate = base64::decode(&rsa_certificate()).unwrap();
    let secret = SecretKey::new(&certificate);
    let key = SigningKey::from_secret(secret, JwsAlgorithm::Hs256, None).unwrap();
    let confused = sign_jws(claims().to_string().as_bytes(), Some(TYPE), &key, &CRYPTO).unwrap();
    check_refused(&confused, &email(SIMON), 401, "jose.algorithm_not_allowed");
    let part = |value: &Value| base64::encode_url(value.to_string().as_bytes());
    let none = format!("{}.{}.", part(&json!({ "alg": "none", "typ": TYPE })), part(&claims()));
    check_refused(&none, &email(SIMON), 401, "jose.algorithm_not_allowed");
    let right = token(&claims());
    check_refused(&right[..right.len() - 2], &email(SIMON), 401, "jose.signature_invalid");
    check_refused("", &email(SIMON), 401, "jose.segment_count");
}

#[test]
fn without_a_token_nothing_is_read() {
    let (mut deployment, browser) = signed_in();
    for headers in ["", "authorization:Basic eDp5\n"] {
        let head = request("POST", PATH, headers);
        let response = deployment.handle(head, email(SIMON).as_bytes()).response();
        assert_eq!(response.status, 401);
        assert!(response.headers.iter().any(|(name, _)| *name == "WWW-Authenticate"));
        assert_eq!(deployment.events().last().unwrap(), "revocation.no_token");
    }
    assert!(is_signed_in(&mut deployment, &browser));
}

#[test]
fn a_token_counts_once() {
    let (mut deployment, _) = signed_in();
    let token = token(&claims());
    assert_eq!(send(&mut deployment, PATH, &token, &email(SIMON)).status, 204);
    let (again, _) = sign_in(&mut deployment, 7);
    assert_eq!(send(&mut deployment, PATH, &token, &email(SIMON)).status, 401);
    assert_eq!(deployment.events().last().unwrap(), "revocation.replayed");
    assert!(is_signed_in(&mut deployment, &again));
}

#[test]
fn a_request_that_names_nobody_ends_nothing() {
    let malformed = "session.revocation_malformed";
    let token = token(&claims());
    for (body, code) in [
        ("", "jose.json_malformed"),
        ("[]", "jose.json_malformed"),
        ("{}", malformed),
        (r#"{"sub_id":"b.simon@contoso.com"}"#, malformed),
        (r#"{"sub_id":{"email":"b.simon@contoso.com"}}"#, malformed),
        (r#"{"sub_id":{"format":"email"}}"#, malformed),
        (r#"{"sub_id":{"format":"email","email":""}}"#, malformed),
        (r#"{"sub_id":{"format":"email","email":["b.simon@contoso.com"]}}"#, malformed),
        (r#"{"sub_id":{"format":"iss_sub","iss":"https://idp.contoso.com/"}}"#, malformed),
        (r#"{"sub_id":{"format":"email","email":"a@b.c"},"sub_id":{}}"#, "jose.duplicate_member"),
        (
            r#"{"sub_id":{"format":"phone_number","phone_number":"+1"}}"#,
            "session.subject_format_unknown",
        ),
        (r#"{"sub_id":{"format":"opaque","id":"00u1"}}"#, "session.subject_format_unknown"),
    ] {
        check_refused(&token, body, 400, code);
    }
    let long = email(&format!("{}@contoso.com", "a".repeat(5000)));
    check_refused(&token, &long, 400, "revocation.body_too_large");
}

#[test]
fn nobody_is_ended_for_whom_the_identity_provider_does_not_speak() {
    let token = token(&claims());
    for body in [
        email("zoe@fabrikam.com"),
        email("no address"),
        iss_sub("https://idp.fabrikam.com/", SIMON),
        iss_sub("", SIMON).replace("\"iss\":\"\"", "\"iss\":\"x\""),
    ] {
        check_refused(&token, &body, 404, "revocation.other_person");
    }
}

/// Another company's identity provider, which may even say addresses of the first one.
#[test]
fn the_sessions_of_another_connection_go_on() {
    let (mut deployment, browser) = signed_in();
    let mut settings = with_certificates();
    let mut other = settings["connections"][0].clone();
    other["name"] = "fabrikam".into();
    other["idp_entity_id"] = "https://idp.fabrikam.com/".into();
    other["email_domains"] = json!(["fabrikam.com"]);
    other["dangerous_any_email_domain"] = true.into();
    settings["connections"].as_array_mut().unwrap().push(other);
    assert_eq!(apply(&settings, 2, &mut deployment).status, 200);
    let path = PATH.replace("/contoso", "/fabrikam");
    let mut claims = claims();
    claims["iss"] = "https://idp.fabrikam.com/".into();
    claims["aud"] = ENDPOINT.replace("/contoso", "/fabrikam").into();
    for (jti, body) in [("1", email(SIMON)), ("2", iss_sub("https://idp.fabrikam.com/", SIMON))] {
        claims["jti"] = jti.into();
        assert_eq!(send(&mut deployment, &path, &token(&claims), &body).status, 204);
        assert!(is_signed_in(&mut deployment, &browser), "{body}");
    }
    // And not by the address of the first one.
    claims["jti"] = "3".into();
    assert_eq!(send(&mut deployment, PATH, &token(&claims), &email(SIMON)).status, 401);
    assert!(is_signed_in(&mut deployment, &browser));
}

#[test]
fn there_is_an_endpoint_for_each_connection_that_is_switched_on() {
    let (mut deployment, _) = signed_in();
    let get = deployment.handle(request("GET", PATH, ""), b"").response();
    assert_eq!(get.status, 405);
    assert!(get.headers.contains(&("Allow", "POST".to_owned())));
    for path in ["", "/", "/fabrikam", "/contoso/"] {
        let path = format!("/deskgate/global-token-revocation{path}");
        assert_eq!(send(&mut deployment, &path, "", "").status, 404, "{path}");
    }
    let mut off = with_certificates();
    off["connections"][0]["enabled"] = false.into();
    apply(&off, 2, &mut deployment);
    assert_eq!(send(&mut deployment, PATH, &token(&claims()), &email(SIMON)).status, 404);
}

#[test]
fn without_the_object_the_identity_provider_is_told_to_try_again() {
    let (mut deployment, browser) = signed_in();
    deployment.object_answers = false;
    assert_eq!(send(&mut deployment, PATH, &token(&claims()), &email(SIMON)).status, 503);
    deployment.object_answers = true;
    assert!(is_signed_in(&mut deployment, &browser));
    assert_eq!(send(&mut deployment, PATH, &token(&claims()), &email(SIMON)).status, 204);
}
