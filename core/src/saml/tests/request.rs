//! Requests that we send, read back the way an identity provider reads them.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::message::{ACS_URL, NOW};
use crate::base64;
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm};
use crate::dsig::redirect::{Message, verify_query};
use crate::dsig::{SignatureRules, SigningKey, verify};
use crate::limits::XmlLimits;
use crate::saml::binding::{post, redirect};
use crate::saml::forge::{CRYPTO, private_key, public_key};
use crate::saml::{AuthnRequest, Error, request_id};
use crate::xml::{Document, names};

const DESTINATION: &str = "https://login.microsoftonline.com/6babcaad/saml2";

fn request(id: &str) -> AuthnRequest<'_> {
    AuthnRequest {
        id,
        issue_instant: NOW,
        sp_entity_id: "urn:deskgate:\"contoso\" & <sons>",
        acs_url: ACS_URL,
        destination: DESTINATION,
        force_authn: false,
        authn_contexts: &[],
    }
}

#[track_caller]
fn check_request(text: &str, id: &str) {
    let document = Document::parse(text.as_bytes(), &XmlLimits::MESSAGE).unwrap();
    let root = document.root();
    assert!(root.is(names::SAML_PROTOCOL, "AuthnRequest"));
    assert_eq!(root.attribute("ID"), Some(id));
    assert_eq!(root.attribute("Version"), Some("2.0"));
    assert_eq!(root.attribute("IssueInstant"), Some("2026-11-21T12:00:00Z"));
    assert_eq!(root.attribute("Destination"), Some(DESTINATION));
    assert_eq!(root.attribute("AssertionConsumerServiceURL"), Some(ACS_URL));
    assert_eq!(
        root.attribute("ProtocolBinding"),
        Some("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST")
    );
    assert_eq!(root.attribute("ForceAuthn"), None);
    let issuer = root.child_elements().next().unwrap();
    assert!(issuer.is(names::SAML_ASSERTION, "Issuer"));
    assert_eq!(issuer.text().unwrap(), "urn:deskgate:\"contoso\" & <sons>");
    let others = root.child_elements().filter(|e| e.namespace() != names::DSIG).count();
    assert_eq!(others, 1, "neither NameIDPolicy nor RequestedAuthnContext nor Subject");
}

/// The values of a query, percent-decoded.
fn values(query: &str) -> Vec<(String, String)> {
    let decode =
        |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
    query
        .split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            (name.to_string(), decode(value))
        })
        .collect()
}

#[test]
fn a_request_id_is_an_nc_name_of_160_bits() {
    let id = request_id(&[0xA5; 20]);
    assert_eq!(id, format!("_{}", "a5".repeat(20)));
}

#[test]
fn a_redirect_carries_the_request_and_the_relay_state() {
    let url = request("_id").redirect_url(Some("a/b?c=d&e"), None, &CRYPTO).unwrap();
    let (address, query) = url.split_once('?').unwrap();
    assert_eq!(address, DESTINATION);
    let values = values(query);
    assert_eq!(values[0].0, "SAMLRequest");
    check_request(&redirect::inflate_value(&values[0].1).unwrap(), "_id");
    assert_eq!(values[1], ("RelayState".to_string(), "a/b?c=d&e".to_string()));
    assert_eq!(values.len(), 2);
    let plain = request("_id").redirect_url(None, None, &CRYPTO).unwrap();
    assert!(!plain.contains("RelayState"));
}

#[test]
fn a_query_of_the_destination_is_kept() {
    let mut request = request("_id");
    request.destination = "https://accounts.google.com/o/saml2/idp?idpid=C1";
    let url = request.redirect_url(None, None, &CRYPTO).unwrap();
    assert!(url.starts_with("https://accounts.google.com/o/saml2/idp?idpid=C1&SAMLRequest="));
}

#[test]
fn a_signed_redirect_verifies_over_its_query() {
    let key = private_key("rsa");
    let algorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    let signing_key = SigningKey { algorithm, key: &key, certificate: None };
    for relay_state in [None, Some("state")] {
        let url = request("_id").redirect_url(relay_state, Some(&signing_key), &CRYPTO).unwrap();
        let (_, query) = url.split_once('?').unwrap();
        let rules = SignatureRules::default();
        let keys = [public_key("rsa")];
        let signed = verify_query(query, Message::Request, &keys, &rules, &CRYPTO).unwrap();
        assert_eq!(signed.relay_state(), relay_state);
        assert_eq!(signed.key_index(), 0);
    }
}

#[test]
fn a_posted_request_is_base64_and_signed_inside() {
    let plain = request("_id").post_value(None, &CRYPTO).unwrap();
    check_request(core::str::from_utf8(&post::decode_value(&plain).unwrap()).unwrap(), "_id");
    let key = private_key("p256");
    let algorithm = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);
    let signing_key = SigningKey { algorithm, key: &key, certificate: None };
    let signed = request("_id").post_value(Some(&signing_key), &CRYPTO).unwrap();
    let text = post::decode_value(&signed).unwrap();
    check_request(core::str::from_utf8(&text).unwrap(), "_id");
    let document = Document::parse(&text, &XmlLimits::MESSAGE).unwrap();
    let keys = [public_key("p256")];
    assert!(verify(document.root(), &keys, &SignatureRules::default(), &CRYPTO).is_ok());
}

#[test]
fn a_fresh_sign_in_is_asked_for_only_when_wanted() {
    let mut request = request("_id");
    request.force_authn = true;
    assert!(request.to_xml().contains(" ForceAuthn=\"true\""));
}

#[test]
fn a_way_of_signing_in_is_asked_for_only_when_wanted() {
    let classes = ["urn:a".to_string(), "urn:b&c".to_string()];
    let mut request = request("_id");
    request.authn_contexts = &classes;
    let xml = request.to_xml();
    let end = "<samlp:RequestedAuthnContext Comparison=\"exact\"><saml:AuthnContextClassRef>urn:a\
               </saml:AuthnContextClassRef><saml:AuthnContextClassRef>urn:b&amp;c\
               </saml:AuthnContextClassRef></samlp:RequestedAuthnContext></samlp:AuthnRequest>";
    assert!(xml.ends_with(end), "{xml}");
}

#[test]
fn what_is_inflated_is_one_bounded_stream() {
    assert_eq!(redirect::inflate_value(&redirect::deflate_value("<a/>")).as_deref(), Ok("<a/>"));
    let longest = "a".repeat(redirect::MAX_INFLATED_BYTES);
    assert!(redirect::inflate_value(&redirect::deflate_value(&longest)).is_ok());
    let bomb = redirect::deflate_value(&"a".repeat(redirect::MAX_INFLATED_BYTES + 1));
    let compressed = base64::decode(&redirect::deflate_value("<a/>")).unwrap();
    let trailing = [compressed.as_slice(), b"x"].concat();
    let cut = &compressed[..compressed.len() - 1];
    let not_text = miniz_oxide::deflate::compress_to_vec(&[0xFF, 0xFE], 6);
    let zlib = miniz_oxide::deflate::compress_to_vec_zlib(b"<a/>", 6);
    for value in [
        bomb,
        base64::encode(&trailing),
        base64::encode(cut),
        base64::encode(&not_text),
        base64::encode(&zlib),
        base64::encode(b"<a/>"),
        "A".repeat(redirect::MAX_VALUE_BYTES + 4),
        String::new(),
        "*".to_string(),
    ] {
        assert_eq!(redirect::inflate_value(&value), Err(Error::RedirectValue), "{value:.60}");
    }
}
