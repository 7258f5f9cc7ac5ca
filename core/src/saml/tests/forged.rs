//! Messages signed by others, or changed after signing.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::message::{EVERY_WAY, Message, PERSON, Signed, check, code, expected, verify};
use crate::base64;
use crate::c14n::{self, Method};
use crate::crypto::{Crypto as _, DigestAlgorithm, PublicKey, SecretKey, SignatureAlgorithm};
use crate::dsig::SignatureRules;
use crate::limits::XmlLimits;
use crate::saml::forge::{CRYPTO, Forge, MARK, canonicalization, public_key};
use crate::saml::{ExpectedResponse, verify_response};
use crate::xml::{Document, names};

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

/// A response whose SignatureValue is a MAC over SignedInfo, correct for whoever has this secret.
fn with_mac(uri: &str, digest: DigestAlgorithm, secret: &[u8]) -> String {
    let mac = "<ds:SignatureValue>@MAC@</ds:SignatureValue>";
    let text = signed_by(&Forge {
        signature_method: Some(format!("<ds:SignatureMethod Algorithm=\"{uri}\"/>")),
        signature_value: mac.to_string(),
        ..Forge::rsa()
    });
    let document = Document::parse(text.as_bytes(), &XmlLimits::MESSAGE).unwrap();
    let signed_info = document.elements().find(|e| e.is(names::DSIG, "SignedInfo")).unwrap();
    let mut message = Vec::new();
    let exclusive = canonicalization(Method::Exclusive10);
    c14n::canonicalize(signed_info, &exclusive, None, &mut message).unwrap();
    let mac = CRYPTO.mac(digest, &SecretKey::new(secret), &message);
    text.replace("@MAC@", &base64::encode(mac.as_bytes()))
}

/// D-02: everybody has the public key of an identity provider, so it must never be a secret.
#[test]
fn a_public_key_is_no_secret_of_a_mac() {
    use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
    let key = public_key("rsa");
    let (modulus, _) = key.rsa_components().unwrap();
    let spki = base64::encode(key.spki_der());
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{spki}\n-----END PUBLIC KEY-----\n");
    for (uri, digest) in [
        ("http://www.w3.org/2000/09/xmldsig#hmac-sha1", Sha1),
        ("http://www.w3.org/2001/04/xmldsig-more#hmac-md5", Sha1),
        ("http://www.w3.org/2001/04/xmldsig-more#hmac-ripemd160", Sha1),
        ("http://www.w3.org/2001/04/xmldsig-more#hmac-sha224", Sha256),
        ("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", Sha256),
        ("http://www.w3.org/2001/04/xmldsig-more#hmac-sha384", Sha384),
        ("http://www.w3.org/2001/04/xmldsig-more#hmac-sha512", Sha512),
    ] {
        for secret in [key.spki_der(), spki.as_bytes(), pem.as_bytes(), &modulus, b""] {
            let text = with_mac(uri, digest, secret);
            check(&text, "dsig.unsupported_signature");
            let keys = [key.clone()];
            let legacy = SignatureRules { allow_sha1: true };
            let demands = ExpectedResponse { signature_rules: legacy, ..expected(&keys) };
            let result = verify_response(text.as_bytes(), &demands, NOW, &CRYPTO);
            assert_eq!(code(&result), "dsig.unsupported_signature");
        }
    }
}
