//! Messages signed by others, or changed after signing.

use alloc::format;
use alloc::string::String;

use super::message::{EVERY_WAY, Message, PERSON, Signed, check, code, expected, verify};
use crate::crypto::{DigestAlgorithm, PublicKey, SignatureAlgorithm};
use crate::dsig::SignatureRules;
use crate::dsig::tests::forge::{CRYPTO, Forge, MARK, public_key};
use crate::saml::{ExpectedResponse, verify_response};

use super::message::NOW;

#[test]
fn changed_claims_break_the_signature() {
    for signed in EVERY_WAY {
        let text = Message::new().signed(signed);
        for (from, to) in [
            (PERSON, "admin@contoso.com"),
            ("everyone", "admins"),
            ("2026-11-21T12:05:00Z", "2026-11-21T12:06:00Z"),
            ("_session", "_other"),
            ("<AttributeValue>Simon", "<AttributeValue>Admin"),
        ] {
            check(&text.replace(from, to), "dsig.digest_mismatch");
        }
        let added =
            text.replace("</AttributeStatement>", "<Attribute Name=\"x\"/></AttributeStatement>");
        check(&added, "dsig.digest_mismatch");
    }
}

#[test]
fn a_comment_in_a_signed_value_changes_nothing_about_the_value() {
    for signed in EVERY_WAY {
        let text = Message::new().signed(signed);
        for (from, to) in [
            (PERSON, "B.Simon<!-- x -->@contoso.com"),
            (PERSON, "<!---->B.Simon@contoso.com<!---->"),
            ("urn:deskgate:contoso", "urn:desk<!---->gate:contoso"),
        ] {
            let verified = verify(&text.replace(from, to)).unwrap();
            assert_eq!(verified.identity.name_id.unwrap().value, PERSON);
        }
    }
    // The victim's name as the beginning of an own, longer one (VU#475445): the longer one signs in.
    let mut message = Message::new();
    message.name_id = message.name_id.replace(PERSON, "B.Simon@contoso.com.evil.com");
    let text = message.signed(Signed::Assertion).replace("com.evil", "com<!---->.evil");
    let verified = verify(&text).unwrap();
    assert_eq!(verified.identity.name_id.unwrap().value, "B.Simon@contoso.com.evil.com");
}

#[test]
fn processing_instructions_are_refused_everywhere() {
    let text = Message::new().signed(Signed::Assertion);
    for place in [PERSON, "<Subject>", "<samlp:Status>", "</samlp:Response>"] {
        check(&text.replace(place, &format!("<?p not?>{place}")), "saml.processing_instruction");
    }
    check(&format!("{text}<?p?>"), "saml.processing_instruction");
}

fn signed_by(forge: &Forge) -> String {
    let text = Message::new().signed(Signed::Nothing);
    let marked = text.replace("</Issuer><Subject>", &format!("</Issuer>{MARK}<Subject>"));
    forge.sign(&marked, "_assertion")
}

#[test]
fn another_key_signs_nobody_in() {
    let rsa = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    check(&signed_by(&Forge::new("other-rsa", rsa)), "dsig.signature_mismatch");
    let ecdsa = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);
    check(&signed_by(&Forge::new("p256", ecdsa)), "dsig.no_fitting_key");
}

#[test]
fn every_algorithm_signs_in_with_its_key_and_sha1_only_by_opt_in() {
    use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
    for (key, algorithm) in [
        ("rsa", SignatureAlgorithm::RsaPkcs1(Sha256)),
        ("rsa", SignatureAlgorithm::RsaPkcs1(Sha512)),
        ("p256", SignatureAlgorithm::Ecdsa(Sha256)),
        ("p384", SignatureAlgorithm::Ecdsa(Sha384)),
        ("p521", SignatureAlgorithm::Ecdsa(Sha512)),
        ("ed25519", SignatureAlgorithm::Ed25519),
        ("rsa", SignatureAlgorithm::RsaPkcs1(Sha1)),
    ] {
        let text = signed_by(&Forge::new(key, algorithm));
        let keys: [PublicKey; 2] = [public_key("other-rsa"), public_key(key)];
        let legacy = SignatureRules { allow_sha1: true };
        let demands = ExpectedResponse { signature_rules: legacy, ..expected(&keys) };
        assert_eq!(code(&verify_response(text.as_bytes(), &demands, NOW, &CRYPTO)), "ok");
        let strict = if algorithm.uses_sha1() { "dsig.sha1" } else { "ok" };
        assert_eq!(code(&verify_response(text.as_bytes(), &expected(&keys), NOW, &CRYPTO)), strict);
    }
}
