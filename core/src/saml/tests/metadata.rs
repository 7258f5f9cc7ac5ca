//! Our metadata, and what is read out of other people's.

use alloc::format;
use alloc::string::String;

use super::message::{ACS_URL, AUDIENCE, NOW};
use crate::base64;
use crate::crypto::{DigestAlgorithm, KeyRules, SignatureAlgorithm};
use crate::diagnostic::Diagnostic as _;
use crate::dsig::{SignatureRules, SigningKey, verify};
use crate::limits::XmlLimits;
use crate::saml::Error;
use crate::saml::constants::{BINDING_POST, BINDING_REDIRECT, NAME_ID_EMAIL};
use crate::saml::forge::{CRYPTO, private_key, public_key};
use crate::saml::metadata::{Binding, IdentityProviderMetadata, ServiceProvider};
use crate::time::UnixTime;
use crate::x509;
use crate::xml::{Document, names};

const ENTITY: &str = "https://sts.windows.net/6babcaad/";

fn certificate(key: &str, algorithm: SignatureAlgorithm) -> String {
    let not_after = UnixTime::parse("2029-11-21T12:00:00Z").unwrap();
    let private = private_key(key);
    base64::encode(
        &x509::self_signed(key, [1; 16], NOW, not_after, algorithm, &private, &CRYPTO).unwrap(),
    )
}

fn rsa_certificate() -> String {
    certificate("rsa", SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256))
}

fn ec_certificate() -> String {
    certificate("p256", SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256))
}

fn key_descriptor(attributes: &str, certificate: &str) -> String {
    format!(
        "<KeyDescriptor {attributes}><KeyInfo xmlns=\"{}\"><X509Data><X509Certificate>\n{certificate}\n\
         </X509Certificate></X509Data></KeyInfo></KeyDescriptor>",
        names::DSIG
    )
}

fn service(binding: &str, location: &str) -> String {
    format!(
        "<SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:{binding}\" \
         Location=\"{location}\"/>"
    )
}

/// Like Entra's federation metadata: a WS-Federation role with another certificate first.
fn entity(entity_id: &str, attributes: &str, role: &str) -> String {
    format!(
        "<EntityDescriptor xmlns=\"{}\" entityID=\"{entity_id}\" {attributes}>\
         <RoleDescriptor xmlns:xsi=\"{}\" xmlns:fed=\"http://docs.oasis-open.org/wsfed/federation/200706\" \
         xsi:type=\"fed:SecurityTokenServiceType\" \
         protocolSupportEnumeration=\"http://docs.oasis-open.org/wsfed/federation/200706\">{}\
         <fed:ClaimTypesOffered/></RoleDescriptor>\
         <IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">{role}\
         </IDPSSODescriptor></EntityDescriptor>",
        names::SAML_METADATA,
        names::XSI,
        key_descriptor("use=\"signing\"", &certificate("ed25519", SignatureAlgorithm::Ed25519)),
    )
}

fn role() -> String {
    format!(
        "{}{}<NameIDFormat>{NAME_ID_EMAIL}</NameIDFormat>{}{}{}",
        key_descriptor("use=\"signing\"", &rsa_certificate()),
        key_descriptor("", &ec_certificate()),
        service("HTTP-Redirect", "https://login.example/saml2"),
        service("HTTP-POST", "https://login.example/saml2/post"),
        service("SOAP", "javascript:alert(1)"),
    )
}

fn parse(text: &str, entity_id: Option<&str>) -> Result<IdentityProviderMetadata, Error> {
    IdentityProviderMetadata::parse(text.as_bytes(), entity_id, KeyRules::default())
}

#[track_caller]
fn check_refused(text: &str, entity_id: Option<&str>, expected: &str) {
    assert_eq!(parse(text, entity_id).unwrap_err().code(), expected, "{text}");
}

#[test]
fn keys_and_addresses_of_an_identity_provider_are_read() {
    let metadata = parse(&entity(ENTITY, "", &role()), None).unwrap();
    assert_eq!(metadata.entity_id, ENTITY);
    let keys: alloc::vec::Vec<_> =
        metadata.signing_certificates.iter().map(|c| c.public_key().clone()).collect();
    assert_eq!(keys, [public_key("rsa"), public_key("p256")]);
    assert_eq!(metadata.unusable_certificates, []);
    assert_eq!(metadata.single_sign_on.len(), 2);
    assert_eq!(metadata.single_sign_on[0].binding, Binding::Redirect);
    assert_eq!(metadata.single_sign_on[1].location, "https://login.example/saml2/post");
    assert_eq!(metadata.single_logout, []);
    assert_eq!(metadata.name_id_formats, [NAME_ID_EMAIL]);
    assert!(!metadata.want_authn_requests_signed);
    assert_eq!(metadata.valid_until, None);
}

#[test]
fn the_single_logout_services_are_read_with_where_responses_go() {
    let logout = |binding: &str, more: &str| {
        service(binding, "https://login.example/slo")
            .replace("SingleSignOnService", "SingleLogoutService")
            .replace("/>", &format!("{more}/>"))
    };
    let response_location = " ResponseLocation=\"https://login.example/slo/done\"";
    let services =
        [logout("SOAP", ""), logout("HTTP-Redirect", ""), logout("HTTP-POST", response_location)];
    let text = entity(ENTITY, "", &format!("{}{}", role(), services.concat()));
    let metadata = parse(&text, None).unwrap();
    let [redirect, post] = &metadata.single_logout[..] else { panic!("{metadata:?}") };
    assert_eq!(
        (redirect.binding, redirect.response_location.as_deref()),
        (Binding::Redirect, None)
    );
    assert_eq!(post.location, "https://login.example/slo");
    assert_eq!(post.response_location.as_deref(), Some("https://login.example/slo/done"));
    let script = text.replace("https://login.example/slo/done", "javascript:alert(1)");
    check_refused(&script, None, "saml.metadata_location");
}

#[test]
fn encryption_keys_repeated_keys_and_unusable_ones_are_left_out() {
    let signing = key_descriptor("use=\"signing\"", &rsa_certificate());
    let encryption = key_descriptor("use=\"encryption\"", &ec_certificate());
    let broken = key_descriptor("use=\"signing\"", "QUJD");
    let role = format!("{signing}{encryption}{signing}{broken}");
    let metadata = parse(&entity(ENTITY, "", &role), None).unwrap();
    assert_eq!(metadata.signing_certificates.len(), 1);
    assert_eq!(metadata.unusable_certificates.len(), 1);
    check_refused(&entity(ENTITY, "", &encryption), None, "saml.metadata_without_signing_key");
    check_refused(&entity(ENTITY, "", ""), None, "saml.metadata_without_signing_key");
    let error = parse(&entity(ENTITY, "", &broken), None).unwrap_err();
    assert!(matches!(error, Error::X509(_)), "{error:?}");
}

#[test]
fn one_of_several_entities_is_chosen_by_its_entity_id() {
    let one = entity("urn:one", "validUntil=\"2027-01-01T00:00:00Z\"", &role());
    let two = entity("urn:two", "", &role());
    let group = |inside: &str, attributes: &str| {
        format!(
            "<EntitiesDescriptor xmlns=\"{}\" {attributes}>{inside}</EntitiesDescriptor>",
            names::SAML_METADATA
        )
    };
    let nested = group(&format!("{one}{}", group(&two, "")), "validUntil=\"2027-06-01T00:00:00Z\"");
    let time = |text: &str| UnixTime::parse(text).ok();
    let found = parse(&nested, Some("urn:two")).unwrap();
    assert_eq!(found.entity_id, "urn:two");
    assert_eq!(found.valid_until, time("2027-06-01T00:00:00Z"));
    let found = parse(&nested, Some("urn:one")).unwrap();
    assert_eq!(found.valid_until, time("2027-01-01T00:00:00Z"));
    check_refused(&nested, None, "saml.several_entities");
    check_refused(&nested, Some("urn:three"), "saml.entity_not_found");
    check_refused(&one, Some("urn:two"), "saml.entity_not_found");
    assert_eq!(parse(&group(&one, ""), None).unwrap().entity_id, "urn:one");
}

#[test]
fn metadata_has_an_end() {
    let metadata =
        parse(&entity(ENTITY, "validUntil=\"2026-11-21T12:00:00Z\"", &role()), None).unwrap();
    let before = UnixTime::from_seconds(NOW.seconds() - 1);
    assert_eq!(metadata.check_valid_at(before), Ok(()));
    assert_eq!(metadata.check_valid_at(NOW).unwrap_err().code(), "saml.expired");
    check_refused(&entity(ENTITY, "validUntil=\"never\"", &role()), None, "saml.invalid_time");
}

#[test]
fn other_roles_protocols_and_addresses_are_refused() {
    let text = entity(ENTITY, "", &role());
    let saml1 = text.replace("SAML:2.0:protocol", "SAML:1.1:protocol");
    check_refused(&saml1, None, "saml.entity_not_found");
    let sp = text.replace("IDPSSODescriptor", "SPSSODescriptor");
    check_refused(&sp, None, "saml.entity_not_found");
    check_refused("<a/>", None, "saml.entity_not_found");
    check_refused(
        &text.replace("https://login.example/saml2\"", "javascript:x\""),
        None,
        "saml.metadata_location",
    );
    check_refused(&format!("<!DOCTYPE x>{text}"), None, "xml.doctype");
    check_refused(&text.replace("entityID", "entityId"), None, "xml.attribute_missing");
    let several = text.replace(
        "urn:oasis:names:tc:SAML:2.0:protocol\"",
        "urn:x urn:oasis:names:tc:SAML:2.0:protocol\" WantAuthnRequestsSigned=\"true\"",
    );
    assert!(parse(&several, None).unwrap().want_authn_requests_signed);
}

#[test]
fn our_metadata_says_what_an_identity_provider_asks_for() {
    let rsa = base64::decode(&rsa_certificate()).unwrap();
    let ec = base64::decode(&ec_certificate()).unwrap();
    let provider = ServiceProvider {
        entity_id: AUDIENCE,
        acs_url: ACS_URL,
        slo_url: Some("https://help.contoso.com/deskgate/slo"),
        signing_certificates: &[&rsa, &ec],
        encryption_certificates: &[&rsa],
        authn_requests_signed: true,
        want_assertions_signed: false,
        name_id_formats: &[NAME_ID_EMAIL],
        display_name: "Contoso & Sons Helpdesk",
        support: Some("mailto:it@contoso.com"),
        valid_until: UnixTime::parse("2027-11-21T12:00:00Z").unwrap(),
    };
    let key = private_key("rsa");
    let algorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    let signing_key = SigningKey { algorithm, key: &key, certificate: Some(&rsa) };
    let signed = provider.to_signed_xml("_m", &signing_key, &CRYPTO).unwrap();
    for (text, is_signed) in [(provider.to_xml("_m"), false), (signed, true)] {
        let document = Document::parse(text.as_bytes(), &XmlLimits::METADATA).unwrap();
        let root = document.root();
        assert!(root.is(names::SAML_METADATA, "EntityDescriptor"));
        assert_eq!(root.attribute("entityID"), Some(AUDIENCE));
        assert_eq!(root.attribute("validUntil"), Some("2027-11-21T12:00:00Z"));
        let contact = root.child_elements().last().unwrap();
        assert_eq!(contact.attribute("contactType"), Some("support"));
        let address = contact.child_elements().next().unwrap();
        assert_eq!(address.text().unwrap(), "mailto:it@contoso.com");
        let mut roles = root.child_elements();
        let role = roles.find(|e| e.is(names::SAML_METADATA, "SPSSODescriptor")).unwrap();
        let extensions = role.child_elements().next().unwrap();
        assert!(extensions.is(names::SAML_METADATA, "Extensions"));
        let info = extensions.child_elements().next().unwrap();
        assert!(info.is(names::SAML_METADATA_UI, "UIInfo"));
        let name = info.child_elements().next().unwrap();
        assert_eq!(name.text().unwrap(), "Contoso & Sons Helpdesk");
        assert_eq!(role.attribute("AuthnRequestsSigned"), Some("true"));
        assert_eq!(role.attribute("WantAssertionsSigned"), Some("false"));
        let uses: alloc::vec::Vec<_> =
            role.child_elements().filter_map(|child| child.attribute("use")).collect();
        assert_eq!(uses, ["signing", "signing", "encryption"]);
        let logout =
            role.child_elements().filter(|e| e.is(names::SAML_METADATA, "SingleLogoutService"));
        let bindings: alloc::vec::Vec<_> =
            logout.map(|e| e.attribute("Binding").unwrap()).collect();
        assert_eq!(bindings, [BINDING_REDIRECT, BINDING_POST]);
        let service = role.child_elements().last().unwrap();
        assert_eq!(service.attribute("Location"), Some(ACS_URL));
        assert_eq!(service.attribute("index"), Some("0"));
        let keys = [public_key("rsa")];
        let verified = verify(root, &keys, &SignatureRules::default(), &CRYPTO);
        assert_eq!(verified.is_ok(), is_signed, "{text}");
    }
}
