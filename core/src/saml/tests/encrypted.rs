//! Encrypted assertions and names. Anybody can encrypt to us, so encryption alone proves nothing.

use alloc::format;
use alloc::string::{String, ToString as _};

use super::explained;
use super::message::{Message, NOW, PERSON, Signed, code, expected};
use crate::base64;
use crate::crypto::{Crypto as _, SecretKey};
use crate::saml::forge::{CRYPTO, Forge, MARK, private_key, public_key};
use crate::saml::{Error, ExpectedResponse, RequiredSignature, VerifiedAssertion, verify_response};
use crate::xenc::EncryptionRules;
use crate::xml::names;

pub(super) const GCM: &str = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
const CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";

/// EncryptedAssertion or EncryptedID around `plaintext`.
pub(super) fn encrypt(element: &str, plaintext: &str, cipher: &str) -> String {
    let nonce = [7; 12];
    let key = SecretKey::new(&[0x42; 32]);
    let sealed = CRYPTO.seal(&key, &nonce, &[], plaintext.as_bytes()).unwrap();
    let octets = base64::encode(&[nonce.as_slice(), &sealed].concat());
    format!(
        "<{element} xmlns=\"{}\"><xenc:EncryptedData xmlns:xenc=\"{}\" \
         Type=\"http://www.w3.org/2001/04/xmlenc#Element\"><xenc:EncryptionMethod \
         Algorithm=\"{cipher}\"/><ds:KeyInfo xmlns:ds=\"{}\"><xenc:EncryptedKey>\
         <xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"/>\
         <xenc:CipherData><xenc:CipherValue>{}</xenc:CipherValue></xenc:CipherData>\
         </xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>{octets}\
         </xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></{element}>",
        names::SAML_ASSERTION,
        names::XENC,
        names::DSIG,
        include_str!("../testdata/content-key.b64"),
    )
}

/// A Response with this encrypted; `inner` and `outer` say what is signed.
fn response(assertion: &str, inner: bool, outer: bool) -> String {
    let assertion = if inner {
        Forge::rsa().sign(assertion, "_assertion")
    } else {
        assertion.replace(MARK, "")
    };
    let encrypted = encrypt("EncryptedAssertion", &assertion, GCM);
    let signed = if outer { Signed::Response } else { Signed::Nothing };
    Message::new().signed_with(signed, &encrypted)
}

fn verify_with(text: &str, allow_cbc: bool) -> Result<VerifiedAssertion<'static>, Error> {
    let keys = [public_key("rsa")];
    let decryption_keys = [private_key("rsa")];
    let demands = ExpectedResponse {
        decryption_keys: &decryption_keys,
        encryption_rules: EncryptionRules { allow_cbc },
        ..expected(&keys)
    };
    let result = verify_response(text.as_bytes(), &demands, NOW, &CRYPTO);
    explained::check_agrees(text.as_bytes(), &demands, NOW, &result);
    result.map(VerifiedAssertion::into_owned)
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(code(&verify_with(text, false)), expected, "{text}");
}

#[test]
fn an_encrypted_assertion_signed_inside_or_outside_signs_in() {
    let assertion = Message::new().assertion();
    for (inner, outer) in [(true, false), (false, true), (true, true)] {
        let verified = verify_with(&response(&assertion, inner, outer), false).unwrap();
        assert_eq!(verified.identity.name_id.unwrap().value, PERSON);
    }
}

#[test]
fn encryption_without_any_signature_proves_nothing() {
    check(&response(&Message::new().assertion(), false, false), "saml.not_signed");
}

#[test]
fn a_signature_that_the_connection_demands_counts_inside_too() {
    let keys = [public_key("rsa")];
    let decryption_keys = [private_key("rsa")];
    let assertion = Message::new().assertion();
    for (inner, outer, required, expected_code) in [
        (true, false, RequiredSignature::Assertion, "ok"),
        (false, true, RequiredSignature::Assertion, "saml.assertion_not_signed"),
        (true, false, RequiredSignature::Response, "saml.response_not_signed"),
        (true, true, RequiredSignature::Both, "ok"),
    ] {
        let demands = ExpectedResponse {
            decryption_keys: &decryption_keys,
            required_signature: required,
            ..expected(&keys)
        };
        let text = response(&assertion, inner, outer);
        let result = verify_response(text.as_bytes(), &demands, NOW, &CRYPTO);
        assert_eq!(code(&result), expected_code, "{inner} {outer}");
    }
}

#[test]
fn without_a_key_the_error_says_so() {
    let keys = [public_key("rsa")];
    let text = response(&Message::new().assertion(), true, false);
    let result = verify_response(text.as_bytes(), &expected(&keys), NOW, &CRYPTO);
    assert_eq!(code(&result), "saml.encrypted_assertion_without_key");
}

#[test]
fn what_is_encrypted_is_a_whole_document_with_an_assertion() {
    let assertion = Message::new().assertion();
    let prefixed = assertion
        .replace("<Assertion", "<saml:Assertion")
        .replace("</Assertion>", "</saml:Assertion>");
    for (plaintext, expected) in [
        (format!("<!DOCTYPE x>{assertion}"), "xml.doctype"),
        (format!("{assertion}<x/>"), "xml.multiple_roots"),
        (format!("{assertion}<?p?>"), "saml.processing_instruction"),
        (format!("{assertion}text"), "xml.text_outside_root"),
        ("text".to_string(), "xml.text_outside_root"),
        (String::new(), "xml.no_root"),
        (prefixed, "xml.undeclared_prefix"),
        (Message::new().signed(Signed::Nothing), "saml.not_an_assertion"),
        (encrypt("EncryptedAssertion", "<x/>", GCM), "saml.not_an_assertion"),
        (assertion.replace("_session\"", "_s\" Id=\"_assertion\""), "dsig.duplicate_id"),
    ] {
        check(&response(&plaintext, false, true), expected);
    }
}

/// The signature of a Response covers the encrypted form, so no other may take its place (CVE-2024-9487).
#[test]
fn another_ciphertext_in_a_signed_response_is_noticed() {
    let assertion = Message::new().assertion();
    let evil = assertion.replace(PERSON, "admin@contoso.com");
    let ciphertext = |text: &str| encrypt("EncryptedAssertion", &text.replace(MARK, ""), GCM);
    for inner in [false, true] {
        let signed = response(&assertion, inner, true);
        let start = signed.find("<EncryptedAssertion").unwrap();
        let end = signed.find("</EncryptedAssertion>").unwrap() + "</EncryptedAssertion>".len();
        let mut swapped = signed.clone();
        swapped.replace_range(start..end, &ciphertext(&evil));
        check(&swapped, "dsig.digest_mismatch");
        let mut added = signed;
        added.insert_str(end, &ciphertext(&evil));
        check(&added, "saml.several_assertions");
    }
    // Beside an assertion that is signed itself.
    let beside = format!("{}{}", Forge::rsa().sign(&assertion, "_assertion"), ciphertext(&evil));
    check(&Message::new().signed_with(Signed::Nothing, &beside), "saml.several_assertions");
}

/// S-05 once more, below the encryption.
#[test]
fn a_donor_inside_the_plaintext_lends_nothing() {
    let donor = Forge::rsa().sign(&Message::new().assertion(), "_assertion");
    let mut evil = Message::new();
    evil.name_id = evil.name_id.replace(PERSON, "admin@contoso.com");
    evil.advice = format!("<Advice>{donor}</Advice>");
    let evil = evil.assertion().replacen("_assertion", "_evil", 1);
    for outer in [false, true] {
        check(&response(&evil, false, outer), "saml.misplaced_signature");
    }
    let wrapped = format!("<x>{donor}</x>");
    check(&response(&wrapped, false, true), "saml.not_an_assertion");
}

#[test]
fn a_changed_ciphertext_or_key_is_one_error() {
    let text = response(&Message::new().assertion(), true, false);
    for mark in ["<xenc:CipherValue>"] {
        for at in text.match_indices(mark).map(|(at, _)| at + mark.len()) {
            for offset in [0, 20, 40, 200] {
                let mut twin = text.clone();
                let other = if &twin[at + offset..=at + offset] == "A" { "B" } else { "A" };
                twin.replace_range(at + offset..=at + offset, other);
                check(&twin, "xenc.decryption_failed");
            }
        }
    }
}

#[test]
fn cbc_is_read_by_opt_in_and_only_inside_a_signed_response() {
    let encrypted = encrypt("EncryptedAssertion", &Message::new().assertion(), CBC);
    let unsigned = Message::new().signed_with(Signed::Nothing, &encrypted);
    let signed = Message::new().signed_with(Signed::Response, &encrypted);
    assert_eq!(code(&verify_with(&unsigned, false)), "xenc.cbc_not_allowed");
    assert_eq!(code(&verify_with(&signed, false)), "xenc.cbc_not_allowed");
    assert_eq!(code(&verify_with(&unsigned, true)), "saml.cbc_in_unsigned_response");
    // Allowed here; the octets are not CBC, which is found out by decrypting.
    assert_eq!(code(&verify_with(&signed, true)), "xenc.decryption_failed");
}

#[test]
fn an_encrypted_name_in_a_signed_assertion_is_read() {
    let name_id = |plaintext: &str| {
        let mut message = Message::new();
        message.name_id = encrypt("EncryptedID", plaintext, GCM);
        message.signed(Signed::Assertion)
    };
    let plain = Message::new()
        .name_id
        .replace("<NameID", "<NameID xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"");
    let verified = verify_with(&name_id(&plain), false).unwrap();
    assert_eq!(verified.identity.name_id.unwrap().value, PERSON);
    check(&name_id("<NameID>x</NameID>"), "saml.not_a_name_id");
    check(&name_id(&plain.replace(PERSON, " ")), "saml.empty_name_id");
    check(&name_id(&format!("{plain}<x/>")), "xml.multiple_roots");
    let keys = [public_key("rsa")];
    let text = name_id(&plain);
    let result = verify_response(text.as_bytes(), &expected(&keys), NOW, &CRYPTO);
    assert_eq!(code(&result), "saml.encrypted_assertion_without_key");
}
