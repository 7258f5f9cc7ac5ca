//! Signature wrapping (attacks 2.3.1): the signed original is moved somewhere, something evil takes its
//! place. Names as in "On Breaking SAML" (USENIX 2012) and SAML Raider.
//!
//! Every document here carries a signature that verifies where the original now is.

use alloc::format;
use alloc::string::{String, ToString as _};

use super::message::{Message, PERSON, Signed, check, verify};

const EVIL: &str = "admin@contoso.com";

/// From `<name` to `</name>`, of the first such element.
fn element(text: &str, name: &str) -> String {
    let start = text.find(&format!("<{name}")).unwrap();
    let end = text[start..].find(&format!("</{name}>")).unwrap() + name.len() + 3;
    text[start..start + end].to_string()
}

/// What an attacker has: a response that was accepted once.
struct Captured {
    text: String,
    assertion: String,
    signature: String,
}

impl Captured {
    fn new(signed: Signed) -> Self {
        let text = Message::new().signed(signed);
        Self {
            assertion: element(&text, "Assertion"),
            signature: element(&text, "ds:Signature"),
            text,
        }
    }

    fn without_signature(&self, text: &str) -> String {
        text.replace(&self.signature, "")
    }

    /// The assertion with another person and another ID, without signature.
    fn evil_assertion(&self) -> String {
        self.without_signature(&self.assertion).replace(PERSON, EVIL).replace("_assertion", "_evil")
    }

    fn with_assertion(&self, assertion: &str) -> String {
        self.text.replace(&self.assertion, assertion)
    }
}

#[test]
fn the_captured_response_itself_is_accepted() {
    for signed in [Signed::Assertion, Signed::Response] {
        assert!(verify(&Captured::new(signed).text).is_ok());
    }
}

#[test]
fn xsw1_original_response_inside_the_signature_of_the_evil_one() {
    let captured = Captured::new(Signed::Response);
    let original = captured.without_signature(&captured.text);
    let signature =
        captured.signature.replace("</ds:Signature>", &format!("{original}</ds:Signature>"));
    let evil = captured.text.replace(PERSON, EVIL).replace(&captured.signature, &signature);
    check(&evil, "dsig.duplicate_id");
    let other_ids = evil
        .replacen("_response", "_evil", 1)
        .replace("ID=\"_assertion\"", "ID=\"_other\"")
        .replacen("ID=\"_other\"", "ID=\"_assertion\"", 1);
    check(&other_ids, "xml.element_unexpected");
}

#[test]
fn xsw2_original_response_before_a_detached_signature() {
    let captured = Captured::new(Signed::Response);
    let original = captured.without_signature(&captured.text).replace("_assertion", "_old");
    let evil = captured
        .text
        .replace(PERSON, EVIL)
        .replacen("_response", "_evil", 1)
        .replace(&captured.signature, &format!("{original}{}", captured.signature));
    check(&evil, "xml.element_missing");
}

#[test]
fn xsw3_evil_assertion_before_the_signed_one() {
    let captured = Captured::new(Signed::Assertion);
    let both = format!("{}{}", captured.evil_assertion(), captured.assertion);
    check(&captured.with_assertion(&both), "saml.several_assertions");
}

#[test]
fn xsw4_signed_assertion_inside_the_evil_one() {
    let captured = Captured::new(Signed::Assertion);
    let evil = captured
        .evil_assertion()
        .replace("</Assertion>", &format!("{}</Assertion>", captured.assertion));
    check(&captured.with_assertion(&evil), "saml.misplaced_signature");
}

#[test]
fn xsw5_evil_assertion_keeps_the_signature_and_the_original_is_appended() {
    let captured = Captured::new(Signed::Assertion);
    let evil = captured.assertion.replace(PERSON, EVIL).replacen("_assertion", "_evil", 1);
    let original = captured.without_signature(&captured.assertion);
    check(&captured.with_assertion(&format!("{evil}{original}")), "saml.several_assertions");
    // The original hidden in Extensions, where any element may stand.
    let mut hidden = captured.with_assertion(&evil);
    let status = "<samlp:Status>";
    hidden =
        hidden.replace(status, &format!("<samlp:Extensions>{original}</samlp:Extensions>{status}"));
    check(&hidden, "dsig.reference_mismatch");
}

#[test]
fn xsw6_original_inside_the_signature_of_the_evil_assertion() {
    let captured = Captured::new(Signed::Assertion);
    let original = captured.without_signature(&captured.assertion);
    for (wrapped, expected) in [
        (original.clone(), "xml.element_unexpected"),
        (format!("<ds:KeyInfo>{original}</ds:KeyInfo>"), "dsig.reference_mismatch"),
    ] {
        let signature =
            captured.signature.replace("</ds:Signature>", &format!("{wrapped}</ds:Signature>"));
        let evil = captured
            .assertion
            .replace(PERSON, EVIL)
            .replacen("_assertion", "_evil", 1)
            .replace(&captured.signature, &signature);
        check(&captured.with_assertion(&evil), expected);
    }
}

#[test]
fn xsw7_evil_assertion_with_the_same_id_inside_extensions() {
    let captured = Captured::new(Signed::Assertion);
    let evil = captured.without_signature(&captured.assertion).replace(PERSON, EVIL);
    let status = "<samlp:Status>";
    let with_extensions = |inside: &str| {
        captured
            .text
            .replace(status, &format!("<samlp:Extensions>{inside}</samlp:Extensions>{status}"))
    };
    check(&with_extensions(&evil), "dsig.duplicate_id");
    // With an ID of its own it is allowed to be there, and nobody reads it.
    let verified = verify(&with_extensions(&captured.evil_assertion())).unwrap();
    assert_eq!(verified.identity.name_id.unwrap().value, PERSON);
}

#[test]
fn xsw8_original_in_an_object_of_the_signature() {
    let captured = Captured::new(Signed::Assertion);
    let original = captured.without_signature(&captured.assertion);
    let object = format!("<ds:Object>{original}</ds:Object></ds:Signature>");
    let signature = captured.signature.replace("</ds:Signature>", &object);
    let evil = captured
        .assertion
        .replace(PERSON, EVIL)
        .replacen("_assertion", "_evil", 1)
        .replace(&captured.signature, &signature);
    check(&captured.with_assertion(&evil), "xml.element_unexpected");
}

#[test]
fn xsw9_unsigned_assertion_after_the_signed_one() {
    let captured = Captured::new(Signed::Assertion);
    let both = format!("{}{}", captured.assertion, captured.evil_assertion());
    check(&captured.with_assertion(&both), "saml.several_assertions");
    let encrypted = format!(
        "{}<EncryptedAssertion xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>",
        captured.assertion
    );
    check(&captured.with_assertion(&encrypted), "saml.several_assertions");
}

#[test]
fn two_assertions_are_refused_even_when_a_signed_response_covers_both() {
    let mut message = Message::new();
    message.after_assertion =
        message.assertion().replace("@SIGNATURE@", "").replace("_assertion", "_second");
    check(&message.signed(Signed::Response), "saml.several_assertions");
}

#[test]
fn a_signed_assertion_in_advice_lends_nothing() {
    let captured = Captured::new(Signed::Assertion);
    let advice = format!("<Advice>{}</Advice><AuthnStatement", captured.assertion);
    let evil = captured.evil_assertion().replace("<AuthnStatement", &advice);
    check(&captured.with_assertion(&evil), "saml.misplaced_signature");
}

#[test]
fn a_signed_assertion_in_another_message_is_no_response() {
    let captured = Captured::new(Signed::Assertion);
    for name in ["AuthnRequest", "LogoutRequest", "ArtifactResponse", "LogoutResponse"] {
        let other = captured.text.replace("samlp:Response", &format!("samlp:{name}"));
        check(&other, "saml.not_a_response");
    }
    check(&captured.assertion, "saml.not_a_response");
}

#[test]
fn a_foreign_namespace_makes_no_assertion_and_no_signature() {
    let captured = Captured::new(Signed::Assertion);
    let foreign =
        captured.text.replace("urn:oasis:names:tc:SAML:2.0:assertion\">", "urn:foreign\">");
    assert!(verify(&foreign).is_err());
    let fake = captured
        .text
        .replace("xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"", "xmlns:ds=\"urn:x\"");
    check(&fake, "saml.not_signed");
    let unsigned = captured.without_signature(&captured.text);
    check(&unsigned, "saml.not_signed");
}

#[test]
fn id_decoys_do_not_move_the_reference() {
    let captured = Captured::new(Signed::Assertion);
    for decoy in ["Id=\"_assertion\"", "id=\"_assertion\"", "xml:id=\"_assertion\""] {
        let evil =
            captured.text.replacen("ID=\"_response\"", &format!("ID=\"_response\" {decoy}"), 1);
        check(&evil, "dsig.duplicate_id");
    }
}
