//! Logout messages that must not end a session (attacks M-15, B-01, B-03, S-05).

use alloc::format;
use alloc::string::String;

use super::logout::{
    BOTH, By, carry, expected, request, response, sign, unsigned_query, verify_request,
    verify_response,
};
use super::message::{AUDIENCE, IDP, Message as LoginResponse, NOW, PERSON, Signed, code};
use crate::base64;
use crate::dsig::redirect::{Message, encode_value};
use crate::saml::MAX_CLOCK_SKEW;
use crate::saml::binding::{post, redirect};
use crate::saml::forge::{CRYPTO, Forge, MARK, public_key};
use crate::saml::logout::{Carrier, ExpectedLogout, verify_logout_request, verify_logout_response};

#[track_caller]
fn check(by: By, text: &str, expected: &str) {
    assert_eq!(code(&verify_request(by, text)), expected, "{by:?} {text}");
}

#[test]
fn an_unsigned_message_ends_nothing() {
    let plain = request().replace(MARK, "");
    check(By::Post, &post::encode_value(&plain), "saml.logout_not_signed");
    let query = unsigned_query(Message::Request, &plain);
    check(By::Redirect, &query, "saml.logout_not_signed");
    // Each binding has its own place, and the other one does not count.
    let enveloped = Forge::rsa().sign(&request(), "_logout");
    let query = unsigned_query(Message::Request, &enveloped);
    check(By::Redirect, &query, "saml.logout_not_signed");
    let plain = response().replace(MARK, "");
    let answers = [
        (By::Post, post::encode_value(&plain)),
        (By::Redirect, unsigned_query(Message::Response, &plain)),
    ];
    for (by, text) in answers {
        assert_eq!(code(&verify_response(by, &text)), "saml.logout_not_signed");
    }
}

#[test]
fn a_signature_inside_a_redirected_message_is_not_looked_at() {
    let enveloped = Forge::new("other-rsa", Forge::rsa().algorithm).sign(&request(), "_logout");
    let query = sign(&unsigned_query(Message::Request, &enveloped), "rsa");
    check(By::Redirect, &query, "ok");
}

#[test]
fn a_key_of_somebody_else_ends_nothing() {
    for by in BOTH {
        let text = carry(by, Message::Request, &request(), "other-rsa");
        check(by, &text, "dsig.signature_mismatch");
        let text = carry(by, Message::Response, &response(), "other-rsa");
        assert_eq!(code(&verify_response(by, &text)), "dsig.signature_mismatch");
    }
}

#[test]
fn a_signature_that_is_stripped_or_cut_is_noticed() {
    let query = carry(By::Redirect, Message::Request, &request(), "rsa");
    let (without_signature, _) = query.split_once("&Signature=").unwrap();
    check(By::Redirect, without_signature, "dsig.parameter");
    let (unsigned, _) = query.split_once("&SigAlg=").unwrap();
    check(By::Redirect, unsigned, "saml.logout_not_signed");
    check(By::Redirect, &format!("{without_signature}&Signature="), "dsig.signature_mismatch");
    check(By::Redirect, &query[..query.len() - 6], "dsig.base64");
    let signed = Forge::rsa().sign(&request(), "_logout");
    let start = signed.find("<ds:SignatureValue>").unwrap();
    let end = signed.find("</ds:Signature>").unwrap();
    let cut = signed.replace(&signed[start..end], "");
    check(By::Post, &post::encode_value(&cut), "xml.element_missing");
}

#[test]
fn parameters_of_a_query_are_read_as_they_were_signed() {
    let plain = unsigned_query(Message::Request, &request().replace(MARK, ""));
    let evil_text = request().replace(MARK, "").replace(PERSON, "admin@contoso.com");
    let evil = unsigned_query(Message::Request, &evil_text);
    let query = sign(&format!("{plain}&RelayState=r"), "rsa");
    check(By::Redirect, &query, "ok");
    for (text, expected) in [
        (format!("{evil}&{query}"), "dsig.parameter"),
        (format!("{query}&{evil}"), "dsig.parameter"),
        (format!("{}&{query}", evil.replace("SAML", "%53AML")), "dsig.parameter"),
        (format!("{query}&SAMLResponse=x"), "dsig.parameter"),
        (format!("{query}&RelayState=s"), "dsig.parameter"),
        (format!("{query}&SigAlg=x"), "dsig.parameter"),
        (format!("{query}&Signature=x"), "dsig.parameter"),
        (query.replace("RelayState=r", "RelayState=s"), "dsig.signature_mismatch"),
        (query.replace("&RelayState=r", ""), "dsig.signature_mismatch"),
        (query.replace(&plain, &evil), "dsig.signature_mismatch"),
        (query.replace("SAMLRequest", "SAMLResponse"), "dsig.parameter"),
        (String::new(), "saml.logout_not_signed"),
    ] {
        check(By::Redirect, &text, expected);
    }
    // Unsigned company changes nothing, whatever the order.
    check(By::Redirect, &format!("tracking=1&{query}"), "ok");
}

#[test]
fn a_bomb_is_refused_though_it_is_signed() {
    let bomb =
        request().replace(MARK, "").replace(PERSON, &"a".repeat(redirect::MAX_INFLATED_BYTES));
    check(
        By::Redirect,
        &sign(&unsigned_query(Message::Request, &bomb), "rsa"),
        "saml.redirect_value",
    );
    let deflated = base64::decode(&redirect::deflate_value(&request().replace(MARK, ""))).unwrap();
    let trailing = base64::encode(&[deflated.as_slice(), b"<a/>"].concat());
    let query = format!("SAMLRequest={}", encode_value(&trailing));
    check(By::Redirect, &sign(&query, "rsa"), "saml.redirect_value");
    // What is posted is never inflated.
    check(By::Post, &redirect::deflate_value(&request()), "xml.invalid_utf8");
}

#[test]
fn a_signed_message_wrapped_into_another_lends_it_nothing() {
    let signed = Forge::rsa().sign(&request(), "_logout");
    let evil = request().replace("_logout", "_evil").replace(PERSON, "admin@contoso.com");
    let extension = format!("<samlp:Extensions>{signed}</samlp:Extensions>");
    let start = signed.find("<ds:Signature ").unwrap();
    let end = signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let signature = &signed[start..end];
    for (text, expected) in [
        (evil.replace(MARK, &extension), "saml.misplaced_signature"),
        (evil.replace(MARK, signature), "dsig.reference_mismatch"),
        (evil.replace(MARK, &format!("{signature}{extension}")), "saml.misplaced_signature"),
        (format!("<x>{signed}</x>"), "saml.misplaced_signature"),
        (
            signed.replace("</samlp:LogoutRequest>", "<x/></samlp:LogoutRequest>"),
            "dsig.digest_mismatch",
        ),
        (signed.replace(PERSON, &format!("{PERSON}<!---->x")), "dsig.digest_mismatch"),
    ] {
        let text = post::encode_value(&text.replace(MARK, ""));
        assert_eq!(code(&verify_request(By::Post, &text)), expected);
    }
}

/// samlify 634: an assertion that somebody captured is no signature of the request around it.
#[test]
fn a_captured_assertion_signs_no_logout() {
    let assertion = Forge::rsa().sign(&LoginResponse::new().assertion(), "_assertion");
    let before = request().replace(MARK, &assertion);
    check(By::Post, &post::encode_value(&before), "saml.logout_not_signed");
    let after = request().replace(MARK, "").replace("</samlp:L", &format!("{assertion}</samlp:L"));
    check(By::Post, &post::encode_value(&after), "saml.logout_not_signed");
}

#[test]
fn another_message_of_the_same_key_is_no_logout() {
    let login = LoginResponse::new().signed(Signed::Response);
    check(By::Post, &post::encode_value(&login), "saml.not_a_logout_message");
    let answer = carry(By::Post, Message::Response, &response(), "rsa");
    check(By::Post, &answer, "saml.not_a_logout_message");
    let asked = carry(By::Post, Message::Request, &request(), "rsa");
    assert_eq!(code(&verify_response(By::Post, &asked)), "saml.not_a_logout_message");
    let other_kind = sign(&unsigned_query(Message::Request, &response().replace(MARK, "")), "rsa");
    check(By::Redirect, &other_kind, "saml.not_a_logout_message");
    // And none of them signs anybody in.
    let signed = Forge::rsa().sign(&response(), "_logout");
    assert_eq!(code(&super::message::verify(&signed)), "saml.not_a_response");
}

#[test]
fn no_changed_byte_is_accepted() {
    for by in BOTH {
        let good = match by {
            By::Post => Forge::rsa().sign(&request(), "_logout"),
            By::Redirect => carry(by, Message::Request, &request(), "rsa"),
        };
        let verify = |text: &str| match by {
            By::Post => verify_request(by, &post::encode_value(text)),
            By::Redirect => verify_request(by, text),
        };
        assert_eq!(code(&verify(&good)), "ok");
        for at in (0..good.len()).step_by(5) {
            let mut twin = good.clone().into_bytes();
            twin[at] ^= 1;
            let Ok(twin) = String::from_utf8(twin) else { continue };
            assert!(verify(&twin).is_err(), "{by:?} at {at}: {twin}");
        }
    }
}

#[test]
fn what_is_expected_must_make_sense() {
    let keys = [public_key("rsa")];
    let text = carry(By::Post, Message::Request, &request(), "rsa");
    let good = expected(&keys, &[]);
    for (demands, expected) in [
        (ExpectedLogout { idp_entity_id: "", ..good }, "saml.empty_expectation"),
        (ExpectedLogout { slo_url: "", ..good }, "saml.empty_expectation"),
        (ExpectedLogout { keys: &[], ..good }, "dsig.no_keys"),
        (ExpectedLogout { clock_skew: MAX_CLOCK_SKEW * 2, ..good }, "saml.clock_skew_too_large"),
        (ExpectedLogout { idp_entity_id: AUDIENCE, ..good }, "saml.issuer_mismatch"),
        (ExpectedLogout { idp_entity_id: IDP, ..good }, "ok"),
    ] {
        let found = verify_logout_request(Carrier::Post(&text), &demands, NOW, &CRYPTO);
        assert_eq!(code(&found), expected);
    }
    let text = carry(By::Post, Message::Response, &response(), "rsa");
    let found = verify_logout_response(Carrier::Post(&text), &good, "", NOW, &CRYPTO);
    assert_eq!(code(&found), "saml.empty_expectation");
}
