//! What counts as signed, and what does not.

pub(crate) mod forge;
mod query;
mod refused;

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use self::forge::{CRYPTO, ENVELOPED, Forge, canonicalization, private_key, public_key};
use super::{Error, SignatureRules, SigningKey, sign_enveloped, verify};
use crate::c14n::Method;
use crate::crypto::{DigestAlgorithm, PublicKey, SignatureAlgorithm};
use crate::diagnostic::Diagnostic as _;
use crate::limits::XmlLimits;
use crate::xml::{Document, names};

/// A document whose root is to be signed; prefixes, comment and attributes exercise C14N.
const ORDER: &str = "<o:order xmlns:o=\"urn:o\" xmlns:xs=\"urn:xs\" ID=\"_1\" b=\"2\" a=\"1\">\
                     @SIGNATURE@<o:item  type='xs:t'>tea &amp; milk</o:item ></o:order>";

const LEGACY: SignatureRules = SignatureRules { allow_sha1: true };

/// `ok`, or the code of the error, for the root of `document`.
fn verdict(document: &str, keys: &[PublicKey], rules: SignatureRules) -> String {
    let document = match Document::parse(document.as_bytes(), &XmlLimits::MESSAGE) {
        Ok(document) => document,
        Err(error) => return error.code().to_string(),
    };
    match verify(document.root(), keys, &rules, &CRYPTO) {
        Ok(signed) => {
            assert_eq!(signed.element(), document.root());
            "ok".to_string()
        }
        Err(error) => error.code().to_string(),
    }
}

#[track_caller]
fn check(document: &str, keys: &[&str], rules: SignatureRules, expected: &str) {
    let keys: Vec<PublicKey> = keys.iter().map(|name| public_key(name)).collect();
    assert_eq!(verdict(document, &keys, rules), expected, "{document}");
}

#[test]
fn every_algorithm_of_the_table_that_we_can_sign_with_verifies() {
    use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
    for (key, algorithm) in [
        ("rsa", SignatureAlgorithm::RsaPkcs1(Sha1)),
        ("rsa", SignatureAlgorithm::RsaPkcs1(Sha256)),
        ("rsa", SignatureAlgorithm::RsaPkcs1(Sha384)),
        ("rsa", SignatureAlgorithm::RsaPkcs1(Sha512)),
        ("p256", SignatureAlgorithm::Ecdsa(Sha1)),
        ("p256", SignatureAlgorithm::Ecdsa(Sha256)),
        ("p384", SignatureAlgorithm::Ecdsa(Sha384)),
        ("p521", SignatureAlgorithm::Ecdsa(Sha512)),
        ("p256", SignatureAlgorithm::Ecdsa(Sha512)),
        ("ed25519", SignatureAlgorithm::Ed25519),
    ] {
        let signed = Forge::new(key, algorithm).sign(ORDER, "_1");
        check(&signed, &[key], LEGACY, "ok");
        let strict = if algorithm.uses_sha1() { "dsig.sha1" } else { "ok" };
        check(&signed, &[key], SignatureRules::default(), strict);
        check(
            &signed,
            &["other-rsa"],
            LEGACY,
            match key {
                "rsa" => "dsig.signature_mismatch",
                _ => "dsig.no_fitting_key",
            },
        );
    }
}

#[test]
fn every_digest_of_the_table_verifies() {
    for digest in DigestAlgorithm::ALL {
        let forge = Forge { digest, ..Forge::rsa() };
        let signed = forge.sign(ORDER, "_1");
        check(&signed, &["rsa"], LEGACY, "ok");
        let strict = if digest == DigestAlgorithm::Sha1 { "dsig.sha1" } else { "ok" };
        check(&signed, &["rsa"], SignatureRules::default(), strict);
    }
}

#[test]
fn an_id_that_begins_with_a_digit_is_read_as_identity_providers_write_it() {
    let id = "28338c8c-39ab-4b94-bcdc-46f68f99d962";
    let order = ORDER.replace("_1", id);
    check(&Forge::rsa().sign(&order, id), &["rsa"], LEGACY, "ok");
}

#[test]
fn inclusive_canonicalization_is_read_where_identity_providers_use_it() {
    for (method, uri) in [
        (Method::Inclusive10, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
        (Method::Inclusive11, "http://www.w3.org/2006/12/xml-c14n11"),
    ] {
        let transform = format!("<ds:Transform Algorithm=\"{uri}\"/>");
        let forge = Forge {
            reference_c14n: canonicalization(method),
            signed_info_c14n: canonicalization(method),
            canonicalization_method: format!("<ds:CanonicalizationMethod Algorithm=\"{uri}\"/>"),
            transforms: format!("<ds:Transforms>{ENVELOPED}{transform}</ds:Transforms>"),
            ..Forge::rsa()
        };
        check(&forge.sign(ORDER, "_1"), &["rsa"], SignatureRules::default(), "ok");
    }
}

#[test]
fn a_prefix_list_is_part_of_the_canonicalization() {
    let inclusive =
        format!("<ec:InclusiveNamespaces xmlns:ec=\"{}\" PrefixList=\"xs\"/>", names::EXC_C14N);
    let mut forge = Forge::rsa();
    forge.reference_c14n.prefix_list = Vec::from(["xs"]);
    forge.transforms = format!(
        "<ds:Transforms>{ENVELOPED}<ds:Transform Algorithm=\"{}\">{inclusive}</ds:Transform>\
         </ds:Transforms>",
        names::EXC_C14N
    );
    let signed = forge.sign(ORDER, "_1");
    check(&signed, &["rsa"], SignatureRules::default(), "ok");
    let other_meaning = signed.replace("xmlns:xs=\"urn:xs\"", "xmlns:xs=\"urn:other\"");
    check(&other_meaning, &["rsa"], SignatureRules::default(), "dsig.digest_mismatch");
}

#[test]
fn any_of_the_configured_keys_may_have_signed_and_the_index_says_which() {
    let signed = Forge::rsa().sign(ORDER, "_1");
    let keys = ["p256", "other-rsa", "rsa"].map(public_key);
    let document = Document::parse(signed.as_bytes(), &XmlLimits::MESSAGE).unwrap();
    let signed = verify(document.root(), &keys, &SignatureRules::default(), &CRYPTO).unwrap();
    assert_eq!(signed.key_index(), 2);
    assert_eq!(signed.algorithm(), SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256));
    assert_eq!(signed.digest_algorithm(), DigestAlgorithm::Sha256);
    assert!(signed.signature().is(names::DSIG, "Signature"));
}

#[test]
fn no_key_and_too_many_keys_are_misuse() {
    let signed = Forge::rsa().sign(ORDER, "_1");
    check(&signed, &[], SignatureRules::default(), "dsig.no_keys");
    check(&signed, &["rsa"; 9], SignatureRules::default(), "dsig.too_many_keys");
}

#[test]
fn an_rsa_pss_signature_made_by_openssl_verifies() {
    let signed = include_str!("../testdata/pss-sha256.xml");
    check(signed, &["rsa"], SignatureRules::default(), "ok");
    check(
        &signed.replace("tea", "tee"),
        &["rsa"],
        SignatureRules::default(),
        "dsig.digest_mismatch",
    );
}

#[test]
fn the_message_tells_which_certificate_it_carries_when_none_of_ours_signed() {
    let mut forge = Forge::rsa();
    forge.signature_value.push_str(
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>QUJD\n</ds:X509Certificate></ds:X509Data>\
         </ds:KeyInfo>",
    );
    let signed = forge.sign(ORDER, "_1");
    check(&signed, &["rsa"], SignatureRules::default(), "ok");
    let document = Document::parse(signed.as_bytes(), &XmlLimits::MESSAGE).unwrap();
    let keys = [public_key("other-rsa")];
    let error = verify(document.root(), &keys, &SignatureRules::default(), &CRYPTO).unwrap_err();
    let Error::SignatureMismatch { embedded_certificate: Some(fingerprint) } = error else {
        panic!("{error:?}");
    };
    // SHA-256 of "ABC".
    assert!(fingerprint.as_str().starts_with("B5:D4:04:5C:3F:46:6F:A9"), "{fingerprint}");
}

#[test]
fn what_we_sign_verifies_and_stands_where_the_schema_wants_it() {
    let issuer = format!(
        "<p:R xmlns:p=\"urn:p\" xmlns:saml=\"{}\" ID=\"_r\"><saml:Issuer>me</saml:Issuer><p:S/></p:R>",
        names::SAML_ASSERTION
    );
    let others = "<o ID=\"_r\">\n <b/><c/></o>".to_string();
    for (key, algorithm) in [
        ("rsa", SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256)),
        ("p256", SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256)),
        ("ed25519", SignatureAlgorithm::Ed25519),
    ] {
        for (text, index) in [(&issuer, 1), (&others, 0)] {
            let private_key = private_key(key);
            let signing_key =
                SigningKey { algorithm, key: &private_key, certificate: Some(b"certificate") };
            let signed = sign_enveloped(text, "_r", &signing_key, &CRYPTO).unwrap();
            check(&signed, &[key], SignatureRules::default(), "ok");
            let document = Document::parse(signed.as_bytes(), &XmlLimits::MESSAGE).unwrap();
            let place = document.root().child_elements().nth(index).unwrap();
            assert!(place.is(names::DSIG, "Signature"));
        }
    }
}

#[test]
fn what_cannot_be_signed_is_an_error() {
    let key = private_key("ed25519");
    let ed25519 = SignatureAlgorithm::Ed25519;
    let sha1 = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha1);
    for (text, id, algorithm, expected) in [
        ("<a ID=\"_1\"><b/></a>", "_2", ed25519, "dsig.target_missing"),
        ("<a ID=\"_1\"/>", "_1", ed25519, "dsig.target_missing"),
        ("<a ID=\"_1\"><b ID=\"_1\"/></a>", "_1", ed25519, "dsig.duplicate_id"),
        ("<a ID=\"1\"><b/></a>", "1", ed25519, "dsig.invalid_id"),
        ("<a ID=\"_1\"><b/></a>", "_1", sha1, "dsig.sha1"),
        (
            "<a ID=\"_1\"><b/></a>",
            "_1",
            SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
            "dsig.signing_failed",
        ),
    ] {
        let signing_key = SigningKey { algorithm, key: &key, certificate: None };
        let error = sign_enveloped(text, id, &signing_key, &CRYPTO).unwrap_err();
        assert_eq!(error.code(), expected, "{text}");
    }
}

#[test]
fn one_changed_byte_anywhere_in_a_signed_document_is_noticed() {
    // A declaration that nothing uses is not part of exclusive C14N.
    let order = ORDER.replace(" xmlns:xs=\"urn:xs\"", "");
    let signed = Forge::rsa().sign(&order, "_1");
    let keys = [public_key("rsa")];
    let mut accepted = 0;
    for at in 0..signed.len() {
        let mut twin = signed.clone().into_bytes();
        twin[at] = if twin[at] == b'x' { b'y' } else { b'x' };
        let twin = String::from_utf8(twin).unwrap();
        if verdict(&twin, &keys, SignatureRules::default()) == "ok" {
            accepted += 1;
            std::eprintln!("accepted with another byte {at}: {twin}");
        }
    }
    assert_eq!(accepted, 0);
}
