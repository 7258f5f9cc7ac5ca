//! Something that the identity provider really signed, brought along inside something that it did not.
//!
//! The signature verifies where it stands. What matters is that nobody asks it about anything else.

use alloc::format;
use alloc::string::String;

use super::message::{IDP, Message, PERSON, Signed, check, verify};
use crate::saml::forge::{Forge, MARK};
use crate::xml::names;

const EVIL: &str = "admin@contoso.com";

/// The whole document, signed: metadata, a request, or what else carries the same key.
fn donors() -> [String; 4] {
    let root = |namespace: &str, name: &str, attributes: &str| {
        let text = format!(
            "<d:{name} xmlns:d=\"{namespace}\" ID=\"_donor\" {attributes}>\
             <Issuer xmlns=\"{}\">{IDP}</Issuer>{MARK}</d:{name}>",
            names::SAML_ASSERTION
        );
        Forge::rsa().sign(&text, "_donor")
    };
    let assertion = Message::new().assertion().replace("_assertion", "_donor");
    [
        root(names::SAML_METADATA, "EntityDescriptor", "entityID=\"urn:x\""),
        root(names::SAML_PROTOCOL, "LogoutResponse", "Version=\"2.0\""),
        Forge::rsa().sign(&assertion, "_donor"),
        Message::new().signed(Signed::Response),
    ]
}

/// An unsigned message about somebody else, which a test puts something into.
fn evil() -> Message {
    let mut message = Message::new();
    message.name_id = message.name_id.replace(PERSON, EVIL);
    message.response_attributes = message.response_attributes.replace("_response", "_evil");
    message
}

/// S-05, S-15, CVE-2024-6800 (metadata as donor), GHSA-63ch-w8pw-4mf2 (a captured assertion in a request).
#[test]
fn a_donor_lends_nothing_wherever_it_stands() {
    for donor in donors() {
        let places: [fn(&mut Message, &str); 6] = [
            |m, d| m.extensions = format!("<samlp:Extensions>{d}</samlp:Extensions>"),
            |m, d| {
                let detail = format!("<samlp:StatusDetail>{d}</samlp:StatusDetail></samlp:Status>");
                m.status = m.status.replace("</samlp:Status>", &detail);
            },
            |m, d| m.advice = format!("<Advice>{d}</Advice>"),
            |m, d| {
                m.attribute_statement = format!(
                    "<AttributeStatement><Attribute Name=\"a\"><AttributeValue>{d}</AttributeValue>\
                     </Attribute></AttributeStatement>"
                );
            },
            |m, d| {
                let data = format!(">{d}</SubjectConfirmationData></SubjectConfirmation>");
                m.confirmation = m.confirmation.replace("/></SubjectConfirmation>", &data);
            },
            |m, d| {
                let context = format!("<AuthnContextDecl>{d}</AuthnContextDecl></AuthnContext>");
                m.authn_statement = m.authn_statement.replace("</AuthnContext>", &context);
            },
        ];
        for put in places {
            let mut message = evil();
            let id = ("_assertion", "_evil_assertion");
            message.assertion_attributes = message.assertion_attributes.replace(id.0, id.1);
            put(&mut message, &donor);
            let text = message.signed(Signed::Nothing);
            assert!(text.contains(&donor), "{text}");
            check(&text, "saml.misplaced_signature");
        }
    }
    let [metadata, logout, assertion, _] = donors();
    for donor in [metadata, logout, assertion] {
        check(&donor, "saml.not_a_response");
    }
}

/// CVE-2024-45409: the digest was looked up anywhere below the root, and found in StatusDetail first.
#[test]
fn a_digest_that_stands_elsewhere_is_not_read() {
    let text = Message::new().signed(Signed::Assertion);
    let evil = text.replace(PERSON, EVIL);
    let resigned = self::evil().signed(Signed::Assertion);
    let start = resigned.find("<ds:DigestValue>").unwrap();
    let end = resigned.find("</ds:DigestValue>").unwrap() + "</ds:DigestValue>".len();
    let digest = resigned[start..end].replace(
        "<ds:DigestValue>",
        "<ds:DigestValue xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">",
    );
    let extensions = format!("<samlp:Extensions>{digest}</samlp:Extensions><samlp:Status>");
    let detail = format!("<samlp:StatusDetail>{digest}</samlp:StatusDetail></samlp:Status>");
    check(&evil, "dsig.digest_mismatch");
    check(&evil.replace("<samlp:Status>", &extensions), "dsig.digest_mismatch");
    check(&evil.replace("</samlp:Status>", &detail), "dsig.digest_mismatch");
    // The digest fits the changed assertion, as that other signature shows.
    assert!(verify(&resigned).is_ok());
}

/// KeyInfo is neither part of the digest nor of SignedInfo: anybody may write into it.
#[test]
fn nothing_in_key_info_is_ever_read() {
    let text = Message::new().signed(Signed::Assertion);
    let assertion = evil().assertion().replace(MARK, "").replace("_assertion", "_evil");
    let name_id = format!("<NameID xmlns=\"{}\">{EVIL}</NameID>", names::SAML_ASSERTION);
    for inside in [assertion, name_id] {
        let key_info = format!("<ds:KeyInfo>{inside}</ds:KeyInfo></ds:Signature>");
        let verified = verify(&text.replace("</ds:Signature>", &key_info)).unwrap();
        assert_eq!(verified, verify(&text).unwrap());
    }
}

/// nothing is fetched, and what would be fetched is no text.
#[test]
fn an_include_is_an_element_like_any_other() {
    let include = "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" parse=\"text\" \
                   href=\"file:///etc/hostname\"/>";
    let mut in_name = Message::new();
    in_name.name_id = in_name.name_id.replace(PERSON, include);
    check(&in_name.signed(Signed::Assertion), "xml.element_in_text");
    let mut in_value = Message::new();
    in_value.attribute_statement = in_value.attribute_statement.replace("B.", include);
    let verified = verify(&in_value.signed(Signed::Assertion)).unwrap();
    assert!(verified.identity.attribute("given_name").unwrap().values.is_empty());
    let mut in_issuer = Message::new();
    in_issuer.issuer = format!("<Issuer>{include}</Issuer>");
    check(&in_issuer.signed(Signed::Assertion), "xml.element_in_text");
}
