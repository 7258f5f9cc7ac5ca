use super::*;
use crate::crypto::{PrivateKey, RustCrypto, SecretKey};
use crate::diagnostic::Diagnostic as _;
use crate::identity::{Attribute, NameId};
use crate::jose::Jwk;
use std::string::ToString as _;
use std::vec;

pub(in crate::session) const DESK: &str = "https://help.contoso.com";
/// 2026-11-21T12:00:00Z.
pub(in crate::session) const NOW: UnixTime = UnixTime::from_seconds(1_795_262_400);

pub(in crate::session) fn signing_key() -> SigningKey {
    let private = PrivateKey::ed25519_from_seed(&[1; 32]).unwrap();
    SigningKey::from_private(private, &RustCrypto::new()).unwrap()
}

pub(in crate::session) fn keys() -> JwkSet {
    JwkSet::new(vec![signing_key().verification_key()]).unwrap()
}

fn identity(groups: usize) -> Identity<'static> {
    let attribute = |name: &str, values: &[&str]| Attribute {
        name: name.to_string().into(),
        values: values.iter().map(|value| value.to_string().into()).collect(),
    };
    let groups = Attribute {
        name: "groups".into(),
        values: (0..groups)
            .map(|i| std::format!("8c1f6c0a-0000-4000-8000-{i:012}").into())
            .collect(),
    };
    Identity {
        issuer: "https://sts.windows.net/contoso/".to_string(),
        name_id: Some(NameId {
            value: "B.Simon@contoso.com".to_string(),
            format: None,
            name_qualifier: None,
            sp_name_qualifier: None,
        }),
        attributes: vec![
            attribute("email", &["B.Simon@contoso.com"]),
            attribute("given_name", &["B."]),
            attribute("family_name", &["Simon"]),
            groups,
        ],
    }
}

fn begin_with(
    identity: &Identity<'_>,
    change: impl FnOnce(&mut NewSession<'_>),
) -> Result<Session, Error> {
    let names = AttributeNames::default();
    let mut new = NewSession {
        identity,
        attribute_names: &names,
        connection: "contoso",
        email_domains: &[],
        authenticated_at: Some(NOW.saturating_sub(Duration::from_secs(90))),
        authn_context: None,
        session_not_on_or_after: None,
        lifetime: Duration::from_secs(36_000),
        entropy: [5; 16],
    };
    change(&mut new);
    Session::begin(&new, NOW, &RustCrypto::new())
}

pub(in crate::session) fn session() -> Session {
    begin_with(&identity(3), |_| {}).unwrap()
}

fn mint(session: &Session) -> String {
    mint_session(session, DESK, &signing_key(), &RustCrypto::new()).unwrap()
}

#[track_caller]
fn check(token: &str, desk_url: &str, now: UnixTime, expected: &str) {
    let found = match verify_session(token, &keys(), desk_url, now, &RustCrypto::new()) {
        Ok(_) => "ok",
        Err(error) => error.code(),
    };
    assert_eq!(found, expected, "{token}");
}

#[test]
fn a_session_survives_its_token() {
    let session = session();
    let verified = verify_session(&mint(&session), &keys(), DESK, NOW, &RustCrypto::new());
    assert_eq!(verified, Ok(session.clone()));
    assert_eq!(session.person().name.as_deref(), Some("B. Simon"));
    assert_eq!(session.id(), base64::encode_url(&[5; 16]));
    assert_eq!(session.expires_at(), NOW.saturating_add(Duration::from_secs(36_000)));
}

#[test]
fn a_session_ends_with_the_shorter_of_both_lifetimes() {
    let hours = |hours: u64| NOW.saturating_add(Duration::from_secs(hours * 3600));
    let expiry = |lifetime: Duration, not_on_or_after| {
        let session = begin_with(&identity(0), |new| {
            new.lifetime = lifetime;
            new.session_not_on_or_after = not_on_or_after;
        });
        session.map(|session| session.expires_at()).map_err(|error| error.code())
    };
    let ten_hours = Duration::from_secs(36_000);
    assert_eq!(expiry(ten_hours, Some(hours(24))), Ok(hours(10)));
    assert_eq!(expiry(ten_hours, Some(hours(1))), Ok(hours(1)));
    assert_eq!(expiry(Duration::MAX, None), Ok(hours(7 * 24)));
    assert_eq!(expiry(ten_hours, Some(NOW)), Err("session.session_ended"));
}

#[test]
fn an_address_has_to_be_of_the_domains_of_the_connection() {
    let check = |email: Option<&str>, domains: &[&str], expected: Result<(), &str>| {
        let mut identity = identity(0);
        identity.attributes.retain(|attribute| attribute.name != "email");
        identity.attributes.extend(email.map(|email| Attribute {
            name: "email".into(),
            values: vec![email.to_string().into()],
        }));
        let domains: vec::Vec<String> = domains.iter().map(|domain| domain.to_string()).collect();
        let names = AttributeNames::default();
        let new = NewSession {
            identity: &identity,
            attribute_names: &names,
            connection: "contoso",
            email_domains: &domains,
            authenticated_at: None,
            authn_context: None,
            session_not_on_or_after: None,
            lifetime: Duration::from_secs(36_000),
            entropy: [5; 16],
        };
        let session = Session::begin(&new, NOW, &RustCrypto::new());
        assert_eq!(session.map(|_| ()).map_err(|error| error.code()), expected, "{email:?}");
    };
    let refused = Err("session.email_domain_not_allowed");
    check(Some("b@contoso.com"), &[], Ok(()));
    check(None, &[], Ok(()));
    check(Some("b@contoso.com"), &["fabrikam.com", "contoso.com"], Ok(()));
    check(Some("b@CONTOSO.com"), &["contoso.com"], Ok(()));
    check(Some("b@eu.contoso.com"), &["contoso.com"], refused);
    check(Some("b@evilcontoso.com"), &["contoso.com"], refused);
    check(Some("b@contoso.com."), &["contoso.com"], refused);
    check(Some("b@contoso.com@fabrikam.com"), &["contoso.com", "fabrikam.com"], refused);
    check(None, &["contoso.com"], refused);
}

#[test]
fn a_token_counts_until_its_last_second_and_at_its_own_desk() {
    let token = mint(&session());
    let end = session().expires_at();
    check(&token, DESK, end.saturating_sub(Duration::from_secs(1)), "ok");
    check(&token, DESK, end, "jose.expired");
    check(&token, "https://help.fabrikam.com", NOW, "jose.issuer_mismatch");
    check(&token, "https://help.contoso.com/", NOW, "jose.issuer_mismatch");
}

#[test]
fn whose_a_session_was_is_known_for_three_days_and_never_of_a_forged_one() {
    let token = mint(&session());
    let past = |token: &str, desk_url: &str, now: UnixTime| {
        let verdict = verify_past_session(token, &keys(), desk_url, now, &RustCrypto::new());
        verdict.map_err(|error| error.code())
    };
    let end = session().expires_at();
    let known_until = end.saturating_add(PAST_SESSION_KNOWN);
    let second = Duration::from_secs(1);
    for now in [NOW, end.saturating_sub(second), end, known_until.saturating_sub(second)] {
        assert_eq!(past(&token, DESK, now), Ok(session()));
    }
    assert_eq!(past(&token, DESK, known_until), Err("jose.expired"));
    assert_eq!(past(&token, "https://help.fabrikam.com", end), Err("jose.issuer_mismatch"));
    for index in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(past(&changed, DESK, end).is_err(), "{changed}");
    }
}

#[test]
fn every_changed_byte_is_refused() {
    let token = mint(&session());
    for index in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let verified = verify_session(&changed, &keys(), DESK, NOW, &RustCrypto::new());
        assert!(verified.is_err(), "{changed}");
    }
}

/// The claims of a session changed and signed by the desk itself: what a bug elsewhere could make.
#[test]
fn a_claims_set_that_is_not_a_session_is_refused_although_signed() {
    let claims = session().to_claims(DESK);
    let sign = |claims: &Object, typ| sign_jwt(claims, typ, &signing_key(), &RustCrypto::new());
    let check_claims = |claims: Object, code| {
        check(&sign(&claims, TYPE).unwrap(), DESK, NOW, code);
    };
    check_claims(claims.clone(), "ok");
    check_claims(claims.clone().with("aud", vec![DESK.into()]), "jose.claim_malformed");
    check_claims(claims.clone().with("iss", "https://evil.example"), "jose.issuer_mismatch");
    check_claims(
        claims.clone().with("exp", NOW.seconds() + 8 * 24 * 3600),
        "jose.lifetime_too_long",
    );
    check_claims(claims.clone().with("sid", 1), "jose.claim_malformed");
    check_claims(claims.clone().with("idle_exp", NOW.seconds()), "session.idle");
    check_claims(claims.clone().with("idle_exp", "never"), "jose.claim_malformed");
    check_claims(claims.clone().with("sub", "a\u{0}"), "jose.claim_malformed");
    check_claims(claims.clone().with("identity", "x"), "jose.claim_malformed");
    check_claims(
        claims.clone().with("identity", Object::new().with("email", true)),
        "jose.claim_malformed",
    );
    check_claims(Object::new().with("iss", DESK), "jose.claim_missing");
    for typ in ["JWT", "deskgate-origin+jwt", "deskgate-admin+jwt", "at+jwt"] {
        check(&sign(&claims, typ).unwrap(), DESK, NOW, "jose.type_mismatch");
    }
}

#[test]
fn only_eddsa_makes_a_session() {
    let secret = SecretKey::new(&[7; 32]);
    let key = SigningKey::from_secret(secret, JwsAlgorithm::Hs256, Some("s")).unwrap();
    let keys = JwkSet::new(vec![
        Jwk::from_secret(SecretKey::new(&[7; 32]), JwsAlgorithm::Hs256, Some("s")).unwrap(),
    ])
    .unwrap();
    let token = mint_session(&session(), DESK, &key, &RustCrypto::new()).unwrap();
    let error = verify_session(&token, &keys, DESK, NOW, &RustCrypto::new()).unwrap_err();
    assert_eq!(error.code(), "jose.algorithm_not_allowed");
}

#[test]
fn groups_that_do_not_fit_into_a_cookie_are_left_out_and_said_to_be() {
    let fits = begin_with(&identity(40), |_| {}).unwrap();
    assert_eq!((fits.person().groups.len(), fits.person().groups_omitted), (40, false));
    let large = begin_with(&identity(100), |_| {}).unwrap();
    assert_eq!((large.person().groups.len(), large.person().groups_omitted), (0, true));
    assert!(mint(&fits).len() + "__Host-deskgate=".len() < 4096);
}

#[test]
fn the_largest_session_fits_into_a_cookie() {
    let mut identity = identity(0);
    let text = "\u{e9}".repeat(128);
    for name in ["given_name", "family_name", "name"] {
        identity.attributes.retain(|attribute| attribute.name != name);
        identity
            .attributes
            .push(Attribute { name: name.to_string().into(), values: vec![text.clone().into()] });
    }
    let session = begin_with(&identity, |_| {}).unwrap();
    let url = std::format!("https://{}", "a".repeat(253));
    let session = session.active_at(NOW, IDLE);
    let token = mint_session(&session, &url, &signing_key(), &RustCrypto::new()).unwrap();
    assert!(token.len() + "__Host-deskgate=".len() < 4096, "{}", token.len());
}

/// J-20: names that an identity provider chooses stand nowhere in the token.
#[test]
fn attributes_never_become_claims_of_their_name() {
    let plain = begin_with(&identity(1), |_| {}).unwrap();
    let mut tricky = identity(1);
    for name in ["iss", "sub", "aud", "exp", "sid", "typ", "connection", "person", "__proto__"] {
        let values = vec!["evil".into(), "\",\"exp\":9007199254740991,\"x\":\"".into()];
        tricky.attributes.push(Attribute { name: name.into(), values });
    }
    let tricky = begin_with(&tricky, |_| {}).unwrap();
    assert_eq!(tricky, plain);
    assert_eq!(mint(&tricky), mint(&plain));
}

const IDLE: Option<Duration> = Some(Duration::from_secs(1800));

fn after(seconds: u64) -> UnixTime {
    NOW.saturating_add(Duration::from_secs(seconds))
}

#[test]
fn a_session_without_activity_ends_with_a_code_of_its_own() {
    let idle = session().active_at(NOW, IDLE);
    let token = mint(&idle);
    check(&token, DESK, after(1799), "ok");
    check(&token, DESK, after(1800), "session.idle");
    check(&token, DESK, after(35_999), "session.idle");
    check(&token, DESK, after(36_000), "jose.expired");
    let renewed = mint(&idle.active_at(after(1799), IDLE));
    check(&renewed, DESK, after(1799 + 1799), "ok");
    check(&renewed, DESK, after(1799 + 1800), "session.idle");
    check(&mint(&idle.active_at(NOW, None)), DESK, after(35_999), "ok");
}

/// What ends a session, and what asks how old its sign-in is, finds it as before.
#[test]
fn activity_changes_nothing_but_the_end_without_activity() {
    let session = session();
    let renewed = session.active_at(after(600), IDLE);
    assert_eq!(renewed.idle_expires_at(), Some(after(600 + 1800)));
    assert_eq!(Session { idle_expires_at: None, ..renewed.clone() }, session);
    let verified = verify_session(&mint(&renewed), &keys(), DESK, after(600), &RustCrypto::new());
    assert_eq!(verified, Ok(renewed));
    let last = session.active_at(after(35_999), IDLE);
    assert_eq!(last.idle_expires_at(), Some(session.expires_at()));
}

#[test]
fn a_session_is_renewed_after_a_tenth_of_the_idle_limit() {
    let begun = session().active_at(NOW, IDLE);
    let check = |session: &Session, seconds, idle: Option<u64>, expected| {
        let wants = session.wants_renewal(after(seconds), idle.map(Duration::from_secs));
        assert_eq!(wants, expected, "{seconds} {idle:?}");
    };
    check(&begun, 0, Some(1800), false);
    check(&begun, 179, Some(1800), false);
    check(&begun, 180, Some(1800), true);
    // Never more often than each minute.
    let short = session().active_at(NOW, Some(Duration::from_secs(300)));
    check(&short, 59, Some(300), false);
    check(&short, 60, Some(300), true);
    // The limit was set, changed or removed meanwhile.
    check(&session(), 0, Some(1800), true);
    check(&session(), 0, None, false);
    check(&begun, 0, Some(900), true);
    check(&begun, 0, Some(3600), true);
    check(&begun, 0, None, true);
    // At the end there is nothing to gain.
    check(&begun.active_at(after(35_000), IDLE), 35_900, Some(1800), false);
}
