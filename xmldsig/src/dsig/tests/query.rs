//! Signatures over query strings.

use alloc::format;
use alloc::string::String;

use super::forge::{CRYPTO, private_key, public_key};
use crate::base64;
use crate::crypto::{Crypto as _, DigestAlgorithm, SignatureAlgorithm};
use crate::diagnostic::Diagnostic as _;
use crate::dsig::redirect::{Message, encode_value, sign_query, verify_query};
use crate::dsig::{SignatureRules, SigningKey};

const RSA: SignatureAlgorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);

fn signed(query: &str) -> String {
    let key = private_key("rsa");
    let signing_key = SigningKey { algorithm: RSA, key: &key, certificate: None };
    sign_query(query, &signing_key, &CRYPTO).unwrap()
}

/// Percent-encodes like an identity provider with other habits: lower-case digits.
fn encode_lower(value: &str) -> String {
    let mut encoded = encode_value(value).into_bytes();
    let mut at = 0;
    while at < encoded.len() {
        if encoded[at] == b'%' {
            encoded[at + 1..at + 3].make_ascii_lowercase();
        }
        at += 1;
    }
    String::from_utf8(encoded).unwrap()
}

#[track_caller]
fn check(query: &str, message: Message, expected: Result<(&str, Option<&str>), &str>) {
    let keys = [public_key("rsa")];
    let found = verify_query(query, message, &keys, &SignatureRules::default(), &CRYPTO);
    let found = found.as_ref().map(|q| (q.message(), q.relay_state())).map_err(|e| e.code());
    assert_eq!(found, expected, "{query}");
}

#[test]
fn what_we_sign_verifies_with_and_without_relay_state() {
    check(&signed("SAMLRequest=abc"), Message::Request, Ok(("abc", None)));
    check(
        &signed("SAMLResponse=a%2Bc&RelayState=%2F"),
        Message::Response,
        Ok(("a%2Bc", Some("%2F"))),
    );
}

#[test]
fn the_raw_octets_count_whatever_their_spelling_and_order() {
    let sig_alg = encode_lower(RSA.xml_uri());
    let text = format!("SAMLRequest=a%2bc&RelayState=%2f&SigAlg={sig_alg}");
    let value = CRYPTO.sign(RSA, &private_key("rsa"), text.as_bytes()).unwrap();
    let signature = encode_value(&base64::encode(&value));
    let query = format!("{text}&Signature={signature}");
    check(&query, Message::Request, Ok(("a%2bc", Some("%2f"))));
    let reordered =
        format!("Signature={signature}&SigAlg={sig_alg}&RelayState=%2f&SAMLRequest=a%2bc&x=y");
    check(&reordered, Message::Request, Ok(("a%2bc", Some("%2f"))));
    let respelled = query.replace("%2bc", "%2Bc");
    check(&respelled, Message::Request, Err("dsig.signature_mismatch"));
}

#[test]
fn parameters_are_there_once() {
    let query = signed("SAMLRequest=abc&RelayState=r");
    for (changed, expected) in [
        (format!("{query}&SAMLRequest=evil"), "dsig.parameter"),
        (format!("SAMLRequest=evil&{query}"), "dsig.parameter"),
        (format!("%53AMLRequest=evil&{query}"), "dsig.parameter"),
        (format!("{query}&RelayState=evil"), "dsig.parameter"),
        (format!("{query}&Relay%53tate=evil"), "dsig.parameter"),
        (format!("{query}&SAMLResponse=evil"), "dsig.parameter"),
        (format!("{query}&SigAlg=x"), "dsig.parameter"),
        (format!("{query}&Signature=x"), "dsig.parameter"),
        (query.replace("&RelayState=r", ""), "dsig.signature_mismatch"),
        (query.replace("RelayState=r", "RelayState=s"), "dsig.signature_mismatch"),
        (query.replace("SAMLRequest=abc", "SAMLRequest=abd"), "dsig.signature_mismatch"),
        (query.replace("&Signature=", "&Signature=%20*"), "dsig.base64"),
        (query.replace("rsa-sha256", "rsa-md5"), "dsig.unsupported_signature"),
        (query.replace("rsa-sha256", "hmac-sha256"), "dsig.unsupported_signature"),
        ("SAMLRequest=abc".into(), "dsig.parameter"),
        (String::new(), "dsig.parameter"),
    ] {
        check(&changed, Message::Request, Err(expected));
    }
    check(&query, Message::Response, Err("dsig.parameter"));
}

#[test]
fn sha1_is_refused_in_queries_too() {
    let sha1 = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha1);
    let text = format!("SAMLRequest=abc&SigAlg={}", encode_value(sha1.xml_uri()));
    let value = CRYPTO.sign(sha1, &private_key("rsa"), text.as_bytes()).unwrap();
    let query = format!("{text}&Signature={}", encode_value(&base64::encode(&value)));
    check(&query, Message::Request, Err("dsig.sha1"));
    let legacy = SignatureRules { allow_sha1: true };
    assert!(verify_query(&query, Message::Request, &[public_key("rsa")], &legacy, &CRYPTO).is_ok());
}
