//! One file of tokens and verdicts for native code and WebAssembly.
//!
//! `tests/vectors/tokens.json` is what this code makes from fixed keys, times and entropy; Ed25519 is
//! deterministic, so the bytes are. The npm package reads the same file in Node.js, Chromium and workerd,
//! and must give the same verdicts, to the letter. `DESKGATE_WRITE_VECTORS=1` writes the file anew.

use deskgate_core::base64;
use deskgate_core::crypto::{JwsAlgorithm, PrivateKey, RustCrypto, SecretKey};
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::identity::{Attribute, Identity, NameId};
use deskgate_core::jose::json::Object;
use deskgate_core::jose::{JwkKind, JwkSet, SigningKey, sign_jws, sign_jwt};
use deskgate_core::session::{
    self, AttributeNames, ExpectedOriginToken, NewOriginToken, NewSession, Session,
    mint_origin_token, mint_session, verify_origin_token, verify_session,
};
use deskgate_core::time::UnixTime;
use deskgate_tests::vectors::repository;
use serde_json::{Value, json};
use std::time::Duration;

const DESK: &str = "https://help.contoso.com";
const ORIGIN: &str = "https://tickets.internal";
/// 2026-11-21T12:00:00Z.
const NOW: u64 = 1_795_262_400;
const PATH: &str = "/tickets/17?reply=1";

fn signing_key(seed: u8) -> SigningKey {
    let private = PrivateKey::ed25519_from_seed(&[seed; 32]).expect("a key");
    SigningKey::from_private(private, &RustCrypto::new()).expect("a signing key")
}

fn session() -> Session {
    let attribute = |name: &str, values: &[&str]| Attribute {
        name: name.to_string().into(),
        values: values.iter().map(|value| value.to_string().into()).collect(),
    };
    let identity = Identity {
        issuer: "https://sts.windows.net/3e1f/".to_string(),
        name_id: Some(NameId {
            value: "B.Simon@contoso.com".to_string(),
            format: Some("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress".to_string()),
            name_qualifier: None,
            sp_name_qualifier: None,
        }),
        attributes: vec![
            attribute("email", &["B.Simon@contoso.com"]),
            attribute("given_name", &["Britta"]),
            attribute("family_name", &["Simón \"B\" 🙂"]),
            attribute("groups", &["support", "owners"]),
        ],
    };
    let new = NewSession {
        identity: &identity,
        attribute_names: &AttributeNames::default(),
        connection: "contoso",
        email_domains: &[],
        authenticated_at: Some(UnixTime::from_seconds(NOW - 90)),
        authn_context: None,
        session_not_on_or_after: None,
        lifetime: Duration::from_secs(36_000),
        entropy: [5; 16],
    };
    Session::begin(&new, UnixTime::from_seconds(NOW), &RustCrypto::new()).expect("a session")
}

fn origin_token(method: &str, key: &SigningKey) -> String {
    let request = NewOriginToken {
        desk_url: DESK,
        origin: ORIGIN,
        method,
        path_and_query: PATH,
        entropy: [6; 16],
    };
    let now = UnixTime::from_seconds(NOW);
    mint_origin_token(&session(), &request, now, key, &RustCrypto::new()).expect("a token")
}

fn session_token(key: &SigningKey) -> String {
    mint_session(&session(), DESK, key, &RustCrypto::new()).expect("a token")
}

/// The session's claims under another type or key, as only the desk itself could make them.
fn claims() -> Object {
    Object::new()
        .with("iss", DESK)
        .with("aud", DESK)
        .with("iat", NOW)
        .with("exp", NOW + 60)
        .with("sub", "x")
}

fn changed(token: &str) -> String {
    let (signing_input, signature) = token.rsplit_once('.').expect("a token");
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    format!("{signing_input}.{first}{}", &signature[1..])
}

fn session_cases(key: &SigningKey) -> Vec<Value> {
    let token = session_token(key);
    let used = session().active_at(UnixTime::from_seconds(NOW), Some(Duration::from_secs(1800)));
    let idle = mint_session(&used, DESK, key, &RustCrypto::new()).expect("a token");
    let hmac = SigningKey::from_secret(SecretKey::new(&[7; 32]), JwsAlgorithm::Hs256, key.key_id())
        .expect("a key");
    let sign = |claims: &Object, typ: &str, key: &SigningKey| {
        sign_jwt(claims, typ, key, &RustCrypto::new()).expect("a token")
    };
    let case = |name: &str, token: &str, now: u64, expected: &str| json!({ "name": name, "kind": "session", "token": token, "now": now, "expected": expected });
    vec![
        case("session", &token, NOW, "ok"),
        case("session in its last second", &token, NOW + 35_999, "ok"),
        case("session that is over", &token, NOW + 36_000, "jose.expired"),
        case("session in the last second without activity", &idle, NOW + 1799, "ok"),
        case("session that nobody used", &idle, NOW + 1800, "session.idle"),
        case("session that nobody used and that is over", &idle, NOW + 36_000, "jose.expired"),
        case("session from the future", &token, NOW - 61, "jose.issued_in_future"),
        case("session with a changed signature", &changed(&token), NOW, "jose.signature_invalid"),
        case("session with a line end", &format!("{token}\n"), NOW, "jose.not_base64url"),
        case("session of another key", &session_token(&signing_key(2)), NOW, "jose.key_id_unknown"),
        case("origin token as session", &origin_token("GET", key), NOW, "jose.type_mismatch"),
        case("a JWT of any type", &sign(&claims(), "JWT", key), NOW, "jose.type_mismatch"),
        case(
            "a session without its claims",
            &sign(&claims(), "deskgate-session+jwt", key),
            NOW,
            "jose.claim_missing",
        ),
        case(
            "an HMAC under the name of the key",
            &sign(&claims(), "deskgate-session+jwt", &hmac),
            NOW,
            "jose.algorithm_not_allowed",
        ),
        case("nothing", "", NOW, "jose.segment_count"),
    ]
}

/// Everything that is wrong with a token before, at and after its signature: malformed, oversized, of the
/// wrong types, with members twice, with parameters that nobody understands.
fn malformed_cases(key: &SigningKey) -> Vec<Value> {
    let token = session_token(key);
    let rest = &token[token.find('.').expect("a token")..];
    let case = |name: &str, token: String, expected: &str| json!({ "name": name, "kind": "session", "token": token, "now": NOW, "expected": expected });
    let header = |name: &str, header: &str, expected: &str| {
        case(name, format!("{}{rest}", base64::encode_url(header.as_bytes())), expected)
    };
    let claims = |name: &str, claims: &str, expected: &str| {
        let typ = Some("deskgate-session+jwt");
        let token = sign_jws(claims.as_bytes(), typ, key, &RustCrypto::new()).expect("a token");
        case(name, token, expected)
    };
    let base = claims_text("");
    vec![
        header("no algorithm at all", r#"{"alg":"none"}"#, "jose.algorithm_not_allowed"),
        header("an algorithm that is a number", r#"{"alg":1}"#, "jose.header_parameter_malformed"),
        header("a critical parameter", CRITICAL, "jose.header_parameter_refused"),
        header("a key of its own", OWN_KEY, "jose.header_parameter_refused"),
        header("the algorithm twice", r#"{"alg":"EdDSA","alg":"none"}"#, "jose.duplicate_member"),
        header("no key ID", r#"{"alg":"EdDSA"}"#, "jose.key_id_missing"),
        header("a header that is an array", "[]", "jose.json_malformed"),
        case("four segments", format!("{token}.e30"), "jose.segment_count"),
        case("padding", format!("{token}="), "jose.not_base64url"),
        case("a long token", "a".repeat(8 * 1024 + 1), "jose.too_long"),
        case("text beyond ASCII", format!("\u{1f642}{token}"), "jose.not_base64url"),
        claims("a subject twice", &claims_text(r#","sub":"y""#), "jose.duplicate_member"),
        claims(
            "an end that is text",
            &base.replace("1795262460", "\"soon\""),
            "jose.claim_malformed",
        ),
        claims(
            "an end within a second",
            &base.replace("1795262460", "1795262460.5"),
            "jose.claim_malformed",
        ),
        claims("no end", &base.replace("\"exp\"", "\"end\""), "jose.claim_missing"),
        claims("another desk", &base.replace("contoso", "evil"), "jose.issuer_mismatch"),
        claims("a year", &base.replace("1795262460", "1826798400"), "jose.lifetime_too_long"),
        claims("claims that are no JSON", "{\"iss\":", "jose.json_malformed"),
        claims("a byte order mark", &format!("\u{feff}{base}"), "jose.json_malformed"),
        claims(
            "deep claims",
            &claims_text(&format!(",\"x\":{}1{}", "[".repeat(9), "]".repeat(9))),
            "jose.json_too_deep",
        ),
    ]
}

const CRITICAL: &str = r#"{"alg":"EdDSA","crit":["exp"]}"#;
const OWN_KEY: &str = r#"{"alg":"EdDSA","jwk":{"kty":"OKP"}}"#;

fn claims_text(more: &str) -> String {
    let claims = claims().to_json();
    format!("{}{more}}}", &claims[..claims.len() - 1])
}

fn origin_cases(key: &SigningKey) -> Vec<Value> {
    let token = origin_token("POST", key);
    let case = |name: &str, method: &str, path: &str, now: u64, expected: &str| {
        json!({
            "name": name, "kind": "origin", "token": token, "method": method, "path": path,
            "now": now, "expected": expected,
        })
    };
    let mut cases = vec![
        case("origin token", "POST", PATH, NOW, "ok"),
        case("origin token in its last second", "POST", PATH, NOW + 59, "ok"),
        case("origin token after a minute", "POST", PATH, NOW + 60, "jose.expired"),
        case("origin token for another method", "GET", PATH, NOW, "session.method_mismatch"),
        case("origin token for another path", "POST", "/admin", NOW, "session.path_mismatch"),
        case("origin token without the query", "POST", "/tickets/17", NOW, "session.path_mismatch"),
    ];
    let mut as_origin_token =
        case("session as origin token", "POST", PATH, NOW, "jose.type_mismatch");
    as_origin_token["token"] = session_token(key).into();
    cases.push(as_origin_token);
    cases
}

fn vectors() -> Value {
    let key = signing_key(1);
    let keys = JwkSet::new(vec![key.verification_key()]).expect("a set");
    let mut cases = session_cases(&key);
    cases.extend(malformed_cases(&key));
    cases.extend(origin_cases(&key));
    for case in &mut cases {
        if let Err(error) = verdict(case, &keys) {
            case["refusal"] = json!({ "code": error.code(), "message": error.to_string() });
            for (name, value) in [("expected", error.expected()), ("found", error.found())] {
                if let Some(value) = value {
                    case["refusal"][name] = value.into();
                }
            }
        }
    }
    json!({
        "jwks": serde_json::from_str::<Value>(&keys.to_json()).expect("JSON"),
        "issuer": DESK,
        "audience": ORIGIN,
        "identity": {
            "subject": session().subject(),
            "email": session().person().email,
            "name": session().person().name,
            "groups": session().person().groups,
        },
        "cases": cases,
    })
}

#[test]
fn the_vector_file_is_what_this_code_makes() {
    let path = repository("tests/vectors/tokens.json");
    let made = format!("{:#}\n", vectors());
    if std::env::var_os("DESKGATE_WRITE_VECTORS").is_some() {
        std::fs::write(&path, made).expect("a written file");
        return;
    }
    let committed = std::fs::read_to_string(&path).expect("tests/vectors/tokens.json");
    assert!(committed == made, "tests/vectors/tokens.json differs from what this code makes");
}

#[test]
fn native_code_gives_the_verdicts_of_the_vector_file() {
    let vectors = vectors();
    let jwks = vectors["jwks"].to_string();
    let keys = JwkSet::parse(jwks.as_bytes(), &[JwkKind::OKP]).expect("a set");
    for case in vectors["cases"].as_array().expect("cases") {
        let found = verdict(case, &keys).map_or_else(|error| error.code(), |()| "ok");
        assert_eq!(found, case["expected"], "{}", case["name"]);
    }
}

fn verdict(case: &Value, keys: &JwkSet) -> Result<(), session::Error> {
    let text = |name: &str| case[name].as_str().unwrap_or_default();
    let now = UnixTime::from_seconds(case["now"].as_u64().expect("a time"));
    let crypto = RustCrypto::new();
    if text("kind") == "session" {
        return verify_session(text("token"), keys, DESK, now, &crypto).map(|_| ());
    }
    let expected = ExpectedOriginToken {
        desk_url: DESK,
        origin: ORIGIN,
        method: text("method"),
        path_and_query: text("path"),
    };
    verify_origin_token(text("token"), keys, &expected, now, &crypto).map(|_| ())
}
