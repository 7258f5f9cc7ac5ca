//! What a connection may demand beyond the profile, each demand with what meets it and what does not.

use alloc::string::{String, ToString as _};
use core::time::Duration;

use super::explained;
use super::message::{EVERY_WAY, Message, NOW, Signed, code, expected};
use crate::crypto::KeyRules;
use crate::diagnostic::Diagnostic as _;
use crate::saml::forge::{CRYPTO, public_key};
use crate::saml::{Error, ExpectedResponse, FurtherDemands, VerifiedAssertion, verify_response};
use crate::time::UnixTime;
use crate::x509::Certificate;

const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";

fn verify(
    message: &Message,
    further: FurtherDemands<'_>,
    signed: Signed,
    now: UnixTime,
) -> Result<VerifiedAssertion<'static>, Error> {
    let keys = [public_key("rsa")];
    let demands = ExpectedResponse { further, ..expected(&keys) };
    let text = message.signed(signed);
    let result = verify_response(text.as_bytes(), &demands, now, &CRYPTO);
    explained::check_agrees(text.as_bytes(), &demands, now, &result);
    result.map(VerifiedAssertion::into_owned)
}

#[track_caller]
fn check(message: &Message, further: FurtherDemands<'_>, now: UnixTime, expected: &str) {
    for signed in EVERY_WAY {
        assert_eq!(code(&verify(message, further, signed, now)), expected);
    }
}

/// E-11.
#[test]
fn where_encryption_was_agreed_an_assertion_in_plain_text_is_refused() {
    let further = FurtherDemands { encrypted: true, ..FurtherDemands::default() };
    check(&Message::new(), further, NOW, "saml.not_encrypted");
}

/// M-06. IssueInstant is 12:00:00, the skew 180 s.
#[test]
fn an_assertion_ends_at_the_greatest_age_whatever_it_says_itself() {
    let mut message = Message::new();
    message.confirmation = message.confirmation.replace("2026-11-21T12:05", "2036-11-21T12:05");
    message.conditions = message.conditions.replace("2026-11-21T13:00", "2036-11-21T13:00");
    message.authn_statement = message.authn_statement.replace("2026-11-21T20", "2036-11-21T20");
    let at = |seconds| NOW.saturating_add(Duration::from_secs(seconds));
    let further =
        FurtherDemands { max_age: Some(Duration::from_secs(3600)), ..FurtherDemands::default() };
    check(&message, further, at(3600 + 179), "ok");
    check(&message, further, at(3600 + 180), "saml.expired");
    check(&message, FurtherDemands::default(), at(31_536_000), "ok");
    let verified = verify(&message, further, Signed::Assertion, NOW).unwrap();
    assert_eq!(verified.not_on_or_after, at(3600));
    assert_eq!(verified.replay_key.expires_at, at(3600 + 180));
}

/// The assertion's own bounds end before the greatest age.
#[test]
fn the_greatest_age_makes_no_assertion_last_longer() {
    let further =
        FurtherDemands { max_age: Some(Duration::from_secs(86_400)), ..FurtherDemands::default() };
    check(&Message::new(), further, NOW.saturating_add(Duration::from_secs(480)), "saml.expired");
}

/// M-14.
#[test]
fn one_of_the_demanded_ways_of_signing_in_was_used() {
    let list =
        |classes: &[&str]| classes.iter().map(|c| c.to_string()).collect::<alloc::vec::Vec<_>>();
    for (classes, expected) in [
        (list(&[PASSWORD]), "ok"),
        (list(&["urn:other", PASSWORD]), "ok"),
        (list(&["urn:other"]), "saml.authn_context_mismatch"),
        (list(&["urn:oasis:names:tc:SAML:2.0:ac:classes:password"]), "saml.authn_context_mismatch"),
    ] {
        let further = FurtherDemands { authn_contexts: &classes, ..FurtherDemands::default() };
        check(&Message::new(), further, NOW, expected);
    }
    // The first statement is the one that is handed on.
    let classes = list(&[PASSWORD]);
    let further = FurtherDemands { authn_contexts: &classes, ..FurtherDemands::default() };
    let mut message = Message::new();
    let weaker = message.authn_statement.replace(PASSWORD, "urn:weak");
    message.authn_statement.insert_str(0, &weaker);
    check(&message, further, NOW, "saml.authn_context_mismatch");
    let mut message = Message::new();
    let class = alloc::format!("<AuthnContextClassRef>{PASSWORD}</AuthnContextClassRef>");
    message.authn_statement = message.authn_statement.replace(&class, "");
    check(&message, further, NOW, "saml.authn_context_mismatch");
    check(&message, FurtherDemands::default(), NOW, "ok");
}

/// M-14. AuthnInstant is 08:30:00, the skew 180 s.
#[test]
fn a_fresh_sign_in_is_one_since_the_request() {
    let since = |text: &str| FurtherDemands {
        authenticated_since: Some(UnixTime::parse(text).unwrap()),
        ..FurtherDemands::default()
    };
    check(&Message::new(), since("2026-11-21T08:30:00Z"), NOW, "ok");
    check(&Message::new(), since("2026-11-21T08:33:00Z"), NOW, "ok");
    check(&Message::new(), since("2026-11-21T08:33:01Z"), NOW, "saml.authn_too_old");
    check(&Message::new(), since("2026-11-21T12:00:00Z"), NOW, "saml.authn_too_old");
}

/// D-08. The certificates are of one key: 2020 to 2021, and 2026-11-21T11:00:00Z to 13:00:00Z.
#[test]
fn a_certificate_counts_within_its_dates_where_that_is_demanded() {
    let read =
        |pem: &str| Certificate::parse_all(pem.as_bytes(), KeyRules::default()).unwrap().remove(0);
    let old = read(include_str!("../testdata/rsa-2020.crt"));
    let new = read(include_str!("../testdata/rsa-2026.crt"));
    assert_eq!(old.public_key(), &public_key("rsa"));
    let mut message = Message::new();
    message.confirmation = message.confirmation.replace("12:05:00Z", "13:00:00Z");
    let verdict = |certificates: &[Certificate], now: &str| {
        let further =
            FurtherDemands { dated_certificates: certificates, ..FurtherDemands::default() };
        let now = UnixTime::parse(now).unwrap();
        code(&verify(&message, further, Signed::Assertion, now)).to_string()
    };
    let noon = "2026-11-21T12:00:00Z";
    assert_eq!(verdict(&[], noon), "ok");
    assert_eq!(verdict(core::slice::from_ref(&old), noon), "saml.expired");
    assert_eq!(verdict(core::slice::from_ref(&new), noon), "ok");
    // A renewed certificate stands for the old one, in whatever order.
    assert_eq!(verdict(&[old.clone(), new.clone()], noon), "ok");
    assert_eq!(verdict(&[new.clone(), old], noon), "ok");
    // Its last second counts, and no clock skew does.
    let new = [new];
    assert_eq!(verdict(&new, "2026-11-21T13:00:00Z"), "ok");
    assert_eq!(verdict(&new, "2026-11-21T13:00:01Z"), "saml.expired");
    assert_eq!(verdict(&new, "2026-11-21T11:59:00Z"), "ok");
}

#[test]
fn dates_that_nobody_gave_for_the_key_are_misuse() {
    let other = include_str!("../../desk/tests/idp.crt");
    let other = Certificate::parse_all(other.as_bytes(), KeyRules::default()).unwrap();
    let further = FurtherDemands { dated_certificates: &other, ..FurtherDemands::default() };
    check(&Message::new(), further, NOW, "saml.empty_expectation");
}

#[test]
fn what_is_wrong_with_a_demand_is_said_in_full() {
    let classes = ["urn:mfa".to_string()];
    let further = FurtherDemands { authn_contexts: &classes, ..FurtherDemands::default() };
    let error = verify(&Message::new(), further, Signed::Both, NOW).unwrap_err();
    assert_eq!(error.expected().as_deref(), Some("urn:mfa"));
    assert_eq!(error.found().as_deref(), Some(PASSWORD));
    let text: String = error.to_string();
    assert_eq!(text, "they signed in in a way that is not asked for");
}
