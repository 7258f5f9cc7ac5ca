//! Our metadata as an identity provider, read by our own service provider.

use alloc::vec::Vec;

use super::{IDP, NOW, SSO_URL};
use crate::crypto::{DigestAlgorithm, KeyRules, SignatureAlgorithm};
use crate::dsig::{SignatureRules, SigningKey, verify};
use crate::limits::XmlLimits;
use crate::saml::constants::NAME_ID_EMAIL;
use crate::saml::forge::{CRYPTO, private_key, public_key};
use crate::saml::identity_provider::IdentityProvider;
use crate::saml::metadata::{Binding, IdentityProviderMetadata};
use crate::x509::{Certificate, self_signed};
use crate::xml::Document;

const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);

fn certificate(key: &str) -> Vec<u8> {
    let until = NOW.saturating_add(core::time::Duration::from_secs(86_400));
    self_signed(key, [1; 16], NOW, until, ALGORITHM, &private_key(key), &CRYPTO).unwrap()
}

#[test]
fn both_certificates_and_both_bindings_are_published() {
    let (current, next) = (certificate("rsa"), certificate("other-rsa"));
    let provider = IdentityProvider {
        entity_id: IDP,
        sso_url: SSO_URL,
        slo_url: Some("https://login.contoso.com/deskgate/idp/jitbit/slo"),
        signing_certificates: &[&current, &next],
        want_authn_requests_signed: false,
        name_id_formats: &[NAME_ID_EMAIL],
        valid_until: None,
    };
    let key = private_key("rsa");
    let signing_key = SigningKey { algorithm: ALGORITHM, key: &key, certificate: Some(&current) };
    let text = provider.to_signed_xml("_id", &signing_key, &CRYPTO).unwrap();

    let document = Document::parse(text.as_bytes(), &XmlLimits::METADATA).unwrap();
    let keys = [public_key("rsa")];
    assert!(verify(document.root(), &keys, &SignatureRules::default(), &CRYPTO).is_ok());
    let read = IdentityProviderMetadata::parse(text.as_bytes(), Some(IDP), KeyRules::default());
    let read = read.unwrap();
    let found: Vec<&[u8]> = read.signing_certificates.iter().map(Certificate::der).collect();
    assert_eq!(found, [current, next]);
    let bindings: Vec<Binding> = read.single_sign_on.iter().map(|e| e.binding).collect();
    assert_eq!(bindings, [Binding::Redirect, Binding::Post]);
    assert!(read.single_sign_on.iter().all(|endpoint| endpoint.location == SSO_URL));
    assert_eq!(read.name_id_formats, [NAME_ID_EMAIL]);
    assert!(!read.want_authn_requests_signed);
}
