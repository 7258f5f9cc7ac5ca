//! Every time window, at the second before, at and after its bounds.

use core::time::Duration;

use super::message::{EVERY_WAY, Message, Signed, code, expected, verify_at};
use crate::saml::forge::{CRYPTO, public_key};
use crate::saml::{ExpectedResponse, verify_response};
use crate::time::UnixTime;

fn time(text: &str) -> UnixTime {
    UnixTime::parse(text).unwrap()
}

#[track_caller]
fn check(message: &Message, now: &str, expected: &str) {
    for signed in EVERY_WAY {
        assert_eq!(code(&verify_at(&message.signed(signed), time(now))), expected, "{now}");
    }
}

#[test]
fn a_confirmation_ends_at_its_bound_plus_the_skew() {
    let message = Message::new();
    // NotOnOrAfter 12:05:00, skew 180 s.
    check(&message, "2026-11-21T12:04:59Z", "ok");
    check(&message, "2026-11-21T12:05:00Z", "ok");
    check(&message, "2026-11-21T12:07:59Z", "ok");
    check(&message, "2026-11-21T12:08:00Z", "saml.expired");
}

#[test]
fn a_confirmation_may_begin_late() {
    let mut message = Message::new();
    let begin = "NotBefore=\"2026-11-21T12:04:00Z\" Recipient";
    message.confirmation = message.confirmation.replace("Recipient", begin);
    check(&message, "2026-11-21T12:00:59Z", "saml.not_yet_valid");
    check(&message, "2026-11-21T12:01:00Z", "ok");
}

#[test]
fn conditions_hold_from_their_first_bound_minus_the_skew_to_the_second_plus_it() {
    let mut message = Message::new();
    message.confirmation = message.confirmation.replace("12:05:00Z", "23:00:00Z");
    message.conditions = message.conditions.replace("11:55:00Z", "12:10:00Z");
    check(&message, "2026-11-21T12:06:59Z", "saml.not_yet_valid");
    check(&message, "2026-11-21T12:07:00Z", "ok");
    check(&message, "2026-11-21T12:10:00Z", "ok");
    // NotOnOrAfter 13:00:00.
    check(&message, "2026-11-21T13:02:59Z", "ok");
    check(&message, "2026-11-21T13:03:00Z", "saml.expired");
}

#[test]
fn bounds_of_conditions_are_optional() {
    let mut message = Message::new();
    message.conditions = message
        .conditions
        .replace("NotBefore=\"2026-11-21T11:55:00Z\"", "")
        .replace("NotOnOrAfter=\"2026-11-21T13:00:00Z\"", "");
    check(&message, "2026-11-21T12:00:00Z", "ok");
}

#[test]
fn nothing_is_issued_in_the_future() {
    let message = Message::new();
    // IssueInstant 12:00:00, skew 180 s.
    check(&message, "2026-11-21T11:57:00Z", "ok");
    check(&message, "2026-11-21T11:56:59Z", "saml.not_yet_valid");
    let mut response_ahead = Message::new();
    response_ahead.response_attributes =
        response_ahead.response_attributes.replace("12:00:00.123Z", "12:03:01Z");
    check(&response_ahead, "2026-11-21T12:00:00Z", "saml.not_yet_valid");
    check(&response_ahead, "2026-11-21T12:00:01Z", "ok");
    let mut assertion_ahead = Message::new();
    assertion_ahead.assertion_attributes =
        assertion_ahead.assertion_attributes.replace("12:00:00.119Z", "12:03:01Z");
    check(&assertion_ahead, "2026-11-21T12:00:00Z", "saml.not_yet_valid");
    check(&assertion_ahead, "2026-11-21T12:00:01Z", "ok");
}

#[test]
fn a_session_that_has_ended_is_refused_without_skew() {
    let mut message = Message::new();
    message.authn_statement = message.authn_statement.replace("20:00:00Z", "12:00:30Z");
    check(&message, "2026-11-21T12:00:29Z", "ok");
    check(&message, "2026-11-21T12:00:30Z", "saml.expired");
    let later = message.authn_statement.replace("12:00:30Z", "19:00:00Z");
    message.authn_statement.insert_str(0, &later);
    check(&message, "2026-11-21T12:00:30Z", "saml.expired");
    let verified = verify_at(&message.signed(Signed::Both), time("2026-11-21T12:00:00Z")).unwrap();
    assert_eq!(verified.session_not_on_or_after, Some(time("2026-11-21T12:00:30Z")));
}

#[test]
fn the_skew_is_what_the_connection_says() {
    let keys = [public_key("rsa")];
    let text = Message::new().signed(Signed::Assertion);
    let verdict = |skew: u64, now: &str| {
        let demands = ExpectedResponse { clock_skew: Duration::from_secs(skew), ..expected(&keys) };
        code(&verify_response(text.as_bytes(), &demands, time(now), &CRYPTO))
    };
    assert_eq!(verdict(0, "2026-11-21T12:04:59Z"), "ok");
    assert_eq!(verdict(0, "2026-11-21T12:05:00Z"), "saml.expired");
    assert_eq!(verdict(0, "2026-11-21T11:59:59Z"), "saml.not_yet_valid");
    assert_eq!(verdict(300, "2026-11-21T12:09:59Z"), "ok");
    assert_eq!(verdict(300, "2026-11-21T12:10:00Z"), "saml.expired");
    assert_eq!(verdict(300, "2026-11-21T11:55:00Z"), "ok");
    assert_eq!(verdict(300, "2026-11-21T11:54:59Z"), "saml.not_yet_valid");
}

#[test]
fn the_replay_key_is_remembered_as_long_as_the_assertion_is_accepted() {
    let mut message = Message::new();
    message.confirmation = message.confirmation.replace("12:05:00Z", "23:00:00Z");
    let text = message.signed(Signed::Assertion);
    let verified = verify_at(&text, time("2026-11-21T12:00:00Z")).unwrap();
    // Conditions end before the confirmation.
    assert_eq!(verified.not_on_or_after, time("2026-11-21T13:00:00Z"));
    assert_eq!(verified.replay_key.expires_at, time("2026-11-21T13:03:00Z"));
    assert_eq!(code(&verify_at(&text, verified.replay_key.expires_at)), "saml.expired");
    let last = verified.replay_key.expires_at.saturating_sub(Duration::from_secs(1));
    assert_eq!(code(&verify_at(&text, last)), "ok");
}
