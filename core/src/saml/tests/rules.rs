//! One wrong thing at a time, signed all the same, so that only the rule can refuse it.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString as _};

use super::message::{
    ACS_URL, AUDIENCE, EVERY_WAY, IDP, Message, NOW, PERSON, REQUEST_ID, Signed, attribute, check,
    expected, verify,
};
use crate::diagnostic::Diagnostic as _;
use crate::saml::forge::{CRYPTO, Forge, MARK, public_key};
use crate::saml::verify_response;

/// Changes one piece, signs in every way, and expects this code.
#[track_caller]
fn check_changed(change: impl Fn(&mut Message), expected: &str) {
    for signed in EVERY_WAY {
        let mut message = Message::new();
        change(&mut message);
        check(&message.signed(signed), expected);
    }
}

#[track_caller]
fn replace(text: &mut String, from: &str, to: &str) {
    assert!(text.contains(from), "{from} in {text}");
    *text = text.replace(from, to);
}

#[test]
fn the_issuer_is_the_identity_provider_of_the_connection() {
    for other in [
        "https://sts.windows.net/other/",
        "",
        "https://sts.windows.net/6babcaad-604b-40ac-a9d7-9fd97c0b779f",
    ] {
        check_changed(|m| replace(&mut m.issuer, IDP, other), "saml.issuer_mismatch");
        check_changed(|m| replace(&mut m.response_issuer, IDP, other), "saml.issuer_mismatch");
    }
    check_changed(|m| m.response_issuer.clear(), "ok");
    check_changed(|m| m.issuer.clear(), "xml.element_missing");
    check_changed(|m| replace(&mut m.issuer, IDP, &format!("\n  {IDP}\t")), "ok");
    let formatted = |format: &str| format!("<Issuer Format=\"{format}\">{IDP}</Issuer>");
    let entity = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
    check_changed(|m| m.issuer = formatted(entity), "ok");
    check_changed(|m| m.issuer = formatted("urn:x"), "saml.issuer_format");
}

#[test]
fn the_destination_is_ours_byte_for_byte() {
    for other in [
        "",
        " ",
        "http://help.contoso.com/deskgate/acs",
        "https://HELP.contoso.com/deskgate/acs",
        "https://help.contoso.com:443/deskgate/acs",
        "https://help.contoso.com/deskgate/acs/",
        "https://help.contoso.com/deskgate/acs?x",
    ] {
        let change = |m: &mut Message| replace(&mut m.response_attributes, ACS_URL, other);
        check_changed(change, "saml.destination_mismatch");
        let change = |m: &mut Message| replace(&mut m.confirmation, ACS_URL, other);
        check_changed(change, "saml.recipient_mismatch");
    }
}

#[test]
fn only_an_unsigned_response_may_leave_out_its_destination() {
    let mut message = Message::new();
    replace(&mut message.response_attributes, &format!("Destination=\"{ACS_URL}\""), "");
    check(&message.signed(Signed::Assertion), "ok");
    check(&message.signed(Signed::Response), "saml.destination_mismatch");
    check(&message.signed(Signed::Both), "saml.destination_mismatch");
}

#[test]
fn every_audience_restriction_names_us() {
    let restriction = |audiences: &[&str]| {
        let audiences: String =
            audiences.iter().map(|a| format!("<Audience>{a}</Audience>")).collect();
        format!("<AudienceRestriction>{audiences}</AudienceRestriction>")
    };
    let ours = restriction(&[AUDIENCE]);
    for (restrictions, expected) in [
        (ours.clone(), "ok"),
        (restriction(&["urn:other", AUDIENCE]), "ok"),
        (restriction(&[&format!("\n {AUDIENCE} ")]), "ok"),
        (format!("{ours}{ours}"), "ok"),
        (format!("{ours}{}", restriction(&["urn:other"])), "saml.audience_mismatch"),
        (format!("{}{ours}", restriction(&["urn:other"])), "saml.audience_mismatch"),
        (restriction(&["urn:deskgate:contoso2"]), "saml.audience_mismatch"),
        (restriction(&["urn:deskgate"]), "saml.audience_mismatch"),
        (restriction(&["URN:deskgate:contoso"]), "saml.audience_mismatch"),
        (restriction(&[""]), "saml.audience_mismatch"),
        (restriction(&["", AUDIENCE]), "ok"),
        (restriction(&[]), "xml.element_missing"),
        (String::new(), "saml.audience_mismatch"),
    ] {
        check_changed(|m| replace(&mut m.conditions, &ours, &restrictions), expected);
    }
    check_changed(|m| m.conditions.clear(), "saml.missing_conditions");
}

#[test]
fn conditions_that_are_not_understood_are_refused() {
    let end = "</Conditions>";
    for (condition, expected) in [
        ("<OneTimeUse/>", "ok"),
        ("<ProxyRestriction Count=\"0\"/>", "ok"),
        ("<Condition xmlns:x=\"urn:x\"/>", "saml.unknown_condition"),
        ("<x:Weather xmlns:x=\"urn:x\"/>", "saml.unknown_condition"),
        ("text", "xml.text_unexpected"),
    ] {
        check_changed(|m| replace(&mut m.conditions, end, &format!("{condition}{end}")), expected);
    }
    check_changed(
        |m| replace(&mut m.conditions, "NotBefore", "Weather=\"fine\" NotBefore"),
        "xml.attribute_unexpected",
    );
}

#[test]
fn the_answer_names_the_request_of_this_browser() {
    let ours = format!("InResponseTo=\"{REQUEST_ID}\"");
    let other = "InResponseTo=\"_other\"";
    let mismatch = "saml.in_response_to_mismatch";
    check_changed(|m| replace(&mut m.response_attributes, &ours, other), mismatch);
    check_changed(|m| replace(&mut m.confirmation, &ours, other), mismatch);
    check_changed(|m| replace(&mut m.response_attributes, &ours, ""), "ok");
    // Also when the signed Response says it: the profile wants it in the confirmation.
    check_changed(|m| replace(&mut m.confirmation, &ours, ""), mismatch);
    check_changed(
        |m| {
            replace(&mut m.confirmation, &ours, "");
            replace(&mut m.response_attributes, &ours, "");
        },
        mismatch,
    );
}

#[test]
fn one_bearer_confirmation_that_holds_is_enough() {
    let good = Message::new().confirmation;
    let bad = good.replace(ACS_URL, "https://other/");
    let holder = good.replace(":bearer", ":holder-of-key");
    let vouches = good.replace(":bearer", ":sender-vouches");
    let expired = good.replace("12:05:00", "11:05:00");
    for (confirmations, expected) in [
        (format!("{bad}{good}"), "ok"),
        (format!("{good}{bad}"), "ok"),
        (format!("{holder}{good}"), "ok"),
        (bad.clone(), "saml.recipient_mismatch"),
        (holder.clone(), "saml.no_bearer_confirmation"),
        (vouches, "saml.no_bearer_confirmation"),
        (String::new(), "saml.no_bearer_confirmation"),
        // The error is that of the confirmation that came furthest, in whatever order.
        (format!("{bad}{expired}"), "saml.expired"),
        (format!("{expired}{bad}"), "saml.expired"),
        (
            "<SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"/>".to_string(),
            "saml.missing_confirmation_data",
        ),
        ("<SubjectConfirmation/>".to_string(), "xml.attribute_missing"),
        (
            good.replace("NotOnOrAfter=\"2026-11-21T12:05:00Z\"", ""),
            "saml.missing_confirmation_not_on_or_after",
        ),
        (good.replace(&format!("Recipient=\"{ACS_URL}\""), ""), "saml.recipient_mismatch"),
        (good.replace("2026-11-21T12:05:00Z", "soon"), "saml.invalid_time"),
        (good.replace("2026-11-21T12:05:00Z", "2026-11-21T12:05:00"), "saml.invalid_time"),
    ] {
        check_changed(|m| m.confirmation.clone_from(&confirmations), expected);
    }
}

#[test]
fn the_status_is_success_and_its_words_are_kept() {
    let status = "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:\
                  Responder\"><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:\
                  AuthnFailed\"/></samlp:StatusCode><samlp:StatusMessage>AADSTS50105: The signed in \
                  user is not assigned</samlp:StatusMessage></samlp:Status>";
    check_changed(|m| m.status = status.to_string(), "saml.status");
    let mut message = Message::new();
    message.status = status.to_string();
    let error = verify(&message.signed(Signed::Nothing)).unwrap_err();
    assert_eq!(
        error.found().unwrap(),
        "urn:oasis:names:tc:SAML:2.0:status:Responder; \
         urn:oasis:names:tc:SAML:2.0:status:AuthnFailed; \
         AADSTS50105: The signed in user is not assigned"
    );
    for (value, expected) in [
        ("urn:oasis:names:tc:SAML:2.0:status:success", "saml.status"),
        ("Success", "saml.status"),
        (" urn:oasis:names:tc:SAML:2.0:status:Success", "saml.status"),
        ("", "saml.status"),
    ] {
        let success = "urn:oasis:names:tc:SAML:2.0:status:Success";
        check_changed(|m| replace(&mut m.status, success, value), expected);
    }
    check_changed(|m| m.status.clear(), "xml.element_missing");
}

#[test]
fn the_name_id_is_there_whole_or_not_at_all() {
    let name_id = |text: &str| {
        let mut message = Message::new();
        replace(&mut message.name_id, PERSON, text);
        verify(&message.signed(Signed::Assertion)).map(|v| v.identity.name_id.unwrap().value)
    };
    assert_eq!(name_id(" B.Simon@contoso.com\n").as_deref(), Ok(PERSON));
    assert_eq!(
        name_id("B.Simon@contoso.com<!-- -->.evil.com").as_deref(),
        Ok("B.Simon@contoso.com.evil.com")
    );
    assert_eq!(name_id("<![CDATA[a]]>b&#x63;").as_deref(), Ok("abc"));
    for (text, expected) in [
        ("", "saml.empty_name_id"),
        (" \n", "saml.empty_name_id"),
        ("<!---->", "saml.empty_name_id"),
        ("a<b/>", "xml.element_in_text"),
        ("a<?p b?>", "saml.processing_instruction"),
    ] {
        assert_eq!(name_id(text).unwrap_err().code(), expected, "{text}");
    }
    check_changed(|m| m.name_id.clear(), "ok");
    check_changed(|m| m.name_id = "<BaseID/>".to_string(), "xml.element_unexpected");
    check_changed(|m| m.name_id = m.name_id.repeat(2), "xml.element_unexpected");
}

#[test]
fn the_qualifiers_of_a_name_id_are_part_of_it() {
    let mut message = Message::new();
    let qualifiers = "NameQualifier=\"urn:a\" SPNameQualifier=\"urn:b\" Format";
    replace(&mut message.name_id, "Format", qualifiers);
    let name_id = verify(&message.signed(Signed::Both)).unwrap().identity.name_id.unwrap();
    assert_eq!(name_id.name_qualifier.as_deref(), Some("urn:a"));
    assert_eq!(name_id.sp_name_qualifier.as_deref(), Some("urn:b"));
}

#[test]
fn attributes_of_one_name_are_merged_and_only_text_counts() {
    let mut message = Message::new();
    let nested = "<AttributeValue><NameID>nested</NameID></AttributeValue>";
    let nil = "<AttributeValue xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
               xsi:nil=\"true\"/>";
    message.attribute_statement = format!(
        "<AttributeStatement>{}{}{}<Attribute Name=\"none\"/></AttributeStatement>\
         <AttributeStatement>{}<Attribute Name=\"odd\" FriendlyName=\"groups\">{nested}{nil}\
         <AttributeValue/></Attribute></AttributeStatement>",
        attribute("groups", &["a"]),
        attribute("Groups", &["x"]),
        attribute("groups", &["b", "a<!-- -->c"]),
        attribute("groups", &["d"]),
    );
    for signed in EVERY_WAY {
        let verified = verify(&message.signed(signed)).unwrap();
        let values = |name: &str| verified.identity.attribute(name).unwrap().values.clone();
        assert_eq!(values("groups"), ["a", "b", "ac", "d"]);
        assert_eq!(values("Groups"), ["x"]);
        assert_eq!(values("none"), [""; 0]);
        assert_eq!(values("odd"), [""]);
        assert_eq!(verified.identity.attributes.len(), 4);
    }
    check_changed(|m| m.attribute_statement.clear(), "ok");
    check_changed(
        |m| {
            m.attribute_statement =
                "<AttributeStatement><EncryptedAttribute/></AttributeStatement>".to_string();
        },
        "saml.encrypted_attribute",
    );
}

/// A value that means what is written is no copy of it.
#[test]
fn values_are_read_where_they_stand() {
    let values = [
        ("plain", "plain", true),
        (" \n", " \n", true),
        ("<!-- -->a", "a", true),
        ("a<!-- -->b", "ab", false),
        ("<![CDATA[<c>]]>", "<c>", true),
        ("<![CDATA[c]]>d", "cd", false),
        ("&lt;&amp;&#10;", "<&\n", false),
        ("a\r\nb", "a\nb", false),
    ];
    let mut message = Message::new();
    message.attribute_statement = format!(
        "<AttributeStatement>{}{}</AttributeStatement>",
        attribute("groups", &values.map(|(written, _, _)| written)),
        attribute("a&amp;b", &[]),
    );
    let text = message.signed(Signed::Both);
    let keys = [public_key("rsa")];
    let verified = verify_response(text.as_bytes(), &expected(&keys), NOW, &CRYPTO).unwrap();
    let [groups, other] = verified.identity.attributes.as_slice() else { panic!("two names") };
    assert_eq!((&*groups.name, &*other.name), ("groups", "a&b"));
    assert_eq!(groups.values.len(), values.len());
    for (value, (_, meant, is_part)) in groups.values.iter().zip(values) {
        assert_eq!(value, meant);
        let stands_there = text.as_bytes().as_ptr_range().contains(&value.as_ptr());
        assert_eq!(
            (matches!(value, Cow::Borrowed(_)), stands_there),
            (is_part, is_part),
            "{value}"
        );
    }
    assert_eq!(verified.clone().into_owned(), verified);
}

#[test]
fn other_versions_roots_and_structures_are_refused() {
    check_changed(
        |m| replace(&mut m.response_attributes, "Version=\"2.0\"", "Version=\"1.1\""),
        "saml.unsupported_version",
    );
    check_changed(
        |m| replace(&mut m.assertion_attributes, "Version=\"2.0\"", ""),
        "saml.unsupported_version",
    );
    check_changed(|m| m.authn_statement.clear(), "saml.missing_authn_statement");
    check_changed(|m| m.before_assertion.push_str("evil"), "xml.text_unexpected");
    check_changed(|m| m.extensions = "<samlp:Extensions><x/></samlp:Extensions>".to_string(), "ok");
    check_changed(|m| m.advice = "<Advice><Assertion/></Advice>".to_string(), "ok");
    check_changed(|m| m.advice = "<Weather/>".to_string(), "xml.element_unexpected");
    check_changed(
        |m| m.response_attributes.push_str(" Weather=\"fine\""),
        "xml.attribute_unexpected",
    );
    check_changed(
        |m| replace(&mut m.assertion_attributes, "IssueInstant=\"2026-11-21T12:00:00.119Z\"", ""),
        "xml.attribute_missing",
    );
    check("<Response/>", "saml.not_a_response");
    check(
        "<samlp:LogoutResponse xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>",
        "saml.not_a_response",
    );
    check("", "xml.no_root");
    let text = Message::new().signed(Signed::Assertion);
    check(&format!("<!DOCTYPE x>{text}"), "xml.doctype");
    check(&format!("<?xml version=\"1.0\"?>{text}"), "ok");
    check(&format!("<?xml-stylesheet href=\"x\"?>{text}"), "saml.processing_instruction");
    check(&format!("{text}{text}"), "xml.multiple_roots");
    check(&text.replace("_assertion", "_response"), "dsig.duplicate_id");
}

/// What nobody knows is no extension: somebody else may read it as the ID or the recipient.
#[test]
fn an_unknown_attribute_is_refused_on_every_element() {
    let text = Message::new().signed(Signed::Nothing);
    let marked = text.replace("</Issuer><Subject>", &format!("</Issuer>{MARK}<Subject>"));
    for (name, end) in [
        ("samlp:Response", " "),
        ("Issuer", " "),
        ("samlp:Status", ">"),
        ("Assertion", " "),
        ("Issuer", ">"),
        ("Subject", ">"),
        ("NameID", " "),
        ("SubjectConfirmation", " "),
        ("SubjectConfirmationData", " "),
        ("Conditions", " "),
        ("AudienceRestriction", ">"),
        ("AuthnStatement", " "),
        ("AttributeStatement", ">"),
        ("Attribute", " "),
    ] {
        let opening = format!("<{name}{end}");
        assert!(marked.contains(&opening), "{opening}");
        for unknown in ["recipient=\"x\"", "Weather=\"fine\""] {
            let changed = marked.replacen(&opening, &format!("<{name} {unknown}{end}"), 1);
            check(&Forge::rsa().sign(&changed, "_assertion"), "xml.attribute_unexpected");
        }
    }
}
