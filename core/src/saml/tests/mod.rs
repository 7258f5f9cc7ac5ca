//! What is accepted as a sign-in, and the code of everything that is not.

mod demands;
mod donors;
mod encrypted;
mod explained;
mod forged;
mod logout;
mod logout_forged;
mod message;
mod metadata;
mod request;
mod rules;
mod times;
mod wrapping;

use alloc::string::{String, ToString as _};

use self::message::{
    ACS_URL, EVERY_WAY, IDP, Message, NOW, PERSON, REQUEST_ID, Signed, check, code, expected,
    verify,
};
use super::{
    ExpectedResponse, RequiredSignature, Solicitation, UnverifiedMessage, verify_response,
};
use crate::diagnostic::Diagnostic as _;
use crate::saml::forge::{CRYPTO, public_key};
use crate::time::UnixTime;

#[test]
fn a_response_signed_in_either_place_signs_the_person_in() {
    for signed in EVERY_WAY {
        let verified = verify(&Message::new().signed(signed)).unwrap();
        let name_id = verified.identity.name_id.as_ref().unwrap();
        assert_eq!(name_id.value, PERSON);
        assert_eq!(
            name_id.format.as_deref(),
            Some("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress")
        );
        assert_eq!(verified.identity.issuer, IDP);
        assert_eq!(verified.identity.attribute("given_name").unwrap().values, ["B."]);
        assert_eq!(verified.identity.attribute("groups").unwrap().values, ["agents", "everyone"]);
        assert_eq!(verified.assertion_id, "_assertion");
        assert_eq!(verified.response_id, "_response");
        assert_eq!(verified.in_response_to.as_deref(), Some(REQUEST_ID));
        assert_eq!(verified.session_index.as_deref(), Some("_session"));
        let time = |text: &str| UnixTime::parse(text).unwrap();
        assert_eq!(verified.session_not_on_or_after, Some(time("2026-11-21T20:00:00Z")));
        assert_eq!(verified.authn_instant, time("2026-11-21T08:30:00Z"));
        assert_eq!(
            verified.authn_context_class.as_deref(),
            Some("urn:oasis:names:tc:SAML:2.0:ac:classes:Password")
        );
        assert_eq!(verified.not_on_or_after, time("2026-11-21T12:05:00Z"));
        assert_eq!(verified.replay_key.issuer, IDP);
        assert_eq!(verified.replay_key.assertion_id, "_assertion");
        assert_eq!(verified.replay_key.expires_at, time("2026-11-21T12:08:00Z"));
    }
}

#[test]
fn an_unsolicited_response_is_accepted_only_where_it_is_expected() {
    let keys = [public_key("rsa")];
    let demands = ExpectedResponse { solicitation: Solicitation::Unsolicited, ..expected(&keys) };
    for signed in EVERY_WAY {
        let text = Message::unsolicited().signed(signed);
        let verified = verify_response(text.as_bytes(), &demands, NOW, &CRYPTO).unwrap();
        assert_eq!(verified.in_response_to, None);
        check(&text, "saml.in_response_to_mismatch");
        let solicited = Message::new().signed(signed);
        let result = verify_response(solicited.as_bytes(), &demands, NOW, &CRYPTO);
        assert_eq!(code(&result), "saml.not_unsolicited");
    }
}

#[test]
fn an_unsolicited_response_names_no_request_in_any_place() {
    let keys = [public_key("rsa")];
    let demands = ExpectedResponse { solicitation: Solicitation::Unsolicited, ..expected(&keys) };
    let mut in_response = Message::unsolicited();
    in_response.response_attributes.push_str(" InResponseTo=\"_x\"");
    let mut in_data = Message::unsolicited();
    in_data.confirmation =
        in_data.confirmation.replace("Recipient", "InResponseTo=\"_x\" Recipient");
    let mut in_other = Message::unsolicited();
    in_other.confirmation.push_str(
        "<SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
         <SubjectConfirmationData InResponseTo=\"_x\"/></SubjectConfirmation>",
    );
    for message in [in_response, in_data, in_other] {
        let text = message.signed(Signed::Assertion);
        let result = verify_response(text.as_bytes(), &demands, NOW, &CRYPTO);
        assert_eq!(code(&result), "saml.not_unsolicited", "{text}");
    }
}

#[test]
fn the_signatures_that_a_connection_demands_must_be_there() {
    use RequiredSignature::{Assertion, Both, Either, Response};
    for (signed, required, expected_code) in [
        (Signed::Nothing, Either, "saml.not_signed"),
        (Signed::Nothing, Assertion, "saml.not_signed"),
        (Signed::Nothing, Response, "saml.not_signed"),
        (Signed::Nothing, Both, "saml.not_signed"),
        (Signed::Assertion, Either, "ok"),
        (Signed::Assertion, Assertion, "ok"),
        (Signed::Assertion, Response, "saml.response_not_signed"),
        (Signed::Assertion, Both, "saml.response_not_signed"),
        (Signed::Response, Either, "ok"),
        (Signed::Response, Assertion, "saml.assertion_not_signed"),
        (Signed::Response, Response, "ok"),
        (Signed::Response, Both, "saml.assertion_not_signed"),
        (Signed::Both, Either, "ok"),
        (Signed::Both, Assertion, "ok"),
        (Signed::Both, Response, "ok"),
        (Signed::Both, Both, "ok"),
    ] {
        let keys = [public_key("rsa")];
        let demands = ExpectedResponse { required_signature: required, ..expected(&keys) };
        let text = Message::new().signed(signed);
        let result = verify_response(text.as_bytes(), &demands, NOW, &CRYPTO);
        assert_eq!(code(&result), expected_code, "{signed:?} {required:?}");
    }
}

#[test]
fn a_signature_that_is_there_must_hold_even_when_the_other_is_enough() {
    let both = Message::new().signed(Signed::Both);
    let at = both.rfind("<ds:SignatureValue>").unwrap() + "<ds:SignatureValue>".len();
    let mut inner_broken = both.clone();
    inner_broken.replace_range(at..at + 4, "AAAA");
    // The Response covers the Assertion's Signature, so the digest of the Response breaks as well.
    check(&inner_broken, "dsig.digest_mismatch");
    let at = both.find("<ds:SignatureValue>").unwrap() + "<ds:SignatureValue>".len();
    let mut outer_broken = both;
    outer_broken.replace_range(at..at + 4, "AAAA");
    check(&outer_broken, "dsig.signature_mismatch");
}

#[test]
fn demands_that_make_no_sense_are_misuse() {
    let keys = [public_key("rsa")];
    let text = Message::new().signed(Signed::Assertion);
    let seconds = core::time::Duration::from_secs;
    for (demands, expected_code) in [
        (ExpectedResponse { keys: &[], ..expected(&keys) }, "dsig.no_keys"),
        (ExpectedResponse { audience: "", ..expected(&keys) }, "saml.empty_expectation"),
        (ExpectedResponse { acs_url: "", ..expected(&keys) }, "saml.empty_expectation"),
        (ExpectedResponse { idp_entity_id: "", ..expected(&keys) }, "saml.empty_expectation"),
        (
            ExpectedResponse { solicitation: Solicitation::InResponseTo(""), ..expected(&keys) },
            "saml.empty_expectation",
        ),
        (ExpectedResponse { clock_skew: seconds(300), ..expected(&keys) }, "ok"),
        (
            ExpectedResponse { clock_skew: seconds(301), ..expected(&keys) },
            "saml.clock_skew_too_large",
        ),
    ] {
        let result = verify_response(text.as_bytes(), &demands, NOW, &CRYPTO);
        assert_eq!(code(&result), expected_code);
    }
}

#[test]
fn the_claimed_issuer_can_be_peeked_at_to_choose_a_connection() {
    let mut message = Message::new();
    let issuer_of = |xml: &[u8]| UnverifiedMessage::parse(xml).and_then(|message| message.issuer());
    let peek = |message: &Message| issuer_of(message.signed(Signed::Nothing).as_bytes());
    assert_eq!(peek(&message).as_deref(), Ok(IDP));
    message.response_issuer.clear();
    message.issuer = "<Issuer> urn:other\n</Issuer>".to_string();
    assert_eq!(peek(&message).as_deref(), Ok("urn:other"));
    message.issuer.clear();
    assert_eq!(code(&peek(&message)), "saml.no_issuer");
    assert_eq!(code(&issuer_of(b"<a/>")), "saml.not_a_response");
    assert_eq!(code(&issuer_of(b"<!DOCTYPE a><a/>")), "xml.doctype");
}

/// Every byte of the message changed once. Where the wrapper is not signed a change may pass, but it
/// never changes who signs in.
#[test]
fn no_changed_byte_of_an_accepted_response_signs_in_anybody_else() {
    for signed in [Signed::Assertion, Signed::Response] {
        let text = Message::new().signed(signed);
        let original = verify(&text).unwrap();
        let mut accepted = 0;
        for at in 0..text.len() {
            let mut twin = text.clone().into_bytes();
            twin[at] = if twin[at] == b'x' { b'y' } else { b'x' };
            let Ok(verified) = verify(&String::from_utf8(twin).unwrap()) else { continue };
            accepted += 1;
            let response_id = original.response_id.clone();
            assert_eq!(super::VerifiedAssertion { response_id, ..verified }, original, "byte {at}");
        }
        match signed {
            // The ID and IssueInstant of the unsigned Response, and fractions of a second.
            Signed::Assertion => assert!(accepted < 30, "{accepted}"),
            _ => assert_eq!(accepted, 0),
        }
    }
}

#[test]
fn errors_carry_what_was_expected_and_found_and_what_to_do() {
    let mut message = Message::new();
    message.response_attributes = message.response_attributes.replace(ACS_URL, "https://evil/");
    let error = verify(&message.signed(Signed::Assertion)).unwrap_err();
    assert_eq!(error.code(), "saml.destination_mismatch");
    assert_eq!(error.expected().as_deref(), Some(ACS_URL));
    assert_eq!(error.found().as_deref(), Some("https://evil/"));
    assert!(error.help().contains("Reply URL"), "{}", error.help());
    assert_eq!(error.to_string(), "the response is addressed to another URL");
}
