//! Answers, read back by our own service provider; tests/interop has those of others.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;
use std::collections::BTreeSet;

use super::{ACS_URL, APP, IDP, NOW};
use crate::crypto::{DigestAlgorithm, PrivateKey, PublicKey, SignatureAlgorithm};
use crate::diagnostic::Diagnostic as _;
use crate::dsig::{SignatureRules, SigningKey};
use crate::identity::Attribute;
use crate::saml::constants::NAME_ID_UNSPECIFIED;
use crate::saml::forge::{CRYPTO, private_key, public_key};
use crate::saml::identity_provider::{IssuedAssertion, RESPONSE_LIFETIME, Response, Status};
use crate::saml::{
    self, ExpectedResponse, FurtherDemands, RequiredSignature, Solicitation, VerifiedAssertion,
    verify_response,
};
use crate::time::UnixTime;
use crate::xenc::{ENCRYPTION_ENTROPY_BYTES, EncryptionRules, Recipient};

const REQUEST_ID: &str = "_3f1a2b4c";
const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";

fn response(in_response_to: Option<&str>) -> Response<'_> {
    Response {
        id: "_response",
        issue_instant: NOW,
        idp_entity_id: IDP,
        acs_url: ACS_URL,
        in_response_to,
    }
}

fn attributes() -> Vec<Attribute<'static>> {
    [("given_name", "B. <&>"), ("family_name", "Simon\u{200b}"), ("email", "B.Simon@contoso.com")]
        .into_iter()
        .map(|(name, value)| Attribute { name: name.into(), values: [value.into()].into() })
        .chain([Attribute { name: "phone".into(), values: Vec::new() }])
        .collect()
}

fn assertion<'a>(attributes: &'a [Attribute<'a>]) -> IssuedAssertion<'a> {
    IssuedAssertion {
        id: "_assertion",
        sp_entity_id: APP,
        name_id: "bsimon",
        name_id_format: NAME_ID_UNSPECIFIED,
        authn_instant: NOW.saturating_sub(Duration::from_secs(3600)),
        session_index: "_session",
        session_not_on_or_after: Some(NOW.saturating_add(Duration::from_secs(3600))),
        authn_context_class: PASSWORD,
        attributes,
    }
}

fn signed(in_response_to: Option<&str>, recipient: Option<&PublicKey>) -> String {
    let key = private_key("rsa");
    let algorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    let signing_key = SigningKey { algorithm, key: &key, certificate: Some(b"certificate") };
    let recipient = recipient.map(|key| Recipient { key, oaep_digest: DigestAlgorithm::Sha1 });
    let entropy = [9; ENCRYPTION_ENTROPY_BYTES];
    let recipient = recipient.as_ref().map(|recipient| (recipient, &entropy));
    let attributes = attributes();
    response(in_response_to)
        .with_assertion(&assertion(&attributes), recipient, &signing_key, &CRYPTO)
        .unwrap()
}

fn verify(
    text: &str,
    solicitation: Solicitation<'_>,
    required_signature: RequiredSignature,
    now: UnixTime,
    decryption_keys: &[PrivateKey],
) -> Result<VerifiedAssertion<'static>, saml::Error> {
    let expected = ExpectedResponse {
        idp_entity_id: IDP,
        keys: &[public_key("rsa")],
        audience: APP,
        acs_url: ACS_URL,
        solicitation,
        clock_skew: Duration::ZERO,
        signature_rules: SignatureRules::default(),
        required_signature,
        decryption_keys,
        encryption_rules: EncryptionRules::default(),
        further: FurtherDemands::default(),
    };
    verify_response(text.as_bytes(), &expected, now, &CRYPTO).map(VerifiedAssertion::into_owned)
}

fn solicited(text: &str) -> Result<VerifiedAssertion<'static>, saml::Error> {
    verify(text, Solicitation::InResponseTo(REQUEST_ID), RequiredSignature::Both, NOW, &[])
}

#[test]
fn an_answer_is_a_sign_in_with_both_signatures() {
    let text = signed(Some(REQUEST_ID), None);
    let verified = solicited(&text).unwrap();
    let name_id = verified.identity.name_id.as_ref().unwrap();
    assert_eq!(name_id.value, "bsimon");
    assert_eq!(name_id.format.as_deref(), Some(NAME_ID_UNSPECIFIED));
    // The attribute without value is not sent.
    assert_eq!(verified.identity.attributes, attributes()[..3]);
    assert_eq!(verified.session_index.as_deref(), Some("_session"));
    assert_eq!(verified.authn_instant, NOW.saturating_sub(Duration::from_secs(3600)));
    assert_eq!(verified.authn_context_class.as_deref(), Some(PASSWORD));
    assert_eq!(verified.not_on_or_after, NOW.saturating_add(RESPONSE_LIFETIME));
    assert_eq!(text.matches("<ds:X509Certificate>").count(), 2);
}

#[test]
fn an_answer_to_nothing_names_no_request() {
    let text = signed(None, None);
    assert!(!text.contains("InResponseTo"), "{text}");
    let both = RequiredSignature::Both;
    assert!(verify(&text, Solicitation::Unsolicited, both, NOW, &[]).is_ok());
    assert_eq!(solicited(&text).unwrap_err().code(), "saml.in_response_to_mismatch");
}

#[test]
fn an_answer_ends_after_minutes() {
    let text = signed(None, None);
    let at = |now| {
        let both = RequiredSignature::Both;
        let result = verify(&text, Solicitation::Unsolicited, both, now, &[]);
        result.map_or_else(|error| error.code(), |_| "ok")
    };
    let end = NOW.saturating_add(RESPONSE_LIFETIME);
    assert_eq!(at(end.saturating_sub(Duration::from_secs(1))), "ok");
    assert_eq!(at(end), "saml.expired");
}

#[test]
fn an_encrypted_answer_opens_for_the_app_alone() {
    let text = signed(None, Some(&public_key("other-rsa")));
    assert!(!text.contains("Simon"), "{text}");
    let read = |key: &[PrivateKey]| {
        verify(&text, Solicitation::Unsolicited, RequiredSignature::Both, NOW, key)
    };
    assert_eq!(read(&[private_key("other-rsa")]).unwrap().identity.attributes.len(), 3);
    assert_eq!(read(&[private_key("rsa")]).unwrap_err().code(), "xenc.decryption_failed");
}

/// Without KeyInfo, which is neither signed nor read.
#[test]
fn no_byte_of_an_answer_can_be_changed() {
    let key = private_key("rsa");
    let algorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    let signing_key = SigningKey { algorithm, key: &key, certificate: None };
    let (attributes, answer) = (attributes(), response(Some(REQUEST_ID)));
    let text = answer.with_assertion(&assertion(&attributes), None, &signing_key, &CRYPTO).unwrap();
    assert!(solicited(&text).is_ok());
    for at in (0..text.len()).step_by(11) {
        let mut changed = text.clone().into_bytes();
        changed[at] ^= 1;
        let Ok(changed) = String::from_utf8(changed) else { continue };
        assert!(solicited(&changed).is_err(), "byte {at} of {text}");
    }
}

#[test]
fn a_sign_in_of_the_future_is_one_of_now() {
    let key = private_key("rsa");
    let algorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    let signing_key = SigningKey { algorithm, key: &key, certificate: None };
    let ahead = IssuedAssertion {
        authn_instant: NOW.saturating_add(Duration::from_secs(60)),
        ..assertion(&[])
    };
    let text = response(None).with_assertion(&ahead, None, &signing_key, &CRYPTO).unwrap();
    assert!(text.contains("AuthnInstant=\"2026-11-21T12:00:00Z\""), "{text}");
    assert!(!text.contains("AttributeStatement"), "{text}");
}

#[test]
fn a_status_is_signed_and_says_no_more() {
    let key = private_key("rsa");
    let algorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    let signing_key = SigningKey { algorithm, key: &key, certificate: None };
    for status in Status::ALL {
        let text = response(Some(REQUEST_ID))
            .with_status(status, "reference <1>", &signing_key, &CRYPTO)
            .unwrap();
        let error = solicited(&text).unwrap_err();
        assert_eq!(error.code(), "saml.status");
        let found = error.found().unwrap();
        assert!(found.contains(status.code()) && found.ends_with("; reference <1>"), "{found}");
        assert!(text.contains("<ds:Signature "), "{text}");
    }
    let codes: BTreeSet<&str> = Status::ALL.into_iter().map(Status::code).collect();
    assert_eq!(codes.len(), Status::ALL.len());
}
